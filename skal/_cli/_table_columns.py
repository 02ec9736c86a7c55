"""The columns of a table with their types, for a model that leaves the command line."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from numbers import Real

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from ._messages import listed, require_pandas
from ._spelling import Spellings
from ._table import text_of_cells


class TableColumns(TransformerMixin, BaseEstimator):
    """Give the columns of a data frame the types that they had when a model was trained.

    Parameters
    ----------
    readers : dict of str to callable
        For each column that the model learns from, what turns its cells into typed values.
    """

    def __init__(self, readers):
        self.readers = readers

    def fit(self, X, y=None):
        """Do nothing: how the columns are read is known."""
        return self

    def transform(self, X):
        """Return the columns with their types; others are left out, and the order is ours.

        Parameters
        ----------
        X : DataFrame or dict of str to sequence
            Cells as in the file of the table, or with types; what is missing is None, NaN or "".

        Returns
        -------
        frame : DataFrame of shape (n_rows, n_columns)
        """
        cells = {name: _cells(X, name, self.readers) for name in self.readers}
        return require_pandas().DataFrame(
            {name: self.readers[name](column) for name, column in cells.items()}
        )

    def __sklearn_is_fitted__(self):
        return True


def _cells(X, name, names):
    columns = getattr(X, "columns", X)
    if not hasattr(columns, "__contains__") or isinstance(X, (np.ndarray, list, str)):
        raise TypeError(
            "The model predicts for a data frame with the columns of its table, got "
            f"{type(X).__name__}. Read the rows with pandas.read_csv(path, dtype=str)."
        )
    if name not in columns:
        raise ValueError(
            f"The data has no column {name!r}, from which the model learned. It needs the columns "
            f"{listed(map(repr, names), 20)}, in any order."
        )
    column = X[name]
    if getattr(column, "ndim", 1) != 1:
        raise ValueError(f"The data has several columns of the name {name!r}. Rename one.")
    return list(column)


@dataclass(frozen=True)
class NumberCells:
    """Turn cells into floats; texts are read as `reader` says."""

    reader: Callable

    def __call__(self, cells):
        """Return the numbers, NaN where a cell holds none."""
        are_numbers = [_is_number(cell) for cell in cells]
        pairs = list(zip(cells, are_numbers, strict=True))
        values = self.reader(text_of_cells(["" if is_one else cell for cell, is_one in pairs]))
        values[are_numbers] = [float(cell) for cell, is_one in pairs if is_one]
        return values


def _is_number(cell):
    return isinstance(cell, (Real, Decimal)) and not isinstance(cell, (bool, np.bool_))


@dataclass(frozen=True)
class DateCells:
    """Turn cells into datetimes without a time zone, in UTC; `reader` gives days since 1970."""

    reader: Callable

    def __call__(self, cells):
        """Return the datetimes, NaT where a cell holds none."""
        return require_pandas().to_datetime(self.reader(text_of_cells(cells)), unit="D")


@dataclass(frozen=True)
class CategoryCells:
    """Turn cells into categories.

    Parameters
    ----------
    known : tuple of str
        The categories of the table. What is spelled alike, such as 1 and 01, is the same one, as
        long as only one of them is known: data frames hold numbers where files have digits.
    dialect : Dialect
    """

    known: tuple
    dialect: object

    def __call__(self, cells):
        """Return the categories; what is missing is a category of its own."""
        texts = text_of_cells(cells)
        spellings = Spellings(self.known)
        meant = {text: self._category(text, spellings) for text in set(texts)}
        return require_pandas().Categorical([meant[text] for text in texts])

    def _category(self, text, spellings):
        word = text.strip() if self.dialect.is_value(text) else ""
        known = spellings.meant(word) if word else ""
        return word if known is None else known


@dataclass(frozen=True)
class TextCells:
    """Turn cells into texts."""

    def __call__(self, cells):
        """Return the texts, "" where a cell is missing."""
        return np.array(text_of_cells(cells), dtype=object)
