"""Sessions whose rows have several labels."""

import json
from collections import Counter

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import make_multilabel_classification
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neighbors import KNeighborsClassifier

from skal import ActiveLearner
from skal.session import LabelingSession, salvage
from skal.stopping import ExpectedError, LabelBudget, StabilizingPredictions

X, Y = make_multilabel_classification(
    120, n_features=6, n_classes=3, allow_unlabeled=True, random_state=0
)
NAMES = np.array(["cheap", "loud", "new"])
TAGS = [NAMES[row == 1].tolist() for row in Y]


def learner():
    return ActiveLearner(OneVsRestClassifier(LogisticRegression()), random_state=0)


def opened(path, **options):
    return LabelingSession(path, learner(), X, several_labels=True, **options)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.skal"


@pytest.fixture
def session(path):
    with opened(path) as session:
        yield session


def test_lists_are_kept_in_order(path, session):
    session.label([0, 1, 2, 3], [["b", " a "], [], ("c", "c"), {"a"}])
    kept = [["a", "b"], [], ["c"], ["a"]]
    assert list(session.verdicts().values()) == kept
    assert [one["label"] for one in session.records()] == kept
    assert session.labels()["label"].tolist() == kept
    session.close()
    with opened(path) as again:
        assert list(again.verdicts().values()) == kept and again.several_labels
    assert [one["label"] for one in salvage(path).records] == kept


def test_classes_give_the_order_and_no_others_are_allowed(path):
    with opened(path, classes=["z", "a", "m"]) as session:
        session.label([0, 1], [["a", "m", "z"], ["m"]])
        assert session.verdicts() == {0: ["z", "a", "m"], 1: ["m"]}
        with pytest.raises(ValueError, match=r"y must be one of the classes \['z', 'a', 'm'\]"):
            session.label([2, 3], [["a"], ["a", "b"]])
        assert session.progress()["n_labeled"] == 2
        model = session.model()
        assert model.predict(X[:4]).shape == (4, 3)


def test_one_row_takes_one_list(session):
    session.label(0, ["a", "b"])
    session.label(1, [["a"]])
    session.label(2, [])
    session.label(3, {"b", "a"})
    session.label([4], [["c"]])
    session.relabel(0, ["c"])
    assert list(session.verdicts().values()) == [["c"], ["a"], [], ["a", "b"], ["c"]]


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (["a", ["b"]], r"y must hold a list of labels for each row, got 'a'. Write \['a'\]"),
        ([["a"], ["b", None]], "y must not hold missing labels"),
        ([["a"], ["b", 1]], "labels of one kind"),
        ([["a"], [["b"]]], "labels that are text"),
        ([["a"], ["b|c"]], r"labels with '\|' in them, got 'b\|c'"),
        ([["a"], [" "]], "blank"),
        ([["a"]], "one label for each of the 2 ids, got 1"),
        ("ab", "one label for each of the 2 ids, got 1"),
        ([["a"], 3], "a list of labels for each row, got 3"),
        ([["a"], {"b": 1}], "a list of labels for each row"),
    ],
)
def test_what_are_no_lists_is_refused_as_a_whole(session, y, message):
    with pytest.raises(ValueError, match=message):
        session.label([0, 1], y)
    assert session.verdicts() == {}


def test_names_are_of_one_kind_in_the_whole_session(session):
    session.label([0, 1], [[], [2, 1]])
    with pytest.raises(ValueError, match="same kind as in the session, such as 1, got 'a'"):
        session.label(2, ["a"])
    assert session.verdicts()[1] == [1, 2]


def test_progress_counts_rows_with_each_class(session):
    session.label(range(60), TAGS[:60])
    expected = Counter(name for tags in TAGS[:60] for name in tags)
    assert session.progress()["classes"] == dict(expected)


@pytest.mark.parametrize("estimator", [learner().estimator, KNeighborsClassifier(3)])
def test_a_session_chooses_as_its_learner_does(path, estimator):
    one = ActiveLearner(estimator, random_state=0)
    with LabelingSession(path, one, X, several_labels=True) as session:
        session.label(range(40), TAGS[:40])
        chosen = session.next(5)
        known = session.model()
        np.testing.assert_array_equal(known.predict(X[:9]).shape, (9, 3))
        ranked = session.ranked([50, 51])
    free = np.arange(40, 120)
    expected = ActiveLearner(estimator, random_state=0).fit(X[:40], Y[:40])
    assert chosen == free[expected.query(X[free], 5)].tolist()
    answers = dict(zip((50, 51), expected.predict(X[[50, 51]]), strict=True))
    for row in ranked:
        assert row["predicted"] == NAMES[np.asarray(answers[row["id"]]) == 1].tolist()
        assert row["probability"] is None


def test_without_two_classes_there_is_no_model(session):
    session.label(range(3), [[], ["a"], ["a"]])
    with pytest.raises(ValueError, match="no model yet"):
        session.model()
    assert len(session.next(4)) == 4  # the cold start chooses
    assert session.ranked()[0]["predicted"] is None
    session.label(50, ["b"])
    assert session.model().predict(X[:2]).shape == (2, 2)


def second(session, row, *labels):
    session.label(row, labels[0], annotator="0")
    for i, label in enumerate(labels[1:], start=1):
        session.import_labels([{"id": row, "label": label, "annotator": str(i)}])


def slow_majority(labels):
    names = sorted({name for one in labels for name in one})
    shares = {name: sum(name in one for one in labels) / len(labels) for name in names}
    return [n for n in names if shares[n] > 0.5 or (shares[n] == 0.5 and n in labels[0])]


def test_the_majority_decides_for_each_class(path):
    rng = np.random.RandomState(0)
    with opened(path) as session:
        given_ = []
        for row in range(30):
            n = rng.randint(1, 5)
            given_.append([[x for x in "abc" if rng.rand() < 0.5] for _ in range(n)])
            second(session, row, *given_[-1])
        assert list(session.verdicts().values()) == list(map(slow_majority, given_))
        differ = [row for row, one in enumerate(given_) if len(set(map(tuple, one))) > 1]
        assert list(session.disagreements()) == differ


def test_a_verdict_of_ones_own_returns_a_list(path, tmp_path):
    with opened(path, verdict=lambda given: set().union(*given.values())) as session:
        second(session, 0, ["c"], ["a"], [])
        assert session.verdicts() == {0: ["a", "c"]}
    with opened(tmp_path / "b.skal", verdict=lambda given: "a") as session:
        second(session, 0, ["a"], ["b"])
        with pytest.raises(ValueError, match="verdict must return a list of labels"):
            session.verdicts()
    with pytest.raises(ValueError, match="verdict must be one of 'majority'.*got 'dawid_skene'"):
        opened(tmp_path / "c.skal", verdict="dawid_skene")


@pytest.mark.parametrize("form", ["csv", "parquet"])
@pytest.mark.parametrize("names", ["text", "numbers"])
def test_lists_go_out_and_come_back(tmp_path, session, form, names):
    lists = [["a", "b"], [], ["c, d"], ['e"'], ["[]"]]
    lists = lists if names == "text" else [[1, 2], [], [3], [10], [2]]
    session.label(range(5), lists)
    session.export(tmp_path / f"x.{form}")
    with opened(tmp_path / "b.skal") as other:
        assert other.import_labels(tmp_path / f"x.{form}") == 5
        assert other.import_labels(tmp_path / f"x.{form}") == 0
        assert list(other.verdicts().values()) == list(session.verdicts().values())


NAME = st.text(st.characters(exclude_characters="|\0", codec="utf-8"), min_size=1, max_size=5)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(NAME.filter(str.strip), max_size=3), min_size=1, max_size=6))
def test_any_names_make_the_journey_through_text(tmp_path_factory, lists):
    folder, pool = tmp_path_factory.mktemp("a"), np.zeros((len(lists), 1))
    classes = sorted({name.strip() for one in lists for name in one}) or None
    options = {"several_labels": True, "classes": classes}
    with LabelingSession(folder / "a.skal", learner(), pool, **options) as session:
        session.label(range(len(lists)), lists)
        session.export(folder / "x.csv")
        with LabelingSession(folder / "b.skal", learner(), pool, **options) as other:
            other.import_labels(folder / "x.csv")
            assert other.verdicts() == session.verdicts()


def test_cells_of_tables(tmp_path, session):
    frame = pd.DataFrame({"id": [0, 1, 2, 3], "label": ["b|a", "|", "c |", None]})
    frame.to_csv(tmp_path / "x.csv", index=False)
    assert session.import_labels(tmp_path / "x.csv") == 3
    assert session.verdicts() == {0: ["a", "b"], 1: [], 2: ["c"]}
    frame["label"] = ["a|c", None, None, None]
    frame.to_csv(tmp_path / "x.csv", index=False)
    with pytest.raises(ValueError, match=r"x.csv, line 2: Row 0 has the label \['a', 'b'\]"):
        session.import_labels(tmp_path / "x.csv")


def test_known_labels_are_taken_from_y(path):
    y = [["b", "a"], None, [], *[None] * 117]
    with opened(path, y=y) as session:
        assert session.verdicts() == {0: ["a", "b"], 2: []}


def test_undo_takes_lists_back(session):
    session.label(0, ["a"])
    session.relabel(0, ["b"])
    session.undo()
    assert session.verdicts() == {0: ["a"]}


def test_a_file_keeps_its_kind(path, tmp_path):
    with opened(path) as session:
        session.label(0, ["a"])
    with pytest.raises(
        ValueError, match=r"have several labels, such as \['a'\].*several_labels=T"
    ):
        LabelingSession(path, learner(), X, several_labels=False)
    with pytest.raises(ValueError, match="are classes, such as"):
        LabelingSession(path, ActiveLearner(Ridge()), X)
    with LabelingSession(tmp_path / "b.skal", learner(), X) as session:
        session.label(0, "a")
    with pytest.raises(ValueError, match="one label a row, such as 'a'"):
        opened(tmp_path / "b.skal")


def test_what_several_labels_are_not_for_is_refused(tmp_path):
    path = tmp_path / "b.skal"
    with pytest.raises(ValueError, match="several_labels must be False where .* regressor"):
        LabelingSession(path, ActiveLearner(Ridge()), X, several_labels=True)
    with pytest.raises(ValueError, match="several_labels must be True or False, .*got 'yes'"):
        LabelingSession(path, learner(), X, several_labels="yes")
    assert not path.exists()


def test_a_budget_of_labels_stops(path):
    with opened(path, stopping=LabelBudget(10)) as session:
        session.label(range(20), TAGS[:20])
        session.next(2)
        assert session.progress()["stop"]


def test_stable_predictions_stop(path):
    with opened(path, stopping=StabilizingPredictions(window=1, threshold=0.5)) as session:
        stops = []
        for _ in range(6):
            ids = session.next(10)
            session.label(ids, [TAGS[i] for i in ids])
            stops.append(session.progress()["stop"])
        assert stops[0] is False and stops[-1]
    with opened(path.with_name("b.skal"), stopping=ExpectedError(0.1)) as session:
        session.label(range(30), TAGS[:30])
        with pytest.raises(AttributeError, match="several labels"):
            session.next(2)


def test_a_classifier_of_one_class_says_what_to_do(path):
    one = ActiveLearner(LogisticRegression())
    with LabelingSession(path, one, X, several_labels=True) as session:
        session.label(range(20), TAGS[:20])
        with pytest.raises(ValueError, match="OneVsRestClassifier"):
            session.next(2)


def test_choices_of_label_studio_go_out_and_come_back(tmp_path, session):
    session.label(range(40), TAGS[:40])
    session.export(tmp_path / "x.json", format="label-studio", ids=range(50))
    tasks = json.loads((tmp_path / "x.json").read_text())
    assert tasks[1]["annotations"][0]["result"][0]["value"] == {"choices": TAGS[1]}
    known = session.model().predict(X[[45]])[0]
    guess = tasks[45]["predictions"][0]["result"][0]["value"]
    assert guess == {"choices": NAMES[known == 1].tolist()}
    with opened(tmp_path / "b.skal") as other:
        assert other.import_labels(tmp_path / "x.json") == 40
        assert other.verdicts() == session.verdicts()


def answered(*results):
    return [
        {"data": {"skal_id": i}, "annotations": [{"result": one, "completed_by": 1}]}
        for i, one in enumerate(results)
    ]


def chosen(*choices, question="label"):
    return {"from_name": question, "type": "choices", "value": {"choices": list(choices)}}


def test_an_answer_without_a_choice_is_the_empty_list(tmp_path, session):
    other = [chosen("x", question="other")]
    tasks = answered([chosen("b", "a")], [], [chosen("a")], other, [chosen()])
    (tmp_path / "x.json").write_text(json.dumps(tasks))
    assert session.import_labels(tmp_path / "x.json") == 4
    assert session.verdicts() == {0: ["a", "b"], 1: [], 2: ["a"], 4: []}
    with LabelingSession(tmp_path / "b.skal", learner(), X, several_labels=False) as one:
        with pytest.raises(ValueError, match="item 1: Row 0 has several choices for 'label'"):
            one.import_labels(tmp_path / "x.json")
        (tmp_path / "y.json").write_text(json.dumps(answered([chosen("a")], [], [chosen()])))
        assert one.import_labels(tmp_path / "y.json") == 1


def test_json_min_holds_several_choices(tmp_path, session):
    items = [{"skal_id": 0, "label": {"choices": ["b", "a"]}}, {"skal_id": 1, "label": "c"}]
    (tmp_path / "x.json").write_text(json.dumps(items))
    session.import_labels(tmp_path / "x.json")
    assert session.verdicts() == {0: ["a", "b"], 1: ["c"]}


def test_labels_of_argilla_go_out_and_come_back(tmp_path, session):
    session.label(range(3), [["a", "b"], [], ["b"]])
    session.export(tmp_path / "x.json", format="argilla", ids=range(3))
    records = json.loads((tmp_path / "x.json").read_text())
    assert [one["suggestions"]["label"]["value"] for one in records] == [["a", "b"], [], ["b"]]
    for one in records:
        value = one["suggestions"]["label"]["value"]
        one["responses"] = {"label": [{"value": value, "user_id": "7", "status": "submitted"}]}
    (tmp_path / "x.json").write_text(json.dumps(records))
    with opened(tmp_path / "b.skal") as other:
        assert other.import_labels(tmp_path / "x.json") == 3
        assert other.verdicts() == session.verdicts()


def test_the_buttons_of_the_widget_choose_and_one_gives(session):
    pytest.importorskip("ipywidgets")
    session.label(range(40), TAGS[:40])
    panel = session.widget().panel
    row = panel.current
    assert list(panel.buttons) == NAMES.tolist() and panel.give.layout.display is None
    assert "Model: <b>" in panel.prediction.value
    for name in ("loud", "cheap", "loud", "new"):
        panel.buttons[name].click()
    assert panel.current == row and row not in session.verdicts()
    styles = {name: button.icon for name, button in panel.buttons.items()}
    assert styles == {"cheap": "check", "loud": "", "new": "check"}
    panel.give.click()
    assert session.verdicts()[row] == ["cheap", "new"] and panel.current != row
    assert {button.icon for button in panel.buttons.values()} == {""}
    after = panel.current
    panel.new_class.value = "old"
    assert "old" in panel.buttons and panel.buttons["old"].icon == "check"
    panel.give.click()
    assert session.verdicts()[after] == ["old"]
    last = panel.current
    panel.give.click()
    assert session.verdicts()[last] == []
    panel.undo.click()
    assert panel.current == last and last not in session.verdicts()


def test_the_widget_of_one_label_has_no_button_to_give(tmp_path):
    pytest.importorskip("ipywidgets")
    with LabelingSession(tmp_path / "b.skal", None, X, classes=["a", "b"]) as one:
        panel = one.widget().panel
        assert panel.give.layout.display == "none"
        row = panel.current
        panel.buttons["a"].click()
        assert one.verdicts() == {row: "a"}


def test_the_first_class_is_named_in_the_widget(session):
    pytest.importorskip("ipywidgets")
    panel = session.widget().panel
    row = panel.current
    panel.new_class.value = "a"
    panel.new_class.value = "b"
    panel.give.click()
    assert session.verdicts() == {row: ["a", "b"]} and panel.message.value == ""


@pytest.mark.parametrize("written", [str, json.dumps])
def test_cells_that_are_lists_hold_several_labels(tmp_path, session, written):
    session.label([0, 1, 2], [["a", "it's"], [], ["[]"]])
    for frame in (session.labels(), pd.DataFrame(session.records())):
        frame["label"] = frame["label"].map(written)
        frame.to_csv(tmp_path / "x.csv", index=False)
        with LabelingSession(tmp_path / "c.skal", learner(), X) as untold:
            with pytest.raises(ValueError, match="may be one label or several"):
                untold.import_labels(tmp_path / "x.csv")
        assert session.import_labels(tmp_path / "x.csv") == 0  # the same labels


def test_salvaged_lists_make_the_journey_through_a_table(path, tmp_path, session):
    session.label([0, 1], [[2, 1], []])
    pd.DataFrame(salvage(path).records).to_csv(tmp_path / "x.csv", index=False)
    with opened(tmp_path / "b.skal") as other:
        assert other.import_labels(tmp_path / "x.csv") == 2
        assert other.verdicts() == session.verdicts()


def test_only_cells_of_tables_are_split(tmp_path, session):
    (tmp_path / "x.json").write_text(json.dumps(answered([chosen("a|b")])))
    with pytest.raises(ValueError, match=r"labels with '\|' in them, got 'a\|b'"):
        session.import_labels(tmp_path / "x.json")


def test_masked_entries_of_a_matrix_are_missing(path):
    y = np.ma.array([[1, 0], [0, 1]], mask=[[0, 1], [0, 0]])
    with opened(path, classes=["a", "b"]) as session:
        with pytest.raises(ValueError, match="missing labels"):
            session.label([0, 1], y)
        session.label([0, 1], np.ma.array(y.data))
        assert session.verdicts() == {0: ["a"], 1: ["b"]}


def test_labels_in_use_stay_known_without_their_class(path):
    with opened(path) as session:
        session.label([0, 1], [["a"], ["b", "a"]])
    with opened(path, classes=["x", "a"]) as session:
        session.label(2, ["a", "x"])
        assert session.verdicts() == {0: ["a"], 1: ["a", "b"], 2: ["x", "a"]}
        assert session.model().predict(X[:2]).shape == (2, 3)
        assert session.progress()["n_labeled"] == 3 and len(session.next(2)) == 2


def test_rows_of_indicators_as_lists_are_refused(session):
    rows = Y[:5].tolist()
    for y in (rows, [[1, 1, 0]], [(True, True)]):
        with pytest.raises(ValueError, match=r"got lists of 0 and 1 such as .*as an array"):
            session.label(list(range(len(y))), y)
    with pytest.raises(ValueError, match="lists of 0 and 1"):
        session.label(0, [1, 0, 1])
    session.label([0, 1, 2], [[0], [1], [0]])  # labels that are numbers
    session.label([3, 4], [[0, 1], []])
    assert session.verdicts()[3] == [0, 1]


@pytest.mark.parametrize("kind", ["csr", "csc", "coo", "lil"])
def test_sparse_indicators_of_any_kind_are_taken(path, kind):
    with opened(path, classes=NAMES) as session:
        session.label(list(range(5)), sp.csr_matrix(Y[:5]).asformat(kind))
        assert list(session.verdicts().values()) == TAGS[:5]
