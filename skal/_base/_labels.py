"""Class labels, and parameters of `fit` that have one entry per sample."""

import numpy as np
import scipy.sparse as sp
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import assert_all_finite, column_or_1d

from ._frames import is_missing
from ._rows import take_rows
from ._sklearn import _is_arraylike, _num_samples


def check_labels(y, caller):
    """Return the class labels `y` as a 1-d array, or raise an error if a label is missing.

    `caller` is the name of the estimator, for the message.
    """
    if y is None:
        raise ValueError(f"{caller} requires y to be passed, but the target y is None.")
    if type(y) is not np.ndarray or y.ndim != 1:
        y = column_or_1d(y, warn=True)
    if y.dtype.kind == "O":
        # Most labels are strings, for which the question need not be asked.
        missing = [i for i, label in enumerate(y) if type(label) is not str and is_missing(label)]
        if missing:
            raise ValueError(
                f"y must hold a label for every sample, but y[{missing[0]}] is missing. "
                "Leave samples without a label in the pool."
            )
    elif y.dtype.kind == "f":
        assert_all_finite(y, input_name="y", estimator_name=caller)
    if y.dtype.kind not in "biuU":  # booleans, integers and strings need no costly check
        check_classification_targets(y)
    return y


def sample_aligned(params, n_samples):
    """Return the names of the parameters whose values have one entry per sample."""
    return {
        name
        for name, value in params.items()
        if (_is_arraylike(value) or sp.issparse(value)) and _num_samples(value) == n_samples
    }


def take_params(params, n_samples, rows):
    """Return `params` for the samples at `rows`; values that are not per sample stay the same."""
    aligned = sample_aligned(params, n_samples)
    return {
        name: take_rows(value, rows) if name in aligned else value
        for name, value in params.items()
    }


def codes_of(labels, classes):
    """Return the position of each label in `classes`.

    Parameters
    ----------
    labels : array-like of shape (n_labels,)
    classes : array-like of shape (n_classes,)
        Distinct classes in any order.

    Returns
    -------
    codes : ndarray of shape (n_labels,), dtype intp

    Raises
    ------
    ValueError
        If a label is not among the classes.
    """
    labels, classes = np.asarray(labels), np.asarray(classes)
    order = np.argsort(classes)
    places = np.searchsorted(classes, labels, sorter=order)
    # A label above all classes gets a place behind the last one; it is found unknown below.
    codes = order[np.minimum(places, len(classes) - 1)]
    unknown = classes[codes] != labels
    if np.any(unknown):
        raise ValueError(
            f"classes must hold every label, got {classes.tolist()} without "
            f"{np.unique(labels[unknown]).tolist()}."
        )
    return codes
