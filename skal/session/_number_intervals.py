"""Scores of a regressor on unlabeled rows, with intervals, from audit rows.

Totals over the unlabeled rows are estimated as in :mod:`_intervals`. Both scores are made of mean
squares, whose intervals are computed on the scale of logarithms, on which they are nearly
symmetric, with quantiles of Student's distribution.
"""

import numpy as np
from scipy.stats import t as student

from ._intervals import Bounds


def rmse_of(sample, errors, confidence):
    """Return the root of the mean squared error on the rows without a label.

    Parameters
    ----------
    sample : Sample
    errors : ndarray of shape (n_labeled,)
    confidence : float

    Returns
    -------
    bounds : Bounds or None
        None if the squared errors of the audit rows are all the same, and tell no variance.
    """
    unit = np.abs(errors).max()  # squares of large numbers may be infinite
    if not unit > 0:
        return None
    squares = (errors / unit) ** 2
    mean, left = _mean_left(sample, squares)
    bounds = _on_log_scale(mean, squares[sample.is_audit] / left, confidence)
    return bounds and Bounds(*(float(unit * np.sqrt(one)) for one in bounds))


def r2_of(sample, y, errors, confidence):
    """Return R^2 on the rows without a label: 1 - sum of squared errors / that of deviations.

    Deviations are those from the mean of these rows. With the means A of squared errors and B of
    squared deviations, the estimate A / B changes by ``(e_i^2 - A / B (y_i - mean)^2) / B`` with
    the weight of an audit row.

    Parameters
    ----------
    sample : Sample
    y, errors : ndarray of shape (n_labeled,)
    confidence : float

    Returns
    -------
    bounds : Bounds or None
        None if the audit rows have one and the same label or squared error, or if by chance
        nothing of either seems to be left.
    """
    unit = max(np.ptp(y), np.abs(errors).max())
    if not unit > 0:
        return None
    # Centered, as squares of numbers far from 0 would lose their digits.
    y, errors = (y - y[sample.is_audit].mean()) / unit, errors / unit
    mean, _ = _mean_left(sample, y)
    deviations, squares = (y - mean) ** 2, errors**2
    spread, left = _mean_left(sample, deviations)
    if not spread > 1e-12:
        return None
    loss = _mean_left(sample, squares)[0] / spread
    influence = (squares - loss * deviations)[sample.is_audit] / (left * spread)
    bounds = _on_log_scale(loss, influence, confidence)
    return bounds and Bounds(*(1 - one for one in (bounds[0], bounds[2], bounds[1])))


def _mean_left(sample, f):
    """Return the mean of f over the rows without a label, and the share that they are."""
    left = 1 - sample.gone(np.ones_like(f))
    return (sample.drawn(f) - sample.gone(f)) / left, left


def _on_log_scale(value, influence, confidence):
    """Return a positive estimate with the ends of its interval, None if there is no variance."""
    n, spread = len(influence), np.std(influence, ddof=1)
    if not (value > 1e-12 and spread > 1e-12 * value):
        return None
    quantile = student.ppf((1 + confidence) / 2, n - 1)
    factor = np.exp(quantile * spread / np.sqrt(n) / value)
    return float(value), float(value / factor), float(value * factor)
