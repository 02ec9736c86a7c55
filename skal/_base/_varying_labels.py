"""Estimators that fail on a label of which only one value was seen, and the wrapper they get."""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.utils.metaestimators import available_if

from ._indicators import (
    gives_label_decision,
    gives_label_proba,
    label_decision,
    label_proba,
    n_labels_of,
)
from ._models import embed_with, embeds_as_given, is_frozen, split_predictor


def fit_indicators(estimator, X, y, params):
    """Fit an estimator on an indicator matrix, on the varying labels alone if it has to be.

    Among few samples a label that is rare occurs in none. Models of one classifier a label then
    fail, as a classifier needs two classes. An estimator that fails where a label does not vary
    is therefore tried again on the others; if it fails on these as well, its first error is
    raised, with the other as the cause.

    Parameters
    ----------
    estimator : unfitted classifier
        Fitted in place, unless it needs labels that vary.
    X : rows of shape (n_samples, ...)
    y : ndarray of shape (n_samples, n_labels)
    params : dict
        Further parameters of `fit`.

    Returns
    -------
    fitted : classifier
        The estimator, or a `VaryingLabels` of a clone of it.
    """
    if is_frozen(estimator):
        return estimator.fit(X, y, **params)
    if not _is_constant(y).any():
        return _told(estimator.fit(X, y, **params), y)
    try:
        return _told(estimator.fit(X, y, **params), y)
    except ValueError as error:  # other errors do not come from the labels
        try:
            return VaryingLabels(estimator).fit(X, y, **params)
        except Exception as error_on_others:
            raise error from error_on_others


def _told(fitted, y):
    """Return a fitted model that says how many labels it predicts, if only by an attribute.

    scikit-learn's models say so in ways of their own, those of other libraries often do not.
    """
    if n_labels_of(fitted) is None:
        split_predictor(fitted)[1].n_labels_ = y.shape[1]
    return fitted


def _is_constant(y):
    return (y == y[0]).all(axis=0)


class VaryingLabels(ClassifierMixin, BaseEstimator):
    """Learn the labels that vary, and predict of the others the only value that was seen.

    Parameters
    ----------
    estimator : classifier
        A classifier of indicator matrices.

    Attributes
    ----------
    estimator_ : classifier
        The classifier, fitted on the columns `varying_`.
    classes_ : ndarray of shape (n_labels,)
        The positions of the labels.
    n_labels_ : int
        How many labels there are.
    """

    def __init__(self, estimator):
        self.estimator = estimator

    def fit(self, X, y, **fit_params):
        """Fit a clone of the classifier on the labels that vary."""
        self.varying_ = np.flatnonzero(~_is_constant(y))
        self.values_ = y[0]
        self.n_labels_ = y.shape[1]
        self.classes_ = np.arange(self.n_labels_)
        self.estimator_ = clone(self.estimator).fit(X, y[:, self.varying_], **fit_params)
        return self

    def predict(self, X):
        """Return which labels each sample has, of shape (n_samples, n_labels)."""
        return self._among_all(self.estimator_.predict(X), self.values_)

    def _among_all(self, columns, others):
        """Return columns of the varying labels in their places, and constants in the others."""
        columns = np.asarray(columns).reshape(len(columns), -1)
        whole = np.tile(np.asarray(others, dtype=columns.dtype), (len(columns), 1))
        whole[:, self.varying_] = columns
        return whole

    @available_if(lambda self: gives_label_proba(self.estimator_))
    def predict_proba(self, X):
        """Return the probability of each label, of shape (n_samples, n_labels)."""
        return self._among_all(label_proba(self.estimator_, X), self.values_)

    @available_if(lambda self: gives_label_decision(self.estimator_))
    def decision_function(self, X):
        """Return the decision function of each label, infinite for those that did not vary."""
        certain = np.where(self.values_ == 1, np.inf, -np.inf)
        return self._among_all(label_decision(self.estimator_, X), certain)

    def embed(self, X):
        """Return X in the feature space of the classifier."""
        return embed_with(self.estimator_, X)

    @property
    def _embeds_as_given(self):
        return embeds_as_given(self.estimator_)
