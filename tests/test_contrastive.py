"""Contrastive sampling (CAL): the function of arrays, the neighbors and the strategy."""

import numpy as np
import pytest
import reference_acquisition as reference
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn import config_context
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skal import ActiveLearner, Pool
from skal.acquisition import contrastive
from skal.embeddings import GradientEmbedding, KernelEmbedding
from skal.geometry import KernelRows, OuterRows, nearest_rows
from skal.pool import MissingOutputError
from skal.strategies import ContrastiveSampling
from skal.testing import check_strategy


def example(n_samples=40, n_labeled=15, n_classes=4, seed=0):
    rng = np.random.RandomState(seed)
    return (
        rng.dirichlet(np.ones(n_classes), n_samples),
        rng.normal(size=(n_samples, 3)),
        rng.dirichlet(np.ones(n_classes), n_labeled),
        rng.normal(size=(n_labeled, 3)),
    )


def on_a_grid(seed=0):
    """Return rows on a grid, so that many labeled samples are equally far."""
    rng = np.random.RandomState(seed)
    proba, _, labeled_proba, _ = example(30, 25)
    return proba, rng.randint(3, size=(30, 2)), labeled_proba, rng.randint(3, size=(25, 2))


@pytest.mark.parametrize("n_neighbors", [1, 3, 10, 15, 99])
@pytest.mark.parametrize("make", [example, on_a_grid])
def test_scores_equal_those_of_the_slow_twin(make, n_neighbors):
    args = make()
    scores = contrastive(*args, n_neighbors=n_neighbors)
    assert_allclose(scores, reference.contrastive(*args, n_neighbors), atol=1e-13)
    nats = contrastive(*args, n_neighbors=n_neighbors, base=np.e)
    assert_allclose(nats, scores * np.log(2))


def test_zeros_of_a_sample_are_infinite_and_those_of_a_neighbor_nothing():
    labeled = [[0.5, 0.5, 0.0]]
    proba = [[1.0, 0.0, 0.0], [0.25, 0.25, 0.5], [0.5, 0.5, 0.0]]
    scores = contrastive(proba, [[0.0]] * 3, labeled, [[0.0]])
    assert_allclose(scores, [np.inf, 1.0, 0.0], atol=1e-15)
    drawn = np.random.default_rng(0).integers(0, 3, (30, 4)).astype(float)
    drawn[:, 0] += drawn.sum(axis=1) == 0
    drawn /= drawn.sum(axis=1, keepdims=True)
    X = np.random.default_rng(1).normal(size=(30, 2))
    args = drawn[:20], X[:20], drawn[20:], X[20:]
    assert_allclose(contrastive(*args, n_neighbors=4), reference.contrastive(*args, 4), atol=1e-13)


def test_equal_predictions_are_never_below_zero():
    proba = np.random.default_rng(0).dirichlet(np.ones(5), 50)
    X = np.arange(50.0)[:, None]
    scores = contrastive(proba, X, proba, X, n_neighbors=1)
    assert (scores >= 0).all() and (scores < 1e-14).all()


def test_no_samples_have_no_scores():
    proba, X, labeled_proba, labeled_X = example()
    assert contrastive(proba[:0], X[:0], labeled_proba, labeled_X).shape == (0,)


def test_permutations_of_rows_classes_and_labeled_samples():
    proba, X, labeled_proba, labeled_X = example()
    scores, rng = contrastive(proba, X, labeled_proba, labeled_X), np.random.default_rng(0)
    rows, classes, order = rng.permutation(40), rng.permutation(4), rng.permutation(15)
    assert_allclose(
        contrastive(proba[rows], X[rows], labeled_proba, labeled_X), scores[rows], atol=1e-13
    )
    for same in (
        (proba[:, classes], X, labeled_proba[:, classes], labeled_X),
        (proba, X, labeled_proba[order], labeled_X[order]),
        (proba, sp.csr_array(X), labeled_proba, sp.csr_array(labeled_X)),
        (proba, X + 1e6, labeled_proba, labeled_X + 1e6),
        (proba, X * 1e-250, labeled_proba, labeled_X * 1e-250),
    ):
        assert_allclose(contrastive(*same), scores, atol=1e-9)


@pytest.mark.parametrize(
    "change, message",
    [
        ({0: np.ones((40, 4))}, "Rows of proba must sum to 1"),
        ({2: np.ones((15, 4))}, "Rows of labeled_proba must sum to 1"),
        ({1: np.ones((39, 3))}, "embedding must have a row for each of the 40 .* got 39"),
        ({3: np.ones((14, 3))}, "labeled_embedding must have a row for each of the 15 .* got 14"),
        ({2: np.full((15, 2), 0.5)}, r"labeled_proba must have a column for each of the 4"),
        ({2: np.empty((0, 4)), 3: np.empty((0, 3))}, "at least one labeled sample, got none"),
        ({3: np.ones((15, 2))}, "labeled_embedding must have as many dimensions"),
        ({1: np.full((40, 3), np.nan)}, "embedding"),
    ],
)
def test_bad_arrays(change, message):
    args = [change.get(i, given) for i, given in enumerate(example())]
    with pytest.raises(ValueError, match=message):
        contrastive(*args)


@pytest.mark.parametrize("n_neighbors", [0, -1, 1.5, True, None])
def test_bad_numbers_of_neighbors(n_neighbors):
    with pytest.raises(ValueError, match="n_neighbors must be a positive integer, got"):
        contrastive(*example(), n_neighbors=n_neighbors)


# Neighbors


def slow_nearest(sq, n):
    return [sorted(sorted(range(len(row)), key=lambda j: (row[j], j))[:n]) for row in sq]


@pytest.mark.parametrize("n", [1, 4, 12, 50])
@pytest.mark.parametrize("kind", ["dense", "csr", "float32", "outer", "kernel"])
def test_nearest_rows_are_the_first_of_a_sort(kind, n):
    rng = np.random.RandomState(0)
    A, B = (rng.randint(-2, 3, size=(m, 3)).astype(float) for m in (20, 12))
    sq = ((A[:, None] - B[None]) ** 2).sum(axis=2)
    if kind == "outer":
        left, other = rng.randint(3, size=(20, 2)) * 1.0, rng.randint(3, size=(12, 2)) * 1.0
        of_A, of_B = (
            np.einsum("ij,ik->ijk", *pair).reshape(len(pair[0]), -1)
            for pair in ((left, A), (other, B))
        )
        sq = ((of_A[:, None] - of_B[None]) ** 2).sum(axis=2)
    if kind == "kernel":
        kernel = KernelRows(A, lambda a, b: a @ b.T)
        sq = ((A[:, None] - A[None, [0, 1, 2, 5]]) ** 2).sum(axis=2)
    made = {
        "dense": lambda: (A, B),
        "csr": lambda: (sp.csr_matrix(A), sp.csr_matrix(B)),
        "float32": lambda: (A.astype(np.float32), B.astype(np.float32)),
        "outer": lambda: (OuterRows(left, A), OuterRows(other, B)),
        "kernel": lambda: (kernel, kernel.take(np.array([0, 1, 2, 5]))),
    }[kind]()
    nearest = nearest_rows(*made, n)
    assert nearest.tolist() == slow_nearest(sq, n)


@pytest.mark.parametrize("factor", [1e-8, 0.1, 1 / 3, 1e7 / 3])
def test_rows_that_are_equally_far_may_be_of_different_lengths(factor):
    rng = np.random.RandomState(1)
    A, B = (rng.randint(-2, 3, size=(m, 2)) for m in (40, 25))
    sq = ((A[:, None] - B[None]) ** 2).sum(axis=2)
    for n in (1, 3, 8):
        assert nearest_rows(factor * A, factor * B, n).tolist() == slow_nearest(sq, n)


def test_ties_do_not_depend_on_the_last_digits():
    rng = np.random.RandomState(0)
    X = rng.normal(size=(200, 7))
    # Each labeled row comes four times; only the first copies may count.
    others = np.tile(rng.normal(size=(6, 7)), (4, 1))
    expected = nearest_rows(X, others, 3)
    assert [row.tolist() for row in nearest_rows(X, others[:6], 1)] == [[r[0]] for r in expected]
    for memory in (0.001, 0.01, 1024):
        with config_context(working_memory=memory):
            assert_array_equal(nearest_rows(X, others, 3), expected)
    noisy = others * (1 + 1e-16 * rng.uniform(-1, 1, size=others.shape))
    assert_array_equal(nearest_rows(X, noisy, 3), expected)


def test_a_far_row_does_not_blur_the_distances_between_others():
    X = np.array([[0.0], [1e-6], [3e-6]])
    assert nearest_rows(X, np.array([[4e-6], [1e-6], [1e9]]), 1).tolist() == [[1], [1], [0]]


# The strategy


@pytest.mark.parametrize(
    "strategy",
    [
        ContrastiveSampling(n_neighbors=1),
        ContrastiveSampling(n_neighbors=1000),
        ContrastiveSampling(embedding=KernelEmbedding("rbf")),
        ContrastiveSampling(embedding=GradientEmbedding()),
    ],
    ids=repr,
)
@pytest.mark.filterwarnings("ignore:ContrastiveSampling compares")
def test_contract(strategy):
    check_strategy(strategy)


def test_the_strategy_scores_by_the_model_behind_its_transformers():
    X, y = load_iris(return_X_y=True)
    model = make_pipeline(StandardScaler(), LogisticRegression())
    learner = ActiveLearner(model, ContrastiveSampling(n_neighbors=3), random_state=0)
    learner.fit(X[::10], y[::10])
    scaler = StandardScaler().fit(X[::10])
    expected = reference.contrastive(
        learner.predict_proba(X),
        scaler.transform(X),
        learner.predict_proba(X[::10]),
        scaler.transform(X[::10]),
        3,
    )
    scores = learner.strategy.scores(learner.pool(X))
    assert_allclose(scores, expected, atol=1e-10)
    assert learner.query(X)[0] == expected.argmax()


def test_trees_that_contradict_their_neighbors_score_infinity():
    X, y = load_iris(return_X_y=True)
    learner = ActiveLearner(DecisionTreeClassifier(random_state=0), ContrastiveSampling())
    selection = learner.fit(X[::5], y[::5]).select(X, 3)
    assert (selection.scores == np.inf).all()


def test_nothing_labeled_is_said():
    pool = Pool.from_arrays([[0.0], [1.0]], proba=[[0.5, 0.5], [0.9, 0.1]], random_state=0)
    with pytest.warns(UserWarning, match="none is labeled"):
        assert_array_equal(ContrastiveSampling().scores(pool), [0, 0])


def test_labeled_samples_without_predictions_are_named():
    labeled = Pool.from_arrays([[0.0]], y=[0])
    pool = Pool.from_arrays([[0.0], [1.0]], proba=[[0.5, 0.5], [0.9, 0.1]], labeled=labeled)
    with pytest.raises(MissingOutputError, match="ContrastiveSampling reads `pool.proba`"):
        ContrastiveSampling().query(pool)
