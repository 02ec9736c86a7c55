"""Greedy k-center of rows in parts: each part offers its farthest rows, one place chooses.

Every part keeps upper bounds on the distances of its rows to the nearest center, as the search in
one place does. In an exchange each part brings the rows of its largest bounds up to date, and
offers those that are not below the largest bound of all its other rows, which it tells as well.
The farthest row of all offers is the farthest row of all parts while its distance exceeds every
such rest. So several centers are chosen from one exchange, and the answer is the same as in one
place, ties included.
"""

from typing import Any, NamedTuple

import numpy as np

from . import _sizes
from ._as_rows import as_rows
from ._k_center import Rest, largest, nearest_to, pick_from_list
from ._magnified import refuse_tiny
from ._nearest import Nearest
from ._portable import merged, portable, rows_like


def k_center_in_parts(parts, n, labeled=None):
    """Choose rows of a pool in parts as `k_center_greedy` chooses those of a pool in one place.

    Parameters
    ----------
    parts : RowsInParts
        What a pool in partitions gives for its rows.
    n : int
        How many to choose, at most the number of rows.
    labeled : rows, default=None
        Rows that are covered already.

    Returns
    -------
    positions : ndarray of shape (n,), dtype intp
    """
    search = _Search(parts, labeled)
    if labeled is None:
        search.begin_at_mean()
    while len(search.picks) < n and search.exchange(n):
        pass
    picks = np.array(search.picks, dtype=np.intp)
    # All rows left are copies of centers: the lowest positions fill the batch.
    left = np.setdiff1d(np.arange(min(2 * n, len(parts))), picks)
    return parts.positions(np.concatenate([picks, left[: n - len(picks)]]))


class _Message(NamedTuple):
    """What a part has to hear before it offers rows."""

    chosen: Any  # the rows chosen so far, of all parts
    mine: np.ndarray  # the positions of those of this part
    heard: np.ndarray  # the positions of what it offered before,
    bound: np.ndarray  # the bounds of these now,
    met: np.ndarray  # and how many centers they have met
    size: int  # how many rows it may offer


class _Offer(NamedTuple):
    """What a part offers: rows that no other one of its rows comes before."""

    positions: np.ndarray
    bound: np.ndarray
    rows: Any
    rest: Rest  # of all its other rows


class _Search:
    """The place that chooses: the centers so far, and what the parts have not heard yet."""

    def __init__(self, parts, labeled):
        self.parts = parts
        self.labeled = None
        if labeled is not None:
            # In random order, as every row meets a few of them first.
            order = np.random.RandomState(0).permutation(len(labeled))
            self.labeled = portable(labeled.take(order))
        parts.keep(self.labeled)
        self.picks = []
        self.chosen = None
        n_parts = max(1, len(parts.lengths))
        self.size = min(_sizes.LONG_LIST[1], max(_sizes.OFFERED[0], _sizes.OFFERED[1] // n_parts))
        none = np.empty(0, dtype=np.intp)
        self.news = none, np.empty(0), none

    def begin_at_mean(self):
        """Choose the row nearest to the mean, which takes two exchanges."""
        n_parts = len(self.parts.lengths)
        mean = sum(self.parts.step(_total, [None] * n_parts)) / len(self.parts)
        found = self.parts.step(_nearest_to_mean, [mean] * n_parts)
        best = int(np.argmin([sq for sq, _, _ in found]))  # the first part on ties
        _, position, row = found[best]
        self._take([self.parts.starts[best] + position], row)

    def exchange(self, n):
        """Choose what one exchange decides; False once all rows are copies of centers."""
        offers = self.parts.step(_offer, self._messages())
        starts = self.parts.starts
        rests = [
            Rest(offer.rest.bound, start + offer.rest.position)
            for start, offer in zip(starts, offers, strict=True)
        ]
        rest = max(rests, key=Rest.key)
        bound = np.concatenate([offer.bound for offer in offers])
        if not len(bound):
            return False
        positions = [start + o.positions for start, o in zip(starts, offers, strict=True)]
        rows = as_rows(merged([offer.rows for offer in offers if len(offer.bound)]))
        self._choose(rows, np.concatenate(positions), bound, rest, n)
        return True

    def _choose(self, rows, positions, bound, rest, n):
        known = [one for one in (self.labeled, self.chosen) if one is not None]
        centers = rows_like(merged(known), rows)
        met = np.full(len(rows), len(centers), dtype=np.intp)
        nearest = Nearest(rows, centers, bound, met)
        nearest.focus(nearest.top()[0])
        rest = Rest(rest.bound, np.searchsorted(positions, rest.position) - 0.5)
        picks, _ = pick_from_list(nearest, n - len(self.picks), rest)
        self.news = positions, nearest.bound, nearest.met
        if picks:
            self._take(positions[picks], portable(rows.take(picks)))

    def _take(self, positions, rows):
        self.picks += [int(position) for position in positions]
        self.chosen = rows if self.chosen is None else merged([self.chosen, rows])

    def _messages(self):
        picks, (heard, bound, met) = np.array(self.picks, dtype=np.intp), self.news
        messages = []
        for start, length in zip(self.parts.starts, self.parts.lengths, strict=True):
            mine = picks[(picks >= start) & (picks < start + length)] - start
            here = (heard >= start) & (heard < start + length)
            offered = heard[here] - start, bound[here], met[here]
            messages.append(_Message(self.chosen, mine, *offered, self.size))
        return messages


def _total(rows, state, message, labeled):
    rows = as_rows(rows.all(), "embedding")
    if not hasattr(rows, "total"):
        raise ValueError(
            "embedding must give dense or sparse rows where the pool is in partitions and no "
            "sample is labeled, because the first pick is the sample nearest to the mean. Label "
            "a sample first."
        )
    return None, rows.total()


def _nearest_to_mean(rows, state, mean, labeled):
    rows = as_rows(rows.all(), "embedding")
    position, sq = nearest_to(rows, rows.with_array(mean[None]))
    return None, (sq, position, portable(rows.take([position])))


def _offer(rows, state, message, labeled):
    """Bring the rows of the largest bounds up to date, and offer those that may be the next."""
    rows = as_rows(rows.all(), "embedding")
    labeled, chosen = rows_like(labeled, rows), rows_like(message.chosen, rows)
    if state is None:
        refuse_tiny(rows, "embedding")
        nearest = Nearest(rows, chosen if labeled is None else labeled)
        nearest.lower_all(min(_sizes.BLOCK, len(nearest.centers)))
    else:
        bound, met = state
        nearest = Nearest(rows, labeled, bound.copy(), met.astype(np.intp))
    if chosen is not None:
        nearest.centers = chosen if labeled is None else labeled.append(chosen)
    nearest.bound[message.heard], nearest.met[message.heard] = message.bound, message.met
    nearest.bound[message.mine] = -1
    listed, rest = _listed(nearest, message.size)
    rows = portable(nearest.rows.take(listed)) if len(listed) else None
    state = nearest.bound, nearest.met.astype(np.int32)
    return state, _Offer(listed, nearest.bound[listed], rows, rest)


def _listed(nearest, size):
    """Return the rows that are up to date and not below the rest, and the rest."""
    while True:
        listed, rest = largest(nearest.bound, size)
        if not len(listed) or nearest.top()[0] <= 0:
            return listed[:0], Rest(-1.0, np.inf)
        nearest.focus(nearest.top()[0])
        nearest.lower(listed, rest.bound)
        bound = nearest.bound[listed]
        stays = listed[(bound >= rest.bound) & (bound > 0)]
        if len(stays):
            return stays, rest
