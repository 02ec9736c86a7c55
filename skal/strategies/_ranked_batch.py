"""Ranked batches: uncertain samples that are unlike those labeled or chosen."""

import numpy as np

from .._base import HasMethods
from ..embeddings import rows_of
from ..geometry import as_rows, nearest_sq_distances, pair_sums
from ._selection import Selection
from ._shortlist import Unasked
from ._uncertainty import given_or_default
from ._utilities import as_shares
from .base import QueryStrategy, ScoreStrategy

__all__ = ["RankedBatch"]

# Samples whose distances are brought up to date at a time; decides on the time only.
_REFRESHED = 32

# So few distances are computed one by one, more by a product of matrices first; the same numbers.
_FEW_PAIRS = 1024


class RankedBatch(QueryStrategy):
    r"""Choose samples that are uncertain, and unlike all samples labeled or chosen before.

    Each pick has the largest

    .. math:: \alpha \left(1 - \max_{c} \mathrm{sim}(x, c)\right) + (1 - \alpha)\, s(x), \qquad
        \mathrm{sim}(x, c) = \frac{1}{1 + \|x - c\|}

    where s is the score of a sample, and c goes over the samples that are labeled or chosen. The
    weight :math:`\alpha` is the share of the samples that are neither: while little is labeled,
    distance decides, later uncertainty does. Without labeled samples the first pick is the sample
    with the smallest mean distance to all others.

    As long as nearly the whole pool is unlabeled, the strategy looks for far samples, outliers
    included. It is meant for pools of a few times the number of labels.

    Parameters
    ----------
    scorer : ScoreStrategy, default=None
        Strategy that scores the samples, from 0 to 1 so that scores compare with similarities.
        None stands for ``UncertaintySampling("margin")``. If scores are negative, they are brought
        to 0..1 by the smallest and the largest score of the pool. Infinite scores count as the
        largest finite one.
    embedding : embedding object, default=None
        The space in which distances are measured, see :mod:`skal.embeddings`. None stands for
        :class:`~skal.embeddings.ModelEmbedding`, the model's own feature space. The similarity
        depends on the unit of distances: scale the features.

    See Also
    --------
    DensityWeighted : Looks for samples that are like many others.
    Shortlist : ``Shortlist(UncertaintySampling(), CoreSet())`` chooses far samples among
        uncertain ones.

    Notes
    -----
    Equal values go to the lowest position. Copies of chosen samples come last.

    References
    ----------
    T. N. C. Cardoso, R. M. Silva, S. Canuto, M. M. Moro and M. A. Goncalves (2017). Ranked
    batch-mode active learning. Information Sciences 379.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import RankedBatch
    >>> proba = [[0.5, 0.5], [0.5, 0.5], [0.6, 0.4], [0.9, 0.1]]
    >>> pool = Pool.from_arrays([[0.0], [0.1], [3.0], [9.0]], proba=proba)
    >>> RankedBatch().query(pool, n=3)
    array([1, 2, 0])
    """

    _parameter_constraints = {
        "scorer": [ScoreStrategy, None],
        "embedding": [HasMethods("transform"), None],
    }
    _reads_again = False

    def __init__(self, scorer=None, embedding=None):
        self.scorer = scorer
        self.embedding = embedding

    def _query(self, pool, n):
        scores = as_shares(given_or_default(self.scorer).scores(pool))
        found = rows_of(pool, self.embedding)
        unasked, rows = Unasked(found, pool.resolution), as_rows(found)
        gaps = _Gaps(rows, self._labeled(pool, rows))
        picks, values, near = [], [], None
        while len(picks) < n:
            if gaps.is_unknown:
                best, value = _most_central(rows, pool.resolution), 1.0
            else:
                share = (len(pool) - len(picks)) / (len(pool) + len(pool.labeled))
                best, value, near = _best(gaps, scores, share, unasked.free, pool.resolution, near)
            unasked.choose(best)
            gaps.add(best)
            picks.append(best)
            values.append(value)
        return Selection(np.array(picks), np.array(values))

    def _labeled(self, pool, rows):
        if not len(pool.labeled):
            return None
        return as_rows(rows_of(pool.labeled, self.embedding), "labeled", like=rows)


def _most_central(rows, resolution):
    """Return the position of the least mean distance, the lowest of those that are equal."""
    sums = pair_sums(rows)
    return int(np.argmax(sums <= sums.min() * (1 + resolution)))


def _best(gaps, scores, share, free, resolution, near):
    """Return the lowest position of the largest value, the value, and positions of large values.

    Gaps only shrink, so a value that is out of date is too large. The largest one therefore
    counts as soon as no value out of date is as large, and most of the others are never computed.
    Samples `near` the largest value of the last pick come first, as they are near this one too.
    """
    values = _values(gaps, scores, share, free, slice(None))
    size = min(_REFRESHED, len(values))
    asked = np.argpartition(values, -size)[-size:] if near is None else near
    looked_at, largest = [], -np.inf
    while True:
        gaps.refresh(asked)
        values[asked] = _values(gaps, scores, share, free, asked)
        looked_at.append(asked)
        largest = max(largest, values[asked].max())
        ahead = np.flatnonzero(values >= largest - abs(largest) * resolution)
        asked = ahead[~gaps.are_current(ahead)]
        if not len(asked):
            near = np.concatenate(looked_at)
            near = near[np.argsort(values[near])[-size:]]
            return int(ahead[0]), values[ahead[0]], near
        if len(asked) > size:
            asked = asked[np.argpartition(values[asked], -size)[-size:]]
            size = min(2 * size, len(values))


def _values(gaps, scores, share, free, rows):
    values = share * gaps.bounds[rows] + (1 - share) * scores[rows]
    values[~free[rows]] = -np.inf
    return values


class _Gaps:
    """How unlike each sample is to the most similar of the samples labeled or chosen.

    Attributes
    ----------
    bounds : ndarray of shape (n_samples,)
        1 - max sim, or more where the newest samples have not been looked at.
    """

    def __init__(self, rows, labeled):
        self._rows, self._chosen = rows, []
        self._met = np.zeros(len(rows), dtype=np.intp)  # each has met the first so many chosen
        self.is_unknown = labeled is None
        if labeled is None:
            self.bounds = np.ones(len(rows))
        else:
            self.bounds = _unlikeness(nearest_sq_distances(rows, labeled))

    def are_current(self, rows):
        """Whether each of the samples has met all that were chosen."""
        return self._met[rows] == len(self._chosen)

    def add(self, position):
        self._chosen.append(position)
        self.is_unknown = False

    def refresh(self, positions):
        """Let samples meet the chosen ones that some of them have not met."""
        centers = self._chosen[self._met[positions].min() :]
        if not centers:
            return
        unlikeness = _unlikeness(_nearest_of(self._rows, positions, centers))
        self.bounds[positions] = np.minimum(self.bounds[positions], unlikeness)
        self._met[positions] = len(self._chosen)


def _nearest_of(rows, positions, centers):
    """Return the squared distance of each position to the nearest center, by differences."""
    if len(positions) * len(centers) > _FEW_PAIRS:
        return nearest_sq_distances(rows.take(positions), rows.take(centers))
    lefts, rights = np.repeat(positions, len(centers)), np.tile(centers, len(positions))
    return rows.pair_sq_distances(lefts, rows, rights).reshape(-1, len(centers)).min(axis=1)


def _unlikeness(sq_distances):
    return 1 - 1 / (1 + np.sqrt(sq_distances))
