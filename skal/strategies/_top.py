"""Selection of the samples with the largest scores, with ties in random order."""

import math

import numpy as np

from .._base import draw_seed, hash_positions, reached_by


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
    step = step_of(scores, resolution)
    return top_by_step(scores, n, draw_seed(random_state), step, lambda positions: positions)


def top_of(pool, scores, n):
    """Return the positions of the `n` largest scores of a pool, within its resolution."""
    return top_by_key(pool, scores, n, draw_seed(pool.random_state))


def top_by_key(pool, scores, n, key):
    """Return the positions of the `n` largest of checked scores, ties in the order of a key."""
    return top_by_step(scores, n, key, step_of(scores, pool.resolution), pool.numbers)


def top_by_step(scores, n, key, step, numbers):
    """Return the positions of the `n` largest scores, rounded to multiples of `step`.

    Ties are ordered by a hash of the key and `numbers(positions)`, positions in the whole pool.
    """
    candidates = np.flatnonzero(scores >= reached_by(scores, n) - step)
    values = rounded(scores[candidates], step)
    at_least = np.flatnonzero(values >= np.partition(values, -n)[-n])
    candidates, falling = candidates[at_least], -values[at_least]
    order = np.argsort(falling)
    if (falling[order[1:]] == falling[order[:-1]]).any():
        order = np.lexsort((hash_positions(key, numbers(candidates)), falling))
    return candidates[order[:n]]


def step_of(scores, resolution):
    """Return the distance between rounded scores, a power of two or 0."""
    return step_between(*finite_range(scores), resolution)


def finite_range(scores):
    """Return the least and the largest finite score, zeros if there is none."""
    low, high = scores.min(), scores.max()
    if not (np.isfinite(low) and np.isfinite(high)):
        finite = scores[np.isfinite(scores)]
        low, high = (finite.min(), finite.max()) if len(finite) else (0.0, 0.0)
    return low, high


def step_between(low, high, resolution):
    """Return the distance between rounded scores that lie between two finite ones."""
    step = max(abs(float(low)), abs(float(high))) * resolution
    # A power of two, so that dividing by it rounds nothing.
    return math.ldexp(1.0, math.frexp(step)[1]) if step > 0 else 0.0


def rounded(scores, step):
    """Return scores as multiples of a step, as they are if it is 0."""
    scores = scores.astype(np.float64)
    return np.rint(scores / step) if step > 0 else scores


def check_scores(scores, n_samples, start=0):
    """Return the scores as an array, or raise an error unless they are one number per sample.

    Of the scores of a block, `start` is the position of the first one.
    """
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
        row = start + int(np.flatnonzero(np.isnan(scores))[0])
        raise ValueError(f"Scores must not be NaN, but the score of sample {row} is.")
    return scores
