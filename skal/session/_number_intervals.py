"""Scores of a regressor on unlabeled rows, with intervals, from audit rows.

Totals over the unlabeled rows are estimated as in :mod:`_intervals`. Both scores are made of mean
squares, whose intervals are computed on the scale of logarithms, on which they are nearly
symmetric. Few rows tell little of a variance, and less where a few large errors make most of it:
the variance is that of the jackknife (Efron and Stein, 1981), which is rather too large than too
small, and the quantiles are those of Student's distribution with the degrees of freedom that a
variance has by the kurtosis.
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
    bounds = _on_log_scale(*_means_left(sample, squares), confidence)
    return bounds and Bounds(*(float(unit * np.sqrt(one)) for one in bounds))


def r2_of(sample, y, errors, confidence):
    """Return R^2 on the rows without a label: 1 - sum of squared errors / that of deviations.

    Deviations are those from the mean of these rows.

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
    mean, means = _means_left(sample, y)
    square, squares = _means_left(sample, y**2)
    spread, spreads = square - mean**2, squares - means**2
    if not spread > 1e-12:
        return None
    error, error_without = _means_left(sample, errors**2)
    without = error_without / np.maximum(spreads, LEAST * spread)
    bounds = _on_log_scale(error / spread, without, confidence)
    return bounds and Bounds(*(1 - one for one in (bounds[0], bounds[2], bounds[1])))


def _means_left(sample, f):
    """Return the mean of f over the rows without a label, and that without each audit row."""
    drawn = f[sample.is_audit]
    gone, left = sample.gone(f), 1 - sample.gone(np.ones_like(f))
    without = (drawn.sum() - drawn) / (len(drawn) - 1)
    return (drawn.mean() - gone) / left, (without - gone) / left


# What is left without an audit row counts as at least this share of all.
LEAST = 1e-3


def _on_log_scale(value, without, confidence):
    """Return a positive estimate with the ends of its interval, None if there is no variance.

    Parameters
    ----------
    value : float
    without : ndarray of shape (n_audit,)
        The estimate without each audit row.
    confidence : float
    """
    if not value > 1e-12:
        return None
    n = len(without)
    changes = np.log(np.maximum(without, LEAST * value))
    squares = (changes - changes.mean()) ** 2
    error = np.sqrt((n - 1) / n * squares.sum())
    if not error > 1e-12:
        return None
    kurtosis = np.mean(squares**2) / np.mean(squares) ** 2
    n_degrees = np.clip(2 * n / (kurtosis - 1 + 2 / (n - 1)), 3, n - 1)
    # As a power of e, it might be too large for a float.
    width = min(student.ppf((1 + confidence) / 2, n_degrees) * error, 100.0)
    return float(value), float(value * np.exp(-width)), float(value * np.exp(width))
