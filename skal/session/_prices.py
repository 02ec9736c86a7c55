"""Prices of labels, and the budget they are paid from."""

import math
from numbers import Real
from operator import attrgetter

import numpy as np

from ._lists import check_ordered


class Prices:
    """Prices of rows, and how much of the budget is left.

    Parameters
    ----------
    prices : array-like of shape (n_rows,) or None
        None stands for 0 throughout.
    budget : float or None
        None: no limit.
    n_rows : int

    Attributes
    ----------
    per_row : ndarray of shape (n_rows,)
    budget : float or None
    """

    def __init__(self, prices, budget, n_rows):
        self.per_row = _check_prices(prices, n_rows)
        self.budget = _check_budget(budget, prices)

    def spent(self, record):
        """Return the prices of all labels."""
        return math.fsum(map(attrgetter("price"), record.entries()))

    def left(self, record):
        """Return the money that is neither spent nor reserved for pending rows."""
        if self.budget is None:
            return math.inf
        # Pending rows will have to be paid for when their labels come.
        reserved = math.fsum(entry.price for entry in record.pending.values())
        # Prices like 0.1 do not add up exactly.
        return self.budget * (1 + 1e-12) - self.spent(record) - reserved

    def for_strategy(self, rows):
        """Return the prices that strategies see, None if a row costs nothing."""
        prices = self.per_row[rows]
        # A strategy divides by the price.
        return prices if (prices > 0).all() else None


def _check_prices(prices, n_rows):
    if prices is None:
        return np.zeros(n_rows)
    check_ordered(prices, "prices")
    prices = np.asarray(prices, dtype=float)
    if prices.shape != (n_rows,) or not (np.isfinite(prices) & (prices >= 0)).all():
        raise ValueError(
            f"prices must hold a finite number, at least 0, for each of the {n_rows} rows of X, "
            f"got {prices!r}."
        )
    return prices


def _check_budget(budget, prices):
    if budget is None:
        return None
    if prices is None:
        raise ValueError(
            "budget is in the unit of prices, but prices is None. Give prices, such as "
            "np.ones(len(X)) for a number of labels."
        )
    if isinstance(budget, bool) or not isinstance(budget, Real) or not 0 <= budget < math.inf:
        raise ValueError(f"budget must be a finite number, at least 0, got {budget!r}.")
    return float(budget)
