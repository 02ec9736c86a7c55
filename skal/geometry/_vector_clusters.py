"""Weighted k-means of rows that are vectors, also of many."""

import warnings

import numpy as np
import scipy.sparse as sp
from sklearn.exceptions import ConvergenceWarning

from .._base import chunks_of
from . import _sizes
from ._greedy_seeds import greedy_seeds
from ._lloyd import lloyd

# Of many rows. Measured: the inertia is on average within 1 % of that of going through all rows.
_DRAWN_PER_CLUSTER = 256
_STARTS = 4
_PASSES = 1  # over all rows, once the centers of some are known


def cluster_vectors(rows, weights, n, generator):
    """Return each row's cluster and its squared distance to the center.

    Lloyd's algorithm goes through all rows up to hundreds of times. Of many rows, it therefore
    clusters a coreset: some rows, with weights by which centers are about as good for them as for
    all. It begins at the best of several draws. A pass over all rows then moves the centers from
    the means of some to those of all.

    References
    ----------
    O. Bachem, M. Lucic and A. Krause (2018). Scalable k-means clustering via lightweight coresets.
    KDD. arXiv:1702.08248.
    """
    weights = weights / weights.max()  # so that they fit into the precision of products
    size = _DRAWN_PER_CLUSTER * n
    if len(rows) <= max(_sizes.MANY_ROWS, size):
        labels, centers = _kmeans(rows, weights, n, generator)
    else:
        some, weights_of_some = coreset(rows, weights, size, generator)
        _, centers = _kmeans(rows.take(some), weights_of_some, n, generator, n_starts=_STARTS)
        for _ in range(_PASSES):
            centers = _means(rows, weights, _nearest(rows, centers)[0], centers)
        labels = _nearest(rows, centers)[0]
    return labels, rows.pair_sq_distances(np.arange(len(rows)), centers, labels)


def _kmeans(rows, weights, n, generator, n_starts=1):
    """Return the cluster of each row, and the centers as rows."""
    # In the precision of products: squares of large or tiny float32 leave its range.
    X, init = rows.X.astype(rows.dtype, copy=False), "k-means++"
    are_few = len(rows) <= _sizes.FEW_ROWS and not sp.issparse(X)
    # One draw for rows that are not few is left to scikit-learn, and so are sparse rows.
    if are_few or (n_starts > 1 and not sp.issparse(X)):
        starts = [greedy_seeds(X, weights, n, generator) for _ in range(n_starts)]
        init, n_starts = X[min(starts, key=lambda start: start[1])[0]], 1
    found = lloyd(X, weights, init) if are_few else None
    labels, centers = found or _by_sklearn(X, weights, n, init, n_starts, generator)
    return labels, rows.with_array(centers)


def _by_sklearn(X, weights, n, init, n_init, generator):
    from sklearn.cluster import KMeans  # imported here: it would double the time of `import skal`

    kmeans = KMeans(n, init=init, n_init=n_init, random_state=generator)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # fewer distinct rows than clusters
        kmeans.fit(X, sample_weight=weights)
    return kmeans.labels_, kmeans.cluster_centers_


def coreset(rows, weights, size, generator):
    """Draw rows, and weights by which they stand for all, in k-means.

    A row is drawn in proportion to its weight, to its part in the weighted squared distances to
    the mean, or uniformly, so that no heavy or far rows are missed, and there are enough of them.
    Its weight is such that the weighted sum of any function of rows is, on average, that of all.

    Returns
    -------
    positions : ndarray of int
        Distinct and in order; at most `size`.
    weights : ndarray of shape (len(positions),)
    """
    mean = _means(rows, weights, np.zeros(len(rows), dtype=np.int32), rows.take(slice(1)))
    shares = weights * _nearest(rows, mean)[1]
    spread = shares.sum()
    shares /= spread if spread > 0 else 1
    shares += weights / weights.sum() + 1 / len(rows)
    limits = np.cumsum(shares)
    draws = generator.random_sample(size) * limits[-1]
    # Round-off may put a draw behind the last row.
    drawn = np.minimum(np.searchsorted(limits, draws, side="right"), len(rows) - 1)
    some, counts = np.unique(drawn, return_counts=True)
    return some, weights[some] * counts * limits[-1] / (shares[some] * size)


def _nearest(rows, centers):
    """Return the position of the center nearest to each row, and a squared distance from products.

    Of centers at almost the same distance, any may be named.
    """
    labels, sq = np.empty(len(rows), dtype=np.int32), np.empty(len(rows))
    for part in rows.chunks(len(centers)):
        to_centers = rows.take(part).block_sq_distances(centers)
        labels[part], sq[part] = to_centers.argmin(axis=1), to_centers.min(axis=1)
    return labels, np.maximum(sq, 0, out=sq)  # cancellation leaves negatives


def _means(rows, weights, labels, centers):
    """Return the weighted means of clusters; the center of an empty one stays where it is."""
    n, sums = len(centers), np.zeros((len(centers), rows.widths))
    for part in chunks_of(len(rows), _sizes.SUMMED):
        of_clusters = weights[part], (labels[part], np.arange(len(labels[part])))
        product = sp.csr_matrix(of_clusters, shape=(n, len(labels[part]))) @ rows.X[part]
        sums += product.toarray() if sp.issparse(product) else product
    totals = np.bincount(labels, weights, minlength=n)
    empty = np.flatnonzero(totals == 0)
    kept = centers.X[empty]
    sums[empty] = kept.toarray() if sp.issparse(kept) else kept
    return rows.with_array(sums / np.where(totals == 0, 1, totals)[:, np.newaxis])
