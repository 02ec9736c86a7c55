"""The nearest of a few rows, with ties that do not depend on the last digits."""

import numpy as np

from .._base import chunks_of
from ._as_rows import as_rows
from ._magnified import magnified
from ._nearest import sq_distances

# Squared distances are equal that differ by less than this share of the squared norms: they are
# differences of such numbers, and a product of matrices adds up in different orders.
_RESOLUTION = 1e-13
_BLOCK = 2**17  # distances at once; fixed, as the memory at hand must not change an answer


def nearest_rows(X, others, n):
    """Return the positions of the `n` rows of `others` that are nearest to each row of X.

    Parameters
    ----------
    X : {array-like, sparse matrix, OuterRows, KernelRows} of shape (n_samples, n_dims)
        The rows.
    others : rows of the same kind, of shape (n_others, n_dims)
        At least one row.
    n : int
        How many; all where there are fewer.

    Returns
    -------
    positions : ndarray of shape (n_samples, min(n, n_others)), dtype intp
        In ascending order. Of rows that are equally far, those at the lowest positions count.
    """
    rows = as_rows(X)
    rows, others = magnified(rows, as_rows(others, "others", like=rows))
    n = min(n, len(others))
    nearest = np.empty((len(rows), n), dtype=np.intp)
    for part in chunks_of(len(rows), _BLOCK // len(others)):
        nearest[part] = _nearest_in_block(rows.take(part), others, n)
    return nearest


def _nearest_in_block(block, others, n):
    sq = np.concatenate([sq for _, sq in sq_distances(block, others)])
    if n == sq.shape[1]:
        return np.tile(np.arange(n), (len(sq), 1))
    order = np.argpartition(sq, n, axis=1)
    chosen = np.sort(order[:, :n], axis=1)
    # Only where the next row is about as near as the last one chosen are there ties to settle.
    last = np.take_along_axis(sq, chosen, axis=1).max(axis=1)
    following = np.take_along_axis(sq, order[:, n : n + 1], axis=1)[:, 0]
    slack = 4 * _RESOLUTION * (block.sq_norms + others.sq_norms.max())
    unclear = np.flatnonzero(following - last <= slack)
    if len(unclear):
        norms = block.sq_norms[unclear, np.newaxis] + others.sq_norms
        chosen[unclear] = _first_nearest(sq[unclear], norms, n)
    return chosen


def _first_nearest(sq, norms, n):
    """Return the positions of the `n` least distances, of equal ones the first."""
    last = np.partition(sq, n - 1, axis=1)[:, n - 1 : n]
    # What is equal is decided by the norms of each pair, or one long row would hide the distances
    # between all others.
    nearer = sq < last - norms * _RESOLUTION
    ties = ~nearer & (sq <= last + norms * _RESOLUTION)
    wanted = n - np.count_nonzero(nearer, axis=1)[:, np.newaxis]
    chosen = nearer | (ties & (np.cumsum(ties, axis=1) <= wanted))
    return np.nonzero(chosen)[1].reshape(len(sq), n)
