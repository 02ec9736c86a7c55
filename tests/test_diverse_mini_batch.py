import numpy as np
import pytest
import reference_strategies as reference
import scipy.sparse as sp
from numpy.testing import assert_array_equal
from sklearn.cluster import KMeans
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from skal import ActiveLearner, Pool
from skal.embeddings import GradientEmbedding, KernelEmbedding
from skal.pool import MissingOutputError
from skal.strategies import DiverseMiniBatch, KMeansSampling, UncertaintySampling
from skal.strategies._shortlist import distinct_shortlist
from skal.testing import check_strategy


def leaning(proba):
    return proba[:, 0] - 0.5


STRATEGIES = [
    KMeansSampling(),
    KMeansSampling(KernelEmbedding("rbf")),
    DiverseMiniBatch(),
    DiverseMiniBatch("entropy", beta=2.5),
    DiverseMiniBatch(leaning, beta=1),
    DiverseMiniBatch(embedding=GradientEmbedding()),
    DiverseMiniBatch(embedding=KernelEmbedding("rbf", gamma=0.1)),
]


@pytest.mark.parametrize("strategy", STRATEGIES, ids=repr)
def test_contract(strategy):
    check_strategy(strategy)


def blobs(centers=((0, 0), (10, 0), (0, 10)), n_each=20, seed=0):
    rng = np.random.RandomState(seed)
    X = np.concatenate([np.add(c, rng.normal(size=(n_each, 2))) for c in centers])
    return X, np.repeat(np.arange(len(centers)), n_each)


def proba_of(uncertainty):
    """Return probabilities of two classes with these scores by margin."""
    return np.column_stack([1 - np.divide(uncertainty, 2), np.divide(uncertainty, 2)])


# k-means --------------------------------------------------------------------------------


def test_kmeans_takes_the_member_nearest_to_each_center():
    X, blob = blobs()
    chosen = KMeansSampling().query(Pool.from_arrays(X, random_state=0), 3)
    for b in range(3):
        members = np.flatnonzero(blob == b)
        sq = ((X[members] - X[members].mean(axis=0)) ** 2).sum(axis=1)
        assert members[sq.argmin()] in chosen


def test_kmeans_puts_the_largest_cluster_first():
    X, blob = blobs()
    keep = np.r_[0:20, 20:25, 40:50]
    chosen = KMeansSampling().query(Pool.from_arrays(X[keep], random_state=1), 3)
    assert_array_equal(blob[keep][chosen], [0, 2, 1])


def test_kmeans_of_a_linear_kernel_is_kmeans():
    X, _ = blobs()
    pool = Pool.from_arrays(X, random_state=0)
    assert set(KMeansSampling(KernelEmbedding("linear")).query(pool, 3)) == set(
        KMeansSampling().query(pool, 3)
    )


def test_kmeans_represents_the_pool_better_than_chance():
    X = reference.digits()[2]
    rng = np.random.RandomState(0)

    def inertia(rows):
        return reference.sq_distances(X, X[rows]).min(axis=1).sum()

    chosen = KMeansSampling().query(Pool.from_arrays(X, random_state=0), 20)
    by_chance = [inertia(rng.choice(len(X), 20, replace=False)) for _ in range(50)]
    assert inertia(chosen) < min(by_chance)


# Diverse mini-batches -------------------------------------------------------------------


def test_only_the_most_uncertain_are_clustered():
    X, _ = blobs()
    uncertainty = np.random.RandomState(1).permutation(60) / 60
    pool = Pool.from_arrays(X, proba=proba_of(uncertainty), random_state=0)
    for beta, n_kept in [(1, 6), (1.1, 7), (2, 12), (9.99, 60)]:
        kept = np.argsort(-uncertainty)[:n_kept]
        assert set(DiverseMiniBatch(beta=beta).query(pool, 6)) <= set(kept)
    assert set(DiverseMiniBatch(beta=1).query(pool, 6)) == set(np.argsort(-uncertainty)[:6])


def test_shortlist_rounds_up_what_is_not_whole():
    scores = np.arange(100.0)
    pool = Pool.from_arrays(scores[:, None], random_state=0)
    assert (
        len(distinct_shortlist(pool, scores, 1.1, 50, None)) == 55
    )  # 1.1 * 50 is 55.00000000000001
    assert len(distinct_shortlist(pool, scores, 1.11, 50, None)) == 56
    assert_array_equal(distinct_shortlist(pool, scores, 50, 10, None), np.arange(100)[::-1])


def test_members_nearest_to_the_weighted_means_are_chosen():
    X, blob = blobs()
    uncertainty = np.random.RandomState(2).uniform(0.1, 1, size=60)
    pool = Pool.from_arrays(X, proba=proba_of(uncertainty), random_state=0)
    chosen = DiverseMiniBatch(beta=20).query(pool, 3)
    for b in range(3):
        members = np.flatnonzero(blob == b)
        mean = np.average(X[members], axis=0, weights=uncertainty[members])
        assert members[((X[members] - mean) ** 2).sum(axis=1).argmin()] in chosen
    assert_array_equal(blob[chosen], np.argsort(-np.bincount(blob, uncertainty)))


def test_weights_pull_the_choice():
    X = np.arange(11.0)[:, None]
    uncertainty = np.where(np.arange(11) == 9, 0.9, 0.01)
    pool = Pool.from_arrays(X, proba=proba_of(uncertainty), random_state=0)
    assert DiverseMiniBatch(beta=20).query(pool, 1) == [9]
    assert KMeansSampling().query(pool, 1) == [5]


def test_negative_scores_are_weighed_from_the_least_one(iris):
    X, y, X_pool, _ = iris
    learner = ActiveLearner(RidgeClassifier(), random_state=0).fit(X, y)
    pool = learner.pool(X_pool)
    scores = UncertaintySampling("margin").score_samples(pool)
    assert scores.max() < 0
    chosen = DiverseMiniBatch(beta=1000).query(pool, 1)
    mean = np.average(X_pool, axis=0, weights=scores - scores.min())
    assert chosen == ((X_pool - mean) ** 2).sum(axis=1).argmin()


def test_scores_that_were_not_kept_count_for_the_least_one():
    X, decision = np.array([[0.0], [10.0], [20.0], [99.0]]), np.array([1.0, 1.1, 1.2, 10.0])
    pool = Pool.from_arrays(X, decision=decision, random_state=0)
    # Weights 9, 8.9 and 8.8, not 0.2, 0.1 and 0.
    assert DiverseMiniBatch(beta=3).query(pool, 1) == [1]


def test_equal_negative_scores_weigh_alike():
    pool = Pool.from_arrays(np.arange(5.0)[:, None], decision=np.full(5, 2.0), random_state=0)
    assert DiverseMiniBatch().query(pool, 1) == [2]


def test_batches_are_more_diverse_than_the_most_uncertain_samples():
    X, y, X_pool, _ = reference.digits()
    learner = ActiveLearner(RandomForestClassifier(random_state=0), random_state=0).fit(X, y)
    pool = learner.pool(X_pool)

    def diversity(rows):
        sq = reference.sq_distances(X_pool[rows], X_pool[rows])
        return np.sqrt(sq[np.triu_indices(len(rows), 1)]).min()

    diverse = DiverseMiniBatch().query(pool, 20)
    assert diversity(diverse) > diversity(UncertaintySampling().query(pool, 20))
    scores = UncertaintySampling().score_samples(pool)
    assert scores[diverse].mean() > scores.mean()


def test_weighted_inertia_is_near_that_of_many_restarts():
    X, y, X_pool, _ = reference.digits()
    learner = ActiveLearner(LogisticRegression(max_iter=2000), random_state=0).fit(X, y)
    pool = learner.pool(X_pool)
    weights = UncertaintySampling().score_samples(pool)
    chosen = DiverseMiniBatch(beta=1000).query(pool, 10)
    inertia = weights @ reference.sq_distances(X_pool, X_pool[chosen]).min(axis=1)
    best = KMeans(10, n_init=20, random_state=0).fit(X_pool, sample_weight=weights)
    members = [((X_pool - c) ** 2).sum(axis=1).argmin() for c in best.cluster_centers_]
    least = weights @ reference.sq_distances(X_pool, X_pool[members]).min(axis=1)
    assert inertia < 1.15 * least


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
@pytest.mark.parametrize("kind", [np.asarray, sp.csr_matrix])
def test_works_with_all_kinds_of_models(model, kind):
    X, y, X_pool, _ = reference.digits()
    if kind is sp.csr_matrix and hasattr(model, "steps"):
        model = make_pipeline(StandardScaler(with_mean=False), SVC())
    learner = ActiveLearner(model, strategy=DiverseMiniBatch(), random_state=0).fit(kind(X), y)
    assert len(set(learner.query(kind(X_pool), 15))) == 15


def nearest_to_mean(X):
    return ((X - X.mean(axis=0)) ** 2).sum(axis=1).argmin()


def test_distances_are_taken_behind_the_transformers():
    rng = np.random.RandomState(2)
    X = rng.normal(size=(60, 2)) * [1, 1e6]
    model = make_pipeline(StandardScaler(), LogisticRegression())
    learner = ActiveLearner(model, strategy=KMeansSampling()).fit(X[:20], X[:20, 0] > 0)
    scaled = learner.estimator_[0].transform(X[20:])
    assert nearest_to_mean(scaled) != nearest_to_mean(X[20:])
    assert learner.query(X[20:], 1) == nearest_to_mean(scaled)


def test_what_is_missing_is_named():
    pool = Pool.from_arrays([[0.0], [1.0]])
    with pytest.raises(MissingOutputError, match="DiverseMiniBatch reads `pool.proba`"):
        DiverseMiniBatch("entropy").query(pool)


@pytest.mark.parametrize(
    "strategy, named",
    [
        (DiverseMiniBatch(beta=0.5), "'beta'"),
        (DiverseMiniBatch("variance"), "'measure'"),
        (DiverseMiniBatch(embedding=3), "'embedding'"),
        (KMeansSampling(np.ones(3)), "'embedding'"),
    ],
)
def test_wrong_parameters_are_named(strategy, named):
    with pytest.raises(ValueError, match=named):
        strategy.query(Pool.from_arrays([[0.0]], proba=[[0.5, 0.5]]))
