"""Strategies that combine other strategies: Shortlist, Mixture and Distinct."""

import math
from functools import partial

import numpy as np

from .._base import HasMethods, Interval, Real, as_floats
from ..embeddings import rows_of
from ..geometry import as_rows, magnified, nearest_sq_distances
from ._named import NamedStrategies
from ._names import part_hint
from ._random import RandomSampling
from ._selection import concatenated
from ._uncertainty import given_or_default
from .base import QueryStrategy

__all__ = ["Distinct", "Mixture", "Shortlist"]


class Shortlist(QueryStrategy):
    """Choose with one strategy among the samples that another strategy has preselected.

    The scorer chooses ``ceil(factor * n)`` samples of the pool, and the strategy chooses the batch
    among these. A strategy that is expensive, or that looks for diverse samples, sees only
    promising samples.

    Parameters
    ----------
    scorer : QueryStrategy, default=None
        Strategy that preselects samples. None stands for ``UncertaintySampling("margin")``.
    strategy : QueryStrategy, default=None
        Strategy that chooses the batch. None stands for ``RandomSampling()``.
    factor : float, default=10
        Number of preselected samples per sample of the batch, at least 1.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import CoreSet, Shortlist, UncertaintySampling
    >>> proba = [[0.9, 0.1], [0.5, 0.5], [0.55, 0.45], [0.5, 0.5]]
    >>> pool = Pool.from_arrays([[90.0], [0.0], [9.0], [1.0]], proba=proba)
    >>> strategy = Shortlist(UncertaintySampling("entropy"), CoreSet(), factor=1.5)
    >>> strategy.query(pool, n=2)
    array([3, 2])
    """

    _parameter_constraints = {
        "scorer": [QueryStrategy, None],
        "strategy": [QueryStrategy, None],
        "factor": [Interval(Real, 1, None, closed="left")],
    }
    _reads_again = False

    def __init__(self, scorer=None, strategy=None, factor=10):
        self.scorer = scorer
        self.strategy = strategy
        self.factor = factor

    def _query(self, pool, n):
        scorer = given_or_default(self.scorer)
        strategy = RandomSampling() if self.strategy is None else self.strategy
        rows = scorer.query(pool, math.ceil(min(self.factor * n, len(pool))))
        if not len(rows):
            return rows  # the budget of the scorer pays for none
        return strategy.select(pool.take(rows), min(n, len(rows))).at(rows)


class Mixture(NamedStrategies, QueryStrategy):
    """Divide a batch among several strategies.

    Each strategy chooses its share of the batch among the samples that the strategies before it
    have not chosen. Shares are rounded such that they add up to the batch. In the batch the
    samples of the strategies alternate, so that every beginning of it is mixed as well.

    Parameters
    ----------
    strategies : list of QueryStrategy, default=None
        The strategies. None stands for ``[UncertaintySampling("margin"), RandomSampling()]``.
        The names of their parameters begin with the lower-case name of the class, numbered if
        there are several of one class: ``uncertaintysampling__measure``, ``bald-1__...``.
    weights : array-like of float of shape (n_strategies,), default=None
        Share of each strategy, non-negative, in any unit. None stands for equal shares.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import CoreSet, Mixture, UncertaintySampling
    >>> proba = [[0.5, 0.5], [0.6, 0.4], [1.0, 0.0], [0.9, 0.1]]
    >>> pool = Pool.from_arrays([[4.0], [4.5], [5.0], [9.0]], proba=proba)
    >>> mixture = Mixture([UncertaintySampling(), CoreSet()], weights=[2, 1])
    >>> mixture.query(pool, n=3)
    array([0, 2, 1])
    >>> mixture.set_params(uncertaintysampling__measure="entropy").strategies[0]
    UncertaintySampling(measure='entropy')
    """

    _parameter_constraints = {
        "strategies": [list, tuple, None],
        "weights": ["array-like", None],
    }
    _reads_again = True

    def __init__(self, strategies=None, weights=None):
        self.strategies = strategies
        self.weights = weights

    def _query(self, pool, n):
        strategies = self._checked_strategies()
        shares = _shares(self._checked_weights(len(strategies)), n)
        free = np.arange(len(pool))
        queues = []
        for strategy, share in zip(strategies, shares, strict=True):
            if share and len(free):
                picked = strategy.query(pool.take(free), share)
                queues.append((share, free[picked]))
                free = np.delete(free, picked)
        return _interleaved(queues)

    def _checked_strategies(self):
        if self.strategies is None:
            return [given_or_default(None), RandomSampling()]
        for position, strategy in enumerate(self.strategies):
            if not isinstance(strategy, QueryStrategy):
                raise ValueError(
                    f"strategies must hold query strategies, but strategies[{position}] is "
                    f"{strategy!r}.{part_hint(strategy)}"
                )
        if not len(self.strategies):
            raise ValueError("strategies must hold at least one query strategy, got none.")
        return self.strategies

    def _checked_weights(self, n_strategies):
        weights = as_floats(
            np.ones(n_strategies) if self.weights is None else self.weights, "weights"
        )
        right = weights.shape == (n_strategies,) and np.isfinite(weights).all()
        if not right or not (weights >= 0).all() or not weights.max() > 0:
            raise ValueError(
                f"weights must be {n_strategies} non-negative numbers, finite and with a "
                f"positive sum, one per strategy, got {self.weights!r}."
            )
        weights = weights / weights.max()  # their sum may overflow
        return weights / weights.sum()


def _shares(weights, n):
    """Divide `n` places by the largest remainder method; ties go to the first strategy."""
    # Products such as 0.29 * 100 may fall short of the integer that they stand for.
    shares = np.floor(weights * n + 1e-9).astype(int)
    remainders = weights * n - shares
    for i in np.argsort(-remainders, kind="stable")[: n - shares.sum()]:
        shares[i] += 1
    return shares


def _interleaved(queues):
    """Merge pairs (share, positions) such that every beginning of the batch is a fair mixture."""
    # The i-th of a share of s stands at (i + 1/2) / s of the way through the batch. A queue may be
    # shorter than its share where a strategy has a budget.
    when = np.concatenate([(np.arange(len(rows)) + 0.5) / share for share, rows in queues])
    rows = np.concatenate([rows for _, rows in queues])
    return rows[np.argsort(when, kind="stable")]


class Distinct(QueryStrategy):
    """Choose samples that differ from each other by more than a distance.

    The inner strategy chooses as many samples as the batch still lacks. Of these samples, best
    first, each one that is farther than `min_distance` from all samples kept before is kept, and
    the others are rejected. The strategy then chooses again, among the samples that are far enough
    from the batch so far. If no such sample is left, the best of the rejected samples fill the
    batch.

    Parameters
    ----------
    strategy : QueryStrategy, default=None
        The inner strategy. None stands for ``UncertaintySampling("margin")``.
    min_distance : float, default=0.0
        Distance that two samples of a batch must exceed, at least 0. The value 0 excludes exact
        copies only.
    embedding : embedding object, default=None
        The space in which distances are measured, see :mod:`skal.embeddings`. None stands for
        :class:`~skal.embeddings.ModelEmbedding`, the model's own feature space.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import Distinct
    >>> proba = [[0.5, 0.5], [0.5, 0.5], [0.8, 0.2]]
    >>> pool = Pool.from_arrays([[1.0], [1.0], [2.0]], proba=proba, random_state=0)
    >>> Distinct().query(pool, n=2).tolist() in ([0, 2], [1, 2])
    True
    """

    _parameter_constraints = {
        "strategy": [QueryStrategy, None],
        "min_distance": [Interval(Real, 0, None, closed="left")],
        "embedding": [HasMethods("transform"), None],
    }
    _reads_again = True

    def __init__(self, strategy=None, min_distance=0.0, embedding=None):
        self.strategy = strategy
        self.min_distance = min_distance
        self.embedding = embedding

    def _query(self, pool, n):
        strategy = given_or_default(self.strategy)
        space = _SpaceInParts(pool, self.embedding) if pool.in_parts else self._space(pool)
        gap = np.full(len(pool), np.inf)  # squared distance to the batch so far
        n_kept, kept, rejected = 0, [], []
        while n_kept < n and (free := np.flatnonzero(self._is_far(gap))).size:
            asked = strategy.select(pool.take(free), min(n - n_kept, len(free))).at(free)
            if not len(asked):
                break  # no other sample is within the budget of the inner strategy
            apart = self._far_apart(space.take(asked.positions))
            kept.append(asked.ordered(np.flatnonzero(apart)))
            rejected.append(asked.ordered(np.flatnonzero(~apart)))
            n_kept += len(kept[-1])
            if n_kept < n:
                gap = np.minimum(gap, space.sq_distances_to(kept[-1].positions))
        return concatenated([*kept, *rejected]).ordered(slice(n))

    def _space(self, pool):
        rows = as_rows(rows_of(pool, self.embedding))
        if self.min_distance == 0:  # rows that differ are told apart, however small they are
            rows, _ = magnified(rows)
        return _Space(rows)

    def _is_far(self, sq_distance):
        return np.sqrt(sq_distance) > self.min_distance  # the square of a distance may overflow

    def _far_apart(self, rows):
        """Return a mask of the rows farther than `min_distance` from all kept rows before them."""
        gap = np.full(len(rows), np.inf)
        apart = np.zeros(len(rows), dtype=bool)
        for i in range(len(rows)):
            if self._is_far(gap[i]):
                apart[i] = True
                gap = np.minimum(gap, nearest_sq_distances(rows, rows.take([i])))
        return apart


class _Space:
    """The rows of a pool, and their distances to some of them."""

    def __init__(self, rows):
        self._rows = rows

    def take(self, positions):
        return self._rows.take(positions)

    def sq_distances_to(self, positions):
        return nearest_sq_distances(self._rows, self._rows.take(positions))


class _SpaceInParts:
    """The same of a pool in partitions, of which a few rows at a time are in one place."""

    def __init__(self, pool, embedding):
        self._pool, self._embedding = pool, embedding

    def take(self, positions):
        return as_rows(rows_of(self._pool.take(positions), self._embedding))

    def sq_distances_to(self, positions):
        centers = rows_of(self._pool.take(positions), self._embedding)
        return self._pool.gather(partial(_sq_distances_of_part, self._embedding, centers))


def _sq_distances_of_part(embedding, centers, part):
    return nearest_sq_distances(rows_of(part, embedding), centers)
