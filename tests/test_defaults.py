"""What a learner does where the user chose nothing, and models trained before."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import HistGradientBoostingClassifier, VotingClassifier
from sklearn.feature_extraction.text import HashingVectorizer, TfidfVectorizer
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression, Perceptron
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC

from skal import ActiveLearner, Committee
from skal.strategies import (
    ClassBalanced,
    MaxHerding,
    Mixture,
    QueryByCommittee,
    RandomSampling,
    Shortlist,
    UncertaintyHerding,
    UncertaintySampling,
)

TEXTS = [f"{word} {number}" for word in ("tea", "milk", "rice", "salt") for number in range(10)]


class WordCounter(ClassifierMixin, BaseEstimator):
    """A classifier of texts without a feature space; it counts what is predicted."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.n_predicted_ = 0
        return self

    def predict_proba(self, X):
        self.n_predicted_ += len(X)
        share = np.array([0.1 + 0.8 * (hash_of(text) % 97) / 97 for text in X])
        return np.column_stack([share, 1 - share])

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


def hash_of(text):
    return sum(31**i * ord(c) for i, c in enumerate(text))


class Space(WordCounter):
    """A classifier whose feature space holds what it is told, and which counts its rows."""

    def __init__(self, value=0.0):
        self.value = value

    def fit(self, X, y):
        self.n_embedded_ = 0
        return super().fit(X, y)

    def embed(self, X):
        self.n_embedded_ += len(X)
        rows = np.random.RandomState(0).normal(size=(len(X), 2))
        rows[-1, 0] = self.value
        return rows


def asked(learner, X, n=5):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        selection = learner.select(X, n)
    assert_array_equal(selection.positions, learner.query(X, n))
    return selection


def test_herding_where_there_is_a_space(iris):
    X, y, X_pool, _ = iris
    pipe = make_pipeline(StandardScaler(), LogisticRegression())
    for estimator in (None, SVC(), GaussianNB(), pipe, Committee(n_members=3), [SVC(), pipe]):
        selection = asked(ActiveLearner(estimator, random_state=0).fit(X, y), X_pool)
        assert isinstance(selection.strategy, UncertaintyHerding)
        named = ActiveLearner(estimator, UncertaintyHerding(), random_state=0).fit(X, y)
        assert_array_equal(selection.positions, named.query(X_pool, 5))
    texts = make_pipeline(TfidfVectorizer(), LogisticRegression())
    selection = asked(ActiveLearner(texts).fit(TEXTS[::3], [0, 1] * 7), TEXTS)
    assert isinstance(selection.strategy, UncertaintyHerding)


def test_margin_where_there_is_no_space(iris):
    learner = ActiveLearner(WordCounter(), random_state=0).fit(TEXTS[:4], [0, 1, 0, 1])
    selection = asked(learner, TEXTS)
    assert repr(selection.strategy) == "UncertaintySampling()"
    margin = ActiveLearner(WordCounter(), UncertaintySampling(), random_state=0)
    assert_array_equal(selection.positions, margin.fit(TEXTS[:4], [0, 1, 0, 1]).query(TEXTS, 5))
    X, y, X_pool, _ = iris
    X_pool = np.where(np.arange(4) == 0, np.nan, X_pool)
    forest = HistGradientBoostingClassifier(max_iter=3, min_samples_leaf=2)
    selection = asked(ActiveLearner(forest, random_state=0).fit(X, y), X_pool)
    assert isinstance(selection.strategy, UncertaintySampling)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_space_that_is_not_finite_is_none(value):
    learner = ActiveLearner(Space(value), random_state=0).fit(TEXTS[:4], [0, 1, 0, 1])
    assert isinstance(asked(learner, TEXTS).strategy, UncertaintySampling)
    learner = ActiveLearner(Space(0.5), random_state=0).fit(TEXTS[:4], [0, 1, 0, 1])
    assert isinstance(asked(learner, TEXTS).strategy, UncertaintyHerding)


def test_only_candidates_tell_whether_there_is_a_space():
    texts = [f"text {i}" for i in range(5000)]
    learner = ActiveLearner(Space(0.5), random_state=0).fit(texts[:3], [0, 1, 0])
    learner.select(texts, 10)
    assert learner.estimator_.n_embedded_ == 600 + 3
    assert learner.estimator_.n_predicted_ == 600
    learner = ActiveLearner(Space(np.nan), random_state=0).fit(texts[:3], [0, 1, 0])
    learner.select(texts, 10)
    assert learner.estimator_.n_embedded_ == 600
    assert learner.estimator_.n_predicted_ == 5000


def test_more_than_the_pool_warns_once(iris):
    X, y, X_pool, _ = iris
    for learner in (ActiveLearner(), ActiveLearner().fit(X, y)):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            assert len(learner.query(X_pool[:7], 9)) == 7
        assert len(caught) == 1
        with pytest.raises(ValueError, match="The pool is empty"):
            learner.query(X_pool[:0], 2)


def test_a_cold_start_herds(iris):
    X, _, X_pool, _ = iris
    pipe = make_pipeline(FunctionTransformer(np.exp), SVC())
    for learner in (ActiveLearner(pipe), ActiveLearner(pipe).fit(X[:3], [0, 0, 0])):
        selection = asked(learner, X_pool)
        assert isinstance(selection.strategy, MaxHerding)
        expected = MaxHerding().query(learner.pool(X_pool), 5)
        assert_array_equal(selection.positions, expected)


def test_hard_votes_are_a_margin(iris):
    X, y, X_pool, _ = iris
    members = [("a", GaussianNB()), ("b", KNeighborsClassifier(1)), ("c", Perceptron())]
    learner = ActiveLearner(VotingClassifier(members), random_state=0).fit(X, y)
    assert isinstance(asked(learner, X_pool).strategy, UncertaintyHerding)
    # Strategies made of others read margins, here of votes, where they are given nothing.
    for strategy in (Shortlist(), Mixture(), ClassBalanced()):
        assert len(learner.set_params(strategy=strategy).query(X_pool, 4)) == 4


def trained_models(X, y):
    one, two = (model.fit(X, y) for model in (GaussianNB(), LogisticRegression(max_iter=500)))
    pipe = make_pipeline(StandardScaler(), two).fit(X, y)
    frozen = make_pipeline(FrozenEstimator(pipe[0]), FrozenEstimator(pipe[1]))
    return {
        "alone": FrozenEstimator(one),
        "around a pipeline": FrozenEstimator(pipe),
        "in a pipeline": frozen,
        "behind what learns nothing": make_pipeline(FunctionTransformer(), FrozenEstimator(one)),
        "list": [FrozenEstimator(one), FrozenEstimator(two)],
        "committee": Committee([FrozenEstimator(one), frozen]),
    }


@pytest.mark.parametrize(
    "kind",
    [
        "alone",
        "around a pipeline",
        "in a pipeline",
        "behind what learns nothing",
        "list",
        "committee",
    ],
)
def test_a_trained_model_without_labeled_rows_is_asked(iris, kind):
    X, y, X_pool, _ = iris
    model = trained_models(X, y)[kind]
    learner = ActiveLearner(model, UncertaintySampling(), random_state=0)
    taught = ActiveLearner(model, UncertaintySampling(), random_state=0).fit(X, y)
    selection = asked(learner, X_pool)
    assert selection.strategy is learner.strategy
    scores = UncertaintySampling().scores(taught.pool(X_pool))
    np.testing.assert_allclose(selection.scores, np.sort(scores)[::-1][:5])
    for method in ("predict", "predict_proba"):
        assert_array_equal(getattr(learner, method)(X_pool), getattr(taught, method)(X_pool))
    assert learner.score(X, y) == taught.score(X, y)
    assert_array_equal(learner.classes_, [0, 1, 2])
    assert isinstance(
        asked(learner.set_params(strategy=None), X_pool).strategy, UncertaintyHerding
    )
    # A single class does not take its place either.
    one_class = learner.set_params(strategy=UncertaintySampling()).fit(X[:2], y[[0, 0]])
    assert asked(one_class, X_pool).strategy is learner.strategy


def test_what_has_to_be_fitted_is_no_model_yet(iris):
    X, y, X_pool, _ = iris
    trained = FrozenEstimator(GaussianNB().fit(X, y))
    for model in (
        make_pipeline(StandardScaler(), trained),
        [trained, GaussianNB()],
        Committee(GaussianNB()),
        FrozenEstimator(GaussianNB()),
        make_pipeline(HashingVectorizer(), GaussianNB()),
    ):
        learner = ActiveLearner(model, UncertaintySampling(), cold_start=RandomSampling())
        assert isinstance(learner.select(X_pool, 3).strategy, RandomSampling)


def test_a_frozen_committee_disagrees_before_any_label(iris):
    X, y, X_pool, _ = iris
    models = [FrozenEstimator(GaussianNB().fit(X[i::2], y[i::2])) for i in range(2)]
    learner = ActiveLearner(models, QueryByCommittee("kl"), random_state=0)
    assert isinstance(asked(learner, X_pool).strategy, QueryByCommittee)
