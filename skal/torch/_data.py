"""Samples of every kind as batches of tensors, alone or with labels and weights."""

from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

import numpy as np
import scipy.sparse as sp
import torch
from sklearn.model_selection import train_test_split
from sklearn.utils import gen_batches
from torch.utils.data import default_collate

from .._base import take_rows

# Rows per forward pass when nothing is trained.
FORWARD_ROWS = 512


def slices_of(samples):
    """Return the slices of rows that forward passes take one after the other."""
    return list(gen_batches(len(samples), FORWARD_ROWS))


class Samples:
    """Samples in an array, a csr matrix, a tensor or a dataset.

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
        """Whether the samples are an array, dense or csr."""
        return isinstance(self.X, np.ndarray) or sp.issparse(self.X)

    def take(self, rows, device=None):
        """Return a new tensor of some rows (an array or a slice)."""
        if isinstance(self.X, torch.Tensor):
            rows = rows if isinstance(rows, slice) else torch.as_tensor(rows)
            batch = self.X[rows].detach()
            # A slice is a view, and modules may write into their input.
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

    def batches(self, device):
        """Yield slices of rows with their tensors, in order."""
        for rows in slices_of(self):
            yield rows, self.take(rows, device)

    @cached_property
    def row_shape(self):
        """The shape of one sample, for a dataset that of the first."""
        if hasattr(self.X, "shape"):
            return tuple(self.X.shape[1:])
        return tuple(self.take(slice(0, 1)).shape[1:])


@dataclass(frozen=True)
class LabeledSamples:
    """Samples with their labels and weights.

    Parameters
    ----------
    samples : Samples
        The samples.
    labels : ndarray of shape (n_samples,)
        Their labels: numbers, or of classes the positions in `classes_`.
    weights : ndarray of shape (n_samples,)
        Their weights, at least 0.
    """

    samples: Samples
    labels: np.ndarray
    weights: np.ndarray

    def __len__(self):
        return len(self.labels)

    def tensors(self, rows, device):
        """Return samples, labels and weights of some rows as tensors."""
        return (
            self.samples.take(rows, device),
            torch.as_tensor(self.labels[rows], device=device),
            torch.as_tensor(self.weights[rows], dtype=torch.float32, device=device),
        )

    def merged(self):
        """Return in-memory samples with equal ones merged and their weights added up.

        A weight of k is then the same as k copies, a weight of 0 as none, and the order of the
        rows does not matter. Only samples with the same label are equal.
        """
        if not self.samples.in_memory:
            return self
        kept = self.weights > 0
        X, labels, weights = self.samples.X[kept], self.labels[kept], self.weights[kept]
        _, first, group = np.unique(_digests(X, labels), return_index=True, return_inverse=True)
        sums = np.bincount(group.ravel(), weights)
        return LabeledSamples(Samples(X[first]), labels[first], sums)

    def split(self, fraction, seed, strata):
        """Return what to train on and a share held out.

        The shares of `strata`, the codes of classes, are kept where that is possible; None stands
        for labels that are not classes.
        """
        n_held_out = max(1, round(fraction * len(self)))
        parts = train_test_split(
            np.arange(len(self)),
            test_size=n_held_out,
            stratify=strata if _can_stratify(strata, n_held_out) else None,
            random_state=seed,
        )
        return tuple(
            LabeledSamples(
                Samples(take_rows(self.samples.X, part)), self.labels[part], self.weights[part]
            )
            for part in parts
        )


def _can_stratify(codes, n_held_out):
    if codes is None:
        return False
    counts = np.bincount(codes)
    n_classes = np.count_nonzero(counts)
    both_hold_all_classes = min(n_held_out, len(codes) - n_held_out) >= n_classes
    return counts[counts > 0].min() > 1 and both_hold_all_classes


def _digests(X, labels):
    """Return 16 bytes for every row and its label, the same for equal rows with equal labels."""
    chunks = (X[rows] for rows in gen_batches(X.shape[0], FORWARD_ROWS))
    dense = (chunk.toarray() if sp.issparse(chunk) else chunk for chunk in chunks)
    # -0.0 + 0.0 is 0.0: the two zeros are equal, but their bytes are not.
    rows = ((row + 0.0).tobytes() for chunk in dense for row in chunk)
    digests = (
        blake2b(int(code).to_bytes(8, "little") + row, digest_size=16).digest()
        for code, row in zip(_codes(labels), rows, strict=True)
    )
    return np.frombuffer(b"".join(digests), dtype="V16")


def _codes(labels):
    """Return codes as they are, and of numbers their ranks, which do not depend on the unit."""
    is_code = labels.dtype.kind == "i"
    return labels if is_code else np.unique(labels, return_inverse=True)[1]
