"""Sessions written by earlier versions: brought to the present format when they are opened."""

from ._chain import note_digest, notes_digest
from ._damage import DamagedSessionError, damaged_action
from ._reading import format_1_actions
from ._record import Record
from ._schema import SCHEMA, VERSION


def migrate(connection, path):
    """Write a file of format 1 in the present format, within a transaction.

    Until the transaction is committed, the file is in format 1 for every other process, and for
    whoever opens it after a crash.

    Raises
    ------
    DamagedSessionError
        If the log cannot be replayed. Format 1 has no digests: this is what can be checked.
    """
    check_structure(connection, path)
    for name in ("actions", "memory"):
        connection.execute(f"ALTER TABLE {name} RENAME TO {name}_1")
        connection.execute(SCHEMA[name])
    connection.execute(SCHEMA["head"])
    # Collected first: a table is not read while another one is renamed to its name.
    stored, last = _replayed(connection, path)
    connection.executemany("INSERT INTO actions VALUES (?, ?, ?, ?, ?, ?)", stored)
    notes = connection.execute("SELECT key, value FROM memory_1").fetchall()
    digests = {key: note_digest(key, value) for key, value in notes}
    connection.executemany(
        "INSERT INTO memory VALUES (?, ?, ?)", ((*note, digests[note[0]]) for note in notes)
    )
    begin_head(connection, last, notes_digest(digests))
    for name in ("actions", "memory"):
        connection.execute(f"DROP TABLE {name}_1")
    connection.execute(f"PRAGMA user_version = {VERSION}")


def begin_head(connection, last, notes):
    """Write the last action, and the digest of the notes, to a file that has no head yet."""
    connection.execute("INSERT INTO head VALUES (1, ?, ?, ?)", (*last, notes))


def check_structure(connection, path):
    """Refuse a file whose pages do not fit together, though each of them can be read."""
    ((found,),) = connection.execute("PRAGMA quick_check(1)").fetchall()
    if found != "ok":
        reason = " ".join(found.replace("*** in database main ***", "").split())
        raise DamagedSessionError(path, "in the structure of its tables", reason)


def _replayed(connection, path):
    """Return all actions with digests, as they are to be stored, and the link to the last one."""
    record, stored = Record(), []
    for action, values in format_1_actions(connection, path, "actions_1"):
        try:
            record.apply(action)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            reason = f"it does not follow from the actions before it ({error!r})"
            raise damaged_action(path, action.seq, reason) from error
        stored.append(values)
    return stored, record.link
