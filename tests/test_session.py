import copy
import json
import pickle
import shutil
import subprocess
import sys
import warnings
from collections import Counter
from datetime import datetime, timezone

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from skal import ActiveLearner
from skal.session import LabelingSession, read_note, update_note, write_note
from skal.stopping import LabelBudget, StabilizingPredictions, StoppingCriterion
from skal.strategies import (
    CoreSet,
    CostAware,
    RandomSampling,
    ScoreStrategy,
    UncertaintySampling,
)

SMALL = np.arange(40.0).reshape(-1, 1)


def quick():
    """A learner that never needs long."""
    return ActiveLearner(DummyClassifier(), RandomSampling(), cold_start=RandomSampling())


@pytest.fixture
def data():
    rng = np.random.RandomState(0)
    X = rng.randn(150, 3)
    return X, (X[:, 0] + X[:, 1] > 0).astype(int)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.skal"


def column(session, name):
    """Return one column of the labels."""
    return [record[name] for record in session.records()]


@pytest.fixture
def session(path):
    with LabelingSession(path, quick(), SMALL) as session:
        yield session


# Asking and answering


def test_a_row_is_in_one_place_at_a_time(session):
    ids = session.next(5)
    assert session.pending() == ids and len(set(ids)) == 5
    session.label(ids[:2], ["a", "b"])
    session.skip(ids[2])
    session.release([ids[3]])
    assert session.pending() == [ids[4]] and session.skipped() == [ids[2]]
    progress = session.progress()
    places = [progress[name] for name in ("n_labeled", "n_pending", "n_skipped", "n_pool")]
    assert places == [2, 1, 1, 36] and progress["n_rows"] == 40
    assert progress["classes"] == {"a": 1, "b": 1}


def test_next_offers_new_rows_until_none_are_left(session):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        first, rest = session.next(15), session.next(100)
    assert sorted(first + rest) == list(range(40))
    assert session.next(3) == []
    session.label(first + rest, ["a"] * 40)
    assert session.next() == [] and session.progress()["n_pool"] == 0


def test_an_id_and_a_label_may_stand_alone(session):
    session.label(3, "a")
    session.label(np.int64(4), np.str_("b"))
    session.label([5], "b")
    session.relabel(3, "c")
    session.skip(6)
    assert session.labels()["label"].tolist() == ["c", "b", "b"]
    assert session.labels()["id"].tolist() == [3, 4, 5]


@pytest.mark.parametrize("strategy", [UncertaintySampling(), RandomSampling()], ids=repr)
def test_a_session_asks_what_the_loop_without_a_file_asks(path, data, strategy):
    X, y = data
    learner = ActiveLearner(LogisticRegression(), strategy, random_state=3)
    loop, free = clone(learner), np.arange(len(X))
    with LabelingSession(path, learner, X) as session:
        for _ in range(5):
            rows = free[loop.query(X[free], 6)]
            assert session.next(6) == rows.tolist()
            loop.teach(X[rows], y[rows])
            free = np.setdiff1d(free, rows)
            for row in rows.tolist():
                session.label(row, y[row])
        assert np.array_equal(session.model().predict_proba(X), loop.predict_proba(X))


@pytest.mark.parametrize("seed", [None, 0])
@pytest.mark.parametrize(
    "strategy", [UncertaintySampling(), RandomSampling(), CoreSet()], ids=repr
)
def test_a_session_that_is_opened_again_goes_on_exactly_where_it_was(
    tmp_path, data, strategy, seed
):
    X, y = data
    learner = ActiveLearner(LogisticRegression(), strategy, random_state=seed)
    initial = [label if i < 4 else None for i, label in enumerate(y)]

    def play(path, reopens):
        session = LabelingSession(path, learner, X, refit_every=7, y=initial)
        asked = []
        for i in range(12):
            asked.append(session.next(4))
            session.label(asked[-1][:3], y[asked[-1][:3]])
            if i % 4 == 1:
                session.undo()
            if i % 5 == 2:
                session.skip(session.pending()[0])
                asked.append(session.next(1, annotator="anna", again=True))
            if reopens:
                state = session.pending(), session.progress(), session.labels()
                session.close()
                session = LabelingSession(path, learner, X, refit_every=7, y=initial)
                assert session.pending() == state[0]
                assert session.progress() == state[1]
                pd.testing.assert_frame_equal(session.labels(), state[2])
        session.close()
        return asked

    a, b = two_beginnings(tmp_path, X)
    assert play(a, True) == play(b, False)


def two_beginnings(tmp_path, X):
    """Return the files of two sessions with the same seed."""
    a, b = tmp_path / "a.skal", tmp_path / "b.skal"
    LabelingSession(a, None, X).close()
    shutil.copy(a, b)
    return a, b


def test_the_seed_of_a_session_is_kept(path, data):
    X, y = data
    learner = ActiveLearner(strategy=RandomSampling(), cold_start=RandomSampling())
    with LabelingSession(path, learner, X) as session:
        ids = session.next(5)
        session.release(ids)
    with LabelingSession(path, learner, X) as session:
        assert session.next(5) == ids


def test_the_learner_is_left_as_it_was(path, data):
    X, y = data
    learner = ActiveLearner(random_state=0).fit(X[:10], y[:10])
    before = pickle.dumps(learner)
    with LabelingSession(path, learner, X) as session:
        ids = session.next(10)
        session.label(ids, y[ids])
        session.model().teach(X, y)
        assert len(session.model().y_labeled_) == 10
    assert pickle.dumps(learner) == before


def test_models_are_fitted_as_often_as_asked_for(path, data, counting):
    X, y = data
    with LabelingSession(path, ActiveLearner(counting), X, refit_every=10) as session:
        rounds = []
        for _ in range(8):
            ids = session.next(5)
            session.label(ids, y[ids])
            rounds.append(session.progress()["n_rounds"])
        assert rounds == [0, 0, 1, 1, 2, 2, 3, 3]
        assert len(session.model().y_labeled_) == 40
        session.undo()
        session.next()
        assert session.progress()["n_rounds"] == 4
        assert session.labels()["round"].tolist() == sorted([0, 0, 1, 1, 2, 2, 3] * 5)


def test_a_model_is_fitted_once_for_the_same_labels(path, data, monkeypatch):
    X, y = data
    fits = []
    fit = ActiveLearner.fit
    monkeypatch.setattr(ActiveLearner, "fit", lambda *args: fits.append(1) or fit(*args))
    with LabelingSession(path, None, X) as session:
        session.label(range(10), y[:10])
        for _ in range(3):
            session.next(2)
            session.model()
        assert len(fits) == 1


def test_scores_and_strategies_are_kept_with_the_labels(path, data):
    X, y = data
    learner = ActiveLearner(strategy=UncertaintySampling("entropy"), cold_start=RandomSampling())
    with LabelingSession(path, learner, X, y=[0, 1, *[None] * 148]) as session:
        ids = session.next(4)
        expected = UncertaintySampling("entropy").score_samples(session.model().pool(X[ids]))
        session.label(ids, y[ids])
        session.label(min(set(range(2, 150)) - set(ids)), 1)
        labels, records = session.labels(), session.records()
        assert column(session, "strategy") == [None] * 2 + ["UncertaintySampling"] * 4 + [None]
        assert column(session, "round") == [0, 0, 1, 1, 1, 1, 0]
        np.testing.assert_allclose(column(session, "score")[2:6], expected)
    assert list(labels) == list(records[0]) and labels["time"].dt.tz is not None


class PoolRelative(ScoreStrategy):
    """A score that depends on the pool: how far above the average a row is."""

    def score_samples(self, pool):
        x = np.asarray(pool.X)[:, 0]
        return (x - x.mean()) / x.std()


def test_the_scores_that_chose_are_stored(path, data):
    X, y = data
    learner = ActiveLearner(strategy=PoolRelative(), cold_start=RandomSampling())
    with LabelingSession(path, learner, X) as session:
        session.label([0, 1], [0, 1])
        pool = X[2:, 0]
        expected = (pool - pool.mean()) / pool.std()
        ids = session.next(4)
        assert ids == (2 + np.argsort(-expected)[:4]).tolist()
        session.label(ids, y[ids])
        np.testing.assert_allclose(column(session, "score")[2:], np.sort(expected)[:-5:-1])
        assert column(session, "strategy")[2:] == ["PoolRelative"] * 4


def test_no_model_without_labels(session):
    with pytest.raises(ValueError, match="nothing is labeled"):
        session.model()
    session.label(0, "a")
    assert session.model().predict([[0.0]]).tolist() == ["a"]
    session.undo()
    with pytest.raises(ValueError, match="nothing is labeled"):
        session.model()
    assert len(session.next(3)) == 3


def test_a_model_of_labels_that_were_all_undone_chooses_nothing(path):
    learner = ActiveLearner(DummyClassifier(), cold_start=RandomSampling())
    with LabelingSession(path, learner, SMALL) as session:
        session.label([1, 2], ["a", "b"])
        session.next()
        session.undo()
        session.label(session.next(), "c")
        assert column(session, "strategy") == ["RandomSampling"]


# Corrections


def test_undo_makes_the_rows_of_the_last_actions_pending_again(session):
    ids = session.next(4, annotator="anna")
    session.label(ids[:2], ["a", "b"])
    session.skip(ids[2])
    assert session.undo(2) == [ids[2], *ids[:2]]
    assert sorted(session.pending("anna")) == sorted(ids)
    assert session.progress()["n_labeled"] == session.progress()["n_skipped"] == 0
    with pytest.raises(ValueError, match="can be undone, 0, got k=1"):
        session.undo()


def test_undo_of_a_relabel_brings_the_label_from_before(session):
    session.label([1, 2], ["a", "b"])
    session.relabel([2, 1], ["c", "d"])
    assert session.labels()["label"].tolist() == ["d", "c"]
    assert session.undo() == [2, 1]
    assert session.labels()["label"].tolist() == ["a", "b"]
    assert session.pending() == []
    session.undo()
    assert session.pending() == [1, 2]


def test_undo_of_one_annotator_leaves_the_others_alone(session):
    session.label(1, "a", annotator="anna")
    session.label(2, "a", annotator="bert")
    assert session.undo(annotator="anna") == [1]
    assert session.labels()["id"].tolist() == [2]
    session.label(1, "b", annotator="anna")
    session.relabel(1, "c", annotator="judge")
    with pytest.raises(ValueError, match="changed the same rows since"):
        session.undo(annotator="anna")


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda s: s.label(0, "b"), "Row 0 is labeled already. Use relabel"),
        (lambda s: s.skip(0), "Row 0 is labeled already"),
        (lambda s: s.skip(1), "Row 1 is skipped already"),
        (lambda s: s.relabel(2, "b"), "Row 2 is not labeled yet. Use label"),
        (lambda s: s.release(2), "Row 2 is not pending"),
        (lambda s: s.label(99, "a"), "ids of rows of the data, such as 0, got 99"),
        (lambda s: s.label("0", "a"), "got '0'"),
        (lambda s: s.label([[2]], "a"), r"got \[2\]"),
        (lambda s: s.label([2, 2], ["a", "b"]), "2 occurs twice"),
        (lambda s: s.label([2, 3], ["a"]), "for each of the 2 ids, got 1"),
        (lambda s: s.label([2, 3, 4], "abc"), "for each of the 3 ids, got 1"),
        (lambda s: s.label([2, 3], ["a", 1]), "of one kind .* 'a' and 1"),
        (lambda s: s.label(2, 1), "such as 'a', got 1"),
        (lambda s: s.label(2, True), "such as 'a', got True"),
        (lambda s: s.label(2, None), "must not hold missing labels, got None"),
        (lambda s: s.label([2, 3], ["b", np.nan]), "must not hold missing labels, got nan"),
        (lambda s: s.label(2, " "), "blank"),
        (lambda s: s.label(2, 0.5), "whole numbers or truth values, got 0.5"),
        (lambda s: s.label(2, "a", annotator=1), "annotator must be a name or None, got 1"),
        (lambda s: s.next(0), "n must be a positive integer"),
        (lambda s: s.undo(0), "k must be a positive integer"),
    ],
)
def test_errors_say_what_is_wrong_and_change_nothing(session, act, message):
    session.label(0, "a")
    session.skip(1)
    before = session.progress()
    with pytest.raises(ValueError, match=message):
        act(session)
    assert session.progress() == before


# Labels


def test_blanks_around_labels_do_not_make_classes(session):
    session.label([1, 2, 3], ["cat", " cat", "cat\n"])
    assert session.progress()["classes"] == {"cat": 3}


def test_a_new_class_is_welcome_unless_classes_were_given(path):
    with LabelingSession(path, quick(), SMALL, classes=["cat", "dog "]) as session:
        session.label([1, 2], ["cat", "dog"])
        with pytest.raises(ValueError, match="one of the classes .*'cat', 'dog'.*, got 'cow'"):
            session.label([3, 4], ["cat", "cow"])
        assert session.progress()["n_labeled"] == 2
    with LabelingSession(path, quick(), SMALL) as session:
        session.label(3, "cow")
        assert session.progress()["classes"] == {"cat": 1, "dog": 1, "cow": 1}


@pytest.mark.parametrize("classes", [[], ["a", " a"], ["a", 1]])
def test_classes_are_distinct_labels_of_one_kind(path, classes):
    with pytest.raises(ValueError, match="classes must be distinct|of one kind"):
        LabelingSession(path, quick(), SMALL, classes=classes)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ([1.0, np.int8(2), 3], [1, 2, 3]),
        ([True, np.bool_(False)], [True, False]),
        (np.array(["a", "b"], dtype=object), ["a", "b"]),
        (pd.Series([1, 2], dtype="Int64"), [1, 2]),
        (pl.Series(["a", "b"]), ["a", "b"]),
        (pd.Categorical(["b", "a"]), ["b", "a"]),
    ],
)
def test_labels_keep_their_kind(path, given, kept):
    with LabelingSession(path, quick(), SMALL) as session:
        session.label(range(len(given)), given)
    with LabelingSession(path, quick(), SMALL) as session:
        labels = column(session, "label")
    assert labels == kept and [type(one) for one in labels] == [type(one) for one in kept]


@pytest.mark.parametrize(
    "y",
    [
        ["a", None, "b", np.nan],
        np.array(["a", None, "b", np.nan], dtype=object),
        pd.Series(["a", None, "b", pd.NA], dtype="string"),
        pl.Series(["a", None, "b", None]),
    ],
)
def test_labels_known_from_the_start(path, y):
    for _ in range(2):
        with LabelingSession(path, quick(), SMALL[:4], y=y) as session:
            assert session.labels()[["id", "label"]].values.tolist() == [[0, "a"], [2, "b"]]
            assert session.next(5) and session.release(session.pending()) is None
    with pytest.raises(ValueError, match="each of the 3 rows of X.*got 4"):
        LabelingSession(path.with_name("b"), quick(), SMALL[:3], y=y)


def test_numbers_known_from_the_start_may_be_floats_with_nan(path):
    with LabelingSession(path, quick(), SMALL[:4], y=[0.0, np.nan, 1.0, np.nan]) as session:
        session.label(1, 1)
        assert column(session, "label") == [0, 1, 1]


def test_the_session_knows_better_than_the_labels_from_the_start(path):
    with LabelingSession(path, quick(), SMALL[:3], y=["a", None, None]) as session:
        session.relabel(0, "b")
        session.label(1, "b")
    with LabelingSession(path, quick(), SMALL[:3], y=["a", "a", "a"]) as session:
        assert column(session, "label") == ["b", "b", "a"]


# Annotators


def test_annotators_have_queues_of_their_own(session):
    queues = {name: session.next(5, annotator=name) for name in ("anna", "bert")}
    assert not set(queues["anna"]) & set(queues["bert"])
    assert session.pending("bert") == queues["bert"]
    with pytest.raises(ValueError, match="pending for 'anna', not for 'bert'. Use release"):
        session.label(queues["anna"][0], "a", annotator="bert")
    session.label(queues["anna"][0], "a")  # credited to whom it was offered
    session.label(queues["bert"], ["a"] * 5, annotator="bert")
    assert session.progress()["annotators"] == {"anna": 1, "bert": 5}
    session.label(session.next(), "a", annotator="carl")  # offered to nobody in particular
    assert session.progress()["annotators"]["carl"] == 1


def test_second_opinions_and_disagreements(session):
    session.label([1, 2, 3], ["a", "b", "a"], annotator="anna")
    assert session.next(5, annotator="anna", again=True) == []
    ids = session.next(5, annotator="bert", again=True)
    assert sorted(ids) == [1, 2, 3] and session.next(5, annotator="carl", again=True) == []
    assert session.progress()["n_second_opinions"] == 3
    assert session.progress()["n_pending"] == 0
    with pytest.raises(ValueError, match="labeled already by 'anna'|pending for 'bert'"):
        session.label(1, "b", annotator="anna")
    session.label([1, 2], ["b", "b"], annotator="bert")
    session.skip(3, annotator="bert")
    assert session.next(5, annotator="bert", again=True) == []
    assert session.progress()["n_labeled"] == 3 and session.progress()["n_skipped"] == 0
    assert session.disagreements() == {1: {"anna": "a", "bert": "b"}}
    assert session.progress()["n_disagreements"] == 1
    assert session.model().y_labeled_.tolist() == ["a", "b", "a"]  # the first of a tie
    session.label(session.next(1, annotator="carl", again=True)[0], "b")
    session.undo()
    session.relabel(1, "c", annotator="judge")
    assert session.disagreements() == {}
    assert session.model().y_labeled_.tolist() == ["c", "b", "a"]
    session.undo()
    assert session.disagreements() == {1: {"anna": "a", "bert": "b"}}
    session.relabel(1, "b", annotator="anna")
    assert session.disagreements() == {}
    assert len(session.labels()) == 5


def test_the_most_frequent_label_counts(session):
    session.label(1, "a", annotator="anna")
    for name in ("bert", "carl"):
        session.label(session.next(annotator=name, again=True), "b", annotator=name)
    assert session.model().y_labeled_.tolist() == ["b"]
    assert session.progress()["classes"] == {"b": 1}


def disagreeing(path, **arguments):
    """A session in which two of three people label one row "b", and the first one "a"."""
    session = LabelingSession(path, quick(), SMALL, **arguments)
    session.label([1, 2], ["a", "a"], annotator="anna")
    for name in ("bert", "carl"):
        offered = session.next(2, annotator=name, again=True)
        session.label(1, "b", annotator=name)
        session.release([id_ for id_ in offered if id_ != 1])
    return session


def trust_anna(given):
    return given["anna"]


@pytest.mark.parametrize(("verdict", "label"), [("majority", "b"), (trust_anna, "a")])
def test_the_verdict_counts_everywhere(path, tmp_path, verdict, label):
    with disagreeing(path, verdict=verdict) as session:
        assert session.verdicts() == {1: label, 2: "a"}
        assert session.model().y_labeled_.tolist() == [label, "a"]
        assert session.progress()["classes"] == Counter([label, "a"])
        _, (task,) = tasks_of(session, tmp_path, "argilla", ids=[1])
        agent = {"a": "anna", "b": "bert"}[label]
        assert task["suggestions"]["label"] == {"value": label, "score": None, "agent": agent}


def test_a_verdict_is_asked_only_where_people_disagree(path):
    asked = []

    def verdict(given):
        asked.append(given)
        return list(given.values())[-1]

    with disagreeing(path, verdict=verdict) as session:
        assert session.verdicts() == {1: "b", 2: "a"}
    assert asked == [{"anna": "a", "bert": "b", "carl": "b"}]


@pytest.mark.parametrize("verdict", ["x", None, ["majority"]])
def test_a_verdict_is_a_name_or_a_function(path, verdict):
    with pytest.raises(
        ValueError, match="verdict must be one of 'majority', 'dawid_skene', or a function.*got"
    ):
        LabelingSession(path, quick(), SMALL, verdict=verdict)
    assert not path.exists()


def test_a_verdict_is_one_of_the_labels(path):
    with disagreeing(path, verdict=lambda given: "c") as session:
        with pytest.raises(ValueError, match="one of the labels .*'anna': 'a'.*, got 'c'"):
            session.verdicts()
        session.relabel(1, "b", annotator="judge")
        assert session.verdicts() == {1: "b", 2: "a"}


def test_offers_say_who_was_asked(session):
    first, second = session.next(annotator="anna"), session.next(2)
    assert session.offers() == {first[0]: "anna", second[0]: None, second[1]: None}
    session.label(second[0], "a", annotator="bert")
    assert session.offers() == {first[0]: "anna", second[1]: None}


# Data

IDS = {
    "numbers": list(range(100, 112)),
    "text": [f"r{i}" for i in range(12)],
    "mixed": [1, "1", 2, "2", (1, 2), 2.5, *"abcdef"],
    "dates": pd.date_range("2020", periods=12).tolist(),
}
KINDS = {
    "pandas": lambda ids: pd.DataFrame({"a": range(12), "t": list("abcdefghijkl")}, index=ids),
    "array": lambda ids: np.arange(24.0).reshape(12, 2),
    "3d": lambda ids: np.arange(48.0).reshape(12, 2, 2),
    "csr": lambda ids: sp.csr_matrix(np.eye(12)),
    "texts": lambda ids: [f"text {i}" for i in range(12)],
    "series": lambda ids: pd.Series([f"text {i}" for i in range(12)], index=ids),
    "polars": lambda ids: pl.DataFrame({"a": range(12), "t": list("abcdefghijkl")}),
}


@pytest.mark.parametrize("ids", IDS.values(), ids=IDS)
@pytest.mark.parametrize("kind", KINDS)
def test_ids_come_back_as_they_are(path, kind, ids):
    X = KINDS[kind](pd.Index(ids, tupleize_cols=False))
    given = None if kind in ("pandas", "series") else ids
    for _ in range(2):
        with LabelingSession(path, quick(), X, ids=given) as session:
            offered = session.next(6)
            assert set(offered) <= set(ids)
            assert {type(one) for one in offered} <= {type(one) for one in ids}
            session.label(offered[0], "a")
            session.label(offered[1:], ["a"] * 5)
            assert column(session, "id")[-6:] == offered
    with LabelingSession(path, quick(), X, ids=given) as session:
        assert session.next() == []


def test_a_column_of_ids_is_not_shown_to_the_learner(path):
    for library in (pd, pl):
        X = library.DataFrame({"key": list("abcd"), "x": [0.0, 1.0, 2.0, 3.0]})
        with LabelingSession(path, None, X, ids="key") as session:
            session.next(4)
            session.label(list("abcd"), [0, 0, 1, 1])
            assert session.model().n_features_in_ == 1
        path.unlink()
    with pytest.raises(ValueError, match="'nokey'"):
        LabelingSession(path, None, X, ids="nokey")
    with pytest.raises(ValueError, match="ids='key' names a column, but X, a ndarray"):
        LabelingSession(path, None, SMALL, ids="key")


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        ([1, 2, 1], "1 occurs more than once.*reset_index"),
        (["a", "b", "a"], "'a' occurs more than once"),
        ([1, 2], "for each of the 3 rows of X, got 2"),
        (["a", None, "b"], "must not be missing, but that of row 1 is"),
        ([1.5, np.nan, 2], "must not be missing"),
    ],
)
def test_ids_are_unique_and_complete(path, ids, message):
    with pytest.raises(ValueError, match=message):
        LabelingSession(path, quick(), SMALL[:3], ids=ids)


def test_an_index_that_repeats_itself_is_refused(path):
    X = pd.concat([pd.DataFrame({"a": [1, 2]})] * 2)
    with pytest.raises(ValueError, match="0 occurs more than once"):
        LabelingSession(path, quick(), X)


def test_no_rows_no_session(path):
    with pytest.raises(ValueError, match="at least one row"):
        LabelingSession(path, quick(), [])


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (lambda X: X.iloc[:-1], "it has 11 rows, and had 12"),
        (lambda X: X.drop(columns="a"), "its columns are"),
        (lambda X: X.rename(columns={"a": "b"}), "its columns are"),
        (lambda X: X.assign(a="text"), "its columns are"),
        (lambda X: X.set_index(X.index[::-1]), "ids of the first 12 rows differ"),
        (lambda X: pd.concat([X.iloc[:1].rename(index={0: 99}), X]), "ids of the first 12 rows"),
        (lambda X: X[::-1].reset_index(drop=True), "some rows have changed"),
    ],
)
def test_other_data_are_refused(path, other, message):
    X = KINDS["pandas"](None)
    with LabelingSession(path, quick(), X) as session:
        session.label(3, "a")
    before = path.read_bytes()
    with pytest.raises(ValueError, match=f"X is not the data of the session.*{message}"):
        LabelingSession(path, quick(), other(X))
    assert path.read_bytes() == before
    with LabelingSession(path, quick(), X) as session:
        assert session.progress()["n_labeled"] == 1


@pytest.mark.parametrize("kind", ["array", "csr", "texts", "polars"])
def test_rows_without_ids_are_told_by_a_look_at_them(path, kind):
    X = KINDS[kind](None)
    backwards = X[::-1] if kind != "csr" else X[np.arange(12)[::-1]]
    LabelingSession(path, quick(), X).close()
    with pytest.raises(ValueError, match="ids=range"):
        LabelingSession(path, quick(), backwards)
    LabelingSession(path, quick(), backwards, ids=range(12)).close()


def test_appended_rows_are_welcome(path):
    X = pd.DataFrame({"a": range(12), "t": list("abcdefghijkl")})
    more = pd.DataFrame({"a": [None, 13.5], "t": [None, "n"]}, index=[12, 13])
    with LabelingSession(path, quick(), X) as session:
        pending = session.next(2)
        session.label(session.next(10), ["a"] * 10)
        assert session.next() == []
    with LabelingSession(path, quick(), pd.concat([X, more])) as session:
        assert session.pending() == pending and session.progress()["n_labeled"] == 10
        assert sorted(session.next(5)) == [12, 13]
    with pytest.raises(ValueError, match="it has 12 rows, and had 14"):
        LabelingSession(path, quick(), X)


def test_appended_rows_show_in_a_session_that_is_open(path):
    with LabelingSession(path, quick(), SMALL[:20]) as session:
        LabelingSession(path, quick(), SMALL).close()
        with pytest.raises(RuntimeError, match="40 now, and 20 here. Open the session again"):
            session.next()


def test_labels_come_in_the_frame_of_the_data(path):
    with LabelingSession(path, quick(), pd.DataFrame({"a": [1, 2]})) as session:
        assert session.labels().shape == (0, 8)
    path.unlink()
    with LabelingSession(path, quick(), pl.DataFrame({"a": [1, 2]})) as session:
        session.label(1, "x")
        assert isinstance(session.labels(), pl.DataFrame)
        assert session.labels()["label"].to_list() == ["x"]


def test_without_pandas_labels_say_what_helps(session, monkeypatch, tmp_path):
    session.label(1, "x")
    labels = session.labels()
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match="pip install pandas"):
        session.labels()
    assert session.records() == labels.replace(np.nan, None).to_dict("records")
    session.export(tmp_path / "x.csv")
    with pytest.raises(ImportError, match="pip install pandas pyarrow"):
        session.export(tmp_path / "x.parquet")


def test_texts_and_a_pipeline(path):
    texts = [f"{'good' if i % 2 else 'bad'} film {i}" for i in range(30)]
    learner = ActiveLearner(make_pipeline(TfidfVectorizer(), LogisticRegression()))
    with LabelingSession(path, learner, texts) as session:
        for _ in range(4):
            ids = session.next(5)
            session.label(ids, ["good" if i % 2 else "bad" for i in ids])
        assert session.model().predict(["a good one"]).tolist() == ["good"]


# Money and stopping


def test_no_more_is_offered_than_the_budget_can_pay(path):
    prices = np.where(np.arange(40) % 2, 0.1, 5.0)
    with LabelingSession(path, quick(), SMALL, prices=prices, budget=10.3) as session:
        ids = session.next(40)
        left = 10.3 - np.sum(prices[ids])
        assert left > -1e-9 and np.delete(prices, ids).min() > left and session.next() == []
        session.release(ids[:1])
        assert session.next(5) != []
        session.label(session.pending(), ["a"] * len(session.pending()))
        assert session.progress()["spent"] == pytest.approx(sum(prices[session.labels()["id"]]))
        assert session.progress()["budget"] == 10.3


def test_prices_that_add_up_to_the_budget_can_be_paid(path):
    with LabelingSession(path, quick(), SMALL, prices=np.full(40, 0.1), budget=0.3) as session:
        assert len([*session.next(), *session.next(), *session.next()]) == 3
        assert session.next() == []


def test_prices_reach_a_strategy_that_looks_at_them(path, data):
    X, y = data
    prices = np.where(np.arange(len(X)) % 2, 1.0, 1e6)
    with LabelingSession(path, ActiveLearner(strategy=CostAware()), X, y=None, prices=prices) as s:
        s.label(list(range(20)), y[:20])
        assert all(row % 2 for row in s.next(10))


def test_a_strategy_with_a_budget_of_its_own_ends_the_batch(path, data):
    X, y = data
    learner = ActiveLearner(strategy=CostAware(budget=3.5))
    with LabelingSession(path, learner, X, prices=np.ones(len(X))) as session:
        session.label(list(range(20)), y[:20])
        assert len(session.next(10)) == 3


def test_money_that_was_spent_stays_spent(path):
    prices = np.ones(40)
    with LabelingSession(path, quick(), SMALL, prices=prices, y=["a", *[None] * 39]) as session:
        session.label([1, 2], ["a", "b"], annotator="anna")
        session.label(session.next(annotator="bert", again=True), ["b"], annotator="bert")
        session.relabel(1, "c", annotator="judge")
        assert session.progress()["spent"] == 3
    with LabelingSession(path, quick(), SMALL) as session:
        assert session.progress()["spent"] == 3
        session.undo(3)
        assert session.progress()["spent"] == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"prices": [1, 2]}, "each of the 40 rows"),
        ({"prices": -np.ones(40)}, "at least 0"),
        ({"budget": 3}, "prices is None"),
        ({"budget": -1, "prices": np.ones(40)}, "budget must be a finite number"),
        ({"refit_every": 0}, "refit_every must be a positive integer"),
        ({"stopping": 3}, "stopping must be a stopping criterion"),
    ],
)
def test_arguments_are_checked_before_a_file_is_made(path, arguments, message):
    with pytest.raises(ValueError, match=message):
        LabelingSession(path, quick(), SMALL, **arguments)
    assert not path.exists()


def test_a_classifier_is_no_learner(path):
    with pytest.raises(ValueError, match=r"Wrap a classifier: ActiveLearner\(LogisticReg"):
        LabelingSession(path, LogisticRegression(), SMALL)


def test_a_stopping_criterion_is_shown_every_round(tmp_path, data):
    X, y = data
    a, b = two_beginnings(tmp_path, X)
    criterion = StabilizingPredictions(window=2, threshold=0.9, stop_set_size=50)

    def play(path, reopens):
        def opened():
            learner = ActiveLearner(random_state=0)
            return LabelingSession(path, learner, X, stopping=criterion | LabelBudget(100))

        session, said = opened(), []
        for _ in range(12):
            ids = session.next(5)
            said.append(session.progress()["stop"])
            session.label(ids, y[ids])
            if reopens:
                session.close()
                session = opened()
        session.close()
        return said

    said = play(a, False)
    assert said == play(b, True)
    # A cold start, then two rounds to compare with and a window of two.
    assert not any(said[:3]) and any(said[3:])


def test_another_criterion_starts_anew(path, data):
    X, y = data
    with LabelingSession(path, None, X, stopping=LabelBudget(5)) as session:
        session.label(range(10), y[:10])
        session.next()
        assert session.progress()["stop"] is True
    with LabelingSession(path, None, X, stopping=LabelBudget(50)) as session:
        assert session.progress()["stop"] is False


@pytest.mark.parametrize(
    ("criterion", "is_enough"),
    [
        (LabelBudget(10), True),
        (LabelBudget(11), False),
        (StabilizingPredictions() | LabelBudget(10), True),
        (StabilizingPredictions() & LabelBudget(10), False),
        (LabelBudget(3) & LabelBudget(11), False),
    ],
)
def test_a_number_of_labels_is_counted_without_a_round(path, data, criterion, is_enough):
    X, y = data
    with LabelingSession(path, None, X, stopping=criterion) as session:
        session.label(range(10), y[:10])
        assert session.progress()["stop"] is is_enough
        session.undo()
        assert session.progress()["stop"] is False


class Remembers(StoppingCriterion):
    def start(self, n_pool, random_state=None):
        return [n_pool, {"seen": ()}, np.array(["é", "b"]), None]

    def update(self, state, round):
        n_pool, memory, names, _ = state
        assert names.tolist() == ["é", "b"] and n_pool == 150
        return [n_pool, {"seen": (*memory["seen"], round.n_labels)}, names, 0.5], len(
            memory["seen"]
        ) == 2


def test_a_criterion_of_ones_own_remembers(path, data):
    X, y = data
    stop = []
    for i in range(3):
        with LabelingSession(path, None, X, stopping=Remembers()) as session:
            session.label([2 * i, 2 * i + 1], y[2 * i : 2 * i + 2])
            session.next()
            stop.append(session.progress()["stop"])
            session.release(session.pending())
    assert stop == [False, False, True]


class RemembersAnObject(Remembers):
    def start(self, n_pool, random_state=None):
        return None

    def update(self, state, round):
        return object(), False


def test_a_criterion_that_cannot_be_kept_is_refused(path, data):
    X, y = data
    with LabelingSession(path, None, X, stopping=RemembersAnObject()) as session:
        session.label(0, 1)
        with pytest.raises(TypeError, match="must be built of None.*got object"):
            session.next()


def test_without_a_criterion_there_is_nothing_to_say(session):
    assert session.progress()["stop"] is None


# Files of other programs


def answered(path, labels=("a", "b", "c"), **arguments):
    session = LabelingSession(path, quick(), SMALL, **arguments)
    ids = session.next(3, annotator="anna")
    session.label(ids, list(labels))
    session.label(session.next(annotator="bert", again=True), [labels[0]], annotator="bert")
    return session


@pytest.mark.parametrize("labels", [("a", "b", "c,\n\"d'"), (1, 2, -3), (True, False, True)])
@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_a_table_of_labels_comes_back_whole(tmp_path, labels, format):
    file = tmp_path / f"labels.{format}"
    with answered(tmp_path / "a.skal", labels) as session:
        session.export(file)
        before = session.records()
    with LabelingSession(tmp_path / "b.skal", quick(), SMALL) as session:
        assert session.import_labels(file) == 4
        after = session.records()
        assert session.import_labels(file) == 0
    assert after == before
    assert list(pd.DataFrame(before).columns) == list(session_columns())


def session_columns():
    return ("id", "label", "annotator", "time", "round", "strategy", "score", "audit")


def test_an_import_counts_as_one_action_or_not_at_all(session, tmp_path):
    file = tmp_path / "labels.csv"
    file.write_text("label,id\n cat,1\ndog,2\n,3\n")
    assert session.import_labels(file, annotator="anna") == 2
    assert session.progress()["annotators"] == {"anna": 2}
    file.write_text("label,id\ncow,4\ncow,1\n")
    with pytest.raises(ValueError, match="Row 1 has the label 'cat' by 'anna' already, and 'cow'"):
        session.import_labels(file, annotator="anna")
    assert session.import_labels(file, annotator="bert") == 2
    assert session.disagreements() == {1: {"anna": "cat", "bert": "cow"}}
    session.undo()
    assert session.progress()["classes"] == {"cat": 1, "dog": 1}
    file.write_text("label,id\ncow,99\n")
    with pytest.raises(ValueError, match="got '99'"):
        session.import_labels(file)
    file.write_text("y,id\ncow,9\n")
    with pytest.raises(ValueError, match="columns id and label, got .*y.*id"):
        session.import_labels(file)


def test_text_stands_for_the_labels_there_are(session, tmp_path):
    file = tmp_path / "labels.csv"
    session.label(0, "1")
    file.write_text("id,label\n1,1\n2,2\n")
    session.import_labels(file)
    assert column(session, "label") == ["1", "1", "2"]


def tasks_of(session, tmp_path, format, **arguments):
    file = tmp_path / "tasks.json"
    session.export(file, format=format, **arguments)
    return file, json.loads(file.read_text())


def test_label_studio_and_back(path, data, tmp_path):
    X, y = data
    frame = pd.DataFrame({"text": [f"t{i}" for i in range(150)], "n": X[:, 0]})
    frame.loc[2:, "n"] = np.nan
    learner = ActiveLearner(DummyClassifier(strategy="prior"), cold_start=RandomSampling())
    with LabelingSession(path, learner, frame) as session:
        session.label([0, 1], ["cat", "dog"])
        ids = session.next(3)
        file, tasks = tasks_of(session, tmp_path, "label-studio", question="animal")
        assert [task["data"]["skal_id"] for task in tasks] == ids
        assert tasks[0]["data"]["text"] == f"t{ids[0]}" and tasks[0]["data"]["n"] is None
        assert tasks[0]["data"]["skal_score"] == 1.0
        (prediction,) = tasks[0]["predictions"]
        assert prediction["score"] == 0.5
        assert prediction["result"] == [
            {
                "from_name": "animal",
                "to_name": "text",
                "type": "choices",
                "value": {"choices": ["cat"]},
            }
        ]
        tasks[0]["annotations"] = [
            {
                "completed_by": {"id": 3, "email": "anna@example.org"},
                "created_at": "2024-03-09T22:16:08.728378Z",
                "was_cancelled": False,
                "result": [{**prediction["result"][0], "value": {"choices": ["cow"]}}],
            }
        ]
        tasks[1]["annotations"] = [{"was_cancelled": True, "result": prediction["result"]}]
        tasks[2]["annotations"] = [{"completed_by": 7, "result": []}]
        file.write_text(json.dumps(tasks))
        assert session.import_labels(file, question="animal") == 1
        last = session.labels().iloc[-1]
        assert (last["id"], last["label"], last["annotator"]) == (
            ids[0],
            "cow",
            "anna@example.org",
        )
        assert last["time"] == datetime(2024, 3, 9, 22, 16, 8, 728378, tzinfo=timezone.utc)
        assert last["score"] == 1.0 and last["strategy"] == "UncertaintySampling"
        assert session.pending() == ids[2:] and session.skipped() == [ids[1]]
        tasks[0]["annotations"][0]["result"][0]["value"]["choices"] = ["cow", "dog"]
        file.write_text(json.dumps(tasks))
        with pytest.raises(ValueError, match='several choices.*choice="single"'):
            session.import_labels(file, question="animal")


def test_annotations_of_label_studio_hold_the_labels_there_are(tmp_path):
    with answered(tmp_path / "a.skal") as session:
        ids = column(session, "id")[::2]
        before = who_said_what(session)
        file, _ = tasks_of(session, tmp_path, "label-studio", ids=ids)
    with LabelingSession(tmp_path / "b.skal", quick(), SMALL) as session:
        session.import_labels(file)
        assert who_said_what(session) <= before
        assert set(column(session, "id")) == set(ids)


def who_said_what(session):
    return {(one["id"], one["label"], one["annotator"]) for one in session.records()}


def test_argilla_and_back(path, tmp_path):
    texts = [f"text {i}" for i in range(20)]
    with LabelingSession(path, quick(), texts) as session:
        session.label([0, 1], [1, 0])
        ids = session.next(2)
        file, records = tasks_of(session, tmp_path, "argilla", question="topic", field="review")
        assert [record["id"] for record in records] == [str(id_) for id_ in ids]
        assert records[0]["fields"] == {"review": texts[ids[0]]}
        assert records[0]["suggestions"]["topic"]["value"] in ("0", "1")
        assert set(records[0]) == {
            *("id", "fields", "metadata", "suggestions", "responses", "vectors")
        }
        records[1]["responses"] = {"topic": [{"value": "1", "user_id": "u-1"}]}
        file.write_text(json.dumps(records))
        assert session.import_labels(file, question="topic") == 1
        last = session.records()[-1]
        assert (last["id"], last["label"]) == (ids[1], 1)
        assert last["annotator"] == "u-1"


@pytest.mark.parametrize("X", [SMALL, sp.csr_matrix(SMALL), np.zeros((40, 2, 2)), ["a"] * 40])
def test_rows_of_any_kind_become_tasks(path, tmp_path, X):
    with LabelingSession(path, quick(), X, ids=[f"r{i}" for i in range(40)]) as session:
        for format in ("label-studio", "argilla"):
            assert tasks_of(session, tmp_path, format)[1] == []
            session.next(2)
            assert len(tasks_of(session, tmp_path, format)[1]) == 2
            session.release(session.pending())


def test_formats_are_named(session, tmp_path):
    with pytest.raises(ValueError, match='"label-studio" and "argilla" are JSON'):
        session.export(tmp_path / "x.json")
    with pytest.raises(ValueError, match="format must be one of csv, parquet, .*got 'xml'"):
        session.export(tmp_path / "x.json", format="xml")
    (tmp_path / "x.json").write_text('{"a": 1}')
    with pytest.raises(ValueError, match="cannot be read as JSON of label-studio"):
        session.import_labels(tmp_path / "x.json")
    with pytest.raises(ValueError, match="cannot be read as JSON of argilla: TypeError"):
        session.import_labels(tmp_path / "x.json", format="argilla")


def test_a_file_is_replaced_only_when_all_is_written(session, tmp_path, monkeypatch):
    file = tmp_path / "x.csv"
    file.write_text("precious")
    session.label(0, "a")
    monkeypatch.setattr("csv.writer", lambda file: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        session.export(file)
    assert file.read_text() == "precious"
    assert [one.name for one in tmp_path.glob("*.csv")] == ["x.csv"]


# Notes


def test_notes_are_kept_beside_the_log(session, path, tmp_path):
    assert read_note(path, "mine") is None and read_note(tmp_path / "other", "mine") is None
    assert not (tmp_path / "other").exists()
    write_note(path, "mine", {"a": [1, None]})
    update_note(path, "mine", lambda before: {**before, "b": "é"})
    assert read_note(path, "mine") == {"a": [1, None], "b": "é"}
    session.label(1, "a")
    assert session.progress()["n_labeled"] == 1


def test_a_note_that_cannot_be_written_leaves_the_one_before(session, path):
    write_note(path, "mine", 1)
    with pytest.raises(TypeError):
        write_note(path, "mine", object())
    assert read_note(path, "mine") == 1


# The object


def test_a_session_cannot_be_copied(session):
    for copied in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="Open it again from its path"):
            copied(session)


def test_repr_says_how_far_it_is(session):
    session.label(0, "a")
    assert repr(session).endswith("a.skal': 1 of 40 rows labeled>")


def test_skal_itself_does_not_import_sqlite():
    code = "import sys, skal; sys.exit('sqlite3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# A slow twin


class Twin:
    """The same bookkeeping with nothing but a dict, and a copy of it for every action."""

    def __init__(self, n):
        self.states = [{i: ("pool", None) for i in range(n)}]

    def act(self, changes, undoable=True):
        new = {**self.states[-1], **changes}
        if undoable:
            self.states.append(new)
        else:
            self.states[-1] = new

    def rows(self, place):
        return {i for i, (where, _) in self.states[-1].items() if where == place}


ACTIONS = st.lists(
    st.tuples(st.sampled_from(["next", "label", "skip", "release", "undo"]), st.integers(1, 3)),
    max_size=25,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(actions=ACTIONS)
def test_a_session_keeps_the_books_of_its_twin(tmp_path, actions):
    path = tmp_path / f"{np.random.SeedSequence().entropy}.skal"
    twin = Twin(8)
    with LabelingSession(path, quick(), SMALL[:8]) as session:
        for action, k in actions:
            ids = session.pending()[:k]
            if action == "next":
                ids = session.next(k)
                twin.act({i: ("pending", None) for i in ids}, undoable=False)
            elif action == "label" and ids:
                session.label(ids, [f"c{k}"] * len(ids))
                twin.act({i: ("labeled", f"c{k}") for i in ids})
            elif action == "skip" and ids:
                session.skip(ids)
                twin.act({i: ("skipped", None) for i in ids})
            elif action == "release" and ids:
                session.release(ids)
                twin.act({i: ("pool", None) for i in ids}, undoable=False)
            elif action == "undo" and len(twin.states) > 1:
                ids = session.undo()
                last = twin.states.pop()
                twin.states[-1] = {**last, **{i: ("pending", None) for i in ids}}
    with LabelingSession(path, quick(), SMALL[:8]) as session:
        assert set(session.pending()) == twin.rows("pending")
        assert set(session.skipped()) == twin.rows("skipped")
        assert session.verdicts() == {i: twin.states[-1][i][1] for i in twin.rows("labeled")}
