import numpy as np
import pytest
import reference_density as reference
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from memory import peak_memory
from numpy.testing import assert_allclose, assert_array_equal
from sklearn import config_context
from sklearn.linear_model import LogisticRegression
from sklearn.metrics.pairwise import linear_kernel, rbf_kernel
from sklearn.svm import LinearSVC

from skal import ActiveLearner, Pool
from skal.embeddings import GradientEmbedding, KernelEmbedding
from skal.geometry import KernelRows, OuterRows, density, typicality
from skal.geometry import _sizes as sizes
from skal.pool import MissingOutputError
from skal.strategies import (
    DensityWeighted,
    Distinct,
    QueryByCommittee,
    RankedBatch,
    ScoreStrategy,
    UncertaintySampling,
)
from skal.testing import check_strategy


def outer(X):
    left = np.random.RandomState(5).standard_normal((len(X), 3)).astype(X.dtype)
    return OuterRows(left, X), (left[:, :, None] * X[:, None, :]).reshape(len(X), -1)


KINDS = {
    "dense": lambda X: (X, X),
    "csr": lambda X: (sp.csr_matrix(X), X),
    "outer": outer,
    "kernel": lambda X: (KernelRows(X, linear_kernel), X),
}
DATA = {
    "gaussian": lambda rng: rng.standard_normal((80, 4)),
    "far from the origin": lambda rng: rng.standard_normal((80, 4)) + 1e3,
    "grid": lambda rng: rng.randint(0, 3, size=(80, 2)).astype(float),
    "copies": lambda rng: rng.standard_normal((9, 3))[rng.randint(9, size=80)],
    "sparse": lambda rng: rng.standard_normal((80, 9)) * (rng.random_sample((80, 9)) < 0.2),
    "one dimension": lambda rng: rng.standard_normal((80, 1)),
}


@pytest.fixture(params=KINDS)
def kind(request):
    return KINDS[request.param]


@pytest.fixture(params=DATA)
def X(request):
    return DATA[request.param](np.random.RandomState(0))


@pytest.fixture(params=["as shipped", "tiny blocks"])
def blocks(request, monkeypatch):
    if request.param == "tiny blocks":
        monkeypatch.setattr(sizes, "CHUNK_BYTES", 3000)
        monkeypatch.setattr(sizes, "PAIRS", 7)
        monkeypatch.setattr(sizes, "TERMS", 20)


def is_known_by_products(rows):
    return isinstance(rows, KernelRows)


@pytest.mark.parametrize("n_neighbors", [1, 5, 79, 500])
def test_typicality_is_its_definition(kind, X, n_neighbors, blocks):
    rows, explicit = kind(X)
    expected = reference.typicality(explicit.astype(np.float64), n_neighbors)
    # Distances by products lose the digits that two rows share.
    rtol = 1e-5 if is_known_by_products(rows) and X.max() > 100 else 1e-9
    assert_allclose(typicality(rows, n_neighbors), expected, rtol=rtol)


def test_typicality_of_float32_is_that_of_the_same_numbers(X):
    single = X.astype(np.float32)
    expected = reference.typicality(single.astype(np.float64), 6)
    assert_allclose(typicality(single, 6), expected, rtol=1e-9)


def test_copies_are_infinitely_typical_and_a_single_row_too():
    assert_array_equal(typicality(np.full((5, 3), 0.1), 2), np.inf)
    assert_array_equal(typicality([[1.0], [1.0], [4.0]], 1), [np.inf, np.inf, 1 / 3])
    assert_array_equal(typicality([[7.0]], 3), [np.inf])


def test_near_copies_are_told_apart():
    X = np.repeat([[3.0, 1.0], [8.0, 5.0]], 12, axis=0)
    X[:, 0] += 1e-10 * np.random.RandomState(0).permutation(24)
    assert_allclose(typicality(X, 3), reference.typicality(X, 3), rtol=1e-6)


@settings(max_examples=60, deadline=None)
@given(
    arrays(np.float64, st.tuples(st.integers(1, 12), st.just(2)), elements=st.integers(-3, 3)),
    st.integers(1, 14),
)
def test_typicality_of_any_grid(X, n_neighbors):
    expected = reference.typicality(X, n_neighbors)
    assert_allclose(typicality(X, n_neighbors), expected, rtol=1e-12)


@pytest.mark.parametrize("n_neighbors", [0, -1, 2.5, True, "3", None])
def test_a_wrong_number_of_neighbors(n_neighbors):
    with pytest.raises(ValueError, match="n_neighbors must be"):
        typicality([[1.0], [2.0]], n_neighbors)


@pytest.mark.parametrize("beta", [0, 0.5, 1.0, 2])
@pytest.mark.parametrize("similarity", ["cosine", "euclidean"])
def test_density_is_its_definition(kind, X, beta, similarity, blocks):
    rows, explicit = kind(X)
    expected = reference.density(explicit, beta, similarity)
    got = density(rows, beta=beta, similarity=similarity)
    # A root is steep at 0, where means of cosines may lie.
    atol = 1e-7 if beta == 0.5 or X.max() > 100 else 1e-12
    assert_allclose(got, expected, rtol=1e-7, atol=atol)


def test_copies_have_the_same_density_and_a_single_row_the_density_1():
    rng = np.random.RandomState(0)
    X = np.tile(rng.standard_normal((30, 6)) + 100, (40, 1))
    for similarity in ("cosine", "euclidean"):
        got = density(X, similarity=similarity)
        assert_allclose(got[30:], np.tile(got[:30], 39), rtol=1e-13)
        assert density([[3.0, 4.0]], similarity=similarity) == pytest.approx(1)


def test_density_does_not_depend_on_memory():
    X = np.random.RandomState(0).standard_normal((700, 5))
    for similarity in ("cosine", "euclidean"):
        expected = density(X, similarity=similarity)
        with config_context(working_memory=0.01):
            assert_array_equal(density(X, similarity=similarity), expected)


@pytest.mark.parametrize("similarity", ["cosine", "euclidean"])
def test_density_takes_no_memory_of_all_pairs(similarity):
    X = np.random.RandomState(0).standard_normal((3000, 8))
    assert peak_memory(lambda: density(X, similarity=similarity)) < 3000**2 * 8 / 4


@pytest.mark.parametrize("kind", ["dense", "csr", "outer"])
def test_rows_so_small_that_their_squares_vanish(kind):
    X = np.random.RandomState(0).randint(-1, 3, size=(20, 3)).astype(float)
    rows, dense = KINDS[kind](X)
    small = OuterRows(rows.left, 1e-200 * X) if kind == "outer" else 1e-200 * rows
    assert_allclose(density(small), density(rows), rtol=1e-12)
    assert_allclose(1e-200 * typicality(small, 15), typicality(rows, 15), rtol=1e-12)
    X[::2] *= 1e-200  # beside rows of usual size
    assert_allclose(density(KINDS[kind](X)[0]), density(rows), rtol=1e-12)


def test_a_row_of_zeros_is_like_no_other():
    assert_array_equal(density([[0.0, 0.0], [0.0, 2.0]]), [0.0, 0.5])


@pytest.mark.parametrize(
    "params, words",
    [
        ({"beta": -1}, "beta must be"),
        ({"beta": np.inf}, "beta must be"),
        ({"beta": "1"}, "beta must be"),
        ({"similarity": "rbf"}, "similarity must be"),
    ],
)
def test_wrong_parameters_of_density(params, words):
    with pytest.raises(ValueError, match=words):
        density([[1.0]], **params)


@pytest.mark.parametrize("function", [lambda X: density(X), lambda X: typicality(X, 2)])
def test_rows_that_are_not_finite_are_named(function):
    with pytest.raises(ValueError, match="X must be finite.*row 1"):
        function([[1.0], [np.nan], [2.0]])


# Strategies


@pytest.mark.parametrize(
    "strategy",
    [
        DensityWeighted(beta=2, similarity="euclidean"),
        DensityWeighted(UncertaintySampling("entropy"), beta=0),
        DensityWeighted(embedding=KernelEmbedding("rbf")),
        DensityWeighted(embedding=GradientEmbedding()),
        RankedBatch(QueryByCommittee("kl")),
        RankedBatch(embedding=KernelEmbedding("rbf")),
        RankedBatch(embedding=GradientEmbedding()),
    ],
    ids=repr,
)
def test_contract(strategy):
    check_strategy(strategy)


def arrays_of(n_samples=60, seed=0, n_distinct=None):
    rng = np.random.RandomState(seed)
    which = np.arange(n_samples) if n_distinct is None else rng.randint(n_distinct, size=n_samples)
    X = rng.normal(size=(n_samples, 3))[which]
    return X, rng.dirichlet(np.ones(3), size=n_samples)[which]


class Given(ScoreStrategy):
    """Scores that are written in the first column of X."""

    def score_samples(self, pool):
        return pool.X[:, 0]


@pytest.mark.parametrize("beta", [0.0, 1.0, 2.5])
@pytest.mark.parametrize("similarity", ["cosine", "euclidean"])
def test_density_weighted_multiplies_the_scores(beta, similarity):
    X, proba = arrays_of()
    X = abs(X)
    pool = Pool.from_arrays(X, proba=proba, random_state=0)
    entropy = UncertaintySampling("entropy")
    expected = entropy.scores(pool) * reference.density(X, beta, similarity)
    strategy = DensityWeighted(entropy, beta, similarity)
    assert_allclose(strategy.scores(pool), expected, rtol=1e-10)
    assert_array_equal(strategy.query(pool, 20), np.argsort(-expected)[:20])


def test_negative_and_infinite_scores_still_favor_dense_samples():
    X = np.array([[-3.0, 1.0], [-3.0, 40.0], [-3.0, 1.0], [-9.0, 1.0], [np.inf, 0], [-np.inf, 0]])
    embedding = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 0.0], [1.0, 0.0], [1.0, 0.0]])
    pool = Pool.from_arrays(X, embedding=embedding, random_state=0)
    scores = DensityWeighted(Given()).scores(pool)
    assert np.isfinite(scores).all() and (scores >= 0).all()
    assert scores[0] == scores[2] == scores[4] > scores[1] > scores[3] == scores[5] == 0


@pytest.mark.parametrize("n_labeled", [0, 1, 30])
@pytest.mark.parametrize("n_distinct", [None, 8])
@pytest.mark.parametrize("n", [1, 15, 60])
def test_ranked_batch_is_the_naive_replay(n_labeled, n_distinct, n, blocks):
    for seed in range(4):
        X, proba = arrays_of(60 + n_labeled, seed, n_distinct)
        labeled, y = X[60:], np.arange(n_labeled)
        known = Pool.from_arrays(labeled, y=y) if n_labeled else None
        pool = Pool.from_arrays(X[:60], proba=proba[:60], labeled=known, random_state=0)
        scores = UncertaintySampling().scores(pool)
        expected = reference.ranked_batch(X[:60], scores, n, labeled if n_labeled else None)
        assert_array_equal(RankedBatch().query(pool, n), expected)


def test_ranked_batch_tells_the_values_of_its_picks():
    X, proba = arrays_of()
    pool = Pool.from_arrays(X, proba=proba, random_state=0)
    selection = RankedBatch().select(pool, 3)
    first, second, _ = selection.positions
    assert selection.scores[0] == 1
    unlike = 1 - 1 / (1 + np.linalg.norm(X[first] - X[second]))
    score = UncertaintySampling().scores(pool)[second]
    assert selection.scores[1] == pytest.approx(59 / 60 * unlike + 1 / 60 * score)


def test_scores_without_a_unit_are_brought_between_0_and_1():
    rng = np.random.RandomState(0)
    X, y = rng.normal(size=(80, 3)), np.arange(80) % 2
    learner = ActiveLearner(LinearSVC(), RankedBatch(), random_state=0).fit(X[:20], y[:20])
    pool = learner.pool(X[20:])
    distances = UncertaintySampling().scores(pool)
    shares = (distances - distances.min()) / np.ptp(distances)
    expected = reference.ranked_batch(X[20:], shares, 12, X[:20])
    assert_array_equal(learner.query(X[20:], 12), expected)


@pytest.mark.parametrize("strategy", [RankedBatch(), Distinct(DensityWeighted())], ids=repr)
def test_copies_come_last(strategy):
    X, proba = arrays_of(90, n_distinct=12)
    n_distinct = len(np.unique(X, axis=0))
    chosen = strategy.query(Pool.from_arrays(X, proba=proba, random_state=0), n_distinct)
    assert len(np.unique(X[chosen], axis=0)) == n_distinct


@pytest.mark.parametrize("strategy", [RankedBatch(), DensityWeighted()], ids=repr)
def test_missing_outputs_are_named(strategy):
    with pytest.raises(MissingOutputError, match="pool.proba"):
        strategy.query(Pool.from_arrays([[1.0], [2.0]]))
    learner = ActiveLearner(LogisticRegression(), strategy).fit([[0.0], [1.0]], [0, 1])
    pool = Pool.from_arrays(["a", "b"], proba=[[0.5, 0.5], [0.6, 0.4]])
    with pytest.raises(MissingOutputError, match="pool.embedding"):
        strategy.query(pool)
    assert len(learner.query([[0.3], [0.4]], 2)) == 2


def test_scorers_without_scores_are_refused():
    for strategy in (RankedBatch(3), DensityWeighted("margin"), DensityWeighted(beta=-1)):
        with pytest.raises(ValueError, match="parameter of"):
            strategy.query(Pool.from_arrays([[1.0]], proba=[[0.5, 0.5]]))


def test_kernel_rows_know_the_angle_of_a_kernel():
    X = np.random.RandomState(0).normal(size=(30, 2))
    assert_allclose(density(KernelRows(X, rbf_kernel)), rbf_kernel(X).mean(axis=1))


def test_a_pool_without_samples_has_no_scores():
    pool = Pool.from_arrays(np.empty((0, 2)), proba=np.empty((0, 2)))
    assert DensityWeighted().scores(pool).shape == (0,)
