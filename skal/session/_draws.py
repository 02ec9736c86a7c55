"""Audit draws: which rows were drawn at random, and from which rows each of them was drawn."""

from collections import Counter

import numpy as np

# In the log, the names in place of a strategy: of rows that were drawn at random, for the audit,
# and of labeled rows that were offered once more.
AUDIT = "audit"
SECOND_OPINION = "second opinion"


class Draws:
    """The audit rows of a record, and when other rows were in the pool.

    Time is counted in draws: something that happens at time t happens after t draws. As a rule,
    a row is in the pool from the start until it is offered or answered, so that one number says
    when: rows are kept here only where that happened after the first draw.

    Attributes
    ----------
    rows : dict
        For each audit row, the number of its draw: 0, 1, 2 ... A row is drawn once, however often
        it is offered.
    n_offered : int
        How many times a row was offered, second opinions left out.
    start : int
        The number of draws before rows were appended to the data for the last time.
    """

    def __init__(self):
        self.rows = {}
        self.n_offered = 0
        self.start = 0
        self._left = {}
        self._absences = []

    def appended(self):
        """Take into account that there are new rows, which the draws so far could not hit."""
        self.start = len(self.rows)

    def offered(self, entries, taken):
        """Take an offer into account: its audit rows are drawn first, one after the other.

        Parameters
        ----------
        entries : list of Entry
        taken : callable
            Whether a row was labeled, pending or skipped before.
        """
        new = [entry for entry in entries if entry.strategy != SECOND_OPINION]
        self.n_offered += len(new)
        for entry in new:
            if entry.strategy == AUDIT and entry.row not in self.rows:
                self.rows[entry.row] = len(self.rows)
        for entry in new:
            if not taken(entry.row):
                self.left(entry.row)

    def left(self, row):
        """Take into account that a row leaves the pool."""
        if self.rows and row not in self.rows:
            self._left[row] = len(self.rows)

    def returned(self, row):
        """Take into account that a row is back in the pool. Audit rows are not drawn again."""
        now, since = len(self.rows), self._left.pop(row, 0)
        if row not in self.rows and since < now:
            self._absences.append((row, since, now))

    def mean_shares(self, labeled, skipped, pending, n_rows):
        """Return the mean share of each labeled row in the rows of a draw.

        Let E be the rows from which an audit row was drawn. A labeled row has the share 1 / |E|
        of it if it was one of them, else 0. The mean is taken over the audit rows that are
        labeled and were drawn since rows were appended. Skipped rows have no label, and are left
        out as if they had never been there.

        Parameters
        ----------
        labeled : list of int
            Rows.
        skipped, pending : iterable of int
            Rows without a label.
        n_rows : int
            How many rows there are.

        Returns
        -------
        is_audit : ndarray of bool of shape (n_labeled,)
            The audit rows over which the mean is taken.
        shares : ndarray of shape (n_labeled,)
            All 0 if there are no such rows.
        """
        n_draws, skipped = len(self.rows), frozenset(skipped)
        draws = np.array([self.rows.get(row, -1) for row in labeled], dtype=np.intp)
        is_audit = draws >= self.start
        away = [row for row in {*labeled, *pending, *self.rows} if row not in skipped]
        absences = [one for one in self._absences if one[0] not in skipped]
        # How many rows leave the pool at each time, less those that return.
        changes = np.zeros(n_draws + 2)
        for time, count in Counter(self._end(row) for row in away).items():
            changes[time] += count
        for _, since, until in absences:
            changes[since] += 1
            changes[until] -= 1
        sizes = n_rows - len(skipped) - np.cumsum(changes)[:n_draws]
        counted = np.zeros(n_draws)
        counted[draws[is_audit]] = 1 / max(1, np.count_nonzero(is_audit))
        # The sum over all draws before each time, of which a row takes part in those of its stay.
        sums = np.concatenate([[0.0], np.cumsum(counted / np.maximum(sizes, 1))])
        shares = sums[[self._end(row) for row in labeled]] if len(labeled) else np.zeros(0)
        places = {row: place for place, row in enumerate(labeled)}
        for row, since, until in absences:
            if row in places:
                shares[places[row]] -= sums[until] - sums[since]
        return is_audit, shares

    def _end(self, row):
        """Return the time when a row left the pool, for one that is not in it."""
        return self.rows[row] + 1 if row in self.rows else self._left.get(row, 0)
