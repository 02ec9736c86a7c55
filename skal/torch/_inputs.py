"""Checks of what `fit` and `predict` are given: samples, labels and weights."""

import math

import numpy as np
import torch
from sklearn.utils import compute_class_weight

from .._base import (
    as_floats,
    codes_of,
    is_dataset,
    num_rows,
    validate_data,
)
from ._data import Samples


def read_samples(estimator, X, *, reset):
    """Return X as samples of finite numbers.

    Parameters
    ----------
    estimator : TorchClassifier or TorchRegressor
        The estimator that is fitted or asked.
    X : {ndarray, csr, data frame, tensor} of shape (n_samples, ...) or Dataset
        The samples.
    reset : bool
        Whether X says what samples look like; else it must look like the samples seen in fit.
    """
    if is_dataset(X):
        if not num_rows(X):
            raise ValueError("X must hold at least one sample, got an empty Dataset.")
        samples = Samples(X)
    elif isinstance(X, torch.Tensor):
        samples = Samples(_checked_tensor(X))
    else:
        samples = Samples(
            validate_data(
                estimator, X, reset=reset, accept_sparse="csr", dtype=np.float32, allow_nd=True
            )
        )
    # An estimator that was made by `from_trained` has not seen a sample yet.
    expected = None if reset else getattr(estimator, "input_shape_", None)
    if expected is not None and samples.row_shape != expected:
        raise ValueError(
            f"X must have samples of the shape {expected} seen in fit, got {samples.row_shape}."
        )
    return samples


def _checked_tensor(X):
    if X.dim() < 2:
        raise ValueError(
            f"X must have the shape (n_samples, ...) with two axes or more, got a tensor of shape "
            f"{tuple(X.shape)}. A single sample is X[None]."
        )
    if not len(X):
        raise ValueError("X must hold at least one sample, got an empty tensor.")
    if X.is_floating_point() and not torch.isfinite(X).all():
        raise ValueError("X must be finite, but the tensor holds NaN or infinity.")
    return X


def read_labels(X, y, n_samples):
    """Return the labels, unchecked; y=None takes them from a Dataset of pairs."""
    if y is None and is_dataset(X):
        pairs = [X[i] for i in range(n_samples)]
        if not all(isinstance(pair, tuple) and len(pair) == 2 for pair in pairs):
            raise ValueError(
                "y=None takes labels from a Dataset that yields pairs (x, y), but this one does "
                "not. Pass y."
            )
        return np.array([_plain(label) for _, label in pairs])
    # NumPy cannot read a tensor on a GPU.
    return y.detach().cpu().numpy() if isinstance(y, torch.Tensor) else y


def _plain(label):
    """Return a label of a Dataset, which may be a tensor, as an object of Python."""
    if not hasattr(label, "tolist"):
        return label
    return label.item() if math.prod(label.shape) == 1 else label.tolist()


def class_codes(y, classes):
    """Return the position of each label among the classes, which may be in any order."""
    if len(np.unique(classes)) < len(classes):
        raise ValueError(f"classes must be distinct, got {classes.tolist()}.")
    unknown = ~np.isin(y, classes)
    if unknown.any():
        raise ValueError(
            f"y holds labels that are not among the classes {classes.tolist()}: "
            f"{np.unique(y[unknown]).tolist()}. Name all classes in classes=, or fit anew."
        )
    return codes_of(y, classes)


def class_weights(codes, classes, class_weight):
    """Return the weights that samples have by their classes."""
    if class_weight is None:
        return np.ones(len(codes))
    # scikit-learn refuses weights of classes that have no samples.
    present = np.unique(codes)
    factors = np.ones(len(classes))
    factors[present] = compute_class_weight(
        class_weight, classes=classes[present], y=classes[codes]
    )
    return factors[codes]


def weights_of(sample_weight, n_samples):
    """Return the weights of the samples as an array."""
    if sample_weight is None:
        return np.ones(n_samples)
    weights = as_floats(sample_weight, "sample_weight")
    if weights.shape != (n_samples,):
        raise ValueError(
            f"sample_weight.shape == {weights.shape}, expected ({n_samples},): one weight per "
            "sample."
        )
    if not (np.isfinite(weights).all() and (weights >= 0).all() and weights.sum() > 0):
        raise ValueError(
            "sample_weight must be finite and at least 0, and not zero for all samples."
        )
    return weights
