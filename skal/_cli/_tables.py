"""Tables in files: CSV and TSV as people and spreadsheets write them, and Parquet.

Every value is text, as it is written in the file: labels such as 01 come out as they went in.
"""

import codecs
import csv
import difflib
import io
import itertools
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from .._base import replace_file
from ._messages import CommandError, listed, note, require_pandas

SEPARATORS = (",", ";", "\t", "|")
TAB_ENDINGS = (".tsv", ".tab")
PARQUET_ENDINGS = (".parquet", ".pq")
SPREADSHEET_ENDINGS = (".xlsx", ".xls", ".ods")
UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
N_TRIED = 20  # records by which a separator is recognized
BY_EXCEL = "utf-8-sig"  # with the mark by which Excel knows UTF-8


@dataclass
class Table:
    """A table of text, and where in the file each row stands.

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

    def where(self, row, column=None):
        """Say where a value stands."""
        place = f"row {row + 1}" if self.lines is None else f"line {self.lines[row]}"
        return f"{self.path}, {place}" + ("" if column is None else f", column {column!r}")

    def column(self, name, way_out=""):
        """Return the values of a column, without blanks around them."""
        if name not in self.columns:
            raise CommandError(
                f"{self.path} has no column {name!r}{_suggestion(name, self.columns)}. Its "
                f"columns are {listed(map(repr, self.columns), 20)}.{way_out}"
            )
        return [value.strip() for value in self.columns[name]]


def _suggestion(name, names):
    near = difflib.get_close_matches(name, names, n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


# Reading ----------------------------------------------------------------------------------


def read_table(path):
    """Read a table; the ending of the path says what it is.

    Parameters
    ----------
    path : str or Path
        ".parquet" and ".pq" are Parquet, all else is text with separators.

    Returns
    -------
    table : Table

    Raises
    ------
    CommandError
        If there is no such file, or it is not a table with at least one row.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if not path.is_file():
        raise CommandError(f"There is no file {path}.")
    if ending in SPREADSHEET_ENDINGS:
        raise CommandError(f"{path} is a spreadsheet. Save it as CSV first.")
    table = _read_parquet(path) if ending in PARQUET_ENDINGS else _read_csv(path)
    if not table.columns or not len(table):
        raise CommandError(f"{path} has columns but no rows.")
    return table


def _read_parquet(path):
    pandas = require_pandas()
    try:
        # Nullable types keep whole numbers whole where some are missing.
        frame = pandas.read_parquet(path, dtype_backend="numpy_nullable")
    except ImportError as error:
        raise CommandError('Parquet needs pyarrow: pip install "skal[cli]".') from error
    except (ValueError, OSError) as error:
        raise CommandError(f"{path} cannot be read as Parquet: {error}") from error
    frame = frame.reset_index(drop=True)
    _check_names(path, frame.columns)
    columns = {str(name): _as_text(frame[name]) for name in frame.columns}
    return Table(path, columns, frame=frame)


def _as_text(column):
    values = [None if gone else value for value, gone in zip(column, column.isna(), strict=True)]
    if all(value is None or isinstance(value, float) for value in values):
        values = _whole(values)
    return ["" if value is None else str(value) for value in values]


def _whole(values):
    """Return floats as integers if all are whole: so were classes before one was missing."""
    if all(value is None or value.is_integer() for value in values):
        return [None if value is None else int(value) for value in values]
    return values


def _read_csv(path):
    text, encoding = _decode(path)
    text, n_before, separators = _without_hint(text, path)
    separator = _recognize_separator(text, separators)
    lines, records = [], []
    for line, record in _records(text, separator, path, n_before):
        lines.append(line)
        records.append(record)
    if not records:
        raise CommandError(f"{path} is empty. The first line should name the columns.")
    names = _names(path, records[0])
    rows = [
        _fitted(record, names, path, line)
        for line, record in zip(lines[1:], records[1:], strict=True)
    ]
    columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=False))
    columns = columns or {name: [] for name in names}
    return Table(path, columns, lines[1:], separator, encoding)


def _decode(path):
    data = path.read_bytes()
    if data.startswith(UTF16_MARKS):
        return data.decode("utf-16", errors="replace"), "utf-16"
    encoding = BY_EXCEL if data.startswith(codecs.BOM_UTF8) else "utf-8"
    try:
        return data.decode(encoding), encoding
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        raise CommandError(f"{path}, line {line}: the file is not text in UTF-8.") from None
    note(f"{path}, line {line} is not UTF-8; the file is read as Windows-1252.")
    return text, BY_EXCEL  # what is written in its place is UTF-8


def _without_hint(text, path):
    """Return the text without Excel's line `sep=;`, its lines, and the separators to try."""
    hint = re.match(r'"?sep=(.)"?\r?\n', text)
    if hint:
        return text[hint.end() :], 1, hint.group(1)
    return text, 0, "\t" if path.suffix.lower() in TAB_ENDINGS else SEPARATORS


def _recognize_separator(text, separators):
    """Return the separator that gives the first records equally many fields, and the most."""

    def width(separator):
        try:
            widths = {len(r) for _, r in itertools.islice(_records(text, separator), N_TRIED)}
            header = next((len(r) for _, r in _records(text, separator)), 0)
        except CommandError:
            return (False, 0)
        return (len(widths) == 1 and header > 1, header)

    return max(separators, key=width)


def _records(text, separator, path="", n_before=0):
    """Yield the line on which each record begins, and its fields; blank records are left out."""
    csv.field_size_limit(2**31 - 1)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        line = n_before + reader.line_num + 1
        try:
            record = next(reader, None)
        except csv.Error as error:
            raise CommandError(
                f"{path}, line {line}: {error}. Is a quote missing or one too many?"
            ) from error
        if record is None:
            return
        if any(field.strip() for field in record):
            yield line, record


def _names(path, record):
    names = [name.strip() for name in record]
    while names and not names[-1]:  # spreadsheets write empty columns
        names.pop()
    names = [name or f"column {i}" for i, name in enumerate(names, 1)]
    _check_names(path, names)
    return names


def _check_names(path, names):
    repeated = [name for name, count in Counter(map(str, names)).items() if count > 1]
    if repeated:
        raise CommandError(f"{path} has several columns of the name {repeated[0]!r}. Rename one.")


def _fitted(record, names, path, line):
    """Return the record with as many fields as there are names."""
    surplus = record[len(names) :]
    if len(record) < len(names) or any(field.strip() for field in surplus):
        raise CommandError(
            f"{path}, line {line}: there are {len(record)} fields, but {len(names)} columns. "
            "Is a quote missing around a field, or a separator?"
        )
    return record[: len(names)]


# Writing ----------------------------------------------------------------------------------


def write_table(path, columns, *, separator=",", encoding=BY_EXCEL):
    """Write a table, whole or not at all.

    Parameters
    ----------
    path : Path
        The ending says what is written, as in :func:`read_table`.
    columns : dict of str to list, or DataFrame
    separator, encoding : str
        For files of text.
    """
    path = Path(path)
    if path.suffix.lower() in PARQUET_ENDINGS:
        frame = require_pandas().DataFrame(columns)
        replace_file(path, lambda name: frame.to_parquet(name, index=False))
        return
    separator = "\t" if path.suffix.lower() in TAB_ENDINGS else separator
    replace_file(path, lambda name: _write_csv(name, columns, separator, encoding))


def _write_csv(name, columns, separator, encoding):
    with open(name, "w", newline="", encoding=encoding) as file:
        writer = csv.writer(file, delimiter=separator)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))


def check_writable(path, *protected):
    """Refuse a path that cannot be written, or whose file must stay as it is."""
    path = Path(path)
    ending = path.suffix.lower()
    if ending in SPREADSHEET_ENDINGS:
        raise CommandError(f"{path}: spreadsheets cannot be written. Write a .csv and open that.")
    if not path.parent.is_dir():
        raise CommandError(f"{path}: there is no folder {path.parent}.")
    if path.is_dir():
        raise CommandError(f"{path} is a folder.")
    for other in protected:
        if path.exists() and Path(other).exists() and path.samefile(other):
            raise CommandError(f"{path} would be overwritten. Choose another name for -o.")
