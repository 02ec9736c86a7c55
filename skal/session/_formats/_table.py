"""Tables with a line for each label: CSV and Parquet."""

import csv
import os

from ..._base import import_optional, is_missing, replace_file
from ._content import Answer
from ._time import log_time

# What a table may say besides id, label and annotator, and the type it has in the log.
EXTRA = {
    "time": log_time,
    # Missing rounds in other lines have made it a float, as "3.0".
    "round": lambda value: int(float(value)),
    "strategy": str,
    "score": float,
}


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
            writer.writerows(zip(*columns.values(), strict=True))

    def read(self, path, question):
        """Return the answers of a table with the columns id and label."""
        # A spreadsheet may have put a byte order mark before the first name.
        with open(path, newline="", encoding="utf-8-sig") as file:
            names, *lines = csv.reader(file)
        # Nothing between two commas is how CSV writes what is missing.
        return _answers(path, names, ([text or None for text in line] for line in lines if line))


class Parquet(_Table):
    """Tables whose columns have a type; pandas and pyarrow write and read them."""

    ending = ".parquet"

    def write(self, path, content):
        """Write all labels."""
        frame = self._pandas().DataFrame(content.columns())
        replace_file(path, lambda name: frame.to_parquet(name, index=False))

    def read(self, path, question):
        """Return the answers of a table with the columns id and label."""
        frame = self._pandas().read_parquet(path)
        names = list(frame.columns)
        return _answers(path, names, zip(*(frame[name].tolist() for name in names), strict=True))

    def _pandas(self):
        needed = "Parquet needs", "pandas pyarrow. CSV works without"
        import_optional("pyarrow", *needed)
        return import_optional("pandas", *needed)


def _answers(path, names, lines):
    missing = {"id", "label"} - set(names)
    if missing:
        raise ValueError(
            f"{os.fspath(path)} must have the columns id and label, got {list(names)}."
        )
    answers = []
    for line in lines:
        given = {
            name: value for name, value in zip(names, line, strict=True) if not is_missing(value)
        }
        if "label" in given:
            extra = {
                name: to_type(given[name]) for name, to_type in EXTRA.items() if name in given
            }
            annotator = given.get("annotator")
            answers.append(Answer(given.get("id"), given["label"], annotator, extra))
    return answers
