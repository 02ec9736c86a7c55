"""OuterRows: rows that are outer products of two factors, and are never built."""

import numpy as np

from ._rows import SAFE_NORMS, Rows, float_array, matmul, refuse_non_finite, row_sq_norms, within


class OuterRows(Rows):
    r"""Represent rows `left_i` outer `right_i` without building them.

    Gradient embeddings are such rows: the gradient of the loss in the last layer is the outer
    product of the class probabilities' error and the penultimate activations. Products of
    outer products are products of products,

    .. math:: \langle a_i h_i^\top, a_j h_j^\top \rangle = (a_i \cdot a_j)(h_i \cdot h_j),

    so distances follow from the two factors.

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
        left, right = float_array(left, "left"), float_array(right, "right")
        if len(left) != len(right):
            raise ValueError(
                "left and right must have one row per sample each, "
                f"got {len(left)} and {len(right)} rows."
            )
        self._set(left, right, np.empty(len(left)), np.result_type(left, right))
        with np.errstate(over="ignore", invalid="ignore"):
            chunks = self.chunks()
            space = np.empty(chunks[0].stop * max(left.shape[1], right.shape[1]) if chunks else 0)
            for part in chunks:
                norms = row_sq_norms(left[part], space), row_sq_norms(right[part], space)
                self.sq_norms[part] = norms[0] * norms[1]
                # Zero times a factor that is too large must not pass for zero.
                refuse_non_finite(self.sq_norms[part] + sum(norms), "left and right", part.start)
        # Products of products leave the range of float32 sooner than the factors do.
        if not within(self.sq_norms, SAFE_NORMS):
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

    @property
    def widths(self):
        """The numbers of dimensions of both factors."""
        return self.left.shape[1], self.right.shape[1]

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


def _product(A, B, dtype):
    """Return A B' in the given precision."""
    return matmul(A.astype(dtype, copy=False), B.astype(dtype, copy=False).T)
