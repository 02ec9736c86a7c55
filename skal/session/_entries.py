"""New entries of the log."""

from datetime import datetime, timezone

from ._record import Entry
from ._text import check_encodable


class Entries:
    """Write entries about rows, with their ids and prices.

    Parameters
    ----------
    ids : Ids
    prices : Prices
    """

    def __init__(self, ids, prices):
        self._ids = ids
        self._prices = prices

    def about(self, row, *, price=None, **fields):
        """Return an entry about a row, dated now; a price of None is the price of the row."""
        price = float(self._prices.per_row[row]) if price is None else price
        # The session goes by the position. The id is for people who read the file, and to notice
        # a position that is wrong.
        return Entry(row, self._ids.as_json(row), time=now(), price=price, **fields)


def now():
    """Return the time as the log has it: ISO 8601, UTC."""
    return datetime.now(timezone.utc).isoformat(timespec="microseconds")


def check_annotator(annotator):
    """Refuse what is neither a name nor None."""
    if annotator is not None and not (isinstance(annotator, str) and annotator.strip()):
        raise ValueError(f"annotator must be a name or None, got {annotator!r}.")
    if annotator is not None:
        check_encodable(annotator, "annotator")
