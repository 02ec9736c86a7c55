"""Strategies made of strategies."""

from collections import Counter

import numpy as np

from .._base import HasMethods, Interval, Real
from ..embeddings import rows_of
from ..geometry import as_rows, nearest_sq_distances
from ._random import RandomSampling
from ._selection import concatenated
from ._uncertainty import given_or_default
from .base import QueryStrategy

__all__ = ["Distinct", "Mixture", "Shortlist"]


class Shortlist(QueryStrategy):
    """Let one strategy choose among the best few of another.

    The scorer takes ``factor * n`` samples out of the pool, and the strategy takes its batch
    out of these: an expensive or a diverse strategy sees only what is worth its while.

    Parameters
    ----------
    scorer : QueryStrategy, default=None
        Makes the short list; None stands for ``UncertaintySampling("margin")``.
    strategy : QueryStrategy, default=None
        Chooses from the short list; None stands for ``RandomSampling()``.
    factor : float, default=10
        Length of the short list in batches, at least 1.

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

    def __init__(self, scorer=None, strategy=None, factor=10):
        self.scorer = scorer
        self.strategy = strategy
        self.factor = factor

    def _query(self, pool, n):
        scorer = given_or_default(self.scorer)
        strategy = RandomSampling() if self.strategy is None else self.strategy
        rows = scorer.query(pool, min(int(np.ceil(self.factor * n)), len(pool)))
        return strategy.select(pool.take(rows), n).at(rows)


class Mixture(QueryStrategy):
    """Share a batch out among several strategies.

    Each strategy gets its share of the batch, rounded such that the shares add up, and chooses
    among the samples that those before it left. The batch takes turns between them.

    Parameters
    ----------
    strategies : list of QueryStrategy, default=None
        The strategies; None stands for ``[UncertaintySampling("margin"), RandomSampling()]``.
        Their parameters are reached by the lower-case name of the class, numbered if several
        are of one class: ``uncertaintysampling__measure``, ``bald-1__...``.
    weights : array-like of float of shape (n_strategies,), default=None
        Shares, in any unit. None: equal shares.

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

    def __init__(self, strategies=None, weights=None):
        self.strategies = strategies
        self.weights = weights

    def get_params(self, deep=True):
        """Return the parameters, and with `deep` those of the strategies by their names."""
        params = super().get_params(deep=False)
        if deep and self.strategies is not None:
            for name, strategy in self._named():
                params[name] = strategy
                nested = strategy.get_params(deep=True)
                params.update({f"{name}__{key}": value for key, value in nested.items()})
        return params

    def set_params(self, **params):
        """Set parameters, or those of a strategy as ``name__parameter``."""
        if "strategies" in params:
            self.strategies = params.pop("strategies")
        if self.strategies is not None:
            strategies = [params.pop(name, one) for name, one in self._named()]
            if any(new is not old for new, old in zip(strategies, self.strategies, strict=True)):
                self.strategies = strategies
        super().set_params(**params)
        return self

    def _named(self):
        names = [type(strategy).__name__.lower() for strategy in self.strategies]
        count, seen = Counter(names), Counter()
        for name, strategy in zip(names, self.strategies, strict=True):
            seen[name] += 1
            yield (name if count[name] == 1 else f"{name}-{seen[name]}"), strategy

    def _query(self, pool, n):
        strategies = self._checked_strategies()
        shares = _shares(self._checked_weights(len(strategies)), n)
        free = np.arange(len(pool))
        queues = []
        for strategy, share in zip(strategies, shares, strict=True):
            if share:
                picked = strategy.query(pool.take(free), share)
                queues.append((share, free[picked]))
                free = np.delete(free, picked)
        return _take_turns(queues)

    def _checked_strategies(self):
        if self.strategies is None:
            return [given_or_default(None), RandomSampling()]
        for position, strategy in enumerate(self.strategies):
            if not isinstance(strategy, QueryStrategy):
                raise ValueError(
                    f"strategies must hold query strategies, but strategies[{position}] is "
                    f"{strategy!r}."
                )
        if not len(self.strategies):
            raise ValueError("strategies must hold at least one query strategy, got none.")
        return self.strategies

    def _checked_weights(self, n_strategies):
        weights = (
            np.ones(n_strategies) if self.weights is None else np.asarray(self.weights, float)
        )
        if weights.shape != (n_strategies,) or not (weights >= 0).all() or not weights.sum() > 0:
            raise ValueError(
                f"weights must be {n_strategies} non-negative numbers with a positive sum, one "
                f"per strategy, got {self.weights!r}."
            )
        return weights / weights.sum()


def _shares(weights, n):
    """Divide `n` places by the largest remainders, the first strategy first on ties."""
    shares = np.floor(weights * n + 1e-9).astype(int)
    remainders = weights * n - shares
    for i in np.argsort(-remainders, kind="stable")[: n - shares.sum()]:
        shares[i] += 1
    return shares


def _take_turns(queues):
    """Merge queues such that every beginning of the batch holds fair shares of each."""
    when = np.concatenate([(np.arange(share) + 0.5) / share for share, _ in queues])
    rows = np.concatenate([rows for _, rows in queues])
    return rows[np.argsort(when, kind="stable")]


class Distinct(QueryStrategy):
    """Keep samples that are equal, or nearer than a distance, out of one batch.

    The inner strategy is asked for as many samples as are still missing; of its answer those
    are kept, best first, that are farther than `min_distance` from all kept before; then it is
    asked again, among the samples that are far enough from the batch so far. If none of these
    is left, the best of the samples that were turned down fill the batch.

    Parameters
    ----------
    strategy : QueryStrategy, default=None
        Chooses; None stands for ``UncertaintySampling("margin")``.
    min_distance : float, default=0.0
        Two samples of a batch must be farther apart than this; 0 keeps out exact copies only.
    embedding : embedding object, default=None
        The space of distances, see :mod:`skal.embeddings`; None stands for the model's own.

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

    def __init__(self, strategy=None, min_distance=0.0, embedding=None):
        self.strategy = strategy
        self.min_distance = min_distance
        self.embedding = embedding

    def _query(self, pool, n):
        strategy = given_or_default(self.strategy)
        rows = as_rows(rows_of(pool, self.embedding))
        gap = np.full(len(pool), np.inf)  # squared distance to the batch so far
        n_kept, kept, turned_down = 0, [], []
        while n_kept < n and (free := np.flatnonzero(gap > self.min_distance**2)).size:
            asked = strategy.select(pool.take(free), min(n - n_kept, len(free))).at(free)
            apart = self._far_apart(rows.take(asked.positions))
            kept.append(asked.ordered(np.flatnonzero(apart)))
            turned_down.append(asked.ordered(np.flatnonzero(~apart)))
            n_kept += len(kept[-1])
            chosen = rows.take(kept[-1].positions)
            gap = np.minimum(gap, nearest_sq_distances(rows, chosen))
        return concatenated([*kept, *turned_down]).ordered(slice(n))

    def _far_apart(self, rows):
        """Return which rows are farther than the distance from all kept before them."""
        gap = np.full(len(rows), np.inf)
        apart = np.zeros(len(rows), dtype=bool)
        for i in range(len(rows)):
            if gap[i] > self.min_distance**2:
                apart[i] = True
                gap = np.minimum(gap, nearest_sq_distances(rows, rows.take([i])))
        return apart
