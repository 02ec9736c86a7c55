"""Rows of a space: what the kernels ask of them, for every kind of rows."""

from functools import cached_property

import numpy as np
import scipy.sparse as sp
from sklearn.utils import check_array

from .._base import check_count, concat_rows, num_rows, take_rows, working_memory

CHUNK_BYTES = 4 * 2**20  # small enough to stay in cache from one operation to the next
_SHIFT_SHARE = 0.9  # move the origin where the mean holds this share of the squared norms
_SAFE_NORMS = (1e-20, 1e30)  # squared norms that float32 products can bear


class Rows:
    """What the kernels ask of rows.

    Subclasses give `__len__`, `take(rows)`, `append(other)`, `products(other)` in the precision
    `dtype`, the same in float64 after `to_double()`, `_pair_sq_distances(i, other, j)` and
    `sq_norms`, float64 of shape (n_samples,). The attribute `n_terms` is the length of the sums
    behind a product, `_row_bytes` what a row costs in temporary data.
    """

    @cached_property
    def slack(self):
        """Each row's part in the error of approximate squared distances.

        The one between x and c errs by at most `slack(x) + slack(c)`. The constant pays for
        moving the origin, rounding the norms and adding up, the floor for products too small
        for the floating-point type.
        """
        limits = np.finfo(self.dtype)
        return (self.n_terms + 16) * limits.eps / 2 * (self.sq_norms + limits.tiny / limits.eps)

    def chunks(self, n_columns=1):
        """Yield slices of rows whose temporary data, `n_columns` products each, stay small."""
        row_bytes = self._row_bytes + n_columns * np.dtype(self.dtype).itemsize
        size = max(1, min(CHUNK_BYTES, working_memory()) // row_bytes)
        for start in range(0, len(self), size):
            yield slice(start, min(start + size, len(self)))

    def pair_sq_distances(self, i, other, j):
        """Return ||self[i] - other[j]||^2 in float64, for positions i and j in pairs."""
        answer = np.empty(len(i))
        size = max(1, min(CHUNK_BYTES, working_memory()) // (2 * self._row_bytes + 16))
        for start in range(0, len(i), size):
            part = slice(start, start + size)
            answer[part] = self._pair_sq_distances(i[part], other, j[part])
        return answer


class DenseRows(Rows):
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

    def __len__(self):
        return len(self.X)

    def take(self, rows):
        return DenseRows(self.X[rows], self.sq_norms[rows], self.origin, self.dtype)

    def to_double(self):
        return DenseRows(self.X, self.sq_norms, self.origin, np.dtype(np.float64))

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
        return _matmul(self.vectors, other.vectors.T)

    def _pair_sq_distances(self, i, other, j):
        difference = self.X[i].astype(np.float64)
        difference -= other.X[j]
        return np.square(difference, out=difference).sum(axis=1)

    def mean(self):
        total = dense_sums(self.X)[1] if self._total is None else self._total
        return self._like((total / len(self))[None])

    def _like(self, X):
        """Return the array X as rows with the same origin and precision as these."""
        return DenseRows(X, dense_sums(X, self.origin)[0], self.origin, self.dtype)


class SparseRows(Rows):
    """Rows of a csr matrix, multiplied as they are: moving the origin would fill them."""

    def __init__(self, X, sq_norms, dtype=None):
        self.X = X
        self.sq_norms = sq_norms
        self.dtype = X.dtype if dtype is None else dtype
        self.n_terms = int(np.diff(X.indptr).max(initial=1))
        self._row_bytes = 40 * self.n_terms

    def __len__(self):
        return self.X.shape[0]

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

    def mean(self):
        return self._like(sp.csr_matrix(self.X.sum(axis=0, dtype=np.float64) / len(self)))

    def _like(self, X):
        """Return the csr matrix X as rows with the same precision as these."""
        return SparseRows(X, _sparse_sq_norms(X), self.dtype)


class OuterRows(Rows):
    r"""Stand for rows `left_i` outer `right_i` without building them.

    Gradient embeddings are such rows: the gradient of the loss in the last layer is the outer
    product of the class probabilities' error and the penultimate activations. Products of
    outer products are products of products,

    .. math:: \langle a_i h_i^\top, a_j h_j^\top \rangle = (a_i \cdot a_j)(h_i \cdot h_j),

    so distances need no more than the two factors.

    Parameters
    ----------
    left : array-like of shape (n_samples, n_left)
        One factor per row.
    right : array-like of shape (n_samples, n_right)
        The other factor per row.

    Attributes
    ----------
    left, right : ndarray
        The factors, float32 where both are given so, else float64.
    shape : tuple
        (n_samples, n_left * n_right), the shape of what the object stands for.

    References
    ----------
    J. T. Ash, C. Zhang, A. Krishnamurthy, J. Langford and A. Agarwal (2020). Deep batch active
    learning by diverse, uncertain gradient lower bounds. ICLR. arXiv:1906.03671.

    Examples
    --------
    >>> from skal.geometry import OuterRows, k_center_greedy
    >>> rows = OuterRows([[1.0, 0.0], [0.0, 1.0], [1.0, 0.1]], [[2.0], [2.0], [2.0]])
    >>> rows.shape
    (3, 2)
    >>> k_center_greedy(rows, 2, labeled=rows.take([0]))
    array([1, 2])
    """

    def __init__(self, left, right):
        left, right = _float_array(left, "left"), _float_array(right, "right")
        if len(left) != len(right):
            raise ValueError(
                "left and right must have one row per sample each, "
                f"got {len(left)} and {len(right)} rows."
            )
        self._set(left, right, np.empty(len(left)), np.result_type(left, right))
        for part in self.chunks():
            self.sq_norms[part] = _row_sq_norms(left[part]) * _row_sq_norms(right[part])
        _refuse_non_finite(self.sq_norms, "left and right")
        if not _within(self.sq_norms, _SAFE_NORMS):
            self._set(left, right, self.sq_norms, np.dtype(np.float64))

    def _set(self, left, right, sq_norms, dtype):
        self.left, self.right, self.sq_norms, self.dtype = left, right, sq_norms, dtype
        self.n_terms = left.shape[1] + right.shape[1]
        self._row_bytes = 24 * self.n_terms
        return self

    @classmethod
    def _made(cls, left, right, sq_norms, dtype):
        return cls.__new__(cls)._set(left, right, sq_norms, dtype)

    def __len__(self):
        return len(self.left)

    @property
    def shape(self):
        """The shape of the array that these rows stand for."""
        return len(self.left), self.left.shape[1] * self.right.shape[1]

    def take(self, rows):
        """Return the given rows, positions or a slice, as `OuterRows`."""
        return self._made(self.left[rows], self.right[rows], self.sq_norms[rows], self.dtype)

    def to_double(self):
        """Return the same rows, to be multiplied in float64."""
        return self._made(self.left, self.right, self.sq_norms, np.dtype(np.float64))

    def append(self, other):
        """Return these rows, then those of `other`."""
        left = np.concatenate([self.left, other.left])
        right = np.concatenate([self.right, other.right])
        sq_norms = np.concatenate([self.sq_norms, other.sq_norms])
        return self._made(left, right, sq_norms, self.dtype)

    def products(self, other):
        """Return the products with the rows of `other`, of shape (n_samples, n_others)."""
        products = _product(self.left, other.left, self.dtype)
        products *= _product(self.right, other.right, self.dtype)
        return products

    def _pair_sq_distances(self, i, other, j):
        """Differences of the factors, not of products, so that near rows lose no digits.

        With da = a_i - a_j, dh = h_i - h_j and the midpoints a, h:
        a_i h_i' - a_j h_j' = da h' + a dh'.
        """
        a, b = self.left[i].astype(np.float64), other.left[j].astype(np.float64)
        h, k = self.right[i].astype(np.float64), other.right[j].astype(np.float64)
        da, dh, a, h = a - b, h - k, (a + b) / 2, (h + k) / 2
        inner = (da * a).sum(axis=1) * (h * dh).sum(axis=1)
        sq = (da * da).sum(axis=1) * (h * h).sum(axis=1)
        sq += (a * a).sum(axis=1) * (dh * dh).sum(axis=1) + 2 * inner
        return np.maximum(sq, 0)

    def products_with_total(self):
        """Return the products of every row with the sum of all rows, in float64."""
        total = np.zeros((self.left.shape[1], self.right.shape[1]))
        for part in self.chunks():
            total += _product(self.left[part].T, self.right[part].T, np.float64)
        answer = np.empty(len(self))
        for part in self.chunks():
            answer[part] = ((self.left[part] @ total) * self.right[part]).sum(axis=1)
        return answer


class KernelRows(Rows):
    """Stand for samples in the feature space of a kernel function.

    Their squared distances are `k(x, x) + k(c, c) - 2 k(x, c)`. Values within the round-off
    of that expression count as zero.

    Parameters
    ----------
    X : array-like or sparse matrix with n_samples rows
        The samples, whatever the kernel takes.
    kernel : callable
        `kernel(A, B)` returns an array of shape (len(A), len(B)).
    diag : callable, default=None
        `diag(A)` returns k(a, a) for each row, of shape (len(A),). None: the kernel is asked.

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
    n_terms = 256  # a guess: what a kernel costs, and how well it adds up, is its own affair
    _row_bytes = 256

    def __init__(self, X, kernel, diag=None):
        self.X, self.kernel, self.diag = X, kernel, diag
        self.sq_norms = np.empty(num_rows(X))
        for start in range(0, len(self), 256):
            part = slice(start, start + 256)
            self.sq_norms[part] = self._self_products(take_rows(X, part))
        _refuse_non_finite(self.sq_norms, "kernel(X, X)")

    def _self_products(self, X):
        return self._values(X, X).diagonal() if self.diag is None else self.diag(X)

    def _values(self, A, B):
        values = np.asarray(self.kernel(A, B), dtype=np.float64)
        expected = (num_rows(A), num_rows(B))
        if values.shape != expected:
            raise ValueError(
                f"kernel(A, B) must return an array of shape {expected}, got {values.shape}."
            )
        return values

    def __len__(self):
        return len(self.sq_norms)

    def take(self, rows):
        """Return the given rows, positions or a slice, as `KernelRows`."""
        return self._made(take_rows(self.X, rows), self.sq_norms[rows])

    def _made(self, X, sq_norms):
        rows = KernelRows.__new__(KernelRows)
        rows.X, rows.kernel, rows.diag, rows.sq_norms = X, self.kernel, self.diag, sq_norms
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
        values = self._values(self.X, other.X)
        if not np.isfinite(values).all():
            raise ValueError("kernel(A, B) must be finite, got NaN or infinity.")
        return values

    def _pair_sq_distances(self, i, other, j):
        lefts, i = np.unique(i, return_inverse=True)
        rights, j = np.unique(j, return_inverse=True)
        left, right = self.take(lefts), other.take(rights)
        norms = left.sq_norms[i] + right.sq_norms[j]
        sq = norms - 2 * left.products(right)[i, j]
        return np.where(sq > left.slack[i] + right.slack[j], sq, 0)

    def products_with_total(self):
        """Return the products of every row with the sum of all rows, in float64."""
        answer = np.zeros(len(self))
        for others in self.chunks(256):
            other = self.take(others)
            for part in self.chunks(len(other)):
                answer[part] += self.take(part).products(other).sum(axis=1)
        return answer


def _product(A, B, dtype):
    """Return A B' in the given precision."""
    return _matmul(A.astype(dtype, copy=False), B.astype(dtype, copy=False).T)


def as_rows(X, name="X", like=None):
    """Return X as rows; `like` gives the kind, the origin and the precision to share."""
    if isinstance(X, Rows):
        rows = X
    elif sp.issparse(X):
        rows = _sparse_rows(X, name)
    else:
        rows = _dense_rows(_float_array(X, name), name)
    return rows if like is None else _match(rows, like, name)


def _match(rows, like, name):
    """Return `rows` of the kind of the rows `like`, or say why they cannot be compared."""
    if isinstance(like, DenseRows) and isinstance(rows, SparseRows):
        rows = DenseRows(rows.X.toarray(), rows.sq_norms)
    if isinstance(like, SparseRows) and isinstance(rows, DenseRows):
        rows = SparseRows(sp.csr_matrix(rows.X), rows.sq_norms)
    if type(rows) is not type(like):
        raise ValueError(
            f"{name} must hold rows of the same kind as X, {type(like).__name__.strip('_')}, "
            f"got {type(rows).__name__.strip('_')}."
        )
    if _widths(rows) != _widths(like):
        raise ValueError(
            f"{name} must have as many dimensions as X, {_widths(like)}, got {_widths(rows)}."
        )
    if isinstance(like, (DenseRows, SparseRows)):
        rows = like._like(rows.X)
    if like.dtype == np.float32 and not _within(rows.sq_norms, (0, _SAFE_NORMS[1])):
        raise ValueError(
            f"{name} holds numbers too large for the float32 precision of X. Pass X in float64."
        )
    return rows


def _widths(rows):
    if isinstance(rows, OuterRows):
        return rows.left.shape[1], rows.right.shape[1]
    return None if isinstance(rows, KernelRows) else rows.X.shape[1]


def _float_array(X, name):
    return check_array(X, dtype=[np.float64, np.float32], ensure_all_finite=False, input_name=name)


def _dense_rows(X, name):
    sq_norms, total = dense_sums(X)
    _refuse_non_finite(sq_norms, name)
    mean = total / max(1, len(X))
    rows = DenseRows(X, sq_norms)
    if mean @ mean * len(X) > _SHIFT_SHARE * sq_norms.sum():
        origin = mean.astype(X.dtype)
        rows = DenseRows(X, dense_sums(X, origin)[0], origin)
    rows._total = total  # a pass saved where the mean is asked for
    return rows if _within(rows.sq_norms, _SAFE_NORMS) else rows.to_double()


def _sparse_rows(X, name):
    X = check_array(
        X, accept_sparse="csr", dtype=[np.float64, np.float32], ensure_all_finite=False
    )
    if not X.has_canonical_format:  # entries given twice; the caller's matrix stays as it is
        X = X.copy()
        X.sum_duplicates()
    sq_norms = _refuse_non_finite(_sparse_sq_norms(X), name)
    rows = SparseRows(X, sq_norms)
    return rows if _within(sq_norms, _SAFE_NORMS) else rows.to_double()


def _matmul(A, B):
    """Return the product of finite arrays.

    Kernels of BLAS were seen to leave the flag of an invalid operation behind although factors
    and product are finite. It says nothing here: rows are checked when they come in.
    """
    with np.errstate(invalid="ignore"):
        return A @ B


def _row_sq_norms(X):
    X = X.astype(np.float64, copy=False)
    return np.einsum("ij,ij->i", X, X)


def dense_sums(X, origin=None):
    """Return the squared norms of rows, less the origin, and the sums of columns, in one pass."""
    sq_norms, total = np.empty(len(X)), np.zeros(X.shape[1])
    size = max(1, 2**17 // max(1, X.shape[1]))
    for start in range(0, len(X), size):
        part = X[start : start + size].astype(np.float64, copy=False)
        part = part if origin is None else part - origin
        sq_norms[start : start + size] = _row_sq_norms(part)
        total += np.ones(len(part)) @ part
    return sq_norms, total


def _sparse_sq_norms(X):
    X = X.astype(np.float64)
    return np.asarray(X.multiply(X).sum(axis=1)).ravel()


def _refuse_non_finite(sq_norms, name):
    if not np.isfinite(sq_norms).all():
        row = int(np.flatnonzero(~np.isfinite(sq_norms))[0])
        raise ValueError(
            f"{name} must be finite with finite squared norms, but row {row} holds NaN, infinity "
            "or numbers too large to square. Impute, drop or rescale such rows first."
        )
    return sq_norms


def _within(values, limits):
    top = values.max(initial=0)
    return top == 0 or limits[0] < top < limits[1]


def check_n(n, rows):
    """Refuse a number of rows to choose that is not between 1 and all of them."""
    if check_count(n, "n") > len(rows):
        raise ValueError(f"n must be between 1 and the number of rows {len(rows)}, got n={n}.")
