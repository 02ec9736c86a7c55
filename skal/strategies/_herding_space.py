"""The space in which herding measures: scaled columns, and a bandwidth that suits the labels."""

import numpy as np
import scipy.sparse as sp
from scipy.optimize import brentq

from .._base import all_finite
from ..embeddings import rows_of
from ..geometry import as_rows, close_sq_distances, magnified
from ..pool import MissingOutputError

N_FROM = 100  # about as many candidates whose distances to all others decide the bandwidth
PART = 2**14  # pairs added up at a time
FAR = 1e100  # labeled rows beyond cover nothing, and their squares must not overflow
USUAL = (1e-100, 1e100)  # largest magnitudes of which squares and their sums are exact enough
EPSILON = np.finfo(np.float64).eps


def finite_rows(pool, embedding, reads=()):
    """Return the rows of a pool in an embedding, or say that there is no space.

    Outputs that are read later are computed with them, as a network gives both in one pass.

    Raises
    ------
    MissingOutputError
        If the pool has no embedding, or one that is not finite.
    """
    if embedding is None and reads and all(map(pool.has, reads)):
        pool.get("embedding", *reads)
    rows = rows_of(pool, embedding)
    is_array = isinstance(rows, np.ndarray) or sp.issparse(rows)
    if is_array and not all_finite(rows):
        raise MissingOutputError(
            "Herding measures distances in the embedding, but that holds NaN or infinity. Put an "
            "imputer in front of the classifier (a Pipeline), or use a strategy that needs no "
            "distances, such as UncertaintySampling()."
        )
    return rows


def scaled_space(pool, embedding, reads=()):
    """Return the rows of a pool, and those of its labeled samples or None, to measure between.

    The columns of dense arrays are divided by their standard deviations in the pool. Sparse rows,
    outer products and rows known by a kernel have no columns to scale.
    """
    rows = finite_rows(pool, embedding, reads)
    labeled = finite_rows(pool.labeled, embedding) if len(pool.labeled) else None
    if isinstance(rows, np.ndarray):
        rows, labeled = _scaled_columns(rows, labeled)
    elif sp.issparse(rows):
        rows, labeled = _of_usual_size(rows, labeled)
    rows = as_rows(rows)
    labeled = None if labeled is None else as_rows(labeled, "labeled", like=rows)
    return magnified(rows, labeled)


def _scaled_columns(rows, labeled):
    """Divide columns by their standard deviations; those that are constant are left as they are.

    The mean is taken off, which changes no distance. A power of two brings every column to a size
    at which squares neither overflow nor vanish, and changes no digit.
    """
    exponents = np.frexp(np.abs(rows).max(axis=0, initial=0))[1].astype(np.intc)
    unit = np.ldexp(rows.astype(np.float64, copy=False), -exponents)
    deviation, center = unit.std(axis=0), unit.mean(axis=0)
    is_constant = deviation < 1e-12 * np.abs(unit).max(axis=0, initial=0)
    is_constant |= deviation == 0
    center[is_constant] = unit[0, is_constant]  # the mean may be off by a rounding

    def scaled(values):
        values -= center
        values[:, ~is_constant] /= deviation[~is_constant]
        values[:, is_constant] = np.ldexp(values[:, is_constant], exponents[is_constant])
        return np.clip(values, -FAR, FAR, out=values)

    with np.errstate(over="ignore"):
        rows = scaled(unit)
        if labeled is not None:
            labeled = labeled.toarray() if sp.issparse(labeled) else labeled
            labeled = scaled(np.ldexp(labeled.astype(np.float64, copy=False), -exponents))
    return rows, labeled


def _of_usual_size(rows, labeled):
    """Return sparse rows of which squares neither overflow nor vanish; no digit changes."""
    largest = abs(rows.data).max(initial=0)
    if largest == 0 or USUAL[0] < largest < USUAL[1]:
        exponent = 0
    else:
        exponent = int(np.frexp(largest)[1])
    return _shrunk(rows, exponent), labeled if labeled is None else _shrunk(labeled, exponent)


def _shrunk(rows, exponent):
    if not sp.issparse(rows) or (exponent == 0 and abs(rows.data).max(initial=0) < FAR):
        return rows
    rows = rows.astype(np.float64)  # a copy
    with np.errstate(over="ignore"):
        rows.data = np.clip(np.ldexp(rows.data, -exponent), -FAR, FAR)
    return rows


def bandwidth(rows, mean_similarity):
    """Return gamma such that ``exp(-gamma d**2)`` has the given mean over pairs of distinct rows.

    The pairs are about every hundredth row against all of them. Copies do not count.
    """
    sq = _sq_distances_of_pairs(rows)
    if not len(sq):
        return 1.0
    at_least = np.log(np.log(1 / mean_similarity))
    low, high = at_least - np.log([sq.max(), sq.min()])  # a quotient could overflow

    def excess(log_gamma):
        with np.errstate(over="ignore"):
            mean = _mean_similarity(sq, np.exp(log_gamma))
        # A mean of 0 has no logarithm, with which the search could go on.
        mean = max(mean, np.finfo(np.float64).tiny)
        return np.log(mean / mean_similarity)

    # All pairs are at least as similar at the lower end, and none is more similar at the upper.
    # The search takes some ten steps, but more where distances differ by many orders of magnitude.
    return float(np.exp(brentq(excess, low - 1e-3, high + 1e-3, xtol=1e-9, maxiter=2000)))


def _mean_similarity(sq, gamma):
    """Return the mean of ``exp(-gamma * sq)``, added up in parts that stay in the cache."""
    parts = (sq[start : start + PART] for start in range(0, len(sq), PART))
    return sum(np.exp(part * -gamma).sum() for part in parts) / len(sq)


def _sq_distances_of_pairs(rows):
    rows = rows.to_double()
    some = rows.take(np.arange(0, len(rows), -(-len(rows) // N_FROM)))
    found, n_found = np.empty(len(some) * len(rows)), 0
    for start in range(0, len(rows), 1024):
        others = rows.take(slice(start, start + 1024))
        sq = close_sq_distances(some, others)
        sq = sq[sq > 64 * EPSILON * (some.sq_norms[:, None] + others.sq_norms)]
        found[n_found : n_found + len(sq)] = sq
        n_found += len(sq)
    return found[:n_found]
