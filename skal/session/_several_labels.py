"""Several labels a row: each label is a list of names, kept as a tuple in their order."""

import ast
import json
import warnings
from itertools import chain

import numpy as np
import scipy.sparse as sp

from ._labels import LabelRules
from ._lists import as_list, is_scalar
from ._place import located

# Between the names in a cell of a table of text; alone, it is the list without names.
SEPARATOR = "|"


class Cell(str):
    """Text of a table, which may hold several labels; other text is one label."""


class SeveralLabelsRules(LabelRules):
    """Check lists of names, and write them in one order.

    Parameters
    ----------
    classes : array-like or None
        The only names that are allowed, in the order in which lists have them. None allows any, in
        sorted order.
    """

    are_several = True

    def listed(self, y, is_one):
        """Return labels as a list of lists; `is_one` says that y may be the list of one row.

        A row that is missing is None.
        """
        y = self._of_indicators(y, is_one)
        if isinstance(y, (str, bytes)) or not hasattr(y, "__iter__"):
            return as_list(y, "y")
        if is_one and (isinstance(y, (set, frozenset)) or all(map(is_scalar, y))):
            lists = [y]
        else:
            lists = as_list(y, "y")
        _refuse_rows_of_indicators(lists)
        return lists

    def _of_indicators(self, y, is_one):
        """Return lists of names in place of an indicator matrix, or of one of its rows."""
        values = y = y.toarray() if sp.issparse(y) else y
        if isinstance(values, np.ma.MaskedArray) and values.dtype.kind in "biuf":
            values = y = values.astype(float).filled(np.nan)
        if not isinstance(values, np.ndarray) or values.dtype.kind not in "biuf":
            return y
        if not (values.ndim == 2 or (values.ndim == 1 and is_one)):
            return y
        matrix = np.atleast_2d(values)
        is_missing_row = np.isnan(matrix).all(axis=1)
        if not np.isin(matrix[~is_missing_row], (0, 1)).all():
            return y
        known = self.classes
        if values.ndim == 1 and (known is None or len(known) != len(values)):
            return y  # labels that are numbers
        if known is None or len(known) != matrix.shape[1]:
            have = "no classes" if known is None else f"the classes {known}"
            raise ValueError(
                f"y is a matrix of 0 and 1 with {matrix.shape[1]} columns, and the session has "
                f"{have}. Open it with classes=, a label for each column in order, or give a list "
                "of labels for each row."
            )
        if known in ([0, 1], [1, 0]):  # True and False, too
            raise ValueError(
                f"y is a matrix of 0 and 1, and the classes are {known}: it may say which labels "
                "rows have, or name them. Give a list of labels for each row."
            )
        rows = [
            None if gone else [known[i] for i in np.flatnonzero(row)]
            for row, gone in zip(matrix, is_missing_row, strict=True)
        ]
        return rows[0] if values.ndim == 1 else rows

    def check(self, values, where=None):
        """Return each list of names as a tuple in order, without repetitions."""
        lists = []
        for i, value in enumerate(values):
            with located(where and where(i)):
                lists.append(_names(value))
        flat, of = _flat(lists)
        # Names of all rows together, as they must be of one kind.
        names = iter(self._checked(flat, where and (lambda i: where(of[i]))))
        checked = [[next(names) for _ in one] for one in lists]
        for i, one in enumerate(checked):
            with located(where and where(i)):
                _refuse_separator(one)
        return [tuple(sorted(set(one), key=self._place)) for one in checked]

    def from_text(self, labels, record, where):
        """Return lists that a file holds, as text or as lists, checked."""
        lists = []
        for i, label in enumerate(labels):
            with located(where(i)):
                lists.append(_of_text(label) if isinstance(label, str) else _names(label))
        flat, of = _flat(lists)
        names = iter(super().from_text(flat, record, lambda i: where(of[i])))
        return self.check([[next(names) for _ in one] for one in lists], where)

    def check_file(self, record):
        """Refuse a file that has one label a row."""
        for entry in record.entries():
            if not isinstance(entry.label, tuple):
                raise ValueError(
                    f"The file has one label a row, such as {entry.label!r}. Open it with "
                    "several_labels=None or False, or begin a new one for several."
                )

    def summary(self, labels):
        """Return what `progress` says of the labels that count: rows with each name."""
        return super().summary([name for one in labels for name in one])

    def names(self, labels):
        """Return what the columns of :meth:`targets` stand for."""
        in_use = {name for one in labels for name in one}
        # A file may have labels that are no longer among the classes: they stay known.
        return [*(self.classes or ()), *sorted(in_use.difference(self._classes or ()))]

    def targets(self, labels):
        """Return an indicator matrix with a column for each known name, None for less than two."""
        known = self.names(labels)
        if len(known) < 2:
            return None
        places = {name: place for place, name in enumerate(known)}
        y = np.zeros((len(labels), len(known)), dtype=np.int64)
        for row, one in enumerate(labels):
            y[row, [places[name] for name in one]] = 1
        return y

    def meant(self, answers, labels):
        """Return rows of an indicator matrix as tuples of names in order."""
        known = self.names(labels)
        return [tuple(known[i] for i in np.flatnonzero(one)) for one in np.asarray(answers)]

    def predicted(self, model, X, labels):
        """Return the names that a model which knows some labels predicts, and no probabilities."""
        return list(map(list, self.meant(model.predict(X), labels))), None

    def as_used(self, label):
        """Return a tuple of names in order: verdicts put them together."""
        return tuple(sorted(label, key=self._place))

    def _place(self, name):
        if self._classes is None:
            return name
        known = list(self._classes)
        return (known.index(name), "") if name in self._classes else (len(known), name)

    def _kept(self, record):
        return (name for entry in record.entries() for name in entry.label)


def cell(label):
    """Return a label as a cell of a table of text."""
    if not isinstance(label, list):
        return label
    text = SEPARATOR.join(map(str, label)) or SEPARATOR
    # A single label such as "[]" would be read as a list.
    is_plain = names_in_list(text) is None
    return text if is_plain else json.dumps(list(map(str, label)), ensure_ascii=False)


def names_in_list(text):
    """Return the labels in text that is a list as JSON or Python writes it, else None.

    Numbers and truth values are left as text: the labels of all cells tell what they are.
    """
    text = text.strip()
    if not (text.startswith("[") and text.endswith("]")):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = _as_python(text)
    if not isinstance(found, list):
        return None
    return [str(name) if isinstance(name, (int, bool)) else name for name in found]


def _as_python(text):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of backslashes within a label
            return ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None


def _of_text(text):
    if not isinstance(text, Cell):
        return [text]
    found = names_in_list(text)
    if found is not None:
        return found
    return [name.strip() for name in text.split(SEPARATOR) if name.strip()]


def _refuse_rows_of_indicators(lists):
    """Refuse lists that are the rows of an indicator matrix, and no names: they repeat 0 or 1."""
    if not lists or not all(isinstance(one, (list, tuple)) for one in lists):
        return
    if len({len(one) for one in lists}) != 1 or not all(map(_is_bit, chain.from_iterable(lists))):
        return
    repeating = next((one for one in lists if len(set(one)) < len(one)), None)
    if repeating is not None:
        raise ValueError(
            f"y must hold the names of labels for each row, got lists of 0 and 1 such as "
            f"{repeating!r}. Give an indicator matrix as an array, with classes= for its columns, "
            "or a list of names for each row."
        )


def _is_bit(name):
    return isinstance(name, (int, np.integer)) and name in (0, 1)


def _names(value):
    value = value.tolist() if isinstance(value, np.ndarray) else value
    if not isinstance(value, (list, tuple, set, frozenset)):
        raise ValueError(
            f"y must hold a list of labels for each row, got {value!r}. Write [{value!r}], and [] "
            "for a row without any."
        )
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=str)
    return list(value)


def _refuse_separator(names):
    for name in names:
        if isinstance(name, str) and SEPARATOR in name:
            raise ValueError(
                f"y must not hold labels with {SEPARATOR!r} in them, got {name!r}: it stands "
                "between the labels of a row in tables. Write them otherwise."
            )


def _flat(lists):
    """Return the names of all lists, and for each the place of its list."""
    of = [i for i, one in enumerate(lists) for _ in one]
    return [name for one in lists for name in one], of
