"""One label a row or several, told from the first label of a session."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neighbors import KNeighborsClassifier

from skal import ActiveLearner
from skal.session import LabelingSession

X = np.random.RandomState(0).rand(60, 3)
Y = (X > 0.5).astype(int)
NAMES = ["a", "b", "c"]
TAGS = [[name for name, one in zip(NAMES, row, strict=True) if one] for row in Y]


def opened(path, estimator=None, **options):
    estimator = OneVsRestClassifier(LogisticRegression()) if estimator is None else estimator
    return LabelingSession(path, ActiveLearner(estimator, random_state=0), X, **options)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.skal"


@pytest.fixture
def session(path):
    with opened(path) as session:
        yield session


@pytest.mark.parametrize(
    ("ids", "y", "kept"),
    [
        ([0, 1], [["b", "a"], []], [["a", "b"], []]),
        ([0, 1], ({"a"}, ("b",)), [["a"], ["b"]]),
        ([0], [np.array(["a"])], [["a"]]),
        (0, ["b", "a"], [["a", "b"]]),
        (0, ["a"], [["a"]]),
        (0, [], [[]]),
        (0, {"a"}, [["a"]]),
        (0, ("a", "b"), [["a", "b"]]),
        (0, np.array([3, 1]), [[1, 3]]),
        ([0, 1], pd.Series([["a"], ["b"]]), [["a"], ["b"]]),
    ],
)
def test_lists_make_a_session_of_several_labels(session, path, ids, y, kept):
    assert not session.several_labels
    session.label(ids, y)
    assert session.several_labels and list(session.verdicts().values()) == kept
    session.close()
    with opened(path) as again:
        assert again.several_labels


@pytest.mark.parametrize(
    ("ids", "y"),
    [
        (0, "a"),
        ([0], ["a"]),
        ([0, 1], ["a", "b"]),
        ([0, 1], pd.Series(["a", "b"])),
        (0, np.str_("a")),
    ],
)
def test_single_labels_make_a_session_of_one(session, ids, y):
    session.label(ids, y)
    assert not session.several_labels and session.verdicts()[0] == "a"
    session.label(5, ["a"])  # the one label of this row, as in any session of one label
    assert session.verdicts()[5] == "a"


def test_labels_of_the_other_kind_are_refused_with_the_way_out(path, tmp_path):
    with opened(path) as session:
        session.label(0, "a")
        for ids, y in ((1, ["a", "b"]), ([1], [["a"]]), (1, {"a"}), (1, []), ([1, 2], Y[:2])):
            with pytest.raises(ValueError, match="one label for each row, .* such as 'a'.*undo"):
                session.label(ids, y)
        assert list(session.verdicts()) == [0]
    with opened(tmp_path / "b.skal") as session:
        session.label(0, ["a"])
        with pytest.raises(ValueError, match=r"a list of labels.*got 'b'. Write \['b'\]"):
            session.label(1, "b")
        with pytest.raises(ValueError, match="a list of labels"):
            session.label([1, 2], ["a", "b"])


def test_a_first_label_that_is_undone_decides_nothing(session):
    session.label(0, ["a", "b"])
    session.undo()
    assert not session.several_labels
    session.label(1, "a")
    assert session.verdicts() == {1: "a"} and session.progress()["classes"] == {"a": 1}
    session.undo()
    session.label(range(30), TAGS[:30])
    assert session.model().predict(X[:2]).shape == (2, 3)
    assert len(session.next(3)) == 3


def test_what_another_process_has_labeled_tells(path):
    with opened(path) as one, opened(path) as other:
        other.label(0, ["a", "b"])
        with pytest.raises(ValueError, match="a list of labels for each row"):
            one.label(1, "b")
        one.label(1, ["b"])
        assert one.several_labels and one.verdicts() == other.verdicts()


def test_several_labels_says_so_whatever_comes(path, tmp_path):
    with opened(path, several_labels=False) as session:
        with pytest.raises(ValueError, match="several_labels=True"):
            session.label([0], [["a"]])
    with opened(tmp_path / "b.skal", several_labels=True) as session:
        with pytest.raises(ValueError, match="list of labels for each row"):
            session.label([0], ["a"])
        with pytest.raises(ValueError, match="Write \\['a'\\]"):
            session.label([0], ["a"])


@pytest.mark.parametrize("estimator", [LogisticRegression(), None])
def test_a_learner_of_one_label_takes_no_lists(path, estimator):
    with LabelingSession(path, ActiveLearner(estimator), X) as session:
        with pytest.raises(ValueError, match="OneVsRestClassifier"):
            session.label([0], [["a"]])
        session.label(0, ["a"])
        assert session.verdicts() == {0: "a"}


def test_numbers_and_verdicts_of_one_label_take_no_lists(path, tmp_path):
    with opened(path, Ridge()) as session:
        with pytest.raises(ValueError, match="numbers"):
            session.label([0], [[1.0, 2.0]])
    with opened(tmp_path / "b.skal", verdict="dawid_skene") as session:
        with pytest.raises(ValueError, match="one label a row"):
            session.label([0], [["a"]])
    with pytest.raises(ValueError, match="verdict must be one of"):
        opened(tmp_path / "c.skal", verdict=["majority"])


def test_indicator_matrices_name_labels_by_their_columns(path):
    with opened(path, KNeighborsClassifier(3), classes=NAMES) as session:
        session.label([0, 1], Y[:2])
        session.label([2, 3], sp.csr_matrix(Y[2:4]))
        session.label(4, Y[4])
        session.label([5], Y[5:6] == 1)
        session.label([6], Y[6:7].astype(float))
        assert session.verdicts() == dict(enumerate(TAGS[:7]))


@pytest.mark.parametrize("given", [True, None])
def test_matrices_that_say_nothing_are_refused(path, tmp_path, given):
    with opened(path, several_labels=given) as session:
        with pytest.raises(ValueError, match="matrix of 0 and 1 with 3 columns, .* no classes"):
            session.label([0, 1], Y[:2])
    with opened(tmp_path / "b.skal", several_labels=given, classes=["a", "b"]) as session:
        with pytest.raises(ValueError, match=r"3 columns, .* the classes \['a', 'b'\]"):
            session.label([0, 1], Y[:2])
    with opened(tmp_path / "c.skal", several_labels=given, classes=[0, 1]) as session:
        with pytest.raises(ValueError, match="which labels rows have, or name them"):
            session.label([0, 1], Y[:2, :2])
        session.label([0, 1], [[0, 1], [1]])
        assert session.verdicts() == {0: [0, 1], 1: [1]}


def test_known_labels_tell(path, tmp_path):
    y = [["b", "a"], None, [], *[None] * 57]
    with opened(path, y=y) as session:
        assert session.verdicts() == {0: ["a", "b"], 2: []}
    known = np.full((60, 3), np.nan)
    known[[1, 4]] = Y[[1, 4]]
    with opened(tmp_path / "b.skal", y=known, classes=NAMES) as session:
        assert session.verdicts() == {1: TAGS[1], 4: TAGS[4]}
    with opened(path, y=y) as session:  # nothing in it is new
        with pytest.raises(ValueError, match="a list of labels"):
            session.label(5, "a")
    with pytest.raises(ValueError, match="a list of labels for each row, as the session does"):
        opened(path, y=["a"] * 60)


def test_files_tell(session, tmp_path, path):
    with pytest.raises(ValueError, match=r"the label 'a\|b', which may be one label or several"):
        session.import_labels([{"id": 0, "label": "a|b"}])
    session.import_labels([{"id": 0, "label": ["a", "b"]}, {"id": 1, "label": []}])
    assert session.verdicts() == {0: ["a", "b"], 1: []}
    session.import_labels([{"id": 2, "label": "a|b"}])
    session.export(tmp_path / "x.parquet")
    session.export(tmp_path / "x.json", format="label-studio", ids=[0, 1])
    for name in ("x.parquet", "x.json"):
        with opened(tmp_path / f"{name}.skal") as other:
            other.import_labels(tmp_path / name)
            assert other.several_labels and other.verdicts()[0] == ["a", "b"]
    with opened(tmp_path / "c.skal") as other:
        other.import_labels([{"id": 0, "label": "a"}])
        assert other.verdicts() == {0: "a"}
        with pytest.raises(ValueError, match="one label"):
            other.import_labels([{"id": 1, "label": ["a", "b"]}])
