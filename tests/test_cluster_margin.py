import numpy as np
import pytest
import reference_strategies as reference
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from skal import ActiveLearner, Pool
from skal.embeddings import GradientEmbedding, KernelEmbedding
from skal.pool import MissingOutputError
from skal.strategies import UncertaintySampling
from skal.strategies import _cluster_margin as cluster_margin
from skal.strategies._cluster_margin import ClusterMargin, average_linkage, round_robin
from skal.testing import check_strategy


@pytest.mark.parametrize(
    "strategy",
    [
        ClusterMargin(),
        ClusterMargin(candidates=1),
        ClusterMargin(n_clusters=1),
        ClusterMargin(n_clusters=1000),
        ClusterMargin(embedding=KernelEmbedding("rbf")),
        ClusterMargin(embedding=GradientEmbedding()),
    ],
    ids=repr,
)
def test_contract(strategy):
    check_strategy(strategy)


def example(n_samples=60, seed=0):
    rng = np.random.RandomState(seed)
    X = rng.normal(size=(n_samples, 3))
    return X, rng.dirichlet(np.ones(3), size=n_samples)


def margins(proba):
    top = np.sort(proba, axis=1)
    return 1 - (top[:, -1] - top[:, -2])


@pytest.mark.parametrize("n_clusters", [None, 1, 4, 25])
@pytest.mark.parametrize("candidates", [1, 2.5, 10])
@pytest.mark.parametrize("n", [1, 5, 12])
def test_agrees_with_a_plain_round_robin(n, candidates, n_clusters):
    X, proba = example()
    n_candidates = min(60, int(np.ceil(candidates * n)))
    expected = reference.cluster_margin(X, margins(proba), n, n_candidates, n_clusters or 6)
    pool = Pool.from_arrays(X, proba=proba, random_state=0)
    strategy = ClusterMargin(candidates=candidates, n_clusters=n_clusters)
    assert_array_equal(strategy.query(pool, n), expected)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=30))
def test_round_robin_takes_one_of_each_label_per_round(labels):
    order = round_robin(np.array(labels))
    assert sorted(order) == list(range(len(labels)))
    rounds = [labels[:i].count(label) for i, label in enumerate(labels)]
    keys = [(rounds[i], labels.count(labels[i]), labels.index(labels[i])) for i in order]
    assert keys == sorted(keys)


def test_one_cluster_is_margin_sampling():
    X, proba = example()
    pool = Pool.from_arrays(X, proba=proba, random_state=0)
    assert_array_equal(
        ClusterMargin(n_clusters=1).query(pool, 9), UncertaintySampling("margin").query(pool, 9)
    )


def test_the_batch_is_spread_over_clusters():
    centers = np.array([[0, 0], [20, 0], [0, 20], [20, 20]])
    rng = np.random.RandomState(0)
    X = np.repeat(centers, 20, axis=0) + rng.normal(size=(80, 2))
    proba = np.column_stack([np.full(80, 0.5), np.full(80, 0.5)])
    proba[:20] += [[0.01, -0.01]]  # one blob is a little less uncertain
    pool = Pool.from_arrays(X, proba=proba, random_state=0)
    chosen = ClusterMargin(candidates=20, n_clusters=4).query(pool, 4)
    assert_array_equal(np.sort(chosen // 20), [0, 1, 2, 3])


def test_average_linkage_cuts_at_distances_not_their_squares():
    # From 17 to 0 and 8 it is 13 on average, 13.6 by squares; the last two are 13.3 apart.
    labels = average_linkage(np.array([[0.0], [8.0], [17.0], [100.0], [113.3]]), 3)
    assert labels[0] == labels[1] == labels[2]
    assert len(set(labels)) == 3


@pytest.mark.parametrize("kind", [np.asarray, sp.csr_matrix])
def test_large_pools_are_clustered_by_a_sample(monkeypatch, kind):
    centers = 30 * np.eye(6)
    rng = np.random.RandomState(1)
    blob = rng.randint(6, size=300)
    X = centers[blob] + rng.normal(size=(300, 6))
    proba = example(300)[1]
    pool = Pool.from_arrays(kind(X), proba=proba, random_state=0)
    whole = ClusterMargin(n_clusters=6).query(pool, 12)
    monkeypatch.setattr(cluster_margin, "_MAX_CLUSTERED", 60)
    assert_array_equal(ClusterMargin().query(pool, 12), whole)


def test_large_pools_hold_no_more_than_the_sample(monkeypatch):
    lengths, linkage = [], cluster_margin.linkage

    def spying(distances, method):
        lengths.append(len(distances))
        return linkage(distances, method)

    monkeypatch.setattr(cluster_margin, "_MAX_CLUSTERED", 50)
    monkeypatch.setattr(cluster_margin, "linkage", spying)
    X, proba = example(400)
    ClusterMargin().query(Pool.from_arrays(X, proba=proba, random_state=0), 5)
    assert lengths == [50 * 49 // 2]


def test_decision_functions_will_do(iris):
    X, y, X_pool, _ = iris
    learner = ActiveLearner(RidgeClassifier(), strategy=ClusterMargin(n_clusters=1)).fit(X, y)
    top = np.sort(learner.decision_function(X_pool), axis=1)
    assert_array_equal(learner.query(X_pool, 4), np.argsort(top[:, -1] - top[:, -2])[:4])


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 30), st.integers(1, 30), st.integers(0, 100))
def test_whole_pools_of_copies_are_fine(n_samples, n, seed):
    n = min(n, n_samples)
    X = np.random.RandomState(seed).randint(3, size=(n_samples, 1))
    pool = Pool.from_arrays(X, proba=np.full((n_samples, 2), 0.5), random_state=seed)
    assert len(set(ClusterMargin().query(pool, n))) == n


@pytest.mark.parametrize(
    "model",
    [
        SVC(),
        LogisticRegression(max_iter=2000),
        RandomForestClassifier(n_estimators=10),
        make_pipeline(StandardScaler(), SVC()),
    ],
    ids=str,
)
def test_works_with_all_kinds_of_models(model):
    X, y, X_pool, _ = reference.digits()
    learner = ActiveLearner(model, strategy=ClusterMargin(), random_state=0).fit(X, y)
    assert len(set(learner.query(X_pool, 15))) == 15


def test_what_is_missing_is_named():
    pool = Pool.from_arrays([[0.0], [1.0]])
    with pytest.raises(MissingOutputError, match="ClusterMargin reads `pool.proba`"):
        ClusterMargin().query(pool)


@pytest.mark.parametrize(
    "strategy, named",
    [
        (ClusterMargin(candidates=0.5), "'candidates'"),
        (ClusterMargin(n_clusters=0), "'n_clusters'"),
        (ClusterMargin(n_clusters=2.5), "'n_clusters'"),
        (ClusterMargin(embedding="x"), "'embedding'"),
    ],
)
def test_wrong_parameters_are_named(strategy, named):
    with pytest.raises(ValueError, match=named):
        strategy.query(Pool.from_arrays([[0.0]], proba=[[0.5, 0.5]]))
