"""Rows of any kind: count, select and convert them to numbers."""

from numbers import Real

import numpy as np
import scipy.sparse as sp
from sklearn.utils import check_array, indexable

from ._sklearn import _num_samples, _safe_indexing

_PLAIN = (np.ndarray, np.memmap)


def is_collection(X):
    """Whether X is a collection of dask, found out without an import of dask."""
    return hasattr(X, "__dask_graph__")


def refuse_collection(X, name="X"):
    """Refuse a collection of dask where samples have to be in memory."""
    if is_collection(X):
        raise TypeError(
            f"{name} must be in memory here, got a dask {type(X).__name__}. Collections of dask "
            "are for query, select and pool of an ActiveLearner; skal.dask.take(X, positions) "
            f"returns some of their rows, and {name}.compute() all of them."
        )


def num_rows(X):
    """Return the number of samples in X, of any kind that scikit-learn accepts, or a dataset."""
    refuse_collection(X)
    if is_dataset(X) and not hasattr(X, "__len__"):
        raise TypeError(
            f"X must have a known number of samples, but {type(X).__name__} has no length. "
            "Use a map-style dataset, with __len__ and __getitem__."
        )
    return _num_samples(X)


def is_dataset(X):
    """Return whether X is a dataset: indexable, but neither a list nor an array."""
    has_items = hasattr(X, "__getitem__") and not isinstance(X, (str, bytes, list, tuple, dict))
    return has_items and not hasattr(X, "shape") and not hasattr(X, "__array__")


class DatasetRows:
    """Samples of one or more datasets, each read from its dataset when it is indexed.

    Parameters
    ----------
    sources : list of datasets
        The datasets that hold the samples.
    places : ndarray of int of shape (n_samples, 2)
        For each sample the index of its dataset in `sources`, and its position in it.
    """

    def __init__(self, sources, places):
        self.sources = sources
        self.places = places

    @classmethod
    def of(cls, dataset):
        """Return all samples of a dataset as `DatasetRows`."""
        if isinstance(dataset, cls):
            return dataset
        positions = np.arange(num_rows(dataset))
        return cls([dataset], np.column_stack([np.zeros_like(positions), positions]))

    def __len__(self):
        return len(self.places)

    def __getitem__(self, i):
        source, position = self.places[i].tolist()
        return self.sources[source][position]

    def take(self, rows):
        """Return the samples at the given positions or in a slice, without reading them."""
        return DatasetRows(self.sources, self.places[rows])

    def followed_by(self, other):
        """Return these samples followed by the samples of another dataset."""
        other = DatasetRows.of(other)
        shifted = other.places + [len(self.sources), 0]
        return DatasetRows(self.sources + other.sources, np.concatenate([self.places, shifted]))


def take_rows(X, rows):
    """Return the rows of X at the given positions or in a slice, as the same kind as X."""
    if is_dataset(X):
        return DatasetRows.of(X).take(rows)
    X = indexable(X)[0]
    if isinstance(rows, slice) and hasattr(X, "shape") and not hasattr(X, "columns"):
        return X[rows]  # a view where NumPy can give one
    return _safe_indexing(X, rows)


def check_same_columns(names, frame, name="X", where="seen in fit"):
    """Raise a ValueError if a data frame, called `name`, lacks one of the columns `names`."""
    missing = [column for column in names if column not in frame.columns]
    if missing:
        raise ValueError(
            f"{name} must have the columns {where}; missing: {missing}, got: "
            f"{list(frame.columns)}."
        )


def take_columns(X, names, name="X", where="seen in fit"):
    """Return a data frame with the columns `names`, in this order; X itself if it has them."""
    if list(X.columns) == list(names):
        return X
    check_same_columns(names, X, name, where)
    if len(set(names)) < len(names) or len(set(X.columns)) < len(X.columns):
        raise ValueError(
            f"{name} must have distinct columns to be put in the order of those {where}, "
            f"{list(names)}, got {list(X.columns)}."
        )
    return X[list(names)]


def columns_like(X, other, name="X"):
    """Return a data frame with the columns of another one, in their order; other rows as are."""
    if not hasattr(X, "columns") or not hasattr(other, "columns"):
        return X
    return take_columns(X, list(other.columns), name, "of the pool")


def numeric_rows(X, name="X"):
    """Return X as rows of floats of shape (n_samples, n_dims), dense or csr.

    Arrays of more than two dimensions are flattened to one row per sample. None is returned if X
    is not numeric. NaN and infinity are kept.

    Raises
    ------
    ValueError
        If rows have no columns, so that there is nothing to measure. The message calls them
        `name`.
    """
    if len(getattr(X, "columns", ())) and hasattr(X, "sparse"):  # pandas: all columns are sparse
        X = X.sparse.to_coo()
    shape = X.shape if sp.issparse(X) else _numeric_shape(X)
    if shape is None:
        return None
    if shape[0] and 0 in shape:
        raise ValueError(
            f"{name} must have columns by which distances can be measured, but has 0 "
            f"feature(s) (shape={shape}) while a minimum of 1 is required."
        )
    return X.tocsr() if sp.issparse(X) else _dense_rows(X)


def _dense_rows(X):
    X = check_array(
        X,
        dtype=[np.float64, np.float32],
        allow_nd=True,
        ensure_all_finite=False,
        order=None,
        ensure_min_samples=0,
        ensure_min_features=0,
    )
    return X.reshape(len(X), np.prod(X.shape[1:], dtype=int))


def _numeric_shape(X):
    """Return the shape of X as an array, None if that does not hold rows of numbers."""
    try:
        array = np.asarray(X)
    except ValueError:  # lists of different lengths
        return None
    return array.shape if array.ndim >= 2 and _is_numeric(array) else None


def _is_numeric(array):
    if array.dtype.kind == "O":
        # The first row mostly settles that X is text; only then are all values looked at.
        return not any(isinstance(value, str) for value in array[:1].ravel()) and all(
            _is_number(value) for value in array.ravel()
        )
    return array.dtype.kind in "biuf"


def _is_number(value):
    # Not `is_missing`: NaT is missing too, but a date and no number.
    return value is None or isinstance(value, Real) or type(value).__name__ == "NAType"


def is_float_rows(X):
    """Return whether X is an array, or a sparse matrix, that `numeric_rows` does not copy."""
    return sp.issparse(X) or (type(X) in _PLAIN and X.dtype in (np.float64, np.float32))


def all_finite(rows):
    """Return whether dense or csr rows hold neither NaN nor infinity."""
    return bool(np.isfinite(rows.data if sp.issparse(rows) else rows).all())
