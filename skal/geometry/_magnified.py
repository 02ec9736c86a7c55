"""Rows so small that squared distances between them would vanish, multiplied by a power of two."""

import numpy as np
import scipy.sparse as sp

from ._as_rows import as_rows
from ._outer_rows import OuterRows

# Below this largest squared norm, squares of differences come near to the smallest float64.
_SMALL = 1e-200


def magnified(rows, labeled=None):
    """Return rows, and rows to compare them with, so large that their squares can be told apart.

    Which row is the farthest or the nearest does not depend on the factor, a power of two that
    changes no digit. Rows of usual size, and rows known by a kernel, come back as they are.

    Parameters
    ----------
    rows : rows
        What `as_rows` returned.
    labeled : rows, default=None
        What `as_rows` returned with ``like=rows``.

    Returns
    -------
    rows : rows
    labeled : rows or None
    """
    exponents = exponents_of_small(rows, labeled)
    if not len(exponents):
        return rows, labeled
    rows = as_rows(_times(rows, -exponents))
    return rows, None if labeled is None else as_rows(_times(labeled, -exponents), like=rows)


def refuse_tiny(rows, name):
    """Refuse rows so small that distances would vanish, where they cannot be magnified."""
    if rows.sq_norms.max(initial=0) > _SMALL:
        return
    # Norms may be relative to an origin, so the numbers themselves decide.
    largest = [abs(part).max() for part in _factors(rows) if min(part.shape)]
    if largest and 0 < np.prod(largest) <= np.sqrt(_SMALL):
        raise ValueError(
            f"{name} holds numbers so small that squared distances between rows of different "
            "partitions would vanish. Multiply it by a large number, or scale its columns."
        )


def exponents_of_small(rows, labeled=None):
    """Return the exponents of two of the largest values of small rows, one for each factor.

    None for rows of usual size, and for rows that are known by a kernel.
    """
    both = [rows] if labeled is None else [rows, labeled]
    if max(one.sq_norms.max(initial=0) for one in both) > _SMALL:
        return np.empty(0, dtype=int)
    return np.max([list(map(_exponent, _factors(one))) for one in both], axis=0)


def _factors(rows):
    """Return the arrays that rows are the product of, none if they are known by a kernel."""
    if isinstance(rows, OuterRows):
        return rows.left, rows.right
    return (rows.X,) if hasattr(rows, "with_array") else ()


def _exponent(array):
    """Return the exponent of two of the largest value, 0 if all are zero."""
    return int(np.frexp(abs(array).max())[1]) if array.shape[0] and array.shape[1] else 0


def _times(rows, exponents):
    scaled = [_ldexp(*pair) for pair in zip(_factors(rows), exponents, strict=True)]
    return OuterRows(*scaled) if isinstance(rows, OuterRows) else scaled[0]


def _ldexp(array, exponent):
    if not sp.issparse(array):
        return np.ldexp(array, exponent)
    scaled = array.copy()
    scaled.data = np.ldexp(array.data, exponent)
    return scaled
