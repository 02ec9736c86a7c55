"""Rows with the same content, which one answer labels together."""

from ._columns import columns_read_as

DROPPED = "drop"


class Copies:
    """Find the rows that hold the same values in all columns that count.

    Parameters
    ----------
    project : Project
    """

    def __init__(self, project):
        self._project = project
        self._numbers = numbers_of_contents(project.table, project.readings)
        self._rows = {}
        for row, number in enumerate(self._numbers):
            self._rows.setdefault(number, []).append(row)

    def of(self, row):
        """Return the copies of a row, without the row itself."""
        return [other for other in self._rows[self._numbers[row]] if other != row]

    def open(self, row, annotator):
        """Return the copies of a row that an annotator may answer."""
        copies = self.of(row)
        if not copies:
            return []
        project = self._project
        offers, labels = project.offers(), project.labels()
        skipped = set(project.rows(project.session.skipped()))
        return [
            other
            for other in copies
            if other not in labels
            and other not in skipped
            and offers.get(other) in (None, annotator)
        ]

    def labeled(self, row):
        """Return the copies of a row that have a label."""
        labels = self._project.labels()
        return [other for other in self.of(row) if other in labels]


def numbers_of_contents(table, readings):
    """Return a number for each row, the same for rows that differ in no column that counts."""
    dropped = columns_read_as(DROPPED, readings)
    columns = [
        [value.strip() for value in table.columns[name]]
        for name in readings
        if name not in dropped
    ]
    numbers = {}
    return [numbers.setdefault(content, len(numbers)) for content in zip(*columns, strict=True)]
