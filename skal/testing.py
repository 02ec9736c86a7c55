"""Published checks that any query strategy can run."""

import functools
import inspect
import pickle
import warnings

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, clone

from . import strategies
from .pool import OUTPUTS, MissingOutputError, Pool
from .strategies import QueryStrategy, ScoreStrategy

__all__ = ["all_strategies", "check_strategy", "strategy_checks"]

N_SAMPLES, N_CLASSES, N_MEMBERS, N_DIMS = 40, 4, 5, 3
BASES = {"QueryStrategy", "ScoreStrategy", "GreedyStrategy"}


def check_strategy(strategy):
    """Run every published check on a query strategy.

    The checks are what users of any strategy rely on: it is only its parameters; it returns
    distinct positions, best first; the same seed gives the same answer; pools, global state
    and the order of rows are left out of it; the model is asked once per sample; bad input
    gets a clear error.

    Parameters
    ----------
    strategy : QueryStrategy
        An instance. It should work on a pool that offers every output.

    Raises
    ------
    AssertionError
        If a check fails; the message says which rule was broken.

    Examples
    --------
    >>> from skal.strategies import UncertaintySampling
    >>> from skal.testing import check_strategy
    >>> check_strategy(UncertaintySampling("entropy"))
    """
    for check in strategy_checks():
        check(strategy)


def strategy_checks():
    """Return the checks as functions of a strategy, for `pytest.mark.parametrize`.

    Returns
    -------
    checks : list of callable

    Examples
    --------
    >>> from skal.testing import strategy_checks
    >>> strategy_checks()[0].__name__
    'check_is_only_its_parameters'
    """
    return list(CHECKS)


def all_strategies():
    """Return the strategy classes that `skal.strategies` exports, bases left out.

    Returns
    -------
    classes : list of type

    Examples
    --------
    >>> from skal.testing import all_strategies
    >>> "CoreSet" in [cls.__name__ for cls in all_strategies()]
    True
    """
    exported = [getattr(strategies, name) for name in sorted(strategies.__all__)]
    return [
        cls
        for cls in exported
        if inspect.isclass(cls) and issubclass(cls, QueryStrategy) and cls.__name__ not in BASES
    ]


# A pool that offers everything ----------------------------------------------------------


def _arrays(rng, n_samples=N_SAMPLES):
    """Return an example of X and of every output that a caller can give."""
    arrays = {"X": rng.normal(size=(n_samples, N_DIMS))}
    examples = (output for output in OUTPUTS.values() if output.example is not None)
    return {**arrays, **{one.name: one.example(rng, n_samples) for one in examples}}


def _labeled(rng):
    return Pool.from_arrays(**_arrays(rng, 8), y=np.arange(8) % N_CLASSES, random_state=0)


def _rows(arrays, rows):
    return {name: OUTPUTS[name].take(values, rows) for name, values in arrays.items()}


def _pool(arrays, seed=0):
    labeled = _labeled(np.random.RandomState(7))
    return Pool.from_arrays(**arrays, labeled=labeled, random_state=seed)


def _example(seed=0):
    return _pool(_arrays(np.random.RandomState(42)), seed)


class _CountingModel(ClassifierMixin, BaseEstimator):
    """A fitted model that gives every output and counts how often each row was asked for."""

    def __init__(self):
        self.classes_ = np.arange(N_CLASSES)
        self.arrays = _arrays(np.random.RandomState(42))
        self.counts = {}

    def fit(self, X, y):
        return self

    def predict(self, X):
        return self.predict_proba(X).argmax(axis=1)

    def __getattr__(self, method):
        for output in OUTPUTS.values():
            if output.method == method and output.example is not None:
                return functools.partial(self._say, output.name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {method!r}")

    def _say(self, name, X):
        rows = np.asarray(X)[:, 0].astype(int)
        np.add.at(self.counts.setdefault(name, np.zeros(N_SAMPLES, dtype=int)), rows, 1)
        return _rows(self.arrays, rows)[name]


# The checks -----------------------------------------------------------------------------


def check_is_only_its_parameters(strategy):
    """Check that it clones, pickles, and holds nothing but its parameters after a query."""
    names = set(inspect.signature(type(strategy)).parameters)
    assert set(strategy.get_params(deep=False)) == names, "get_params must match __init__"
    before = repr(sorted(vars(strategy).items(), key=str))
    twin = pickle.loads(pickle.dumps(clone(strategy)))
    expected = strategy.query(_example(), 3)
    assert repr(sorted(vars(strategy).items(), key=str)) == before, "query must not store state"
    assert set(vars(strategy)) == names, "a strategy holds its parameters and nothing else"
    np.testing.assert_array_equal(twin.query(_example(), 3), expected)


def check_returns_distinct_positions(strategy):
    """Check the shape, type, range and distinctness of the answer, up to the whole pool."""
    for n in (1, 2, 7, N_SAMPLES):
        positions = strategy.query(_example(), n)
        assert isinstance(positions, np.ndarray) and positions.dtype == np.intp
        assert positions.shape == (n,), f"n={n} must give {n} positions"
        assert len(set(positions.tolist())) == n, "positions must be distinct"
        assert positions.min() >= 0 and positions.max() < N_SAMPLES


def check_repeats_itself(strategy):
    """Check that the same pool and seed give the same answer, also on the same object."""
    pool = _example(seed=3)
    first = strategy.query(pool, 6)
    np.testing.assert_array_equal(first, strategy.query(pool, 6))
    np.testing.assert_array_equal(first, strategy.query(_example(seed=3), 6))


def check_leaves_the_world_alone(strategy):
    """Check that neither the pool's arrays nor NumPy's global generator change."""
    arrays = _arrays(np.random.RandomState(42))
    copies = {name: values.copy() for name, values in arrays.items()}
    before = np.random.get_state()[1].copy()
    strategy.query(_pool(arrays), 5)
    np.testing.assert_array_equal(np.random.get_state()[1], before)
    for name, values in arrays.items():
        np.testing.assert_array_equal(values, copies[name], err_msg=f"{name} was changed")


def check_order_of_rows_is_irrelevant(strategy):
    """Check that permuting the rows permutes the answer, unless the strategy draws."""
    answers = [set(strategy.query(_example(seed), 6).tolist()) for seed in range(4)]
    if any(answer != answers[0] for answer in answers):
        return  # it draws at random, so the order of rows meets other draws
    order = np.random.RandomState(1).permutation(N_SAMPLES)
    permuted = _pool(_rows(_arrays(np.random.RandomState(42)), order))
    assert set(order[strategy.query(permuted, 6)].tolist()) == answers[0]


def check_views_agree_with_the_whole(strategy):
    """Check that a view gives the answer of a pool made of its rows."""
    rows = np.arange(N_SAMPLES)[::3]
    whole = _example()
    expected = strategy.query(_pool(_rows(_arrays(np.random.RandomState(42)), rows)), 4)
    np.testing.assert_array_equal(strategy.query(whole.take(rows), 4), expected)


def check_asks_the_model_once(strategy):
    """Check that the model gives each output at most once for every row of the pool."""
    model = _CountingModel()
    X = np.arange(N_SAMPLES, dtype=float)[:, None]
    labeled = _labeled(np.random.RandomState(7))
    prices = model.arrays["prices"]
    pool = Pool(model, X, labeled=labeled, random_state=0, prices=prices)
    strategy.query(pool, 5)
    strategy.query(pool.take(np.arange(20)), 3)
    for name, counts in model.counts.items():
        assert counts.max() <= 1, f"{name} was computed {counts.max()} times for one row"


def check_takes_equal_samples(strategy):
    """Check that pools of equal rows give distinct positions."""
    arrays = _rows(_arrays(np.random.RandomState(42)), np.zeros(9, dtype=int))
    for n in (1, 4, 9):
        assert len(set(strategy.query(_pool(arrays), n).tolist())) == n
    pairs = _rows(_arrays(np.random.RandomState(42)), np.repeat(np.arange(5), 2))
    assert len(set(strategy.query(_pool(pairs), 8).tolist())) == 8


def check_takes_a_pool_with_nothing_labeled(strategy):
    """Check that labeled samples are not taken for granted."""
    pool = Pool.from_arrays(**_arrays(np.random.RandomState(42)), random_state=0)
    assert len(set(strategy.query(pool, 5).tolist())) == 5


def check_gives_all_when_asked_for_more(strategy):
    """Check that a batch larger than the pool is all of it, with one warning."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        positions = strategy.query(_example(), N_SAMPLES + 5)
    assert sorted(positions.tolist()) == list(range(N_SAMPLES))
    about_n = [warning for warning in caught if "pool" in str(warning.message)]
    assert len(about_n) == 1, "there must be exactly one warning"


def check_refuses_bad_input(strategy):
    """Check that a wrong `n`, an empty pool and no pool at all get errors."""
    for n in (0, -1, 1.5, True, "3", None):
        _expect(ValueError, "n must be", strategy.query, _example(), n)
    _expect(ValueError, "empty", strategy.query, _example().take([]), 1)
    _expect(TypeError, "must be a Pool", strategy.query, np.zeros((3, 2)), 1)


def check_names_what_is_missing(strategy):
    """Check that a pool without outputs gives an error that names the strategy and the output."""
    pool = Pool.from_arrays(["some", "raw", "texts", "here"], random_state=0)
    try:
        positions = strategy.query(pool, 2)
    except MissingOutputError as error:
        assert "pool." in str(error), "the error must name the output that is missing"
    else:
        assert len(set(positions.tolist())) == 2


def check_scores_rank_like_the_query(strategy):
    """Check that the scores of a score strategy grow with the wish to query."""
    if not isinstance(strategy, ScoreStrategy):
        return
    scores = strategy.score_samples(_example())
    assert scores.shape == (N_SAMPLES,), "there must be one score per sample"
    if type(strategy)._query is ScoreStrategy._query:
        chosen = scores[strategy.query(_example(), N_SAMPLES)]
        assert (np.diff(chosen) <= 0).all(), "positions must come best first"


def _expect(error, words, function, *args):
    try:
        function(*args)
    except error as caught:
        assert words in str(caught), f"{words!r} must be in the message {str(caught)!r}"
    else:
        raise AssertionError(f"{function.__qualname__}{args[1:]} must raise {error.__name__}")


CHECKS = [
    check_is_only_its_parameters,
    check_returns_distinct_positions,
    check_repeats_itself,
    check_leaves_the_world_alone,
    check_order_of_rows_is_irrelevant,
    check_views_agree_with_the_whole,
    check_asks_the_model_once,
    check_takes_equal_samples,
    check_takes_a_pool_with_nothing_labeled,
    check_gives_all_when_asked_for_more,
    check_refuses_bad_input,
    check_names_what_is_missing,
    check_scores_rank_like_the_query,
]
