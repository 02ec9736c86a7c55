"""Out-of-fold probabilities: each labeled row is judged by a model that has not seen its label."""

from collections import Counter

import numpy as np

from .._base import codes_of
from ._cross_fit import codes_for_folds, folds_of, left_out

N_FOLDS = 5

# The same in all sessions: the same labels of the same rows are judged in the same way.
_SEED = 0


def has_enough(labels):
    """Whether out-of-fold probabilities mean something: two classes are in every fold."""
    _, counts = np.unique(labels, return_counts=True)
    return int((counts >= N_FOLDS).sum()) >= 2


def judged_names(names, labels):
    """Return the names of which enough rows have them and enough do not, none without a model."""
    if len(names) < 2:
        return []
    counts = Counter(name for one in labels for name in one)
    return [name for name in names if N_FOLDS <= counts[name] <= len(labels) - N_FOLDS]


class OutOfFold:
    """Judge the labeled rows of one fold by models that were fitted on those of the others.

    The models are those of the session: the same learner, on transformers that were fitted on
    the same rows. What was computed last is kept, for as long as the labels are the same.

    Parameters
    ----------
    models : Models
    rows : Rows
    rules : LabelRules
    groups : ndarray of int of shape (n_rows,), default=None
        The number of each row's group of copies, see :func:`cross_fitted`.
    """

    def __init__(self, models, rows, rules, groups=None):
        self.rules = rules
        self._models = models
        self._rows = rows
        self._groups = groups
        self._kept = None

    def proba(self, rows, labels):
        """Return the out-of-fold probabilities of labeled rows, and the classes of the columns.

        A class that no row outside the fold has is improbable there: its column is 0.

        Parameters
        ----------
        rows : list of int
            Positions of the labeled rows.
        labels : list
            Their labels.

        Returns
        -------
        proba : ndarray of shape (n_labeled, n_classes)
        classes : ndarray of shape (n_classes,)
        """
        return self._remembered(self._proba, rows, labels)

    def numbers(self, rows, labels):
        """Return the out-of-fold predictions of labeled rows where labels are numbers.

        NaN stands for rows that are copies of all others, of which no model knows anything.
        """
        return self._remembered(self._numbers, rows, labels)

    def label_proba(self, rows, labels):
        """Return the out-of-fold probabilities of each of several labels of labeled rows.

        Returns
        -------
        label_proba : ndarray of shape (n_labeled, n_names)
            Its columns are ``rules.names(labels)``. A label that no row outside the fold has is
            improbable there: its column is 0.
        """
        return self._remembered(self._label_proba, rows, labels)

    def _label_proba(self, rows, labels):
        names = self.rules.names(labels)
        # Where no model knows anything, nothing speaks for or against a label.
        proba = np.full((len(rows), len(names)), 0.5)

        def fit(known, its_labels):
            if self.rules.targets(its_labels) is None:
                return lambda others: np.full((len(others), len(names)), 0.5)
            model = self._models.fit(known, its_labels, n_fits=1)
            return lambda others: self.labels_of_new_rows(model, others, its_labels, names)

        folds = folds_of(np.arange(len(rows)), codes_for_folds(labels), N_FOLDS, _SEED)
        for fold, answers in left_out(fit, rows, labels, folds, self._groups):
            proba[fold] = answers
        return proba

    def labels_of_new_rows(self, model, rows, its_labels, names):
        """Return the probabilities of labels, by a learner that knows some, of other rows."""
        proba = np.zeros((len(rows), len(names)))
        if len(rows):
            columns = [names.index(name) for name in self.rules.names(its_labels)]
            proba[:, columns] = probabilities_of_labels(model, self._rows.take(rows))
        return proba

    def _remembered(self, judge, rows, labels):
        if self._kept is None or self._kept[0] != (rows, labels):
            self._kept = (rows, labels), judge(np.array(rows), labels)
        return self._kept[1]

    def _numbers(self, rows, labels):
        predicted = np.full(len(rows), np.nan)

        def fit(known, its_labels):
            model = self._models.fit(known, its_labels, n_fits=1)
            return lambda others: model.predict(self._rows.take(others))

        places = np.arange(len(rows))
        folds = folds_of(places, np.zeros_like(places), N_FOLDS, _SEED)
        for fold, answers in left_out(fit, rows, labels, folds, self._groups):
            predicted[fold] = answers
        return predicted

    def of_new_rows(self, model, rows, classes):
        """Return the probabilities by a fitted learner of rows that it has not seen."""
        proba = np.zeros((len(rows), len(classes)))
        if not len(rows):  # the pool may be empty, and models refuse to predict nothing
            return proba
        columns = codes_of(model.classes_, classes)
        proba[:, columns] = probabilities(model, self._rows.take(rows))
        return proba

    def _proba(self, rows, labels):
        classes, codes = np.unique(labels, return_inverse=True)
        # Where all labeled rows are copies of one another, nothing speaks for or against a label.
        proba = np.full((len(rows), len(classes)), 1 / len(classes))

        def fit(known, its_labels):
            model = self._models.fit(known, its_labels, n_fits=1)
            return lambda others: self.of_new_rows(model, others, classes)

        folds = folds_of(np.arange(len(rows)), codes, N_FOLDS, _SEED)
        for fold, answers in left_out(fit, rows, labels, folds, self._groups):
            proba[fold] = answers
        return proba, classes


def probabilities(model, X):
    """Return the class probabilities of a fitted learner, or say what to do if it has none."""
    if not hasattr(model, "predict_proba"):
        name = type(model.estimator).__name__
        raise _without_proba(name, f"CalibratedClassifierCV({name}(...))")
    return model.predict_proba(X)


def probabilities_of_labels(model, X):
    """Return the probability of each of several labels, or say what to do if there is none."""
    pool = model.pool(X)
    if not pool.has("label_proba"):
        # Where all labeled rows have the same labels, these are predicted without a model.
        if (model.y_labeled_ == model.y_labeled_[:1]).all():
            return np.asarray(model.predict(X), dtype=np.float64)
        name = type(model.estimator).__name__
        way_out = "OneVsRestClassifier(CalibratedClassifierCV(...))"
        raise _without_proba(name, way_out)
    return pool.label_proba


def _without_proba(name, way_out):
    return ValueError(
        f"learner must predict probabilities to judge labels, but {name} has no predict_proba. "
        f"Open the session again with ActiveLearner({way_out}), or with another classifier: the "
        "file keeps all labels."
    )
