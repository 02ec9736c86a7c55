"""Labels of several annotators: dawid_skene, crowd_lab and active_lab."""

import json
import pathlib

import numpy as np
import pandas as pd
import pytest
import reference_label_quality as reference
from hypothesis import given, settings
from hypothesis import strategies as st

from skal.label_quality import active_lab, crowd_lab, dawid_skene

REFERENCE = pathlib.Path(__file__).parent / "data" / "label_quality.json"
WITH_MODEL = [crowd_lab, active_lab]


def table_of(rng, n, n_annotators, n_classes, density=0.5, noise=0.3):
    """Labels as floats, NaN where there is none, each row with one at least; true classes."""
    true = rng.randint(n_classes, size=n)
    is_wrong = rng.rand(n, n_annotators) < noise
    labels = np.where(is_wrong, rng.randint(n_classes, size=is_wrong.shape), true[:, np.newaxis])
    labels = labels.astype(float)
    missing = rng.rand(n, n_annotators) >= density
    missing[np.arange(n), rng.randint(n_annotators, size=n)] = False
    labels[missing] = np.nan
    return labels, true


def judged(rng, true, n_classes, strength=1.0):
    proba = rng.dirichlet(np.full(n_classes, 0.7), size=len(true))
    proba[np.arange(len(true)), true] += strength
    return proba / proba.sum(axis=1, keepdims=True)


def as_lists(labels):
    return [[None if np.isnan(label) else int(label) for label in row] for row in labels]


@st.composite
def cases(draw):
    rng = np.random.RandomState(draw(st.integers(0, 2**31)))
    n_classes, n_annotators = draw(st.integers(2, 4)), draw(st.integers(1, 5))
    density = draw(st.sampled_from([0.0, 0.2, 0.7]))
    labels, true = table_of(rng, draw(st.integers(2, 25)), n_annotators, n_classes, density)
    return labels, judged(rng, true, n_classes), judged(rng, true[:5], n_classes)


# Dawid and Skene


@settings(max_examples=60, deadline=None)
@given(cases(), st.sampled_from([0.0, 1.0, 10.0]), st.integers(1, 4))
def test_dawid_skene_agrees_with_its_slow_twin(case, smoothing, max_iter):
    labels, proba, _ = case
    classes = np.arange(proba.shape[1])
    estimate = dawid_skene(
        labels, classes=classes, smoothing=smoothing, max_iter=max_iter, tol=0.0
    )
    expected, confusion = reference.dawid_skene(
        as_lists(labels), len(classes), smoothing, estimate.n_iter
    )
    np.testing.assert_allclose(estimate.proba, expected, atol=1e-9)
    np.testing.assert_allclose(estimate.confusion, confusion, atol=1e-9)
    np.testing.assert_allclose(estimate.proba.sum(axis=1), 1)
    np.testing.assert_allclose(estimate.confusion.sum(axis=2), 1)


def log_likelihood(labels, estimate):
    """Log-likelihood of the labels, by the frequencies and confusion matrices of an estimate."""
    total = 0.0
    for row in as_lists(labels):
        terms = estimate.prior.copy()
        for a, label in enumerate(row):
            if label is not None:
                terms = terms * estimate.confusion[a, :, label]
        total += np.log(terms.sum())
    return total


def test_without_smoothing_the_likelihood_never_falls():
    labels, _ = table_of(np.random.RandomState(3), 60, 4, 3)
    totals = [
        log_likelihood(labels, dawid_skene(labels, smoothing=0.0, max_iter=k, tol=0.0))
        for k in range(1, 15)
    ]
    assert np.all(np.diff(totals) > -1e-9) and totals[-1] > totals[0]


@pytest.mark.parametrize("smoothing", [0.0, 20.0])
def test_annotators_are_told_apart(smoothing):
    rng = np.random.RandomState(0)
    true = rng.randint(3, size=400)
    labels = np.column_stack([true] * 4)
    for annotator, share in enumerate([0.05, 0.5, 0.5, 0.6]):
        is_wrong = rng.rand(400) < share
        labels[is_wrong, annotator] = (true + rng.randint(1, 3, size=400))[is_wrong] % 3
    estimate = dawid_skene(labels, smoothing=smoothing)
    votes = np.array([np.bincount(row, minlength=3).argmax() for row in labels])
    right = estimate.classes[estimate.proba.argmax(axis=1)] == true
    assert right.mean() > (votes == true).mean() + 0.05
    diagonal = np.trace(estimate.confusion, axis1=1, axis2=2) / 3
    assert diagonal.argmax() == 0 and diagonal[0] > 0.8


def test_labels_may_be_of_any_kind_and_in_any_table():
    rng = np.random.RandomState(1)
    codes, _ = table_of(rng, 30, 3, 3)
    expected = dawid_skene(codes)
    names = np.array(["ant", "bee", "cat"], dtype=object)
    text = [[None if np.isnan(c) else names[int(c)] for c in row] for row in codes]
    for labels in (text, np.array(text, dtype=object), pd.DataFrame(text)):
        estimate = dawid_skene(labels)
        assert estimate.classes.tolist() == names.tolist()
        np.testing.assert_array_equal(estimate.proba, expected.proba)
    assert dawid_skene(pd.DataFrame(codes).astype("Int64")).proba.shape == expected.proba.shape
    shuffled = dawid_skene(text, classes=["cat", "bee", "ant"])
    np.testing.assert_allclose(shuffled.proba[:, ::-1], expected.proba, atol=1e-6)


def test_a_sample_without_labels_gets_the_frequencies():
    labels = [["a", "a"], ["b", "b"], ["a", None], [None, None]]
    estimate = dawid_skene(labels, max_iter=1)
    np.testing.assert_allclose(estimate.proba[3], estimate.prior)


@pytest.mark.parametrize(
    ("labels", "arguments", "message"),
    [
        (["a", "b"], {}, r"labels must have shape \(n_samples, n_annotators\).*\(2,\)"),
        ([[None, np.nan]], {}, "labels must hold at least one label"),
        ([["a", 1]], {}, "labels must hold labels of one kind"),
        ([["a", "b"]], {"classes": ["a", "c"]}, "labels must hold .* among the classes .*'b'"),
        ([["a", "b"]], {"classes": ["a", "a", "b"]}, "classes must hold .* distinct"),
        ([["a", "b"]], {"smoothing": -1}, "smoothing must be a number of at least 0, got -1"),
        ([["a", "b"]], {"smoothing": np.nan}, "smoothing must be"),
        ([["a", "b"]], {"tol": True}, "tol must be a number"),
        ([["a", "b"]], {"max_iter": 0}, "max_iter must be a positive integer"),
    ],
)
def test_what_dawid_skene_cannot_take_is_refused(labels, arguments, message):
    with pytest.raises(ValueError, match=message):
        dawid_skene(labels, **arguments)


# With a model


@settings(max_examples=100, deadline=None)
@given(cases())
def test_crowd_lab_and_active_lab_agree_with_their_slow_twins(case):
    labels, proba, proba_new = case
    given_labels = as_lists(labels)
    if (~np.isnan(labels)).sum() > len(labels):
        estimate = crowd_lab(labels, proba)
        consensus, quality, weights, model_weight = reference.crowd_lab(
            given_labels, proba.tolist()
        )
        assert estimate.labels.tolist() == consensus
        np.testing.assert_allclose(estimate.quality, quality, atol=1e-8)
        np.testing.assert_allclose(estimate.annotator_weight, weights, atol=1e-8)
        assert estimate.model_weight == pytest.approx(model_weight)
    scores, scores_new = active_lab(labels, proba, proba_new)
    expected, expected_new = reference.active_lab(given_labels, proba.tolist(), proba_new.tolist())
    np.testing.assert_allclose(scores, expected, atol=1e-8)
    np.testing.assert_allclose(scores_new, expected_new, atol=1e-8)


@pytest.mark.parametrize("case", json.loads(REFERENCE.read_text())["annotators"])
def test_they_agree_with_values_that_cleanlab_returned(case):
    labels, proba = pd.DataFrame(case["labels"]), np.array(case["proba"])
    if "consensus" in case:
        estimate = crowd_lab(labels, proba)
        assert estimate.labels.tolist() == case["consensus"]
        np.testing.assert_allclose(estimate.quality, case["quality"], atol=1e-8)
    scores, scores_new = active_lab(labels, proba, case["proba_unlabeled"])
    np.testing.assert_allclose(1 - scores, case["scores"], atol=1e-8)
    np.testing.assert_allclose(1 - scores_new, case["scores_unlabeled"], atol=1e-8)


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=60, deadline=None)
@given(cases())
def test_they_agree_with_cleanlab(case):
    cleanlab = pytest.importorskip("cleanlab")
    from cleanlab.internal import multiannotator_utils

    labels, proba, proba_new = case
    labels = labels[:, ~np.isnan(labels).all(axis=0)]
    if np.unique(labels[~np.isnan(labels)]).size < 2:  # cleanlab refuses these
        return
    with pytest.MonkeyPatch.context() as patch:
        # It takes labels of type float, which NaN makes of all, for text, and then counts them in
        # the wrong columns when it looks for the temperature.
        patch.setattr(
            multiannotator_utils,
            "value_counts",
            lambda x, num_classes: np.bincount(np.asarray(x, int), minlength=num_classes),
        )
        theirs = cleanlab.multiannotator.get_active_learning_scores(labels, proba, proba_new)
    for ours, expected in zip(active_lab(labels, proba, proba_new), theirs, strict=True):
        np.testing.assert_allclose(1 - ours, expected, atol=1e-8)


def test_ties_are_broken_in_the_stated_order():
    even = [[0.5, 0.5]] * 4
    # By the model, then for the rarer class.
    assert crowd_lab([[0, 1], [0, 0], [0, 0]], [[0.4, 0.6], *even[:2]]).labels[0] == 1
    assert crowd_lab([[0, 1], [0, 0], [0, 0]], even[:3]).labels.tolist() == [1, 0, 0]
    # Nothing tells them apart: the first class.
    assert crowd_lab([[0, 1], [1, 0]], even[:2]).labels.tolist() == [0, 0]


def test_one_label_each_leaves_the_judgment_to_the_model():
    labels = [[0, None], [None, 1], [1, None]]
    proba = [[0.9, 0.1], [0.3, 0.7], [0.6, 0.4]]
    estimate = crowd_lab(labels, proba)
    assert estimate.labels.tolist() == [0, 1, 1] and estimate.model_weight == 1.0
    np.testing.assert_allclose(estimate.quality, [0.9, 0.7, 0.4])
    scores, scores_new = active_lab(labels, proba, [[0.9, 0.1]])
    assert scores.argsort().tolist() == [0, 1, 2] and scores_new[0] > scores[0]
    assert active_lab(labels, proba)[1].shape == (0,)


def test_calibration_makes_a_hesitant_model_surer():
    rng = np.random.RandomState(0)
    labels, true = table_of(rng, 60, 3, 2, noise=0.1)
    proba = np.where(np.eye(2)[true], 0.55, 0.45)
    hesitant, calibrated = (crowd_lab(labels, proba, calibrate=on) for on in (False, True))
    assert calibrated.quality.mean() > hesitant.quality.mean() + 0.1


def test_certain_models_give_finite_scores():
    labels, proba = [[0, 1], [1, None], [0, 0]], [[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]
    for scores in active_lab(labels, proba, [[1.0, 0.0]]):
        assert np.isfinite(scores).all()


@pytest.mark.parametrize("function", WITH_MODEL)
@pytest.mark.parametrize(
    ("labels", "proba", "message"),
    [
        ([[0], [None]], [[0.5, 0.5]] * 2, "a label for every sample, but sample 1 has none"),
        ([[0]], [[0.5, 0.5]] * 2, "labels and proba must have one entry .* labels has 1 and"),
        ([[0]], [[0.5, 0.6]], "Rows of proba must sum to 1"),
        ([[2]], [[0.5, 0.5]], "labels must hold labels that are among the classes"),
    ],
)
def test_what_they_cannot_take_is_refused(function, labels, proba, message):
    with pytest.raises(ValueError, match=message):
        function(labels, proba)


def test_new_samples_have_the_same_classes():
    with pytest.raises(ValueError, match="proba_unlabeled must have the 2 columns .* got 3"):
        active_lab([[0]], [[0.5, 0.5]], [[0.2, 0.3, 0.5]])
    with pytest.raises(ValueError, match="Rows of proba_unlabeled must sum to 1"):
        active_lab([[0]], [[0.5, 0.5]], [[0.2, 0.3]])
