"""A table of text that knows where in its file each row stands."""

import difflib
import itertools
import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from .._base import is_missing
from ._dates import days
from ._dialect import Dialect
from ._messages import CommandError, listed
from ._numbers import decimal_votes, numbers

N_LOOKED_AT = 1000  # values of a column that tell the decimal sign of a table


@dataclass
class Table:
    """A table of text, and where in the file each row stands.

    Every value is text as it is written in the file, so that labels such as 01 leave as they came.

    Attributes
    ----------
    path : Path
    columns : dict of str to list of str
        The values by the name of the column.
    lines : list of int or None
        The line on which each row begins; None where a file has no lines.
    separator, encoding : str
        How the file is written.
    frame : DataFrame or None
        The values with their types, where the file has types.
    dialect : Dialect
        What the user says of how the table is written.
    """

    path: Path
    columns: dict
    lines: list = None
    separator: str = ","
    encoding: str = "utf-8"
    frame: object = None
    dialect: Dialect = Dialect()
    _parsed: dict = field(default_factory=dict, repr=False)  # columns that were read

    def __len__(self):
        return len(next(iter(self.columns.values())))

    def is_value(self, text):
        """Whether a field holds a value, and not a word for a missing one."""
        return self.dialect.is_value(text)

    def present(self, name):
        """Return the values of a column that are not missing, without surrounding blanks."""
        missing = {text for text in set(self.columns[name]) if not self.is_value(text)}
        return [text.strip() for text in self.columns[name] if text not in missing]

    def numbers(self, name):
        """Return a column as numbers, NaN where a value is not one, as :class:`Parsed`."""
        return self._once(name, "numbers", self._numbers)

    def dates(self, name):
        """Return a column as days since 1970, NaN where a value is not a date."""
        return self._once(name, "dates", lambda values: days(values, self.dialect))

    def _once(self, name, kind, parse):
        # Columns are read when they are told apart, and again when they become features.
        key = kind, name, self.separator
        if key not in self._parsed:
            self._parsed[key] = parse(self.columns[name])
        return self._parsed[key]

    def _numbers(self, values):
        return numbers(values, self.dialect, self.separator, self._usual_decimal)

    def _usual_decimal(self):
        """Return the decimal sign of the columns in which there is no doubt."""
        votes = Counter()
        for values in self.columns.values():
            votes += decimal_votes(itertools.islice(values, N_LOOKED_AT), self.dialect)
        if votes["."] == votes[","]:
            return "," if self.separator == ";" else "."
        return max(votes, key=votes.get)

    def place(self, row):
        """Return the place of a row within the file, as text."""
        return f"row {row + 1}" if self.lines is None else f"line {self.lines[row]}"

    def where(self, row, column=None):
        """Return the file and the place of a row or a value, as text."""
        place = f"{self.path}, {self.place(row)}"
        return place if column is None else f"{place}, column {column!r}"

    def column(self, name, way_out=""):
        """Return the values of a column without surrounding blanks, or name the columns."""
        if name not in self.columns:
            near = difflib.get_close_matches(name, self.columns, n=1)
            suggestion = f" (did you mean {near[0]!r}?)" if near else ""
            raise CommandError(
                f"{self.path} has no column {name!r}{suggestion}. Its columns are "
                f"{listed(map(repr, self.columns), 20)}.{way_out}"
            )
        return [value.strip() for value in self.columns[name]]

    def without(self, *names):
        """Return the columns whose names are not given."""
        return {name: values for name, values in self.columns.items() if name not in names}


def check_names(path, names):
    """Refuse columns of one name: which of them is meant would be a guess."""
    repeated = [name for name, count in Counter(map(str, names)).items() if count > 1]
    if repeated:
        raise CommandError(f"{path} has several columns of the name {repeated[0]!r}. Rename one.")


def text_of_cells(column):
    """Return the cells of a typed column as text, "" where they are missing."""
    values = [None if is_missing(value) else _without_arrays(value) for value in column]
    if all(value is None or isinstance(value, float) for value in values):
        values = _whole(values)
    return ["" if value is None else str(value) for value in values]


def _without_arrays(value):
    """Return a list as text from which it can be read again, and other values as they are."""
    value = value.tolist() if isinstance(value, np.ndarray) else value
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, list) else value


def _whole(values):
    """Return floats as integers if all are whole: so were classes before one was missing."""
    if all(value is None or value.is_integer() for value in values):
        return [None if value is None else int(value) for value in values]
    return values
