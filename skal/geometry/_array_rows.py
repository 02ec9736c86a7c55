"""Rows of arrays: dense, and sparse (csr)."""

from functools import cached_property

import numpy as np
import scipy.sparse as sp
from sklearn.utils import check_array

from .._base import chunks_within
from ._rows import SAFE_NORMS, Rows, float_array, matmul, refuse_non_finite, row_sq_norms, within

_SHIFT_SHARE = 0.9  # move the origin where the mean holds this share of the squared norms


class ArrayRows(Rows):
    """Rows of an array, dense or sparse.

    Subclasses give `of(X, name)`, which checks X, and `with_array(X)`, which takes X of either
    kind as rows that can be compared with these.
    """

    @property
    def widths(self):
        """The number of dimensions."""
        return self.X.shape[1]

    def __len__(self):
        return self.X.shape[0]

    def mean(self):
        """Return the mean of all rows, as a single row."""
        return self.with_array((self.total() / len(self))[None])


class DenseRows(ArrayRows):
    """Rows of a dense array, multiplied relative to an origin near to them.

    Distances do not depend on the origin, but the error of a product does: far from the
    origin nothing of a float32 distance would be left.
    """

    def __init__(self, X, sq_norms, origin=None, dtype=None):
        self.X = X
        self.sq_norms = sq_norms
        self.origin = origin
        self.dtype = X.dtype if dtype is None else dtype
        self.n_terms = X.shape[1]
        self._row_bytes = 8 * max(1, X.shape[1])
        self._total = None

    @classmethod
    def of(cls, X, name):
        """Return the rows of X, whose name is for error messages."""
        X = float_array(X, name)
        sq_norms, total = dense_sums(X)
        refuse_non_finite(sq_norms, name)
        mean = total / max(1, len(X))
        rows = cls(X, sq_norms)
        # Moving the origin takes another pass and a copy of every chunk, so only where it pays.
        if mean @ mean * len(X) > _SHIFT_SHARE * sq_norms.sum():
            origin = mean.astype(X.dtype)
            rows = cls(X, dense_sums(X, origin)[0], origin)
        rows._total = total  # saves a pass where the mean is asked for
        return rows if within(rows.sq_norms, SAFE_NORMS) else rows.to_double()

    def with_array(self, X):
        """Return another array as rows with the same origin and precision as these."""
        X = X.toarray() if sp.issparse(X) else X
        return DenseRows(X, dense_sums(X, self.origin)[0], self.origin, self.dtype)

    def take(self, rows):
        return DenseRows(self.X[rows], self.sq_norms[rows], self.origin, self.dtype)

    def to_double(self):
        return DenseRows(self.X, self.sq_norms, self.origin, np.dtype(np.float64))

    def to_single(self):
        if self.dtype == np.float32 or not within(self.sq_norms, SAFE_NORMS):
            return self
        return DenseRows(self.X, self.sq_norms, self.origin, np.dtype(np.float32))

    def append(self, other):
        X = np.concatenate([self.X, other.X])
        sq_norms = np.concatenate([self.sq_norms, other.sq_norms])
        return DenseRows(X, sq_norms, self.origin, self.dtype)

    @cached_property
    def vectors(self):
        """The rows as they are multiplied; made for chunks only, never for all rows."""
        moved = self.X.astype(np.result_type(self.X, self.dtype), copy=False)
        moved = moved if self.origin is None else moved - self.origin
        return moved.astype(self.dtype, copy=False)

    def products(self, other):
        return matmul(self.vectors, other.vectors.T)

    def products_within(self, other, space):
        n_products = len(self) * len(other)
        if space.dtype != self.dtype or len(space) < n_products:
            return self.products(other)
        out = space[:n_products].reshape(len(self), len(other))
        return matmul(self.vectors, other.vectors.T, out)

    def block_sq_distances(self, other):
        # The norms are two more terms of the product, which saves three passes over the result.
        return matmul(self._as_left, other._as_right.T)

    @cached_property
    def _as_left(self):
        both = np.column_stack([-2 * self.vectors, self.sq_norms, np.ones(len(self))])
        return both.astype(self.dtype, copy=False)

    @cached_property
    def _as_right(self):
        both = np.column_stack([self.vectors, np.ones(len(self)), self.sq_norms])
        return both.astype(self.dtype, copy=False)

    def _pair_sq_distances(self, i, other, j):
        # Differences in float64 are exact enough to decide: products would cancel.
        difference = self.X[i].astype(np.float64)
        difference -= other.X if len(other) == 1 else other.X[j]
        return np.square(difference, out=difference).sum(axis=1)

    def total(self):
        """Return the sum of all rows."""
        return dense_sums(self.X)[1] if self._total is None else self._total


def dense_sums(X, origin=None):
    """Return the squared norms of rows, less the origin, and the sums of columns, in one pass.

    Both may be infinite or NaN; `refuse_non_finite` reports such norms.
    """
    sq_norms, total = np.empty(len(X)), np.zeros(X.shape[1])
    with np.errstate(over="ignore", invalid="ignore"):
        chunks = chunks_within(len(X), 8 * X.shape[1], limit=2**20)
        is_copy = X.dtype != np.float64 or origin is not None
        space = np.empty(X[chunks[0]].shape) if chunks and is_copy else None
        for rows in chunks:
            part = X[rows]
            if is_copy:  # always in the same place
                space[: len(part)] = part
                part = space[: len(part)]
                part -= 0 if origin is None else origin
            sq_norms[rows] = row_sq_norms(part)
            total += np.ones(len(part)) @ part
    return sq_norms, total


class SparseRows(ArrayRows):
    """Rows of a csr matrix, multiplied as they are: moving the origin would fill them."""

    def __init__(self, X, sq_norms, dtype=None):
        self.X = X
        self.sq_norms = sq_norms
        self.dtype = X.dtype if dtype is None else dtype
        self.n_terms = int(np.diff(X.indptr).max(initial=1))
        self._row_bytes = 40 * self.n_terms

    @classmethod
    def of(cls, X, name):
        """Return the rows of X, whose name is for error messages."""
        X = check_array(
            X, accept_sparse="csr", dtype=[np.float64, np.float32], ensure_all_finite=False
        )
        if not X.has_canonical_format:  # entries given twice; the caller's matrix stays as it is
            X = X.copy()
            X.sum_duplicates()
        rows = cls(X, refuse_non_finite(_sparse_sq_norms(X), name))
        return rows if within(rows.sq_norms, SAFE_NORMS) else rows.to_double()

    def with_array(self, X):
        """Return another matrix as rows with the same precision as these."""
        X = sp.csr_matrix(X)
        return SparseRows(X, _sparse_sq_norms(X), self.dtype)

    def take(self, rows):
        return SparseRows(self.X[rows], self.sq_norms[rows], self.dtype)

    def to_double(self):
        return SparseRows(self.X, self.sq_norms, np.dtype(np.float64))

    def append(self, other):
        sq_norms = np.concatenate([self.sq_norms, other.sq_norms])
        return SparseRows(sp.vstack([self.X, other.X], format="csr"), sq_norms, self.dtype)

    def products(self, other):
        X, Y = self.X.astype(self.dtype, copy=False), other.X.astype(self.dtype, copy=False)
        return (X @ Y.T).toarray()

    def _pair_sq_distances(self, i, other, j):
        difference = self.X[i].astype(np.float64) - other.X[j].astype(np.float64)
        return np.asarray(difference.multiply(difference).sum(axis=1)).ravel()

    def total(self):
        """Return the sum of all rows."""
        return np.asarray(self.X.sum(axis=0, dtype=np.float64)).ravel()


def _sparse_sq_norms(X):
    X = X.astype(np.float64)
    return np.asarray(X.multiply(X).sum(axis=1)).ravel()
