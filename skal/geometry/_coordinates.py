"""Coordinates of rows that are known only through a kernel function.

A Cholesky factor G of the kernel's values, K = G G', has one row per sample, and the inner
products of its rows are those of the kernel. So whatever depends on inner products alone can be
computed with these rows, as if the features of the kernel had been written down. There are as many
columns as the rows have independent directions: a few for a polynomial of few columns, up to one
per sample for a Gaussian kernel.
"""

import numpy as np
from scipy.linalg import solve_triangular
from scipy.linalg.lapack import dpstrf

from .._base import num_rows, take_rows
from ._kernel_rows import KernelRows, kernel_values

# Directions found at a time. It changes the axes, but not the inner products.
_BLOCK = 128

# Of a block, rows count whose squared length outside of the directions known so far is at least
# this share of the largest one. The others wait, and soon lie within the directions found.
_LEAST_SHARE = 0.1

# Rows whose kernel values are compared with those of the coordinates.
_COMPARED = 256


def coordinates(rows, most_dims):
    """Return dense rows that have the same inner products as rows known through a kernel.

    Parameters
    ----------
    rows : KernelRows
        The rows.
    most_dims : int
        How many columns there may be.

    Returns
    -------
    coordinates : ndarray of shape (n_samples, n_dims), or None
        In float64, with at least one column. None if the rows have more than `most_dims`
        independent directions, as far as the rounding errors of the kernel tell.

    Raises
    ------
    ValueError
        If the kernel is not an inner product, so that there are no such rows.
    """
    rows, precision = _in_double(rows)
    left = rows.sq_norms.copy()  # squared lengths outside of the directions found so far
    scale = left.max(initial=0)
    least = (len(rows) + rows.n_terms) * precision * scale  # shorter ones are rounding errors
    blocks, n_dims = [], 0
    while left.max(initial=0) > least:
        far = np.argsort(-left, kind="stable")[:_BLOCK]
        root, pivots = _independent(_outside(rows, blocks, far, far), least)
        if not len(pivots):
            left[far] = 0
            continue
        pivots = far[pivots]
        n_dims += len(pivots)
        if n_dims > most_dims:
            return None
        blocks.append(_along(rows, blocks, pivots, root))
        left -= np.einsum("ij,ij->i", blocks[-1], blocks[-1])
        left[pivots] = 0
    answer = np.hstack(blocks) if blocks else np.zeros((len(rows), 1))
    _refuse_indefinite(rows, answer, np.sqrt(precision) * scale)
    return answer


def _in_double(rows):
    """Return rows whose kernel is asked in float64, and the precision in which it answers."""
    X = rows.X
    if getattr(X, "dtype", None) == np.float32:
        rows = KernelRows(X.astype(np.float64), rows.kernel)
    few = take_rows(rows.X, slice(0, 1))
    kind = np.asarray(rows.kernel(few, few)).dtype
    return rows, np.finfo(kind if kind.kind == "f" else np.float64).eps


def _independent(products, least):
    """Return the Cholesky factor of some rows that are independent, and which rows these are."""
    least = max(least, _LEAST_SHARE * products.diagonal().max())
    lower, order, rank, _ = dpstrf(products, lower=1, tol=least)
    return np.tril(lower)[:rank, :rank], order[:rank] - 1


def _along(rows, blocks, pivots, root):
    """Return the coordinates of all rows along what is new in the pivots."""
    block = np.empty((len(rows), len(pivots)))
    for part in rows.chunks(3 * len(pivots)):
        outside = _outside(rows, blocks, part, pivots)
        block[part] = solve_triangular(root, outside.T, lower=True).T
    return block


def _outside(rows, blocks, some, others):
    """Return inner products of what rows have outside of the directions found so far."""
    values = kernel_values(rows.kernel, take_rows(rows.X, some), take_rows(rows.X, others))
    values = np.array(values)  # a kernel may have kept what it returned
    for block in blocks:
        values -= block[some] @ block[others].T
    return values


def _refuse_indefinite(rows, found, tolerance):
    """Refuse a kernel whose values are not those of the coordinates."""
    some = np.unique(np.linspace(0, num_rows(rows.X) - 1, _COMPARED).astype(np.intp))
    few = rows.take(some)
    error = abs(few.products(few) - found[some] @ found[some].T).max(initial=0)
    error = max(error, abs(rows.sq_norms - np.einsum("ij,ij->i", found, found)).max(initial=0))
    if error > tolerance:
        raise ValueError(
            "The kernel must be an inner product in some space, but no rows have the inner "
            f"products that it returns: the best ones differ by {error:.3g}, where the largest "
            f"value k(x, x) is {rows.sq_norms.max():.3g}. Use a positive semi-definite kernel, "
            'such as "rbf" or "poly". If it is one, the samples are too far from zero for its '
            "values to be exact: put a StandardScaler in front of the model."
        )
