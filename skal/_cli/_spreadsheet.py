"""Tables in spreadsheets, which pandas reads with a library for each kind."""

import datetime

from .._base import is_missing
from ._messages import CommandError, listed, note, require_pandas
from ._sheet import check_sheet
from ._table import Table, check_names, text_of_cells

# Which library reads the files of an ending, by the name that pandas has for it.
ENGINES = {".xlsx": "openpyxl", ".xlsm": "openpyxl", ".xls": "xlrd", ".ods": "odf"}
PACKAGES = {"odf": "odfpy"}


def read_spreadsheet(path, dialect):
    """Return the table in the first sheet of a file; its first row names the columns."""
    pandas, engine = require_pandas(), ENGINES[path.suffix.lower()]
    if engine == "openpyxl":
        check_sheet(path)
    try:
        with pandas.ExcelFile(path, engine=engine) as file:
            sheets = list(file.sheet_names)
            cells = pandas.read_excel(file, header=None, dtype=object, keep_default_na=False)
    except ImportError as error:
        raise CommandError(
            f"{path} is a spreadsheet. To read it, pip install {PACKAGES.get(engine, engine)}; or "
            "save it as CSV."
        ) from error
    except Exception as error:  # each library has errors of its own
        raise CommandError(
            f"{path} is a spreadsheet that cannot be read: {error} Save it as CSV."
        ) from error
    if len(sheets) > 1:
        others = listed(map(repr, sheets[1:]))
        note(f"{path}: the sheet {sheets[0]!r} is read. To read {others}, save it as CSV.")
    return _table(path, cells, dialect)


def _table(path, cells, dialect):
    head = next(
        (row for row in range(len(cells)) if "".join(_texts(cells.iloc[row])).strip()), None
    )
    if head is None:
        raise CommandError(f"{path} is empty. The first row should name the columns.")
    names = [name.strip() for name in _texts(cells.iloc[head])]
    texts = [_texts(cells[i][head + 1 :]) for i in cells]
    named = [i for i, name in enumerate(names) if name or any(texts[i])]
    names = [names[i] or f"column {i + 1}" for i in named]
    check_names(path, names)
    rows = list(zip(*(texts[i] for i in named), strict=True))
    filled = [row for row in range(len(rows)) if "".join(rows[row]).strip()]
    columns = {
        name: [texts[i][row] for row in filled] for name, i in zip(names, named, strict=True)
    }
    return Table(path, columns, [head + row + 2 for row in filled], dialect=dialect)


def _texts(cells):
    return text_of_cells([_hours(cell) for cell in cells])


def _hours(cell):
    """Return a length of time as people write it: Python counts days, and writes them in words."""
    if not isinstance(cell, datetime.timedelta) or is_missing(cell):
        return cell
    minutes, seconds = divmod(round(cell.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
