"""Scores of unlabeled rows, with intervals, from audit rows: arrays in, numbers out.

An audit row i was drawn at random from the rows E_i that were in the pool at that time. What is
wanted is a total over U, the rows without a label now. Let L be the labeled rows, and f_j a number
for each row j, known for the labeled ones. Then f_i estimates the mean of f over E_i, so that

    f_i - sum over j in E_i and L of f_j / |E_i|

estimates the total of f over U, divided by |E_i|, without bias (Des Raj's estimator for draws
without replacement). All estimates here are means of this over the audit rows. With the mean share
c_j of a labeled row in the E_i (see :meth:`Draws.mean_shares`), such a mean is

    mean over audit rows of f_i - sum over labeled rows of c_j f_j.

It vanishes for rows that all were drawn from, and is the plain mean where the pool is large.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import beta, norm

# For how many rows with errors the largest design effect counts.
FEW = 5


@dataclass
class Sample:
    """What is known of the labeled rows.

    Parameters
    ----------
    is_audit : ndarray of bool of shape (n_labeled,)
        The audit rows; at least one.
    shares : ndarray of shape (n_labeled,)
        The mean share of each labeled row in the rows that audit rows were drawn from.
    """

    is_audit: np.ndarray
    shares: np.ndarray

    @property
    def n_audit(self):
        """The number of audit rows."""
        return int(np.count_nonzero(self.is_audit))

    def drawn(self, f):
        """Return the mean of f over the audit rows."""
        return float(np.mean(f[self.is_audit]))

    def gone(self, f):
        """Return the part of that mean that is due to rows which are labeled now."""
        return float(self.shares @ f)


@dataclass
class Bounds:
    """A value with the two ends of its interval."""

    value: float
    low: float
    high: float


def share_of(sample, successes, relevant, confidence):
    """Return the share of successes among what is relevant in the rows without a label.

    The interval is that of Wilson's score test, for the share p in the rows that were drawn from:
    it consists of all values which the test does not reject. It has a width where all audit rows
    are successes, and it is wide where hardly any are relevant.

    Of several labels a row, some are successes and others are not. They go together: the variance
    is that of as many independent labels, times their design effect (Kish, 1965).

    Parameters
    ----------
    sample : Sample
    successes, relevant : ndarray of bool or of whole numbers of shape (n_labeled,)
        How many successes each row has, and how much of it is relevant; not less than that.
    confidence : float

    Returns
    -------
    bounds : Bounds or None
        None if nothing that is relevant seems to be left.
    """
    a, b = np.asarray(successes, float), np.asarray(relevant, float)
    drawn, gone_a = sample.drawn(b), sample.gone(a)
    spread = sample.drawn(b**2) - drawn**2
    effect = _design_effect(a[sample.is_audit], b[sample.is_audit])
    left = drawn - sample.gone(b)
    if not left > 1e-9:
        return None
    # By chance, more successes may have been drawn than there can be, or fewer than none.
    won = np.clip(sample.drawn(a) - gone_a, 0.0, left)
    quantile = norm.ppf((1 + confidence) / 2)

    def excess(value):
        """Return by how much the test statistic of a value exceeds the quantile, both squared."""
        p = np.clip((value * left + gone_a) / drawn, 0.0, 1.0)
        # The variance of a - value * b where a share p of what is relevant are successes.
        square = effect * drawn * p * (1 - p) + spread * (p - value) ** 2
        return (won - value * left) ** 2 - quantile**2 * square / sample.n_audit

    value = float(won / left)
    return Bounds(value, _end(excess, value, 0.0), _end(excess, value, 1.0))


def _design_effect(successes, relevant):
    """Return the variance of successes, divided by that of as many independent ones.

    It is at least 1, and at most that of rows in which everything or nothing succeeds. As few rows
    tell little, the estimate counts as many of them as have a success and a failure, at most, and
    the largest effect counts `FEW`: where all is right, only the latter is left.
    """
    if not relevant.any():
        return 1.0
    largest = float(np.mean(relevant**2) / np.mean(relevant))
    share = float(successes.sum() / relevant.sum())
    n_both = min(np.count_nonzero(successes), np.count_nonzero(successes < relevant))
    if largest == 1.0 or not n_both:
        return largest
    found = np.sum((successes - share * relevant) ** 2) / (share * (1 - share) * relevant.sum())
    return float(np.clip((n_both * found + FEW * largest) / (n_both + FEW), 1.0, largest))


def _end(excess, inside, outside):
    """Return the last value on the way from `inside` to `outside` that is not rejected."""
    if excess(outside) <= 0:
        return outside
    for _ in range(60):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if excess(middle) <= 0 else (inside, middle)
    return float(inside)


def f1_of(sample, true, predicted, confidence):
    """Return F1 of a class, or of all labels: 2 J / (1 + J).

    J is the share of hits among hits and errors.

    Parameters
    ----------
    sample : Sample
    true, predicted : ndarray of bool of shape (n_labeled,) or (n_labeled, n_labels)
        Whether each row has the class, and whether the model says so; or each of its labels, of
        which all count alike ("micro").
    confidence : float

    Returns
    -------
    bounds : Bounds or None
    """
    hits, either = true & predicted, true | predicted
    if true.ndim == 2:
        hits, either = hits.sum(axis=1), either.sum(axis=1)
    found = share_of(sample, hits, either, confidence)
    if found is None:
        return None
    return Bounds(*(2 * j / (1 + j) for j in (found.value, found.low, found.high)))


def mean_f1_of(sample, true, predicted, confidence):
    """Return the mean of the F1 of all labels ("macro").

    Labels of the same rows are right and wrong together. So the intervals are put together with
    the correlations of their estimates, by the changes that single audit rows make to them.

    Parameters
    ----------
    sample : Sample
    true, predicted : ndarray of bool of shape (n_labeled, n_labels)
    confidence : float

    Returns
    -------
    bounds : Bounds or None
    """
    parts = [f1_of(sample, *one, confidence) for one in zip(true.T, predicted.T, strict=True)]
    if None in parts:
        return None
    drawn, said = true[sample.is_audit], predicted[sample.is_audit]
    # A label without an error has no way up, but may have had one: no distance to an end counts
    # less than half of the interval.
    parts = [Bounds(one.value, *_widened(one)) for one in parts]
    shares = np.array([one.value / (2 - one.value) for one in parts])
    changes = (drawn & said) - shares * (drawn | said)
    return mean_of(parts, _correlations(changes))


def _widened(one):
    half = (one.high - one.low) / 2
    return min(one.low, one.value - half), max(one.high, one.value + half)


def _correlations(changes):
    """Return the correlation matrix of columns; a column without variance has no correlations."""
    centered = changes - changes.mean(axis=0)
    norms = np.sqrt((centered**2).sum(axis=0))
    unit = centered / np.where(norms > 0, norms, 1.0)
    found = unit.T @ unit
    np.fill_diagonal(found, 1.0)
    return found


def mean_of(parts, correlations=None):
    """Return the mean of estimates, by the recovery of variances from intervals.

    G. Y. Zou and A. Donner (2008). Construction of confidence limits about effect measures: a
    general approach. Statistics in Medicine 27.

    Parameters
    ----------
    parts : list of Bounds
    correlations : ndarray of shape (n_parts, n_parts), default=None
        None: the estimates are independent.
    """
    correlations = np.eye(len(parts)) if correlations is None else correlations
    value = float(np.mean([one.value for one in parts]))
    below = np.array([one.value - one.low for one in parts])
    above = np.array([one.high - one.value for one in parts])
    down, up = (np.sqrt(max(0.0, d @ correlations @ d)) / len(parts) for d in (below, above))
    return Bounds(value, max(0.0, float(value - down)), min(1.0, float(value + up)))


def count_left(sample, has_class, n_left, confidence):
    """Return how many rows without a label have a class.

    The interval is that of Clopper and Pearson: where no audit row has the class, it still says
    how many rows may have it. The value is the median of what the audit rows allow, by the prior
    of Jeffreys: where none of them has the class, it is not 0, as if all were found.

    Parameters
    ----------
    sample : Sample
    has_class : ndarray of bool of shape (n_labeled,)
    n_left : int
        The number of rows without a label.
    confidence : float

    Returns
    -------
    bounds : Bounds
    """
    f = np.asarray(has_class, float)
    n, gone = sample.n_audit, sample.gone(f)
    share_left = 1 - sample.gone(np.ones_like(f))
    # By chance, fewer rows may have been drawn than were labeled since.
    hits = max(sample.drawn(f), gone) * n
    tail = (1 - confidence) / 2
    low = beta.ppf(tail, hits, n - hits + 1) if hits > 0 else 0.0
    high = beta.ppf(1 - tail, hits + 1, n - hits) if hits < n else 1.0
    if not share_left > 1e-9:
        return Bounds(0.0, 0.0, 0.0 if n_left == 0 else float(n_left))
    middle = beta.ppf(0.5, hits + 0.5, n - hits + 0.5)
    parts = (np.clip((one - gone) / share_left, 0.0, 1.0) for one in (middle, low, high))
    return Bounds(*(float(one * n_left) for one in parts))


def found_of(left, n_found):
    """Return the share of the rows of a class that are labeled, given how many are not."""
    if not n_found:
        return Bounds(0.0, 0.0, 1.0)
    return Bounds(*(n_found / (n_found + n) for n in (left.value, left.high, left.low)))
