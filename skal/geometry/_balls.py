"""Balls of a radius around rows: how many rows lie in each, and the most rows in few balls."""

import numpy as np

from .._base import chunks_of
from . import _sizes
from ._nearest import nearest_sq_distances


def balls_of_most(rows, n, radius, labeled=None):
    """Yield, for up to `n` picks, the row whose ball holds the most rows that no ball holds yet.

    The number of uncovered rows in each ball (its degree) is counted once. Once rows are covered,
    only their own neighbors lose them: each row is looked at twice at most, and no graph of all
    pairs within the radius is kept, which a large radius would make as large as all pairs.

    Parameters
    ----------
    rows : rows
    n : int
        The largest number of picks.
    radius : float
        At least 0. Balls are closed: a row at this distance is in.
    labeled : rows, default=None
        Rows whose balls are covered from the start.

    Yields
    ------
    degrees : ndarray of int of shape (n_samples,)
        The degree of each row. The caller sends back the position that was chosen.
    """
    rows = rows.to_double()
    uncovered = np.ones(len(rows), dtype=bool)
    if labeled is not None:
        uncovered = np.sqrt(nearest_sq_distances(rows, labeled)) > radius
    degrees = count_within(rows, rows.take(np.flatnonzero(uncovered)), radius)
    for _ in range(n):
        chosen = yield degrees
        in_ball = members_of_ball(rows, chosen, radius)
        new = in_ball[uncovered[in_ball]]
        uncovered[new] = False
        if len(new):
            degrees = degrees - count_within(rows, rows.take(new), radius)


def members_of_ball(rows, center, radius):
    """Return the positions of the rows within the radius of one of them."""
    return np.flatnonzero(_within(rows, rows.take([center]), radius)[:, 0])


def count_within(rows, others, radius):
    """Return how many of the others lie within the radius of each row."""
    counts = np.zeros(len(rows), dtype=np.intp)
    for part in chunks_of(len(rows), _sizes.PAIRS):
        block = rows.take(part)
        for j in chunks_of(len(others), _sizes.PAIRS):
            inside = _within(block, others.take(j), radius)
            counts[part] += np.count_nonzero(inside, axis=1)
    return counts


def _within(block, others, radius):
    """Return whether each row is in the closed ball of each other, decided by differences."""
    sq = block.block_sq_distances(others)
    limit = radius**2 if radius < 1e150 else np.inf
    slack = 2 * (block.slack.max() + others.slack.max())
    # What round-off cannot tell from 0 is a copy, and is in every ball.
    i, j = np.nonzero((sq > limit - slack) & (sq <= limit + slack) & (sq > slack))
    inside = sq <= max(limit, slack)
    if len(i):
        inside[i, j] = np.sqrt(block.pair_sq_distances(i, others, j)) <= radius
    return inside


def radius_of_purity(rows, labels, purity):
    """Return the largest radius at which so large a share of balls has rows of one label only.

    A ball is pure as long as it ends before the nearest row of another label. So the radius is the
    largest number below a quantile of these distances.
    """
    sq = np.full(len(rows), np.inf)
    for label in np.unique(labels):
        inside, outside = np.flatnonzero(labels == label), np.flatnonzero(labels != label)
        if len(outside):
            sq[inside] = nearest_sq_distances(rows.take(inside), rows.take(outside))
    n_pure = int(np.ceil(purity * len(rows) - 1e-9))
    return float(np.nextafter(np.sqrt(np.sort(sq)[len(rows) - n_pure]), 0))
