"""Squared distances to the nearest of many centers: cheap bounds and exact values."""

from functools import cached_property

import numpy as np

from . import _sizes
from ._as_rows import as_rows

LAST_DIGITS = 1e-12  # squared distances are equal that differ by a smaller share
_BLUR = 32  # squared distances of so many times their error bound are precise enough


def sq_distances(X, centers):
    """Yield the squared distances between all rows and all centers, chunk by chunk.

    Computed in float64 whatever the precision of the data; negatives that cancellation leaves
    are clipped. Chunks fit into memory where an array of n_samples x n_centers may not.

    Parameters
    ----------
    X : {array-like, sparse matrix, OuterRows, KernelRows} of shape (n_samples, n_dims)
        The rows.
    centers : rows of the same kind, of shape (n_centers, n_dims)
        What to measure from.

    Yields
    ------
    rows : slice
        Which rows of X.
    sq_dists : ndarray of shape (rows.stop - rows.start, n_centers)
        Their squared distances.

    Examples
    --------
    >>> from skal.geometry import sq_distances
    >>> for rows, sq_dists in sq_distances([[0.0, 0.0], [3.0, 4.0]], [[0.0, 0.0]]):
    ...     print(rows, sq_dists.ravel())
    slice(0, 2, None) [ 0. 25.]
    """
    rows = as_rows(X).to_double()
    centers = as_rows(centers, "centers", like=rows)
    for part in rows.chunks(3 * len(centers)):
        block = rows.take(part)
        sq = block.sq_norms[:, None] + centers.sq_norms
        sq -= 2 * block.products(centers)
        yield part, np.maximum(sq, 0, out=sq)


def nearest_sq_distances(X, centers):
    """Return every row's squared distance to its nearest center.

    Exact: the nearest centers are found by blocks of products, the distances to them computed
    in float64 by differences. Memory is one chunk.

    Parameters
    ----------
    X : {array-like, sparse matrix, OuterRows, KernelRows} of shape (n_samples, n_dims)
        The rows.
    centers : rows of the same kind, of shape (n_centers, n_dims)
        At least one row to measure from.

    Returns
    -------
    sq_dists : ndarray of shape (n_samples,)
        In float64.

    Examples
    --------
    >>> from skal.geometry import nearest_sq_distances
    >>> nearest_sq_distances([[0.0], [2.0], [9.0]], [[0.0], [10.0]])
    array([0., 4., 1.])
    """
    rows = as_rows(X)
    return exact_nearest(rows, as_rows(centers, "centers", like=rows))


def closeness(centers, block, space=None):
    """Return x.c - (|c|^2 + slack(c)) / 2, of shape (n_centers, n_rows).

    It is largest for the center with the least upper bound on the squared distance. One row
    of the array per center, so that the maximum over centers runs along whole rows. The array may
    lie in a vector of space that is given.
    """
    close = centers.products(block) if space is None else centers.products_within(block, space)
    close -= ((centers.sq_norms + centers.slack) / 2).astype(close.dtype)[:, None]
    return close


def upper_nearest(block, centers, space=None):
    """Return upper bounds on the squared distances to the nearest center, cheaply."""
    close = closeness(centers, block, space).max(axis=0)
    return np.maximum(block.sq_norms + block.slack - 2.0 * close.astype(np.float64), 0)


def exact_nearest(rows, centers):
    """Return the squared distances to the nearest center, in float64 by differences."""
    nearest = np.empty(len(rows))
    for part in rows.chunks(2 * len(centers)):
        nearest[part] = _exact_in_block(rows.take(part), centers)
    return nearest


def exact_owners(rows, centers):
    """Return the squared distances to the nearest center and its position, the first on ties.

    Distances that differ in the last digits are ties.
    """
    nearest, owner = np.empty(len(rows)), np.empty(len(rows), dtype=np.intp)
    for part in rows.chunks(2 * len(centers)):
        block = rows.take(part)
        j, i = _maybe_nearest(block, centers)
        if len(j) > 8 * len(block) and block.dtype != np.float64:
            block, double = block.to_double(), centers.to_double()
            j, i = _maybe_nearest(block, double)
        sq = block.pair_sq_distances(i, centers, j)
        nearest[part] = _least(sq, i, len(block))
        is_least = sq <= nearest[part][i] * (1 + LAST_DIGITS)
        owner[part] = len(centers)
        np.minimum.at(owner[part], i[is_least], j[is_least])
    return nearest, owner


def _exact_in_block(block, centers):
    j, i = _maybe_nearest(block, centers)
    return _least(block.pair_sq_distances(i, centers, j), i, len(block))


def _maybe_nearest(block, centers):
    """Return the pairs of a center j and a row i of which the center may be the nearest.

    A center can be the nearest only if its lower bound is within the least upper bound, which
    leaves few pairs. In terms of `close`: the upper bounds of a row's pairs are
    |x|^2 + slack(x) - 2 close, the lower ones less by 2 slack(x) + 2 slack(c).
    """
    close = closeness(centers, block)
    best = close.max(axis=0) - block.slack.astype(close.dtype)
    close += centers.slack.astype(close.dtype)[:, None]
    return np.divmod(np.flatnonzero(close >= best), len(block))


def _least(sq, i, n_rows):
    """Return the least of the values of each row."""
    nearest = np.full(n_rows, np.inf)
    # Unbuffered, because a row may have several candidates for its nearest center.
    np.minimum.at(nearest, i, sq)
    return nearest


def typical(values):
    """Return the median of values, of a part of them where there are many."""
    return np.median(values[:: -(-len(values) // _sizes.TYPICAL)])


class Nearest:
    """Upper bounds on the squared distances of rows to their nearest centers.

    Attributes
    ----------
    bound : ndarray of shape (n_samples,)
        Never below the true squared distance; -1 for rows that were chosen.
    met : ndarray of int of shape (n_samples,)
        Each row has been compared with the first `met` centers.
    """

    def __init__(self, rows, centers=None, bound=None, met=None):
        self.rows = rows
        self.centers = centers
        self.bound = np.full(len(rows), np.inf) if bound is None else bound
        self._met, self._met_by_all = met, 0

    @property
    def met(self):
        # Not made before rows differ in it: it is as long as the pool.
        if self._met is None:
            self._met = np.full(len(self.rows), self._met_by_all, dtype=np.int32)
        return self._met

    def least_met(self):
        """Return how many centers have been met by all rows that are not chosen."""
        if self._met is None:
            return self._met_by_all
        return int(self._met.min(where=self.bound >= 0, initial=len(self.centers)))

    @cached_property
    def typical_slack(self):
        return self.rows.slack_of(typical(self.rows.sq_norms))

    def top(self):
        """Return the largest bound and its first position."""
        top = int(self.bound.argmax())
        return self.bound[top], top

    def choose(self, positions):
        """Add the rows at these positions to the centers."""
        chosen = self.rows.take(positions)
        self.centers = chosen if self.centers is None else self.centers.append(chosen)
        self.bound[positions] = -1

    def focus(self, level):
        """Multiply in float64 from now on if lower precision hides distances of this size."""
        if self.rows.dtype != np.float64 and level < _BLUR * self.typical_slack:
            self.rows, self.centers = self.rows.to_double(), self.centers.to_double()

    def lower_all(self, stop):
        """Let all rows meet the first `stop` centers, in one pass over the rows."""
        for first in range(self.least_met(), stop, _sizes.BLOCK):
            centers = self.centers.take(slice(first, min(first + _sizes.BLOCK, stop)))
            chunks = self.rows.chunks(2 * len(centers))
            longest = chunks[0].stop if chunks else 0
            space = np.empty(longest * len(centers), dtype=self.rows.dtype)
            for part in chunks:
                self._lower_chunk(part, centers, space)
        if self._met is None:
            self._met_by_all = max(self._met_by_all, stop)
        else:
            np.maximum(self._met, stop, out=self._met)

    def _lower_chunk(self, part, centers, space):
        block = self.rows.take(part)
        upper = upper_nearest(block, centers, space)
        # Where round-off hides whether a row is a copy of a center, settle it: copies have
        # no part in any batch, and whole pools of them should not be tried one by one.
        unclear = np.flatnonzero(upper <= 4 * block.slack)
        if len(unclear):
            upper[unclear] = exact_nearest(block.take(unclear), centers)
        self.bound[part] = np.minimum(self.bound[part], upper)

    def lower(self, positions, floor):
        """Let rows meet the centers that they have not met, until their bounds are below `floor`.

        The others have met all centers afterwards.
        """
        block = self.rows.take(positions)
        bound, met = self.bound[positions], self.met[positions]
        size, n_centers = _sizes.BLOCK, len(self.centers)
        for start in range(int(met.min()) // size * size, n_centers, size):
            stop = min(start + size, n_centers)
            needed = np.flatnonzero((bound >= floor) & (met < stop))
            if len(needed):
                part = block if len(needed) == len(block) else block.take(needed)
                upper = upper_nearest(part, self.centers.take(slice(start, stop)))
                bound[needed] = np.minimum(bound[needed], upper)
                met[needed] = stop
        self.bound[positions], self.met[positions] = bound, met
        return block
