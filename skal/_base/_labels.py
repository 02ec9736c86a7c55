"""Labels, and parameters of `fit` that come with one entry per sample."""

import numpy as np
import scipy.sparse as sp
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import assert_all_finite, column_or_1d

from ._rows import take_rows
from ._sklearn import _is_arraylike, _num_samples


def check_labels(y, caller):
    """Return the class labels `y` as a 1-d array without missing values."""
    if y is None:
        raise ValueError(f"{caller} requires y to be passed, but the target y is None.")
    if type(y) is not np.ndarray or y.ndim != 1:
        y = column_or_1d(y, warn=True)
    if y.dtype.kind == "O":
        missing = [i for i, label in enumerate(y) if label is None or label != label]
        if missing:
            raise ValueError(
                f"y must hold a label for every sample, but y[{missing[0]}] is missing. "
                "Leave samples without a label in the pool."
            )
    elif y.dtype.kind == "f":
        assert_all_finite(y, input_name="y", estimator_name=caller)
    if y.dtype.kind not in "biuU":  # these are labels for sure, and looking costs time
        check_classification_targets(y)
    return y


def sample_aligned(params, n_samples):
    """Return the names in `params` whose values have one entry per sample."""
    return {
        name
        for name, value in params.items()
        if (_is_arraylike(value) or sp.issparse(value)) and _num_samples(value) == n_samples
    }


def take_params(params, n_samples, rows):
    """Return `params` with the given `rows` of what has one entry per sample."""
    aligned = sample_aligned(params, n_samples)
    return {
        name: take_rows(value, rows) if name in aligned else value
        for name, value in params.items()
    }


def codes_of(labels, classes):
    """Return the position of each label in `classes`, which may be in any order.

    Raises
    ------
    ValueError
        If a label is not among the classes.
    """
    labels, classes = np.asarray(labels), np.asarray(classes)
    order = np.argsort(classes)
    places = np.searchsorted(classes, labels, sorter=order)
    codes = order[np.minimum(places, len(classes) - 1)]
    unknown = classes[codes] != labels
    if np.any(unknown):
        raise ValueError(
            f"classes must hold every label, got {classes.tolist()} without "
            f"{np.unique(labels[unknown]).tolist()}."
        )
    return codes
