from collections import Counter

import numpy as np
import pytest
import reference_geometry
import reference_strategies as reference
import scipy.sparse as sp
from numpy.testing import assert_array_equal
from scipy.stats import chisquare
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from skal import ActiveLearner, Pool
from skal.embeddings import GradientEmbedding, KernelEmbedding
from skal.pool import MissingOutputError
from skal.strategies import UncertaintySampling
from skal.strategies._badge import BADGE
from skal.testing import check_strategy


@pytest.mark.parametrize(
    "strategy",
    [
        BADGE(),
        BADGE(bias=True),
        BADGE(KernelEmbedding("poly", degree=2)),
        BADGE(GradientEmbedding(KernelEmbedding("rbf"), bias=True)),
    ],
    ids=repr,
)
def test_contract(strategy):
    check_strategy(strategy)


def example(n_samples, n_classes=3, seed=0):
    rng = np.random.RandomState(seed)
    return rng.normal(size=(n_samples, 2)), rng.dirichlet(np.ones(n_classes), size=n_samples)


@pytest.mark.parametrize("bias", [False, True])
def test_draws_follow_the_law_on_explicit_gradients(bias):
    X, proba = example(6)
    explicit = reference.gradients(proba, X, bias)
    first = int((explicit**2).sum(axis=1).argmax())
    law = reference_geometry.kmeans_plusplus_law(explicit, 3, first)
    strategy, n_draws = BADGE(bias=bias), 1000
    seen = Counter(
        tuple(strategy.query(Pool.from_arrays(X, proba=proba, random_state=seed), 3).tolist())
        for seed in range(n_draws)
    )
    assert set(seen) <= set(law)
    observed = np.array([seen[picks] for picks in law])
    expected = n_draws * np.array(list(law.values()))
    assert chisquare(observed, expected).pvalue > 1e-4


@pytest.mark.parametrize("n_classes", [2, 4])
def test_the_longest_gradient_comes_first(n_classes):
    X, proba = example(30, n_classes)
    norms = (reference.gradients(proba, X) ** 2).sum(axis=1)
    assert BADGE().query(Pool.from_arrays(X, proba=proba, random_state=0), 4)[0] == norms.argmax()


def test_all_certain_samples_but_one_come_last():
    X, proba = example(20)
    proba[5:] = np.eye(3)[np.arange(15) % 3]
    for seed in range(10):
        order = BADGE().query(Pool.from_arrays(X, proba=proba, random_state=seed), 20)
        assert set(range(5)) <= set(order[:6])
        assert sorted(order) == list(range(20))


def test_only_certain_samples_are_taken_at_random():
    X = example(30)[0]
    proba = np.eye(3)[np.arange(30) % 3]
    second = {
        BADGE().query(Pool.from_arrays(X, proba=proba, random_state=s), 2)[1] for s in range(40)
    }
    assert len(second) > 10


def test_no_copy_is_taken_before_every_distinct_sample():
    X, proba = example(5)
    copies = np.repeat(np.arange(5), 4)
    for seed in range(20):
        pool = Pool.from_arrays(X[copies], proba=proba[copies], random_state=seed)
        chosen = BADGE().query(pool, 20)
        assert len(set(copies[chosen[:5]])) == 5
        assert len(set(chosen)) == 20


def test_sparse_and_dense_features_give_the_same_potential():
    X, y, X_pool, _ = reference.digits()
    model = LogisticRegression(max_iter=2000).fit(X, y)
    proba = model.predict_proba(X_pool)
    explicit = reference.gradients(proba, X_pool)

    def potential(X_pool, seed):
        chosen = BADGE().query(Pool.from_arrays(X_pool, proba=proba, random_state=seed), 15)
        return reference_geometry.potential(explicit, chosen)

    dense = [potential(X_pool, seed) for seed in range(20)]
    sparse = [potential(sp.csr_matrix(X_pool), seed) for seed in range(20)]
    by_hand = [
        reference_geometry.potential(
            explicit,
            reference_geometry.kmeans_plusplus(
                explicit, 15, int((explicit**2).sum(axis=1).argmax()), np.random.RandomState(seed)
            ),
        )
        for seed in range(20)
    ]
    for mean in (np.mean(dense), np.mean(sparse)):
        assert abs(mean - np.mean(by_hand)) < 4 * np.std(by_hand) / np.sqrt(10)


def test_batches_are_uncertain_and_diverse():
    X, y, X_pool, _ = reference.digits()
    learner = ActiveLearner(LogisticRegression(max_iter=2000), random_state=0).fit(X / 16, y)
    pool = learner.pool(X_pool / 16)
    gradients = reference.gradients(pool.proba, X_pool / 16)

    def spread(rows):
        sq = reference.sq_distances(gradients[rows], gradients[rows])
        return sq[np.triu_indices(len(rows), 1)].min()

    chosen = BADGE().query(pool, 20)
    scores = UncertaintySampling("least_confidence").score_samples(pool)
    assert scores[chosen].mean() > scores.mean()
    assert spread(chosen) > spread(np.argsort(-scores)[:20])


def test_a_gradient_embedding_is_taken_as_it_is():
    X, proba = example(30)
    pool = Pool.from_arrays(X, proba=proba, random_state=0)
    expected = BADGE(bias=True).query(pool, 8)
    assert_array_equal(BADGE(GradientEmbedding(bias=True)).query(pool, 8), expected)
    assert_array_equal(BADGE(GradientEmbedding(bias=True), bias=False).query(pool, 8), expected)


def test_other_embeddings_are_the_features():
    X, proba = example(30)
    features = reference.quadratic_features(X)
    kernel = KernelEmbedding("poly", gamma=1, degree=2, coef0=1)
    norms = (reference.gradients(proba, features) ** 2).sum(axis=1)
    chosen = BADGE(kernel).query(Pool.from_arrays(X, proba=proba, random_state=0), 5)
    assert chosen[0] == norms.argmax()


TEXTS = [f"{a} {b} {c}" for a in "uvwxyz" for b in ("red", "blue") for c in ("sun", "moon", "sky")]


def test_texts_stay_sparse():
    model = make_pipeline(TfidfVectorizer(token_pattern=r"\w+"), LogisticRegression())
    learner = ActiveLearner(model, strategy=BADGE(bias=True), random_state=0)
    learner.fit(TEXTS[::4], ["red" in text for text in TEXTS[::4]])
    assert sp.issparse(learner.pool(TEXTS).embedding)
    assert len(set(learner.query(TEXTS, 10))) == 10


@pytest.mark.parametrize(
    "model",
    [
        LogisticRegression(max_iter=2000),
        GaussianNB(),
        RandomForestClassifier(n_estimators=10),
        make_pipeline(StandardScaler(), LogisticRegression()),
        CalibratedClassifierCV(SVC(), ensemble=False),
    ],
    ids=str,
)
def test_works_with_every_model_that_has_probabilities(model):
    X, y, X_pool, _ = reference.digits()
    learner = ActiveLearner(model, strategy=BADGE(), random_state=0).fit(X, y)
    assert len(set(learner.query(X_pool, 15))) == 15
    assert len(set(learner.query(X_pool, len(X_pool)))) == len(X_pool)


def test_models_without_probabilities_are_told_the_way_out():
    X, y, X_pool, _ = reference.digits()
    learner = ActiveLearner(SVC(), strategy=BADGE()).fit(X, y)
    with pytest.raises(
        MissingOutputError, match="BADGE reads `pool.proba`.*CalibratedClassifierCV"
    ):
        learner.query(X_pool)


def test_wrong_parameters_are_named():
    pool = Pool.from_arrays([[0.0]], proba=[[0.5, 0.5]])
    for strategy, named in [(BADGE("x"), "'embedding'"), (BADGE(bias=2), "'bias'")]:
        with pytest.raises(ValueError, match=named):
            strategy.query(pool)
