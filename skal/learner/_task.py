"""The task of a learner: what a label is, and what follows from that.

A task says how labels are checked, which estimator and strategy are the defaults, how many labels
make a model, what answers until then, and how labeled samples are divided into folds. A learner
asks its task and never looks at labels itself.
"""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from .._base import check_labels, num_rows
from ..strategies import given_or_default


class Classification:
    """Labels are classes; a model tells at least two of them apart."""

    def check_y(self, y, caller):
        """Return the labels as a 1-d array without missing values, or refuse them."""
        return check_labels(y, caller)

    def default_estimator(self):
        """Return the estimator that is used where none is given."""
        return LogisticRegression()

    def default_strategy(self):
        """Return the strategy that is used where none is given."""
        return given_or_default(None)

    def makes_a_model(self, y):
        """Whether the labels, those of weight 0 left out, are enough to fit a model."""
        return not len(y) or bool((y != y[0]).any())

    def stand_in(self, y):
        """Return what answers while the labels are not enough for a model."""
        return OnlyClass(np.unique(y))

    def folds(self, n_splits, random_state):
        """Return a splitter of labeled samples, shuffled, in which every fold has all classes."""
        return StratifiedKFold(n_splits, shuffle=True, random_state=random_state)


def task_of(estimator):
    """Return the task of an estimator as it stands in a learner.

    Regression and several labels a sample are to be told here, by the estimator's own tags.
    """
    return Classification()


class OnlyClass(ClassifierMixin, BaseEstimator):
    """Predict the only class that is labeled so far, of any X.

    Parameters
    ----------
    classes : ndarray of shape (1,)
        The class.
    """

    def __init__(self, classes):
        self.classes = classes

    @property
    def classes_(self):
        """The class, as an array of shape (1,)."""
        return self.classes

    def fit(self, X, y):
        """Do nothing: the class is known."""
        return self

    def predict(self, X):
        """Return the class for every sample, of shape (n_samples,)."""
        return np.repeat(self.classes, num_rows(X))

    def predict_proba(self, X):
        """Return ones, of shape (n_samples, 1)."""
        return np.ones((num_rows(X), 1))

    def predict_log_proba(self, X):
        """Return zeros, of shape (n_samples, 1)."""
        return np.zeros((num_rows(X), 1))

    def __sklearn_is_fitted__(self):
        return True
