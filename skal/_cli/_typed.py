"""The columns of a table with their types, as a data frame."""

import numpy as np

from . import _values
from ._messages import CommandError, note, require_pandas


def typed_frame(table, readings):
    """Return the columns that are not left out as a data frame.

    Parameters
    ----------
    table : Table
    readings : dict of str to Reading

    Returns
    -------
    frame : DataFrame of shape (n_rows, n_columns)
        Numbers as floats, categories as such, dates as datetimes and text as objects.
    """
    columns = {
        name: TYPED[reading.role](table, name)
        for name, reading in readings.items()
        if reading.role in TYPED
    }
    return require_pandas().DataFrame(columns, index=range(len(table)))


def _numbers(table, name):
    commas = table.has_decimal_commas
    return _checked(table, name, _values.numbers(table.columns[name], commas), "number")


def _dates(table, name):
    days = _checked(table, name, _values.days(table.columns[name]), "date")
    return require_pandas().to_datetime(days, unit="D")


def _categories(table, name):
    return require_pandas().Categorical([value.strip() for value in table.columns[name]])


def _texts(table, name):
    if not any(value.strip() for value in table.columns[name]):
        raise CommandError(f"{table.path}: column {name!r} is empty, and cannot be read as text.")
    return np.array(table.columns[name], dtype=object)


TYPED = {"number": _numbers, "date": _dates, "category": _categories, "text": _texts}


def _checked(table, name, parsed, kind):
    """Name the values that count as missing because they are not what the column holds."""
    values = table.columns[name]
    if np.isnan(parsed).all():
        raise CommandError(f"{table.path}: column {name!r} holds no {kind}s.")
    bad = [row for row in np.flatnonzero(np.isnan(parsed)) if _values.is_value(values[row])]
    if bad:
        others = f", like {len(bad) - 1} more of its values" if len(bad) > 1 else ""
        place = table.where(bad[0], name)
        note(f"{place}: {values[bad[0]]!r} is not a {kind} and counts as missing{others}.")
    return parsed
