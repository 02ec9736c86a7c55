"""Arrays with an axis of samples: computed in blocks, joined and protected."""

import itertools
import math

import numpy as np
import scipy.sparse as sp
from joblib import Parallel, delayed

from .._base import chunks_of, num_rows, take_rows

_BLOCK_BYTES = 2**25  # of a block, its rows and the output
_FEWEST_ROWS = 2048  # in a block, where memory allows them: a call of a model has its own cost
_N_BLOCKS = 16


class Samples:
    """Rows of X at some positions, which are taken block by block where they are many.

    Parameters
    ----------
    X : rows of any kind
    rows : ndarray of int or slice, default=None
        Positions in X; None stands for all rows.
    """

    def __init__(self, X, rows=None):
        self.X = X
        self.rows = rows

    def __len__(self):
        return num_rows(self.X if self.rows is None else self.rows)

    def all(self):
        """Return all of the rows."""
        return self.X if self.rows is None else take_rows(self.X, _as_slice(self.rows))

    def take(self, block):
        """Return the rows at a slice of the positions, a view where the positions have no gap."""
        return take_rows(self.X, block if self.rows is None else _as_slice(self.rows[block]))

    def row_bytes(self):
        """Estimate how many bytes one row takes."""
        return row_bytes_of(self.X, num_rows(self.X))


def in_blocks(function, samples, axis, row_bytes, n_jobs):
    """Apply `function` to blocks of samples, and join the arrays that it returns.

    `row_bytes` is what its result takes for one row, 0 if that is not known.
    """
    blocks = _blocks_of(samples, row_bytes)
    if len(blocks) <= 1:
        return function(samples.all())
    parts = each(lambda rows: function(samples.take(rows)), blocks, n_jobs)
    return fill(zip(blocks, parts, strict=True), len(samples), axis)


def in_blocks_together(function, samples, axes, row_bytes, n_jobs):
    """Do the same for a function that returns several arrays, with samples along `axes`."""
    blocks = _blocks_of(samples, row_bytes)
    if len(blocks) <= 1:
        return function(samples.all())
    parts = each(lambda rows: function(samples.take(rows)), blocks, n_jobs)
    parts = zip(*parts, strict=True)
    return [
        fill(zip(blocks, of_output, strict=True), len(samples), axis)
        for of_output, axis in zip(parts, axes, strict=True)
    ]


def rows_per_block(n_samples, row_bytes):
    """Return how many rows are predicted at once.

    A product of matrices rounds the same row differently in blocks of different sizes, so the
    size follows from the data alone, never from the number of threads or from the working
    memory: these must not change an answer. There are up to 16 blocks for threads to share.
    """
    by_memory = _BLOCK_BYTES // max(row_bytes, 1)
    return max(1, min(by_memory, max(_FEWEST_ROWS, -(-n_samples // _N_BLOCKS))))


def _blocks_of(samples, row_bytes):
    size = rows_per_block(len(samples), row_bytes + samples.row_bytes())
    return chunks_of(len(samples), size)


def each(function, blocks, n_jobs):
    """Yield what `function` returns for each block, in their order, computed by threads."""
    return Parallel(n_jobs=n_jobs, prefer="threads", return_as="generator")(
        delayed(function)(rows) for rows in blocks
    )


def fill(parts, n_samples, axis):
    """Join arrays that come one by one, each with its rows, without holding them twice."""
    first_rows, first = next(parts)
    if first is None:
        return None
    if sp.issparse(first):
        return join([first, *(part for _, part in parts)], axis)
    shape = list(first.shape)
    shape[axis] = n_samples
    joined = np.empty(shape, dtype=first.dtype)
    by_rows = np.moveaxis(joined, axis, 0)
    for rows, part in itertools.chain([(first_rows, first)], parts):
        if part.dtype != joined.dtype:
            joined = joined.astype(np.result_type(joined, part), copy=False)
            by_rows = np.moveaxis(joined, axis, 0)
        by_rows[_as_slice(rows)] = np.moveaxis(part, axis, 0)
    return joined


def _as_slice(rows):
    """Return positions that follow each other as a slice, which copies faster or not at all."""
    if isinstance(rows, slice) or not len(rows) or rows[-1] - rows[0] + 1 != len(rows):
        return rows
    if (rows[1:] <= rows[:-1]).any():
        return rows
    return slice(int(rows[0]), int(rows[-1]) + 1)  # polars takes no integers of NumPy


def row_bytes_of(X, n_samples):
    """Estimate how many bytes one row of X takes; what has no shape counts as 1000 numbers."""
    shape = getattr(X, "shape", (n_samples, 1000))
    size = X.nnz if sp.issparse(X) else math.prod(shape)
    return 8 * max(1, size // max(n_samples, 1))


def join(arrays, axis):
    """Return arrays, dense or csr, one after the other."""
    return sp.vstack(arrays, "csr") if sp.issparse(arrays[0]) else np.concatenate(arrays, axis)


def read_only(values):
    """Return a view that cannot be written to, so that no strategy changes what others see."""
    if not isinstance(values, np.ndarray):
        return values
    view = values.view()
    view.flags.writeable = False
    return view
