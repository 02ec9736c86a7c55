"""Scores as numbers that can be multiplied with other numbers."""

import numpy as np


def as_weights(scores):
    """Return scores as finite weights of at least 0.

    Where scores are negative, such as negative distances, the smallest one is subtracted from all:
    a product with a larger number would make a negative score smaller. Infinite scores count as
    the largest or the smallest finite one.
    """
    scores = finite(scores)
    return scores - scores.min(initial=0)


def as_shares(scores):
    """Return scores as finite numbers of at least 0; negative ones are brought to 0..1.

    Scores of at least 0 stay as they are. Others have no natural zero and no natural unit, so
    the smallest of them becomes 0 and the largest becomes 1.
    """
    scores = finite(scores)
    if scores.min(initial=0) >= 0:
        return scores
    scores = scores - scores.min()
    return scores / max(scores.max(), np.finfo(np.float64).tiny)


def finite(scores):
    """Return scores in float64, infinite ones replaced by the nearest finite score."""
    scores = np.asarray(scores).astype(np.float64)
    known = scores[np.isfinite(scores)]
    if len(known) == len(scores):
        return scores
    low, high = (known.min(), known.max()) if len(known) else (0.0, 1.0)
    return np.clip(scores, low, high)
