"""Checks of probabilities with the labels that were given to the same samples."""

import numpy as np

from .._base import check_same_length, label_array
from ..acquisition import check_proba


def checked(proba, y, classes):
    """Return probabilities as float64, and the column of each label.

    Parameters
    ----------
    proba : array-like of shape (n_samples, n_classes)
    y : array-like of shape (n_samples,)
    classes : array-like of shape (n_classes,) or None
        The label that each column stands for; None stands for 0, ..., n_classes - 1.

    Returns
    -------
    proba : ndarray of shape (n_samples, n_classes), float64
    codes : ndarray of shape (n_samples,), intp
    """
    proba = check_proba(proba, ndim=(2,))
    classes = checked_classes(classes, proba.shape[1], "proba has columns")
    y = np.asarray(label_array(y))
    if y.ndim != 1:
        raise ValueError(
            f"y must hold one label for each sample, shape (n_samples,), got shape {y.shape}."
        )
    check_same_length(proba=proba, y=y)
    return proba.astype(np.float64, copy=False), columns_of(y, classes)


def checked_classes(classes, n_classes, counted):
    """Return as many distinct classes as are counted by `n_classes`."""
    if classes is None:
        return np.arange(n_classes)
    classes = np.asarray(label_array(classes, "classes"))
    if classes.shape != (n_classes,) or len(set(classes.tolist())) < n_classes:
        raise ValueError(
            f"classes must hold {n_classes} distinct labels, as many as {counted}, got "
            f"{classes.tolist()}. For a fitted model, pass model.classes_."
        )
    return classes


def columns_of(labels, classes, name="y"):
    """Return the column of each label, or refuse the first that is not a class."""
    places = {label: i for i, label in enumerate(classes.tolist())}
    columns = [places.get(label, -1) for label in labels.tolist()]
    if -1 in columns:
        unknown = labels.tolist()[columns.index(-1)]
        raise ValueError(
            f"{name} must hold labels that are among the classes {classes.tolist()}, got "
            f"{unknown!r}. Pass classes=, with the label that each column of proba stands for, "
            "such as model.classes_."
        )
    return np.array(columns, dtype=np.intp)
