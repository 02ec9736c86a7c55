"""The page from situations to strategies: its lines work, and its numbers are right."""

import csv
import doctest
import re
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import is_regressor
from sklearn.datasets import load_breast_cancer

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGE = (DOCS / "user_guide" / "choosing.rst").read_text(encoding="utf-8")


def examples_of_rows():
    """Return what stands before the tables, and the examples of each cell of code."""
    parse = doctest.DocTestParser().get_examples
    before, *rest = PAGE.split(".. list-table::")
    cells = re.split(r"^ {3}(?:\* |  )-", "\n".join(rest), flags=re.M)
    cells = [parse(cell) for cell in cells if ">>> " in cell and "label_curve" not in cell]
    has_torch = find_spec("torch") is not None
    return parse(before), [
        cell for cell in cells if has_torch or "torch" not in "".join(one.source for one in cell)
    ]


BEFORE, ROWS = examples_of_rows()


def namespace():
    names = {}
    for example in BEFORE:
        exec(compile(example.source, "choosing.rst", "single"), names)
    return names


def data_for(learner, source):
    """Return 60 samples with labels that the learner of a row can learn."""
    X, y = load_breast_cancer(return_X_y=True)
    X, y = X[:60], y[:60]
    if "Tfidf" in source:
        return [f"text{i % 7} word{i % 3}" for i in range(60)], y
    if "OneVsRest" in source:
        return X, np.column_stack([y, 1 - y, X[:, 0] > 15]).astype(int)
    if is_regressor(learner):
        return X, X[:, 3]
    return X, np.array(["malignant", "benign"])[y]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[-1].source.strip()[:50])
def test_each_row_chooses_from_a_small_pool(row):
    names = namespace()
    names.pop("learner")
    for example in row:
        exec(compile(example.source, "choosing.rst", "single"), names)
    if "learner" not in names:  # the row is about a pool of arrays, and queries by itself
        assert "query" in row[-1].source
        return
    learner = names["learner"].set_params(random_state=0)
    source = "".join(example.source for example in row)
    X, y = data_for(learner, source)
    given = {"prices": np.ones(60)} if "CostAware" in source else {}
    assert len(set(learner.query(X, n=5, **given))) == 5
    learner.fit(X[:30], y[:30])
    given = {"prices": np.ones(30)} if given else {}
    assert len(set(learner.query(X[30:], n=5, **given))) == 5


def test_there_is_a_row_for_most_situations():
    assert len(ROWS) >= 25


def settings(strategy, where):
    """Return (title, data set, points, outcome) of the settings of docs/results.inc."""
    found = []
    for table in (DOCS / "results.inc").read_text(encoding="utf-8").split(".. csv-table:: ")[2:]:
        title, *lines = table.splitlines()
        rows = list(csv.reader(line.strip() for line in lines if line.lstrip().startswith('"')))
        if where(title) and strategy in rows[0]:
            column = rows[0].index(strategy)
            found += [(title, row[0], *cell(row[column])) for row in rows[1:] if row[column]]
    return [row for row in found if row[2] is not None]


def cell(text):
    points, _, outcome = text.partition(" ")
    return (None, "") if points == "not" else (float(points), outcome.strip("*"))


def summary(strategy, where):
    """Return the mean, the numbers of wins and losses, and the number of settings."""
    rows = settings(strategy, where)
    outcomes = [row[3] for row in rows]
    mean = sum(row[2] for row in rows) / len(rows)
    return round(mean, 1), outcomes.count("win"), outcomes.count("loss"), len(rows)


def points(strategy, data, title):
    (row,) = [row for row in settings(strategy, lambda t: t == title) if row[1] == data]
    return row[2], row[3]


def test_the_numbers_are_those_of_the_results():
    def every(title):
        return True

    def holds(*words):
        return lambda title: all(word in title for word in words)

    assert summary("default", every) == (2.0, 12, 0, 86)
    assert summary("default", holds("no label")) == (2.0, 6, 0, 43)
    assert summary("default", holds("one at a time")) == (1.8, 0, 0, 14)
    assert summary("margin", holds("one at a time")) == (0.6, 0, 0, 14)
    assert summary("default", holds("batches of 10")) == (2.3, 9, 0, 52)
    assert summary("default", holds("batches of 50")) == (1.2, 3, 0, 20)
    assert summary("margin", holds("batches of 10"))[0] == 0.4
    assert summary("margin", holds("batches of 50"))[0] == 0.8
    assert summary("default", holds("SVC")) == (1.9, 6, 0, 42)
    assert summary("margin", holds("SVC"))[2] == 2
    assert summary("badge", holds("Logistic")) == (1.1, 4, 0, 40)
    assert summary("default", holds("Logistic"))[0] == 2.3
    assert summary("kmeans", holds("one at a time"))[0] == -6.2
    assert points("kmeans", "ionosphere", "SVC, from no label, one at a time") == (-18.4, "loss")
    logistic, svc = "Logistic regression, from {}, batches of 10", "SVC, from {}, batches of 10"
    none, twenty = "no label", "20 labels"
    assert points("default", "sms_spam", logistic.format(none)) == (5.8, "win")
    assert points("default", "sms_spam", logistic.format(twenty)) == (8.2, "win")
    assert points("margin", "sms_spam", logistic.format(none))[0] == 2.8
    assert points("margin", "sms_spam", logistic.format(twenty))[0] == 6.9
    assert points("margin", "sms_spam", svc.format(none)) == (-34.1, "loss")
    assert points("margin", "sms_spam", svc.format(twenty)) == (-32.6, "loss")
    assert points("coreset", "splice", svc.format(none)) == (-13.1, "loss")
    assert points("coreset", "banana", svc.format(none)) == (-12.9, "loss")
    worst = [
        points(strategy, "vehicle", logistic.format(first))
        for strategy in ("dpp", "contrastive_sampling")
        for first in (none, twenty)
    ]
    assert {outcome for _, outcome in worst} == {"loss"}
    assert (max(worst)[0], min(worst)[0]) == (-5.6, -8.3)
    for model in ("Gradient boosting", "Forest"):
        for strategy in ("default", "margin", "max_herding", "badge", "coreset", "kmeans"):
            assert summary(strategy, holds(model))[1:] == (0, 0, 2)
