"""Density-weighted sampling: uncertain samples that are like many others."""

from .._base import HasMethods, Interval, Real, StrOptions
from ..embeddings import rows_of
from ..geometry import density
from ._uncertainty import given_or_default
from ._utilities import as_weights
from .base import ScoreStrategy

__all__ = ["DensityWeighted"]


class DensityWeighted(ScoreStrategy):
    r"""Choose samples that are uncertain and like many others in the pool (information density).

    The samples with the largest

    .. math:: s(x) \left( \frac{1}{n} \sum_{j} \mathrm{sim}(x, x_j) \right)^\beta

    are chosen, where s is the score of a sample and the sum goes over the pool, the sample itself
    included. Outliers, which uncertainty sampling likes to ask about, have a low density.

    Parameters
    ----------
    scorer : ScoreStrategy, default=None
        Strategy that scores the samples. None stands for ``UncertaintySampling("margin")``. If
        scores are negative, the smallest score of the pool is first subtracted from all of them.
        Infinite scores count as the largest finite one.
    beta : float, default=1.0
        Weight of the density, at least 0. With 0 the scores alone decide.
    similarity : {"cosine", "euclidean"}, default="cosine"
        "cosine" is the cosine of the angle at the origin; the time is that of one pass over the
        pool. It says most about rows without negative values, such as texts. "euclidean" is
        1 / (1 + distance); the time is quadratic in the size of the pool, the memory is not.
    embedding : embedding object, default=None
        The space in which samples are compared, see :mod:`skal.embeddings`. None stands for
        :class:`~skal.embeddings.ModelEmbedding`, the model's own feature space.

    See Also
    --------
    RankedBatch : Looks for samples that are unlike those labeled or chosen.
    skal.geometry.density : The density as a function of arrays.

    Notes
    -----
    Copies of a sample have the same score, so that a batch may hold several of them.
    ``Distinct(DensityWeighted())`` takes each one once.

    References
    ----------
    B. Settles and M. Craven (2008). An analysis of active learning strategies for sequence
    labeling tasks. EMNLP.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import DensityWeighted
    >>> proba = [[0.5, 0.5], [0.6, 0.4], [0.6, 0.4], [1.0, 0.0]]
    >>> pool = Pool.from_arrays([[0.0, 9.0], [1.0, 0.0], [1.0, 0.1], [1.0, 0.0]], proba=proba)
    >>> DensityWeighted().query(pool, n=3)
    array([2, 1, 0])
    """

    _parameter_constraints = {
        "scorer": [ScoreStrategy, None],
        "beta": [Interval(Real, 0, None, closed="left")],
        "similarity": [StrOptions({"cosine", "euclidean"})],
        "embedding": [HasMethods("transform"), None],
    }
    _reads_again = False

    _scores_alone = False

    def __init__(self, scorer=None, beta=1.0, similarity="cosine", embedding=None):
        self.scorer = scorer
        self.beta = beta
        self.similarity = similarity
        self.embedding = embedding

    def score_samples(self, pool):
        """Return the score of each sample times its density, of shape (n_samples,)."""
        weights = as_weights(given_or_default(self.scorer).scores(pool))
        if not len(pool):
            return weights
        rows = rows_of(pool, self.embedding)
        return weights * density(rows, beta=self.beta, similarity=self.similarity)
