"""Single values and array-likes as lists of Python objects."""

import numpy as np


def is_scalar(value):
    """Whether a value stands for itself, and not for several."""
    # Arrays without dimensions have __iter__, and cannot be iterated over.
    is_text = isinstance(value, (str, bytes))
    return is_text or not hasattr(value, "__iter__") or getattr(value, "shape", None) == ()


def as_list(values):
    """Return the entries of an array-like, or a single value, as a list of Python objects."""
    if is_scalar(values):
        return [values.item() if isinstance(values, (np.generic, np.ndarray)) else values]
    if hasattr(values, "tolist"):
        values = values.tolist()
    return [value.item() if isinstance(value, np.generic) else value for value in values]
