"""Robust k-center: cover all rows except for some outliers within a small radius.

A batch is found greedily and, for pools of moderate size, improved by covering with disks and by
mixed-integer programs.
"""

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp

from ..geometry import as_rows, k_center_greedy, magnified, nearest_sq_distances, sq_distances

# Largest number of rows for which a matrix of all distances is computed, and disks are tried.
LARGEST_COVER = 2000

# Largest number of pairs within the radius, each counted twice, for mixed-integer programs.
LARGEST_PROGRAM = 50_000

# Time limit of one mixed-integer program in seconds.
TIME_LIMIT = 10

# Number of rows, in addition to the outliers, among which the next picks are looked for.
N_LISTED = 1024


def robust_k_center(X, n, n_outliers, labeled=None):
    """Choose rows that cover all rows except for some outliers within a small radius.

    The notes of :class:`~skal.strategies.CoreSet` describe the steps.

    Parameters
    ----------
    X : rows of shape (n_samples, n_dims)
        The rows to choose from, of any kind that :mod:`skal.geometry` accepts.
    n : int
        Number of rows to choose.
    n_outliers : int
        Number of rows that may stay uncovered.
    labeled : rows of the same kind, default=None
        Rows that are covered already.

    Returns
    -------
    positions : ndarray of shape (n,), dtype intp
        Distinct positions in X, farthest first.
    """
    rows = as_rows(X)
    labeled = None if labeled is None else as_rows(labeled, "labeled", like=rows)
    rows, labeled = magnified(rows, labeled)
    batches = [
        robust_farthest_first(rows, n, n_outliers, labeled),
        k_center_greedy(rows, n, labeled=labeled),
    ]
    sq_radii = [
        sq_radius(_gaps(rows, _joined(labeled, rows.take(batch))), n_outliers) for batch in batches
    ]
    batch = batches[int(np.argmin(sq_radii))]
    if len(rows) <= LARGEST_COVER and min(sq_radii) > 0:
        # Many batches have the same radius. Rows are sorted, so that the order in which they come
        # does not decide between these batches.
        order = k_center_greedy(rows, len(rows), labeled=labeled)
        cover = Cover(rows.take(order), n, n_outliers, labeled)
        batch = order[cover.improve(np.argsort(order)[batch])]
    return batch[k_center_greedy(rows.take(batch), n, labeled=labeled)]


def sq_radius(gaps, n_outliers):
    """Return the largest squared distance after the `n_outliers` largest ones are left out."""
    rank = len(gaps) - 1 - n_outliers
    return np.partition(gaps, rank)[rank] if rank >= 0 else 0.0


def _gaps(rows, centers):
    """Return squared distances to the nearest center, infinite if there are no centers."""
    if centers is None:
        return np.full(len(rows), np.inf)
    return nearest_sq_distances(rows, centers)


def _joined(labeled, rows):
    return rows if labeled is None else labeled.append(rows)


def robust_farthest_first(rows, n, n_outliers, labeled=None):
    """Choose rows in turn, each with `n_outliers` rows farther from all centers than itself.

    Distances to the nearest center only shrink with every pick. The next pick is therefore looked
    for in a list of the rows with the largest known distances. Only the distances of these rows
    are updated, until a pick would be nearer than the rows outside the list may be.
    """
    gaps, picks = _gaps(rows, labeled), np.empty(0, dtype=np.intp)
    if labeled is None:
        picks = k_center_greedy(rows, 1)
        gaps = _gaps(rows, rows.take(picks))
        gaps[picks] = -1  # below all distances, those of copies of the pick included
    while len(picks) < n:
        order = np.argsort(-gaps, kind="stable")
        listed = np.sort(order[: n_outliers + N_LISTED])
        floor = gaps[order[len(listed)]] if len(listed) < len(rows) else -1
        new = listed[
            _picks_from_list(rows.take(listed), gaps[listed], n - len(picks), n_outliers, floor)
        ]
        picks = np.concatenate([picks, new])
        gaps = np.minimum(gaps, _gaps(rows, rows.take(new)))
        gaps[new] = -1
    return picks


def _picks_from_list(rows, gaps, n, n_outliers, floor):
    """Return at least one pick among a few rows, as long as distances are not below `floor`."""
    picks = []
    while len(picks) < n:
        sq = sq_radius(gaps, n_outliers)
        if picks and sq < floor:
            break
        # Once all other rows are covered, the only uncovered rows are outliers.
        picks.append(int(np.flatnonzero(gaps == sq)[0] if sq > 0 else gaps.argmax()))
        gaps = np.minimum(gaps, _gaps(rows, rows.take(picks[-1:])))
        gaps[picks[-1]] = -1
    return picks


class Cover:
    """Cover all rows except for some outliers with disks around `n` of them.

    Parameters
    ----------
    rows : rows of shape (n_samples, n_dims)
    n : int
        Number of disks.
    n_outliers : int
        Number of rows that may stay uncovered.
    labeled : rows of the same kind, or None
        Rows that are centers of disks already.

    Attributes
    ----------
    sq : ndarray of shape (n_samples, n_samples)
        Squared distances.
    gaps : ndarray of shape (n_samples,)
        Squared distances to the nearest labeled row, infinite without labeled rows.
    radii : ndarray of shape (n_radii,)
        All squared distances that may be the optimal squared radius, in increasing order.
    """

    def __init__(self, rows, n, n_outliers, labeled):
        self.rows, self.n, self.n_outliers, self.labeled = rows, n, n_outliers, labeled
        self.sq = all_sq_distances(rows)
        self.gaps = _gaps(rows, labeled)
        self.radii = np.unique(np.concatenate([self.sq.ravel(), self.gaps[self.gaps < np.inf]]))

    def improve(self, batch):
        """Return the batch of the smallest radius found, at most the radius of `batch`."""
        # A reach of 9 guarantees at most three times the optimal radius; a reach of 1 does not,
        # but mostly finds a smaller radius.
        found = [batch, self.by_disks(9), self.by_disks(1)]
        batch = min(found, key=self.sq_radius_of)
        if np.count_nonzero(self.sq <= self.sq_radius_of(batch)) <= LARGEST_PROGRAM:
            batch = self.by_programs(batch)
        return self._filled(batch)

    def sq_radius_of(self, batch):
        """Return the squared radius within which a batch covers all rows except for outliers."""
        nearest = np.minimum(self.gaps, self.sq[:, batch].min(axis=1, initial=np.inf))
        return sq_radius(nearest, self.n_outliers)

    def by_disks(self, reach):
        """Return the batch for the smallest radius at which disks leave only outliers uncovered.

        Each disk is chosen by the number of rows within the radius and removes the rows within
        ``sqrt(reach)`` radii. With a reach of 9, every radius at which this fails is below the
        optimum (Charikar et al., 2001).
        """
        # Bisection. At the largest radius one disk covers all rows, so it never fails.
        low, high = 0, len(self.radii) - 1
        while low < high:
            middle = (low + high) // 2
            if self._disks(self.radii[middle], reach)[1] <= self.n_outliers:
                high = middle
            else:
                low = middle + 1
        return self._disks(self.radii[high], reach)[0]

    def _disks(self, sq_radius, reach):
        """Return picks that each cover the most rows, and the number of rows left uncovered."""
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
        """Return a batch of the optimal radius, or the best batch found within the time limit."""
        low, high = 0, self._rank(batch)
        while low < high:
            middle = (low + high) // 2
            found, certain = self.program(self.radii[middle])
            if not certain:
                break
            if found is None:
                low = middle + 1
            else:
                batch, high = found, self._rank(found)
        return batch

    def _rank(self, batch):
        """Return the index in `radii` of the squared radius of a batch."""
        return int(np.searchsorted(self.radii, self.sq_radius_of(batch)))

    def program(self, sq_radius):
        """Solve the covering program, equation 6 of Sener and Savarese.

        Let u_j = 1 for chosen rows and x_i = 1 for outliers. For every row i that no labeled row
        covers, x_i plus the sum of u_j over the rows j within the radius of row i is at least 1.
        The sum of all u_j is at most `n`, and the sum of all x_i is at most `n_outliers`. If u is
        integral, so is the best x. Therefore x may be continuous, and the variables that assign
        rows to centers are not needed.

        Returns
        -------
        batch : ndarray of at most n int, or None
            None if no batch covers the rows, or if none was found within the time limit.
        certain : bool
            Whether the batch satisfies the constraints, or None is proved. False ends the search.
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
            options={"time_limit": TIME_LIMIT},
        )
        if answer.x is None:
            return None, answer.status == 2  # 2: proved infeasible; 1: out of time
        batch = np.flatnonzero(answer.x[:n_rows] > 0.5)
        # The solver satisfies constraints only up to a tolerance, so its answer is checked.
        return batch, len(batch) <= self.n and self.sq_radius_of(batch) <= sq_radius

    def _filled(self, batch):
        """Return a batch filled up to `n` rows with the rows farthest from it."""
        if len(batch) == self.n:
            return batch
        rest = np.setdiff1d(np.arange(len(self.sq)), batch)
        centers = _joined(self.labeled, self.rows.take(batch))
        more = k_center_greedy(self.rows.take(rest), self.n - len(batch), labeled=centers)
        return np.concatenate([batch, rest[more]])


def all_sq_distances(rows):
    """Return the squared distances between all rows, with 0 between rows that may be copies."""
    rows = rows.to_double()
    sq = np.concatenate([part for _, part in sq_distances(rows, rows)])
    sq = (sq + sq.T) / 2  # matrix products may be asymmetric in the last digit
    # With round-off, copies are a little apart, and one radius would become many.
    sq[sq <= rows.slack[:, None] + rows.slack] = 0
    return sq
