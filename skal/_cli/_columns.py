"""How each column of a table is read: as numbers, categories, dates or text, or not at all."""

import re
from dataclasses import dataclass

import numpy as np

from . import _values as values_
from ._messages import CommandError, listed

ROLES = {
    "number": "numbers",
    "category": "categories",
    "date": "dates",
    "text": "text",
    "drop": "left out",
}
MOSTLY = 0.9  # the share of numbers, or dates, that makes a column one of them
FEW = 20  # so many distinct values, if they are repeated, are categories
WORDY, LONG = 5, 40  # so many words, or characters, are text even if they are repeated
AN_ID = re.compile(r"(^|[\W_])(id|ID|Id)$|[a-z](Id|ID)$")


@dataclass
class Reading:
    """How a column is read, and why it is left out."""

    role: str
    why: str = ""


def has_decimal_commas(table):
    """Whether 1,5 may be a number in a table: not where commas separate the fields."""
    return table.separator != ","


# Telling them apart -----------------------------------------------------------------------


def tell_apart(table, names):
    """Return for each column how it is read.

    Parameters
    ----------
    table : Table
    names : iterable of str
        The columns to look at.

    Returns
    -------
    readings : dict of str to Reading
    """
    return {name: _reading(name, table.columns[name], has_decimal_commas(table)) for name in names}


def _reading(name, values, decimal_commas):
    present = [value.strip() for value in values if value.strip()]
    n_distinct = len(set(present))
    if not present:
        return Reading("drop", "empty")
    if n_distinct == 1 and len(present) == len(values):
        return Reading("drop", "always the same")
    all_different = n_distinct == len(values) > 2
    if all_different and _counts_up(present):
        return Reading("drop", "numbers the rows")
    if all_different and AN_ID.search(name):
        return Reading("drop", "an id")
    if _share(values_.numbers(values, decimal_commas=decimal_commas), values) >= MOSTLY:
        return Reading("number")
    if _share(values_.days(values), values) >= MOSTLY:
        return Reading("date")
    return _reading_of_words(present, n_distinct, all_different)


def _reading_of_words(present, n_distinct, all_different):
    n_words = np.mean([len(value.split()) for value in present])
    length = np.mean([len(value) for value in present])
    if n_distinct <= min(FEW, len(present) / 2):
        return Reading("category")
    if n_words >= WORDY or length >= LONG or (n_distinct > len(present) / 2 and n_words >= 2):
        return Reading("text")
    if all_different:
        return Reading("drop", "all different")
    return Reading("category")


def _counts_up(values):
    try:
        numbers = [int(value) for value in values]
    except ValueError:
        return False
    return all(b - a == 1 for a, b in zip(numbers, numbers[1:], strict=False))


def _share(parsed, values):
    """Return the share of values that could be read, among those that are there."""
    n_present = sum(map(values_.is_value, values))
    return np.count_nonzero(~np.isnan(parsed)) / n_present if n_present else 0.0


# What the user says -----------------------------------------------------------------------


def given_readings(texts, names):
    """Return how the user says that columns are read.

    Parameters
    ----------
    texts : list of str
        Such as ``["text:body,drop:id", "number:age"]``.
    names : collection of str
        The columns there are.

    Returns
    -------
    readings : dict of str to Reading
    """
    parts = [part.strip() for text in texts for part in text.split(",")]
    return dict(_given_reading(part, names) for part in parts if part)


def _given_reading(part, names):
    role, colon, name = part.partition(":")
    if not colon or role not in ROLES:
        raise CommandError(
            f"--columns must look like text:body,drop:id, with {listed(ROLES)} before the colon, "
            f"got {part!r}."
        )
    if name not in names:
        raise CommandError(
            f"--columns names {name!r}, which is no column to learn from. Those are "
            f"{listed(map(repr, names), 20)}."
        )
    return name, Reading(role)


def described(readings):
    """Return one line that tells how the columns are read."""
    parts = []
    for role, title in ROLES.items():
        names = [
            f"{name} ({reading.why})" if reading.why else name
            for name, reading in readings.items()
            if reading.role == role
        ]
        if names:
            parts.append(f"{title}: {listed(names)}")
    return "; ".join(parts)
