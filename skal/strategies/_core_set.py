"""Core-set selection: cover the pool, all of it or all but some outliers."""

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp

from .._base import HasMethods, Interval, Real
from ..embeddings import rows_of
from ..geometry import as_rows, k_center_greedy, nearest_sq_distances, sq_distances
from .base import QueryStrategy

__all__ = ["CoreSet"]

_LARGEST_COVER = 2000  # rows whose distances are all held, and covered by disks
_LARGEST_PROGRAM = 50_000  # pairs within the radius, both ways, for the mixed-integer program
_SECONDS = 10  # for one mixed-integer program
_LISTED = 1024  # rows beyond the outliers that compete to be the next pick


class CoreSet(QueryStrategy):
    """Choose samples such that none is far from a labeled one: k-center.

    The covering radius is the largest distance of a sample to its nearest labeled or chosen
    one. By default each pick is the sample farthest from everything labeled or picked so far,
    which keeps the radius within twice the optimum. With nothing labeled the first pick is the
    sample nearest to the mean. Needs no model where X is numeric.

    With an `outlier_fraction` that many samples may lie outside the radius, so that a batch is
    not spent on outliers. A batch is chosen to make that radius small, and ordered farthest
    first.

    Parameters
    ----------
    embedding : embedding object, default=None
        The space of distances, see :mod:`skal.embeddings`; None stands for
        :class:`~skal.embeddings.ModelEmbedding`, the model's own feature space.
    outlier_fraction : float, default=0.0
        From 0 to below 1: how many samples may stay uncovered, as a fraction of labeled and
        pool samples together, rounded down. The paper uses 0.0001. 0 is greedy k-center; above
        0 the robust variant is used even where the number of outliers rounds down to 0.

    Notes
    -----
    The robust variant takes the best of what follows, in the radius that leaves out the
    farthest samples, as many as there may be outliers.

    - Farthest first, and farthest first that passes over the outliers: each pick has as many
      samples farther than itself as there may be outliers. The radius is never larger than that
      of greedy k-center; how far it is from the robust optimum is not bounded.
    - For pools of up to 2000 samples, covering by disks of a radius found by bisection: each
      pick covers the most samples not covered yet. Once with disks that also remove what is
      within three radii, which keeps the radius within three times the robust optimum
      (Charikar et al.), once without, which mostly gives less.
    - From there, bisection over all smaller distances with the covering program of Sener and
      Savarese in each step, until none smaller is left: then the radius is the optimum. That
      takes seconds to half a minute for some hundred samples. It ends early, with the best
      batch so far, where one program takes more than ten seconds, so that then the answer may
      depend on the machine; it is not begun where more than 25 000 pairs of samples are within
      the radius.

    See Also
    --------
    KMeansSampling : Chooses representative samples rather than covering all.
    skal.geometry.k_center_greedy : The kernel.

    References
    ----------
    O. Sener and S. Savarese (2018). Active learning for convolutional neural networks: a
    core-set approach. ICLR. arXiv:1708.00489.

    T. F. Gonzalez (1985). Clustering to minimize the maximum intercluster distance.
    Theoretical Computer Science 38.

    M. Charikar, S. Khuller, D. M. Mount and G. Narasimhan (2001). Algorithms for facility
    location problems with outliers. SODA.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import CoreSet
    >>> pool = Pool.from_arrays([[0.0], [1.0], [2.0], [9.0], [10.0], [11.0], [99.0]])
    >>> CoreSet().query(pool, n=2)
    array([5, 6])
    >>> CoreSet(outlier_fraction=0.2).query(pool, n=2)
    array([1, 4])
    """

    _parameter_constraints = {
        "embedding": [HasMethods("transform"), None],
        "outlier_fraction": [Interval(Real, 0, 1, closed="left")],
    }

    def __init__(self, embedding=None, outlier_fraction=0.0):
        self.embedding = embedding
        self.outlier_fraction = outlier_fraction

    def _query(self, pool, n):
        rows = rows_of(pool, self.embedding)
        labeled = rows_of(pool.labeled, self.embedding) if len(pool.labeled) else None
        if self.outlier_fraction == 0:
            return k_center_greedy(rows, n, labeled=labeled)
        n_samples = len(pool) + len(pool.labeled)
        # 0.29 * 100 is a little less than 29
        n_outliers = int(round(self.outlier_fraction * n_samples, 6))
        return robust_k_center(rows, n, n_outliers, labeled)


def robust_k_center(X, n, n_outliers, labeled=None):
    """Choose `n` rows that cover all but `n_outliers` rows, farthest first; see `CoreSet`."""
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
    if len(rows) <= _LARGEST_COVER and min(sq_radii) > 0:
        # Many batches have the same radius: the order of rows must not decide between them.
        order = k_center_greedy(rows, len(rows), labeled=labeled)
        cover = _Cover(rows.take(order), n, n_outliers, labeled)
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


# Farthest first, outliers passed over ----------------------------------------------------


def farthest_but_outliers(rows, n, n_outliers, labeled=None):
    """Choose rows in turn, each with `n_outliers` rows farther from all centers than itself.

    Distances only shrink, so the next pick is among the rows with the largest ones known; only
    these are kept up to date, while the pick's distance exceeds what is known of the others.
    """
    gaps, picks = _gaps(rows, labeled), np.empty(0, dtype=np.intp)
    if labeled is None:
        picks = k_center_greedy(rows, 1)
        gaps = _gaps(rows, rows.take(picks))
        gaps[picks] = -1
    while len(picks) < n:
        order = np.argsort(-gaps, kind="stable")
        listed = np.sort(order[: n_outliers + _LISTED])
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
        # Where all but outliers are covered, there is nothing better to do than to take one.
        picks.append(int(np.flatnonzero(gaps == sq)[0] if sq > 0 else gaps.argmax()))
        gaps = np.minimum(gaps, _gaps(rows, rows.take(picks[-1:])))
        gaps[picks[-1]] = -1
    return picks


# Disks and programs ----------------------------------------------------------------------


class _Cover:
    """Cover all rows but some outliers with disks around a few of them.

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
        self.sq = _all_sq_distances(rows)
        self.gaps = _gaps(rows, labeled)
        self.radii = np.unique(np.concatenate([self.sq.ravel(), self.gaps[self.gaps < np.inf]]))

    def improve(self, batch):
        """Return a batch of the least radius found, no larger than that of `batch`."""
        found = [batch, self._by_disks(9), self._by_disks(1)]
        batch = min(found, key=self._sq_radius)
        if np.count_nonzero(self.sq <= self._sq_radius(batch)) <= _LARGEST_PROGRAM:
            batch = self._by_programs(batch)
        return self._filled(batch)

    def _sq_radius(self, batch):
        nearest = np.minimum(self.gaps, self.sq[:, batch].min(axis=1, initial=np.inf))
        return sq_radius(nearest, self.n_outliers)

    def _by_disks(self, reach):
        """Return the batch for the least radius at which disks leave few enough uncovered.

        `reach` is the squared factor by which a disk removes more than it is chosen for. The
        radii at which that fails are below the optimum if it is 9.
        """
        low, high = 0, len(self.radii) - 1  # at the largest radius one disk covers all
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

    def _by_programs(self, batch):
        """Return a batch of the least possible radius, unless a program takes too long."""
        low, high = 0, self._rank(batch)
        while low < high:
            middle = (low + high) // 2
            found, in_time = self._program(self.radii[middle])
            if not in_time:
                break
            if found is None:
                low = middle + 1
            else:
                batch, high = found, self._rank(found)
        return batch

    def _rank(self, batch):
        return int(np.searchsorted(self.radii, self._sq_radius(batch)))

    def _program(self, sq_radius):
        """Solve the covering program, equation 6 of Sener and Savarese.

        With u_j = 1 for the chosen rows and x_i for outliers: the sum of u_j within the radius
        of row i plus x_i is at least 1, for rows that no labeled one covers; the sums of all
        u_j and of all x_i are at most `n` and `n_outliers`. Once u is integral so is the best x,
        so x may be continuous; variables that assign rows to centers are not needed.

        Returns
        -------
        batch : ndarray or None
            None where there is none.
        in_time : bool
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
            options={"time_limit": _SECONDS},
        )
        if answer.x is None:
            return None, answer.status == 2
        batch = np.flatnonzero(answer.x[:n_rows] > 0.5)
        # The solver's tolerance is no promise.
        return batch, len(batch) <= self.n and self._sq_radius(batch) <= sq_radius

    def _filled(self, batch):
        """Return `batch` with the rows farthest from it, for there may be fewer than asked for."""
        if len(batch) == self.n:
            return batch
        rest = np.setdiff1d(np.arange(len(self.sq)), batch)
        centers = _joined(self.labeled, self.rows.take(batch))
        more = k_center_greedy(self.rows.take(rest), self.n - len(batch), labeled=centers)
        return np.concatenate([batch, rest[more]])


def _all_sq_distances(rows):
    """Return the squared distances between all rows, 0 where round-off may hide that."""
    rows = rows.to_double()
    sq = np.concatenate([part for _, part in sq_distances(rows, rows)])
    sq = (sq + sq.T) / 2
    sq[sq <= rows.slack[:, None] + rows.slack] = 0
    return sq
