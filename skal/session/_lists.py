"""Single values and array-likes as lists of Python objects."""

from collections.abc import Mapping

import numpy as np


def is_scalar(value):
    """Whether a value stands for itself, and not for several."""
    # Arrays without dimensions have __iter__, and cannot be iterated over.
    is_text = isinstance(value, (str, bytes))
    return is_text or not hasattr(value, "__iter__") or getattr(value, "shape", None) == ()


def as_list(values, name):
    """Return the entries of an array-like, or a single value, as a list of Python objects.

    Raises
    ------
    ValueError
        If the order of the entries means nothing, or iterating gives something else than entries.
    """
    if is_scalar(values):
        return [values.item() if isinstance(values, (np.generic, np.ndarray)) else values]
    check_ordered(values, name)
    if hasattr(values, "tolist"):
        values = values.tolist()
    return [value.item() if isinstance(value, np.generic) else value for value in values]


def check_ordered(values, name):
    """Refuse data frames, dicts and sets where a list is needed."""
    kind = type(values).__name__
    if hasattr(values, "columns"):
        way_out = "Choose one of its columns."
    elif isinstance(values, Mapping):
        way_out = "Say what of it is meant: list(d) are its keys, list(d.values()) its values."
    elif isinstance(values, (set, frozenset)):
        way_out = "The order of a set means nothing: give a list."
    else:
        return
    raise ValueError(
        f"{name} must be a list or an array of one dimension, got a {kind}. {way_out}"
    )
