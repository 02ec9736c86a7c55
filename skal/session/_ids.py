"""Ids of rows, and the rows they belong to."""

import contextlib
import functools
import json
from json.encoder import encode_basestring_ascii
from numbers import Integral

import numpy as np

from .._base import is_missing, json_value
from ._lists import as_list, check_ordered, is_scalar
from ._text import check_encodable, is_encodable


class Ids:
    """The id of each row, and the position of each id.

    Parameters
    ----------
    given : array-like of shape (n_rows,) or None
        None: the ids are the positions.
    n_rows : int

    Attributes
    ----------
    values : range, ndarray of dtype int64 or list
        The form that takes least memory, as there may be millions.
    are_positions : bool
        Whether rows are told by their positions only: no ids are given, or they only count.
    """

    def __init__(self, given, n_rows):
        if not n_rows:
            raise ValueError("X must hold at least one row, got none.")
        self.values, self._are_text = (range(n_rows), False) if given is None else _plain(given)
        self.are_positions = given is None or _only_counts(given)
        if len(self.values) != n_rows:
            raise ValueError(
                f"ids must hold one id for each of the {n_rows} rows of X, got {len(self.values)}."
            )

    def __len__(self):
        return len(self.values)

    def at(self, position):
        """Return the id of a row as a Python object."""
        one = self.values[position]
        return one.item() if isinstance(one, np.generic) else one

    def as_json(self, position):
        """Return the id of a row as JSON."""
        one = self.values[position]
        if type(one) is str:  # there may be millions, and this takes a tenth of the time
            return encode_basestring_ascii(one)
        return json.dumps(json_value(self.at(position)))

    def of(self, entries):
        """Return the ids of the rows that entries of the log are about."""
        return [self.at(entry.row) for entry in entries]

    def index(self):
        """Index the ids, which takes a while for millions of them; later calls cost nothing."""
        return self._places

    def __contains__(self, id_):
        try:
            return id_ in self._places
        except TypeError:
            return False

    def position(self, id_):
        """Return the position of the row with an id."""
        with contextlib.suppress(KeyError, TypeError):
            row = self._places[id_]
            # True == 1, but they are ids of two kinds.
            if isinstance(id_, bool) == isinstance(self.at(row), bool):
                return row
        raise ValueError(
            f"ids must be ids of rows of the data, such as {self.at(0)!r}, got {id_!r}."
        )

    def positions(self, ids):
        """Return the positions of one id or several, none of them twice."""
        # A tuple may be an id itself.
        is_one = is_scalar(ids) or (isinstance(ids, tuple) and ids in self)
        ids = [ids] if is_one else as_list(ids, "ids")
        rows = [self.position(id_) for id_ in ids]
        if len(set(rows)) < len(rows):
            repeated = next(id_ for id_, row in zip(ids, rows, strict=True) if rows.count(row) > 1)
            raise ValueError(f"ids must not repeat themselves, but {repeated!r} occurs twice.")
        return rows

    def position_in_text(self, id_):
        """Return the position of the row with an id as a file of text may hold it."""
        if self._are_text or not isinstance(id_, str) or id_ not in self._by_text:
            return self.position(id_)
        places = self._by_text[id_]
        if len(places) > 1:
            alike = " and ".join(repr(self.at(place)) for place in places)
            raise ValueError(
                f"ids must tell rows apart, but {alike} are both written {id_!r} in a file. Give "
                "the session ids of one kind, or label these rows by label()."
            )
        return places[0]

    def has_text(self, text):
        """Whether an id is written like this."""
        return text in self if self._are_text else text in self._by_text

    @functools.cached_property
    def _places(self):
        """The position of each id."""
        if isinstance(self.values, range):
            return _RangePlaces(self.values)
        ids = self.values.tolist() if isinstance(self.values, np.ndarray) else self.values
        return dict(zip(ids, range(len(ids)), strict=True))

    @functools.cached_property
    def _by_text(self):
        """The positions of the ids that are written alike."""
        places = {}
        for position in range(len(self)):
            places.setdefault(str(self.at(position)), []).append(position)
        return places

    def check(self):
        """Refuse ids that are missing, occur twice, or are no text that a file could hold."""
        if isinstance(self.values, (range, np.ndarray)):
            self._check_distinct()
            return
        if isinstance(self.values, list) and not self._are_text:
            missing = [row for row, one in enumerate(self.values) if is_missing(one)]
            if missing:
                raise ValueError(f"ids must not be missing, but that of row {missing[0]} is.")
        self._check_distinct()
        texts = [id_ for id_ in self.values if isinstance(id_, str)]
        # One by one only for the message: there may be millions.
        for text in () if is_encodable("".join(texts)) else texts:
            check_encodable(text, "ids")

    def _check_distinct(self):
        if not isinstance(self.values, range) and not _are_distinct(self.values):
            raise ValueError(
                f"ids must be unique, but {self._repeated()!r} occurs more than once. Give ids= a "
                "column or list of unique ids, or number the rows anew (reset_index in pandas)."
            )

    def _repeated(self):
        seen = set()
        for position in range(len(self)):
            id_ = self.at(position)
            if id_ in seen:
                return id_
            seen.add(id_)


class _RangePlaces:
    """Positions of the ids in a range, like a dict, but without its memory."""

    def __init__(self, ids):
        self._ids = ids

    def __contains__(self, id_):
        # 1.0 is in a range of integers, but is not an id.
        return isinstance(id_, Integral) and id_ in self._ids

    def __getitem__(self, id_):
        if id_ not in self:
            raise KeyError(id_)
        return self._ids.index(id_)


def _only_counts(index):
    """Whether an index of a pandas frame is the one it has when nobody gave it any."""
    return type(index).__name__ == "RangeIndex" and (index.start, index.step) == (0, 1)


def _plain(ids):
    """Return ids as a range, an array of int64 or a list, and whether they are all text."""
    if isinstance(ids, range):
        return ids, False
    check_ordered(ids, "ids")
    if getattr(ids, "ndim", 1) != 1:
        raise ValueError(f"ids must have one dimension, got an array of shape {ids.shape}.")
    if type(ids).__name__ == "RangeIndex":
        return range(ids.start, ids.stop, ids.step), False
    if not isinstance(ids, (list, tuple)):
        if getattr(getattr(ids, "dtype", None), "kind", "") == "i":
            return np.asarray(ids).astype(np.int64, copy=False), False
        ids = as_list(ids, "ids") if not hasattr(ids, "to_list") else ids.to_list()
    if joined(ids) is not None:
        return ids, True
    ids = [one.item() if isinstance(one, np.generic) else one for one in ids]
    return _as_integers(ids) if set(map(type, ids)) == {int} else ids, False


def joined(ids):
    """Return ids that are all text as one text, else None. No other test for text is as fast."""
    try:
        return "\0".join(ids)
    except TypeError:
        return None


def _as_integers(ids):
    try:
        return np.array(ids, dtype=np.int64)
    except OverflowError:  # such as 128-bit UUIDs
        return ids


def _are_distinct(ids):
    if isinstance(ids, np.ndarray):
        return _increase(np.sort(ids))
    # Ids with different hashes differ, and sorting the hashes of a million texts takes half the
    # time of making a set. Where hashes are equal, the set decides.
    try:
        hashes = np.fromiter(map(hash, ids), dtype=np.int64, count=len(ids))
    except TypeError as error:
        raise ValueError(
            f"ids must be text, numbers or other values that can be looked up: {error}. Give one "
            "value for each row."
        ) from error
    return _increase(np.sort(hashes)) or len(set(ids)) == len(ids)


def _increase(numbers):
    return bool((numbers[1:] > numbers[:-1]).all())
