"""The command line as a person meets it: files, exit codes and what is printed."""

import csv
import os
import re
import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
from skal.session import LabelingSession, read_note
from skal.simulation import LabelCurves

try:
    import pty
except ImportError:  # Windows
    pty = None

HEADER = ["color", "size", "kind"]


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


def write(path, rows, header=HEADER, separator=",", encoding="utf-8"):
    with open(path, "w", newline="", encoding=encoding) as file:
        csv.writer(file, delimiter=separator).writerows([header, *rows])
    return str(path)


def read(path, separator=","):
    with open(path, newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file, delimiter=separator))


@pytest.fixture
def data(tmp_path):
    return write(tmp_path / "fruit.csv", fruit())


@pytest.fixture
def batch(tmp_path):
    return str(tmp_path / "batch.csv")


@pytest.fixture
def run(capsys):
    """Return a function that runs a command and returns its exit code and what it said."""

    def run(*argv):
        capsys.readouterr()
        code = main([str(word) for word in argv])
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


@pytest.fixture
def label(run, monkeypatch, tmp_path):
    """Return a function that labels with the answers given as lines."""

    def label(data, *options, answers):
        path = tmp_path / "answers"
        path.write_text("".join(f"{answer}\n" for answer in answers))
        with open(path) as file:
            monkeypatch.setattr(sys, "stdin", file)
            return run("label", data, *options)

    return label


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
        *(f"skal._cli.{name}" for name in ("_messages", "_names", "_parser")),
    }


def test_models_and_strategies_that_do_not_fit_are_refused_at_once(run, data, batch, tmp_path):
    common = ["next", data, "--label", "kind", "-o", batch]
    for option, message in [
        (["--strategy", "badge", "--model", "svc"], "badge does not work with --model svc"),
        (["--strategy", "best"], "--strategy must be one of margin"),
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
    for picture in ("label_curves.png", "class_balance.png"):
        assert (folder / picture).read_bytes().startswith(b"\x89PNG")
    assert not os.path.exists(data + ".skal")


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
    text = summary(
        LabelCurves([10, 20, 30, 40], scores, baseline="random", score_name="accuracy"), folds=5
    )
    lines = {line.split()[0]: line for line in text.splitlines()[1:5]}
    assert list(lines)[0] == "quick" and list(lines)[-1] == "slow"
    assert "+20 (" in lines["quick"] and "+0.133 +- 0.000" in lines["quick"]
    assert "never" in lines["slow"] and "none" in lines["slow"]
    assert "+0 (+0 to +0)" in lines["same"]
    assert "quick: better than random sampling here." in text
    assert "same: not clearly different from random" in text
    assert "slow: worse than random" in text


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
