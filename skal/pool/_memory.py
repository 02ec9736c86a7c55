"""What is known of a pool's outputs, row by row."""

import numpy as np
import scipy.sparse as sp

from ._arrays import axis_of, fill, join, read_only, take


class Memory:
    """What is known of a pool's outputs, row by row; shared by all its views."""

    def __init__(self, outputs, n_samples, known=()):
        self.outputs = outputs
        self.n_samples = n_samples
        self.expected = set()
        self._whole = {name: read_only(values) for name, values in dict(known).items()}
        self._parts = {}  # name -> (place of each row among the values, or -1; the values)

    def holds(self, name):
        """Whether an output is known for every row."""
        return name in self._whole

    def get(self, name, rows, ask):
        """Return an output for `rows`, asking only for the rows not known yet."""
        if rows is None and name not in self._whole:
            self._whole[name] = read_only(self._complete(name, ask))
        if name in self._whole:
            values = self._whole[name]
            return values if rows is None else read_only(take(name, values, rows))
        return read_only(self._gather(name, rows, ask))

    def still_expected(self, rows):
        """Return which of the expected outputs are known for none of `rows` (None: of all)."""
        rows = slice(None) if rows is None else rows
        return {
            name
            for name in self.expected - self._whole.keys()
            if name not in self._parts or (self._parts[name][0][rows] < 0).all()
        }

    def put(self, name, rows, values):
        """Remember an output for `rows`, distinct and known for none of them so far."""
        if rows is None:
            self._whole[name] = read_only(values)
            return
        place, known = self._parts.get(name, (np.full(self.n_samples, -1), None))
        # The axis of samples may be the second: count what is there by the places.
        start = np.count_nonzero(place >= 0)
        place[rows] = start + np.arange(len(rows))
        values = values if known is None else join([known, values], axis_of(name))
        self._parts[name] = place, values

    def _complete(self, name, ask):
        if name not in self._parts:
            return ask(name, None)
        place, known = self._parts[name]
        new = np.flatnonzero(place < 0)
        if sp.issparse(known) or not len(new):
            values = self._gather(name, np.arange(self.n_samples), ask)
        else:
            had = np.flatnonzero(place >= 0)
            parts = [(had, take(name, known, place[had])), (new, ask(name, new))]
            values = fill(iter(parts), self.n_samples, axis_of(name))
        del self._parts[name]
        return values

    def _gather(self, name, rows, ask):
        place = self._parts[name][0] if name in self._parts else np.full(self.n_samples, -1)
        new = np.unique(rows[place[rows] < 0])
        if len(new) or name not in self._parts:
            self.put(name, new, ask(name, new))
        place, values = self._parts[name]
        return take(name, values, place[rows])
