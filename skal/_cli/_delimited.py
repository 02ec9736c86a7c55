"""Tables in CSV and TSV files, as people and spreadsheets write them."""

import csv
import io
import itertools
import re
from collections import Counter

from ._encoding import decode
from ._messages import CommandError, listed, note
from ._table import Table, check_names

SEPARATORS = {",": "','", ";": "';'", "\t": "tab", "|": "'|'"}  # and how to name them
N_TRIED = 20  # records by which a separator is recognized
ENDS_EARLY = " expected after "  # Python's words for a field that goes on behind its quotes


def parse_csv(path, data, dialect, separator=None):
    """Return a table whose first record names the columns.

    Parameters
    ----------
    path : Path
        For messages.
    data : bytes
    dialect : Dialect
    separator : str, default=None
        What separates the fields if the user does not say. None: it is recognized.

    Returns
    -------
    table : Table
    """
    text, encoding = decode(path, data, dialect.encoding)
    text, n_before, hint = _without_hint(text)
    separator = dialect.separator or hint or separator or _recognize_separator(text, path)
    lines, records = _records(text, separator, path, n_before)
    if not records:
        raise CommandError(f"{path} is empty. The first line should name the columns.")
    names = _header(records[0])
    _check_widths(path, names, lines, records)
    check_names(path, names)
    columns = _columns(names, records[1:])
    return Table(path, columns, lines[1:], separator, encoding, dialect=dialect)


def write_csv(file, columns, separator):
    """Write a dict of columns to a text file."""
    writer = csv.writer(file, delimiter=separator)
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))


def _without_hint(text):
    """Return the text without Excel's line `sep=;`, its lines, and the separator it names."""
    hint = re.match(r'"?sep=(.)"?\r?\n', text)
    return (text[hint.end() :], 1, hint.group(1)) if hint else (text, 0, None)


def _recognize_separator(text, path):
    """Return the separator that gives the first records equally many fields, and the most."""
    fits = {separator: _fit(text, separator) for separator in SEPARATORS}
    best = max(SEPARATORS, key=fits.get)
    others = [name for one, name in SEPARATORS.items() if one != best and fits[one][0]]
    if fits[best][0] and others:
        note(
            f"{path}: fields are separated by {SEPARATORS[best]}, although {others[0]} fits, too. "
            "To choose another one, use --separator."
        )
    return best


def _fit(text, separator):
    """Return how well a separator fits: better ones compare as larger."""
    # A quote that makes no sense is reported later, under the separator that fits otherwise.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        tried = list(itertools.islice((len(r) for r in reader if _is_filled(r)), N_TRIED))
    except csv.Error:
        tried = []
    (width, count), *_ = Counter(tried).most_common(1) or [(0, 0)]
    if width < 2:
        return (False, False, 0, 0)
    return (count == len(tried), tried[0] == width, count / len(tried), width)


def _is_filled(record):
    return bool("".join(record).strip())


def _records(text, separator, path, n_before):
    """Return the lines on which records begin, and their fields; blank ones are left out."""
    csv.field_size_limit(2**31 - 1)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    lines, records = [], []
    line = 1
    try:
        for record in reader:
            if _is_filled(record):
                lines.append(n_before + line)
                records.append(record)
            line = reader.line_num + 1
    except csv.Error as error:
        place = f"{path}, line {n_before + line}"
        raise CommandError(_problem_of_quotes(place, error, text, line, separator)) from error
    return lines, records


def _problem_of_quotes(place, error, text, line, separator):
    problem = f"{place}: {error}. Is a quote missing, or is there one too many?"
    if ENDS_EARLY not in str(error):
        return problem
    # Cut as the reader cuts: a text also has other characters that end lines.
    rest = "".join(itertools.islice(io.StringIO(text, newline=""), line - 1, line + N_TRIED))
    mark = re.escape(separator)
    field = re.search(rf'(?<![^{mark}\r\n])"(?:[^"]|"")*"(?![{mark}\r\n]|$)[^{mark}\r\n]*', rest)
    if field is None:
        return problem
    written = field.group()
    doubled = '"' + written.replace('"', '""') + '"'
    return (
        f"{place}: the field {written} has a quote at its start that is closed before its end. "
        f"Where a field begins with a quote, put it in quotes and write its own quotes twice: "
        f"{doubled}."
    )


def _header(record):
    """Return the names of the columns; those without a name are numbered."""
    names = [name.strip() for name in record]
    while names and not names[-1]:  # spreadsheets write empty columns
        names.pop()
    return [name or f"column {i}" for i, name in enumerate(names, 1)]


def _check_widths(path, names, lines, records):
    """Refuse records with more or fewer fields than there are names, and name their lines."""
    n = len(names)
    if {len(record) for record in records} == {n}:
        return
    # Empty fields at the end are written by spreadsheets.
    bad = [
        i for i, record in enumerate(records) if i and (len(record) < n or _is_filled(record[n:]))
    ]
    if not bad:
        return
    width = len(records[bad[0]])
    if n < width and len(bad) > 1 and len(bad) > len(records[1:]) / 2:
        raise CommandError(
            f"{path}, line {lines[0]}: the names of the columns should be here, but there are {n} "
            f"fields, and {width} in line {lines[bad[0]]}. Is this a title? Then remove it. Or is "
            "the name of a column missing, or is the separator another one (--separator)?"
        )
    more = f" (so it is in lines {listed(lines[i] for i in bad)})" if len(bad) > 1 else ""
    raise CommandError(
        f"{path}, line {lines[bad[0]]}: there are {width} fields, but {n} columns{more}. Is a "
        "quote missing around a field, or a separator? To choose the separator, use --separator."
    )


def _columns(names, records):
    # Without rows, zip gives no columns either; they are needed to say what the file holds.
    # Fields beyond the names are empty.
    columns = zip(*records, strict=False) if records else [()] * len(names)
    return {name: list(values) for name, values in zip(names, columns, strict=False)}
