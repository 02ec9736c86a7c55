"""Batches by k-means clustering of the pool, or of its uncertain samples."""

import numpy as np

from .._base import HasMethods, Interval, Real, StrOptions
from ..embeddings import rows_of
from ..geometry import weighted_kmeans_select
from ._shortlist import distinct_shortlist_and_rows
from ._top import check_scores
from ._uncertainty import MEASURES, uncertainty
from .base import QueryStrategy

__all__ = ["DiverseMiniBatch", "KMeansSampling"]


class KMeansSampling(QueryStrategy):
    """Choose samples that represent the pool: one near the center of each cluster.

    The pool is clustered by k-means into as many clusters as the batch holds samples. The sample
    nearest to each center is chosen, largest cluster first. Of copies, that is of samples with the
    same row in the embedding, one is chosen; the rest come last. No model is needed if X is
    numeric.

    Parameters
    ----------
    embedding : embedding object, default=None
        The space in which distances are measured, see :mod:`skal.embeddings`. None stands for
        :class:`~skal.embeddings.ModelEmbedding`, the model's own feature space.
        The clustering of gradients and of rows known by a kernel takes time quadratic in the size
        of the pool.

    See Also
    --------
    CoreSet : Covers the pool, including outliers.
    skal.geometry.weighted_kmeans_select : The clustering as a function of arrays.

    Notes
    -----
    Of more than 200,000 samples, k-means clusters 256 per sample of the batch, drawn such that
    they stand for all. One step over all samples follows. The inertia is about the same, and a
    million samples take seconds instead of minutes.

    References
    ----------
    J. Kang, K. R. Ryu and H.-C. Kwon (2004). Using cluster-based sampling to select initial
    training set for active learning in text classification. PAKDD.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import KMeansSampling
    >>> pool = Pool.from_arrays([[0.0], [1.0], [2.0], [9.0], [10.0]], random_state=0)
    >>> sorted(KMeansSampling().query(pool, n=2).tolist())
    [1, 3]
    """

    _parameter_constraints = {"embedding": [HasMethods("transform"), None]}

    def __init__(self, embedding=None):
        self.embedding = embedding

    def _query(self, pool, n):
        return weighted_kmeans_select(
            rows_of(pool, self.embedding),
            np.ones(len(pool)),
            n,
            random_state=pool.random_state,
        )


class DiverseMiniBatch(QueryStrategy):
    """Choose uncertain and diverse samples by weighted k-means.

    The ``ceil(beta * n)`` most uncertain samples are grouped into `n` clusters by k-means, in
    which each sample is weighted by its uncertainty. The sample nearest to each center is chosen,
    heaviest cluster first.

    Parameters
    ----------
    measure : {"margin", "least_confidence", "entropy"} or callable, default="margin"
        Measure of uncertainty, see :class:`UncertaintySampling`.
    beta : float, default=10
        Number of clustered samples per sample of the batch, at least 1. A small value favors
        uncertain samples, a large value representative ones.
    embedding : embedding object, default=None
        The space in which distances are measured, see :mod:`skal.embeddings`. None stands for
        :class:`~skal.embeddings.ModelEmbedding`, the model's own feature space.

    See Also
    --------
    ClusterMargin : Clusters the pool, and takes uncertain samples of the clusters in turn.
    skal.geometry.weighted_kmeans_select : The clustering as a function of arrays.

    Notes
    -----
    Weights cannot be negative. If scores are negative (the decision margin of models without
    probabilities, or a callable measure), the smallest score in the pool is subtracted from all:
    the weight is the difference to the most certain sample.

    Of copies, that is of samples with the same row in the embedding, one is clustered. Copies fill
    the batch where fewer than `n` samples are distinct.

    References
    ----------
    F. Zhdanov (2019). Diverse mini-batch active learning. arXiv:1901.05954.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import DiverseMiniBatch
    >>> X = [[0.0], [0.1], [0.2], [5.0], [9.0]]
    >>> proba = [[0.5, 0.5], [0.51, 0.49], [0.5, 0.5], [0.6, 0.4], [1.0, 0.0]]
    >>> pool = Pool.from_arrays(X, proba=proba, random_state=0)
    >>> DiverseMiniBatch(beta=2).query(pool, n=2)
    array([1, 3])
    """

    _parameter_constraints = {
        "measure": [StrOptions(set(MEASURES)), callable],
        "beta": [Interval(Real, 1, None, closed="left")],
        "embedding": [HasMethods("transform"), None],
    }

    def __init__(self, measure="margin", beta=10, embedding=None):
        self.measure = measure
        self.beta = beta
        self.embedding = embedding

    def _query(self, pool, n):
        scores = check_scores(uncertainty(pool, self.measure), len(pool))
        listed, rows = distinct_shortlist_and_rows(pool, scores, self.beta, n, self.embedding)
        weights = np.asarray(scores, dtype=np.float64) - min(0, np.min(scores))
        chosen = weighted_kmeans_select(rows, weights[listed], n, random_state=pool.random_state)
        return listed[chosen]
