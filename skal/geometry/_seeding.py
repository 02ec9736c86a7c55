"""k-means++ seeding by rejection: rows are drawn from bounds, and then kept or refused."""

import numpy as np

from .._base import make_random_state
from . import _sizes
from ._array_rows import DenseRows, dense_sums
from ._as_rows import as_rows, check_n
from ._distinct import between
from ._magnified import magnified
from ._nearest import Nearest, exact_nearest


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
    first = _largest_norm(rows) if init == "norm" else generator.randint(len(rows))
    return seed_centers(rows, n, int(first), generator)


def _largest_norm(rows):
    """Return the first position of the largest norm, relative to the true origin."""
    if isinstance(rows, DenseRows) and rows.origin is not None:
        return dense_sums(rows.X)[0].argmax()
    return rows.sq_norms.argmax()


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
            nearest.focus(np.median(nearest.bound))
            nearest.lower_all(len(picks))
            debt = 0
    filled = generator.permutation(np.flatnonzero(nearest.bound >= 0))[: n - len(picks)]
    return np.concatenate([np.array(picks, dtype=np.intp), filled])


def _next_draws(n_draws, n_kept, n_wanted):
    """Draw more at a time where few are kept, fewer where few are wanted."""
    n_draws = 2 * n_draws if n_kept <= n_draws // 4 else n_draws
    expected = n_wanted * n_draws // max(1, n_kept) + 4
    return min(max(min(n_draws, expected), _sizes.DRAWS[0]), _sizes.DRAWS[1])


def _cost_of_lowering(nearest):
    """Estimate what it costs to let all rows meet all centers, in multiplications.

    A pass over the rows costs about as much as sixteen centers in one product.
    """
    n_new = len(nearest.centers) - int(nearest.met.min())
    return len(nearest.rows) * (n_new + 16) * nearest.rows.n_terms


def _draw(nearest, n_draws, n, generator):
    """Draw candidates and keep up to n of them; return these and how many were refused."""
    limits = np.cumsum(np.maximum(nearest.bound, 0))
    drawn = np.searchsorted(limits, generator.random_sample(n_draws) * limits[-1], side="right")
    # Round-off may put a draw at the very end of the range, behind the last row of bound > 0.
    drawn = np.minimum(drawn, np.searchsorted(limits, limits[-1]))
    thresholds = generator.random_sample(n_draws) * nearest.bound[drawn]
    block = nearest.rows.take(drawn)
    sq = exact_nearest(block, nearest.centers)
    nearest.bound[drawn] = sq
    maybe = np.flatnonzero(thresholds < sq)
    kept = _keep(block.take(maybe), sq[maybe], thresholds[maybe], n)
    picks = drawn[maybe[kept]].tolist()
    if picks:
        nearest.choose(picks)
    return picks, n_draws - len(picks)


def _keep(block, sq, thresholds, n):
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
