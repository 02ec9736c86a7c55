"""The task of a learner, such as classification: all rules that depend on the kind of labels.

A task defines how labels are checked, which estimator and strategy are the defaults, how many
labels a model needs, which estimator takes its place before, and how labeled samples are divided
into folds. A learner calls its task and does not look at labels itself.
"""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from .._base import check_labels, num_rows
from ..strategies import UncertaintyHerding, UncertaintySampling, has_space


class Classification:
    """The task in which each sample has one class and a model needs at least two classes."""

    def check_y(self, y, caller):
        """Return the labels as a 1-d array, or raise a ValueError if they are not classes."""
        return check_labels(y, caller)

    def default_estimator(self):
        """Return the estimator that is used if none is given."""
        return LogisticRegression()

    def default_strategy(self, pool, n):
        """Return the strategy that is used for n samples of a pool if none is given."""
        herding = UncertaintyHerding()
        return herding if has_space(herding, pool, n) else UncertaintySampling("margin")

    def allows_a_model(self, y):
        """Return whether labels `y`, of samples whose weight is not 0, suffice to fit a model."""
        # Without labels the estimator is asked, so that the user sees its own error.
        return not len(y) or bool((y != y[0]).any())

    def stand_in(self, y):
        """Return the estimator that predicts as long as the labels do not suffice for a model."""
        return OnlyClass(np.unique(y))

    def folds(self, n_splits, random_state):
        """Return a splitter of labeled samples into shuffled folds that all have every class."""
        return StratifiedKFold(n_splits, shuffle=True, random_state=random_state)


def task_of(estimator):
    """Return the task of an estimator.

    Today this is always classification. Further tasks, such as regression, are to be recognized
    here by the tags of the estimator.
    """
    return Classification()


class OnlyClass(ClassifierMixin, BaseEstimator):
    """Predict the only class that is labeled so far, for any X.

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
        """Do nothing and return self."""
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
