import copy
import pickle
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn import config_context
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_transformer
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    BaggingClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    VotingClassifier,
)
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.feature_selection import SelectFromModel, SelectKBest
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression, RidgeClassifier, SGDClassifier
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    OneHotEncoder,
    StandardScaler,
    TargetEncoder,
)
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier

from skal import ActiveLearner, Committee, Pool
from skal.pool import MissingOutputError
from skal.strategies import (
    CoreSet,
    MaxHerding,
    QueryByCommittee,
    RandomSampling,
    SimpleMargin,
    UncertaintySampling,
)

TEXTS = [f"{word} {thing}" for word in ("good", "bad", "ugly") for thing in "abcdefgh"]
SENTIMENT = np.repeat(["+", "-", "-"], 8)


class ImageClassifier(ClassifierMixin, BaseEstimator):
    """Takes arrays of three dimensions and nothing else."""

    def fit(self, X, y):
        assert X.ndim == 3
        self.model_ = GaussianNB().fit(X.reshape(len(X), -1), y)
        self.classes_ = self.model_.classes_
        return self

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def predict_proba(self, X):
        assert X.ndim == 3
        return self.model_.predict_proba(X.reshape(len(X), -1))


@pytest.mark.parametrize(
    "estimator",
    [
        None,
        SVC(),
        SVC(kernel="linear", decision_function_shape="ovo"),
        LinearSVC(),
        RidgeClassifier(),
        SGDClassifier(random_state=0),
        DecisionTreeClassifier(random_state=0),
        GradientBoostingClassifier(n_estimators=3),
        HistGradientBoostingClassifier(max_iter=3, min_samples_leaf=2),
        GaussianNB(),
        make_pipeline(StandardScaler(), SVC()),
        GridSearchCV(SVC(), {"C": [1, 10]}, cv=2),
        CalibratedClassifierCV(LinearSVC(), cv=2),
        VotingClassifier([("a", GaussianNB()), ("b", LogisticRegression())], voting="soft"),
        BaggingClassifier(GaussianNB(), n_estimators=3),
        RandomForestClassifier(n_estimators=5),
        Committee(n_members=3),
        [GaussianNB(), DecisionTreeClassifier()],
    ],
    ids=lambda e: type(e).__name__,
)
def test_the_loop_on_any_classifier(iris, estimator):
    X, y, X_pool, y_pool = iris
    X, X_pool = (X - X.mean(axis=0)) / X.std(axis=0), (X_pool - X.mean(axis=0)) / X.std(axis=0)
    names = np.array(["setosa", "versicolor", "virginica"])
    learner = ActiveLearner(estimator, random_state=0).fit(X, names[y])
    i = learner.query(X_pool, n=10)
    assert len(set(i.tolist())) == 10
    learner.teach(X_pool[i], names[y_pool[i]])
    rest = np.delete(np.arange(len(X_pool)), i)
    assert learner.score(X_pool[rest], names[y_pool[rest]]) > 0.6
    assert set(learner.predict(X_pool)) <= set(names)
    assert_array_equal(learner.classes_, names)


def test_teaching_is_fitting_on_the_union(iris):
    X, y, X_pool, y_pool = iris
    for estimator in (SVC(), RandomForestClassifier(n_estimators=3), [GaussianNB(), SVC()]):
        taught = ActiveLearner(estimator, random_state=0).fit(X, y)
        taught.teach(X_pool[:5], y_pool[:5]).teach(X_pool[5:9], y_pool[5:9])
        fitted = ActiveLearner(estimator, random_state=0)
        fitted.fit(np.vstack([X, X_pool[:9]]), np.append(y, y_pool[:9]))
        assert_array_equal(taught.predict(X_pool), fitted.predict(X_pool))
        assert_array_equal(taught.X_labeled_, fitted.X_labeled_)
        assert_array_equal(taught.y_labeled_, fitted.y_labeled_)
        assert taught.n_teaches_ == 2 and fitted.n_teaches_ == 0


def test_query_is_pure_and_teaching_moves_the_stream_on(iris):
    X, y, X_pool, y_pool = iris
    learner = ActiveLearner(GaussianNB(), RandomSampling(), random_state=0).fit(X, y)
    first = learner.query(X_pool, 20)
    assert_array_equal(first, learner.query(X_pool, 20))
    copy = pickle.loads(pickle.dumps(learner))
    learner.teach(X_pool[:1], y_pool[:1])
    assert not np.array_equal(first, learner.query(X_pool, 20))
    assert_array_equal(first, copy.query(X_pool, 20))
    again = clone(learner).fit(X, y)
    assert_array_equal(first, again.query(X_pool, 20))


@pytest.mark.parametrize("random_state", [None, 0, np.random.RandomState(0)])
def test_query_is_pure_for_every_kind_of_seed(iris, random_state):
    X, y, X_pool, _ = iris
    learner = ActiveLearner(
        GaussianNB(), RandomSampling(), cold_start=RandomSampling(), random_state=random_state
    )
    for _ in range(2):
        assert_array_equal(learner.query(X_pool, 20), learner.query(X_pool, 20))
        learner.fit(X, y)


def test_other_seeds_give_other_answers(iris):
    X, y, X_pool, _ = iris
    answers = {
        tuple(ActiveLearner(strategy=RandomSampling(), random_state=s).fit(X, y).query(X_pool, 3))
        for s in [0, 1, 2, None, None]
    }
    assert len(answers) == 5


def test_the_seed_reaches_what_the_estimator_left_open(iris):
    X, y, *_ = iris
    open_, closed = RandomForestClassifier(n_estimators=2), DecisionTreeClassifier(random_state=9)
    learner = ActiveLearner([open_, closed], random_state=0).fit(X, y)
    assert learner.estimator_.members_[0].random_state is not None
    assert learner.estimator_.members_[1].random_state == 9
    assert open_.random_state is None
    frozen = FrozenEstimator(RandomForestClassifier(n_estimators=2).fit(X, y))
    ActiveLearner(frozen, random_state=0).fit(X, y)
    ActiveLearner(make_pipeline(frozen), random_state=0).fit(X, y)
    assert frozen.estimator.random_state is None


# What X can be --------------------------------------------------------------------------


def mixed_columns(library):
    rng = np.random.RandomState(0)
    data = {
        "size": rng.normal(size=60),
        "color": np.array(["red", "green", "blue"])[rng.randint(3, size=60)],
        "id": np.arange(60),
    }
    y = (data["size"] + (data["color"] == "red") > 0).astype(int)
    return library.DataFrame(data), y


@pytest.mark.parametrize("library", [pd, pl])
@pytest.mark.parametrize("strategy", [None, CoreSet(), RandomSampling()])
def test_frames_through_a_column_transformer(library, strategy):
    X, y = mixed_columns(library)
    by_name = make_column_transformer((StandardScaler(), ["size"]), (OneHotEncoder(), ["color"]))
    learner = ActiveLearner(make_pipeline(by_name, SVC()), strategy, random_state=0)
    learner.fit(X[:20], y[:20])
    i = learner.query(X[20:], 5)
    learner.teach(X[20:].iloc[i] if library is pd else X[20:][i], y[20:][i])
    assert len(learner.X_labeled_) == 25 and isinstance(learner.X_labeled_, library.DataFrame)
    assert list(learner.feature_names_in_) == ["size", "color", "id"]
    assert learner.score(X, y) > 0.6


@pytest.mark.parametrize("library", [pd, pl])
def test_cold_start_on_frames(library):
    X, _ = mixed_columns(library)
    by_name = make_column_transformer((StandardScaler(), ["size"]), (OneHotEncoder(), ["color"]))
    learner = ActiveLearner(make_pipeline(by_name, SVC()), random_state=0)
    encoded = Pool.from_arrays(by_name.fit_transform(X))
    assert_array_equal(learner.query(X, 5), MaxHerding().query(encoded, 5))


def test_sparse_rows(iris):
    X, y, X_pool, y_pool = (sp.csr_matrix(a) if a.ndim == 2 else a for a in iris)
    for strategy in (None, CoreSet(), RandomSampling()):
        learner = ActiveLearner(LinearSVC(), strategy, random_state=0)
        i = learner.query(X_pool, 4)
        learner.fit(X, y).teach(X_pool[i], y_pool[i])
        assert learner.X_labeled_.shape == (24, 4) and learner.X_labeled_.format == "csr"
        assert len(learner.query(X_pool, 3)) == 3


def test_missing_values_are_the_estimators_business(iris):
    X, y, X_pool, _ = (a.copy() for a in iris)
    X_pool[::3, 0] = X[::4, 1] = np.nan
    learner = ActiveLearner(HistGradientBoostingClassifier(max_iter=5, min_samples_leaf=2))
    assert len(learner.fit(X, y).query(X_pool, 4)) == 4
    with pytest.raises(ValueError, match="NaN"):
        ActiveLearner(SVC()).fit(X, y)
    with pytest.raises(ValueError, match="NaN"):
        ActiveLearner(SVC()).fit(np.nan_to_num(X), y).query(X_pool)
    with pytest.warns(UserWarning, match="at random"):
        assert len(clone(learner).query(X_pool, 4)) == 4


def test_lists_of_texts():
    learner = ActiveLearner(make_pipeline(TfidfVectorizer(analyzer="char"), SVC()), random_state=0)
    start = learner.query(TEXTS, 4)  # the vectorizer can be fitted without labels
    learner.teach([TEXTS[i] for i in start], SENTIMENT[start])
    learner.teach(TEXTS[:9], SENTIMENT[:9])
    assert isinstance(learner.X_labeled_, list) and len(learner.X_labeled_) == 13
    assert len(learner.query(TEXTS, 3)) == 3
    assert not hasattr(learner, "n_features_in_")


def test_arrays_of_three_dimensions(iris):
    X, y, X_pool, y_pool = iris
    X, X_pool = X.reshape(-1, 2, 2), X_pool.reshape(-1, 2, 2)
    for strategy in (None, CoreSet()):
        learner = ActiveLearner(ImageClassifier(), strategy)
        i = learner.query(X_pool, 4)
        learner.fit(X, y).teach(X_pool[i], y_pool[i])
        assert len(learner.query(X_pool, 3)) == 3


def test_lists_of_rows(iris):
    X, y, X_pool, y_pool = (a.tolist() for a in iris)
    learner = ActiveLearner(SVC()).fit(X, y)
    i = learner.query(X_pool, 4)
    learner.teach([X_pool[j] for j in i], [y_pool[j] for j in i])
    assert learner.score(X_pool, y_pool) > 0.8


# Going on from the present model ---------------------------------------------------------


def test_incremental_by_partial_fit(iris):
    X, y, X_pool, y_pool = iris
    learner = ActiveLearner(GaussianNB(), incremental=True).fit(X, y)
    learner.teach(X_pool[:5], y_pool[:5])
    expected = GaussianNB().fit(X, y).partial_fit(X_pool[:5], y_pool[:5])
    assert_allclose(learner.estimator_.theta_, expected.theta_)
    assert_array_equal(learner.y_labeled_, np.append(y, y_pool[:5]))


def test_incremental_by_warm_start(iris):
    X, y, X_pool, y_pool = iris
    learner = ActiveLearner(MLPClassifier(max_iter=3, random_state=0), incremental=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # three iterations do not converge
        learner.fit(X, y).teach(X_pool[:5], y_pool[:5])
        model = LogisticRegression(max_iter=2)
        learner = ActiveLearner(model, incremental=True).fit(X, y)
        start = learner.estimator_.coef_.copy()
        learner.teach(X_pool[:5], y_pool[:5])
        expected = LogisticRegression(max_iter=2, warm_start=True).fit(X, y)
        assert_allclose(expected.coef_, start)
        expected.fit(learner.X_labeled_, learner.y_labeled_)
    assert_allclose(learner.estimator_.coef_, expected.coef_)
    assert not model.warm_start


@pytest.mark.parametrize(
    "ensemble, size",
    [
        (RandomForestClassifier(n_estimators=4), lambda model: len(model.estimators_)),
        (GradientBoostingClassifier(n_estimators=4), lambda model: len(model.estimators_)),
        (
            HistGradientBoostingClassifier(max_iter=4, min_samples_leaf=2),
            lambda model: model.n_iter_,
        ),
    ],
    ids=lambda e: type(e).__name__,
)
def test_incremental_ensembles_grow(iris, ensemble, size):
    X, y, X_pool, y_pool = iris
    learner = ActiveLearner(ensemble, incremental=True, random_state=0).fit(X, y)
    for rounds in (2, 3):
        learner.teach(X_pool[:5], y_pool[:5])
        assert size(learner.estimator_) == 4 * rounds


def test_incremental_with_a_new_class_starts_afresh(iris):
    X, y, X_pool, y_pool = iris
    two = y < 2
    learner = ActiveLearner(GaussianNB(), incremental=True).fit(X[two], y[two])
    learner.teach(X, y)
    expected = GaussianNB().fit(np.vstack([X[two], X]), np.append(y[two], y))
    assert_allclose(learner.estimator_.theta_, expected.theta_)
    assert_array_equal(learner.classes_, [0, 1, 2])


def test_incremental_needs_an_estimator_that_can(iris):
    X, y, *_ = iris
    for estimator in (SVC(), make_pipeline(StandardScaler(), GaussianNB())):
        with pytest.raises(ValueError, match="incremental=True needs .*neither"):
            ActiveLearner(estimator, incremental=True).fit(X, y)


# One class, or none ---------------------------------------------------------------------


def test_one_class_predicts_what_it_has_seen(iris):
    X, y, X_pool, y_pool = iris
    learner = ActiveLearner(SVC(), random_state=0).fit(X[:2], ["a", "a"])
    assert set(learner.predict(X_pool)) == {"a"} and list(learner.classes_) == ["a"]
    assert learner.n_features_in_ == 4
    assert not hasattr(learner, "predict_proba")  # as for SVC itself
    with pytest.raises(ValueError, match="decision_function needs two classes, but only .*a"):
        learner.decision_function(X_pool)
    with pytest.raises(ValueError, match="4 features"):
        learner.predict(X_pool[:, :2])
    i = learner.query(X_pool, 3)
    assert_array_equal(i, MaxHerding().query(learner.pool(X_pool), 3))
    learner.teach(X_pool[i], ["a", "b", "b"])
    assert isinstance(learner.estimator_, SVC)
    one = ActiveLearner(GaussianNB()).fit(X[:3], [7, 7, 7])
    assert_array_equal(one.predict_proba(X_pool), np.ones((len(X_pool), 1)))


def test_a_class_that_weighs_nothing_was_not_seen(iris):
    X, y, X_pool, _ = iris
    learner = ActiveLearner(LogisticRegression()).fit(X, y, sample_weight=(y == 1) * 1.0)
    assert set(learner.predict(X_pool)) == {1}


def test_nothing_labeled_spreads_over_the_pool(iris):
    *_, X_pool, _ = iris
    learner = ActiveLearner(SVC())
    i = learner.query(X_pool, 10)
    assert_array_equal(i, learner.query(X_pool, 10))
    gap = np.linalg.norm(X_pool[:, None] - X_pool[None, i], axis=2).min(axis=1)
    chance = np.linalg.norm(X_pool[:, None] - X_pool[None, :10], axis=2).min(axis=1)
    assert gap.max() < 0.7 * chance.max()


def test_cold_start_in_the_space_of_the_transformers():
    X = np.array([[0.0, 0.0], [500, 0.1], [1000.0, 0.0], [500, 9.0]] * 3)
    far = CoreSet()
    raw = ActiveLearner(SVC(), cold_start=far).query(X, 2)
    scaled = ActiveLearner(make_pipeline(StandardScaler(), SVC()), cold_start=far).query(X, 2)
    assert X[raw[1], 0] in (0, 1000) and X[scaled[1], 1] == 9
    nested = GridSearchCV(make_pipeline(StandardScaler(), SVC()), {"svc__C": [1]})
    for estimator in (nested, Committee(nested), [nested], CalibratedClassifierCV(nested)):
        assert_array_equal(ActiveLearner(estimator, cold_start=far).query(X, 2), scaled)


def test_cold_start_leaves_out_transformers_that_need_labels(iris):
    *_, X_pool, _ = iris

    class NeedsLabels(FunctionTransformer):
        def fit(self, X, y):
            raise AssertionError("must not be fitted")

    raw = ActiveLearner(SVC()).query(X_pool, 5)
    for step in (SelectKBest(k=1), TargetEncoder(), SelectFromModel(SVC()), NeedsLabels()):
        pipe = make_pipeline(StandardScaler(), step, SVC())
        assert_array_equal(ActiveLearner(pipe).query(X_pool, 5), raw)


def test_cold_start_uses_a_frozen_model_as_it_is(iris):
    X, y, X_pool, _ = iris
    pipe = make_pipeline(StandardScaler(), SVC()).fit(X, y)
    learner = ActiveLearner(FrozenEstimator(pipe))
    assert_allclose(learner.pool(X_pool).embedding, pipe[0].transform(X_pool))
    assert learner.fit(X[:2], [0, 0]).estimator_.estimator is pipe


def test_cold_start_on_texts_says_that_it_is_random():
    class TextClassifier(ClassifierMixin, BaseEstimator):
        def fit(self, X, y):
            self.classes_ = np.unique(y)
            return self

        def predict(self, X):
            return np.repeat(self.classes_[0], len(X))

    with pytest.warns(UserWarning, match="chosen at random.*transformers"):
        assert len(set(ActiveLearner(TextClassifier()).query(TEXTS, 5))) == 5


def test_cold_start_strategy_of_choice(iris):
    X, y, X_pool, _ = iris
    learner = ActiveLearner(SVC(), cold_start=RandomSampling(), random_state=0)
    assert not np.array_equal(learner.query(X_pool, 5), ActiveLearner(SVC()).query(X_pool, 5))
    wrong = ActiveLearner(SVC(), cold_start=UncertaintySampling("entropy"))
    with pytest.raises(MissingOutputError, match="UncertaintySampling .*fewer than two classes"):
        wrong.query(X_pool)


def test_teaching_an_unfitted_learner_fits_it(iris):
    X, y, X_pool, _ = iris
    taught, fitted = ActiveLearner(SVC()).teach(X, y), ActiveLearner(SVC()).fit(X, y)
    assert_array_equal(taught.query(X_pool, 5), fitted.query(X_pool, 5))


def test_a_class_that_first_turns_up_in_teach(iris):
    X, y, X_pool, y_pool = iris
    learner = ActiveLearner(SVC()).fit(X[y < 2], y[y < 2])
    assert_array_equal(learner.classes_, [0, 1])
    learner.teach(X_pool[:40], y_pool[:40])
    assert_array_equal(learner.classes_, [0, 1, 2])
    assert learner.predict(X_pool).max() == 2


# Metadata -------------------------------------------------------------------------------


class WeightRecorder(GaussianNB):
    def fit(self, X, y, sample_weight=None):
        self.weight_ = sample_weight
        return super().fit(X, y, sample_weight)


def test_sample_weight_stays_with_its_sample(iris):
    X, y, X_pool, y_pool = iris
    learner = ActiveLearner(WeightRecorder()).fit(X, y, sample_weight=X[:, 0])
    learner.teach(X_pool[:5], y_pool[:5], sample_weight=X_pool[:5, 0])
    learner.teach(X_pool[5:8], y_pool[5:8])
    assert_array_equal(learner.estimator_.weight_[:25], learner.X_labeled_[:25, 0])
    assert_array_equal(learner.estimator_.weight_[25:], 1)
    late = ActiveLearner(WeightRecorder()).fit(X, y)
    late.teach(X_pool[:5], y_pool[:5], sample_weight=np.full(5, 3.0))
    assert_array_equal(late.estimator_.weight_, np.repeat([1.0, 3.0], [20, 5]))


def test_metadata_routing(iris):
    X, y, X_pool, y_pool = iris
    with config_context(enable_metadata_routing=True):
        model = WeightRecorder().set_fit_request(sample_weight=True)
        model.set_score_request(sample_weight=True)
        learner = ActiveLearner(model).fit(X, y, sample_weight=X[:, 0])
        learner.teach(X_pool[:5], y_pool[:5], sample_weight=X_pool[:5, 0])
        assert_array_equal(learner.estimator_.weight_, learner.X_labeled_[:, 0])
        weight = (y_pool == 1) * 1.0
        assert learner.score(X_pool, y_pool, sample_weight=weight) == pytest.approx(
            np.mean(learner.predict(X_pool)[y_pool == 1] == 1)
        )
        scores = cross_validate(ActiveLearner(model), X, y, cv=2, params={"sample_weight": y + 1})
        assert len(scores["test_score"]) == 2
        with pytest.raises(TypeError, match="unexpected"):
            learner.fit(X, y, groups=y)


def test_other_metadata_must_come_every_time(iris):
    class Grouped(GaussianNB):
        def fit(self, X, y, groups=None, note=None):
            self.groups_, self.note_ = groups, note
            return super().fit(X, y)

    X, y, X_pool, y_pool = iris
    learner = ActiveLearner(Grouped()).fit(X, y, groups=np.arange(20), note="kept")
    with pytest.raises(ValueError, match="groups must be given in every call"):
        learner.teach(X_pool[:2], y_pool[:2])
    learner.teach(X_pool[:2], y_pool[:2], groups=[20, 21])
    assert_array_equal(learner.estimator_.groups_, np.arange(22))
    assert learner.estimator_.note_ == "kept"


# A scikit-learn estimator like any other --------------------------------------------------


def test_nested_parameters():
    learner = ActiveLearner(make_pipeline(StandardScaler(), SVC()), UncertaintySampling())
    learner.set_params(strategy__measure="entropy", estimator__svc__C=3)
    assert learner.strategy.measure == "entropy" and learner.estimator[-1].C == 3
    html = learner._repr_html_()
    assert all(name in html for name in ("UncertaintySampling", "StandardScaler", "SVC"))


def test_inside_scikit_learn(iris):
    X, y, *_ = iris
    inner = ActiveLearner(SVC(), SimpleMargin())
    pipe = make_pipeline(StandardScaler(), inner).fit(X, y)
    assert pipe.score(X, y) > 0.8
    assert cross_validate(inner, X, y, cv=2)["test_score"].mean() > 0.7
    search = GridSearchCV(inner, {"estimator__C": [0.1, 10]}, cv=2).fit(X, y)
    assert search.best_params_ == {"estimator__C": 10}
    calibrated = CalibratedClassifierCV(ActiveLearner(LinearSVC()), cv=2).fit(X, y)
    assert calibrated.predict_proba(X).shape == (20, 3)
    assert hasattr(ActiveLearner(LinearSVC()), "decision_function")
    assert not hasattr(ActiveLearner(LinearSVC()), "predict_proba")


def test_set_params_after_fit_changes_the_next_query(iris):
    X, y, X_pool, _ = iris
    learner = ActiveLearner(GaussianNB(), UncertaintySampling("entropy")).fit(X, y)
    learner.set_params(strategy=CoreSet())
    assert_array_equal(learner.query(X_pool, 4), CoreSet().query(learner.pool(X_pool), 4))


# Bad input ------------------------------------------------------------------------------


@pytest.fixture
def learner(iris):
    X, y, *_ = iris
    frame = pd.DataFrame(X, columns=list("abcd"))
    return ActiveLearner(SVC(), random_state=0).fit(frame, y)


def frame_of(X, columns="abcd"):
    return pd.DataFrame(X, columns=list(columns))


@pytest.mark.parametrize("n", [0, -3, 2.0, "1", None, True, [1]])
@pytest.mark.parametrize("fitted", [True, False])
def test_wrong_n(learner, iris, n, fitted):
    learner = learner if fitted else clone(learner)
    with pytest.raises(ValueError, match="n must be a positive integer, got"):
        learner.query(frame_of(iris[2]), n)


@pytest.mark.parametrize("strategy", [None, RandomSampling(), CoreSet(), SimpleMargin()])
@pytest.mark.parametrize("fitted", [True, False])
def test_empty_pool(learner, iris, strategy, fitted):
    learner = learner.set_params(strategy=strategy)
    learner = learner if fitted else clone(learner)
    with pytest.raises(ValueError, match="pool is empty"):
        learner.query(frame_of(iris[2])[:0])


@pytest.mark.parametrize("strategy", [None, RandomSampling(), CoreSet()])
def test_more_than_the_pool_holds(learner, iris, strategy):
    learner.set_params(strategy=strategy)
    with pytest.warns(UserWarning, match="n=7 is more than the 5 samples") as caught:
        everything = learner.query(frame_of(iris[2])[:5], 7)
    assert sorted(everything.tolist()) == [0, 1, 2, 3, 4] and len(caught) == 1
    assert caught[0].filename == __file__


@pytest.mark.parametrize("strategy", [None, RandomSampling(), CoreSet()])
def test_other_features(learner, iris, strategy):
    learner.set_params(strategy=strategy)
    with pytest.raises(ValueError, match="columns seen in fit; missing: .'d'"):
        learner.query(frame_of(iris[2], "abcx"))
    with pytest.raises(ValueError, match="3 features"):
        learner.query(iris[2][:, :3])


@pytest.mark.parametrize("strategy", ["margn", UncertaintySampling, 3, SVC()])
def test_what_is_no_strategy(iris, strategy):
    X, y, X_pool, _ = iris
    with pytest.raises(ValueError, match="'strategy' parameter of ActiveLearner"):
        ActiveLearner(SVC(), strategy).fit(X, y)
    with pytest.raises(ValueError, match="'cold_start' parameter of ActiveLearner"):
        ActiveLearner(SVC(), cold_start=strategy).query(X_pool)


def test_what_is_no_classifier(iris):
    X, y, *_ = iris
    with pytest.raises(ValueError, match="'estimator' parameter of ActiveLearner"):
        ActiveLearner("svc").fit(X, y)
    with pytest.raises(ValueError, match=r"estimators\[0\]"):
        ActiveLearner(["svc"]).fit(X, y)


def test_unfitted(iris):
    *_, X_pool, y_pool = iris
    for call in ("predict", "predict_proba"):
        with pytest.raises(NotFittedError):
            getattr(ActiveLearner(GaussianNB()), call)(X_pool)
    with pytest.raises(NotFittedError):
        ActiveLearner().score(X_pool, y_pool)
    with pytest.raises(MissingOutputError, match="fewer than two classes are labeled"):
        QueryByCommittee().query(ActiveLearner(Committee()).pool(X_pool))
    for name in ("classes_", "X_labeled_", "y_labeled_", "estimator_"):
        assert not hasattr(ActiveLearner(), name)


class Fragile(SVC):
    """Fails on request, with an exception of its own."""

    def fit(self, X, y, sample_weight=None):
        if len(X) == 23:
            raise KeyError("broken on purpose")
        return super().fit(X, y, sample_weight)

    def decision_function(self, X):
        raise KeyError("broken on purpose")


@pytest.mark.parametrize(
    "X_new, y_new, error, words",
    [
        (np.zeros((2, 4)), [0, 1, 1], ValueError, "inconsistent numbers of samples"),
        (np.zeros((2, 3)), [0, 1], ValueError, "3 features"),
        (np.full((2, 4), np.nan), [0, 1], ValueError, "NaN"),
        (np.zeros((2, 4)), [0.5, 1.7], ValueError, "continuous"),
        (np.zeros((2, 4)), [0, np.nan], ValueError, "NaN"),
        (np.zeros((2, 4)), np.array([0, None]), ValueError, r"y\[1\] is missing"),
        (np.zeros((2, 4)), ["a", "b"], ValueError, "same type"),
        (np.zeros((2, 4)), None, ValueError, "requires y"),
        (sp.csr_matrix((2, 4)), [0, 1], ValueError, "same kind"),
        (pd.DataFrame(np.zeros((2, 4))), [0, 1], ValueError, "same kind"),
        (np.zeros((3, 4)), [0, 1, 1], KeyError, "broken on purpose"),
    ],
)
def test_a_failing_teach_leaves_the_learner_as_it_was(iris, X_new, y_new, error, words):
    X, y, *_ = iris
    learner = ActiveLearner(Fragile()).fit(X, y)
    before = pickle.dumps(vars(learner))
    with pytest.raises(error, match=words):
        learner.teach(X_new, y_new)
    assert pickle.dumps(vars(learner)) == before


def test_a_failing_partial_fit_leaves_the_model_as_it_was(iris):
    class Halfway(SGDClassifier):
        def partial_fit(self, X, y, classes=None, sample_weight=None):
            self.coef_[:] = 0
            raise KeyError("broken on purpose")

    X, y, X_pool, y_pool = iris
    learner = ActiveLearner(Halfway(random_state=0), incremental=True).fit(X, y)
    with pytest.raises(KeyError, match="broken on purpose"):
        learner.teach(X_pool[:3], y_pool[:3])
    assert learner.estimator_.coef_.any() and len(learner.y_labeled_) == 20


def test_exceptions_of_the_estimator_reach_the_user(iris):
    X, y, X_pool, _ = iris
    with pytest.raises(KeyError, match="broken on purpose"):
        ActiveLearner(Fragile()).fit(X, y).query(X_pool)
    with pytest.raises(KeyError, match="broken on purpose"):
        ActiveLearner(Fragile()).fit(np.vstack([X, X[:3]]), np.append(y, y[:3]))


def test_a_dummy_of_two_classes_is_a_model(iris):
    X, y, X_pool, _ = iris
    learner = ActiveLearner(DummyClassifier()).fit(X, y)
    assert learner.query(X_pool, 3).shape == (3,)


def test_neighbors_far_apart_do_not_matter(iris):
    X, y, X_pool, _ = iris
    learner = ActiveLearner(KNeighborsClassifier(3), n_jobs=2).fit(X, y)
    one = ActiveLearner(KNeighborsClassifier(3)).fit(X, y)
    assert_allclose(learner.pool(X_pool).proba, one.pool(X_pool).proba)


@pytest.mark.parametrize("random_state", [0, None, np.random.RandomState(0)], ids=repr)
@pytest.mark.parametrize("fitted", [False, True])
def test_a_query_and_its_pool_are_pure_whatever_the_random_state(iris, fitted, random_state):
    X, y, X_pool, _ = iris
    learner = ActiveLearner(
        strategy=RandomSampling(), cold_start=RandomSampling(), random_state=random_state
    )
    if fitted:
        learner.fit(X, y)
    before = pickle.dumps(random_state)
    pool = learner.pool(X_pool)
    answers = [RandomSampling().query(pool, 5) for _ in range(2)]
    answers += [learner.query(X_pool, 5) for _ in range(2)]
    assert len(set(map(tuple, answers))) == 1
    assert pickle.dumps(random_state) == before


class Cloned(GaussianNB):
    """Counts how often it is cloned."""

    count = 0

    def __sklearn_clone__(self):
        Cloned.count += 1
        return copy.copy(self)


@pytest.mark.parametrize("estimator, clones", [(Cloned(), 0), ([Cloned(), Cloned()], 2)])
def test_a_round_does_not_prepare_its_estimator_anew(iris, estimator, clones):
    X, y, X_pool, y_pool = iris
    learner = ActiveLearner(estimator, random_state=0).fit(X, y)
    Cloned.count = 0
    learner.teach(X_pool[:3], y_pool[:3])
    assert Cloned.count == clones  # a committee clones its members in every fit


def test_a_changed_list_of_classifiers_is_fitted_as_it_is_now(iris):
    X, y, X_pool, y_pool = iris
    learner = ActiveLearner([GaussianNB(), GaussianNB()], random_state=0).fit(X, y)
    learner.estimator[0].set_params(var_smoothing=0.5)
    learner.estimator.append(GaussianNB())
    members = learner.teach(X_pool[:3], y_pool[:3]).estimator_.members_
    assert [member.var_smoothing for member in members] == [0.5, 1e-9, 1e-9]
