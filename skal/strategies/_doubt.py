"""How much it counts that a sample is covered: weights that follow the doubt of the model."""

import numpy as np
from scipy.special import entr

from ._multilabel import MultilabelUncertainty
from ._top import check_scores
from ._uncertainty import uncertainty

FLOOR = 0.3  # the share of the weights that does not depend on the model
EXPONENTS = (2.0, 64.0)  # the least and the largest power of the doubt
N_ROUNDINGS = 8  # a confidence near 1 is known to so many units in its last place


def doubt_weights(pool, n, measure):
    """Return the weight of each sample of a pool for a batch of n, or None if all count alike.

    A sample counts by the doubt v of the model, relative to the largest doubt, as
    ``0.7 v**p / mean(v**p) + 0.3``. The exponent p is 2 where the labels are balanced, for
    standard deviations and for several labels a sample.
    """
    if measure == "std":
        return _deviation_weights(pool, n)
    if pool.has("label_proba") or pool.has("label_decision"):
        return _label_weights(pool, n, measure)
    if pool.has("prediction"):
        pool.compute_in_one_pass("proba")  # or says that the model predicts numbers
    n_labeled = len(pool.labeled)
    counts = np.unique(pool.labeled.y, return_counts=True)[1] if n_labeled else ()
    if len(counts) < 2 or len(pool.classes) < 2:
        return None
    # Read in any case, so that what a model cannot give does not show at some queries only.
    doubt = _doubt(pool, measure)
    if doubt.max() <= 0 or _all_count_alike(n, n_labeled):
        return None
    doubt /= doubt.max()
    return _weights(doubt ** exponent(doubt, balance(counts, len(pool.classes))))


def _deviation_weights(pool, n):
    """Return the weights that follow the standard deviations of predicted numbers."""
    n_labeled = len(pool.labeled)
    if n_labeled < 2:
        return None
    deviation = check_scores(pool.prediction_std, len(pool)).astype(np.float64)
    # Members that agree differ by rounding errors of the numbers that they have learned.
    unit = np.finfo(pool.prediction_std.dtype).eps * np.abs(pool.labeled.y).max()
    deviation[deviation <= N_ROUNDINGS * unit] = 0
    if deviation.max() <= 0 or _all_count_alike(n, n_labeled):
        return None
    return _weights((deviation / deviation.max()) ** EXPONENTS[0])


def _label_weights(pool, n, measure):
    """Return the weights that follow the mean uncertainty of several labels."""
    n_labeled = len(pool.labeled)
    doubt = check_scores(MultilabelUncertainty(measure).scores(pool), len(pool))
    if callable(measure):
        doubt = _from_0_to_1(doubt)
    elif not pool.has("label_proba"):
        doubt = 1 + np.tanh(doubt)  # minus the distances of decision functions
    if doubt.max() <= 0 or _all_count_alike(n, n_labeled):
        return None
    return _weights((doubt / doubt.max()) ** EXPONENTS[0])


def _all_count_alike(n, n_labeled):
    """Whether it is the turn of a batch that leaves the model aside.

    One by one, a model that is sure of what it never saw would not be corrected.
    """
    return n == 1 and n_labeled % 10 == 0


def _weights(powers):
    return (1 - FLOOR) * powers / powers.mean() + FLOOR


def _doubt(pool, measure):
    """Return one minus the confidence of the model in each sample, at least 0."""
    doubt = check_scores(uncertainty(pool, measure), len(pool)).astype(np.float64)
    if callable(measure):
        return _from_0_to_1(doubt)
    if measure == "margin" and not pool.has("proba") and pool.has("decision"):
        doubt = 1 + np.tanh(doubt)  # minus the gap of a decision function
    # What is left of 1 is relative to the largest doubt later: rounding errors must not be.
    doubt[doubt <= N_ROUNDINGS * _last_place(pool)] = 0
    return doubt


def _last_place(pool):
    """Return the unit in the last place of a confidence of 1, as the model computes it."""
    for name in ("proba", "decision"):
        if pool.has(name):
            return np.finfo(pool.get(name).dtype).eps
    return np.finfo(np.float64).eps


def _from_0_to_1(scores):
    """Bring scores to 0..1 by the least and the largest, infinite ones as a limit."""
    if np.isposinf(scores).any():
        return (scores == np.inf).astype(np.float64)
    if np.isneginf(scores).any():
        return (scores > -np.inf).astype(np.float64)
    scores = scores / (np.abs(scores).max() or 1)  # so that their range is finite
    return (scores - scores.min()) / (np.ptp(scores) or 1)


def balance(counts, n_classes):
    """Return the entropy of the labels as a share of the largest possible one."""
    return entr(counts / counts.sum()).sum() / np.log(n_classes)


def exponent(doubt, share):
    """Return the least exponent at which no more than a share of the samples counts.

    The number of samples that count is the exponential of the entropy of their weights, which
    falls as the exponent grows. The more one-sided the labels are, the fewer samples may count as
    uncertain: a model that knows a rare class by a few samples is in doubt nearly everywhere.
    """
    low, high = EXPONENTS
    if _n_counting(doubt, low) <= share * len(doubt):
        return low
    if _n_counting(doubt, high) > share * len(doubt):
        return high
    while high - low > 1e-12 * high:
        middle = (low + high) / 2
        if _n_counting(doubt, middle) <= share * len(doubt):
            high = middle
        else:
            low = middle
    return high


def _n_counting(doubt, power):
    weights = doubt**power
    return np.exp(entr(weights / weights.sum()).sum())
