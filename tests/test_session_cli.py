"""What the command line and the widget do with a session that others use, or that is damaged."""

import csv
import pathlib

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from skal import ActiveLearner
from skal._cli._models import make_learner
from skal.session import LabelingSession
from skal.strategies import RandomSampling

N_ROWS = 20


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "fruit.csv"
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["size", "kind"])
        writer.writerows([f"{10 * (i % 2) + i / 7:.3f}", ""] for i in range(N_ROWS))
    return str(path)


def elsewhere(data):
    """Open the session of a table as another process would."""
    X = np.arange(N_ROWS).reshape(-1, 1)
    learner = ActiveLearner(cold_start=RandomSampling())
    return LabelingSession(f"{data}.skal", learner, X, ids=range(1, N_ROWS + 1))


@pytest.fixture
def sit(run, data, monkeypatch):
    """Return a function that labels by keys; a key that is a function is called instead."""

    def sit(*keys, options=()):
        waiting = iter(keys)

        class Hands:
            has_person = True

            def key(self, question):
                for key in waiting:
                    if not callable(key):
                        return key
                    key()
                raise EOFError

            line = key

        monkeypatch.setattr("skal._cli._label.open_terminal", Hands)
        return run("label", data, "--label", "kind", "--classes", "a,b", *options)

    return sit


def label_elsewhere(data, label):
    """Label a row as somebody else, without a name; return a function that does it."""

    def act():
        with elsewhere(data) as session:
            session.label(session.next(), label)

    return act


def labels(data):
    with elsewhere(data) as session:
        return sorted(session.verdicts().values())


def test_undo_in_the_terminal_takes_back_what_was_done_there(sit, data):
    code, said = sit("a", label_elsewhere(data, "b"), "u", "u", "q")
    assert code == 0, said
    assert "There is nothing to undo in this sitting" in said
    assert labels(data) == ["b"]


def test_undo_in_the_terminal_of_what_somebody_has_changed(sit, data):
    def change():
        with elsewhere(data) as session:
            (row,) = session.verdicts()
            session.relabel(row, "b", annotator="judge")

    code, said = sit("a", change, "u", "u", "q")
    assert code == 0 and "Not undone: Somebody else has changed the same rows since" in said
    assert "There is nothing to undo in this sitting" in said
    assert labels(data) == ["b"]


def test_a_skip_of_a_row_that_somebody_has_labeled_is_told(sit, data):
    def be_quicker():
        with elsewhere(data) as session:
            session.label(session.pending()[0], "b")

    code, said = sit(be_quicker, "s", "a", "q")
    assert code == 0 and "Not taken: Row" in said
    assert labels(data) == ["a", "b"]


# The widget


def panels(tmp_path):
    """Return two panels on two sessions of one file, and the first of the sessions."""
    pytest.importorskip("ipywidgets")
    X = np.random.RandomState(0).randn(12, 3)
    learner = ActiveLearner(random_state=0)
    sessions = [LabelingSession(tmp_path / "a.skal", learner, X) for _ in range(2)]
    return [one.widget(classes=["a", "b"]).panel for one in sessions], sessions


def test_undo_in_the_widget_takes_back_what_was_done_there(tmp_path):
    (mine, other), sessions = panels(tmp_path)
    first = mine.current
    mine.buttons["a"].click()
    other.buttons["b"].click()
    other.buttons["b"].click()
    assert len(sessions[0].verdicts()) == 2  # the first was shown to both
    mine.undo.click()
    assert first not in sessions[0].verdicts() and len(sessions[0].verdicts()) == 1
    mine.undo.click()
    assert "nothing was answered here yet" in mine.message.value
    assert "Traceback" not in mine.message.value and len(sessions[0].verdicts()) == 1
    for session in sessions:
        session.close()


def test_two_widgets_of_one_session_have_an_undo_each(tmp_path):
    pytest.importorskip("ipywidgets")
    X = np.random.RandomState(0).randn(12, 3)
    with LabelingSession(tmp_path / "a.skal", ActiveLearner(random_state=0), X) as session:
        anna, bert = (
            session.widget(classes=["a", "b"], annotator=name).panel for name in ("anna", "bert")
        )
        anna.buttons["a"].click()
        bert.skip.click()
        anna.undo.click()
        assert session.verdicts() == {} and len(session.skipped()) == 1
        bert.undo.click()
        assert session.skipped() == []


def test_a_category_without_a_label_is_one_sentence_in_the_widget(tmp_path):
    pytest.importorskip("ipywidgets")
    frame = pd.DataFrame({"color": ["red", "blue", "red", *["green"] * 9], "x": range(12)})
    encoder = make_column_transformer((OneHotEncoder(), ["color"]), remainder="passthrough")
    learner = ActiveLearner(make_pipeline(encoder, LogisticRegression()))
    path = tmp_path / "a.skal"
    with LabelingSession(path, learner, frame, fit_transformers="labeled") as session:
        session.label([0, 1], ["a", "b"])
        panel = session.widget(classes=["a", "b"]).panel
        message = panel.message.value
        assert "Traceback" not in message and message.count("<pre") == 1
        assert "unknown categories" in message and "handle_unknown" in message
        assert panel.current is None and session.progress()["n_labeled"] == 2
        session.label([3, 4], ["a", "b"])
        panel.retry.click()
        assert panel.current is not None and panel.message.value == ""


# Salvage


@pytest.fixture
def damaged(sit, data):
    """Return the table of a session that was damaged at its last label but one."""
    sit("a", "b", "a", "b", "q")
    path = pathlib.Path(f"{data}.skal")
    content = path.read_bytes()
    # Labels are JSON, one after the other, and the newest stand first in the page.
    place = [i for i in range(len(content)) if content[i : i + 3] in (b'"a"', b'"b"')][1]
    path.write_bytes(content[: place + 1] + b"c" + content[place + 2 :])
    return data


def test_a_damaged_session_is_refused_and_salvaged(run, damaged, tmp_path):
    before = pathlib.Path(f"{damaged}.skal").read_bytes()
    out = tmp_path / "saved.csv"
    for command in (("next", damaged, "-o", out), ("export", damaged, "-o", out)):
        code, said = run(*command)
        assert code == 2 and "is damaged at action" in said and "--salvage" in said
        assert "Traceback" not in said and not out.exists()
    code, said = run("export", damaged, "--salvage", "-o", out)
    assert code == 0, said
    assert "damaged at action" in said and f"labels of 2 of {N_ROWS} rows" in said
    with open(out, newline="", encoding="utf-8-sig") as file:
        kinds = [row["kind"] for row in csv.DictReader(file)]
    assert len(kinds) == N_ROWS and sorted(filter(None, kinds)) == ["a", "b"]
    assert pathlib.Path(f"{damaged}.skal").read_bytes() == before


def test_salvage_of_what_is_whole_is_an_export(run, sit, data, tmp_path):
    sit("a", "b", "q")
    for name, options in (("one.csv", []), ("other.csv", ["--salvage"])):
        code, said = run("export", data, *options, "-o", tmp_path / name)
        assert code == 0, said
    assert "nothing is damaged" in said
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "other.csv").read_bytes()


def test_salvage_needs_the_table_as_it_was(run, damaged, tmp_path):
    rows = pathlib.Path(damaged).read_text().splitlines()
    pathlib.Path(damaged).write_text("\n".join(rows[:2]) + "\n")
    code, said = run("export", damaged, "--salvage", "-o", tmp_path / "saved.csv")
    assert code == 2 and "is not the table of the session" in said
    pathlib.Path(f"{damaged}.skal").unlink()
    code, said = run("export", damaged, "--salvage", "-o", tmp_path / "saved.csv")
    assert code == 2 and "There is no session" in said


# Row numbers


@pytest.mark.parametrize(
    "number", ["1_0", "1,000", "1.000", "１", "1e", "ten", "0x1", "inf", "-1"]
)
def test_numbers_of_rows_are_read_as_they_are_written(run, data, tmp_path, number):
    batch = tmp_path / "batch.csv"
    assert run("next", data, "--label", "kind", "-n", N_ROWS, "-o", batch)[0] == 0
    batch.write_text(f'skal_id,kind\n"{number}",a\n', encoding="utf-8")
    code, said = run("add", data, batch)
    assert code == 2 and "batch.csv, line 2" in said and labels(data) == []


@pytest.mark.parametrize("number", ["10", "10.0", "10,00", "1E+01", " 10 "])
def test_numbers_of_rows_are_read_as_spreadsheets_write_them(run, data, tmp_path, number):
    batch = tmp_path / "batch.csv"
    assert run("next", data, "--label", "kind", "-n", N_ROWS, "-o", batch)[0] == 0
    batch.write_text(f'skal_id,kind\n"{number}",a\n')
    assert run("add", data, batch)[0] == 0
    with elsewhere(data) as session:
        assert session.verdicts() == {10: "a"}


@pytest.mark.parametrize(("name", "first"), [("typi_clust", "TypiClust"), ("entropy", None)])
def test_a_strategy_that_needs_no_model_chooses_the_first_batch(name, first):
    features = np.random.RandomState(0).normal(size=(60, 3))
    learner = make_learner(features, "logistic", name)
    chosen_by = learner.select(np.arange(60).reshape(-1, 1), 5).strategy
    assert type(chosen_by).__name__ == (first or "MaxHerding")
