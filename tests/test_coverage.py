"""Greedy coverage agrees with a replay that evaluates every row in every step."""

import numpy as np
import pytest
import reference_geometry as reference
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from memory import peak_memory
from sklearn import config_context
from sklearn.metrics.pairwise import cosine_similarity, rbf_kernel

from skal.geometry import KernelRows, OuterRows, max_coverage
from skal.geometry import _sizes as sizes


@pytest.fixture(params=["as shipped", "tiny tiles"], autouse=True)
def tile(request, monkeypatch):
    """Run with tiles so small that small data pass through every branch, too."""
    if request.param == "tiny tiles":
        monkeypatch.setattr(sizes, "TILE", (3, 7))
        monkeypatch.setattr(sizes, "EVALUATED", 2)


def rows_of_kinds(X, A):
    """Return rows of every kind, with the dense rows that they stand for."""
    outer = np.einsum("ij,ik->ijk", X, A).reshape(len(X), -1)
    return {
        "dense": (X, X),
        "float32": (X.astype(np.float32), X.astype(np.float32).astype(float)),
        "csr": (sp.csr_matrix(X * (abs(X) > 0.5)), X * (abs(X) > 0.5)),
        "outer": (OuterRows(X, A), outer),
        "kernel": (KernelRows(X, lambda a, b: a @ b.T), X),
    }


@pytest.mark.parametrize("kind", ["dense", "float32", "csr", "outer", "kernel"])
@pytest.mark.parametrize("seed", range(4))
def test_every_kind_of_rows_agrees_with_the_replay(kind, seed):
    rng = np.random.RandomState(seed)
    X, A = rng.normal(size=(60, 3)), rng.normal(size=(60, 2))
    rows, dense = rows_of_kinds(X, A)[kind]
    weights, gamma = rng.random_sample(60), 10.0 ** rng.uniform(-2, 1)
    expected, _ = reference.max_coverage(rbf_kernel(dense, gamma=gamma), 60, weights)
    answer = max_coverage(rows, 60, gamma=gamma, weights=weights)
    assert answer.dtype == np.intp
    np.testing.assert_array_equal(answer, expected)


@given(st.integers(0, 10**6), st.sampled_from(["binary", "integers", "signed", "floats"]))
@settings(deadline=None, max_examples=60)
def test_given_similarities_agree_with_the_replay(seed, values):
    rng = np.random.RandomState(seed)
    n_rows = rng.randint(1, 25)
    draw = {
        "binary": lambda: rng.randint(0, 2, size=(n_rows, n_rows)),
        "integers": lambda: rng.randint(0, 5, size=(n_rows, n_rows)),
        "signed": lambda: rng.randint(-4, 3, size=(n_rows, n_rows)),
        "floats": lambda: rng.normal(size=(n_rows, n_rows)),
    }[values]
    K = draw().astype(float)
    K = K + K.T if rng.rand() < 0.5 else K
    weights = rng.randint(0, 3, size=n_rows).astype(float) if rng.rand() < 0.5 else None
    cover = draw()[0].astype(float) if rng.rand() < 0.5 else None
    candidates = np.flatnonzero(rng.rand(n_rows) < 0.7) if rng.rand() < 0.5 else np.arange(n_rows)
    candidates = candidates if len(candidates) else np.array([0])
    n = rng.randint(1, len(candidates) + 1)
    expected, _ = reference.max_coverage(K, n, weights, cover, candidates)
    for X in (K, sp.csr_matrix(K)):
        answer = max_coverage(
            X,
            n,
            kernel="precomputed",
            weights=weights,
            covered=cover,
            candidates=rng.permutation(candidates),
        )
        np.testing.assert_array_equal(answer, expected)


def test_similarities_may_all_be_negative():
    K = -np.array([[0.0, 1, 9], [1, 0, 4], [9, 4, 0]])
    # The sums are -10, -5, -13; then row 2 gains 4 and row 0 gains 1.
    assert max_coverage(K, 3, kernel="precomputed").tolist() == [1, 2, 0]


def test_rows_of_a_matrix_are_what_is_chosen():
    K = np.array([[1.0, 1, 1], [0, 1, 0], [0, 0, 1]])
    assert max_coverage(K, 1, kernel="precomputed").tolist() == [0]
    assert max_coverage(K.T, 2, kernel="precomputed").tolist() == [1, 2]


@pytest.mark.parametrize("kind", ["dense", "csr", "outer", "kernel"])
def test_labeled_rows_are_covered(kind):
    rng = np.random.RandomState(0)
    X, A = rng.normal(size=(50, 3)), rng.normal(size=(50, 2))
    rows, dense = rows_of_kinds(X, A)[kind]
    chosen = [3, 17, 30, 31]
    K = rbf_kernel(dense, gamma=0.3)
    expected, _ = reference.max_coverage(K, 20, cover=K[chosen].max(axis=0))
    labeled = rows.take(chosen) if hasattr(rows, "take") and kind != "dense" else rows[chosen]
    np.testing.assert_array_equal(max_coverage(rows, 20, gamma=0.3, labeled=labeled), expected)
    covered = K[chosen].max(axis=0)
    np.testing.assert_array_equal(max_coverage(rows, 20, gamma=0.3, covered=covered), expected)
    answer = max_coverage(K, 20, kernel="precomputed", labeled=K[chosen])
    np.testing.assert_array_equal(answer, expected)


def test_a_function_of_two_sets_of_rows():
    X = np.random.RandomState(0).normal(size=(40, 3))
    expected, _ = reference.max_coverage(cosine_similarity(X), 15)
    np.testing.assert_array_equal(max_coverage(X, 15, kernel=cosine_similarity), expected)
    words = ["tea", "teas", "coffee", "coffees", "milk"]

    def shared(a, b):
        return np.array([[len(set(x) & set(y)) for y in b] for x in a])

    expected, _ = reference.max_coverage(shared(words, words).astype(float), 3)
    np.testing.assert_array_equal(max_coverage(words, 3, kernel=shared), expected)
    labeled = max_coverage(words, 1, kernel=shared, labeled=["coffees"])
    cover = shared(["coffees"], words)[0].astype(float)
    expected, _ = reference.max_coverage(shared(words, words).astype(float), 1, cover=cover)
    np.testing.assert_array_equal(labeled, expected)


def test_copies_come_last_and_in_order():
    X = np.repeat(np.random.RandomState(0).normal(size=(8, 5)) + 1e3, 6, axis=0)
    picks = max_coverage(X, 48, gamma=0.1)
    assert sorted(picks[:8] // 6) == list(range(8))
    assert (picks[:8] % 6 == 0).all()
    left = sorted(set(range(48)) - set(picks[:8]))
    assert picks[8:].tolist() == left
    assert max_coverage(X, 3, labeled=X).tolist() == [0, 1, 2]


def test_equal_rows_isolated_rows_and_single_rows():
    assert max_coverage(np.ones((5, 2)), 5).tolist() == [0, 1, 2, 3, 4]
    # Far rows cover only themselves; two that cover each other gain the same.
    far = np.arange(10.0)[:, None] * 1e3
    assert max_coverage(far, 10).tolist() == list(range(10))
    pairs = np.array([[0.0], [5.0], [100.0], [105.0]])
    assert max_coverage(pairs, 4, gamma=0.01).tolist() == [0, 2, 1, 3]
    assert max_coverage([[3.0]], 1).tolist() == [0]


def test_gamma_may_be_huge_or_zero():
    X = np.random.RandomState(0).normal(size=(20, 2))
    assert max_coverage(X, 20, gamma=0).tolist() == list(range(20))
    for scale in (1e-140, 1e140):
        assert max_coverage(X * scale, 20, gamma=1e300).shape == (20,)


def test_weights_count_by_their_ratios():
    X = np.random.RandomState(0).normal(size=(30, 2))
    weights = np.random.RandomState(1).random_sample(30)
    expected = max_coverage(X, 10, weights=weights)
    for factor in (1e-300, 1e300):
        np.testing.assert_array_equal(max_coverage(X, 10, weights=weights * factor), expected)
    assert max_coverage(X, 3, weights=np.zeros(30)).tolist() == [0, 1, 2]


def test_candidates_are_positions_or_a_mask():
    X = np.random.RandomState(0).normal(size=(30, 2))
    expected, _ = reference.max_coverage(rbf_kernel(X, gamma=1.0), 4, candidates=range(5, 12))
    np.testing.assert_array_equal(max_coverage(X, 4, candidates=np.arange(5, 12)[::-1]), expected)
    mask = (np.arange(30) >= 5) & (np.arange(30) < 12)
    np.testing.assert_array_equal(max_coverage(X, 4, candidates=mask), expected)


def test_the_working_memory_changes_nothing():
    X = np.random.RandomState(0).normal(size=(300, 20)) + 5
    expected = max_coverage(X, 100, gamma=0.05, labeled=X[:7])
    with config_context(working_memory=0.01):
        np.testing.assert_array_equal(max_coverage(X, 100, gamma=0.05, labeled=X[:7]), expected)


def test_memory_grows_with_the_number_of_rows(monkeypatch):
    # A square array would take 0.8 GB. The tiles are those of the shipped sizes.
    monkeypatch.setattr(sizes, "TILE", (128, 1024))
    X = np.random.RandomState(0).normal(size=(10_000, 2))
    assert peak_memory(lambda: max_coverage(X, 3, candidates=np.arange(300))) < 30e6


def test_few_gains_are_evaluated_again(monkeypatch):
    monkeypatch.setattr(sizes, "TILE", (128, 1024))
    monkeypatch.setattr(sizes, "EVALUATED", 4)
    X = np.random.RandomState(0).normal(size=(400, 2))
    n_values = []

    def kernel(a, b):
        n_values.append(len(a) * len(b))
        return rbf_kernel(a, b, gamma=2.0)

    max_coverage(X, 40, kernel=kernel)
    # One pass over all pairs, one row for every pick, and a few rows that are evaluated again.
    assert sum(n_values) < 400 * (400 + 40 + 40 * 60)


def test_inputs_are_not_written_to():
    X = np.random.RandomState(0).normal(size=(20, 2))
    K, weights, cover = rbf_kernel(X), np.ones(20), np.full(20, 0.1)
    for array in (X, K, weights, cover):
        array.flags.writeable = False
    max_coverage(X, 5, weights=weights, covered=cover)
    max_coverage(K, 5, kernel="precomputed", weights=weights, covered=cover)
    max_coverage(X, 5, kernel=lambda a, b: K[: len(a), : len(b)])


X5 = [[0.0], [1.0], [2.0], [3.0], [4.0]]


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"n": 0}, "n must be"),
        ({"n": 6}, "number of candidates 5, got n=6"),
        ({"n": 2, "candidates": [1]}, "number of candidates 1, got n=2"),
        ({"n": 1, "candidates": []}, "number of candidates 0"),
        ({"n": 1, "candidates": [5]}, "candidates must be positions from 0 to 4"),
        ({"n": 1, "candidates": [-1]}, "candidates must be positions"),
        ({"n": 1, "candidates": [True]}, "candidates must be positions"),
        ({"n": 1, "candidates": [0.5]}, "candidates must be positions"),
        ({"n": 1, "kernel": "cosine"}, "kernel must be 'rbf', 'precomputed' or a callable"),
        ({"n": 1, "kernel": None}, "kernel must be"),
        ({"n": 1, "gamma": -1}, "gamma must be a finite number"),
        ({"n": 1, "gamma": np.nan}, "gamma must be a finite number"),
        ({"n": 1, "gamma": np.inf}, "gamma must be a finite number"),
        ({"n": 1, "gamma": "scale"}, "gamma must be a finite number"),
        ({"n": 1, "weights": [1, 1]}, "weights must have one finite number"),
        ({"n": 1, "weights": [1, 1, -1, 1, 1]}, "that of row 2 is -1"),
        ({"n": 1, "weights": [1, 1, np.nan, 1, 1]}, "weights must have one finite number"),
        ({"n": 1, "covered": [1, 1]}, "covered must have one finite number"),
        ({"n": 1, "covered": [np.inf] * 5}, "covered must have one finite number"),
        ({"n": 1, "covered": [0] * 5, "labeled": [[1.0]]}, "give one of them, got both"),
        ({"n": 1, "labeled": [[1.0, 2.0]]}, "labeled must have as many dimensions as X"),
        ({"n": 1, "kernel": "precomputed"}, "a square matrix"),
        ({"n": 1, "kernel": lambda a, b: np.ones(3)}, "must return an array of shape"),
        ({"n": 1, "kernel": lambda a, b: np.full((len(a), len(b)), np.nan)}, "must be finite"),
        ({"n": 1, "kernel": lambda a, b: np.full((len(a), len(b)), 1e308)}, "sums are finite"),
    ],
)
def test_wrong_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        max_coverage(X5, **arguments)


def test_wrong_matrices_are_named():
    with pytest.raises(ValueError, match="labeled must hold the similarities"):
        max_coverage(np.eye(3), 1, kernel="precomputed", labeled=[[1.0, 2.0]])
    with pytest.raises(ValueError, match="NaN"):
        max_coverage([[np.nan]], 1, kernel="precomputed")
    with pytest.raises(ValueError, match="X must be finite"):
        max_coverage([[np.nan]], 1)
