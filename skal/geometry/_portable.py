"""Rows as they travel between the parts of a pool and the place that chooses."""

import functools

import numpy as np
import scipy.sparse as sp

from ._array_rows import ArrayRows
from ._as_rows import as_rows


def portable(rows):
    """Return rows without their origin and precision, which every part chooses for itself.

    These are the arrays behind dense and csr rows; other rows are the same everywhere.
    """
    return rows.X if isinstance(rows, ArrayRows) else rows


def merged(parts):
    """Return portable rows, one after the other, as a single one."""
    if len(parts) == 1:
        return parts[0]
    if sp.issparse(parts[0]):
        return sp.vstack(parts, format="csr")
    if isinstance(parts[0], np.ndarray):
        return np.concatenate(parts)
    return functools.reduce(lambda rows, other: rows.append(other), parts)


def rows_like(given, rows):
    """Return portable rows as rows to compare with others, None for None."""
    return None if given is None else as_rows(given, "labeled", like=rows)
