"""The file behind a labeling session: an append-only log of actions in SQLite.

The log is the truth. An action is what one call did (rows offered, labeled, skipped ...), with
one entry per row. Nothing in the log is ever changed or removed: an undo is an action like the
others. What the session knows, :class:`Record`, is the log replayed.
"""

import contextlib
import errno
import functools
import json
import os
import sqlite3
import time

from ._record import Action, Entry

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


class Store:
    """The log on disk. Several processes may hold it open.

    Parameters
    ----------
    path : str or path-like
        Created where there is no file.
    """

    def __init__(self, path):
        self.path = os.fspath(path)
        self._process = os.getpid()
        self._connection = None
        with self._explained():
            self._connection = self._open()

    def _open(self):
        # Transactions are begun and ended by hand: isolation_level=None.
        connection = sqlite3.connect(self.path, timeout=PATIENCE, isolation_level=None)
        try:
            self._check_file(connection)
            # The log is synced to the disk before a commit returns; in the write-ahead mode
            # that is one sync. Where that mode cannot be had, EXTRA also syncs the directory.
            _use_write_ahead(connection)
            connection.execute("PRAGMA synchronous = EXTRA")
            self._create(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _check_file(self, connection):
        """Refuse a file that is no session, before anything is written to it."""
        # Read at one moment: another process may be creating the session.
        connection.execute("BEGIN")
        owner = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        has_tables = connection.execute("SELECT 1 FROM sqlite_master").fetchone() is not None
        connection.execute("COMMIT")
        if owner != APPLICATION_ID:
            if owner or version or has_tables:
                raise ValueError(
                    f"{self.path} is no labeling session: it is a database of another program. "
                    "Choose another path."
                )
        elif version > VERSION:
            raise ValueError(
                f"{self.path} was written by a newer version of skal: its format is {version}, "
                f"this version reads up to {VERSION}. Upgrade skal."
            )

    def _create(self, connection):
        connection.execute("BEGIN IMMEDIATE")
        if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            for statement in SCHEMA.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")

    def close(self):
        """Close the file; what was acknowledged is in it."""
        if self._connection is not None and self._process == os.getpid():
            self._connection.close()
        self._connection = None

    @property
    def is_open(self):
        """Whether the file is open."""
        return self._connection is not None

    @contextlib.contextmanager
    def transaction(self):
        """Keep other processes from writing; all that is appended counts, or none of it."""
        with self._explained():
            self._checked().execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def append(self, action):
        """Write an action, within a transaction."""
        sql = "INSERT INTO actions (kind, annotator, time, details) VALUES (?, ?, ?, ?)"
        values = action.kind, action.annotator, action.time, json.dumps(action.details)
        seq = self._connection.execute(sql, values).lastrowid
        self._connection.executemany(
            "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            ((seq, place, *_to_text(entry)) for place, entry in enumerate(action.entries)),
        )

    def actions(self, after=0, until=None):
        """Return the actions with numbers above `after`, and up to `until`, in order."""
        until = 2**62 if until is None else until
        with self._explained():
            rows = self._checked().execute(
                "SELECT seq, kind, annotator, time, details FROM actions "
                "WHERE seq > ? AND seq <= ? ORDER BY seq",
                (after, until),
            )
            actions = {
                seq: Action(kind, annotator, when, _parsed(details), [], seq)
                for seq, kind, annotator, when, details in rows
            }
            if actions:
                self._read_entries(actions)
        return list(actions.values())

    def _read_entries(self, actions):
        # Up to the last action just read: another process may have added more meanwhile.
        rows = self._connection.execute(
            "SELECT * FROM entries WHERE action >= ? AND action <= ? ORDER BY action, place",
            (min(actions), max(actions)),
        )
        for seq, _, row, id_, label, *rest in rows:
            label = None if label is None else _parsed(label)
            actions[seq].entries.append(Entry(row, id_, label, *rest))

    def remember(self, key, value):
        """Keep a JSON value under a key, within a transaction."""
        self._connection.execute(
            "INSERT OR REPLACE INTO memory VALUES (?, ?)", (key, json.dumps(value))
        )

    def recall(self, key):
        """Return what was kept under a key, or None."""
        with self._explained():
            sql = "SELECT value FROM memory WHERE key = ?"
            found = self._checked().execute(sql, (key,)).fetchone()
        return None if found is None else json.loads(found[0])

    def _checked(self):
        if self._connection is None:
            raise ValueError(f"The session {self.path} is closed. Open it again.")
        if self._process != os.getpid():
            # SQLite's locks belong to the process that took them.
            raise RuntimeError(
                f"The session {self.path} was opened in another process, before a fork. Open it "
                "again in this one."
            )
        return self._connection

    @contextlib.contextmanager
    def _explained(self):
        """Turn SQLite's errors into ones that say what happened to the session."""
        try:
            yield
        except sqlite3.Error as error:
            raise self._explanation(error) from error

    def _explanation(self, error):
        text = str(error)
        if "is full" in text:
            return OSError(
                errno.ENOSPC, "The disk is full: nothing of this call was recorded", self.path
            )
        if "locked" in text:
            return TimeoutError(
                f"Another process has been writing to {self.path} for more than {PATIENCE:g} "
                "seconds: nothing of this call was recorded. Try again."
            )
        if "not a database" in text:
            return ValueError(f"{self.path} is no labeling session. Choose another path.")
        if "malformed" in text:
            return ValueError(
                f"{self.path} is damaged ({text}). Restore it from a copy, or import its labels "
                "into a new session."
            )
        if "unable to open" in text:
            return OSError(errno.EIO, "The session cannot be opened or created", self.path)
        if isinstance(error, sqlite3.ProgrammingError):
            return RuntimeError(
                f"The session {self.path} belongs to the thread that opened it. Open it again in "
                f"this one ({text})."
            )
        return OSError(
            errno.EIO,
            f"The call failed ({text}). Open the session again to see what is recorded",
            self.path,
        )


@functools.lru_cache(maxsize=1024)
def _parsed(text):
    """Return JSON that is only read, and mostly the same few labels, as Python objects."""
    return json.loads(text)


def _to_text(entry):
    label = None if entry.label is None else json.dumps(entry.label)
    return entry._replace(label=label)


def _use_write_ahead(connection):
    # Two processes that do this at once are not kept waiting by SQLite itself.
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
