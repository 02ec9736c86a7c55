"""Stochastic batches: draw samples with probabilities that depend on their scores."""

from functools import partial

import numpy as np

from .._base import Interval, Real, StrOptions, draw_seed, hash_positions
from ._in_parts import best_in_parts, scored_alone
from ._selection import Selection
from ._top import top_of
from ._uncertainty import given_or_default
from .base import QueryStrategy, ScoreStrategy

__all__ = ["StochasticBatch"]


class StochasticBatch(QueryStrategy):
    r"""Draw a batch without replacement, larger scores with larger probability.

    The samples with the largest scores are often similar, and the score of a sample changes once
    other samples are labeled. Therefore one sample after the other is drawn from the remaining
    ones, with probabilities proportional to

    - "power": :math:`s_i^\beta`;
    - "softmax": :math:`e^{\beta s_i}`;
    - "softrank": :math:`r_i^{-\beta}`, where r is the rank by score and 1 the best rank.

    The batch is drawn in one pass: the `n` largest values of ``log weight + Gumbel noise`` have
    exactly the distribution of `n` such draws. Only logarithms of weights are computed, so no
    weight underflows.

    Parameters
    ----------
    strategy : ScoreStrategy, default=None
        Strategy that scores the samples. None stands for ``UncertaintySampling("margin")``.
    kind : {"power", "softmax", "softrank"}, default="power"
        Function from scores to weights. "power" is for non-negative scores of which 0 means that
        a label has no value: samples with the score 0 come after all others, in random order.
        "softmax" depends only on the differences of scores, "softrank" only on their order, in
        which equal scores share the mean of their ranks.
    beta : float, default=1.0
        Weight of the scores, above 0. A value near 0 gives a random batch, a large value the
        samples of the largest scores.

    See Also
    --------
    BatchBALD : Chooses diverse batches by the joint information in their labels.

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
    _reads_again = False

    def __init__(self, strategy=None, kind="power", beta=1.0):
        self.strategy = strategy
        self.kind = kind
        self.beta = beta

    def _query(self, pool, n):
        seed = draw_seed(pool.random_state)
        if pool.in_parts and self.kind != "softrank":
            score = scored_alone(given_or_default(self.strategy), pool)
            return best_in_parts(pool, partial(self._keys_of_part, seed, score), n)
        scores = given_or_default(self.strategy).scores(pool)
        keys = self._keys(scores, pool.numbers(np.arange(len(pool))), seed)
        positions = top_of(pool, keys, n)
        return Selection(positions, keys[positions])

    def _keys_of_part(self, seed, score, part):
        return self._keys(score(part), part.numbers(np.arange(len(part))), seed)

    def _keys(self, scores, numbers, seed):
        """Return logarithms of weights with noise, which depends on the number of a sample."""
        if self.kind == "power":
            _check_not_negative(scores, given_or_default(self.strategy))
        return self._weighted(LOG_WEIGHTS[self.kind](scores)) + _gumbel(seed, numbers)

    def _weighted(self, log_weights):
        with np.errstate(over="ignore"):
            weighted = self.beta * log_weights
        if np.isinf(weighted[np.isfinite(log_weights)]).any():
            raise ValueError(
                f"beta must be small enough for scores to be told apart, got beta={self.beta!r} "
                f"for logarithms of weights up to {abs(log_weights).max()}."
            )
        return weighted


def _gumbel(seed, numbers):
    """Return Gumbel noise for numbers of samples, whatever other samples there are."""
    uniform = ((hash_positions(seed, numbers) >> np.uint64(11)) + 0.5) * 2.0**-53
    return -np.log(-np.log(uniform))


def _check_not_negative(scores, strategy):
    worst = np.argmin(scores)
    if scores[worst] < 0:
        raise ValueError(
            f"StochasticBatch(kind='power') needs scores of at least 0, but "
            f"{type(strategy).__name__} gives sample {worst} the score {scores[worst]:.6g}. Use "
            "kind='softmax' or kind='softrank', which take scores of any sign."
        )


def _log(scores):
    """Return the logarithm. At 0 it is -inf, so samples of the score 0 come last."""
    with np.errstate(divide="ignore"):
        return np.log(scores)


def _minus_log_rank(scores):
    """Return minus the logarithm of the rank, 1 being the largest score; ties get mean ranks."""
    _, group, counts = np.unique(-scores, return_inverse=True, return_counts=True)
    mean_ranks = np.cumsum(counts) - (counts - 1) / 2
    return -np.log(mean_ranks)[group]


LOG_WEIGHTS = {
    "power": _log,
    "softmax": lambda scores: scores.astype(np.float64),
    "softrank": _minus_log_rank,
}
