"""Weighted k-means of few rows and of many, against slow versions and scikit-learn."""

import numpy as np
import pytest
import reference_geometry as reference
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.cluster import KMeans
from sklearn.cluster import kmeans_plusplus as sklearn_kmeans_plusplus

from skal import Pool
from skal.geometry import _sizes as sizes
from skal.geometry import _vector_clusters as vector_clusters
from skal.geometry import as_rows, weighted_kmeans_select
from skal.geometry._greedy_seeds import greedy_seeds
from skal.geometry._lloyd import lloyd
from skal.strategies import KMeansSampling


def blobs(n, d=10, n_blobs=12, spread=1.0, seed=0):
    rng = np.random.RandomState(seed)
    centers = 5 * rng.standard_normal((n_blobs, d))
    return centers[rng.randint(n_blobs, size=n)] + spread * rng.standard_normal((n, d))


def weights_of(n, seed=0):
    return np.random.RandomState(seed).random_sample(n) ** 3


# Few rows ---------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("n", [1, 2, 5, 40])
def test_seeds_are_those_of_the_slow_version(n, dtype):
    for seed in range(10):
        X, weights = blobs(80, seed=seed).astype(dtype), weights_of(80, seed)
        seeds, inertia = greedy_seeds(X, weights, n, np.random.RandomState(seed))
        slow = reference.greedy_seeds(X, weights, n, np.random.RandomState(seed))
        assert_array_equal(seeds, slow)
        expected = reference.weighted_inertia(X.astype(np.float64), weights, slow)
        assert_allclose(inertia, expected, rtol=1e-4 if dtype == np.float32 else 1e-9)


def test_seeds_are_those_of_scikit_learn():
    for seed in range(20):
        X, weights = blobs(200, seed=seed), weights_of(200, seed)
        X -= X.mean(axis=0)
        seeds, _ = greedy_seeds(X, weights, 15, np.random.RandomState(seed))
        _, theirs = sklearn_kmeans_plusplus(
            X, 15, sample_weight=weights, random_state=np.random.RandomState(seed)
        )
        assert_array_equal(seeds, theirs)


def test_seeds_far_from_the_origin_are_those_near_to_it():
    X, weights = blobs(100).round(2), weights_of(100)
    near, _ = greedy_seeds(X, weights, 10, np.random.RandomState(0))
    far, _ = greedy_seeds(X + 1e6, weights, 10, np.random.RandomState(0))
    assert_array_equal(near, far)


def test_seeds_of_fewer_distinct_rows_repeat_them():
    X = np.repeat(np.arange(3.0), 4)[:, None]
    seeds, inertia = greedy_seeds(X, np.ones(12), 6, np.random.RandomState(0))
    assert set(X[seeds].ravel()) == {0.0, 1.0, 2.0}
    assert inertia == 0


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_lloyds_algorithm_is_that_of_the_slow_version(dtype):
    for seed in range(10):
        X, weights = blobs(150, spread=3.0, seed=seed).astype(dtype), weights_of(150, seed)
        start = X[np.random.RandomState(seed).choice(150, 8, replace=False)]
        labels, centers = lloyd(X, weights, start)
        slow_labels, slow_centers = reference.lloyd(X, weights, start)
        assert_array_equal(labels, slow_labels)
        assert_allclose(centers, slow_centers, rtol=1e-4, atol=1e-4)


def test_lloyds_algorithm_is_that_of_scikit_learn():
    for seed in range(10):
        X, weights = blobs(300, spread=3.0, seed=seed), weights_of(300, seed)
        start = X[np.random.RandomState(seed).choice(300, 9, replace=False)]
        labels, centers = lloyd(X, weights, start)
        theirs = KMeans(9, init=start, n_init=1).fit(X, sample_weight=weights)
        assert_array_equal(labels, theirs.labels_)
        assert_allclose(centers, theirs.cluster_centers_)


def test_a_cluster_that_loses_its_last_row_is_filled_by_scikit_learn():
    X = np.array([[0.0], [1.0], [10.0], [11.0]])
    assert lloyd(X, np.ones(4), np.array([[0.5], [10.5], [99.0]])) is None
    X = np.repeat(X, 3, axis=0)
    picks = weighted_kmeans_select(X, np.ones(12), 6, random_state=0)
    assert len(set(X[picks[:4]].ravel())) == 4


def test_few_rows_are_clustered_as_by_scikit_learn(monkeypatch):
    def batch(seed):
        X, weights = blobs(200, spread=2.0, seed=seed), weights_of(200, seed)
        return weighted_kmeans_select(X, weights, 9, random_state=seed)

    here = [batch(seed) for seed in range(15)]
    monkeypatch.setattr(sizes, "FEW_ROWS", 0)
    assert_array_equal(here, [batch(seed) for seed in range(15)])


@pytest.mark.parametrize("largest", [1e-290, 1e290])
def test_only_the_ratios_of_weights_count(largest):
    X, weights = blobs(100).astype(np.float32), weights_of(100)
    weights[0] = 1
    expected = weighted_kmeans_select(X, weights, 7, random_state=0)
    assert_array_equal(weighted_kmeans_select(X, largest * weights, 7, random_state=0), expected)


# Many rows --------------------------------------------------------------------------------


@pytest.fixture
def few_are_many(monkeypatch):
    monkeypatch.setattr(sizes, "MANY_ROWS", 500)
    monkeypatch.setattr(vector_clusters, "_DRAWN_PER_CLUSTER", 100)


def inertia_of(X, weights, n, seed):
    """Return the weighted inertia of all rows, each at the center of its cluster."""
    rows = as_rows(X)
    _, sq = vector_clusters.cluster_vectors(rows, weights, n, np.random.RandomState(seed))
    return weights @ sq


KINDS = {
    "dense": np.asarray,
    "float32": lambda X: X.astype(np.float32),
    "far": lambda X: X + 1e3,
    "csr": sp.csr_matrix,
}


@pytest.mark.parametrize("weigh", [np.ones, weights_of], ids=["alike", "weighted"])
@pytest.mark.parametrize("kind", KINDS)
def test_many_rows_are_clustered_as_well_as_by_going_through_all(kind, weigh, monkeypatch):
    ratios = []
    for seed in range(12):
        X, weights = KINDS[kind](blobs(6000, n_blobs=40, spread=2.0, seed=seed)), weigh(6000)
        of_all = inertia_of(X, weights, 10, seed)
        with monkeypatch.context() as patch:
            patch.setattr(sizes, "MANY_ROWS", 500)
            ratios.append(inertia_of(X, weights, 10, seed) / of_all)
    assert np.mean(ratios) < 1.02


def test_each_of_many_rows_is_in_the_cluster_of_the_nearest_mean(few_are_many):
    X, weights = blobs(3000, spread=0.5), weights_of(3000)
    rows = as_rows(X)
    labels, sq = vector_clusters.cluster_vectors(rows, weights, 12, np.random.RandomState(1))
    centers = [np.average(X[labels == c], axis=0, weights=weights[labels == c]) for c in range(12)]
    to_centers = np.array([reference.sq_dists(X, center) for center in centers])
    assert_array_equal(labels, to_centers.argmin(axis=0))
    assert_allclose(sq, to_centers.min(axis=0))


def test_the_batch_of_many_rows_does_not_depend_on_the_size_of_chunks(few_are_many, monkeypatch):
    X = blobs(3000).astype(np.float32)
    expected = KMeansSampling().query(Pool.from_arrays(X, random_state=0), 15)
    assert len(set(expected)) == 15
    monkeypatch.setattr(sizes, "CHUNK_BYTES", 5000)
    assert_array_equal(KMeansSampling().query(Pool.from_arrays(X, random_state=0), 15), expected)


@pytest.mark.parametrize("kind", ["dense", "csr"])
def test_many_copies_of_few_rows(kind, few_are_many):
    distinct = blobs(6)
    X = KINDS[kind](np.repeat(distinct, 600, axis=0))
    picks = weighted_kmeans_select(X, np.ones(3600), 9, random_state=0)
    assert set(picks[:6] // 600) == set(range(6))
    assert len(set(picks)) == 9


def test_few_heavy_rows_among_many_do_not_leave_too_few_to_cluster(few_are_many):
    X, weights = blobs(3000), np.full(3000, 1e-200)
    weights[:3] = 1
    picks = weighted_kmeans_select(X, weights, 20, random_state=0)
    assert len(set(picks)) == 20
    assert set(picks[:3]) == {0, 1, 2}


@pytest.mark.parametrize("kind", KINDS)
def test_a_coreset_stands_for_all_rows(kind):
    X = blobs(60)
    X[0] += 300
    rows, weights = as_rows(KINDS[kind](X)), weights_of(60)
    weights[1] = 20
    chances = reference.coreset_chances(X, weights)
    size, n_draws, total, rng = 30, 1500, np.zeros(60), np.random.RandomState(0)
    for _ in range(n_draws):
        some, weights_of_some = vector_clusters.coreset(rows, weights, size, rng)
        assert (np.diff(some) > 0).all()
        # A weight is that of a row drawn once, times the number of draws.
        counts = weights_of_some / (weights[some] / (size * chances[some]))
        assert_allclose(counts, counts.round(), rtol=1e-3)
        assert counts.sum().round() == size
        total[some] += weights_of_some
    deviation = weights / np.sqrt(size * n_draws * chances)
    assert (abs(total / n_draws - weights) < 5 * deviation).all()
    assert chances[:2].min() > 0.15


@pytest.mark.parametrize("kind", KINDS)
def test_means_are_those_of_the_slow_version(kind, monkeypatch):
    monkeypatch.setattr(sizes, "SUMMED", 7)
    X, weights = blobs(50), weights_of(50)
    labels = np.random.RandomState(0).randint(4, size=50)
    labels[labels == 2] = 3  # an empty cluster
    rows = as_rows(KINDS[kind](X))
    before = rows.take(np.arange(4))
    means = vector_clusters._means(rows, weights, labels, before).X
    means = means.toarray() if sp.issparse(means) else means
    X = as_rows(KINDS[kind](X)).X
    X = X.toarray() if sp.issparse(X) else X
    for c in (0, 1, 3):
        mean = np.average(X[labels == c], axis=0, weights=weights[labels == c])
        assert_allclose(means[c], mean, rtol=1e-6)
    assert_allclose(means[2], X[2])


def test_clusters_of_many_rows_draw_from_the_seed_alone(few_are_many):
    X = np.random.RandomState(0).standard_normal((2000, 6))
    X.flags.writeable = False
    batches = [weighted_kmeans_select(X, np.ones(2000), 10, random_state=s) for s in (0, 0, 1)]
    assert_array_equal(batches[0], batches[1])
    assert set(batches[0]) != set(batches[2])
