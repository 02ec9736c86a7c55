import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from skal import ActiveLearner, Pool
from skal.pool import MissingOutputError
from skal.strategies import (
    BALD,
    ClassBalanced,
    CoreSet,
    CostAware,
    Distinct,
    Mixture,
    QueryStrategy,
    RandomSampling,
    Schedule,
    ScoreStrategy,
    Shortlist,
    SimpleMargin,
    Subsample,
    UncertaintySampling,
)


def slow_batch(scores, prices, n, budget=np.inf, gamma=1.0):
    """Take the best that can be paid, one after the other, by looking at all each time."""
    scores = [score - min(min(scores), 0) for score in scores]
    free, chosen = list(range(len(scores))), []
    while len(chosen) < n:
        payable = [i for i in free if prices[i] <= budget]
        if not payable:
            break
        best = max(payable, key=lambda i: scores[i] / prices[i] ** gamma)
        budget -= prices[best]
        free.remove(best)
        chosen.append(best)
    return chosen


@given(
    st.integers(1, 30),
    st.integers(0, 2**32 - 1),
    st.sampled_from([None, 0.3, 2.0, 100.0]),
    st.sampled_from([0.0, 0.5, 1.0]),
)
def test_agrees_with_the_slow_twin(n_samples, seed, budget, gamma):
    rng = np.random.RandomState(seed)
    prices = rng.uniform(0.1, 2, size=n_samples)
    pool = Pool.from_arrays(decision=rng.normal(size=n_samples), prices=prices, random_state=0)
    n = rng.randint(1, n_samples + 1)
    scores = SimpleMargin().score_samples(pool)
    expected = slow_batch(scores, prices, n, np.inf if budget is None else budget, gamma)
    strategy = CostAware(SimpleMargin(), budget=budget, gamma=gamma)
    assert_array_equal(strategy.query(pool, n), expected)


def test_equal_prices_change_nothing():
    proba = np.random.RandomState(0).dirichlet(np.ones(3), size=50)
    plain = UncertaintySampling("entropy").query(Pool.from_arrays(proba=proba), 9)
    pool = Pool.from_arrays(proba=proba, prices=np.full(50, 7.0))
    assert_array_equal(CostAware(UncertaintySampling("entropy")).query(pool, 9), plain)


def test_a_budget_that_pays_for_nothing_gives_nothing():
    pool = Pool.from_arrays(proba=[[0.5, 0.5], [0.4, 0.6]], prices=[3.0, 4.0])
    positions = CostAware(budget=2.9).query(pool, 2)
    assert positions.shape == (0,) and positions.dtype == np.intp
    assert_array_equal(CostAware(budget=3.5).query(pool, 2), [0])


def test_prices_through_a_learner(iris):
    X, y, X_pool, _ = iris
    learner = ActiveLearner(strategy=CostAware(), random_state=0).fit(X, y)
    prices = np.where(np.arange(len(X_pool)) % 2, 1.0, 1e6)
    assert (learner.query(X_pool, n=10, prices=prices) % 2 == 1).all()
    assert_array_equal(learner.pool(X_pool, prices=prices).take([1, 0]).prices, [1.0, 1e6])


def test_prices_from_the_samples(iris):
    X, y, X_pool, _ = iris
    names = [f"x{i}" for i in range(4)]
    model = make_pipeline(make_column_transformer(("passthrough", names)), LogisticRegression())
    first = pd.DataFrame(X, columns=names).assign(price=1.0)
    pool = pd.DataFrame(X_pool, columns=names).assign(price=1.0 + np.arange(len(X_pool)) % 3)
    by_name = ActiveLearner(model, CostAware(prices="price"), random_state=0).fit(first, y)
    by_call = ActiveLearner(model, CostAware(prices=lambda X: X["price"]), random_state=0).fit(
        first, y
    )
    given = ActiveLearner(model, CostAware(), random_state=0).fit(first, y)
    expected = given.query(pool, n=8, prices=pool["price"])
    assert_array_equal(by_name.query(pool, n=8), expected)
    assert_array_equal(by_call.query(pool, n=8), expected)


def test_no_prices_are_an_error(iris):
    X, y, X_pool, _ = iris
    learner = ActiveLearner(strategy=CostAware()).fit(X, y)
    with pytest.raises(MissingOutputError, match="CostAware reads `pool.prices`.*prices="):
        learner.query(X_pool)
    with pytest.raises(ValueError, match="'cost' must name a column"):
        learner.set_params(strategy__prices="cost").query(X_pool)


@pytest.mark.parametrize(
    ("prices", "message"),
    [
        ([1.0], r"shape \(2,\), got shape \(1,\)"),
        ([1.0, 0.0], "sample 1 is 0.0"),
        ([1.0, -2.0], "sample 1 is -2.0"),
        ([np.nan, 1.0], "sample 0 is nan"),
    ],
)
def test_bad_prices(prices, message):
    with pytest.raises(ValueError, match=message):
        Pool.from_arrays(proba=[[0.5, 0.5], [1.0, 0.0]], prices=prices)
    pool = Pool.from_arrays([[0.0], [1.0]], proba=[[0.5, 0.5], [1.0, 0.0]])
    with pytest.raises(ValueError, match=message):
        CostAware(prices=lambda X: prices).query(pool)


@pytest.mark.parametrize("params", [{"strategy": CoreSet()}, {"budget": 0}, {"gamma": -1}])
def test_bad_parameters(params):
    (name,) = params
    pool = Pool.from_arrays(proba=[[0.5, 0.5]], prices=[1.0])
    with pytest.raises(ValueError, match=f"'{name}' parameter of CostAware"):
        CostAware(**params).query(pool)


def priced_pool(n_samples=40, seed=0, **given):
    rng = np.random.RandomState(seed)
    members = rng.dirichlet(np.ones(3), size=(4, n_samples))
    X = rng.randint(5, size=(n_samples, 2)).astype(float)  # with copies
    prices = given.pop("prices", 0.25 + rng.random_sample(n_samples))
    return Pool.from_arrays(
        X,
        proba=members.mean(axis=0),
        member_proba=members,
        prices=prices,
        random_state=seed,
        **given,
    )


WITHIN = CostAware(UncertaintySampling("entropy"), budget=3.0)
COMPOSITIONS = [
    WITHIN,
    Distinct(WITHIN),
    Distinct(WITHIN, min_distance=1.5),
    Shortlist(WITHIN, UncertaintySampling()),
    Shortlist(UncertaintySampling(), WITHIN, factor=2),
    Mixture([WITHIN, RandomSampling()]),
    Mixture([RandomSampling(), WITHIN, CoreSet()], weights=[1, 5, 1]),
    ClassBalanced(WITHIN),
    Distinct(ClassBalanced(Shortlist(BALD(), WITHIN))),
    ClassBalanced(Distinct(Mixture([WITHIN, CostAware(budget=1.0)]))),
    Shortlist(ClassBalanced(WITHIN), Distinct(WITHIN)),
]


@pytest.mark.parametrize("strategy", COMPOSITIONS, ids=lambda s: " ".join(repr(s).split()))
@pytest.mark.parametrize("n", [1, 8, 40])
def test_a_budget_is_spent_once_through_every_composition(strategy, n):
    for seed in range(5):
        pool = priced_pool(seed=seed)
        selection = strategy.select(pool, n)
        positions = selection.positions
        assert 0 < len(positions) <= n and len(set(positions.tolist())) == len(positions)
        assert pool.prices[positions].sum() <= 3.0
        assert selection.scores is None or len(selection.scores) == len(positions)
        assert_array_equal(strategy.query(pool, n), positions)


@pytest.mark.parametrize("price, budget", [(0.1, 0.3), (0.1, 0.7), (0.7, 2.1), (1 / 3, 1.0)])
@pytest.mark.parametrize("wrapped", [lambda inner: inner, Distinct, Schedule, Mixture])
def test_prices_that_add_up_to_the_budget_are_within_it(price, budget, wrapped):
    strategy = CostAware(budget=budget)
    if wrapped in (Schedule, Mixture):
        strategy = [strategy]
    pool = priced_pool(prices=np.full(40, price))
    assert len(wrapped(strategy).query(pool, 20)) == round(budget / price)


@pytest.mark.parametrize("strategy", COMPOSITIONS, ids=lambda s: " ".join(repr(s).split()))
def test_nothing_affordable_is_an_empty_batch(strategy):
    selection = strategy.select(priced_pool(prices=np.full(40, 4.0)), 8)
    assert selection.positions.shape == (0,) and selection.positions.dtype == np.intp


@pytest.mark.parametrize("strategy", COMPOSITIONS, ids=lambda s: " ".join(repr(s).split()))
def test_a_large_budget_changes_nothing(strategy):
    rich = clone(strategy)
    for name, value in rich.get_params().items():
        if name.endswith("budget") and value is not None:
            rich.set_params(**{name: 1e9})
    assert len(rich.query(priced_pool(), 8)) == 8


class Short(QueryStrategy):
    """Return one position too few."""

    def _query(self, pool, n):
        return np.arange(n - 1)


@pytest.mark.parametrize("strategy", [Short(), Distinct(Short()), Mixture([Short()])], ids=repr)
def test_a_strategy_without_a_budget_must_not_fall_short(strategy):
    with pytest.raises(RuntimeError, match="Short._query must return 3 distinct"):
        strategy.query(priced_pool(), 3)


class Given(ScoreStrategy):
    """The scores are given."""

    def __init__(self, given):
        self.given = given

    def score_samples(self, pool):
        return np.array(self.given, dtype=float)


@pytest.mark.parametrize(
    "scores, prices, gamma",
    [
        ([1, 2, 3], [1, 7, 9], 400),
        ([1, 2, 3], [1, 0.1, 0.2], 400),
        ([0, 0, 0], [1, 0.1, 0.2], 400),
        ([1, 2, 3], [1, 7, 9], 1e308),
        ([1, 2, 1e200], [1, 2, 1e-200], 1),
        ([1, 2, 1e-200], [1, 2, 1e200], 1),
        ([-1e308, 0, 1e308], [1, 2, 3], 1),
    ],
)
@pytest.mark.parametrize("budget", [None, 9.0])
@pytest.mark.filterwarnings("error")
def test_quotients_that_floats_cannot_tell_apart_are_refused(scores, prices, gamma, budget):
    pool = Pool.from_arrays(np.eye(3), prices=prices)
    strategy = CostAware(Given(scores), gamma=gamma, budget=budget)
    with pytest.raises(ValueError, match="gamma must be small enough .*gamma=.* prices such as"):
        strategy.query(pool, 2)


@pytest.mark.filterwarnings("error")
def test_infinite_scores_come_first_and_last():
    pool = Pool.from_arrays(np.eye(4), prices=[1, 9, 1, 2])
    strategy = CostAware(Given([-2, np.inf, -np.inf, 4]))
    assert_array_equal(strategy.query(pool, 4), [1, 3, 0, 2])


@pytest.mark.parametrize("strategy", [CostAware(budget=10.0), Subsample(CostAware(budget=10.0))])
def test_a_budget_holds_for_the_first_batch(strategy):
    X = np.random.RandomState(0).rand(60, 3)
    prices = np.random.RandomState(1).uniform(1, 9, size=60)
    for start in (None, RandomSampling()):
        learner = ActiveLearner(strategy=strategy, cold_start=start, random_state=0)
        batch = learner.query(X, n=20, prices=prices)
        assert 0 < len(batch) < 20 and prices[batch].sum() <= 10
    free = ActiveLearner(strategy=CostAware(), random_state=0)
    assert len(free.query(X, n=20)) == 20
