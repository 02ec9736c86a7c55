"""The SQLite file of a session: opened and checked, its errors explained."""

import contextlib
import errno
import sqlite3
import time

APPLICATION_ID = 0x736B616C  # "skal"

VERSION = 1

PATIENCE = 30.0  # seconds to wait for another process

SCHEMA = """
CREATE TABLE actions (
    seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, annotator TEXT, time TEXT NOT NULL,
    details TEXT NOT NULL
);
CREATE TABLE entries (
    action INTEGER NOT NULL, place INTEGER NOT NULL, row INTEGER NOT NULL, id TEXT NOT NULL,
    label TEXT, annotator TEXT, time TEXT, round INTEGER NOT NULL, strategy TEXT, score REAL,
    price REAL NOT NULL, PRIMARY KEY (action, place)
) WITHOUT ROWID;
CREATE TABLE memory (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


def connect(path):
    """Return a connection to the file of a session, created if there is none.

    Raises
    ------
    ValueError
        If the file is not a labeling session, or one of a newer version.
    """
    with explained(path):
        # Transactions are begun and ended by hand: isolation_level=None.
        connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
        try:
            _check_file(connection, path)
            # The log is synced to the disk before a commit returns; in the write-ahead mode
            # that is one sync. Where that mode cannot be had, EXTRA also syncs the directory.
            _use_write_ahead(connection)
            connection.execute("PRAGMA synchronous = EXTRA")
            _create_tables(connection)
        except BaseException:
            connection.close()
            raise
    return connection


def _check_file(connection, path):
    """Refuse a file that is not a session, before anything is written to it."""
    # Read at one moment: another process may be creating the session.
    connection.execute("BEGIN")
    owner = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    has_tables = connection.execute("SELECT 1 FROM sqlite_master").fetchone() is not None
    connection.execute("COMMIT")
    if owner != APPLICATION_ID:
        if owner or version or has_tables:
            raise ValueError(
                f"{path} is not a labeling session: it is a database of another program. Choose "
                "another path."
            )
    elif version > VERSION:
        raise ValueError(
            f"{path} was written by a newer version of skal: its format is {version}, this "
            f"version reads up to {VERSION}. Upgrade skal."
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


def _create_tables(connection):
    connection.execute("BEGIN IMMEDIATE")
    # Asked again: another process may have created them since the file was checked.
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        for statement in SCHEMA.split(";"):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")


@contextlib.contextmanager
def explained(path):
    """Turn SQLite's errors into ones that say what happened to the session."""
    try:
        yield
    except sqlite3.Error as error:
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
    if "not a database" in text:
        return ValueError(f"{path} is not a labeling session. Choose another path.")
    if "malformed" in text:
        return ValueError(
            f"{path} is damaged ({text}). Restore it from a copy, or import its labels into a "
            "new session."
        )
    if "unable to open" in text:
        return OSError(errno.EIO, "The session cannot be opened or created", path)
    if isinstance(error, sqlite3.ProgrammingError):
        return RuntimeError(
            f"The session {path} belongs to the thread that opened it. Open it again in this one "
            f"({text})."
        )
    return OSError(
        errno.EIO,
        f"The call failed ({text}). Open the session again to see what is recorded",
        path,
    )
