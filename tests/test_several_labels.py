"""Several labels a sample: learners, committees, pools, scores and games."""

from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import make_multilabel_classification
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression, Ridge, RidgeClassifier
from sklearn.metrics import f1_score
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier, RadiusNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from skal import ActiveLearner, Committee, LabelBudgetClassifier, Pool, acquisition
from skal._base import VaryingLabels, label_decision, label_proba, n_labels_of
from skal.committee import count_members, member_label_proba
from skal.pool import MissingOutputError
from skal.simulation import label_curve
from skal.strategies import (
    BADGE,
    ClassBalanced,
    CoreSet,
    MaxHerding,
    MultilabelUncertainty,
    QueryByCommittee,
    RandomSampling,
    UncertaintyHerding,
    UncertaintySampling,
)

X, Y = make_multilabel_classification(150, n_features=8, n_classes=4, random_state=1)
LABELED, POOL = slice(0, 50), slice(50, 150)
LOGISTIC = LogisticRegression(max_iter=1000)

WITH_PROBA = [
    OneVsRestClassifier(LOGISTIC),
    ClassifierChain(LOGISTIC),
    MultiOutputClassifier(LOGISTIC),
    MultiOutputClassifier(GaussianNB()),
    KNeighborsClassifier(),
    RadiusNeighborsClassifier(100),
    DecisionTreeClassifier(random_state=0),
    RandomForestClassifier(5, random_state=0),
    MLPClassifier(max_iter=20, random_state=0),
    make_pipeline(StandardScaler(), KNeighborsClassifier()),
    make_pipeline(StandardScaler(), MultiOutputClassifier(LOGISTIC)),
    GridSearchCV(KNeighborsClassifier(), {"n_neighbors": [3, 5]}, cv=2),
    Committee(KNeighborsClassifier(), n_members=3, random_state=0),
]
DECISIONS_ONLY = [
    OneVsRestClassifier(SVC()),
    MultiOutputClassifier(SVC()),
    RidgeClassifier(),
    make_pipeline(StandardScaler(), OneVsRestClassifier(SVC())),
]
COMMITTEES = [
    RandomForestClassifier(5, random_state=0),
    ExtraTreesClassifier(4, random_state=0),
    Committee(KNeighborsClassifier(), n_members=3, random_state=0),
    Committee([KNeighborsClassifier(), DecisionTreeClassifier(random_state=0)]),
    make_pipeline(StandardScaler(), RandomForestClassifier(5, random_state=0)),
]


@pytest.mark.parametrize("estimator", WITH_PROBA + DECISIONS_ONLY, ids=repr)
@pytest.mark.parametrize("kind", [np.asarray, sp.csr_matrix, sp.csr_array])
def test_a_learner_is_the_classifier_that_it_wraps(estimator, kind):
    learner = ActiveLearner(estimator, random_state=0).fit(X[LABELED], kind(Y[LABELED]))
    assert_array_equal(learner.y_labeled_, Y[LABELED])
    assert_array_equal(learner.predict(X[POOL]), learner.estimator_.predict(X[POOL]))
    assert learner.predict(X[POOL]).shape == (100, 4)
    assert learner.score(X[POOL], Y[POOL]) == learner.estimator_.score(X[POOL], Y[POOL])
    positions = learner.query(X[POOL], 5)
    assert len(set(positions.tolist())) == 5
    learner.teach(X[POOL][positions], kind(Y[POOL][positions]))
    assert_array_equal(learner.y_labeled_, np.vstack([Y[LABELED], Y[POOL][positions]]))
    assert n_labels_of(learner.estimator_) == 4


def slow_label_proba(model, X):
    """Return P(label) from fitted parts or from the columns that belong to 1."""
    answer = model.predict_proba(X)
    if isinstance(answer, np.ndarray):
        return answer
    classes = model.classes_
    rows = []
    for i in range(len(X)):
        row = []
        for proba, values in zip(answer, classes, strict=True):
            at_one = [p for p, value in zip(proba[i], values, strict=True) if value == 1]
            row.append(at_one[0] if at_one else 0.0)
        rows.append(row)
    return np.array(rows)


@pytest.mark.parametrize("estimator", WITH_PROBA, ids=repr)
def test_all_shapes_of_predict_proba_become_one(estimator):
    learner = ActiveLearner(estimator, RandomSampling()).fit(X[LABELED], Y[LABELED])
    pool = learner.pool(X[POOL])
    assert_allclose(pool.label_proba, slow_label_proba(learner.estimator_, X[POOL]))
    sure = np.abs(pool.label_proba - 0.5) > 0.01
    assert_array_equal((pool.label_proba > 0.5)[sure], learner.predict(X[POOL])[sure] == 1)
    assert not pool.has("proba")
    assert_array_equal(pool.classes, np.arange(4))


@pytest.mark.parametrize("shape", ["(n_labels, n, 2)", "(n, n_labels, 2)"])
def test_models_of_others_may_stack_probabilities(shape):
    class Stacked(KNeighborsClassifier):
        def predict_proba(self, X):
            stacked = np.array(super().predict_proba(X))
            return stacked if shape == "(n_labels, n, 2)" else stacked.transpose(1, 0, 2)

    model = Stacked().fit(X[LABELED], Y[LABELED])
    plain = KNeighborsClassifier().fit(X[LABELED], Y[LABELED])
    assert_array_equal(label_proba(model, X[POOL]), label_proba(plain, X[POOL]))


@pytest.mark.parametrize("estimator", WITH_PROBA + DECISIONS_ONLY, ids=repr)
@pytest.mark.parametrize("value", [0, 1])
def test_a_label_that_does_not_vary_yet_is_a_normal_start(estimator, value):
    y = Y[LABELED].copy()
    y[:, 2] = value
    learner = ActiveLearner(estimator, random_state=0).fit(X[LABELED], y)
    assert_array_equal(learner.predict(X[POOL])[:, 2], value)
    pool = learner.pool(X[POOL])
    if pool.has("label_proba"):
        assert_array_equal(pool.label_proba[:, 2] > 0.5, value == 1)
    if pool.has("label_decision"):
        certain = pool.label_decision[:, 2]
        one = ("RidgeClassifier", "ClassifierChain") if value else ("RidgeClassifier",)
        if not any(name in repr(estimator) for name in one):
            assert (np.sign(certain) == 2 * value - 1).all()
    # It does not look uncertain everywhere, which would hide the other labels.
    if not any(name in repr(estimator) for name in ("Tree", "Radius")):
        assert len(np.unique(MultilabelUncertainty("margin", "max").scores(pool))) > 1
    assert len(learner.query(X[POOL], 5)) == 5
    taught = learner.teach(X[POOL], Y[POOL])
    assert not isinstance(taught.estimator_, VaryingLabels)


@pytest.mark.parametrize("estimator", [OneVsRestClassifier(SVC()), MultiOutputClassifier(SVC())])
def test_decisions_of_labels_that_do_not_vary_are_infinite(estimator):
    y = Y[LABELED].copy()
    y[:, 1], y[:, 2] = 0, 1
    learner = ActiveLearner(estimator, MultilabelUncertainty("margin", "min_margin"))
    learner.fit(X[LABELED], y)
    decision = learner.pool(X[POOL]).label_decision
    assert_array_equal(decision[:, 1], -np.inf)
    assert_array_equal(decision[:, 2], np.inf)
    for label in (0, 3):
        expected = SVC().fit(X[LABELED], y[:, label]).decision_function(X[POOL])
        assert_allclose(decision[:, label], expected)


def test_before_labels_differ_the_cold_start_asks():
    learner = ActiveLearner(KNeighborsClassifier(1), RandomSampling(), random_state=0)
    learner.fit(X[:3], [[0, 1, 0, 1]] * 3)
    assert_array_equal(learner.predict(X[:2]), [[0, 1, 0, 1]] * 2)
    assert_array_equal(learner.predict_proba(X[:1]), [[0.0, 1.0, 0.0, 1.0]])
    assert_array_equal(learner.query(X, 4), MaxHerding().query(learner.pool(X), 4))
    with pytest.raises(MissingOutputError, match="labeled so far have the same labels"):
        learner.pool(X).label_proba  # noqa: B018
    learner.teach(X[3:5], [[1, 1, 0, 1], [0, 0, 0, 0]])
    assert isinstance(learner.estimator_, KNeighborsClassifier)


def test_incremental_and_trained_models():
    learner = ActiveLearner(
        MLPClassifier(max_iter=5, random_state=0), incremental=True, random_state=0
    )
    learner.fit(X[:30], Y[:30]).teach(X[30:50], Y[30:50])
    assert learner.estimator_.t_ > 30
    trained = ActiveLearner(FrozenEstimator(KNeighborsClassifier().fit(X, Y)), "random")
    assert_array_equal(trained.predict(X), KNeighborsClassifier().fit(X, Y).predict(X))


class OfAnotherLibrary(ClassifierMixin, BaseEstimator):
    """A classifier of several labels that says nothing of their number."""

    def fit(self, X, y):
        self.classes_ = np.arange(y.shape[1])
        self.trees_ = RandomForestClassifier(3, random_state=0).fit(X, y)
        return self

    def predict(self, X):
        return self.trees_.predict(X)

    def predict_proba(self, X):
        return np.stack(self.trees_.predict_proba(X), axis=1)


def test_a_trained_model_of_another_library_is_told_how_to_say_its_number_of_labels():
    trained = OfAnotherLibrary().fit(X, Y)
    learner = ActiveLearner(FrozenEstimator(trained), random_state=0)
    with pytest.raises(ValueError, match=r"OfAnotherLibrary does predict 4 .* n_labels_ = 4"):
        learner.fit(X, Y)
    trained.n_labels_ = 4
    assert_array_equal(learner.fit(X, Y).predict(X), trained.predict(X))
    assert learner.pool(X).label_proba.shape == (150, 4)


def test_trained_models_predict_so_many_labels():
    def trained(y):
        return FrozenEstimator(RandomForestClassifier(3, random_state=0).fit(X, y))

    several, one, two = trained(Y), trained(Y[:, 0]), trained(Y[:, :2])
    for frozen in (several, [several, several]):
        for y in (Y[:, 0], Y[:, :2]):
            with pytest.raises(ValueError, match=r"y must have the shape \(n_samples, 4\)"):
                ActiveLearner(frozen).fit(X, y)
        learner = ActiveLearner(frozen, random_state=0)
        assert learner.pool(X).label_proba.shape == (150, 4)
        assert learner.query(X, 5).shape == learner.fit(X[:5], Y[:5]).query(X, 5).shape
    with pytest.raises(ValueError, match=r"y must have the shape \(n_samples,\)"):
        ActiveLearner(one).fit(X, Y)
    for other in (one, two):
        with pytest.raises(ValueError, match="the same number of labels"):
            ActiveLearner([several, other]).query(X)


@pytest.mark.parametrize("chain", [MultiOutputClassifier, ClassifierChain])
@pytest.mark.parametrize("make", [ActiveLearner, Committee])
def test_estimators_of_several_labels_need_a_matrix(make, chain):
    with pytest.raises(ValueError, match="y must have several columns .* indicator matrix"):
        make(chain(GaussianNB())).fit(X, Y[:, 0])


@pytest.mark.parametrize("estimator", COMMITTEES, ids=repr)
def test_members_answer_for_each_label(estimator):
    learner = ActiveLearner(estimator, RandomSampling()).fit(X[LABELED], Y[LABELED])
    pool = learner.pool(X[POOL])
    members = pool.member_label_proba
    assert_array_equal(members, member_label_proba(learner.estimator_, X[POOL]))
    assert len(members) == count_members(learner.estimator_)
    assert_allclose(members.mean(axis=0), pool.label_proba)
    # Every label is a question of two classes.
    for disagreement in ("vote_entropy", "kl", "consensus_entropy", "zero_one", "vote_margin"):
        expected = np.mean(
            [
                QueryByCommittee(disagreement).scores(
                    Pool.from_arrays(member_proba=np.stack([1 - p, p], axis=2))
                )
                for p in np.moveaxis(members, 2, 0)
            ],
            axis=0,
        )
        assert_allclose(QueryByCommittee(disagreement).scores(pool), expected, atol=1e-12)


def test_a_committee_votes_for_each_label():
    committee = Committee([KNeighborsClassifier(), DecisionTreeClassifier(random_state=0)])
    committee.fit(X[LABELED], Y[LABELED])
    expected = np.mean([label_proba(one, X) for one in committee.members_], axis=0)
    for proba, has_it in zip(committee.predict_proba(X), expected.T, strict=True):
        assert_allclose(proba, np.column_stack([1 - has_it, has_it]))
    assert_array_equal(committee.predict(X), expected > 0.5)
    assert not hasattr(committee, "member_proba")
    committee.fit(X[LABELED], Y[LABELED, 0])
    assert not hasattr(committee, "member_label_proba")
    assert committee.predict_proba(X).shape == (150, 2)


# Scores


def slow_scores(proba, measure, aggregate):
    rows = []
    for row in proba.tolist():
        if aggregate == "min_margin":
            rows.append(-min(abs(2 * p - 1) for p in row))
            continue
        each = {
            "margin": lambda p: 1 - abs(p - (1 - p)),
            "least_confidence": lambda p: 1 - max(p, 1 - p),
            "entropy": lambda p: -sum(q * np.log2(q) for q in (p, 1 - p) if q > 0),
        }[measure]
        values = [each(p) for p in row]
        rows.append(max(values) if aggregate == "max" else sum(values) / len(values))
    return np.array(rows)


@pytest.mark.parametrize("measure", ["margin", "least_confidence", "entropy"])
@pytest.mark.parametrize("aggregate", ["mean", "max", "min_margin"])
def test_uncertainty_agrees_with_its_definition(measure, aggregate):
    proba = np.random.RandomState(0).random_sample((60, 5))
    proba[:5] = [0, 1, 0.5, 1, 0]
    strategy = MultilabelUncertainty(measure, aggregate)
    pool = Pool.from_arrays(label_proba=proba)
    assert_allclose(strategy.scores(pool), slow_scores(proba, measure, aggregate), atol=1e-14)


@pytest.mark.parametrize("aggregate", ["mean", "max"])
def test_decisions_take_the_place_of_probabilities(aggregate):
    decision = np.random.RandomState(0).normal(size=(20, 3))
    decision[:, 1] = np.inf
    strategy = MultilabelUncertainty("margin", aggregate)
    least = np.abs(decision[:, [0, 2]])
    expected = -(least.mean(axis=1) if aggregate == "mean" else least.min(axis=1))
    pool = Pool.from_arrays(label_decision=decision)
    assert_allclose(strategy.scores(pool), expected)
    with pytest.raises(MissingOutputError, match="label_proba"):
        MultilabelUncertainty("entropy", aggregate).scores(pool)


def test_the_smallest_distance_reads_decisions_where_there_are_some():
    decision = np.array([[3.0, -0.5], [1.0, 2.0]])
    pool = Pool.from_arrays(label_decision=decision, label_proba=[[0.5, 0.5], [0.9, 0.9]])
    strategy = MultilabelUncertainty("entropy", "min_margin")
    assert_array_equal(strategy.scores(pool), [-0.5, -1.0])


NAMES = ("max_loss", "mean_max_loss", "min_confidence", "avg_confidence", "max_score", "avg_score")


@pytest.mark.parametrize("name", NAMES)
def test_scores_of_all_labels_agree_with_modal(name):
    theirs = np.load(Path(__file__).parent / "data" / "modal_multilabel.npz")[name]
    rng = np.random.RandomState(0)
    sign = -1 if name == "min_confidence" else 1  # the only one of which the least is chosen
    for i, expected in enumerate(theirs):
        proba = rng.random_sample((3, 2 + i % 5))
        assert_allclose(getattr(acquisition, name)(proba), sign * expected, atol=1e-14)
        scores = MultilabelUncertainty(name).scores(Pool.from_arrays(label_proba=proba))
        assert_allclose(scores, sign * expected, atol=1e-14)


def test_losses_agree_with_their_definition():
    proba = np.random.RandomState(3).random_sample((40, 4))
    predicted = np.random.RandomState(4).randint(2, size=(40, 4))
    for row, p, f in zip(range(40), proba, 2 * predicted - 1, strict=True):
        y = [1 if label == p.argmax() else -1 for label in range(4)]
        largest = sum(max(0, 1 - a * b) for a, b in zip(y, f, strict=True))
        assert acquisition.max_loss(proba, predicted)[row] == largest
        losses = []
        for k in range(4):
            y = [1 if label == k else -1 for label in range(4)]
            losses.append(max(0, 1 - sum(a * b for a, b in zip(y, f, strict=True))))
        assert acquisition.mean_max_loss(proba, predicted)[row] == pytest.approx(np.mean(losses))


def test_a_callable_measure():
    strategy = MultilabelUncertainty(lambda proba: proba[:, 0])
    pool = Pool.from_arrays(label_proba=[[0.1, 0.9], [0.8, 0.2]])
    assert_array_equal(strategy.query(pool, 2), [1, 0])


@pytest.mark.parametrize("estimator", [WITH_PROBA[0], WITH_PROBA[7], DECISIONS_ONLY[0]], ids=repr)
def test_herding_covers_samples_in_doubt(estimator):
    doubtful = ActiveLearner(estimator, UncertaintyHerding(), random_state=0)
    doubtful.fit(X[LABELED], Y[LABELED])
    plain = clone(doubtful).set_params(strategy=MaxHerding()).fit(X[LABELED], Y[LABELED])
    scores = MultilabelUncertainty().scores(doubtful.pool(X[POOL]))
    chosen, typical = (one.query(X[POOL], 10) for one in (doubtful, plain))
    assert scores[chosen].mean() > scores[typical].mean()


@pytest.mark.parametrize("strategy", [CoreSet(), MaxHerding(), RandomSampling()], ids=repr)
def test_what_needs_distances_alone_works_as_it_is(strategy):
    several = ActiveLearner(KNeighborsClassifier(), strategy, random_state=0)
    several.fit(X[LABELED], Y[LABELED])
    one = ActiveLearner(KNeighborsClassifier(), strategy, random_state=0)
    one.fit(X[LABELED], Y[LABELED, 0])
    assert_array_equal(several.query(X[POOL], 6), one.query(X[POOL], 6))


# What is refused


@pytest.mark.parametrize("strategy", [UncertaintySampling(), BADGE()], ids=repr)
def test_strategies_for_one_class_say_so(strategy):
    learner = ActiveLearner(RandomForestClassifier(3), strategy).fit(X[LABELED], Y[LABELED])
    words = r"predicts several labels for each sample.*MultilabelUncertainty\(\)"
    with pytest.raises(MissingOutputError, match=words):
        learner.query(X[POOL])


def test_several_labels_are_missing_where_there_is_one_class():
    learner = ActiveLearner(RandomForestClassifier(3), MultilabelUncertainty())
    with pytest.raises(MissingOutputError, match="predicts one class for each sample"):
        learner.fit(X[LABELED], Y[LABELED, 0]).query(X[POOL])


@pytest.mark.parametrize(
    "estimator", [LogisticRegression(), SVC(), GaussianNB(), None, make_pipeline(SVC())], ids=repr
)
@pytest.mark.parametrize("make", [ActiveLearner, Committee])
def test_estimators_of_one_class_are_named(make, estimator):
    with pytest.raises(ValueError, match=r"several labels a sample.*OneVsRestClassifier"):
        make(estimator).fit(X, Y)


@pytest.mark.parametrize(
    "y",
    [
        [["a"], ["a", "b"], []],
        [["a", "b"], ["b", "c"], ["c", "d"]],
        [{"a", "b"}, {"b"}, {"c"}],
        [(1, 2), (2,), ()],
        pd.Series([["a", "b"], ["b"], ["c"]]),
        pl.Series([["a", "b"], ["b"], ["c"]]),
    ],
    ids=str,
)
@pytest.mark.parametrize("make", [ActiveLearner, Committee])
def test_lists_of_labels_are_told_how_to_become_a_matrix(make, y):
    with pytest.raises(ValueError, match=r"a list of labels for each .*MultiLabelBinarizer\(\)"):
        make(RandomForestClassifier(3)).fit(X[:3], y)


@pytest.mark.parametrize(
    "y, words",
    [
        (np.where(Y > 0, 1.0, np.nan), r"y\[0, 0\] is missing. Leave samples without"),
        (np.where(Y > 0, 1, None), r"y\[0, 0\] is missing"),
        (2 * Y, "must hold 0 and 1.*got 2"),
        (Y - 1, "must hold 0 and 1.*got -1"),
        ([["a", "b"]] * 150, "MultiLabelBinarizer"),
        (np.ma.masked_array(Y, Y > 0), "mask"),
        (Y[:-1], "X has 150 and y has 149"),
    ],
    ids=["nan", "None", "2", "-1", "text", "masked", "short"],
)
@pytest.mark.parametrize("make", [ActiveLearner, Committee])
def test_matrices_that_are_no_indicators(make, y, words):
    if isinstance(y, np.ndarray) and not isinstance(y, np.ma.MaskedArray) and y[0, 0] == 1:
        y = y[::-1]
    words = words.replace(r"0, 0\]", r"\d+, \d+\]")
    with pytest.raises(ValueError, match=words):
        make(RandomForestClassifier(3)).fit(X, y)


@pytest.mark.parametrize(
    "first, second, words",
    [
        (Y, Y[:, 0], "an indicator matrix of 4 labels, .*got one label for each sample"),
        (Y[:, 0], Y, "one label for each sample, .*got an indicator matrix of 4 labels"),
        (Y, Y[:, :3], "of 4 labels, .*got an indicator matrix of 3 labels"),
    ],
)
def test_kinds_of_labels_do_not_mix(first, second, words):
    learner = ActiveLearner(KNeighborsClassifier()).fit(X[:50], first[:50])
    with pytest.raises(ValueError, match=words):
        learner.teach(X[50:], second[50:])
    assert len(learner.y_labeled_) == 50


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
def test_columns_of_labels_do_not_change_places(frame):
    names = ["a", "b", "c", "d"]
    first = frame({name: Y[:50, i] for i, name in enumerate(names)})
    learner = ActiveLearner(KNeighborsClassifier()).fit(X[:50], first).teach(X[50:60], Y[50:60])
    again = learner.teach(X[60:70], frame({name: Y[60:70, i] for i, name in enumerate(names)}))
    assert_array_equal(again.y_labeled_, Y[:70])
    for wrong in (names[::-1], ["a", "b", "c", "e"]):
        with pytest.raises(ValueError, match=r"columns \['a', 'b', 'c', 'd'\] in this order"):
            learner.teach(X[70:], frame({name: Y[70:, i] for i, name in enumerate(wrong)}))
    assert len(learner.y_labeled_) == 70


class OneArray(ClassifierMixin, BaseEstimator):
    """A classifier of another library: one array of probabilities, and the classes 0 and 1."""

    def fit(self, X, y):
        self.models_ = [KNeighborsClassifier(3).fit(X, column) for column in y.T]
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return (self.predict_proba(X) > 0.5).astype(np.int64)

    def predict_proba(self, X):
        proba = [model.predict_proba(X)[:, 1] for model in self.models_]
        return np.column_stack(proba).astype(np.float32)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags


@pytest.mark.parametrize("wrap", [lambda one: one, lambda one: [one, one]], ids=["one", "list"])
@pytest.mark.parametrize(
    "make", [OneArray, lambda: make_pipeline(StandardScaler(), OneArray())], ids=["alone", "last"]
)
def test_models_that_do_not_say_how_many_labels_they_predict(make, wrap):
    learner = ActiveLearner(wrap(make()), random_state=0).fit(X[LABELED], Y[LABELED])
    alone = make().fit(X[LABELED], Y[LABELED])
    assert_allclose(learner.pool(X[POOL]).label_proba, alone.predict_proba(X[POOL]))
    assert_array_equal(learner.predict(X[POOL]), alone.predict(X[POOL]))
    assert len({*learner.query(X[POOL], 5)}) == 5


@pytest.mark.parametrize("estimator", [KNeighborsClassifier(), OneVsRestClassifier(SVC())])
def test_a_committee_of_one_is_told_that_it_has_no_members(estimator):
    learner = ActiveLearner(estimator, QueryByCommittee()).fit(X[LABELED], Y[LABELED])
    with pytest.raises(MissingOutputError, match=r"member_label_proba.* Make it a committee"):
        learner.query(X[POOL])


def test_a_stand_in_has_no_decision_function():
    learner = ActiveLearner(OneVsRestClassifier(SVC())).fit(X[:1], Y[:1])
    with pytest.raises(ValueError, match="all samples labeled so far have the same labels. Label"):
        learner.decision_function(X)


def test_regressors_learn_one_number():
    with pytest.raises(ValueError, match=r"array of shape \(150, 4\)"):
        ActiveLearner(Ridge()).fit(X, Y)


@pytest.mark.parametrize("values", [np.full((3, 2), 1.5), np.zeros(3), np.full((3, 2), np.nan)])
def test_probabilities_that_cannot_be_right(values):
    with pytest.raises(ValueError, match="label_proba must"):
        Pool.from_arrays(label_proba=values)
    with pytest.raises(ValueError, match="label_proba must"):
        acquisition.label_margin(values)


def test_predictions_that_cannot_be_right():
    with pytest.raises(ValueError, match="predicted must hold 0 and 1"):
        acquisition.max_score([[0.5, 0.5]], [[1, 2]])


# Games


@pytest.mark.parametrize("kind", [np.asarray, sp.csr_matrix, np.ndarray.tolist])
def test_games_and_curves(kind):
    learner = ActiveLearner(OneVsRestClassifier(LOGISTIC))
    curves = label_curve(
        learner, X, kind(Y), cv=3, budget=30, scoring="f1_micro", random_state=0, oracle=True
    )
    assert curves.names[0] == "MultilabelUncertainty"
    run = curves.runs["MultilabelUncertainty"][0]
    model = OneVsRestClassifier(LOGISTIC).fit(X[run.query_indices], Y[run.query_indices])
    expected = f1_score(Y[run.test], model.predict(X[run.test]), average="micro")
    assert run.scores[-1] == pytest.approx(expected)
    game = LabelBudgetClassifier(learner, budget=30, random_state=0).fit(X, kind(Y))
    assert_array_equal(game.n_labels_, [10, 20, 30])
    assert game.predict(X).shape == Y.shape


def test_a_score_of_one_class_is_refused():
    words = "no score on several labels a sample: (?!.*shuffle).* Use scoring="
    learner = ActiveLearner(KNeighborsClassifier())
    with pytest.raises(ValueError, match=words):
        label_curve(learner, X, Y, cv=2, budget=20, scoring="balanced_accuracy")


def test_a_game_looks_at_no_more_labels_than_the_budget():
    game = LabelBudgetClassifier(
        ActiveLearner(RandomForestClassifier(5)), budget=30, random_state=0
    )
    asked = game.fit(X, Y).query_indices_
    hidden = Y.astype(float)
    hidden[np.setdiff1d(np.arange(150), asked)] = np.nan
    assert_array_equal(game.fit(X, hidden).query_indices_, asked)


def test_first_labels_are_not_stratified():
    game = LabelBudgetClassifier(ActiveLearner(RandomForestClassifier(5)), initial="stratified")
    with pytest.raises(ValueError, match='several labels.*initial="random"'):
        game.fit(X, Y)


def test_label_decision_of_a_pipeline():
    model = make_pipeline(StandardScaler(), MultiOutputClassifier(SVC())).fit(X, Y)
    expected = [one.decision_function(model[0].transform(X)) for one in model[1].estimators_]
    assert_allclose(label_decision(model, X), np.transpose(expected))


# Balance


def test_batches_are_balanced_by_label():
    proba = np.array([[0.9, 0.1], [0.8, 0.1], [0.7, 0.9], [0.1, 0.6], [0.2, 0.1], [0.6, 0.1]])
    labeled = Pool.from_arrays(np.zeros((4, 1)), y=[[1, 0], [1, 0], [1, 0], [0, 0]])
    pool = Pool.from_arrays(label_proba=proba, labeled=labeled)
    # The second label has no sample yet, then one less than the samples without a label.
    assert_array_equal(ClassBalanced().query(pool, 1), [3])
    assert_array_equal(ClassBalanced().query(pool, 2), [3, 2])
    assert_array_equal(sorted(ClassBalanced().query(pool, 3)), [2, 3, 4])


def test_balance_asks_for_rare_labels_more_often():
    y = Y.copy()
    y[:, 0] = (X[:, 0] > np.quantile(X[:, 0], 0.9)).astype(int)
    learner = ActiveLearner(RandomForestClassifier(20, random_state=0), ClassBalanced())
    learner.fit(X[LABELED], y[LABELED])
    asked = learner.query(X[POOL], 20)
    # Twice as often as the mean of all samples, which is what random sampling gives.
    assert y[POOL][asked, 0].mean() > 2 * y[POOL][:, 0].mean()
