"""Recognize how each column of a table should be read, by its values and its name."""

import re

import numpy as np

from ._columns import Reading
from ._images import is_image

MOSTLY = 0.9  # the share of numbers, or dates, that makes a column one of them
FEW = 20  # so many distinct values, if they are repeated, are categories
WORDY, LONG = 5, 40  # so many words, or characters, are text even if they are repeated
AN_ID = re.compile(r"(^|[\W_])(id|ID|Id)$|[a-z](Id|ID)$")


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
    return {name: _reading(name, table) for name in names}


def _reading(name, table):
    n_rows, present = len(table), table.present(name)
    n_distinct = len(set(present))
    all_different = n_distinct == n_rows > 2
    if present and sum(map(is_image, present)) >= MOSTLY * len(present):
        return Reading("image")
    why = _useless(name, present, n_distinct, n_rows)
    if why:
        return Reading("drop", why)
    if share_read(table.numbers(name), present) >= MOSTLY:
        return Reading("number")
    if share_read(table.dates(name), present) >= MOSTLY:
        return Reading("date")
    return _reading_of_words(present, n_distinct, all_different)


def _useless(name, present, n_distinct, n_rows):
    """Return why nothing can be learned from a column, "" if something can."""
    all_different = n_distinct == n_rows > 2
    if not present:
        return "empty"
    if n_distinct == 1 and len(present) == n_rows:
        return "always the same"
    if all_different and _counts_up(present):
        return "numbers the rows"
    # Other numbers that are all different are measurements, unless their name says otherwise.
    return "an id" if all_different and AN_ID.search(name) else ""


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


def share_read(parsed, present):
    """Return the share of values that could be read, among those that are not missing."""
    return np.count_nonzero(~np.isnan(parsed.values)) / len(present) if present else 0.0
