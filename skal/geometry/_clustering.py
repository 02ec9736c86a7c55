"""Weighted k-means, and the representative member of each cluster."""

import warnings

import numpy as np
import scipy.sparse as sp
from sklearn.exceptions import ConvergenceWarning

from .._base import as_floats, check_count, make_random_state
from . import _sizes
from ._as_rows import as_rows
from ._distinct import distinct_first, without_copies
from ._magnified import magnified
from ._nearest import closeness
from ._seeding import seed_centers
from ._vector_clusters import cluster_vectors

_LLOYD_STEPS = 100
_MOST_CLUSTERS_AT_ONCE = 50  # as in TypiClust; above, mini-batches are many times faster

# Squared distances to a center that differ by a smaller share are equal: centers round.
_RESOLUTION = 1e-9


def weighted_kmeans_select(X, weights, n, *, random_state=None):
    """Cluster weighted rows, and choose from every cluster the member nearest to its center.

    Rows of weight 0 take no part in the clustering; if all weights are 0, all rows count alike.
    Where there are fewer clusters than asked for, the rows with the largest weights among the
    rest fill the batch. Copies of rows in the batch come last. `OuterRows` and `KernelRows` are
    clustered by the products between rows, in time quadratic in their number.

    Parameters
    ----------
    X : {array-like, sparse matrix, OuterRows, KernelRows} of shape (n_samples, n_dims)
        The rows to choose from. They are not written to.
    weights : array-like of shape (n_samples,)
        How much each row counts, not negative.
    n : int
        How many clusters, and so how many rows. All rows where X holds fewer.
    random_state : int, RandomState instance or None, default=None
        Seed of the first centers. None: fresh entropy.

    Returns
    -------
    positions : ndarray of shape (min(n, n_samples),), dtype intp
        Distinct positions in X, those of the heaviest clusters first.

    Raises
    ------
    ValueError
        If n < 1, or weights are negative, not finite or not one per row.

    Notes
    -----
    Of more than 200,000 rows, 256 per cluster are drawn such that they stand for all (a
    lightweight coreset), and clustered. One step of Lloyd's algorithm over all rows follows.

    References
    ----------
    F. Zhdanov (2019). Diverse mini-batch active learning. arXiv:1901.05954.

    O. Bachem, M. Lucic and A. Krause (2018). Scalable k-means clustering via lightweight coresets.
    KDD. arXiv:1702.08248.

    Examples
    --------
    >>> from skal.geometry import weighted_kmeans_select
    >>> X = [[0.0], [1.0], [2.0], [9.0], [10.0]]
    >>> weighted_kmeans_select(X, [1, 1, 1, 1, 9], 2, random_state=0)
    array([4, 1])
    """
    rows, _ = magnified(as_rows(X))
    weights = _check_weights(weights, len(rows))
    n = min(check_count(n, "n"), len(rows))
    generator = make_random_state(random_state)
    weights = weights if weights.any() else np.ones(len(rows))
    weighty = np.flatnonzero(weights)
    if len(weighty) > n:
        # Where all rows count, no copy of them is made.
        some = rows if len(weighty) == len(rows) else rows.take(weighty)
        cluster = cluster_vectors if hasattr(rows, "mean") else cluster_by_products
        labels, sq = cluster(some, weights[weighty], n, generator)
        picks = weighty[_central_members(labels, sq, weights[weighty])]
    else:
        picks = weighty[_by_weight(weights[weighty])]
    kept = without_copies(rows, picks, n)
    if len(kept) == n:
        return kept
    rest = np.setdiff1d(np.arange(len(rows)), picks)
    order = np.concatenate([picks, rest[_by_weight(weights[rest])]])
    return distinct_first(rows, order, n)


def _check_weights(weights, n_rows):
    weights = as_floats(weights, "weights")
    if weights.shape != (n_rows,):
        raise ValueError(
            f"weights must hold one number per row, of shape ({n_rows},), "
            f"got an array of shape {weights.shape}."
        )
    wrong = np.flatnonzero(~(weights >= 0) | np.isinf(weights))
    if len(wrong):
        raise ValueError(
            f"weights must be finite and not negative, got {weights[wrong[0]]} for row {wrong[0]}."
        )
    return weights


def _by_weight(weights):
    return np.argsort(-weights, kind="stable")


def _central_members(labels, sq, weights):
    """Return the member nearest to the center of each cluster, the heaviest cluster first."""
    totals = np.bincount(labels, weights)
    least = np.full(len(totals), np.inf)
    np.minimum.at(least, labels, sq)
    # Of members equally near, as both are in a cluster of two, the lowest position is the first.
    nearest = np.flatnonzero(sq <= least[labels] * (1 + _RESOLUTION))
    found, starts = np.unique(labels[nearest], return_index=True)
    members = nearest[starts]
    return members[np.lexsort((members, -totals[found]))]


def cluster_labels(rows, n, generator):
    """Return the cluster of each row, one of `n` of k-means or fewer.

    More than some dozen clusters are found from small batches of rows at a time.
    """
    if not hasattr(rows, "mean"):
        return cluster_by_products(rows, np.ones(len(rows)), n, generator)[0]
    from sklearn.cluster import KMeans, MiniBatchKMeans  # imported here: see `_vector_clusters`

    kind = KMeans if n <= _MOST_CLUSTERS_AT_ONCE else MiniBatchKMeans
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # fewer distinct rows than clusters
        return kind(n, n_init=1, random_state=generator).fit(rows.X).labels_


def cluster_by_products(rows, weights, n, generator):
    """Lloyd's algorithm without centers: kernel k-means.

    The center of cluster C is sum_j w_j x_j / W over its members, so its products with rows and
    with itself are weighted means of products between rows.
    """
    rows = rows.to_double()
    first = generator.choice(len(rows), p=weights / weights.sum())
    seeds = rows.take(seed_centers(rows, n, int(first), generator))
    labels = np.empty(len(rows), dtype=np.intp)
    for part in rows.chunks(2 * n):
        labels[part] = closeness(seeds, rows.take(part)).argmax(axis=0)
    for _ in range(_LLOYD_STEPS):
        previous = labels
        labels, sq = _nearest_cluster(rows, _shares(previous, weights, n))
        if np.array_equal(labels, previous):
            break
    return labels, sq


def _shares(labels, weights, n):
    """Return w_j / W of each row within its cluster, csr of shape (n, n_samples)."""
    totals = np.bincount(labels, weights, minlength=n)
    rows = np.arange(len(labels))
    return sp.csr_matrix((weights / totals[labels], (labels, rows)), shape=(n, len(labels)))


def _nearest_cluster(rows, shares):
    """Return the nearest cluster of each row and the squared distance to its center."""
    sq_centers = np.array([_sq_norm_of_mean(rows, share) for share in shares])
    labels, sq = np.empty(len(rows), dtype=np.intp), np.empty(len(rows))
    for part in rows.chunks(2 * len(sq_centers)):
        block = rows.take(part)
        to_centers = sq_centers - 2 * _products_with_means(block, rows, shares)
        labels[part] = to_centers.argmin(axis=1)
        sq[part] = block.sq_norms + to_centers.min(axis=1)
    return labels, np.maximum(sq, 0)  # cancellation leaves negatives


def _sq_norm_of_mean(rows, share):
    """Return |sum_j s_j x_j|^2, or infinity for no rows at all."""
    # An empty cluster is infinitely far, so that it stays empty and is filled by weight later.
    if not share.nnz:
        return np.inf
    members = rows.take(share.indices)
    only = sp.csr_matrix(share.data)
    return sum(
        share.data[part] @ _products_with_means(members.take(part), members, only)[:, 0]
        for part in members.chunks(_sizes.BLOCK)
    )


def _products_with_means(block, rows, shares):
    """Return the products of a block with weighted sums of rows, of shape (len, n_sums)."""
    answer = np.zeros((len(block), shares.shape[0]))
    for part in rows.chunks(len(block)):
        answer += (shares[:, part] @ block.products(rows.take(part)).T).T
    return answer
