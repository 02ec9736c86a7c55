"""The columns of a table that are not features: its labels and its ids."""

from ._columns import Reading, given_readings
from ._messages import CommandError, listed
from ._tell_apart import tell_apart

ROW = "skal_id"  # the column of a batch that tells which row it is


def read_labels(table, settings):
    """Return the label of each row as it is written, None where there is none."""
    if settings.label not in table.columns and settings.classes and table.columns:
        return [None] * len(table)  # the classes are known, and nothing is labeled yet
    way_out = " If nothing is labeled yet, name the classes instead: --classes a,b,c."
    labels = [label or None for label in table.column(settings.label, way_out)]
    for row, label in enumerate(labels):
        if label is not None and settings.classes and label not in settings.classes:
            where = table.where(row, settings.label)
            raise CommandError(f"{where}: {outside(label, settings.classes)}")
    return labels


def outside(label, classes):
    """Return the words for a label that is not allowed."""
    return f"{label!r} is not one of the classes {listed(map(repr, classes), 20)}."


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
    readings = known or tell_apart(table, names)
    return {**readings, **given_readings(texts, names)}
