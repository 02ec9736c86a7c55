"""How dense the rows around each row are: typicality, and mean similarity to all rows."""

import numpy as np
import scipy.sparse as sp

from .._base import Interval, Real, check_count, chunks_of
from . import _sizes
from ._as_rows import as_rows
from ._kernel_rows import KernelRows
from ._magnified import exponents_of_small, magnified
from ._outer_rows import OuterRows
from ._rows import row_sq_norms

SIMILARITIES = ("cosine", "euclidean")

_BETA = Interval(Real, 0, None, closed="left")


def typicality(X, n_neighbors):
    """Return the inverse of each row's mean distance to its nearest neighbors.

    It is large where rows lie close together. Distances are Euclidean. The nearest rows are found
    by blocks of products, the distances to them computed in float64 by differences.

    Parameters
    ----------
    X : {array-like, sparse matrix, OuterRows, KernelRows} of shape (n_samples, n_dims)
        The rows. They are not written to.
    n_neighbors : int
        How many of the nearest other rows count, at least 1. All of them where X holds fewer.

    Returns
    -------
    typicality : ndarray of shape (n_samples,)
        Above 0; infinite for rows whose neighbors are all copies of them, and for a single row.

    Raises
    ------
    ValueError
        If n_neighbors is not a positive integer, or a row holds NaN or infinity.

    See Also
    --------
    density : Compares every row with all others.

    References
    ----------
    G. Hacohen, A. Dekel and D. Weinshall (2022). Active learning on a budget: opposite strategies
    suit high and low budgets. ICML. arXiv:2202.02794.

    Examples
    --------
    >>> from skal.geometry import typicality
    >>> typicality([[0.0], [1.0], [2.0], [6.0]], 2)
    array([0.66666667, 1.        , 0.66666667, 0.22222222])
    """
    rows = as_rows(X)
    exponent = int(exponents_of_small(rows).sum())
    rows = magnified(rows)[0].to_double()
    n_neighbors = min(check_count(n_neighbors, "n_neighbors"), len(rows) - 1)
    if n_neighbors < 1:
        return np.full(len(rows), np.inf)
    means = np.empty(len(rows))
    for part in rows.chunks(3 * len(rows)):
        means[part] = _mean_distances(rows, np.arange(part.start, part.stop), n_neighbors)
    with np.errstate(divide="ignore", over="ignore"):
        return np.ldexp(1 / means, -exponent)


def _mean_distances(rows, positions, n_neighbors):
    """Return the mean distances of the rows at some positions to their nearest other rows."""
    block = rows.take(slice(positions[0], positions[-1] + 1))
    sq = block.block_sq_distances(rows)
    own = np.arange(len(positions))
    sq[own, positions] = np.inf
    nearest = np.argpartition(sq, n_neighbors - 1, axis=1)[:, :n_neighbors]
    exact = _sorted_sq_distances(rows, positions, nearest)
    # Any row whose approximate distance is within the round-off may be nearer than those found.
    # Nothing is nearer than copies, which is why whole pools of copies end here.
    limit = exact[:, -1] + 2 * block.slack
    close = sq <= (limit[:, None] + 2 * rows.slack)
    unclear = (close.sum(axis=1) > n_neighbors) & (exact[:, -1] > 0)
    for i in np.flatnonzero(unclear):
        exact[i] = _sorted_sq_distances(rows, positions[i : i + 1], close[i].nonzero()[0][None])[
            0, :n_neighbors
        ]
    return np.sqrt(exact).mean(axis=1)


def _sorted_sq_distances(rows, positions, others):
    """Return exact squared distances, ascending, for `others` of shape (n_positions, n_others)."""
    lefts = np.repeat(positions, others.shape[1])
    sq = rows.pair_sq_distances(lefts, rows, others.ravel()).reshape(others.shape)
    return np.sort(sq, axis=1)


def density(X, *, beta=1.0, similarity="cosine"):
    r"""Return each row's mean similarity to all rows, itself included.

    .. math:: \left( \frac{1}{n} \sum_j \mathrm{sim}(x_i, x_j) \right)^\beta

    Cosines take one pass over the rows, as the mean is a product with the mean direction (rows
    known by a kernel: all pairs). Distances take all pairs, in blocks, so that memory stays small.

    Parameters
    ----------
    X : {array-like, sparse matrix, OuterRows, KernelRows} of shape (n_samples, n_dims)
        The rows. They are not written to.
    beta : float, default=1.0
        Exponent, at least 0.
    similarity : {"cosine", "euclidean"}, default="cosine"
        "cosine" is the cosine of the angle at the origin, 0 for a row of zeros. "euclidean" is
        1 / (1 + distance).

    Returns
    -------
    density : ndarray of shape (n_samples,)
        In float64, at most 1. The mean of cosines may be negative, mostly for centered data; the
        power of its magnitude is then taken with the sign kept, so that a larger mean is a larger
        density. For ``beta=0`` all densities are 1.

    Raises
    ------
    ValueError
        If a parameter is invalid, or a row holds NaN or infinity.

    See Also
    --------
    typicality : Looks at the nearest rows only.

    References
    ----------
    B. Settles and M. Craven (2008). An analysis of active learning strategies for sequence
    labeling tasks. EMNLP.

    Examples
    --------
    >>> from skal.geometry import density
    >>> density([[1.0, 0.0], [2.0, 0.0], [0.0, 1.0]])
    array([0.66666667, 0.66666667, 0.33333333])
    >>> density([[0.0], [1.0], [4.0]], similarity="euclidean").round(3)
    array([0.567, 0.583, 0.483])
    """
    if similarity not in SIMILARITIES:
        raise ValueError(f'similarity must be "cosine" or "euclidean", got {similarity!r}.')
    if not _BETA.is_satisfied_by(beta):
        raise ValueError(f"beta must be a finite number of at least 0, got {beta!r}.")
    rows = as_rows(X)
    if beta == 0:
        return np.ones(len(rows))
    of = _mean_cosines if similarity == "cosine" else _mean_closeness
    means = of(rows)
    return np.sign(means) * abs(means) ** beta


def _mean_closeness(rows):
    return pair_sums(rows, _closeness) / len(rows)


def _closeness(distances):
    distances += 1
    return np.reciprocal(distances, out=distances)


def pair_sums(rows, function=None):
    """Return the sum over all rows of a function of the distance, for every row.

    Distances are symmetric, so every pair of blocks is visited once. The blocks do not depend on
    the memory at hand, and so neither do the last digits of the sums.

    Parameters
    ----------
    rows : rows
    function : callable, default=None
        Takes distances of shape (n_rows, n_others), which it may overwrite. None: the distance.
    """
    rows = rows.to_double()
    sums, ones = np.zeros(len(rows)), np.ones(_sizes.PAIRS)
    blocks = chunks_of(len(rows), _sizes.PAIRS)
    taken = [rows.take(part) for part in blocks]
    for i, part in enumerate(blocks):
        for others, block in zip(blocks[i:], taken[i:], strict=True):
            values = _clear_sq_block(taken[i], block, part == others)
            values = np.sqrt(values, out=values)
            values = values if function is None else function(values)
            sums[part] += values @ ones[: values.shape[1]]
            if part != others:
                sums[others] += ones[: len(values)] @ values
    return sums


def mean_sq_distance(rows):
    """Return the mean squared distance between two different rows, 0 for a single row."""
    if hasattr(rows, "mean"):
        of_mean = rows.mean().sq_norms[0]
    else:
        of_mean = rows.products_with_total().mean() / len(rows)
    spread = max(rows.sq_norms.mean() - of_mean, 0)  # cancellation leaves negatives
    return 2 * spread * len(rows) / max(1, len(rows) - 1)


def _clear_sq_block(block, others, same):
    """Return squared distances; those that round-off cannot tell from zero are zero."""
    sq = block.block_sq_distances(others)
    if same or sq.min() <= 2 * (block.slack.max() + others.slack.max()):
        sq[sq <= 2 * (block.slack[:, None] + others.slack)] = 0
    return sq


def _mean_cosines(rows):
    if isinstance(rows, KernelRows):
        return _mean_kernel_cosines(rows)
    if isinstance(rows, OuterRows):
        left, right = _directions(rows.left), _directions(rows.right)
        return OuterRows(left, right).products_with_total() / len(rows)
    total = np.zeros(rows.widths)
    blocks = _blocks(len(rows), rows.n_terms)
    for part in blocks:
        total += _sums(_directions(rows.X[part]))
    total /= len(rows)
    return np.concatenate([_directions(rows.X[part]) @ total for part in blocks])


def _blocks(n_rows, n_terms):
    """Return slices of rows, whose sizes do not depend on the memory at hand."""
    return chunks_of(n_rows, _sizes.TERMS // max(1, n_terms))


def _sums(X):
    return np.asarray(X.sum(axis=0)).ravel()


def _directions(X):
    """Return rows divided by their lengths, in float64; rows of zeros stay."""
    X = X.astype(np.float64, copy=False)
    if sp.issparse(X):
        X = _to_unit_size(X.tocsr())
        lengths = _nonzero(np.sqrt(np.asarray(X.multiply(X).sum(axis=1)).ravel()))
        return sp.diags(1 / lengths).dot(X).tocsr()
    X = _to_unit_size(X)
    return X / _nonzero(np.sqrt(row_sq_norms(X)))[:, None]


def _to_unit_size(X):
    """Return rows of which the largest values are about 1, so that squares do not vanish.

    A power of two for each row changes no digit and no direction.
    """
    largest = abs(X).max(axis=1) if X.shape[1] else np.zeros(X.shape[0])
    largest = largest.toarray().ravel() if sp.issparse(largest) else largest
    exponents = np.frexp(largest)[1]
    if not sp.issparse(X):
        return np.ldexp(X, -exponents[:, None])
    values = np.ldexp(X.data, -np.repeat(exponents, np.diff(X.indptr)))
    return sp.csr_matrix((values, X.indices, X.indptr), shape=X.shape)


def _nonzero(lengths):
    return np.where(lengths > 0, lengths, 1.0)


def _mean_kernel_cosines(rows):
    lengths = _nonzero(np.sqrt(np.maximum(rows.sq_norms, 0)))
    sums = np.zeros(len(rows))
    blocks = chunks_of(len(rows), _sizes.PAIRS)
    for part in blocks:
        block = rows.take(part)
        for others in blocks:
            sums[part] += block.products(rows.take(others)) @ (1 / lengths[others])
    return sums / lengths / len(rows)
