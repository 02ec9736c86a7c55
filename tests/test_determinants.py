import warnings

import numpy as np
import pytest
import reference_density as reference
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.metrics.pairwise import rbf_kernel

from skal import Pool
from skal.embeddings import GradientEmbedding, KernelEmbedding
from skal.geometry import dpp_map
from skal.strategies import DPP, QueryByCommittee, ScoreStrategy, UncertaintySampling
from skal.testing import check_strategy

DEPENDENT = "ignore:Only .* linearly independent:UserWarning"


def kernels():
    rng = np.random.RandomState(0)
    X = rng.normal(size=(14, 3))
    quality = rng.rand(14)
    yield quality[:, None] * rbf_kernel(X) * quality
    yield X @ X.T
    yield rbf_kernel(X[rng.randint(5, size=14)])
    yield np.diag(quality)
    yield np.eye(14)
    yield 1e-180 * rbf_kernel(X)
    yield rbf_kernel(X) * np.outer(10.0 ** -np.arange(14), 10.0 ** -np.arange(14))


@pytest.mark.filterwarnings(DEPENDENT)
@pytest.mark.parametrize("L", list(kernels()))
@pytest.mark.parametrize("n", [1, 3, 7, 14])
def test_each_pick_has_the_largest_determinant(L, n):
    scale = L.diagonal().max()
    assert_array_equal(dpp_map(L, n), reference.dpp_map(L / scale, n))


@pytest.mark.filterwarnings(DEPENDENT)
@settings(max_examples=60, deadline=None)
@given(
    arrays(np.float64, st.tuples(st.integers(1, 8), st.just(3)), elements=st.integers(-3, 3)),
    st.integers(1, 8),
)
def test_any_small_gram_matrix(X, n):
    n = min(n, len(X))
    assert_array_equal(dpp_map(X @ X.T, n), reference.dpp_map(X @ X.T, n))


def test_a_batch_beyond_the_rank_is_filled_by_the_diagonal():
    X = np.array([[2.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.5, 0.0], [0.0, 0.0]])
    with pytest.warns(UserWarning, match="Only 2 of the n=4 rows"):
        assert_array_equal(dpp_map(X @ X.T, 4), [0, 1, 3, 2])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert_array_equal(dpp_map(X @ X.T, 2), [0, 1])


def test_single_precision_is_not_taken_for_rank():
    X = np.random.RandomState(0).normal(size=(40, 4)).astype(np.float32)
    with pytest.warns(UserWarning, match="Only 4 of the n=9 rows"):
        dpp_map(X @ X.T, 9)


def test_the_matrix_is_not_written_to():
    L = np.eye(4) + 0.5
    L.setflags(write=False)
    assert_array_equal(dpp_map(L, 2), [0, 1])
    assert_array_equal(dpp_map(L.tolist(), 2), [0, 1])


@pytest.mark.parametrize(
    "L, n, words",
    [
        (np.ones((2, 3)), 1, "L must be a square matrix"),
        (np.ones(3), 1, "L must be a square matrix"),
        (np.empty((0, 0)), 1, "L must be a square matrix"),
        ([["a", "b"], ["c", "d"]], 1, "L must hold real numbers"),
        (np.eye(2) * 1j, 1, "L must hold real numbers"),
        ([[1.0, np.nan], [np.nan, 1.0]], 1, "L must be finite, but row 0"),
        ([[1.0, 0.5], [0.1, 1.0]], 1, r"L must be symmetric, but L\[0, 1\] is 0.5"),
        ([[1.0, 0.0], [0.0, -1.0]], 1, "L must be positive semi-definite.*row 1"),
        ([[1.0, 2.0], [2.0, 1.0]], 2, "L must be positive semi-definite"),
        ([[1.0, 0.0], [0.0, 1.0]], 3, "n must be between 1 and the number of rows 2, got n=3"),
        ([[1.0, 0.0], [0.0, 1.0]], 0, "n must be"),
        ([[1.0, 0.0], [0.0, 1.0]], 1.5, "n must be"),
    ],
)
def test_wrong_input_is_named(L, n, words):
    with pytest.raises(ValueError, match=words):
        dpp_map(L, n)


# The strategy


class Given(ScoreStrategy):
    def score_samples(self, pool):
        return pool.X[:, 0]


@pytest.mark.filterwarnings(DEPENDENT)
@pytest.mark.parametrize(
    "strategy",
    [
        DPP(UncertaintySampling("entropy")),
        DPP(QueryByCommittee("vote_entropy")),
        DPP(embedding=KernelEmbedding("rbf")),
        DPP(UncertaintySampling(), GradientEmbedding()),
    ],
    ids=repr,
)
def test_contract(strategy):
    check_strategy(strategy)


def pool_of(X, quality=None, seed=0):
    numbers = np.zeros((len(X) if not sp.issparse(X) else X.shape[0], 1))
    numbers[:, 0] = 1 if quality is None else quality
    return Pool.from_arrays(numbers, embedding=X, random_state=seed)


@pytest.mark.parametrize("make", [np.asarray, sp.csr_matrix])
@pytest.mark.parametrize("offset", [0.0, 100.0])
def test_the_batch_is_that_of_the_whole_matrix(make, offset):
    for seed in range(5):
        rng = np.random.RandomState(seed)
        X, quality = rng.normal(size=(40, 5)) + offset, 0.1 + rng.rand(40)
        L = reference.dpp_matrix(X, quality / quality.max())
        selection = DPP(Given()).select(pool_of(make(X), quality), 6)
        assert_array_equal(selection.positions, reference.dpp_map(L, 6))
        chosen = L[np.ix_(selection.positions, selection.positions)]
        assert_allclose(selection.scores.sum(), np.linalg.slogdet(chosen)[1], rtol=1e-6)
        assert (np.diff(selection.scores) <= 1e-9).all()


def test_without_a_scorer_only_distances_matter_and_ties_are_random():
    X = np.repeat(np.eye(4) * 9, 5, axis=0) + 0.01 * np.random.RandomState(0).rand(20, 4)
    batches = [DPP().query(pool_of(X, seed=seed), 4) for seed in range(6)]
    for batch in batches:
        assert sorted(batch // 5) == [0, 1, 2, 3]
    assert len({int(batch[0]) for batch in batches}) > 1


@pytest.mark.filterwarnings(DEPENDENT)
def test_quality_is_weighed_against_distance():
    X = [[0.0], [0.05], [4.0], [9.0]]
    assert_array_equal(DPP(Given()).query(pool_of(X, [1.0, 0.9, 0.5, 0.01]), 3), [0, 2, 3])
    assert_array_equal(
        DPP(Given()).query(pool_of(X, [1.0, 0.9, 0.5, 0.0]), 4)[[0, 1, 3]], [0, 2, 3]
    )


@pytest.mark.filterwarnings(DEPENDENT)
def test_copies_come_last_and_the_rest_by_quality():
    rng = np.random.RandomState(0)
    distinct, quality = rng.normal(size=(10, 1)), np.arange(10, 0, -1.0)
    which = rng.permutation(np.repeat(np.arange(10), 4))
    pool = pool_of(distinct[which], quality[which])
    selection = DPP(Given()).select(pool, 40)
    of_pick = which[selection.positions]
    assert len(set(of_pick[:10])) == 10
    filled = np.isinf(selection.scores)
    assert filled.any() and not filled[0]
    first_fill = int(filled.argmax())
    assert (np.diff(of_pick[first_fill:10]) > 0).all()


@pytest.mark.parametrize("scale", [1e-200, 1e-90, 1.0, 1e60])
def test_the_unit_of_rows_and_of_quality_does_not_matter(scale):
    rng = np.random.RandomState(0)
    X, quality = rng.normal(size=(30, 3)), rng.rand(30)
    expected = DPP(Given()).query(pool_of(X, quality), 8)
    assert_array_equal(DPP(Given()).query(pool_of(X * scale, quality), 8), expected)
    assert_array_equal(DPP(Given()).query(pool_of(X, quality * scale), 8), expected)


def test_scores_of_any_kind_are_taken():
    X = np.random.RandomState(0).normal(size=(12, 3))
    for scores in (np.full(12, -np.inf), np.full(12, np.inf), np.zeros(12), -np.arange(12.0)):
        assert len(set(DPP(Given()).query(pool_of(X, scores), 5))) == 5
    best = np.where(np.arange(12) == 7, np.inf, np.arange(12) / 100)
    assert 7 in DPP(Given()).query(pool_of(X, best), 2)
