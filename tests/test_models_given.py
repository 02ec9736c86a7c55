"""Estimators that learners take in: classifiers, and what is done for peculiar ones."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.cluster import KMeans
from sklearn.datasets import load_iris
from sklearn.ensemble import (
    IsolationForest,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR
from sklearn.tree import DecisionTreeClassifier

import skal.strategies
from skal import ActiveLearner, Committee
from skal.acquisition import vote_margin
from skal.committee import member_proba
from skal.loss_prediction import LossPredictingClassifier
from skal.pool import MissingOutputError
from skal.strategies import (
    BADGE,
    ClusterMargin,
    CoreSet,
    DiverseMiniBatch,
    QueryByCommittee,
    Shortlist,
    UncertaintySampling,
)

X, Y = load_iris(return_X_y=True)
NAMES = np.array(["setosa", "versicolor", "virginica"])[Y]
SEEN = slice(None, None, 10)
LIBRARIES = [pd, pl]


class NoParams:
    def fit(self, X, y):
        return self

    def predict(self, X):
        return np.zeros(len(X))


def test_a_classifier_that_predicts_only_when_it_is_fitted_is_one():
    stacking = StackingClassifier([("svc", SVC()), ("bayes", GaussianNB())])
    assert not hasattr(stacking, "predict")  # it may name a final estimator that is a regressor
    learner = ActiveLearner(stacking, random_state=0).fit(X[::5], Y[::5])
    assert learner.query(X, 3).shape == (3,)
    assert learner.score(X, Y) > 0.8
    assert Committee([stacking, SVC()]).fit(X, Y).predict(X[:3]).tolist() == Y[:3].tolist()


@pytest.mark.parametrize(
    "estimator, words",
    [
        (KMeans(3), "a clusterer.*KMeansSampling"),
        (IsolationForest(), "an outlier detector"),
        (StandardScaler(), "without predict, a transformer.*make_pipeline"),
        (make_pipeline(StandardScaler()), "a transformer"),
        (NoParams(), "without get_params.*BaseEstimator"),
        (SVC, r"the class SVC. Give an instance, SVC\(\.\.\.\)"),
        ("svc", "'svc' without fit and predict"),
    ],
)
@pytest.mark.parametrize("y", [Y, np.zeros(150)])
def test_what_cannot_learn_classes_is_refused_in_fit(estimator, words, y):
    with pytest.raises(ValueError, match=f"'estimator' parameter of ActiveLearner.*{words}"):
        ActiveLearner(estimator).fit(X, y)
    with pytest.raises(ValueError, match=r"estimators\[1\] is .*" + words):
        ActiveLearner([SVC(), estimator]).fit(X, y)
    with pytest.raises(ValueError, match=f"'estimators' parameter of Committee.*{words}"):
        Committee(estimator).fit(X, y)
    with pytest.raises(ValueError, match=f"'estimator' parameter of LossPred.*{words}"):
        LossPredictingClassifier(estimator).fit(X, y)


class LikesCodes(ClassifierMixin, BaseEstimator):
    """Learns the codes 0, ..., n_classes - 1 only, and says so by an exception of its own."""

    def fit(self, X, y, sample_weight=None):
        codes = np.unique(y)
        if codes.dtype.kind not in "iu" or not np.array_equal(codes, np.arange(len(codes))):
            raise ValueError(f"Invalid classes: expected {np.arange(len(codes))}, got {codes}.")
        self.classes_ = codes
        self.inner_ = GaussianNB().fit(X, y, sample_weight)
        return self

    def predict(self, X):
        return self.inner_.predict(X).astype(np.float32)[:, None]

    def predict_proba(self, X):
        return self.inner_.predict_proba(X)


class GrowsOnCodes(LikesCodes):
    def partial_fit(self, X, y, classes=None):
        assert_array_equal(classes, self.classes_)
        self.inner_.partial_fit(X, y)
        return self


class MembersOnCodes(LikesCodes):
    def member_proba(self, X):
        return self.predict_proba(X)[None]


def test_classifiers_and_regressors_do_not_mix():
    both = r"not both, but estimators\[0\] is SVC\(\) and estimators\[1\] is SVR\(\)"
    for make in (ActiveLearner, Committee):
        with pytest.raises(ValueError, match=both):
            make([SVC(), SVR()]).fit(X, Y)


@pytest.mark.parametrize("y", [NAMES, Y * 2, Y - 1, Y > 0, Y.astype(float)])
@pytest.mark.parametrize("make", [lambda m: m, lambda m: make_pipeline(StandardScaler(), m)])
def test_a_classifier_that_needs_codes_gets_codes(y, make):
    learner = ActiveLearner(make(LikesCodes()), random_state=0).fit(X[SEEN], y[SEEN])
    twin = ActiveLearner(make(GaussianNB()), random_state=0).fit(X[SEEN], y[SEEN])
    assert_array_equal(learner.classes_, twin.classes_)
    assert_array_equal(learner.predict(X), twin.predict(X))
    assert_array_equal(learner.query(X, 5), twin.query(X, 5))
    assert learner.score(X, y) == twin.score(X, y)
    assert_array_equal(learner.pool(X).predicted, twin.pool(X).predicted)
    assert_array_equal(learner.pool(X).embedding, twin.pool(X).embedding)
    assert_array_equal(learner.teach(X, y).predict(X), twin.teach(X, y).predict(X))


def test_classes_that_appear_later_get_their_codes():
    ends = np.flatnonzero(Y != 1)
    learner = ActiveLearner(LikesCodes(), random_state=0).fit(X[ends], Y[ends])
    assert_array_equal(learner.classes_, [0, 2])
    assert set(learner.predict(X)) == {0, 2}
    assert_array_equal(learner.teach(X, Y).classes_, [0, 1, 2])
    assert isinstance(learner.estimator_, LikesCodes)


def test_codes_in_committees_losses_and_incremental_learning():
    for model in (Committee(LikesCodes(), n_members=3), [LikesCodes(), GaussianNB()]):
        learner = ActiveLearner(model, QueryByCommittee(), random_state=0).fit(X, NAMES)
        assert_allclose(learner.pool(X).member_proba.sum(axis=2), 1)
        assert learner.score(X, NAMES) > 0.9
    losses = LossPredictingClassifier(LikesCodes(), random_state=0).fit(X, NAMES)
    twin = LossPredictingClassifier(GaussianNB(), random_state=0).fit(X, NAMES)
    assert_allclose(losses.predict_loss(X), twin.predict_loss(X))
    own = ActiveLearner(MembersOnCodes(), QueryByCommittee()).fit(X, NAMES)
    assert_array_equal(own.pool(X).member_proba[0], own.predict_proba(X))
    turned = member_proba(own.estimator_, X, np.unique(NAMES)[::-1])
    assert_array_equal(turned[0], own.predict_proba(X)[:, ::-1])
    online = ActiveLearner(GrowsOnCodes(), incremental=True).fit(X[SEEN], NAMES[SEEN])
    online.teach(X[4::10], NAMES[4::10])
    expected = GaussianNB().fit(X[SEEN], NAMES[SEEN]).partial_fit(X[4::10], NAMES[4::10])
    assert_array_equal(online.predict(X), expected.predict(X))


def test_errors_that_codes_do_not_mend_stay_as_they_are():
    class Broken(GaussianNB):
        def fit(self, X, y):
            raise KeyError(f"broken with {y[0]}")

    with pytest.raises(KeyError, match="broken with setosa"):
        ActiveLearner(Broken()).fit(X, NAMES)
    with pytest.raises(ValueError, match="got .*setosa") as caught:
        ActiveLearner(LikesCodes()).fit(np.where(X > 7, np.nan, X), NAMES)
    assert "NaN" in str(caught.value.__cause__)


class Column(GaussianNB):
    """Predicts a column of classes."""

    def predict(self, X):
        return super().predict(X)[:, None]


def test_a_column_of_predictions_is_flattened():
    learner = ActiveLearner(Column()).fit(X, NAMES)
    expected = GaussianNB().fit(X, NAMES).predict(X)
    assert_array_equal(learner.predict(X), expected)
    assert LossPredictingClassifier(Column()).fit(X, NAMES).predict(X).shape == (150,)

    class Votes(OnlyPredicts):
        def predict(self, X):
            return super().predict(X)[:, None]

    assert Committee(Votes(), n_members=2).fit(X, NAMES).predict(X).shape == (150,)
    assert ActiveLearner(Votes()).fit(X, NAMES).pool(X).predicted.shape == (150,)


class OnlyPredicts(ClassifierMixin, BaseEstimator):
    """A classifier with nothing but `predict`, which takes any X."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return np.resize(self.classes_, len(X))


def hard_voting():
    members = [("a", GaussianNB()), ("b", DecisionTreeClassifier(random_state=0)), ("c", SVC())]
    return VotingClassifier(members, voting="hard")


def test_a_hard_committee_has_votes():
    margin = UncertaintySampling()
    learner = ActiveLearner(hard_voting(), margin, random_state=0).fit(X[SEEN], NAMES[SEEN])
    scores = UncertaintySampling().scores(learner.pool(X))
    assert_allclose(scores, vote_margin(learner.pool(X).member_votes, 3))
    assert_allclose(learner.select(X, 5).scores, np.sort(scores)[::-1][:5])
    for strategy in (Shortlist(), DiverseMiniBatch(), ClusterMargin()):
        assert len(learner.set_params(strategy=strategy).query(X, 5)) == 5
    learner.set_params(strategy=UncertaintySampling("entropy"))
    with pytest.raises(MissingOutputError, match=r"Use UncertaintySampling\('margin'\).*votes"):
        learner.query(X)


@pytest.mark.parametrize("strategy", [None, skal.strategies.SimpleMargin()])
def test_a_model_that_only_predicts_gets_advice_that_fits(strategy):
    learner = ActiveLearner(OnlyPredicts(), strategy).fit(X, NAMES)
    with pytest.raises(MissingOutputError, match="a classifier with .*X alone") as caught:
        learner.query(X)
    assert "UncertaintySampling('margin')" not in str(caught.value)


class Oversample(BaseEstimator):
    """Repeats all samples, like a sampler of imbalanced-learn."""

    def fit_resample(self, X, y):
        return np.concatenate([X, X]), np.concatenate([y, y])


class SamplingPipeline(Pipeline):
    """A pipeline whose samplers do nothing but in fit, like that of imbalanced-learn."""

    def _validate_steps(self):
        pass

    def fit(self, X, y):
        for _, step in self.steps[:-1]:
            if hasattr(step, "fit_resample"):
                X, y = step.fit_resample(X, y)
            else:
                X = step.fit_transform(X, y)
        self.steps[-1][1].fit(X, y)
        return self

    def _through(self, X):
        for _, step in self.steps[:-1]:
            X = X if hasattr(step, "fit_resample") else step.transform(X)
        return X

    def predict(self, X):
        return self.steps[-1][1].predict(self._through(X))

    def predict_proba(self, X):
        return self.steps[-1][1].predict_proba(self._through(X))


def sampling(*steps):
    return SamplingPipeline([(str(i), step) for i, step in enumerate(steps)])


@pytest.mark.parametrize(
    "strategy", [CoreSet(), BADGE(), DiverseMiniBatch(), ClusterMargin(), None], ids=repr
)
def test_samplers_do_nothing_when_a_pipeline_predicts(strategy):
    model = LogisticRegression(max_iter=500)
    learner = ActiveLearner(sampling(StandardScaler(), Oversample(), model), strategy)
    learner.set_params(random_state=0).fit(X[SEEN], Y[SEEN])
    assert_allclose(learner.pool(X).embedding, StandardScaler().fit(X[SEEN]).transform(X))
    assert len(learner.query(X, 5)) == 5
    only = ActiveLearner(sampling(Oversample(), model), CoreSet()).fit(X[SEEN], Y[SEEN])
    assert_array_equal(only.pool(X).embedding, X)


def test_samplers_do_nothing_in_a_cold_start():
    scales = X * [1, 10, 100, 1000]
    model = LogisticRegression()
    with_sampler = ActiveLearner(sampling(StandardScaler(), Oversample(), model), random_state=0)
    without = ActiveLearner(make_pipeline(StandardScaler(), model), random_state=0)
    assert_array_equal(with_sampler.query(scales, 6), without.query(scales, 6))


class Talkative(LikesCodes):
    """A classifier of codes with a long list of parameters, as gradient boosting has."""

    def __repr__(self, N_CHAR_MAX=700):
        return f"Talkative({', '.join(f'parameter_{i}=None' for i in range(40))})"


def test_a_long_list_of_parameters_is_left_out_of_messages():
    learner = ActiveLearner(Talkative(), "committee")
    learner.fit([[0.0], [1.0]], ["no", "yes"])
    with pytest.raises(MissingOutputError, match=r"but Talkative\(\.\.\.\) cannot give"):
        learner.query([[2.0], [3.0]])
