"""Similarities of rows, computed in tiles: of distances, given as a matrix, or by a function."""

import numpy as np
import scipy.sparse as sp
from sklearn.utils import check_array

from .._base import chunks_of, num_rows, numeric_rows, take_rows
from . import _sizes
from ._array_rows import ArrayRows
from ._as_rows import as_rows
from ._kernel_rows import kernel_values
from ._nearest import nearest_sq_distances
from ._rows import Rows


class Similarities:
    """What the greedy choice asks of similarities.

    Subclasses give `__len__`, `tile(i, j)`, the similarities of the rows at the positions i to
    those at the slice j as a new array of float64, and `of_labeled(labeled)`, for each row the
    largest similarity of a labeled row to it.
    """

    def columns(self):
        """Return slices that cover all rows, one for each tile."""
        return chunks_of(len(self), _sizes.TILE[1])


class Gaussian(Similarities):
    """The similarities ``exp(-gamma d**2)`` of rows at a distance d."""

    def __init__(self, rows, gamma):
        self.rows = rows.to_double()
        self.gamma = gamma

    def __len__(self):
        return len(self.rows)

    def tile(self, i, j):
        left, right = self.rows.take(i), self.rows.take(j)
        sq = close_sq_distances(left, right)
        with np.errstate(over="ignore"):
            sq *= -self.gamma
        return np.exp(sq, out=sq)

    def of_labeled(self, labeled):
        labeled = as_rows(labeled, "labeled", like=self.rows)
        with np.errstate(over="ignore"):
            return np.exp(-self.gamma * nearest_sq_distances(self.rows, labeled))


def close_sq_distances(left, right):
    """Return the squared distances of two sets of rows; what cannot be told from 0 is 0."""
    norms = left.sq_norms[:, None] + right.sq_norms
    # A copy where the kernel of a user may keep what it returned.
    sq = np.multiply(left.products(right), -2.0)
    sq += norms
    norms *= (left.n_terms + 16) * np.finfo(np.float64).eps / 2
    np.copyto(sq, 0, where=sq <= norms)
    return sq


class Given(Similarities):
    """Similarities given as a matrix, dense or csr."""

    def __init__(self, X):
        self.X = _similarity_matrix(X, "X")
        if self.X.shape[0] != self.X.shape[1]:
            raise ValueError(
                "X must hold the similarity of each row to each, a square matrix, with "
                f'kernel="precomputed", got shape {self.X.shape}.'
            )

    def __len__(self):
        return self.X.shape[0]

    def tile(self, i, j):
        return _dense(self.X[i][:, j] if sp.issparse(self.X) else self.X[i, j])

    def of_labeled(self, labeled):
        labeled = _similarity_matrix(labeled, "labeled")
        if labeled.shape[1] != len(self):
            raise ValueError(
                f"labeled must hold the similarities of labeled rows to the {len(self)} rows of "
                f'X, of shape (n_labeled, {len(self)}), with kernel="precomputed", got shape '
                f"{labeled.shape}."
            )
        return _dense(labeled.max(axis=0)).ravel()


class OfFunction(Similarities):
    """Similarities that a function of two sets of rows returns."""

    def __init__(self, X, kernel):
        self.X = _rows_for(X)
        self.kernel = kernel

    def __len__(self):
        return num_rows(self.X)

    def tile(self, i, j):
        # A copy, as a function may return an array that it keeps.
        return kernel_values(self.kernel, _taken(self.X, i), _taken(self.X, j)).copy()

    def of_labeled(self, labeled):
        labeled = _rows_for(labeled)
        cover = np.empty(len(self))
        for j in self.columns():
            right = _taken(self.X, j)
            parts = (_taken(labeled, i) for i in chunks_of(num_rows(labeled), _sizes.TILE[0]))
            cover[j] = np.max([kernel_values(self.kernel, i, right).max(axis=0) for i in parts], 0)
        return cover


def _similarity_matrix(X, name):
    return check_array(X, accept_sparse="csr", dtype=[np.float64, np.float32], input_name=name)


def _dense(part):
    part = part.toarray() if sp.issparse(part) else np.asarray(part)
    return part.astype(np.float64)


def _rows_for(X):
    """Return rows as a function of the caller's takes them: arrays where there are numbers."""
    if isinstance(X, ArrayRows):
        return X.X
    if isinstance(X, Rows):
        return X
    numeric = numeric_rows(X)
    return X if numeric is None else numeric


def _taken(X, rows):
    return X.take(rows) if isinstance(X, Rows) else take_rows(X, rows)
