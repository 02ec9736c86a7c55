"""Greedy k-center: the farthest row first, searched for in short lists."""

import numpy as np

from .._base import num_rows, reached_by
from . import _sizes
from ._as_rows import as_rows, check_n
from ._magnified import magnified
from ._nearest import Nearest, exact_nearest, upper_nearest


def k_center_greedy(X, n, *, labeled=None):
    """Choose rows such that none is far from a chosen or a labeled one.

    Each pick is the row farthest from all centers so far (Gonzalez's farthest-first
    traversal), so the covering radius stays within twice the least possible. Without labeled
    rows it starts at the row nearest to the mean. The order is that of exact distances in
    float64, the lowest position first on ties, also for float32 rows. Once all rows left are
    copies of centers, the batch is filled by lowest position.

    Parameters
    ----------
    X : {array-like, sparse matrix, OuterRows, KernelRows} of shape (n_samples, n_dims)
        The rows to choose from. They are not written to.
    n : int
        How many to choose, at most n_samples.
    labeled : rows of the same kind, of shape (n_labeled, n_dims), default=None
        Rows that are covered already.

    Returns
    -------
    positions : ndarray of shape (n,), dtype intp
        Distinct positions in X, in the order of choice.

    Raises
    ------
    ValueError
        If n is not between 1 and n_samples, or a row holds NaN or infinity.

    See Also
    --------
    kmeans_plusplus : Draws far rows at random rather than taking the farthest.

    References
    ----------
    T. F. Gonzalez (1985). Clustering to minimize the maximum intercluster distance.
    Theoretical Computer Science 38.

    O. Sener and S. Savarese (2018). Active learning for convolutional neural networks: a
    core-set approach. ICLR. arXiv:1708.00489.

    Examples
    --------
    >>> from skal.geometry import k_center_greedy
    >>> k_center_greedy([[0.0], [1.0], [9.0], [10.0]], 2)
    array([1, 3])
    >>> k_center_greedy([[0.0], [1.0], [9.0], [10.0]], 2, labeled=[[9.5]])
    array([0, 1])
    """
    rows = as_rows(X)
    check_n(n, rows)
    if labeled is not None:
        labeled = as_rows(labeled, "labeled", like=rows) if num_rows(labeled) else None
    rows, labeled = magnified(rows, labeled)
    return farthest_first(rows, n, labeled)[0]


def farthest_first(rows, n, labeled=None):
    """Return positions and, for each, the covering radius before it was chosen."""
    picks, sq_radii, size = [], [], _sizes.LONG_LIST[0]
    n_first = 1 if labeled is None else len(labeled)
    if labeled is not None:
        nearest = _covered(rows, labeled)
    else:
        nearest = Nearest(rows)
        picks, sq_radii = [nearest_to_mean(rows)], [np.inf]
        nearest.choose(picks)
        nearest.lower_all(1)
    while len(picks) < n and nearest.bound.max() > 0:
        new, sq_new = _from_long_list(nearest, size, n - len(picks))
        picks, sq_radii = picks + new, sq_radii + sq_new
        if is_few(size, len(new)):
            nearest.lower_all(min(_sizes.BLOCK, n_first))
        size = next_size(size, len(new))
    filled = np.empty(0, dtype=np.intp)
    if len(picks) < n:
        # All rows left are copies of centers. A bound of -1 marks those that were chosen.
        filled = np.flatnonzero(nearest.bound >= 0)[: n - len(picks)]
    positions = np.concatenate([np.array(picks, dtype=np.intp), filled])
    return positions, np.sqrt(np.concatenate([sq_radii, np.zeros(len(filled))]))


def _covered(rows, labeled):
    """Return the bounds after every row has met the first few labeled rows.

    Most rows need not meet the others, unless these few leave out whole groups of rows, which is
    seen by a list that yields few picks.
    """
    nearest = Nearest(rows, labeled.take(_spread_first(labeled)))
    nearest.lower_all(min(_sizes.FEW, len(labeled)))
    return nearest


def _spread_first(labeled):
    """Return the positions of all rows in such an order that the first few lie far apart.

    Whatever comes after them is in random order, for labeled rows are often sorted by class.
    """
    order = np.random.RandomState(0).permutation(len(labeled))
    some = labeled.take(order[: _sizes.SPREAD])
    between = some.block_sq_distances(some)
    few, nearest = [0], between[0]
    while len(few) < min(_sizes.FEW, len(some)):
        nearest[few[-1]] = -np.inf
        few.append(int(nearest.argmax()))
        nearest = np.minimum(nearest, between[few[-1]])
    return np.concatenate([order[few], np.delete(order, few)])


def is_few(size, n_picks):
    """Whether a list of a length yields so few picks that its rows say little about all rows."""
    return n_picks <= size // 128


def next_size(size, n_picks):
    """Let the list grow while it yields few picks for its length, and shrink while many."""
    if is_few(size, n_picks):
        size *= 2
    elif n_picks > size // 8:
        size //= 2
    return min(max(size, _sizes.LONG_LIST[0]), _sizes.LONG_LIST[1])


def _from_long_list(nearest, size, n):
    """Choose up to n farthest rows from a list of the rows with the largest bounds.

    The farthest row of the list is the farthest of all while its distance exceeds the bounds
    of all rows outside, which only shrink. The rows of the list are gathered once; from then
    on it is a small problem of the same kind.

    Returns
    -------
    picks, sq_radii : lists
        Maybe empty, but then some bounds have come down.
    """
    listed, rest = largest(nearest.bound, size)
    nearest.focus(nearest.top()[0])
    block = nearest.lower(listed, rest.bound)
    inner = Nearest(block, nearest.centers, nearest.bound[listed], nearest.met[listed])
    rest = Rest(rest.bound, np.searchsorted(listed, rest.position) - 0.5)
    picks, sq_radii = pick_from_list(inner, n, rest)
    nearest.bound[listed], nearest.met[listed] = inner.bound, inner.met
    nearest.centers = inner.centers
    return listed[picks].tolist(), sq_radii


def pick_from_list(nearest, n, rest):
    """Choose up to n farthest rows of a list, as long as none outside may be farther."""
    picks, sq_radii = [], []
    while len(picks) < n and rest.is_below(*nearest.top()):
        new, sq_new = _from_short_list(nearest, n - len(picks), rest)
        picks, sq_radii = picks + new, sq_radii + sq_new
    return picks, sq_radii


def _from_short_list(nearest, n, rest):
    """Choose up to n farthest rows from a list so short that it is kept up to date."""
    listed, outside = largest(nearest.bound, _sizes.SHORT_LIST)
    rest = max(rest, outside, key=Rest.key)
    block = nearest.lower(listed, rest.bound)
    stays = np.flatnonzero(nearest.bound[listed] >= rest.bound)
    if len(stays) < len(listed):
        block, listed = block.take(stays), listed[stays]
    short = _ShortList(nearest, block, listed)
    while len(short.picks) < n and short.settle(rest):
        short.pick()
    nearest.bound[listed] = short.bound
    nearest.met[listed] = len(nearest.centers) + len(short.picks)
    picks = listed[short.picks].tolist()
    if picks:
        nearest.choose(picks)
    return picks, short.sq_radii


class Rest:
    """What is left outside a short list: the largest bound there, and its first position."""

    def __init__(self, bound, position):
        self.bound, self.position = bound, position

    def key(self):
        return self.bound, -self.position

    def is_below(self, bound, position):
        """Whether a row with this bound comes before all rows outside."""
        return bound > 0 and (bound, -position) > self.key()


def largest(bound, size):
    """Return the positions of the `size` largest bounds, ties lowest first, and the `Rest`."""
    if size >= len(bound):
        return np.flatnonzero(bound >= 0), Rest(-1.0, np.inf)
    found = np.flatnonzero(bound >= reached_by(bound, size + 1))
    values = bound[found]
    ordered = np.partition(values, len(values) - size)
    least, rest = ordered[-size], ordered[:-size].max()
    is_listed = values >= least
    if rest == least:  # more ties than places
        ties = np.flatnonzero(values == least)
        is_listed[ties[size - np.count_nonzero(values > least) :]] = False
    outside = (values == rest) & ~is_listed
    return found[is_listed & (values >= 0)], Rest(rest, int(found[outside.argmax()]))


class _ShortList:
    """A few rows that compete to be the next center, each up to date with all centers."""

    def __init__(self, nearest, block, listed):
        self.listed = listed
        self.block = block
        self.centers = nearest.centers
        self.bound = nearest.bound[listed]
        self.settled = np.zeros(len(listed), dtype=bool)
        self.slack = self.block.slack
        self.upper_norms = self.block.sq_norms + self.slack
        self.picks, self.sq_radii = [], []

    def settle(self, rest):
        """Settle rows until the top one is sure; return whether it is the farthest of all."""
        n_settled = _sizes.SETTLED
        while len(self.bound):
            top = int(self.bound.argmax())
            if not rest.is_below(self.bound[top], self.listed[top]):
                return False
            if self.settled[top]:
                return True
            self._settlelargest(n_settled)
            n_settled *= 2
        return False

    def _settlelargest(self, n_settled):
        open_rows = np.flatnonzero(~self.settled & (self.bound >= 0))
        if len(open_rows) > n_settled:
            order = np.argpartition(self.bound[open_rows], -n_settled)
            open_rows = open_rows[order[-n_settled:]]
        block = self.block.take(open_rows)
        sq = exact_nearest(block, self.centers)
        if self.picks:
            sq = np.minimum(sq, exact_nearest(block, self.block.take(self.picks)))
        self.bound[open_rows] = sq
        self.settled[open_rows] = True

    def pick(self):
        """Choose the top row, and let the others meet it."""
        top = int(self.bound.argmax())
        self.picks.append(top)
        self.sq_radii.append(float(self.bound[top]))
        center = self.block.take([top])
        products = center.products(self.block)[0].astype(np.float64)
        upper = self.upper_norms + self.upper_norms[top] - 2 * products
        lower = upper - 2 * (self.slack + self.slack[top])
        self.settled &= lower >= self.bound
        self.bound = np.minimum(self.bound, np.maximum(upper, 0))
        self.bound[top] = -1
        self.settled[top] = True


def nearest_to_mean(rows):
    """Return the position of the row nearest to the mean, the lowest on ties."""
    if not hasattr(rows, "mean"):
        # |x - mean|^2 without what all rows share; times n_samples, so exact for integers
        return int((len(rows) * rows.sq_norms - 2 * rows.products_with_total()).argmin())
    return nearest_to(rows, rows.mean())[0]


def nearest_to(rows, mean):
    """Return the position of the row nearest to a single row, and the squared distance."""
    # Only rows whose lower bound is within the least upper bound so far can be the nearest.
    least, maybe, lower = np.inf, [], []
    for part in rows.chunks(2):
        block = rows.take(part)
        upper = upper_nearest(block, mean)
        least = min(least, upper.min())
        low = upper - 2 * (block.slack + mean.slack)
        close = np.flatnonzero(low <= least)
        maybe.append(close + part.start)
        lower.append(low[close])
    close = np.concatenate(maybe)[np.concatenate(lower) <= least]
    sq = rows.pair_sq_distances(close, mean, np.zeros(len(close), dtype=np.intp))
    return int(close[sq.argmin()]), float(sq.min())
