import io
import pickle
import sys
from functools import partial

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn import config_context
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, make_blobs
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import DataConversionWarning, NotFittedError
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, balanced_accuracy_score
from sklearn.model_selection import (
    GridSearchCV,
    KFold,
    ShuffleSplit,
    StratifiedKFold,
    cross_validate,
    train_test_split,
)
from sklearn.naive_bayes import GaussianNB, MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.utils.estimator_checks import check_estimator

from skal import ActiveLearner
from skal.pool import MissingOutputError
from skal.simulation import (
    LabelBudgetClassifier,
    LabelCurves,
    area_under_label_curve,
    label_curve,
)
from skal.stopping import LabelBudget, StabilizingPredictions, StoppingCriterion
from skal.strategies import CoreSet, QueryStrategy, RandomSampling, UncertaintySampling

NB = ActiveLearner(GaussianNB())


class Remembering(ClassifierMixin, BaseEstimator):
    """Knows which samples it was taught: the first feature is the number of the sample."""

    def fit(self, X, y, sample_weight=None):
        self.rows_ = np.asarray(X)[:, 0].astype(int)
        self.y_ = y
        self.weight_ = sample_weight
        self.model_ = DummyClassifier().fit(X, y)
        self.classes_ = self.model_.classes_
        return self

    def predict(self, X):
        return self.model_.predict(X)


class InOrder(QueryStrategy):
    """Ask for the first samples of the pool."""

    def _query(self, pool, n):
        return np.arange(n)


class Fancy(StoppingCriterion):
    """Write down what is shown, and stop after some rounds."""

    seen = []

    def __init__(self, n_rounds=3):
        self.n_rounds = n_rounds

    def start(self, n_pool, random_state=None):
        type(self).seen = [(n_pool, random_state)]
        return 0

    def update(self, state, round):
        self.seen.append((round.n_labels, len(round.predict([0, 1]))))
        return state + 1, state + 1 >= self.n_rounds


def blobs(n_samples=120, n_classes=3, spread=2.0):
    return make_blobs(n_samples, centers=n_classes, cluster_std=spread, random_state=0)


def digits(n_samples=500, n_class=10):
    X, y = load_digits(n_class=n_class, return_X_y=True)
    return X[:n_samples], y[:n_samples]


def game(learner=NB, **params):
    return LabelBudgetClassifier(learner, **{"random_state": 0, **params})


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(
    "estimator",
    [
        LabelBudgetClassifier(),
        LabelBudgetClassifier(ActiveLearner(SVC()), n_initial=5, batch_size=3, budget=30),
        LabelBudgetClassifier(n_initial=0, batch_size=7, budget=30),
    ],
    ids=repr,
)
def test_it_is_a_scikit_learn_classifier(estimator):
    check_estimator(estimator, on_skip=None)


def test_rounds_add_batches_up_to_the_budget():
    X, y = blobs()
    fitted = game(n_initial=8, batch_size=15, budget=50).fit(X, y)
    assert_array_equal(fitted.n_labels_, [8, 23, 38, 50])
    assert len(fitted.staged_estimators_) == 4
    assert len(np.unique(fitted.query_indices_)) == 50
    assert_array_equal(fitted.learner_.X_labeled_, X[fitted.query_indices_])
    assert_array_equal(fitted.learner_.y_labeled_, y[fitted.query_indices_])
    assert_array_equal(fitted.classes_, [0, 1, 2])
    assert fitted.n_features_in_ == 2


def test_it_equals_the_loop_that_a_user_writes():
    X, y = blobs()
    learner = ActiveLearner(GaussianNB(), UncertaintySampling("entropy"), random_state=7)
    fitted = game(learner, n_initial=10, batch_size=5, budget=30).fit(X, y)

    asked = list(fitted.query_indices_[:10])
    by_hand = clone(learner).fit(X[asked], y[asked])
    while len(asked) < 30:
        pool = [i for i in range(len(X)) if i not in asked]
        new = [pool[i] for i in by_hand.query(X[pool], n=5)]
        by_hand.teach(X[new], y[new])
        asked += new
    assert_array_equal(fitted.query_indices_, asked)
    assert_array_equal(fitted.predict_proba(X), by_hand.predict_proba(X))


CORRUPTIONS = {
    "other classes": (np.asarray, lambda y, i: np.where(i, y, 99)),
    "no numbers": (lambda y: y.astype(float), lambda y, i: np.where(i, y, np.nan)),
    "infinite": (lambda y: y.astype(float), lambda y, i: np.where(i, y, -np.inf)),
    "objects": (
        lambda y: y.astype(object),
        lambda y, i: np.array([v if a else None for v, a in zip(y, i, strict=True)], dtype=object),
    ),
    "objects of all kinds": (
        lambda y: np.array([f"class {v}" for v in y], dtype=object),
        lambda y, i: np.array(
            [v if a else {3.5} for v, a in zip(y, i, strict=True)], dtype=object
        ),
    ),
    "other strings": (
        lambda y: np.array([f"class {v}" for v in y]),
        lambda y, i: np.where(i, y, "something much longer"),
    ),
    "a list": (
        lambda y: y.tolist(),
        lambda y, i: [v if a else "x" for v, a in zip(y, i, strict=True)],
    ),
    "a series": (
        lambda y: pd.Series(y, index=y + 5).astype(object),
        lambda y, i: y.where(i, None),
    ),
    "missing integers": (lambda y: pd.Series(y).astype("Int64"), lambda y, i: y.where(i, pd.NA)),
    "categories": (
        lambda y: pd.Series(np.array(["a", "b", "c"])[y]).astype("category"),
        lambda y, i: y.where(i, np.nan),
    ),
    "a column": (lambda y: y[:, None], lambda y, i: np.where(i[:, None], y, 99)),
}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.DataConversionWarning")
@pytest.mark.parametrize("kind", CORRUPTIONS)
def test_labels_that_were_not_asked_for_are_never_looked_at(kind):
    X, y = blobs()
    convert, corrupt = CORRUPTIONS[kind]
    y = convert(y)
    honest = game(budget=45).fit(X, y)
    asked = np.isin(np.arange(len(X)), honest.query_indices_)
    assert asked.sum() == 45
    blind = game(budget=45).fit(X, corrupt(y, asked))
    assert_array_equal(blind.query_indices_, honest.query_indices_)
    assert_array_equal(blind.classes_, honest.classes_)
    assert blind.classes_.dtype == honest.classes_.dtype
    assert_array_equal(blind.predict_proba(X), honest.predict_proba(X))


@pytest.mark.parametrize(
    "params",
    [
        {"learner": ActiveLearner(SVC())},
        {"learner": ActiveLearner(RandomForestClassifier(5))},
        {"learner": ActiveLearner(GaussianNB(), CoreSet())},
        {"learner": ActiveLearner(GaussianNB(), RandomSampling(), incremental=True)},
        {"learner": None},
        {"initial": CoreSet()},
        {"initial": RandomSampling(), "n_initial": 1, "batch_size": 1, "budget": 12},
        {"stopping": StabilizingPredictions(threshold=0.9)},
    ],
    ids=str,
)
def test_whatever_plays_the_other_labels_do_not_matter(params):
    X, y = blobs()
    honest = game(**params).set_params(budget=params.get("budget", 40)).fit(X, y)
    lies = np.full(len(y), None)
    lies[honest.query_indices_] = y[honest.query_indices_]
    blind = clone(honest).fit(X, lies)
    assert_array_equal(blind.query_indices_, honest.query_indices_)
    assert_array_equal(blind.predict(X), honest.predict(X))


def test_a_missing_label_that_is_asked_for_is_named_by_its_position():
    X, y = blobs()
    row = game().fit(X, y).query_indices_[17]
    for missing in (None, np.nan, pd.NA, pd.NaT):
        y_missing = y.astype(object)
        y_missing[row] = missing
        with pytest.raises(ValueError, match=rf"y\[{row}\] is\s+missing"):
            game().fit(X, y_missing)


def test_the_same_seed_plays_the_same_game():
    X, y = blobs()
    forest = ActiveLearner(RandomForestClassifier(5))
    one, two = (game(forest, random_state=3).fit(X, y) for _ in range(2))
    other = game(forest, random_state=4).fit(X, y)
    assert_array_equal(one.query_indices_, two.query_indices_)
    assert_array_equal(one.predict_proba(X), two.predict_proba(X))
    assert not np.array_equal(one.query_indices_, other.query_indices_)


def test_without_a_seed_games_differ():
    X, y = blobs()
    one, two = (game(random_state=None).fit(X, y) for _ in range(2))
    assert not np.array_equal(one.query_indices_, two.query_indices_)


def test_the_first_labels_and_the_learners_seed_do_not_depend_on_the_learner():
    X, y = blobs()
    learners = [NB, ActiveLearner(SVC(), CoreSet()), ActiveLearner(RandomForestClassifier(5))]
    fitted = [game(learner).fit(X, y) for learner in learners]
    for other in fitted[1:]:
        assert_array_equal(other.query_indices_[:10], fitted[0].query_indices_[:10])
        assert other.learner_.random_state == fitted[0].learner_.random_state


def test_seeds_that_were_given_are_kept():
    X, y = blobs()
    learner = ActiveLearner(RandomForestClassifier(5, random_state=11), random_state=5)
    fitted = game(learner).fit(X, y).learner_
    assert (fitted.random_state, fitted.estimator.random_state) == (5, 11)
    assert learner.random_state == 5 and not hasattr(learner, "estimator_")


def test_frozen_models_are_no_obstacle_to_seeding():
    X, y = blobs()
    frozen = FrozenEstimator(RandomForestClassifier(5).fit(X, y))
    assert_array_equal(game(ActiveLearner(frozen)).fit(X, y).predict(X), frozen.predict(X))


@pytest.mark.parametrize("budget", [121, 10_000])
def test_a_budget_larger_than_the_data_asks_for_everything(budget):
    X, y = blobs(120)
    fitted = game(batch_size=25, budget=budget).fit(X, y)
    assert_array_equal(fitted.n_labels_, [10, 35, 60, 85, 110, 120])
    assert_array_equal(np.sort(fitted.query_indices_), np.arange(120))


def test_fewer_samples_than_initial_labels():
    X, y = blobs(6)
    assert_array_equal(game().fit(X, y).n_labels_, [6])


def test_a_budget_of_the_initial_labels_is_a_single_round():
    X, y = blobs()
    assert_array_equal(game(n_initial=20, budget=20).fit(X, y).n_labels_, [20])


def test_stratified_begins_with_every_class():
    X, y = blobs(300, n_classes=6)
    for seed in range(20):
        fitted = game(initial="stratified", n_initial=8, budget=8, random_state=seed).fit(X, y)
        assert len(fitted.classes_) == 6
        assert len(fitted.query_indices_) == 8
        assert len(np.unique(y[fitted.query_indices_[:6]])) == 6
    with pytest.raises(ValueError, match="n_initial must be at least the number of classes, 6"):
        game(initial="stratified", n_initial=5).fit(X, y)


def test_stratified_needs_all_labels():
    X, y = blobs()
    y = y.astype(object)
    y[77] = None
    with pytest.raises(ValueError, match=r"y\[77\] is missing"):
        game(initial="stratified").fit(X, y)


def test_a_strategy_without_model_chooses_the_first_samples():
    X, y = blobs()
    fitted = game(initial=CoreSet(), n_initial=7).fit(X, y)
    assert_array_equal(fitted.query_indices_[:7], CoreSet().query(ActiveLearner().pool(X), 7))


def test_a_strategy_that_needs_a_model_cannot_begin():
    X, y = blobs()
    with pytest.raises(MissingOutputError, match="fewer than two classes"):
        game(initial=UncertaintySampling()).fit(X, y)


@pytest.mark.parametrize("kind", [list, np.array, tuple, pd.Series])
def test_the_first_samples_may_be_given_by_their_positions(kind):
    X, y = blobs()
    fitted = game(initial=kind([7, 100, 3]), batch_size=4, budget=11).fit(X, y)
    assert_array_equal(fitted.query_indices_[:3], [7, 100, 3])
    assert_array_equal(fitted.n_labels_, [3, 7, 11])
    assert len(np.unique(fitted.query_indices_)) == 11


def test_positions_that_another_way_would_have_chosen_play_the_same_game():
    X, y = blobs()
    drawn = game().fit(X, y)
    given = game(initial=drawn.query_indices_[:10]).fit(X, y)
    assert_array_equal(given.query_indices_, drawn.query_indices_)
    assert_array_equal(given.predict_proba(X), drawn.predict_proba(X))


@pytest.mark.parametrize(
    ("initial", "message"),
    [
        ([0, 5, 120], "below the number of samples, 120, got 120"),
        ([-1, 5], "positions from 0 on, got -1"),
        ([3, 4, 3], "distinct positions, but 3 occurs 2 times"),
        ([0.0, 1.0], "integers in one dimension.*dtype float64"),
        ([], "at least one position"),
        ([[0], [1, 2]], "initial must have entries of one shape"),
        ([[1, 2]], r"one dimension.*shape \(1, 2\)"),
        (np.arange(120) < 9, "got a boolean mask. np.flatnonzero"),
        (range(41), "n_initial must be at most the budget.*n_initial=41 and budget=40"),
    ],
    ids=str,
)
def test_wrong_positions_are_refused(initial, message):
    X, y = blobs()
    with pytest.raises(ValueError, match=message):
        game(initial=initial, budget=40).fit(X, y)


def test_positions_are_a_parameter_like_any_other():
    X, y = blobs()
    rows = np.array([0, 50, 90])
    fitted = game(initial=rows)
    assert fitted.get_params()["initial"] is rows
    assert_array_equal(clone(fitted).initial, rows)
    assert "initial=array([ 0, 50, 90])" in repr(fitted)
    assert_array_equal(pickle.loads(pickle.dumps(fitted)).fit(X, y).query_indices_[:3], rows)
    cv = StratifiedKFold(2, shuffle=True, random_state=0)
    search = GridSearchCV(fitted, {"initial": [[0, 1], "random"]}, cv=cv, error_score="raise")
    assert np.isfinite(search.fit(X, y).cv_results_["mean_test_score"]).all()
    assert_array_equal(rows, [0, 50, 90])


def test_a_game_may_begin_with_a_single_class():
    X = np.arange(40.0)[:, None]
    y = np.repeat(["a", "b"], [30, 10])
    fitted = game(initial=InOrder(), batch_size=6, budget=28).fit(X, y)
    assert fitted.staged_estimators_[0].classes_.tolist() == ["a"]
    assert next(fitted.staged_predict(X)).tolist() == ["a"] * 40
    assert fitted.classes_.tolist() == ["a", "b"]  # the cold start spreads over the pool
    assert 0 < area_under_label_curve(fitted, X, y) <= 1


def numbered(n_samples=60):
    rng = np.random.RandomState(0)
    X = np.column_stack([np.arange(n_samples), rng.normal(size=n_samples)])
    return X, np.arange(n_samples) % 3


def test_weights_follow_their_samples():
    X, y = numbered()
    weight = 1.0 + np.arange(60)
    fitted = game(ActiveLearner(Remembering(), RandomSampling()), budget=35)
    fitted.fit(X, y, sample_weight=weight)
    for estimator in fitted.staged_estimators_:
        assert_array_equal(estimator.weight_, weight[estimator.rows_])
        assert_array_equal(estimator.y_, y[estimator.rows_])
    assert_array_equal(fitted.staged_estimators_[-1].rows_, fitted.query_indices_)


def test_metadata_is_routed_through_the_learner():
    X, y = numbered()
    weight = 1.0 + np.arange(60)
    with config_context(enable_metadata_routing=True):
        wants = Remembering().set_fit_request(sample_weight=True)
        wants.set_score_request(sample_weight=True)
        fitted = game(ActiveLearner(wants, RandomSampling()))
        fitted.fit(X, y, sample_weight=weight)
        assert_array_equal(fitted.staged_estimators_[-1].weight_, weight[fitted.query_indices_])
        grid = {"learner__strategy": [RandomSampling(), InOrder()]}
        search = GridSearchCV(fitted, grid, cv=2).fit(X, y, sample_weight=weight)
        last = search.best_estimator_.staged_estimators_[-1]
        assert_array_equal(last.weight_, weight[last.rows_])
        refuses = Remembering().set_fit_request(sample_weight=False)
        with pytest.raises(TypeError, match="sample_weight"):
            game(ActiveLearner(refuses, RandomSampling())).fit(X, y, sample_weight=weight)


def test_score_is_that_of_the_estimator_and_takes_weights():
    X, y = blobs()
    fitted = game(budget=20).fit(X, y)
    weight = np.arange(len(y))
    expected = accuracy_score(y, fitted.predict(X), sample_weight=weight)
    assert fitted.score(X, y, sample_weight=weight) == expected


def test_kinds_of_data():
    X, y = blobs()
    plain = game().fit(X, y)
    frame = pd.DataFrame(X, columns=["a", "b"], index=np.arange(len(X))[::-1])
    of_frame = game().fit(frame, pd.Series(y, index=frame.index))
    assert_array_equal(of_frame.query_indices_, plain.query_indices_)
    assert_array_equal(of_frame.feature_names_in_, ["a", "b"])

    logistic = ActiveLearner(LogisticRegression())
    dense, sparse = game(logistic).fit(X, y), game(logistic).fit(sp.csr_matrix(X), y)
    assert_array_equal(sparse.n_labels_, dense.n_labels_)

    texts = [["red wine", "green tea", "black coffee"][label] for label in y]
    words = game(ActiveLearner(make_pipeline(CountVectorizer(), MultinomialNB())))
    assert words.fit(texts, y.tolist()).score(texts, y) == 1


def test_a_column_of_labels_is_welcome_with_a_warning():
    X, y = blobs()
    with pytest.warns(DataConversionWarning, match="column-vector"):
        fitted = game().fit(X, y[:, None])
    assert_array_equal(fitted.query_indices_, game().fit(X, y).query_indices_)


@pytest.mark.parametrize(
    "learner",
    [
        LogisticRegression(),
        make_pipeline(StandardScaler(), SVC()),
        GridSearchCV(SVC(), {"C": [1]}),
    ],
)
def test_a_classifier_that_cannot_ask_is_told_how_it_could(learner):
    X, y = blobs()
    with pytest.raises(ValueError, match="Wrap it: ActiveLearner") as error:
        LabelBudgetClassifier(learner).fit(X, y)
    assert type(learner).__name__ in str(error.value)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"learner": "svm"}, "'learner' parameter"),
        ({"n_initial": -1}, "'n_initial' parameter"),
        ({"n_initial": 2.5}, "'n_initial' parameter"),
        ({"batch_size": 0}, "'batch_size' parameter"),
        ({"budget": -1}, "'budget' parameter"),
        ({"initial": "best"}, "'initial' parameter"),
        ({"stopping": 0.9}, "'stopping' parameter"),
        ({"n_initial": 50, "budget": 40}, "n_initial must be at most the budget.*50.*40"),
    ],
    ids=str,
)
def test_wrong_parameters_are_named(params, message):
    X, y = blobs()
    with pytest.raises(ValueError, match=message):
        game().set_params(**params).fit(X, y)


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        (np.ones((5, 2)), None, "requires y to be passed"),
        (np.ones((5, 2)), [0, 1], "inconsistent numbers of samples"),
        (np.ones((5, 2)), [0, 1], "X has 5 and y has 2"),
        (np.ones((2, 2)), [[0], [0, 1]], "y must have entries of one shape"),
        (np.ones((5, 2)), np.ones((5, 2)), "y should be a 1d array"),
        (np.ones((5, 2)), sp.csr_matrix(np.ones((5, 1))), "got a sparse matrix"),
        (np.ones((0, 2)), [], "at least one sample"),
    ],
)
def test_wrong_data_is_refused(X, y, message):
    with pytest.raises(ValueError, match=message):
        game().fit(X, y)


def test_unfitted():
    for ask in ("predict", "predict_proba", "staged_predict"):
        with pytest.raises(NotFittedError):
            getattr(game(), ask)(np.ones((2, 2)))
    with pytest.raises(NotFittedError):
        area_under_label_curve(game(), np.ones((2, 2)), [0, 1])


def test_methods_are_those_of_the_learner():
    X, y = blobs()
    svm = game(ActiveLearner(SVC()))
    for state in (svm, clone(svm).fit(X, y)):
        assert hasattr(state, "decision_function")
        assert not hasattr(state, "predict_proba")
    bayes = game().fit(X, y)
    assert not hasattr(bayes, "decision_function")
    assert_array_equal(bayes.predict_log_proba(X), bayes.learner_.predict_log_proba(X))


def test_errors_of_the_estimator_come_through():
    X, y = blobs()
    X[5, 0] = np.nan
    with pytest.raises(ValueError, match="contains NaN"):
        game(ActiveLearner(LogisticRegression()), budget=120).fit(X, y)


def test_a_failed_fit_leaves_nothing_behind():
    X, y = blobs()
    X[5, 0] = np.nan
    failing = game(ActiveLearner(LogisticRegression()), budget=120)
    with pytest.raises(ValueError):
        failing.fit(X, y)
    assert not [name for name in vars(failing) if name.endswith("_")]


def test_stopping_sees_every_round_that_could_be_the_last():
    X, y = blobs()
    fitted = game(stopping=Fancy(3), batch_size=5).fit(X, y)
    assert_array_equal(fitted.n_labels_, [10, 15, 20])
    assert [n for n, _ in Fancy.seen[1:]] == [10, 15, 20]
    assert Fancy.seen[0][0] == 110
    assert all(n == 2 for _, n in Fancy.seen[1:])


def test_stopping_is_not_asked_when_the_game_is_over():
    X, y = blobs()
    game(stopping=Fancy(100), batch_size=50, budget=60).fit(X, y)
    assert [n for n, _ in Fancy.seen[1:]] == [10]


def test_the_budget_holds_whatever_the_criterion_says():
    X, y = blobs()
    fitted = game(stopping=LabelBudget(500), budget=30).fit(X, y)
    assert fitted.n_labels_[-1] == 30


def test_stopping_saves_labels_on_an_easy_task():
    X, y = load_breast_cancer(return_X_y=True)
    learner = ActiveLearner(make_pipeline(StandardScaler(), LogisticRegression()))
    fitted = game(learner, budget=400, stopping=StabilizingPredictions()).fit(X, y)
    assert fitted.n_labels_[-1] < 200
    assert fitted.score(X, y) > 0.95


def slow_area(fitted, X, y, measure=accuracy_score):
    scores = [measure(y, predicted) for predicted in fitted.staged_predict(X)]
    area = sum(
        (fitted.n_labels_[i + 1] - fitted.n_labels_[i]) * (scores[i] + scores[i + 1]) / 2
        for i in range(len(scores) - 1)
    )
    return area / (fitted.n_labels_[-1] - fitted.n_labels_[0])


def test_area_is_the_mean_height_of_the_curve():
    X, y = blobs(300)
    fitted = game(budget=47, batch_size=9).fit(X[:200], y[:200])
    X, y = X[200:], y[200:]
    assert_allclose(area_under_label_curve(fitted, X, y), slow_area(fitted, X, y))
    assert_allclose(
        area_under_label_curve(fitted, X, y, scoring="balanced_accuracy"),
        slow_area(fitted, X, y, balanced_accuracy_score),
    )
    assert_allclose(area_under_label_curve(fitted, X, y, scoring=None), slow_area(fitted, X, y))
    assert isinstance(area_under_label_curve(fitted, X, y), float)


def test_area_of_a_single_round_is_its_score():
    X, y = blobs()
    fitted = game(n_initial=20, budget=20).fit(X, y)
    assert area_under_label_curve(fitted, X, y) == fitted.score(X, y)


def test_area_tells_what_it_needs():
    X, y = blobs()
    with pytest.raises(TypeError, match="needs a LabelBudgetClassifier, got Pipeline"):
        area_under_label_curve(make_pipeline(StandardScaler(), game()).fit(X, y), X, y)


def test_a_grid_search_compares_strategies_and_parameters():
    X, y = digits(600)
    pipe = make_pipeline(StandardScaler(), SVC())
    grid = {
        "learner__strategy": [RandomSampling(), UncertaintySampling("margin")],
        "learner__estimator__svc__C": [1e-3, 10],
    }
    search = GridSearchCV(
        game(ActiveLearner(pipe), budget=150, batch_size=20),
        grid,
        scoring=area_under_label_curve,
        cv=StratifiedKFold(3, shuffle=True, random_state=0),
        error_score="raise",
    ).fit(X, y)
    assert search.best_params_["learner__estimator__svc__C"] == 10
    assert isinstance(search.best_params_["learner__strategy"], UncertaintySampling)
    assert search.best_score_ > 0.5
    assert len(search.best_estimator_.query_indices_) == 150
    # Everything was written to clones.
    assert pipe[-1].C == 1.0


def test_cross_validation_by_area():
    X, y = digits(300, n_class=4)
    scorers = {
        "area": area_under_label_curve,
        "balanced": partial(area_under_label_curve, scoring="balanced_accuracy"),
        "last": "accuracy",
    }
    svm = game(ActiveLearner(SVC()))
    result = cross_validate(svm, X, y, scoring=scorers, cv=3, error_score="raise")
    assert (result["test_last"] > result["test_area"]).all()
    assert result["test_balanced"].shape == (3,)


def test_staged_predict_has_a_prediction_for_every_round():
    X, y = blobs()
    fitted = game(budget=40).fit(X, y)
    staged = list(fitted.staged_predict(X))
    assert len(staged) == len(fitted.n_labels_) == 4
    assert_array_equal(staged[-1], fitted.predict(X))
    with pytest.raises(ValueError, match="features"):
        fitted.staged_predict(X[:, :1])


def test_a_fitted_game_can_be_pickled():
    X, y = blobs()
    fitted = game(stopping=StabilizingPredictions() | LabelBudget(50)).fit(X, y)
    again = pickle.loads(pickle.dumps(fitted))
    assert_array_equal(again.predict(X), fitted.predict(X))


def curve(learners, X, y, **params):
    return label_curve(learners, X, y, **{"cv": 3, "budget": 40, "random_state": 0, **params})


def test_curves_have_the_shapes_they_promise():
    X, y = blobs()
    curves = curve({"margin": NB}, X, y, n_repeats=2)
    assert curves.names == ["margin", "random"]
    assert curves.baseline == "random"
    assert curves.score_name == "accuracy"
    assert_array_equal(curves.n_labels, [10, 20, 30, 40])
    assert {name: scores.shape for name, scores in curves.scores.items()} == {
        "margin": (6, 4),
        "random": (6, 4),
    }
    assert repr(curves) == "LabelCurves(margin, random: 6 runs, 10 to 40 labels)"


def test_all_learners_play_the_same_folds_from_the_same_labels():
    X, y = blobs()
    learners = {"margin": NB, "entropy": clone(NB).set_params(strategy=CoreSet())}
    curves = curve(learners, X, y)
    assert_array_equal(curves.scores["margin"][:, 0], curves.scores["entropy"][:, 0])
    assert_array_equal(curves.scores["margin"][:, 0], curves.scores["random"][:, 0])
    assert not np.array_equal(curves.scores["margin"], curves.scores["random"])


@pytest.mark.parametrize("initial", ["random", "stratified", RandomSampling(), CoreSet()])
def test_learners_that_see_other_spaces_still_begin_with_the_same_labels(initial):
    X, y = numbered()
    X[:, 1] *= 1000
    seen = []

    class Spy(Remembering):
        def score(self, X, y):
            seen.append(self.rows_)
            return 0.0

    learners = [
        ActiveLearner(Spy(), RandomSampling(), random_state=1),
        ActiveLearner(Spy(), InOrder(), random_state=2),
    ]
    curve(learners, X, y, initial=initial, budget=10, scoring=None)
    assert len(seen) == 6
    for one, other in zip(seen[:3], seen[3:], strict=True):
        assert_array_equal(one, other)
    assert not np.array_equal(seen[0], seen[1])


def test_a_strategy_chooses_the_first_labels_as_the_first_learner_sees_them():
    X, y = blobs()
    X[:, 1] *= 1000
    train, test = np.arange(80), np.arange(80, 120)
    scaled = ActiveLearner(make_pipeline(StandardScaler(), GaussianNB()))
    curves = curve([scaled, NB], X, y, cv=[(train, test)], initial=CoreSet(), n_initial=9)
    first = CoreSet().query(scaled.pool(X[train]), 9)
    expected = GaussianNB().fit(X[first], y[first]).score(X[test], y[test])
    assert curves.scores["UncertaintyHerding() (2)"][0, 0] == expected
    other = CoreSet().query(NB.pool(X[train]), 9)
    assert set(first) != set(other)


def test_runs_are_games():
    X, y = blobs()
    train, test = train_test_split(np.arange(120), random_state=0)
    curves = curve(NB, X, y, cv=[(train, test)], budget=200)
    # The training part is smaller than the budget.
    assert_array_equal(curves.n_labels, [*range(10, 91, 10)])
    everything = clone(NB).fit(X[train], y[train]).score(X[test], y[test])
    for scores in curves.scores.values():
        assert scores.shape == (1, 9)
        assert_allclose(scores[0, -1], everything)


def test_curves_do_not_depend_on_the_number_of_processes():
    X, y = blobs()
    learners = [ActiveLearner(RandomForestClassifier(3)), ActiveLearner(GaussianNB(), CoreSet())]
    one, two = (curve(learners, X, y, n_jobs=n_jobs) for n_jobs in (None, 2))
    assert one.names == two.names
    for name in one.names:
        assert_array_equal(one.scores[name], two.scores[name])


def test_the_same_seed_gives_the_same_curves_and_another_one_others():
    X, y = blobs()
    one, two, other = (curve(NB, X, y, random_state=seed).scores["random"] for seed in (1, 1, 2))
    assert_array_equal(one, two)
    assert not np.array_equal(one, other)


def test_repeats_shuffle_the_folds_anew():
    X, y = blobs()
    scores = curve(NB, X, y, n_repeats=2, budget=90).scores["random"]
    assert not np.array_equal(scores[:3, -1], scores[3:, -1])


@pytest.mark.parametrize(
    ("cv", "n_runs"),
    [(4, 4), (KFold(3), 3), (ShuffleSplit(2, random_state=0), 2)],
    ids=["int", "KFold", "ShuffleSplit"],
)
def test_splitters(cv, n_runs):
    X, y = blobs()
    assert curve(NB, X, y, cv=cv).scores["random"].shape[0] == n_runs


def test_an_iterable_of_splits_serves_every_repeat():
    X, y = blobs()
    splits = (split for split in KFold(3).split(X))
    assert curve(NB, X, y, cv=splits, n_repeats=2).scores["random"].shape == (6, 4)


def test_folds_of_different_sizes_align():
    X, y = blobs(47)
    curves = curve(NB, X, y, cv=KFold(3), budget=100, batch_size=7)
    assert curves.n_labels[-1] == 31
    assert curves.scores["random"].shape == (3, len(curves.n_labels))


def test_folds_smaller_than_the_initial_labels_align():
    X, y = blobs(14)
    curves = curve(NB, X, y, cv=KFold(2))
    assert_array_equal(curves.n_labels, [7])


def test_learners_are_named_after_their_strategies():
    X, y = blobs(60)
    learners = [
        ActiveLearner(GaussianNB(), UncertaintySampling()),
        ActiveLearner(GaussianNB(), CoreSet()),
        ActiveLearner(GaussianNB(), UncertaintySampling("entropy")),
        ActiveLearner(SVC(), CoreSet()),
    ]
    assert curve(learners, X, y, budget=10).names == [
        "UncertaintySampling()",
        "CoreSet() (1)",
        "UncertaintySampling(measure='entropy')",
        "CoreSet() (2)",
        "random",
    ]


def test_a_random_learner_among_them_is_the_baseline():
    X, y = blobs(60)
    random = ActiveLearner(GaussianNB(), RandomSampling())
    named = curve({"dice": random, "margin": NB}, X, y, budget=20)
    assert (named.names, named.baseline) == (["dice", "margin"], "dice")
    listed = curve([NB, random], X, y, budget=20)
    assert (listed.names, listed.baseline) == (["UncertaintyHerding", "random"], "random")


def test_the_baseline_has_the_estimator_of_the_first_learner():
    X, y = blobs()
    learners = {"svm": ActiveLearner(SVC(C=7)), "bayes": NB}
    implied = curve(learners, X, y)
    given = curve({**learners, "dice": ActiveLearner(SVC(C=7), RandomSampling())}, X, y)
    assert_array_equal(implied.scores["random"], given.scores["dice"])


@pytest.mark.parametrize(
    ("learners", "error", "message"),
    [
        ([], ValueError, "at least one ActiveLearner"),
        (SVC(), ValueError, "learners must be an ActiveLearner, got SVC.*Wrap it"),
        ([NB, SVC()], ValueError, "Wrap it"),
        ({"random": NB}, ValueError, 'name "random" is that of the baseline'),
        ([3], TypeError, "learners must be ActiveLearners, got 3"),
        (game(), ValueError, "Wrap it"),
    ],
    ids=["none", "one", "list", "name", "number", "game"],
)
def test_wrong_learners(learners, error, message):
    X, y = blobs(60)
    with pytest.raises(error, match=message):
        curve(learners, X, y)


@pytest.mark.parametrize(
    "params",
    [
        {"n_repeats": 0},
        {"n_initial": 50},
        {"batch_size": 0},
        {"scoring": "beauty"},
        {"cv": 1},
        {"initial": "worst"},
    ],
    ids=str,
)
def test_wrong_parameters_of_curves(params):
    X, y = blobs(60)
    with pytest.raises(ValueError):
        curve(NB, X, y, **params)


RULES = LabelBudgetClassifier(n_initial=6, initial="stratified", batch_size=7, budget=27)


def test_a_game_gives_the_rules_and_keywords_win():
    X, y = blobs()
    of_game = curve(NB, X, y, game=RULES, budget=None)
    spelled = curve(NB, X, y, n_initial=6, initial="stratified", batch_size=7, budget=27)
    assert_array_equal(of_game.n_labels, [6, 13, 20, 27])
    for name in of_game.names:
        assert_array_equal(of_game.scores[name], spelled.scores[name])
    some = curve(NB, X, y, game=RULES, batch_size=2, budget=10, initial=CoreSet())
    assert_array_equal(some.n_labels, [6, 8, 10])


def test_the_game_that_is_given_stays_as_it_is():
    X, y = blobs()
    learner = ActiveLearner(SVC())
    rules = LabelBudgetClassifier(learner, n_initial=6, budget=30, random_state=5)
    before = repr(rules)
    curve(NB, X, y, game=rules, budget=20)
    assert rules.learner is learner and repr(rules) == before
    assert not [name for name in vars(rules) if name.endswith("_")]


def test_the_learners_that_are_given_take_the_place_of_the_learner_of_the_game():
    X, y = blobs()
    other = LabelBudgetClassifier(ActiveLearner(SVC(), CoreSet()), budget=30)
    one = curve(NB, X, y, game=other)
    two = curve(NB, X, y, game=clone(other).set_params(learner=None))
    assert one.names == two.names == ["UncertaintyHerding", "random"]
    for name in one.names:
        assert_array_equal(one.scores[name], two.scores[name])


def test_the_seed_of_the_game_counts_unless_another_is_given():
    X, y = blobs()
    seeded = LabelBudgetClassifier(random_state=3)
    one, two, other = (
        curve(NB, X, y, game=game, random_state=seed).scores["random"]
        for game, seed in ((seeded, None), (None, 3), (seeded, 4))
    )
    assert_array_equal(one, two)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        (
            {"game": NB},
            ValueError,
            "game must be a LabelBudgetClassifier or a LabelBudgetRegressor, got ActiveLearner",
        ),
        ({"game": game(stopping=LabelBudget(20))}, ValueError, "stopping=None.*LabelBudget"),
        ({"game": game(batch_size=0)}, ValueError, "'batch_size' parameter"),
        ({"budgets": 20}, TypeError, "unexpected keyword argument 'budgets'"),
        ({"stopping": LabelBudget(20)}, TypeError, "unexpected keyword argument 'stopping'"),
        ({"initial": [0, 1, 2]}, ValueError, "initial must hold rows of every training part"),
        ({"initial": [0, 0]}, ValueError, "distinct positions"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_wrong_games(params, error, message):
    X, y = blobs(60)
    with pytest.raises(error, match=message):
        curve(NB, X, y, **params)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (None, "label_curve requires y to be passed"),
        ([0, 1], "X has 60 and y has 2"),
        ([[0], [0, 1]] * 30, "y must have entries of one shape"),
    ],
    ids=str,
)
def test_labels_of_a_comparison_are_one_for_each_sample(y, message):
    with pytest.raises(ValueError, match=message):
        curve(NB, blobs(60)[0], y)


def test_first_labels_that_are_given_are_rows_of_all_samples():
    X, y = blobs()
    train, test = train_test_split(np.arange(120), random_state=0)
    first = train[[5, 60, 2]]
    curves = curve(NB, X, y, cv=[(train, test)], initial=first, batch_size=5, budget=13)
    assert_array_equal(curves.n_labels, [3, 8, 13])
    expected = GaussianNB().fit(X[first], y[first]).score(X[test], y[test])
    for name in curves.names:
        assert_array_equal(curves.runs[name][0].query_indices[:3], first)
        assert curves.scores[name][0, 0] == expected


def test_runs_keep_what_was_asked_in_terms_of_all_rows():
    X, y = blobs()
    learners = {"bayes": NB, "svm": ActiveLearner(SVC(), CoreSet())}
    curves = curve(learners, X, y, n_repeats=2, budget=35)
    assert list(curves.runs) == curves.names
    assert_array_equal(curves.y, y)
    for name, learner in {**learners, "random": None}.items():
        assert len(curves.runs[name]) == 6
        for i, run in enumerate(curves.runs[name]):
            assert_array_equal(np.sort(np.concatenate([run.train, run.test])), np.arange(120))
            assert_array_equal(run.n_labels, [10, 20, 30, 35])
            assert_array_equal(run.scores, curves.scores[name][i])
            assert len(np.unique(run.query_indices)) == 35
            assert np.isin(run.query_indices, run.train).all()
            for n, score in zip(run.n_labels, run.scores, strict=True):
                if learner is not None:
                    asked = run.query_indices[:n]
                    again = clone(learner.estimator).fit(X[asked], y[asked])
                    assert again.score(X[run.test], y[run.test]) == pytest.approx(score)


def test_splits_may_be_masks():
    X, y = blobs()
    train = np.arange(120) % 3 > 0
    of_masks, of_rows = (
        curve(NB, X, y, cv=[split])
        for split in ((train, ~train), (np.flatnonzero(train), np.flatnonzero(~train)))
    )
    for name in of_masks.names:
        run, other = of_masks.runs[name][0], of_rows.runs[name][0]
        assert_array_equal(run.train, np.flatnonzero(train))
        assert_array_equal(run.query_indices, other.query_indices)
        assert_array_equal(run.scores, other.scores)


def test_curves_are_small_and_can_be_pickled():
    rng = np.random.RandomState(0)
    X, y = rng.normal(size=(400, 500)), rng.randint(3, size=400)
    curves = curve(NB, X, y, budget=30)
    saved = pickle.dumps(curves)
    assert len(saved) < X.nbytes / 20
    again = pickle.loads(saved)
    assert_array_equal(again.scores["random"], curves.scores["random"])
    run, other = again.runs["random"][2], curves.runs["random"][2]
    assert_array_equal(run.query_indices, other.query_indices)


def test_the_labels_that_curves_keep_are_those_that_were_given():
    X, y = blobs()
    given = y.copy()
    curves = curve(NB, X, given)
    given[:] = 0
    assert_array_equal(curves.y, y)
    of_series = curve(NB, X, pd.Series(np.array(["a", "b", "c"])[y]).astype("category"))
    assert_array_equal(of_series.y, np.array(["a", "b", "c"])[y])


class Lazy(QueryStrategy):
    """Fall short of a batch of 10 by one."""

    _may_fall_short = True

    def _query(self, pool, n):
        return np.arange(min(n, 9))


def test_games_of_other_numbers_of_labels_are_not_averaged():
    X, y = blobs()
    learners = {"lazy": ActiveLearner(GaussianNB(), Lazy()), "margin": NB}
    with pytest.raises(ValueError, match=r"same numbers of labels.*one of 'margin' has \[10, 20"):
        curve(learners, X, y)


def test_curves_may_be_made_without_runs():
    assert CURVES.runs is None and CURVES.y is None


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_is_shown_on_a_terminal(monkeypatch):
    X, y = blobs(60)
    monkeypatch.setattr(sys, "stderr", Terminal())
    curve(NB, X, y, budget=10, verbose=1)
    lines = sys.stderr.getvalue().split("\r")
    assert len(lines) == 7
    assert "[###-----------------] 1/6 games" in lines[1]
    assert ", about " in lines[1] and lines[1].rstrip().endswith(" left")
    assert "[####################] 6/6 games" in lines[-1] and "left" not in lines[-1]
    assert lines[-1].endswith("\n")


def test_progress_in_a_log_is_a_few_lines(monkeypatch):
    X, y = blobs(60)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    curve(NB, X, y, budget=10, verbose=1, n_repeats=10)
    lines = sys.stderr.getvalue().splitlines()
    assert len(lines) == 10
    assert "60/60 games" in lines[-1]


def test_silence_is_the_default(capsys):
    X, y = blobs(60)
    curve(NB, X, y, budget=10)
    assert capsys.readouterr() == ("", "")


def test_curves_on_real_data_show_what_active_learning_saves():
    X, y = load_breast_cancer(return_X_y=True)
    learner = ActiveLearner(make_pipeline(StandardScaler(), SVC()))
    curves = curve({"margin": learner}, X, y, budget=80, n_repeats=2)
    area = curves.area()
    assert area["margin"].mean() > area["random"].mean()
    assert curves.labels_saved()["margin"] > 0


CURVES = LabelCurves(
    [10, 20, 40],
    {"a": [[0.5, 0.7, 0.9], [0.3, 0.7, 0.7]], "random": [[0.5, 0.5, 0.5], [0.5, 0.5, 0.7]]},
    baseline="random",
)


def test_mean_and_spread():
    assert_allclose(CURVES.mean()["a"], [0.4, 0.7, 0.8])
    assert_allclose(CURVES.std()["a"], [0.1, 0.0, 0.1])


def test_areas_are_trapezoids_over_the_labels_spent():
    assert_allclose(CURVES.area()["a"], [(6 + 16) / 30, (5 + 14) / 30])
    assert_allclose(CURVES.area()["random"], [0.5, (5 + 12) / 30])


def test_labels_to_reach_a_target():
    assert CURVES.labels_to_reach(0.7) == {"a": 20.0, "random": pytest.approx(np.nan, nan_ok=True)}
    assert CURVES.labels_to_reach(0.5) == {"a": 20.0, "random": 10.0}


def test_labels_saved():
    assert CURVES.labels_saved() == {"a": 20.0, "random": 0.0}
    assert CURVES.labels_saved(0.5) == {"a": -10.0, "random": 0.0}
    assert np.isnan(CURVES.labels_saved(0.99)["a"])
    with pytest.raises(ValueError, match="baseline is None"):
        LabelCurves([1, 2], {"a": [[0.1, 0.2]]}).labels_saved()


def test_to_frame_is_long():
    frame = CURVES.to_frame()
    assert frame.columns.tolist() == ["learner", "run", "n_labels", "score"]
    assert len(frame) == 12
    one = frame[(frame.learner == "a") & (frame.run == 1)]
    assert one.n_labels.tolist() == [10, 20, 40]
    assert one.score.tolist() == [0.3, 0.7, 0.7]


def test_to_frame_says_how_to_get_pandas(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match="pip install pandas"):
        CURVES.to_frame()


def test_iris_is_learned_from_a_third_of_its_labels():
    X, y = load_iris(return_X_y=True)
    fitted = game(None, initial="stratified", budget=50).fit(X, y)
    assert fitted.score(X, y) > 0.93


@pytest.mark.parametrize(
    ("n_labels", "scores", "params", "message"),
    [
        ([], {"a": [[]]}, {}, "n_labels must hold at least one"),
        ([[10, 20]], {"a": [[0.1, 0.2]]}, {}, r"one dimension, got an array of shape \(1, 2\)"),
        (["10", "20"], {"a": [[0.1, 0.2]]}, {}, "n_labels must hold.*dtype <U2"),
        ([10, np.nan], {"a": [[0.1, 0.2]]}, {}, "n_labels must hold numbers of labels"),
        ([-1, 20], {"a": [[0.1, 0.2]]}, {}, "from 0 on, got"),
        ([20, 10], {"a": [[0.1, 0.2]]}, {}, "must increase.*10 follows 20"),
        ([10, 10], {"a": [[0.1, 0.2]]}, {}, "must increase.*10 follows 10"),
        (np.array([20, 10], dtype=np.uint8), {"a": [[0.1, 0.2]]}, {}, "10 follows 20"),
        ([10, 20], {}, {}, "at least one learner"),
        ([10, 20], [[0.1, 0.2]], {}, "scores must be a dict"),
        ([10, 20], {"a": [[0.1, 0.2, 0.3]]}, {}, r"scores\['a'\] must be of shape.*\(1, 3\)"),
        ([10, 20], {"a": [[0.1, 0.2], [0.1]]}, {}, r"scores\['a'\] must have runs of equal"),
        ([10, 20], {"a": [["x", "y"]]}, {}, "must hold numbers"),
        ([10, 20], {"a": np.empty((0, 2))}, {}, "at least one run"),
        ([10, 20], {"a": [[0, 1]], "b": [[0, 1]] * 2}, {}, "'a' has 1 and 'b' has 2"),
        ([10, 20], {"a": [[0, 1]]}, {"baseline": "random"}, r"one of \['a'\], got 'random'"),
        ([10, 20], {"a": [[0, 1]]}, {"runs": {"a": []}}, "as many runs as scores"),
        ([10, 20], {"a": [[0, 1]]}, {"runs": {"b": [None]}}, "as many runs as scores"),
    ],
)
def test_what_makes_no_curves_is_refused(n_labels, scores, params, message):
    with pytest.raises(ValueError, match=message):
        LabelCurves(n_labels, scores, **params)


def test_targets_that_are_not_scores_are_refused():
    for target in (np.nan, "0.7", None):
        with pytest.raises(ValueError, match="target must be a score"):
            CURVES.labels_to_reach(target)


NAN = np.nan
GAPS = LabelCurves(
    [10, 20, 30, 50],
    {
        "a": [[NAN, 0.5, 0.7, 0.9], [0.4, 0.5, 0.7, 0.9], [0.4, 0.5, 0.7, NAN]],
        "random": [[NAN, 0.4, 0.5, 0.6], [0.4, 0.4, 0.5, 0.6], [0.4, 0.4, 0.5, 0.6]],
    },
    baseline="random",
)


def test_no_method_fills_in_a_missing_score():
    assert_array_equal(np.isnan(GAPS.mean()["a"]), [True, False, False, True])
    assert_array_equal(np.isnan(GAPS.std()["a"]), [True, False, False, True])
    assert_array_equal(np.isnan(GAPS.area()["a"]), [True, False, True])
    assert_array_equal(np.isnan(GAPS.area()["random"]), [True, False, False])
    assert GAPS.labels_to_reach(0.45) == {"a": 20.0, "random": 30.0}
    assert np.isnan(GAPS.labels_to_reach(0.8)["a"])
    last = LabelCurves([1, 2], {"a": [[0.1, 0.2]], "random": [[0.1, NAN]]}, baseline="random")
    assert np.isnan(list(last.labels_saved().values())).all()
    assert GAPS.to_frame().score.isna().sum() == 3


def test_the_part_that_has_all_scores():
    part = GAPS.scored()
    assert_array_equal(part.n_labels, [20, 30, 50])
    assert_array_equal(part.scores["a"], [[0.5, 0.7, 0.9]] * 2)
    assert_array_equal(part.scores["random"], [[0.4, 0.5, 0.6]] * 2)
    assert part.labels_saved() == {"a": 20.0, "random": 0.0}
    assert_array_equal(CURVES.scored().scores["a"], CURVES.scores["a"])
    with pytest.raises(ValueError, match="In each of the 1 runs, a learner has no score"):
        LabelCurves([1, 2], {"a": [[0.1, NAN]]}).scored()


def test_the_part_that_has_all_scores_keeps_its_runs():
    X, y = blobs()
    curves = curve(NB, X, y)
    scores = {name: values.copy() for name, values in curves.scores.items()}
    scores["random"][1, -1] = NAN
    part = LabelCurves(curves.n_labels, scores, runs=curves.runs).scored()
    for name in part.names:
        assert part.runs[name] == [curves.runs[name][i] for i in (0, 2)]
