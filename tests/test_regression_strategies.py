"""Strategies for regression: their definitions, other libraries, and what they refuse."""

import warnings

import numpy as np
import pytest
import reference_acquisition
import reference_geometry
import reference_strategies as reference
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.ensemble import RandomForestRegressor
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.linear_model import BayesianRidge, LogisticRegression, Ridge
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeRegressor

from skal import ActiveLearner, Committee, Pool
from skal.acquisition import expected_model_change
from skal.embeddings import KernelEmbedding
from skal.pool import MissingOutputError
from skal.strategies import (
    BAIT,
    LCMD,
    CoreSet,
    ExpectedModelChange,
    GreedyX,
    GreedyY,
    ImprovedGreedy,
    QueryByCommittee,
    StandardDeviation,
    UncertaintyHerding,
    UncertaintySampling,
)
from skal.testing import check_strategy


@pytest.mark.parametrize(
    "strategy",
    [
        GreedyX(KernelEmbedding("rbf")),
        ImprovedGreedy(KernelEmbedding("rbf")),
        LCMD(KernelEmbedding("rbf")),
        ExpectedModelChange(fit_intercept=False),
        UncertaintyHerding("std", n_candidates=10),
    ],
    ids=lambda strategy: " ".join(repr(strategy).split()),
)
def test_contract(strategy):
    check_strategy(strategy)


def range_of_members(numbers):
    """Return a disagreement of a user's own, which takes numbers alone."""
    assert numbers.ndim == 2
    return np.ptp(numbers, axis=0)


def data(seed=0, n=60):
    rng = np.random.RandomState(seed)
    X = rng.normal(size=(n, 4))
    return X, X[:, 0] ** 2 + X[:, 1] + 0.1 * rng.normal(size=n)


def learner_and_pool(seed=0, model=None, n=60):
    X, y = data(seed, n)
    learner = ActiveLearner(Ridge() if model is None else model, random_state=0).fit(
        X[:12], y[:12]
    )
    return X, y, learner.pool(X[12:])


# What scikit-activeml 1.0.1 (GreedySamplingX, GreedySamplingTarget) and bmdal_reg 3.0.2
# (LargestClusterMaxDistSelectionMethod, BaitFeatureSpaceSelectionMethod with noise_sigma=1 and an
# overselection_factor of 1 and 2) choose from the same rows, with a Ridge() of the first twelve.
OF_OTHERS = {
    GreedyX: [
        [3, 14, 42, 15, 13, 28, 5, 39, 24, 18],
        [30, 43, 26, 44, 36, 25, 39, 38, 41, 2],
        [30, 14, 47, 17, 12, 19, 24, 23, 35, 22],
    ],
    GreedyY: [
        [42, 8, 25, 13, 28, 29, 45, 11, 39, 4],
        [26, 46, 24, 36, 25, 17, 39, 4, 41, 6],
        [43, 20, 7, 21, 14, 37, 38, 15, 13, 26],
    ],
    ImprovedGreedy: [
        [42, 8, 0, 13, 15, 16, 10, 29, 39, 19],
        [26, 44, 36, 39, 25, 24, 4, 3, 17, 42],
        [47, 20, 7, 21, 14, 30, 19, 12, 44, 24],
    ],
    LCMD: [
        [28, 3, 35, 5, 31, 18, 45, 15, 42, 13],
        [26, 35, 44, 2, 30, 17, 21, 25, 36, 43],
        [14, 30, 47, 19, 12, 10, 22, 13, 28, 35],
    ],
    "bait": [
        [37, 35, 13, 33, 24, 47, 15, 25, 42, 14],
        [39, 30, 36, 18, 5, 26, 40, 43, 44, 19],
        [14, 47, 30, 7, 23, 17, 43, 24, 9, 26],
    ],
    BAIT: [
        [37, 35, 13, 33, 24, 47, 15, 25, 42, 14],
        [39, 30, 36, 18, 5, 26, 43, 44, 19, 25],
        [14, 47, 30, 7, 23, 17, 43, 24, 9, 20],
    ],
}


@pytest.mark.parametrize("kind", OF_OTHERS)
def test_orders_are_those_of_other_libraries(kind):
    strategy = BAIT(backward=False) if kind == "bait" else kind()
    for seed, expected in enumerate(OF_OTHERS[kind]):
        _, _, pool = learner_and_pool(seed)
        assert_array_equal(strategy.query(pool, 10), expected)


@pytest.mark.parametrize("model", [Ridge(), RandomForestRegressor(5), DecisionTreeRegressor()])
@pytest.mark.parametrize("kind", [np.asarray, sp.csr_matrix])
def test_orders_are_those_of_the_definitions(model, kind):
    for seed in range(5):
        X, y, _ = learner_and_pool(seed)
        learner = ActiveLearner(model, random_state=0).fit(kind(X[:12]), y[:12])
        pool, f = learner.pool(kind(X[12:])), learner.predict(kind(X[12:]))
        expected = reference_geometry.k_center_greedy(X[12:], 15, X[:12])[0]
        assert_array_equal(GreedyX().query(pool, 15), expected)
        expected = reference_geometry.farthest_of_largest_cluster(X[12:], 15, X[:12])
        assert_array_equal(LCMD().query(pool, 15), expected)
        step = 2.0 ** (np.frexp(abs(y[:12]).max() * 1e-12)[1])
        f, y = np.rint(f / step) * step, np.rint(y / step) * step
        expected = reference_geometry.k_center_greedy(f[:, None], 15, y[:12, None])[0]
        assert_array_equal(GreedyY().query(pool, 15), expected)
        expected = reference_geometry.farthest_by_products(X[12:], f, 15, X[:12], y[:12])
        assert_array_equal(ImprovedGreedy().query(pool, 15), expected)


def test_greedy_x_is_greedy_k_center():
    _, _, pool = learner_and_pool()
    assert_array_equal(GreedyX().query(pool, 9), CoreSet().query(pool, 9))


def test_distances_are_those_of_the_embedding():
    X, y, pool = learner_and_pool()
    values, vectors = np.linalg.eigh(rbf_kernel(X, gamma=0.3))
    explicit = vectors * np.sqrt(np.maximum(values, 0))
    embedding = KernelEmbedding("rbf", gamma=0.3)
    expected = reference_geometry.farthest_of_largest_cluster(explicit[12:], 10, explicit[:12])
    assert_array_equal(LCMD(embedding).query(pool, 10), expected)
    expected = reference_geometry.farthest_by_products(
        explicit[12:], pool.prediction, 10, explicit[:12], y[:12]
    )
    assert_array_equal(ImprovedGreedy(embedding).query(pool, 10), expected)
    X, y = data()
    scaled = ActiveLearner(make_pipeline(StandardScaler(), Ridge())).fit(X[:12], y[:12])
    Z = (X - X[:12].mean(axis=0)) / X[:12].std(axis=0)
    expected = reference_geometry.farthest_of_largest_cluster(Z[12:], 10, Z[:12])
    assert_array_equal(LCMD().query(scaled.pool(X[12:]), 10), expected)


def test_without_labeled_samples_they_start_at_the_mean():
    X, y = data()
    pool = Pool.from_arrays(X, prediction=y)
    first = int(((X - X.mean(axis=0)) ** 2).sum(axis=1).argmin())
    for strategy in (GreedyX(), ImprovedGreedy(), LCMD()):
        assert strategy.query(pool, 3)[0] == first
    assert GreedyY().query(pool, 1)[0] == abs(y - y.mean()).argmin()
    expected = reference_geometry.farthest_by_products(X, y, 10)
    assert_array_equal(ImprovedGreedy().query(pool, 10), expected)


def test_a_pick_counts_with_its_prediction():
    labeled = Pool.from_arrays([[0.0]], y=[0.0])
    pool = Pool.from_arrays([[1.0], [2.0], [3.0]], prediction=[9.0, 10.0, 4.0], labeled=labeled)
    assert_array_equal(GreedyY().query(pool, 3), [1, 2, 0])


def test_where_predictions_are_labels_the_farthest_in_x_follow():
    X, y = data()
    tree = ActiveLearner(DecisionTreeRegressor(random_state=0)).fit(X[:12], y[:12])
    pool = tree.pool(X[12:])
    gaps = abs(pool.prediction[:, None] - y[:12])
    assert (gaps.min(axis=1) < 1e-12).all()
    assert_array_equal(ImprovedGreedy().query(pool, 10), GreedyX().query(pool, 10))


@pytest.mark.parametrize("backward", [True, False])
@pytest.mark.parametrize("n_labeled", [0, 5])
def test_bait_agrees_with_explicit_inverses(backward, n_labeled):
    rng = np.random.RandomState(0)
    X, seen = rng.normal(size=(20, 3)), rng.normal(size=(n_labeled, 3))
    labeled = Pool.from_arrays(seen, prediction=np.zeros(n_labeled), y=np.arange(n_labeled))
    pool = Pool.from_arrays(
        X, prediction=rng.normal(size=20), labeled=labeled if n_labeled else None
    )
    infos, known = ([np.outer(h, h) for h in rows] for rows in (X, seen))
    for n in (1, 4, 12):
        expected = reference.bait_of_information(infos, known, n, 0.1, backward)
        got = BAIT(regularization=0.1, backward=backward).query(pool, n)
        assert_array_equal(got, expected)


def test_bait_of_many_picks_and_of_equal_rows():
    X, _, pool = learner_and_pool(n=160)
    infos, known = ([np.outer(h, h) for h in rows] for rows in (X[12:], X[:12]))
    expected = reference.bait_of_information(infos, known, 60, 1.0, False)
    assert_array_equal(BAIT(backward=False).query(pool, 60), expected)
    equal = Pool.from_arrays(np.ones((6, 2)), prediction=np.zeros(6))
    assert_array_equal(BAIT().query(equal, 3), [0, 1, 2])


def test_bait_of_a_regressor_refuses_other_widths():
    labeled = Pool.from_arrays(np.ones((3, 2)), prediction=np.zeros(3), y=np.zeros(3))
    pool = Pool.from_arrays(np.ones((4, 3)), prediction=np.zeros(4), labeled=labeled)
    with pytest.raises(ValueError, match="1 classes and 3 features of the pool, got 1 and 2"):
        BAIT().query(pool, 2)


def test_herding_by_standard_deviation_is_that_of_its_definition():
    for seed in range(5):
        X, y = data(seed)
        process = GaussianProcessRegressor(random_state=0)
        learner = ActiveLearner(process, UncertaintyHerding("std")).fit(X[:12], y[:12])
        deviation = learner.estimator_.predict(X[12:], return_std=True)[1]
        expected = reference.herding_by_deviation(X[12:], 8, X[:12], deviation)
        assert_array_equal(learner.query(X[12:], 8), expected)


def test_members_that_agree_but_for_rounding_are_in_no_doubt():
    X, y = data()
    noise = 1 + 1e-16 * np.random.RandomState(0).normal(size=(3, 48))
    labeled = Pool.from_arrays(X[:12], y=y[:12])
    pool = Pool.from_arrays(X[12:], member_prediction=y[12:] * noise, labeled=labeled)
    sure = Pool.from_arrays(X[12:], prediction_std=np.zeros(48), labeled=labeled)
    herding = UncertaintyHerding("std")
    assert_array_equal(herding.query(pool, 6), herding.query(sure, 6))


@pytest.mark.parametrize("model", [BayesianRidge(), GaussianProcessRegressor()])
def test_the_deviation_that_a_model_states(model):
    X, _, pool = learner_and_pool(model=model)
    deviation = pool.prediction_std
    scores = StandardDeviation().scores(pool)
    assert_allclose(scores, deviation)
    assert StandardDeviation().query(pool, 1)[0] == deviation.argmax()


def test_the_variance_of_members():
    X, _, pool = learner_and_pool(model=RandomForestRegressor(7))
    trees = np.array([tree.predict(X[12:]) for tree in pool._memory.source.model.estimators_])
    assert_allclose(QueryByCommittee("variance").scores(pool), trees.var(axis=0))
    assert_allclose(StandardDeviation().scores(pool), trees.std(axis=0))
    assert_allclose(QueryByCommittee(range_of_members).scores(pool), np.ptp(trees, axis=0))


@pytest.mark.parametrize("fit_intercept", [True, False])
def test_expected_model_change_is_the_mean_length_of_gradients(fit_intercept):
    rng = np.random.RandomState(0)
    X, f, members = rng.normal(size=(9, 3)), rng.normal(size=9), rng.normal(size=(4, 9))
    expected = reference_acquisition.expected_model_change(f, members, X, fit_intercept)
    for rows in (X, sp.csr_matrix(X)):
        got = expected_model_change(f, members, rows, fit_intercept=fit_intercept)
        assert_allclose(got, expected)
    pool = Pool.from_arrays(X, prediction=f, member_prediction=members)
    assert_allclose(ExpectedModelChange(fit_intercept).scores(pool), expected)


def test_expected_model_change_is_the_step_of_a_linear_model():
    X, y = data()
    model = Committee(Ridge(), n_members=4, random_state=0)
    pool = ActiveLearner(model, random_state=0).fit(X[:12], y[:12]).pool(X[12:])
    score = ExpectedModelChange().scores(pool)[7]
    members = pool.member_prediction[:, 7]
    # Half the squared error of (w, b) at the sample changes by this gradient, whatever w and b.
    steps = [np.append(X[19], 1) * (pool.prediction[7] - number) for number in members]
    assert_allclose(score, np.mean([np.linalg.norm(step) for step in steps]))


@pytest.mark.parametrize(
    "arrays, message",
    [
        (([[1.0]], [[1.0]], [[1.0]]), r"prediction must have shape \(n_samples,\)"),
        (([1.0], [1.0], [[1.0]]), r"member_prediction must have shape \(n_members, n_samples\)"),
        (([1.0], np.empty((0, 1)), [[1.0]]), "member_prediction must have shape"),
        (([1.0], [[1.0, 2.0]], [[1.0]]), "a column for each of the 1 numbers of prediction"),
        (([np.nan], [[1.0]], [[1.0]]), "prediction must be finite, but that of sample 0 is nan"),
        (([1.0], [[1.0]], [[1.0], [2.0]]), "a row for each of the 1 rows of prediction, got 2"),
        (([1.0], [[1.0]], [[np.inf]]), "X must be finite"),
    ],
)
def test_expected_model_change_refuses_what_is_wrong(arrays, message):
    with pytest.raises(ValueError, match=message):
        expected_model_change(*arrays)


@pytest.mark.parametrize(
    "strategy",
    [QueryByCommittee(), QueryByCommittee("kl"), UncertaintySampling(), UncertaintyHerding()],
    ids=repr,
)
def test_a_strategy_for_classes_names_what_regressors_take(strategy):
    _, _, pool = learner_and_pool(model=RandomForestRegressor(3))
    with pytest.raises(MissingOutputError, match=r"is a regressor.*QueryByCommittee\('variance"):
        strategy.query(pool, 2)


@pytest.mark.parametrize(
    "strategy",
    [
        GreedyY(),
        ImprovedGreedy(),
        StandardDeviation(),
        QueryByCommittee("variance"),
        ExpectedModelChange(),
        UncertaintyHerding("std"),
    ],
    ids=repr,
)
def test_a_strategy_for_numbers_says_that_a_classifier_has_none(strategy):
    X, y = data()
    labels = np.where(y > 0, "a", "b")
    pool = ActiveLearner(LogisticRegression()).fit(X[:12], labels[:12]).pool(X[12:])
    with pytest.raises(MissingOutputError, match="is a classifier, which predicts one class"):
        strategy.query(pool, 2)


@pytest.mark.parametrize("strategy", [StandardDeviation(), UncertaintyHerding("std")], ids=repr)
def test_a_model_without_deviations_is_told_what_has_them(strategy):
    _, _, pool = learner_and_pool()
    with pytest.raises(MissingOutputError, match=r"return_std.*skal\.Committee\(regressor\)"):
        strategy.query(pool, 2)


@pytest.mark.parametrize("strategy", [GreedyY(), ImprovedGreedy()], ids=repr)
def test_labels_that_are_no_numbers_are_refused(strategy):
    X, y = data(n=20)
    for labels, message in ((["a", "b"], "must be an array of numbers"), ([1, np.inf], "finite")):
        labeled = Pool.from_arrays(X[:2], y=labels)
        pool = Pool.from_arrays(X[2:], prediction=y[2:], labeled=labeled)
        with pytest.raises(ValueError, match=f"y of the labeled samples .*{message}"):
            strategy.query(pool, 2)


@pytest.mark.parametrize("strategy", [GreedyX(), ImprovedGreedy(), LCMD()], ids=repr)
def test_rows_that_are_not_finite_are_named(strategy):
    X, y = data()
    X[3, 1] = np.nan
    with pytest.raises(ValueError, match="row 3 holds NaN"):
        strategy.query(Pool.from_arrays(X, prediction=y), 4)


@pytest.mark.parametrize("name", ["lcmd", "greedy_x", "improved_greedy", "committee_variance"])
def test_learners_take_them_by_name(name):
    X, y = data()
    learner = ActiveLearner(RandomForestRegressor(3), name, random_state=0).fit(X[:12], y[:12])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(learner.query(X[12:], 5)) == 5


@pytest.mark.parametrize("exponent", [-1000, -700, 600, 900])
@pytest.mark.parametrize(
    "strategy",
    [GreedyY(), ImprovedGreedy(), StandardDeviation(), UncertaintyHerding("std")],
    ids=repr,
)
def test_the_unit_of_the_numbers_does_not_matter(strategy, exponent):
    rng = np.random.RandomState(0)
    X, members, y = rng.normal(size=(60, 3)), rng.normal(size=(4, 60)), rng.normal(size=8)

    def query(unit):
        labeled = Pool.from_arrays(X[:8], y=y * unit)
        outputs = {"prediction": members.mean(axis=0) * unit, "member_prediction": members * unit}
        return strategy.query(Pool.from_arrays(X, **outputs, labeled=labeled), n=10)

    assert_array_equal(query(2.0**exponent), query(1.0))


def test_a_variance_that_vanishes_is_refused_and_a_deviation_is_not():
    tiny = np.array([[1e-200, 1e-200, 0.0], [3e-200, 1e-200, 9e-200]])
    pool = Pool.from_arrays(prediction=tiny.mean(axis=0), member_prediction=tiny)
    with pytest.raises(ValueError, match="at most 4.5e-200. Multiply y by a constant, or use Sta"):
        QueryByCommittee("variance").query(pool)
    assert_array_equal(StandardDeviation().query(pool, 3)[:2], [2, 0])
    assert_array_equal(QueryByCommittee("variance").scores(_with_members(tiny[:, [1]])), [0])
    usual = np.column_stack([tiny, [1.0, 2.0]])
    assert QueryByCommittee("variance").query(_with_members(usual))[0] == 3


def _with_members(numbers):
    return Pool.from_arrays(member_prediction=numbers)


def test_a_variance_that_is_not_finite_is_refused():
    pool = Pool.from_arrays(member_prediction=[[1e200, 1.0], [-1e200, 2.0]])
    with pytest.raises(ValueError, match="so small that their variance is finite, got 1e"):
        QueryByCommittee("variance").query(pool)
    assert StandardDeviation().query(pool) == [0]
