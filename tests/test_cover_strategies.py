"""ProbCover and FacilityLocation: balls and distances."""

import numpy as np
import pytest
import reference_density as reference
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from memory import peak_memory
from numpy.testing import assert_array_equal
from sklearn import config_context
from sklearn.linear_model import LogisticRegression

from skal import ActiveLearner, Pool
from skal.embeddings import GradientEmbedding, KernelEmbedding
from skal.geometry import _sizes as sizes
from skal.geometry import as_rows, cluster_labels, radius_of_purity
from skal.pool import MissingOutputError
from skal.strategies import FacilityLocation, ProbCover, ScoreStrategy, UncertaintySampling
from skal.testing import check_strategy, strategy_checks


class Given(ScoreStrategy):
    def score_samples(self, pool):
        return pool.X[:, 0]


@pytest.mark.parametrize(
    "strategy",
    [
        ProbCover(embedding=KernelEmbedding("rbf")),
        ProbCover(embedding=GradientEmbedding()),
        FacilityLocation(UncertaintySampling("entropy")),
        FacilityLocation(embedding=KernelEmbedding("rbf")),
        FacilityLocation(UncertaintySampling(), GradientEmbedding()),
    ],
    ids=repr,
)
def test_contract(strategy):
    check_strategy(strategy)


@pytest.mark.parametrize("radius", [0, 0.7, 1e9])
@pytest.mark.parametrize("check", strategy_checks(), ids=lambda check: check.__name__)
def test_contract_with_a_radius(radius, check):
    # Balls often hold equally many samples, and of these the lowest position is chosen.
    if check.__name__ != "check_row_order_is_irrelevant":
        check(ProbCover(radius))


@pytest.fixture(params=["as shipped", "tiny blocks"])
def blocks(request, monkeypatch):
    if request.param == "tiny blocks":
        monkeypatch.setattr(sizes, "PAIRS", 7)
        monkeypatch.setattr(sizes, "TILE", (4, 9))
        monkeypatch.setattr(sizes, "EVALUATED", 2)


def pool_of(X, labeled=None, weights=None, make=np.asarray):
    numbers = np.ones((len(X), 1)) if weights is None else np.reshape(weights, (-1, 1))
    known = None
    if labeled is not None:
        y = np.arange(len(labeled)) % 2
        known = Pool.from_arrays(np.ones((len(y), 1)), embedding=make(labeled), y=y)
    return Pool.from_arrays(numbers, embedding=make(X), labeled=known, random_state=0)


DATA = {
    "gaussian": lambda rng: rng.normal(size=(66, 3)),
    "far from the origin": lambda rng: rng.normal(size=(66, 3)) + 1e4,
    "grid": lambda rng: rng.randint(0, 5, size=(66, 2)).astype(float),
    "copies": lambda rng: rng.normal(size=(9, 3))[rng.randint(9, size=66)],
}


@pytest.fixture(params=DATA)
def X(request):
    return DATA[request.param](np.random.RandomState(0))


@pytest.mark.parametrize("make", [np.asarray, sp.csr_matrix])
@pytest.mark.parametrize("n_labeled", [0, 6])
@pytest.mark.parametrize("radius", [0, 0.5, 1.0, 2.0, 50.0])
def test_prob_cover_is_the_naive_replay(X, radius, n_labeled, make, blocks):
    labeled = X[60:] if n_labeled else None
    expected, gains = reference.prob_cover(X[:60], 60, radius, labeled)
    selection = ProbCover(radius).select(pool_of(X[:60], labeled, make=make), 60)
    assert_array_equal(selection.positions, expected)
    assert_array_equal(selection.scores, gains)


@settings(max_examples=60, deadline=None)
@given(
    arrays(np.float64, st.tuples(st.integers(1, 10), st.just(2)), elements=st.integers(-2, 2)),
    st.sampled_from([0, 1, np.sqrt(2), np.sqrt(5), 3]),
)
def test_balls_are_closed(X, radius):
    expected, _ = reference.prob_cover(X, len(X), radius)
    assert_array_equal(ProbCover(radius).query(pool_of(X), len(X)), expected)


def test_what_is_covered_follows_by_position():
    X = [[0.0], [0.0], [1.0], [1.0], [5.0]]
    selection = ProbCover(1.0).select(pool_of(X), 5)
    assert_array_equal(selection.positions, [0, 4, 1, 2, 3])
    assert_array_equal(selection.scores, [4, 1, 0, 0, 0])
    assert_array_equal(ProbCover(1.0).query(pool_of(X, labeled=[[1.0]]), 5), [4, 0, 1, 2, 3])


@pytest.mark.parametrize("purity", [0.5, 0.95, 1.0])
def test_the_radius_is_the_largest_of_its_purity(X, purity):
    labels = np.random.RandomState(0).randint(2, size=66)
    labels[X[:, 0] > np.median(X[:, 0])] = 2
    radius = radius_of_purity(as_rows(X), labels, purity)
    if radius > 0:
        assert reference.purity(X, labels, radius) >= purity
    larger = np.nextafter(radius, np.inf)
    assert reference.purity(X, labels, larger * (1 + 1e-9)) < purity


def test_without_a_radius_it_is_that_of_pure_balls():
    rng = np.random.RandomState(0)
    X = np.repeat(20 * rng.normal(size=(2, 3)), 40, axis=0) + rng.normal(size=(80, 3))
    labels = cluster_labels(as_rows(X), 2, np.random.RandomState(0))
    radius = radius_of_purity(as_rows(X), labels, 0.95)
    expected, _ = reference.prob_cover(X, 5, radius)
    assert_array_equal(ProbCover().query(pool_of(X), 5), expected)
    assert sorted(expected[:2] // np.array(40)) == [0, 1]


def test_as_many_clusters_as_classes():
    rng = np.random.RandomState(0)
    X = np.repeat(30 * rng.normal(size=(4, 2)), 30, axis=0) + rng.normal(size=(120, 2))
    y = np.repeat(np.arange(4), 30)
    learner = ActiveLearner(LogisticRegression(), ProbCover(), random_state=0)
    learner.fit(X[::30], y[::30])
    pool = np.delete(X, np.arange(0, 120, 30), axis=0)
    everything = np.vstack([pool, X[::30]])
    labels = cluster_labels(as_rows(everything), 4, np.random.RandomState(1))
    radius = radius_of_purity(as_rows(everything), labels, 0.95)
    expected, _ = reference.prob_cover(pool, 6, radius, X[::30])
    assert_array_equal(learner.query(pool, 6), expected)


@pytest.mark.parametrize("strategy", [ProbCover(), ProbCover(0.0), FacilityLocation()], ids=repr)
def test_all_rows_equal_and_single_rows(strategy):
    for n_rows in (1, 2, 9):
        X = np.full((n_rows, 2), 0.1)
        assert_array_equal(np.sort(strategy.query(pool_of(X), n_rows)), np.arange(n_rows))
        labeled = X[:1]
        assert len(strategy.query(pool_of(X, labeled), n_rows)) == n_rows


@pytest.mark.parametrize("strategy", [ProbCover(), ProbCover(1e3), FacilityLocation()], ids=repr)
def test_no_memory_of_all_pairs(strategy):
    pool = pool_of(np.random.RandomState(0).normal(size=(3000, 4)))
    assert peak_memory(strategy.query, pool, 5) < 3000**2 * 8 / 4


@pytest.mark.parametrize("strategy", [ProbCover(0.5), FacilityLocation()], ids=repr)
def test_memory_does_not_change_the_batch(strategy):
    pool = pool_of(np.random.RandomState(0).normal(size=(500, 3)))
    expected = strategy.query(pool, 30)
    with config_context(working_memory=0.01):
        assert_array_equal(strategy.query(pool, 30), expected)


@pytest.mark.parametrize("make", [np.asarray, sp.csr_matrix])
@pytest.mark.parametrize("n_labeled", [0, 6])
@pytest.mark.parametrize("weighted", [False, True])
def test_facility_location_is_the_naive_replay(X, weighted, n_labeled, make, blocks):
    if X.max() > 1e3 and make is sp.csr_matrix:
        X = X - 1e4  # sparse rows are multiplied as they are
    weights = np.random.RandomState(1).randint(0, 3, size=60) / 2 if weighted else np.ones(60)
    labeled = X[60:] if n_labeled else None
    expected = reference.facility_location(X[:60], weights, 25, labeled)
    scorer = Given() if weighted else None
    got = FacilityLocation(scorer).query(pool_of(X[:60], labeled, weights, make), 25)
    assert_array_equal(got, expected)


def test_weights_draw_the_batch_to_large_scores():
    X = [[0.0], [1.0], [2.0], [50.0], [51.0], [52.0]]
    assert FacilityLocation(Given()).query(pool_of(X, weights=[0, 0, 0, 1, 1, 1]))[0] == 4
    assert FacilityLocation(Given()).query(pool_of(X, weights=[1, 1, 1, 0, 0, 0]))[0] == 1
    assert len(FacilityLocation(Given()).query(pool_of(X, weights=np.zeros(6)), 6)) == 6


def test_scores_are_what_a_pick_saves():
    X = np.array([[0.0], [1.0], [2.0], [9.0], [10.0], [11.0]])
    selection = FacilityLocation().select(pool_of(X), 3)
    assert_array_equal(selection.positions, [2, 4, 0])
    assert_array_equal(selection.scores, [-(2 + 1 + 7 + 8 + 9), 7 + 8 + 9 - 2, 2])


@pytest.mark.parametrize("strategy", [ProbCover(), FacilityLocation()], ids=repr)
def test_tiny_values_are_told_apart(strategy):
    X = np.random.RandomState(0).normal(size=(40, 3))
    expected = strategy.query(pool_of(X[:36], X[36:]), 8)
    for exponent in (-700, -1000):
        tiny = np.ldexp(np.ldexp(X, 20).round(), exponent - 20)
        rounded = strategy.query(pool_of(*np.split(np.ldexp(tiny, -exponent), [36])), 8)
        assert_array_equal(strategy.query(pool_of(tiny[:36], tiny[36:]), 8), rounded)
    assert len(expected) == 8


def test_wrong_parameters_and_missing_rows():
    for strategy in (ProbCover(-1), ProbCover(np.inf), ProbCover("1"), FacilityLocation(3)):
        with pytest.raises(ValueError, match="parameter of"):
            strategy.query(pool_of(np.eye(3)))
    for strategy in (ProbCover(), FacilityLocation()):
        with pytest.raises(MissingOutputError, match="reads `pool.embedding`"):
            strategy.query(Pool.from_arrays(["a", "b"]))
