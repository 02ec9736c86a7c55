"""Out-of-fold probabilities: each labeled row is judged by a model that has not seen its label."""

import numpy as np

from .._base import codes_of
from ._cross_fit import folds_of, left_out

N_FOLDS = 5

# The same in all sessions: the same labels of the same rows are judged in the same way.
_SEED = 0


def has_enough(labels):
    """Whether out-of-fold probabilities mean something: two classes are in every fold."""
    _, counts = np.unique(labels, return_counts=True)
    return int((counts >= N_FOLDS).sum()) >= 2


class OutOfFold:
    """Judge the labeled rows of one fold by models that were fitted on those of the others.

    The models are those of the session: the same learner, on transformers that were fitted on
    the same rows. What was computed last is kept, for as long as the labels are the same.

    Parameters
    ----------
    models : Models
    rows : Rows
    groups : ndarray of int of shape (n_rows,), default=None
        The number of each row's group of copies, see :func:`cross_fitted`.
    """

    def __init__(self, models, rows, groups=None):
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
        raise ValueError(
            f"learner must predict probabilities to judge labels, but {name} has no "
            "predict_proba. Open the session again with ActiveLearner(CalibratedClassifierCV("
            f"{name}(...))), or with another classifier: the file keeps all labels."
        )
    return model.predict_proba(X)
