"""The rows of a labeling session: their ids, and how data are told from other data."""

import functools
import hashlib
import json
from numbers import Real

import numpy as np
import scipy.sparse as sp

from .._base import Integral, is_dataset, num_rows, take_rows

N_SAMPLED = 16


class Rows:
    """Rows of X with an id each.

    Parameters
    ----------
    X : rows of shape (n_rows, ...)
    ids : array-like of shape (n_rows,), str or None
        As in :class:`~skal.session.LabelingSession`.

    Attributes
    ----------
    X : rows of shape (n_rows, ...)
        Without the column of ids, where `ids` named one.
    """

    def __init__(self, X, ids=None):
        self.X, ids = _split_ids(X, ids)
        self._ids, self._are_text = _plain(ids)
        # Without ids, or with an index that only counts, the position is all there is.
        self._are_positions = ids is None or _only_counts(ids)
        n_rows = num_rows(self.X)
        if not n_rows:
            raise ValueError("X must hold at least one row, got none.")
        if ids is None:
            self._ids = range(n_rows)
        if len(self._ids) != n_rows:
            raise ValueError(
                f"ids must hold one id for each of the {n_rows} rows of X, got {len(self._ids)}."
            )

    def __len__(self):
        return len(self._ids)

    def take(self, positions):
        """Return the rows at some positions."""
        return take_rows(self.X, np.asarray(positions, dtype=np.intp))

    def id_at(self, position):
        """Return the id of a row as a Python object."""
        one = self._ids[position]
        return one.item() if isinstance(one, np.generic) else one

    def position(self, id_):
        """Return the position of the row with an id."""
        try:
            return self.places[id_]
        except (KeyError, TypeError):
            raise ValueError(
                f"ids must be ids of rows of the data, such as {self.id_at(0)!r}, got {id_!r}."
            ) from None

    def holds(self, id_):
        """Whether `id_` is an id."""
        try:
            return id_ in self.places
        except TypeError:
            return False

    def index_ids(self):
        """Get ready to look up ids, so that the first answer is not kept waiting."""
        return self.places

    @functools.cached_property
    def places(self):
        """The position of each id."""
        if isinstance(self._ids, range):
            return _RangePlaces(self._ids)
        ids = self._ids.tolist() if isinstance(self._ids, np.ndarray) else self._ids
        return dict(zip(ids, range(len(ids)), strict=True))

    @functools.cached_property
    def by_text(self):
        """The position of each id, by what is written for it in a file of text."""
        return {text_of(self.id_at(position)): position for position in range(len(self))}

    def check_ids(self):
        """Refuse missing ids and ids that occur twice."""
        if isinstance(self._ids, range):
            return
        if isinstance(self._ids, list) and not self._are_text:
            missing = [i for i, one in enumerate(self._ids) if one is None or one != one]
            if missing:
                raise ValueError(f"ids must not be missing, but that of row {missing[0]} is.")
        if not _are_distinct(self._ids):
            raise ValueError(
                f"ids must be unique, but {self._repeated()!r} occurs more than once. Give ids= a "
                "column or list of unique ids, or number the rows anew (reset_index in pandas)."
            )

    def _repeated(self):
        seen = set()
        for position in range(len(self)):
            id_ = self.id_at(position)
            if id_ in seen:
                return id_
            seen.add(id_)

    # What other data would not have in common -------------------------------------------

    def fingerprint(self, n_rows=None):
        """Describe the first rows so that other data can be told from them."""
        n_rows = len(self) if n_rows is None else n_rows
        return {
            "n_rows": n_rows,
            "ids": _digest_of_ids(self._ids[:n_rows]),
            "columns": _columns(self.X),
            "sample": _digest_of_sample(self.X, n_rows) if self._are_positions else None,
        }

    def check_same(self, seen, path):
        """Refuse data whose first rows are not those seen before."""
        refusal = f"X is not the data of the session {path}: "
        if len(self) < seen["n_rows"]:
            raise ValueError(
                f"{refusal}it has {len(self)} rows, and had {seen['n_rows']}. Rows may be "
                "appended, not removed."
            )
        now = self.fingerprint(seen["n_rows"])
        if now["columns"] != seen["columns"]:
            raise ValueError(
                f"{refusal}its columns are {_named(now)}, and were {_named(seen)} (1: numbers, "
                "0: anything else)."
            )
        if now["ids"] != seen["ids"]:
            raise ValueError(
                f"{refusal}the ids of the first {seen['n_rows']} rows differ, in value or in "
                "order. Rows may be appended at the end only; give other data a session of "
                "their own."
            )
        if None not in (now["sample"], seen["sample"]) and now["sample"] != seen["sample"]:
            raise ValueError(
                f"{refusal}without ids, rows are told by their position, and some rows have "
                "changed. If they are the same rows with corrected values, say so by "
                "ids=range(len(X))."
            )


class _RangePlaces:
    """Positions of the ids in a range, like a dict."""

    def __init__(self, ids):
        self._ids = ids

    def __contains__(self, id_):
        return isinstance(id_, Integral) and id_ in self._ids

    def __getitem__(self, id_):
        if id_ not in self:
            raise KeyError(id_)
        return self._ids.index(id_)


def text_of(id_):
    """Return what is written for an id in a file of text."""
    return id_ if isinstance(id_, str) else str(id_)


def json_of(id_):
    """Return an id as JSON, for people who read the log."""
    return json.dumps(id_, default=str)


def _split_ids(X, ids):
    if isinstance(ids, str):
        _check_has_column(X, ids)
        features = [name for name in X.columns if name != ids]
        return X[features], X[ids]
    if ids is None and hasattr(X, "iloc"):
        ids = X.index
    return X, ids


def _check_has_column(X, name):
    if not hasattr(X, "columns"):
        raise ValueError(f"ids={name!r} names a column, but X, a {type(X).__name__}, has none.")
    if name not in X.columns:
        raise ValueError(f"ids must name a column of X, {list(X.columns)}, got {name!r}.")


def _only_counts(index):
    """Whether an index of a pandas frame is the one it has when nobody gave it any."""
    return type(index).__name__ == "RangeIndex" and (index.start, index.step) == (0, 1)


def _plain(ids):
    """Return ids as a range, an array of int64 or a list, and whether that is all text."""
    if ids is None or isinstance(ids, range):
        return ids, False
    if type(ids).__name__ == "RangeIndex":
        return range(ids.start, ids.stop, ids.step), False
    if not isinstance(ids, (list, tuple)):
        if getattr(getattr(ids, "dtype", None), "kind", "") == "i":
            return np.asarray(ids).astype(np.int64, copy=False), False
        ids = ids.tolist() if hasattr(ids, "tolist") else ids.to_list()
    if _joined(ids) is not None:
        return ids, True
    ids = [one.item() if isinstance(one, np.generic) else one for one in ids]
    return _as_integers(ids) if set(map(type, ids)) == {int} else ids, False


def _joined(ids):
    """Return ids that are all text as one text, else None. Nothing tells so sooner."""
    try:
        return "\0".join(ids)
    except TypeError:
        return None


def _are_distinct(ids):
    if isinstance(ids, np.ndarray):
        return _increase(np.sort(ids))
    # Sorting the hashes of a million texts takes half the time of a set of them.
    hashes = np.fromiter(map(hash, ids), dtype=np.int64, count=len(ids))
    return _increase(np.sort(hashes)) or len(set(ids)) == len(ids)


def _increase(numbers):
    return bool((numbers[1:] > numbers[:-1]).all())


def _as_integers(ids):
    try:
        return np.array(ids, dtype=np.int64)
    except OverflowError:
        return ids


def _digest(kind, data):
    return kind + hashlib.blake2b(data, digest_size=16).hexdigest()


def _digest_of_ids(ids):
    if isinstance(ids, range):
        ids = np.arange(ids.start, ids.stop, ids.step, dtype=np.int64)
    if isinstance(ids, np.ndarray):
        return _digest("int:", np.ascontiguousarray(ids, dtype="<i8"))
    kind, text = "text:", _joined(ids)
    if text is None:
        kind, text = "any:", "\0".join(map(repr, ids))
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
    return getattr(dtype, "kind", "O") in "iuf"


def _named(fingerprint):
    return dict(map(tuple, fingerprint["columns"]))


def _digest_of_sample(X, n_rows):
    """Return a digest of a few rows, which stays the same when other rows are appended."""
    if is_dataset(X):
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
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return "null"
    if isinstance(value, Real):
        return "null" if value != value else repr(float(value))
    return json.dumps(str(value))
