"""Stochastic batches: draw the batch by the scores instead of taking the top."""

import numpy as np

from .._base import Interval, Real, StrOptions
from ._selection import Selection
from ._top import select_top
from ._uncertainty import given_or_default
from .base import QueryStrategy, ScoreStrategy

__all__ = ["StochasticBatch"]


class StochasticBatch(QueryStrategy):
    r"""Draw a batch without replacement, larger scores with larger probability.

    The samples of the largest scores are often much alike, and a score says little about its
    worth once others are labeled. So one sample after the other is drawn, of those left, with
    probabilities proportional to

    - "power": :math:`s_i^\beta`;
    - "softmax": :math:`e^{\beta s_i}`;
    - "softrank": :math:`r_i^{-\beta}`, r being the rank by score, 1 the best.

    The whole batch takes one pass: the `n` largest of ``log weight + Gumbel noise`` have exactly
    the distribution of `n` such draws. All is done with logarithms, so that no weight
    underflows.

    Parameters
    ----------
    strategy : ScoreStrategy, default=None
        Gives the scores; None stands for ``UncertaintySampling("margin")``.
    kind : {"power", "softmax", "softrank"}, default="power"
        How scores become weights. "power" is for scores whose 0 means that a label is worth
        nothing: these samples come after all others, in random order. "softmax" knows
        differences only, "softrank" only the order; equal scores share the mean of their ranks.
    beta : float, default=1.0
        Above 0. Toward 0 the batch is random, with a large value the scores decide.

    See Also
    --------
    BatchBALD : Chooses diverse batches by computing what samples have in common.

    References
    ----------
    A. Kirsch, S. Farquhar, P. Atighehchian, A. Jesson, F. Branchaud-Charron and Y. Gal (2021).
    Stochastic batch acquisition: a simple baseline for deep active learning. arXiv:2106.12059.

    W. Kool, H. van Hoof and M. Welling (2019). Stochastic beams and where to find them: the
    Gumbel-top-k trick for sampling sequences without replacement. ICML. arXiv:1903.06059.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import StochasticBatch, UncertaintySampling
    >>> proba = [[0.5, 0.5], [0.6, 0.4], [0.6, 0.4], [1.0, 0.0]]
    >>> strategy = StochasticBatch(UncertaintySampling("entropy"), kind="power", beta=2)
    >>> positions = strategy.query(Pool.from_arrays(proba=proba, random_state=0), n=4)
    >>> int(positions[-1])  # its score is 0
    3
    """

    _parameter_constraints = {
        "strategy": [ScoreStrategy, None],
        "kind": [StrOptions({"power", "softmax", "softrank"})],
        "beta": [Interval(Real, 0, None, closed="neither")],
    }

    def __init__(self, strategy=None, kind="power", beta=1.0):
        self.strategy = strategy
        self.kind = kind
        self.beta = beta

    def _query(self, pool, n):
        log_weights = LOG_WEIGHTS[self.kind](self._scores(pool))
        keys = self.beta * log_weights + pool.random_state.gumbel(size=len(pool))
        positions = select_top(keys, n, pool.random_state)
        return Selection(positions, keys[positions])

    def _scores(self, pool):
        strategy = given_or_default(self.strategy)
        scores = strategy.scores(pool)
        if self.kind == "power":
            _check_not_negative(scores, strategy)
        return scores


def _check_not_negative(scores, strategy):
    worst = np.argmin(scores)
    if scores[worst] < 0:
        raise ValueError(
            f"StochasticBatch(kind='power') needs scores of at least 0, but "
            f"{type(strategy).__name__} gives sample {worst} the score {scores[worst]:.6g}. Use "
            "kind='softmax' or kind='softrank', which take scores of any sign."
        )


def _log(scores):
    """Return the logarithm; -inf at 0, so that these samples tie after all others."""
    with np.errstate(divide="ignore"):
        return np.log(scores)


def _minus_log_rank(scores):
    """Return ``-log`` of the rank, 1 for the largest score; equal scores share the mean rank."""
    _, group, counts = np.unique(-scores, return_inverse=True, return_counts=True)
    mean_ranks = np.cumsum(counts) - (counts - 1) / 2
    return -np.log(mean_ranks)[group]


LOG_WEIGHTS = {
    "power": _log,
    "softmax": lambda scores: scores.astype(np.float64),
    "softrank": _minus_log_rank,
}
