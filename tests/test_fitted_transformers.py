"""Transformers that are fitted on all rows, and errors of those that were not."""

import numpy as np
import pandas as pd
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_transformer
from sklearn.decomposition import TruncatedSVD
from sklearn.ensemble import VotingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.feature_selection import SelectKBest, VarianceThreshold
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler, TargetEncoder

from skal import ActiveLearner, Committee
from skal._base import with_fitted_transformers
from skal.session import LabelingSession
from skal.strategies import RandomSampling, UncertaintySampling

TEXTS = [f"{a} {b}" for a in ("red", "blue", "green", "gray") for b in ("car", "house", "tree")]


def frame():
    return pd.DataFrame({"color": ["red", "blue", "green"] * 10, "size": np.arange(30.0)})


def encoder(**params):
    return make_column_transformer((OneHotEncoder(**params), ["color"]), remainder="passthrough")


def is_frozen(step):
    return isinstance(step, FrozenEstimator)


def fitted(estimator, X, seed=0):
    return with_fitted_transformers(estimator, X, seed)


def test_transformers_of_a_pipeline_are_those_fitted_on_all_rows():
    pipeline = make_pipeline(TfidfVectorizer(), VarianceThreshold(), LogisticRegression())
    frozen = fitted(pipeline, TEXTS)
    assert list(map(is_frozen, (step for _, step in frozen.steps))) == [True, True, False]
    by_hand = TfidfVectorizer().fit(TEXTS)
    assert frozen[0].estimator.vocabulary_ == by_hand.vocabulary_
    expected = make_pipeline(LogisticRegression()).fit(by_hand.transform(TEXTS[:6]), [0, 1] * 3)
    frozen.fit(TEXTS[:6], [0, 1] * 3)
    np.testing.assert_allclose(
        frozen.predict_proba(TEXTS), expected.predict_proba(by_hand.transform(TEXTS))
    )
    assert not hasattr(pipeline[0], "vocabulary_")


@pytest.mark.parametrize(
    "steps, n_frozen",
    [
        ([StandardScaler(), SelectKBest(k=1), StandardScaler()], 1),
        ([SelectKBest(k=1), StandardScaler()], 0),
        ([TargetEncoder(), StandardScaler()], 0),
        ([make_pipeline(StandardScaler(), SelectKBest(k=1))], 0),
        ([make_pipeline(StandardScaler(), VarianceThreshold())], 1),
        ([make_column_transformer((TargetEncoder(), [0]))], 0),
        (["passthrough", StandardScaler()], 2),
        ([None, FunctionTransformer()], 2),
        ([], 0),
    ],
)
def test_steps_behind_the_first_one_that_needs_labels_are_not_fitted(steps, n_frozen):
    names = [f"step{i}" for i in range(len(steps))]
    pipeline = Pipeline([*zip(names, steps, strict=True), ("model", LogisticRegression())])
    X = np.random.RandomState(0).normal(size=(20, 3))
    frozen = fitted(pipeline, X)
    kept = [step for _, step in frozen.steps]
    assert all(is_frozen(step) or step in (None, "passthrough") for step in kept[:n_frozen])
    assert not any(map(is_frozen, kept[n_frozen:]))
    frozen.fit(X[:16], [0, 1] * 8).predict(X)


def test_what_is_frozen_already_stays():
    scaler = FrozenEstimator(StandardScaler().fit([[0.0], [2.0]]))
    selector = FrozenEstimator(SelectKBest(k=1).fit([[0.0], [2.0], [3.0]], [0, 1, 1]))
    frozen = fitted(make_pipeline(scaler, selector, LogisticRegression()), [[0.0], [8.0]])
    assert frozen[0] is scaler and frozen[1] is selector


@pytest.mark.parametrize(
    "wrap, pipelines_of",
    [
        (lambda one: [one, one], list),
        (lambda one: [("a", one), ("b", one)], lambda members: [one for _, one in members]),
        (Committee, lambda model: [model.estimators]),
        (lambda one: Committee([one, one]), lambda model: model.estimators),
        (CalibratedClassifierCV, lambda model: [model.estimator]),
        (
            lambda one: VotingClassifier([("a", one), ("b", one)]),
            lambda model: [one for _, one in model.estimators],
        ),
        (lambda one: make_pipeline("passthrough", one), lambda model: [model[-1]]),
    ],
)
def test_members_are_pipelines(wrap, pipelines_of):
    pipeline = make_pipeline(TfidfVectorizer(), LogisticRegression())
    pipelines = pipelines_of(fitted(wrap(pipeline), TEXTS))
    assert pipelines
    for one in pipelines:
        assert is_frozen(one[0]) and "gray" in one[0].estimator.vocabulary_


@pytest.mark.parametrize(
    "estimator",
    [
        LogisticRegression(C=3),
        CalibratedClassifierCV(),
        GridSearchCV(make_pipeline(StandardScaler(), LogisticRegression()), {}),
    ],
)
def test_other_estimators_are_cloned(estimator):
    copy = fitted(estimator, [[0.0], [1.0]])
    assert copy is not estimator and repr(copy) == repr(estimator)


def test_random_transformers_are_seeded():
    pipeline = make_pipeline(TfidfVectorizer(), TruncatedSVD(2), LogisticRegression())
    components = [
        fitted(pipeline, TEXTS, seed)[1].estimator.components_.tolist() for seed in (0, 0, 1)
    ]
    assert components[0] == components[1] != components[2]


def test_a_session_fits_transformers_on_all_rows(tmp_path):
    learner = ActiveLearner(make_pipeline(encoder(), LogisticRegression()))
    with LabelingSession(tmp_path / "a.skal", learner, frame()) as session:
        session.label([0, 1, 3], ["a", "b", "a"])
        assert len(session.next(25)) == 25
        first = session.model().estimator_
        assert first[0].estimator.named_transformers_["onehotencoder"].categories_[0].tolist() == [
            "blue",
            "green",
            "red",
        ]
        session.label([2], ["b"])
        assert session.model().estimator_[0] is first[0]  # fitted once
    assert not is_frozen(learner.estimator[0])


def test_a_session_can_fit_transformers_on_labeled_rows(tmp_path):
    learner = ActiveLearner(make_pipeline(encoder(handle_unknown="ignore"), LogisticRegression()))
    with LabelingSession(
        tmp_path / "a.skal", learner, frame(), fit_transformers="labeled"
    ) as session:
        session.label([0, 1], ["a", "b"])
        categories = session.model().estimator_[0].named_transformers_["onehotencoder"].categories_
        assert categories[0].tolist() == ["blue", "red"]


@pytest.mark.parametrize("value", ["pool", None, True, ["all"]])
def test_other_rows_to_fit_transformers_on_are_refused(tmp_path, value):
    with pytest.raises(ValueError, match='fit_transformers must be "all".*"labeled"'):
        LabelingSession(tmp_path / "a.skal", None, frame(), fit_transformers=value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "wrap", [lambda one: one, Committee, lambda one: [one, one], CalibratedClassifierCV]
)
def test_an_error_of_a_transformer_in_a_query_points_to_the_guide(wrap):
    X, y = frame(), np.array(["a", "b", "b"] * 10)
    known = np.flatnonzero(X["color"] != "green")
    model = wrap(make_pipeline(encoder(), LogisticRegression()))
    learner = ActiveLearner(model, UncertaintySampling()).fit(X.iloc[known], y[known])
    with pytest.raises(ValueError, match="unknown categories") as of_model:
        learner.predict(X)
    with pytest.raises(ValueError, match="unknown categories") as of_query:
        learner.query(X)
    assert str(of_query.value) == str(of_model.value)
    (note,) = of_query.value.__notes__
    assert "Transformers fitted on the pool" in note


@pytest.mark.parametrize(
    "front",
    [
        FrozenEstimator(StandardScaler().fit([[0.0], [1.0]])),
        FunctionTransformer(np.log1p, validate=True),
        "passthrough",
    ],
)
def test_other_errors_of_a_query_have_no_note(front):
    learner = ActiveLearner(make_pipeline(front, LogisticRegression()), UncertaintySampling())
    learner.fit([[0.0], [1.0]], [0, 1])
    with pytest.raises(ValueError) as caught:
        learner.query([[10.0], [np.nan]])
    assert not hasattr(caught.value, "__notes__")


def test_a_cold_start_does_not_need_the_labels_of_transformers(tmp_path):
    learner = ActiveLearner(
        make_pipeline(SelectKBest(k=1), LogisticRegression()), cold_start=RandomSampling()
    )
    X = frame()[["size"]].assign(other=1.0)
    with LabelingSession(tmp_path / "a.skal", learner, X) as session:
        assert len(session.next(3)) == 3
