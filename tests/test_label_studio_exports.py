"""Exports of Label Studio 1.23, byte for byte as the server wrote them.

The project has eight tasks: r0 (answered), "ряд 1" (answered), r2 (a long text, answered by the
second user), "ряд 3" (skipped), r4 (answered by both, the first user before the second), "ряд 5"
(several lines, answered by the second user), r6 (submitted without a choice) and "ряд 7" (open).
"""

import json
import pathlib

import pytest

from skal import ActiveLearner
from skal.session import LabelingSession
from skal.strategies import RandomSampling

FOLDER = pathlib.Path(__file__).parent / "data"
IDS = [f"ряд {i}" if i % 2 else f"r{i}" for i in range(8)]
GIVEN = {
    ("r0", "весёлый", "1"),
    ("ряд 1", "sad", "1"),
    ("r2", "sad", "2"),
    ("r4", "sad", "1"),
    ("r4", "весёлый", "2"),
    ("ряд 5", "весёлый", "2"),
}


@pytest.fixture(params=["json", "json_min"])
def export(request):
    return FOLDER / f"label_studio_1.23_{request.param}.json"


@pytest.fixture
def session(tmp_path):
    learner = ActiveLearner(cold_start=RandomSampling(), random_state=0)
    with LabelingSession(tmp_path / "a.skal", learner, [[0.0]] * 8, ids=IDS) as session:
        yield session


def given(session):
    return {(one["id"], one["label"], one["annotator"]) for one in session.records()}


def test_labels_come_with_their_person_and_time(session, export):
    session.next(8)
    assert session.import_labels(export, question="mood") == 6
    assert given(session) == GIVEN
    assert session.disagreements() == {"r4": {"1": "sad", "2": "весёлый"}}
    # The first label counts where two disagree, in whatever order the file has them.
    assert session.verdicts()["r4"] == "sad"
    times = {one["id"]: one["time"] for one in session.records()}
    assert times["r0"] < times["ряд 1"] < times["r2"] < times["r4"] < times["ряд 5"]
    assert session.import_labels(export, question="mood") == 0 and given(session) == GIVEN


def test_what_was_skipped_there_is_skipped_where_the_export_tells_it(session, export):
    session.next(8)
    session.import_labels(export, question="mood")
    # JSON-MIN leaves out tasks that were skipped.
    is_min = export.name.endswith("min.json")
    assert session.skipped() == ([] if is_min else ["ряд 3"])
    assert {"r6", "ряд 7"} <= set(session.pending())


def test_both_exports_together_are_the_same_labels(session):
    for name in ("json_min", "json"):
        session.import_labels(FOLDER / f"label_studio_1.23_{name}.json", question="mood")
    assert given(session) == GIVEN and session.skipped() == ["ряд 3"]


def test_a_mistyped_question_is_told_which_there_are(session, export):
    with pytest.raises(ValueError, match=f"answered in .*{export.name}, .*'mood', got 'label'"):
        session.import_labels(export)
    assert session.records() == []


def test_a_row_that_is_not_in_the_data_is_told_with_its_item(tmp_path, export):
    with LabelingSession(tmp_path / "b.skal", None, [[0.0]] * 4, ids=IDS[:4]) as session:
        with pytest.raises(ValueError, match=f"{export.name}, item [56]: ids must be ids of rows"):
            session.import_labels(export, question="mood")
        assert session.records() == []


def test_the_files_are_those_of_the_server():
    tasks = json.loads((FOLDER / "label_studio_1.23_json.json").read_text(encoding="utf-8"))
    assert max(len(task["data"]["text"]) for task in tasks) > 7000
    assert tasks[5]["data"]["text"] == 'line one\nline two, "quoted", <b>&amp;'
    assert [one["was_cancelled"] for task in tasks for one in task["annotations"]].count(True) == 1
