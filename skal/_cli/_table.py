"""A table of text that knows where in its file each row stands."""

import difflib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from ._messages import CommandError, listed


@dataclass
class Table:
    """A table of text, and where in the file each row stands.

    Every value is text as it is written in the file, so that labels such as 01 leave as they came.

    Attributes
    ----------
    path : Path
    columns : dict of str to list of str
        The values by the name of the column.
    lines : list of int or None
        The line on which each row begins; None where a file has no lines.
    separator, encoding : str
        How the file is written.
    frame : DataFrame or None
        The values with their types, where the file has types.
    """

    path: Path
    columns: dict
    lines: list = None
    separator: str = ","
    encoding: str = "utf-8"
    frame: object = None

    def __len__(self):
        return len(next(iter(self.columns.values())))

    @property
    def has_decimal_commas(self):
        """Whether 1,5 may be a number: not where commas separate the fields."""
        return self.separator != ","

    def place(self, row):
        """Return the place of a row within the file, as text."""
        return f"row {row + 1}" if self.lines is None else f"line {self.lines[row]}"

    def where(self, row, column=None):
        """Return the file and the place of a row or a value, as text."""
        place = f"{self.path}, {self.place(row)}"
        return place if column is None else f"{place}, column {column!r}"

    def column(self, name, way_out=""):
        """Return the values of a column without surrounding blanks, or name the columns."""
        if name not in self.columns:
            near = difflib.get_close_matches(name, self.columns, n=1)
            suggestion = f" (did you mean {near[0]!r}?)" if near else ""
            raise CommandError(
                f"{self.path} has no column {name!r}{suggestion}. Its columns are "
                f"{listed(map(repr, self.columns), 20)}.{way_out}"
            )
        return [value.strip() for value in self.columns[name]]

    def without(self, *names):
        """Return the columns whose names are not given."""
        return {name: values for name, values in self.columns.items() if name not in names}


def check_names(path, names):
    """Refuse columns of one name: which of them is meant would be a guess."""
    repeated = [name for name, count in Counter(map(str, names)).items() if count > 1]
    if repeated:
        raise CommandError(f"{path} has several columns of the name {repeated[0]!r}. Rename one.")
