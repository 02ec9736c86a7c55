"""What holds for every batch, whoever chose it and from whatever pool."""

import numpy as np

from skal.pool import given_for_each
from skal.strategies import CostAware, QueryStrategy, ScoreStrategy

from .outcomes import expect


def check_batch(selection, n, n_pool, pool):
    """Check the positions of a selection, its scores and what it costs."""
    positions = selection.positions
    expect(isinstance(positions, np.ndarray), "positions are not an array")
    expect(positions.dtype == np.intp, "positions are not intp")
    expect(positions.ndim == 1, "positions are not of one dimension")
    expect(len(set(positions.tolist())) == len(positions), "positions are not distinct")
    in_range = (positions >= 0).all() and (positions < n_pool).all()
    expect(in_range, "positions are out of range")
    _check_length(selection, min(int(n), n_pool))
    _check_scores(selection, pool)
    check_budgets(selection, pool)


def _check_length(selection, wanted):
    if any(one.budget is not None for one in cost_aware(selection.strategy)):
        expect(len(selection) <= wanted, "a batch is larger than asked for")
    else:
        expect(len(selection) == wanted, "a batch is not as large as asked for")


def _check_scores(selection, pool):
    scores = selection.scores
    if scores is None:
        return
    expect(np.shape(scores) == (len(selection),), "scores do not belong to the positions")
    expect(np.asarray(scores).dtype.kind in "fiub", "scores are not numbers")
    strategy = selection.strategy
    if isinstance(strategy, ScoreStrategy) and type(strategy)._query is ScoreStrategy._query:
        expected = strategy.scores(pool)
        same = np.array_equal(scores, expected[selection.positions])
        expect(same, "scores of a selection are not those of the strategy")
        expect(_descend(scores, expected, pool), "positions do not come best first")
        rest = np.delete(expected, selection.positions)
        if len(rest) and len(scores):
            best_left = np.array([np.min(scores), np.max(rest)])
            expect(_descend(best_left, expected, pool), "a sample of a larger score is left out")


def _descend(scores, all_scores, pool):
    finite = np.abs(np.asarray(all_scores, dtype=float))
    finite = finite[np.isfinite(finite)]
    slack = 2 * pool.resolution * (finite.max() if len(finite) else 0)
    scores = np.asarray(scores, dtype=float)
    return all(later <= sooner + slack for sooner, later in zip(scores, scores[1:], strict=False))


def check_budgets(selection, pool):
    """Check that a batch costs no more than the budget of any strategy inside."""
    for strategy in cost_aware(selection.strategy):
        if strategy.budget is not None:
            paid = _prices(strategy, pool)[selection.positions].sum()
            expect(paid <= strategy.budget * (1 + 1e-9), "a budget is exceeded")


def _prices(strategy, pool):
    if strategy.prices is None:
        return pool.prices
    values = strategy.prices(pool.X) if callable(strategy.prices) else pool.X[strategy.prices]
    return given_for_each("prices", values, len(pool))


def cost_aware(strategy):
    """Return all strategies within a strategy that know prices."""
    return [one for one in within(strategy) if isinstance(one, CostAware)]


def within(strategy):
    """Yield a strategy and all strategies inside."""
    yield strategy
    for value in vars(strategy).values():
        for one in value if isinstance(value, (list, tuple)) else [value]:
            if isinstance(one, QueryStrategy):
                yield from within(one)
