"""Files of tables: the ending of the path says how they are read and written."""

from pathlib import Path

from .._base import replace_file
from ._delimited import BY_EXCEL, read_csv, write_csv
from ._messages import CommandError
from ._parquet import read_parquet, write_parquet

TAB_ENDINGS = (".tsv", ".tab")
PARQUET_ENDINGS = (".parquet", ".pq")
SPREADSHEET_ENDINGS = (".xlsx", ".xls", ".ods")


def is_parquet(path):
    """Whether a path is that of a Parquet file, which keeps the types of its columns."""
    return _ending(path) in PARQUET_ENDINGS


def read_table(path):
    """Read a table.

    Parameters
    ----------
    path : str or Path
        ".parquet" and ".pq" are Parquet, everything else is text with separators.

    Returns
    -------
    table : Table

    Raises
    ------
    CommandError
        If the file does not exist, or is not a table with at least one row.
    """
    path = Path(path)
    if not path.is_file():
        raise CommandError(f"There is no file {path}.")
    if _ending(path) in SPREADSHEET_ENDINGS:
        raise CommandError(f"{path} is a spreadsheet. Save it as CSV first.")
    if is_parquet(path):
        table = read_parquet(path)
    else:
        table = read_csv(path, separator="\t" if _ending(path) in TAB_ENDINGS else None)
    if not table.columns or not len(table):
        raise CommandError(f"{path} has columns but no rows.")
    return table


def write_table(path, columns, *, separator=",", encoding=BY_EXCEL):
    """Write a table as a whole, or not at all.

    Parameters
    ----------
    path : str or Path
        The ending decides the format, as in :func:`read_table`.
    columns : dict of str to list, or DataFrame
    separator, encoding : str
        For text; files for tabs have tabs.
    """
    if is_parquet(path):
        replace_file(path, lambda name: write_parquet(name, columns))
        return
    separator = "\t" if _ending(path) in TAB_ENDINGS else separator
    replace_file(path, lambda name: write_csv(name, columns, separator, encoding))


def check_writable(path, *protected):
    """Refuse a path that cannot be written, or whose file must stay as it is."""
    path = Path(path)
    if _ending(path) in SPREADSHEET_ENDINGS:
        raise CommandError(f"{path}: spreadsheets cannot be written. Write a .csv and open that.")
    if not path.parent.is_dir():
        raise CommandError(f"{path}: there is no folder {path.parent}.")
    if path.is_dir():
        raise CommandError(f"{path} is a folder.")
    for other in protected:
        if path.exists() and Path(other).exists() and path.samefile(other):
            raise CommandError(f"{path} would be overwritten. Choose another name for -o.")


def _ending(path):
    return Path(path).suffix.lower()
