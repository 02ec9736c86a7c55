"""The store behind a labeling session: an append-only log of actions in SQLite.

The log is the truth. An action is what one call did (rows offered, labeled, skipped ...), with
one entry per row. Nothing in the log is ever changed or removed: an undo is an action like the
others. What the session knows, :class:`Record`, is the log replayed.
"""

import contextlib
import functools
import json
import os

from ._database import connect, explained
from ._record import Action, Entry


class Store:
    """The log on disk. Several processes may hold it open.

    Parameters
    ----------
    path : str or path-like
        Created if there is no file.
    """

    def __init__(self, path):
        self.path = os.fspath(path)
        self._process = os.getpid()
        self._connection = connect(self.path)

    def close(self):
        """Close the file; what was acknowledged is in it."""
        # After a fork the connection is left to the process that opened it.
        if self._connection is not None and self._process == os.getpid():
            self._connection.close()
        self._connection = None

    @contextlib.contextmanager
    def transaction(self):
        """Keep other processes from writing; everything that is appended counts, or nothing."""
        with explained(self.path):
            self._checked().execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                # Some errors, such as a full disk, have made SQLite roll back already.
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
        # A bound above every number keeps the query the same, and prepared.
        until = 2**62 if until is None else until
        with explained(self.path):
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
        with explained(self.path):
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


@functools.lru_cache(maxsize=1024)
def _parsed(text):
    """Return JSON that is only read, and mostly the same few labels, as Python objects."""
    return json.loads(text)


def _to_text(entry):
    label = None if entry.label is None else json.dumps(entry.label)
    return entry._replace(label=label)
