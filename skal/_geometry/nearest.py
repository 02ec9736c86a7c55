"""The nearest of many centres: cheap bounds on the squared distance, and the exact value."""

from functools import cached_property

import numpy as np

from .rows import as_rows

BLOCK = 128  # centres met in one product
_BLUR = 32  # squared distances of so many times their error bound are seen clearly


def sq_distances(X, centres):
    """Yield the squared distances between all rows and all centres, chunk by chunk.

    Computed in float64 whatever the precision of the data, with negatives that cancellation
    leaves clipped. All of them at once would take an array of n_samples x n_centres.

    Parameters
    ----------
    X : {array-like, sparse matrix, OuterRows, KernelRows} of shape (n_samples, n_dims)
        The rows.
    centres : rows of the same kind, of shape (n_centres, n_dims)
        What to measure from.

    Yields
    ------
    rows : slice
        Which rows of X.
    sq_dists : ndarray of shape (rows.stop - rows.start, n_centres)
        Their squared distances.

    Examples
    --------
    >>> from skal.geometry import sq_distances
    >>> for rows, sq_dists in sq_distances([[0.0, 0.0], [3.0, 4.0]], [[0.0, 0.0]]):
    ...     print(rows, sq_dists.ravel())
    slice(0, 2, None) [ 0. 25.]
    """
    rows = as_rows(X).to_double()
    centres = as_rows(centres, "centres", like=rows)
    for part in rows.chunks(3 * len(centres)):
        block = rows.take(part)
        sq = block.sq_norms[:, None] + centres.sq_norms
        sq -= 2 * block.products(centres)
        yield part, np.maximum(sq, 0, out=sq)


def nearest_sq_distances(X, centres):
    """Return every row's squared distance to its nearest centre.

    Exact: the nearest centres are found by blocks of products, the distances to them computed
    in float64 by differences. Memory is one chunk.

    Parameters
    ----------
    X : {array-like, sparse matrix, OuterRows, KernelRows} of shape (n_samples, n_dims)
        The rows.
    centres : rows of the same kind, of shape (n_centres, n_dims)
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
    return exact_nearest(rows, as_rows(centres, "centres", like=rows))


def closeness(centres, block):
    """Return x.c - (|c|^2 + slack(c)) / 2, of shape (n_centres, n_rows).

    It is largest for the centre with the least upper bound on the squared distance. One row
    of the array per centre, so that the maximum over centres runs along whole rows.
    """
    close = centres.products(block)
    close -= ((centres.sq_norms + centres.slack) / 2).astype(close.dtype)[:, None]
    return close


def upper_nearest(block, centres):
    """Return upper bounds on the squared distances to the nearest centre, cheaply."""
    close = closeness(centres, block).max(axis=0)
    return np.maximum(block.sq_norms + block.slack - 2.0 * close.astype(np.float64), 0)


def exact_nearest(rows, centres):
    """Return the squared distances to the nearest centre, in float64 by differences."""
    nearest = np.empty(len(rows))
    for part in rows.chunks(2 * len(centres)):
        nearest[part] = _exact_in_block(rows.take(part), centres)
    return nearest


def _exact_in_block(block, centres):
    """Settle the pairs that may be the nearest.

    A centre can be the nearest only if its lower bound is within the least upper bound, which
    leaves few pairs. In terms of `close`: the upper bounds of a row's pairs are
    |x|^2 + slack(x) - 2 close, the lower ones less by 2 slack(x) + 2 slack(c).
    """
    close = closeness(centres, block)
    best = close.max(axis=0) - block.slack.astype(close.dtype)
    close += centres.slack.astype(close.dtype)[:, None]
    j, i = np.divmod(np.flatnonzero(close >= best), len(block))
    nearest = np.full(len(block), np.inf)
    np.minimum.at(nearest, i, block.pair_sq_distances(i, centres, j))
    return nearest


class Nearest:
    """Upper bounds on the squared distances of rows to their nearest centres.

    Attributes
    ----------
    bound : ndarray of shape (n_samples,)
        Never below the true squared distance; -1 for rows that were chosen.
    met : ndarray of shape (n_samples,)
        Each row has been compared with the first `met` centres.
    """

    def __init__(self, rows, centres=None, bound=None, met=None):
        self.rows = rows
        self.centres = centres
        self.bound = np.full(len(rows), np.inf) if bound is None else bound
        self.met = np.zeros(len(rows), dtype=np.intp) if met is None else met

    @cached_property
    def typical_slack(self):
        return np.median(self.rows.slack)

    def top(self):
        """Return the largest bound and its first position."""
        top = int(self.bound.argmax())
        return self.bound[top], top

    def choose(self, positions):
        """Add the rows at these positions to the centres."""
        chosen = self.rows.take(positions)
        self.centres = chosen if self.centres is None else self.centres.append(chosen)
        self.bound[positions] = -1

    def focus(self, level):
        """Multiply in float64 from now on if lesser precision blurs distances of this size."""
        if self.rows.dtype != np.float64 and level < _BLUR * self.typical_slack:
            self.rows, self.centres = self.rows.to_double(), self.centres.to_double()

    def lower_all(self, stop):
        """Let all rows meet the first `stop` centres, in one pass over the rows."""
        open_rows = self.bound >= 0
        start = int(self.met.min(where=open_rows, initial=stop))
        for first in range(start, stop, BLOCK):
            centres = self.centres.take(slice(first, min(first + BLOCK, stop)))
            for part in self.rows.chunks(2 * len(centres)):
                self._lower_chunk(part, centres)
        self.met[:] = np.maximum(self.met, stop)

    def _lower_chunk(self, part, centres):
        block = self.rows.take(part)
        upper = upper_nearest(block, centres)
        # Where round-off hides whether a row is a copy of a centre, settle it: copies have
        # no part in any batch, and whole pools of them should not be tried one by one.
        unclear = np.flatnonzero(upper <= 4 * block.slack)
        if len(unclear):
            upper[unclear] = exact_nearest(block.take(unclear), centres)
        self.bound[part] = np.minimum(self.bound[part], upper)

    def lower(self, positions, floor):
        """Let rows meet the centres that they have not met, until their bounds are below `floor`.

        The others have met all centres afterwards.
        """
        block = self.rows.take(positions)
        bound, met = self.bound[positions], self.met[positions]
        for start in range(int(met.min()) // BLOCK * BLOCK, len(self.centres), BLOCK):
            stop = min(start + BLOCK, len(self.centres))
            needed = np.flatnonzero((bound >= floor) & (met < stop))
            if len(needed):
                part = block if len(needed) == len(block) else block.take(needed)
                upper = upper_nearest(part, self.centres.take(slice(start, stop)))
                bound[needed] = np.minimum(bound[needed], upper)
                met[needed] = stop
        self.bound[positions], self.met[positions] = bound, met
        return block
