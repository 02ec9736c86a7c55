"""k-means++ seeding of rows in parts: parts draw candidates, one place keeps or refuses them.

A candidate that is drawn in proportion to an upper bound, and kept with the probability (squared
distance now) / bound, follows the D^2 law whatever the bounds. The place that chooses knows the
sum of the bounds of each part, so it divides the next candidates among the parts by a multinomial
draw, and each part draws its own. Candidates are used in random order, each once, so the law is
exact.

The first bounds follow from norms alone, |x - c| <= |x| + |c|, and cost no further pass over the
rows. Bounds are brought up to date only where too few candidates are kept. To draw, a part makes
no rows but those that are drawn.
"""

from typing import Any, NamedTuple

import numpy as np

from .._base import derive_seed, draw_seed
from . import _sizes
from ._as_rows import as_rows
from ._magnified import refuse_tiny
from ._nearest import Nearest, exact_nearest
from ._portable import merged, portable, rows_like
from ._seeding import RunningSums, keep, largest_norm, true_sq_norms

_USUAL_RATE = 0.25  # expected share of candidates kept
_LOW_RATE = 0.02  # below this share, candidates cost more than bounds that are up to date
_ABOVE = 1 + 1e-6  # so that a bound by norms stays above the squared distance when rounded


def seeds_in_parts(parts, n, init, generator):
    """Draw rows of a pool in parts by the law of `kmeans_plusplus`.

    Parameters
    ----------
    parts : RowsInParts
        What a pool in partitions gives for its rows.
    n : int
        How many to draw, at most the number of rows.
    init : {"norm", "uniform"}
        The first center.
    generator : RandomState

    Returns
    -------
    positions : ndarray of shape (n,), dtype intp
    """
    parts.keep(None)
    search = _Search(parts, generator)
    search.begin(init)
    while len(search.picks) < n and search.exchange(n):
        pass
    return parts.positions(_filled(search.picks, n, len(parts), generator))


def _filled(picks, n, n_rows, generator):
    """Return the picks and random rows among all others, which are copies of centers then."""
    picks = np.array(picks, dtype=np.intp)
    if len(picks) < n:
        left = np.setdiff1d(np.arange(n_rows), picks)
        picks = np.concatenate([picks, generator.permutation(left)[: n - len(picks)]])
    return picks


class _Message(NamedTuple):
    """What a part has to hear before it draws, or brings its bounds up to date."""

    n_draws: int
    seed: int
    first_norm: float  # the length of the first center
    chosen: Any = None  # the rows chosen so far of all parts, where bounds are brought up to date
    mine: Any = None  # the positions of those of this part


class _First(NamedTuple):
    """What a part says before the first center is chosen."""

    sq_norm: float  # by which parts compete for the first center
    slack: float
    position: int
    row: Any
    own_sq_norm: float
    total: float  # the sum of squared norms
    lengths: float  # the sum of norms


class _Draws(NamedTuple):
    """What a part has drawn in proportion to its bounds."""

    positions: np.ndarray
    bound: np.ndarray
    rows: Any


class _Search:
    """The place that chooses: the centers so far, and the sums of the bounds of the parts."""

    def __init__(self, parts, generator):
        self.parts = parts
        self.generator = generator
        self.seed = draw_seed(generator)
        self.picks, self.chosen = [], None
        self.first_norm = 0.0
        self.totals = np.zeros(len(parts.lengths))
        self.n_met = 0  # how many centers the bounds behind these sums know; at first only norms
        self.rate = _USUAL_RATE  # the share of candidates that were kept
        self.n_exchanges = 0

    def begin(self, init):
        """Choose the first center."""
        place = self.generator.randint(len(self.parts)) if init == "uniform" else None
        starts, lengths = self.parts.starts, self.parts.lengths
        wanted = [
            None if place is None else (place - start if start <= place < start + length else -1)
            for start, length in zip(starts, lengths, strict=True)
        ]
        found = self.parts.step(_first, wanted)
        norms = np.array([one.sq_norm for one in found])
        # The first of those that are equal up to round-off, as in one place.
        best = int(np.argmax(norms >= norms.max() - found[norms.argmax()].slack))
        self._take([starts[best] + found[best].position], found[best].row)
        self.first_norm = float(np.sqrt(found[best].own_sq_norm))
        self.totals = np.array(
            [
                _ABOVE * (one.total + 2 * self.first_norm * one.lengths + n * self.first_norm**2)
                for one, n in zip(found, lengths, strict=True)
            ]
        )

    def exchange(self, n):
        """Draw and keep candidates, or bring bounds up to date; False if only copies are left."""
        self.n_exchanges += 1
        if self.rate < _LOW_RATE and self.n_met < len(self.picks):
            self.n_met, self.rate = len(self.picks), _USUAL_RATE
            self.totals = np.array(self.parts.step(_lower, self._messages(None)))
            return bool(self.totals.sum() > 0)
        if not self.totals.sum() > 0:
            return False
        least, most = _sizes.DRAWN
        wanted = 2 * (n - len(self.picks)) / max(self.rate, _LOW_RATE) + 16
        counts = self.generator.multinomial(
            int(np.clip(wanted, least, most)), self.totals / self.totals.sum()
        )
        answers = self.parts.step(_draw, self._messages(counts.tolist()))
        drawn = zip(self.parts.starts, answers, strict=True)
        self._use([(start, one) for start, one in drawn if len(one.positions)], n)
        return True

    def _use(self, drawn, n):
        positions = np.concatenate([start + one.positions for start, one in drawn])
        bound = np.concatenate([one.bound for _, one in drawn])
        order = self.generator.permutation(len(positions))
        rows = as_rows(merged([one.rows for _, one in drawn])).take(order)
        n_before = len(self.picks)
        n_used = self._keep(rows, positions[order], bound[order], n)
        self.rate = (len(self.picks) - n_before) / n_used

    def _keep(self, rows, positions, bound, n):
        thresholds = self.generator.random_sample(len(rows)) * bound
        for start in range(0, len(rows), _sizes.DRAWS[1]):
            part = slice(start, start + _sizes.DRAWS[1])
            block = rows.take(part)
            sq = exact_nearest(block, rows_like(self.chosen, block))
            maybe = np.flatnonzero(thresholds[part] < sq)
            kept = keep(block.take(maybe), sq[maybe], thresholds[part][maybe], n - len(self.picks))
            if len(kept):
                kept = maybe[kept]
                self._take(positions[part][kept], portable(block.take(kept)))
            if len(self.picks) == n:
                break
        return start + len(block)

    def _take(self, positions, rows):
        self.picks += [int(position) for position in positions]
        self.chosen = rows if self.chosen is None else merged([self.chosen, rows])

    def _messages(self, counts):
        """Return messages to draw so many candidates, or to bring bounds up to date for None."""
        picks, messages = np.array(self.picks, dtype=np.intp), []
        for i, start in enumerate(self.parts.starts):
            if counts is not None:
                seed = derive_seed(self.seed, self.n_exchanges, i)
                messages.append(_Message(counts[i], seed, self.first_norm))
                continue
            mine = picks[(picks >= start) & (picks < start + self.parts.lengths[i])] - start
            messages.append(_Message(0, 0, self.first_norm, self.chosen, mine))
        return messages


def _first(rows, state, wanted, kept):
    """Return the row of the largest norm, or the wanted one, and sums of the norms of all."""
    rows = as_rows(rows.all(), "embedding")
    refuse_tiny(rows, "embedding")
    sq_norms = true_sq_norms(rows)
    position, sq_norm = largest_norm(rows) if wanted is None else (max(wanted, 0), wanted >= 0)
    slack = rows.slack_of(sq_norm) if wanted is None else 0.0
    row = portable(rows.take([position]))
    own = float(sq_norms[position])
    sums = float(sq_norms.sum()), float(np.sqrt(sq_norms).sum())
    return (sq_norms, 0), _First(float(sq_norm), float(slack), position, row, own, *sums)


def _draw(rows, state, message, kept):
    """Draw in proportion to the bounds."""
    bound = _bound(state, message.first_norm)
    drawn = _drawn(bound, message.n_draws, message.seed)
    block = portable(as_rows(rows.take(drawn), "embedding")) if len(drawn) else None
    return state, _Draws(drawn, bound[drawn], block)


def _lower(rows, state, message, kept):
    """Bring all bounds up to date, and return their sum."""
    rows = as_rows(rows.all(), "embedding")
    chosen = rows_like(message.chosen, rows)
    n_met = state[1]
    bound = None if n_met == 0 else state[0].copy()
    nearest = Nearest(rows, chosen, bound, np.full(len(rows), n_met, dtype=np.int32))
    nearest.bound[message.mine] = -1
    if bound is not None:
        nearest.focus(np.median(bound))
    nearest.lower_all(len(chosen))
    nearest.bound[message.mine] = -1
    total = float(np.maximum(nearest.bound, 0).sum())
    return (nearest.bound, len(chosen)), total


def _bound(state, first_norm):
    """Return the upper bounds of a state; at first those that follow from norms."""
    values, n_met = state
    return values if n_met else _ABOVE * (np.sqrt(values) + first_norm) ** 2


def _drawn(bound, n_draws, seed):
    """Return positions drawn in proportion to their bounds, with replacement."""
    if not n_draws:
        return np.empty(0, dtype=np.intp)
    return RunningSums(bound).draw(n_draws, np.random.RandomState(seed))
