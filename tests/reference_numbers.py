"""Slow, obvious versions of what sessions compute from numbers."""

import math
import statistics

from scipy.stats import t as student


def slow_concordance(y1, y2):
    """1 - mean squared difference / that of all pairs: weighted kappa with squared weights."""
    apart = sum((a - b) ** 2 for a, b in zip(y1, y2, strict=True))
    by_chance = sum((a - b) ** 2 for a in y1 for b in y2) / len(y1)
    return 1.0 if apart == 0 else 1 - apart / by_chance


def slow_deviations(residuals):
    """Return modified z-scores."""
    middle = statistics.median(residuals)
    largest = max(map(abs, residuals))
    far = [abs(one - middle) for one in residuals]
    far = [0.0 if one <= 1e-12 * largest else one for one in far]
    scale = 1.4826 * statistics.median(far) or 1.2533 * statistics.fmean(far)
    return [one / scale if scale else 0.0 for one in far]


def slow_left(is_audit, shares, f):
    """Return the mean of f over the rows without a label."""
    drawn = [one for one, is_drawn in zip(f, is_audit, strict=True) if is_drawn]
    gone = sum(share * one for share, one in zip(shares, f, strict=True))
    return (sum(drawn) / len(drawn) - gone) / (1 - sum(shares))


def slow_rmse(is_audit, shares, errors, confidence):
    """Return the root mean squared error and the ends of its interval."""

    def mean(kept):
        return slow_left(kept, shares, [one**2 for one in errors])

    return tuple(map(math.sqrt, _ends(is_audit, mean, confidence)))


def slow_r2(is_audit, shares, y, errors, confidence):
    """Return R^2 and the ends of its interval."""

    def loss(kept):
        mean = slow_left(kept, shares, y)
        spread = slow_left(kept, shares, [(one - mean) ** 2 for one in y])
        return slow_left(kept, shares, [one**2 for one in errors]) / spread

    value, low, high = _ends(is_audit, loss, confidence)
    return 1 - value, 1 - high, 1 - low


def _ends(is_audit, estimate, confidence):
    """Leave out each audit row in turn: the jackknife, on the scale of logarithms."""
    value, logs = estimate(is_audit), []
    for place, is_drawn in enumerate(is_audit):
        if is_drawn:
            kept = [*is_audit[:place], False, *is_audit[place + 1 :]]
            logs.append(math.log(max(estimate(kept), value / 1000)))
    n, middle = len(logs), statistics.fmean(logs)
    second = statistics.fmean([(one - middle) ** 2 for one in logs])
    fourth = statistics.fmean([(one - middle) ** 4 for one in logs])
    n_degrees = 2 * n / (fourth / second**2 - 1 + 2 / (n - 1))
    quantile = student.ppf((1 + confidence) / 2, min(max(n_degrees, 3), n - 1))
    width = quantile * math.sqrt((n - 1) * second)
    return value, value * math.exp(-width), value * math.exp(width)
