"""Cluster-Margin: uncertain samples, taken in turn from different clusters."""

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from .._base import HasMethods, Integral, Interval, Real, draw_at_most
from ..embeddings import rows_of
from ..geometry import as_rows, magnified, sq_distances
from ._shortlist import distinct_shortlist
from ._uncertainty import uncertainty
from .base import QueryStrategy

__all__ = ["ClusterMargin"]

# Largest number of samples to cluster: average linkage takes time and memory of its square.
_MAX_CLUSTERED = 3000

# Mean number of samples in a cluster, as in the paper.
_CLUSTER_SIZE = 10


class ClusterMargin(QueryStrategy):
    """Choose uncertain samples in turn from different clusters.

    The pool is clustered by average linkage in each query. The ``ceil(candidates * n)`` samples
    of the smallest margins are the candidates. They are taken in rounds, in each round one from
    every cluster that has candidates left, from the cluster with the fewest candidates to the
    cluster with the most. Within a cluster the candidate with the smallest margin comes first.

    Parameters
    ----------
    candidates : float, default=2
        Number of candidates per sample of the batch, at least 1. Clusters with few candidates
        come first. If most of the pool are candidates, the batch therefore consists of outliers
        rather than of samples with small margins. Use larger values only for pools that are much
        larger than the batch.
    embedding : embedding object, default=None
        The space in which distances are measured, see :mod:`skal.embeddings`. None stands for
        :class:`~skal.embeddings.ModelEmbedding`, the model's own feature space.
    n_clusters : int, default=None
        Number of clusters, at least 1. None stands for clusters of 10 samples on average.

    See Also
    --------
    DiverseMiniBatch : Clusters only the uncertain samples.

    Notes
    -----
    Differences from the paper:

    - Average linkage takes memory of n_samples squared, so at most 3000 samples, drawn at
      random from the pool, are clustered. Every other candidate joins the cluster of the
      clustered sample that is nearest to it. Clusters of a larger pool therefore hold more than
      10 samples, about n_samples / 300.
    - The paper clusters once, before the first query. A strategy has no state, and the model's
      feature space changes as the model learns, so every query clusters anew.
    - Within a cluster the candidate with the smallest margin comes first, not a random one.

    Of copies, that is of samples with the same row in the embedding, one is a candidate. Copies
    fill the batch where fewer than `n` samples are distinct.

    For models without `predict_proba` the margin is that of the decision function, see
    :class:`UncertaintySampling`.

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
        rows = distinct_shortlist(pool, margins, self.candidates, n, self.embedding)
        return rows[round_robin(self._clusters(pool, rows))[:n]]

    def _clusters(self, pool, candidates):
        """Return the number of each candidate's cluster."""
        drawn = draw_at_most(pool.random_state, len(pool), _MAX_CLUSTERED)
        rows = as_rows(rows_of(pool.take(drawn), self.embedding))
        others = None
        if len(drawn) < len(pool):
            others = as_rows(rows_of(pool.take(candidates), self.embedding), like=rows)
        rows, others = magnified(rows, others)
        labels = average_linkage(rows, self.n_clusters or -(-len(drawn) // _CLUSTER_SIZE))
        return labels[candidates] if others is None else labels[_nearest(others, rows)]


def round_robin(labels):
    """Return an order that takes one entry of each label per round, the rarest label first.

    Labels that are equally rare are ordered by their first entry. Entries with the same label keep
    their order.
    """
    _, first, labels, counts = np.unique(
        labels, return_index=True, return_inverse=True, return_counts=True
    )
    by_label = np.argsort(labels, kind="stable")
    starts = np.cumsum(counts) - counts
    turn = np.empty(len(labels), dtype=np.intp)
    turn[by_label] = np.arange(len(labels)) - starts[labels[by_label]]
    return np.lexsort((first[labels], counts[labels], turn))


def average_linkage(rows, n_clusters):
    """Return the number of each row's cluster, from 1 to at most `n_clusters`."""
    sq = np.concatenate([part for _, part in sq_distances(rows, rows)])
    if len(sq) == 1:
        return np.ones(1, dtype=np.intp)
    # Products of matrices leave the square form a little asymmetric, which its checks refuse.
    tree = linkage(squareform(np.sqrt(sq), checks=False), "average")
    return fcluster(tree, n_clusters, criterion="maxclust")


def _nearest(rows, centers):
    """Return the position of the center nearest to each row."""
    return np.concatenate([sq.argmin(axis=1) for _, sq in sq_distances(rows, centers)])
