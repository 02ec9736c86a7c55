"""Herding agrees, step by step, with the algorithm written down a second time and naively."""

import warnings

import numpy as np
import pytest
import reference_strategies as reference
import scipy.sparse as sp
from numpy.testing import assert_array_equal
from sklearn import config_context
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import VotingClassifier
from sklearn.linear_model import LogisticRegression, Perceptron
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC, LinearSVC

from skal import ActiveLearner, Pool
from skal.embeddings import GradientEmbedding, KernelEmbedding
from skal.pool import MissingOutputError
from skal.strategies import MaxHerding, UncertaintyHerding
from skal.strategies import _herding as herding

WITHOUT_MODEL, WITH_MODEL = MaxHerding(), UncertaintyHerding()


def uneven_data(seed, n_rows=80, n_labeled=13, n_classes=3):
    """Return X, probabilities, labeled X and y of one-sided classes, all on uneven scales."""
    rng = np.random.RandomState(seed)
    scales = 10.0 ** rng.uniform(-3, 3, size=4)
    X = rng.normal(size=(n_rows + n_labeled, 4)) * scales + 10 * scales * rng.rand(4)
    proba = rng.dirichlet(np.full(n_classes, 0.5), size=n_rows)
    y = np.where(rng.rand(n_labeled) < 0.7, 0, rng.randint(n_classes, size=n_labeled))
    y[:2] = 0, 1
    return X[:n_rows], proba, X[n_rows:], y


def gap(proba):
    largest = np.sort(proba, axis=1)
    return largest[:, -1] - largest[:, -2]


@pytest.mark.parametrize("n", [1, 2, 9, 80])
@pytest.mark.parametrize("seed", range(6))
def test_the_whole_algorithm(seed, n):
    X, proba, X_labeled, y = uneven_data(seed)
    labeled = Pool.from_arrays(X_labeled, y=y)
    pool = Pool.from_arrays(X, proba=proba, labeled=labeled, random_state=0)
    expected = reference.herding(X, n, X_labeled, 1 - gap(proba), y, 3)
    np.testing.assert_array_equal(WITH_MODEL.query(pool, n), expected)
    expected = reference.herding(X, n, X_labeled)
    np.testing.assert_array_equal(WITHOUT_MODEL.query(pool, n), expected)
    pool = Pool.from_arrays(X, proba=proba, random_state=0)
    for strategy in (WITH_MODEL, WITHOUT_MODEL):
        np.testing.assert_array_equal(strategy.query(pool, n), reference.herding(X, n))


def test_every_third_candidate_decides_the_bandwidth_of_a_larger_pool():
    X, proba, X_labeled, y = uneven_data(0, n_rows=270)
    labeled = Pool.from_arrays(X_labeled, y=y)
    pool = Pool.from_arrays(X, proba=proba, labeled=labeled)
    expected = reference.herding(X, 30, X_labeled, 1 - gap(proba), y, 3)
    np.testing.assert_array_equal(WITH_MODEL.query(pool, 30), expected)


@pytest.mark.parametrize("share", [0.5, 0.3, 0.1, 0.02])
def test_the_exponent_follows_the_balance_of_the_labels(share):
    X, proba, X_labeled, _ = uneven_data(3, n_labeled=100, n_classes=2)
    y = (np.arange(100) < 100 * share).astype(int)
    pool = Pool.from_arrays(X, proba=proba, labeled=Pool.from_arrays(X_labeled, y=y))
    expected = reference.herding(X, 20, X_labeled, 1 - gap(proba), y, 2)
    np.testing.assert_array_equal(WITH_MODEL.query(pool, 20), expected)


def test_of_one_by_one_every_tenth_regards_coverage_alone():
    for n_labeled in (9, 10, 11, 20, 23):
        X, proba, X_labeled, y = uneven_data(n_labeled, n_labeled=n_labeled)
        labeled = Pool.from_arrays(X_labeled, y=y)
        plain = WITHOUT_MODEL.query(Pool.from_arrays(X, labeled=labeled), 1)
        proba[:] = 1 / 3
        proba[plain] = 1, 0, 0
        pool = Pool.from_arrays(X, proba=proba, labeled=labeled)
        expected = reference.herding(X, 1, X_labeled, 1 - gap(proba), y, 3)
        np.testing.assert_array_equal(WITH_MODEL.query(pool, 1), expected)
        if n_labeled % 10 == 0:
            np.testing.assert_array_equal(WITH_MODEL.query(pool, 1), plain)


def doubt_of(model, X):
    """Return 1 minus the gap, by the kind of output of a model."""
    if hasattr(model, "predict_proba"):
        return 1 - gap(model.predict_proba(X))
    if not hasattr(model, "decision_function"):
        votes = np.array([one.predict(X) for one in model.estimators_])
        counts = [np.sort(np.bincount(of_row, minlength=3)) for of_row in votes.T]
        return np.array([1 - (c[-1] - c[-2]) / len(votes) for c in counts])
    if isinstance(model, SVC) and len(model.classes_) > 2:
        pairs = SVC(gamma="auto", decision_function_shape="ovo").fit(*model.taught)
        by_class, by_pair = model.decision_function(X), pairs.decision_function(X)
        doubts = []
        for of_class, of_pair in zip(by_class, by_pair, strict=True):
            first, second = sorted(np.argsort(of_class)[-2:])
            place = [(0, 1), (0, 2), (1, 2)].index((first, second))
            doubts.append(1 - np.tanh(abs(of_pair[place])))
        return np.array(doubts)
    decision = model.decision_function(X)
    return 1 - np.tanh(abs(decision) if decision.ndim == 1 else gap(decision))


VOTERS = [("a", GaussianNB()), ("b", KNeighborsClassifier(1)), ("c", Perceptron(random_state=0))]


@pytest.mark.parametrize(
    "model",
    [
        LogisticRegression(),
        LinearSVC(),
        SVC(gamma="auto"),
        VotingClassifier(VOTERS, voting="hard"),
        VotingClassifier(VOTERS[:2], voting="soft"),
    ],
    ids=lambda model: f"{type(model).__name__}-{getattr(model, 'voting', '')}",
)
@pytest.mark.parametrize("n_classes", [2, 3])
def test_the_gap_of_every_kind_of_output(model, n_classes):
    rng = np.random.RandomState(0)
    X = rng.normal(size=(93, 2))
    y = (np.digitize(X[:, 0] + 0.3 * X[:, 1], [-0.4, 0.4]) if n_classes == 3 else X[:, 0] > 0) * 1
    learner = ActiveLearner(model, WITH_MODEL, random_state=0).fit(X[:33], y[:33])
    learner.estimator_.taught = X[:33], y[:33]
    doubt = doubt_of(learner.estimator_, X[33:])
    expected = reference.herding(X[33:], 12, X[:33], doubt, y[:33], n_classes)
    np.testing.assert_array_equal(learner.query(X[33:], 12), expected)


@pytest.mark.parametrize(
    "measure, doubt",
    [
        ("least_confidence", lambda p: 1 - p.max(axis=1)),
        ("entropy", lambda p: -(p * np.log(p)).sum(axis=1)),
        (lambda p: 7 - 3 * p.max(axis=1), lambda p: 1 - np.interp(p.max(1), *ends(p.max(1)))),
        (lambda p: np.ones(len(p)), lambda p: np.ones(len(p))),
    ],
)
def test_other_measures(measure, doubt):
    X, proba, X_labeled, y = uneven_data(5)
    pool = Pool.from_arrays(X, proba=proba, labeled=Pool.from_arrays(X_labeled, y=y))
    expected = reference.herding(X, 15, X_labeled, doubt(proba), y, 3)
    np.testing.assert_array_equal(UncertaintyHerding(measure).query(pool, 15), expected)


def ends(values):
    return [values.min(), values.max()], [0, 1]


def test_an_infinite_measure_is_a_limit():
    X, proba, X_labeled, y = uneven_data(5)
    pool = Pool.from_arrays(X, proba=proba, labeled=Pool.from_arrays(X_labeled, y=y))
    is_first = (np.arange(len(X)) < 9).astype(float)
    expected = reference.herding(X, 15, X_labeled, is_first, y, 3)
    for low, high in ((0, np.inf), (-np.inf, 3)):
        strategy = UncertaintyHerding(lambda p, low=low, high=high: np.where(is_first, high, low))
        np.testing.assert_array_equal(strategy.query(pool, 15), expected)


def both(pool, n):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return [strategy.query(pool, n).tolist() for strategy in (WITHOUT_MODEL, WITH_MODEL)]


@pytest.mark.parametrize("scale", [1e-300, 1e-160, 1.0, 1e160, 1e300])
@pytest.mark.parametrize("kind", ["dense", "csr"])
def test_scales_do_not_matter(scale, kind):
    X, proba, X_labeled, y = uneven_data(1)
    X, X_labeled = X / 1e4, X_labeled / 1e4
    as_kind = sp.csr_matrix if kind == "csr" else np.asarray
    answers = []
    for factor in (1.0, scale):
        labeled = Pool.from_arrays(as_kind(X_labeled * factor), y=y)
        pool = Pool.from_arrays(as_kind(X * factor), proba=proba, labeled=labeled)
        answers.append(both(pool, 20))
    assert answers[0] == answers[1]


@pytest.mark.parametrize("tiny", [1e-100, 1e-154, 2e-155])
def test_one_distance_may_be_tiny_beside_the_others(tiny):
    X = sp.csr_matrix(np.array([[0.0], [tiny], [1.0], [2.0], [4.0]]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert_array_equal(MaxHerding().query(Pool.from_arrays(X), 3), [2, 4, 0])


def test_copies_come_last_whatever_the_doubt():
    X, proba, X_labeled, y = uneven_data(2, n_rows=12)
    pool = Pool.from_arrays(
        np.repeat(X, 5, axis=0),
        proba=np.repeat(proba, 5, axis=0),
        labeled=Pool.from_arrays(np.concatenate([X_labeled, X[:2]]), y=[*y, 0, 1]),
    )
    for picks in both(pool, 60):
        assert sorted(pick // 5 for pick in picks[:10]) == list(range(2, 12))
        assert all(pick % 5 == 0 for pick in picks[:10])
        assert picks[10:] == sorted(picks[10:])


def test_constant_columns_do_not_matter():
    X, proba, X_labeled, y = uneven_data(4)

    def with_columns(rows):
        constants = np.full((len(rows), 4), [0.0, 1e-200, 0.1, 1e200])
        return np.column_stack([constants, rows])

    answers = []
    for change in (np.asarray, with_columns):
        labeled = Pool.from_arrays(change(X_labeled), y=y)
        answers.append(both(Pool.from_arrays(change(X), proba=proba, labeled=labeled), 10))
    assert answers[0] == answers[1]


def test_a_column_that_is_constant_in_the_pool_alone_is_not_scaled():
    X, _, X_labeled, y = uneven_data(4)
    X[:, 0], X_labeled[:, 0] = 3, 3
    X_labeled[:4, 0] = 1e300  # these are near to nothing
    pool = Pool.from_arrays(X, labeled=Pool.from_arrays(X_labeled, y=y))
    rest = Pool.from_arrays(X, labeled=Pool.from_arrays(X_labeled[4:], y=y[4:]))
    gammas = (reference.herding_gamma(X / X.std(axis=0).clip(1e-3), 1 / k) for k in (14, 23))
    assert len(set(gammas)) == 2  # so the bandwidths differ, the first pick need not
    assert WITHOUT_MODEL.query(pool, 1) == WITHOUT_MODEL.query(rest, 1)


@pytest.mark.parametrize("X", [np.ones((7, 3)), np.zeros((7, 1)), sp.csr_matrix((7, 3))])
def test_equal_rows_are_taken_in_order(X):
    assert both(Pool.from_arrays(X), 7) == [list(range(7))] * 2
    labeled = Pool.from_arrays(X[:2], y=[0, 1])
    pool = Pool.from_arrays(X, proba=np.full((7, 2), 0.5), labeled=labeled)
    assert both(pool, 3) == [[0, 1, 2]] * 2


def test_small_pools_and_single_columns():
    for n_rows in (1, 2, 3):
        for n_columns in (1, 2):
            X = np.random.RandomState(0).normal(size=(n_rows, n_columns))
            for n in range(1, n_rows + 1):
                expected = reference.herding(X, n).tolist()
                assert both(Pool.from_arrays(X), n) == [expected] * 2
    X, proba, X_labeled, y = uneven_data(9)
    pool = Pool.from_arrays(X[:, :1], proba=proba, labeled=Pool.from_arrays(X_labeled[:, :1], y=y))
    expected = reference.herding(X[:, :1], 10, X_labeled[:, :1], 1 - gap(proba), y, 3)
    np.testing.assert_array_equal(WITH_MODEL.query(pool, 10), expected)


def with_rounding_errors(certain, dtype=np.float64):
    """Return probabilities of 1 that are short of it by some units in the last place."""
    units = np.random.RandomState(0).randint(0, 4, size=(len(certain), 1))
    return (certain * (1 - units * np.finfo(dtype).eps)).astype(dtype)


def test_small_doubts_count_as_long_as_they_are_above_rounding_errors():
    X, proba, X_labeled, y = uneven_data(7)
    labeled = Pool.from_arrays(X_labeled, y=y)
    doubt = 1e-12 * np.random.RandomState(0).rand(len(X))
    nearly = np.column_stack([1 - doubt, doubt, 0 * doubt])
    expected = reference.herding(X, 9, X_labeled, 1 - gap(nearly), y, 3)
    pool = Pool.from_arrays(X, proba=nearly, labeled=labeled)
    assert WITH_MODEL.query(pool, 9).tolist() == expected.tolist()
    assert expected.tolist() != WITHOUT_MODEL.query(pool, 9).tolist()


def test_weights_are_equal_without_doubt_or_classes():
    X, proba, X_labeled, y = uneven_data(7)
    expected = reference.herding(X, 9, X_labeled).tolist()
    certain = np.eye(3)[np.zeros(len(X), dtype=int)]
    one_class = Pool.from_arrays(X_labeled, y=np.zeros(len(y), dtype=int))
    labeled = Pool.from_arrays(X_labeled, y=y)
    for pool in (
        Pool.from_arrays(X, proba=certain, labeled=labeled),
        Pool.from_arrays(X, proba=with_rounding_errors(certain), labeled=labeled),
        Pool.from_arrays(X, proba=with_rounding_errors(certain, np.float32), labeled=labeled),
        Pool.from_arrays(X, proba=proba, labeled=one_class),
        Pool.from_arrays(X, proba=np.ones((len(X), 1)), labeled=labeled),
    ):
        assert both(pool, 9) == [expected] * 2


def test_sparse_rows_are_not_scaled():
    rng = np.random.RandomState(0)
    X = rng.normal(size=(70, 6)) * (rng.rand(70, 6) < 0.4) * 10.0 ** np.arange(-2, 4)
    pool = Pool.from_arrays(sp.csr_matrix(X[:50]), labeled=Pool.from_arrays(X[50:], y=[0, 1] * 10))
    K, labeled = reference.sq_distances(X[:50], X[:50]), reference.sq_distances(X[50:], X[:50])
    gamma = reference.herding_gamma(X[:50], 1 / 28)
    expected, _ = reference.reference_geometry.max_coverage(
        np.exp(-gamma * K), 8, cover=np.exp(-gamma * labeled).max(axis=0)
    )
    assert WITHOUT_MODEL.query(pool, 8).tolist() == expected.tolist()


def test_rows_of_gradients_and_kernels():
    X, proba, X_labeled, y = uneven_data(0)
    X, X_labeled = X / X.std(axis=0), X_labeled / X.std(axis=0)
    labeled = Pool.from_arrays(X_labeled, y=y, proba=np.full((13, 3), 1 / 3))
    pool = Pool.from_arrays(X, proba=proba, labeled=labeled)
    kernel = KernelEmbedding("linear")
    # The feature space of the linear kernel is X itself, and kernels have no columns to scale.
    gamma = reference.herding_gamma(X, 1 / 18)
    expected, _ = reference.reference_geometry.max_coverage(
        np.exp(-gamma * reference.sq_distances(X, X)),
        5,
        cover=np.exp(-gamma * reference.sq_distances(X_labeled, X)).max(axis=0),
    )
    assert MaxHerding(embedding=kernel).query(pool, 5).tolist() == expected.tolist()
    picks = UncertaintyHerding(embedding=GradientEmbedding()).query(pool, 5)
    assert len(set(picks.tolist())) == 5


class Watched(ClassifierMixin, BaseEstimator):
    """Remember which rows were predicted or embedded; X holds row numbers and features."""

    def __init__(self):
        self.seen = []
        self.classes_ = np.array([0, 1])

    def fit(self, X, y):
        return self

    def predict(self, X):
        return self.predict_proba(X).argmax(axis=1)

    def predict_proba(self, X):
        self.seen.append(("proba", X[:, 0].astype(int)))
        p = 1 / (1 + np.exp(-X[:, 1]))
        return np.column_stack([1 - p, p])

    def embed(self, X):
        self.seen.append(("embedding", X[:, 0].astype(int)))
        return X[:, 1:]


@pytest.mark.parametrize(
    "n, n_candidates, size", [(3, None, 600), (45, None, 900), (5, 70, 70), (80, 70, 80)]
)
def test_nothing_is_computed_for_others_than_the_candidates(n, n_candidates, size):
    rng = np.random.RandomState(0)
    X = np.column_stack([np.arange(2000), rng.normal(size=(2000, 3))])
    X_labeled = np.column_stack([np.full(4, -1), rng.normal(size=(4, 3))])
    model = Watched()
    pool = Pool(model, X, labeled=Pool(model, X_labeled, y=np.array([0, 1, 0, 1])), random_state=3)
    for strategy in (UncertaintyHerding, MaxHerding):
        model.seen.clear()
        fresh = Pool(model, X, labeled=pool.labeled, random_state=3)
        picks = strategy(n_candidates=n_candidates).query(fresh, n)
        rows = [set(seen.tolist()) - {-1} for _, seen in model.seen]
        rows = [of_call for of_call in rows if of_call]
        assert all(of_call == rows[0] for of_call in rows) and len(rows[0]) == size
        assert {name for name, _ in model.seen} >= {"embedding"}
        drawn = np.array(sorted(rows[0]))
        doubt = None if strategy is MaxHerding else 1 - gap(model.predict_proba(X[drawn]))
        expected = reference.herding(X[drawn, 1:], n, X_labeled[:, 1:], doubt, [0, 1, 0, 1], 2)
        np.testing.assert_array_equal(picks, drawn[expected])
        np.testing.assert_array_equal(picks, strategy(n_candidates=n_candidates).query(fresh, n))
        others = Pool(model, X, labeled=pool.labeled, random_state=4)
        assert set(strategy(n_candidates=n_candidates).query(others, n)) != set(picks)


def test_scores_are_gains_that_never_grow():
    X, proba, X_labeled, y = uneven_data(3)
    pool = Pool.from_arrays(X, proba=proba, labeled=Pool.from_arrays(X_labeled, y=y))
    for strategy in (WITH_MODEL, WITHOUT_MODEL):
        scores = strategy.select(pool, 80).scores
        assert scores.shape == (80,) and (scores >= 0).all()
        assert (np.diff(scores) <= 1e-9).all()


def test_the_working_memory_and_threads_change_nothing():
    rng = np.random.RandomState(0)
    X = np.repeat(rng.normal(size=(700, 20)), 3, axis=0).astype(np.float32)
    y = (X[:, 0] > 0).astype(int)
    answers = []
    for n_jobs, memory in ((None, 1024), (4, 0.01), (1, 1)):
        learner = ActiveLearner(LogisticRegression(), WITH_MODEL, n_jobs=n_jobs, random_state=0)
        with config_context(working_memory=memory):
            answers.append(learner.fit(X[:60], y[:60]).query(X[60:], 70).tolist())
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize("strategy", [WITH_MODEL, WITHOUT_MODEL])
def test_a_missing_space_is_named(strategy):
    name = type(strategy).__name__
    with pytest.raises(MissingOutputError, match=f"{name} reads `pool.embedding`"):
        strategy.query(Pool.from_arrays([["a"], ["b"]]), 1)
    for bad in (np.nan, np.inf):
        with pytest.raises(MissingOutputError, match="holds NaN or infinity"):
            strategy.query(Pool.from_arrays([[0.0], [bad]]), 1)
        labeled = Pool.from_arrays([[bad]], y=[0])
        with pytest.raises(MissingOutputError, match="holds NaN or infinity"):
            strategy.query(Pool.from_arrays([[0.0], [1.0]], labeled=labeled), 1)


def test_a_missing_prediction_is_named():
    labeled = Pool.from_arrays([[0.0], [1.0]], y=[0, 1])
    pool = Pool.from_arrays([[0.0], [2.0]], labeled=labeled)
    with pytest.raises(MissingOutputError, match="UncertaintyHerding reads `pool.proba`"):
        WITH_MODEL.query(pool, 1)
    decision = Pool.from_arrays([[0.0], [2.0]], decision=[0.5, 1.0], labeled=labeled)
    with pytest.raises(MissingOutputError, match="UncertaintyHerding reads `pool.proba`"):
        UncertaintyHerding("entropy").query(decision, 1)


def test_candidates_are_drawn_in_the_order_of_the_pool():
    pool = Pool.from_arrays(np.arange(5000.0)[:, None], random_state=0)
    drawn = herding._draw(pool, 10, None)
    assert len(drawn) == 600 and (np.diff(drawn) > 0).all()
    assert herding._draw(pool, 300, None) is None and herding._draw(pool, 10, 5000) is None
