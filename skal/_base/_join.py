"""Rows followed by other rows: of every kind, and with the categories of both."""

import sys

import numpy as np
import scipy.sparse as sp
from sklearn.utils import indexable

from ._arrays import as_array
from ._categories import with_common_categories
from ._frames import frame_library
from ._kinds import Kind
from ._rows import DatasetRows, is_dataset, take_columns


def concat_rows(first, second, name="X"):
    """Return the rows of `first` followed by the rows of `second`, as the same kind as `first`.

    Raises
    ------
    ValueError
        If the rows are of different kinds or shapes, or columns cannot be joined. The message
        calls them `name`.
    """
    _refuse_others(first, second, name)
    if is_dataset(first):
        return DatasetRows.of(first).followed_by(second)
    first, second = indexable(first)[0], indexable(second)[0]
    if hasattr(first, "columns"):
        return _concat_frames(first, second)
    if sp.issparse(first):
        return sp.vstack([first, second], format=first.format)
    if isinstance(first, (list, tuple)):
        return [*first, *second]
    first, second = as_array(first, name), as_array(second, name)
    _refuse_others(first, second, name)  # once more, for what was a list
    try:
        return np.concatenate([first, second])
    except TypeError as error:  # types that NumPy cannot join
        raise ValueError(
            f"{name} must be of a type that can follow {first.dtype}, the type of the samples "
            f"labeled so far, got {second.dtype}."
        ) from error


def _refuse_others(first, second, name):
    difference = Kind.of(first).difference(Kind.of(second))
    if difference is not None:
        raise ValueError(f"{name} {difference}")


def _concat_frames(first, second):
    second = take_columns(second, list(first.columns))
    # The library of a data frame is loaded already, and so need not be imported by name.
    library = sys.modules[frame_library(first)]
    if hasattr(first, "iloc"):
        return library.concat(with_common_categories(first, second), ignore_index=True)
    try:
        return library.concat(with_common_categories(first, second), how="vertical_relaxed")
    except library.exceptions.PolarsError as error:
        dtypes = {
            name: (str(first[name].dtype), str(second[name].dtype))
            for name in first.columns
            if first[name].dtype != second[name].dtype
        }
        raise ValueError(
            f"X must have columns of the same types as the samples labeled so far, got other ones "
            f"(before, now): {dtypes}. Cast them to the types before."
        ) from error
