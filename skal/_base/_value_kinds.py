"""Kinds of labels and categories: text, numbers and others, which must not be mixed."""

from numbers import Integral, Real

import numpy as np

from ._frames import is_missing

_EXACT = 2**53  # the first integer whose successor no float64 can hold


def kind_of_value(value):
    """Return the name of the kind of one value, in the plural."""
    if isinstance(value, str):
        return "text"
    if isinstance(value, (bool, np.bool_)):
        return "booleans"
    if isinstance(value, (Real, np.number)):
        return "numbers"
    return "bytes" if isinstance(value, bytes) else f"objects of type {type(value).__name__}"


def mixed_kinds(values):
    """Describe two kinds among values, with an example of each; None if all are of one kind.

    Missing values count as of any kind. The message that NumPy would not give: it turns a list
    of text and numbers into text.
    """
    examples = {}
    for kind in {type(value): value for value in values}.values():
        if not is_missing(kind):
            examples.setdefault(kind_of_value(kind), kind)
    if len(examples) < 2:
        return None
    (one, first), (other, second) = list(examples.items())[:2]
    return f"{one}, such as {_shown(first)}, and {other}, such as {_shown(second)}"


def exact_as_float(values):
    """Whether all integers among numbers are so small that floats hold them exactly."""
    return not any(isinstance(value, Integral) and abs(int(value)) > _EXACT for value in values)


def _shown(value):
    return repr(value.item() if isinstance(value, np.generic) else value)
