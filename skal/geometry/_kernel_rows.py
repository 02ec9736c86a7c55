"""KernelRows: rows that are known only through a kernel function."""

import numpy as np

from .._base import concat_rows, num_rows, take_rows
from ._rows import Rows, refuse_non_finite


class KernelRows(Rows):
    """Represent samples in the feature space of a kernel function.

    Their squared distances are `k(x, x) + k(c, c) - 2 k(x, c)`. Values within the round-off
    of that expression count as zero.

    Parameters
    ----------
    X : array-like or sparse matrix with n_samples rows
        The samples, in any form that the kernel takes.
    kernel : callable
        `kernel(A, B)` returns an array of shape (len(A), len(B)).

    Attributes
    ----------
    sq_norms : ndarray of shape (n_samples,)
        The values k(x, x).

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.metrics.pairwise import rbf_kernel
    >>> from skal.geometry import KernelRows, k_center_greedy
    >>> rows = KernelRows(np.array([[0.0], [0.1], [5.0]]), rbf_kernel)
    >>> k_center_greedy(rows, 2, labeled=rows.take([0]))
    array([2, 1])
    """

    dtype = np.dtype(np.float64)
    widths = None  # whether two samples can be compared is for the kernel to say
    n_terms = 256  # a guess: nothing is known of what a kernel costs and how it rounds
    _row_bytes = 256

    def __init__(self, X, kernel):
        self.X, self.kernel = X, kernel
        self.sq_norms = np.empty(num_rows(X))
        # A kernel of two sets gives whole blocks: small ones, for only their diagonals are needed.
        for start in range(0, len(self), 256):
            part = slice(start, start + 256)
            block = take_rows(X, part)
            self.sq_norms[part] = _sized_values(kernel, block, block).diagonal()
        refuse_non_finite(self.sq_norms, "kernel(X, X)")

    def __len__(self):
        return len(self.sq_norms)

    def take(self, rows):
        """Return the given rows, positions or a slice, as `KernelRows`."""
        return self._made(take_rows(self.X, rows), self.sq_norms[rows])

    def _made(self, X, sq_norms):
        rows = KernelRows.__new__(KernelRows)
        rows.X, rows.kernel, rows.sq_norms = X, self.kernel, sq_norms
        return rows

    def to_double(self):
        """Return these rows: kernels are always read in float64."""
        return self

    def append(self, other):
        """Return these rows, then those of `other`."""
        sq_norms = np.concatenate([self.sq_norms, other.sq_norms])
        return self._made(concat_rows(self.X, other.X), sq_norms)

    def products(self, other):
        """Return the products with the rows of `other`, of shape (n_samples, n_others)."""
        return kernel_values(self.kernel, self.X, other.X)

    def _pair_sq_distances(self, i, other, j):
        # A kernel may be slow, so ask only once for every row that occurs in a pair.
        lefts, i = np.unique(i, return_inverse=True)
        rights, j = np.unique(j, return_inverse=True)
        left, right = self.take(lefts), other.take(rights)
        norms = left.sq_norms[i] + right.sq_norms[j]
        sq = norms - 2 * left.products(right)[i, j]
        # Below the round-off a distance cannot be told from that of copies.
        return np.where(sq > left.slack[i] + right.slack[j], sq, 0)

    def products_with_total(self):
        """Return the products of every row with the sum of all rows, in float64."""
        answer = np.zeros(len(self))
        for others in self.chunks(256):
            other = self.take(others)
            for part in self.chunks(len(other)):
                answer[part] += self.take(part).products(other).sum(axis=1)
        return answer


def kernel_values(kernel, A, B):
    """Return what a kernel says of two sets of rows, or refuse what is not finite."""
    values = _sized_values(kernel, A, B)
    if not np.isfinite(values).all():
        raise ValueError("kernel(A, B) must be finite, got NaN or infinity.")
    return values


def _sized_values(kernel, A, B):
    values = np.asarray(kernel(A, B), dtype=np.float64)
    expected = (num_rows(A), num_rows(B))
    if values.shape != expected:
        raise ValueError(
            f"kernel(A, B) must return an array of shape {expected}, got {values.shape}."
        )
    return values
