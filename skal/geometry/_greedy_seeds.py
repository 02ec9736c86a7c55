"""Greedy k-means++: of several rows drawn at a time, the best one becomes a center."""

import numpy as np


def greedy_seeds(X, weights, n, generator):
    """Draw the first centers of weighted k-means, as scikit-learn does, with less overhead.

    For every center some rows are drawn in proportion to weight times squared distance to the
    centers so far. The one that leaves the least weighted inertia is kept. The same generator
    draws the same rows as in :class:`~sklearn.cluster.KMeans`, up to round-off.

    Parameters
    ----------
    X : ndarray of floats of shape (n_samples, n_dims)
        The rows; products are computed in their precision.
    weights : ndarray of shape (n_samples,)
        Not negative, and not all 0.
    n : int
        How many centers.
    generator : RandomState

    Returns
    -------
    positions : ndarray of shape (n,), dtype intp
        Positions in X. A row is drawn again once every row is a copy of a center.
    inertia : float
        The weighted sum of squared distances to the nearest center.

    References
    ----------
    D. Arthur and S. Vassilvitskii (2007). k-means++: the advantages of careful seeding. SODA.
    """
    seeds = np.empty(n, dtype=np.intp)
    seeds[0] = generator.choice(len(X), p=weights / weights.sum())
    draws = generator.random_sample((n - 1, 2 + int(np.log(n))))
    left, right = _factors(X, weights)
    nearest = np.maximum(left[seeds[0]] @ right, 0)
    after, ones = np.empty((draws.shape[1], len(X)), dtype=X.dtype), np.ones(len(X), dtype=X.dtype)
    for i, draw in enumerate(draws, start=1):
        sums = nearest.cumsum(dtype=np.float64)
        drawn = sums.searchsorted(draw * sums[-1])  # at most the last row, as draws are below 1
        np.minimum(np.matmul(left[drawn], right, out=after), nearest, out=after)
        best = (after @ ones).argmin()
        np.maximum(after[best], 0, out=nearest)  # cancellation leaves negatives
        seeds[i] = drawn[best]
    return seeds, nearest.sum(dtype=np.float64)


def _factors(X, weights):
    """Return two matrices whose product is w_j |x_i - x_j|^2.

    The squared norms are two more terms of the product, which saves passes over its result.
    """
    X = X - X.mean(axis=0)  # distances do not depend on the origin, but the round-off does
    sq_norms, ones = np.einsum("ij,ij->i", X, X), np.ones(len(X), dtype=X.dtype)
    left = np.column_stack([-2 * X, sq_norms, ones])
    right = np.column_stack([X, ones, sq_norms]).T * weights.astype(X.dtype)
    # Products with a few rows are several times as fast when this is laid out row by row.
    return left, np.ascontiguousarray(right)
