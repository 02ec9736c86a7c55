"""Which labels a session takes, and how it writes them."""

from numbers import Integral, Real

import numpy as np


class LabelRules:
    """Which labels are welcome."""

    def __init__(self, classes):
        self._classes = None
        if classes is None:
            return
        cleaned = self.check(as_list(classes))
        if not cleaned or len(set(cleaned)) < len(cleaned):
            raise ValueError(f"classes must be distinct labels, got {classes!r}.")
        self._classes = dict.fromkeys(cleaned)

    @property
    def classes(self):
        """The only classes there are, None if new ones are welcome."""
        return None if self._classes is None else list(self._classes)

    def check(self, values):
        """Return labels as text, int or bool, all of one kind."""
        labels = [plain_label(value) for value in values]
        kinds = {type(label): label for label in labels}
        if len(kinds) > 1:
            raise ValueError(
                "y must hold labels of one kind (text, whole numbers or truth values), got "
                f"{' and '.join(map(repr, kinds.values()))}. Write them alike, such as str(label)."
            )
        for label in labels:
            if self._classes is not None and not self._is_class(label):
                raise ValueError(
                    f"y must be one of the classes {list(self._classes)}, got {label!r}. Open the "
                    "session with further classes, or with classes=None to welcome new ones."
                )
        return labels

    def _is_class(self, label):
        # True == 1, but they are labels of two kinds.
        return label in self._classes and type(label) is type(next(iter(self._classes)))

    def check_kind(self, labels, record):
        """Refuse labels of another kind than those of the session."""
        before = next(iter(record.opinions.values()), None)
        if before is None or not len(labels):
            return
        before, new = next(iter(before.values())).label, next(iter(labels))
        if type(before) is not type(new):
            raise ValueError(
                f"y must hold labels of the kind there are in the session, such as {before!r}, "
                f"got {new!r}."
            )

    def known(self, record):
        """Return the labels that are known to exist."""
        return self._classes or dict.fromkeys(record.labels()[1])


def plain_label(value):
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
    if isinstance(value, Integral) or (isinstance(value, Real) and float(value).is_integer()):
        return int(value)
    raise ValueError(
        f"y must hold labels that are text, whole numbers or truth values, got {value!r} of type "
        f"{type(value).__name__}."
    )


def _nonblank(text):
    text = str(text).strip()
    if not text:
        raise ValueError("y must not hold blank labels. Skip rows that have no label.")
    return text


def is_missing(value):
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, (Real, np.generic)) and bool(value != value)


def is_scalar(value):
    return isinstance(value, (str, bytes)) or not hasattr(value, "__iter__") or _is_0d(value)


def _is_0d(value):
    return getattr(value, "shape", None) == ()


def as_list(values):
    """Return the entries of something array-like as a list of Python objects."""
    if is_scalar(values):
        return [values.item() if isinstance(values, (np.generic, np.ndarray)) else values]
    if hasattr(values, "tolist"):
        values = values.tolist()
    return [value.item() if isinstance(value, np.generic) else value for value in values]
