"""Falcun: uncertain samples whose predictions differ from each other."""

import numpy as np

from .._base import Interval, Real
from ..acquisition import _kernels
from .base import QueryStrategy

__all__ = ["Falcun"]


class Falcun(QueryStrategy):
    r"""Draw uncertain samples whose predictions differ from those drawn before.

    The uncertainty of a sample is its margin, :math:`u = 1 - (p_{(1)} - p_{(2)})`. Its distance d
    is the smallest L1 distance between its probabilities and those of a sample drawn so far, and
    at most u. One sample after the other is drawn with probability proportional to

    .. math:: (\tilde d + u)^\gamma,

    where :math:`\tilde d` is d scaled to the range from 0 to 1 among the samples left. Distances
    are between probabilities, so that no embedding is needed. It spreads a batch over the kinds
    of doubt that the model has; two different samples with the same prediction are alike to it.
    The classifier needs `predict_proba`.

    Parameters
    ----------
    gamma : float, default=10
        Exponent, at least 0. With 0 all samples are equally probable; the larger it is, the more
        certain are the largest of these sums to be drawn.

    See Also
    --------
    BADGE : Measures distances between gradients.
    StochasticBatch : Draws by a power of the score alone.

    References
    ----------
    S. Gilhuber, A. Beer, Y. Ma and T. Seidl (2024). FALCUN: a simple and efficient deep active
    learning strategy. ECML PKDD.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import Falcun
    >>> proba = [[0.5, 0.5, 0.0], [0.5, 0.5, 0.0], [0.0, 0.5, 0.5], [1.0, 0.0, 0.0]]
    >>> batch = Falcun(gamma=30).query(Pool.from_arrays(proba=proba, random_state=0), n=2)
    >>> 2 in batch
    True
    """

    _parameter_constraints = {"gamma": [Interval(Real, 0, None, closed="left")]}

    def __init__(self, gamma=10):
        self.gamma = gamma

    def _query(self, pool, n):
        proba = pool.proba
        uncertainty = _kernels.margin(proba)
        distances, free = uncertainty.copy(), np.ones(len(pool), dtype=bool)
        chosen = []
        for _ in range(n):
            left = np.flatnonzero(free)
            relevance = _scaled(distances[left]) + uncertainty[left]
            pick = left[_drawn(relevance, self.gamma, pool.random_state)]
            chosen.append(pick)
            free[pick] = False
            if len(chosen) < n:
                _lower(distances, proba, pick)
        return np.array(chosen)


def _scaled(distances):
    """Return distances scaled to the range from 0 to 1; zeros where all are equal."""
    low, high = distances.min(), distances.max()
    return (distances - low) / (high - low) if high > low else np.zeros(len(distances))


def _drawn(relevance, gamma, random_state):
    """Draw a position with probability proportional to the relevance to the power of gamma."""
    largest = relevance.max()
    # Relative to the largest, so that a high power of all of them does not vanish.
    weights = (relevance / largest) ** gamma if largest > 0 else np.ones(len(relevance))
    reached = np.cumsum(weights)
    drawn = np.searchsorted(reached, random_state.random_sample() * reached[-1], side="right")
    return min(drawn, np.flatnonzero(weights)[-1])  # the product may round up to the total


def _lower(distances, proba, pick):
    """Bring the distances down to those from one more sample, in place."""
    of_pick = proba[pick].astype(np.float64)
    for rows in _kernels.row_chunks(*proba.shape):
        l1 = np.abs(proba[rows] - of_pick).sum(axis=1)
        distances[rows] = np.minimum(distances[rows], l1)
