"""Tables in files of JSON lines: one object on each line."""

import json

from ._encoding import decode
from ._messages import CommandError
from ._table import Table


def parse_json_lines(path, data, dialect):
    """Return a table with a row for each object, and a column for each of their names.

    Parameters
    ----------
    path : Path
        For messages.
    data : bytes
    dialect : Dialect

    Returns
    -------
    table : Table
    """
    text, encoding = decode(path, data, dialect.encoding)
    lines, rows = [], []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            rows.append(_row(line, f"{path}, line {number}"))
            lines.append(number)
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {name: [row.get(name, "") for row in rows] for name in names}
    return Table(path, columns, lines, encoding=encoding, dialect=dialect)


def _row(line, place):
    def unique(pairs):
        if len(dict(pairs)) < len(pairs):
            raise CommandError(f"{place}: a name occurs twice in an object.")
        return dict(pairs)

    try:
        # Numbers stay as they are written, like those of a CSV file.
        row = json.loads(line, parse_float=str, parse_int=str, object_pairs_hook=unique)
    except (ValueError, RecursionError) as error:
        raise CommandError(f"{place}: this is not an object in JSON: {error}.") from error
    if not isinstance(row, dict):
        raise CommandError(f"{place}: there must be an object such as {{...}}, got {line[:40]!r}.")
    return {name.strip(): _cell(value) for name, value in row.items()}


def _cell(value):
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
