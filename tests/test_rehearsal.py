"""What is checked before the first game of a comparison, and what is kept when one fails."""

import random

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, make_scorer
from sklearn.model_selection import GroupKFold, KFold, LeaveOneGroupOut, LeaveOneOut
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC

from skal import ActiveLearner, LabelBudgetClassifier
from skal.pool import MissingOutputError
from skal.simulation import area_under_label_curve, label_curve
from skal.strategies import (
    BADGE,
    BALD,
    CostAware,
    LearningLoss,
    Mixture,
    QueryByCommittee,
    QueryStrategy,
    RandomSampling,
    Schedule,
    SimpleMargin,
    Subsample,
    UncertaintySampling,
)

NB = ActiveLearner(GaussianNB())
FAR = ActiveLearner(GaussianNB(), "margin", cold_start="coreset")  # soon finds what is rare
IRIS, KINDS = load_iris(return_X_y=True)
NAMES = np.array(["setosa", "versicolor", "virginica"])[KINDS]
CANCER, BENIGN = load_breast_cancer(return_X_y=True)
TUMORS = np.array(["malignant", "benign"])[BENIGN]


def curve(learners, X, y, **params):
    return label_curve(learners, X, y, **{"cv": 3, "budget": 30, "random_state": 0, **params})


def rare(n_samples=300, n_rare=15):
    """Return samples with so few of the class "yes" that it is often not known at first."""
    y = np.where(np.arange(n_samples) < n_samples - n_rare, "no", "yes")
    X = np.random.RandomState(0).normal(size=(n_samples, 3))
    return X + 2 * (y == "yes")[:, None], y


class Played(Exception):
    """A game was played, though it should not."""


@pytest.fixture
def no_game(monkeypatch):
    def refuse(*args, **kwargs):
        raise Played

    monkeypatch.setattr("skal.simulation._runs.play_game", refuse)


@pytest.mark.parametrize(
    ("scoring", "labels", "fits"),
    [
        ("f1", "two", "f1_macro"),
        ("f1", "three", "f1_macro"),
        ("f1", "numbers", "f1_macro"),
        ("precision", "two", "precision_macro"),
        ("recall", "three", "recall_macro"),
        ("jaccard", "two", "jaccard_macro"),
        ("average_precision", "two", "roc_auc"),
        ("roc_auc", "three", "roc_auc_ovr"),
        ("f1_samples", "three", "f1_macro"),
        ("positive_likelihood_ratio", "three", "roc_auc_ovr"),
        ("r2", "two", "roc_auc"),
    ],
)
def test_a_scorer_that_does_not_fit_the_labels_is_refused_with_one_that_does(
    no_game, scoring, labels, fits
):
    X, y = {"two": (CANCER, TUMORS), "three": (IRIS, NAMES), "numbers": (IRIS, KINDS)}[labels]
    with pytest.raises(ValueError, match=f"got '{scoring}'.*Use scoring='{fits}'") as error:
        curve(NB, X, y, scoring=scoring)
    assert not hasattr(error.value, "runs")
    with pytest.raises(Played):
        curve(NB, X, y, scoring=fits)


def test_a_fault_of_a_transformer_says_whose_it_is_and_what_helps(no_game):
    codes = np.arange(60).reshape(-1, 1) % 15
    learners = {"codes": ActiveLearner(make_pipeline(OneHotEncoder(), LogisticRegression()))}
    with pytest.raises(ValueError, match="unknown categories") as caught:
        curve(learners, codes, np.arange(60) % 2, n_initial=0)
    notes = " ".join(caught.value.__notes__)
    assert "before its first game" in notes and 'handle_unknown="ignore"' in notes


def test_a_scorer_is_tried_on_every_learner(no_game):
    learners = {"bayes": NB, "svm": ActiveLearner(SVC())}
    way_out = "'svm'.*predict_proba.*CalibratedClassifierCV.*Use scoring='roc_auc'"
    with pytest.raises(ValueError, match=way_out):
        curve(learners, CANCER, TUMORS, scoring="neg_log_loss")
    with pytest.raises(ValueError, match="balanced_accuracy"):
        curve(learners, IRIS, NAMES, scoring="roc_auc_ovr")


@pytest.mark.parametrize(
    ("scoring", "message"),
    [
        (["accuracy", "f1_macro"], "single scorer"),
        ({"a": "accuracy"}, "single scorer"),
        ("beauty", "get_scorer_names.*'beauty'"),
        (lambda estimator, X, y: 1 / 0, "division by zero"),
        (lambda estimator, X, y: None, "NoneType"),
    ],
    ids=["list", "dict", "unknown", "fails", "none"],
)
def test_what_is_not_a_scorer_is_refused(no_game, scoring, message):
    with pytest.raises(ValueError, match=message):
        curve(NB, IRIS, NAMES, scoring=scoring)


def test_a_scorer_that_needs_all_classes_is_given_all_of_them():
    X, y = np.tile(IRIS, (2, 1)), np.r_[KINDS, KINDS + 3]  # six classes
    scoring = make_scorer(
        log_loss, labels=range(6), response_method="predict_proba", greater_is_better=False
    )
    with pytest.warns(UserWarning, match="rounds have no score"):
        curves = curve(FAR, X, y, scoring=scoring, n_initial=5)
    assert np.isfinite(curves.scores["random"][:, -1]).any()


@pytest.mark.parametrize(
    ("cv", "X", "y", "scoring", "message"),
    [
        (LeaveOneOut(), CANCER[:20], TUMORS[:20], "roc_auc", "No test part has two classes"),
        (KFold(3), IRIS, NAMES, "roc_auc_ovr", "each test part has a class that is not in"),
        (
            GroupKFold(3),
            IRIS,
            NAMES,
            "accuracy",
            r"cv=list\(GroupKFold\(...\).split\(X, y, groups",
        ),
        (LeaveOneGroupOut(), IRIS, NAMES, "accuracy", "LeaveOneGroupOut"),
        ([], IRIS, NAMES, "accuracy", "at least one split"),
        ([(range(9), [])], IRIS, NAMES, "accuracy", "split 0 has none"),
        ([([], range(9))], IRIS, NAMES, "accuracy", "training samples, but split 0 has none"),
    ],
    ids=["one row", "sorted", "groups", "a group", "no split", "no test", "no training"],
)
def test_splits_that_cannot_be_scored_are_refused(no_game, cv, X, y, scoring, message):
    if isinstance(cv, list):
        cv = [tuple(np.array(part, dtype=int) for part in split) for split in cv]
    with pytest.raises(ValueError, match=message):
        curve(NB, X, y, cv=cv, scoring=scoring)


@pytest.mark.parametrize("missing", [None, np.nan])
def test_a_missing_label_of_a_test_sample_is_named(no_game, missing):
    y = NAMES.astype(object)
    y[77] = missing
    for cv in (3, KFold(3)):
        with pytest.raises(ValueError, match=r"y\[77\] is\s+missing"):
            curve(NB, IRIS, y, cv=cv)


@pytest.mark.parametrize("missing", [None, np.nan])
def test_a_missing_label_that_is_asked_for_is_named_by_its_row(missing):
    y = KINDS.astype(object if missing is None else float)
    y[77] = missing
    train = np.arange(1, 150, 2)
    with pytest.raises(ValueError, match=r"y\[77\] is missing"):
        curve(NB, IRIS, y, cv=[(train, np.arange(0, 150, 2))], budget=75)


@pytest.mark.parametrize(
    ("strategy", "output"),
    [
        (QueryByCommittee(), "member_votes"),
        (LearningLoss(), "predicted_loss"),
        (SimpleMargin(), "decision"),
    ],
    ids=repr,
)
@pytest.mark.parametrize("n_initial", [1, 10])
def test_a_strategy_that_its_model_cannot_serve_is_refused(no_game, strategy, output, n_initial):
    unfit = ActiveLearner(make_pipeline(StandardScaler(), GaussianNB()), strategy)
    with pytest.raises(MissingOutputError, match=f"learner 'unfit' cannot play.*{output}"):
        curve({"fit": NB, "unfit": unfit}, IRIS, NAMES, n_initial=n_initial)


def test_a_strategy_that_is_never_asked_is_not_tried():
    unfit = ActiveLearner(GaussianNB(), QueryByCommittee())
    assert curve(unfit, IRIS, NAMES, n_initial=30).scores["random"].shape == (3, 1)


class Wants(QueryStrategy):
    """Need a pool of at least 60 samples."""

    def _query(self, pool, n):
        if len(pool) < 60:
            raise ValueError("60 samples are needed.")
        return np.arange(n)


def test_what_works_in_the_first_game_is_not_refused():
    learners = {
        "large pool": ActiveLearner(GaussianNB(), Wants()),
        "many labels": ActiveLearner(CalibratedClassifierCV(GaussianNB(), cv=5)),
    }
    params = {"n_initial": 60, "budget": 70, "scoring": "neg_log_loss"}
    assert len(curve(learners, CANCER, TUMORS, **params).n_labels) == 2


def test_errors_of_models_come_through_as_they_are(no_game):
    X = np.where(np.arange(150)[:, None] % 4 == 0, np.nan, IRIS)
    with pytest.raises(ValueError, match="Input X contains NaN"):
        curve(ActiveLearner(LogisticRegression()), X, NAMES)
    with pytest.raises(ValueError, match="n_jobs"):
        curve(NB, IRIS, NAMES, n_jobs=0)
    with pytest.raises(ValueError, match="inconsistent numbers"):
        curve(NB, IRIS, NAMES[:-1])


class Careless(GaussianNB):
    """Draw from the global random states, and count."""

    n_rows = []

    def fit(self, X, y, sample_weight=None):
        np.random.rand()
        random.random()
        self.n_rows.append(len(y))
        return super().fit(X, y)


def test_the_rehearsal_leaves_nothing_behind(no_game):
    learner = ActiveLearner(Careless(), random_state=np.random.RandomState(3))
    Careless.n_rows.clear()
    before = np.random.get_state()[1].copy(), random.getstate(), repr(learner)
    seed = learner.random_state.get_state()[1].copy()
    with pytest.raises(Played):
        curve(learner, IRIS, NAMES, n_initial=10)
    # One small model for the learner and one for random sampling.
    assert Careless.n_rows == [10, 10]
    assert_array_equal(np.random.get_state()[1], before[0])
    assert (random.getstate(), repr(learner)) == before[1:]
    assert_array_equal(learner.random_state.get_state()[1], seed)


@pytest.mark.parametrize("scoring", ["roc_auc", "neg_log_loss"])
def test_a_round_without_a_score_is_nan(scoring):
    X, y = rare()
    with pytest.warns(UserWarning, match=r"11 of 24 rounds have no .*did not know 'yes'"):
        curves = curve(FAR, X, y, scoring=scoring, n_initial=5)
    for name, runs in curves.runs.items():
        for run, scores in zip(runs, curves.scores[name], strict=True):
            for n, score in zip(run.n_labels, scores, strict=True):
                known = len(np.unique(y[run.query_indices[:n]]))
                assert np.isnan(score) == (known < 2)


def test_a_score_that_compares_other_classes_is_no_score():
    # The model knows a and b, the test samples are a and c: two classes each, but not the same.
    X, y = np.arange(80.0)[:, None], np.repeat(["a", "b", "c", "a"], 20)
    train, test = np.r_[0:60], np.r_[40:80]
    rules = {"initial": [0, 1, 20, 21], "budget": 4, "cv": [(train, test)]}
    with pytest.warns(UserWarning, match="did not know 'c'"):
        assert np.isnan(curve(NB, X, y, scoring="neg_log_loss", **rules).scores["random"]).all()
    assert np.isfinite(curve(NB, X, y, **rules).scores["random"]).all()


def test_area_is_nan_with_a_warning_where_a_round_has_no_score():
    X, y = rare()
    game = LabelBudgetClassifier(FAR, initial=[0, 1], batch_size=20, budget=240, random_state=0)
    game.fit(X, y)
    with pytest.warns(UserWarning, match="area is NaN, since 1 of 13 rounds have no score"):
        assert np.isnan(area_under_label_curve(game, X, y, scoring="roc_auc"))
    assert np.isfinite(area_under_label_curve(game, X, y))
    with pytest.raises(ValueError, match="pos_label"):
        area_under_label_curve(game, X, y, scoring="f1")


class Fails(GaussianNB):
    """Fail, or interrupt, from the n-th time on that it is fitted on 30 samples."""

    count, at, error = 0, 2, RuntimeError("lost connection")

    def fit(self, X, y, sample_weight=None):
        if len(y) == 30:
            Fails.count += 1
            if Fails.count >= Fails.at:
                raise Fails.error
        return super().fit(X, y)


@pytest.fixture
def fails():
    def make(at, error):
        Fails.count, Fails.at, Fails.error = 0, at, error
        return {"first": NB, "fails": ActiveLearner(Fails()), "last": clone(NB)}

    return make


@pytest.mark.parametrize("error", [RuntimeError("lost connection"), KeyboardInterrupt()])
@pytest.mark.parametrize(
    ("at", "n_done", "names", "n_runs"),
    [
        (1, {"first": 3, "fails": 0, "last": 0, "random": 3}, ["first", "random"], 3),
        (3, {"first": 3, "fails": 2, "last": 0, "random": 3}, ["first", "fails", "random"], 2),
        (4, {"first": 6, "fails": 3, "last": 3, "random": 6}, None, 3),
    ],
)
def test_games_that_were_finished_are_kept(fails, error, at, n_done, names, n_runs):
    learners = fails(at, error)
    with pytest.raises(type(error)) as caught:
        curve(learners, IRIS, NAMES, n_repeats=2)
    assert caught.value is error
    done = {name: sum(run is not None for run in runs) for name, runs in error.runs.items()}
    assert done == n_done
    curves = error.curves
    assert curves.names == (names or ["first", "fails", "last", "random"])
    assert curves.baseline == "random"
    whole = curve({"first": NB, "fails": NB, "last": NB}, IRIS, NAMES, n_repeats=2)
    for name in curves.names:
        assert curves.scores[name].shape == (n_runs, 3)
        assert_array_equal(curves.scores[name], whole.scores[name][:n_runs])
        for kept, run in zip(error.runs[name], whole.runs[name], strict=True):
            if kept is not None:
                assert_array_equal(kept.query_indices, run.query_indices)


def test_games_are_kept_by_other_processes_as_well(fails):
    with pytest.raises(ZeroDivisionError) as caught:
        curve({"first": NB, "fails": ActiveLearner(Divides())}, IRIS, NAMES, n_jobs=2)
    done = {name: sum(r is not None for r in runs) for name, runs in caught.value.runs.items()}
    assert done["fails"] == 0 and done["random"] >= 1


class Divides(GaussianNB):
    def fit(self, X, y, sample_weight=None):
        if len(y) > 20:
            raise ZeroDivisionError
        return super().fit(X, y)


def test_nothing_is_kept_where_nothing_is_finished(fails):
    learners = fails(1, RuntimeError("at once"))
    with pytest.raises(RuntimeError) as caught:
        curve(ActiveLearner(Fails()), IRIS, NAMES)
    assert caught.value.curves is None
    assert not any(run for runs in caught.value.runs.values() for run in runs)
    assert learners


class Short(QueryStrategy):
    """Fall short: half of what is asked for, and nothing in the end."""

    _may_fall_short = True

    def _query(self, pool, n):
        return np.arange(n // 2)


def test_a_strategy_that_falls_short_spends_no_label_that_it_did_not_get():
    game = LabelBudgetClassifier(
        ActiveLearner(GaussianNB(), Short()), batch_size=4, budget=17, random_state=0
    )
    assert_array_equal(game.fit(IRIS, NAMES).n_labels_, [10, 12, 14, 15, 16])


def test_runs_that_cannot_be_averaged_are_kept():
    learners = {"short": ActiveLearner(GaussianNB(), Short()), "margin": NB}
    with pytest.raises(ValueError, match="same numbers of labels") as caught:
        curve(learners, IRIS, NAMES)
    assert caught.value.curves.names == ["margin", "random"]
    assert all(run is not None for run in caught.value.runs["short"])


def test_training_parts_in_which_nothing_is_left_to_choose_are_told():
    with pytest.warns(UserWarning, match="5 samples, not more than n_initial=10: nothing is left"):
        curve(NB, IRIS[::15], NAMES[::15], cv=2)


LATER = [
    Schedule([(UncertaintySampling(), 12), QueryByCommittee()]),
    Schedule([(UncertaintySampling(), 12), (Schedule([(BADGE(), 3), CostAware()]), 20), BADGE()]),
    Subsample(Schedule([(BADGE(), 2), (BADGE(), 12), Mixture([RandomSampling(), BALD()])])),
]


@pytest.mark.parametrize("strategy", LATER, ids=lambda strategy: " ".join(repr(strategy).split()))
@pytest.mark.parametrize("n_initial", [0, 10])
def test_strategies_that_come_later_are_tried_before_the_first_game(strategy, n_initial, no_game):
    learner = {"later": ActiveLearner(GaussianNB(), strategy)}
    with pytest.raises(MissingOutputError, match="The learner 'later' cannot play: .* reads"):
        curve(learner, IRIS, KINDS, n_initial=n_initial, batch_size=5)


@pytest.mark.parametrize("strategy", LATER, ids=lambda strategy: " ".join(repr(strategy).split()))
def test_strategies_that_no_game_reaches_are_not_tried(strategy):
    learner = {"later": ActiveLearner(GaussianNB(), strategy)}
    curves = curve(learner, IRIS, KINDS, n_initial=10, batch_size=5, budget=15)
    assert len(curves.runs["later"]) == 3
