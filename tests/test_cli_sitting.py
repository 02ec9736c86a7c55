"""A sitting in the terminal: keys, copies, goals, images, and what comes after it."""

import os
import re
import subprocess
import sys

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier
from tables import HEADER, read, write

from skal import ActiveLearner
from skal._cli._color import has_color, painted
from skal._cli._copies import numbers_of_contents
from skal._cli._goals import goals, make_criterion
from skal._cli._images import is_image, shown_image
from skal._cli._messages import CommandError, joined, readable
from skal._cli._settings import session_path
from skal._cli._table import Table
from skal._cli._tell_apart import tell_apart
from skal.session import LabelingSession, read_note

try:
    import pty
except ImportError:  # Windows
    pty = None


def fruit(n=24, n_labeled=0, n_sizes=None):
    """Return rows of color, size and kind; with few sizes, rows have copies."""
    rows = []
    for i in range(n):
        size = 10 * (i % 2) + (i % (n_sizes or n)) / n
        kind = ("plum", "melon")[i % 2] if i < n_labeled else ""
        rows.append([("red", "green")[i % 2], f"{size:.3f}", kind])
    return rows


@pytest.fixture
def data(tmp_path):
    return write(tmp_path / "fruit.csv", fruit())


START = ("--label", "kind", "--classes", "plum,melon")


def elsewhere(data, **options):
    n_rows = len(read(data))
    X = np.arange(n_rows).reshape(-1, 1)
    return LabelingSession(data + ".skal", None, X, ids=range(1, n_rows + 1), **options)


def labels_of(data):
    with elsewhere(data) as session:
        return session.verdicts()


# Keys


def test_a_key_explains_the_keys(answer, data):
    code, said = answer("label", data, *START, answers=["?", "q"])
    assert code == 0 and "Press ? to see what the keys do." in said
    for line in ("1  The class 'plum'.", "s  Put the row aside", "u  Take back", "?  Show this"):
        assert f"\n  {line}" in said
    assert "+  Name a class" not in said  # --classes allows no others
    code, said = answer("label", data, "--label", "kind", answers=["q"])
    assert "There are too few" not in said  # nothing is labeled, and nothing to be said of it


def test_the_key_of_the_help_gives_way_to_a_class(answer, data):
    options = ["--label", "kind", "--classes", "?,!"]
    code, said = answer("label", data, *options, answers=["*", "?", "q"])
    assert "Press * to see what the keys do." in said and "\n  ?  The class '?'." in said
    assert list(labels_of(data).values()) == ["?"]


def test_the_likely_class_is_marked(answer, data):
    code, said = answer("label", data, *START, answers=["1", "2", "q"])
    menus = [line for line in said.splitlines() if line.startswith("[1]")]
    assert menus[:2] == ["[1] plum  [2] melon  [s] skip  [u] undo  [q] quit"] * 2
    predicted = re.search(r"The model: (plum|melon) \(", said)[1]
    assert f"] {predicted}*  " in menus[2] and menus[2].count("*") == 1


def test_a_class_may_be_added_in_the_sitting(answer, data):
    code, said = answer("label", data, "--label", "kind", answers=["a", "+", "fig", "y", "a", "q"])
    assert code == 0, said
    assert sorted(labels_of(data).values()) == ["a", "fig"]
    code, said = answer("label", data, answers=["q"])
    assert "[a] a" in said and "[1] fig" in said


@pytest.mark.parametrize("command", ["label", "next"])
def test_add_class_says_what_it_did(answer, data, tmp_path, command):
    answer("label", data, *START, answers=["1", "2", "q"])
    more = ["-o", tmp_path / "b.csv"] if command == "next" else []
    options = ["--add-class", "fig", "--add-class", "plum", *more]
    code, said = answer(command, data, *options, answers=["3", "q"])
    assert code == 0
    assert "The class 'fig' was added. Classes: plum, melon, fig." in said
    assert "The class 'plum' is there already." in said
    assert read_note(data + ".skal", "command line")["classes"] == ["plum", "melon", "fig"]
    if command == "label":
        assert "fig" in labels_of(data).values()


def start_in_terminal(data, *options, keys, env=None):
    """Label in a real terminal; return what it shows, standard error included."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "skal", "label", data, *START, *options]
    clean = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env={**clean, **(env or {})}
    )
    os.close(theirs)
    said, keys = "", list(keys)
    while True:
        try:
            said += os.read(ours, 4096).decode()
        except OSError:  # the other side is closed
            break
        if keys and re.search(r"> (\x1b\[0m)?$|>\x1b\[0m $", said):
            os.write(ours, keys.pop(0))
            said += " \n"
    os.close(ours)
    assert process.wait(timeout=60) == 0, said
    return said


@pytest.mark.skipif(pty is None, reason="a terminal of Unix")
def test_colors_in_a_real_terminal(data):
    said = start_in_terminal(data, keys=[b"1", b"2", b"?", b"q"], env={"TERM": "xterm"})
    assert "\x1b[1m[1]\x1b[0m plum" in said
    assert re.search(r"\x1b\[1;32m\[\d\] (plum|melon)\*\x1b\[0m", said)
    assert f"Reading {data} ..." in said.splitlines()[0]
    assert "Put the row aside" in said


@pytest.mark.skipif(pty is None, reason="a terminal of Unix")
@pytest.mark.parametrize("env", [{"NO_COLOR": "1", "TERM": "xterm"}, {"TERM": "dumb"}])
def test_terminals_without_colors(data, env):
    said = start_in_terminal(data, keys=[b"1", b"q"], env=env)
    assert "\x1b" not in said and "[1] plum" in said


def test_nothing_is_painted_into_a_pipe(answer, data):
    assert not has_color() and painted("a", "bold") == "a"
    code, said = answer("label", data, *START, answers=["1", "2", "q"])
    assert "\x1b" not in said and "Reading" not in said


def test_paint_stays_and_files_do_not_paint(monkeypatch):
    monkeypatch.setattr("skal._cli._color.has_color", lambda: True)
    text = joined(["\x1b[31mred", painted("a\x1bb", "bold")], " ")
    assert text == "\ufffd[31mred \x1b[1ma\ufffdb\x1b[0m" == readable(text)


# Copies


def test_rows_that_differ_in_no_column_that_counts():
    texts = {"a": ["x", "x ", "y", "x"], "b": list("1121"), "n": list("1234")}
    table = Table("t.csv", texts)
    readings = tell_apart(table, texts)
    assert readings["n"].role == "drop"
    readings["a"].role = readings["b"].role = "category"
    found = numbers_of_contents(table, readings)
    slow = [tuple(texts[name][i].strip() for name in "ab") for i in range(4)]
    for i in range(4):
        for j in range(4):
            assert (found[i] == found[j]) == (slow[i] == slow[j])


@pytest.fixture
def copies(tmp_path):
    """A table whose rows have two copies each, apart from what drops out."""
    return write(tmp_path / "copies.csv", fruit(n=24, n_sizes=8))


def contents(data):
    return [(row["color"], row["size"]) for row in read(data)]


def test_one_answer_for_all_copies(answer, copies):
    code, said = answer("label", copies, *START, "--group-copies", answers=["1", "s", "2", "q"])
    assert code == 0, said
    assert "3 rows with the same content: 'plum'." in said
    assert "3 rows with the same content: skipped." in said
    labels, rows = labels_of(copies), contents(copies)
    assert len(labels) == 6
    for label in ("plum", "melon"):
        alike = [rows[id_ - 1] for id_, one in labels.items() if one == label]
        assert len(alike) == 3 and len(set(alike)) == 1
    with elsewhere(copies) as session:
        assert len(session.skipped()) == 3 and not session.pending()
    # The session remembers it, until it is taken back.
    code, said = answer("label", copies, answers=["1", "q"])
    assert "3 rows with the same content: 'plum'." in said
    code, said = answer("label", copies, "--no-group-copies", answers=["1", "q"])
    assert "rows with the same content" not in said and "10 of 24 rows are labeled" in said


def test_undo_takes_back_all_copies(answer, copies):
    code, said = answer("label", copies, *START, "--group-copies", answers=["1", "u", "q"])
    assert code == 0 and len(re.search("Undone: (.*)\\.", said)[1].split(", ")) == 3
    with elsewhere(copies) as session:
        assert not session.verdicts() and not session.pending()
    first, *_, last = re.findall(r"-- row (\d+) -", said)
    assert first == last


def test_copies_that_others_have_are_left_to_them(answer, copies):
    answer("label", copies, *START, "--group-copies", "--annotator", "ann", answers=["q"])
    rows = contents(copies)
    with elsewhere(copies) as session:
        session.next(24, annotator="bert")
    code, said = answer("label", copies, "--annotator", "ann", answers=["q"])
    with elsewhere(copies) as session:
        (one, *others) = session.pending("bert")
        session.release([one])
    code, said = answer("label", copies, "--annotator", "ann", answers=["1", "q"])
    assert "rows with the same content" not in said
    assert list(labels_of(copies)) == [one] and rows


def test_relabel_changes_all_copies(answer, copies):
    answer("label", copies, *START, "--group-copies", answers=["1", "q"])
    number = next(iter(labels_of(copies)))
    code, said = answer("relabel", copies, "--row", number, "--to", "melon", answers=[])
    assert code == 0 and "(and 2 rows with the same content): 'plum' is 'melon' now." in said
    assert list(labels_of(copies).values()) == ["melon"] * 3


def test_copies_of_audit_rows_do_not_flatter_the_model(tmp_path):
    """Labels are drawn at random, so that a model is right about half of the unlabeled rows."""
    stream = np.random.RandomState(0)
    n_contents, n_copies = 60, 4
    X = np.repeat(stream.normal(size=(n_contents, 30)), n_copies, axis=0)
    y = np.repeat(stream.choice(["a", "b"], n_contents), n_copies)
    groups = np.repeat(np.arange(n_contents), n_copies)
    values, nearest = {}, ActiveLearner(KNeighborsClassifier(1))
    for given in (None, groups):
        path = tmp_path / f"{given is None}.skal"
        with LabelingSession(path, nearest, X, audit=0.9, groups=given) as session:
            for _ in range(40):
                ids = session.next()
                alike = np.flatnonzero(groups == groups[ids[0]])
                session.label(alike, y[alike])
            values[given is None] = session.estimate().value
    assert values[True] == 1  # each model has learned the answer from a copy
    assert values[False] < 0.9


@pytest.mark.parametrize(
    ("groups", "message"),
    [([1, 2], "one value for each of the 3 rows"), ([[], [], []], "can be looked up")],
)
def test_groups_that_are_none_are_refused(tmp_path, groups, message):
    with pytest.raises(ValueError, match=message):
        LabelingSession(tmp_path / "a.skal", None, [[1.0], [2.0], [3.0]], groups=groups)
    assert not (tmp_path / "a.skal").exists()


# Goals, and how good the model is


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("stable", "StabilizingPredictions()"),
        ("budget:500", "LabelBudget(n=500)"),
        ("score:0.9", "TargetScore(threshold=0.9)"),
        ("score:0.9:balanced_accuracy", "scoring='balanced_accuracy'"),
        ("score:0.9:f1:a:b", "positive='a:b'"),
        ("rmse:12.5", "TargetScore(scoring='rmse', threshold=12.5)"),
        ("recall:0.9:spam", "TargetRecall(positive='spam', threshold=0.9)"),
    ],
)
def test_goals(text, shown):
    found = " ".join(repr(make_criterion([text])).split())
    assert shown in found or shown == "TargetRecall(positive='spam', threshold=0.9)"
    assert make_criterion([]) is None and make_criterion(["none"]) is None
    assert "Either" in repr(make_criterion([text, "budget:3"]))


@pytest.mark.parametrize(
    "text",
    ["", "score", "score:", "score:95", "score:1", "score:0.9:f1", "score:0.9:loss", "recall:0.9"]
    + ["rmse", "rmse:0", "rmse:inf", "rmse:-1", "rmse:1:a"]
    + ["budget:0", "budget:x", "stable:1", "recall::spam", "score:0.9:accuracy:spam", "score:nan"],
)
def test_goals_that_are_none_are_refused(text):
    with pytest.raises(CommandError, match="--stop must be one of score:0.95, .* got"):
        goals([text])


def test_labels_of_the_table_reach_a_number_of_labels_at_once(answer, tmp_path):
    path = tmp_path / "labeled.csv"
    rows = [f"{i * i},{'ab'[i % 2] if i < 8 else ''}" for i in range(12)]
    path.write_text("\n".join(["x,kind", *rows]) + "\n")
    options = ["--label", "kind", "--stop", "budget:3"]
    for command in (["label", path, *options], ["label", path]):
        code, said = answer(*command, answers=["q"])
        assert code == 0 and "8 of 12 rows are labeled" in said
        assert "There are enough labels: budget:3 is reached." in said
        assert "not enough labels" not in said
    assert "There are enough labels: budget:3 is reached." in answer("status", path, answers=[])[1]


def test_a_goal_is_reached_once_and_the_person_goes_on(answer, data, tmp_path):
    options = [*START, "--stop", "budget:3", "--stop", "stable"]
    code, said = answer("label", data, *options, answers=["1", "2", "1", "2", "1", "q"])
    assert code == 0
    reached = "There are enough labels: budget:3 or stable is reached."
    assert said.count(f"{reached} Go on as long as you like, or quit.") == 1
    assert "5 of 24 rows are labeled" in said
    code, said = answer("label", data, answers=["1", "q"])  # the session remembers the goal
    assert "Go on as long" not in said and said.count(reached) == 2  # at the begin and at the end
    code, said = answer("next", data, "-n", 1, "-o", tmp_path / "b.csv", answers=[])
    assert reached in said
    code, said = answer("label", data, "--stop", "none", answers=["q"])
    assert "enough labels" not in said


def test_goals_that_do_not_fit_are_refused(answer, data):
    refused = [
        (["--stop", "recall:0.9:spam"], "names the class 'spam', which is not one of the classes"),
        (["--stop", "rmse:12"], "names the score rmse, but rows have one label"),
        (["--stop", "score:0.9", "--audit", "0"], "needs rows that are drawn at random"),
        (["--stop", "high"], "--stop must be one of score:0.95"),
        (["--audit", "1"], "must be a share from 0 to below 1, got '1'"),
        (["--audit", "10%"], "must be a share from 0 to below 1"),
        (["--audit", "nan"], "must be a share from 0 to below 1"),
    ]
    for options, message in refused:
        code, said = answer("label", data, *START, *options, answers=["q"])
        assert code == 2 and message in said, said
    assert not os.path.exists(data + ".skal")
    assert answer("label", data, *START, "--stop", "score:0.9", answers=["1", "q"])[0] == 0
    code, said = answer("label", data, "--audit", "0", answers=["q"])
    assert code == 2 and "--stop none" in said
    assert answer("label", data, "--audit", "0", "--stop", "none", answers=["1", "q"])[0] == 0


def test_the_share_of_the_audit_is_remembered(answer, data):
    def n_audit(*options):
        answer("label", data, *options, answers=["1", "2"] * 4 + ["q"])
        with elsewhere(data) as session:
            return sum(one["audit"] for one in session.records())

    assert n_audit(*START, "--audit", "0.5") == 4
    assert n_audit() == 8
    assert n_audit("--audit", "0") in (8, 9)  # one may have been drawn, and not answered, before


def test_new_sessions_have_an_audit_and_older_ones_have_none(answer, data):
    answer("label", data, *START, answers=["q"])
    kept = read_note(data + ".skal", "command line")
    assert kept["audit"] == 0.1
    from skal.session import write_note

    older = {name: value for name, value in kept.items() if name not in ("audit", "stop")}
    write_note(data + ".skal", "command line", older)
    code, said = answer("label", data, answers=["1", "2", "q"])
    assert "no rows are drawn at random" in said and "--audit 0.1" in said
    assert read_note(data + ".skal", "command line")["audit"] is None


def test_the_estimate_is_shown_at_the_begin_and_every_20_labels(answer, tmp_path):
    data = write(tmp_path / "many.csv", fruit(120))
    answers = [str(1 + i % 2) for i in range(45)]
    code, said = answer("label", data, *START, "--audit", "0.5", answers=[*answers, "q"])
    assert code == 0
    assert said.count("too few audit rows to say the accuracy") == 1  # with 20 labels
    assert said.count("The model is right about") == 2  # with 40 labels, and at the end
    assert said.count("rows are labeled (") == 1  # counts come at the end
    code, said = answer("label", data, answers=["q"])
    assert said.index("The model is right about") < said.index("-- row")


def test_a_key_without_a_meaning_is_said_to_have_none(answer, data):
    code, said = answer("label", data, *START, answers=["1", "5", "2", "q"])
    assert code == 0 and said.count("'5' is no key here") == 1


def test_what_is_pending_for_others_is_named(run, data, tmp_path):
    start = [data, *START, "-n", 3, "-o"]
    assert run("next", *start, tmp_path / "ann.csv", "--annotator", "ann")[0] == 0
    again = ["next", data, "--pending", "-o", tmp_path / "again.csv"]
    code, said = run(*again)
    assert code == 0 and "those of others. To write them: with --annotator ann." in said
    assert run(*again, "--annotator", "ann")[0] == 0
    code, said = run("next", data, "--pending", "-o", tmp_path / "bob.csv", "--annotator", "bob")
    assert "with --annotator ann" in said and not (tmp_path / "bob.csv").exists()


def test_status_names_rows_that_were_appended(answer, run, tmp_path):
    path, rows = tmp_path / "grows.csv", fruit(63)
    path = write(path, rows[:60])
    answer("label", path, *START, "--audit", 0.5, answers=["1", "2", "1", "2", "q"])
    assert "New rows" not in run("status", path)[1]
    write(path, rows)
    code, said = run("status", path)
    assert code == 0 and "not counted here: 3. skal label" in said and "begins anew" in said
    answer("label", path, answers=["q"])
    assert "New rows" not in run("status", path)[1]


def test_a_salvage_predicts_nothing(answer, run, data, tmp_path):
    answer("label", data, *START, answers=["1", "q"])
    for more in (["--predict"], ["--model-out", tmp_path / "m.joblib"]):
        code, said = run("export", data, "--salvage", "-o", tmp_path / "out.csv", *more)
        assert code == 2 and "--salvage reads labels alone" in said
    assert not (tmp_path / "out.csv").exists()


# After the sitting


def test_status_tells_how_far_it_is_and_changes_nothing(answer, run, tmp_path):
    data = write(tmp_path / "many.csv", fruit(60))
    code, said = run("status", data)
    assert code == 2 and "There is no session" in said and "skal label" in said
    code, said = run("status", tmp_path / "mnay.csv")
    assert code == 2 and "There is no file" in said and "session" not in said
    options = [*START, "--add-class", "fig", "--annotator", "ann", "--stop", "budget:50"]
    answer("label", data, *options, answers=["1", "2", "s", "1", "2", "1", "q"])
    run("next", data, "-n", 3, "-o", tmp_path / "b.csv")
    with elsewhere(data) as session:
        (again,) = session.next(annotator="bert", again=True)
        label = session.verdicts()[again]
        session.label(again, {"plum": "melon", "melon": "plum"}[label], annotator="bert")
    before = session_path(data).read_bytes()
    with elsewhere(data):  # another process may have it open
        code, said = run("status", data)
    assert code == 0
    assert "5 of 60 rows are labeled" in said and "3 pending, 1 skipped" in said
    assert "Classes without a label: fig." in said and "Labels by ann: 5, bert: 1." in said
    assert "Rows on which people disagree: 1." in said
    assert "too few audit rows" in said
    assert "There are not enough labels yet: budget:50 is not reached." in said
    assert said.endswith(f"Next: skal label {data}\n")
    assert session_path(data).read_bytes() == before


def test_status_says_what_to_type_next(answer, run, tmp_path):
    data = write(tmp_path / "few.csv", fruit(4))
    answer("label", data, *START, answers=["1", "2", "q"])
    run("next", data, "-o", tmp_path / "b.csv")
    assert run("status", data)[1].endswith(f"Next: skal add {data} BATCH\n")
    with elsewhere(data) as session:
        session.skip(session.pending())
    assert run("status", data)[1].endswith(f"Next: skal export {data} -o labeled.csv --predict\n")


def test_status_of_new_rows_leaves_the_session_as_it_is(answer, run, tmp_path, data):
    answer("label", data, *START, answers=["1", "2", "q"])
    before = session_path(data).read_bytes()
    write(data, [*fruit(), ["red", "1.5", ""]])
    code, said = run("status", data)
    assert code == 0 and "2 of 24 rows are labeled" in said
    assert session_path(data).read_bytes() == before
    write(data, fruit())  # and so the row may be taken out again
    assert run("status", data)[0] == 0


def test_status_of_a_model_that_is_not_built_in(answer, run, data):
    model = "sklearn.linear_model:RidgeClassifier"
    answer("label", data, *START, "--model", model, answers=["1", "2", "q"])
    code, said = run("status", data)
    assert (
        code == 0 and f"To see how good the model is: skal status {data} --model {model}" in said
    )
    code, said = run("status", data, "--model", model)
    assert code == 0 and "too few audit rows" in said


def test_relabel_by_the_number_of_a_row(answer, data):
    answer("label", data, *START, answers=["1", "2", "q"])
    numbers = list(labels_of(data))
    code, said = answer("relabel", data, "--row", numbers[0], "--to", "Melon", answers=[])
    assert code == 0 and f"Row {numbers[0]}: 'plum' is 'melon' now." in said
    code, said = answer("relabel", data, "--row", numbers[0], "--to", "melon", answers=[])
    assert code == 0 and f"Row {numbers[0]}: stays 'melon'." in said
    assert labels_of(data)[numbers[0]] == "melon"
    other = next(one for one in range(1, 25) if one not in numbers)
    for options, message in [
        (["--row", other, "--to", "plum"], f"Row {other} has no label yet"),
        (["--row", 99, "--to", "plum"], "has no row '99'. Give a number from 1 to 24."),
        (["--row", "x"], "has no row 'x'"),
        (["--row", numbers[0], "--to", "plumb"], "Is 'plum' meant?"),
        (["--to", "plum"], "--to needs --row"),
    ]:
        code, said = answer("relabel", data, *options, answers=[])
        assert code == 2 and message in said, said
    options = ["--row", numbers[0], "--to", "fig", "--add-class", "fig"]
    assert answer("relabel", data, *options, answers=[])[0] == 0
    assert labels_of(data)[numbers[0]] == "fig"


def test_relabel_asks_for_rows(answer, data):
    answer("label", data, *START, answers=["1", "2", "q"])
    first, second = labels_of(data)
    answers = [first, "?", "2", 99, second, "q", second, "plum", ""]
    code, said = answer("relabel", data, answers=answers)
    assert code == 0, said
    assert "The label: plum" in said and "has no row '99'" in said and "Not changed." in said
    assert "q  Leave the label as it is." in said
    assert labels_of(data) == {first: "melon", second: "plum"}
    code, said = answer("relabel", data, "--row", first, answers=["1"])
    assert labels_of(data)[first] == "plum"


def test_relabel_by_an_id(answer, run, tmp_path):
    rows = [[f"r{i}" if i != 3 else "7", *row] for i, row in enumerate(fruit(), 1)]
    data = write(tmp_path / "ids.csv", rows, ["name", *HEADER])
    write(tmp_path / "b.csv", [["r5", "plum"], ["7", "plum"], ["r7", "melon"]], ["name", "kind"])
    run("next", data, *START, "--id", "name", "-n", 1, "-o", tmp_path / "c.csv")
    assert run("add", data, tmp_path / "b.csv", "--unasked")[0] == 0
    for key, name in [("r5", "r5 (row 5)"), ("7", "7 (row 3)"), ("5", "r5 (row 5)")]:
        code, said = run("relabel", data, "--row", key, "--to", "melon")
        assert code == 0 and f"Row {name}: " in said


def test_relabel_settles_what_people_disagree_on(answer, data):
    answer("label", data, *START, "--annotator", "ann", answers=["1", "q"])
    with elsewhere(data) as session:
        (row,) = session.next(annotator="bert", again=True)
        session.label(row, "melon", annotator="bert")
    code, said = answer("relabel", data, "--row", row, answers=["2"])
    assert "The label: plum (ann: plum, bert: melon)" in said
    with elsewhere(data) as session:
        assert not session.disagreements() and session.verdicts() == {row: "melon"}


# Review


@pytest.fixture
def doubtful(answer, tmp_path):
    """A table of 40 labeled rows, of which rows 1 and 2 have wrong labels."""
    rows = fruit(60, n_labeled=40)
    rows[0][2], rows[1][2] = "melon", "plum"
    data = write(tmp_path / "doubtful.csv", rows)
    assert answer("label", data, "--label", "kind", answers=["q"])[0] == 0
    return data


def test_review_keeps_changes_and_skips(answer, doubtful):
    before = labels_of(doubtful)
    code, said = answer("review", doubtful, answers=["s", "?", "k", "q"])
    assert code == 0, said
    assert "Labels that look wrong: 2." in said and "The model, without this label: " in said
    assert "k  The label is right. The row is not shown again" in said
    assert "Labels kept: 1, changed: 0, not decided: 1." in said
    assert labels_of(doubtful) == before
    first, second = re.findall(r"-- row (\d+) -", said)
    # What was kept is not asked for again.
    code, said = answer("review", doubtful, answers=["2" if first == "2" else "1"])
    assert re.findall(r"-- row (\d+) -", said) == [first]
    code, said = answer("review", doubtful, answers=[])
    assert code == 0


def test_review_changes_to_the_likely_class_and_undoes(answer, doubtful):
    code, said = answer("review", doubtful, "-n", "1", answers=["u", "q"])
    assert "nothing to undo" in said and "Labels that look wrong: 1." in said
    row = int(re.search(r"-- row (\d+) -", said)[1])
    likely = re.search(r"\[(\d)\] (\w+)\*", said)
    assert likely[2] != labels_of(doubtful)[row]
    code, said = answer("review", doubtful, answers=[likely[1], "u", "k", "u", likely[1], "q"])
    assert code == 0 and said.count(f"Undone: row {row}.") == 2
    assert "Labels kept: 0, changed: 1, not decided: 1." in said
    assert labels_of(doubtful)[row] == likely[2]


def test_review_of_copies(answer, tmp_path):
    rows = fruit(60, n_labeled=60, n_sizes=20)
    for i in (0, 20, 40):
        rows[i][2] = "melon"
    data = write(tmp_path / "copies.csv", rows)
    answer("label", data, "--label", "kind", answers=["q"])
    # Each model has seen the copies, with the same wrong label.
    code, said = answer("label", data, "--group-copies", answers=["q"])
    code, said = answer("review", data, answers=["2", "q"])
    assert code == 0 and "Labels that look wrong: 3." in said
    assert len(set(re.findall(r"-- row (\d+) -", said))) == 1
    assert [labels_of(data)[row] for row in (1, 21, 41)] == ["plum"] * 3


def test_review_needs_labels_and_probabilities(answer, run, data, doubtful):
    answer("label", data, *START, answers=["1", "2", "q"])
    code, said = run("review", data)
    assert code == 2 and "too few labels to say which of them look wrong" in said
    assert "melon 1, plum 1" in said
    code, said = run("review", doubtful, "--model", "svc")
    assert code == 2 and f"skal review {doubtful} --model logistic" in said


def test_nothing_looks_wrong(answer, run, tmp_path):
    data = write(tmp_path / "right.csv", fruit(40, n_labeled=40))
    answer("label", data, "--label", "kind", answers=["q"])
    assert run("review", data) == (0, "No label looks wrong.\n")


# Images


def test_names_of_images():
    images = [
        "a.png",
        "b/c d.JPG",
        "https://x.org/a.webp?w=1",
        "C:\\a.bmp",
        "\u00e9.jpeg",
        " a.gif ",
    ]
    others = ["png", ".png"[1:], "a.txt", "a.png\nb.txt", "what is a.png?", "a.svg", "", "a.pngx"]
    assert all(map(is_image, images)) and not any(map(is_image, others))


def test_images_are_named_and_not_learned_from(answer, run, tmp_path):
    (tmp_path / "photos").mkdir()
    rows = []
    for i, row in enumerate(fruit()):
        name = f"photos/{i}.png"
        (tmp_path / name).write_bytes(b"")
        rows.append([name, *row])
    os.remove(tmp_path / "photos" / "5.png")
    data = write(tmp_path / "fruit.csv", rows, ["photo", *HEADER])
    code, said = answer("label", data, *START, answers=["1", "2", *"12" * 11])
    assert code == 0, said
    assert "numbers: size; categories: color; images (shown, not learned from): photo." in said
    assert len(re.findall(r"  photo  image: photos/\d+\.png\n", said)) == 23
    assert "image: photos/5.png (there is no such file)" in said
    again = str(tmp_path / "text.csv")
    write(again, rows, ["photo", *HEADER])
    options = [*START, "--columns", "text:photo"]
    assert "text: photo" in answer("label", again, *options, answers=["q"])[1]
    only = write(tmp_path / "only.csv", [[row[0], ""] for row in rows], ["photo", "kind"])
    code, said = answer("label", only, *START, answers=["q"])
    assert code == 2 and "has no column to learn from" in said and "images" in said


def test_what_is_said_of_an_image(tmp_path):
    (tmp_path / "a.png").write_bytes(b"")
    assert shown_image(" a.png ", tmp_path) == "image: a.png"
    assert shown_image(str(tmp_path / "a.png"), "elsewhere").endswith("a.png")
    assert shown_image("https://x.org/a.png", tmp_path) == "image: https://x.org/a.png"
    assert shown_image("b.png", tmp_path) == "image: b.png (there is no such file)"
    assert shown_image("a" * 5000 + ".png", tmp_path).endswith("(there is no such file)")
    assert shown_image("", tmp_path) == "(empty)"


# No Python in what is said


def test_a_strategy_may_look_for_a_class(answer, data):
    options = [*START, "--strategy", "relevance:melon"]
    code, said = answer("label", data, *options, answers=["1", "s", "s", "q"])
    assert code == 0, said
    assert read_note(data + ".skal", "command line")["strategy"] == "relevance:melon"
    code, said = answer("label", data, answers=["s", "s", "q"])
    assert code == 0 and "positive=" not in said
    code, said = answer("label", data, "--strategy", "relevance:fig", answers=["q"])
    assert code == 2 and "'fig', which is not one of the classes 'melon', 'plum'" in said


def test_the_class_that_is_looked_for_is_told_where_none_is_named(answer, data):
    _, said = answer("label", data, *START, "--strategy", "relevance", answers=["1", "s", "q"])
    note = "Note: --strategy relevance looks for the second class, 'plum'; relevance:melon looks"
    assert said.count(note) == 1
    assert "relevance" not in answer("label", data, answers=["s", "q"])[1]
    options = ["--strategy", "relevance", "--add-class", "quince"]
    assert "the class with the fewest labels" in answer("label", data, *options, answers=["q"])[1]


def test_a_class_that_nobody_has_found_yet_is_told_once(answer, data):
    options = ["--label", "kind", "--classes", "a,b,c", "--strategy", "relevance:c"]
    code, said = answer("label", data, *options, answers=["a", "b", "a", "b", "a", "q"])
    assert code == 0
    assert said.count("Note: No row of the class 'c' is labeled yet.") == 1
    assert "Relevance" not in said and "positive" not in said


PYTHON = r"Traceback|\w+\(.*=|\bself\b|Error\b|sklearn\.|skal\.session|pool\.\w|\bX\b|=='|\w='"


def test_messages_are_about_the_command_line(answer, run, data, tmp_path):
    svc = ["--model", "svc"]
    answer("label", data, *START, answers=["1", "2", "q"])
    run("next", data, "-n", 2, "-o", tmp_path / "b.csv", "--annotator", "ann")
    rows = read(tmp_path / "b.csv")
    for row in rows:
        row["kind"] = "plum"
    write(tmp_path / "b.csv", [list(row.values()) for row in rows], list(rows[0]))
    full = write(tmp_path / "full.csv", fruit(24, 24))
    compare = ["compare", full, "--label", "kind", "-o", tmp_path / "r", "--budget", "15"]
    for command in [
        ["label", data, *svc, "--strategy", "badge"],
        ["label", data, "--strategy", "MarginSampling"],
        ["label", data, "--strategy", "EntropySampling2"],
        ["label", data, "--strategy", "simple_margin", "--model", "forest"],
        ["add", data, tmp_path / "b.csv", "--annotator", "bert"],
        ["status", tmp_path / "none.csv"],
        ["review", data],
        ["relabel", data, "--row", "0"],
        ["export", data],
        ["export", data, "-o", tmp_path / "x.joblib"],
        [*compare, "--scoring", "f1"],
        [*compare, "--scoring", "nothing"],
        [*compare, "--strategies", "badge", *svc],
    ]:
        code, said = answer(*command, answers=[])
        assert code == 2, said
        message = said[said.index("skal: ") :].replace("pos_label=1", "")
        assert not re.search(PYTHON, message), message


def test_hints_name_strategies_as_they_are_typed(run, data):
    code, said = run("label", data, *START, "--strategy", "MarginSampling")
    assert code == 2 and "Did you mean 'margin'?" in said


def test_labels_for_rows_of_somebody_else_are_refused_as_a_whole(answer, run, data, tmp_path):
    answer("label", data, *START, answers=["1", "2", "q"])
    run("next", data, "-n", 2, "-o", tmp_path / "b.csv", "--annotator", "ann")
    rows = read(tmp_path / "b.csv")
    filled = [[row["skal_id"], "plum"] for row in rows]
    write(tmp_path / "c.csv", filled, ["skal_id", "kind"])
    code, said = run("add", data, tmp_path / "c.csv", "--annotator", "bert")
    assert code == 2
    assert f"Row {filled[0][0]} was given to 'ann', and not to 'bert'. No label was taken." in said
    assert len(labels_of(data)) == 2
