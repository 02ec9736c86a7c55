"""Samples of every kind, batch by batch as tensors."""

from hashlib import blake2b

import numpy as np
import scipy.sparse as sp
import torch
from torch.utils.data import default_collate

from .. import _base

# Rows per forward pass when nothing is learned.
FORWARD_ROWS = 512


class Samples:
    """Rows of an array, a csr matrix, a tensor or a dataset.

    Parameters
    ----------
    X : ndarray, csr, tensor or dataset with n_samples rows
        Datasets yield `x` or `(x, y)`.
    """

    def __init__(self, X):
        self.X = X

    def __len__(self):
        return self.X.shape[0] if hasattr(self.X, "shape") else len(self.X)

    @property
    def in_memory(self):
        """Whether the rows are numbers in an array, dense or csr."""
        return isinstance(self.X, np.ndarray) or sp.issparse(self.X)

    def take(self, rows, device=None):
        """Return a new tensor of some rows (an array or a slice)."""
        if isinstance(self.X, torch.Tensor):
            rows = rows if isinstance(rows, slice) else torch.as_tensor(rows)
            batch = self.X[rows].detach()
            batch = batch.clone() if isinstance(rows, slice) else batch
        elif sp.issparse(self.X):
            batch = torch.from_numpy(self.X[rows].toarray())
        elif isinstance(self.X, np.ndarray):
            batch = torch.from_numpy(np.array(self.X[rows]))
        else:
            batch = self._collate(rows)
        dtype = torch.float32 if batch.is_floating_point() else None
        return batch.to(device=device, dtype=dtype)

    def _collate(self, rows):
        if isinstance(rows, slice):
            rows = range(*rows.indices(len(self)))
        items = [self.X[int(i)] for i in rows]
        return default_collate([item[0] if isinstance(item, tuple) else item for item in items])

    def batches(self, device, n_rows=FORWARD_ROWS):
        """Yield slices of rows with their tensors, in order."""
        for start in range(0, len(self), n_rows):
            rows = slice(start, min(start + n_rows, len(self)))
            yield rows, self.take(rows, device)

    @property
    def row_shape(self):
        """The shape of one sample, without that of the batch."""
        if hasattr(self.X, "shape"):
            return tuple(self.X.shape[1:])
        return tuple(self.take(slice(0, 1)).shape[1:])


def is_dataset(X):
    """Whether X is a dataset: rows to be asked for one by one, and no array, frame or list."""
    return _base.is_dataset(X) and not isinstance(X, torch.Tensor)


def merge_equal(samples, codes, weights):
    """Return in-memory samples with equal ones merged and their weights added up.

    A weight of k is then the same as k copies, a weight of 0 as none, and the order of the
    rows does not matter. Only samples with the same label are equal.
    """
    if not samples.in_memory:
        return samples, codes, weights
    kept = weights > 0
    X, codes, weights = samples.X[kept], codes[kept], weights[kept]
    _, first, group = np.unique(_digests(X, codes), return_index=True, return_inverse=True)
    return Samples(X[first]), codes[first], np.bincount(group.ravel(), weights)


def _digests(X, codes):
    """Return 16 bytes for every row and its code: the same for equal rows, else not."""
    chunks = (X[i : i + FORWARD_ROWS] for i in range(0, X.shape[0], FORWARD_ROWS))
    dense = (chunk.toarray() if sp.issparse(chunk) else chunk for chunk in chunks)
    rows = ((row + 0.0).tobytes() for chunk in dense for row in chunk)  # -0.0 is 0.0
    digests = (
        blake2b(int(code).to_bytes(8, "little") + row, digest_size=16).digest()
        for code, row in zip(codes, rows, strict=True)
    )
    return np.frombuffer(b"".join(digests), dtype="V16")
