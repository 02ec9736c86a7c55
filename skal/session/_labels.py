"""The labels that a session takes: text, whole numbers or truth values, all of one kind."""

import re
from collections import Counter
from numbers import Integral, Real

import numpy as np

from .._base import is_missing
from ..inspection import predictions
from ._lists import as_list
from ._place import located
from ._text import check_encodable

_TRUTH = {"True": True, "False": False}
_LARGEST = 2**63  # what columns of whole numbers can hold is smaller


def whole_number(text):
    """Return text as a whole number; unlike int, without underscores and foreign digits."""
    if not re.fullmatch(r"[+-]?[0-9]+", text, re.ASCII):
        raise ValueError(f"a whole number is needed, got {text!r}")
    return int(text)


_FROM_TEXT = {int: whole_number, bool: _TRUTH.__getitem__}


class LabelRules:
    """Check labels, and write them in one way.

    Parameters
    ----------
    classes : array-like or None
        The only labels that are allowed. None allows any.

    Attributes
    ----------
    are_numbers : bool
        Whether labels are numbers and not classes.
    are_several : bool
        Whether each label is a tuple of classes.
    """

    are_numbers = False
    are_several = False

    def __init__(self, classes):
        self._classes = None
        if classes is None:
            return
        # No label is told by its place among the classes: a set will do.
        is_set = isinstance(classes, (set, frozenset))
        cleaned = self._checked(
            sorted(classes, key=str) if is_set else as_list(classes, "classes")
        )
        if not cleaned or len(set(cleaned)) < len(cleaned):
            raise ValueError(f"classes must be distinct labels, got {classes!r}.")
        self._classes = dict.fromkeys(cleaned)

    @property
    def classes(self):
        """The only classes that are allowed, None if new ones are welcome."""
        return None if self._classes is None else list(self._classes)

    def check(self, values, where=None):
        """Return labels as text, int or bool, all of one kind.

        Parameters
        ----------
        values : iterable
        where : callable, default=None
            Names the place of the i-th label, for messages about it.
        """
        return self._checked(values, where)

    def _checked(self, values, where=None):
        labels = []
        for i, value in enumerate(values):
            with located(where and where(i)):
                labels.append(_plain_label(value))
        kinds = {type(label): label for label in labels}
        if len(kinds) > 1:
            raise ValueError(
                "y must hold labels of one kind (text, whole numbers or truth values), got "
                f"{' and '.join(map(repr, kinds.values()))}. Write them alike, such as str(label)."
            )
        for i, label in enumerate(labels if self._classes is not None else ()):
            with located(where and where(i)):
                self._check_class(label)
        return labels

    def _check_class(self, label):
        if not self._is_class(label):
            raise ValueError(
                f"y must be one of the classes {list(self._classes)}, got {label!r}. Open the "
                "session with further classes, or with classes=None to welcome new ones."
            )

    def _is_class(self, label):
        # True == 1, but they are labels of two kinds.
        return label in self._classes and type(label) is type(next(iter(self._classes)))

    def known_labels(self, y, n_rows):
        """Return the labels in y by row; y has missing entries where no label is known."""
        if y is None:
            return {}
        values = self.listed(y, False)
        if len(values) != n_rows:
            raise ValueError(
                f"y must have an entry for each of the {n_rows} rows of X, None or NaN where the "
                f"label is not known, got {len(values)}."
            )
        rows = [row for row, value in enumerate(values) if not is_missing(value)]
        return dict(zip(rows, self.check([values[row] for row in rows]), strict=True))

    def for_labels(self, y, is_one):
        """Return the rules for labels that are given: these."""
        return self

    def for_answers(self, labels):
        """Return the rules for the labels of a file: these."""
        return self

    def check_kind(self, labels, record):
        """Refuse labels of another kind than those of the session."""
        # All labels of a session are of one kind, and so are the new ones: one of each will do.
        before, new = next(self._kept(record), None), next(_single(labels), None)
        if before is None or new is None:
            return
        if type(before) is not type(new):
            raise ValueError(
                f"y must hold labels of the same kind as in the session, such as {before!r}, got "
                f"{new!r}."
            )

    def listed(self, y, is_one):
        """Return labels as a list; `is_one` says that they are for one row."""
        return as_list(y, "y")

    def targets(self, labels):
        """Return labels as a model learns them."""
        return np.array(labels)

    def meant(self, answers, labels):
        """Return labels that a model which knows some labels has predicted, as a list."""
        return np.asarray(answers).tolist()

    def predicted(self, model, X, labels):
        """Return predicted labels and their probabilities, None for these without any."""
        return predictions(model, X)

    def _kept(self, record):
        """Yield the labels of a session."""
        return (entry.label for given in record.opinions.values() for entry in given.values())

    def check_file(self, record):
        """Refuse a file that has numbers for a regressor, or several labels a row."""
        for entry in record.entries():
            if isinstance(entry.label, tuple):
                raise ValueError(
                    f"The rows of the file have several labels, such as {list(entry.label)!r}. "
                    "Open the session with several_labels=True, and a classifier that learns "
                    "indicator matrices, such as OneVsRestClassifier(LogisticRegression())."
                )
            if isinstance(entry.label, float):
                raise ValueError(
                    f"The labels in the file are numbers, such as {entry.label!r}, but the "
                    "learner has a classifier. Open the session with a regressor, such as "
                    "ActiveLearner(Ridge()), or begin a new one for classes."
                )

    def as_used(self, label):
        """Return a label of the file as models and files have it."""
        return label

    def summary(self, labels):
        """Return what `progress` says of the labels that count."""
        return {"classes": dict(Counter(labels)), "numbers": None}

    def from_text(self, labels, record, where):
        """Return labels that a file holds as text as the labels they stand for, checked.

        Where the session has labels or classes, text stands for one of these or for another of
        their kind. Otherwise it stands for whole numbers or truth values if all of it does.
        `where` is as in :meth:`check`.
        """
        labels = [label.strip() if isinstance(label, str) else label for label in labels]
        known = self._classes or dict.fromkeys(self._kept(record))
        by_text = {str(label): label for label in known}
        kinds = set(map(type, known)) or {_kind_written(labels)}
        convert = _FROM_TEXT.get(kinds.pop() if len(kinds) == 1 else str, str)
        meant = [
            _meant(label, by_text, convert) if isinstance(label, str) else label
            for label in labels
        ]
        labels = self._checked(meant, where)
        with located(where(0) if labels else None):
            self.check_kind(labels, record)
        return labels


def _single(labels):
    """Yield labels, and the parts of those that are several."""
    for label in labels:
        yield from label if isinstance(label, tuple) else (label,)


def _meant(text, by_text, convert):
    if text in by_text:
        return by_text[text]
    try:
        return convert(text)
    except (KeyError, ValueError):
        return text  # check_kind names the label, and one of the kind that was expected


def _kind_written(labels):
    """Return the type of labels of which only the text is known."""
    if all(isinstance(label, str) and label in _TRUTH for label in labels):
        return bool
    return int if all(_is_integer(label) for label in labels) else str


def _is_integer(label):
    try:
        # "007" is a name, as it would not come back as it was written.
        return isinstance(label, str) and str(whole_number(label)) == label
    except ValueError:
        return False


def _plain_label(value):
    """Return a label as text without blanks around it, int or bool."""
    value = value.item() if isinstance(value, np.generic) else value
    if is_missing(value):
        raise ValueError(
            f"y must not hold missing labels, got {value!r}. Leave such rows out, or skip them."
        )
    if isinstance(value, str):
        return _nonblank(value)
    if isinstance(value, bool):
        return value
    # Pandas makes floats of whole numbers in a column that has missing values.
    if isinstance(value, Integral) or (isinstance(value, Real) and float(value).is_integer()):
        return _of_ordinary_size(int(value))
    raise ValueError(
        f"y must hold labels that are text, whole numbers or truth values, got {value!r} of type "
        f"{type(value).__name__}.{_way_out(value)}"
    )


def _way_out(value):
    if isinstance(value, Real):
        return " For numbers as labels, give the session a regressor: ActiveLearner(Ridge())."
    if isinstance(value, (list, tuple, set, frozenset, np.ndarray)):
        return (
            " A session keeps one label a row, unless it is opened with several_labels=True and a "
            "classifier that learns indicator matrices, such as OneVsRestClassifier("
            "LogisticRegression())."
        )
    return ""


def _of_ordinary_size(number):
    if not -_LARGEST <= number < _LARGEST:
        raise ValueError(
            "y must hold whole numbers of at most 64 bits, as tables do, got a larger one. Write "
            "it as text: str(label)."
        )
    return number


def _nonblank(text):
    text = str(text).strip()
    if not text:
        raise ValueError("y must not hold blank labels. Skip rows that have no label.")
    check_encodable(text, "y")
    if "\0" in text:  # arrays of text drop it at the end, and would merge two classes
        raise ValueError(f"y must not hold zero characters, got {text!r}. Leave them out.")
    return text
