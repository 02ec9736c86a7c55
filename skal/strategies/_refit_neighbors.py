"""Nearest neighbors with one more sample: it takes the place of the last neighbor, or not."""

import numpy as np
import scipy.sparse as sp
from scipy.spatial.distance import cdist
from sklearn.metrics import pairwise_distances

_METRICS = {"euclidean", "l2", "manhattan", "l1", "cityblock", "cosine", "chebyshev", "minkowski"}
_OTHER_NAMES = {"l1": "cityblock", "l2": "euclidean", "manhattan": "cityblock"}


class NeighborsForm:
    """`KNeighborsClassifier` with uniform weights.

    Parameters
    ----------
    estimator : KNeighborsClassifier
    training : Training
    """

    @staticmethod
    def suits(estimator):
        """Whether the parameters allow the short way."""
        return estimator.weights == "uniform" and estimator.metric in _METRICS

    @classmethod
    def of(cls, estimator, training):
        """Return the form, None where there are fewer labeled samples than neighbors."""
        if estimator.n_neighbors > len(training.y) or training.weighted:
            return None
        return cls(estimator, training)

    def __init__(self, estimator, training):
        self.training = training
        # What a fit makes of the metric, such as "euclidean" of "minkowski" with p = 2.
        fitted = estimator.fit(training.X, training.y)
        name = fitted.effective_metric_
        self.metric = {"metric": _OTHER_NAMES.get(name, name), **fitted.effective_metric_params_}
        self.n_neighbors = fitted.n_neighbors
        distances = self._distances(training.X)
        nearest = np.argsort(distances, axis=1, kind="stable")[:, : self.n_neighbors]
        votes = np.eye(len(training.classes))[training.y[nearest]]
        self.votes, self.last = votes.sum(axis=1), votes[:, -1]
        self.reach = np.take_along_axis(distances, nearest[:, -1:], axis=1)

    def _distances(self, X):
        if not sp.issparse(X) and not sp.issparse(self.training.evaluation):
            # By differences: copies are as far as each other, to the last digit.
            return cdist(self.training.evaluation, X, **self.metric)
        return pairwise_distances(self.training.evaluation, X, **self.metric)

    def proba(self, positions, k):
        """Return the probabilities after each sample was added with label `k`."""
        enters = (self._distances(self.training.pool[positions]) < self.reach).T
        change = np.eye(self.votes.shape[1])[k] - self.last
        return (self.votes + enters[:, :, None] * change) / self.n_neighbors
