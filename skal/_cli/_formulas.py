"""Cells that a spreadsheet would take for formulas."""

import re

# Also the wide forms of these signs, and what a spreadsheet skips before them.
FORMULA = re.compile(r"[\s\0]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r]")
NUMBER = re.compile(r"[+-]?[\d.,]+(?:[eE][+-]?\d+)?%?|[+-]")
MARK = "'"  # by which spreadsheets know text


def neutralized(columns):
    """Return columns in which no cell and no name is a formula; numbers stay as they are."""
    return {_neutral(name): [_neutral(value) for value in columns[name]] for name in columns}


def without_mark(text):
    """Return a cell as it was before :func:`neutralized`."""
    bare = text.removeprefix(MARK)
    return bare if _neutral(bare) == text else text


def _neutral(value):
    if not isinstance(value, str) or not FORMULA.match(value) or NUMBER.fullmatch(value.strip()):
        return value
    return MARK + value
