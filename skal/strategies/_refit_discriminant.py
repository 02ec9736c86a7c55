"""Linear discriminant analysis with one more sample: a change of rank one."""

import numpy as np
import scipy.sparse as sp
from scipy.special import softmax


class DiscriminantForm:
    """`LinearDiscriminantAnalysis` with the solver "svd" and covariance of full rank.

    Parameters
    ----------
    estimator : LinearDiscriminantAnalysis
    training : Training
    """

    @staticmethod
    def suits(estimator):
        """Whether the parameters allow the short way."""
        return estimator.solver == "svd"

    @classmethod
    def of(cls, estimator, training):
        """Return the form, None for a covariance that the estimator cuts, or data it refuses."""
        arrays = (training.X, training.pool, training.evaluation)
        if training.weighted or any(map(sp.issparse, arrays)):
            return None
        form = cls(estimator, training)
        return form if form.freedom is not None else None

    def __init__(self, estimator, training):
        n_classes, (n_labeled, n_dims) = len(training.classes), training.X.shape
        self.counts = np.bincount(training.y, minlength=n_classes)
        self.priors = estimator.priors
        # Relative to the mean, so that samples far from the origin lose no digits.
        self.origin = training.X.mean(axis=0)
        X = training.X - self.origin
        self.evaluation, self.pool = training.evaluation - self.origin, training.pool
        self.means = np.array([X[training.y == c].mean(axis=0) for c in range(n_classes)])
        centered = X - self.means[training.y]
        self.freedom = None
        if n_labeled - n_classes >= n_dims and _is_full(centered, estimator.tol):
            self.inverse = np.linalg.inv(centered.T @ centered)
            self.freedom = self._freedom(estimator.fit(training.X, training.y), X)

    def _freedom(self, fitted, X):
        """Return what a fit subtracts from the number of samples, which divides the scatter.

        That is 0 or the number of classes, by the version of scikit-learn; None if with neither
        of them the present model comes out, as where class means are nearly on a line.
        """
        joint = self._joint(self.means @ self.inverse, self.means, X)
        for subtracted in (0, len(self.counts)):
            proba = softmax(
                ((len(X) - subtracted) * joint + self._log_priors()[:, None]).T, axis=1
            )
            if np.allclose(proba, fitted.predict_proba(X + self.origin), rtol=0, atol=1e-7):
                return subtracted
        return None

    def proba(self, positions, k):
        """Return the probabilities after each sample was added with label `k`."""
        count = self.counts[k]
        gap = self.pool[positions] - self.origin - self.means[k]
        means = np.repeat(self.means[None], len(gap), axis=0)
        means[:, k] += gap / (count + 1)
        # The scatter within class k grows by share * gap gap'; its inverse by Sherman-Morrison.
        share = count / (count + 1)
        towards = gap @ self.inverse
        factor = share / (1 + share * (towards * gap).sum(axis=1))
        along = (means @ towards[:, :, None]) * factor[:, None, None]
        coef = means @ self.inverse - along * towards[:, None, :]
        divisor = self.counts.sum() + 1 - self.freedom
        joint = divisor * self._joint(coef, means, self.evaluation)
        joint += self._log_priors(k)[:, None]
        return softmax(joint.transpose(0, 2, 1), axis=2)

    def _joint(self, coef, means, X):
        """Return minus half the squared distances to the means, but for a term of X alone."""
        return coef @ X.T - (coef * means).sum(axis=-1, keepdims=True) / 2

    def _log_priors(self, k=None):
        priors = self.counts + (np.arange(len(self.counts)) == k)
        priors = priors if self.priors is None else np.asarray(self.priors)
        with np.errstate(divide="ignore"):
            return np.log(priors / priors.sum())


def _is_full(centered, tol):
    """Whether the estimator keeps all directions, now and, by a safe distance, with one more."""
    std = centered.std(axis=0)
    if not (std > 0).all():
        return False
    lengths = np.linalg.svd(centered / std / np.sqrt(len(centered)), compute_uv=False)
    return lengths.min() > 10 * tol
