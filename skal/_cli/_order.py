"""The order of the rows in a session, which the order of ids in the file may not match."""

from ._messages import CommandError, command, listed, note


class Order:
    """Which row of the table is which row of the session.

    Rows of a session keep their places; new ones come behind them. Without ids, the places in the
    table are those in the session.

    Parameters
    ----------
    ids : sequence
        The id of each row of the table.
    before : list of str or None
        The ids in the order of the session, as it was when it was last opened.

    Attributes
    ----------
    ids : sequence
        The ids in the order of the session.
    missing : list
        Ids of rows that are no longer in the table.
    """

    def __init__(self, ids, before=None):
        self._ids = ids
        self._rows = {id_: row for row, id_ in enumerate(ids)}
        self.ids, self.missing = ids, []
        if before is not None:
            known = set(before)
            self.ids = [*before, *(id_ for id_ in ids if id_ not in known)]
            self.missing = [id_ for id_ in before if id_ not in self._rows]
        self._numbers = {id_: i for i, id_ in enumerate(self.ids, 1)}

    def id(self, row):
        """Return the id of a row of the table."""
        return self._ids[row]

    def row_of(self, id_):
        """Return the row of the table with an id, None if there is none."""
        return self._rows.get(id_)

    def number(self, row):
        """Return the place of a row in the session, from 1."""
        return self._numbers[self._ids[row]]

    def row_of_number(self, number):
        """Return the row of the table at a place in the session, None if there is none."""
        return self.row_of(self.ids[number - 1]) if 1 <= number <= len(self.ids) else None

    def rows(self):
        """Return the row of the table for each row of the session, -1 where it is missing."""
        return [self._rows.get(id_, -1) for id_ in self.ids]


def check_missing(order, path, *, allowed):
    """Name the rows that are no longer in the file, and refuse it where they are needed."""
    if not order.missing:
        return
    names = listed(map(repr, order.missing))
    text = f"{path}: rows of the session are missing: {names} (rows missing: {len(order.missing)})"
    if allowed:
        note(f"{text}. Their labels stay in the session.")
        return
    exported = command("export", path, "-o", "labeled.csv")
    raise CommandError(
        f"{text}. Put them back. Or begin a session without them, on a file with all labels: "
        f"{exported}"
    )
