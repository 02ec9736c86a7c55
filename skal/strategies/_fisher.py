"""Fisher information of samples under a linear model, and batches that gain most of it."""

import numpy as np
from scipy.linalg import cholesky, solve_triangular
from scipy.linalg.lapack import dpocon, dpstrf

from .._base import chunks_of

# Rounding errors of the forms grow with every change of rank; after so many they are made anew.
REFRESH_EVERY = 50

# Gains that differ by a smaller share of the largest one are equal: updates of the forms round.
RESOLUTION = 1e-9

# A gain that is a smaller share of the forms before their last changes is mostly rounding error.
LEAST_SHARE = 1e-9

# The least quotient of the smallest direction of M and the largest one of M or F with which the
# forms, and what is left of them when a sample is taken away, have digits that are right.
LEAST_CONDITION = 1e-10

# Numbers in a block of rows: a constant, so that memory settings do not change how sums round.
_BLOCK_SIZE = 2**21


class Softmax:
    r"""Classes whose probabilities are the softmax of linear functions of the features.

    A label of a sample of probabilities p carries the information :math:`B^\top B` on these
    functions, :math:`B = \mathrm{diag}(\sqrt{p})(I - 1 p^\top)`.

    Parameters
    ----------
    proba : ndarray of shape (n_samples, n_classes)
    """

    # Nothing that is predicted depends on what the functions have in common.
    has_common = True

    def __init__(self, proba):
        self.proba = proba
        self.n_outputs = proba.shape[1]

    def __len__(self):
        return len(self.proba)

    def __getitem__(self, rows):
        return Softmax(self.proba[rows])

    def information(self, a, b):
        """Return the entry (a, b) of the information of each sample."""
        return self.proba[:, a] * ((a == b) - self.proba[:, b])

    def times_root(self, Z):
        """Return B_i Z_i for each sample."""
        p = self.proba
        return np.sqrt(p)[:, :, None] * (Z - p[:, None, :] @ Z)


class Gaussian:
    """Numbers whose mean is a linear function of the features, all with the same noise.

    A label carries the same information on this function whatever is predicted.

    Parameters
    ----------
    n_samples : int
    """

    has_common = False
    n_outputs = 1

    def __init__(self, n_samples):
        self._ones = np.ones(n_samples)

    def __len__(self):
        return len(self._ones)

    def __getitem__(self, rows):
        return Gaussian(len(self._ones[rows]))

    def information(self, a, b):
        """Return the information of each sample."""
        return self._ones

    def times_root(self, Z):
        """Return Z."""
        return Z


def fisher_batch(likelihood, features, seen, n, *, regularization, backward):
    r"""Choose samples such that the expected variance of predictions falls most.

    The information of a sample of features h is :math:`F_i = B_i^\top B_i \otimes h h^\top`,
    with B of the likelihood. With M the information of what is labeled or chosen, plus the
    regularization, the batch makes :math:`\mathrm{tr}(M^{-1} F)` small, where F is the mean
    information of all samples.

    Parameters
    ----------
    likelihood : Softmax or Gaussian
        Of n_samples samples.
    features : ndarray of shape (n_samples, n_dims), float64
    seen : tuple
        The likelihood and the features of the labeled samples.
    n : int
    regularization : float
    backward : bool
        Whether to choose 2 n samples and to take away n of them.

    Returns
    -------
    positions : ndarray of shape (n,)
        In the order in which they were chosen.
    gains : ndarray of shape (n,)
        By how much the trace fell when each was chosen.
    """
    target = fisher_sum(likelihood, features)
    target += fisher_sum(*seen)
    target /= len(likelihood) + len(seen[0])
    n_forward = min(2 * n, len(likelihood)) if backward else n
    none = np.zeros(len(likelihood), dtype=bool)
    positions, gains = _forward(
        Forms(likelihood, features, seen, regularization, target, none), n_forward
    )
    if n_forward == n:
        return positions, gains
    every = np.ones(n_forward, dtype=bool)
    kept = _backward(
        Forms(likelihood[positions], features[positions], seen, regularization, target, every), n
    )
    return positions[kept], gains[kept]


def fisher_sum(likelihood, features):
    """Return the sum of the information of samples, of shape (D, D), D = n_classes * n_dims."""
    n_classes, n_dims = likelihood.n_outputs, features.shape[1]
    total = np.zeros((n_classes, n_dims, n_classes, n_dims))
    for rows in _blocks(len(likelihood), 2 * n_dims):
        part, h = likelihood[rows], features[rows]
        for a in range(n_classes):
            for b in range(a + 1):
                total[a, :, b] += h.T @ (part.information(a, b)[:, None] * h)
    for a in range(n_classes):
        for b in range(a):
            total[b, :, a] = total[a, :, b]  # symmetric in the features as well
    return total.reshape(n_classes * n_dims, -1)


def _forward(forms, n):
    """Choose `n` samples, each the one by which the trace falls most given those before it."""
    positions, gains = np.empty(n, dtype=np.intp), np.empty(n)
    for step in range(n):
        falls = forms.falls()
        best = _lowest_of_best(falls, np.flatnonzero(~forms.chosen))
        positions[step], gains[step] = best, falls[best]
        if step + 1 < n:
            forms.change(best, +1)
    return positions, gains


def _backward(forms, n):
    """Take samples away, each the one by which the trace rises least; return which `n` stay."""
    for n_left in range(len(forms.chosen), n, -1):
        # Of equal ones the one chosen last goes.
        rows = np.flatnonzero(forms.chosen)[::-1]
        lost = _lowest_of_best(-forms.rises(), rows)
        if n_left == n + 1:
            return rows[rows != lost][::-1]
        forms.change(lost, -1)


def _lowest_of_best(gains, rows):
    """Return the first of `rows` whose gain is the largest, round-off left aside."""
    gains = gains[rows]
    return rows[np.argmax(gains >= gains.max() - RESOLUTION * abs(gains).max())]


class Forms:
    r"""The quadratic forms of all samples that a change of M needs, kept up to date.

    With :math:`V_i = B_i \otimes h_i^\top` the information of a sample is :math:`V_i^\top V_i`.
    Kept are :math:`V_i M^{-1} V_i^\top` (`spread`) and :math:`V_i M^{-1} F M^{-1} V_i^\top`
    (`worth`), of shape (n_classes, n_classes) for each sample, where n_classes is 1 for numbers. A
    change of M by :math:`\pm V_j^\top V_j` changes
    :math:`M^{-1}` by :math:`-U S U^\top`, where :math:`U = M^{-1} V_j^\top` and
    :math:`S = \pm (I \pm V_j U)^{-1}`, and both forms by products of :math:`V_i U` and
    :math:`V_i M^{-1} F U`. That takes O(n_classes^2 n_dims) for each sample.

    Parameters
    ----------
    likelihood : Softmax or Gaussian
    features : ndarray of shape (n_samples, n_dims)
    seen : tuple
        The same of the labeled samples.
    regularization : float
    target : ndarray of shape (D, D)
        The information F.
    chosen : ndarray of bool of shape (n_samples,)
        The samples whose information is part of M; it is changed in place.
    """

    def __init__(self, likelihood, features, seen, regularization, target, chosen):
        self.likelihood, self.features = likelihood, features
        self.seen, self.regularization = seen, regularization
        self.target, self.target_root = target, _root(target)
        self.chosen = chosen
        n_classes = likelihood.n_outputs
        self.spread = np.empty((len(likelihood), n_classes, n_classes))
        self.worth = np.empty_like(self.spread)
        self.refresh()

    def falls(self):
        """Return how much the trace falls with each sample."""
        falls = self._changes(+1)
        if self.n_changes and min(self._largest(falls), self.last) < LEAST_SHARE * self.worth_then:
            # The forms shrank so far that what is left of them are differences of large numbers.
            self.refresh()
            falls = self._changes(+1)
        self.last = self._largest(falls)
        return falls

    def _largest(self, falls):
        return falls.max(where=~self.chosen, initial=0)

    def rises(self):
        """Return how much the trace rises without each sample."""
        return self._changes(-1)

    def _changes(self, sign):
        eye = np.eye(self.likelihood.n_outputs)
        return np.trace(np.linalg.solve(eye + sign * self.spread, self.worth), axis1=1, axis2=2)

    def refresh(self):
        """Compute everything anew."""
        M = fisher_sum(self.likelihood[self.chosen], self.features[self.chosen])
        M += fisher_sum(*self.seen)
        M[np.diag_indices_from(M)] += self.regularization
        root = _inverse_root(self._with_common(M), _norm(self.target), self.regularization)
        self.inverse = root.T @ root
        self.n_changes = 0
        # Products of a matrix and its transpose: a sum of squares loses no digits.
        self._fill(self.spread, root.T)
        self._fill(self.worth, self.inverse @ self.target_root)
        self.worth_then = np.trace(self.worth, axis1=1, axis2=2).max(initial=0)

    def _with_common(self, M):
        """Add information on what all classes have in common, which no prediction depends on.

        Nothing changes but that the inverse of M has more digits that are right.
        """
        if not self.likelihood.has_common:
            return M
        n_classes, n_dims = self._widths
        blocks = M.reshape(n_classes, n_dims, n_classes, n_dims)
        every = np.arange(n_dims)
        blocks[:, every, :, every] += np.trace(M) / M.shape[0] / n_classes
        return M

    def _fill(self, forms, root):
        """Set the forms V_i A A' V_i' of a matrix A of shape (D, any)."""
        (n_classes, n_dims), width = self._widths, root.shape[1]
        by_dim = root.reshape(n_classes, n_dims, width).transpose(1, 0, 2).reshape(n_dims, -1)
        for rows in _blocks(len(self.features), n_classes * width):
            part, h = self.likelihood[rows], self.features[rows]
            half = part.times_root((h @ by_dim).reshape(len(h), n_classes, width))
            forms[rows] = half @ half.transpose(0, 2, 1)

    def change(self, j, sign):
        """Add (+1) or take away (-1) the information of sample `j`."""
        self.chosen[j] = sign > 0
        self.n_changes += 1
        if self.n_changes == REFRESH_EVERY:
            self.refresh()
            return
        n_classes, _ = self._widths
        V = self._factor(j)
        U = self.inverse @ V.T
        target_U = self.target @ U
        S = sign * np.linalg.inv(np.eye(n_classes) + sign * (V @ U))
        self._update(U, self.inverse @ target_U, S, U.T @ target_U)
        self.inverse -= (U @ S) @ U.T

    def _factor(self, j):
        """Return V of one sample, of shape (n_classes, D)."""
        root = self.likelihood[[j]].times_root(np.eye(self.likelihood.n_outputs)[None])[0]
        return (root[:, :, None] * self.features[j]).reshape(len(root), -1)

    def _update(self, U, R, S, E):
        n_classes, n_dims = self._widths
        both = np.hstack([U, R]).reshape(n_classes, n_dims, -1).transpose(1, 0, 2)
        both = both.reshape(n_dims, -1)
        for rows in _blocks(len(self.features), 8 * n_classes**2):
            part, h = self.likelihood[rows], self.features[rows]
            of_both = part.times_root((h @ both).reshape(len(h), n_classes, -1))
            of_U, of_R = of_both[:, :, :n_classes], of_both[:, :, n_classes:]
            A = of_U @ S
            self.spread[rows] -= A @ of_U.transpose(0, 2, 1)
            # A R' + R A' - A E A' as one product and its transpose.
            half = A @ (of_R - A @ (E / 2)).transpose(0, 2, 1)
            self.worth[rows] -= half + half.transpose(0, 2, 1)

    @property
    def _widths(self):
        return self.likelihood.n_outputs, self.features.shape[1]


def _root(A):
    """Return a matrix of which the product with its transpose is A, positive semi-definite."""
    lower, order, rank, _ = dpstrf(A, lower=1)
    root = np.empty((len(A), rank))
    root[order - 1] = np.tril(lower)[:, :rank]
    return root


def _norm(A):
    return abs(A).sum(axis=0).max()


def _inverse_root(M, target_norm, regularization):
    """Return a matrix R with R' R the inverse of M."""
    try:
        lower = cholesky(M, lower=True)
        condition = dpocon(lower, max(_norm(M), target_norm), uplo="L")[0]
    except np.linalg.LinAlgError:
        condition = 0
    if not condition >= LEAST_CONDITION:
        raise ValueError(
            f"regularization={regularization} is too small beside the squared length of the "
            "embedding's rows, so that the information cannot be inverted. Increase it, or scale "
            "the features."
        )
    return solve_triangular(lower, np.eye(len(M)), lower=True, overwrite_b=True)


def _blocks(n_rows, row_size):
    return chunks_of(n_rows, _BLOCK_SIZE // max(1, row_size))
