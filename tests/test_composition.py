import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

from skal import ActiveLearner, LabelBudgetClassifier, Pool
from skal.strategies._composition import Distinct, Mixture, Shortlist, _shares
from skal.strategies._core_set import CoreSet
from skal.strategies._random import RandomSampling
from skal.strategies._uncertainty import UncertaintySampling


@pytest.fixture
def pool():
    rng = np.random.RandomState(0)
    return Pool.from_arrays(
        rng.normal(size=(60, 2)), proba=rng.dirichlet([1, 1, 1], size=60), random_state=0
    )


def test_a_short_list_is_the_best_of_the_scorer(pool):
    best = UncertaintySampling("entropy").query(pool, 12)
    strategy = Shortlist(UncertaintySampling("entropy"), CoreSet(), factor=3)
    assert_array_equal(strategy.query(pool, 4), best[CoreSet().query(pool.take(best), 4)])
    same = Shortlist(UncertaintySampling("entropy"), RandomSampling(), factor=1)
    assert set(same.query(pool, 12)) == set(best)


def test_a_short_list_is_never_shorter_than_the_batch_or_longer_than_the_pool(pool):
    assert len(Shortlist(factor=1.2).query(pool, 5)) == 5
    assert sorted(Shortlist(factor=50).query(pool, 60)) == list(range(60))


def test_each_strategy_of_a_mixture_gets_its_share(pool):
    mixture = Mixture([UncertaintySampling("entropy"), CoreSet()], weights=[3, 1])
    answer = mixture.query(pool, 8)
    first = UncertaintySampling("entropy").query(pool, 6)
    rest = np.setdiff1d(np.arange(60), first)
    assert set(answer) == {*first, *rest[CoreSet().query(pool.take(rest), 2)]}
    assert answer[0] == first[0]
    assert len(set(answer[:4]) & set(first)) == 3  # every beginning is a fair mixture


def test_shares_add_up():
    for n in range(1, 30):
        for weights in ([1, 1, 1], [0.2, 0.5, 0.3], [0, 1, 2], [1e-9, 1, 1]):
            weights = np.array(weights) / np.sum(weights)
            shares = _shares(weights, n)
            assert shares.sum() == n and (abs(shares - weights * n) < 1).all()


def test_a_mixture_of_the_same_draws_differently(pool):
    answer = Mixture([RandomSampling(), RandomSampling()]).query(pool, 20)
    assert len(set(answer.tolist())) == 20


def test_nested_parameters_of_a_mixture():
    mixture = Mixture([UncertaintySampling(), CoreSet(), UncertaintySampling("entropy")])
    params = mixture.get_params()
    assert params["uncertaintysampling-1__measure"] == "margin"
    assert params["uncertaintysampling-2__measure"] == "entropy"
    twin = clone(mixture).set_params(**{"uncertaintysampling-1__measure": "least_confidence"})
    assert twin.strategies[0].measure == "least_confidence"
    assert mixture.strategies[0].measure == "margin"
    twin.set_params(coreset=RandomSampling(), weights=[1, 2, 3])
    assert isinstance(twin.strategies[1], RandomSampling) and twin.weights == [1, 2, 3]
    with pytest.raises(ValueError, match="Invalid parameter 'tree'"):
        twin.set_params(tree__depth=3)


def test_nested_parameters_are_searchable(iris):
    X, y, *_ = iris
    game = LabelBudgetClassifier(
        ActiveLearner(strategy=Shortlist(strategy=Mixture([CoreSet(), UncertaintySampling()]))),
        n_initial=6,
        batch_size=2,
        budget=10,
        random_state=0,
    )
    grid = {
        "learner__strategy__factor": [2, 3],
        "learner__strategy__strategy__uncertaintysampling__measure": ["margin", "entropy"],
    }
    assert len(GridSearchCV(game, grid, cv=2).fit(X, y).cv_results_["params"]) == 4


def test_outputs_are_computed_once_in_a_composition(iris, counting):
    X, y, X_pool, _ = iris
    inner = Mixture([UncertaintySampling("entropy"), UncertaintySampling("margin")])
    strategy = Distinct(Shortlist(UncertaintySampling("margin"), inner))
    learner = ActiveLearner(counting, strategy, random_state=0).fit(X, y)
    learner.query(X_pool, 5)
    assert learner.estimator_.counts_ == {"predict_proba": len(X_pool)}


def brute_force(X, order, n, min_distance):
    kept, turned_down = [], []
    for i in order:
        gaps = [np.linalg.norm(X[i] - X[j]) for j in kept]
        (kept if all(gap > min_distance for gap in gaps) else turned_down).append(i)
    return kept[:n]


@pytest.mark.parametrize("min_distance", [0.0, 0.5, 1.5])
def test_samples_that_are_too_near_are_left_out(pool, min_distance):
    order = UncertaintySampling("entropy").query(pool, 60)
    expected = brute_force(pool.X, order, 8, min_distance)
    strategy = Distinct(UncertaintySampling("entropy"), min_distance)
    assert_array_equal(strategy.query(pool, 8)[: len(expected)], expected)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_exact_copies_are_left_out(dtype):
    X = (np.repeat(np.random.RandomState(0).normal(size=(5, 7)), 4, axis=0) + 1e3).astype(dtype)
    scores = np.linspace(0.5, 0.9, 20)
    pool = Pool.from_arrays(X, proba=np.column_stack([scores, 1 - scores]))
    answer = Distinct(UncertaintySampling("entropy")).query(pool, 5)
    assert answer.tolist() == [0, 4, 8, 12, 16]
    # Where only copies are left they fill the batch, the most wanted first.
    assert sorted(Distinct(UncertaintySampling("entropy")).query(pool, 20)) == list(range(20))


@pytest.mark.parametrize(
    "strategy, words",
    [
        (Shortlist(factor=0.5), "'factor' parameter of Shortlist"),
        (Shortlist(scorer="margin"), "'scorer' parameter"),
        (Mixture([]), "at least one"),
        (Mixture(["margin"]), r"strategies\[0\] is 'margin'"),
        (Mixture([CoreSet()], weights=[1, 2]), "1 non-negative numbers"),
        (Mixture([CoreSet()], weights=[-1]), "non-negative"),
        (Mixture([CoreSet(), CoreSet()], weights=[0, 0]), "positive sum"),
        (Distinct(min_distance=-1), "'min_distance' parameter"),
    ],
)
def test_wrong_parameters_are_refused(pool, strategy, words):
    with pytest.raises(ValueError, match=words):
        strategy.query(pool)


@pytest.mark.parametrize("weights", [[1, np.inf], [np.inf, np.inf], [1, np.nan], [0, 0], [-1, 2]])
def test_weights_that_are_not_shares_are_refused(weights):
    mixture = Mixture([UncertaintySampling(), CoreSet()], weights=weights)
    with pytest.raises(ValueError, match="weights must be 2 non-negative numbers, finite"):
        mixture.query(Pool.from_arrays(np.eye(3), proba=np.eye(3)), 2)


@pytest.mark.parametrize("scale", [1e-300, 1.0, 1e308])
def test_weights_are_in_any_unit(scale):
    pool = Pool.from_arrays(np.arange(12.0)[:, None], proba=np.full((12, 2), 0.5), random_state=0)
    mixture = Mixture([UncertaintySampling(), CoreSet()], weights=[scale, scale])
    plain = Mixture([UncertaintySampling(), CoreSet()])
    assert_array_equal(mixture.query(pool, 6), plain.query(pool, 6))


@pytest.mark.parametrize("min_distance", [1e160, 1e200, np.finfo(float).max])
def test_distances_beyond_all_samples_take_the_first_and_fill_up(min_distance):
    pool = Pool.from_arrays(np.eye(4), proba=np.full((4, 2), 0.5), random_state=0)
    assert sorted(Distinct(min_distance=min_distance).query(pool, 4).tolist()) == [0, 1, 2, 3]


@pytest.mark.parametrize("weights", [["a", "b"], [1j, 1], [None, {}]])
def test_weights_that_are_not_numbers_are_refused(weights):
    mixture = Mixture([UncertaintySampling(), CoreSet()], weights=weights)
    with pytest.raises(ValueError, match="weights must be an array of numbers"):
        mixture.query(Pool.from_arrays(np.eye(3), proba=np.eye(3)), 2)


@pytest.mark.parametrize(
    "strategies, message",
    [
        (UncertaintySampling(), "'strategies' parameter of Mixture"),
        (UncertaintySampling, "'strategies' parameter of Mixture"),
        ("margin", "'strategies' parameter of Mixture"),
        (3, "'strategies' parameter of Mixture"),
        ([UncertaintySampling, CoreSet()], r"strategies\[0\] is <class"),
        ([CoreSet(), 3], r"strategies\[1\] is 3"),
    ],
)
def test_parameters_can_be_read_and_set_where_strategies_are_wrong(strategies, message):
    mixture = Mixture(strategies)
    assert mixture.get_params()["strategies"] is strategies
    assert mixture.set_params(weights=None).strategies is strategies
    with pytest.raises(ValueError, match=message):
        mixture.query(Pool.from_arrays(np.eye(3), proba=np.eye(3)), 2)
