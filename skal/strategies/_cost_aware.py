"""Cost-aware sampling, for labels of different prices."""

import numpy as np

from .._base import Interval, Real
from ..pool import given_for_each
from ._selection import Selection
from ._top import top_of
from ._uncertainty import given_or_default
from .base import QueryStrategy, ScoreStrategy

__all__ = ["CostAware"]


class CostAware(QueryStrategy):
    r"""Choose the samples with the largest scores per price.

    The samples of the largest

    .. math:: \frac{s(x)}{c(x)^\gamma}

    are chosen, where s is the score of a sample and c the price of its label. With a budget,
    samples that cost more than the rest of the budget are passed over, and the batch may hold
    fewer samples than asked for. If scores are negative, such as negative distances, the smallest
    score of the pool is first subtracted from all of them: a high price would make a negative
    quotient larger.

    Parameters
    ----------
    strategy : ScoreStrategy, default=None
        Strategy that scores the samples. None stands for ``UncertaintySampling("margin")``.
    prices : str, callable or None, default=None
        Source of the prices, which are above 0. None stands for the argument `prices` of
        :meth:`ActiveLearner.query` or :meth:`Pool.from_arrays`. A str is the name of a column of
        a data frame. A callable takes the samples and returns an array of shape (n_samples,).
    budget : float, default=None
        Largest total price of a batch, above 0, in the unit of the prices. None stands for no
        limit.
    gamma : float, default=1.0
        Exponent of the price, at least 0. With 0 prices matter only for the budget; with 1
        samples are ranked by score per unit of money.

    Raises
    ------
    MissingOutputError
        If `prices` is None and the pool has no prices.
    ValueError
        If prices are not finite or not above 0, if X lacks the column of prices, or if a power
        ``price**gamma`` is too large or too small for a float.

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
    _reads_again = False

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
        worth = self._worth(strategy.scores(pool).astype(np.float64), prices)
        if self.budget is None:
            positions = top_of(pool, worth, n)
        else:
            order = top_of(pool, worth, len(pool))
            positions = _affordable(order, prices, n, self.budget)
        return Selection(positions, worth[positions])

    def _worth(self, scores, prices):
        """Return the scores per price, as far as floats can tell them apart."""
        finite = np.isfinite(scores)
        with np.errstate(over="ignore", under="ignore"):
            # Below 0 a higher price would make the quotient larger.
            scores = scores - scores.min(where=finite, initial=0)
            powers = prices**self.gamma
            worth = scores / np.where(powers > 0, powers, np.inf)
        lost = np.isinf(powers) | (powers == 0)
        lost |= (np.isinf(worth) & finite) | ((worth == 0) & (scores > 0))
        if lost.any():
            row = int(lost.argmax())
            raise ValueError(
                f"gamma must be small enough for scores per price to be told apart, got "
                f"gamma={self.gamma!r} for prices such as {prices[row]}. Use a smaller gamma, or "
                "prices nearer to 1."
            )
        return worth

    def _within_budget(self, pool, selection):
        if self.budget is None:
            return selection
        places = np.arange(len(selection))
        prices = self._prices_of(pool)[selection.positions]
        return selection.ordered(_affordable(places, prices, len(places), self.budget))

    def _prices_of(self, pool):
        if self.prices is None:
            return pool.prices
        if pool.in_parts:
            return pool.gather(self._prices_of)
        if callable(self.prices):
            return given_for_each("prices", self.prices(pool.X), len(pool))
        if self.prices not in getattr(pool.X, "columns", ()):
            raise ValueError(
                f"prices={self.prices!r} must name a column of a data frame, but X is "
                f"{type(pool.X).__name__} without that column."
            )
        return given_for_each("prices", pool.X[self.prices], len(pool))


def _affordable(order, prices, n, budget):
    """Return the first `n` positions of `order` whose total price is within the budget."""
    # Ten prices of 0.1 are within a budget of 1, though their sum as floats may be a little more.
    chosen, left = [], budget * (1 + 1e-12)
    for i in order.tolist():
        if prices[i] <= left:
            chosen.append(i)
            left -= prices[i]
        if len(chosen) == n:
            break
    return np.array(chosen, dtype=np.intp)
