import warnings

import numpy as np
import pytest
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.svm import LinearSVC

from skal import ActiveLearner
from skal.label_quality import find_label_issues
from skal.session import LabelingSession
from skal.session._cross_fit import folds_of

WRONG = [3, 5, 17, 30, 50, 66, 77, 80]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.skal"


@pytest.fixture
def data():
    """Two clear classes and, at the rows in `WRONG`, labels of the other class."""
    rng = np.random.RandomState(0)
    y = np.repeat([0, 1], 50)
    X = rng.randn(100, 2) * 0.5 + 3.0 * y[:, np.newaxis]
    y[WRONG] = 1 - y[WRONG]
    return X, y


def opened(path, data, learner=None, **arguments):
    """A session in which every label is known from the start."""
    X, y = data
    return LabelingSession(path, learner, X, y=y, **arguments)


# Suspects


def test_suspects_are_the_labels_that_were_changed(path, data):
    with opened(path, data) as session:
        assert sorted(session.suspects()) == WRONG
        details = session.suspects(2, return_details=True)
        assert [one["id"] for one in details] == session.suspects(2) == session.suspects()[:2]
        for one in details:
            assert one["label"] == data[1][one["id"]] and one["predicted"] == 1 - one["label"]
            assert one["probability"] == pytest.approx(1 - one["quality"])
            assert type(one["label"]) is type(one["predicted"]) is int
        qualities = [one["quality"] for one in session.suspects(return_details=True)]
        assert qualities == sorted(qualities)


def test_suspects_are_the_issues_of_out_of_fold_probabilities(path, data):
    X, y = data
    with opened(path, data) as session:
        found = session.suspects()
    proba = np.empty((100, 2))
    for fold in folds_of(np.arange(100), y, 5, seed=0):
        rest = np.setdiff1d(np.arange(100), fold)
        proba[fold] = LogisticRegression().fit(X[rest], y[rest]).predict_proba(X[fold])
    assert found == find_label_issues(proba, y).tolist()


def test_folds_share_every_class_evenly():
    codes = np.repeat([0, 1, 2, 3], [41, 23, 4, 1])
    folds = folds_of(np.arange(69), codes, 5, seed=0)
    assert sorted(np.concatenate(folds)) == list(range(69))
    for count in (np.ones(69), codes == 0, codes == 1, codes == 2, codes == 3):
        sizes = [count[fold].sum() for fold in folds]
        assert max(sizes) - min(sizes) <= 1


def test_a_row_that_was_relabeled_is_not_shown_again(path, data):
    with opened(path, data) as session:
        kept, changed, *others = session.suspects()
        session.relabel(kept, data[1][kept])
        session.relabel(changed, 1 - data[1][changed], annotator="judge")
        assert set(session.suspects()) == set(others)
        session.undo()
        assert set(session.suspects()) == {changed, *others}
        session.undo()
        assert set(session.suspects()) == {kept, changed, *others}
        session.relabel(kept, data[1][kept])
    with opened(path, data) as session:  # opened again, it is remembered
        assert set(session.suspects()) == {changed, *others}


def test_a_contradicted_confirmation_is_open_again(path, data):
    with opened(path, data, verdict=lambda given: list(given.values())[-1]) as session:
        row = session.suspects(1)[0]
        session.relabel(row, data[1][row], annotator="anna")
        assert row not in session.suspects()
        session.release(
            [id_ for id_ in session.next(100, annotator="b", again=True) if id_ != row]
        )
        session.label(row, 1 - data[1][row], annotator="b")
        session.release(
            [id_ for id_ in session.next(100, annotator="c", again=True) if id_ != row]
        )
        session.label(row, data[1][row], annotator="c")
        assert row in session.suspects()


def test_suspects_follow_the_verdict(path, data):
    X, y = data
    for verdict, found in ((lambda given: given["anna"], True), (lambda given: given["b"], False)):
        with LabelingSession(path, None, X, verdict=verdict) as session:
            if not session.records():
                session.label(np.arange(100), y, annotator="anna")
                session.next(100, annotator="b", again=True)
                session.label(5, 0, annotator="b")
            assert (5 in session.suspects()) is found


def test_text_and_truth_values_stay_what_they_are(tmp_path, data):
    X, y = data
    for i, names in enumerate((["no", "yes"], [False, True])):
        labels = [names[label] for label in y]
        with opened(tmp_path / f"{i}.skal", (X, labels)) as session:
            one = session.suspects(1, return_details=True)[0]
            assert {one["label"], one["predicted"]} == set(names)
            assert type(one["predicted"]) is type(names[0])


@pytest.mark.parametrize("labels", [[], [0] * 40, [0] * 40 + [1] * 4])
def test_too_few_labels_are_an_error(path, data, labels):
    with LabelingSession(path, None, data[0]) as session:
        session.label(range(len(labels)), labels)
        with pytest.raises(ValueError, match="too few labels .* 5 labels of each of two classes"):
            session.suspects()


def test_rare_classes_survive_and_are_left_alone(path, data):
    X, y = data
    y = y.copy()
    y[[10, 60, 61]] = 2, 3, 3  # one label of class 2, two of class 3
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with opened(path, (X, y)) as session:
            found = session.suspects()
    assert len(set(found) & set(WRONG)) >= 6 and 10 not in found


@pytest.mark.parametrize("n", [0, -1, 1.5, "3", True])
def test_a_number_of_suspects_is_positive(path, data, n):
    with (
        opened(path, data) as session,
        pytest.raises((ValueError, TypeError), match="n must|n =="),
    ):
        session.suspects(n)


def test_a_model_without_probabilities_says_the_way_out(path, data):
    with opened(path, data, ActiveLearner(LinearSVC())) as session:
        with pytest.raises(ValueError, match=r"CalibratedClassifierCV\(LinearSVC\(...\)\)"):
            session.suspects()
    calibrated = ActiveLearner(CalibratedClassifierCV(LinearSVC()))
    with opened(path, data, calibrated) as session:
        assert 5 in session.suspects() and set(session.suspects()) <= set(WRONG)


class CountsFits(TransformerMixin, BaseEstimator):
    """Remember how many rows each fit saw."""

    seen = []

    def fit(self, X, y=None):
        CountsFits.seen.append(len(X))
        self.n_features_in_ = X.shape[1]
        return self

    def transform(self, X):
        return X


@pytest.mark.parametrize(("rows", "expected"), [("all", [100]), ("labeled", [64] * 5)])
def test_transformers_are_fitted_as_the_session_fits_them(path, data, rows, expected):
    X, y = data
    CountsFits.seen.clear()
    learner = ActiveLearner(make_pipeline(CountsFits(), LogisticRegression()))
    labels = [*y[:40], *y[60:], *[None] * 20]
    arguments = {"y": labels, "fit_transformers": rows}
    with LabelingSession(path, learner, np.r_[X[:40], X[60:], X[40:60]], **arguments) as session:
        session.suspects()
        session.suspects(1)
    assert CountsFits.seen == expected


def test_suspects_are_computed_once_for_the_same_labels(path, data):
    X, y = data
    learner = ActiveLearner(make_pipeline(CountsFits(), LogisticRegression()))
    labels = [*y[:90], *[None] * 10]
    with LabelingSession(path, learner, X, y=labels, fit_transformers="labeled") as session:
        CountsFits.seen.clear()
        session.suspects()
        session.suspects(1)
        session.next(3)
        n_fits = len(CountsFits.seen)
        session.suspects(1)
        assert len(CountsFits.seen) == n_fits == 6  # five folds, and the model of next
        session.label(95, 1)
        session.suspects()
        assert len(CountsFits.seen) == 11


def test_errors_of_the_model_come_through(path, data):
    X = np.array([["a"]] * 50 + [["b"]] * 49 + [["c"]])
    learner = ActiveLearner(make_pipeline(OneHotEncoder(), LogisticRegression()))
    with opened(path, (X, data[1]), learner, fit_transformers="labeled") as session:
        with pytest.raises(ValueError, match="unknown categories.*handle_unknown"):
            session.suspects()
    with opened(path, (X, data[1]), learner) as session:
        assert set(session.suspects()) <= set(range(100))
