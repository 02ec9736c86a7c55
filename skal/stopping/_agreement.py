"""How far two sets of predictions agree: `kappa` and `concordance`."""

import numpy as np
from sklearn.utils.validation import column_or_1d

from .._base import check_same_length, check_targets, is_missing


def kappa(y1, y2):
    """Measure how far two sets of predictions agree beyond chance: Cohen's kappa.

    Let p_o be the share of samples on which the predictions agree, and p_e the share expected if
    both were drawn at random with the frequencies of their classes. Then
    ``kappa = (p_o - p_e) / (1 - p_e)``, and 1 where p_e = 1, that is where both predict one and
    the same class for all samples.

    Parameters
    ----------
    y1, y2 : array-like of shape (n_samples,)
        Class labels.

    Returns
    -------
    kappa : float
        At most 1, which is full agreement; 0 is the agreement expected by chance.

    Raises
    ------
    ValueError
        If the lengths differ, there are no samples, a label is missing, or one of the two holds
        text and the other numbers.

    References
    ----------
    J. Cohen (1960). A coefficient of agreement for nominal scales. Educational and
    Psychological Measurement 20.

    Examples
    --------
    >>> from skal.stopping import kappa
    >>> kappa([0, 0, 1, 1], [0, 0, 1, 0])
    0.5
    """
    y1, y2 = _labels(y1, "y1"), _labels(y2, "y2")
    check_same_length(y1=y1, y2=y2)
    # NumPy would make text of the numbers, and 1 would be the same as "1".
    if {"text", "numbers"} <= {_kind(y1), _kind(y2)}:
        raise ValueError(
            "y1 and y2 must hold labels of the same kind, got numbers and text: dtypes "
            f"{y1.dtype} and {y2.dtype}."
        )
    if not len(y1):
        raise ValueError("kappa needs at least one sample, got none.")
    n_samples = len(y1)
    codes = np.unique(np.concatenate([y1, y2]), return_inverse=True)[1].reshape(2, n_samples)
    counts = [np.bincount(row, minlength=codes.max() + 1) for row in codes]
    # Whole numbers, so that p_e = 1 is found exactly, and not missed by round-off.
    by_chance = int(counts[0] @ counts[1])
    agreeing = int(np.count_nonzero(codes[0] == codes[1])) * n_samples
    if by_chance == n_samples**2:
        return 1.0
    return (agreeing - by_chance) / (n_samples**2 - by_chance)


def concordance(y1, y2):
    """Measure how far two sets of predicted numbers agree: Lin's concordance correlation.

    With the means m, the variances v and the covariance c it is
    ``2 c / (v1 + v2 + (m1 - m2)^2)``, and 1 where all numbers of both are one and the same. It is
    what weighted :func:`kappa` becomes for numbers, if the weight of a disagreement is the squared
    difference.

    Parameters
    ----------
    y1, y2 : array-like of shape (n_samples,)
        Finite numbers.

    Returns
    -------
    concordance : float
        From -1 to 1, which is full agreement.

    Raises
    ------
    ValueError
        If the lengths differ, there are no samples, or not all of them are finite numbers.

    References
    ----------
    L. I. Lin (1989). A concordance correlation coefficient to evaluate reproducibility.
    Biometrics 45.

    Examples
    --------
    >>> from skal.stopping import concordance
    >>> round(concordance([1.0, 2.0, 3.0], [1.5, 2.5, 3.5]), 3)
    0.842
    """
    y1, y2 = check_targets(y1, "y1"), check_targets(y2, "y2")
    check_same_length(y1=y1, y2=y2)
    if not len(y1):
        raise ValueError("concordance needs at least one sample, got none.")
    # Shifted and scaled, as squares of large numbers may be infinite.
    unit = max(np.abs(y1).max(), np.abs(y2).max()) or 1.0
    y1, y2 = y1 / unit, y2 / unit
    y1, y2 = y1 - y1[0], y2 - y1[0]
    apart = np.mean((y1 - y2) ** 2)
    # v1 + v2 + (m1 - m2)^2 = 2 c + mean((y1 - y2)^2): where both are the same, it is 1 exactly.
    if apart == 0:
        return 1.0
    return float(1 - apart / (np.var(y1) + np.var(y2) + (y1.mean() - y2.mean()) ** 2))


def _kind(y):
    return {"U": "text", "S": "text", "O": "objects"}.get(y.dtype.kind, "numbers")


def _labels(y, name):
    """Return predicted labels as an array of shape (n_samples,), or refuse missing ones."""
    y = column_or_1d(y)
    missing = [i for i, label in enumerate(y) if is_missing(label)] if y.dtype.kind in "fO" else []
    if missing:
        raise ValueError(
            f"{name} must hold a label for every sample, but {name}[{missing[0]}] is missing."
        )
    return y
