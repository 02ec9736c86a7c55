"""The command line where labels are numbers."""

import csv

import joblib
import numpy as np
import pandas as pd
import pytest
from tables import read

from skal.session import LabelingSession

N, N_LABELED = 80, 40


def houses(path, n_labeled=N_LABELED, decimal=".", separator=",", whole=False, label="price"):
    """Write a table of houses with their prices, and return its path."""
    rng = np.random.RandomState(0)
    size = rng.rand(N) * 100
    price = 3 * size + rng.randn(N)
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=separator)
        writer.writerow(["size", "town", label])
        for i in range(N):
            cell = f"{price[i]:.0f}" if whole else f"{price[i]:.4f}"
            cells = f"{size[i]:.1f}", "ab"[i % 2], cell if i < n_labeled else ""
            writer.writerow([one.replace(".", decimal) for one in cells])
    return str(path)


@pytest.fixture(autouse=True)
def seed(monkeypatch):
    """Sessions draw what they draw: what is suspicious depends on it."""
    monkeypatch.setattr("skal.session._log.fresh_seed", lambda: 7)


@pytest.fixture
def data(tmp_path):
    return houses(tmp_path / "houses.csv")


START = ("--label", "price", "--task", "regression")


def filled(tmp_path, run, data, numbers, *options, separator=","):
    """Write a batch, fill numbers in and return its path."""
    batch = tmp_path / "batch.csv"
    code, said = run("next", data, *options, "-n", len(numbers), "-o", batch)
    assert code == 0, said
    rows = read(batch, separator)
    with open(batch, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=separator)
        writer.writeheader()
        for row, number in zip(rows, numbers, strict=True):
            writer.writerow({**row, "price": number})
    return batch


def test_the_task_is_told_in_one_line_and_remembered(answer, data, run):
    code, said = answer("label", data, "--label", "price", answers=["q"])
    assert code == 0 and said.count("--task regression") == 1
    assert "40 different numbers, some with fractions, and so a number is predicted" in said
    assert "begin with --task classes" in said
    assert "40 of 80 rows are labeled (minimum " in said
    code, said = answer("label", data, answers=["q"])
    assert code == 0 and "--task" not in said


@pytest.mark.parametrize("whole", [True, False])
def test_whole_numbers_and_few_numbers_are_never_told(tmp_path, answer, whole):
    data = houses(tmp_path / "a.csv", n_labeled=40 if whole else 15, whole=whole)
    code, said = answer("label", data, "--label", "price", answers=["q"])
    # Whole numbers may be ids, and so they are refused; both ways out are named.
    assert code == 2 and "--classes a,b,c" in said and "--task regression" in said
    code, said = answer("label", data, *START, answers=["q"])
    assert code == 0 and "minimum" in said


def test_classes_that_look_measured_stay_classes_where_it_is_said(tmp_path, answer):
    data = tmp_path / "a.csv"
    rows = [f"{i},{(i % 25) / 2}" for i in range(100)]
    data.write_text("size,price\n" + "\n".join(rows) + "\n")
    for i, more in enumerate((["--task", "classes"], ["--classes", "0.0,0.5"])):
        code, said = answer("label", str(data), "--label", "price", *more, answers=["q"])
        assert code == 2 and "regression)" not in said and i < 2


def test_the_task_of_a_session_stays(answer, data, run, tmp_path):
    answer("label", data, *START, answers=["q"])
    code, said = run("next", data, "--task", "classes", "-o", tmp_path / "b.csv")
    assert code == 2 and "--task classes differs from that of the session, regression" in said
    other = tmp_path / "c.csv"
    other.write_text("size,kind\n1.5,a\n2.5,b\n0.5,\n")
    answer("label", str(other), "--label", "kind", answers=["q"])
    code, said = run("next", str(other), "--task", "regression", "-o", tmp_path / "b.csv")
    assert code == 2 and "differs from that of the session, classes" in said


def test_what_is_about_classes_is_refused(answer, data, run, tmp_path):
    wrong = {
        ("--classes", "a,b"): "--classes and --add-class are about classes",
        ("--add-class", "a"): "--classes and --add-class are about classes",
        (
            "--model",
            "logistic",
        ): "must be one of ridge, forest, boosting.*'logistic' is for --task c",
        ("--model", "sklearn.svm:SVC"): "must be a regressor, as labels are numbers",
        ("--strategy", "margin"): "margin does not work with --task regression",
        ("--strategy", "bald"): "bald does not work with --task regression",
        ("--stop", "recall:0.9:a"): "is about classes, but labels are numbers",
        ("--stop", "score:0.9:f1:a"): "is about classes, but labels are numbers",
    }
    import re

    for options, message in wrong.items():
        code, said = answer("label", data, *START, *options, answers=["q"])
        assert code == 2 and re.search(message, said), said
        assert "Traceback" not in said
    assert not (tmp_path / "houses.csv.skal").exists()
    code, said = answer("label", data, *START, answers=["q"])
    code, said = run("relabel", data, "--add-class", "a")
    assert code == 2 and "classes" in said and "Traceback" not in said


def test_regressors_are_refused_for_classes(tmp_path, answer):
    data = tmp_path / "a.csv"
    data.write_text("size,kind\n1.5,a\n2.5,b\n0.5,\n")
    for model, message in {
        "ridge": "'ridge' is for --task regression",
        "sklearn.linear_model:Ridge": "must be a classifier, as labels are classes",
    }.items():
        code, said = answer("label", str(data), "--label", "kind", "--model", model, answers=["q"])
        assert code == 2 and message in said


@pytest.mark.parametrize("model", ["ridge", "forest", "boosting", "sklearn.svm:SVR"])
def test_models_of_numbers_choose_rows(data, run, tmp_path, model):
    code, said = run("next", data, *START, "--model", model, "-n", 3, "-o", tmp_path / "b.csv")
    assert code == 0 and len(read(tmp_path / "b.csv")) == 3


STRATEGIES = ("improved_greedy", "lcmd", "standard_deviation", "committee_variance", "random")


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_strategies_of_numbers_choose_rows(data, run, tmp_path, strategy):
    batch = tmp_path / "b.csv"
    code, _ = run("next", data, *START, "--strategy", strategy, "-n", 3, "-o", batch)
    assert code == 0 and len(read(batch)) == 3


def test_numbers_are_typed_in_the_terminal(answer, data):
    typed = ["12.5", "x", "1,000", "1_0", "inf", "", "s", "u", "-3e1", "?", "m", "q"]
    code, said = answer("label", data, *START, "--strategy", "random", answers=typed)
    assert code == 0 and "Type a number, or a key, and then Enter" in said
    for wrong in ("x", "1,000", "1_0", "inf"):
        assert f"{wrong!r} is not a number, such as 3.5" in said
    assert "42 of 80 rows are labeled (minimum -30" in said
    assert "Which classes" not in said and "another class" not in said
    assert "Marks the class" not in said


def test_from_no_label_on_the_terminal_asks_for_numbers(answer, tmp_path):
    data = houses(tmp_path / "a.csv", n_labeled=0)
    code, said = answer("label", data, *START, answers=["1", "2.5", "q"])
    assert code == 0 and "The model: none yet, it needs two labels" in said
    assert "2 of 80 rows are labeled (minimum 1, mean 1.75, maximum 2.5)" in said
    new = houses(tmp_path / "b.csv", n_labeled=0, label="other")
    code, said = answer("label", new, *START, answers=["1", "q"])
    assert code == 2 and "has no column 'price'" in said


def test_a_decimal_comma_stays_one(answer, run, tmp_path):
    data = houses(tmp_path / "a.csv", decimal=",", separator=";")
    code, said = answer("label", data, *START, answers=["12,5", "7.5", "q"])
    assert code == 0 and "42 of 80" in said
    batch = filled(tmp_path, run, data, ["1,25", "2"], separator=";")
    code, said = run("add", data, batch)
    assert code == 0 and "New labels: 2" in said
    code, _ = run("export", data, "-o", tmp_path / "out.csv", "--predict")
    rows, before = read(tmp_path / "out.csv", ";"), read(data, ";")
    assert [row["price"] for row in rows[:40]] == [row["price"] for row in before[:40]]
    assert {row["price"] for row in rows[40:]} == {"", "12,5", "7,5", "1,25", "2"}
    assert all("," in row["predicted"] for row in rows if not row["price"])


def test_numbers_come_back_from_a_batch(data, run, tmp_path):
    batch = filled(tmp_path, run, data, ["1.5", "", "many"], *START)
    code, said = run("add", data, batch)
    assert code == 2 and "'many' is not a number. Labels are numbers here" in said
    assert "No label of this file was taken" in said
    batch.write_text(batch.read_text().replace("many", "-0.0"))
    code, said = run("add", data, batch)
    assert code == 0 and "New labels: 2, not labeled yet: 1" in said
    code, said = run("add", data, batch)
    assert code == 0 and "New labels: none, known already: 2" in said
    batch.write_text(batch.read_text().replace("1.5", "1.75"))
    code, said = run("add", data, batch)
    assert code == 2 and "is labeled 1.5 already, and 1.75 here" in said
    code, said = run("add", data, batch, "--relabel")
    assert code == 0 and "changed: 1" in said


def test_a_wrong_number_in_the_column_is_named(tmp_path, answer):
    data = houses(tmp_path / "a.csv")
    path = tmp_path / "a.csv"
    path.write_text(path.read_text().replace("\n", "\n55.0,a,cheap\n", 1))
    code, said = answer("label", data, *START, answers=["q"])
    assert code == 2 and "line 2, column 'price': 'cheap' is not a number" in said
    code, said = answer("label", data, *START, "--missing", "cheap", answers=["q"])
    assert code == 0 and "40 of 81 rows" in said


def test_labels_go_out_exactly(data, run, answer, tmp_path):
    typed = ["0.1", "1e-300", "123456789.123456", "4", "q"]
    answer("label", data, *START, "--strategy", "random", answers=typed)
    for name in ("out.csv", "out.parquet"):
        code, said = run("export", data, "-o", tmp_path / name)
        assert code == 0, said
    rows = [row["price"] for row in read(tmp_path / "out.csv")]
    new = [text for text in rows[40:] if text]
    assert sorted(map(float, new)) == [1e-300, 0.1, 4.0, 123456789.123456] and "4" in new
    frame = pd.read_parquet(tmp_path / "out.parquet")
    assert frame["price"].dtype == float and frame["price"].notna().sum() == 44
    again = [row["price"] for row in read(data)]
    assert rows[:40] == again[:40]
    code, _ = run("export", data, "--salvage", "-o", tmp_path / "s.csv")
    saved = [float(row["price"]) for row in read(tmp_path / "s.csv") if row["price"]]
    assert code == 0 and sorted(saved) == sorted(frame["price"].dropna().tolist())


def test_predictions_have_standard_deviations_where_there_are_some(data, run, answer, tmp_path):
    answer("label", data, *START, answers=["q"])
    out = tmp_path / "out.csv"
    code, said = run("export", data, "-o", out, "--predict", "--model-out", tmp_path / "m.joblib")
    assert code == 0 and "The model gives no standard deviations." in said
    rows = read(out)
    predicted = np.array([float(row["predicted"]) for row in rows[40:]])
    sizes = np.array([float(row["size"]) for row in rows[40:]])
    assert np.abs(predicted - 3 * sizes).max() < 30 and rows[0]["predicted"] == ""
    frame = pd.read_csv(data)[["size", "town"]]
    model = joblib.load(tmp_path / "m.joblib")
    np.testing.assert_allclose(model.predict(frame[40:]), predicted, rtol=1e-4)
    code, said = run("export", data, "-o", out, "--predict", "--model", "forest")
    assert code == 0 and "'predicted' and 'standard_deviation'" in said
    assert all(float(row["standard_deviation"]) >= 0 for row in read(out)[40:])


def test_a_model_needs_two_numbers(tmp_path, answer, run):
    data = houses(tmp_path / "a.csv", n_labeled=1)
    answer("label", data, *START, answers=["q"])
    code, said = run("export", data, "-o", tmp_path / "out.csv", "--predict")
    assert code == 2 and "A model needs at least two labels" in said


def test_status_says_r2_and_the_goal(tmp_path, run, answer):
    data = houses(tmp_path / "a.csv", n_labeled=0)
    prices = [row["price"] for row in read(houses(tmp_path / "all.csv", n_labeled=N))]
    options = (*START, "--audit", "0.6", "--stop", "score:0.9", "--stop", "rmse:0.001")
    batch = filled(tmp_path, run, data, [""] * 50, *options)
    rows = read(batch)
    with open(batch, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        for row in rows:
            writer.writerow({**row, "price": prices[int(row["skal_id"]) - 1]})
    code, said = run("add", data, batch)
    assert code == 0 and "New labels: 50" in said
    code, said = run("status", data)
    assert code == 0 and "R^2 of the model is " in said and "by 30 audit rows" in said
    assert "The root mean squared error of the model is " in said
    assert "There are not enough labels yet: score:0.9 or rmse:0.001 is not reached." in said
    for number in range(2):
        answer("label", data, answers=[*["1"] * (5 + number), "q"])
    code, said = run("status", data)
    assert code == 0 and "Next: skal" in said


def test_labels_that_look_wrong_are_reviewed(data, run, answer):
    typed = ["100000", "q"]
    answer("label", data, *START, "--strategy", "random", answers=typed)
    code, said = answer("relabel", data, "--row", "1", "--to", "3.5", answers=[])
    assert code == 0 and "is 3.5 now" in said
    code, said = answer("relabel", data, "--row", "1", "--to", "dear", answers=[])
    assert code == 2 and "--to must be a number" in said
    code, said = answer("review", data, answers=["12.5", "q"])
    assert code == 0 and "The label: 100000.0" in said and "Labels kept: 0, changed: 1" in said
    code, said = answer("relabel", data, "--row", "1", "--to", "3.5", answers=[])
    assert "Row 1: stays 3.5." in said


def test_a_review_needs_ten_numbers(tmp_path, answer, run):
    data = houses(tmp_path / "a.csv", n_labeled=9)
    answer("label", data, *START, answers=["q"])
    code, said = run("review", data)
    assert code == 2 and "at least 10 are needed, got 9" in said


@pytest.mark.parametrize("told", [True, False])
def test_strategies_are_compared_by_r2(data, run, tmp_path, told):
    options = () if told else ("--task", "regression")
    code, said = run(
        *("compare", data, "--label", "price", "--strategies", "max_herding,lcmd"),
        *("--budget", 12, "--initial", 4, "--batch-size", 4, "--folds", 2, "--repeats", 1),
        *("-o", tmp_path / "report", *options),
    )
    assert code == 0, said
    assert "40 labeled rows, 40 different numbers" in said
    assert ("so a number is predicted" in said) == told
    summary = (tmp_path / "report" / "summary.txt").read_text()
    assert "r2" in summary and "max_herding" in summary
    assert not (tmp_path / "report" / "class_balance.png").exists()


def test_a_session_of_numbers_is_compared(data, run, answer, tmp_path):
    answer("label", data, *START, answers=["1.5", "q"])
    code, said = run(
        *("compare", data, "--strategies", "lcmd", "--scoring", "neg_root_mean_squared_error"),
        *("--budget", 8, "--initial", 4, "--folds", 2, "--repeats", 1, "-o", tmp_path / "report"),
    )
    assert code == 0 and "41 labeled rows" in said, said
    code, said = run(
        "compare", data, "--strategies", "lcmd", "--folds", 50, "-o", tmp_path / "other"
    )
    assert code == 2 and "at least 50 labeled rows" in said


def test_a_library_opens_the_session_with_a_regressor(data, answer):
    from sklearn.linear_model import Ridge

    from skal import ActiveLearner

    answer("label", data, *START, answers=["2.5", "q"])
    X = np.arange(N).reshape(-1, 1)
    path = data + ".skal"
    with LabelingSession(path, ActiveLearner(Ridge()), X, ids=range(1, N + 1)) as session:
        assert 2.5 in session.verdicts().values()
