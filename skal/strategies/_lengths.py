"""Lengths of rows in any embedding, for scores that depend on nothing else of the rows."""

import numpy as np

from ..embeddings import rows_of
from ..geometry import KernelRows, OuterRows


def features_or_lengths(pool, embedding):
    """Return the rows of a pool, or one column with their lengths where there are no columns."""
    rows = rows_of(pool, embedding)
    if not isinstance(rows, (KernelRows, OuterRows)):
        return rows
    return np.sqrt(np.maximum(rows.sq_norms, 0))[:, np.newaxis]  # a kernel may answer below 0
