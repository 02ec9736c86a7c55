"""Suspects among numbers: labels far from what a model expects that has not seen them."""

import numpy as np
from scipy.stats import norm

from .._base import check_count
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


class NumberSuspects:
    """Compare the numbers that count with out-of-fold predictions.

    Parameters
    ----------
    log : Log
    ids : Ids
    verdict : Verdict
    judges : OutOfFold
    """

    def __init__(self, log, ids, verdict, judges):
        self._log = log
        self._ids = ids
        self._verdict = verdict
        self._judges = judges

    def find(self, n):
        """Return a dict about each suspect, the most suspicious first, and `n` of them at most."""
        n = None if n is None else check_count(n, "n")
        record = self._log.sync()
        rows, labels = self._verdict.labels(record)
        if len(labels) < MIN_LABELS:
            raise ValueError(
                "There are too few labels to say which of them are suspicious: at least "
                f"{MIN_LABELS} are needed, got {len(labels)}. Label rows that next() offers."
            )
        with explained_failures():
            predicted = self._judges.numbers(rows, labels)
        judged = np.flatnonzero(~np.isnan(predicted))
        far = deviations(np.array(labels)[judged] - predicted[judged])
        quality = 2 * norm.sf(far)
        confirmed = record.history.confirmed()
        # Rounded, so that what is equal stays in the order of the labels.
        order = np.argsort(-np.round(far, 9), kind="stable").tolist()
        found = [i for i in order if far[i] > CUTOFF and rows[judged[i]] not in confirmed]
        return [
            {
                "id": self._ids.at(rows[judged[i]]),
                "label": labels[judged[i]],
                "predicted": float(predicted[judged[i]]),
                "probability": None,
                "quality": float(quality[i]),
            }
            for i in found[:n]
        ]
