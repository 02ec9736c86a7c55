import inspect
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_digits, make_blobs, make_multilabel_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import cohen_kappa_score
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import SVC

import skal.stopping
from skal import ActiveLearner, LabelBudgetClassifier
from skal.pool import MissingOutputError
from skal.stopping import (
    Both,
    ClassificationChange,
    Either,
    ExpectedError,
    LabelBudget,
    OverallUncertainty,
    Round,
    StabilizingPredictions,
    StoppingCriterion,
    TargetRecall,
    TargetScore,
    Watch,
    kappa,
)

CRITERIA = [
    StabilizingPredictions(),
    OverallUncertainty(0.1),
    ClassificationChange(0.1),
    ExpectedError(0.1),
    LabelBudget(20),
]
# These need estimates of the score, which only a labeling session gives.
TARGETS = [TargetScore(0.9), TargetRecall(0.9, positive=1)]
POOL = np.arange(10)[:, None]


class Scripted:
    """A learner whose answers are given: labels, or probabilities, of the rows 0, 1, ..."""

    def __init__(self, labels=None, proba=None, classes=(0, 1), n_labels=10):
        self.y_labeled_ = np.zeros(n_labels)
        self.classes_ = np.asarray(classes)
        self.labels = labels
        self.asked = []
        if proba is not None:
            self.predict_proba = lambda X: self._of(np.asarray(proba, dtype=float), X)

    def predict(self, X):
        return self._of(np.asarray(self.labels), X)

    def _of(self, answers, X):
        rows = np.asarray(X)[:, 0]
        self.asked.append(rows.tolist())
        return answers[rows]


def play(criterion, learners, n_pool=10):
    """Return what the criterion says after each round."""
    state, answers = criterion.start(n_pool, random_state=0), []
    for learner in learners:
        state, stop = criterion.update(state, Round(learner, POOL))
        answers.append(stop)
    return answers


def labels_of(*rows):
    return [Scripted([int(label) for label in row]) for row in rows]


def certain(p):
    return Scripted(proba=[[p, 1 - p]] * 10)


# kappa ------------------------------------------------------------------------------------


def slow_kappa(y1, y2):
    classes, n = {*y1, *y2}, len(y1)
    observed = sum(a == b for a, b in zip(y1, y2, strict=True)) / n
    expected = sum((y1.count(c) / n) * (y2.count(c) / n) for c in classes)
    return 1.0 if len(classes) == 1 else (observed - expected) / (1 - expected)


pairs = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1)


@given(pairs)
def test_kappa_is_its_definition(pairs):
    y1, y2 = (list(labels) for labels in zip(*pairs, strict=True))
    assert kappa(y1, y2) == pytest.approx(slow_kappa(y1, y2))
    assert -1 <= kappa(y1, y2) <= 1
    assert kappa(y1, y2) == kappa(y2, y1)
    assert kappa(y1, y1) == 1


def test_kappa_is_that_of_scikit_learn():
    rng = np.random.RandomState(0)
    y1, y2 = rng.randint(5, size=(2, 300))
    y2[:100] = y1[:100]
    assert kappa(y1, y2) == pytest.approx(cohen_kappa_score(y1, y2))


@pytest.mark.parametrize(
    ("y1", "y2", "expected"),
    [([0, 1], [1, 0], -1), ([0, 0], [1, 1], 0), ([3, 3], [3, 3], 1), ([0, 0, 0, 1], [0] * 4, 0)],
)
def test_kappa_by_hand(y1, y2, expected):
    assert kappa(y1, y2) == expected


def test_kappa_needs_as_many_labels_on_both_sides():
    with pytest.raises(ValueError, match="inconsistent"):
        kappa([0, 1], [0])
    with pytest.raises(ValueError, match="at least one sample"):
        kappa([], [])


# Criteria ---------------------------------------------------------------------------------


def test_every_criterion_is_tested():
    public = {
        cls
        for _, cls in inspect.getmembers(skal.stopping, inspect.isclass)
        if issubclass(cls, StoppingCriterion) and not cls.__name__.startswith("_")
    }
    assert public - {StoppingCriterion, Both, Either} == {type(one) for one in CRITERIA + TARGETS}


def test_predictions_that_stay_the_same_stop_after_the_window():
    same = labels_of(*["0101010101"] * 6)
    assert play(StabilizingPredictions(), same) == [False, False, False, True, True, True]
    assert play(StabilizingPredictions(window=1), same[:3]) == [False, True, True]


def test_the_mean_over_the_window_decides():
    # Half of the predictions change once, as by chance: kappa is 0 there, 1 before and after.
    rounds = labels_of("0101010101", "0101010101", "0011110000", *["0011110000"] * 4)
    assert kappa(rounds[1].labels, rounds[2].labels) == 0
    strict = StabilizingPredictions(window=3, threshold=0.9)
    assert play(strict, rounds) == [False] * 5 + [True, True]
    mild = StabilizingPredictions(window=3, threshold=0.66)
    assert play(mild, rounds) == [False] * 3 + [True] * 4


def test_changing_predictions_go_on():
    flipping = labels_of(*["0101010101", "1010101010"] * 5)
    assert not any(play(StabilizingPredictions(threshold=0), flipping))
    assert play(StabilizingPredictions(threshold=-1), flipping)[3]


def test_classification_change_is_a_share():
    rounds = labels_of("0000000000", "0000000011", "0000000001", "0000000001")
    assert play(ClassificationChange(0.2), rounds) == [False, True, True, True]
    assert play(ClassificationChange(0.1), rounds) == [False, False, True, True]
    assert play(ClassificationChange(0), rounds) == [False, False, False, True]


def test_expected_error_falls_below():
    rounds = [certain(p) for p in (0.99, 0.9, 0.94, 0.96)]
    assert play(ExpectedError(0.05), rounds) == [False, False, False, True]


def test_overall_uncertainty_is_a_share_of_the_largest_entropy():
    assert play(OverallUncertainty(1.0), [certain(0.5)] * 2) == [False, False]
    assert play(OverallUncertainty(1.0), [certain(0.6)] * 2) == [False, True]
    uniform = Scripted(proba=np.full((10, 4), 0.25), classes=range(4))
    assert play(OverallUncertainty(1.0), [uniform] * 2) == [False, False]
    halves = Scripted(proba=[[0.5, 0.5, 0, 0]] * 10, classes=range(4))
    assert play(OverallUncertainty(0.51), [halves] * 2) == [False, True]
    assert play(OverallUncertainty(0.49), [halves] * 2) == [False, False]


def test_a_label_budget_stops_in_any_round():
    rounds = [Scripted(n_labels=n) for n in (10, 19, 20, 21)]
    assert play(LabelBudget(20), rounds) == [False, False, True, True]
    assert play(LabelBudget(10), rounds[:1]) == [True]


@pytest.mark.parametrize("criterion", CRITERIA[:-1], ids=repr)
def test_the_first_round_never_stops(criterion):
    sure = Scripted([0] * 10, proba=[[1, 0]] * 10)
    assert play(criterion, [sure]) == [False]
    assert play(criterion, [sure] * 5)[-1]


@pytest.mark.parametrize("criterion", CRITERIA[:-1], ids=repr)
def test_a_model_of_one_class_stops_nothing(criterion):
    learner = ActiveLearner(GaussianNB()).fit(POOL[:3], ["a", "a", "a"])
    assert play(criterion, [learner] * 6) == [False] * 6


@pytest.mark.parametrize("criterion", CRITERIA[:-1], ids=repr)
def test_an_empty_pool_stops_nothing(criterion):
    sure = Scripted([0] * 10, proba=[[1, 0]] * 10)
    assert play(criterion, [sure] * 5, n_pool=0) == [False] * 5


@pytest.mark.parametrize("criterion", [OverallUncertainty(0.1), ExpectedError(0.1)], ids=repr)
def test_models_without_probabilities_are_told_what_else_there_is(criterion):
    learner = ActiveLearner(SVC()).fit(POOL, np.arange(10) % 2)
    with pytest.raises(MissingOutputError, match="reads predict_proba.*StabilizingPred") as error:
        play(criterion, [learner])
    assert type(criterion).__name__ in str(error.value)


@pytest.mark.parametrize(
    "criterion", [StabilizingPredictions(), ClassificationChange(0)], ids=repr
)
def test_predictions_are_enough_for_the_others(criterion):
    learner = ActiveLearner(SVC()).fit(POOL, np.arange(10) % 2)
    assert play(criterion, [learner] * 5)[-1]


# Targets ------------------------------------------------------------------------------------


def targeted(criterion, rounds, classes=(0, 1)):
    """Return what is said after rounds of (n_labels, lower end), and what was looked at."""
    state, answers, looks = criterion.start(10), [], []
    for n_labels, low in rounds:

        def estimate(scoring, positive, confidence, n_labels=n_labels, low=low):
            looks.append((n_labels, scoring, positive, confidence))
            return SimpleNamespace(low=low)

        learner = Scripted([0] * 10, classes=classes)
        state, stop = criterion.update(state, Round(learner, POOL, n_labels, estimate))
        answers.append(stop)
    return answers, looks


@pytest.mark.parametrize("criterion", TARGETS, ids=repr)
def test_a_target_is_reached_at_two_looks_in_a_row(criterion):
    rounds = [(10, 0.95), (20, 0.85), (30, 0.9), (40, 0.95), (44, 0.5)]
    assert targeted(criterion, rounds)[0] == [False, False, False, True, False]


@pytest.mark.parametrize("criterion", TARGETS, ids=repr)
def test_a_target_is_looked_at_when_labels_have_grown_by_a_tenth(criterion):
    rounds = [(100, 0.95), (109, 0.95), (110, 0.95), (115, 0.1), (60, 0.95), (61, 0.95)]
    answers, looks = targeted(criterion, rounds)
    # What was said stays until the next look; undone labels are a reason to look again.
    assert answers == [False, False, True, True, True, True]
    assert [look[0] for look in looks] == [100, 110, 60]


@pytest.mark.parametrize("criterion", TARGETS, ids=repr)
def test_too_few_audit_rows_never_stop(criterion):
    assert targeted(criterion, [(10**k, None) for k in range(6)])[0] == [False] * 6
    assert not any(targeted(clone(criterion).set_params(threshold=1e-9), [(9, None)] * 2)[0])


def test_targets_ask_for_what_they_are_about():
    f1 = TargetScore(0.5, "f1", positive="a", confidence=0.8)
    assert targeted(f1, [(10, 0.9)], classes=["a", "b"])[1] == [(10, "f1", "a", 0.8)]
    recall = TargetRecall(positive=0)
    assert targeted(recall, [(10, 0.9)])[1] == [(10, "found", 0, 0.95)]


def test_a_class_without_a_label_stops_nothing():
    assert targeted(TargetRecall(positive=7), [(10, 1), (20, 1)]) == ([False, False], [])
    assert targeted(TargetScore(0.9, "f1", positive="1"), [(10, 1), (20, 1)])[0] == [False, False]


@pytest.mark.parametrize("criterion", TARGETS, ids=repr)
def test_a_target_needs_an_estimate(criterion):
    with pytest.raises(ValueError, match="needs an estimate.*LabelingSession with audit=0.1"):
        play(criterion, [Scripted([0] * 10)])
    game = LabelBudgetClassifier(n_initial=4, batch_size=2, budget=10, stopping=criterion)
    with pytest.raises(ValueError, match="needs an estimate"):
        game.fit(POOL, np.arange(10) % 2)


@pytest.mark.parametrize(
    ("criterion", "message"),
    [
        (TargetScore(0), "'threshold' parameter of TargetScore"),
        (TargetScore(1.1), "'threshold' parameter of TargetScore"),
        (TargetScore(confidence=1), "'confidence' parameter of TargetScore"),
        (TargetScore(scoring="found"), "'scoring' parameter of TargetScore"),
        (TargetScore(scoring="f1"), "positive must name a class for scoring='f1', got None"),
        (TargetScore(positive="a"), "positive must be None for scoring='accuracy', got 'a'"),
        (TargetRecall(), "positive must name the class.*got None"),
        (TargetRecall(2, positive=1), "'threshold' parameter of TargetRecall"),
    ],
)
def test_a_target_checks_its_parameters(criterion, message):
    with pytest.raises(ValueError, match=message):
        criterion.start(10)


def test_a_target_checks_its_state():
    one = Round(Scripted([0] * 10), POOL, 10, lambda *_: SimpleNamespace(low=1))
    for state in (None, {}, (1, 2)):
        with pytest.raises(ValueError, match="state must be what"):
            TargetScore().update(state, one)


def test_targets_are_combined_with_others():
    rounds = [(10, 0.95), (20, 0.95), (30, 0.95)]
    both = TargetScore(0.9) & LabelBudget(30)
    assert targeted(both, rounds)[0] == [False, False, True]
    assert targeted(TargetScore(0.9) | LabelBudget(30), rounds)[0] == [False, True, True]


# The stop set -----------------------------------------------------------------------------


def test_the_stop_set_is_drawn_once_and_only_it_is_predicted():
    learner = Scripted([0] * 10)
    play(StabilizingPredictions(stop_set_size=4), [learner] * 3)
    assert len(learner.asked) == 3
    assert learner.asked[0] == learner.asked[1] == learner.asked[2]
    assert len(set(learner.asked[0])) == 4


def test_a_small_pool_is_taken_whole():
    learner = Scripted([0] * 10)
    play(StabilizingPredictions(), [learner])
    assert learner.asked == [list(range(10))]


def test_criteria_that_look_at_the_same_samples_share_the_answers():
    learner = Scripted([0] * 10, proba=[[1, 0]] * 10)
    criterion = (
        StabilizingPredictions(stop_set_size=5) & ClassificationChange(0)
    ) | ExpectedError(0.1, stop_set_size=5)
    criterion.set_params(first__second__stop_set_size=5)
    play(criterion, [learner])
    assert len(learner.asked) == 2  # one predict, one predict_proba


def test_the_stop_set_depends_on_the_seed_alone():
    criterion = StabilizingPredictions(stop_set_size=5)
    one, two, other = (criterion.start(1000, seed)["rows"] for seed in (1, 1, 2))
    assert_array_equal(one, two)
    assert not np.array_equal(one, other)
    assert not np.array_equal(criterion.start(1000)["rows"], criterion.start(1000)["rows"])


def test_states_are_not_shared():
    criterion = StabilizingPredictions(window=1)
    start = criterion.start(10, 0)
    learner = Scripted([0] * 10)
    after, _ = criterion.update(start, Round(learner, POOL))
    assert not criterion.update(start, Round(learner, POOL))[1]
    assert criterion.update(after, Round(learner, POOL))[1]
    assert vars(criterion) == {"window": 1, "threshold": 0.99, "stop_set_size": 2000}


# Combinations -----------------------------------------------------------------------------


def test_and_waits_for_both_or_for_either():
    rounds = [Scripted([0] * 10, n_labels=n) for n in (10, 20, 30, 40, 50)]
    stable, budget = StabilizingPredictions(window=2), LabelBudget(40)
    assert play(stable & budget, rounds) == [False, False, False, True, True]
    assert play(stable | budget, rounds) == [False, False, True, True, True]
    assert play(stable | LabelBudget(10), rounds)[0]


def test_both_criteria_see_every_round():
    # If "|" stopped asking after the first answer, the second would lack its history.
    rounds = [Scripted([0] * 10, n_labels=n) for n in (10, 20, 30)]
    criterion = (LabelBudget(10) | StabilizingPredictions(window=2)) & LabelBudget(30)
    state = criterion.start(10, 0)
    for learner in rounds:
        state, _ = criterion.update(state, Round(learner, POOL))
    assert len(state[0][1]["kept"][1]) == 2


def test_combinations_are_estimators():
    criterion = StabilizingPredictions() & (ExpectedError(0.1) | LabelBudget(50))
    assert isinstance(criterion, Both) and isinstance(criterion.second, Either)
    copy = clone(criterion).set_params(first__window=5, second__second__n=7)
    assert (copy.first.window, copy.second.second.n) == (5, 7)
    assert (criterion.first.window, criterion.second.second.n) == (3, 50)


def test_only_criteria_can_be_combined():
    with pytest.raises(TypeError):
        StabilizingPredictions() & 3
    with pytest.raises(TypeError):
        StabilizingPredictions() | None
    with pytest.raises(ValueError, match="'second' parameter of Both"):
        Both(LabelBudget(3), 0.5).start(10)


# Parameters -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "criterion",
    [
        StabilizingPredictions(window=0),
        StabilizingPredictions(threshold=1.1),
        StabilizingPredictions(stop_set_size=0),
        OverallUncertainty(0),
        OverallUncertainty(1.5),
        ClassificationChange(-0.1),
        ClassificationChange(2),
        ExpectedError(0),
        ExpectedError("small"),
        LabelBudget(0),
        LabelBudget(2.5),
    ],
    ids=repr,
)
def test_wrong_parameters_are_named(criterion):
    with pytest.raises(ValueError, match=f"parameter of {type(criterion).__name__} must be"):
        criterion.start(10)


@pytest.mark.parametrize("criterion", CRITERIA + TARGETS, ids=repr)
def test_criteria_are_only_parameters(criterion):
    copy = clone(criterion)
    assert copy.get_params() == criterion.get_params()
    assert repr(copy) == repr(criterion)


# A real loop ------------------------------------------------------------------------------


def test_a_round_counts_labels_and_remembers_answers():
    X, y = make_blobs(30, centers=2, random_state=0)
    learner = ActiveLearner(GaussianNB()).fit(X[:10], y[:10])
    one = Round(learner, X)
    assert one.n_labels == 10
    assert Round(learner, X, n_labels=3).n_labels == 3
    assert_array_equal(one.classes, [0, 1])
    assert_array_equal(one.predict([3, 1]), learner.predict(X[[3, 1]]))
    assert one.predict_proba([3, 1]) is one.predict_proba(np.array([3, 1]))


def test_a_lower_threshold_stops_sooner():
    X, y = load_digits(n_class=5, return_X_y=True)

    def labels_spent(threshold):
        learner = ActiveLearner(SVC(), random_state=0).fit(X[:20], y[:20])
        criterion = StabilizingPredictions(threshold=threshold, stop_set_size=300)
        state, stop = criterion.start(len(X), random_state=0), False
        while not stop:
            i = learner.query(X, n=10)
            learner.teach(X[i], y[i])
            state, stop = criterion.update(state, Round(learner, X))
        return len(learner.y_labeled_)

    assert labels_spent(0.9) < labels_spent(0.999)


@pytest.mark.parametrize("criterion", CRITERIA[:4], ids=repr)
@pytest.mark.parametrize("n_pool", [-1, 2.5, "10", None, True])
def test_a_pool_of_no_size_is_refused_at_the_start(criterion, n_pool):
    with pytest.raises(ValueError, match="n_pool must be the size of the pool"):
        criterion.start(n_pool)


@pytest.mark.parametrize(
    ("proba", "message"),
    [
        ([[np.nan, 0.5]] + [[0.5, 0.5]] * 9, "must be finite"),
        ([[-1, 2]] + [[0.5, 0.5]] * 9, "must not be negative"),
        ([[1.0, 1.0]] * 10, "sum to 1"),
        ([[0.2, 0.3, 0.5]] * 10, r"must give an array of shape \(10, 2\).*got shape \(10, 3\)"),
    ],
)
@pytest.mark.parametrize("criterion", [OverallUncertainty(0.1), ExpectedError(0.1)], ids=repr)
def test_probabilities_that_are_none_are_refused(criterion, proba, message):
    state = criterion.start(10, 0)
    with pytest.raises(ValueError, match=message):
        criterion.update(state, Round(Scripted([0] * 10, proba), POOL))


def test_predictions_of_another_number_are_refused():
    learner = Scripted([0] * 10)
    learner.predict = lambda X: np.zeros(1)
    criterion = ClassificationChange(0.1)
    with pytest.raises(ValueError, match=r"predict of .* shape \(10,\) for 10 samples"):
        criterion.update(criterion.start(10, 0), Round(learner, POOL))


@pytest.mark.parametrize(
    "rows", [[0.5], [-1], [10], np.arange(10) < 3, [[0, 1]]], ids=lambda rows: str(rows)[:20]
)
def test_rows_of_a_round_are_positions_in_the_pool(rows):
    with pytest.raises(ValueError, match="rows must hold positions in the pool"):
        Round(Scripted([0] * 10), POOL).predict(rows)


@pytest.mark.parametrize("n_labels", [-1, 2.5, "5", np.nan])
def test_the_number_of_labels_is_one(n_labels):
    with pytest.raises(ValueError, match="n_labels must be an integer, from 0 on"):
        Round(Scripted([0] * 10), POOL, n_labels)


def test_a_state_of_another_criterion_is_refused():
    now = Round(Scripted([0] * 10), POOL)
    pair = StabilizingPredictions() | LabelBudget(5)
    for criterion, state in [
        (StabilizingPredictions(), None),
        (StabilizingPredictions(), pair.start(10, 0)),
        (pair, StabilizingPredictions().start(10, 0)),
        (pair, None),
    ]:
        with pytest.raises(ValueError, match="state must be what the last start or update"):
            criterion.update(state, now)


@pytest.mark.parametrize(
    ("y1", "y2", "message"),
    [
        ([1, 2], ["1", "2"], "labels of the same kind, got numbers and text"),
        ([np.nan, 1.0], [np.nan, 1.0], r"y1\[0\] is missing"),
        (["a", "b"], np.array(["a", None], dtype=object), r"y2\[1\] is missing"),
    ],
)
def test_labels_that_cannot_be_compared_are_refused(y1, y2, message):
    with pytest.raises(ValueError, match=message):
        kappa(y1, y2)


def test_several_labels_stabilize():
    X, y = make_multilabel_classification(200, n_classes=3, random_state=0)
    learner = ActiveLearner(RandomForestClassifier(10, random_state=0), random_state=0)
    both = StabilizingPredictions(window=2, threshold=0.7) & ClassificationChange(0.29)
    state = both.start(len(X), random_state=0)
    told, predicted, n_labels = [], [], [1, 20, 40, 60, 80, 100, 120, 140]
    for n in n_labels:
        state, stop = both.update(state, Round(learner.fit(X[:n], y[:n]), X))
        told.append(stop)
        predicted.append(learner.predict(X))
    # The first model is that of 20 labels: a single row has no model.
    pairs = list(zip(predicted[1:], predicted[2:], strict=False))
    agree = [kappa(before.ravel(), after.ravel()) for before, after in pairs]
    changed = [(before != after).any(axis=1).mean() for before, after in pairs]
    means = [None, *(np.mean(agree[i - 1 : i + 1]) for i in range(1, len(agree)))]
    expected = [
        mean is not None and mean >= 0.7 and change <= 0.29
        for mean, change in zip(means, changed, strict=True)
    ]
    assert told == [False, False, *expected]
    assert len({*expected}) == 2


@pytest.mark.parametrize("criterion", [OverallUncertainty(0.1), ExpectedError(0.1)], ids=repr)
def test_criteria_of_one_class_refuse_several_labels(criterion):
    X, y = make_multilabel_classification(40, n_classes=3, random_state=0)
    learner = ActiveLearner(RandomForestClassifier(3, random_state=0)).fit(X, y)
    with pytest.raises(MissingOutputError, match="predicts several labels. Use StabilizingPred"):
        criterion.update(criterion.start(len(X)), Round(learner, X))


# Watching a loop ----------------------------------------------------------------------------


def watched(criterion, X, y):
    """Play a loop with a watch, and return after each round whether it stops, and the learner."""
    learner, answers = ActiveLearner(GaussianNB(), random_state=0), []
    watch = criterion.watch(X, random_state=0)
    unlabeled = np.arange(len(X))
    while not watch.should_stop(learner):
        rows = unlabeled[learner.query(X[unlabeled], n=10)]
        unlabeled = np.setdiff1d(unlabeled, rows)
        learner = learner.teach(X[rows], y[rows])
        answers.append(watch.should_stop(learner))
    return answers, learner, watch


@pytest.mark.parametrize(
    "criterion",
    [StabilizingPredictions(2, 0.95) | LabelBudget(90), OverallUncertainty(0.2), LabelBudget(35)],
    ids=str,
)
def test_a_watch_answers_as_the_criterion_round_by_round(criterion):
    X, y = make_blobs(150, centers=4, random_state=0)
    answers, learner, watch = watched(criterion, X, y)
    assert answers == [False] * (len(answers) - 1) + [True]
    assert watch.n_rounds == len(answers)
    # The same rounds again, with the state passed by hand.
    X_labeled, y_labeled = learner.X_labeled_, learner.y_labeled_
    state, by_hand = criterion.start(len(X), random_state=0), []
    again = ActiveLearner(GaussianNB(), random_state=0)
    for start in range(0, len(y_labeled), 10):
        again.teach(X_labeled[start : start + 10], y_labeled[start : start + 10])
        state, stop = criterion.update(state, Round(again, X))
        by_hand.append(stop)
    assert by_hand == answers


def test_a_watch_counts_a_round_once():
    X, y = make_blobs(60, centers=2, random_state=0)
    learner = ActiveLearner(GaussianNB()).fit(X[:20], y[:20])
    watch = StabilizingPredictions(window=1, threshold=-1).watch(X)
    assert [watch.should_stop(learner) for _ in range(5)] == [False] * 5
    assert watch.n_rounds == 1
    # As many labels, but a new model.
    assert watch.should_stop(learner.teach(X[20:30], y[20:30]))
    assert watch.n_rounds == 2


def test_a_watch_waits_for_a_learner_that_is_not_fitted():
    watch = LabelBudget(1).watch(POOL)
    assert not watch.should_stop(ActiveLearner())
    assert watch.n_rounds == 0
    assert watch.should_stop(ActiveLearner().fit([[0.0], [1.0]], [0, 1]))


def test_a_watch_takes_any_object_with_start_and_update():
    class Never:
        def start(self, n_pool, random_state=None):
            return n_pool

        def update(self, state, round):
            assert state == len(round.X_pool) == 10
            return state, False

    watch = Watch(Never(), POOL)
    assert not watch.should_stop(Scripted([0] * 10))
    assert watch.n_rounds == 1


def test_a_watch_says_what_it_cannot_take():
    watch = LabelBudget(5).watch(POOL)
    for wrong in (POOL, GaussianNB().fit([[0.0], [1.0]], [0, 1]), ActiveLearner, None):
        with pytest.raises(TypeError, match=r"should_stop\(learner\), got .* how many labels"):
            watch.should_stop(wrong)
    with pytest.raises(ValueError, match="LabelingSession with audit"):
        TargetScore(0.9).watch(POOL).should_stop(Scripted([0] * 10))
    with pytest.raises(ValueError, match="threshold"):
        StabilizingPredictions(threshold=3).watch(POOL)
