"""k-means++ seeding by rejection: rows are drawn from bounds, and then kept or refused."""

import numpy as np

from .._base import chunks_of, draw_positions, make_random_state
from . import _sizes
from ._array_rows import DenseRows, dense_sums
from ._as_rows import as_rows, check_n
from ._distinct import between
from ._magnified import magnified
from ._nearest import Nearest, exact_nearest, typical


def kmeans_plusplus(X, n, *, init="norm", random_state=None):
    """Draw rows that are far apart: k-means++ seeding.

    Each center is drawn with probability proportional to the squared distance to the centers
    before it (D^2 sampling). The law is exact, also for float32 rows. No row is drawn twice. Once
    all rows left are copies of centers, the batch is filled uniformly from them.

    Parameters
    ----------
    X : {array-like, sparse matrix, OuterRows, KernelRows} of shape (n_samples, n_dims)
        The rows to draw from. They are not written to.
    n : int
        How many to draw, at most n_samples.
    init : {"norm", "uniform"}, default="norm"
        The first center: the row with the largest norm, the lowest position on ties, as in
        BADGE; or a row drawn uniformly, as in the original k-means++.
    random_state : int, RandomState instance or None, default=None
        Seed of the draws. None: fresh entropy.

    Returns
    -------
    positions : ndarray of shape (n,), dtype intp
        Distinct positions in X, in the order of choice.

    Raises
    ------
    ValueError
        If n is not between 1 and n_samples, `init` is unknown, or a row holds NaN or infinity.

    See Also
    --------
    k_center_greedy : Takes the farthest row rather than drawing a far one.
    weighted_kmeans_select : Goes on to cluster.

    Notes
    -----
    A candidate is drawn in proportion to its upper bound, which may be out of date, and kept
    with probability (squared distance now) / bound. Given the centers so far, each candidate is
    thus kept with probability proportional to its squared distance, and the first one that is
    kept follows the D^2 law whatever the bounds. All bounds are brought up to date only when the
    refused candidates have cost more than that takes.

    References
    ----------
    D. Arthur and S. Vassilvitskii (2007). k-means++: the advantages of careful seeding. SODA.

    J. T. Ash, C. Zhang, A. Krishnamurthy, J. Langford and A. Agarwal (2020). Deep batch active
    learning by diverse, uncertain gradient lower bounds. ICLR. arXiv:1906.03671.

    Examples
    --------
    >>> from skal.geometry import kmeans_plusplus
    >>> kmeans_plusplus([[0.0, 0.0], [0.0, 0.0], [3.0, 4.0], [3.0, 4.0]], 1)
    array([2])
    >>> kmeans_plusplus([[0.0], [0.0], [0.0], [9.0]], 2, random_state=0)[:1]
    array([3])
    """
    if init not in ("norm", "uniform"):
        raise ValueError(f'init must be "norm" or "uniform", got {init!r}.')
    rows, _ = magnified(as_rows(X))
    check_n(n, rows)
    generator = make_random_state(random_state)
    first = largest_norm(rows)[0] if init == "norm" else generator.randint(len(rows))
    return seed_centers(rows, n, int(first), generator)


def largest_norm(rows):
    """Return the first position of the largest squared norm from the true origin, and the norm.

    Norms that differ by round-off alone count as equal: copies of a row may have such norms.
    """
    norms = true_sq_norms(rows)
    largest = norms.max()
    return int(np.argmax(norms >= largest - rows.slack_of(largest))), float(largest)


def true_sq_norms(rows):
    """Return the squared norms of rows relative to the true origin."""
    if isinstance(rows, DenseRows) and rows.origin is not None:
        return dense_sums(rows.X)[0]
    return rows.sq_norms


def seed_centers(rows, n, first, generator):
    """Draw n rows by D^2 sampling, the first one given."""
    nearest = Nearest(rows)
    nearest.choose([first])
    nearest.lower_all(1)
    picks, n_draws, debt = [first], _sizes.DRAWS[0], 0
    while len(picks) < n and nearest.bound.max() > 0:
        new, n_refused = _draw(nearest, n_draws, n - len(picks), generator)
        picks += new
        n_draws = _next_draws(n_draws, len(new), n - len(picks))
        debt += n_refused * (_sizes.DRAW_COST + len(picks) * rows.n_terms)
        if debt >= _cost_of_lowering(nearest):
            nearest.focus(typical(nearest.bound))
            nearest.lower_all(len(picks))
            debt = 0
    if len(picks) < n:  # all rows left are copies of centers
        left = np.flatnonzero(nearest.bound >= 0)
        picks += left[draw_positions(generator, len(left), n - len(picks))].tolist()
    return np.array(picks, dtype=np.intp)


def _next_draws(n_draws, n_kept, n_wanted):
    """Draw more at a time where few are kept, fewer where few are wanted."""
    n_draws = 2 * n_draws if n_kept <= n_draws // 4 else n_draws
    expected = n_wanted * n_draws // max(1, n_kept) + 4
    return min(max(min(n_draws, expected), _sizes.DRAWS[0]), _sizes.DRAWS[1])


def _cost_of_lowering(nearest):
    """Estimate what it costs to let all rows meet all centers, in multiplications.

    A pass over the rows costs about as much as sixteen centers in one product.
    """
    n_new = len(nearest.centers) - nearest.least_met()
    return len(nearest.rows) * (n_new + 16) * nearest.rows.n_terms


def _draw(nearest, n_draws, n, generator):
    """Draw candidates and keep up to n of them; return these and how many were refused."""
    drawn = RunningSums(nearest.bound).draw(n_draws, generator)
    thresholds = generator.random_sample(n_draws) * nearest.bound[drawn]
    block = nearest.rows.take(drawn)
    sq = exact_nearest(block, nearest.centers)
    nearest.bound[drawn] = sq
    maybe = np.flatnonzero(thresholds < sq)
    kept = keep(block.take(maybe), sq[maybe], thresholds[maybe], n)
    picks = drawn[maybe[kept]].tolist()
    if picks:
        nearest.choose(picks)
    return picks, n_draws - len(picks)


class RunningSums:
    """Running sums of bounds, those below 0 taken for 0, of which only a block exists at a time.

    Each block goes on from the sum of those before it, so the sums are those of all rows at once.
    """

    def __init__(self, bound):
        self.bound = bound
        self.blocks = chunks_of(len(bound), _sizes.SUMMED)
        self.ends = np.zeros(len(self.blocks) + 1)
        for i in range(len(self.blocks)):
            self.ends[i + 1] = self._within(i)[-1]

    def _within(self, i):
        values = np.maximum(self.bound[self.blocks[i]], 0)
        values[0] += self.ends[i]
        return np.cumsum(values, out=values)

    def draw(self, n, generator):
        """Return n positions drawn in proportion to the bounds."""
        total = self.ends[-1]
        # Round-off may put a draw at the very end of the range, behind the last row of bound > 0.
        last = int(np.searchsorted(self.ends[1:], total))
        last = self.blocks[last].start + np.searchsorted(self._within(last), total)
        targets = generator.random_sample(n) * total
        of_block = np.searchsorted(self.ends[1:-1], targets, "right")
        drawn = np.empty(n, dtype=np.intp)
        for i in np.unique(of_block):
            here = of_block == i
            inside = np.searchsorted(self._within(i), targets[here], "right")
            drawn[here] = self.blocks[i].start + inside
        return np.minimum(drawn, last)


def keep(block, sq, thresholds, n):
    """Keep candidates in turn, each center kept bringing down the later squared distances."""
    if not len(block):
        return []
    distances, kept = between(block, sq), []
    for i, threshold in enumerate(thresholds):
        if threshold < sq[i]:
            kept.append(i)
            if len(kept) == n:
                break
            sq = np.minimum(sq, distances[i])
    return kept
