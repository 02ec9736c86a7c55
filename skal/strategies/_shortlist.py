"""Preselection of samples with large scores, without copies of each other."""

import math

import numpy as np
import scipy.sparse as sp

from .._base import draw_seed
from ..embeddings import rows_of
from ..geometry import OuterRows, as_rows
from ._top import top_by_key

# The least relative difference that means something, also between rows in single precision.
_SINGLE = 1e-5


def distinct_shortlist(pool, scores, factor, n, embedding):
    """Return the positions of the ``ceil(factor * n)`` largest scores of distinct samples.

    Of samples with the same row in the embedding, only the first one counts. Where fewer than `n`
    samples are distinct, copies fill the list up to `n`.

    Returns
    -------
    positions : ndarray of int
        Best first, copies last; at least `n` positions.
    """
    return distinct_shortlist_and_rows(pool, scores, factor, n, embedding)[0]


def distinct_shortlist_and_rows(pool, scores, factor, n, embedding):
    """Return the positions of `distinct_shortlist`, and the rows there in the embedding."""
    size = _size(factor, n, len(pool))
    key, looked = draw_seed(pool.random_state), size
    while True:
        ranked = top_by_key(pool, scores, looked, key)
        rows = _rows(pool.take(ranked), embedding)
        is_copy = copies(rows, pool.resolution)
        if looked == len(pool) or np.count_nonzero(~is_copy) >= size:
            break
        looked = min(2 * looked, len(pool))
    distinct = np.flatnonzero(~is_copy)[:size]
    filling = np.flatnonzero(is_copy)[: max(0, n - len(distinct))]
    listed = np.concatenate([distinct, filling])
    return ranked[listed], rows.take(listed)


def _rows(pool, embedding):
    return as_rows(rows_of(pool, embedding), "embedding")


def _size(factor, n, n_samples):
    """Return ``ceil(factor * n)``, but at most `n_samples`, also where the product overflows."""
    return math.ceil(min(round(factor * n, 6), n_samples))  # 1.1 * 50 is a little more than 55


def copies(rows, resolution):
    """Return a mask of the rows that are copies of rows before them.

    Parameters
    ----------
    rows : ndarray, csr matrix, OuterRows or KernelRows
    resolution : float
        The relative difference of values that count as equal.
    """
    originals = originals_of(rows, resolution)
    return originals != np.arange(len(originals))


def originals_of(rows, resolution):
    """Return for each row the first position of a row that it is a copy of, or its own.

    Copies may differ in their last digits, as products of matrices round them differently. Such
    rows have almost the same product with any vector, so only rows that are neighbors by their
    products with two random ones are compared.

    Parameters
    ----------
    rows : ndarray, csr matrix, OuterRows or KernelRows
    resolution : float
        The relative difference of values that count as equal.
    """
    parts = _parts(as_rows(rows))
    if any(part.dtype == np.float32 for part in parts):
        resolution = max(resolution, _SINGLE)
    generator = np.random.RandomState(0)
    vectors = [generator.normal(size=(part.shape[1], 2)) for part in parts]
    products = sum(part @ vector for part, vector in zip(parts, vectors, strict=True))
    sizes = sum(abs(part) @ abs(vector) for part, vector in zip(parts, vectors, strict=True))
    order, ends = _neighbors(products, resolution * sizes)
    starts, stops = np.r_[0, ends], np.r_[ends, len(order)]
    originals = np.arange(len(order))
    for i in np.flatnonzero(stops - starts > 1):
        group = np.sort(order[starts[i] : stops[i]])
        originals[group] = group[_originals_in_group([p[group] for p in parts], resolution)]
    return originals


def _neighbors(values, slack):
    """Return rows in groups, and where groups end: neighbors are near by each column of values."""
    groups = np.zeros(len(values), dtype=np.intp)
    for column, limit in zip(values.T, slack.T, strict=True):
        order = np.lexsort((column, groups))
        limit = np.maximum(limit[order[1:]], limit[order[:-1]])
        begins = (np.diff(groups[order]) > 0) | ~(np.diff(column[order]) <= limit)
        groups[order[1:]] = np.cumsum(begins)
        groups[order[:1]] = 0
    return order, np.flatnonzero(begins) + 1


def _originals_in_group(parts, resolution):
    originals = np.arange(parts[0].shape[0])
    left = originals
    while len(left) > 1:
        first, others = left[:1], left[1:]
        same = np.ones(len(others), dtype=bool)
        for part in parts:
            same &= _are_like(part[others], part[first], resolution)
        originals[others[same]] = first
        left = others[~same]
    return originals


class Unasked:
    """The samples that a batch does not hold yet, copies of those in it set aside.

    Attributes
    ----------
    free : ndarray of bool of shape (n_samples,)
        What may be chosen next. Copies of chosen samples are free once nothing else is left.
    """

    def __init__(self, rows, resolution):
        self._originals = originals_of(rows, resolution)
        self._left = np.ones(len(self._originals), dtype=bool)
        self.free = self._left.copy()

    def choose(self, position):
        """Take a sample into the batch."""
        self._left[position] = False
        self.free &= self._originals != self._originals[position]
        if not self.free.any():
            self.free = self._left.copy()


def filled(picks, candidates, unasked, n):
    """Return the picks and the first candidates beside them, copies last."""
    picks = picks.tolist()
    for position in picks:
        unasked.choose(position)
    while len(picks) < n:
        best = int(candidates[unasked.free[candidates].argmax()])
        unasked.choose(best)
        picks.append(best)
    return np.array(picks)


def _are_like(block, row, resolution):
    """Whether each row of a block equals the given row, the last digits left aside."""
    limit = resolution * abs(row).max() if row.shape[1] else 0
    if sp.issparse(block):
        row = sp.csr_array(np.ones((block.shape[0], 1))) @ sp.csr_array(row)
        difference = abs(sp.csr_array(block) - row).max(axis=1)
        return np.asarray(difference.todense()).ravel() <= limit
    return (abs(block - row) <= limit).all(axis=1)


def _parts(rows):
    """Return the matrices that rows are made of."""
    return [rows.left, rows.right] if isinstance(rows, OuterRows) else [rows.X]
