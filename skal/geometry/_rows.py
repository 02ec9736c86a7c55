"""What the kernels ask of rows, whatever kind they are."""

from functools import cached_property

import numpy as np
from sklearn.utils import check_array

from .._base import chunks_within
from . import _sizes

SAFE_NORMS = (1e-20, 1e30)  # squared norms that float32 products can bear
_LARGEST_NORM = 1e300  # squared norm of which sums over all rows do not overflow float64


class Rows:
    """What the kernels ask of rows.

    Subclasses give `__len__`, `take(rows)`, `append(other)`, `products(other)` in the precision
    `dtype`, the same in float64 after `to_double()`, `_pair_sq_distances(i, other, j)`,
    `sq_norms`, float64 of shape (n_samples,), and `widths`, by which rows that can be compared
    agree. The attribute `n_terms` is the length of the sums behind a product, `_row_bytes` the
    temporary data of one row in bytes.
    """

    @cached_property
    def slack(self):
        """Each row's part in the error of approximate squared distances.

        The one between x and c errs by at most `slack(x) + slack(c)`. The constant pays for
        moving the origin, rounding the norms and adding up. The floor pays for products too
        small for the floating-point type.
        """
        return self.slack_of(self.sq_norms)

    def slack_of(self, sq_norms):
        """Return the slack of rows of these squared norms."""
        limits = np.finfo(self.dtype)
        return (self.n_terms + 16) * limits.eps / 2 * (sq_norms + limits.tiny / limits.eps)

    def to_single(self):
        """Return the same rows, to be multiplied in float32 where that is possible."""
        return self

    def chunks(self, n_columns=1):
        """Return slices of rows whose temporary data, `n_columns` products each, stay small."""
        row_bytes = self._row_bytes + n_columns * np.dtype(self.dtype).itemsize
        return chunks_within(len(self), row_bytes, limit=_sizes.CHUNK_BYTES)

    def products_within(self, other, space):
        """Return the products with other rows, in a vector of space where that is possible.

        New arrays for every chunk take longer than the products where memory goes back to the
        system at once, as in the workers of a cluster.
        """
        return self.products(other)

    def block_sq_distances(self, other):
        """Return squared distances from products, in the precision of the rows.

        They err by at most twice the slack of both rows, so they may be negative.
        """
        sq = np.multiply(self.products(other), -2)  # a copy where a kernel keeps what it returned
        sq += self.sq_norms[:, None]
        sq += other.sq_norms
        return sq

    def pair_sq_distances(self, i, other, j):
        """Return ||self[i] - other[j]||^2 in float64, for positions i and j in pairs."""
        answer = np.empty(len(i))
        for part in chunks_within(len(i), 2 * self._row_bytes + 16, limit=_sizes.CHUNK_BYTES):
            answer[part] = self._pair_sq_distances(i[part], other, j[part])
        return answer


def matmul(A, B, out=None):
    """Return the product of finite arrays, in `out` if it is given.

    Some kernels of BLAS set the floating-point flag of an invalid operation although factors and
    product are finite. The warning would say nothing here: rows are checked when they come in.
    """
    with np.errstate(invalid="ignore"):
        return np.matmul(A, B, out=out)


def row_sq_norms(X, space=None):
    """Return the squared norms of the rows of an array, in float64.

    The copy of an array of lower precision may lie in a vector of space that is given. Overflow
    gives an infinite norm without a warning, which `refuse_non_finite` reports.
    """
    if X.dtype != np.float64 and space is not None:
        copy = space[: X.size].reshape(X.shape)
        copy[...] = X
        X = copy
    X = X.astype(np.float64, copy=False)
    with np.errstate(over="ignore", invalid="ignore"):
        return np.einsum("ij,ij->i", X, X)


def float_array(X, name):
    """Return X as a float array of two dimensions; float32 stays float32."""
    return check_array(X, dtype=[np.float64, np.float32], ensure_all_finite=False, input_name=name)


def refuse_non_finite(sq_norms, name, start=0):
    """Return squared norms of the rows from `start`, or name the first one that is too large."""
    right = np.abs(sq_norms) <= _LARGEST_NORM  # k(x, x) of a kernel may be negative
    if not right.all():
        row = start + int(right.argmin())
        raise ValueError(
            f"{name} must be finite with finite squared norms, but row {row} holds NaN, infinity "
            "or numbers too large to square. Impute, drop or rescale such rows first."
        )
    return sq_norms


def within(values, limits):
    """Whether the largest of the values lies between the limits, or is 0."""
    top = values.max(initial=0)
    return top == 0 or limits[0] < top < limits[1]
