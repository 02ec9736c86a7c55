"""Subsample: a strategy sees a random share of the pool."""

import math

import numpy as np

from .._base import Interval, Real, draw_positions
from ._uncertainty import given_or_default
from .base import QueryStrategy

__all__ = ["Subsample"]


class Subsample(QueryStrategy):
    """Show a strategy a random share of the pool.

    Only the samples of the share are predicted and compared, so that a query of a large pool takes
    a fraction of the time. A strategy that would ask about one region again and again also meets
    other samples in each round.

    Parameters
    ----------
    strategy : QueryStrategy, default=None
        The strategy. None stands for ``UncertaintySampling("margin")``.
    share : float, default=0.5
        Share of the pool, above 0 and at most 1. The number of samples is rounded up, and is at
        least the size of the batch.

    See Also
    --------
    Shortlist : Preselect samples by a second strategy rather than at random.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import Subsample, UncertaintySampling
    >>> proba = [[0.5, 0.5], [0.6, 0.4], [1.0, 0.0], [0.9, 0.1]]
    >>> pool = Pool.from_arrays(proba=proba, random_state=0)
    >>> Subsample(UncertaintySampling(), share=0.75).query(pool, n=2).tolist() in (
    ...     [0, 1], [0, 3], [1, 3]
    ... )
    True
    """

    _parameter_constraints = {
        "strategy": [QueryStrategy, None],
        "share": [Interval(Real, 0, 1, closed="right")],
    }
    _reads_again = False

    def __init__(self, strategy=None, share=0.5):
        self.strategy = strategy
        self.share = share

    def _query(self, pool, n):
        strategy = given_or_default(self.strategy)
        # 0.07 * 100 is a little more than 7, and must not be rounded up to 8.
        size = max(n, math.ceil(round(self.share * len(pool), 6)))
        rows = np.sort(draw_positions(pool.random_state, len(pool), size))
        return strategy.select(pool.take(rows), n).at(rows)
