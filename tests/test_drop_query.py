"""DropQuery: predictions on features that are left out at random."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn import config_context
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_digits, load_iris
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from skal import ActiveLearner, Committee, Pool
from skal.geometry import weighted_kmeans_select
from skal.pool import MissingOutputError
from skal.strategies import DropQuery
from skal.strategies import _drop_query as drop_query
from skal.strategies._drop_query import dropped
from skal.testing import check_strategy

X, Y = load_iris(return_X_y=True)
NAMES = np.array(["setosa", "versicolor", "virginica"])[Y]
SEEN = slice(None, None, 10)


def scaled(strategy, **params):
    model = make_pipeline(StandardScaler(), LogisticRegression())
    return ActiveLearner(model, strategy, random_state=0, **params).fit(X[SEEN], NAMES[SEEN])


def slow_shares(model, features, n_passes, rate, random_state):
    """Return the share of passes that change the prediction, one sample and value at a time."""
    expected = [model.predict([row])[0] for row in features]
    counts = np.zeros(len(features))
    for _ in range(n_passes):
        kept = random_state.random_sample(features.shape) >= rate
        for i, row in enumerate(features):
            thinned = [x / (1 - rate) if k else 0.0 for x, k in zip(row, kept[i], strict=True)]
            counts[i] += model.predict([thinned])[0] != expected[i]
    return counts / n_passes


@pytest.mark.parametrize("n_passes, rate, n", [(3, 0.75, 5), (4, 0.5, 5), (1, 0.9, 20)])
def test_candidates_are_clustered_as_in_the_slow_twin(n_passes, rate, n):
    learner = scaled(DropQuery(n_passes, rate))
    scaler, model = learner.estimator_[0], learner.estimator_[-1]
    random_state = learner.pool(X).random_state
    features = scaler.transform(X)
    shares = slow_shares(model, features, n_passes, rate, random_state)
    candidates = np.flatnonzero(shares > 0.5)
    _, first = np.unique(features[candidates], axis=0, return_index=True)
    candidates = candidates[np.sort(first)]
    assert len(candidates) > n
    chosen = weighted_kmeans_select(
        features[candidates], np.ones(len(candidates)), n, random_state=random_state
    )
    assert_array_equal(learner.query(X, n), candidates[chosen])


def pool_of_votes(differ, seed=0, X=None):
    """Return a pool whose passes differ from the prediction, class 0, so many times of three."""
    votes = np.array([[int(k < d) for d in differ] for k in range(3)])
    proba = np.tile([0.75, 0.25], (len(differ), 1))
    X = np.arange(len(differ))[:, None] if X is None else X
    return Pool.from_arrays(X, proba=proba, dropout_votes=votes, random_state=seed)


def test_too_few_candidates_are_filled_up_by_the_share_that_differs():
    differ = [0, 1, 3, 0, 2, 1, 0, 1]
    batches = [DropQuery().query(pool_of_votes(differ, seed), 4) for seed in range(30)]
    for batch in batches:
        assert batch[:2].tolist() == [2, 4] and set(batch[2:]) < {1, 5, 7}
    # Equal shares come in random order.
    assert {int(batch[2]) for batch in batches} == {1, 5, 7}


def test_half_of_the_passes_is_no_majority():
    votes = np.array([[1, 1, 0], [1, 0, 0]])
    proba = np.tile([0.75, 0.25], (3, 1))
    pool = Pool.from_arrays([[0.0], [1.0], [2.0]], proba=proba, dropout_votes=votes)
    assert DropQuery().query(pool, 3).tolist() == [0, 1, 2]


def test_copies_come_last():
    X = np.array([[0.0], [0.0], [5.0], [5.0], [9.0], [7.0]])
    pool = pool_of_votes([3, 3, 3, 3, 3, 0], X=X)
    assert sorted(DropQuery().query(pool, 3)) == [0, 2, 4]
    # The sample without doubt is no copy, so it comes before them.
    assert len({*X[DropQuery().query(pool, 4)].ravel()}) == 4


def test_a_rate_of_zero_changes_no_prediction():
    learner = scaled(DropQuery(rate=0))
    pool = learner.pool(X)
    assert_array_equal(learner.strategy._shares(pool), 0)
    assert len(set(learner.query(X, 10))) == 10


@pytest.mark.parametrize("strategy", [DropQuery(1, 0.0), DropQuery(5, 0.99)], ids=repr)
def test_contract(strategy):
    check_strategy(strategy)


def test_features_are_left_out_at_their_rate_and_others_made_larger():
    features = np.random.RandomState(0).uniform(1, 2, size=(400, 50))
    thinned = dropped(features, 0.75, np.random.RandomState(1))
    kept = thinned != 0
    assert abs(kept.mean() - 0.25) < 0.01
    assert_allclose(thinned[kept], 4 * features[kept])


@pytest.mark.parametrize("make", [sp.csr_matrix, sp.csc_array, sp.csr_array])
def test_sparse_features_stay_sparse(make):
    X = sp.random(50, 20, 0.3, random_state=0).toarray()
    features = make(X)
    thinned = dropped(features, 0.5, np.random.RandomState(0))
    assert sp.issparse(thinned) and thinned.shape == (50, 20)
    kept = thinned.toarray() != 0
    assert 0.3 < kept.sum() / (X != 0).sum() < 0.7
    assert_allclose(thinned.toarray()[kept], 2 * X[kept])
    assert_array_equal(features.toarray(), X)


def test_types_shapes_and_missing_values_are_kept():
    single = np.ones((3, 2, 2), dtype=np.float32)
    thinned = dropped(single, 0.5, np.random.RandomState(0))
    assert thinned.dtype == np.float32 and thinned.shape == (3, 2, 2)
    assert_array_equal(dropped(np.array([[1, 2]]), 0.0, np.random.RandomState(0)), [[1.0, 2.0]])
    missing = np.full((200, 1), np.nan)
    thinned = dropped(missing, 0.5, np.random.RandomState(0))
    assert np.isnan(thinned).any() and (thinned == 0).any()


@pytest.mark.parametrize("library", [pd, pl])
@pytest.mark.filterwarnings("error")
def test_data_frames_keep_their_columns(library):
    frame = library.DataFrame({f"x{j}": X[:, j] for j in range(4)})
    learner = ActiveLearner(LogisticRegression(max_iter=500), DropQuery(), random_state=0)
    plain = learner.fit(X[SEEN], Y[SEEN]).query(X, 6)
    learner.fit(frame[SEEN], Y[SEEN])
    assert_array_equal(learner.query(frame, 6), plain)


def test_frames_between_the_steps_of_a_pipeline():
    frame = pd.DataFrame(X, columns=list("abcd"), index=range(1000, 1150))
    scaler = StandardScaler().set_output(transform="pandas")
    learner = ActiveLearner(make_pipeline(scaler, LogisticRegression()), DropQuery())
    learner.set_params(random_state=0).fit(frame[SEEN], NAMES[SEEN])
    assert_array_equal(learner.query(frame, 5), scaled(DropQuery()).query(X, 5))


def test_models_of_many_kinds():
    for model in (SVC(), Committee(LogisticRegression(max_iter=500), n_members=3)):
        learner = ActiveLearner(model, DropQuery(), random_state=0).fit(X[SEEN], NAMES[SEEN])
        assert len(set(learner.query(X, 7))) == 7
    frozen = FrozenEstimator(scaled(None).estimator_)
    learner = ActiveLearner(frozen, DropQuery(), random_state=0).fit(X[SEEN], NAMES[SEEN])
    assert_array_equal(learner.query(X, 5), scaled(DropQuery()).query(X, 5))


def test_texts_need_a_transformer():
    texts = [f"word{i % 7} word{i % 5}" for i in range(40)]
    y = np.arange(40) % 2
    model = make_pipeline(CountVectorizer(), MultinomialNB())
    learner = ActiveLearner(model, DropQuery(), random_state=0).fit(texts[:20], y[:20])
    assert len(set(learner.query(texts[20:], 4))) == 4

    class OfTexts(ClassifierMixin, BaseEstimator):
        def fit(self, X, y):
            self.classes_ = np.unique(y)
            return self

        def predict(self, X):
            return np.array([len(text) % 2 for text in X])

    learner = ActiveLearner(OfTexts(), DropQuery()).fit(texts[:20], y[:20])
    with pytest.raises(MissingOutputError, match="DropQuery leaves features out.*not numeric"):
        learner.query(texts[20:])


def test_a_model_may_leave_features_out_itself():
    class Own(LogisticRegression):
        def dropout_votes(self, X):
            return np.tile(1 - self.predict(X), (3, 1)) * (X[:, 0] > 6)

    y = (Y == 2).astype(int)
    learner = ActiveLearner(Own(max_iter=500), DropQuery(), random_state=0).fit(X[SEEN], y[SEEN])
    pool = learner.pool(X)
    expected = (pool.dropout_votes != learner.predict(X)).mean(axis=0)
    assert_array_equal(learner.strategy._shares(pool), expected)


@pytest.mark.parametrize(
    "votes, message",
    [
        ([0, 1], r"dropout_votes must be positions .*got an array of int64 of shape \(2,\)"),
        ([[0.5, 1.0]], "dropout_votes must be positions .*float64"),
        (np.empty((0, 2), dtype=int), r"of shape \(0, 2\)"),
        ([[0, 1, 1]], "Arrays must be of the same number of samples"),
    ],
)
def test_bad_votes(votes, message):
    with pytest.raises(ValueError, match=message):
        Pool.from_arrays(proba=[[0.5, 0.5]] * 2, dropout_votes=votes)


def test_missing_models_are_named():
    pool = Pool.from_arrays([[0.0], [1.0]], proba=[[0.5, 0.5]] * 2)
    with pytest.raises(MissingOutputError, match="DropQuery reads `pool.final_step`.*dropout_"):
        DropQuery().query(pool)
    learner = ActiveLearner(cold_start=DropQuery())
    with pytest.raises(MissingOutputError, match="fewer than two classes are labeled"):
        learner.query(X)


def test_threads_memory_and_views_do_not_change_a_batch(monkeypatch):
    monkeypatch.setattr(drop_query, "BLOCK_ROWS", 32)
    digits, y = load_digits(return_X_y=True)
    answers = []
    for n_jobs, memory in ((1, 1024), (4, 0.01)):
        model = LogisticRegression(max_iter=50)
        learner = ActiveLearner(model, DropQuery(), random_state=0, n_jobs=n_jobs)
        learner.fit(digits[:60] / 16, y[:60])
        with config_context(working_memory=memory):
            answers.append(learner.query(digits[60:200] / 16, 20))
    assert_array_equal(*answers)


@pytest.mark.parametrize(
    "params", [{"rate": 1}, {"rate": -0.1}, {"n_passes": 0}, {"n_passes": 1.5}, {"embedding": 3}]
)
def test_bad_parameters(params):
    (name,) = params
    with pytest.raises(ValueError, match=f"'{name}' parameter of DropQuery must be"):
        DropQuery(**params).query(pool_of_votes([0, 1]))
