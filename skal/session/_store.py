"""The store behind a labeling session: an append-only log of actions in SQLite.

The log is the truth. An action is what one call did (rows offered, labeled, skipped ...), with
one entry per row. Nothing in the log is ever changed or removed: an undo is an action like the
others. What the session knows, :class:`Record`, is the log replayed.
"""

import contextlib
import json
import os

from ._chain import START, Link, next_digest, note_digest, notes_digest
from ._damage import DamagedSessionError
from ._database import check_path, connect, explained
from ._migration import check_structure
from ._reading import ENTRY_COLUMNS, verified_actions
from ._watch import Watch


class Store:
    """The log on disk. Several processes may hold it open.

    Parameters
    ----------
    path : str or path-like
        Created if there is no file.
    """

    def __init__(self, path):
        self.path = check_path(path)
        self._process = os.getpid()
        self._connection = connect(self.path)
        self._watch = Watch(self.path)

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
                self._watch.check()
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                # Some errors, such as a full disk, have made SQLite roll back already.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            # What went to a file that nobody can open again must not be acknowledged.
            self._watch.check()

    def append(self, action):
        """Write an action, within a transaction, and return its number."""
        last = self._head()
        stored = action.kind, _plain(action.annotator), action.time, json.dumps(action.details)
        seq = last.seq + 1
        entries = [
            (seq, place, *entry) for place, entry in enumerate(map(_to_stored, action.entries))
        ]
        digest = next_digest(last.digest, [seq, *stored], entries)
        self._connection.execute(
            "INSERT INTO actions VALUES (?, ?, ?, ?, ?, ?)", (seq, *stored, digest)
        )
        self._connection.executemany(
            f"INSERT INTO entries ({ENTRY_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            entries,
        )
        self._connection.execute("UPDATE head SET seq = ?, digest = ?", (seq, digest))
        return seq

    def actions(self, after=START, until=None):
        """Yield the actions after one, a :class:`Link`, and up to another, a number.

        Raises
        ------
        DamagedSessionError
            At the first action that is not as it was written; `after` is such an action, too, if
            the file does not go on from there.
        """
        with explained(self.path):
            head = self._head()
            yield from verified_actions(self._connection, self.path, head, after, until)

    def check_structure(self):
        """Refuse a file whose pages do not fit together, though all of it can be read."""
        with explained(self.path):
            check_structure(self._checked(), self.path)

    def remember(self, key, value):
        """Keep a JSON value under a key, within a transaction."""
        _, digests = self._note(key)
        text = json.dumps(value)
        digests[key] = note_digest(key, text)
        self._connection.execute(
            "INSERT OR REPLACE INTO memory VALUES (?, ?, ?)", (key, text, digests[key])
        )
        self._connection.execute("UPDATE head SET notes = ?", (notes_digest(digests),))

    def recall(self, key):
        """Return what was kept under a key, or None."""
        with explained(self.path):
            text, digests = self._note(key)
        if text is None:
            return None
        if note_digest(key, text) != digests[key]:
            raise self._damaged_note(key, "it is not as it was written")
        return json.loads(text)

    def _note(self, key):
        """Return a note as text, None if there is none, and the digests of all notes by key."""
        # One query, so that another process cannot write in between.
        found = self._checked().execute(
            "SELECT notes, key, memory.digest, CASE key WHEN ? THEN value END FROM head "
            "LEFT JOIN memory",
            (key,),
        )
        rows = found.fetchall()
        digests = {name: digest for _, name, digest, _ in rows if name is not None}
        if not rows or notes_digest(digests) != rows[0][0]:
            raise self._damaged_note(key, "some notes are not those that were written")
        return next((text for _, name, _, text in rows if name == key), None), digests

    def _damaged_note(self, key, reason):
        return DamagedSessionError(self.path, f"in its note {key!r}, beside the log", reason)

    def _head(self):
        """Return the link to the last action."""
        found = self._checked().execute("SELECT seq, digest FROM head").fetchone()
        if found is None or list(map(type, found)) != [int, bytes]:
            raise DamagedSessionError(
                self.path, "at the end of its log", "the number of the last action is gone"
            )
        return Link(*found)

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


def _to_stored(entry):
    """Return an entry exactly as SQLite gives it back, which its digest depends on."""
    label = None if entry.label is None else json.dumps(entry.label)
    # NaN would come back as NULL, and -0.0 as 0.0.
    is_score = entry.score is not None and entry.score == entry.score
    score = float(entry.score) + 0.0 if is_score else None
    annotator, time, strategy = map(_plain, (entry.annotator, entry.time, entry.strategy))
    return (
        *(int(entry.row), entry.id, label, annotator, time, int(entry.round), strategy, score),
        float(entry.price) + 0.0,
    )


def _plain(text):
    # NumPy has texts of its own, which are written differently.
    return None if text is None else str(text)
