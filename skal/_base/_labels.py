"""Class labels, and parameters of `fit` that have one entry per sample."""

import numpy as np
import scipy.sparse as sp
from sklearn.exceptions import DataConversionWarning
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import assert_all_finite, column_or_1d

from ._arrays import as_array
from ._frames import is_missing
from ._label_lists import refuse_lists_of_labels
from ._masks import refuse_mask
from ._rows import take_rows
from ._sklearn import _is_arraylike, _num_samples
from ._value_kinds import exact_as_float, mixed_kinds
from ._warnings import warn_user

_ADVICE = "Give all labels as one kind, for example as text."


def check_labels(y, caller):
    """Return the class labels `y` as a 1-d array, or raise an error if they are not labels.

    Refused are missing labels, labels of several kinds, and numbers that are not classes.
    `caller` is the name of the estimator, for the message.
    """
    if y is None:
        raise ValueError(f"{caller} requires y to be passed, but the target y is None.")
    if np.isscalar(y) or getattr(y, "ndim", 1) == 0:
        raise ValueError(
            f"y must hold one label for each sample, shape (n_samples,), got {y!r}. For a "
            f"single sample, pass [{y!r}], and X with two dimensions: X.reshape(1, -1) of an "
            "array, df.iloc[[i]] of a data frame."
        )
    refuse_lists_of_labels(y)
    y = label_array(y)
    if type(y) is not np.ndarray or y.ndim != 1:
        if getattr(y, "ndim", 1) == 2 and y.shape[1] == 1:
            warn_user(
                "A column-vector y was passed when a 1d array was expected. Please change the "
                "shape of y to (n_samples,), for example using ravel().",
                DataConversionWarning,
            )
        y = column_or_1d(_one_dimensional(y))
    if y.dtype.kind == "S" or (len(y) and isinstance(y[0], bytes)):
        raise TypeError(
            "y must hold text or numbers, but got bytes. Support for labels represented as bytes "
            "is not supported. Decode them: [label.decode() for label in y]."
        )
    if y.dtype.kind == "O":
        # Most labels are strings, for which the question need not be asked.
        missing = [i for i, label in enumerate(y) if type(label) is not str and is_missing(label)]
        _refuse_missing(missing)
    elif y.dtype.kind == "c":
        raise ValueError(
            "y must hold class labels, but got complex numbers. Complex data not supported."
        )
    elif y.dtype.kind == "f":
        _refuse_missing(np.flatnonzero(np.isnan(y)), "missing: NaN")
        assert_all_finite(y, input_name="y", estimator_name=caller)
    if y.dtype.kind not in "biuU":  # booleans, integers and strings need no costly check
        _refuse_numbers(y, caller)
    return y


def _refuse_missing(missing, what="missing"):
    """Refuse labels that are missing at some positions, and name the way out."""
    if len(missing):
        raise ValueError(
            f"y must hold a label for every sample, but y[{missing[0]}] is {what}. "
            "Leave samples without a label in the pool."
        )


def _refuse_numbers(y, caller):
    """Refuse numbers with decimals and other things that are no classes, and name the way out."""
    try:
        check_classification_targets(y)
    except ValueError as error:
        labels = y.tolist()
        decimals = (label for label in labels if isinstance(label, float) and label % 1)
        example = next(decimals, labels[0])
        raise ValueError(
            f"y must hold classes, because this {caller} is a classifier, got {example!r} of type "
            f"{type(example).__name__}. To learn numbers, use a regressor, which its tags name, "
            "such as sklearn.ensemble.RandomForestRegressor(), or divide them into classes, as by "
            f"pandas.cut. {error}"
        ) from None


def _one_dimensional(y):
    """Return y, or refuse what is not a column of labels."""
    shape = np.shape(y)
    if len(shape) == 1 or (len(shape) == 2 and shape[1] == 1):
        return y
    raise ValueError(
        f"y should be a 1d array, got an array of shape {shape} instead. Give one label for each "
        "sample."
    )


def label_array(y, name="y"):
    """Return labels as an array, unless NumPy would merge labels of different kinds.

    Raises
    ------
    ValueError
        If text, numbers and booleans are mixed, or integers too large for the floats among them.
    """
    y = refuse_mask(y, name)
    if not isinstance(y, (list, tuple)):
        labels = np.asarray(y)
        if labels.dtype.kind == "U" and hasattr(y, "to_list"):  # polars
            _refuse_zero_at_end(np.array(y.to_list(), dtype=object), name)
        if labels.dtype.kind == "O":
            _of_one_kind(labels, labels, name)
            _refuse_zero_at_end(labels, name)
        if labels.dtype.kind == "T":
            # scikit-learn does not know NumPy's other type of text.
            objects = labels.astype(object)
            if any(map(is_missing, objects.ravel())):
                return objects
            _refuse_zero_at_end(objects, name)
            return objects.astype(str)
        # Integers and booleans of pandas' own types would become floats.
        return labels if labels.dtype.kind in "biu" else y
    objects = as_array(y, name, object)
    if any(label is np.ma.masked for label in objects.ravel()):
        return objects
    kept = _of_one_kind(objects, as_array(y, name), name)
    if kept.dtype.kind == "U":
        _refuse_zero_at_end(objects, name)
    missing = any(type(label) is not str and is_missing(label) for label in objects.ravel())
    # NumPy would turn a missing label among text into the text "nan".
    return objects if missing and kept.dtype.kind == "U" else kept


def _of_one_kind(objects, labels, name):
    """Return the array `labels` if the same labels as objects are of one kind."""
    mixed = mixed_kinds(objects.ravel())
    if mixed:
        raise ValueError(f"{name} must hold labels of one kind, got {mixed}. {_ADVICE}")
    if labels.dtype.kind == "f" and not exact_as_float(objects.ravel()):
        raise ValueError(
            f"{name} must hold labels of one kind, got floats and integers beyond 2**53, which "
            f"floats cannot tell apart. {_ADVICE}"
        )
    return labels


def _refuse_zero_at_end(objects, name):
    """Refuse text that would be another one in an array of text, which drops zeros at the end.

    Later steps may make such an array of objects as well.
    """
    for label in objects.ravel():
        if isinstance(label, str) and label.endswith("\0"):
            raise ValueError(
                f"{name} must not hold text that ends with a zero character, which arrays of text "
                f"drop, so that two labels could become one, got {str(label)!r}. Leave it out."
            )


def joined_labels(first, second):
    """Return the labels `first` followed by the labels `second`, both checked.

    Raises
    ------
    ValueError
        If they are of different kinds, or if as one array they could not be told apart.
    """
    if first.ndim != second.ndim or first.shape[1:] != second.shape[1:]:
        raise ValueError(
            f"y must hold labels of the same kind as before, {_shown_kind(first)}, got "
            f"{_shown_kind(second)}."
        )
    if not len(first) or not len(second) or first.ndim == 2:
        return np.concatenate([first, second])
    mixed = mixed_kinds([first[0], second[0]])
    if mixed:
        raise ValueError(f"y must hold labels of the same type as before, got {mixed}. {_ADVICE}")
    joined = np.concatenate([first, second])
    if joined.dtype.kind == "f" and not all(map(_fits_floats, (first, second))):
        raise ValueError(
            f"y must hold labels of the same type as before, {first.dtype}, got {second.dtype}: "
            f"as floats, integers beyond 2**53 could not be told apart. {_ADVICE}"
        )
    return joined


def _shown_kind(labels):
    if labels.ndim == 1:
        return "one label for each sample, shape (n_samples,)"
    return f"an indicator matrix of {labels.shape[1]} labels, shape (n_samples, {labels.shape[1]})"


def _fits_floats(labels):
    return labels.dtype.kind not in "iu" or exact_as_float([labels.min(), labels.max()])


def sample_aligned(params, n_samples):
    """Return the names of the parameters whose values have one entry per sample."""
    return {
        name
        for name, value in params.items()
        if (_is_arraylike(value) or sp.issparse(value))
        and getattr(value, "shape", None) != ()
        and _num_samples(value) == n_samples
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
