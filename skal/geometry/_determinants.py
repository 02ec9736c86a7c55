"""Batches of the largest determinant: greedy maximum of a determinantal point process."""

import numpy as np

from .._base import check_count, warn_user

# Shares of a row's own diagonal entry, in double and in single precision: a rest below the first
# is round-off, and a rest below minus the second shows that L is not positive semi-definite.
_ROUND_OFF = {"d": (1e-12, 1e-6), "f": (1e-5, 1e-3)}


def dpp_map(L, n):
    r"""Choose rows whose submatrix has a large determinant, one after the other.

    A determinantal point process draws a set S with probability proportional to
    :math:`\det L_S`. It favors rows of large :math:`L_{ii}`, their quality, that are not alike.
    The most probable set cannot be found in reasonable time; each pick here is the one that makes
    the determinant largest, given the picks before it. The computation is a Cholesky
    decomposition with pivots, of which only `n` columns are computed: time O(n_samples * n^2),
    memory O(n_samples * n).

    Parameters
    ----------
    L : array-like of shape (n_samples, n_samples)
        A symmetric, positive semi-definite matrix. It is not written to.
    n : int
        How many rows to choose, at most n_samples.

    Returns
    -------
    positions : ndarray of shape (n,), dtype intp
        Distinct positions, in the order of choice, the lowest first on ties. Where the rank of L
        is below `n`, the rows with the largest diagonal entries among the rest fill the batch,
        with a warning.

    Raises
    ------
    ValueError
        If L is not square, finite, symmetric and positive semi-definite, or n is not between 1 and
        n_samples.

    References
    ----------
    L. Chen, G. Zhang and H. Zhou (2018). Fast greedy MAP inference for determinantal point
    process to improve recommendation diversity. NeurIPS. arXiv:1709.05135.

    A. Kulesza and B. Taskar (2012). Determinantal point processes for machine learning.
    Foundations and Trends in Machine Learning 5. arXiv:1207.6083.

    Examples
    --------
    The second row is the best after the first, but too similar to it.

    >>> from skal.geometry import dpp_map
    >>> dpp_map([[1.0, 0.9, 0.0], [0.9, 0.95, 0.0], [0.0, 0.0, 0.5]], 2)
    array([0, 2])
    """
    L, precision = _check_matrix(L)
    if check_count(n, "n") > len(L):
        raise ValueError(f"n must be between 1 and the number of rows {len(L)}, got n={n}.")
    diagonal = L.diagonal().astype(np.float64)
    # L is symmetric, and a row of it lies together in memory.
    positions, _ = largest_determinant(diagonal, L.__getitem__, n, precision=precision)
    if len(positions) < n:
        warn_dependent(len(positions), n, "their entries on the diagonal of L")
        rest = np.setdiff1d(np.arange(len(L)), positions)
        rest = rest[np.argsort(-diagonal[rest], kind="stable")]
        positions = np.concatenate([positions, rest[: n - len(positions)]])
    return positions


def warn_dependent(n_independent, n, rule):
    """Warn that a batch is larger than the rank of the matrix, and say what fills it."""
    warn_user(
        f"Only {n_independent} of the n={n} rows asked for are linearly independent; the others "
        f"add nothing to the determinant and are chosen by {rule}."
    )


def _check_matrix(L):
    L = np.asarray(L)
    if L.ndim != 2 or L.shape[0] != L.shape[1] or not len(L):
        raise ValueError(f"L must be a square matrix, got an array of shape {L.shape}.")
    if L.dtype.kind not in "fiub":
        raise ValueError(f"L must hold real numbers, got an array of {L.dtype}.")
    precision = "f" if L.dtype.kind == "f" and L.dtype.itemsize < 8 else "d"
    if not np.isfinite(L).all():
        row = int(np.flatnonzero(~np.isfinite(L).all(axis=1))[0])
        raise ValueError(f"L must be finite, but row {row} holds NaN or infinity.")
    negative = np.flatnonzero(L.diagonal() < 0)
    if len(negative):
        raise _not_semi_definite(negative[0], L[negative[0], negative[0]])
    scale = np.sqrt(L.diagonal().astype(np.float64))
    slack = 10 * _ROUND_OFF[precision][0]
    for i, row in enumerate(L):  # row by row, so that no second matrix is built
        gap = abs(row.astype(np.float64) - L[:, i])
        if (gap > slack * np.maximum(scale[i] * scale, abs(row))).any():
            j = int(gap.argmax())
            raise ValueError(
                f"L must be symmetric, but L[{i}, {j}] is {L[i, j]} and L[{j}, {i}] is {L[j, i]}. "
                "(L + L.T) / 2 is symmetric."
            )
    return L, precision


def _not_semi_definite(row, rest):
    return ValueError(
        "L must be positive semi-definite, but the determinant of chosen rows turns negative with "
        f"row {row}: {rest:.3g}. Kernels such as the RBF kernel give such matrices; adding a "
        "small number to the diagonal mends round-off."
    )


def largest_determinant(diagonal, column, n, *, precision="d", resolution=1e-12, order=None):
    """Return up to `n` positions that are linearly independent, and the gains of their picks.

    Parameters
    ----------
    diagonal : ndarray of shape (n_samples,)
        The diagonal of the matrix, not negative.
    column : callable
        Returns a column of the matrix, of shape (n_samples,).
    n : int
        The largest number of picks.
    precision : {"d", "f"}, default="d"
        The precision of the entries.
    resolution : float, default=1e-12
        Relative difference of two gains that counts as none.
    order : ndarray of shape (n_samples,), default=None
        Of equal gains the one least in this order wins. None: the lowest position.

    Returns
    -------
    positions : ndarray of shape (n_positions,), dtype intp
    gains : ndarray of shape (n_positions,)
        The logarithm of what each pick multiplies the determinant by.
    """
    round_off, wrong = (share * diagonal for share in _ROUND_OFF[precision])
    rest, factors = diagonal.copy(), np.empty((n, len(diagonal)))
    picks, gains = [], []
    while len(picks) < n:
        best = _first_of_largest(rest, resolution, order)
        if rest[best] <= 0:
            break
        t = len(picks)
        factor = column(best) - factors[:t, best] @ factors[:t]
        factors[t] = factor / np.sqrt(rest[best])
        gains.append(np.log(rest[best]))
        picks.append(best)
        # Rows that were dependent before, or are chosen, are 0 and stay so.
        rest = np.where(rest > 0, rest - factors[t] ** 2, 0)
        if (rest < -wrong).any():
            row = int(np.argmin(rest + wrong))
            raise _not_semi_definite(row, rest[row])
        rest[rest <= round_off] = 0
        rest[best] = 0
    return np.array(picks, dtype=np.intp), np.array(gains)


def _first_of_largest(values, resolution, order):
    equal = np.flatnonzero(values >= values.max() * (1 - resolution))
    return int(equal[0] if order is None else equal[order[equal].argmin()])
