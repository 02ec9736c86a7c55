"""The log of a session: the record in memory, kept in step with the file."""

import contextlib
import gc

from .._base import fresh_seed
from ._damage import damaged_action
from ._entries import now
from ._fingerprint import check_same, fingerprint
from ._record import UNDOABLE, Action, Record


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
    last_action : int or None
        The number of the last action that was written here and can be undone.
    """

    def __init__(self, store, rows):
        self.record = Record()
        self.last_action = None
        self._written = self._misplaced = None
        self._store = store
        self._rows = rows

    @contextlib.contextmanager
    def opening(self):
        """Begin the log, or compare the data with those it was written for."""
        with self._store.transaction():
            self._read()
            self._store.check_structure()
            seen = self.record.data
            if seen is None:
                self.write("created", details={"seed": fresh_seed()})
            else:
                check_same(self._rows, seen, self._store.path)
            # Not earlier: with other data, all ids are others, and nothing is damaged.
            self._refuse_misplaced()
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
        self.last_action = self._written
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
        self._refuse_misplaced()
        return self.record

    def _read(self):
        with _no_collection():
            for action in self._store.actions(after=self.record.link):
                self._compare_ids(action)
                self.record.apply(action)

    def _compare_ids(self, action):
        """Remember the first action that has the id of another row than its own."""
        ids, n_rows = self._rows.ids, len(self._rows)
        for entry in action.entries:
            if entry.row < n_rows and ids.as_json(entry.row) != entry.id:
                self._misplaced = self._misplaced or (action.seq, entry)

    def _refuse_misplaced(self):
        if self._misplaced is not None:
            seq, entry = self._misplaced
            id_ = self._rows.ids.as_json(entry.row)
            reason = f"it is about the id {entry.id}, but names row {entry.row}, whose id is {id_}"
            raise damaged_action(self._store.path, seq, reason)

    def write(self, kind, entries=(), annotator=None, details=None):
        """Append an action, within :meth:`acting`; it shows in the record afterwards."""
        action = Action(kind, annotator, now(), details or {}, list(entries))
        seq = self._store.append(action)
        if kind in UNDOABLE:
            self._written = seq

    def record_at(self, seq):
        """Return the record as it was after an action."""
        past = Record()
        for action in self._store.actions(until=seq):
            past.apply(action)
        return past


@contextlib.contextmanager
def _no_collection():
    """Do without garbage collection: each one would look at all that was read, and find none."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
