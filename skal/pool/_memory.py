"""What is known of a pool's outputs, row by row."""

import numpy as np
import scipy.sparse as sp

from ._arrays import Samples, fill, join, read_only
from ._outputs import OUTPUTS


class Memory:
    """What is known of a pool's outputs, row by row; shared by all its views."""

    def __init__(self, source, n_samples, known):
        self.source = source
        self.n_samples = n_samples
        self.numbers = None  # the positions of the rows of a part in the whole pool
        self._whole = {name: read_only(values) for name, values in known.items()}
        # name -> (place of each row among the values, counted from 1, or 0; the values)
        self._parts = {}

    def holds(self, name):
        """Whether an output is known for every row."""
        return name in self._whole

    def get(self, name, rows, ask):
        """Return an output for `rows`, asking only for the rows not known yet."""
        if rows is None and name not in self._whole:
            self._whole[name] = read_only(self._complete(name, ask))
        if name in self._whole:
            values = self._whole[name]
            return values if rows is None else read_only(OUTPUTS[name].take(values, rows))
        return read_only(self._gather(name, rows, ask))

    def give(self, name, values):
        """Remember an output for every row, None for one that is not known."""
        if values is not None:
            self._whole[name] = read_only(values)

    def part(self, rows, n_samples, names):
        """Return a memory of its own for some rows, which is dropped with what it computes.

        Parameters
        ----------
        rows : slice or ndarray of int
        n_samples : int
            How many rows.
        names : list of str
            Outputs that will be asked for. The memory holds what these may need of what is
            known for every row.
        """
        needed = {*names, *(base for name in names for base in OUTPUTS[name].from_any)}
        known = {
            name: OUTPUTS[name].take(values, rows)
            for name, values in self._whole.items()
            if name in needed or OUTPUTS[name].is_given
        }
        X = None if self.source.X is None else self.samples(rows).all()
        return Memory(self.source.of_block(X), n_samples, known)

    def missing(self, name, rows):
        """Return those of `rows` for which an output is not known, distinct and in order.

        None stands for all rows of the pool, in what is given and in what is returned.
        """
        if name in self._whole:
            return np.empty(0, dtype=np.intp)
        if name not in self._parts:
            return None if rows is None else _distinct(rows)
        place = self._parts[name][0]
        return np.flatnonzero(place == 0) if rows is None else _distinct(rows[place[rows] == 0])

    def samples(self, rows):
        """Return the samples at `rows`; None stands for all of them."""
        return Samples(self.source.X, rows)

    def ask_together(self, names, rows):
        """Compute the outputs that are missing for the same rows, where one pass gives them."""
        names = self.source.together(names) if len(names) > 1 else []
        if len(names) < 2:
            return
        missing = {name: self.missing(name, rows) for name in names}
        rows = missing[names[0]]
        same = [OUTPUTS[name] for name in missing if np.array_equal(missing[name], rows)]
        if len(same) < 2 or (rows is not None and not len(rows)):
            return
        computed = self.source.compute_together(same, self.samples(rows))
        for name, values in computed.items():
            self.put(name, rows, values)

    def put(self, name, rows, values):
        """Remember an output for `rows`, distinct and known for none of them so far."""
        if rows is None:
            self._whole[name] = read_only(values)
            return
        axis = OUTPUTS[name].axis
        if name in self._parts:
            place, known = self._parts[name]
            values, start = join([known, values], axis), known.shape[axis]
        else:
            # Zeros take no time, and 32 bits half of the memory of a pool.
            dtype = np.int32 if self.n_samples < 2**31 else np.intp
            place, start = np.zeros(self.n_samples, dtype=dtype), 0
        place[rows] = start + 1 + np.arange(len(rows))
        self._parts[name] = place, values

    def _complete(self, name, ask):
        if name not in self._parts:
            return ask(name, None)
        place, known = self._parts[name]
        new = np.flatnonzero(place == 0)
        if sp.issparse(known) or not len(new):
            values = self._gather(name, np.arange(self.n_samples), ask)
        else:
            had = np.flatnonzero(place)
            parts = [(had, OUTPUTS[name].take(known, place[had] - 1)), (new, ask(name, new))]
            values = fill(iter(parts), self.n_samples, OUTPUTS[name].axis)
        del self._parts[name]
        return values

    def _gather(self, name, rows, ask):
        new = self.missing(name, rows)
        if len(new) or name not in self._parts:
            self.put(name, new, ask(name, new))
        place, values = self._parts[name]
        return OUTPUTS[name].take(values, place[rows] - 1)


def _distinct(rows):
    """Return positions in order, each once; for a million of them `np.unique` takes a second."""
    if (rows[1:] > rows[:-1]).all():
        return rows
    rows = np.sort(rows)
    return rows[np.concatenate([[True], rows[1:] != rows[:-1]])]
