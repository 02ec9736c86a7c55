"""Naive Bayes with one more sample: only the sums of its class change."""

import numpy as np
import scipy.sparse as sp
from scipy.special import softmax


class BayesForm:
    """What naive Bayes classifiers share: class priors, and the probabilities in the end."""

    def __init__(self, estimator, training):
        self.training = training
        self.counts = np.bincount(
            training.y, weights=training.weights, minlength=len(training.classes)
        )

    def _of_class(self):
        """Return the weight of each labeled sample in each class, of shape (n_classes, L)."""
        classes = np.arange(len(self.training.classes))
        return (self.training.y == classes[:, None]) * self.training.weights

    def _counts_with(self, k):
        counts = self.counts.copy()
        counts[k] += 1
        return counts

    def proba(self, positions, k):
        """Return the probabilities after each sample was added with label `k`."""
        with np.errstate(divide="ignore"):
            joint = self._joint(_dense(self.training.pool[positions]), k)
        return softmax(joint, axis=2)


class GaussianForm(BayesForm):
    """`GaussianNB`, whose variances all change with the largest variance of the features."""

    @staticmethod
    def suits(estimator):
        """Whether the parameters allow the short way."""
        return True

    @classmethod
    def of(cls, estimator, training):
        """Return the form, None for data that the estimator refuses."""
        if any(map(sp.issparse, (training.X, training.pool, training.evaluation))):
            return None
        return cls(estimator, training)

    def __init__(self, estimator, training):
        super().__init__(estimator, training)
        self.priors, self.smoothing = estimator.priors, estimator.var_smoothing
        X, weights = training.X, self._of_class()
        n = np.maximum(self.counts, np.finfo(float).tiny)[:, None]
        self.means = weights @ X / n
        self.sq_sums = np.array(
            [w @ (X - mean) ** 2 for w, mean in zip(weights, self.means, strict=True)]
        )
        self.mean, self.sq_sum = X.mean(axis=0), ((X - X.mean(axis=0)) ** 2).sum(axis=0)

    def _joint(self, rows, k):
        training, n_labeled = self.training, len(self.training.X)
        counts = self._counts_with(k)
        spread = self.sq_sum + n_labeled / (n_labeled + 1) * (rows - self.mean) ** 2
        smoothing = self.smoothing * spread.max(axis=1) / (n_labeled + 1)
        priors = counts / counts.sum() if self.priors is None else np.asarray(self.priors)
        joint = np.empty((len(rows), len(training.evaluation), len(counts)))
        for c, (count, mean, sq_sum) in enumerate(
            zip(counts, self.means, self.sq_sums, strict=True)
        ):
            # Relative to the present mean, so that samples near to it lose no digits.
            X, shift = training.evaluation - mean, np.zeros_like(rows)
            if c == k:
                shift = (rows - mean) / count
                sq_sum = sq_sum + (count - 1) / count * (rows - mean) ** 2
            variance = sq_sum / max(count, np.finfo(float).tiny) + smoothing[:, None]
            distance = (1 / variance) @ (X**2).T - 2 * (shift / variance) @ X.T
            constant = (shift**2 / variance + np.log(2 * np.pi * variance)).sum(axis=1)
            joint[:, :, c] = np.log(priors[c]) - (distance + constant[:, None]) / 2
        return joint


class DiscreteForm(BayesForm):
    """Naive Bayes on counts: the joint log-probability is linear in the features."""

    def __init__(self, estimator, training):
        super().__init__(estimator, training)
        self.estimator = estimator
        self.sums = self._of_class() @ self._features(training.X)
        self.evaluation = self._features(training.evaluation)
        alpha = np.asarray(estimator.alpha, dtype=np.float64)
        self.alpha = alpha if estimator.force_alpha else np.maximum(alpha, 1e-10)
        self.present = self._linear(self.sums, self.counts[:, None])

    @classmethod
    def of(cls, estimator, training):
        """Return the form, None for data that the estimator refuses."""
        return cls(estimator, training)

    def _features(self, X):
        return X

    def _log_prior(self, k):
        if self.estimator.class_prior is not None:
            return np.log(self.estimator.class_prior)
        counts = self._counts_with(k)
        if not self.estimator.fit_prior:
            return np.full(len(counts), -np.log(len(counts)))
        return np.log(counts) - np.log(counts.sum())

    def _joint(self, rows, k):
        joint = np.empty((len(rows), self.evaluation.shape[0], len(self.counts)))
        coef, intercept = self.present
        joint[:] = self.evaluation @ coef.T + intercept
        sums = self.sums[k] + self._features(rows)
        coef, intercept = self._linear(sums, np.full((len(rows), 1), self.counts[k] + 1))
        joint[:, :, k] = (self.evaluation @ coef.T + intercept).T
        return joint + self._log_prior(k)


class MultinomialForm(DiscreteForm):
    """`MultinomialNB`."""

    @staticmethod
    def suits(estimator):
        """Whether the parameters allow the short way."""
        return True

    @classmethod
    def of(cls, estimator, training):
        """Return the form, None for data that the estimator refuses."""
        smallest = min(X.min() if X.shape[1] else 0 for X in (training.X, training.pool))
        return cls(estimator, training) if smallest >= 0 else None

    def _linear(self, sums, counts):
        smoothed = sums + self.alpha
        return np.log(smoothed) - np.log(smoothed.sum(axis=1, keepdims=True)), 0.0


class BernoulliForm(DiscreteForm):
    """`BernoulliNB`."""

    @staticmethod
    def suits(estimator):
        """Whether the parameters allow the short way: a sparse X cannot be set by its zeros."""
        return estimator.binarize is not None and estimator.binarize >= 0

    def _features(self, X):
        return (X > self.estimator.binarize).astype(np.float64)

    def _linear(self, sums, counts):
        log_proba = np.log(sums + self.alpha) - np.log(counts + 2 * self.alpha)
        log_other = np.log(1 - np.exp(log_proba))
        return log_proba - log_other, log_other.sum(axis=1)


def _dense(X):
    return X.toarray() if sp.issparse(X) else X
