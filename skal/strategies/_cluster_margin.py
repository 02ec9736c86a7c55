"""Cluster-Margin: uncertain samples, in turn from the clusters they fall into."""

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from .._base import HasMethods, Integral, Interval, Real
from ..embeddings import rows_of
from ..geometry import sq_distances
from ._top import shortlist
from ._uncertainty import uncertainty
from .base import QueryStrategy

__all__ = ["ClusterMargin"]

_LARGEST_TREE = 3000  # rows that are clustered; takes time and memory of its square
_CLUSTER_SIZE = 10  # on average, as in the paper


class ClusterMargin(QueryStrategy):
    """Choose uncertain samples in turn from different clusters.

    The pool is clustered once per query by average linkage. The ``ceil(candidates * n)``
    samples of smallest margin are grouped by cluster, and taken in rounds, in each round one
    from every cluster that has candidates left: from the cluster with the fewest candidates to
    the one with the most, within a cluster by margin, the smallest first.

    Parameters
    ----------
    candidates : float, default=2
        How many times as many samples are candidates as are chosen, at least 1. The rarest
        clusters come first, so where this is much of the pool the batch is of outliers rather
        than of small margins; larger values are for pools that are much larger than the batch.
    embedding : embedding object, default=None
        The space of distances, see :mod:`skal.embeddings`; None stands for
        :class:`~skal.embeddings.ModelEmbedding`, the model's own feature space.
    n_clusters : int, default=None
        Where the tree of clusters is cut. None: such that they hold 10 samples on average.

    Notes
    -----
    What differs from the paper:

    - Average linkage takes memory of n_samples squared, so at most 3000 samples, drawn at
      random from the pool, are clustered; candidates among the others join the cluster of the
      nearest of these. Clusters of a larger pool thus hold more than 10 samples, about
      n_samples / 300.
    - The paper clusters once, before the first query. A strategy keeps no state, and the
      model's feature space moves as it learns, so every query clusters anew.
    - Within a cluster the smallest margin comes first, not a random candidate.

    Models without `predict_proba` are read by their decision function, see
    :class:`UncertaintySampling`.

    See Also
    --------
    DiverseMiniBatch : Clusters the uncertain samples only.

    References
    ----------
    G. Citovsky, G. DeSalvo, C. Gentile, L. Karydas, A. Rajagopalan, A. Rostamizadeh and S.
    Kumar (2021). Batch active learning at scale. NeurIPS. arXiv:2107.14263.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import ClusterMargin
    >>> X = [[0.0], [0.1], [0.2], [5.0], [9.0]]
    >>> proba = [[0.5, 0.5], [0.51, 0.49], [0.52, 0.48], [0.6, 0.4], [1.0, 0.0]]
    >>> pool = Pool.from_arrays(X, proba=proba, random_state=0)
    >>> ClusterMargin(candidates=2, n_clusters=3).query(pool, n=2)
    array([3, 0])
    """

    _parameter_constraints = {
        "candidates": [Interval(Real, 1, None, closed="left")],
        "embedding": [HasMethods("transform"), None],
        "n_clusters": [Interval(Integral, 1, None, closed="left"), None],
    }

    def __init__(self, candidates=2, embedding=None, n_clusters=None):
        self.candidates = candidates
        self.embedding = embedding
        self.n_clusters = n_clusters

    def _query(self, pool, n):
        margins = uncertainty(pool)
        rows = shortlist(margins, self.candidates, n, pool.random_state)
        return rows[in_turn(self._clusters(pool, rows))[:n]]

    def _clusters(self, pool, candidates):
        """Return the cluster of each candidate."""
        drawn = _draw(len(pool), _LARGEST_TREE, pool.random_state)
        rows = rows_of(pool.take(drawn), self.embedding)
        labels = average_linkage(rows, self.n_clusters or -(-len(drawn) // _CLUSTER_SIZE))
        if len(drawn) == len(pool):
            return labels[candidates]
        return labels[_nearest(rows_of(pool.take(candidates), self.embedding), rows)]


def in_turn(labels):
    """Return an order that takes one of each label in every round, the rarest label first.

    Equally rare labels, and those of one label, keep the order in which they come.
    """
    _, first, labels, counts = np.unique(
        labels, return_index=True, return_inverse=True, return_counts=True
    )
    by_label = np.argsort(labels, kind="stable")
    starts = np.cumsum(counts) - counts
    turn = np.empty(len(labels), dtype=np.intp)
    turn[by_label] = np.arange(len(labels)) - starts[labels[by_label]]
    return np.lexsort((first[labels], counts[labels], turn))


def _draw(n_samples, size, random_state):
    """Return all positions, or as many as fit, drawn at random."""
    if n_samples <= size:
        return np.arange(n_samples)
    return np.sort(random_state.choice(n_samples, size, replace=False))


def average_linkage(rows, n_clusters):
    """Return the cluster of each row, numbers from 1, at most `n_clusters` of them."""
    sq = np.concatenate([part for _, part in sq_distances(rows, rows)])
    if len(sq) == 1:
        return np.ones(1, dtype=np.intp)
    tree = linkage(squareform(np.sqrt(sq), checks=False), "average")
    return fcluster(tree, n_clusters, criterion="maxclust")


def _nearest(rows, centers):
    """Return the position of each row's nearest center."""
    return np.concatenate([sq.argmin(axis=1) for _, sq in sq_distances(rows, centers)])
