"""The end of the job on the command line: predictions, and a model for new tables."""

import subprocess
import sys

import joblib
import numpy as np
import pandas as pd
import pytest
from tables import read, write

from skal._cli._columns import given_readings
from skal._cli._names import MODELS
from skal._cli._table import Table
from skal._cli._table_columns import TableColumns
from skal._cli._typed import cell_readers, typed_frame

HEADER = ["size", "color", "picked", "note", "code", "kind"]


def fruit(n=60, n_labeled=24):
    """Return rows in which large ones are melons; some cells are missing."""
    rows = []
    for i in range(n):
        size = "" if i % 13 == 12 else f"{10 * (i % 2) + i / n:.3f}"
        color = "NA" if i % 11 == 10 else ("red", "green", "blue")[i % 3]
        picked = f"2024-{1 + i % 12:02}-{1 + i % 28:02}"
        note = f"a {('small', 'large')[i % 2]} fruit, number {i} of the day"
        kind = ("plum", "melon")[i % 2] if i < n_labeled else ""
        rows.append([size, color, picked, note, ("01", "02")[i % 2], kind])
    return rows


@pytest.fixture
def data(tmp_path, run):
    """A table with a session that has labels of two classes."""
    path = write(tmp_path / "fruit.csv", fruit(), HEADER)
    columns = "category:code"
    code, said = run("next", path, "--label", "kind", "--columns", columns, "-o", path + ".b.csv")
    assert code == 0, said
    return path


def test_predictions_stand_beside_the_labels(run, data, tmp_path):
    out = tmp_path / "out.csv"
    code, said = run("export", data, "-o", out, "--predict")
    assert code == 0, said
    assert "Predictions for the 36 rows without a label are in the columns" in said
    rows = read(out)
    assert list(rows[0]) == [*HEADER, "predicted", "probability"]
    right = []
    for i, row in enumerate(rows):
        kind = ("plum", "melon")[i % 2]
        if i < 24:
            assert (row["kind"], row["predicted"], row["probability"]) == (kind, "", "")
        else:
            assert row["kind"] == "" and 0.5 <= float(row["probability"]) <= 1
            right.append(row["predicted"] == kind)
    assert np.mean(right) > 0.8
    assert [list(row.values())[:5] for row in rows] == [row[:5] for row in fruit()]


def test_names_of_columns_do_not_collide(run, tmp_path):
    header = ["predicted", "predicted_2", "kind"]
    rows = [[str(i % 2), f"{i / 7:.2f}", "ab"[i % 2] if i < 6 else ""] for i in range(20)]
    data = write(tmp_path / "t.csv", rows, header)
    assert run("next", data, "--label", "kind", "-n", 1, "-o", tmp_path / "b.csv")[0] == 0
    assert run("export", data, "-o", tmp_path / "out.csv", "--predict")[0] == 0
    assert list(read(tmp_path / "out.csv")[0]) == [*header, "predicted_3", "probability"]


def test_a_model_without_probabilities_says_so(run, data, tmp_path):
    options = ["--predict", "--model", "svc"]
    code, said = run("export", data, "-o", tmp_path / "out.csv", *options)
    assert code == 0 and "The model gives no probabilities." in said
    assert list(read(tmp_path / "out.csv")[0]) == [*HEADER, "predicted"]
    # The model of the session is what it was.
    code, said = run("export", data, "-o", tmp_path / "out.csv", "--predict")
    assert code == 0 and "'probability'" in said


def test_predictions_in_parquet_have_types(run, data, tmp_path):
    pytest.importorskip("pyarrow")
    assert run("export", data, "-o", tmp_path / "out.parquet", "--predict")[0] == 0
    out = pd.read_parquet(tmp_path / "out.parquet")
    assert out["probability"].dtype == float
    assert out["probability"].isna().sum() == 24


@pytest.mark.parametrize("n_labeled", [0, 1])
def test_two_classes_are_needed(run, tmp_path, n_labeled):
    data = write(tmp_path / "fruit.csv", fruit(n_labeled=n_labeled), HEADER)
    run("next", data, "--label", "kind", "--classes", "plum,melon", "-o", tmp_path / "b.csv")
    for options in (["-o", tmp_path / "o.csv", "--predict"], ["--model-out", tmp_path / "m"]):
        code, said = run("export", data, *options)
        assert code == 2
        assert "A model needs labels of at least two classes" in said
        assert ("only 'plum'" if n_labeled else "labels of none") in said
    assert not (tmp_path / "o.csv").exists() and not (tmp_path / "m").exists()


def test_options_that_do_not_fit_are_refused(run, data, tmp_path):
    out = tmp_path / "out.csv"
    assert "-o FILE is needed" in run("export", data)[1]
    assert "-o FILE is needed" in run("export", data, "--predict", "--model-out", out)[1]
    assert "--model needs --predict" in run("export", data, "-o", out, "--model", "svc")[1]
    for place in (data, data + ".skal", out):
        code, said = run("export", data, "-o", out, "--model-out", place)
        assert code == 2 and "Choose another name for --model-out" in said
    assert "no folder" in run("export", data, "--model-out", tmp_path / "no" / "m.joblib")[1]


@pytest.mark.parametrize("model", MODELS)
def test_the_model_predicts_for_the_table_as_the_session_does(run, data, tmp_path, model):
    path, out = tmp_path / "m.joblib", tmp_path / "out.csv"
    code, said = run("export", data, "--model", model, "--model-out", path, "-o", out, "--predict")
    assert code == 0, said
    loaded, rows = joblib.load(path), read(out)
    table = pd.read_csv(data)
    expected = [row["predicted"] for row in rows[24:]]
    assert loaded.predict(table[24:]).tolist() == expected
    as_text = pd.read_csv(data, dtype=str, keep_default_na=False)
    assert loaded.predict(as_text[24:]).tolist() == expected
    if "probability" in rows[0]:
        proba = loaded.predict_proba(table[24:]).max(axis=1)
        written = [float(row["probability"]) for row in rows[24:]]
        np.testing.assert_allclose(proba, written, atol=1e-4)


def test_the_model_predicts_for_new_tables_in_a_fresh_process(run, data, tmp_path):
    path, new = tmp_path / "m.joblib", tmp_path / "new.csv"
    assert run("export", data, "--model-out", path)[0] == 0
    rows = [
        ["02", "a large fruit of the night", "purple", "9.9", "2031-01-01", "more"],
        ["01", "", "", "", "", ""],
        ["1", "a small fruit", "red", "0.1", "2024-02-30", "?"],
    ]
    write(new, rows, ["code", "note", "color", "size", "picked", "unknown"])
    code = (
        "import sys, joblib, pandas as pd\n"
        "model = joblib.load(sys.argv[1])\n"
        "new = pd.read_csv(sys.argv[2], index_col='unknown')\n"
        "print(*model.predict(new), *model.classes_, model.predict_proba(new).shape)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path), str(new)], capture_output=True, text=True
    )
    assert done.stdout.split()[0::2][:2] == ["melon", "plum"], done.stderr
    assert done.stdout.endswith("melon plum (3, 2)\n") and not done.stderr


def test_the_model_names_columns_that_are_missing(run, data, tmp_path):
    path = tmp_path / "m.joblib"
    assert run("export", data, "--model-out", path)[0] == 0
    model, table = joblib.load(path), pd.read_csv(data)
    with pytest.raises(ValueError, match="no column 'note', from which the model learned"):
        model.predict(table.drop(columns="note"))
    with pytest.raises(TypeError, match="a data frame with the columns of its table, got ndarray"):
        model.predict(table.to_numpy())
    with pytest.raises(ValueError, match="several columns of the name 'size'"):
        model.predict(pd.concat([table, table[["size"]]], axis=1))


def columns_of(texts, **dialect):
    from skal._cli._dialect import Dialect

    return Table("t.csv", {"x": list(texts)}, dialect=Dialect(**dialect))


@pytest.mark.parametrize(
    ("role", "texts", "new", "expected"),
    [
        ("number", ["1,5", "2.000,5"], ["1.234", "7,25", 1.5, None, "x"], [1234, 7.25, 1.5]),
        ("number", ["14:30", "15:00"], ["16:30", ""], [16.5]),
        ("number", ["$5", "7 EUR", "$6"], ["$8", "8 EUR", "9"], [8, None, 9]),
        ("number", ["12%", "14%"], ["50%", True], [0.5]),
        ("number", ["1", "2"], [np.float32(2.5), np.int64(7)], [2.5, 7]),
        ("date", ["31.12.2024", "01.02.2025"], ["02.03.2025", "?"], ["2025-03-02"]),
        ("date", ["12/31/2024"], ["02/03/2025", "2025-02-03"], ["2025-02-03"] * 2),
        ("date", ["2024-12-31"], [pd.Timestamp("2025-01-02 12:00"), pd.NaT], ["2025-01-02 12:00"]),
        ("category", ["01", "02"], [1, 2, None, "3"], ["01", "02", "", "3"]),
        ("category", ["True", "False"], [True, "false", "null"], ["True", "False", ""]),
        ("category", ["Yes", "yes"], ["Yes", "yes", "YES"], ["Yes", "yes", "YES"]),
        ("text", ["a b", "c"], ["d e", None, 5], ["d e", "", "5"]),
    ],
)
def test_new_cells_are_read_as_those_of_the_table(role, texts, new, expected):
    table = columns_of(texts)
    readers = cell_readers(table, given_readings([f"{role}:x"], ["x"]))
    found = TableColumns(readers).transform({"x": new})["x"]
    if role == "date":
        expected = [pd.Timestamp(one) for one in expected]
    expected = [*expected, *[None] * (len(new) - len(expected))]
    for one, wanted in zip(found, expected, strict=True):
        assert pd.isna(one) if wanted is None else one == wanted


@pytest.mark.parametrize(
    ("role", "texts"),
    [
        ("number", ["1.234", "7.5", "-999", "", "NA", "n"]),
        ("number", ["1.234,5", "7", "-999", "(3,1)"]),
        ("date", ["1/2/2024", "13/2/2024", "-999", "?", "March 3, 2024"]),
        ("category", ["a", "A", " a ", "", "NA", "-999"]),
        ("text", ["a", "", "NA", "-999"]),
    ],
)
@pytest.mark.parametrize("missing", [(), ("-999",)])
def test_the_cells_of_the_table_are_read_as_they_were(role, texts, missing):
    table = columns_of(texts, missing=missing)
    readings = given_readings([f"{role}:x"], ["x"])
    frame = typed_frame(table, readings)
    again = TableColumns(cell_readers(table, readings)).transform(table.columns)
    pd.testing.assert_frame_equal(again, frame, check_categorical=False)
    if missing and role in ("number", "date"):
        assert pd.isna(frame["x"][2])
