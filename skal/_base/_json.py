"""Values as JSON for people and other programs to read."""

from numbers import Real

import numpy as np

from ._frames import is_missing


def json_value(value):
    """Return a value that JSON can hold: null for missing and infinite values, else text."""
    value = value.item() if isinstance(value, np.generic) else value
    if is_missing(value):
        return None
    if isinstance(value, (str, bool, int)):  # of any size, unlike float(value) below
        return value
    if isinstance(value, Real):
        return float(value) if np.isfinite(value) else None
    if isinstance(value, (list, tuple)):
        return [json_value(one) for one in value]
    return str(value)
