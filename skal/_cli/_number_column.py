"""Numbers as labels: a column of them, what is typed, and how they are written."""

import re

import numpy as np

from ._label_column import N_NUMBERS
from ._messages import CommandError, note

CLASSES, REGRESSION = "classes", "regression"
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def looks_measured(table, name):
    """Whether a column holds many different numbers, some of them with fractions.

    Whole numbers may be classes or ids, however many there are: they are left to the user.
    """
    if name not in table.columns:
        return False
    present = table.present(name)
    found = table.numbers(name).values
    found = found[~np.isnan(found)]
    is_number = len(present) > 0 and len(found) == len(present)
    return is_number and len(set(present)) > N_NUMBERS and bool((found != np.round(found)).any())


def read_numbers(table, name, *, is_new=False):
    """Return the number of each row, None where there is none.

    Parameters
    ----------
    table : Table
    name : str
        The column of labels.
    is_new : bool, default=False
        Whether the column may be missing, as it is only in the session.
    """
    if name not in table.columns and is_new:
        return [None] * len(table)
    texts, parsed = table.column(name), table.numbers(name)
    if parsed.doubt:
        note(f"{table.path}, column {name!r}: {parsed.doubt}.")
    for row, (text, value) in enumerate(zip(texts, parsed.values.tolist(), strict=True)):
        if np.isnan(value) and table.is_value(text):
            raise CommandError(f"{table.where(row, name)}: {why_no_number(text)}")
    return [None if np.isnan(value) else value + 0.0 for value in parsed.values.tolist()]


def why_no_number(text):
    """Return why a text is not a label where labels are numbers."""
    return (
        f"{text!r} is not a number. Labels are numbers here, by --task {REGRESSION}. If it means "
        "that there is no label, leave the cell empty, or name the word by --missing."
    )


def decimal_of(project):
    """Return what stands before the fraction of a number in the column of labels."""
    settings, table = project.settings, project.table
    if settings.decimal is not None:
        return settings.decimal
    if settings.label in table.columns and table.present(settings.label):
        return "," if table.numbers(settings.label).reader.style == "," else "."
    return "."


def typed_number(text, decimal):
    """Return what somebody typed as a number, None if it is none.

    Nothing may separate thousands: 1,500 is 1.5 to some people.
    """
    text = text.strip()
    if decimal == "," and "." not in text:
        text = text.replace(",", ".")
    number = float(text) if NUMBER.fullmatch(text) else np.inf
    return number + 0.0 if np.isfinite(number) else None


def shown_number(value):
    """Return a number for people to read."""
    return f"{value:.6g}"


def written_number(value, decimal="."):
    """Return a number as text from which it can be read again exactly."""
    text = repr(value)
    return (text[:-2] if text.endswith(".0") else text).replace(".", decimal)


def written_labels(project, labels):
    """Return labels as text by row; those that are in the table already stay as they are there."""
    table, name, decimal = project.table, project.settings.label, decimal_of(project)
    in_table = table.numbers(name).values.tolist() if name in table.columns else ()
    return {
        row: table.columns[name][row]
        if in_table and in_table[row] == value
        else written_number(value, decimal)
        for row, value in labels.items()
    }
