"""The audit: which of the rows that are offered are drawn at random, and the drawing."""

import math
from numbers import Real

import numpy as np

from .._base import InvalidParameterError, derive_seed, make_random_state

# Keys of random streams, beside those of second opinions, which are numbers of actions.
_SLOTS, _DRAWS = 1, 2


def check_audit(audit):
    """Return the share of audit rows if it is a number from 0 to below 1, else raise an error."""
    if isinstance(audit, (bool, np.bool_)) or not isinstance(audit, Real) or not 0 <= audit < 1:
        raise InvalidParameterError(
            "audit must be the share of the offered rows that are drawn at random, from 0 to "
            f"below 1, such as 0.1, got {audit!r}."
        )
    return float(audit)


class Audit:
    """Say which of the next rows are audit rows, and draw them.

    Rows are counted from the first that was ever offered. Row k is an audit row where
    floor(audit * k + u) goes up by one, with u drawn once for a session: the share is exact,
    whatever the sizes of the batches.

    Parameters
    ----------
    share : float
    """

    def __init__(self, share):
        self.share = share

    def slots(self, record, n):
        """Return for each of the next n rows whether it is an audit row, as a list."""
        if not self.share:
            return [False] * n
        stream = make_random_state(derive_seed(record.seed, 0, _SLOTS))
        start = stream.random_sample()
        first = record.draws.n_offered
        before = [math.floor(k * self.share + start) for k in range(first, first + n + 1)]
        return [after > now for now, after in zip(before, before[1:], strict=False)]

    def draw(self, record, free, n):
        """Return the next n audit rows of the pool, fewer if there are not as many.

        First those that were drawn before and given back without an answer: others in their
        place would be a selection.

        Parameters
        ----------
        record : Record
        free : ndarray of int of shape (n_free,)
            The rows that may be offered, in order.
        n : int
        """
        if not n:
            return []
        drawn = record.draws.rows
        waiting = _waiting(drawn, free)
        chosen = waiting[:n]
        n_new = min(n, len(free)) - len(chosen) if len(waiting) < n else 0
        for number in range(len(drawn), len(drawn) + n_new):
            # Depends on the log alone, so that a session that is opened again goes on.
            stream = make_random_state(derive_seed(record.seed, number, _DRAWS))
            row = None
            # Drawn again, rather than from a copy of a large pool without these rows.
            while row is None or row in drawn or row in chosen:
                row = int(free[stream.randint(len(free))])
            chosen.append(row)
        return chosen


def _waiting(drawn, free):
    """Return the rows that were drawn and are in the pool, in the order of their draws."""
    rows = np.fromiter(drawn, dtype=np.intp, count=len(drawn))
    # The rows of the pool are in order, and audit rows are few.
    places = np.searchsorted(free, rows).clip(max=max(0, len(free) - 1))
    return rows[free[places] == rows].tolist() if len(free) else []
