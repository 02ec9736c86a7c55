"""The log of a session: the record in memory, kept in step with the file."""

import contextlib

from .._base import fresh_seed
from ._entries import now
from ._fingerprint import check_same, fingerprint
from ._record import Action, Record


class Log:
    """Read what any process wrote to the file, and write to it.

    Parameters
    ----------
    store : Store
    rows : Rows

    Attributes
    ----------
    record : Record
        What is known of the file so far; always the same object.
    """

    def __init__(self, store, rows):
        self.record = Record()
        self._store = store
        self._rows = rows

    @contextlib.contextmanager
    def opening(self):
        """Begin the log, or compare the data with those it was written for."""
        with self._store.transaction():
            self._read()
            seen = self.record.data
            if seen is None:
                self.write("created", details={"seed": fresh_seed()})
            else:
                check_same(self._rows, seen, self._store.path)
            # Only new rows are checked for unique ids: those seen before were then.
            if seen is None or seen["n_rows"] < len(self._rows):
                self._rows.ids.check()
                self.write("rows", details=fingerprint(self._rows))
            yield self.record
        # After the commit: what is not on the disk is not in the record either.
        self.sync()

    @contextlib.contextmanager
    def acting(self):
        """Read what others did, and keep them from writing until the action is written."""
        with self._store.transaction():
            yield self.sync()
        self.sync()

    def sync(self):
        """Read what was written to the log, by this process or another; return the record."""
        self._read()
        # Entries may be about rows that this process does not have.
        n_rows = self.record.data["n_rows"]
        if n_rows > len(self._rows):
            raise RuntimeError(
                f"Another process has appended rows to the data: there are {n_rows} now, and "
                f"{len(self._rows)} here. Open the session again with all of them."
            )
        return self.record

    def _read(self):
        for action in self._store.actions(after=self.record.seq):
            self.record.apply(action)

    def write(self, kind, entries=(), annotator=None, details=None):
        """Append an action, within :meth:`acting`; it shows in the record afterwards."""
        self._store.append(Action(kind, annotator, now(), details or {}, list(entries)))

    def record_at(self, seq):
        """Return the record as it was after an action."""
        past = Record()
        for action in self._store.actions(until=seq):
            past.apply(action)
        return past
