"""Facility location: samples to which the distances of all samples are small."""

import numpy as np

from .._base import HasMethods
from ..embeddings import rows_of
from ..geometry import Nearness, as_rows, greedy_coverage, magnified
from ._selection import Selection
from ._shortlist import Unasked, filled
from ._utilities import as_weights
from .base import QueryStrategy, ScoreStrategy

__all__ = ["FacilityLocation"]


class FacilityLocation(QueryStrategy):
    r"""Choose samples such that all samples are near to a labeled or chosen one.

    Each pick makes

    .. math:: \sum_j w_j \min_{c} \|x_j - x_c\|

    as small as possible, where j goes over the pool, c over the samples that are labeled or
    chosen, and :math:`w_j` is the score of a sample. This is the greedy choice for the facility
    location function of the similarity ``max distance - distance``, and for k-medoids. Without a
    scorer no model is needed if X is numeric; with one, the batch covers the region where scores
    are large.

    Parameters
    ----------
    scorer : ScoreStrategy, default=None
        Strategy that gives the weights of the samples to be covered. None stands for equal
        weights. If scores are negative, the smallest score of the pool is first subtracted from
        all of them; infinite scores count as the largest finite one. If all weights are 0, they
        count as equal.
    embedding : embedding object, default=None
        The space in which distances are measured, see :mod:`skal.embeddings`. None stands for
        :class:`~skal.embeddings.ModelEmbedding`, the model's own feature space.

    See Also
    --------
    MaxHerding : Looks only at the neighborhood of each sample, and so is less drawn to outliers.
    CoreSet : Makes the largest distance small rather than the sum.
    skal.geometry.max_coverage : The greedy choice for other similarities.

    Notes
    -----
    Equal gains go to the lowest position. Samples that make no distance smaller come last: by
    weight, copies of chosen samples behind all others. The scores of :meth:`select` are the
    amounts by which each pick lowers the sum, in units of the largest weight; without labeled
    samples, the first one is minus the sum that its pick leaves.

    Time is quadratic in the size of the pool, memory is not. For large pools,
    ``Shortlist(RandomSampling(), FacilityLocation(), factor=50)`` looks at a random part.

    References
    ----------
    K. Wei, R. Iyer and J. Bilmes (2015). Submodularity in data subset selection and active
    learning. ICML.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import FacilityLocation
    >>> pool = Pool.from_arrays([[0.0], [1.0], [2.0], [9.0], [10.0], [11.0]])
    >>> FacilityLocation().query(pool, n=2)
    array([2, 4])
    """

    _parameter_constraints = {
        "scorer": [ScoreStrategy, None],
        "embedding": [HasMethods("transform"), None],
    }

    def __init__(self, scorer=None, embedding=None):
        self.scorer = scorer
        self.embedding = embedding

    def _query(self, pool, n):
        weights = self._weights(pool)
        found = rows_of(pool, self.embedding)
        rows, labeled = as_rows(found), None
        if len(pool.labeled):
            labeled = as_rows(rows_of(pool.labeled, self.embedding), "labeled", like=rows)
        rows, labeled = magnified(rows, labeled)
        nearness = Nearness(rows)
        cover = None if labeled is None else nearness.of_labeled(labeled)
        picks, gains = greedy_coverage(nearness, n, weights, cover)
        n_gained = _n_gained(gains, cover)
        if n_gained < n:
            by_weight = np.argsort(-weights, kind="stable")
            picks = filled(picks[:n_gained], by_weight, Unasked(found, pool.resolution), n)
        return Selection(picks, gains)

    def _weights(self, pool):
        weights = np.ones(len(pool))
        if self.scorer is not None:
            weights = as_weights(self.scorer.scores(pool))
        return weights / weights.max() if weights.any() else np.ones(len(pool))


def _n_gained(gains, cover):
    """Return how many picks made a distance smaller; they come first."""
    n_first = 1 if cover is None else 0
    return n_first + np.count_nonzero(gains[n_first:] > 0)
