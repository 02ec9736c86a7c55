"""Numbers as labels, for sessions whose learner has a regressor."""

import math
import re
from numbers import Integral, Real

import numpy as np

from .._base import is_missing
from ._labels import LabelRules
from ._place import located

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


class NumberRules(LabelRules):
    """Check numbers, and write them as floats of 64 bits.

    Parameters
    ----------
    estimator : estimator or list of estimators
        The regressor that needs them.
    classes : None
        Numbers have no classes.
    """

    are_numbers = True

    def __init__(self, estimator, classes=None):
        if classes is not None:
            raise ValueError(
                f"classes must be None where the learner has a regressor, {estimator!r}, "
                f"and labels are numbers, got {classes!r}. For classes, give the session a "
                "classifier."
            )
        super().__init__(None)
        self._estimator = estimator

    def check(self, values, where=None):
        """Return numbers as floats; `where` names the place of the i-th, for messages."""
        numbers = []
        for i, value in enumerate(values):
            with located(where and where(i)):
                numbers.append(self._plain_number(value))
        return numbers

    def check_kind(self, labels, record):
        """Do nothing: numbers are of one kind, and :meth:`check_file` has seen the others."""

    def check_file(self, record):
        """Refuse a file that has labels which are not numbers."""
        for entry in record.entries():
            if isinstance(entry.label, (bool, str, tuple)):
                raise ValueError(
                    f"The labels in the file are classes, such as {entry.label!r}, but the "
                    f"learner has a regressor, {self._estimator!r}. Open the session with a "
                    "classifier, or begin a new one for numbers."
                )

    def from_text(self, labels, record, where):
        """Return numbers that a file holds, as text or as such, checked."""
        numbers = []
        for i, label in enumerate(labels):
            with located(where(i)):
                is_text = isinstance(label, str)
                numbers.append(number_of(label) if is_text else self._plain_number(label))
        return numbers

    def as_used(self, label):
        """Return a number of the file as a float: those of classifiers may be whole numbers."""
        return float(label)

    def summary(self, labels):
        """Return what `progress` says of the labels that count."""
        if not labels:
            return {"classes": None, "numbers": None}
        mean = math.fsum(one / len(labels) for one in labels)
        numbers = {"minimum": min(labels), "mean": mean, "maximum": max(labels)}
        return {"classes": None, "numbers": numbers}

    def _plain_number(self, value):
        value = value.item() if isinstance(value, np.generic) else value
        if is_missing(value):
            raise ValueError(
                f"y must not hold missing labels, got {value!r}. Leave such rows out, or skip "
                "them."
            )
        if isinstance(value, bool) or not isinstance(value, Real):
            text = " Text becomes a number by float(text)." if isinstance(value, str) else ""
            raise ValueError(
                f"y must hold numbers, as the learner has a regressor, {self._estimator!r}, "
                f"got {value!r} of type {type(value).__name__}.{text} For classes, open a session "
                "with a classifier."
            )
        return _of_64_bits(value)


def number_of(text):
    """Return text as a number; unlike float, without underscores, words and foreign digits."""
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        raise ValueError(
            f"a number is needed, such as 3.5 or 2e-3, got {text!r}. Write a point before the "
            "decimals, and nothing between thousands."
        )
    return _of_64_bits(float(text), text)


def _of_64_bits(value, shown=None):
    """Return a number as a float; no zero has a sign, as -0.0 == 0.0."""
    try:
        number = float(value) + 0.0
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError(
            f"y must hold finite numbers, at most 1.8e308, got {shown or _shown(value)}. Leave "
            "such rows out, or skip them."
        )
    if isinstance(value, Integral) and int(number) != value:
        raise ValueError(
            f"y must hold numbers that a float of 64 bits keeps exactly, got {value}. Round it: "
            "float(label)."
        )
    return number


def _shown(value):
    return "a larger one" if isinstance(value, Integral) else repr(value)
