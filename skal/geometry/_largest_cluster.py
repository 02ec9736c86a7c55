"""Greedy choice of the farthest row of the largest cluster.

Each pick may take rows from any cluster, so all rows have to meet it. They do so in single
precision where that tells distances apart, and only rows that may be nearer to the pick than to
their own center are measured exactly. As one pass over all rows for each pick would be most of the
work, the next picks are guessed, and several of them are met in one pass. A wrong guess costs time
alone.
"""

import heapq

import numpy as np

from .._base import chunks_within
from . import _sizes
from ._array_rows import DenseRows
from ._as_rows import as_rows, check_n
from ._k_center import nearest_to_mean
from ._magnified import magnified
from ._nearest import LAST_DIGITS, exact_owners
from ._rows import matmul

# Clusters whose sizes differ by a smaller share are equally large: sums round.
_RESOLUTION = 1e-9

# Sizes are added up anew after so many changes, or when such a share of one is left.
_MOST_CHANGES = 64
_WORN = 1e-3


def farthest_of_largest_cluster(X, n, labeled=None):
    """Choose rows in turn, each the farthest one from the center of the largest cluster.

    Centers are the labeled and the chosen rows. A row belongs to the center nearest to it, of
    equally near ones to the first, labeled rows before chosen ones. The size of a cluster is the
    sum of its squared distances to the center. Of equally large clusters that of the first center
    counts, of equally far rows the one at the lowest position. Without labeled rows it starts at
    the row nearest to the mean. Once all rows left are copies of centers, the batch is filled by
    lowest position.

    Parameters
    ----------
    X : {array-like, sparse matrix, OuterRows, KernelRows} of shape (n_samples, n_dims)
        The rows to choose from. They are not written to.
    n : int
        How many to choose, at most n_samples.
    labeled : rows of the same kind, of shape (n_labeled, n_dims), default=None
        The first centers.

    Returns
    -------
    positions : ndarray of shape (n,), dtype intp
        Distinct positions in X, in the order of choice.
    """
    rows = as_rows(X)
    check_n(n, rows)
    labeled = None if labeled is None else as_rows(labeled, "labeled", like=rows)
    rows, labeled = magnified(rows, labeled)
    picks = [] if labeled is not None else [nearest_to_mean(rows)]
    clusters = _Clusters(rows, rows.take(picks) if picks else labeled)
    clusters.close(picks)
    while len(picks) < n:
        pick = clusters.farthest_of_largest()
        if pick is None:  # all rows left are copies of centers
            left = np.setdiff1d(np.arange(min(n, len(rows))), picks)
            return np.concatenate([picks, left[: n - len(picks)]]).astype(np.intp)
        picks.append(pick)
        if len(picks) < n:
            clusters.add(pick, n - len(picks))
    return np.array(picks, dtype=np.intp)


class _Clusters:
    """Rows with their nearest centers.

    Attributes
    ----------
    sq : ndarray of shape (n_samples,)
        The squared distance of each row to its center, exact in float64; 0 for chosen rows.
    owner : ndarray of int of shape (n_samples,)
        The number of its center.
    sizes : ndarray of shape (n_centers,)
        The sums of the squared distances to each center.
    """

    def __init__(self, rows, centers):
        rows, centers = rows.to_single(), centers.to_single()
        self.n_centers = len(centers)
        self.sq, owner = exact_owners(rows, centers)
        self.owner = owner.astype(np.int32)  # every pick reads all of them
        self.shrinkage = 0.9  # what a pick leaves of its cluster; soon learned from the picks
        self._measure_by(rows)

    def _measure_by(self, rows):
        self.rows, self.vectors, self.met = rows, _vectors(rows), {}
        # A row may be nearer to a center c than to its own if x.c is above its half gap by a
        # number that depends on c alone. In the precision of the products, as every pick reads
        # all of them; what rounding may add is taken off.
        self.half_gap = np.empty(len(rows), dtype=rows.dtype)
        self._set_gap(slice(None))
        self._sum_sizes()

    def _set_gap(self, positions):
        norms, sq = self.rows.sq_norms[positions], self.sq[positions]
        gap = norms - self.rows.slack[positions] - sq
        self.half_gap[positions] = (gap - np.finfo(self.rows.dtype).eps * (norms + sq)) / 2

    def _sum_sizes(self):
        self.sizes = np.bincount(self.owner, weights=self.sq, minlength=self.n_centers)
        self.summed, self.n_changes = self.sizes.copy(), 0

    def close(self, positions):
        """Let chosen rows be at no distance from a center, whatever round-off says."""
        self.sq[positions] = 0
        self._set_gap(positions)

    def farthest_of_largest(self):
        """Return the position of the next pick, None if all rows are copies of centers."""
        top = self.sizes.max()
        if top <= 0:
            return None
        largest = np.flatnonzero(self.sizes >= top * (1 - _RESOLUTION))[0]
        members = np.flatnonzero(self.owner == largest)
        return int(members[self.sq[members].argmax()])

    def add(self, pick, n_left):
        """Make a row the center of those that are nearer to it than to their own ones.

        Afterwards, up to `n_left` picks follow.
        """
        maybe = self._maybe_nearer(pick, n_left)
        center = self.rows.take([pick])
        sq = self.rows.pair_sq_distances(maybe, center, np.zeros(len(maybe), dtype=np.intp))
        nearer = sq < self.sq[maybe] * (1 - LAST_DIGITS)
        moved, sq = maybe[nearer], sq[nearer]
        own, before = self.owner[pick], self.sizes[self.owner[pick]]
        self._move(np.append(moved, pick), np.append(sq, 0.0))
        self.shrinkage += 0.3 * (self.sizes[own] / before - self.shrinkage)
        if self.rows.dtype != np.float64 and len(maybe) > 2 * len(moved) + len(self.sq) // 16:
            self._measure_by(self.rows.to_double())  # lower precision hides such distances

    def _move(self, positions, sq):
        """Let rows belong to a new center, from which they have these squared distances.

        The last of them is the center itself, which may be among the others, too.
        """
        positions, last = np.unique(positions[::-1], return_index=True)
        sq = sq[::-1][last]
        lost = np.bincount(self.owner[positions], self.sq[positions], minlength=self.n_centers)
        self.sizes = np.append(self.sizes - lost, sq.sum())
        self.summed = np.append(self.summed, self.sizes[-1])
        self.sq[positions], self.owner[positions] = sq, self.n_centers
        self._set_gap(positions)
        self.n_centers += 1
        self.n_changes += 1
        # What is left of a sum from which almost everything was taken is mostly rounding error.
        is_worn = self.sizes < _WORN * self.summed
        if self.n_changes == _MOST_CHANGES or is_worn.any():
            self._sum_sizes()

    def _maybe_nearer(self, pick, n_left):
        """Return the positions of rows that may be nearer to a pick than to their own centers."""
        if pick not in self.met:
            self._meet([pick, *self._next_picks(pick, n_left)])
        above = self.met.pop(pick)
        above -= self.half_gap
        norm = self.rows.sq_norms[pick]
        least = (norm - self.rows.slack[pick]) / 2 - np.finfo(self.rows.dtype).eps * norm
        maybe = np.flatnonzero(above > self.rows.dtype.type(least))
        return maybe[self.sq[maybe] > 0]

    def _meet(self, picks):
        """Take the products of all rows with some rows."""
        centers = self.rows.take(picks)
        products = np.empty((len(picks), len(self.sq)), dtype=self.rows.dtype)
        for part in self.rows.chunks(4 * len(picks)):
            if self.vectors is None:
                products[:, part] = centers.products(self.rows.take(part))
            else:
                products[:, part] = matmul(self.vectors[part], centers.vectors.T).T
        self.met.update(zip(picks, products, strict=True))

    def _next_picks(self, pick, n):
        """Guess picks that may follow one: far rows of large clusters, far from each other."""
        n_kept = len(self.met) * len(self.sq)
        n = min(n, _sizes.GUESSED[0], (_sizes.GUESSED[1] - n_kept) // len(self.sq))
        if not isinstance(self.rows, DenseRows) or n < 1:
            return []  # products of other rows take longer than a pass over memory
        largest = np.argsort(-self.sizes, kind="stable")[:n]
        queue = [(-self.sizes[center], int(center)) for center in largest]
        far_rows = {center: self._far_rows(center) for _, center in queue}
        picks = []
        while len(picks) < n and queue:
            size, center = queue[0]
            found = next(far_rows[center], None)
            if found is None:
                heapq.heappop(queue)
                continue
            heapq.heapreplace(queue, (size * self.shrinkage, center))
            if found != pick and found not in self.met:
                picks.append(found)
        return picks

    def _far_rows(self, center):
        """Yield far rows of a cluster, the farthest first and each far from those before it."""
        members = np.flatnonzero((self.owner == center) & (self.sq > 0))
        if len(members) > _sizes.FAR:
            members = members[np.argpartition(self.sq[members], -_sizes.FAR)[-_sizes.FAR :]]
        block, sq = self.rows.take(members), self.sq[members]
        between = block.block_sq_distances(block)
        for _ in range(len(members)):
            far = int(sq.argmax())
            yield int(members[far])
            sq = np.minimum(sq, between[far])
            sq[far] = -np.inf


def _vectors(rows):
    """Return dense rows in single precision as they are multiplied, None for other rows.

    Of large pools there is no copy, and rows are converted whenever they are multiplied.
    """
    if not isinstance(rows, DenseRows) or rows.dtype == np.float64:
        return None
    if rows.X.dtype == rows.dtype and rows.origin is None:
        return rows.X
    if 4 * rows.X.size > _sizes.COPIED:
        return None
    vectors = np.empty(rows.X.shape, dtype=rows.dtype)
    for part in chunks_within(len(rows), 8 * rows.X.shape[1], limit=_sizes.CHUNK_BYTES):
        vectors[part] = rows.take(part).vectors
    return vectors
