"""Labels that do not all cost the same."""

import numpy as np

from .._base import Interval, Real
from ..pool import given_for_each
from ._selection import Selection
from ._top import select_top
from ._uncertainty import given_or_default
from .base import QueryStrategy, ScoreStrategy

__all__ = ["CostAware"]


class CostAware(QueryStrategy):
    r"""Choose what is worth most for its price.

    Samples are taken by their score per price,

    .. math:: \frac{s(x)}{c(x)^\gamma},

    from the largest down. With a budget, samples that what is left of it cannot pay are passed
    over, and the batch may be smaller than asked for. Scores below 0, such as negative distances,
    are first moved up until the lowest of the pool is 0, for a price cannot be divided into them.

    Parameters
    ----------
    strategy : ScoreStrategy, default=None
        Scores the samples; None stands for ``UncertaintySampling("margin")``.
    prices : str, callable or None, default=None
        Where prices come from: None is ``prices=`` in :meth:`ActiveLearner.query` or
        :meth:`Pool.from_arrays`; a str names a column of a data frame; a callable takes the
        samples and returns an array of shape (n_samples,). Prices are above 0.
    budget : float, default=None
        How much a batch may cost, above 0, in the unit of the prices; None is no limit.
    gamma : float, default=1.0
        How much prices count: 0 not at all but for the budget, 1 per unit of money.

    Raises
    ------
    MissingOutputError
        If there are no prices.
    ValueError
        If prices are not finite or not above 0.

    References
    ----------
    B. Settles, M. Craven and L. Friedland (2008). Active learning with real annotation costs.
    NIPS Workshop on Cost-Sensitive Learning.

    R. A. Haertel, K. D. Seppi, E. K. Ringger and J. L. Carroll (2008). Return on investment for
    active learning. NIPS Workshop on Cost-Sensitive Learning.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import CostAware, UncertaintySampling
    >>> proba = [[0.5, 0.5], [0.6, 0.4], [0.7, 0.3], [0.9, 0.1]]
    >>> pool = Pool.from_arrays(proba=proba, prices=[4.0, 1.0, 1.0, 1.0])
    >>> CostAware(UncertaintySampling("margin")).query(pool, n=2)
    array([1, 2])
    >>> CostAware(UncertaintySampling("margin"), budget=2.5).query(pool, n=4)
    array([1, 2])
    """

    _parameter_constraints = {
        "strategy": [ScoreStrategy, None],
        "prices": [str, callable, None],
        "budget": [Interval(Real, 0, None, closed="neither"), None],
        "gamma": [Interval(Real, 0, None, closed="left")],
    }

    def __init__(self, strategy=None, prices=None, budget=None, gamma=1.0):
        self.strategy = strategy
        self.prices = prices
        self.budget = budget
        self.gamma = gamma

    @property
    def _may_fall_short(self):
        return self.budget is not None

    def _query(self, pool, n):
        strategy = given_or_default(self.strategy)
        prices = self._prices_of(pool)
        scores = strategy.scores(pool).astype(np.float64)
        worth = (scores - min(scores.min(), 0)) / prices**self.gamma
        if self.budget is None:
            positions = select_top(worth, n, pool.random_state)
        else:
            order = select_top(worth, len(pool), pool.random_state)
            positions = _affordable(order, prices, n, self.budget)
        return Selection(positions, worth[positions])

    def _prices_of(self, pool):
        if self.prices is None:
            return pool.prices
        if callable(self.prices):
            return given_for_each("prices", self.prices(pool.X), len(pool))
        if self.prices not in getattr(pool.X, "columns", ()):
            raise ValueError(
                f"prices={self.prices!r} must name a column of a data frame, but X is "
                f"{type(pool.X).__name__} without that column."
            )
        return given_for_each("prices", pool.X[self.prices], len(pool))


def _affordable(order, prices, n, budget):
    """Return the first `n` positions in an order that the budget pays for."""
    chosen, left = [], budget
    for i in order.tolist():
        if prices[i] <= left:
            chosen.append(i)
            left -= prices[i]
        if len(chosen) == n:
            break
    return np.array(chosen, dtype=np.intp)
