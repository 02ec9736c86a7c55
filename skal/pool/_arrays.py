"""Arrays with an axis of samples: computed in chunks, joined, taken and protected."""

import itertools
import math

import numpy as np
import scipy.sparse as sp
from joblib import Parallel, delayed, effective_n_jobs

from .._base import chunks_within, num_rows, take_rows


def in_chunks(function, X, axis, n_jobs):
    """Apply `function` to slices of X within working memory, and join what it returns."""
    batches = _batches(X, n_jobs)
    if len(batches) <= 1:
        return function(X)
    parts = _each(function, X, batches, n_jobs)
    return fill(zip(batches, parts, strict=True), num_rows(X), axis)


def in_chunks_together(function, X, n_jobs):
    """Do the same for a function that returns a tuple of arrays."""
    batches = _batches(X, n_jobs)
    if len(batches) <= 1:
        return function(X)
    parts = _each(function, X, batches, n_jobs)
    return tuple(np.concatenate(values) for values in zip(*parts, strict=True))


def _batches(X, n_jobs):
    n_samples = num_rows(X)
    row_bytes = _row_bytes(X, n_samples)
    return chunks_within(n_samples, row_bytes, n_chunks=effective_n_jobs(n_jobs))


def _each(function, X, batches, n_jobs):
    return Parallel(n_jobs=n_jobs, prefer="threads", return_as="generator")(
        delayed(function)(take_rows(X, rows)) for rows in batches
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
        by_rows[_as_slice(rows)] = np.moveaxis(part, axis, 0)
    return joined


def _as_slice(rows):
    """Return positions without gaps as a slice, which copies faster."""
    if isinstance(rows, slice) or rows[-1] - rows[0] + 1 > len(rows):
        return rows
    return slice(rows[0], rows[-1] + 1)


def _row_bytes(X, n_samples):
    """Estimate what one row costs while it is predicted: input, a copy of it, outputs."""
    shape = getattr(X, "shape", (n_samples, 1000))
    size = X.nnz if sp.issparse(X) else math.prod(shape)
    return 32 * max(1, size // max(n_samples, 1))


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
