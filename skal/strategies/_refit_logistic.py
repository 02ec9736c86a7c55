"""Logistic regression with one more sample, by a descent from the present solution."""

import numpy as np
import scipy.sparse as sp
from scipy.linalg import cho_factor, cho_solve
from scipy.special import expit, logsumexp, softmax

# The largest entry of the gradient of the mean loss at which a descent ends.
TOLERANCE = 1e-8

# With more coefficients, the inverse of the present curvature takes more time than it saves.
MOST_COEFFICIENTS = 3000
LARGEST = 1e60  # feature, so that sums of fourth powers are finite

_MOST_STEPS = 100
_MOST_PRODUCTS = 100


class LogisticForm:
    r"""`LogisticRegression` with an l2 penalty.

    The loss :math:`\sum_i s_i \ell_i + \|W\|^2 / (2 C)` is strictly convex but for a constant
    common to all intercepts, which changes no probability. So a descent from the solution without
    the new sample ends at the same probabilities as a fit from scratch. Newton's method takes
    a few steps from there, for many samples at once. As one sample changes the curvature little,
    conjugate gradients that start from the inverse of the present one solve for each step in a
    few products.

    Parameters
    ----------
    estimator : LogisticRegression
    training : Training
    """

    @staticmethod
    def suits(estimator):
        """Whether the parameters allow the short way."""
        params = estimator.get_params(deep=False)
        return (
            params["solver"] in ("lbfgs", "newton-cg", "newton-cholesky")
            and params["penalty"] in ("l2", "deprecated")
            and params.get("l1_ratio") in (None, 0)
            and params.get("multi_class", "auto") in ("auto", "deprecated")
            and params["class_weight"] is None
            and not params["dual"]
            and 0 < params["C"] < np.inf
        )

    @classmethod
    def of(cls, estimator, training):
        """Return the form, None for sparse or huge data and for many coefficients."""
        arrays = (training.X, training.pool, training.evaluation)
        if any(map(sp.issparse, arrays)) or not training.weights.sum() > 0:
            return None
        if len(training.classes) * (training.X.shape[1] + 1) > MOST_COEFFICIENTS:
            return None
        if max(abs(one).max(initial=0) for one in arrays) > LARGEST:
            return None
        form = cls(estimator, training)
        return None if form.start is None else form

    def __init__(self, estimator, training):
        self.intercept = bool(estimator.fit_intercept)
        self.X, self.pool = self._with_ones(training.X), self._with_ones(training.pool)
        self.evaluation = self._with_ones(training.evaluation)
        n_classes, n_dims = len(training.classes), self.X.shape[1]
        self.shape = (1 if n_classes == 2 else n_classes, n_dims)
        self.targets = np.eye(n_classes)[training.y].T[-self.shape[0] :]
        self.unit = np.eye(n_classes)[:, -self.shape[0] :]
        self.weights = training.weights
        self.penalty = np.full(n_dims, 1 / estimator.C)
        self.penalty[n_dims - self.intercept :] = 0
        # A new sample of zeros with the weight 0 stands for none.
        nothing = _Added(np.zeros((1, n_dims)), self.unit[0], 0.0)
        self.inverse = None
        self.start = self._solved(np.zeros((1, *self.shape)), nothing)
        if self.start is not None:
            self.inverse = self._inverse(self._loss(self.start, nothing)[2])

    def _with_ones(self, X):
        return np.hstack([X, np.ones((len(X), 1))]) if self.intercept else X

    def proba(self, positions, k):
        """Return the probabilities after each sample was added with label `k`, None if unsure."""
        added = _Added(self.pool[positions], self.unit[k], 1.0)
        coef = self._solved(np.repeat(self.start, len(positions), axis=0), added)
        if coef is None:
            return None
        joint = (coef @ self.evaluation.T).transpose(0, 2, 1)
        if self.shape[0] > 1:
            return softmax(joint, axis=2)
        return np.concatenate([expit(-joint), expit(joint)], axis=2)

    def _solved(self, coef, added):
        """Return the minimizers from a start, one for each added sample, None if not found."""
        todo = np.arange(len(coef))
        bound = TOLERANCE * (self.weights.sum() + added.weight)
        for _ in range(_MOST_STEPS):
            now, new = coef[todo], added.take(todo)
            value, gradient, proba = self._loss(now, new)
            far = abs(gradient).max(axis=(1, 2)) > bound
            if not far.any():
                return coef
            todo, new, gradient = todo[far], new.take(far), gradient[far]
            step = self._newton_step(gradient, proba[far], new)
            coef[todo] = self._descended(now[far], step, value[far], gradient, new)
        return None

    def _newton_step(self, gradient, proba, added):
        """Return steps whose residual is a hundredth of the gradient, by conjugate gradients."""
        inverse = self._inverse(proba) if self.inverse is None else self.inverse
        step, rest = np.zeros_like(gradient), -gradient
        enough = 1e-2 * abs(gradient).max(axis=(1, 2))
        direction = steered = self._steer(inverse, rest)
        length = _dots(rest, steered)
        for _ in range(_MOST_PRODUCTS):
            product = self._curved(direction, proba, added)
            share = _ratios(length, _dots(direction, product))
            step += share * direction
            rest = rest - share * product
            if (abs(rest).max(axis=(1, 2)) <= enough).all():
                break
            steered = self._steer(inverse, rest)
            length, before = _dots(rest, steered), length
            direction = steered + _ratios(length, before) * direction
        return step

    def _steer(self, inverse, rest):
        return (rest.reshape(len(rest), -1) @ inverse).reshape(rest.shape)

    def _curved(self, direction, proba, added):
        """Return the products of the second derivatives with directions."""
        joint = self._joint(direction, added)
        inner = proba * joint
        inner -= proba * inner.sum(axis=1, keepdims=True)
        inner *= np.append(self.weights, added.weight)
        return self._spread(inner, added) + direction * self.penalty

    def _inverse(self, proba):
        """Return the inverse of the second derivatives without a new sample, for one model."""
        proba, (n_rows, n_dims) = proba[0, :, :-1], self.shape
        hessian = np.zeros((n_rows, n_dims, n_rows, n_dims))
        for a in range(n_rows):
            for b in range(a + 1):
                weights = proba[a] * ((a == b) - proba[b]) * self.weights
                block = self.X.T @ (weights[:, None] * self.X)
                hessian[a, :, b] = hessian[b, :, a] = block
            hessian[a, range(n_dims), a, range(n_dims)] += self.penalty
        if self.intercept and n_rows > 1:
            # All intercepts may move together: the loss stays the same, and so do probabilities.
            hessian[:, -1, :, -1] += 1
        flat = hessian.reshape(n_rows * n_dims, -1)
        # Where all probabilities are 0 or 1 nothing holds the intercept; it only steers the steps.
        flat[np.diag_indices_from(flat)] += 1e-12 * flat.trace() / len(flat)
        return cho_solve(cho_factor(flat), np.eye(len(flat)))

    def _descended(self, coef, step, value, gradient, added):
        """Return the coefficients after the longest of halved steps by which the loss falls."""
        slope = (gradient * step).sum(axis=(1, 2))
        length = np.ones(len(coef))
        for _ in range(40):
            after, *_ = self._loss(coef + length[:, None, None] * step, added)
            fell = after <= value + 1e-4 * length * slope + 1e-12 * abs(value)
            if fell.all():
                break
            length[~fell] /= 2
        return coef + length[:, None, None] * step

    def _loss(self, coef, added):
        """Return the loss, its gradient, and the probabilities, of two classes the second."""
        joint = self._joint(coef, added)
        targets = np.hstack([self.targets, added.target[:, None]])
        weights = np.append(self.weights, added.weight)
        if self.shape[0] > 1:
            proba, rest = softmax(joint, axis=1), logsumexp(joint, axis=1)
        else:
            proba, rest = expit(joint), np.logaddexp(0, joint[:, 0])
        losses = rest - (targets * joint).sum(axis=1)
        penalized = coef * self.penalty
        value = losses @ weights + (penalized * coef).sum(axis=(1, 2)) / 2
        errors = (proba - targets) * weights
        return value, self._spread(errors, added) + penalized, proba

    def _joint(self, coef, added):
        """Return the linear functions of all samples, the new one last."""
        return np.concatenate([coef @ self.X.T, coef @ added.rows[:, :, None]], axis=2)

    def _spread(self, errors, added):
        """Return the sums of all samples, the new one last, by their errors."""
        return errors[:, :, :-1] @ self.X + errors[:, :, -1:] * added.rows[:, None, :]


class _Added:
    """Samples that are added to the labeled ones, each in a model of its own."""

    def __init__(self, rows, target, weight):
        self.rows, self.target, self.weight = rows, target, weight

    def take(self, rows):
        return _Added(self.rows[rows], self.target, self.weight)


def _dots(A, B):
    return (A * B).sum(axis=(1, 2), keepdims=True)


def _ratios(A, B):
    """Return A / B, 0 where B is 0: there nothing is left to be done."""
    return np.divide(A, B, out=np.zeros_like(A), where=B > 0)
