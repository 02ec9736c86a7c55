"""Tables with a line for each label: CSV and Parquet."""

import contextlib
import csv
import io
import os

from ..._base import import_optional, replace_file
from .._several_labels import cell
from ._table_answers import COLUMNS, check_names, table_answers
from ._text_file import read_text

LONGEST = 2**31 - 1  # bytes of a field; by default, the csv module reads 131,072


class _Table:
    """A format that the ending of the path tells."""

    ending = None

    def recognizes(self, path, items):
        """Whether the path has the ending of the format."""
        return os.fspath(path).lower().endswith(self.ending)


class Csv(_Table):
    """Tables of text, which need no other library."""

    ending = ".csv"

    def write(self, path, content):
        """Write all labels."""
        columns = content.columns()
        replace_file(path, lambda name: self._write(name, columns))

    def _write(self, name, columns):
        # The csv module writes its own ends of lines, and quotes those within a label.
        with open(name, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            columns = {**columns, "label": map(cell, columns["label"])}
            writer.writerows(zip(*columns.values(), strict=True))

    def read(self, path, question):
        """Return the answers of a table with the columns id and label."""
        records = list(_records(path))
        if not records:
            raise ValueError(f"{os.fspath(path)} is empty. It must have the columns id and label.")
        (_, names), *lines = records
        # Nothing between two commas is how CSV writes what is missing.
        return table_answers(
            path, names, ((place, [text or None for text in line]) for place, line in lines)
        )


def _records(path):
    """Yield the line in which each record begins, in words, and its fields."""
    text = read_text(path)
    with _long_fields():
        # Strict, as otherwise a quote that is not closed takes all the lines behind it.
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        while True:
            place = f"line {reader.line_num + 1}"
            try:
                record = next(reader, None)
            except csv.Error as error:
                raise ValueError(
                    f"{os.fspath(path)}, {place}: {error}. Is a quote missing, or is there one "
                    "too many?"
                ) from error
            if record is None:
                return
            if record:  # not an empty line
                yield place, record


@contextlib.contextmanager
def _long_fields():
    before = csv.field_size_limit(LONGEST)
    try:
        yield
    finally:
        csv.field_size_limit(before)


class Parquet(_Table):
    """Tables whose columns have a type; pandas and pyarrow write and read them."""

    ending = ".parquet"

    def write(self, path, content):
        """Write all labels."""
        frame = self._pandas().DataFrame(content.columns())
        replace_file(path, lambda name: frame.to_parquet(name, index=False))

    def read(self, path, question):
        """Return the answers of a table with the columns id and label."""
        pandas = self._pandas()
        parquet = import_optional("pyarrow.parquet", "Parquet needs")
        names = _attempt(path, lambda file: parquet.read_schema(file).names)
        # Checked before: with two columns of a name, neither can be read.
        check_names(path, names)
        names = [name for name in COLUMNS if name in names]
        frame = _attempt(path, lambda file: pandas.read_parquet(file, columns=names))
        lines = zip(*(frame[name].tolist() for name in names), strict=True)
        rows = ((f"row {number}", line) for number, line in enumerate(lines, start=1))
        return table_answers(path, names, rows)

    def _pandas(self):
        needed = "Parquet needs", "pandas pyarrow. CSV works without"
        import_optional("pyarrow", *needed)
        return import_optional("pandas", *needed)


def _attempt(path, read):
    with open(path, "rb") as file:  # a missing file is an error of its own
        try:
            return read(file)
        except Exception as error:  # of many kinds, as is what may be wrong with a file
            raise ValueError(f"{os.fspath(path)} cannot be read as Parquet: {error}") from error
