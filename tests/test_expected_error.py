import pickle

import numpy as np
import pandas as pd
import pytest
import reference_strategies as reference
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn import config_context
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import BernoulliNB, ComplementNB, GaussianNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skal import ActiveLearner, Pool
from skal.pool import MissingOutputError
from skal.strategies import ExpectedErrorReduction, Shortlist, UncertaintySampling
from skal.testing import check_strategy

LOSSES = {"log": reference.mean_entropy, "zero_one": reference.mean_miss}
EXACT = LogisticRegression(tol=1e-10, max_iter=10_000)


@pytest.mark.parametrize(
    "strategy",
    [
        ExpectedErrorReduction(),
        ExpectedErrorReduction("zero_one", n_candidates=5),
        ExpectedErrorReduction(n_candidates=1000),
        ExpectedErrorReduction(evaluation=np.zeros((4, 1))),
    ],
    ids=["log", "few", "many", "evaluation"],
)
def test_contract(strategy):
    check_strategy(strategy)


def data(n_classes=3, seed=0, n_dims=5):
    X, y = make_classification(
        70, n_dims, n_informative=n_dims, n_redundant=0, n_classes=n_classes, random_state=seed
    )
    return abs(X) + 0.5, np.array(["ant", "bee", "cat"])[y]


class Counting:
    """Count the fits of a class of classifiers."""

    def __init__(self, monkeypatch, cls):
        self.n_fits, fit = 0, cls.fit

        def counting(estimator, *args, **kwargs):
            self.n_fits += 1
            return fit(estimator, *args, **kwargs)

        monkeypatch.setattr(cls, "fit", counting)


def expected_scores(estimator, X, y, X_pool, loss="log", evaluation=None, weights=None):
    def fitted(X, y, weights):
        params = {} if weights is None else {"sample_weight": weights}
        return clone(estimator).fit(X, y, **params)

    def refit(x, label):
        joined = sp.vstack([X, x]) if sp.issparse(X) else np.concatenate([X, x])
        return fitted(joined, np.append(y, label), None if weights is None else [*weights, 1.0])

    model = fitted(X, y, weights)
    return -reference.expected_error(
        model, model.classes_, refit, X_pool, LOSSES[loss], evaluation
    )


BAYES = [
    GaussianNB(),
    GaussianNB(var_smoothing=0.1, priors=[0.2, 0.3, 0.5]),
    MultinomialNB(),
    MultinomialNB(alpha=[0.1, 0.2, 0.3, 0.4, 0.5], fit_prior=False),
    MultinomialNB(class_prior=[0.2, 0.3, 0.5]),
    BernoulliNB(binarize=1.2),
    BernoulliNB(binarize=1.2, alpha=0.1, fit_prior=False),
]
EXACT_FORMS = [
    *BAYES,
    KNeighborsClassifier(3),
    KNeighborsClassifier(4, metric="manhattan"),
    KNeighborsClassifier(2, metric="minkowski", p=3),
    KNeighborsClassifier(5, metric="cosine"),
    LinearDiscriminantAnalysis(),
    LinearDiscriminantAnalysis(priors=[0.2, 0.3, 0.5]),
]
LINEAR = [
    EXACT,
    clone(EXACT).set_params(C=100, fit_intercept=False),
    clone(EXACT).set_params(C=0.01, solver="newton-cg"),
]
REFITTED = [
    DecisionTreeClassifier(random_state=0),
    KNeighborsClassifier(3, weights="distance"),
    LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.5),
    LogisticRegression(class_weight="balanced"),
    ComplementNB(),
    make_pipeline(StandardScaler(), GaussianNB()),
]


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("estimator", [*EXACT_FORMS, *LINEAR, *REFITTED], ids=repr)
def test_agrees_with_a_fit_for_every_label(estimator, loss):
    X, y = data()
    learner = ActiveLearner(estimator, ExpectedErrorReduction(loss)).fit(X[:40], y[:40])
    scores = learner.strategy.scores(learner.pool(X[40:52]))
    expected = expected_scores(estimator, X[:40], y[:40], X[40:52], loss)
    tolerance = 1e-6 if type(estimator) is LogisticRegression else 1e-9
    assert_allclose(scores, expected, rtol=0, atol=tolerance)


@pytest.mark.parametrize("estimator", [GaussianNB(), MultinomialNB(), EXACT], ids=repr)
@pytest.mark.parametrize("seed", range(3))
def test_two_classes_weights_and_other_samples_to_evaluate(estimator, seed):
    X, y = data(2, seed)
    weights = np.random.RandomState(seed).uniform(0.2, 3, size=30)
    strategy = ExpectedErrorReduction(evaluation=X[60:])
    learner = ActiveLearner(estimator, strategy).fit(X[:30], y[:30], sample_weight=weights)
    scores = strategy.scores(learner.pool(X[30:45]))
    expected = expected_scores(estimator, X[:30], y[:30], X[30:45], "log", X[60:], weights)
    assert_allclose(scores, expected, rtol=0, atol=1e-6)


def test_a_logistic_regression_with_the_default_tolerance_is_near():
    X, y = data()
    learner = ActiveLearner(LogisticRegression(max_iter=1000)).fit(X[:40], y[:40])
    scores = ExpectedErrorReduction().scores(learner.pool(X[40:]))
    expected = expected_scores(LogisticRegression(max_iter=1000), X[:40], y[:40], X[40:])
    assert_allclose(scores, expected, rtol=0, atol=2e-3)


@pytest.mark.parametrize("C", [1e-4, 1e6])
@pytest.mark.parametrize("scale, shift", [(1e-3, 0), (1, 100), (50, 0)])
def test_a_logistic_regression_is_solved_wherever_the_data_lie(C, scale, shift):
    # Separable classes and large C: the solution without the new sample is far from that with it.
    rng = np.random.RandomState(0)
    X = rng.normal(size=(30, 2)) * scale + shift
    y = (X[:, 0] > shift).astype(int)
    exact = LogisticRegression(C=C, solver="newton-cholesky", tol=1e-12, max_iter=1000)
    learner = ActiveLearner(exact).fit(X[:12], y[:12])
    scores = ExpectedErrorReduction().scores(learner.pool(X[12:]))
    expected = expected_scores(exact, X[:12], y[:12], X[12:])
    assert_allclose(scores, expected, rtol=0, atol=1e-3)


@pytest.mark.parametrize("estimator", EXACT_FORMS + LINEAR, ids=repr)
def test_forms_fit_at_most_once(monkeypatch, estimator):
    X, y = data()
    learner = ActiveLearner(estimator, ExpectedErrorReduction()).fit(X[:40], y[:40])
    fits = Counting(monkeypatch, type(estimator))
    learner.query(X[40:])
    assert fits.n_fits <= 1


@pytest.mark.parametrize("estimator", REFITTED, ids=repr)
def test_all_others_are_fitted_for_every_sample_and_label(monkeypatch, estimator):
    X, y = data()
    learner = ActiveLearner(estimator, ExpectedErrorReduction()).fit(X[:40], y[:40])
    proba = learner.predict_proba(X[40:50])
    fits = Counting(monkeypatch, type(estimator))
    learner.query(X[40:50])
    assert fits.n_fits == np.count_nonzero(proba)


def test_a_subclass_is_fitted_as_it_says(monkeypatch):
    class Own(GaussianNB):
        pass

    X, y = data()
    learner = ActiveLearner(Own(), ExpectedErrorReduction()).fit(X[:40], y[:40])
    fits = Counting(monkeypatch, Own)
    learner.query(X[40:42])
    assert fits.n_fits == 6


TEXTS = np.array(
    [f"{a} {b} {c}" for a in "good bad odd".split() for b in "film book".split() for c in "xyz"]
)


@pytest.mark.parametrize(
    "transformer, refitted",
    [
        (HashingVectorizer(n_features=64, alternate_sign=False), False),
        (FrozenEstimator(TfidfVectorizer().fit(TEXTS)), False),
        (CountVectorizer(), True),
    ],
    ids=["stateless", "frozen", "learns"],
)
@pytest.mark.parametrize("classifier", [MultinomialNB(), BernoulliNB(), KNeighborsClassifier(2)])
def test_texts_in_a_pipeline(monkeypatch, transformer, refitted, classifier):
    y = np.array([text.split()[0] for text in TEXTS])
    order = np.random.RandomState(0).permutation(len(TEXTS))
    texts, y = TEXTS[order], y[order]
    estimator = make_pipeline(transformer, classifier)
    expected = expected_scores(estimator, texts[:10], y[:10], texts[10:])
    learner = ActiveLearner(estimator, ExpectedErrorReduction()).fit(texts[:10], y[:10])
    fits = Counting(monkeypatch, type(classifier))
    assert_allclose(learner.strategy.scores(learner.pool(texts[10:])), expected, atol=1e-9)
    assert (fits.n_fits > 1) == refitted


def test_a_pipeline_with_weights_for_its_last_step():
    X, y = data()
    weights = np.linspace(0.5, 2, 40)
    learner = ActiveLearner(make_pipeline(Normalizer(), GaussianNB()))
    learner.fit(X[:40], y[:40], gaussiannb__sample_weight=weights)
    unit = Normalizer().transform(X)
    expected = expected_scores(GaussianNB(), unit[:40], y[:40], unit[40:], weights=weights)
    assert_allclose(ExpectedErrorReduction().scores(learner.pool(X[40:])), expected, atol=1e-9)


def test_data_frames():
    X, y = data()
    frame = pd.DataFrame(X, columns=list("abcde"))
    learner = ActiveLearner(GaussianNB()).fit(frame[:40], y[:40])
    scores = ExpectedErrorReduction().scores(learner.pool(frame[40:][list("edcba")]))
    assert_allclose(scores, expected_scores(GaussianNB(), X[:40], y[:40], X[40:]), atol=1e-9)
    strategy = ExpectedErrorReduction(evaluation=frame[60:][list("dabce")])
    expected = expected_scores(GaussianNB(), X[:40], y[:40], X[40:60], "log", X[60:])
    assert_allclose(strategy.scores(learner.pool(frame[40:60])), expected, atol=1e-9)
    labeled = Pool(learner.estimator_, frame[:40][list("bcdea")], y=y[:40])
    pool = Pool(learner.estimator_, frame[40:60], labeled=labeled)
    assert_allclose(strategy.scores(pool), expected, atol=1e-9)
    tree = DecisionTreeClassifier(random_state=0)
    learner = ActiveLearner(tree).fit(frame[:40], y[:40])
    scores = ExpectedErrorReduction().scores(learner.pool(frame[40:45]))
    assert_allclose(scores, expected_scores(tree, X[:40], y[:40], X[40:45]), atol=1e-9)


def test_labels_of_probability_zero_are_not_fitted():
    class Refusing:
        def __call__(self, X, y):
            assert y[0] == 0, "the probability of this label is 0"
            return GaussianNB().fit([[0.0], [1.0]], [0, 1])

    pool = Pool.from_arrays([[0.0], [1.0]], proba=[[1.0, 0.0], [1.0, 0.0]], refit=Refusing())
    assert np.isfinite(ExpectedErrorReduction().scores(pool)).all()


def test_the_model_may_know_more_classes_than_the_labels():
    # The pool's columns are the classes of the model; a fit with fewer or more classes is fine.
    X, y = data()
    model = GaussianNB().fit(X[:60], y[:60])
    few = y[:60] != "cat"
    X_few, y_few = X[:60][few][:10], y[:60][few][:10]
    pool = Pool(model, X[60:], labeled=Pool(model, X_few, y=y_few))
    scores = ExpectedErrorReduction().scores(pool)

    def refit(x, label):
        return GaussianNB().fit(np.concatenate([X_few, x]), np.append(y_few, label))

    expected = -reference.expected_error(
        model, model.classes_, refit, X[60:], reference.mean_entropy
    )
    assert_allclose(scores, expected, atol=1e-9)


def test_a_pool_of_a_model_and_labeled_samples_suffices():
    X, y = data()
    model = GaussianNB().fit(X[:40], y[:40])
    pool = Pool(model, X[40:], labeled=Pool(model, X[:40], y=y[:40]))
    expected = expected_scores(GaussianNB(), X[:40], y[:40], X[40:])
    assert_allclose(ExpectedErrorReduction().scores(pool), expected, atol=1e-9)


def test_refit_is_what_teach_does():
    X, y = data()
    for incremental in (False, True):
        learner = ActiveLearner(GaussianNB(), incremental=incremental, random_state=0)
        learner.fit(X[:40], y[:40], sample_weight=np.linspace(1, 2, 40))
        pool = learner.pool(X[40:])
        model = pool.refit(X[[50]], y[[50]])
        assert_array_equal(pickle.loads(pickle.dumps(pool)).proba, pool.proba)
        learner.teach(X[[50]], y[[50]])
        assert_array_equal(model.predict_proba(X), learner.predict_proba(X))
        # The pool stays as it was when it was made.
        again = pool.refit(X[[50]], y[[50]])
        assert_array_equal(again.predict_proba(X), model.predict_proba(X))


def test_an_incremental_learner_goes_on_from_its_model():
    X, y = data()
    learner = ActiveLearner(GaussianNB(), incremental=True).fit(X[:40], y[:40])
    scores = ExpectedErrorReduction().scores(learner.pool(X[40:]))

    def refit(x, label):
        return GaussianNB().fit(X[:40], y[:40]).partial_fit(x, label)

    model = GaussianNB().fit(X[:40], y[:40])
    expected = -reference.expected_error(
        model, model.classes_, refit, X[40:], reference.mean_entropy
    )
    assert_allclose(scores, expected, atol=1e-9)


@pytest.mark.parametrize("estimator", [GaussianNB(), EXACT, REFITTED[0]], ids=repr)
def test_neither_threads_nor_memory_change_the_scores(estimator):
    X, y = data()
    pools = []
    for n_jobs in (None, 2):
        learner = ActiveLearner(estimator, n_jobs=n_jobs, random_state=0).fit(X[:40], y[:40])
        pools.append(learner.pool(X[40:]))
    with config_context(working_memory=1e-3):
        small = ExpectedErrorReduction().scores(pools[1])
    assert_array_equal(small, ExpectedErrorReduction().scores(pools[0]))


def test_only_candidates_are_scored():
    X, y = data()
    learner = ActiveLearner(GaussianNB(), random_state=0).fit(X[:40], y[:40])
    every = ExpectedErrorReduction().scores(learner.pool(X[40:]))
    some = ExpectedErrorReduction(n_candidates=7).scores(learner.pool(X[40:]))
    assert np.isfinite(some).sum() == 7
    assert_allclose(some[np.isfinite(some)], every[np.isfinite(some)], atol=1e-12)
    for estimator in (GaussianNB(), RandomForestClassifier(3, random_state=0)):
        strategy = ExpectedErrorReduction(n_candidates=3)
        learner = ActiveLearner(estimator, strategy, random_state=0).fit(X[:40], y[:40])
        assert len(learner.query(X[40:], 5)) == 5


def test_a_pool_of_one_sample_leaves_no_error():
    X, y = data()
    learner = ActiveLearner(GaussianNB()).fit(X[:40], y[:40])
    assert ExpectedErrorReduction().scores(learner.pool(X[[50]])) == 0


def test_it_chooses_from_a_shortlist():
    X, y = data()
    strategy = Shortlist(UncertaintySampling(), ExpectedErrorReduction(), factor=3)
    learner = ActiveLearner(GaussianNB(), strategy, random_state=0).fit(X[:40], y[:40])
    pool = learner.pool(X[40:])
    uncertain = UncertaintySampling().query(pool, 6)
    assert set(learner.query(X[40:], 2)) <= set(uncertain)


def test_copies_near_to_the_last_neighbor_do_not_enter():
    # The new sample is as far as the last neighbor from every sample: the neighbor stays.
    X = np.array([[0.0], [1.0], [2.0], [3.0]])
    learner = ActiveLearner(KNeighborsClassifier(1)).fit(X, [0, 0, 1, 1])
    assert_array_equal(ExpectedErrorReduction().scores(learner.pool(X)), np.zeros(4))


def test_errors_name_the_way_out():
    X, y = data()
    arrays = Pool.from_arrays(X, proba=np.full((70, 2), 0.5))
    with pytest.raises(MissingOutputError, match="Reduction reads `pool.refit`.*learner"):
        ExpectedErrorReduction().query(arrays, 2)
    with pytest.raises(ValueError, match="refit must be a function"):
        Pool.from_arrays(X, refit=3)
    learner = ActiveLearner(GaussianNB(), ExpectedErrorReduction(evaluation=X[:0]))
    with pytest.raises(ValueError, match="evaluation must hold at least one sample"):
        learner.fit(X[:40], y[:40]).query(X[40:])
    frozen = FrozenEstimator(GaussianNB().fit(X[:40], y[:40]))
    learner = ActiveLearner(frozen, ExpectedErrorReduction()).fit(X[:40], y[:40])
    with pytest.raises(MissingOutputError, match="whose estimator is not frozen"):
        learner.query(X[40:])
    learner = ActiveLearner(GaussianNB(), cold_start=ExpectedErrorReduction())
    with pytest.raises(MissingOutputError, match="fewer than two classes"):
        learner.fit(X[:1], y[:1]).query(X[40:])


def test_what_the_classifier_refuses_reaches_the_user():
    X, y = data()
    learner = ActiveLearner(MultinomialNB(), ExpectedErrorReduction()).fit(X[:40], y[:40])
    with pytest.raises(ValueError, match="Negative values in data"):
        learner.query(-X[40:])


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_huge_features_are_left_to_the_estimator():
    X = np.random.RandomState(0).normal(size=(20, 2))
    X[0, 0], X[15, 1] = 1e160, 1e160
    learner = ActiveLearner(LogisticRegression(), ExpectedErrorReduction(), random_state=0)
    assert len(set(learner.fit(X[:10], [0, 1] * 5).query(X[10:], 2))) == 2
