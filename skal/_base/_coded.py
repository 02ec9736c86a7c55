"""Classifiers that learn codes 0, 1, ... instead of labels, and the wrapper that they get."""

import numpy as np
from sklearn.base import clone

from ._delegate import Delegate
from ._indicators import refuse_other_labels
from ._models import is_frozen
from ._predictors import is_regressor, one_column, refuse_no_classes, refuse_one_column
from ._varying_labels import fit_indicators


def fit_predictor(estimator, X, y, params):
    """Fit an estimator, on codes of the labels if it does not take the labels themselves.

    Some classifiers of other libraries learn nothing but the codes 0, ..., n_classes - 1. None of
    their tags says so. Therefore a classifier that fails on other labels is tried again on codes;
    if it fails on these as well, its first error is raised, with the other as the cause.

    Parameters
    ----------
    estimator : unfitted classifier or regressor
        Fitted in place, unless it needs codes.
    X : rows of shape (n_samples, ...)
    y : ndarray of shape (n_samples,) or (n_samples, n_labels)
        The labels, or an indicator matrix of several labels a sample.
    params : dict
        Further parameters of `fit`.

    Returns
    -------
    fitted : classifier or regressor
        The estimator, or a `CodedClassifier` of a clone of it.
    """
    refuse_one_column(estimator, y)
    fitted = _fitted(estimator, X, y, params)
    refuse_no_classes(fitted)
    if is_frozen(fitted):
        refuse_other_labels(fitted, y)
    return fitted


def _fitted(estimator, X, y, params):
    if y.ndim == 2:
        return fit_indicators(estimator, X, y, params)
    if is_frozen(estimator) or is_regressor(estimator) or _are_codes(y):
        return estimator.fit(X, y, **params)
    try:
        return estimator.fit(X, y, **params)
    except (ValueError, TypeError) as error:  # other errors do not come from the labels
        try:
            return CodedClassifier(estimator).fit(X, y, **params)
        except Exception as error_on_codes:
            raise error from error_on_codes


def _are_codes(y):
    """Whether the labels are the integers 0, ..., n_classes - 1, each of them at least once."""
    if y.dtype.kind not in "iu" or not len(y) or y.min() != 0 or y.max() >= len(y):
        return False
    return bool(np.bincount(y.astype(np.intp)).all())


class CodedClassifier(Delegate):
    """Give a classifier the codes 0, 1, ... in place of labels, and return labels.

    Parameters
    ----------
    estimator : classifier
        A classifier that learns codes.

    Attributes
    ----------
    estimator_ : classifier
        The classifier, fitted on codes.
    classes_ : ndarray of shape (n_classes,)
        The labels. The code of a label is its position.
    """

    def __init__(self, estimator):
        self.estimator = estimator

    def fit(self, X, y, **fit_params):
        """Fit a clone of the classifier on codes of the labels."""
        self.classes_, codes = np.unique(y, return_inverse=True)
        self.estimator_ = clone(self.estimator).fit(X, codes, **fit_params)
        return self

    def predict(self, X):
        """Return the predicted labels, of shape (n_samples,)."""
        codes = np.asarray(one_column(self._answer("predict", X)))
        return self.classes_[codes.astype(np.intp)]

    def score(self, X, y, **score_params):
        """Return the score of the classifier for labels."""
        return super().score(X, self.codes_of_labels(y), **score_params)

    def codes_of_labels(self, y):
        """Return the code of each label, and one that is never predicted for unknown labels."""
        codes = np.searchsorted(self.classes_, y)
        known = self.classes_[np.minimum(codes, len(self.classes_) - 1)] == np.asarray(y)
        return np.where(known, codes, len(self.classes_))

    @property
    def passes_X_to_(self):
        """The fitted classifier, which gets X as it is."""
        return self.estimator_

    def _template(self):
        return self.estimator
