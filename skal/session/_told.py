"""One label a row or several: told from the first label of the session."""

from collections.abc import Mapping

import numpy as np
import scipy.sparse as sp

from .._base import is_missing
from ._labels import LabelRules
from ._lists import is_scalar
from ._several_labels import SEPARATOR, Cell, SeveralLabelsRules, names_in_list


class ToldRules:
    """The rules of one label a row or of several, whichever the first label has made them.

    Which of them is told from the record alone, so that everybody who has the file open follows
    the same, and so that a first label that is undone decides nothing. Until there is a label they
    are those of one label a row. Attributes and methods are those of :class:`LabelRules`.

    Parameters
    ----------
    classes : array-like or None
    """

    def __init__(self, classes):
        self._one = LabelRules(classes)
        self._several = SeveralLabelsRules(classes)
        self._record = None

    def __getattr__(self, name):
        if name.startswith("_"):  # not there yet, while an object is made
            raise AttributeError(name)
        return getattr(self._told() or self._one, name)

    def _told(self):
        """Return the rules of the labels that there are, None without any."""
        first = None if self._record is None else next(iter(self._record.opinions.values()), None)
        if first is None:
            return None
        label = next(iter(first.values())).label
        return self._several if isinstance(label, tuple) else self._one

    def for_labels(self, y, is_one):
        """Return the rules for labels that are given: those told, or what the labels tell.

        Parameters
        ----------
        y : label or array-like of labels
        is_one : bool
            Whether they are for a single id, not for a list of ids.
        """
        told, are_lists = self._told(), _are_lists(y, is_one)
        # A list of one label for one row is that label, as it is in all sessions of one label.
        if told is self._one and are_lists and not (is_one and _is_list_of_one(y)):
            self._refuse_lists(y)
        return told or (self._several if are_lists else self._one)

    def for_answers(self, labels):
        """Return the rules for labels of a file: lists tell, and text of several is refused."""
        told = self._told()
        if told is not None:
            return told
        # An answer without any choice is none of a single label, and tells nothing.
        if any(not is_scalar(label) and len(label) for label in labels):
            return self._several
        for label in labels:
            if isinstance(label, Cell) and _may_be_several(label):
                raise ValueError(
                    f"The file has the label {label!r}, which may be one label or several. Open "
                    "the session with several_labels=True if rows have several labels, or with "
                    "several_labels=False if this is one."
                )
        return self._one

    def known_labels(self, y, n_rows):
        """Return the labels in y by row; y has missing entries where no label is known."""
        return self.for_labels(y, False).known_labels(y, n_rows)

    def check_file(self, record):
        """Look at the labels of the record from now on."""
        self._record = record
        if self._told() is not self._several:
            self._one.check_file(record)

    def check_kind(self, labels, record):
        """Refuse labels of another kind than those of the session."""
        told = self._told()
        for label in labels:
            if told is self._one and isinstance(label, tuple):
                self._refuse_lists(list(label))
            if told is self._several and not isinstance(label, tuple):
                raise ValueError(
                    f"y must hold a list of labels for each row, as the session does, such as "
                    f"{list(self._example())}, got {label!r}. Write [{label!r}]."
                )
        (told or self._one).check_kind(labels, record)

    def _example(self):
        return next(iter(next(iter(self._record.opinions.values())).values())).label

    def _refuse_lists(self, y):
        raise ValueError(
            f"y must hold one label for each row, as the session does, such as "
            f"{self._example()!r}, got {_shown(y)}. Whether rows have one label or several "
            "is told from the first label of a session: begin a new one for several, or take back "
            "all labels by undo()."
        )


def _may_be_several(text):
    return SEPARATOR in text or names_in_list(text) is not None


def _shown(y):
    is_matrix = len(getattr(y, "shape", ())) == 2
    return f"a matrix of shape {y.shape}" if is_matrix else repr(y)


def _are_lists(y, is_one):
    """Whether labels are a list for each row."""
    if hasattr(y, "columns"):
        return False  # frames are refused
    if sp.issparse(y) or getattr(y, "ndim", 1) == 2:
        return True
    if isinstance(y, (set, frozenset)):
        return is_one
    if is_scalar(y) or isinstance(y, Mapping):
        return False
    # A column of a frame has one entry for each row, and is no list of labels.
    is_list = isinstance(y, (list, tuple, np.ndarray))
    return _hold_lists(y) or (is_one and is_list and all(map(is_scalar, y)))


def _is_list_of_one(y):
    return isinstance(y, (list, tuple, np.ndarray)) and len(y) == 1 and is_scalar(y[0])


def _hold_lists(y):
    first = next((one for one in y if not _is_missing(one)), None)
    return first is not None and not is_scalar(first) and not isinstance(first, Mapping)


def _is_missing(one):
    return is_scalar(one) and is_missing(one)
