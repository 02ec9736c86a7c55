"""Greedy coverage: the rows to which the others are most similar, by lazy evaluation."""

import numpy as np

from .._base import Real, as_floats, check_count, chunks_of, num_rows
from . import _sizes
from ._as_rows import as_rows
from ._similarities import Gaussian, Given, OfFunction

# Gains that differ by less than this share of what is covered are equal: a product of matrices
# adds up its rows in different orders, and copies of a row must not win by their last digits.
RESOLUTION = 2.0**-42


def max_coverage(
    X,
    n,
    *,
    kernel="rbf",
    gamma=1.0,
    weights=None,
    labeled=None,
    covered=None,
    candidates=None,
):
    r"""Choose rows such that every row is similar to a chosen or a labeled one.

    The rows S are chosen one by one, each with the largest gain in

    .. math:: F(S) = \sum_j w_j \max\Bigl(c_j, \max_{i \in S} k(x_i, x_j)\Bigr),

    where the coverage :math:`c_j` is the largest similarity of a labeled row to row j. The sum
    runs over all rows, candidates or not. Without labeled rows the first pick has the largest sum
    of similarities, and later gains are measured from it, so that similarities may be negative.
    Gains only shrink as rows join (F is submodular), so a gain of an earlier step is an upper
    bound. Each step evaluates only the rows whose bounds are large (lazy greedy), and picks the
    same rows as if it evaluated all of them. Equal gains go to the lowest position, and so does
    the rest of the batch once nothing is left to cover.

    Similarities are computed in tiles of a fixed size and not kept, so that memory grows with the
    number of rows and not with its square.

    Parameters
    ----------
    X : {array-like, sparse matrix, OuterRows, KernelRows} of shape (n_samples, n_dims)
        The rows, or with ``kernel="precomputed"`` the array or sparse matrix of shape
        (n_samples, n_samples) whose entry (i, j) says how similar row j is to row i, if i is
        chosen.
    n : int
        How many to choose, at most the number of candidates.
    kernel : {"rbf", "precomputed"} or callable, default="rbf"
        The similarity. "rbf" is ``exp(-gamma * d**2)`` of the distance d. A callable gets two sets
        of rows, of the kind of X, and returns an array of shape (n_first, n_second).
    gamma : float, default=1.0
        The factor of "rbf", at least 0.
    weights : array-like of shape (n_samples,), default=None
        How much it counts that a row is covered, at least 0. None stands for equal weights.
    labeled : rows of the same kind, of shape (n_labeled, n_dims), default=None
        Rows that were chosen before; with ``kernel="precomputed"`` their similarities to all rows,
        of shape (n_labeled, n_samples).
    covered : array-like of shape (n_samples,), default=None
        The coverage of each row to start from, in place of `labeled`.
    candidates : array-like of int, or mask of bool of shape (n_samples,), default=None
        Positions of the rows that may be chosen. None stands for all.

    Returns
    -------
    positions : ndarray of shape (n,), dtype intp
        Distinct positions in X, in the order of choice.

    Raises
    ------
    ValueError
        If n is not between 1 and the number of candidates, both `labeled` and `covered` are given,
        or an array is of the wrong shape or holds NaN or infinity.

    See Also
    --------
    k_center_greedy : Makes the largest distance small, rather than the mean similarity large.
    skal.strategies.MaxHerding : Choose samples of a pool in this way.

    References
    ----------
    G. L. Nemhauser, L. A. Wolsey and M. L. Fisher (1978). An analysis of approximations for
    maximizing submodular set functions. Mathematical Programming 14.

    M. Minoux (1978). Accelerated greedy algorithms for maximizing submodular set functions.
    Optimization Techniques. Springer.

    W. Bae, J. Noh and D. J. Sutherland (2024). Generalized coverage for more robust low-budget
    active learning. ECCV. arXiv:2407.12212.

    Examples
    --------
    >>> from skal.geometry import max_coverage
    >>> X = [[0.0], [1.0], [2.0], [9.0], [10.0]]
    >>> max_coverage(X, 2)
    array([1, 3])
    >>> max_coverage(X, 1, labeled=[[1.5]])
    array([3])
    >>> max_coverage([[1.0, 0.5, 0.0], [0.5, 1.0, 0.5], [0.0, 0.5, 1.0]], 1, kernel="precomputed")
    array([1])
    """
    similarities = _similarities(X, kernel, gamma)
    n_samples = len(similarities)
    open_rows = _candidate_mask(candidates, n_samples)
    _check_n(n, np.count_nonzero(open_rows))
    weights = _checked_weights(weights, n_samples)
    cover = _cover(similarities, labeled, covered)
    return greedy_coverage(similarities, n, weights, cover, open_rows)[0]


def greedy_coverage(similarities, n, weights=None, cover=None, open_rows=None):
    """Return the positions of greedy coverage, and the gain of each.

    Parameters
    ----------
    similarities : Similarities
    n : int
    weights : ndarray of shape (n_samples,) or None
        Not negative.
    cover : ndarray of shape (n_samples,) or None
        None where nothing is covered.
    open_rows : mask of shape (n_samples,) or None
        The rows that may be chosen.
    """
    state = _Greedy(similarities, weights, cover, open_rows)
    picks, gains = [], []
    while len(picks) < n and not state.is_done():
        pick, gain = state.best()
        picks.append(pick)
        gains.append(gain)
        if len(picks) < n:
            state.add(pick)
    filled = np.flatnonzero(state.open_rows)[: n - len(picks)]
    positions = np.concatenate([np.array(picks, dtype=np.intp), filled])
    return positions, np.concatenate([gains, np.zeros(len(filled))])


class _Greedy:
    """Rows that are covered so far, and an upper bound on the gain of each row that may follow."""

    def __init__(self, similarities, weights, cover, open_rows):
        n_samples = len(similarities)
        self.similarities = similarities
        self.weights = np.ones(n_samples) if weights is None else weights
        self.open_rows = np.ones(n_samples, dtype=bool) if open_rows is None else open_rows.copy()
        self.cover = cover
        self.has_negative = False
        self.bound = np.zeros(n_samples)
        self._evaluate_all()
        self.largest = np.abs(self.bound).max(initial=0)

    def _evaluate_all(self):
        positions = np.flatnonzero(self.open_rows)
        for part in chunks_of(len(positions), _sizes.TILE[0]):
            self.bound[positions[part]] = self._gains(positions[part])
        self.is_exact = True

    def _gains(self, positions):
        """Return what the rows at these positions add to the coverage."""
        gains = np.zeros(len(positions))
        with np.errstate(over="ignore", invalid="ignore"):  # what overflows is refused below
            for j in self.similarities.columns():
                gains += self._above_cover(positions, j) @ self.weights[j]
        if not np.isfinite(gains).all():
            raise ValueError("Similarities must be so small that their sums are finite.")
        return gains

    def _above_cover(self, positions, columns):
        values = self.similarities.tile(positions, columns)
        if self.cover is None:
            self.has_negative = self.has_negative or values.min() < 0
            return values
        values -= self.cover[columns]
        return np.maximum(values, 0, out=values)

    @property
    def slack(self):
        """The difference between gains that means nothing."""
        covered = 0 if self.cover is None else np.abs(self.cover) @ self.weights
        return RESOLUTION * (covered + self.largest)

    def is_done(self):
        """Whether no row is left that adds anything."""
        if self.cover is None:
            return False
        return self.bound.max(where=self.open_rows, initial=0) <= self.slack

    def best(self):
        """Return the row of the largest gain, the lowest position of those that tie, and its gain.

        A row is evaluated if it may be better than the best one known, or as good as that at a
        lower position.
        """
        slack, size = self.slack, _sizes.EVALUATED
        known = self.open_rows.copy() if self.is_exact else np.zeros_like(self.open_rows)
        positions = np.arange(len(known))
        while True:
            largest = self.bound.max(where=known, initial=-np.inf)
            winner = int((known & (self.bound >= largest - slack)).argmax()) if known.any() else -1
            is_lower = (self.bound >= largest - slack) & (positions < winner)
            waiting = self.open_rows & ~known & ((self.bound > largest) | is_lower)
            waiting = _largest_first(self.bound, np.flatnonzero(waiting), size)
            if not len(waiting):
                return winner, float(self.bound[winner])
            self.bound[waiting] = self._gains(waiting)
            known[waiting] = True
            size = min(2 * size, _sizes.TILE[0])

    def add(self, pick):
        """Cover what the row at this position covers."""
        self.open_rows[pick] = False
        columns = self.similarities.columns()
        row = np.concatenate([self.similarities.tile(np.array([pick]), j)[0] for j in columns])
        is_first, self.is_exact = self.cover is None, False
        self.cover = row if is_first else np.maximum(self.cover, row)
        if is_first and self.has_negative:
            # The first gains were sums of similarities, and bound nothing that is below 0.
            self._evaluate_all()


def _largest_first(bound, positions, size):
    """Return the positions of the `size` largest bounds, the lowest positions on ties."""
    if len(positions) > size:
        least = np.partition(bound[positions], -size)[-size]
        positions = positions[bound[positions] >= least]
        positions = positions[np.lexsort((positions, -bound[positions]))][:size]
    return positions


def _similarities(X, kernel, gamma):
    if callable(kernel):
        return OfFunction(X, kernel)
    if isinstance(kernel, str) and kernel == "precomputed":
        return Given(X)
    if not isinstance(kernel, str) or kernel != "rbf":
        raise ValueError(f"kernel must be 'rbf', 'precomputed' or a callable, got {kernel!r}.")
    if not isinstance(gamma, Real) or not 0 <= gamma < np.inf:
        raise ValueError(f"gamma must be a finite number of at least 0, got {gamma!r}.")
    return Gaussian(as_rows(X), float(gamma))


def _candidate_mask(candidates, n_samples):
    if candidates is None:
        return np.ones(n_samples, dtype=bool)
    given = np.asarray(candidates)
    given = given.astype(np.intp) if not given.size else given
    open_rows = np.zeros(n_samples, dtype=bool)
    is_mask = given.dtype.kind == "b"
    inside = given.size == 0 or is_mask or (given.min() >= 0 and given.max() < n_samples)
    if (
        given.ndim != 1
        or given.dtype.kind not in "iub"
        or not inside
        or (is_mask and len(given) != n_samples)
    ):
        raise ValueError(
            f"candidates must be positions from 0 to {n_samples - 1}, or a mask of shape "
            f"({n_samples},), got {candidates!r:.80}."
        )
    open_rows[given] = True
    return open_rows


def _check_n(n, n_candidates):
    if check_count(n, "n") > n_candidates:
        raise ValueError(
            f"n must be between 1 and the number of candidates {n_candidates}, got n={n}."
        )


def _checked_weights(weights, n_samples):
    """Return weights of which the largest is 1; only their ratios count."""
    if weights is None:
        return None
    weights = _one_for_each(weights, "weights", n_samples)
    if weights.min() < 0:
        row = int(weights.argmin())
        raise ValueError(f"weights must be at least 0, but that of row {row} is {weights[row]}.")
    return weights / (weights.max() or 1.0)


def _cover(similarities, labeled, covered):
    if labeled is not None and covered is not None:
        raise ValueError("labeled and covered say the same: give one of them, got both.")
    if covered is not None:
        return _one_for_each(covered, "covered", len(similarities))
    if labeled is None or not num_rows(labeled):
        return None
    return similarities.of_labeled(labeled)


def _one_for_each(values, name, n_samples):
    values = as_floats(values, name)
    if values.shape != (n_samples,) or not np.isfinite(values).all():
        raise ValueError(
            f"{name} must have one finite number for each of the {n_samples} rows, shape "
            f"({n_samples},), got {values!r:.80}."
        )
    return values
