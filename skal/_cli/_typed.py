"""The columns of a table with their types, as a data frame."""

import numpy as np

from ._messages import CommandError, note, require_pandas
from ._table_columns import CategoryCells, DateCells, NumberCells, TextCells


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
    return _checked(table, name, table.numbers(name), "number")


def _dates(table, name):
    days = _checked(table, name, table.dates(name), "date")
    return require_pandas().to_datetime(days, unit="D")


def _categories(table, name):
    # Missing values are a category of their own, whatever word stands for them.
    values = table.columns[name]
    words = {value: value.strip() if table.is_value(value) else "" for value in set(values)}
    return require_pandas().Categorical([words[value] for value in values])


def _texts(table, name):
    if not any(value.strip() for value in table.columns[name]):
        raise CommandError(f"{table.path}: column {name!r} is empty, and cannot be read as text.")
    return np.array(table.columns[name], dtype=object)


TYPED = {"number": _numbers, "date": _dates, "category": _categories, "text": _texts}


def cell_readers(table, readings):
    """Return what reads new rows as the rows of a table are read, by the name of the column."""
    return {
        name: READERS[reading.role](table, name)
        for name, reading in readings.items()
        if reading.role in READERS
    }


READERS = {
    "number": lambda table, name: NumberCells(table.numbers(name).reader),
    "date": lambda table, name: DateCells(table.dates(name).reader),
    "category": lambda table, name: CategoryCells(
        tuple(sorted(set(table.present(name)))), table.dialect
    ),
    "text": lambda table, name: TextCells(),
}


def _checked(table, name, parsed, kind):
    """Name what is in doubt, and values that count as missing as they are not what they should."""
    texts, values = table.columns[name], parsed.values
    if np.isnan(values).all():
        raise CommandError(f"{table.path}: column {name!r} holds no {kind}s.")
    if parsed.doubt:
        note(f"{table.path}, column {name!r}: {parsed.doubt}.")
    bad = [row for row in np.flatnonzero(np.isnan(values)) if table.is_value(texts[row])]
    if bad:
        others = f", like {len(bad) - 1} more of its values" if len(bad) > 1 else ""
        place = table.where(bad[0], name)
        note(f"{place}: {texts[bad[0]]!r} is not a {kind} and counts as missing{others}.")
    return values
