"""`RowsInParts`: the rows of a pool in partitions, for kernels that go through them in steps."""

from functools import partial

import numpy as np

from ..geometry import as_rows
from ._part import n_places


class RowsInParts:
    """The rows of a pool in partitions, for kernels that go through them step by step.

    Attributes
    ----------
    lengths : ndarray of int of shape (n_parts,)
        The number of rows of each part that has any.
    starts : ndarray of int of shape (n_parts,)
        The position of the first one.
    """

    def __init__(self, pool, function):
        self._pool, self._function = pool, function
        places, self._messages = pool.divided()
        is_view = bool(places) and not isinstance(places[0], slice)
        self._order = np.concatenate(places) if is_view else None
        self.lengths = np.array([n_places(where) for where in places], dtype=np.intp)
        self.starts = np.cumsum(self.lengths) - self.lengths
        self._states = dict.fromkeys(self._messages)
        self._kept = None

    def __len__(self):
        return len(self._pool)

    def keep(self, value):
        """Bring a value to where the parts are, once, for every function of `step`."""
        self._kept = self._pool.keep(value)

    def step(self, function, messages):
        """Let each part answer, from its rows and its state of the last step.

        Parameters
        ----------
        function : callable
            From the rows of the part (see `PartRows`), the state (None at first), a message and
            the value that was kept to a new state and an answer. It must not change the state in
            place.
        messages : list
            One message for each part.

        Returns
        -------
        answers : list
        """
        pairs = zip(self._messages.items(), messages, strict=True)
        both = {i: (own, message) for (i, own), message in pairs}
        call = partial(_of_rows, function, self._function)
        self._states, answers = self._pool.steps(call, self._kept, self._states, both)
        return answers

    def positions(self, in_parts):
        """Return positions in the pool for positions in the order of the parts."""
        return in_parts if self._order is None else self._order[in_parts]


def _of_rows(function, rows_of, pool, state, message, value):
    return function(PartRows(pool, rows_of), state, message, value)


class PartRows:
    """The rows of one part, which are made when they are asked for."""

    def __init__(self, pool, rows_of):
        self._pool, self._rows_of = pool, rows_of

    def all(self):
        """Return all rows."""
        return self._rows_of(self._pool)

    def take(self, positions):
        """Return the rows at some positions; nothing is computed for the others."""
        distinct, places = np.unique(positions, return_inverse=True)
        return as_rows(self._rows_of(self._pool.take(distinct)), "embedding").take(places)
