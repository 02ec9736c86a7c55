"""BAIT in the space of a kernel, and the coordinates that it computes there."""

import numpy as np
import pytest
import reference_strategies as reference
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.linear_model import LogisticRegression
from sklearn.metrics.pairwise import pairwise_kernels, polynomial_kernel, rbf_kernel
from sklearn.svm import SVR

from skal import ActiveLearner, Pool
from skal.embeddings import GradientEmbedding, KernelEmbedding
from skal.geometry import KernelRows, _coordinates, coordinates
from skal.strategies import BAIT, RandomSampling, Shortlist, _bait

KERNELS = {
    "linear": KernelEmbedding("linear"),
    "poly": KernelEmbedding("poly", degree=2, gamma=1, coef0=1),
    "rbf": KernelEmbedding("rbf", gamma=0.5),
    "callable": KernelEmbedding(lambda A, B: (A @ B.T) ** 3),
}


def written_down(X):
    """Return features of which (1 + x.z)^2 is the inner product, for X of two columns."""
    a, b = X.T
    root = np.sqrt(2)
    return np.column_stack([np.ones(len(X)), root * a, root * b, a * a, b * b, root * a * b])


def samples(n=20, n_labeled=4, seed=0):
    rng = np.random.RandomState(seed)
    return rng.normal(size=(n, 2)), rng.normal(size=(n_labeled, 2)), rng


def regression_pool(X, X_labeled):
    labeled = Pool.from_arrays(X_labeled, y=np.arange(len(X_labeled)), prediction=X_labeled[:, 0])
    return Pool.from_arrays(X, prediction=X[:, 0], labeled=labeled if len(X_labeled) else None)


def kernel_of(embedding):
    return embedding.transform(Pool.from_arrays(np.ones((1, 2)))).kernel


@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.parametrize("n, n_labeled, backward", [(1, 4, True), (5, 4, True), (6, 0, False)])
def test_numbers_agree_with_variances_from_the_kernel_alone(name, n, n_labeled, backward):
    for seed in range(3):
        X, X_labeled, _ = samples(n_labeled=n_labeled, seed=seed)
        strategy = BAIT(regularization=0.1, backward=backward, embedding=KERNELS[name])
        expected = reference.bait_by_kernel(
            kernel_of(KERNELS[name]), X, X_labeled, n, 0.1, backward
        )
        assert_array_equal(strategy.query(regression_pool(X, X_labeled), n), expected)


@pytest.mark.parametrize("backward", [True, False])
def test_numbers_agree_with_features_that_are_written_down(backward):
    for seed in range(3):
        X, X_labeled, _ = samples(40, seed=seed)
        settings = {"regularization": 0.5, "backward": backward}
        for name, features in [("linear", lambda Z: Z), ("poly", written_down)]:
            by_kernel = BAIT(**settings, embedding=KERNELS[name])
            kernel_pool = regression_pool(X, X_labeled)
            plain_pool = regression_pool(features(X), features(X_labeled))
            got, expected = (
                by_kernel.select(kernel_pool, 7),
                BAIT(**settings).select(plain_pool, 7),
            )
            assert_array_equal(got.positions, expected.positions)
            assert_allclose(got.scores, expected.scores, rtol=1e-9)


@pytest.mark.parametrize("kind", [np.asarray, np.float32, sp.csr_matrix])
@pytest.mark.parametrize("backward", [True, False])
def test_classes_agree_with_features_that_are_written_down(kind, backward):
    for seed in range(3):
        X, X_labeled, rng = samples(30, seed=seed)
        X, X_labeled = (
            X.astype(np.float32).astype(float),
            X_labeled.astype(np.float32).astype(float),
        )
        proba, seen = rng.dirichlet(np.ones(3), size=30), rng.dirichlet(np.ones(3), size=4)
        settings = {"regularization": 0.5, "backward": backward}

        def pool_of(features, proba=proba, seen=seen, X=X, X_labeled=X_labeled):
            labeled = Pool.from_arrays(features(X_labeled), proba=seen, y=[0, 1, 2, 0])
            return Pool.from_arrays(features(X), proba=proba, labeled=labeled)

        got = BAIT(**settings, embedding=KERNELS["poly"]).select(pool_of(kind), 6)
        expected = BAIT(**settings).select(pool_of(written_down), 6)
        assert_array_equal(got.positions, expected.positions)
        assert_allclose(got.scores, expected.scores, rtol=1e-8)


def test_copies_of_samples_and_their_order_change_nothing():
    X, X_labeled, _ = samples(30)
    strategy = BAIT(embedding=KERNELS["rbf"])
    expected = strategy.query(regression_pool(X, X_labeled), 5)
    order = np.random.RandomState(1).permutation(30)
    assert_array_equal(order[strategy.query(regression_pool(X[order], X_labeled), 5)], expected)
    twice = strategy.select(regression_pool(np.repeat(X, 2, axis=0), X_labeled), 60)
    assert sorted(twice.positions) == list(range(60))


def test_a_support_vector_machine_is_asked_in_its_own_kernel():
    X, X_labeled, _ = samples(30, 8)
    learner = ActiveLearner(SVR(gamma=0.5), BAIT(embedding=KernelEmbedding("rbf", gamma=0.5)))
    learner.fit(X_labeled, X_labeled[:, 0])
    expected = reference.bait_by_kernel(kernel_of(KERNELS["rbf"]), X, X_labeled, 4, 1.0, True)
    assert_array_equal(learner.query(X, 4), expected)


def test_pools_too_large_for_a_kernel_are_refused_with_a_way_out(monkeypatch):
    X, X_labeled, rng = samples(200)
    pool = regression_pool(X, X_labeled)
    monkeypatch.setattr(_bait, "_MOST_NUMBERS", 204 * 10)
    strategy = BAIT(embedding=KERNELS["rbf"])
    with pytest.raises(ValueError, match=r"more than 10 dimensions to tell the 204 .*Shortlist"):
        strategy.query(pool, 3)
    assert len(BAIT(embedding=KERNELS["poly"]).query(pool, 3)) == 3  # 6 dimensions are enough
    monkeypatch.setattr(_bait, "_MOST_NUMBERS", 10**4)
    assert len(Shortlist(RandomSampling(), strategy, factor=4).query(pool, 3)) == 3
    monkeypatch.setattr(_bait, "_MOST_DIMS", 12)
    proba = rng.dirichlet(np.ones(3), size=200)
    with pytest.raises(ValueError, match="more than 4 dimensions"):
        strategy.query(Pool.from_arrays(X, proba=proba), 3)


def test_what_is_not_an_inner_product_is_refused():
    X, X_labeled, _ = samples(30)
    pool = regression_pool(X, X_labeled)
    for kernel in ("sigmoid", lambda A, B: -rbf_kernel(A, B), _swapped):
        with pytest.raises(ValueError, match="must be an inner product in some space"):
            BAIT(embedding=KernelEmbedding(kernel)).query(pool, 2)


def _swapped(A, B):
    """Return 1 for different samples, and 0 for equal ones."""
    return 1.0 - (abs(A[:, None] - B).sum(axis=2) == 0)


def test_gradients_are_no_features_whatever_they_are_made_of():
    X, y = np.random.RandomState(0).normal(size=(20, 2)), np.arange(20) % 2
    for inner in (None, KernelEmbedding("rbf")):
        learner = ActiveLearner(LogisticRegression(), BAIT(embedding=GradientEmbedding(inner)))
        with pytest.raises(ValueError, match=r"needs the features themselves.*ModelEmbedding\(\)"):
            learner.fit(X, y).query(X, 2)


@pytest.mark.parametrize("block", [1, 3, 128])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_coordinates_have_the_inner_products_of_the_kernel(monkeypatch, block, dtype):
    monkeypatch.setattr(_coordinates, "_BLOCK", block)
    X = np.random.RandomState(0).normal(size=(60, 3)).astype(dtype)
    X = np.vstack([X, X[:5], 3 * X[:2]])
    for kernel, n_dims in [("linear", 3), ("poly", 20), ("rbf", 62), ("laplacian", 62)]:
        found = coordinates(KernelRows(X, lambda A, B, k=kernel: pairwise_kernels(A, B, k)), 100)
        assert found.shape == (67, n_dims)
        expected = pairwise_kernels(X.astype(float), metric=kernel)
        assert_allclose(found @ found.T, expected, atol=1e-12 * expected.max())


def test_as_many_dimensions_are_needed_as_can_be_told_apart():
    X = np.random.RandomState(0).normal(size=(300, 1))
    smooth = coordinates(KernelRows(X, lambda A, B: rbf_kernel(A, B, gamma=0.1)), 300)
    assert smooth.shape[1] < 30
    assert_allclose(smooth @ smooth.T, rbf_kernel(X, gamma=0.1), atol=1e-11)
    coarse = KernelRows(X, lambda A, B: polynomial_kernel(A, B, degree=2).astype(np.float32))
    assert coordinates(coarse, 300).shape[1] == 3  # not the rounding errors of float32
    assert coordinates(KernelRows(X, polynomial_kernel), 3) is None
    assert coordinates(KernelRows(X, polynomial_kernel), 4).shape == (300, 4)


def test_rows_that_are_all_zero_are_equal():
    nothing = np.zeros((4, 2))
    assert_array_equal(coordinates(KernelRows(nothing, lambda A, B: A @ B.T), 3), np.zeros((4, 1)))
    strategy = BAIT(embedding=KernelEmbedding("linear"))
    assert_array_equal(strategy.query(regression_pool(nothing, nothing[:1]), 2), [0, 1])
