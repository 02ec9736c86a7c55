"""Greedy choice of the row whose least product of two distances is the largest.

The distances are one between rows and one between numbers that belong to them. Products only
shrink as centers join. So a list of the rows with the largest products is kept up to date for
pick after pick, and the other rows meet the new centers when none on the list is sure to be next.
"""

import numpy as np

from .._base import chunks_within
from . import _sizes
from ._as_rows import as_rows, check_n
from ._k_center import Rest, farthest_first, largest, nearest_to_mean, next_size
from ._magnified import magnified


def farthest_by_products(X, numbers, n, labeled=None, labeled_numbers=None):
    """Choose rows in turn, each with the largest product of distances to the nearest center.

    Centers are the labeled and the chosen rows. The product for a row and a center is that of the
    distance of the rows and the distance of their numbers, and the least one over all centers
    counts. Of equal rows that at the lowest position is chosen. Without labeled rows it starts at
    the row nearest to the mean. Once all products are 0, the rows farthest from all centers
    follow.

    Parameters
    ----------
    X : {array-like, sparse matrix, OuterRows, KernelRows} of shape (n_samples, n_dims)
        The rows to choose from. They are not written to.
    numbers : ndarray of shape (n_samples,)
        Finite numbers.
    n : int
        How many to choose, at most n_samples.
    labeled : rows of the same kind, of shape (n_labeled, n_dims), default=None
        The first centers.
    labeled_numbers : ndarray of shape (n_labeled,), default=None
        Their numbers.

    Returns
    -------
    positions : ndarray of shape (n,), dtype intp
        Distinct positions in X, in the order of choice.
    """
    rows = as_rows(X)
    check_n(n, rows)
    labeled = None if labeled is None else as_rows(labeled, "labeled", like=rows)
    rows, labeled = magnified(rows, labeled)
    numbers, labeled_numbers = _of_unit_size(numbers, labeled_numbers)
    search = _Search(rows, numbers)
    if labeled is None:
        search.begin_at_mean()
    else:
        search.meet(labeled, labeled_numbers)
    size = _sizes.LONG_LIST[0]
    while len(search.picks) < n and search.product.max() > 0:
        n_new = search.choose_from_list(size, n - len(search.picks))
        size = next_size(size, n_new)
    picks = np.array(search.picks, dtype=np.intp)
    if len(picks) < n:
        left = np.flatnonzero(search.product >= 0)
        chosen = rows.take(picks)
        centers = chosen if labeled is None else labeled.append(chosen)
        more = farthest_first(rows.take(left), n - len(picks), centers)[0]
        picks = np.concatenate([picks, left[more]])
    return picks


def _of_unit_size(numbers, others):
    """Return numbers as float64 of at most 1, multiplied by a power of two, which is exact."""
    both = [np.asarray(part, dtype=np.float64) for part in (numbers, others) if part is not None]
    exponent = np.frexp(max(abs(part).max(initial=0) for part in both))[1]
    scaled = [np.ldexp(part, -exponent) for part in both]
    return scaled[0], scaled[1] if others is not None else None


class _Search:
    """Rows with the least products of their distances to the centers.

    Attributes
    ----------
    product : ndarray of shape (n_samples,)
        The least product for each row, exact in float64; -1 for rows that were chosen.
    picks : list of int
        The positions that were chosen.
    """

    def __init__(self, rows, numbers):
        self.rows, self.numbers = rows, numbers
        self.product = np.full(len(rows), np.inf)
        self.picks = []

    def begin_at_mean(self):
        """Choose the row nearest to the mean."""
        first = nearest_to_mean(self.rows)
        self.picks.append(first)
        self.meet(self.rows.take([first]), self.numbers[[first]])
        self.product[first] = -1

    def meet(self, centers, numbers):
        """Let all rows meet some centers."""
        row_bytes = 40 * len(centers) + self.rows.n_terms
        for part in chunks_within(len(self.rows), row_bytes, limit=_sizes.CHUNK_BYTES):
            gaps = abs(self.numbers[part, np.newaxis] - numbers)
            self.product[part] = _least(
                self.rows.take(part), centers, gaps, self.product[part].copy()
            )

    def choose_from_list(self, size, n):
        """Choose up to n rows from those with the largest products, and return how many."""
        listed, rest = largest(self.product, size)
        block, numbers, product = (
            self.rows.take(listed),
            self.numbers[listed],
            self.product[listed],
        )
        rest = Rest(rest.bound, np.searchsorted(listed, rest.position) - 0.5)
        places, every = [], np.arange(len(listed))
        while len(places) < n:
            top = int(product.argmax())
            if not rest.is_below(product[top], top):
                break
            places.append(top)
            sq = block.pair_sq_distances(every, block, np.full(len(every), top))
            product = np.minimum(product, np.sqrt(sq) * abs(numbers - numbers[top]))
            product[places] = -1
        self.picks += listed[places].tolist()
        self.product[listed] = product
        if len(listed) < len(self.rows):
            self.meet(block.take(places), numbers[places])
        return len(places)


def _least(block, centers, gaps, product):
    """Return the least products of the rows of a block, those known before among them.

    Bounds from products of matrices leave few pairs, which are settled by differences.
    """
    # Approximate squared distances err by at most twice the slack of both rows.
    slack = 2 * (block.slack[:, np.newaxis] + centers.slack)
    sq = block.block_sq_distances(centers).astype(np.float64, copy=False)
    upper = np.sqrt(np.maximum(sq + slack, 0)) * gaps
    least = np.minimum(upper.min(axis=1), product)
    lower = np.sqrt(np.maximum(sq - slack, 0, out=sq), out=sq)
    lower *= gaps
    # Products may round up, and a bound that is equal may belong to the center that counts.
    i, j = np.nonzero(lower * (1 - 1e-12) <= least[:, np.newaxis])
    exact = np.sqrt(block.pair_sq_distances(i, centers, j)) * gaps[i, j]
    np.minimum.at(product, i, exact)
    return product
