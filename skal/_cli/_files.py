"""Files of tables: the ending of the path says how they are read and written."""

import os
import stat
from pathlib import Path

from .._base import replace_file
from ._delimited import parse_csv, write_csv
from ._dialect import Dialect
from ._encoding import BY_EXCEL
from ._formulas import neutralized
from ._json_lines import parse_json_lines
from ._messages import CommandError, listed
from ._parquet import read_parquet, write_parquet
from ._spreadsheet import ENGINES, read_spreadsheet
from ._unpack import OPENERS, check_archive, unpacked

TAB_ENDINGS = (".tsv", ".tab")
PARQUET_ENDINGS = (".parquet", ".pq")
JSON_LINES_ENDINGS = (".jsonl", ".ndjson")
# Kinds of files that would be taken for text, and what to do about them.
REFUSED = {
    "an archive. Unpack it first": (".zip", ".7z", ".rar", ".tar", ".tgz", ".zst"),
    "JSON. Save one object on each line, as .jsonl": (".json",),
    "a pickle, which may run code. Save it as CSV": (".pkl", ".pickle", ".joblib"),
    "not supported. Save it as Parquet": (".feather", ".arrow", ".orc"),
    "not supported. Save it as CSV": (".dta", ".sav", ".sas7bdat", ".rds", ".rdata", ".mat"),
    "not a table. Save one as CSV": (".h5", ".hdf5", ".db", ".sqlite", ".html", ".xml", ".pdf"),
}
WHY_REFUSED = {ending: why for why, endings in REFUSED.items() for ending in endings}
# Files whose ending does not tell what they are.
BEGINNINGS = {
    b"PK\x03\x04": "an archive or a spreadsheet",
    b"\x1f\x8b": "compressed by gzip",
    b"BZh": "compressed by bzip2",
    b"\xfd7zXZ": "compressed by xz",
    b"\x28\xb5\x2f\xfd": "compressed by zstd",
    b"PAR1": "Parquet",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet",
    b"SQLite format 3": "a database",
    b"%PDF": "a PDF",
}


def is_parquet(path):
    """Whether a path is that of a Parquet file, which keeps the types of its columns."""
    return _ending(path) in PARQUET_ENDINGS


def read_table(path, dialect=None):
    """Read a table.

    Parameters
    ----------
    path : str or Path
        ".parquet" and ".pq" are Parquet, ".jsonl" and ".ndjson" JSON lines, ".xlsx" and its
        relatives spreadsheets; everything else is text with separators. Text may be compressed, as
        ".csv.gz", ".csv.bz2" or ".csv.xz".
    dialect : Dialect, default=None
        How the table is written. None: it is recognized.

    Returns
    -------
    table : Table

    Raises
    ------
    CommandError
        If the file does not exist, or is not a table with at least one row.
    """
    path, dialect = Path(path), dialect or Dialect()
    check_there(path)
    table = _read(path, dialect)
    if not table.columns or not len(table):
        raise CommandError(f"{path} has columns but no rows.")
    return table


def check_there(path):
    """Refuse a table that does not exist."""
    path = Path(path)
    if not path.is_file():
        raise CommandError(
            f"{path} is not a file." if path.exists() else f"There is no file {path}."
        )


def _read(path, dialect):
    ending = _ending(path)
    _check_readable(path, ending)
    if ending in ENGINES:
        check_archive(path)
        return read_spreadsheet(path, dialect)
    if ending in PARQUET_ENDINGS:
        return read_parquet(path, dialect)
    data = _content(path)
    if ending in JSON_LINES_ENDINGS:
        return parse_json_lines(path, data, dialect)
    return parse_csv(path, data, dialect, separator="\t" if ending in TAB_ENDINGS else None)


def _check_readable(path, ending):
    if ending in WHY_REFUSED:
        raise CommandError(f"{path} is {WHY_REFUSED[ending]}.")
    if _is_compressed(path) and ending in (*ENGINES, *PARQUET_ENDINGS):
        raise CommandError(f"{path} is compressed as a whole. Unpack it first.")


def _content(path):
    """Return the bytes of a text file, which may be compressed."""
    if _is_compressed(path):
        return unpacked(path)
    data = path.read_bytes()
    for beginning, kind in BEGINNINGS.items():
        if data.startswith(beginning):
            raise CommandError(f"{path} is {kind}, and not text. Correct the ending of its name.")
    return data


def write_table(path, columns, *, separator=",", encoding=BY_EXCEL, neutralize=False):
    """Write a table as a whole, or not at all.

    Parameters
    ----------
    path : str or Path
        The ending decides the format: Parquet, or text, which may be compressed.
    columns : dict of str to list, or DataFrame
    separator, encoding : str
        For text; files for tabs have tabs.
    neutralize : bool, default=False
        Whether an apostrophe is put before cells of text that spreadsheets take for formulas.
    """
    if is_parquet(path):
        replace_file(path, lambda name: write_parquet(name, columns))
        return
    separator = "\t" if _ending(path) in TAB_ENDINGS else separator
    columns = neutralized(columns) if neutralize else columns

    def write(name):
        opener = OPENERS.get(Path(path).suffix.lower(), open)
        with opener(name, "wt", newline="", encoding=encoding) as file:
            write_csv(file, columns, separator)

    replace_file(path, write)


def check_writable(path, *protected):
    """Refuse a path that cannot be written, or whose file must stay as it is."""
    _check_kind(Path(path))
    check_place(path, *protected)


def check_place(path, *protected, flag="-o"):
    """Refuse a place for a file of any kind, given by an option, as in :func:`check_writable`."""
    path = Path(path)
    # A link stands for its target, which need not exist.
    folder = Path(os.path.realpath(path)).parent
    if not folder.is_dir():
        raise CommandError(f"{path}: there is no folder {folder}.")
    _check_is_regular(path, flag)
    for other in protected:
        same = path.exists() and Path(other).exists() and path.samefile(other)
        if same or os.path.abspath(path) == os.path.abspath(other):
            raise CommandError(f"{path} would be overwritten. Choose another name for {flag}.")


def _check_kind(path):
    ending = _ending(path)
    if ending in ENGINES:
        raise CommandError(f"{path}: spreadsheets cannot be written. Write a .csv and open that.")
    is_compressed_parquet = is_parquet(path) and _is_compressed(path)
    if ending in WHY_REFUSED or ending in JSON_LINES_ENDINGS or is_compressed_parquet:
        raise CommandError(
            f"{path}: files of this kind cannot be written. Choose an ending for -o among .csv, "
            f".tsv, .parquet and {listed(f'.csv{one}' for one in OPENERS)}."
        )


def _check_is_regular(path, flag):
    if path.is_dir():
        raise CommandError(f"{path} is a folder.")
    if path.exists() and not stat.S_ISREG(path.stat().st_mode):
        raise CommandError(
            f"{path} is a pipe or a device. Only files are written, and only as a whole: name one "
            f"for {flag}."
        )


def _is_compressed(path):
    return Path(path).suffix.lower() in OPENERS


def _ending(path):
    """Return the ending that tells the kind of a table, in small letters."""
    path = Path(path)
    path = path.with_suffix("") if _is_compressed(path) else path
    return path.suffix.lower()
