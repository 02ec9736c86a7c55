"""Tables in CSV and TSV files, as people and spreadsheets write them."""

import codecs
import csv
import io
import itertools
import re

from ._messages import CommandError, note
from ._table import Table, check_names

SEPARATORS = (",", ";", "\t", "|")
UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
N_TRIED = 20  # records by which a separator is recognized
BY_EXCEL = "utf-8-sig"  # with the mark by which Excel recognizes UTF-8


def read_csv(path, separator=None):
    """Return a table whose first record names the columns.

    Parameters
    ----------
    path : Path
    separator : str, default=None
        What separates the fields. None: it is recognized.

    Returns
    -------
    table : Table
    """
    text, encoding = _decode(path)
    text, n_before, hint = _without_hint(text)
    separator = hint or separator or _recognize_separator(text)
    records = list(_records(text, separator, path, n_before))
    if not records:
        raise CommandError(f"{path} is empty. The first line should name the columns.")
    (_, header), *records = records
    names = _names(path, header)
    lines = [line for line, _ in records]
    rows = [_fitted(record, names, f"{path}, line {line}") for line, record in records]
    # Without rows, zip gives no columns either; they are needed to say what the file holds.
    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    columns = {name: list(values) for name, values in zip(names, columns, strict=True)}
    return Table(path, columns, lines, separator, encoding)


def write_csv(path, columns, separator, encoding):
    """Write a dict of columns."""
    with open(path, "w", newline="", encoding=encoding) as file:
        writer = csv.writer(file, delimiter=separator)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))


def _decode(path):
    """Return the text of a file, and the encoding for what is written in its place."""
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
    return text, BY_EXCEL  # new labels may hold what Windows-1252 cannot write


def _without_hint(text):
    """Return the text without Excel's line `sep=;`, its lines, and the separator it names."""
    hint = re.match(r'"?sep=(.)"?\r?\n', text)
    return (text[hint.end() :], 1, hint.group(1)) if hint else (text, 0, None)


def _recognize_separator(text):
    """Return the separator that gives the first records equally many fields, and the most."""

    def width(separator):
        try:
            records = [r for _, r in itertools.islice(_records(text, separator), N_TRIED)]
        except CommandError:
            return (False, 0)
        header = len(records[0]) if records else 0
        return (header > 1 and len(set(map(len, records))) == 1, header)

    return max(SEPARATORS, key=width)


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
                f"{path}, line {line}: {error}. Is a quote missing, or is there one too many?"
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
    check_names(path, names)
    return names


def _fitted(record, names, where):
    """Return the record with as many fields as there are names."""
    surplus = record[len(names) :]
    if len(record) < len(names) or any(field.strip() for field in surplus):
        raise CommandError(
            f"{where}: there are {len(record)} fields, but {len(names)} columns. Is a quote "
            "missing around a field, or a separator?"
        )
    return record[: len(names)]
