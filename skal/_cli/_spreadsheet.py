"""Tables in spreadsheets, which pandas reads with a library for each kind."""

from ._messages import CommandError, listed, note, require_pandas
from ._table import Table, check_names, text_of_cells

# Which library reads the files of an ending, by the name that pandas has for it.
ENGINES = {".xlsx": "openpyxl", ".xlsm": "openpyxl", ".xls": "xlrd", ".ods": "odf"}
PACKAGES = {"odf": "odfpy"}


def read_spreadsheet(path, dialect):
    """Return the table in the first sheet of a file; its first row names the columns."""
    pandas, engine = require_pandas(), ENGINES[path.suffix.lower()]
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
    if cells.empty:
        raise CommandError(f"{path} is empty. The first row should name the columns.")
    texts = {i: text_of_cells(cells[i][1:]) for i in cells}
    names = {i: text_of_cells(cells[i][:1])[0].strip() for i in cells}
    named = [i for i in cells if names[i] or any(texts[i])]
    names = [names[i] or f"column {i + 1}" for i in named]
    check_names(path, names)
    rows = list(zip(*(texts[i] for i in named), strict=True))
    filled = [row for row in range(len(rows)) if "".join(rows[row]).strip()]
    columns = {
        name: [texts[i][row] for row in filled] for name, i in zip(names, named, strict=True)
    }
    return Table(path, columns, [row + 2 for row in filled], dialect=dialect)
