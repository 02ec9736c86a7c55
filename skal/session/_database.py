"""The SQLite file of a session: opened and checked, its errors explained."""

import contextlib
import errno
import os
import sqlite3
import time

from ._chain import START, notes_digest
from ._damage import DamagedSessionError
from ._migration import begin_head, migrate
from ._reading import is_damage
from ._schema import APPLICATION_ID, SCHEMA, SCHEMAS, VERSION, has_schema, read_schema
from ._wal import check_wal

SMALLEST = 512  # bytes of a database
PATIENCE = 30.0  # seconds to wait for another process


def connect(path):
    """Return a connection to the file of a session, created if there is none.

    Raises
    ------
    ValueError
        If the file is not a labeling session, one of a newer version, or damaged.
    """
    with explained(path):
        # SQLite takes a file of one byte for a new one, and writes over it.
        if os.path.exists(path) and 0 < os.path.getsize(path) < SMALLEST:
            raise sqlite3.DatabaseError("file is not a database")
        # Before SQLite looks at the write-ahead log: it silently drops what is damaged there.
        check_wal(path)
        # Transactions are begun and ended by hand: isolation_level=None. The absolute path is
        # never taken for one of the names that SQLite has for databases in memory.
        connection = sqlite3.connect(os.path.abspath(path), timeout=PATIENCE, isolation_level=None)
        try:
            _check_file(connection, path)
            # The log is synced to the disk before a commit returns; in the write-ahead mode
            # that is one sync. Where that mode cannot be had, EXTRA also syncs the directory.
            _use_write_ahead(connection)
            connection.execute("PRAGMA synchronous = EXTRA")
            _create_tables(connection, path)
        except BaseException:
            connection.close()
            raise
    return connection


def check_path(path):
    """Return the path of a session as text, unless labels could not stay there."""
    text = os.fsdecode(os.fspath(path))
    if not text.strip() or "\0" in text or text.startswith(":memory:"):
        raise ValueError(
            f"path must be that of a file, got {text!r}: labels would be gone when the session is "
            'closed. Give a name, such as "labels.skal".'
        )
    if os.path.exists(text) and not os.path.isfile(text):
        kind = "a folder" if os.path.isdir(text) else "not a regular file"
        raise OSError(errno.EINVAL, f"path must be that of a file, but it is {kind}", text)
    return text


def _check_file(connection, path):
    """Refuse a file that is not a session, before anything is written to it."""
    # Read at one moment: another process may be creating the session.
    connection.execute("BEGIN")
    owner = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    tables = read_schema(connection)
    connection.execute("COMMIT")
    if owner != APPLICATION_ID:
        _check_foreign(path, owner, version, tables)
    elif version > VERSION:
        raise ValueError(
            f"{path} was written by a newer version of skal: its format is {version}, this "
            f"version reads up to {VERSION}. Upgrade skal. If it was not, its header is damaged, "
            "and skal.session.salvage reads its labels."
        )
    elif version not in SCHEMAS or not has_schema(tables, version):
        raise DamagedSessionError(
            path, "in its header", f"its format is {version}, but its tables are others"
        )


def _check_foreign(path, owner, version, tables):
    """Refuse a file without the mark of a session, unless it is empty."""
    if any(has_schema(tables, known) for known in SCHEMAS):
        reason = "the mark of sessions is missing, but the tables are there"
        raise DamagedSessionError(path, "in its header", reason)
    if owner or version or tables:
        raise ValueError(
            f"{path} is not a labeling session: it is a database of another program. Choose "
            "another path."
        )


def _use_write_ahead(connection):
    # SQLite refuses at once, without its timeout, where two processes do this at the same time.
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _create_tables(connection, path):
    """Create the tables in a new file, and bring those of an older version up to date."""
    if _is_current(connection):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Asked again: another process may have created them since the file was checked.
        if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            for statement in SCHEMA.values():
                connection.execute(statement)
            begin_head(connection, START, notes_digest({}))
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {VERSION}")
        elif not _is_current(connection):
            migrate(connection, path)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _is_current(connection):
    return connection.execute("PRAGMA user_version").fetchone()[0] == VERSION


@contextlib.contextmanager
def explained(path):
    """Turn SQLite's errors into ones that say what happened to the session."""
    try:
        yield
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise _explanation(error, path) from error


def _explanation(error, path):
    text = str(error)
    if "is full" in text:
        return OSError(errno.ENOSPC, "The disk is full: nothing of this call was recorded", path)
    if "locked" in text:
        return TimeoutError(
            f"Another process has been writing to {path} for more than {PATIENCE:g} seconds: "
            "nothing of this call was recorded. Try again."
        )
    if "not a database" in text and not _was_session(path):
        return ValueError(f"{path} is not a labeling session. Choose another path.")
    if is_damage(error):
        return DamagedSessionError(path, "in its header or its tables", text)
    if "unable to open" in text:
        return OSError(errno.EIO, "The session cannot be opened or created", path)
    if isinstance(error, sqlite3.ProgrammingError) and "thread" in text:
        return RuntimeError(
            f"The session {path} belongs to the thread that opened it. Open it again in this one "
            f"({text})."
        )
    return OSError(
        errno.EIO,
        f"The call failed ({text}). Open the session again to see what is recorded",
        path,
    )


def _was_session(path):
    """Whether the beginning of a file has one of the two marks of a session."""
    with contextlib.suppress(OSError), open(path, "rb") as file:
        header = file.read(100)
        # What SQLite writes first, and where it keeps the mark of the program.
        return header.startswith(b"SQLite format 3\0") or header[68:72] == b"skal"
    return False
