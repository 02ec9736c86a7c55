"""Files of tables that are odd on purpose: made to fill the memory, or hiding what they hold."""

import bz2
import datetime
import gzip
import lzma
import zipfile

import numpy as np
import pandas as pd
import pytest

from skal._cli import _unpack
from skal._cli._dialect import Dialect
from skal._cli._files import read_table
from skal._cli._messages import CommandError
from skal._cli._spreadsheet import _table

OPENERS = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}


@pytest.mark.parametrize("ending", OPENERS)
def test_text_that_expands_without_end_is_refused_early(tmp_path, ending, monkeypatch):
    path, n_read = tmp_path / f"t.csv{ending}", []
    monkeypatch.setattr(_unpack, "ALWAYS_ALLOWED", 2**22)
    monkeypatch.setattr(_unpack, "CHUNK", 2**20)
    with OPENERS[ending](path, "wb") as file:
        file.write(b"a,b\n")
        for _ in range(5):
            file.write(b"1,2\n" * 2**20)
    check = _unpack._check_size
    monkeypatch.setattr(_unpack, "_check_size", lambda *one: n_read.append(one[1]) or check(*one))
    with pytest.raises(
        CommandError, match="bytes or more when it is unpacked.*unpack it yourself"
    ):
        read_table(path)
    assert max(n_read) <= _unpack.ALWAYS_ALLOWED + 2 * _unpack.CHUNK < 5 * 2**22


@pytest.mark.parametrize("ending", OPENERS)
def test_a_short_table_may_be_as_regular_as_it_likes(tmp_path, ending):
    path = tmp_path / f"t.csv{ending}"
    with OPENERS[ending](path, "wb") as file:
        file.write(b"a,b\n" + b"1,2\n" * 10**5)
    assert 10**5 * 4 > _unpack.MOST_TIMES * path.stat().st_size
    assert len(read_table(path)) == 10**5


@pytest.mark.parametrize("ending", OPENERS)
def test_a_compressed_file_that_is_cut_is_named(tmp_path, ending):
    path = tmp_path / f"t.csv{ending}"
    with OPENERS[ending](path, "wb") as file:
        file.write(bytes(np.random.default_rng(0).integers(65, 90, 5000).tolist()))
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(CommandError, match="cannot be unpacked"):
        read_table(path)


def test_a_spreadsheet_that_expands_without_end_is_refused(tmp_path):
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(2**26 + 1))
    with pytest.raises(CommandError, match="67,108,865 bytes or more"):
        read_table(path)


def test_a_parquet_file_that_says_it_is_endless_is_refused(tmp_path):
    arrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    path = tmp_path / "t.parquet"
    rows = arrow.table({"a": arrow.array(np.ones(10**6, np.int8))})
    with parquet.ParquetWriter(path, rows.schema) as file:
        for _ in range(70):
            file.write_table(rows)
    with pytest.raises(CommandError, match="70,000,000 cells or more"):
        read_table(path)


WORKBOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://'
    'schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
    '<sheet name="Data" sheetId="2" r:id="rId7"/><sheet name="More" sheetId="1" r:id="rId1"/>'
    "</sheets></workbook>"
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="worksheets/sheet1.xml"/>'
    '<Relationship Id="rId7" Target="{}"/></Relationships>'
)
NAMES = '<row r="1"><c r="A1"><v>1</v></c></row>'


def sheet(tmp_path, rows, behind="", target="worksheets/sheet2.xml"):
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", WORKBOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", RELATIONS.format(target))
        # Another sheet may hold anything.
        archive.writestr("xl/worksheets/sheet1.xml", '<mergeCells><mergeCell ref="A1:B9"/>')
        archive.writestr(
            "xl/worksheets/sheet2.xml", f"<worksheet><sheetData>{rows}</sheetData>{behind}"
        )
    return path


@pytest.mark.parametrize("target", ["worksheets/sheet2.xml", "/xl/worksheets/sheet2.xml"])
@pytest.mark.parametrize(
    ("rows", "behind", "message"),
    [
        (
            NAMES,
            '<mergeCells count="2"><mergeCell ref="C2:C3"/><mergeCell ref="A1:B1"/></mergeCells>',
            "these cells are merged: C2:C3, A1:B1. .*Unmerge",
        ),
        ('<row r="2"><c r="B2"><f>A2*2</f><v></v></c></row>', "", "cells have no values: B2."),
        ('<row r="2"><c r="B2" s="1"><f>A2*2</f><v/></c></row>', "", "have no values: B2."),
        ('<row r="2"><c r="AB2"><f t="shared" si="0"/></c></row>', "", "have no values: AB2."),
        ('<x:row r="2"><x:c r="B2"><x:f>A2</x:f></x:c></x:row>', "", "have no values: B2."),
        (
            f'{NAMES}<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
            "",
            "has 17,179,869,184 cells or more",
        ),
    ],
)  # fmt: skip
def test_a_sheet_that_shows_more_than_is_read_is_refused(tmp_path, rows, behind, message, target):
    path = sheet(tmp_path, rows, behind, target)
    with pytest.raises(CommandError, match=message) as refused:
        read_table(path)
    assert str(path) in str(refused.value)


@pytest.mark.parametrize(
    "rows",
    [NAMES, '<row r="2"><c r="B2"><f>A2*2</f><v>4</v></c><c r="C2"/><c r="D2"><v/></c></row>'],
)
def test_a_plain_sheet_is_left_to_the_library(tmp_path, rows):
    # Without the library, or with this half of a file, the message is about something else.
    with pytest.raises(CommandError, match="is a spreadsheet"):
        read_table(sheet(tmp_path, rows))


def test_cells_are_read_as_they_are_meant():
    cells = pd.DataFrame(
        [
            ["", None, "", ""],
            ["n", "day", "long", "kind"],
            [1.0, datetime.datetime(2024, 1, 2), datetime.timedelta(hours=30), "01"],
            [None, None, None, None],
            [2.0, pd.NaT, datetime.timedelta(minutes=5, seconds=1), True],
        ],
        dtype=object,
    )
    table = _table("t.xlsx", cells, Dialect())
    assert table.columns == {
        "n": ["1", "2"],
        "day": ["2024-01-02 00:00:00", ""],
        "long": ["30:00:00", "0:05:01"],
        "kind": ["01", "True"],
    }
    assert table.lines == [3, 5]
    assert table.numbers("long").values.tolist() == pytest.approx([30.0, 5 / 60 + 1 / 3600])


def test_a_sheet_without_cells_is_empty():
    for cells in (pd.DataFrame(), pd.DataFrame([["", None], [None, " "]], dtype=object)):
        with pytest.raises(CommandError, match="is empty. The first row should name"):
            _table("t.xlsx", cells, Dialect())
