"""Doubts about numbers: labels far from what a model expects that has not seen them."""

import numpy as np
from scipy.stats import norm

from ._doubts import Doubt
from ._failures import explained_failures

MIN_LABELS = 10
# The cutoff of Iglewicz and Hoaglin (1993) for modified z-scores.
CUTOFF = 3.5


def deviations(residuals):
    """Return how far residuals are from their median, in robust standard deviations.

    The standard deviation is 1.4826 times the median of the distances from the median, so that
    large errors do not hide themselves. Where more than half of the residuals are the same, it is
    1.2533 times the mean distance.

    Parameters
    ----------
    residuals : ndarray of shape (n_labeled,)

    Returns
    -------
    scores : ndarray of shape (n_labeled,)
        0 where all residuals are the same.
    """
    unit = np.abs(residuals).max(initial=0.0)
    if not unit > 0:
        return np.zeros_like(residuals)
    distances = np.abs(residuals / unit - np.median(residuals / unit))
    # What is left of differences that only rounding makes is no distance.
    distances[distances < 1e-12] = 0.0
    scale = 1.4826 * np.median(distances) or 1.2533 * distances.mean()
    return distances / scale if scale > 0 else distances


def number_doubts(judges, rows, labels):
    """Return doubts about numbers that are far from what was predicted, the farthest first.

    The parameters are those of :func:`class_doubts`.
    """
    if len(labels) < MIN_LABELS:
        raise ValueError(
            "There are too few labels to say which of them are suspicious: at least "
            f"{MIN_LABELS} are needed, got {len(labels)}. Label rows that next() offers."
        )
    with explained_failures():
        predicted = judges.numbers(rows, labels)
    judged = np.flatnonzero(~np.isnan(predicted))
    far = deviations(np.array(labels)[judged] - predicted[judged])
    quality = 2 * norm.sf(far)
    # Rounded, so that what is equal stays in the order of the labels.
    order = np.argsort(-np.round(far, 9), kind="stable").tolist()
    return [
        Doubt(int(judged[i]), float(predicted[judged[i]]), None, float(quality[i]))
        for i in order
        if far[i] > CUTOFF
    ]
