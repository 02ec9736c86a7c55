"""Fingerprints, which tell the data of a session from other data."""

import hashlib
import json
from numbers import Real

import numpy as np
import scipy.sparse as sp

from .._base import is_dataset, is_missing, take_rows
from ._ids import joined

N_SAMPLED = 16


def fingerprint(rows, n_rows=None):
    """Describe the first rows: all ids, the columns, and a few rows where there are no ids.

    Parameters
    ----------
    rows : Rows
    n_rows : int, default=None
        None: all of them.

    Returns
    -------
    fingerprint : dict
        Can be kept as JSON.
    """
    n_rows = len(rows) if n_rows is None else n_rows
    return {
        "n_rows": n_rows,
        "ids": _digest_of_ids(rows.ids.values[:n_rows]),
        "columns": _columns(rows.X),
        "sample": _digest_of_sample(rows.X, n_rows) if rows.ids.are_positions else None,
    }


def check_same(rows, seen, path):
    """Refuse data whose first rows do not have the fingerprint seen before."""
    refusal = f"X is not the data of the session {path}: "
    if len(rows) < seen["n_rows"]:
        raise ValueError(
            f"{refusal}it has {len(rows)} rows, and had {seen['n_rows']}. Rows may be appended, "
            "not removed."
        )
    now = fingerprint(rows, seen["n_rows"])
    if now["columns"] != seen["columns"]:
        raise ValueError(
            f"{refusal}its columns are {_named(now)}, and were {_named(seen)} (1: numbers, 0: "
            "anything else)."
        )
    if now["ids"] != seen["ids"]:
        raise ValueError(
            f"{refusal}the ids of the first {seen['n_rows']} rows differ, in value or in order. "
            "Rows may be appended at the end only; give other data a session of their own."
        )
    # A sample was taken only where positions were all that told the rows, then and now.
    if None not in (now["sample"], seen["sample"]) and now["sample"] != seen["sample"]:
        raise ValueError(
            f"{refusal}without ids, rows are told by their position, and some rows have changed. "
            "If they are the same rows with corrected values, say so by ids=range(len(X))."
        )


def _named(seen):
    return dict(map(tuple, seen["columns"]))


def _digest(kind, data):
    return kind + hashlib.blake2b(data, digest_size=16).hexdigest()


def _digest_of_ids(ids):
    if isinstance(ids, range):
        ids = np.arange(ids.start, ids.stop, ids.step, dtype=np.int64)
    if isinstance(ids, np.ndarray):
        return _digest("int:", np.ascontiguousarray(ids, dtype="<i8"))
    # The kind is part of the digest: 1 and "1" are different ids.
    kind, text = "text:", joined(ids)
    if text is None:
        kind, text = "any:", "\0".join(map(repr, ids))
    # Text that was read with errors="surrogateescape" holds halves of characters.
    return _digest(kind, text.encode("utf-8", "surrogatepass"))


def _columns(X):
    """Return the name of each column and whether it holds numbers, or the shape of a row."""
    if hasattr(X, "columns"):
        dtypes = list(X.dtypes)
        return [[str(name), int(_is_number(t))] for name, t in zip(X.columns, dtypes, strict=True)]
    shape = getattr(X, "shape", None)
    return [] if shape is None else [["shape", size] for size in shape[1:]]


def _is_number(dtype):
    if hasattr(dtype, "is_numeric"):  # polars
        return dtype.is_numeric()
    # Truth values are not numbers: with a missing value appended they become objects.
    return getattr(dtype, "kind", "O") in "iuf"


def _digest_of_sample(X, n_rows):
    """Return a digest of a few rows, which stays the same when other rows are appended."""
    if is_dataset(X):  # to read even a few rows may take long, or give others each time
        return None
    positions = np.unique(np.linspace(0, n_rows - 1, N_SAMPLED).astype(np.intp))
    text = _canonical(_as_lists(take_rows(X, positions)))
    return _digest("", text.encode("utf-8", "surrogatepass"))


def _as_lists(rows):
    if sp.issparse(rows):
        rows = rows.toarray()
    if hasattr(rows, "rows"):  # polars
        return rows.rows()
    if hasattr(rows, "to_numpy"):
        rows = rows.to_numpy(dtype=object)
    return rows.tolist() if hasattr(rows, "tolist") else list(rows)


def _canonical(value):
    """Write values so that a column's dtype, which appended rows may change, does not matter."""
    if isinstance(value, (list, tuple, np.ndarray)):
        return "[" + ",".join(map(_canonical, value)) + "]"
    if is_missing(value):
        return "null"
    if isinstance(value, Real):
        return repr(float(value))
    return json.dumps(str(value))
