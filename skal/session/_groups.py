"""Groups of rows that are copies of one another."""

import numpy as np

from .._base import InvalidParameterError, is_missing
from ._lists import as_list


def check_groups(groups, n_rows):
    """Return the number of each row's group, None where there are no groups, or raise an error."""
    if groups is None:
        return None
    values = as_list(groups, "groups")
    if len(values) != n_rows:
        raise InvalidParameterError(
            f"groups must hold one value for each of the {n_rows} rows of X, got {len(values)}."
        )
    # NaN differs from itself, and so would make each row a group of its own.
    missing = next((i for i, value in enumerate(values) if is_missing(value)), None)
    if missing is not None:
        raise InvalidParameterError(
            f"groups must hold no missing values, got {values[missing]!r} at position {missing}. "
            "Give a row without copies a value of its own."
        )
    numbers = {}
    try:
        found = [numbers.setdefault(value, len(numbers)) for value in values]
    except TypeError as error:
        raise InvalidParameterError(
            f"groups must hold values that can be looked up, such as numbers or text: {error}."
        ) from error
    return np.array(found, dtype=np.intp)
