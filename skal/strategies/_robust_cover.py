"""Robust k-center: cover all rows but some outliers within a small radius.

A batch found greedily is improved, for pools of moderate size, by covering with disks and by
mixed-integer programs.
"""

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp

from ..geometry import as_rows, k_center_greedy, nearest_sq_distances, sq_distances

LARGEST_COVER = 2000  # rows for which all distances are held, and disks are tried
LARGEST_PROGRAM = 50_000  # pairs within the radius, both ways, for the mixed-integer program
SECONDS = 10  # for one mixed-integer program
LISTED = 1024  # rows beyond the outliers that compete to be the next pick


def robust_k_center(X, n, n_outliers, labeled=None):
    """Choose rows that cover all rows but some outliers within a small radius.

    See the notes of :class:`~skal.strategies.CoreSet` for how.

    Parameters
    ----------
    X : rows of shape (n_samples, n_dims)
        The rows to choose from, of any kind that :mod:`skal.geometry` knows.
    n : int
        How many to choose.
    n_outliers : int
        How many rows may stay uncovered.
    labeled : rows of the same kind, default=None
        Rows that are covered already.

    Returns
    -------
    positions : ndarray of shape (n,), dtype intp
        Distinct positions in X, farthest first.
    """
    rows = as_rows(X)
    labeled = None if labeled is None else as_rows(labeled, "labeled", like=rows)
    batches = [
        farthest_but_outliers(rows, n, n_outliers, labeled),
        k_center_greedy(rows, n, labeled=labeled),
    ]
    sq_radii = [
        sq_radius(_gaps(rows, _joined(labeled, rows.take(batch))), n_outliers) for batch in batches
    ]
    batch = batches[int(np.argmin(sq_radii))]
    if len(rows) <= LARGEST_COVER and min(sq_radii) > 0:
        # Many batches have the same radius: the order of rows must not decide between them.
        order = k_center_greedy(rows, len(rows), labeled=labeled)
        cover = Cover(rows.take(order), n, n_outliers, labeled)
        batch = order[cover.improve(np.argsort(order)[batch])]
    return batch[k_center_greedy(rows.take(batch), n, labeled=labeled)]


def sq_radius(gaps, n_outliers):
    """Return the largest squared distance but for the `n_outliers` largest."""
    rank = len(gaps) - 1 - n_outliers
    return np.partition(gaps, rank)[rank] if rank >= 0 else 0.0


def _gaps(rows, centers):
    """Return squared distances to the nearest center, infinite without centers."""
    if centers is None:
        return np.full(len(rows), np.inf)
    return nearest_sq_distances(rows, centers)


def _joined(labeled, rows):
    return rows if labeled is None else labeled.append(rows)


def farthest_but_outliers(rows, n, n_outliers, labeled=None):
    """Choose rows in turn, each with `n_outliers` rows farther from all centers than itself.

    Distances only shrink, so the next pick is among the rows with the largest known distances.
    Only these are kept up to date, as long as the pick is farther than all others are known to be.
    """
    gaps, picks = _gaps(rows, labeled), np.empty(0, dtype=np.intp)
    if labeled is None:
        picks = k_center_greedy(rows, 1)
        gaps = _gaps(rows, rows.take(picks))
        gaps[picks] = -1
    while len(picks) < n:
        order = np.argsort(-gaps, kind="stable")
        listed = np.sort(order[: n_outliers + LISTED])
        floor = gaps[order[len(listed)]] if len(listed) < len(rows) else -1
        new = listed[
            _from_list(rows.take(listed), gaps[listed], n - len(picks), n_outliers, floor)
        ]
        picks = np.concatenate([picks, new])
        gaps = np.minimum(gaps, _gaps(rows, rows.take(new)))
        gaps[new] = -1
    return picks


def _from_list(rows, gaps, n, n_outliers, floor):
    """Return picks among a few rows, at least one, while their distances are not below `floor`."""
    picks = []
    while len(picks) < n:
        sq = sq_radius(gaps, n_outliers)
        if picks and sq < floor:
            break
        # Once every other row is covered, the only rows left to cover are outliers.
        picks.append(int(np.flatnonzero(gaps == sq)[0] if sq > 0 else gaps.argmax()))
        gaps = np.minimum(gaps, _gaps(rows, rows.take(picks[-1:])))
        gaps[picks[-1]] = -1
    return picks


class Cover:
    """Cover all rows but some outliers with disks around `n` of them.

    Attributes
    ----------
    sq : ndarray of shape (n_samples, n_samples)
        Squared distances.
    gaps : ndarray of shape (n_samples,)
        Squared distances to the nearest labeled row.
    radii : ndarray
        All squared distances that may be the radius, in order.
    """

    def __init__(self, rows, n, n_outliers, labeled):
        self.rows, self.n, self.n_outliers, self.labeled = rows, n, n_outliers, labeled
        self.sq = all_sq_distances(rows)
        self.gaps = _gaps(rows, labeled)
        self.radii = np.unique(np.concatenate([self.sq.ravel(), self.gaps[self.gaps < np.inf]]))

    def improve(self, batch):
        """Return a batch of the least radius found, no larger than that of `batch`."""
        # Reach 9 guarantees three times the optimum. Reach 1 mostly finds a smaller radius.
        found = [batch, self.by_disks(9), self.by_disks(1)]
        batch = min(found, key=self.sq_radius_of)
        if np.count_nonzero(self.sq <= self.sq_radius_of(batch)) <= LARGEST_PROGRAM:
            batch = self.by_programs(batch)
        return self._filled(batch)

    def sq_radius_of(self, batch):
        """Return the squared radius within which a batch covers all rows but the outliers."""
        nearest = np.minimum(self.gaps, self.sq[:, batch].min(axis=1, initial=np.inf))
        return sq_radius(nearest, self.n_outliers)

    def by_disks(self, reach):
        """Return the batch for the least radius at which disks leave few enough rows uncovered.

        Each disk is chosen for the rows within the radius and removes the rows within
        ``sqrt(reach)`` radii. With a reach of 9, every radius at which that fails is below the
        optimum (Charikar et al., 2001).
        """
        low, high = 0, len(self.radii) - 1  # at the largest radius one disk covers all rows
        while low < high:
            middle = (low + high) // 2
            if self._disks(self.radii[middle], reach)[1] <= self.n_outliers:
                high = middle
            else:
                low = middle + 1
        return self._disks(self.radii[high], reach)[0]

    def _disks(self, sq_radius, reach):
        """Return picks that each cover the most, and how many rows are left uncovered."""
        near, removed = self.sq <= sq_radius, self.sq <= reach * sq_radius
        left = self.gaps > sq_radius
        counts, picks = near[:, left].sum(axis=1), []
        while left.any() and len(picks) < self.n:
            picks.append(int(counts.argmax()))
            gone = left & removed[picks[-1]]
            counts -= near[:, gone].sum(axis=1)
            left &= ~gone
        return np.array(picks, dtype=np.intp), np.count_nonzero(left)

    def by_programs(self, batch):
        """Return a batch of the least possible radius, or the best one before the time is up."""
        low, high = 0, self._rank(batch)
        while low < high:
            middle = (low + high) // 2
            found, in_time = self.program(self.radii[middle])
            if not in_time:
                break
            if found is None:
                low = middle + 1
            else:
                batch, high = found, self._rank(found)
        return batch

    def _rank(self, batch):
        return int(np.searchsorted(self.radii, self.sq_radius_of(batch)))

    def program(self, sq_radius):
        """Solve the covering program, equation 6 of Sener and Savarese.

        Let u_j = 1 for the chosen rows and x_i = 1 for outliers. For every row i that no labeled
        row covers, x_i plus the sum of u_j over the rows j within the radius of row i is at
        least 1. The sum of all u_j is at most `n`, the sum of all x_i at most `n_outliers`. Once
        u is integral so is the best x, so x may be continuous; variables that assign rows to
        centers are not needed.

        Returns
        -------
        batch : ndarray or None
            None where no batch covers the rows, or where none was found in time.
        in_time : bool
            Whether the answer is certain.
        """
        left = np.flatnonzero(self.gaps > sq_radius)
        n_rows, n_left = len(self.sq), len(left)
        covers = sp.csr_matrix(self.sq[left] <= sq_radius, dtype=np.float64)
        sums = sp.block_diag([np.ones((1, n_rows)), np.ones((1, n_left))], format="csr")
        answer = milp(
            np.zeros(n_rows + n_left),
            integrality=np.repeat([1, 0], [n_rows, n_left]),
            bounds=Bounds(0, 1),
            constraints=[
                LinearConstraint(sp.hstack([covers, sp.eye(n_left)], format="csr"), 1, np.inf),
                LinearConstraint(sums, 0, [self.n, self.n_outliers]),
            ],
            options={"time_limit": SECONDS},
        )
        if answer.x is None:
            return None, answer.status == 2
        batch = np.flatnonzero(answer.x[:n_rows] > 0.5)
        # The solver keeps to the constraints within a tolerance only, so check its answer.
        return batch, len(batch) <= self.n and self.sq_radius_of(batch) <= sq_radius

    def _filled(self, batch):
        """Return `n` rows: a batch that may be smaller, and the rows farthest from it."""
        if len(batch) == self.n:
            return batch
        rest = np.setdiff1d(np.arange(len(self.sq)), batch)
        centers = _joined(self.labeled, self.rows.take(batch))
        more = k_center_greedy(self.rows.take(rest), self.n - len(batch), labeled=centers)
        return np.concatenate([batch, rest[more]])


def all_sq_distances(rows):
    """Return the squared distances between all rows, and 0 between rows that may be copies."""
    rows = rows.to_double()
    sq = np.concatenate([part for _, part in sq_distances(rows, rows)])
    sq = (sq + sq.T) / 2  # products of a matrix with itself may be asymmetric in the last digit
    # Round-off leaves copies a little apart, and would make one radius into many.
    sq[sq <= rows.slack[:, None] + rows.slack] = 0
    return sq
