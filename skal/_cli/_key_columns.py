"""The ids of a table, and how its other columns are read."""

import shlex

from ._columns import Reading, given_readings
from ._messages import CommandError, listed, note
from ._tell_apart import tell_apart

ROW = "skal_id"  # the column of a batch that tells which row it is


def read_ids(table, name):
    """Return the ids of the rows: the values of a column, or their numbers from 1."""
    if name is None:
        return range(1, len(table) + 1)
    ids = table.column(name)
    first = {}
    for row, id_ in enumerate(ids):
        if not id_:
            raise CommandError(f"{table.where(row, name)}: the id is missing.")
        if first.setdefault(id_, row) != row:
            raise CommandError(
                f"{table.where(row, name)}: the id {id_!r} is that of {table.place(first[id_])}, "
                "too. Ids must be unique."
            )
    return ids


def read_roles(table, settings, texts):
    """Return how the other columns are read: as the user says, as before, or as they look.

    Parameters
    ----------
    table : Table
    settings : Settings
    texts : list of str
        What the user says, as in :func:`given_readings`.

    Returns
    -------
    readings : dict of str to Reading
    """
    if ROW in table.columns:
        raise CommandError(
            f"{table.path} has a column {ROW!r}, a name reserved for batches. Rename it."
        )
    names = list(table.without(settings.label, settings.id))
    gone = [name for name in settings.roles if name not in names]
    if gone:
        raise CommandError(
            f"{table.path} no longer has the column {gone[0]!r}, which the session was started "
            "with."
        )
    known = {name: Reading(role) for name, role in settings.roles.items()}
    given = given_readings(texts, names)
    _note_new_columns(table, known, [name for name in names if name not in given])
    readings = known or tell_apart(table, names)
    return {**readings, **given}


def _note_new_columns(table, known, names):
    new = [name for name in names if known and name not in known]
    if new:
        looks = ",".join(f"{one.role}:{name}" for name, one in tell_apart(table, new).items())
        note(
            f"{table.path}: the session does not know these columns, and does not learn from "
            f"them: {listed(map(repr, new))}. To learn from them, use "
            f"{shlex.join(['--columns', looks])}; to leave them out, drop:COLUMN."
        )
