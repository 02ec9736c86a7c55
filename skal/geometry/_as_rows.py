"""Anything that the kernels take, as rows."""

import numpy as np
import scipy.sparse as sp

from .._base import check_count
from ._array_rows import ArrayRows, DenseRows, SparseRows
from ._rows import SAFE_NORMS, Rows, within


def as_rows(X, name="X", like=None):
    """Return data as rows, the form in which all kernels of this module take them.

    Rows are checked, and their squared norms computed, once: a caller that hands the same data
    to several kernels saves the work by handing over the rows.

    Parameters
    ----------
    X : {array-like, sparse matrix, OuterRows, KernelRows} of shape (n_samples, n_dims)
        The data. Arrays of float32 stay so, all others become float64. `OuterRows`,
        `KernelRows` and what this function returned come back as they are.
    name : str, default="X"
        What error messages call the data.
    like : rows, default=None
        What this function returned for other data, with which the rows are to be compared. They
        then share its kind (dense or sparse), its origin and its precision.

    Returns
    -------
    rows : rows
        With `len(rows)`, `take(positions)`, `append(other)`, `products(other)` of shape
        (n_samples, n_others) and `sq_norms` of shape (n_samples,).

    Raises
    ------
    ValueError
        If the data are not numeric, a row holds NaN, infinity or numbers too large to square,
        or if the rows cannot be compared with `like`.

    Examples
    --------
    >>> from skal.geometry import as_rows, k_center_greedy, nearest_sq_distances
    >>> rows = as_rows([[0.0], [1.0], [9.0], [10.0]])
    >>> chosen = k_center_greedy(rows, 2)
    >>> nearest_sq_distances(rows, rows.take(chosen))
    array([1., 0., 1., 0.])
    """
    if isinstance(X, Rows):
        rows = X
    else:
        rows = SparseRows.of(X, name) if sp.issparse(X) else DenseRows.of(X, name)
    return rows if like is None else _comparable(rows, like, name)


def _comparable(rows, like, name):
    """Return `rows` of the kind of the rows `like`, or say why they cannot be compared."""
    are_arrays = isinstance(rows, ArrayRows) and isinstance(like, ArrayRows)
    if type(rows) is not type(like) and not are_arrays:
        raise ValueError(
            f"{name} must hold rows of the same kind as X, {type(like).__name__}, "
            f"got {type(rows).__name__}."
        )
    if rows.widths != like.widths:
        raise ValueError(
            f"{name} must have as many dimensions as X, {like.widths}, got {rows.widths}."
        )
    if are_arrays:
        rows = like.with_array(rows.X)
    # The norms of `like` are known to be safe; small norms here only add slack.
    if like.dtype == np.float32 and not within(rows.sq_norms, (0, SAFE_NORMS[1])):
        raise ValueError(
            f"{name} holds numbers too large for the float32 precision of X. Pass X in float64."
        )
    return rows


def check_n(n, rows):
    """Refuse a number of rows to choose that is not between 1 and the number of rows."""
    if check_count(n, "n") > len(rows):
        raise ValueError(f"n must be between 1 and the number of rows {len(rows)}, got n={n}.")
