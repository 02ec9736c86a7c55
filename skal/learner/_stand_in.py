"""What predicts as long as the labels do not suffice for a model."""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin

from .._base import num_rows


class StandIn(BaseEstimator):
    """Base of estimators that predict the same label for any X."""

    def fit(self, X, y):
        """Do nothing and return self."""
        return self

    def __sklearn_is_fitted__(self):
        return True


class OnlyClass(ClassifierMixin, StandIn):
    """Predict the only class that is labeled so far.

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

    def predict(self, X):
        """Return the class for every sample, of shape (n_samples,)."""
        return np.repeat(self.classes, num_rows(X))

    def predict_proba(self, X):
        """Return ones, of shape (n_samples, 1)."""
        return np.ones((num_rows(X), 1))

    def predict_log_proba(self, X):
        """Return zeros, of shape (n_samples, 1)."""
        return np.zeros((num_rows(X), 1))


class OnlyMean(RegressorMixin, StandIn):
    """Predict the mean of the numbers that are labeled so far.

    Parameters
    ----------
    mean : float
    """

    def __init__(self, mean):
        self.mean = mean

    def predict(self, X):
        """Return the mean for every sample, of shape (n_samples,)."""
        return np.full(num_rows(X), self.mean)


class OnlyLabels(ClassifierMixin, StandIn):
    """Predict the labels that all samples have so far.

    Parameters
    ----------
    labels : ndarray of shape (n_labels,)
        0 and 1.
    """

    def __init__(self, labels):
        self.labels = labels

    @property
    def classes_(self):
        """The positions of the labels."""
        return np.arange(len(self.labels))

    @property
    def n_labels_(self):
        """How many labels there are."""
        return len(self.labels)

    def predict(self, X):
        """Return the labels for every sample, of shape (n_samples, n_labels)."""
        return np.tile(self.labels, (num_rows(X), 1))

    def predict_proba(self, X):
        """Return 0 and 1, of shape (n_samples, n_labels)."""
        return self.predict(X).astype(np.float64)
