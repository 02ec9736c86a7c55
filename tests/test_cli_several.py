"""The command line where rows have several labels."""

import json
import os
import re
import subprocess
import sys

import joblib
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import read, write

from skal._cli._names import MODELS
from skal._cli._several_column import names_in, sign_of_column, written
from skal._cli._table import Table
from skal.session import LabelingSession, read_note

try:
    import pty
except ImportError:  # Windows
    pty = None

N = 48
TAGS = ("central", "cheap", "quiet")
HEADER = ["rooms", "street", "tags"]
START = ("--label", "tags", "--task", "multilabel", "--classes", "cheap,quiet,central")


def truth(row):
    """Return the tags of a row, counted from 1; row 1 has none of them."""
    return [tag for i, tag in enumerate(TAGS) if (row - 1) >> i & 1]


def flats(n_labeled=0, sign="|"):
    """Return rows whose columns tell their tags."""
    rows = []
    for row in range(1, N + 1):
        has = [tag in truth(row) for tag in TAGS]
        size = f"{10 * has[0] + row / N:.3f}"
        cell = sign.join(truth(row)) or sign
        rows.append([size, f"{'ab'[has[1]]}{'cd'[has[2]]}", cell if row <= n_labeled else ""])
    return rows


@pytest.fixture
def data(tmp_path):
    return write(tmp_path / "flats.csv", flats(), HEADER)


@pytest.fixture
def labeled(tmp_path, run):
    """A table with a session that knows the labels of 24 rows."""
    data = write(tmp_path / "flats.csv", flats(24), HEADER)
    code, said = run("next", data, *START, "-n", 4, "-o", tmp_path / "batch.csv")
    assert code == 0, said
    return data


def elsewhere(data):
    X = np.arange(N).reshape(-1, 1)
    return LabelingSession(data + ".skal", None, X, ids=range(1, N + 1), several_labels=True)


def labels_of(data):
    with elsewhere(data) as session:
        return session.verdicts()


def fill(batch, sign="|", of=truth):
    """Answer the rows of a batch."""
    rows = read(batch)
    for row in rows:
        names = of(int(row["skal_id"]))
        row["tags"] = f" {sign} ".join(names) or sign
    return write(batch, [list(row.values()) for row in rows], list(rows[0]))


# Telling a column of lists from one of classes


@pytest.mark.parametrize(
    ("cells", "sign"),
    [
        (["a|b", "a", "b", "c|a", "c"], "|"),
        (["a;b", "b;c", "a;c"], None),  # as many lists as labels: they may be classes
        (["a;b", "b;c", "a;c", "a;b;c"], ";"),
        (["a, b", "a", "b", "b, a"], None),  # Paris, France
        (["x|y", "a", "b"], None),
        (['["a", "b"]', "[]", '["a"]'], "[]"),
        (["['a', 'b']", "['b']"], "[]"),
        (["['a' 'b']", "['a']"], None),  # of NumPy: Python would read 'ab'
        (["[1, 2]", "[2]"], "[]"),
        (["[a]", "[b]", "[a]"], None),
        (["a", "b", "a"], None),
        ([], None),
    ],
)
def test_a_column_is_told_where_that_is_safe(cells, sign):
    table = Table("t.csv", {"tags": [*cells, ""]})
    assert sign_of_column(table, "tags") == sign


def test_with_all_classes_a_comma_is_safe():
    table = Table("t.csv", {"tags": ["a, b", "a", "b, c"]})
    assert sign_of_column(table, "tags", ["a", "b", "c"], ("|", ",")) == ","
    assert sign_of_column(table, "tags", ["a", "b, c"], ("|", ",")) is None


@given(
    st.lists(st.text("abc' \"[]é", min_size=1).map(str.strip).filter(bool)),
    st.sampled_from("|;,["),
)
@settings(max_examples=200, deadline=None)
def test_what_is_written_is_read_again(names, sign):
    names = [name for name in dict.fromkeys(names) if sign not in name]
    cell = written(names, "[]")
    assert names_in(cell, sign) == names == names_in(json.dumps(names), sign)
    joined = written(names, sign)
    if not joined.startswith("["):
        assert names_in(joined, sign) == names


def test_the_task_is_told_in_one_line_and_remembered(answer, tmp_path):
    data = write(tmp_path / "a.csv", flats(24), HEADER)
    code, said = answer("label", data, "--label", "tags", answers=["q"])
    assert code == 0 and said.count("--task multilabel") == 1
    assert "labels with '|' between them" in said and "begin with --task classes" in said
    assert "24 of 48 rows are labeled (central 12, cheap 12, quiet 12)." in said
    code, said = answer("label", data, answers=["q"])
    assert code == 0 and "--task" not in said
    code, said = answer("label", data, "--task", "classes", answers=["q"])
    assert code == 2 and "--task classes differs from that of the session, multilabel" in said


def test_a_column_stays_one_of_classes_where_it_is_said(answer, tmp_path):
    data = write(tmp_path / "a.csv", flats(24), HEADER)
    options = ["--label", "tags", "--task", "classes", "--missing", "|"]
    code, said = answer("label", data, *options, answers=["q"])
    assert code == 0 and "central|cheap" in said and "multilabel" not in said


@pytest.mark.parametrize("sign", [";", ",", "/"])
def test_the_sign_may_be_another_one(answer, run, tmp_path, sign):
    data = write(tmp_path / "a.csv", flats(24, sign), HEADER)
    more = ["--label-separator", sign] if sign == "/" else []
    code, said = answer(
        "label", data, "--label", "tags", "--task", "multilabel", *more, answers=["1,2", "0", "q"]
    )
    assert code == 0 and "26 of 48 rows are labeled (central 13, cheap 13, quiet 12)" in said
    assert (f"labels with {sign!r} between them" in said) == (sign != "/")
    batch = tmp_path / "b.csv"
    code, said = run("next", data, "-n", 3, "-o", batch)
    assert f"Write {sign!r} between the labels of a row" in said
    assert run("add", data, fill(batch, sign))[0] == 0
    assert run("export", data, "-o", tmp_path / "out.csv")[0] == 0
    cells = [row["tags"] for row in read(tmp_path / "out.csv")]
    assert cells[:24] == [row[2] for row in flats(24, sign)[:24]]
    assert sum(map(bool, cells)) == 29 and f"central{sign}cheap" in cells[24:]


def test_a_sign_between_labels_says_that_there_are_several(answer, run, tmp_path):
    data = write(tmp_path / "a.csv", flats(24, "/"), HEADER)
    code, said = answer("label", data, "--label", "tags", "--label-separator", "/", answers=["q"])
    assert code == 0 and "(central 12, cheap 12, quiet 12)" in said
    other = write(tmp_path / "b.csv", flats(), HEADER)
    for more in (["--task", "classes"], ["--task", "regression"]):
        options = ["--label", "tags", "--label-separator", "/", *more]
        code, said = run("next", other, *options, "-o", tmp_path / "c.csv")
        assert code == 2 and "--label-separator is for rows that have several labels" in said


def test_a_sign_that_cannot_be_one_is_refused(run, data):
    for sign in ("a", "||", " ", '"', ""):
        code, said = run("label", data, *START, "--label-separator", sign)
        assert code == 2 and "--label-separator must be one sign such as | or ;" in said


def test_ids_and_texts_are_refused_with_the_way_out(run, tmp_path):
    rows = [["1", "x", f"name{i}, street{i}"] for i in range(30)]
    data = write(tmp_path / "a.csv", rows, HEADER)
    code, said = run("next", data, "--label", "tags", "-o", tmp_path / "b.csv")
    assert code == 2 and "If a row may have several labels: --task multilabel." in said
    code, said = run(
        "next", data, "--label", "tags", "--task", "multilabel", "-o", tmp_path / "b.csv"
    )
    assert code == 2 and "like ids or texts" in said and "If a row may" not in said


@pytest.mark.parametrize("ending", ["jsonl", "parquet"])
def test_lists_in_files_with_types_are_told(answer, run, tmp_path, ending):
    rows = [
        {"rooms": float(row**2), "tags": truth(row) if row < 20 else None} for row in range(1, 31)
    ]
    data = tmp_path / f"a.{ending}"
    if ending == "parquet":
        pd.DataFrame(rows).to_parquet(data)
    else:
        data.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    code, said = answer("label", str(data), "--label", "tags", answers=["1,2", "0", "q"])
    assert code == 0 and "cells hold lists, and so rows have several labels" in said, said
    assert "21 of 30 rows are labeled" in said
    out = tmp_path / "out.parquet"
    assert run("export", data, "-o", out)[0] == 0
    lists = [None if one is None else list(one) for one in pd.read_parquet(out)["tags"]]
    assert lists[:19] == [row["tags"] for row in rows[:19]]
    assert sorted(one for one in lists[19:] if one is not None) == [[], ["central", "cheap"]]
    assert run("export", data, "-o", tmp_path / "out.csv")[0] == 0
    cells = [row["tags"] for row in read(tmp_path / "out.csv")]
    assert [json.loads(one) for one in cells if one] == [one for one in lists if one is not None]


# Sittings


def test_answers_are_lists_of_labels_and_keys(answer, data):
    typed = ["1", "cheap, 3", "0", "2,Quiet,,2", "", "s", "q"]
    code, said = answer("label", data, *START, answers=typed)
    assert code == 0, said
    assert "Type labels or keys with commas, and then Enter." in said
    assert "[1] cheap  [2] quiet  [3] central  [0] none of them  [s] skip" in said
    assert "'Quiet' counts as 'quiet'" in said
    assert list(labels_of(data).values()) == [["cheap"], ["central", "cheap"], [], ["quiet"]]
    with elsewhere(data) as session:
        assert len(session.skipped()) == 1
    assert "4 of 48 rows are labeled (central 1, cheap 2, quiet 1), 1 skipped." in said


def test_an_answer_is_undone(answer, data):
    code, said = answer("label", data, *START, answers=["1,2", "u", "0", "q"])
    assert code == 0 and "Undone: row" in said
    assert list(labels_of(data).values()) == [[]]


def test_labels_are_added_unless_all_are_named(answer, data):
    start = START[:4]
    typed = ["cheap, quiet", "1, new", "n", "1, new", "y", "a|b", "q"]
    code, said = answer("label", data, *start, answers=typed)
    assert code == 0 and "Which labels are there (a, b, ...)? " in said
    assert said.count("'new' is a new label. Add it (y/n)?") == 2
    assert "'a|b' has '|' in it, which stands between the labels of a row" in said
    assert list(labels_of(data).values()) == [["cheap", "new"]]
    assert read_note(data + ".skal", "command line")["named"] == ["cheap", "quiet"]
    code, said = answer("label", data, "--add-class", "loud", answers=["loud", "q"])
    assert "The class 'loud' was added." in said and ["loud"] in labels_of(data).values()


def test_only_the_labels_that_are_named_are_taken(answer, data):
    code, said = answer("label", data, *START, answers=["1, loud", "q"])
    assert code == 0 and "'loud' is not one of the classes that --classes allows" in said
    assert labels_of(data) == {}


def test_likely_labels_are_marked(answer, labeled):
    code, said = answer("label", labeled, answers=["q"])
    found = re.search(r"The model: (.*)", said)[1]
    menu = next(line for line in said.splitlines() if line.startswith("[1]"))
    if found.startswith("none of them (most probable: "):
        assert "*" not in menu
        return
    assert re.fullmatch(r"(\w+ \(\d+%\)(, )?)+", found)
    for tag in TAGS:
        assert (tag in found) == (f"] {tag}*" in menu)


def test_without_probabilities_only_labels_are_said(answer, labeled):
    code, said = answer("label", labeled, "--model", "svc", answers=["q"])
    assert code == 0 and re.search(r"The model: ([a-z]+, )*[a-z ]+\n", said)


def test_copies_are_labeled_together(answer, tmp_path):
    rows = [["1.0", "ab", ""], ["2.0", "cd", ""], ["1.0", "ab", ""], ["3.0", "ac", ""]]
    data = write(tmp_path / "a.csv", rows * 2, HEADER)
    code, said = answer("label", data, *START, "--group-copies", answers=["1,3", "0", "q"])
    assert code == 0 and "rows with the same content: 'cheap', 'central'." in said
    assert "rows with the same content: none of them." in said


def press(data, *options, keys):
    """Label in a real terminal; return what it shows."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "skal", "label", data, *options]
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env={**os.environ, "NO_COLOR": "1"}
    )
    os.close(theirs)
    said, seen, keys = "", "", list(keys)
    while True:
        try:
            got = os.read(ours, 4096).decode()
        except OSError:  # the other side is closed
            break
        said, seen = said + got, seen + got
        if keys and re.search(r"(> |\? |: )$", seen):
            seen = ""
            os.write(ours, keys.pop(0))
    os.close(ours)
    assert process.wait(timeout=60) == 0, said
    return said.replace("\r\n", "\n")


@pytest.mark.skipif(pty is None, reason="a terminal of Unix")
def test_keys_choose_and_enter_answers(data):
    keys = [b"\n", b"1", b"3", b"1", b"2", b"\r", b"0", b"1", b"1", b"+", b"cheap, quiet\n", b"\n"]
    said = press(data, *START[:4], keys=[b"cheap,quiet,central\n", *keys, b"?", b"q"])
    assert "Choose labels by their keys, and then press Enter. ? shows all keys." in said
    assert "Nothing is chosen. If the row has none of the labels, press 0." in said
    assert "[Enter] give these  [0] none of them  [+] other labels" in said
    chosen = re.findall(r"Chosen: (.*)", said)
    assert chosen[:5] == ["cheap", "cheap, central", "central", "central, quiet", "cheap"]
    assert chosen[5:] == ["nothing.", "cheap, quiet"]
    assert "Enter  Answer by the labels that are chosen." in said
    assert sorted(labels_of(data).values()) == [[], ["central", "quiet"], ["cheap", "quiet"]]


# Batches, corrections and what comes out


def test_a_batch_comes_back(run, data, tmp_path):
    batch = tmp_path / "b.csv"
    code, said = run("next", data, *START, "-n", 12, "-o", batch)
    assert code == 0 and "Write '|' between the labels of a row, and '|' alone for none" in said
    assert run("add", data, fill(batch))[1].startswith(
        "New labels: 12.\n12 of 48 rows are labeled"
    )
    for row, names in labels_of(data).items():
        assert sorted(names) == truth(row)
    code, said = run("add", data, batch)
    assert code == 0 and "New labels: none, known already: 12." in said
    code, said = run("add", data, fill(batch, of=lambda row: ["cheap"]))
    assert code == 2 and re.search("is labeled .* already, and 'cheap' here", said)
    code, said = run("add", data, batch, "--relabel")
    assert code == 0 and "changed: 1" in said
    assert set(map(tuple, labels_of(data).values())) == {("cheap",)}
    code, said = run("add", data, fill(batch, of=lambda row: ["loud"]), "--relabel")
    assert code == 2 and "'loud' is not one of the classes 'cheap', 'quiet', 'central'" in said


def test_new_labels_in_a_batch_are_noted(run, data, tmp_path):
    batch = tmp_path / "b.csv"
    run("next", data, *START[:4], "-n", 4, "-o", batch)
    assert run("add", data, fill(batch))[0] == 0
    (tmp_path / "c.csv").write_text("skal_id,tags\n40,cheap|chaep|Quiet\n")
    code, said = run("add", data, tmp_path / "c.csv", "--unasked")
    assert code == 0 and "'chaep' is a new class (rows: 1). Is 'cheap' meant?" in said


def test_labels_are_changed(answer, labeled):
    code, said = answer("relabel", labeled, "--row", 3, "--to", "cheap, Quiet", answers=[])
    assert code == 0 and "Row 3: changed from 'cheap' to 'cheap', 'quiet'." in said
    code, said = answer("relabel", labeled, "--row", 3, "--to", "|", answers=[])
    assert "Row 3: changed from 'cheap', 'quiet' to none of them." in said
    code, said = answer("relabel", labeled, "--row", 3, "--to", "loud", answers=[])
    assert code == 2 and "'loud' is not one of the classes" in said
    code, said = answer("relabel", labeled, answers=["3", "1,3", "3", "q", "", ""])
    assert "The label: none of them" in said and "Not changed." in said
    assert labels_of(labeled)[3] == ["central", "cheap"]


def test_people_who_disagree_are_shown(answer, labeled):
    with elsewhere(labeled) as session:
        session.import_labels([{"id": 2, "label": ["cheap"], "annotator": "bert"}])
    code, said = answer("relabel", labeled, "--row", 2, answers=["q"])
    assert "(nobody in particular: central; bert: cheap)" in said
    code, said = answer("status", labeled, answers=[])
    assert "Rows on which people disagree: 1." in said


def test_the_model_and_its_predictions(run, labeled, tmp_path):
    out, model_out = tmp_path / "out.csv", tmp_path / "m.joblib"
    code, said = run("export", labeled, "-o", out, "--predict", "--model-out", model_out)
    assert code == 0, said
    assert "in the columns 'predicted', 'probability_cheap', 'probability_quiet' and" in said
    assert "Its answer has a column for each label: cheap, quiet, central." in said
    rows = read(out)
    for number, row in enumerate(rows, 1):
        assert sorted(filter(None, row["tags"].split("|"))) == (
            truth(number) if number < 25 else []
        )
        assert (row["predicted"] == "") == (number < 25)
    model = joblib.load(model_out)
    predicted = model.predict(pd.read_csv(labeled, dtype=str))
    for row, one, number in zip(rows[24:], predicted[24:], range(25, 49), strict=True):
        names = [name for name, is_in in zip(model.label_names_, one, strict=True) if is_in]
        assert row["predicted"] == ("|".join(names) or "|")
        assert sorted(names) == truth(number)
        assert (float(row["probability_cheap"]) > 0.5) == ("cheap" in names)
    assert run("export", labeled, "-o", tmp_path / "out.parquet", "--predict")[0] == 0
    frame = pd.read_parquet(tmp_path / "out.parquet")
    assert list(frame["tags"][6]) == ["cheap", "quiet"] and frame["tags"][40] is None
    assert list(frame["predicted"][24]) == [] and frame["predicted"][0] is None


def test_a_damaged_session_gives_its_lists(run, labeled, tmp_path):
    with elsewhere(labeled) as session:
        session.import_labels([{"id": 2, "label": ["cheap", "central"], "annotator": "bert"}])
    assert run("export", labeled, "--salvage", "-o", tmp_path / "s.csv")[0] == 0
    cells = [row["tags"] for row in read(tmp_path / "s.csv")]
    assert cells[:4] == ["|", "central", "cheap", "cheap|central"] and cells[30] == ""


@pytest.mark.parametrize("labels", [[], ["0"], ["1", "1"]])
def test_a_model_needs_rows_with_different_labels(answer, run, data, tmp_path, labels):
    answer("label", data, *START, answers=[*labels, "q"])
    code, said = run("export", data, "-o", tmp_path / "o.csv", "--predict")
    assert code == 2 and "A model needs two labels, and rows with different ones" in said


@pytest.mark.parametrize("model", [*MODELS, "sklearn.tree:DecisionTreeClassifier"])
def test_models_choose_rows(run, labeled, tmp_path, model):
    batch = tmp_path / "b.csv"
    code, said = run("next", labeled, "--model", model, "-n", 3, "-o", batch)
    assert code == 0 and len(read(batch)) == 3, said


@pytest.mark.parametrize("strategy", ["multilabel", "committee", "max_herding", "lcmd", "random"])
def test_strategies_choose_rows(run, labeled, tmp_path, strategy):
    batch = tmp_path / "b.csv"
    code, said = run("next", labeled, "--strategy", strategy, "-n", 3, "-o", batch)
    assert code == 0 and len(read(batch)) == 3, said


def test_what_is_about_one_class_is_refused(run, data, tmp_path):
    wrong = {
        ("--strategy", "margin"): "margin does not work with --task multilabel.*multilabel, max_h",
        ("--strategy", "bald"): "bald does not work with --task multilabel",
        ("--strategy", "improved_greedy"): "does not work with --task multilabel",
        ("--model", "ridge"): "'ridge' is for --task regression",
        ("--model", "sklearn.linear_model:Ridge"): "must be a classifier",
        ("--stop", "score:0.9:balanced_accuracy"): "rows have several labels.*accuracy, f1_micro",
        ("--stop", "recall:0.9:loud"): "names the class 'loud', which is not one of the classes",
        ("--stop", "score:0.9", "--audit", "0"): "needs rows that are drawn at random",
        ("--add-class", "x|y"): r"must not name classes with '\|' in them.*'x\|y'",
        ("--label-separator", ";", "--add-class", "x;y"): "must not name classes with ';' in them",
    }
    for options, message in wrong.items():
        code, said = run("next", data, *START, *options, "-o", tmp_path / "b.csv")
        assert code == 2 and re.search(message, said), said
        assert "Traceback" not in said
    assert not os.path.exists(data + ".skal")


def test_scores_of_several_labels_are_refused_for_one(run, tmp_path):
    data = write(tmp_path / "a.csv", flats(), HEADER)
    start = ["--label", "kind", "--classes", "a,b", "--stop", "score:0.9:f1_micro"]
    code, said = run("next", data, *start, "-o", tmp_path / "b.csv")
    assert code == 2 and "rows have one label here" in said


def test_audit_rows_tell_how_good_the_model_is(run, data, tmp_path):
    batch = tmp_path / "b.csv"
    goals = ("--stop", "score:0.999:f1_macro", "--stop", "recall:0.9:cheap")
    run("next", data, *START, "--audit", "0.8", *goals, "-n", 40, "-o", batch)
    assert run("add", data, fill(batch))[0] == 0
    code, said = run("status", data)
    assert code == 0, said
    assert "The model is right about all labels of " in said and "by 32 audit rows" in said
    assert "The F1 score of all labels is " in said and "The mean F1 score of the labels" in said
    assert "of all rows of 'cheap' are labeled already" in said
    assert "score:0.999:f1_macro or recall:0.9:cheap is not reached" in said


def test_labels_that_look_wrong_are_reviewed(answer, data, tmp_path):
    rows = flats(N)
    rows[7][2] = "|"
    data = write(tmp_path / "a.csv", rows, HEADER)
    answer("label", data, "--label", "tags", answers=[])
    code, said = answer("review", data, answers=["k"])
    assert code == 0 and "Labels that look wrong: 1." in said and "-- row 8 -" in said, said
    assert "The label: none of them" in said
    assert re.search(r"The model, without this label: .* \(in doubt: .*\d%\)", said)
    assert "Labels kept: 1, changed: 0, not decided: 0." in said
    code, said = answer("review", data, answers=[])
    assert code == 0 and "No label looks wrong." in said


def test_a_review_needs_labels(answer, data):
    answer("label", data, *START, answers=["1", "2", "q"])
    code, said = answer("review", data, answers=[])
    assert code == 2 and "There are too few labels" in said and "Label more rows first" in said
    assert "next()" not in said


@pytest.mark.parametrize("goal", ["stable", "budget:5"])
def test_goals_that_need_no_estimate(answer, data, goal):
    options = (*START, "--stop", goal)
    code, said = answer("label", data, *options, answers=[*["1", "0"] * 3, "q"])
    assert code == 0 and (goal == "stable" or "There are enough labels: budget:5" in said), said


def test_strategies_are_compared_by_f1(run, tmp_path):
    data = write(tmp_path / "a.csv", flats(N), HEADER)
    quick = ("--budget", 12, "--initial", 4, "--batch-size", 4, "--folds", 2, "--repeats", 1)
    code, said = run("compare", data, "--label", "tags", *quick, "-o", tmp_path / "report")
    assert code == 0, said
    assert "48 labeled rows, 3 labels; 2 folds x 1." in said
    summary = (tmp_path / "report" / "summary.txt").read_text()
    assert "f1" in summary and "multilabel" in summary and "max_herding" in summary
    assert not (tmp_path / "report" / "class_balance.png").exists()


def test_a_session_is_compared(run, labeled, tmp_path):
    quick = ("--budget", 8, "--initial", 4, "--folds", 2, "--repeats", 1)
    code, said = run(
        "compare", labeled, "--strategies", "multilabel", *quick, "-o", tmp_path / "r"
    )
    assert code == 0 and "24 labeled rows, 3 labels" in said, said
    code, said = run("compare", labeled, "--folds", 30, "-o", tmp_path / "r2")
    assert code == 2 and "at least two labels and 30 labeled rows" in said


def test_a_session_of_classes_stays_one(answer, tmp_path):
    data = write(tmp_path / "a.csv", flats(), HEADER)
    answer("label", data, "--label", "tags", "--classes", "a,b", answers=["1", "q"])
    code, said = answer("label", data, "--task", "multilabel", answers=["q"])
    assert code == 2 and "--task multilabel differs from that of the session, classes" in said


def test_labels_that_are_left_out_are_named(answer, data):
    answer("label", data, *START, answers=["1,3", "3", "q"])
    code, said = answer("label", data, "--classes", "cheap,quiet", answers=["q"])
    assert code == 2 and "leaves out labels in use: 'central' (2 rows)" in said
    code, said = answer("label", data, "--classes", "cheap,quiet,central,new", answers=["q"])
    assert code == 0 and "[4] new" in said


def test_labels_in_the_table_that_differ_are_noted(run, labeled):
    rows = flats(24)
    rows[3][2] = "quiet"
    write(labeled, rows, HEADER)
    code, said = run("next", labeled, "-n", 1, "-o", labeled + ".b.csv")
    assert code == 0 and "the file says 'quiet', the session 'cheap', 'central'" in said
