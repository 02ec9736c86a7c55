"""What a session tells of its rows, and the labels that a program hands over as a list."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from skal import ActiveLearner
from skal.session import LabelingSession
from skal.strategies import CostAware, RandomSampling, UncertaintySampling

X = np.random.RandomState(0).normal(size=(60, 3))
Y = np.where(X[:, 0] > 0, "pos", "neg")


@pytest.fixture
def open_session(tmp_path):
    opened = []

    def open_session(data=X, model=None, strategy=None, **arguments):
        model = LogisticRegression() if model is None else model
        strategy = UncertaintySampling() if strategy is None else strategy
        learner = ActiveLearner(model, strategy, cold_start=RandomSampling(), random_state=0)
        path = tmp_path / f"{len(opened)}.skal"
        opened.append(LabelingSession(path, learner, data, **arguments))
        return opened[-1]

    yield open_session
    for session in opened:
        session.close()


def ids_of(ranked):
    return [one["id"] for one in ranked]


def begun(session):
    ids = session.next(12)
    session.label(ids, Y[ids])
    return session


# Ranked


def test_pending_rows_are_ranked_by_the_present_model(open_session):
    session = begun(open_session())
    ids = session.next(10)
    assert ids_of(session.ranked()) == ids
    session.label(ids[:4], Y[ids[:4]])
    model, left = session.model(), session.pending()
    ranked = session.ranked()
    # The slow way: all probabilities, the least certain first.
    share = model.predict_proba(X).max(axis=1)
    assert ids_of(ranked) == sorted(left, key=lambda row: share[row])
    for one in ranked:
        assert one["predicted"] == model.predict(X[[one["id"]]])[0]
        assert one["probability"] == pytest.approx(share[one["id"]])
    assert session.pending() == left and session.next(1)[0] not in left


def test_without_a_model_rows_are_ranked_as_they_were_offered(open_session):
    session = open_session()
    ids = session.next(5)
    nothing = {"predicted": None, "probability": None}
    assert session.ranked() == [{"id": id_, **nothing} for id_ in ids]
    assert session.ranked([]) == []
    # One class is not a model of much, but answers.
    session.label(ids[0], "pos")
    assert {one["predicted"] for one in session.ranked()} == {"pos"}


def test_any_rows_can_be_ranked(open_session):
    session = begun(open_session())
    rows = [row for row in range(60) if row not in session.verdicts()]
    assert sorted(ids_of(session.ranked(rows))) == rows
    with pytest.raises(ValueError, match="ids must be ids of rows"):
        session.ranked([99])


def test_audit_rows_keep_their_places(open_session):
    session = begun(open_session(audit=0.5))
    offered = session.next(16)
    session.label(offered[-6:], Y[offered[-6:]])
    session.next(8)
    left, known, ranked = session.pending(), session.verdicts(), ids_of(session.ranked())
    predicted = session.model().predict(X).tolist()
    assert {one["id"]: one["predicted"] for one in session.ranked()} == {
        row: predicted[row] for row in left
    }
    session.label(left, Y[left])
    drawn = {one["id"] for one in session.records() if one["audit"]}
    assert 0 < len(drawn & set(left)) < len(left) and drawn & set(known)
    # The model that chooses does not know the labels of audit rows.
    taught = [row for row in known if row not in drawn]
    share = LogisticRegression().fit(X[taught], Y[taught]).predict_proba(X).max(axis=1)
    others = iter(sorted((row for row in left if row not in drawn), key=lambda row: share[row]))
    assert ranked == [row if row in drawn else next(others) for row in left]


def test_prices_reach_the_strategy_that_ranks(open_session):
    prices = np.linspace(1, 50, 60)
    session = begun(open_session(strategy=CostAware(UncertaintySampling()), prices=prices))
    rows = [row for row in range(60) if row not in session.verdicts()]
    ranked = ids_of(session.ranked(rows))
    share = session.model().predict_proba(X).max(axis=1)
    assert sorted(ranked) == rows
    # A dear row comes behind a cheap one that is as uncertain.
    assert ranked != sorted(rows, key=lambda row: share[row])


def test_a_model_without_probabilities_ranks(open_session):
    session = begun(open_session(model=LinearSVC(), strategy=RandomSampling()))
    session.next(3)
    assert {one["probability"] for one in session.ranked()} == {None}
    assert {one["predicted"] for one in session.ranked()} <= {"pos", "neg"}


# Rows, classes and path


@pytest.mark.parametrize(
    "data",
    [
        X,
        sp.csr_matrix(X),
        pd.DataFrame(X, columns=list("abc")),
        pl.DataFrame(X, schema=list("abc")),
        [f"text {i}" for i in range(60)],
    ],
)
def test_rows_are_of_the_kind_of_the_data(open_session, data):
    session = open_session(data, ids=[f"r{i}" for i in range(60)])
    assert session.rows() is data
    taken = session.rows(["r3", "r1"])
    assert type(taken) is type(data)
    expected = [data[3], data[1]] if isinstance(data, list) else X[[3, 1]]
    taken = taken.toarray() if sp.issparse(taken) else taken
    assert np.array_equal(np.asarray(taken), np.asarray(expected))
    with pytest.raises(ValueError, match="ids must be ids of rows"):
        session.rows(["r99"])


def test_a_column_of_ids_is_not_part_of_the_rows(open_session):
    frame = pd.DataFrame(X, columns=list("abc")).assign(name=[f"r{i}" for i in range(60)])
    session = open_session(frame, ids="name")
    assert list(session.rows(["r5"]).columns) == list("abc")


def test_classes_and_path_are_told(open_session, tmp_path):
    assert open_session().classes is None
    session = open_session(classes=["b", "a"])
    assert session.classes == ["b", "a"] and session.path == str(tmp_path / "1.skal")


# Labels in a list


def test_records_of_one_session_are_the_labels_of_another(open_session):
    session, other = begun(open_session()), open_session()
    session.next(2, annotator="anna")
    assert other.import_labels(session.records()) == 12
    keys = ("id", "label", "annotator", "time", "strategy", "score")
    first, second = (
        [{key: one[key] for key in keys} for one in each.records()] for each in (session, other)
    )
    assert first == second
    assert other.import_labels(session.records()) == 0


def test_a_label_that_is_none_is_a_skip(open_session):
    session = open_session()
    given = [
        {"id": 3, "label": "pos", "annotator": "anna"},
        {"id": 3, "label": "neg", "annotator": "bert"},
        {"id": 5, "label": None, "annotator": "bert"},
        {"id": 7, "label": float("nan")},
    ]
    assert session.import_labels(given, annotator="carol") == 2
    assert session.disagreements() == {3: {"anna": "pos", "bert": "neg"}}
    assert session.skipped() == [5, 7]
    assert session.import_labels([]) == 0
    # It is one action, as a file is.
    session.undo()
    assert session.records() == [] and session.skipped() == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([{"id": 1, "label": "a"}, 3], "the list, item 2: a dict is needed.*got 3"),
        ([{"id": 1}], r"the list must have the columns id and label, got \['id'\]"),
        ([{"id": 1, "label": "a"}, {"id": 99, "label": "a"}], "item 2: ids must be .*got 99"),
        ([{"id": 1, "label": 1.5}], "item 1: y must hold labels"),
        ([{"id": None, "label": "a"}], "item 1: the id of the label 'a' is missing"),
        ([{"id": None, "label": None}], "item 1: ids must be ids of rows.*got None"),
        ([{"id": 1, "label": "a", "time": "soon"}], "item 1: the column 'time': time must be"),
        ([{"id": 1, "label": "a", "annotator": " "}], "annotator must be a name"),
    ],
)
def test_a_list_is_taken_as_a_whole_or_not_at_all(open_session, given, message):
    session = open_session()
    with pytest.raises(ValueError, match=message):
        session.import_labels(given)
    assert session.records() == [] and session.skipped() == []
