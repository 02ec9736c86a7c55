"""What a sheet of an .xlsx file does not say through pandas: merged cells, formulas, its size."""

import posixpath
import re
import zipfile
from xml.etree import ElementTree

from ._messages import CommandError, listed
from ._unpack import check_cells

PREFIX = rb"(?:\w+:)?"  # of a namespace, which few programs write
COLUMNS = re.compile(rb"<" + PREFIX + rb'c\b[^>]*?\br="([A-Z]{1,3})[0-9]')
ROWS = re.compile(rb"<" + PREFIX + rb'row\b[^>]*?\br="([0-9]+)"')
MERGED = re.compile(rb"<" + PREFIX + rb'mergeCell\b[^>]*?\bref="([^"]+)"')
WITHOUT_VALUE = re.compile(
    rb"<%bc\b[^>]*?\br=\"([A-Z]+[0-9]+)\"[^>]*>\s*<%bf\b(?:[^>]*/>|[^>]*>[^<]*</%bf>)\s*"
    rb"(?:<%bv\s*/>|<%bv>\s*</%bv>)?\s*</%bc>" % ((PREFIX,) * 7)
)


def check_sheet(path):
    """Refuse the first sheet of a file if what a person sees in it is not what would be read.

    Parameters
    ----------
    path : Path
        A file that ends in .xlsx or .xlsm. Other content is left to the reader.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            sheet = archive.read(_first_sheet(archive))
    except (zipfile.BadZipFile, ElementTree.ParseError, LookupError, StopIteration):
        return
    rows = [int(number) for number in ROWS.findall(sheet)]
    columns = map(_number, set(COLUMNS.findall(sheet)))
    check_cells(path, max(rows, default=0), max(columns, default=0))
    _check_merged(path, MERGED.findall(sheet))
    cells = [cell.decode() for cell in WITHOUT_VALUE.findall(sheet)]
    if cells:
        raise CommandError(
            f"{path}: the formulas in these cells have no values: {listed(cells)}. Open the file "
            "in a spreadsheet program and save it there, which computes them; or save it as CSV."
        )


def _check_merged(path, found):
    if found:
        cells = listed(cell.decode(errors="replace") for cell in found)
        raise CommandError(
            f"{path}: these cells are merged: {cells}. Only the first cell of each would have a "
            "value. Unmerge them, and fill in all cells."
        )


def _first_sheet(archive):
    """Return the name of the first sheet within the archive."""
    workbook = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    sheet = next(one for one in workbook.iter() if one.tag.endswith("}sheet"))
    (id_,) = (value for key, value in sheet.attrib.items() if key.endswith("}id"))
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    target = next(one.get("Target") for one in relations if one.get("Id") == id_)
    return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")


def _number(letters):
    """Return the number of a column, such as 28 for AB."""
    number = 0
    for letter in letters:
        number = 26 * number + letter - ord("A") + 1
    return number
