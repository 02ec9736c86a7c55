"""Pools that give their samples one by one, as datasets of torch do, tested without torch."""

import numpy as np
import pytest
from fuzz.rows import Dataset
from numpy.testing import assert_array_equal
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression

from skal import ActiveLearner, Pool
from skal.strategies import BADGE, ClusterMargin, UncertaintySampling


class OneByOne(ClassifierMixin, BaseEstimator):
    """A classifier of datasets."""

    def fit(self, X, y):
        self.model_ = LogisticRegression(max_iter=500).fit(self.as_array(X), y)
        self.classes_ = self.model_.classes_
        self.passes_ = []
        return self

    def predict(self, X):
        return self.model_.predict(self.as_array(X))

    def predict_proba(self, X):
        self.passes_.append(("proba", len(X)))
        return self.model_.predict_proba(self.as_array(X))

    def embed(self, X):
        self.passes_.append(("embedding", len(X)))
        return self.as_array(X)

    def predict_outputs(self, X, names):
        self.passes_.append((tuple(names), len(X)))
        X = self.as_array(X)
        outputs = {"proba": self.model_.predict_proba(X), "embedding": X}
        return {name: outputs[name] for name in names}

    def as_array(self, X):
        return np.array([X[i] for i in range(len(X))])


def test_a_loop_on_datasets_is_one_on_arrays(iris):
    X, y, X_pool, y_pool = iris
    arrays = ActiveLearner(OneByOne(), random_state=0).fit(X, y)
    sets = ActiveLearner(OneByOne(), random_state=0).fit(Dataset(X), y)
    for _ in range(2):
        i = sets.query(Dataset(X_pool), n=5)
        assert_array_equal(i, arrays.query(X_pool, n=5))
        sets.teach(Dataset(X_pool[i]), y_pool[i])
        arrays.teach(X_pool[i], y_pool[i])
        assert_array_equal(sets.predict(Dataset(X_pool)), arrays.predict(X_pool))


def test_without_a_length():
    class Endless:
        def __getitem__(self, i):
            return [0.0]

    with pytest.raises(TypeError, match="Endless has no length.*__len__"):
        ActiveLearner(OneByOne()).query(Endless())


def test_arrays_and_datasets_do_not_mix(iris):
    X, y, X_pool, y_pool = iris
    learner = ActiveLearner(OneByOne()).fit(Dataset(X), y)
    with pytest.raises(ValueError, match="same kind as the samples labeled so far, Dataset"):
        learner.teach(X_pool[:2], y_pool[:2])


def fitted_pool(iris):
    X, y, X_pool, _ = iris
    model = OneByOne().fit(X, y)
    return model, Pool(model, X_pool, random_state=0)


def test_expected_outputs_come_in_one_pass(iris):
    model, pool = fitted_pool(iris)
    BADGE().query(pool, n=3)
    UncertaintySampling().query(pool, n=3)
    assert model.passes_ == [(("proba", "embedding"), len(pool))]
    _, apart = fitted_pool(iris)
    assert_array_equal(pool.proba, apart.proba)
    assert_array_equal(pool.embedding, apart.embedding)


def test_what_nobody_expects_is_not_computed(iris):
    model, pool = fitted_pool(iris)
    UncertaintySampling().query(pool, n=3)
    assert model.passes_ == [("proba", len(pool))]
    BADGE().query(pool, n=3)
    assert model.passes_[1:] == [("embedding", len(pool))]
    ClusterMargin().query(pool, n=3)
    assert len(model.passes_) == 2


def test_expected_outputs_of_views(iris):
    model, pool = fitted_pool(iris)
    rows = np.array([7, 3, 20])
    expected = fitted_pool(iris)[1]
    assert_array_equal(pool.take(rows).get("proba", "embedding")[1], expected.embedding[rows])
    assert model.passes_ == [(("proba", "embedding"), 3)]
    assert_array_equal(pool.take(rows[::-1]).proba, expected.proba[rows[::-1]])
    assert len(model.passes_) == 1
    proba, embedding = pool.get("proba", "embedding")
    assert_array_equal(proba, expected.proba)
    assert_array_equal(embedding, expected.embedding)
    assert sum(n for _, n in model.passes_) == len(pool)
