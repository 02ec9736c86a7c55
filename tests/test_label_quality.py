import json
import pathlib

import numpy as np
import pytest
import reference_label_quality as reference
from hypothesis import given, settings
from hypothesis import strategies as st

from skal import label_quality as room
from skal.label_quality import confident_joint, find_label_issues, label_quality

REFERENCE = pathlib.Path(__file__).parent / "data" / "label_quality.json"
FUNCTIONS = [label_quality, confident_joint, find_label_issues]


@st.composite
def judged(draw):
    """Probabilities in tenths or in full, with labels that mostly fit; some classes may lack."""
    rng = np.random.RandomState(draw(st.integers(0, 2**31)))
    n_classes, n = draw(st.integers(2, 6)), draw(st.integers(1, 60))
    true = rng.randint(n_classes, size=n)
    proba = rng.dirichlet(np.full(n_classes, 0.5), size=n)
    proba[np.arange(n), true] += draw(st.sampled_from([0.2, 1.0, 3.0]))
    proba /= proba.sum(axis=1, keepdims=True)
    if draw(st.booleans()):
        proba = np.round(proba, 1) + 0.001
        proba /= proba.sum(axis=1, keepdims=True)
    y = np.where(rng.rand(n) < 0.3, rng.randint(n_classes, size=n), true)
    return proba, np.minimum(y, draw(st.integers(0, n_classes - 1)))


@settings(max_examples=200, deadline=None)
@given(judged())
def test_confident_learning_agrees_with_its_slow_twins(sample):
    proba, y = sample
    for method in ("self_confidence", "normalized_margin"):
        expected = getattr(reference, method)(proba.tolist(), y.tolist())
        np.testing.assert_allclose(label_quality(proba, y, method=method), expected, atol=1e-12)
    joint = confident_joint(proba, y)
    assert joint.sum(axis=1).tolist() == np.bincount(y, minlength=proba.shape[1]).tolist()


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**31))
def test_the_issues_agree_with_their_slow_twin(seed):
    # In sixty-fourths, so that sums, differences and ties are exact in both.
    rng = np.random.RandomState(seed)
    n_classes, n = rng.randint(2, 6), rng.randint(2, 60)
    cuts = np.sort(rng.randint(0, 65, size=(n, n_classes - 1)), axis=1)
    cuts = np.pad(cuts, ((0, 0), (1, 1)), constant_values=((0, 0), (0, 64)))
    proba = np.diff(cuts, axis=1) / 64
    y = np.where(rng.rand(n) < 0.3, rng.randint(n_classes, size=n), proba.argmax(axis=1))
    assert confident_joint(proba, y).tolist() == reference.confident_joint(
        proba.tolist(), y.tolist()
    )
    found = find_label_issues(proba, y)
    assert found.tolist() == reference.find_label_issues(proba.tolist(), y.tolist())


@pytest.mark.parametrize("case", json.loads(REFERENCE.read_text())["confident"])
def test_confident_learning_agrees_with_values_that_cleanlab_returned(case):
    proba, y = np.array(case["proba"]), np.array(case["y"])
    assert confident_joint(proba, y).tolist() == case["joint"]
    assert find_label_issues(proba, y).tolist() == case["issues"]
    np.testing.assert_allclose(label_quality(proba, y), case["self_confidence"], atol=1e-8)
    margins = label_quality(proba, y, method="normalized_margin")
    np.testing.assert_allclose(margins, case["normalized_margin"], atol=1e-8)


@settings(max_examples=100, deadline=None)
@given(judged())
def test_confident_learning_agrees_with_cleanlab(sample):
    cleanlab = pytest.importorskip("cleanlab")
    proba, y = sample
    if len(set(y.tolist())) < 2:  # cleanlab refuses these
        assert find_label_issues(proba, y).tolist() == []
        return
    with pytest.MonkeyPatch.context() as patch:
        # Which of two equal samples comes first depends on the machine otherwise.
        argsort = np.argsort
        patch.setattr(np, "argsort", lambda a, *args, **kwargs: argsort(a, kind="stable"))
        joint = cleanlab.count.compute_confident_joint(y, proba)
        issues = cleanlab.filter.find_label_issues(
            y, proba, return_indices_ranked_by="self_confidence", n_jobs=1
        )
    assert joint.tolist() == confident_joint(proba, y).tolist()
    assert issues.tolist() == find_label_issues(proba, y).tolist()


def test_a_class_without_a_confident_sample_keeps_its_labels():
    # Nobody is confident of class 2, and both of its labels belong elsewhere.
    proba = [[0.9, 0.1, 0], [0.8, 0.2, 0], [0.1, 0.9, 0], [0.2, 0.8, 0], [0.9, 0.1, 0]] * 2
    y = [0, 0, 1, 1, 2] * 2
    assert confident_joint(proba, y)[2].tolist() == [1, 0, 1]
    assert find_label_issues(proba, y).tolist() == [4]  # one of two equal ones is left
    assert find_label_issues(proba[:5], y[:5]).tolist() == []  # a single label is left alone


def test_labels_of_any_kind_and_order_name_the_columns():
    proba = np.random.RandomState(0).dirichlet([0.3, 0.3, 0.3], size=50)
    codes = np.random.RandomState(1).randint(3, size=50)
    for classes in (["b", "c", "a"], [7, -1, 2], [2.5, 1.5, 0.5]):
        y = np.array(classes)[codes]
        for function in FUNCTIONS:
            expected = function(proba, codes)
            np.testing.assert_array_equal(function(proba, y, classes=classes), expected)
            np.testing.assert_array_equal(function(proba, y.tolist(), classes=classes), expected)
    assert find_label_issues(proba.astype(np.float32), codes).dtype == np.intp


def test_inputs_are_not_changed_and_empty_input_has_no_issues():
    proba = np.random.RandomState(0).dirichlet([1, 1], size=9)
    y = np.zeros(9, dtype=int)
    proba.flags.writeable = y.flags.writeable = False
    for function in FUNCTIONS:
        function(proba, y)
    assert find_label_issues(np.empty((0, 2)), []).tolist() == []
    assert (
        label_quality(np.ones((3, 1)), [0, 0, 0], method="normalized_margin").tolist() == [1] * 3
    )


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(
    ("proba", "y", "arguments", "message"),
    [
        ([[0.5, 0.5]], [0, 1], {}, "proba and y must .* proba has 1 and y has 2"),
        ([[0.5, 0.6]], [0], {}, "Rows of proba must sum to 1"),
        ([[0.5, 0.5]], [2], {}, r"y must hold labels that are among the classes \[0, 1\], got 2"),
        ([[0.5, 0.5]], ["a"], {}, "among the classes .*, got 'a'. Pass classes="),
        ([[0.5, 0.5]], ["a"], {"classes": ["a"]}, "classes must hold 2 distinct labels"),
        ([[0.5, 0.5]], ["a"], {"classes": ["a", "a"]}, "classes must hold 2 distinct labels"),
        ([[0.5, 0.5]], [[0]], {}, r"y must hold one label for each sample.*\(1, 1\)"),
        ([0.5, 0.5], [0], {}, "proba must have shape"),
    ],
)
def test_what_does_not_fit_is_refused(function, proba, y, arguments, message):
    with pytest.raises(ValueError, match=message):
        function(proba, y, **arguments)


@pytest.mark.parametrize("function", [label_quality, find_label_issues])
@pytest.mark.parametrize("method", ["entropy", None, ["self_confidence"]])
def test_an_unknown_method_is_refused(function, method):
    with pytest.raises(ValueError, match="method must be one of 'self_confidence', .*got"):
        function([[0.5, 0.5]], [0], method=method)


def test_the_public_names_exist():
    assert all(hasattr(room, name) for name in room.__all__)
