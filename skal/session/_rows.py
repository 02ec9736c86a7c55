"""The rows of a labeling session: the data, and an id for each row."""

import numpy as np

from .._base import num_rows, take_rows
from ._ids import Ids


class Rows:
    """Rows of X with an id each.

    Parameters
    ----------
    X : rows of shape (n_rows, ...)
    ids : array-like of shape (n_rows,), str or None
        As in :class:`~skal.session.LabelingSession`.

    Attributes
    ----------
    X : rows of shape (n_rows, ...)
        Without the column of ids, where `ids` named one.
    ids : Ids
    """

    def __init__(self, X, ids=None):
        self.X, given = _split_ids(X, ids)
        self.ids = Ids(given, num_rows(self.X))

    def __len__(self):
        return len(self.ids)

    def take(self, positions):
        """Return the rows at some positions."""
        return take_rows(self.X, np.asarray(positions, dtype=np.intp))


def _split_ids(X, ids):
    if isinstance(ids, str):
        _check_has_column(X, ids)
        features = [name for name in X.columns if name != ids]
        return X[features], X[ids]
    if ids is None and hasattr(X, "iloc"):
        ids = X.index
    return X, ids


def _check_has_column(X, name):
    if not hasattr(X, "columns"):
        raise ValueError(f"ids={name!r} names a column, but X, a {type(X).__name__}, has none.")
    if name not in X.columns:
        raise ValueError(f"ids must name a column of X, {list(X.columns)}, got {name!r}.")
