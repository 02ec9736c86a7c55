"""What a session takes, and what it refuses by name: paths, ids, labels, and files of labels."""

import json
import os
import pathlib
import re
import sqlite3
import zlib
from base64 import b85encode

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn.compose import make_column_transformer
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from skal import ActiveLearner
from skal.session import LabelingSession, read_note, write_note
from skal.stopping import LabelBudget, StoppingCriterion, TargetRecall, TargetScore
from skal.strategies import RandomSampling, ScoreStrategy

X = np.arange(40.0).reshape(-1, 1)


def quick():
    return ActiveLearner(DummyClassifier(), RandomSampling(), cold_start=RandomSampling())


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.skal"


@pytest.fixture
def session(path):
    # This learner could learn several labels a row, and the first list would tell that rows have.
    with LabelingSession(path, quick(), X, several_labels=False) as session:
        yield session


def content(session):
    return session.records(), session.offers(), session.skipped(), session.progress()


@pytest.fixture
def refused(session):
    """Return a function that checks that a call is refused with a message, and changes nothing."""

    def refused(act, message):
        before = content(session)
        with pytest.raises(ValueError, match=message):
            act()
        assert content(session) == before

    return refused


# Paths


@pytest.mark.parametrize(
    "path", ["", " ", ":memory:", b":memory:", pathlib.Path(":memory:"), ":memory:?cache=shared"]
)
def test_a_path_that_keeps_nothing_is_refused(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for open_it in (lambda: LabelingSession(path, None, X), lambda: write_note(path, "a", 1)):
        with pytest.raises(ValueError, match="path must be that of a file.*got.*Give a name"):
            open_it()
    assert not list(tmp_path.iterdir())


def test_a_path_is_a_regular_file(tmp_path):
    for path in ("/dev/null", tmp_path):
        with pytest.raises(OSError, match="path must be that of a file"):
            LabelingSession(path, None, X)


def test_a_relative_path_stays_where_it_was(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with LabelingSession("file::memory:", quick(), X) as session:
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path / "elsewhere")
        session.label(0, "a")
        monkeypatch.chdir(tmp_path)
    with LabelingSession("file::memory:", quick(), X) as session:
        assert session.verdicts() == {0: "a"}


# Lists


UNORDERED = [
    (pd.DataFrame({"a": [1, 2]}), "got a DataFrame. Choose one of its columns"),
    (pl.DataFrame({"a": [1, 2]}), "got a DataFrame. Choose one of its columns"),
    ({1: "x", 2: "y"}, "got a dict"),
    ({1, 2}, "got a set. The order of a set means nothing"),
    (frozenset([1, 2]), "got a frozenset"),
]


@pytest.mark.parametrize(("values", "message"), UNORDERED)
def test_values_without_an_order_are_refused(session, refused, path, values, message):
    session.label([5, 6], ["x", "y"])
    session.next(2)
    for act in (
        lambda: session.label([1, 2], values),
        lambda: session.label(values, ["x", "y"]),
        lambda: session.relabel([5, 6], values),
        lambda: session.skip(values),
        lambda: session.release(values),
        lambda: session.undo(actions=values),
    ):
        refused(act, message)
    for name in ("ids", "y", "prices"):
        with pytest.raises(ValueError, match=f"{name} must be a list.*{message}"):
            LabelingSession(path.with_name("b.skal"), quick(), X[:2], **{name: values})


@pytest.mark.parametrize(
    "values", [["x", "y"], np.array(["x", "y"]), pd.Series(["x", "y"]), {1: "x", 2: "y"}.values()]
)
def test_values_with_an_order_are_taken(session, values):
    session.label([1, 2], values)
    assert session.verdicts() == {1: "x", 2: "y"}


def test_classes_may_be_a_set(path):
    with LabelingSession(path, quick(), X, classes={"b", "a", "c"}) as session:
        assert session._rules.classes == ["a", "b", "c"]


# Ids


def test_true_is_not_one(path):
    for ids, own, other in (([1, 0, 7], 1, True), ([True, False, 7], True, 1)):
        with LabelingSession(path, quick(), X[:3], ids=ids) as session:
            with pytest.raises(ValueError, match=f"ids of rows of the data.*got {other}"):
                session.label(other, "a")
            session.label(own, "a")
        path.unlink()


def test_ids_that_are_written_alike_are_told_apart_or_refused(path, tmp_path):
    ids = [1, "1", True and "True", 2.5, "2.5", (1, 2), "(1, 2)", 3]
    file = tmp_path / "labels.csv"
    with LabelingSession(path, quick(), X[:8], ids=ids) as session:
        session.label([1, "1"], ["a", "b"])
        assert session.verdicts() == {1: "a", "1": "b"}
        before = content(session)
        for text in ("1", "2.5", '"(1, 2)"'):
            file.write_text(f"id,label\n3,a\n{text},b\n")
            with pytest.raises(ValueError, match="line 3: ids must tell rows apart, but .* both"):
                session.import_labels(file)
        assert content(session) == before
        file.write_text("id,label\n3,a\n")
        assert session.import_labels(file) == 1


@pytest.mark.parametrize("id_", ["1_0", "１", " 1", "1.0", "+1", "01"])
def test_ids_in_files_are_read_as_they_are_written(session, refused, tmp_path, id_):
    file = tmp_path / "labels.csv"
    file.write_text(f"id,label\n{id_},a\n", encoding="utf-8")
    refused(
        lambda: session.import_labels(file), f"line 2: ids must be ids.*got {re.escape(repr(id_))}"
    )
    tasks = tmp_path / "tasks.json"
    tasks.write_text(json.dumps([task_of(id_, answer("a"))]))
    refused(lambda: session.import_labels(tasks), "item 1: ids must be ids")


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        (np.zeros((4, 1), int), "one dimension, got an array of shape"),
        ([[0], [1], [2], [3]], "values that can be looked up: unhashable"),
        (["\ud800", "a", "b", "c"], "text that UTF-8 can hold"),
    ],
)
def test_ids_can_be_looked_up_and_written(path, ids, message):
    with pytest.raises(ValueError, match=message):
        LabelingSession(path, quick(), X[:4], ids=ids)


# Labels


@pytest.mark.parametrize("text", ["a\0", "\0", "a\0b"])
def test_zero_characters_are_no_labels(session, refused, text):
    refused(lambda: session.label([1, 2], ["a", text]), "y must not hold zero characters, got")


@pytest.mark.parametrize("text", ["\ud800", "a\udc80b", "é\udfff"])
def test_half_a_character_is_refused(session, refused, tmp_path, text):
    message = "must be text that UTF-8 can hold, got .*lone surrogate"
    refused(lambda: session.label([1, 2], ["a", text]), f"y {message}")
    refused(lambda: session.label(1, "a", annotator=text), f"annotator {message}")
    refused(lambda: session.next(annotator=text), f"annotator {message}")
    file = tmp_path / "tasks.json"
    file.write_text(json.dumps([task_of(1, answer(text))]))
    refused(lambda: session.import_labels(file), f"item 1: y {message}")
    file.write_text(json.dumps([task_of(1, {**answer("a"), "completed_by": text})]))
    refused(lambda: session.import_labels(file), f"item 1: annotator {message}")
    with pytest.raises(ValueError, match=message):
        LabelingSession(tmp_path / "b.skal", quick(), X, classes=["a", text])


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**5000, 1e300], ids=range(4))
def test_whole_numbers_are_of_ordinary_size(session, refused, number):
    refused(lambda: session.label(1, number), "at most 64 bits.*Write it as text")
    session.label([1, 2], [2**63 - 1, -(2**63)])
    session.export(pathlib.Path(session._store.path).with_name("labels.parquet"))


def test_text_in_rows_may_be_anything(path, tmp_path):
    with LabelingSession(path, quick(), ["half \ud800", "whole"]) as session:
        session.next(2)
        for format in ("label-studio", "argilla"):
            session.export(tmp_path / "tasks.json", format=format)
            texts = json.dumps(json.loads((tmp_path / "tasks.json").read_text(encoding="utf-8")))
            assert "half \\ud800" in texts


class Infinite(ScoreStrategy):
    def score_samples(self, pool):
        return np.where(np.arange(len(pool)) % 2, np.inf, 0.0)


def test_infinite_scores_are_no_number_in_json(path, tmp_path):
    with LabelingSession(path, ActiveLearner(cold_start=RandomSampling()), X) as session:
        offered = session.next(1)
        entry = session._log.record.pending[offered[0]]
        session._log.record.pending[offered[0]] = entry._replace(score=np.inf)
        for format in ("label-studio", "argilla"):
            session._exchange.write(
                tmp_path / "t.json", format, ids=[], question="label", field="text"
            )


# Annotators


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ([7, 8], ["7", "8"]),
        ([7, None], ["7", None]),
        ([7.0, 8.5], ["7", "8.5"]),
        ([True, False], ["True", "False"]),
    ],
)
def test_annotators_are_text(session, refused, tmp_path, given, kept):
    file = tmp_path / "labels.parquet"
    write_parquet(file, id=[1, 2], label=["a", "b"], annotator=given)
    assert session.import_labels(file) == 2
    before = content(session)
    assert session.import_labels(file) == 0
    assert content(session) == before
    assert [one["annotator"] for one in session.records()] == kept
    write_parquet(file, id=[1, 2], label=["c", "b"], annotator=given)
    refused(
        lambda: session.import_labels(file),
        f"row 1: Row 1 has the label 'a' by {kept[0]!r} already, and 'c' in the file. Use relabel",
    )


def write_parquet(file, **columns):
    pq.write_table(pa.table(columns), file)


# Files


def task_of(id_, *annotations):
    return {"data": {"skal_id": id_, "text": "t"}, "annotations": list(annotations)}


def answer(label, question="label"):
    return {"result": [{"from_name": question, "value": {"choices": [label]}}]}


CSV = {
    "": "is empty",
    "x,y\n1,2\n": "must have the columns id and label",
    "id,label\n1,a\n2\n": "line 3: there are 1 fields, but 2 columns",
    "id,label\n1,a,b\n": "line 2: there are 3 fields, but 2 columns",
    "id,label\n,a\n": "line 2: the id of the label 'a' is missing",
    "id,label,label\n1,a,b\n": "has the column 'label' more than once",
    "id,id,label\n1,2,a\n": "has the column 'id' more than once",
    "id,label,annotator,annotator\n1,a,x,y\n": "has the column 'annotator' more than once",
    'id,label\n1,a\n2,"b\n3,c\n4,d\n': "line 3: unexpected end of data. Is a quote missing",
    'id,label\n1,a\n2,"b\n3,c\n4,"d"\n': "line 3: .*Is a quote missing",
    'id,label\n1,a\n2,"b\n3,c\n4,d"\n': "line 3: the label .* over several lines.* the id '3'",
    'id,label\n1,"a\nb"\n2,"c\n': "line 4: unexpected end",
    "id,label,time\n1,a,0001-01-01T00:00:00+14:00\n": "line 2: the column 'time': .*1678 to 2261",
    "id,label,time\n1,a,1600-01-01\n": "line 2: the column 'time': .*got '1600-01-01'",
    "id,label,time\n1,a,yesterday\n": "line 2: the column 'time': time must be a date",
    "id,label,round\n1,a,inf\n": "line 2: the column 'round': a whole number.*got 'inf'",
    "id,label,round\n1,a,1e400\n": "line 2: the column 'round'",
    "id,label,round\n1,a,-1\n": "line 2: the column 'round'",
    "id,label,round\n1,a,1.5\n": "line 2: the column 'round'",
    "id,label,round\n1,a,1_0\n": "line 2: the column 'round'",
    "id,label,score\n1,a,high\n": "line 2: the column 'score'",
    "id,label,annotator\n1,a, \n": "line 2: annotator must be a name",
    "id,label\n1,a\n2, \n": "line 3: y must not hold blank labels",
    "id,label\n1,a\n99,b\n": "line 3: ids must be ids of rows",
    "id,label\n1,a\n1,b\n": "line 3: Row 1 has the label 'a' by None already, and 'b'",
}


@pytest.mark.parametrize(("text", "message"), CSV.items())
def test_a_malformed_table_is_refused_with_its_place(session, refused, tmp_path, text, message):
    file = tmp_path / "labels.csv"
    file.write_text(text)
    refused(lambda: session.import_labels(file), f"labels.csv.*{message}")


@pytest.mark.parametrize(
    ("data", "line"),
    [("id,label\n1,a\n2,é\n".encode("latin-1"), 3), ("id,label\n1,a\n".encode("utf-16"), 1)],
)
def test_another_encoding_is_refused(session, refused, tmp_path, data, line):
    file = tmp_path / "labels.csv"
    file.write_bytes(data)
    refused(lambda: session.import_labels(file), f"labels.csv, line {line}: .*not text in UTF-8")


def test_labels_of_any_length_and_with_ends_of_lines_come_back(session, tmp_path):
    labels = ["x" * 200_000, "a\nb, c\n\"d'", ',"', "b\r\n1"]
    session.label(range(4), [f"{label}." for label in labels])
    file = tmp_path / "labels.csv"
    session.export(file)
    with LabelingSession(tmp_path / "b.skal", quick(), X) as other:
        assert other.import_labels(file) == 4
        assert list(other.verdicts().values()) == [f"{label}." for label in labels]


def test_text_stands_for_numbers_as_they_are_written(session, refused, tmp_path):
    session.label([1, 2], [10, 3])
    file = tmp_path / "labels.csv"
    for text in ("1_0", "３", "1e1", "0x3"):
        file.write_text(f"id,label\n5,{text}\n", encoding="utf-8")
        refused(lambda: session.import_labels(file), f"line 2: .*of the same kind.*got {text!r}")


PARQUET = [
    ({"id": [1], "label": [["a"]]}, "row 1: y must hold labels that are text"),
    ({"id": [[1]], "label": ["a"]}, "row 1: ids must be ids"),
    ({"id": [True], "label": ["a"]}, "row 1: ids must be ids"),
    ({"id": [1, 2], "label": ["a", "b"], "round": [0.0, np.inf]}, "row 2: the column 'round'"),
    ({"id": [1], "label": ["a"], "time": [5]}, "row 1: the column 'time'"),
    ({"x": [1]}, "must have the columns id and label"),
]


@pytest.mark.parametrize(("columns", "message"), PARQUET)
def test_a_malformed_parquet_file_is_refused(session, refused, tmp_path, columns, message):
    file = tmp_path / "labels.parquet"
    write_parquet(file, **columns)
    refused(lambda: session.import_labels(file), f"labels.parquet.*{message}")


def test_a_column_twice_in_parquet_is_refused(session, refused, tmp_path):
    file = tmp_path / "labels.parquet"
    pq.write_table(pa.table([[1], ["a"], ["b"]], names=["id", "label", "label"]), file)
    refused(lambda: session.import_labels(file), "has the column 'label' more than once")
    pq.write_table(pa.table([[1], ["a"], [0], [0]], names=["id", "label", "n", "n"]), file)
    assert session.import_labels(file) == 1


@pytest.mark.parametrize("data", [b"", b"PAR1", b"PAR1junkPAR1", b"id,label\n1,a\n"])
def test_what_is_no_parquet_file_is_refused(session, refused, tmp_path, data):
    file = tmp_path / "labels.parquet"
    file.write_bytes(data)
    refused(lambda: session.import_labels(file), "labels.parquet cannot be read as Parquet")


JSON = {
    "": "cannot be read as JSON: Expecting value: line 1",
    '[{"data": ': "cannot be read as JSON: .*line 1",
    "[" * 10_000 + "]" * 10_000: "nested too deeply",
    "[1]": "cannot be read as JSON of label-studio or argilla",
    "null": "cannot be read as JSON of label-studio or argilla",
    '[{"a": 1}]': "cannot be read as JSON of label-studio or argilla",
    '[{"data": {"skal_id": 1, "skal_id": 2}}]': "the key 'skal_id' occurs twice",
    '[{"data": {"skal_id": 1}}, 2]': "item 2 cannot be read as JSON of label-studio",
    '[{"data": {"skal_id": 1}, "annotations": [1]}]': "item 1 cannot be read",
    '[{"data": {"skal_id": 1}, "annotations": [{"result": 5}]}]': "item 1 cannot be read",
    '[{"data": {"skal_id": 1}}, {"a": 1}]': "item 2 cannot be read",
    json.dumps([task_of(1), {"data": {"x": 1}, "annotations": [answer("a")]}]): (
        "item 2: there is no 'skal_id'"
    ),
    json.dumps([task_of(1, answer(["a"]))]): "item 1: y must hold labels",
    json.dumps([task_of(1, {**answer("a"), "created_at": "x"})]): "item 1: time must be",
    json.dumps(
        [task_of(1, {"result": [{"from_name": "label", "value": {"text": ["a"]}}]})]
    ): "item 1: 'label' is not answered by choices, but by 'text'",
    '[{"fields": {}}]': "item 1 cannot be read as JSON of argilla: KeyError",
    '[{"data": {"skal_id": ' + "1" * 5000 + "}}]": "cannot be read as JSON: ",
}


@pytest.mark.parametrize(("text", "message"), JSON.items(), ids=range(len(JSON)))
def test_malformed_json_is_refused_with_its_place(session, refused, tmp_path, text, message):
    file = tmp_path / "tasks.json"
    file.write_text(text)
    refused(lambda: session.import_labels(file), f"tasks.json.*{message}")


# Label Studio and Argilla


def test_json_min_of_label_studio_is_read(session, tmp_path):
    session.next(2)
    file = tmp_path / "min.json"
    about = {"text": "t", "skal_score": None, "created_at": "2024-03-09T22:16:08.728378Z"}
    items = [
        {"id": 9, "skal_id": 3, **about, "animal": "cat", "annotator": 1, "annotation_id": 4},
        {"id": 9, "skal_id": 3, **about, "animal": "dog", "annotator": 2, "annotation_id": 5},
        {"id": 8, "skal_id": 5, **about, "animal": {"choices": ["cow"]}, "lead_time": 1.5},
        {"id": 7, "skal_id": 6, **about, "annotator": 1},
    ]
    file.write_text(json.dumps(items))
    assert session.import_labels(file, question="animal") == 3
    assert session.disagreements() == {3: {"1": "cat", "2": "dog"}}
    assert session.verdicts()[5] == "cow" and session.records()[0]["time"].year == 2024
    assert session.import_labels(file, question="animal") == 0
    file.write_text(json.dumps([{**items[2], "animal": {"choices": ["cow", "cat"]}}]))
    with pytest.raises(ValueError, match='item 1: Row 5 has several choices.*choice="single"'):
        session.import_labels(file, question="animal")


@pytest.mark.parametrize(
    ("items", "there"),
    [
        ([task_of(1, answer("a", "topic")), task_of(2, answer("b", "mood"))], "'topic', 'mood'"),
        ([{"skal_id": 1, "topic": "a", "annotator": 1}], "'topic'"),
        (
            [{"id": "1", "fields": {}, "responses": {"topic": [{"value": "a"}], "mood": []}}],
            "'topic'",
        ),
    ],
)
def test_a_mistyped_question_is_told_which_there_are(session, refused, tmp_path, items, there):
    file = tmp_path / "tasks.json"
    file.write_text(json.dumps(items))
    message = f"question must be one of those.*tasks.json, {there}, got 'topik'"
    refused(lambda: session.import_labels(file, question="topik"), message)
    assert session.import_labels(file, question="topic") == 1


def test_a_file_without_answers_has_no_questions(session, tmp_path):
    session.next(2)
    file = tmp_path / "tasks.json"
    for format in ("label-studio", "argilla"):
        session.export(file, format=format)
        assert session.import_labels(file, question="anything") == 0


CANCELLED = {"was_cancelled": True, "result": [], "completed_by": 4}


def test_a_cancelled_task_is_skipped(session, tmp_path):
    ids = session.next(4)
    session.label(7, "z", annotator="anna") if 7 not in ids else None
    labeled = next(iter(session.verdicts()), None)
    file = tmp_path / "tasks.json"
    items = [
        task_of(ids[0], CANCELLED),
        task_of(ids[1], CANCELLED, {**answer("a"), "completed_by": 5}),
        {**task_of(ids[2]), "cancelled_annotations": 1},
    ]
    if labeled is not None:
        items.append(task_of(labeled, CANCELLED))
    file.write_text(json.dumps(items))
    assert session.import_labels(file) == 1
    assert session.skipped() == [ids[0], ids[2]]
    assert session.pending() == [ids[3]]
    assert session.verdicts()[ids[1]] == "a"
    before = content(session)
    assert session.import_labels(file) == 0 and content(session) == before
    # One action, whatever it held.
    assert set(session.undo()) == set(ids[:3])
    assert session.skipped() == [] and set(session.pending()) == set(ids)


def test_a_cancelled_second_opinion_is_not_asked_for_again(session, tmp_path):
    session.label(1, "a", annotator="anna")
    assert session.next(1, annotator="4", again=True) == [1]
    file = tmp_path / "tasks.json"
    file.write_text(json.dumps([task_of(1, CANCELLED)]))
    assert session.import_labels(file) == 0
    assert session.next(1, annotator="4", again=True) == []
    assert session.verdicts() == {1: "a"} and session.skipped() == []


def test_a_discarded_record_of_argilla_is_skipped(session, tmp_path):
    file = tmp_path / "records.json"
    discarded = {"value": None, "user_id": "u", "status": "discarded"}
    file.write_text(json.dumps([{"id": "3", "fields": {}, "responses": {"label": [discarded]}}]))
    assert session.import_labels(file) == 0 and session.skipped() == [3]


# One sitting


def test_the_actions_of_one_sitting_can_be_taken_back(path):
    with LabelingSession(path, quick(), X) as mine, LabelingSession(path, quick(), X) as other:
        assert mine.last_action is None
        mine.label(1, "a")
        first = mine.last_action
        other.label(2, "a")
        mine.skip(3)
        second = mine.last_action
        other.label(4, "a")
        mine.next(2)
        assert mine.last_action == second != first and other.last_action not in (first, second)
        assert mine.undo(actions=[first, second]) == [3, 1]
        assert mine.verdicts() == {2: "a", 4: "a"} and mine.skipped() == []
        for numbers in ([first], [0], [True], [10**6], ["a"], [None]):
            with pytest.raises(ValueError, match="numbers of actions that can be undone, got"):
                mine.undo(actions=numbers)
        mine.label(1, "a")
        third = mine.last_action
        other.relabel(1, "b")
        with pytest.raises(ValueError, match="changed the same rows since"):
            mine.undo(actions=[third])
        assert mine.verdicts()[1] == "b"


def test_last_action_is_that_of_every_kind_of_answer(session, tmp_path):
    numbers = []
    file = tmp_path / "labels.csv"
    file.write_text("id,label\n7,a\n")
    for act in (
        lambda: session.label(1, "a"),
        lambda: session.relabel(1, "b"),
        lambda: session.skip(2),
        lambda: session.import_labels(file),
    ):
        act()
        numbers.append(session.last_action)
    assert len(set(numbers)) == 4
    session.release(session.next(1))
    session.undo()
    assert session.last_action == numbers[-1]


# Models


def test_a_category_without_a_label_names_the_way_out(path):
    frame = pd.DataFrame({"color": ["red", "blue"] * 10 + ["green"] * 20, "x": range(40)})
    encoder = make_column_transformer((OneHotEncoder(), ["color"]), remainder="passthrough")
    learner = ActiveLearner(
        make_pipeline(encoder, LogisticRegression()), cold_start=RandomSampling()
    )
    with LabelingSession(path, learner, frame, fit_transformers="labeled") as session:
        session.label([0, 1], ["a", "b"])
        before = content(session)
        for act in (session.next, lambda: session.next(5, annotator="anna")):
            with pytest.raises(ValueError) as caught:
                act()
            message = str(caught.value)
            assert "unknown categories" in message and 'handle_unknown="ignore"' in message
            assert "No row was offered, and no label is lost" in message
        assert content(session) == before
        # The way out that is named.
        session.label(25, "a")
        assert len(session.next(3)) == 3


# Stopping


class Remembers(StoppingCriterion):
    """A criterion that keeps what it is told to."""

    size = 10

    def start(self, n_pool, random_state=None):
        return "x" * self.size

    def update(self, state, round):
        return state, len(state) == self.size


def frozen(value):
    return b85encode(zlib.compress(json.dumps(value).encode())).decode()


@pytest.mark.parametrize(
    "stopping",
    [
        TargetScore(95),
        TargetRecall(0.9),
        TargetScore(0.9, scoring="f1") | LabelBudget(3),
        TargetScore,
    ],
)
def test_a_criterion_that_is_not_valid_is_refused_before_anybody_labels(path, stopping):
    with pytest.raises(ValueError, match="threshold|positive|stopping must be") as caught:
        LabelingSession(path, quick(), X, stopping=stopping)
    assert "OneHotEncoder" not in str(caught.value) and not os.path.exists(path)


def test_a_goal_without_an_audit_names_the_way_out_and_nothing_else(path):
    with LabelingSession(path, quick(), X, stopping=TargetScore(0.9)) as session:
        session.label([1, 2], ["a", "b"])
        with pytest.raises(ValueError, match="needs an estimate.*audit=0.1") as caught:
            session.next()
        assert "OneHotEncoder" not in str(caught.value)


BOMBS = [
    b85encode(zlib.compress(b'"' + b"x" * 10**9 + b'"')).decode(),
    frozen({"array": ["<U999999999", [5], {"list": ["a"] * 5}]}),
    frozen({"array": ["<f8", [10**9], {"list": [1.0]}]}),
    frozen({"array": ["<f8", [1]]}),
    frozen({"surprise": []}),
    b85encode(zlib.compress(b"[" * 10**5)).decode(),
    b85encode(zlib.compress(b'"x"')[:-3]).decode(),
    b85encode(b"no zlib").decode(),
    "\x00 no base 85",
]


@pytest.mark.parametrize("state", BOMBS, ids=range(len(BOMBS)))
def test_a_state_that_unpacks_without_end_is_refused(path, state):
    with LabelingSession(path, quick(), X, stopping=Remembers()) as session:
        session.label([1, 2], ["a", "b"])
        session.next()
    write_note(path, "stopping", {**read_note(path, "stopping"), "state": state})
    with LabelingSession(path, quick(), X, stopping=Remembers()) as session:
        session.label(3, "a")
        with pytest.raises(ValueError, match="state of the stopping criterion.*cannot be read"):
            session.next()
    with LabelingSession(path, quick(), X) as session:
        assert len(session.next()) == 1


def test_a_state_too_large_to_be_read_again_is_not_written(path, monkeypatch):
    monkeypatch.setattr(Remembers, "size", 2**24 + 1)
    with LabelingSession(path, quick(), X, stopping=Remembers()) as session:
        session.label([1, 2], ["a", "b"])
        with pytest.raises(ValueError, match="may take .* bytes as JSON.*smaller stop set"):
            session.next()
        assert session.pending() == []


def test_the_file_holds_text_where_text_is_needed(path):
    """Texts of NumPy are written like any other, so that their digests fit."""
    with LabelingSession(path, quick(), X) as session:
        session.label(np.array([1, 2]), np.array(["a", "b"]), annotator=np.str_("anna"))
        session.next(np.int64(2), annotator=np.str_("bert"))
    with LabelingSession(path, quick(), X) as session:
        assert session.verdicts() == {1: "a", 2: "b"}
    connection = sqlite3.connect(path)
    kinds = connection.execute("SELECT DISTINCT typeof(annotator) FROM entries").fetchall()
    connection.close()
    assert kinds == [("text",)]
