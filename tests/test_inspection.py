import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_iris, make_friedman1, make_multilabel_classification
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import SVC

from skal import ActiveLearner
from skal.inspection import explain_query
from skal.strategies import (
    CoreSet,
    CostAware,
    GreedyX,
    SimpleMargin,
    StandardDeviation,
    UncertaintySampling,
)


def test_every_column(iris):
    X, y, X_pool, _ = iris
    names = np.array(["setosa", "versicolor", "virginica"])[y]
    learner = ActiveLearner(strategy=UncertaintySampling(), random_state=0).fit(X, names)
    selection = learner.select(X_pool, n=6)
    asked = selection.positions
    ids = np.array([f"row {i}" for i in range(len(X_pool))])
    labeled_ids = np.array([f"known {i}" for i in range(len(X))])
    frame = explain_query(learner, X_pool, selection, ids=ids, labeled_ids=labeled_ids)
    assert_array_equal(frame["id"], ids[asked])
    proba = learner.predict_proba(X_pool[asked])
    two = np.sort(proba, axis=1)[:, -2:]
    assert_allclose(frame["score"], 1 - (two[:, 1] - two[:, 0]))
    assert (np.diff(frame["score"]) <= 0).all()
    assert_array_equal(frame["predicted"], learner.predict(X_pool[asked]))
    assert_allclose(frame["probability"], proba.max(axis=1))
    distances = np.linalg.norm(X_pool[asked][:, None] - X, axis=2)
    assert_array_equal(frame["nearest_labeled"], labeled_ids[distances.argmin(axis=1)])
    assert_allclose(frame["distance"], distances.min(axis=1), atol=1e-6)


def test_what_there_is_not_is_empty(iris):
    X, y, X_pool, _ = iris
    no_proba = ActiveLearner(SVC(), SimpleMargin(), random_state=0).fit(X, y)
    frame = explain_query(no_proba, X_pool, no_proba.select(X_pool, n=2))
    assert frame["probability"].isna().all() and frame["score"].notna().all()
    no_scores = ActiveLearner(strategy=CoreSet(), random_state=0).fit(X, y)
    assert explain_query(no_scores, X_pool, no_scores.select(X_pool, n=2))["score"].isna().all()
    new = explain_query(ActiveLearner(random_state=0), X_pool, [3, 1])
    assert_array_equal(new["id"], [3, 1])
    assert new.drop(columns="id").isna().all(axis=None)


def test_names_of_another_number(iris):
    X, y, X_pool, _ = iris
    learner = ActiveLearner().fit(X, y)
    with pytest.raises(ValueError, match="ids must have a name for each of"):
        explain_query(learner, X_pool, [0], ids=["a"])
    with pytest.raises(ValueError, match="labeled_ids must have a name for each of 20"):
        explain_query(learner, X_pool, [0], labeled_ids=["a"])


@pytest.mark.parametrize(
    "selection", [[-1], [10_000], [0.5], [True, False], [[0, 1]]], ids=lambda rows: str(rows)
)
def test_what_are_not_positions_is_refused(iris, selection):
    X, y, X_pool, _ = iris
    with pytest.raises(ValueError, match="selection must hold positions in the pool"):
        explain_query(ActiveLearner(random_state=0).fit(X, y), X_pool, selection)


def test_an_empty_batch_is_an_empty_table():
    X, y = load_iris(return_X_y=True)
    learner = ActiveLearner(strategy=CostAware(budget=1.0)).fit(X[::10], y[::10])
    batch = learner.select(X, 5, prices=np.full(len(X), 2.0))
    columns = list(explain_query(learner, X, [0]).columns)
    for empty in (batch, [], np.array([], dtype=int)):
        table = explain_query(learner, X, empty)
        assert table.shape == (0, 6) and list(table.columns) == columns


@pytest.mark.parametrize("strategy", [GreedyX(), StandardDeviation()])
def test_numbers_are_predicted(strategy):
    X, y = make_friedman1(60, random_state=0)
    learner = ActiveLearner(RandomForestRegressor(5), strategy, random_state=0)
    assert explain_query(learner, X, [1, 2])["predicted"].isna().all()
    selection = learner.fit(X[:20], y[:20]).select(X[20:], n=4)
    frame = explain_query(learner, X[20:], selection)
    assert_allclose(frame["predicted"], learner.predict(X[20:][selection.positions]))
    assert frame["probability"].isna().all()


@pytest.mark.parametrize(
    "model",
    [RandomForestClassifier(5), MultiOutputClassifier(GaussianNB()), OneVsRestClassifier(SVC())],
    ids=repr,
)
def test_several_labels_are_predicted(model):
    X, y = make_multilabel_classification(60, n_classes=3, random_state=0)
    learner = ActiveLearner(model, random_state=0).fit(X[:1], y[:1])
    assert explain_query(learner, X, [1, 2])["predicted"].isna().all()
    selection = learner.fit(X[:30], y[:30]).select(X[30:], n=4)
    frame = explain_query(learner, X[30:], selection)
    asked = X[30:][selection.positions]
    predicted = learner.predict(asked)
    assert_array_equal(frame["predicted"].tolist(), predicted)
    if isinstance(model, OneVsRestClassifier):
        assert frame["probability"].isna().all()
    else:
        proba = learner.pool(asked).label_proba
        of_predicted = np.abs(1 - predicted - proba)
        assert_allclose(frame["probability"], of_predicted.min(axis=1))
