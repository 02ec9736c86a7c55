"""Base classes of query strategies: QueryStrategy, ScoreStrategy and GreedyStrategy."""

import numpy as np
from sklearn.base import BaseEstimator

from .._base import Documented, check_count, validate_params, visual_block, warn_user
from ..pool import Pool
from ._in_parts import best_in_parts, scored_alone
from ._names import check_part
from ._running_top import RunningTop
from ._selection import Selection
from ._top import check_scores, select_top, top_of

__all__ = ["GreedyStrategy", "QueryStrategy", "ScoreStrategy", "Selection", "select_top"]


class QueryStrategy(Documented, BaseEstimator):
    """Choose a batch of samples from a pool.

    This is the base class of all query strategies. A strategy consists only of its parameters. It
    has no state, no data and no seed, so it can be cloned, pickled and searched over. Parameters
    are checked against `_parameter_constraints` as in scikit-learn.

    A subclass defines `_query(pool, n)`, which returns `n` distinct positions, best first, or a
    :class:`Selection` of positions and their scores. The subclasses :class:`ScoreStrategy` and
    :class:`GreedyStrategy` need less code.

    See Also
    --------
    skal.testing.check_strategy : Run the published checks on your own strategy.

    Examples
    --------
    >>> import numpy as np
    >>> from skal import Pool
    >>> from skal.strategies import QueryStrategy
    >>> class LargestFirst(QueryStrategy):
    ...     def _query(self, pool, n):
    ...         return np.argsort(-np.linalg.norm(pool.embedding, axis=1))[:n]
    >>> LargestFirst().query(Pool.from_arrays([[1.0, 1.0], [0.0, 0.0], [3.0, 4.0]]), n=2)
    array([2, 0])
    """

    _parameter_constraints = {}

    # Whether a batch may hold fewer samples than asked for, as within a budget of money.
    _may_fall_short = False

    # Whether a query reads the outputs of most samples again and again, so that they are kept
    # however large. None: if there are other strategies in it, which may read the same outputs.
    _reads_again = None

    def query(self, pool, n=1):
        """Choose `n` samples of a pool.

        Parameters
        ----------
        pool : Pool
            The unlabeled samples, see :meth:`ActiveLearner.pool` and :meth:`Pool.from_arrays`.
        n : int, default=1
            Number of samples to choose, at least 1. If it exceeds the size of the pool, all
            samples are returned, best first, with a warning.

        Returns
        -------
        positions : ndarray of shape (n,), dtype intp
            Distinct positions in the pool, best first.

        Raises
        ------
        TypeError
            If `pool` is not a Pool.
        ValueError
            If `n` is not a positive integer, the pool is empty, or a parameter is invalid.
        MissingOutputError
            If the strategy reads an output that the pool's model does not provide.
        """
        return self._selection(pool, n).positions

    def select(self, pool, n=1):
        """Choose `n` samples of a pool, and return their scores as well.

        Parameters
        ----------
        pool : Pool
            The unlabeled samples.
        n : int, default=1
            Number of samples to choose, as in :meth:`query`.

        Returns
        -------
        selection : Selection
            The positions that :meth:`query` returns, with their scores and this strategy.

        Raises
        ------
        TypeError
            If `pool` is not a Pool.
        ValueError
            If `n` is not a positive integer, the pool is empty, or a parameter is invalid.
        MissingOutputError
            If the strategy reads an output that the pool's model does not provide.
        """
        if type(self).query is not QueryStrategy.query:
            # A subclass that replaces the public method answers here as it does there.
            return Selection(self.query(pool, n), None, self)
        return self._selection(pool, n)

    def _sk_visual_block_(self):
        """Return the diagram: this strategy with those that are in it."""
        params = self.get_params(deep=False).items()
        parts = [(name, one) for name, value in params for one in _all_in(value)]
        return visual_block(self, parts)

    def _selection(self, pool, n):
        _check_parameters(self)
        n = _check_batch(pool, n)
        answer = self._query(pool.asked_by(self, keeps=_keeps_outputs(self, pool)), n)
        if isinstance(answer, tuple) and not all(map(np.isscalar, answer)):
            raise RuntimeError(
                f"{type(self).__name__}._query must return positions alone, got a tuple of "
                f"{len(answer)}. Return the positions, or Selection(positions, scores); the "
                "samples themselves are X_pool[positions]."
            )
        if not isinstance(answer, Selection):
            answer = Selection(answer)
        parts = [self, *_all_inner(self, pool)]
        may_fall_short = any(one._may_fall_short for one in parts)
        positions = _check_answer(self, answer.positions, n, len(pool), may_fall_short)
        selection = Selection(positions, _check_chosen(self, answer.scores, len(positions)), self)
        return within_budgets(self, pool, selection)

    def _inner(self, pool):
        """Return the strategies in the parameters that take part in a batch of this pool."""
        values = vars(self).values()
        lists = (value if isinstance(value, (list, tuple)) else [value] for value in values)
        return [one for items in lists for one in items if isinstance(one, QueryStrategy)]

    def _within_budget(self, pool, selection):
        """Return the part of a batch of a composition that the strategy in it can pay for."""
        return selection

    def _query(self, pool, n):
        raise NotImplementedError(f"{type(self).__name__} must define _query(pool, n).")


class ScoreStrategy(QueryStrategy):
    """Choose the samples with the largest scores.

    This is the base class of strategies that score each sample. A subclass defines
    `score_samples(pool)`. Equal scores are chosen in random order.

    A score should depend on its own sample alone, and not on the other samples of the pool. Then
    the strategy also works on pools in partitions, such as dask collections, of which
    `score_samples` sees one partition after the other. There, scores that change with the other
    samples of a partition are refused.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import ScoreStrategy
    >>> class Gini(ScoreStrategy):
    ...     def score_samples(self, pool):
    ...         return 1 - (pool.proba**2).sum(axis=1)
    >>> Gini().query(Pool.from_arrays(proba=[[1.0, 0.0], [0.5, 0.5]]))
    array([1])
    """

    # Whether a score depends on its own sample alone; None where that has to be tried.
    _scores_alone = None

    def score_samples(self, pool):
        """Score the samples of a pool.

        Subclasses define this method. Callers use :meth:`scores`, which also checks the result.

        Parameters
        ----------
        pool : Pool
            The unlabeled samples.

        Returns
        -------
        scores : ndarray of shape (n_samples,)
            Samples with larger scores are queried first.
        """
        raise NotImplementedError(f"{type(self).__name__} must define score_samples(pool).")

    def _per_sample(self, pool):
        """Return how `score_samples` scores each sample on its own, None if it may do otherwise.

        Returns
        -------
        function : callable
            What `pool.map` takes.
        *names : str
            The outputs that it takes.
        """
        return None

    def scores(self, pool):
        """Return the checked scores of all samples of a pool.

        These are the scores by which :meth:`query` chooses. Strategies that contain other
        strategies call this method.

        Parameters
        ----------
        pool : Pool
            The unlabeled samples.

        Returns
        -------
        scores : ndarray of shape (n_samples,)
            Samples with larger scores are queried first.

        Raises
        ------
        TypeError
            If `pool` is not a Pool.
        ValueError
            If a parameter is invalid, or scores are NaN or of the wrong shape.
        MissingOutputError
            If the strategy reads an output that the pool's model does not provide.

        Examples
        --------
        >>> from skal import Pool
        >>> from skal.strategies import UncertaintySampling
        >>> pool = Pool.from_arrays(proba=[[1.0, 0.0], [0.5, 0.5]])
        >>> UncertaintySampling("entropy").scores(pool)
        array([0., 1.])
        """
        _check_parameters(self)
        _check_is_pool(pool)
        pool = pool.asked_by(self, keeps=_keeps_outputs(self, pool))
        if pool.in_parts:
            return pool.gather(scored_alone(self, pool))
        return self._checked_scores(pool)

    def _checked_scores(self, pool):
        return check_scores(self.score_samples(pool), len(pool))

    def _query(self, pool, n):
        if pool.in_parts:
            return best_in_parts(pool, scored_alone(self, pool), n)
        found = self._best_of_blocks(pool, n)
        if found is not None:
            return found
        scores = self._checked_scores(pool)
        positions = top_of(pool, scores, n)
        return Selection(positions, scores[positions])

    def _best_of_blocks(self, pool, n):
        """Return the best samples of a large pool without holding all scores, None if unknown."""
        # A subclass that scores samples in another way may not know of `_per_sample`.
        scoring = next(one for one in type(self).__mro__ if "score_samples" in vars(one))
        per_sample = self._per_sample(pool) if "_per_sample" in vars(scoring) else None
        blocks = None if per_sample is None else pool.map_blocks(*per_sample)
        if blocks is None:
            return None
        top = RunningTop(n)
        for rows, scores in blocks:
            top.add(rows.start, check_scores(scores, rows.stop - rows.start, rows.start))
        return top.best(pool)


class GreedyStrategy(QueryStrategy):
    """Choose one sample after the other, each the best one given the samples before it.

    This is the base class of greedy strategies. A subclass defines three methods: `_start(pool)`
    returns a state, `_gain(state)` returns the gain of choosing each sample next, of shape
    (n_samples,), and `_add(state, i)` returns the state after sample `i` has been chosen. The
    state is passed from step to step and not stored, so that the strategy consists only of its
    parameters. Equal gains go to the lowest position.

    Examples
    --------
    >>> import numpy as np
    >>> from skal import Pool
    >>> from skal.strategies import GreedyStrategy
    >>> class FarFromEachOther(GreedyStrategy):
    ...     def _start(self, pool):
    ...         return pool.embedding, np.linalg.norm(pool.embedding, axis=1)
    ...     def _gain(self, state):
    ...         return state[1]
    ...     def _add(self, state, i):
    ...         X, gap = state
    ...         return X, np.minimum(gap, np.linalg.norm(X - X[i], axis=1))
    >>> FarFromEachOther().query(Pool.from_arrays([[0.0, 1], [0, 5], [0, 4], [3, 0]]), n=2)
    array([1, 3])
    """

    def _start(self, pool):
        raise NotImplementedError(f"{type(self).__name__} must define _start(pool).")

    def _gain(self, state):
        raise NotImplementedError(f"{type(self).__name__} must define _gain(state).")

    def _add(self, state, i):
        raise NotImplementedError(f"{type(self).__name__} must define _add(state, i).")

    def _query(self, pool, n):
        state = self._start(pool)
        free = np.ones(len(pool), dtype=bool)
        chosen, gains_of_chosen = [], []
        for _ in range(n):
            gains = check_scores(self._gain(state), len(pool))
            # Chosen samples are masked by position and not by a gain of -inf, which is allowed.
            best = _first_of_best(gains, free, pool.resolution)
            free[best] = False
            chosen.append(best)
            gains_of_chosen.append(gains[best])
            if len(chosen) < n:
                state = self._add(state, best)
        return Selection(np.array(chosen), np.array(gains_of_chosen))


def chooses_by_scores(strategy):
    """Whether a strategy chooses the largest scores, each of which is that of a sample alone."""
    if not isinstance(strategy, ScoreStrategy) or strategy._scores_alone is False:
        return False
    methods = ("query", "select", "_query")
    return all(getattr(type(strategy), name) is getattr(ScoreStrategy, name) for name in methods)


def _first_of_best(gains, free, resolution):
    """Return the lowest free position whose gain is the largest, the last digits left aside."""
    rows = np.flatnonzero(free)
    largest = gains[rows].max()
    # An infinite gain has no last digits, and a difference of two of them is NaN.
    slack = abs(largest) * resolution if np.isfinite(largest) else 0
    return rows[np.argmax(gains[rows] >= largest - slack)]


def _check_parameters(strategy):
    for name, allowed in strategy._parameter_constraints.items():
        for kind in allowed if isinstance(allowed, list) else []:
            if isinstance(kind, type) and issubclass(kind, QueryStrategy):
                check_part(getattr(strategy, name), name, type(strategy).__name__, kind)
    validate_params(strategy)


def _check_is_pool(pool):
    if not isinstance(pool, Pool):
        raise TypeError(
            f"pool must be a Pool, got {type(pool).__name__}. Use learner.pool(X), "
            "learner.query(X, n) or Pool.from_arrays(...)."
        )


def _check_batch(pool, n):
    _check_is_pool(pool)
    n = check_count(n, "n")
    if len(pool) == 0:
        raise ValueError("The pool is empty: there are no samples to choose from.")
    if n > len(pool):
        warn_user(
            f"n={n} is more than the {len(pool)} samples in the pool: all of them are "
            "returned, best first."
        )
    return min(n, len(pool))


def _check_chosen(strategy, scores, n):
    """Return the scores of a selection, or refuse those that are not one for each position."""
    if scores is None:
        return None
    try:
        return check_scores(scores, n)
    except ValueError as error:
        raise ValueError(
            f"{type(strategy).__name__}._query must return a Selection with one score for each of "
            f"its {n} positions, in their order. {error}"
        ) from error


def within_budgets(strategy, pool, selection):
    """Return the part of a batch that a strategy and those in it can pay for.

    An inner strategy may be asked several times, or not at all; its budget is for the whole batch.
    """
    for one in [strategy, *_all_inner(strategy, pool)]:
        selection = one._within_budget(pool, selection)
    return selection


def _all_inner(strategy, pool):
    """Yield the strategies that take part in a batch of a strategy, however deep."""
    for one in strategy._inner(pool):
        yield one
        yield from _all_inner(one, pool)


def _keeps_outputs(strategy, pool):
    """Whether a pool had better keep the outputs that it is asked for by a strategy."""
    inner = strategy._inner(pool)
    again = bool(inner) if strategy._reads_again is None else strategy._reads_again
    return again or any(_keeps_outputs(one, pool) for one in inner)


def _check_answer(strategy, positions, n, n_samples, may_fall_short):
    positions = np.asarray(positions)
    if may_fall_short and positions.ndim == 1 and len(positions) < n:
        n = len(positions)
        positions = positions if n else positions.astype(np.intp)  # an empty list is of floats
    right = positions.shape == (n,) and positions.dtype.kind in "iu"
    if right and n:
        right = positions.min() >= 0 and positions.max() < n_samples
    if not right or len(set(positions.tolist())) < n:
        raise RuntimeError(
            f"{type(strategy).__name__}._query must return {n} distinct positions below "
            f"{n_samples}, got {positions!r}."
        )
    return positions.astype(np.intp, copy=False)


def _all_in(value):
    """Return the strategies that are the value of a parameter, or in it, as in a list."""
    if isinstance(value, QueryStrategy):
        return [value]
    parts = value if isinstance(value, (list, tuple)) else ()
    return [one for part in parts for one in _all_in(part)]
