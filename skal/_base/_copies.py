"""Copies of samples, so that what was learned does not change with the caller's data."""

import copy

import numpy as np
import scipy.sparse as sp

from ._rows import is_dataset

# Values of these types cannot change, or are not copied because nobody changes them in place.
_FIXED = {str, bytes, int, float, complex, bool, type(None)}


def copy_rows(X):
    """Return a copy of samples, of the same kind, which no change of the original reaches.

    Containers in X are copied as well. A dataset is returned as it is: its samples are read when
    they are needed.
    """
    if is_dataset(X):
        return X
    if isinstance(X, np.ndarray):
        return _copied_array(X)
    if hasattr(X, "iloc") and hasattr(X, "columns"):
        return _copied_frame(X)
    copied = _copied_value(X)
    return copy.deepcopy(X) if copied is X and not isinstance(X, tuple) else copied


def _copied_array(X):
    copied = np.array(X, subok=False)  # a memory map is read, once
    if X.dtype.kind == "O" and _has_containers(X.ravel()):
        for place, value in np.ndenumerate(X):
            copied[place] = _copied_value(value)
    return copied


def _copied_frame(frame):
    """Return a copy of a data frame of pandas, whose own copy shares the cells that are lists."""
    copied = frame.copy()
    for place, dtype in enumerate(frame.dtypes):
        if dtype.kind == "O" and _has_containers(cells := frame.iloc[:, place]):
            copied.isetitem(place, cells.map(_copied_value))
    return copied


def _has_containers(values):
    return not all(
        kind in _FIXED or issubclass(kind, np.generic) for kind in set(map(type, values))
    )


def _copied_value(value):
    """Return a copy of a container, an array, or any object that can copy itself."""
    if type(value) in _FIXED or isinstance(value, np.generic):
        return value
    if sp.issparse(value):
        return value.copy()  # a dok_array is a dict as well
    if isinstance(value, (list, tuple)):
        return _copied_sequence(value)
    if type(value) is dict:
        return {key: _copied_value(one) for key, one in value.items()}
    if isinstance(value, np.ndarray):
        return _copied_array(value)
    if not isinstance(value, type):
        # Tensors and polars clone themselves; series, images and kinds of dicts copy themselves.
        for name in ("clone", "copy"):
            if callable(method := getattr(value, name, None)):
                return method()
    return value


def _copied_sequence(values):
    if isinstance(values, tuple):
        if not _has_containers(values):
            return values
        copied = map(_copied_value, values)
        return values._make(copied) if hasattr(values, "_make") else tuple(copied)
    return list(map(_copied_value, values)) if _has_containers(values) else list(values)
