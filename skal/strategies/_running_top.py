"""Selection of the samples with the largest scores where scores come block by block."""

import numpy as np

from .._base import draw_seed, reached_by
from ._selection import Selection
from ._top import finite_range, step_between, top_by_step

_COARSEST = 1e-5  # the resolution of scores in single precision
_SPARE = 4  # the largest magnitude may grow so much until rows left out could matter


class RunningTop:
    """Keep those scores that may be among the `n` largest of all, and no others.

    How far scores are rounded depends on the largest magnitude of all, which is known in the end.
    So scores are kept that are a few steps below the `n`-th largest one so far.

    Parameters
    ----------
    n : int
        How many samples will be chosen.
    """

    def __init__(self, n):
        self.n = n
        self.positions, self.scores = np.empty(0, dtype=np.intp), np.empty(0)
        self.low, self.high = np.inf, -np.inf
        self.left_out = -np.inf  # the largest score that was not kept
        self._floor = -np.inf  # what lies below it is not kept
        self._new, self._n_new = [], 0

    def add(self, start, scores):
        """Look at the checked scores of a block, whose first sample is at `start`."""
        low, high = finite_range(scores)
        self.low, self.high = min(self.low, low), max(self.high, high)
        self._raise_floor(scores)
        found = self._kept(scores)
        self._new.append((start + found, scores[found]))
        self._n_new += len(found)
        # Where many scores are equal many are kept, and are not copied with every block.
        if self._n_new > max(self.n, len(self.scores)):
            self._merge()

    def _merge(self):
        """Join what was found, and keep of it what may still be among the largest."""
        positions, scores = zip((self.positions, self.scores), *self._new, strict=True)
        self.positions, self.scores = np.concatenate(positions), np.concatenate(scores)
        self._new, self._n_new = [], 0
        self._raise_floor(self.scores)
        stays = self._kept(self.scores)
        self.positions, self.scores = self.positions[stays], self.scores[stays]

    def _raise_floor(self, scores):
        """Set the floor by the `n`-th largest of some of the scores."""
        if len(scores) < self.n:
            return
        least = reached_by(scores, self.n)
        least = np.partition(scores, -self.n)[-self.n] if least == -np.inf else least
        slack = _SPARE * step_between(self.low, self.high, _COARSEST)
        self._floor = max(self._floor, float(least) - slack)

    def _kept(self, scores):
        """Return the places of the scores that are not below the floor."""
        stays = scores >= self._floor
        self.left_out = max(self.left_out, scores.max(where=~stays, initial=-np.inf))
        return np.flatnonzero(stays)

    def best(self, pool):
        """Return the `Selection` of the `n` largest scores of all, ties in random order.

        None is returned where a score that was not kept may be among them, because larger
        magnitudes came later.
        """
        self._merge()
        step = step_between(self.low, self.high, pool.resolution)
        least = np.partition(self.scores, -self.n)[-self.n]
        # Less than a step apart, scores may be rounded to the same multiple.
        if np.isfinite(self.left_out) and self.left_out >= least - step:
            return None
        key = draw_seed(pool.random_state)
        chosen = top_by_step(self.scores, self.n, key, step, lambda places: self.positions[places])
        return Selection(self.positions[chosen], self.scores[chosen])
