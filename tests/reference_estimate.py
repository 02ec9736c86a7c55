"""Slow, obvious versions of what estimates are made of."""

import numpy as np
from scipy.stats import binom, norm


class SlowDraws:
    """Keep, for each audit row, the set of all rows that it was drawn from."""

    def __init__(self, n_rows):
        self.free = set(range(n_rows))
        self.drawn = []

    def draw(self, row):
        self.drawn.append((row, self.free - {earlier for earlier, _ in self.drawn}))
        self.free.discard(row)

    def mean_shares(self, labeled, skipped, counted):
        """Return the mean share of each labeled row in the rows of the draws in `counted`."""
        answered = [
            (row, among - set(skipped))
            for number, (row, among) in enumerate(self.drawn)
            if row in labeled and number in counted
        ]
        shares = np.zeros(len(labeled))
        for place, row in enumerate(labeled):
            for _, among in answered:
                if row in among:
                    shares[place] += 1 / len(among) / len(answered)
        return [row in [one for one, _ in answered] for row in labeled], shares


def slow_share(is_audit, shares, successes, relevant, confidence):
    """Try all values of a grid, and keep those that Wilson's test does not reject."""
    a, b = successes.astype(float), relevant.astype(float)
    n, quantile = is_audit.sum(), norm.ppf((1 + confidence) / 2)
    mean_a, mean_b = a[is_audit].sum() / n, b[is_audit].sum() / n
    gone_a = sum(c * x for c, x in zip(shares, a, strict=True))
    gone_b = sum(c * x for c, x in zip(shares, b, strict=True))
    left = mean_b - gone_b
    won = min(max(mean_a - gone_a, 0), left)
    kept = []
    for value in np.linspace(0, 1, 2001):
        p = min(max((value * left + gone_a) / mean_b, 0), 1)
        # Three kinds of rows: successes, other relevant rows, and the rest.
        chances = np.array([mean_b * p, mean_b * (1 - p), 1 - mean_b])
        z = np.array([1 - value, -value, 0])
        variance = (chances @ z**2 - (chances @ z) ** 2) / n
        if abs(won - value * left) <= quantile * np.sqrt(max(variance, 0)) + 1e-12:
            kept.append(value)
    return won / left, min(kept, default=won / left), max(kept, default=won / left)


def slow_count(hits, n, n_left, confidence):
    """Return the values of n_left * p, on a grid, that a binomial test does not reject."""
    grid, tail = np.linspace(0, 1, 2001), (1 - confidence) / 2
    kept = grid[(binom.sf(hits - 1, n, grid) >= tail) & (binom.cdf(hits, n, grid) >= tail)]
    # Jeffreys' prior and the likelihood, on a grid without the ends, where the prior is infinite.
    inner = (grid[1:] + grid[:-1]) / 2
    posterior = binom.pmf(hits, n, inner) / np.sqrt(inner * (1 - inner))
    middle = inner[np.searchsorted(np.cumsum(posterior), posterior.sum() / 2)]
    return n_left * middle, n_left * kept[0], n_left * kept[-1]


def slow_effect(successes, relevant):
    """Return the design effect of rows that hold several labels, one row after the other."""
    rows = list(zip(successes, relevant, strict=True))
    total, won = sum(b for _, b in rows), sum(a for a, _ in rows)
    largest, share = sum(b * b for _, b in rows) / total, won / total
    n_both = min(sum(a > 0 for a, _ in rows), sum(a < b for a, b in rows))
    if n_both == 0 or largest == 1:
        return largest
    apart = sum((a - share * b) ** 2 for a, b in rows)
    found = apart / (total * share * (1 - share))
    return min(max((n_both * found + 5 * largest) / (n_both + 5), 1), largest)


def slow_ratio(is_audit, shares, successes, relevant, confidence):
    """Try all values of a grid, as `slow_share` does, for counts of labels in rows."""
    drawn = [i for i, is_drawn in enumerate(is_audit) if is_drawn]
    a, b = [float(successes[i]) for i in drawn], [float(relevant[i]) for i in drawn]
    n, quantile = len(drawn), norm.ppf((1 + confidence) / 2)
    gone_a = sum(c * x for c, x in zip(shares, successes, strict=True))
    gone_b = sum(c * x for c, x in zip(shares, relevant, strict=True))
    left = sum(b) / n - gone_b
    won = min(max(sum(a) / n - gone_a, 0), left)
    kept = []
    for value in np.linspace(0, 1, 2001):
        p = min(max((value * left + gone_a) / (sum(b) / n), 0), 1)
        # Of a row with b labels, p b are expected to succeed, and value b are claimed to.
        inside = slow_effect(a, b) * p * (1 - p) * sum(b) / n
        between = np.var([one * (p - value) for one in b])
        if abs(won - value * left) <= quantile * np.sqrt((inside + between) / n) + 1e-12:
            kept.append(value)
    return won / left, min(kept, default=won / left), max(kept, default=won / left)
