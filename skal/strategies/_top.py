"""Selection of the samples with the largest scores, with ties in random order."""

import math

import numpy as np


def select_top(scores, n, random_state):
    """Return the positions of the `n` largest scores, best first, ties in random order.

    The time is O(n_samples + n log n). Ties are broken at random because many scores of small
    committees are equal and pools are often sorted by class.

    Parameters
    ----------
    scores : array-like of shape (n_samples,)
        Larger scores are chosen first. Infinite scores are allowed, NaN is not.
    n : int
        Number of positions to return, from 1 to n_samples.
    random_state : RandomState
        Breaks the ties.

    Returns
    -------
    positions : ndarray of shape (n,), dtype intp
    """
    scores = check_scores(scores, np.size(scores))
    candidates = np.flatnonzero(scores >= _lower_bound(scores, n))
    of_candidates = scores[candidates]
    threshold = np.partition(of_candidates, -n)[-n]
    # Permuted before a stable sort, so that equal scores come in random order.
    better = random_state.permutation(candidates[of_candidates > threshold])
    tied = random_state.permutation(candidates[of_candidates == threshold])
    better = better[np.argsort(-scores[better], kind="stable")]
    return np.concatenate([better, tied[: n - len(better)]])


def _lower_bound(scores, n):
    """Return a value that at least `n` scores reach, but not many more if there are many scores.

    Scores are divided into blocks. The `n`-th largest maximum of a block is reached by the maxima
    of `n` blocks. Two sequential passes over the scores replace a partition of all of them.
    """
    length = len(scores) // (8 * n)
    if length < 8:
        return -np.inf
    maxima = scores[: len(scores) // length * length].reshape(-1, length).max(axis=1)
    return np.partition(maxima, -n)[-n]


def check_scores(scores, n_samples):
    """Return the scores as an array, or raise an error unless they are one number per sample."""
    scores = np.asarray(scores)
    if scores.shape != (n_samples,):
        raise ValueError(
            f"Scores must have the shape (n_samples,) = ({n_samples},), got {scores.shape}."
        )
    # The maximum is NaN if any score is, and takes no array of its own.
    if len(scores) and np.isnan(scores.max()):
        row = int(np.flatnonzero(np.isnan(scores))[0])
        raise ValueError(f"Scores must not be NaN, but the score of sample {row} is.")
    return scores


def shortlist(scores, factor, n, random_state):
    """Return the positions of the ``ceil(factor * n)`` largest scores, best first."""
    size = math.ceil(round(factor * n, 6))  # 1.1 * 50 is a little more than 55
    return select_top(scores, min(size, len(scores)), random_state)
