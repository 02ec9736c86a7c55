"""The files of damaged sessions, made such that SQLite finds its way in them again.

What is restored is known beforehand: the header of the file, how its tables were created, and the
checksums of the write-ahead log. The content of the tables stays as it is.
"""

import contextlib
import difflib
import pathlib
import sqlite3
import struct

from ._schema import APPLICATION_ID, SCHEMAS, VERSION, has_schema, read_schema
from ._wal import healed

# The header, see https://www.sqlite.org/fileformat2.html#the_database_header
MAGIC = b"SQLite format 3\0"
PAGE_SIZES = (1, *(2**k for k in range(9, 16)))  # 1 stands for 65536
FIXED = (
    # Journal modes, no reserved space, and three numbers that never change; the schema format,
    # and UTF-8; the mark of a session.
    *((">6B", 18, (2, 2, 0, 64, 32, 32)), (">4I", 44, (4, 0, 0, 1))),
    (">I", 68, (APPLICATION_ID,)),
)


def restore(path):
    """Make the file of a session, and its write-ahead log, such that SQLite can read them."""
    file, wal = pathlib.Path(path), pathlib.Path(f"{path}-wal")
    content = file.read_bytes()
    if wal.exists():
        wal.write_bytes(healed(wal.read_bytes()))
        content = content or bytes(4096)  # SQLite deletes the log of an empty file
    file.write_bytes(_with_header(content))
    connection = sqlite3.connect(path, isolation_level=None)
    with contextlib.closing(connection), contextlib.suppress(sqlite3.Error, UnicodeDecodeError):
        _restore_schema(connection)


def _with_header(content):
    """Return a database with the header of a session, whatever happened to it."""
    content = bytearray(content)
    if len(content) < 100:
        return b""
    size = struct.unpack_from(">H", content, 16)[0]
    size = size if size in PAGE_SIZES else 4096
    n_pages = len(content) // (65536 if size == 1 else size)
    for kind, start, values in (
        (">16sH", 0, (MAGIC, size)),
        # The number of pages counts only if two other numbers are the same.
        *((">2I", 24, (1, n_pages)), (">I", 92, (1,))),
        *FIXED,
    ):
        struct.pack_into(kind, content, start, *values)
    return bytes(content)


def _restore_schema(connection):
    """Write anew how each table was created, if that was damaged."""
    with contextlib.suppress(sqlite3.Error, UnicodeDecodeError):
        if any(has_schema(read_schema(connection), version) for version in SCHEMAS):
            return
    connection.text_factory = lambda data: data.decode(errors="replace")
    # With it, SQLite opens what it cannot make sense of.
    connection.execute("PRAGMA writable_schema = ON")
    tables = connection.execute("SELECT rowid, sql FROM sqlite_master").fetchall()
    names = {sql: name for name, sql in SCHEMAS[VERSION].items()}
    for rowid, text in tables:
        closest = difflib.get_close_matches(text or "", names, n=1)
        if closest:
            (sql,) = closest
            connection.execute(
                "UPDATE sqlite_master SET type = 'table', name = ?, tbl_name = ?, sql = ? "
                "WHERE rowid = ?",
                (names[sql], names[sql], sql, rowid),
            )
