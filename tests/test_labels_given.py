"""Labels and categories that learners take in, and how later ones are joined."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import load_iris
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from skal import ActiveLearner, Committee
from skal.loss_prediction import LossPredictingClassifier

X, Y = load_iris(return_X_y=True)
NAMES = np.array(["setosa", "versicolor", "virginica"])[Y]
SEEN = slice(None, None, 10)
LIBRARIES = [pd, pl]


LARGE = 2**53 + 1


@pytest.mark.parametrize(
    "y, words",
    [
        (["a", 1], "text, such as 'a', and numbers, such as 1"),
        ([1, "a"], "numbers, such as 1, and text, such as 'a'"),
        ([["a"], [1]], "text, such as 'a', and numbers, such as 1"),
        (np.array(["a", 1.5], dtype=object), "text, such as 'a', and numbers, such as 1.5"),
        (pd.Series(["a", 1]), "text, such as 'a', and numbers, such as 1"),
        ([True, 2], "booleans, such as True, and numbers, such as 2"),
        (["a", False], "text, such as 'a', and booleans, such as False"),
        ([b"a", "a"], "bytes, such as b'a', and text, such as 'a'"),
        ([LARGE, 1.0], r"integers beyond 2\*\*53"),
        ([2**63, -1], r"integers beyond 2\*\*53"),
        (["a", "a\0"], "a zero character, .* got 'a.x00'"),
        (np.array(["a", "a\0"], dtype=object), "a zero character, .* got 'a.x00'"),
        (pl.Series(["a", "a\0"]), "a zero character, .* got 'a.x00'"),
        (["a", float("nan")], r"y\[1\] is missing"),
        (["a", None], r"y\[1\] is missing"),
        (np.ma.array([0, 1], mask=[False, True]), "row 1 is masked"),
        ([0, np.ma.masked], r"y\[1\] is missing"),
        ([[0], [1, 2]], "y must have entries of one shape, got a list"),
        ([np.zeros((2, 3)), np.zeros((2, 4))], "y must have entries of one shape, got a list"),
        ("a", r"got 'a'. For a single sample, pass \['a'\]"),
    ],
)
@pytest.mark.parametrize("learner", [ActiveLearner(), Committee(), LossPredictingClassifier()])
def test_labels_are_of_one_kind(learner, y, words):
    with pytest.raises(ValueError, match=words):
        learner.fit(X[:2], y)
    assert not hasattr(learner, "classes_")


@pytest.mark.parametrize("learner", [ActiveLearner(), Committee(), LossPredictingClassifier()])
@pytest.mark.parametrize(
    "y, error, words",
    [
        (np.array([b"a", b"b"]), TypeError, "y must hold text or numbers, but got bytes"),
        (np.array([b"a", b"b"], dtype=object), TypeError, "y must hold text or numbers, but"),
        (np.ones((2, 0)), ValueError, r"y should be a 1d array, got an array of shape \(2, 0\)"),
        (np.ones((2, 1, 1)), ValueError, r"y should be a 1d array, got .* \(2, 1, 1\)"),
        (np.ones((2, 2)) * 1j, ValueError, r"y should be a 1d array, got .* \(2, 2\)"),
        (pd.DataFrame(index=range(2)), ValueError, r"y should be a 1d array, got .* \(2, 0\)"),
    ],
)
def test_what_are_not_labels_is_refused(learner, y, error, words):
    with pytest.raises(error, match=words):
        learner.fit(X[:2], y)


@pytest.mark.parametrize(
    "first, second, words",
    [
        (["a", "b"], [3, 4], "text, such as 'a', and numbers, such as 3"),
        ([1, 2], ["a", "b"], "numbers, such as 1, and text, such as 'a'"),
        ([0, 1], [True, False], "numbers, such as 0, and booleans, such as True"),
        ([True, False], [0, 1], "booleans, such as True, and numbers, such as 0"),
        ([1, 2], np.array(["a", "b"], dtype=object), "numbers, such as 1, and text"),
        ([LARGE, 5], [1.0, 2.0], "int64, got float64"),
        ([1.0, 2.0], [LARGE, 5], "float64, got int64"),
        (np.array([2**63 + 5, 1], dtype=np.uint64), [-1, 1], "uint64, got int64"),
    ],
)
def test_later_labels_are_of_the_same_kind(first, second, words):
    learner = ActiveLearner().fit(X[[0, 60]], first)
    with pytest.raises(ValueError, match=f"same type as before.*{words}"):
        learner.teach(X[[1, 61]], second)
    assert_array_equal(learner.y_labeled_, first)


@pytest.mark.parametrize(
    "first, second, classes",
    [
        ([0, 1], [1.0, 2.0], [0, 1, 2]),
        (["a", "b"], np.array(["a", "long"], dtype=object), ["a", "b", "long"]),
        (np.array([1, 2], dtype=np.int8), [300, 1], [1, 2, 300]),
        (pd.Series([LARGE, LARGE + 1], dtype="Int64"), [1, 2], [1, 2, LARGE, LARGE + 1]),
        (pd.Series(["a", "b"], dtype="category"), ["c", "a"], ["a", "b", "c"]),
        (np.ma.array([0, 1]), [2, 0], [0, 1, 2]),
    ],
)
def test_labels_of_one_kind_are_joined(first, second, classes):
    learner = ActiveLearner().fit(X[[0, 60]], first).teach(X[[1, 61]], second)
    assert learner.classes_.tolist() == classes


def categorical(values, categories, ordered=False):
    dtype = pd.CategoricalDtype(categories, ordered=ordered)
    return pd.DataFrame(
        {"size": pd.Series(values, dtype=dtype), "x": np.arange(len(values)) * 1.0}
    )


def boosting():
    return HistGradientBoostingClassifier(categorical_features="from_dtype", min_samples_leaf=1)


def joined_by_pandas(first, second):
    learner = ActiveLearner(boosting(), random_state=0).fit(first, [0, 1])
    learner.teach(second, np.arange(len(second)) % 2)
    assert len(learner.query(second, 1)) == 1
    return learner.X_labeled_["size"]


@pytest.mark.parametrize(
    "old, new, ordered, merged",
    [
        (["A", "B"], ["B", "C"], False, ["A", "B", "C"]),
        (["A", "B"], ["B", "A"], False, ["A", "B"]),
        ([1, 2], [2, 3], False, [1, 2, 3]),
        (["low", "high"], ["low", "mid", "high"], True, ["low", "mid", "high"]),
        (["b", "c"], ["a", "b", "d"], True, ["a", "b", "c", "d"]),
    ],
)
def test_categories_of_pandas_are_joined_in_order(old, new, ordered, merged):
    column = joined_by_pandas(categorical(old, old, ordered), categorical(new, new, ordered))
    assert column.cat.categories.tolist() == merged and column.cat.ordered == ordered
    assert column.tolist() == [*old, *new]


def test_categories_and_plain_text_are_joined():
    known, plain = categorical(["A", "B"], ["A", "B"]), pd.DataFrame({"size": ["Z"], "x": [1.0]})
    assert joined_by_pandas(known, plain).cat.categories.tolist() == ["A", "B", "Z"]
    encoder = make_pipeline(OneHotEncoder(handle_unknown="ignore"), GaussianNBOfSparse())
    learner = ActiveLearner(encoder).fit(pd.concat([plain, plain]), [0, 1]).teach(known, [0, 1])
    assert learner.X_labeled_["size"].tolist() == ["Z", "Z", "A", "B"]


class GaussianNBOfSparse(GaussianNB):
    def fit(self, X, y):
        return super().fit(X.toarray(), y)


def test_a_new_place_in_an_order_must_be_told():
    known = categorical(["a", "b"], ["a", "b"], True)
    for new in (categorical(["c"], ["c"]), pd.DataFrame({"size": ["c"], "x": [1.0]})):
        with pytest.raises(ValueError, match=r"column 'size'.*ordered, \['a', 'b'\], got \['c'\]"):
            joined_by_pandas(known, new)
    with pytest.raises(ValueError, match="in the same order"):
        joined_by_pandas(known, categorical(["a"], ["b", "a"], True))
    with pytest.raises(ValueError, match="text, such as 'b', and numbers, such as 2"):
        joined_by_pandas(categorical(["a", "b"], ["a", "b"]), categorical([1, 2], [1, 2]))


@pytest.mark.parametrize(
    "old, new, values, joined",
    [
        (pl.Enum(["A", "B"]), pl.Enum(["B", "C"]), ["B", "C"], pl.Enum(["A", "B", "C"])),
        (pl.Enum(["A", "B"]), pl.Enum(["B", "A"]), ["B", "A"], pl.Enum(["A", "B"])),
        (pl.Enum(["B", "C"]), pl.Enum(["A", "B"]), ["A", None], pl.Enum(["A", "B", "C"])),
        (pl.Enum(["A", "B"]), pl.String, ["B", "C"], pl.Enum(["A", "B", "C"])),
        (pl.Enum(["A", "B"]), pl.Categorical, ["B", "C"], pl.Enum(["A", "B", "C"])),
        (pl.String, pl.Enum(["A", "B"]), ["A", "B"], pl.String),
        (pl.Categorical, pl.Enum(["A", "B"]), ["A", "B"], pl.Categorical),
        (pl.Categorical, pl.Categorical, ["A", "D"], pl.Categorical),
    ],
)
def test_categories_of_polars_are_joined_in_order(old, new, values, joined):
    first = old.categories.to_list() if isinstance(old, pl.Enum) else ["B", "C"]
    learner = ActiveLearner(DummyClassifier())
    learner.fit(pl.DataFrame({"size": pl.Series(first, dtype=old)}), [0, 1])
    learner.teach(pl.DataFrame({"size": pl.Series(values, dtype=new)}), [0, 1])
    column = learner.X_labeled_["size"]
    assert column.dtype == joined and column.to_list() == [*first, *values]


@pytest.mark.parametrize("new", [pl.Enum(["A"]), pl.String, pl.List(pl.Int64)])
def test_columns_of_polars_that_cannot_be_joined_are_named(new):
    learner = ActiveLearner(DummyClassifier()).fit(pl.DataFrame({"size": [1, 2]}), [0, 1])
    values = [[1]] if new == pl.List(pl.Int64) else ["A"]
    with pytest.raises(ValueError, match="size.*Cast"):
        learner.teach(pl.DataFrame({"size": pl.Series(values, dtype=new)}), [0])


def test_text_of_any_array_type_is_text():
    """Of NumPy's newer type of text, which older versions of it lack, too."""
    kind = getattr(getattr(np, "dtypes", None), "StringDType", lambda: object)()
    y = np.array(["b", "a", "b"], dtype=kind)
    learner = ActiveLearner(GaussianNB()).fit(X[[0, 70, 1]], y)
    assert learner.classes_.tolist() == ["a", "b"]
    assert learner.classes_.dtype.kind in "UO"
