"""The command line as a person meets it: files, exit codes and what is printed."""

import csv
import os
import re
import subprocess
import sys
from functools import partial
from importlib.util import find_spec

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import HEADER, read, write

import skal
from skal import ActiveLearner
from skal.__main__ import main
from skal._cli import _models as models
from skal._cli import _terminal as terminal
from skal._cli._columns import described, given_readings
from skal._cli._features import make_features
from skal._cli._files import read_table, write_table
from skal._cli._messages import CommandError
from skal._cli._names import DENSE, MODELS, STRATEGIES
from skal._cli._summary import summary
from skal._cli._table import Table
from skal._cli._tell_apart import tell_apart
from skal.session import LabelingSession, read_note, write_note
from skal.simulation import LabelCurves
from skal.strategies import NOT_FOR_CLASSES

try:
    import pty
except ImportError:  # Windows
    pty = None


def fruit(n=24, n_labeled=0):
    """Return rows of color, size and kind: large ones are melons."""
    rows = []
    for i in range(n):
        size = 10 * (i % 2) + i / n
        kind = ("plum", "melon")[i % 2] if i < n_labeled else ""
        rows.append([("red", "green", "blue")[i % 3], f"{size:.3f}", kind])
    return rows


def truth(row_number):
    return ("plum", "melon")[(int(row_number) - 1) % 2]


@pytest.fixture
def data(tmp_path):
    return write(tmp_path / "fruit.csv", fruit())


@pytest.fixture
def batch(tmp_path):
    return str(tmp_path / "batch.csv")


@pytest.fixture
def label(answer):
    """Return a function that labels with the answers given as lines."""
    return partial(answer, "label")


def next_batch(run, data, batch, *options, n=4):
    code, said = run("next", data, "--label", "kind", "-n", n, "-o", batch, *options)
    assert code == 0, said
    return read(batch)


def fill(rows, batch, label="kind", **options):
    """Answer the rows of a batch as the truth is."""
    rows = [{**row, label: truth(row["skal_id"])} for row in rows]
    write(batch, [list(row.values()) for row in rows], header=list(rows[0]), **options)
    return rows


def labels_of(data):
    """Return the labels by row number, as they are exported."""
    assert main(["export", data, "-o", data + ".labels.csv"]) == 0
    rows = read(data + ".labels.csv")
    return {number: row["kind"] for number, row in enumerate(rows, 1) if row["kind"]}


def session_of(data):
    """Open the session beside a table, as another process would."""
    n_rows = len(read(data))
    return LabelingSession(
        data + ".skal", None, np.arange(n_rows).reshape(-1, 1), ids=range(1, n_rows + 1)
    )


def settings_of(data):
    return read_note(data + ".skal", "command line")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_separators_and_marks_are_recognized(tmp_path, separator, encoding):
    rows = [["Äpfel; rot, süß", "1", "a"], ['say "no"\nor\tyes', "2", ""]]
    path = write(tmp_path / "t.csv", rows, HEADER, separator, encoding)
    table = read_table(path)
    assert list(table.columns) == HEADER
    assert list(map(list, zip(*table.columns.values(), strict=True))) == rows
    assert table.where(1, "size") == f"{path}, line 3, column 'size'"


def test_lines_are_those_where_rows_begin(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text('sep=;\na;b\n"1\n2\n3";4\n\n;\n5;6;;\n')
    table = read_table(path)
    assert table.columns == {"a": ["1\n2\n3", "5"], "b": ["4", "6"]}
    assert table.lines == [3, 8]


def test_the_encoding_of_windows_is_read_with_a_note(tmp_path, capsys):
    path = tmp_path / "t.csv"
    path.write_bytes("a,b\n1,2\nsüß,3\n".encode("cp1252"))
    assert read_table(path).columns["a"] == ["1", "süß"]
    assert f"{path}, line 3 is not UTF-8" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.csv", b"", "is empty"),
        ("t.csv", b"\n \n", "is empty"),
        ("t.csv", b"a,b\n", "columns but no rows"),
        ("t.csv", b"a,b\n1,2\n3\n", "line 3: there are 1 fields, but 2 columns"),
        ("t.csv", b"a,b\n1,2\n3,4,5\n", "line 3: there are 3 fields, but 2 columns"),
        ("t.csv", b'a,b\n1,2\n"3,4\n5,6\n', "line 3: unexpected end of data"),
        ("t.csv", b"a,b,a\n1,2,3\n", "several columns of the name 'a'"),
        ("t.csv", b"a,b\n1,\x81\n", "line 2: the file is not text"),
        ("t.xlsx", b"PK", "is a spreadsheet"),
        ("t.parquet", b"no parquet", "Parquet"),
    ],
)
def test_what_is_no_table_is_refused_by_name(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(CommandError, match=message) as refused:
        read_table(path)
    assert str(path) in str(refused.value) or "pyarrow" in str(refused.value)


words = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(words, words), min_size=1, max_size=8), st.sampled_from(",;\t"), st.data()
)
def test_what_is_written_is_read_again(tmp_path_factory, rows, separator, data):
    path = tmp_path_factory.mktemp("written") / "t.csv"
    columns = {"n": [f"x{i}" for i in range(len(rows))]}
    columns |= {"a": [a for a, _ in rows], "b": [b for _, b in rows]}
    write_table(path, columns, separator=separator)
    table = read_table(path)
    assert table.columns == columns
    assert table.separator == separator


def test_parquet_keeps_types_and_labels_as_written(tmp_path, run, batch):
    data = str(tmp_path / "fruit.parquet")
    if find_spec("pyarrow") is None:
        (tmp_path / "fruit.parquet").write_bytes(b"")
        assert run("next", data, "--label", "kind", "-o", batch) == (
            2,
            'skal: Parquet needs pyarrow: pip install "scikit-skal[cli]".\n',
        )
        return
    kinds = [1 if i % 2 else 2 for i in range(4)] + [None] * 20
    size = [float(row[1]) for row in fruit()]
    pd.DataFrame({"size": size, "kind": kinds}).to_parquet(data)
    rows = next_batch(run, data, batch, n=2)
    write(batch, [[row["skal_id"], "3"] for row in rows], ["skal_id", "kind"])
    assert run("add", data, batch)[0] == 0
    assert run("export", data, "-o", tmp_path / "out.parquet")[0] == 0
    out = pd.read_parquet(tmp_path / "out.parquet")
    assert out["kind"][:4].tolist() == ["2", "1", "2", "1"]
    assert sorted(out["kind"].dropna()) == ["1", "1", "2", "2", "3", "3"]
    assert out["size"].tolist() == size


def columns(**values):
    return Table("t.csv", {name: list(map(str, some)) for name, some in values.items()})


@pytest.mark.parametrize(
    ("values", "role"),
    [
        ([1, 2.5, "1e3", "", "n/a"], "number"),
        ([*range(0, 40, 2), "unknown"], "number"),
        (["2024-01-05", "2024-02-06 10:30", ""], "date"),
        (["31.12.2024", "01.02.2025", "03.04.2025"], "date"),
        (["12/31/2024", "01/02/2025", "n/a"], "date"),
        (["red", "green", "red", "red"], "category"),
        (["left ventricular hypertrophy", "normal"] * 3, "category"),
        ([1, "x", 2, "y"] * 3, "category"),
        (["a b", "c d e", "f g", "h"], "text"),
        ([f"the {i} words of a person, which go on" for i in range(30)] * 2, "text"),
        (["", "", ""], "drop"),
        (["same", "same", "same"], "drop"),
        ([7, 8, 9, 10], "drop"),
        (["k1x", "q7z", "p3f"], "drop"),
    ],
)
def test_columns_are_told_apart(values, role):
    assert tell_apart(columns(x=values), ["x"])["x"].role == role


def test_an_id_is_told_by_its_name_and_commas_by_the_separator():
    values = [511, 17, 93, 245]
    readings = tell_apart(columns(customer_id=values, userId=values, paid=values), ["paid"])
    assert described(readings) == "numbers: paid"
    table = columns(customer_id=values, userId=values)
    assert {one.why for one in tell_apart(table, table.columns).values()} == {"an id"}
    table = columns(x=["1,5", "2,5", "1,7", "3,9"])
    assert tell_apart(table, ["x"])["x"].role == "drop"
    table.separator = ";"
    assert tell_apart(table, ["x"])["x"].role == "number"
    assert np.ptp(make_features(table, tell_apart(table, ["x"]))) > 1


def test_columns_can_be_given():
    readings = given_readings(["text:a, drop:b", "number:c:d"], ["a", "b", "c:d"])
    assert {name: one.role for name, one in readings.items()} == {
        "a": "text",
        "b": "drop",
        "c:d": "number",
    }
    for wrong, message in [
        ("a", "must look like"),
        ("word:a", "must look like"),
        ("text:z", "'z'"),
    ]:
        with pytest.raises(CommandError, match=message):
            given_readings([wrong], ["a"])


def test_all_kinds_of_columns_become_features():
    table = columns(
        number=[1, 2, "", 4],
        category=["a", "b", "a", ""],
        date=["2024-01-01", "2024-01-02", "", "2024-03-01 12:00"],
        text=["one two", "two three", "", "..."],
        chinese=["猫坐在垫子上面了", "狗在花园里面跑来", "鸟在天空中飞翔着", "猫"],
    )
    readings = given_readings(
        [f"{name}:{name}" for name in list(table.columns)[:4]], table.columns
    )
    readings |= given_readings(["text:chinese"], table.columns)
    sparse, dense = (make_features(table, readings, dense=dense) for dense in (False, True))
    assert np.isfinite(dense).all()
    assert np.allclose(sparse.toarray(), dense)
    assert len(np.unique(dense, axis=0)) == 4


def test_mixed_values_are_named_and_empty_columns_refused(capsys):
    table = columns(x=[*range(20), "many", "few"], y=[""] * 22)
    table.lines = list(range(2, 24))
    make_features(table, given_readings(["number:x"], ["x"]))
    assert (
        "t.csv, line 22, column 'x': 'many' is not a number and counts as missing, like 1 more"
        in capsys.readouterr().err
    )
    for role, message in [("text", "'y' is empty"), ("number", "'y' holds no numbers")]:
        with pytest.raises(CommandError, match=message):
            make_features(table, given_readings([f"{role}:y"], ["y"]))
    with pytest.raises(CommandError, match="no column to learn from"):
        make_features(table, tell_apart(table, ["y"]))


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("text", [False, True])
def test_every_model_learns_from_tables_and_text(model, text):
    some = ["round and red", "long and green"] * 20
    table = columns(size=range(0, 80, 2), words=[f"{one} {i}" for i, one in enumerate(some)])
    readings = given_readings(["number:size,text:words" if text else "number:size"], table.columns)
    features = make_features(table, readings, dense=model in DENSE)
    learner = models.make_learner(features, model, "margin").set_params(random_state=0)
    X = np.arange(40).reshape(-1, 1)
    y = ["plum"] * 20 + ["bean"] * 20
    assert len(set(learner.query(X, 3))) == 3
    learner.fit(X[::2], y[::2])
    assert learner.score(X, y) > 0.9 or model == "boosting"
    assert len(set(learner.query(X, 3))) == 3


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_strategy_chooses(strategy):
    features = np.random.RandomState(0).normal(size=(30, 3))
    if strategy in NOT_FOR_CLASSES:
        said = "is a classifier, which predicts one class"
        with pytest.raises(CommandError, match=said) as caught:
            models.make_learner(features, "logistic", strategy)
        assert "another --model" not in str(caught.value)
        return
    learner = models.make_learner(features, "logistic", strategy).set_params(random_state=0)
    X = np.arange(30).reshape(-1, 1)
    learner.fit(X[:10], ["a", "b"] * 5)
    assert len(set(learner.query(X, 4))) == 4
    assert models.strategy_name(strategy.replace("_", "-").upper()) == strategy


def test_the_help_lists_all_names_and_imports_nothing_for_that():
    code = (
        "import sys, skal; before = set(sys.modules)\n"
        "from skal.__main__ import main; main(['--help'])\n"
        "print(*set(sys.modules) - before, file=sys.stderr)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    said = " ".join(answer.stdout.split())
    assert f"Models: {', '.join(MODELS)}, or package.module:object." in said
    assert f"Strategies: {', '.join(STRATEGIES)}." in said
    imported = {name for name in answer.stderr.split() if name.startswith(("sk", "pandas"))}
    assert imported == {
        "skal.__main__",
        "skal._cli",
        *(f"skal._cli.{name}" for name in ("_arguments", "_messages", "_names", "_parser")),
    }


def test_models_and_strategies_that_do_not_fit_are_refused_at_once(run, data, batch, tmp_path):
    common = ["next", data, "--label", "kind", "-o", batch]
    for option, message in [
        (["--strategy", "badge", "--model", "svc"], "badge does not work with --model svc"),
        (["--strategy", "best"], "--strategy must be one of uncertainty_herding"),
        (["--model", "net"], "--model must be one of logistic"),
        (["--model", "no_such_module:x"], "cannot be imported"),
        (["--model", "math:pi"], "must be a classifier"),
    ]:
        code, said = run(*common, *option)
        assert code == 2 and message in said
    assert not os.path.exists(data + ".skal")


def test_a_model_of_ones_own_lies_beside_the_data(run, data, batch, tmp_path, monkeypatch):
    (tmp_path / "my_models.py").write_text(
        "from sklearn.tree import DecisionTreeClassifier\n"
        "shallow = DecisionTreeClassifier(max_depth=1)\n"
    )
    monkeypatch.chdir(tmp_path)
    fill(next_batch(run, data, batch, "--model", "my_models:shallow"), batch)
    assert run("add", data, batch)[0] == 0
    again = ["--model", "my_models:shallow"]  # the file of the session cannot decide what runs
    assert len(next_batch(run, data, str(tmp_path / "b.csv"), *again, n=3)) == 3
    assert settings_of(data)["model"] == "my_models:shallow"


def test_a_session_from_nothing_to_the_last_row(label, run, tmp_path):
    data = write(tmp_path / "fruit.csv", fruit(6))
    code, said = label(data, "--label", "kind", answers=["plum, melon", *"121212"])
    assert code == 0
    assert "Which classes are there" in said
    assert "Columns: numbers: size; categories: color" in said
    assert "Nothing is left to label." in said
    assert "6 of 6 rows are labeled (melon 3, plum 3)." in said
    code, said = label(data, answers=[])
    assert code == 0 and "Nothing is left to label." in said


def test_answers_are_kept_and_gone_on_with(label, data):
    start = ["plum, melon"]
    code, said = label(data, "--label", "kind", answers=[*start, "melon", "s", "1", "q"])
    assert code == 0
    assert "2 of 24 rows are labeled (melon 1, plum 1), 1 skipped. Everything is saved." in said
    code, said = label(data, answers=["1"])  # and then the input ends
    assert code == 0
    assert "The model: melon (" in said or "The model: plum (" in said
    assert "3 of 24 rows are labeled" in said
    with session_of(data) as session:
        assert session.progress()["n_pending"] == 0


def test_undo_shows_the_row_again(label, data):
    answers = ["plum, pear", "1", "u", "2", "s", "u", "u", "u", "2", "q"]
    code, said = label(data, "--label", "kind", answers=answers)
    rows = [line.split()[2] for line in said.splitlines() if line.startswith("-- row")]
    assert rows[0] == rows[2] == rows[6]
    assert "There is nothing to undo in this sitting." in said
    assert "1 of 24 rows are labeled (pear 1)." in said


def test_new_classes_are_confirmed(label, data):
    answers = ["plum, melon", "plumm", "n", "+", "pear", "y", "3", "q"]
    code, said = label(data, "--label", "kind", answers=answers)
    assert "'plumm' is a new class (there is 'plum'). Add it (y/n)?" in said
    assert "2 of 24 rows are labeled (pear 2)" in said


def test_fixed_classes_stay_as_they_are(label, run, data, batch):
    code, said = label(
        data, "--label", "kind", "--classes", "b,a", answers=["pear", "1", "", "x", "q"]
    )
    assert "[1] b  [2] a" not in said and "[b] b  [a] a  [s] skip" in said
    assert "'pear' is not one of the classes" in said
    code, said = label(data, answers=["b", "q"])
    assert "(b 1)" in said
    rows = next_batch(run, data, batch, n=1)
    write(batch, [[rows[0]["skal_id"], "c"]], ["skal_id", "kind"])
    code, said = run("add", data, batch)
    assert code == 2 and f"{batch}, line 2: 'c' is not one of the classes 'b', 'a'" in said


@pytest.mark.parametrize("stop", [KeyboardInterrupt, EOFError])
def test_leaving_by_the_keyboard_is_safe(run, data, monkeypatch, stop):
    answers = iter(["melon, plum", "1"])

    def line(self, question):
        for answer in answers:
            return answer
        raise stop

    monkeypatch.setattr(terminal.Lines, "line", line)
    monkeypatch.setattr(sys, "stdin", open(os.devnull))  # noqa: SIM115
    code, said = run("label", data, "--label", "kind")
    assert code == 0 and "1 of 24 rows are labeled (melon 1). Everything is saved." in said


def test_a_row_on_the_screen_of_a_killed_process_is_shown_again(label, run, data, batch):
    out = {row["skal_id"] for row in next_batch(run, data, batch)}
    with session_of(data) as session:
        (shown,) = session.next()
    code, said = label(data, answers=["a, b", "1", "q"])
    rows = [line.split()[2] for line in said.splitlines() if line.startswith("-- row")]
    assert rows[0] == str(shown)
    assert not out.intersection(rows)  # those wait in a file


def test_two_people_are_shown_different_rows(label, data):
    with_ann = ["--annotator", "ann"]
    label(data, "--label", "kind", *with_ann, answers=["a, b", "1", "q"])
    with session_of(data) as session:
        (anns,) = session.next(annotator="ann")
    code, said = label(data, "--annotator", "bert", answers=["2", "q"])
    assert f"-- row {anns} -" not in said
    code, said = label(data, *with_ann, answers=["q"])
    assert f"-- row {anns} -" in said


@pytest.mark.parametrize("name", ["", " ", "a\udc80"])
@pytest.mark.parametrize("command", ["label", "next", "add"])
def test_an_annotator_has_a_name(run, data, batch, command, name):
    fill(next_batch(run, data, batch), batch)
    more = {"label": [], "next": ["-o", f"{batch}.2"], "add": [batch]}[command]
    code, said = run(command, data, *more, "--annotator", name)
    assert code == 2 and "skal: --annotator must be a name, got" in said
    with session_of(data) as session:
        assert session.progress()["n_labeled"] == 0


def test_a_row_that_somebody_else_has_labeled_is_passed_over(label, data, monkeypatch):
    label(data, "--label", "kind", answers=["a, b", "q"])
    press = terminal.Lines.key

    def key(self, question, done=[]):  # noqa: B006
        if not done:
            with session_of(data) as one:
                done += one.pending()
                one.label(done, ["b"])
        return press(self, question)

    monkeypatch.setattr(terminal.Lines, "key", key)
    code, said = label(data, "--classes", "a,b", answers=["a", "a", "q"])
    assert code == 0
    assert "Not taken: Row" in said and "(a 1, b 1)" in said


def test_texts_are_shown_to_be_read(label, tmp_path):
    long = "It was a \x1b[31mlong day.\n\n" + "and so on " * 300
    rows = [["short and sweet words here now", "", "5"], [long, "", ""]]
    rows += [[f"these are words of number {i}", "", str(i * i)] for i in range(8)]
    data = write(tmp_path / "t.csv", rows, ["body", "kind", "n"])
    code, said = label(data, "--label", "kind", answers=["a,b", *["s"] * 4, "m", *["s"] * 7])
    assert "  n  5\n  body:\n    short and sweet" in said
    assert "\x1b" not in said and "\N{REPLACEMENT CHARACTER}[31mlong day.\n" in said
    assert "[m] more" in said and "more characters)" in said
    assert "n  (empty)" in said


def test_keys_of_classes(label, tmp_path):
    def class_keys(classes, skip="s"):
        data = write(tmp_path / f"{len(classes)}.csv", fruit())
        common = ["--label", "kind", "--classes", ",".join(classes)]
        code, said = label(data, *common, answers=["q"])
        menu = next(line for line in said.splitlines() if line.endswith("[q] quit"))
        keys = dict(re.findall(r"\[(.)\] (.+?)(?:  |$)", menu))
        commands = {name: key for key, name in keys.items() if name in ("skip", "undo", "quit")}
        assert commands == {"skip": skip, "undo": "u", "quit": "q"}
        return {key: name for key, name in keys.items() if name not in commands}

    assert class_keys(["no", "yes"]) == {"1": "no", "2": "yes"}
    own = {"0": "0", "1": "1", "s": "s", "2": "two"}  # the command has another key
    assert class_keys(["0", "1", "s", "two"], skip="/") == own
    many = class_keys([f"class {i}" for i in range(90)])
    assert len(many) == len(set(many.values())) == 9 + 2 * 26 - 4
    assert not set(many) & {"s", "u", "q", "m", "+"}


@pytest.mark.skipif(pty is None, reason="a terminal of Unix")
def test_single_keys_in_a_real_terminal(data):
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "skal", "label", data, "--label", "kind", "--classes", "x,y"]
    process = subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, text=True)
    said = ""
    for key in (b"x", b"y", b"\x04"):
        while not said.endswith("> "):
            said += process.stdout.read(1)
        os.write(ours, key)
        said += " "
    said += process.communicate(timeout=30)[0]
    os.close(ours)
    os.close(theirs)
    assert process.returncode == 0
    assert "2 of 24 rows are labeled (x 1, y 1). Everything is saved." in said


@pytest.mark.skipif(pty is None, reason="a terminal of Unix")
def test_arrows_and_held_keys_are_not_answers(monkeypatch):
    ours, theirs = pty.openpty()
    pressed = iter([b"\x1b[A", b"11", "ü".encode(), b"\x1a", b""])
    with open(theirs) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        monkeypatch.setattr(os, "read", lambda descriptor, n: next(pressed))
        keys = terminal.PosixKeys()
        assert keys.key("> ") == "ü"
        for _ in range(2):
            with pytest.raises(EOFError):
                keys.key("> ")
    os.close(ours)


def test_keys_of_windows(monkeypatch, capsys):
    typed = list("x\xe0Hy\x03")

    class Windows:
        kbhit = staticmethod(lambda: typed[0] == "x")
        getwch = staticmethod(lambda: typed.pop(0))

    monkeypatch.setattr(terminal, "msvcrt", Windows)
    assert terminal.WindowsKeys().key("> ") == "y"  # x came too early, and H is part of an arrow
    with pytest.raises(KeyboardInterrupt):
        terminal.WindowsKeys().key("> ")


def test_the_loop_of_a_spreadsheet(run, data, batch, tmp_path):
    before = open(data, "rb").read()
    rows = next_batch(run, data, batch)
    assert list(rows[0]) == ["skal_id", "kind", "color", "size"]
    assert all(row["kind"] == "" for row in rows)
    fill(rows, batch)
    code, said = run("add", data, batch)
    assert code == 0 and "New labels: 4." in said
    again = next_batch(run, data, str(tmp_path / "second.csv"))
    assert not {row["skal_id"] for row in rows} & {row["skal_id"] for row in again}
    assert run("export", data, "-o", tmp_path / "out.csv")[0] == 0
    out = read(tmp_path / "out.csv")
    assert len(out) == 24 and list(out[0]) == HEADER
    asked = {int(row["skal_id"]) for row in rows}
    for number, row in enumerate(out, 1):
        assert row["kind"] == (truth(number) if number in asked else "")
    assert open(data, "rb").read() == before


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_batch_that_excel_has_edited(run, data, batch, encoding):
    rows = next_batch(run, data, batch)
    for i, row in enumerate(rows):
        row.update(kind=("Grün", "grau")[i % 2], size=row["size"].replace(".", ","))
        row.update({"skal_id": row["skal_id"] + ",0", "": ""})
    numbers = [int(float(row["skal_id"].replace(",", "."))) for row in rows]
    empty = [""] * len(rows[0])
    write(batch, [*map(dict.values, rows), empty, empty], list(rows[0]), ";", encoding)
    code, said = run("add", data, batch)
    assert code == 0, said
    assert labels_of(data) == {n: ("Grün", "grau")[i % 2] for i, n in enumerate(numbers)}


def test_rows_without_a_label_stay_open(run, data, batch):
    rows = next_batch(run, data, batch)
    answered = fill(rows, batch)
    answered[1]["kind"] = "  "
    write(batch, [list(row.values()) for row in answered], list(rows[0]))
    code, said = run("add", data, batch)
    assert code == 0 and "New labels: 3, not labeled yet: 1." in said
    assert ", 1 pending." in said
    fill(rows, batch)
    code, said = run("add", data, batch)
    assert "New labels: 1, known already: 3." in said


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([["99", "plum"]], "line 2: there is no row '99'"),
        ([["", "plum"]], "line 2: there is no row ''"),
        ([["1.5", "plum"]], "line 2: there is no row '1.5'"),
        ([["OTHER", "plum"]], "was not asked for. If its label is meant for it, use --unasked"),
        ([["MINE", "plum"], ["MINE", "melon"]], "is 'melon' here, and 'plum' in line 2"),
    ],
)
def test_a_batch_with_faults_is_refused_as_a_whole(run, data, batch, lines, message):
    asked = [row["skal_id"] for row in next_batch(run, data, batch)]
    other = next(str(n) for n in range(1, 25) if str(n) not in asked)
    lines = [[{"OTHER": other, "MINE": asked[0]}.get(id_, id_), kind] for id_, kind in lines]
    write(batch, [*lines, [asked[1], "plum"]], ["skal_id", "kind"])
    code, said = run("add", data, batch)
    assert code == 2
    assert f"{batch}, line" in said and message in said
    assert "No label of this file was taken." in said
    assert labels_of(data) == {}


def test_labels_that_differ_need_a_word(run, data, batch):
    rows = fill(next_batch(run, data, batch), batch)
    run("add", data, batch)
    number = rows[0]["skal_id"]
    other = next(str(n) for n in range(1, 25) if str(n) not in {row["skal_id"] for row in rows})
    write(batch, [[number, "pear"]], ["skal_id", "kind"])
    code, said = run("add", data, batch)
    assert code == 2 and "is labeled" in said and "use --relabel" in said
    write(batch, [[number, "pear"], [other, "plum"]], ["skal_id", "kind"])
    code, said = run("add", data, batch, "--relabel", "--unasked")
    assert code == 0 and "New labels: 1, changed: 1." in said
    assert labels_of(data)[int(number)] == "pear"


def test_a_new_class_is_taken_with_a_note(run, data, batch):
    rows = next_batch(run, data, batch)
    fill(rows, batch)
    run("add", data, batch)
    os.remove(batch)
    rows = next_batch(run, data, batch)
    write(
        batch, [[rows[0]["skal_id"], "plumm"], [rows[1]["skal_id"], "PLUM "]], ["skal_id", "kind"]
    )
    code, said = run("add", data, batch)
    assert code == 0
    assert f"{batch}, line 2: 'plumm' is a new class (rows: 1). Is 'plum' meant?" in said
    assert f"{batch}, line 3: 'PLUM' counts as 'plum'." in said


def test_labels_come_back_as_written(run, tmp_path, batch):
    rows = [
        [size, ("01", " 1.50 ", "NA")[i % 3] if i < 6 else ""]
        for i, (_, size, _) in enumerate(fruit())
    ]
    data = write(tmp_path / "t.csv", rows, ["size", "kind"])
    asked = next_batch(run, data, batch, "--classes", "01,1.50,NA", n=2)
    write(batch, [[asked[0]["skal_id"], "1"], [asked[1]["skal_id"], "1.5"]], ["skal_id", "kind"])
    assert run("add", data, batch)[0] == 0
    labels = labels_of(data)
    assert [labels[n] for n in range(1, 7)] == ["01", "1.50", "NA"] * 2
    assert [labels[int(row["skal_id"])] for row in asked] == ["01", "1.50"]


def test_ids_of_ones_own(run, tmp_path, batch):
    ids = [f"00{i}" for i in range(100, 124)]
    rows = [[id_, *row] for id_, row in zip(ids, fruit(), strict=True)]
    data = write(tmp_path / "t.csv", rows, ["key", *HEADER])
    batched = next_batch(run, data, batch, "--id", "key")
    assert all(row["key"] == ids[int(row["skal_id"]) - 1] for row in batched)
    fill(batched[:2], batch)
    assert run("add", data, batch)[0] == 0
    write(batch, [[batched[2]["key"], "plum"]], ["key", "kind"])
    assert run("add", data, batch)[0] == 0
    assert len(labels_of(data)) == 3
    rows[5][2] = "77"  # with ids, values may be corrected and rows appended
    write(data, [*rows, ["new", "red", "3", ""]], ["key", *HEADER])
    assert run("add", data, batch)[0] == 0
    rows[3][0], rows[4][0] = rows[4][0], rows[3][0]
    write(data, rows, ["key", *HEADER])
    code, said = run("add", data, batch)
    assert code == 2 and data in said


@pytest.mark.parametrize(
    ("second", "message"), [("a", "the id 'a' is that of line 2, too"), ("", "the id is missing")]
)
def test_ids_must_tell_rows_apart(run, tmp_path, batch, second, message):
    data = write(tmp_path / "t.csv", [["a", "1", ""], [second, "2", ""]], ["key", "size", "kind"])
    code, said = run("next", data, "--label", "kind", "--id", "key", "-o", batch)
    assert code == 2 and f"{data}, line 3, column 'key': {message}" in said
    assert not os.path.exists(data + ".skal")


def test_pending_rows_can_be_limited(run, data, batch, tmp_path):
    rows = next_batch(run, data, batch, n=6)
    os.unlink(batch)
    code, said = run("next", data, "-o", batch, "--pending", "-n", 4)
    assert code == 0 and "Rows in" in said and read(batch) == rows[:4]
    assert "Pending rows that are left out, because of -n 4: 2." in said
    for options in ([], ["-n", 100]):
        os.unlink(batch)
        code, said = run("next", data, "-o", batch, "--pending", *options)
        assert code == 0 and read(batch) == rows and "left out" not in said
    # More than the batches that are written where nothing is said.
    big = write(tmp_path / "big.csv", fruit(60))
    os.unlink(batch)
    assert len(next_batch(run, big, batch, n=30)) == 30
    os.unlink(batch)
    assert run("next", big, "-o", batch, "--pending")[0] == 0 and len(read(batch)) == 30


def test_a_batch_is_not_written_over_or_lost(run, data, batch, tmp_path, monkeypatch):
    rows = next_batch(run, data, batch)
    code, said = run("next", data, "-o", batch)
    assert code == 2 and "may hold labels that were not added yet" in said
    os.remove(batch)
    assert next_batch(run, data, batch, "--pending") == rows

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    code, said = run("next", data, "-o", tmp_path / "other.csv")
    assert code == 1 and "No space left" in said
    with session_of(data) as session:
        assert session.progress()["n_pending"] == 4  # the rows are free again


def test_other_files_are_not_written_over(run, data, batch):
    fill(next_batch(run, data, batch), batch)
    for output in (data, data + ".skal"):
        before = open(output, "rb").read()
        code, said = run("export", data, "-o", output)
        assert code == 2 and "would be overwritten" in said
        assert open(output, "rb").read() == before
    for output in (batch + "/x.csv", os.path.dirname(batch), batch + ".xlsx"):
        assert run("export", data, "-o", output)[0] == 2


def test_nothing_left_is_no_error(run, tmp_path, batch):
    data = write(tmp_path / "t.csv", fruit(8, n_labeled=8))
    code, said = run("next", data, "--label", "kind", "-o", batch)
    assert code == 0
    assert "Nothing is left to label.\n8 of 8 rows are labeled (melon 4, plum 4)." in said
    assert not os.path.exists(batch)
    code, said = run("next", data, "-o", batch, "--pending")
    assert code == 0 and "No rows are pending." in said


def test_the_end_of_the_pool(run, tmp_path, batch):
    data = write(tmp_path / "t.csv", fruit(8))
    assert len(next_batch(run, data, batch, n=20)) == 8
    code, said = run("next", data, "-o", str(tmp_path / "more.csv"))
    assert code == 0 and "8 pending." in said and "--pending" in said


def test_labels_in_the_file_count_without_their_blanks(run, tmp_path, batch):
    rows = [[a, b, f" {c} " if c else "  "] for a, b, c in fruit(8, n_labeled=5)]
    data = write(tmp_path / "t.csv", rows)
    assert {row["skal_id"] for row in next_batch(run, data, batch)} == {"6", "7", "8"}
    assert labels_of(data) == {n: truth(n) for n in range(1, 6)}
    rows[0][2], rows[5][2] = "pear", "melon"  # changed and filled in, in the file itself
    write(data, rows)
    code, said = run("add", data, batch)
    assert f"{data}, line 2, column 'kind': the file says 'pear', the session 'plum'" in said
    assert labels_of(data)[6] == "melon"


def test_a_missing_label_column(run, tmp_path, batch):
    data = write(tmp_path / "t.csv", [row[:2] for row in fruit()], HEADER[:2])
    code, said = run("next", data, "--label", "sise", "-o", batch)
    assert code == 2
    assert f"{data} has no column 'sise' (did you mean 'size'?)" in said
    assert "--classes a,b,c" in said
    fill(next_batch(run, data, batch, "--classes", "plum,melon"), batch)
    assert run("add", data, batch)[0] == 0
    assert run("export", data, "-o", tmp_path / "out.csv")[0] == 0
    assert sum(row["kind"] != "" for row in read(tmp_path / "out.csv")) == 4


def test_what_the_session_must_be_told(run, data, batch, tmp_path):
    for command in (
        ["next", data, "-o", batch],
        ["add", data, data],
        ["export", data, "-o", batch],
    ):
        code, said = run(*command)
        assert code == 2 and ("--label COLUMN" in said)
    next_batch(run, data, batch)
    code, said = run("next", data, "--label", "color", "-o", tmp_path / "b.csv")
    assert code == 2 and "--label color differs from the label column of the session, kind" in said
    code, said = run("next", data, "--classes", "x", "-o", tmp_path / "b.csv")
    assert code == 0
    other = str(tmp_path / "other.csv")
    write(other, fruit())
    open(other + ".skal", "w").write("no session, but a good deal of text\n" * 40)
    code, said = run("next", other, "--label", "kind", "-o", tmp_path / "c.csv")
    assert code == 2 and "is not a labeling session" in said


def test_a_known_label_outside_the_classes_is_named(run, tmp_path, batch):
    data = write(tmp_path / "t.csv", fruit(8, n_labeled=3))
    code, said = run("next", data, "--label", "kind", "--classes", "plum,pear", "-o", batch)
    assert code == 2 and f"{data}, line 3, column 'kind': 'melon' is not one of" in said


def test_data_may_grow_but_rows_may_not_move(run, data, batch, tmp_path):
    next_batch(run, data, batch)
    rows = fruit()
    write(data, [*rows, ["red", "5", ""]])
    assert run("add", data, batch)[0] == 0
    rows.append(["red", "5", ""])
    rows[2][1] = "1234"
    write(data, rows)
    code, said = run("add", data, batch)
    assert code == 0 and f"{data}, line 4: the row was changed" in said
    for changed, message in [
        (rows[1:], "Rows may be appended, not removed"),
        ([["red", "0", ""], *rows], f"{data}, line 2: this is not the row"),
        ([*rows[:20], rows[21], rows[20], *rows[22:]], f"{data}, line 22: this is not the row"),
        ([[a, c] for a, b, c in rows], "no longer has the column 'size'"),
    ]:
        write(data, changed, HEADER if len(changed[0]) == 3 else ["color", "kind"])
        code, said = run("add", data, batch)
        assert code == 2 and message in said, said


def test_the_reading_of_columns_stays(run, data, batch, tmp_path):
    next_batch(run, data, batch, "--columns", "drop:color", "--strategy", "entropy")
    code, said = run("next", data, "-o", tmp_path / "b.csv", "--model", "forest")
    assert "left out: color" in said
    settings = settings_of(data)
    assert (settings["strategy"], settings["model"]) == ("entropy", "forest")


def test_a_column_of_our_name_is_refused(run, tmp_path, batch):
    data = write(tmp_path / "t.csv", fruit(), ["skal_id", "size", "kind"])
    code, said = run("next", data, "--label", "kind", "-o", batch)
    assert code == 2 and "'skal_id'" in said


EVIL = "open('ran', 'w').close()\nfrom sklearn.svm import SVC as make\n"


@pytest.mark.parametrize("command", [["next", "-o", "b.csv"], ["label"]])
def test_what_a_session_names_is_not_imported(label, run, tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    write("d.csv", fruit())
    next_batch(run, "d.csv", "first.csv")
    (tmp_path / "evil.py").write_text(EVIL)
    monkeypatch.delitem(sys.modules, "evil", raising=False)
    for model in ("evil:make", "os:system", "evil"):
        write_note("d.csv.skal", "command line", {**settings_of("d.csv"), "model": model})
        before = open("d.csv.skal", "rb").read()
        code, said = run(command[0], "d.csv", *command[1:])
        assert code == 2 and f"the model '{model}', which is not built in" in said
        assert f"add --model {model}" in said
        assert open("d.csv.skal", "rb").read() == before
        assert run("export", "d.csv", "-o", "e.csv")[0] == 0  # no model is needed
    assert not os.path.exists("ran") and not os.path.exists("b.csv")
    assert run("next", "d.csv", "-o", "b.csv", "--model", "svc")[0] == 0
    assert not os.path.exists("ran")
    assert run("next", "d.csv", "-o", "c.csv", "--model", "evil:make")[0] == 0
    assert os.path.exists("ran")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("strategy", "evil:make"),
        ("strategy", ["margin"]),
        ("model", {"a": 1}),
        ("roles", {"size": "evil"}),
        ("roles", ["size"]),
        ("classes", "plum"),
        ("classes", [1]),
        ("encoding", "../evil"),
        ("separator", "ab"),
        ("decimal", "x"),
        ("date_order", "dym"),
        ("missing", [["x"]]),
        ("rows", "\u00e4"),
        ("label", 1),
        ("order", [1]),
        ("new_column", "yes"),
        ("program", "evil"),
    ],
)
def test_settings_in_a_file_are_checked(run, data, batch, name, value):
    next_batch(run, data, batch)
    write_note(data + ".skal", "command line", {**settings_of(data), name: value})
    code, said = run("next", data, "-o", batch + "2.csv")
    assert code == 2 and "Traceback" not in said
    assert "setting" in said or "--strategy must be one of" in said
    write_note(data + ".skal", "command line", [1, 2])
    code, said = run("next", data, "-o", batch + "2.csv")
    assert code == 2 and "settings must be a dict" in said


def test_the_module_imports_nothing_from_the_folder_of_the_data(tmp_path):
    write(tmp_path / "d.csv", fruit())
    (tmp_path / "matplotlib.py").write_text("open('ran', 'w').close()")
    (tmp_path / "openpyxl.py").write_text("open('ran', 'w').close()")
    (tmp_path / "t.xlsx").write_bytes(b"PK")
    home = os.path.dirname(os.path.dirname(os.path.abspath(skal.__file__)))
    for path in ("t.xlsx", "d.csv"):
        command = [sys.executable, "-m", "skal", "next", path, "--label", "kind", "-o", "b.csv"]
        environment = {**os.environ, "PYTHONPATH": home}
        subprocess.run(command, cwd=tmp_path, capture_output=True, env=environment)
    assert (tmp_path / "b.csv").exists() and not (tmp_path / "ran").exists()


@pytest.mark.skipif(os.name == "nt", reason="a shell of Unix")
@pytest.mark.parametrize(
    "name",
    ["$(touch ran).csv", "a b.csv", "it's.csv", "-x.csv", "a;touch ran;.csv", "`touch ran`"],
)
def test_printed_commands_can_be_pasted(label, run, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / name, fruit())
    path = f"./{name}" if name.startswith("-") else name
    said = run("export", path, "-o", "e.csv")[1]
    said += run("next", path, "--label", "kind", "-n", "3", "-o", f"b {name}")[1]
    said += run("next", path, "-o", f"b {name}")[1]
    said += label(path, "--classes", "plum,melon", answers=["1", "q"])[1]
    said += run("next", path, "--label", "color", "-o", "c.csv")[1]
    said += run("next", path, "-n", "50", "-o", "d.csv")[1]
    said += run("next", path, "-o", "f.csv")[1]
    printed = re.findall(
        r"(?:skal (?:next|add|export)|mv) [^\n]*?(?=[.,]? or choose|[.]?$)", said, re.M
    )
    assert {line.split()[1] for line in printed if line[:2] != "mv"} == {"next", "add", "export"}
    for line in printed:
        words = subprocess.run(
            ["sh", "-c", f"set -- {line}; printf '%s\\n' \"$@\""], capture_output=True, text=True
        ).stdout.splitlines()
        assert words[0] in ("skal", "mv")
        assert any(word in (path, f"./{path}", f"{path}.skal") for word in words), line
    assert not os.path.exists("ran")


def test_control_characters_do_not_reach_the_terminal(label, run, tmp_path):
    data = write(tmp_path / "t\x1b[31m.csv", fruit(), ["col\x1b]0;x\x07or", "size", "kind"])
    said = run("next", data + "x", "--label", "kind", "-o", "b")[1]
    said += run("next", data, "--label", "kin\x1b", "-o", tmp_path / "b.csv")[1]
    classes = "plum,me\x1b[2Jlon"
    said += label(data, "--label", "kind", "--classes", classes, answers=["1", "\x1b[2J", "q"])[1]
    said += run("next", data, "-o", tmp_path / "b\x9b.csv")[1]
    assert not set(said) & {"\x1b", "\x07", "\x9b"}


@pytest.mark.skipif(os.name == "nt", reason="links and pipes of Unix")
@pytest.mark.parametrize("command", ["export", "next"])
def test_only_files_are_written(run, data, batch, tmp_path, command):
    next_batch(run, data, batch)
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "to_pipe").symlink_to("pipe")
    (tmp_path / "to_folder.csv").symlink_to("folder")
    (tmp_path / "to_nowhere.csv").symlink_to("no/folder.csv")
    (tmp_path / "to_data.csv").symlink_to(data)
    before = sorted(os.listdir(tmp_path))
    # No device of the machine, which would be lost if this failed.
    for name in before:
        if name.startswith(("folder", "pipe", "to_")):
            code, said = run(command, data, "-o", tmp_path / name)
            assert code == 2 and name in said
    assert sorted(os.listdir(tmp_path)) == before
    assert os.path.islink(tmp_path / "to_pipe")
    with session_of(data) as session:
        assert session.progress()["n_pending"] == 4  # no rows were taken
    (tmp_path / "real").mkdir()
    (tmp_path / "link.csv").symlink_to("real/new.csv")
    assert run(command, data, "-o", tmp_path / "link.csv")[0] == 0
    assert os.path.islink(tmp_path / "link.csv")
    assert os.listdir(tmp_path / "real") == ["new.csv"]


@pytest.mark.skipif(os.name == "nt", reason="permissions of Unix")
def test_a_file_keeps_its_permissions(run, data, batch, tmp_path):
    next_batch(run, data, batch)
    out = tmp_path / "out.csv"
    out.write_text("")
    out.chmod(0o640)
    assert run("export", data, "-o", out)[0] == 0
    assert out.stat().st_mode & 0o777 == 0o640


FORMULAS = [
    "=1+1",
    "+cmd",
    "-2+3|x",
    "@SUM(A1)",
    "\t=1",
    " =1",
    "\uff1d1",
    "-5",
    "+3.5",
    "-",
    "a=1",
]


def test_formulas_are_neutralized_on_demand(run, tmp_path, batch):
    rows = [[f"={i}x", text, i * i % 7, ("=a", "b", "")[i % 3]] for i, text in enumerate(FORMULAS)]
    data = write(tmp_path / "t.csv", rows, ["key", "@text", "n", "kind"])
    out = str(tmp_path / "out.csv")
    for path, command in ((batch, ["next", "--label", "kind", "--id", "key"]), (out, ["export"])):
        code, said = run(command[0], data, *command[1:], "-o", path, "--neutralize-formulas")
        assert code == 0, said
        for row in read(path):
            texts = [row["'@text"], row["key"], row["kind"]]
            assert not any(re.match("[\\s]*[=@\uff1d]|[+-][^.\\d]|-2", text) for text in texts), (
                row
            )
            original = rows[int(row["key"][2:-1])]
            assert [text.lstrip("'") for text in texts[:2]] == [original[1], original[0]]
    assert {row["'@text"] for row in read(out)} >= {"-5", "+3.5", "-", "a=1"}
    asked = read(batch)
    write(batch, [[row["key"], "b"] for row in asked], ["key", "kind"])
    code, said = run("add", data, batch)
    assert code == 0, said
    assert run("export", data, "-o", out)[0] == 0  # and not unless it is said
    assert [row["@text"] for row in read(out)] == FORMULAS


MISSING_LABELS = ["NA", "NULL", "nan", "None", "?", "n/a", "-", "<NA>", "#N/A", " null "]


def test_words_for_missing_labels_are_no_classes(run, tmp_path, batch):
    rows = fruit(2 * len(MISSING_LABELS), n_labeled=20)
    for row, word in zip(rows[::2], MISSING_LABELS, strict=True):
        row[2] = word
    data = write(tmp_path / "t.csv", rows)
    code, said = run("next", data, "--label", "kind", "-o", batch)
    assert code == 0 and "Rows in" in said
    assert "'NA' (1 rows)" in said and "counts as a missing label" in said and "--classes" in said
    assert {int(row["skal_id"]) for row in read(batch)} == set(range(1, 20, 2))
    filled = [[row["skal_id"], ("NA", "plum")[i % 2]] for i, row in enumerate(read(batch))]
    write(batch, filled, ["skal_id", "kind"])
    code, said = run("add", data, batch)
    assert code == 0 and "New labels: 5, not labeled yet: 5." in said
    assert "15 of 20 rows are labeled (melon 10, plum 5)" in said


def test_missing_words_can_be_given_and_taken_as_classes(run, tmp_path, batch):
    words = ["unknown", "none", "-999", "plum", "melon"]
    rows = [[a, b, words[i % 5]] for i, (a, b, _) in enumerate(fruit(20))]
    data = write(tmp_path / "t.csv", rows)
    more = ["--missing", "Unknown", "--missing=-999"]
    assert len(next_batch(run, data, batch, *more, n=20)) == 12
    assert settings_of(data)["missing"] == ["Unknown", "-999"]
    assert sorted(set(labels_of(data).values())) == ["melon", "plum"]
    other = write(tmp_path / "u.csv", rows)
    classes = ["--classes", "plum,melon,none", *more]
    assert len(next_batch(run, other, batch + "2.csv", *classes, n=20)) == 8
    assert "none" in labels_of(other).values()
    credit = write(
        tmp_path / "v.csv", [[a, b, "+-"[i % 2]] for i, (a, b, _) in enumerate(fruit())]
    )
    code, said = run("next", credit, "--label", "kind", "-o", batch + "3.csv")
    assert code == 0 and "24 of 24 rows are labeled (+ 12, - 12)" in said


@pytest.mark.parametrize(
    ("spellings", "classes", "expected"),
    [
        (["1", "1.0", "0", "0,0"], None, ["1", "1", "0", "0"]),
        (["1.0", "0.0", "1.0", "0.0"], "0,1", ["1", "0", "1", "0"]),
        (["Yes", "yes ", "YES", "no"], None, ["Yes", "Yes", "Yes", "no"]),
        (["very good", "Very  good", "bad", "bad"], None, ["very good"] * 2 + ["bad"] * 2),
        (["A", "a", "A", "a"], "A,a", ["A", "a", "A", "a"]),
    ],
)
def test_spellings_of_one_class(run, tmp_path, batch, spellings, classes, expected):
    rows = [[a, b, spellings[i] if i < 4 else ""] for i, (a, b, _) in enumerate(fruit())]
    rows[4][2] = spellings[0]  # which makes the first spelling the most frequent
    data = write(tmp_path / "t.csv", rows)
    options = ["--classes", classes] if classes else []
    code, said = run("next", data, "--label", "kind", "-o", batch, *options)
    assert code == 0, said
    assert ("counts as" in said) == (expected != spellings)
    assert list(labels_of(data).values()) == [*expected, expected[0]]


def test_a_spelling_stays_when_others_become_more_frequent(run, tmp_path, batch):
    rows = fruit(24, n_labeled=4)
    data = write(tmp_path / "t.csv", rows)
    next_batch(run, data, batch)
    for i in range(4, 20):
        rows[i][2] = ("PLUM", "Melon ")[i % 2]
    write(data, rows)
    assert run("export", data, "-o", tmp_path / "o.csv")[0] == 0
    assert set(labels_of(data).values()) == {"plum", "melon"}


@pytest.mark.parametrize(
    "classes", ["m,f", "s,u", "q,+", "s,/", "m,M", "u,<", "1,10", "q,s,u,m,+"]
)
def test_answers_that_are_classes_are_never_commands(label, data, classes):
    names = classes.split(",")
    answers = [names[i % len(names)] for i in range(10)]
    code, said = label(data, "--label", "kind", "--classes", classes, answers=answers)
    assert code == 0 and "10 of 24 rows are labeled" in said
    counts = {name: answers.count(name) for name in names}
    for name, count in counts.items():
        assert f"{name} {count}" in said
    menu = next(line for line in said.splitlines() if "quit" in line)
    keys = re.findall(r"\[(.)\]", menu)
    assert len(set(keys)) == len(keys)


def test_commands_that_have_other_keys_work(label, data):
    answers = ["s", "/", "<", "/", "u", "!", "s"]
    code, said = label(data, "--label", "kind", "--classes", "s,u,q", answers=answers)
    assert code == 0 and "2 of 24 rows are labeled (s 1, u 1), 1 skipped" in said


def test_classes_are_added_and_never_left_out(label, run, data, batch):
    label(data, "--label", "kind", "--classes", "plum,melon", answers=["plum", "melon", "q"])
    for classes in ("+cancel", "plum", "plum,pear", "Plum,melon"):
        code, said = run("next", data, "--classes", classes, "-o", batch)
        assert code == 2 and "leaves out labels in use: " in said and "--add-class NAME" in said
        assert settings_of(data)["classes"] == ["plum", "melon"]
    code, said = run("next", data, "--add-class", "pear", "--add-class", "fig", "-o", batch)
    assert code == 0
    assert settings_of(data)["classes"] == ["plum", "melon", "pear", "fig"]
    code, said = run("next", data, "--classes", "melon,plum", "-o", batch + "2.csv")
    assert "--classes no longer allows 'pear', 'fig'" in said
    code, said = label(data, "--add-class", "kiwi", "--strategy", "random", answers=["q"])
    assert settings_of(data)["classes"] == ["melon", "plum", "kiwi"]


def test_an_added_class_is_known_where_all_are_allowed(label, data):
    label(data, "--label", "kind", answers=["plum, melon", "1", "q"])
    code, said = label(data, "--add-class", "fig", answers=["fig", "Fig", "q"])
    assert "[1] fig  [2] melon  [3] plum" in said and "'Fig' counts as 'fig'." in said
    assert "(fig 2, plum 1)" in said and settings_of(data)["classes"] is None


def many(n=60):
    rows = [
        [f"t{i}", f"{i * 37 % 101 / 7:.3f}", str(i * 37 % 61 + 18), "ab"[i % 2]] for i in range(n)
    ]
    days = [f"2024-{i % 12 + 1:02}-{i % 28 + 1:02}" for i in range(n)]
    texts = [f"the words of row {i} go on and on" for i in range(n)]
    return [[*row, day, text] for row, day, text in zip(rows, days, texts, strict=True)]


COLUMNS = ["ticket", "alcohol", "age", "kind", "day", "text"]


@pytest.mark.parametrize("name", ["ticket", "age", "day", "text"])
def test_columns_that_hold_no_classes_are_refused(run, tmp_path, batch, name):
    data = write(tmp_path / "t.csv", many(), COLUMNS)
    commands = (
        ["next", data, "-o", batch],
        ["label", data],
        ["compare", data, "-o", tmp_path / "r"],
    )
    for command in commands:
        code, said = run(*command, "--label", name)
        assert code == 2 and f"{data}, column '{name}': " in said and "different" in said
    assert not os.path.exists(data + ".skal") and not os.path.exists(tmp_path / "r")
    assert run("next", data, "--label", "kind", "-o", batch)[0] == 0


def test_many_numbers_with_fractions_are_no_classes_but_numbers(run, tmp_path, batch):
    data = write(tmp_path / "t.csv", many(), COLUMNS)
    code, said = run("next", data, "--label", "alcohol", "--task", "classes", "-o", batch)
    assert code == 2 and "different" in said and "--task regression" in said
    code, said = run("next", data, "--label", "alcohol", "-o", batch)
    assert code == 0 and "so a number is predicted (--task regression)" in said


def test_whole_numbers_of_many_rows_are_classes(run, tmp_path, batch):
    for name, values in [
        ("digits", [i % 40 for i in range(600)]),
        ("halves", [i % 10 / 2 + 0.5 for i in range(600)]),
        ("first", ["plum", "melon", "fig", "kiwi", *[""] * 596]),
    ]:
        rows = [[i * i % 97, value] for i, value in enumerate(values)]
        data = write(tmp_path / f"{name}.csv", rows, ["size", "kind"])
        assert run("next", data, "--label", "kind", "-o", batch + name)[0] == 0


def test_a_session_can_be_begun_anew(run, tmp_path, batch, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write("my data.csv", many(), COLUMNS)
    first = ["--label", "ticket", "--classes", ",".join(f"t{i}" for i in range(60))]
    assert run("next", "my data.csv", *first, "-o", batch)[0] == 0
    code, said = run("next", "my data.csv", "--label", "kind", "-o", batch)
    assert code == 2 and "To begin anew, move the session away: mv 'my data.csv.skal' " in said
    os.rename("my data.csv.skal", "my data.csv.skal.old")
    assert run("next", "my data.csv", "--label", "kind", "-o", batch)[0] == 0


def test_a_new_column_of_labels(label, run, tmp_path, monkeypatch):
    data = write(tmp_path / "t.csv", [row[:2] for row in fruit()], HEADER[:2])
    code, said = label(data, "--label", "topic", answers=["news, sport", "1"])
    assert code == 2 and f"skal label {data} --label topic --classes a,b,c" in said
    assert not os.path.exists(data + ".skal")
    monkeypatch.setattr(terminal.Lines, "has_person", True)
    code, said = label(data, "--label", "topic", answers=[""])
    assert code == 2 and not os.path.exists(data + ".skal")
    code, said = label(data, "--label", "topic", answers=["news, sport", "1", "2", "q"])
    assert code == 0 and "has no column 'topic'. The labels are kept in a new one." in said
    monkeypatch.undo()
    code, said = label(data, answers=["q"])
    assert code == 0 and "[1] news  [2] sport  [+] another class" in said.replace("*", "")
    out = tmp_path / "out.csv"
    assert run("export", data, "-o", out)[0] == 0
    assert sorted(row["topic"] for row in read(out))[-2:] == ["news", "sport"]
    # The column may be put into the file later.
    write(data, [*csv.reader(open(out))][1:], ["color", "size", "topic"])
    code, said = run("export", data, "-o", out)
    assert code == 0 and "Note" not in said


@pytest.mark.skipif(pty is None, reason="a terminal of Unix")
def test_classes_of_a_new_column_are_asked_for_in_a_real_terminal(tmp_path):
    data = write(tmp_path / "t.csv", [row[:2] for row in fruit()], HEADER[:2])
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "skal", "label", data, "--label", "topic"]
    process = subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, text=True)
    said = ""
    for answer, question in ((b"x, y\n", ")? "), (b"x", "> "), (b"q", "> ")):
        while not said.endswith(question):
            assert process.poll() is None, said  # or it would be waited for without end
            said += process.stdout.read(1)
        os.write(ours, answer)
        said += " "
    said += process.communicate(timeout=30)[0]
    os.close(ours)
    os.close(theirs)
    assert process.returncode == 0 and "1 of 24 rows are labeled (x 1)." in said


def with_ids(n=24):
    return [[f"k{i:02}", *row] for i, row in enumerate(fruit(n), 1)]


def of_ids(data, column="key"):
    assert main(["export", data, "-o", data + ".labels.csv"]) == 0
    return {row[column]: row["kind"] for row in read(data + ".labels.csv") if row["kind"]}


def test_rows_with_ids_may_be_in_any_order(label, run, tmp_path, batch):
    header = ["key", *HEADER]
    data = write(tmp_path / "t.csv", with_ids(), header)
    rows = next_batch(run, data, batch, "--id", "key", n=6)
    rows = fill(rows, batch)
    mixed = with_ids()
    np.random.RandomState(0).shuffle(mixed)
    mixed.insert(0, ["new", "red", "3.0", ""])
    write(data, mixed, header)
    # The numbers in a batch stay those of its rows.
    write(batch, [[row["skal_id"], row["kind"]] for row in rows[:3]], ["skal_id", "kind"])
    assert run("add", data, batch)[0] == 0
    expected = {row["key"]: row["kind"] for row in rows}
    assert of_ids(data) == {row["key"]: row["kind"] for row in rows[:3]}
    write(batch, [[row["key"], row["kind"]] for row in rows[3:]], ["key", "kind"])
    assert run("add", data, batch)[0] == 0
    assert of_ids(data) == expected
    write(data, mixed[::-1], header)
    second = next_batch(run, data, str(tmp_path / "second.csv"), n=4)
    by_key = {row[0]: row[1:3] for row in mixed}
    for row in second:
        assert [row["color"], row["size"]] == by_key[row["key"]] and row["key"] not in expected
    fill(second, str(tmp_path / "second.csv"))
    assert run("add", data, tmp_path / "second.csv")[0] == 0
    write(data, sorted(mixed), header)
    code, said = label(data, "--classes", "plum,melon", answers=["plum", "q"])
    assert code == 0 and "11 of 25 rows are labeled" in said
    assert {key: of_ids(data)[key] for key in expected} == expected


def test_the_order_of_rows_changes_no_choice(run, tmp_path):
    header, batches = ["key", *HEADER], []
    for name, order in (("a", 1), ("b", -1)):
        folder = tmp_path / name
        folder.mkdir()
        data = write(folder / "t.csv", with_ids(), header)
        fill(next_batch(run, data, str(folder / "1.csv"), "--id", "key", n=6), folder / "1.csv")
        write(data, with_ids()[::order], header)
        assert run("add", data, folder / "1.csv")[0] == 0
        batches.append({row["key"] for row in next_batch(run, data, str(folder / "2.csv"), n=6)})
        assert len(batches[-1]) == 6 and len(of_ids(data)) == 6


def test_a_batch_whose_id_and_number_disagree_is_refused(run, tmp_path, batch):
    data = write(tmp_path / "t.csv", with_ids(), ["key", *HEADER])
    rows = next_batch(run, data, batch, "--id", "key", n=2)
    swapped = [[rows[0]["skal_id"], rows[1]["key"], "plum"]]
    write(batch, swapped, ["skal_id", "key", "kind"])
    code, said = run("add", data, batch)
    assert code == 2 and f"{batch}, line 2: " in said and "are of different rows" in said


def test_missing_rows_and_new_columns_are_told(label, run, tmp_path, batch):
    header = ["key", *HEADER]
    data = write(tmp_path / "t.csv", with_ids(), header)
    rows = fill(next_batch(run, data, batch, "--id", "key"), batch)
    assert run("add", data, batch)[0] == 0
    asked = {row["key"] for row in rows}
    gone = [rows[0]["key"], next(row[0] for row in with_ids() if row[0] not in asked)]
    write(data, [row for row in with_ids() if row[0] not in gone], header)
    for command in (["next", "-o", batch + "2"], ["add", batch], ["label"]):
        code, said = run(command[0], data, *command[1:])
        assert code == 2 and "(rows missing: 2)" in said and "skal export" in said
        assert all(repr(key) in said for key in gone)
    code, said = run("export", data, "-o", tmp_path / "e.csv")
    assert code == 0 and "(rows missing: 2). Their labels stay" in said
    assert len(of_ids(data)) == 3
    added = [[*row, i * i % 5, "red"] for i, row in enumerate(with_ids())]
    write(data, added, [*header, "more", "other"])
    code, said = run("next", data, "-o", batch + "3.csv")
    assert code == 0 and "--columns number:more,drop:other" in said
    code, said = run("next", data, "-o", batch + "4.csv", "--columns", "number:more,drop:other")
    assert code == 0 and "numbers: size, more" in said and "does not know" not in said
    code, said = run("next", data, "-o", batch + "5.csv")
    assert code == 0 and "Note" not in said and len(of_ids(data)) == 4


def test_new_columns_are_told_and_learned_from_without_ids(run, data, batch):
    next_batch(run, data, batch)
    write(data, [[*row, i * i % 5] for i, row in enumerate(fruit())], [*HEADER, "more"])
    code, said = run("next", data, "-o", batch + "2.csv")
    assert code == 0 and "--columns number:more" in said
    code, said = run("next", data, "-o", batch + "3.csv", "--columns", "number:more")
    assert code == 0 and "numbers: size, more" in said


def test_how_a_table_is_written_is_remembered(run, tmp_path, batch):
    rows = [["\u043a\u0440\u0430\u0441\u043d\u044b\u0439", "1.234", ""] for _ in range(8)]
    rows += [["\u0441\u0438\u043d\u0438\u0439", "900", ""] for _ in range(8)]
    data = write(tmp_path / "t.csv", rows, HEADER, "|", "cp1251")
    code, said = run("next", data, "--label", "kind", "-o", batch)
    assert code == 2 and "--encoding NAME. One of its words is in cp1251" in said
    options = ["--encoding", "cp1251", "--separator", "pipe", "--decimal", "comma"]
    asked = next_batch(run, data, batch, *options, n=2)
    assert set(asked[0]) == {"skal_id"} | set(HEADER) or "|" in next(iter(asked[0]))
    with open(batch, encoding="utf-8-sig", newline="") as file:
        asked = list(csv.DictReader(file, delimiter="|"))
    lines = [[row["skal_id"], "\u0434\u0430"] for row in asked]
    write(batch, lines, ["skal_id", "kind"], ";", "koi8_r")
    code, said = run("add", data, batch)
    assert code == 2 and "--encoding" in said
    assert run("add", data, batch, "--encoding", "koi8_r", "--separator", ";")[0] == 0
    code, said = run("export", data, "-o", tmp_path / "out.csv")
    assert code == 0 and "\u0434\u0430 2" in said
    assert len(read(tmp_path / "out.csv", "|")) == 16
    for option in (["--encoding", "x-no"], ["--encoding", "hex"], ["--separator", "ab"],
                   ["--decimal", ":"], ["--date-order", "dym"], ["--separator", '"']):  # fmt: skip
        code, said = run("next", data, "-o", batch, *option)
        assert code == 2 and option[0] in said and "got" in said or "invalid choice" in said


QUICK = ["--budget", "12", "--initial", "4", "--batch-size", "4", "--folds", "2", "--repeats", "1"]


def test_a_comparison_is_reported(run, tmp_path):
    data = write(tmp_path / "t.csv", fruit(60, n_labeled=40))
    folder = tmp_path / "new" / "report"
    command = ["compare", data, "--label", "kind", "--strategies", "margin,core-set", *QUICK]
    code, said = run(*command, "-o", folder)
    assert code == 0, said
    assert "40 labeled rows, 2 classes; 2 folds x 1." in said
    assert "[####################] 6/6 games" in said
    assert (folder / "summary.txt").read_text().strip() in said
    scores = read(folder / "scores.csv")
    assert {row["learner"] for row in scores} == {"margin", "coreset", "random"}
    for picture in ("label_curves.png", "differences.png", "class_balance.png"):
        assert (folder / picture).read_bytes().startswith(b"\x89PNG")
    assert not os.path.exists(data + ".skal")


def test_a_comparison_may_begin_without_labels(run, tmp_path):
    data = write(tmp_path / "t.csv", fruit(60, n_labeled=40))
    command = ["compare", data, "--label", "kind", "--strategies", "margin", *QUICK]
    code, said = run(*command, "--initial", "0", "-o", tmp_path)
    assert code == 0, said
    scores = read(tmp_path / "scores.csv")
    assert {row["n_labels"] for row in scores} == {"4", "8", "12"}
    assert "ahead of random" in said and " to +" in said


def test_a_comparison_of_nothing_but_random_sampling(run, tmp_path):
    data = write(tmp_path / "t.csv", fruit(60, n_labeled=40))
    command = ["compare", data, "--label", "kind", "--strategies", "random", *QUICK]
    code, said = run(*command, "-o", tmp_path)
    assert code == 0, said
    assert (tmp_path / "label_curves.png").exists()
    assert not (tmp_path / "differences.png").exists()


def test_rare_classes_are_named_in_order(run, tmp_path):
    rows = [[f"{i % 7}", "0.5", kind] for i, kind in enumerate("bbbbbbbbaaaaaaaacdac")]
    data = write(tmp_path / "t.csv", rows)
    command = ["compare", data, "--label", "kind", "--strategies", "margin", *QUICK]
    _, said = run(*command, "--folds", "3", "-o", tmp_path)
    assert "{'c': 2, 'd': 1}" in said


def test_a_comparison_plays_every_game_once(run, tmp_path, monkeypatch):
    taught, teach = [], ActiveLearner.teach

    def count(learner, X, y, **params):
        taught.append(len(y))
        return teach(learner, X, y, **params)

    monkeypatch.setattr(ActiveLearner, "teach", count)
    data = write(tmp_path / "t.csv", fruit(60, n_labeled=40))
    command = ["compare", data, "--label", "kind", "--strategies", "margin,core-set", *QUICK]
    code, said = run(*command, "-o", tmp_path)
    assert code == 0 and (tmp_path / "class_balance.png").exists()
    # Two strategies and random sampling, two folds, and in each three rounds of 4 labels.
    assert taught == [4] * 3 * 2 * 3


def test_a_comparison_uses_the_labels_of_the_session(run, tmp_path, batch, monkeypatch):
    data = write(tmp_path / "t.csv", fruit(30, n_labeled=10))
    fill(next_batch(run, data, batch, "--columns", "drop:color", n=10), batch)
    run("add", data, batch)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    code, said = run("compare", data, *QUICK, "--strategies", "margin", "-o", tmp_path)
    assert code == 0
    assert "left out: color" in said and "20 labeled rows" in said
    assert "--budget 12 is more than the 10 rows" in said
    assert 'Pictures need matplotlib: pip install "scikit-skal[plot]"' in said


def test_a_report_overwrites_nothing_but_a_report(run, tmp_path):
    data = write(tmp_path / "scores.csv", fruit(60, n_labeled=40))
    before = read(data)
    common = ["compare", data, "--label", "kind", "--strategies", "margin", *QUICK]
    code, said = run(*common, "-o", tmp_path)
    assert code == 2 and "would be overwritten" in said and "games" not in said
    assert read(data) == before and os.listdir(tmp_path) == ["scores.csv"]
    folder = tmp_path / "report"
    (folder / "summary.txt").mkdir(parents=True)
    code, said = run(*common, "-o", folder)
    assert code == 2 and "summary.txt is a folder" in said and "games" not in said
    (folder / "summary.txt").rmdir()
    os.mkfifo(folder / "label_curves.png")
    code, said = run(*common, "-o", folder)
    assert code == 2 and "label_curves.png is a pipe" in said and "games" not in said


def test_a_report_is_written_as_a_whole_or_not_at_all(run, tmp_path, monkeypatch):
    data = write(tmp_path / "t.csv", fruit(60, n_labeled=40))
    folder = tmp_path / "report"
    folder.mkdir()
    (folder / "summary.txt").write_text("of last week")

    def fail(path, text, **options):
        with open(path, "w") as file:
            file.write(text[:10])
        raise OSError("No space left on device")

    monkeypatch.setattr("pathlib.Path.write_text", fail)
    common = ["compare", data, "--label", "kind", "--strategies", "margin", *QUICK]
    code, said = run(*common, "-o", folder)
    assert code == 1 and "No space left" in said
    assert (folder / "summary.txt").read_bytes() == b"of last week"
    assert os.listdir(folder) == ["summary.txt"]


def test_a_comparison_heeds_how_the_table_of_a_session_is_read(run, tmp_path, batch):
    rows = [[f"{i},5", str(i), ("plum", "melon")[i % 2]] for i in range(24)]
    rows += [[f"{i},5", str(i), ""] for i in range(6)]
    data = write(tmp_path / "t.csv", rows, separator=";")
    next_batch(run, data, batch)
    common = ["compare", data, *QUICK, "--strategies", "margin", "-o", tmp_path / "report"]
    code, said = run(*common, "--encoding", "utf-16")
    assert code == 2 and "is not text in utf-16" in said
    code, said = run(*common, "--separator", "|")
    assert code == 2 and "no column" in said
    code, said = run(*common, "--id", "size")
    assert code == 2 and "--id size differs from the id column of the session" in said
    # Nothing of this is remembered: neither the options nor the labels, read in another way.
    settings = read_note(f"{data}.skal", "command line")
    with open(data, "a") as file:
        file.write("6,5;6;plum\n7,5;7;unsure\n")
    code, said = run(*common, "--missing", "unsure", "--model", "forest")
    assert code == 0 and "25 labeled rows, 2 classes" in said
    assert read_note(f"{data}.skal", "command line") == settings
    code, said = run("export", data, "-o", tmp_path / "out.csv")
    assert code == 0 and "26 of 32 rows are labeled" in said


@pytest.mark.parametrize(
    ("n_labeled", "options", "message"),
    [
        (1, [], "two classes"),
        (0, [], "two classes"),
        (6, ["--folds", "4"], "--folds must be at most 3"),
        (20, ["--strategies", "margin,best"], "--strategy must be one of"),
        (20, ["--label", "kid"], "did you mean 'kind'?"),
        (20, ["-o", __file__], "must be a folder"),
    ],
)
def test_comparisons_that_cannot_be(run, tmp_path, n_labeled, options, message):
    data = write(tmp_path / "t.csv", fruit(24, n_labeled))
    common = ["compare", data, "--label", "kind", *QUICK, "-o", tmp_path / "report"]
    code, said = run(*common, *options)
    assert code == 2 and message in said


def test_the_summary_says_what_is_certain():
    runs = np.linspace(0, 0.02, 8)[:, None]
    rising = np.array([0.5, 0.6, 0.7, 0.8]) + runs
    scores = {
        "quick": np.array([0.5, 0.8, 0.85, 0.9]) + runs,
        "same": rising,
        "slow": np.array([0.5, 0.5, 0.5, 0.6]) + runs,
        "random": rising,
    }
    text = summary(LabelCurves([10, 20, 30, 40], scores, baseline="random", score_name="accuracy"))
    lines = {line.split()[0]: line for line in text.splitlines()[1:5]}
    assert list(lines)[0] == "quick" and list(lines)[-1] == "slow"
    assert "+20 (" in lines["quick"] and "+0.133 +- 0.000" in lines["quick"]
    assert "never" in lines["slow"] and "none" in lines["slow"]
    assert "+0 (+0 to +0)" in lines["same"]
    assert "quick: better than random sampling here." in text
    assert "same: not clearly different from random" in text
    assert "slow: worse than random" in text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--scoring", "f1"], "f1_macro"),
        (["--scoring", "precision"], "precision_macro"),
        (["--scoring", "average_precision"], "roc_auc"),
        (["--scoring", "neg_log_loss", "--model", "svc"], "predict_proba"),
        (["--scoring", "beauty"], "'beauty'"),
        (["--initial", "30", "--budget", "20"], "--initial 30 and --budget 20"),
        (["--initial", "12"], "--initial must be less than --budget"),
        (["--initial", "20", "--budget", "100"], "less than the 20 rows of a training part"),
        (["--jobs", "0"], "--jobs must be"),
        (["--seed", "-1"], "--seed must be from 0"),
    ],
)
def test_comparisons_are_checked_before_the_first_game(run, tmp_path, options, message):
    data = write(tmp_path / "t.csv", fruit(60, n_labeled=40))
    common = ["compare", data, "--label", "kind", "--strategies", "margin", *QUICK]
    code, said = run(*common, "-o", tmp_path / "report", *options)
    assert code == 2 and message in said
    assert "games" not in said and "Traceback" not in said
    assert not (tmp_path / "report").exists()


def test_a_report_says_which_rounds_have_no_score(run, tmp_path):
    rows = [[f"{i % 7}", f"{i / 9:.2f}", "rare" if i % 10 == 0 else "often"] for i in range(60)]
    data = write(tmp_path / "t.csv", rows)
    common = ["compare", data, "--label", "kind", "--strategies", "margin", "--folds", "2"]
    options = ["--initial", "2", "--batch-size", "6", "--budget", "26", "--scoring", "roc_auc"]
    code, said = run(*common, *options, "-o", tmp_path)
    assert code == 0
    assert "rounds have no roc auc" in said
    assert re.search(r"Rounds with fewer than \d+ labels are left out", said)
    assert "nan" not in (tmp_path / "summary.txt").read_text()
    assert "nan" in {row["score"] for row in read(tmp_path / "scores.csv")}


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
@pytest.mark.parametrize(("n_games", "compared"), [(1, False), (5, True)])
def test_finished_games_are_reported(run, tmp_path, monkeypatch, error, n_games, compared):
    taught, teach = [], ActiveLearner.teach

    def fail(learner, X, y, **params):
        if len(taught) == 3 * n_games:  # rounds in a game
            raise error("of our own making")
        taught.append(len(y))
        return teach(learner, X, y, **params)

    monkeypatch.setattr(ActiveLearner, "teach", fail)
    data = write(tmp_path / "t.csv", fruit(60, n_labeled=40))
    command = ["compare", data, "--label", "kind", "--strategies", "margin,core-set", *QUICK]
    code, said = run(*command, "-o", tmp_path / "report")
    assert code == 1
    assert "labels that were given" not in said
    assert (f"skal: Interrupted. {n_games} of 6 games" in said) == (error is KeyboardInterrupt)
    assert ("of our own making" in said) == (error is RuntimeError)
    scores = read(tmp_path / "report" / "scores.csv")
    assert len({(row["learner"], row["run"]) for row in scores}) == n_games
    report = tmp_path / "report" / "summary.txt"
    assert report.exists() == compared
    if compared:
        assert report.read_text().startswith("Not complete: 5 of 6 games were finished.")
        assert "margin: " in report.read_text()


def test_an_interruption_before_the_first_game_is_told(run, tmp_path, monkeypatch):
    def interrupt(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("skal._cli._compare.make_features", interrupt)
    data = write(tmp_path / "t.csv", fruit(60, n_labeled=40))
    code, said = run("compare", data, "--label", "kind", *QUICK, "-o", tmp_path / "report")
    assert (code, said) == (1, "skal: Interrupted. No game was finished.\n")


def test_a_summary_of_one_run_claims_nothing():
    scores = {"quick": [[0.5, 0.8, 0.9]], "random": [[0.5, 0.6, 0.7]]}
    text = summary(LabelCurves([10, 20, 30], scores, baseline="random"))
    assert "single run" in text and "sampling here" not in text and "nan" not in text


def test_a_summary_of_no_scores_says_so():
    scores = {"quick": [[0.5, np.nan]] * 3, "random": [[0.5, 0.7]] * 3}
    text = summary(LabelCurves([10, 20], scores, baseline="random"))
    assert text.startswith("Nothing can be compared. In each of the 3 runs")
    scores["quick"] = [[0.5, np.nan], [0.5, 0.8], [0.5, 0.7]]
    text = summary(LabelCurves([10, 20], scores, baseline="random"))
    assert "1 of 3 runs are left out" in text and "nan" not in text


def test_usage_and_exit_codes(run, data, batch, monkeypatch):
    assert run("--help")[0] == 0
    assert "examples:" in run("--help")[1]
    assert run()[0] == 2
    assert run("next", data, "--label", "kind", "-o", batch, "-n", "0")[0] == 2
    assert run("next", data + "x", "--label", "kind", "-o", batch) == (
        2,
        f"skal: There is no file {data}x.\n",
    )

    def broken(*args, **kwargs):
        raise RuntimeError("of our own making")

    monkeypatch.setattr(LabelingSession, "next", broken)
    code, said = run("next", data, "--label", "kind", "-o", batch)
    assert code == 1 and "of our own making" in said

    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(LabelingSession, "next", interrupted)
    code, said = run("next", data, "--label", "kind", "-o", batch)
    assert code == 1 and "All labels that were given are saved." in said


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("", "A command must be given: one of label, next, "),
        ("labl x", "The command must be one of label, .*, got 'labl'. Did you mean label"),
        ("label", "DATA must be given: the table: CSV, "),
        ("next x", "-o/--output must be given: the file to write"),
        ("add", "DATA must be given: .* BATCH must be given: a file that skal next wrote"),
        ("next x -o b -n", "-n needs a value behind it"),
        ("next x -o b -n 0", "-n must be a whole number of at least 1, got '0'"),
        ("label x --task y", "--task must be one of classes, regression, multilabel, got 'y'"),
        ("label x --taks y", "skal label has no option --taks. Did you mean --task"),
        ("label x y", "skal label has no use for 'y'"),
        ("label x --group-copies=3", "--group-copies/--no-group-copies takes no value, got '3'"),
        ("label x --st 3", "ambiguous option: --st could match "),
        ("compare x -o r --folds 1", "--folds must be a whole number of at least 2, got '1'"),
    ],
)
def test_wrong_options_are_told_in_one_line(run, words, message):
    code, said = run(*words.split())
    assert code == 2 and "usage" not in said
    assert re.fullmatch(f"skal: {message}.*[.?] All options: skal ?[a-z]* --help\n", said), said


def test_an_opinion_that_agrees_is_that_of_a_witness(run, data, batch):
    fill(next_batch(run, data, batch), batch)
    assert run("add", data, batch, "--annotator", "ann")[0] == 0
    code, said = run("add", data, batch, "--annotator", "bert")
    assert code == 0 and said.startswith("New labels: none, second opinions: 4.\n4 of 24 rows")
    # Nothing is taken twice, and without a name nobody is a witness.
    for more in (["--annotator", "bert"], ["--annotator", "ann"], []):
        code, said = run("add", data, batch, *more)
        assert code == 0 and said.startswith("New labels: none, known already: 4.\n")
    with session_of(data) as session:
        assert session.progress()["annotators"] == {"ann": 4, "bert": 4}
        assert session.disagreements() == {}
        session.undo()
        assert session.progress()["annotators"] == {"ann": 4}


def test_without_pandas_the_way_out_is_said(run, data, batch, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    code, said = run("next", data, "--label", "kind", "-o", batch)
    assert code == 2 and 'pip install "scikit-skal[cli]"' in said


def test_the_module_runs(data):
    answer = subprocess.run(
        [sys.executable, "-m", "skal", "export", data, "-o", data],
        capture_output=True,
        text=True,
    )
    assert answer.returncode == 2
    assert answer.stderr.startswith("skal: ")
