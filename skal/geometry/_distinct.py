"""Rows in an order of preference, of which copies of earlier rows come last."""

import numpy as np

from ._nearest import exact_nearest

_AT_ONCE = 512  # rows that are compared with each other in one product
_LEAST = np.nextafter(0, 1)


def distinct_first(rows, order, n):
    """Return the first `n` rows of an order, in which copies come last.

    Parameters
    ----------
    rows : rows of shape (n_samples, n_dims)
    order : ndarray of int of shape (n_ordered,)
        Distinct positions, the preferred ones first.
    n : int
        How many, at most n_ordered.

    Returns
    -------
    positions : ndarray of shape (n,), dtype intp
        The first rows of the order that are at no distance of 0 from a row before them, then
        copies, both in the given order.
    """
    kept = without_copies(rows, order, n)
    copies = order[~np.isin(order, kept)]
    return np.concatenate([kept, copies[: n - len(kept)]]).astype(np.intp)


def without_copies(rows, order, n):
    """Return the first rows of an order that are not copies of earlier rows, at most `n`."""
    kept, start = order[:0], 0
    while start < len(order) and len(kept) < n:
        # As many as are wanted, for copies are rare; then as many as a product is fast for.
        size = min(n, _AT_ONCE) if not start else _AT_ONCE
        part = order[start : start + size]
        start += len(part)
        block = rows.take(part)
        is_new = between(block, _LEAST).min(axis=0) > 0
        if len(kept):
            is_new &= exact_nearest(block, rows.take(kept)) > 0
        kept = np.concatenate([kept, part[is_new]])[:n]
    return kept


def between(block, sq):
    """Return exact squared distances of earlier to later rows of a block, if less than `sq`.

    The distances to each row, one column of the result, are infinite where they are not needed.
    """
    lower = block.sq_norms - block.slack
    lower = lower[:, None] + lower - 2.0 * block.products(block)
    # Rows are looked at in turn, so a distance matters only to the later one of a pair.
    i, j = np.nonzero(np.triu(lower < sq, 1))
    distances = np.full(lower.shape, np.inf)
    distances[i, j] = block.pair_sq_distances(i, block, j)
    return distances
