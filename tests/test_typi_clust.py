import numpy as np
import pytest
import reference_density as reference
import scipy.sparse as sp
from numpy.testing import assert_array_equal
from sklearn.cluster import KMeans

from skal import ActiveLearner, Pool
from skal.embeddings import GradientEmbedding, KernelEmbedding
from skal.geometry import as_rows, cluster_labels
from skal.pool import MissingOutputError
from skal.strategies import TypiClust
from skal.strategies import _typi_clust as typi_clust
from skal.testing import check_strategy


@pytest.mark.parametrize(
    "strategy",
    [
        TypiClust(1),
        TypiClust(500),
        TypiClust(embedding=KernelEmbedding("rbf")),
        TypiClust(embedding=GradientEmbedding()),
    ],
    ids=repr,
)
def test_contract(strategy):
    check_strategy(strategy)


def blobs(sizes, seed=0, d=2):
    rng = np.random.RandomState(seed)
    centers = 20 * rng.normal(size=(len(sizes), d))
    return np.repeat(centers, sizes, axis=0) + rng.normal(size=(sum(sizes), d))


def pool_of(X, n_labeled=0, seed=0):
    """Return a pool of the first rows; the last ones are labeled."""
    n_pool = X.shape[0] - n_labeled
    labeled = Pool.from_arrays(X[n_pool:], y=np.arange(n_labeled)) if n_labeled else None
    return Pool.from_arrays(X[:n_pool], labeled=labeled, random_state=seed)


@pytest.mark.parametrize("n_labeled", [0, 1, 12])
@pytest.mark.parametrize("n_neighbors", [1, 4, 20])
@pytest.mark.parametrize("n", [1, 6, 25, 60])
def test_agrees_with_a_plain_replay_on_the_same_clusters(n, n_neighbors, n_labeled):
    for seed in range(3):
        rng = np.random.RandomState(seed)
        X = blobs([30, 14, 9, 4, 3], seed)[rng.permutation(60)]
        X = np.vstack([X, X[rng.randint(60, size=n_labeled)] + 0.1])
        X[:5] = X[5]  # copies
        n_clusters = min(n_labeled + n, 60 + n_labeled)
        labels = cluster_labels(as_rows(X), n_clusters, np.random.RandomState(seed))
        expected = reference.typi_clust(X[:60], labels, 60, n, n_neighbors)
        pool = pool_of(X, n_labeled, seed)
        assert_array_equal(TypiClust(n_neighbors).query(pool, n), expected)


@pytest.mark.parametrize("n_labeled", [0, 3])
def test_more_samples_than_clusters(n_labeled, monkeypatch):
    monkeypatch.setattr(typi_clust, "_MOST_CLUSTERS", 4)
    X = blobs([20, 10, 6, 4])
    labels = cluster_labels(as_rows(X), 4, np.random.RandomState(0))
    expected = reference.typi_clust(X[: 40 - n_labeled], labels, 40 - n_labeled, 30, 20)
    assert_array_equal(TypiClust().query(pool_of(X, n_labeled), 30), expected)


def test_each_cluster_gives_its_most_typical_sample():
    sizes = [40, 30, 20, 10]
    X = blobs(sizes)
    chosen = TypiClust().query(pool_of(X), 4)
    which = np.repeat(np.arange(4), sizes)
    assert_array_equal(which[chosen], [0, 1, 2, 3])
    for cluster, position in enumerate(chosen):
        members = np.flatnonzero(which == cluster)
        typical = reference.typicality(X[members], 20)
        assert members[typical.argmax()] == position


def test_labeled_clusters_and_small_clusters_wait():
    X = blobs([40, 30, 20, 3])
    order = np.r_[np.arange(1, 93), 0]  # one of the largest cluster is labeled
    chosen = TypiClust().query(pool_of(X[order], 1), 3)
    which = np.repeat(np.arange(4), [40, 30, 20, 3])[order]
    assert_array_equal(which[chosen], [1, 2, 0])


def test_copies_come_last():
    X = np.repeat(blobs([6, 6]), 8, axis=0)
    chosen = TypiClust().query(pool_of(X), 96)
    assert len(set(chosen // 8)) == 12 == len(set(chosen[:12] // 8))
    assert len(set(chosen)) == 96


def test_all_rows_equal_and_a_single_row():
    assert sorted(TypiClust().query(pool_of(np.ones((9, 2))), 9)) == list(range(9))
    assert_array_equal(TypiClust().query(pool_of(np.ones((1, 2)))), [0])
    assert_array_equal(TypiClust().query(pool_of(np.ones((4, 2)), 3)), [0])


def test_many_clusters():
    X = np.random.RandomState(0).normal(size=(400, 3))
    chosen = TypiClust().query(pool_of(X), 120)
    assert len(set(chosen)) == 120


def test_sparse_rows_and_tiny_rows_give_the_batch_of_dense_ones():
    X = blobs([30, 20, 10], d=5)
    expected = TypiClust().query(pool_of(X), 3)
    assert_array_equal(np.sort(TypiClust().query(pool_of(sp.csr_matrix(X)), 3)), np.sort(expected))
    tiny = np.ldexp(X, -700)
    assert_array_equal(TypiClust().query(pool_of(tiny), 3), expected)


def test_starts_a_learner():
    X = blobs([30, 20, 10])
    learner = ActiveLearner(cold_start=TypiClust(), random_state=0)
    which = np.repeat(np.arange(3), [30, 20, 10])
    assert sorted(which[learner.query(X, 3)]) == [0, 1, 2]


def test_clusters_by_products_are_those_of_vectors():
    X = blobs([20, 15, 12])
    rows = KernelEmbedding("linear").transform(Pool.from_arrays(X))
    labels = cluster_labels(rows, 3, np.random.RandomState(0))
    expected = KMeans(3, n_init=5, random_state=0).fit(X).labels_
    assert len(set(zip(labels, expected, strict=True))) == 3


def test_wrong_parameters_and_missing_rows():
    for n_neighbors in (0, 2.5, "3", None):
        with pytest.raises(ValueError, match="'n_neighbors'"):
            TypiClust(n_neighbors).query(pool_of(np.eye(3)))
    with pytest.raises(MissingOutputError, match="TypiClust reads `pool.embedding`"):
        TypiClust().query(Pool.from_arrays(["a", "b"]))
