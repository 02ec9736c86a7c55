"""Selection of the samples with the largest scores, with ties in random order."""

import math

import numpy as np

from .._base import draw_seed, hash_positions


def select_top(scores, n, random_state, *, resolution=1e-12):
    """Return the positions of the `n` largest scores, best first, ties in random order.

    The time is O(n_samples + n log n). Ties are broken at random because many scores of small
    committees are equal and pools are often sorted by class. The random order is that of a hash of
    a key and the position, and one key is drawn whatever the scores are. So the order of two
    samples does not depend on the others, and what is drawn later not on the scores.

    Parameters
    ----------
    scores : array-like of shape (n_samples,)
        Larger scores are chosen first. Infinite scores are allowed, NaN is not.
    n : int
        Number of positions to return, from 1 to n_samples.
    random_state : RandomState
        Breaks the ties.
    resolution : float, default=1e-12
        Scores are equal that are equal after rounding to this share of the largest magnitude
        among them. Copies of a sample may differ in the last digits of their scores, as a product
        of matrices adds up its rows in different orders.

    Returns
    -------
    positions : ndarray of shape (n,), dtype intp
    """
    scores = check_scores(scores, np.size(scores))
    return _top(scores, n, draw_seed(random_state), resolution)


def top_of(pool, scores, n):
    """Return the positions of the `n` largest scores of a pool, within its resolution."""
    return _top(scores, n, draw_seed(pool.random_state), pool.resolution)


def _top(scores, n, key, resolution):
    step = _step(scores, resolution)
    candidates = np.flatnonzero(scores >= _lower_bound(scores, n) - step)
    rounded = _rounded(scores[candidates], step)
    at_least = np.flatnonzero(rounded >= np.partition(rounded, -n)[-n])
    candidates, falling = candidates[at_least], -rounded[at_least]
    order = np.argsort(falling)
    if (falling[order[1:]] == falling[order[:-1]]).any():
        order = np.lexsort((hash_positions(key, candidates), falling))
    return candidates[order[:n]]


def _step(scores, resolution):
    """Return the distance between rounded scores, a power of two or 0."""
    low, high = scores.min(), scores.max()
    if not (np.isfinite(low) and np.isfinite(high)):
        finite = scores[np.isfinite(scores)]
        low, high = (finite.min(), finite.max()) if len(finite) else (0.0, 0.0)
    step = max(abs(float(low)), abs(float(high))) * resolution
    # A power of two, so that dividing by it rounds nothing.
    return math.ldexp(1.0, math.frexp(step)[1]) if step > 0 else 0.0


def _rounded(scores, step):
    scores = scores.astype(np.float64)
    return np.rint(scores / step) if step > 0 else scores


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
    if scores.dtype.kind not in "fiub":
        raise ValueError(f"Scores must be real numbers, got an array of {scores.dtype}.")
    if scores.dtype.kind == "b":
        scores = scores.astype(np.float64)
    # The maximum is NaN if any score is, and takes no array of its own.
    if len(scores) and np.isnan(scores.max()):
        row = int(np.flatnonzero(np.isnan(scores))[0])
        raise ValueError(f"Scores must not be NaN, but the score of sample {row} is.")
    return scores


def shortlist(pool, scores, factor, n):
    """Return the positions of the ``ceil(factor * n)`` largest scores, best first."""
    size = math.ceil(round(factor * n, 6))  # 1.1 * 50 is a little more than 55
    return top_of(pool, scores, min(size, len(scores)))
