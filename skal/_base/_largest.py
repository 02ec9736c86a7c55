"""The largest of many values, found without ordering or copying all of them."""

import numpy as np


def reached_by(values, n):
    """Return a value that at least `n` values reach, but not many more if there are many values.

    Every value belongs to one of some groups. The `n`-th largest maximum of a group is reached by
    the maxima of `n` groups. Two sequential passes over the values replace a partition of all.

    Parameters
    ----------
    values : ndarray of shape (n_values,)
    n : int
        At most n_values.

    Returns
    -------
    reached : float
        Minus infinity where too many values would reach it.
    """
    n_groups = min(8 * n, len(values) // 8)
    if n_groups < 2 * n:
        return -np.inf
    # Every `n_groups`-th value is of the same group, so that all groups are reduced together.
    groups = values[: len(values) // n_groups * n_groups].reshape(-1, n_groups)
    return np.partition(groups.max(axis=0), -n)[-n]
