"""TypiClust: the most typical sample of each cluster that has no label yet."""

import numpy as np

from .._base import HasMethods, Integral, Interval
from ..embeddings import rows_of
from ..geometry import as_rows, cluster_labels, magnified, typicality
from ._shortlist import Unasked
from .base import QueryStrategy

__all__ = ["TypiClust"]

# As in the paper: no more clusters than these, and smaller ones only where nothing else is left.
_MOST_CLUSTERS = 500
_LEAST_SIZE = 5


class TypiClust(QueryStrategy):
    """Choose the most typical samples of clusters that have no labels yet.

    All samples, labeled ones included, are grouped by k-means into as many clusters as there will
    be labels, at most 500. Each pick comes from the cluster with the fewest labeled and chosen
    samples, the largest of these clusters first, and clusters of fewer than 5 samples last. It is
    the most typical sample of the cluster: the one with the smallest mean distance to its nearest
    neighbors among the unlabeled samples of the cluster. No model is needed if X is numeric.

    It is made for the start, with no labels or very few. Later, uncertain samples are worth more.

    Parameters
    ----------
    n_neighbors : int, default=20
        Number of nearest neighbors in the mean distance, at least 1. All other samples of the
        cluster where it holds fewer.
    embedding : embedding object, default=None
        The space in which distances are measured, see :mod:`skal.embeddings`. None stands for
        :class:`~skal.embeddings.ModelEmbedding`, the model's own feature space. The clustering of
        gradients and of rows known by a kernel takes time quadratic in the size of the pool.

    See Also
    --------
    KMeansSampling : Chooses the sample near the center of each cluster.
    skal.geometry.typicality : The typicality as a function of arrays.

    Notes
    -----
    The clusters depend on the seed. Up to 50 clusters are found by k-means, more by mini-batch
    k-means. Samples that are equally typical come in the order of their positions. Copies of
    chosen samples come last, and do not count as neighbors after that.

    References
    ----------
    G. Hacohen, A. Dekel and D. Weinshall (2022). Active learning on a budget: opposite strategies
    suit high and low budgets. ICML. arXiv:2202.02794.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import TypiClust
    >>> X = [[0.0], [1.0], [2.0], [3.0], [4.0], [90.0], [91.0], [92.0], [93.0], [94.0]]
    >>> sorted(TypiClust(n_neighbors=4).query(Pool.from_arrays(X, random_state=0), n=2).tolist())
    [2, 7]
    """

    _parameter_constraints = {
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
        "embedding": [HasMethods("transform"), None],
    }

    def __init__(self, n_neighbors=20, embedding=None):
        self.n_neighbors = n_neighbors
        self.embedding = embedding

    def _query(self, pool, n):
        found = rows_of(pool, self.embedding)
        rows, labeled = self._comparable(pool, as_rows(found))
        everything = rows if labeled is None else rows.append(labeled)
        n_clusters = min(len(pool.labeled) + n, _MOST_CLUSTERS, len(everything))
        labels = cluster_labels(everything, n_clusters, pool.random_state)
        clusters, unasked = _Clusters(labels, len(pool)), Unasked(found, pool.resolution)
        picks = []
        while len(picks) < n:
            members = clusters.next_members(unasked.free)
            typical = typicality(rows.take(members), self.n_neighbors)
            picks.append(int(members[_first_of_largest(typical, pool.resolution)]))
            unasked.choose(picks[-1])
            clusters.add_label(picks[-1])
        return np.array(picks)

    def _comparable(self, pool, rows):
        """Return the rows of the pool and of the labeled samples, the latter maybe None."""
        labeled = None
        if len(pool.labeled):
            labeled = as_rows(rows_of(pool.labeled, self.embedding), "labeled", like=rows)
        return magnified(rows, labeled)


class _Clusters:
    """Clusters of pool rows, labeled rows behind them, and the number of labels of each."""

    def __init__(self, labels, n_pool):
        self._labels = labels[:n_pool]
        self._sizes = np.bincount(labels)
        self._n_labeled = np.bincount(labels[n_pool:], minlength=len(self._sizes))

    def next_members(self, free):
        """Return the positions of the free rows of the cluster that comes next."""
        open_clusters = np.unique(self._labels[free])
        sizes = self._sizes[open_clusters]
        order = np.lexsort((-sizes, self._n_labeled[open_clusters], sizes < _LEAST_SIZE))
        return np.flatnonzero(free & (self._labels == open_clusters[order[0]]))

    def add_label(self, position):
        self._n_labeled[self._labels[position]] += 1


def _first_of_largest(values, resolution):
    largest = values.max()
    slack = largest * resolution if np.isfinite(largest) else 0
    return int(np.argmax(values >= largest - slack))
