"""Checks of pool outputs, whether a model gave them or a caller."""

import numpy as np

from .._base import as_floats, check_indicators, is_indicator, label_array, numeric_rows
from ..acquisition import check_proba


def check_rows_of_proba(values, label):
    """Return probabilities of shape (n_samples, n_classes)."""
    return check_proba(values, label, ndim=(2,))


def check_members(values, label):
    """Return probabilities of shape (n_members, n_samples, n_classes)."""
    return check_proba(values, label, ndim=(3,))


def check_embedding(values, label):
    """Return rows of floats, dense or csr, of shape (n_samples, n_dims)."""
    rows = numeric_rows(values, label)
    if rows is None:
        raise ValueError(
            f"{label} must be numeric, of shape (n_samples, n_dims), got {type(values).__name__}."
        )
    return rows


def check_decision(values, label):
    """Return values of a decision function, of one or two dimensions."""
    values = as_floats(values, label)
    if values.ndim not in (1, 2):
        raise ValueError(f"{label} must have 1 or 2 dimensions, got shape {values.shape}.")
    with np.errstate(invalid="ignore", over="ignore"):
        may_be_nan = np.isnan(values.sum())  # one pass without an array of its own
    if may_be_nan and np.isnan(values).any():
        row = int(np.argwhere(np.isnan(values))[0][0])
        raise ValueError(f"{label} must not contain NaN, but row {row} does.")
    return values


def check_losses(values, label):
    """Return one finite number for each sample."""
    losses = as_floats(values, label)
    if losses.ndim != 1:
        raise ValueError(
            f"{label} must have shape (n_samples,), got {losses.ndim} dimensions, shape "
            f"{losses.shape}."
        )
    if not np.isfinite(losses).all():
        row = int(np.flatnonzero(~np.isfinite(losses))[0])
        raise ValueError(
            f"{label} must be finite, but that of sample {row} is {losses[row]}. Check the "
            "model's predict_loss, or the data it was trained on."
        )
    return losses


def check_numbers(values, label):
    """Return a finite number for each sample."""
    return _finite(as_floats(values, label), label, 1, "(n_samples,)")


def check_deviations(values, label):
    """Return a standard deviation for each sample, at least 0."""
    values = check_numbers(values, label)
    if (values < 0).any():
        row = int((values < 0).argmax())
        raise ValueError(f"{label} must be at least 0, but that of sample {row} is {values[row]}.")
    return values


def check_member_numbers(values, label):
    """Return a finite number of each member for each sample, shape (n_members, n_samples)."""
    values = _finite(as_floats(values, label), label, 2, "(n_members, n_samples)")
    if not len(values):
        raise ValueError(f"{label} must have at least one member, got shape {values.shape}.")
    return values


def _finite(values, label, ndim, shape):
    if values.ndim != ndim:
        raise ValueError(f"{label} must have shape {shape}, got shape {values.shape}.")
    wrong = ~np.isfinite(values)
    if wrong.any():
        place = tuple(np.argwhere(wrong)[0])
        raise ValueError(
            f"{label} must be finite, but that of sample {place[-1]} is {values[place]}."
        )
    return values


def check_decision_columns(values, label, n_classes):
    """Refuse columns that stand neither for classes nor for pairs of classes."""
    columns = 1 if values.ndim == 1 else values.shape[1]
    if not columns:
        raise ValueError(f"{label} must have at least one column, got shape {values.shape}.")
    n_pairs = n_classes * (n_classes - 1) // 2
    if columns in (n_classes, n_pairs) or (columns == 1 and n_classes <= 2):
        return
    raise ValueError(
        f"{label} must have a column for each of the {n_classes} classes or for each of their "
        f"{n_pairs} pairs, or a single one for two classes, got {columns} columns."
    )


def check_named_columns(values, label, classes):
    """Refuse a data frame whose columns are the classes in another order."""
    names, classes = list(getattr(values, "columns", ())), np.asarray(classes).tolist()
    if names != classes and len(names) == len(classes) and all(name in classes for name in names):
        raise ValueError(
            f"{label} must have its columns in the order of the classes, {classes}, but they are "
            f"called {names}. Put them in that order, or pass an array if the names mean nothing."
        )


def check_dropout_votes(values, label):
    """Return positions of classes, of shape (n_passes, n_samples)."""
    values = np.asarray(values)
    if values.ndim != 2 or not len(values) or values.dtype.kind not in "iu":
        raise ValueError(
            f"{label} must be positions in the classes, integers of shape (n_passes, n_samples), "
            f"got an array of {values.dtype} of shape {values.shape}."
        )
    return values


def check_prices(values, label="prices"):
    """Return prices as floats, or refuse those that are not finite and above 0."""
    prices = as_floats(values, label)
    if prices.ndim != 1:
        raise ValueError(
            f"{label} must have one price for each sample, shape (n_samples,), got shape "
            f"{prices.shape}."
        )
    wrong = ~(np.isfinite(prices) & (prices > 0))
    if wrong.any():
        row = int(wrong.argmax())
        raise ValueError(
            f"{label} must be finite and above 0, but that of sample {row} is {prices[row]}."
        )
    return prices


def check_given_labels(values, label):
    """Return labels of shape (n_samples,), or an indicator matrix of several labels a sample."""
    if is_indicator(values):
        return check_indicators(values, "a pool")
    values = np.asarray(label_array(values, label))
    if values.ndim != 1:
        raise ValueError(
            f"{label} must have shape (n_samples,), or be an indicator matrix of several labels, "
            f"got shape {values.shape}."
        )
    return values


def check_label_proba(values, label):
    """Return the probability of each label, of shape (n_samples, n_labels)."""
    return _from_0_to_1(as_floats(values, label), label, 2, "(n_samples, n_labels)")


def check_member_label_proba(values, label):
    """Return the probabilities by members, of shape (n_members, n_samples, n_labels)."""
    return _from_0_to_1(as_floats(values, label), label, 3, "(n_members, n_samples, n_labels)")


def check_label_decision(values, label):
    """Return the decision function of each label, of shape (n_samples, n_labels)."""
    values = check_decision(values, label)
    if values.ndim != 2:
        raise ValueError(
            f"{label} must have shape (n_samples, n_labels), got shape {values.shape}."
        )
    return values


def _from_0_to_1(values, label, ndim, shape):
    if values.ndim != ndim or not values.shape[-1]:
        raise ValueError(f"{label} must have shape {shape}, got shape {values.shape}.")
    wrong = ~((values >= 0) & (values <= 1))
    if wrong.any():
        place = tuple(np.argwhere(wrong)[0])
        raise ValueError(
            f"{label} must hold probabilities from 0 to 1, but label {place[-1]} of sample "
            f"{place[-2]} has {values[place]}. The labels of a sample need not add up to 1."
        )
    return values
