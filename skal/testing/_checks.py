"""The checks of a query strategy, each a function that raises an AssertionError.

They take the strategy and the `Example` of a task whose outputs it reads.
"""

import copy
import inspect
import pickle
import warnings

import numpy as np
from sklearn.base import clone

from ..pool import MissingOutputError, Pool
from ..strategies import ScoreStrategy
from ._examples import N_SAMPLES, take_arrays


def check_holds_only_parameters(strategy, example):
    """Check that a strategy can be cloned and pickled, and stores only its parameters."""
    names = set(inspect.signature(type(strategy)).parameters)
    assert set(strategy.get_params(deep=False)) == names, "get_params must match __init__"
    before = repr(sorted(vars(strategy).items(), key=str))
    twin = pickle.loads(pickle.dumps(clone(strategy)))
    expected = strategy.query(example.pool(), 3)
    assert repr(sorted(vars(strategy).items(), key=str)) == before, "query must not store state"
    assert set(vars(strategy)) == names, "a strategy holds its parameters and nothing else"
    np.testing.assert_array_equal(twin.query(example.pool(), 3), expected)


def check_returns_distinct_positions(strategy, example):
    """Check the shape, type, range and distinctness of positions, up to the whole pool."""
    for n in (1, 2, 7, N_SAMPLES):
        positions = strategy.query(example.pool(), n)
        assert isinstance(positions, np.ndarray) and positions.dtype == np.intp
        _check_batch(strategy, positions, n)
        assert ((positions >= 0) & (positions < N_SAMPLES)).all()


def check_select_agrees_with_the_query(strategy, example):
    """Check that `select` returns the positions of `query`, and scores that belong to them."""
    selection = strategy.select(example.pool(), 5)
    np.testing.assert_array_equal(selection.positions, strategy.query(example.pool(), 5))
    if selection.scores is not None:
        assert np.shape(selection.scores) == selection.positions.shape


def check_is_deterministic(strategy, example):
    """Check that the same pool and seed give the same answer, also for a pool queried before."""
    pool = example.pool(seed=3)
    first = strategy.query(pool, 6)
    np.testing.assert_array_equal(first, strategy.query(pool, 6))
    np.testing.assert_array_equal(first, strategy.query(example.pool(seed=3), 6))


def check_has_no_side_effects(strategy, example):
    """Check that neither the arrays of the pool nor NumPy's global generator change."""
    arrays = example.arrays()
    copies = copy.deepcopy(arrays)
    before = np.random.get_state()[1].copy()
    strategy.query(example.pool_of(arrays), 5)
    np.testing.assert_array_equal(np.random.get_state()[1], before)
    for name, values in arrays.items():
        np.testing.assert_array_equal(values, copies[name], err_msg=f"{name} was changed")


def check_row_order_is_irrelevant(strategy, example):
    """Check that permuted rows give the permuted answer, unless the strategy is random."""
    answers = [set(strategy.query(example.pool(seed), 6).tolist()) for seed in range(4)]
    if any(answer != answers[0] for answer in answers):
        # The answer depends on the seed, and with other rows the random draws meet other samples.
        return
    order = np.random.RandomState(1).permutation(N_SAMPLES)
    permuted = example.pool_of(take_arrays(example.arrays(), order))
    assert set(order[strategy.query(permuted, 6)].tolist()) == answers[0]


def check_views_agree_with_the_whole(strategy, example):
    """Check that a view of a pool gives the same answer as a pool of the same rows."""
    rows = np.arange(N_SAMPLES)[::3]
    whole = example.pool()
    expected = strategy.query(example.pool_of(take_arrays(example.arrays(), rows)), 4)
    np.testing.assert_array_equal(strategy.query(whole.take(rows), 4), expected)


def check_calls_the_model_once(strategy, example):
    """Check that the model computes each output at most once for each row of the pool."""
    model = example.model()
    X = np.arange(N_SAMPLES, dtype=float)[:, None]
    labeled = example.labeled()
    given = {name: model.arrays[name] for name in ("prices", "refit")}
    pool = Pool(model, X, labeled=labeled, random_state=0, **given)
    strategy.query(pool, 5)
    # A view shares the outputs that the pool has computed.
    strategy.query(pool.take(np.arange(20)), 3)
    for name, counts in model.counts.items():
        assert counts.max() <= 1, f"{name} was computed {counts.max()} times for one row"


def check_accepts_equal_samples(strategy, example):
    """Check that positions are distinct even if rows of the pool are equal."""
    arrays = take_arrays(example.arrays(), np.zeros(9, dtype=int))
    for n in (1, 4, 9):
        _check_batch(strategy, strategy.query(example.pool_of(arrays), n), n)
    pairs = take_arrays(example.arrays(), np.repeat(np.arange(5), 2))
    _check_batch(strategy, strategy.query(example.pool_of(pairs), 8), 8)


def check_accepts_a_pool_without_labels(strategy, example):
    """Check that the strategy works on a pool that has no labeled samples."""
    pool = Pool.from_arrays(**example.arrays(), random_state=0)
    _check_batch(strategy, strategy.query(pool, 5), 5)


def check_returns_at_most_the_whole_pool(strategy, example):
    """Check that a batch larger than the pool is the whole pool, with one warning."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        positions = strategy.query(example.pool(), N_SAMPLES + 5)
    _check_batch(strategy, positions, N_SAMPLES)
    about_n = [warning for warning in caught if "pool" in str(warning.message)]
    assert len(about_n) == 1, "there must be exactly one warning"


def check_rejects_invalid_input(strategy, example):
    """Check that an invalid `n`, an empty pool and an array instead of a pool raise errors."""
    for n in (0, -1, 1.5, True, "3", None):
        _expect(ValueError, "n must be", strategy.query, example.pool(), n)
    _expect(ValueError, "empty", strategy.query, example.pool().take([]), 1)
    _expect(TypeError, "must be a Pool", strategy.query, np.zeros((3, 2)), 1)


def check_names_the_missing_output(strategy, example):
    """Check that a missing output raises an error that names it, unless none is needed."""
    # Raw texts have neither outputs of a model nor distances.
    pool = Pool.from_arrays(["some", "raw", "texts", "here"], random_state=0)
    try:
        positions = strategy.query(pool, 2)
    except MissingOutputError as error:
        assert "pool." in str(error), "the error must name the output that is missing"
    else:
        _check_batch(strategy, positions, 2)


def check_scores_agree_with_the_query(strategy, example):
    """Check that a ScoreStrategy chooses the samples with the largest scores first."""
    if not isinstance(strategy, ScoreStrategy):
        return
    scores = np.asarray(strategy.score_samples(example.pool()), dtype=np.float64)
    assert scores.shape == (N_SAMPLES,), "there must be one score per sample"
    # A `_query` of its own may choose in another order.
    if type(strategy)._query is ScoreStrategy._query:
        chosen = scores[strategy.query(example.pool(), N_SAMPLES)]
        # Infinite scores have no difference, and the last digits of finite ones do not count.
        finite = np.abs(scores[np.isfinite(scores)])
        slack = 2 * example.pool().resolution * finite.max(initial=0)
        assert (chosen[1:] <= chosen[:-1] + slack).all(), "positions must come best first"


def _check_batch(strategy, positions, n):
    """Check that positions are `n` distinct ones, or fewer if the strategy has a budget."""
    assert len(set(positions.tolist())) == len(positions), "positions must be distinct"
    inside = [strategy, *strategy.get_params(deep=True).values()]
    if any(getattr(one, "_may_fall_short", False) for one in inside):
        assert len(positions) <= n, f"n={n} must give at most {n} positions"
    else:
        assert len(positions) == n, f"n={n} must give {n} positions"


def _expect(error, words, function, *args):
    try:
        function(*args)
    except error as caught:
        assert words in str(caught), f"{words!r} must be in the message {str(caught)!r}"
    else:
        raise AssertionError(f"{function.__qualname__}{args[1:]} must raise {error.__name__}")


CHECKS = [
    check_holds_only_parameters,
    check_returns_distinct_positions,
    check_select_agrees_with_the_query,
    check_is_deterministic,
    check_has_no_side_effects,
    check_row_order_is_irrelevant,
    check_views_agree_with_the_whole,
    check_calls_the_model_once,
    check_accepts_equal_samples,
    check_accepts_a_pool_without_labels,
    check_returns_at_most_the_whole_pool,
    check_rejects_invalid_input,
    check_names_the_missing_output,
    check_scores_agree_with_the_query,
]
