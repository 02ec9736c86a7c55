"""The best of all scores: checked, the largest first, ties in random order."""

import math

import numpy as np


def select_top(scores, n, random_state):
    """Return the positions of the `n` largest scores, best first, ties in random order.

    Takes O(n_samples + n log n). Ties are broken at random because the scores of small
    committees tie massively and pools are often sorted by class.

    Parameters
    ----------
    scores : array-like of shape (n_samples,)
        Larger is better. Infinite scores are allowed, NaN is not.
    n : int
        At most n_samples.
    random_state : RandomState
        Breaks the ties.

    Returns
    -------
    positions : ndarray of shape (n,), dtype intp
    """
    scores = check_scores(scores, np.size(scores))
    candidates = np.flatnonzero(scores >= _reached_by(scores, n))
    of_candidates = scores[candidates]
    threshold = np.partition(of_candidates, -n)[-n]
    better = random_state.permutation(candidates[of_candidates > threshold])
    tied = random_state.permutation(candidates[of_candidates == threshold])
    better = better[np.argsort(-scores[better], kind="stable")]
    return np.concatenate([better, tied[: n - len(better)]])


def _reached_by(scores, n):
    """Return a value that at least `n` of the scores reach, and of many not many more.

    Each of `n` blocks with the largest maxima has a score that reaches the least of these
    maxima. Two passes that stream replace a partition of all the scores.
    """
    length = len(scores) // (8 * n)
    if length < 8:
        return -np.inf
    maxima = scores[: len(scores) // length * length].reshape(-1, length).max(axis=1)
    return np.partition(maxima, -n)[-n]


def check_scores(scores, n_samples):
    """Return one score for each sample as an array, none of them NaN."""
    scores = np.asarray(scores)
    if scores.shape != (n_samples,):
        raise ValueError(
            f"Scores must have the shape (n_samples,) = ({n_samples},), got {scores.shape}."
        )
    if len(scores) and np.isnan(scores.max()):
        row = int(np.flatnonzero(np.isnan(scores))[0])
        raise ValueError(f"Scores must not be NaN, but the score of sample {row} is.")
    return scores


def shortlist(scores, factor, n, random_state):
    """Return the positions of the `factor * n` largest scores, rounded up, best first."""
    size = math.ceil(round(factor * n, 6))  # 1.1 * 50 is a little more than 55
    return select_top(scores, min(size, len(scores)), random_state)
