"""`PartitionedPool`: a pool whose samples are in partitions, of which no machine holds all."""

from functools import partial

import numpy as np

from .._base import derive_seed, fresh_seed, working_memory
from ._of_model import ModelOutputs
from ._outputs import OUTPUTS, given_for_each
from ._part import Common, Message, n_places
from ._pool import Pool
from ._rows_in_parts import RowsInParts

_FETCHED_AT_ONCE = 10_000  # samples of a view that are brought together when it is made


class PartitionedPool(Pool):
    """Hold samples in partitions as a fitted model sees them.

    Strategies find the same methods as in a pool in memory. `each_part` and `map` go to the
    partitions, and only their answers come back. `take` brings a few samples together, as an
    ordinary pool. What would bring all of them together is refused.

    Parameters
    ----------
    model : fitted estimator
    partitions : partitions
        The samples. The engine behind them has `lengths`, the number of samples of each partition;
        `template`, rows of the same kind, mostly none; ``share(value)``, which brings a value to
        where the partitions are; ``each(function, shared, messages)``, which returns the answers
        of ``function(rows, shared, message)`` of those partitions for which there is a message;
        ``steps(function, shared, states, messages)``, the same for functions that take and return
        a state as well; and ``take(positions)``, which returns samples, in this order.
    labeled : Pool, default=None
    n_jobs : int, default=None
        Number of threads for each partition.
    random_state : int, RandomState or None, default=None
    prices : array-like of shape (n_samples,), default=None
    refit : callable, default=None
    """

    in_parts = True

    def __init__(
        self,
        model,
        partitions,
        *,
        labeled=None,
        n_jobs=None,
        random_state=None,
        prices=None,
        refit=None,
    ):
        source = ModelOutputs(model, partitions.template, n_jobs)
        n_samples = int(partitions.lengths.sum())
        known = {}
        if prices is not None:
            known["prices"] = given_for_each("prices", prices, n_samples, source.classes)
        self._open(source, n_samples, known, labeled, random_state)
        self._refit = refit
        self._partitions = partitions
        self._starts = np.cumsum(partitions.lengths) - partitions.lengths
        self._part_seed = fresh_seed() if not isinstance(random_state, int) else random_state
        # Shared by all views: what every partition needs, once it has been brought there.
        self._common = []

    def each_part(self, function):
        """Apply a function to the pool of each partition; see :meth:`Pool.each_part`."""
        places, messages = self.divided()
        answers = self._partitions.each(
            partial(_on_part, function, self._asker), self._shared(), messages
        )
        found = []
        for where, (answer, is_single) in zip(places, answers, strict=True):
            self._memory.source.is_single |= is_single
            found.append((where, answer))
        return found

    def map(self, function, *names, axis=0):
        """Apply a function of outputs to each partition, and join the results."""
        if not callable(function):
            return super().map(function, *names, axis=axis)  # which says so
        self._demand(*names)
        self._check_results_fit()
        return joined(self.each_part(partial(_mapped, function, names, axis)), len(self), axis)

    def gather(self, function):
        """Return what a function says of the samples of each part, one number for each sample."""
        self._check_results_fit()
        return joined(self.each_part(function), len(self))

    def rows(self, function):
        """Return the rows that a function makes of the pool of each partition.

        Parameters
        ----------
        function : callable
            From a pool to rows, such as those in an embedding.

        Returns
        -------
        rows : RowsInParts
        """
        return RowsInParts(self, function)

    def with_rows(self, X):
        """Return a pool of other samples, in memory, as the same model sees them."""
        source = self._memory.source
        X = source.of_rows(X).X
        pool = Pool(source.model, X, labeled=self._labeled, random_state=self._seed)
        pool._asker = self._asker
        return pool

    def get(self, *names):
        """Return outputs of a pool that is small enough to be brought together."""
        self._demand(*names)
        if all(self._memory.holds(name) or OUTPUTS[name].axis is None for name in names):
            return super().get(*names)
        return self._fetched(names[0]).get(*names)

    def _get(self, name):
        if self._memory.holds(name) or OUTPUTS[name].axis is None:
            return super()._get(name)
        return self._fetched(name).get(name)

    def _at(self, rows):
        view = super()._at(rows)
        if len(rows) <= _FETCHED_AT_ONCE:
            return view._in_memory()
        # In partitions, equal samples would be told apart by their order in the whole pool.
        is_sorted = bool((rows[1:] > rows[:-1]).all())
        return view if is_sorted else view._fetched("X")

    def _fetched(self, name):
        """Return this pool in memory, or refuse what would bring too much of it together."""
        n_samples = self._memory.n_samples
        if self._rows is None or len(self) > max(_FETCHED_AT_ONCE, n_samples // 2):
            way_out = (
                f"Use Shortlist(RandomSampling(), {self._asker}(), factor=100), which reads it of "
                "some"
            )
            if not self._asker.isidentifier():  # no strategy
                way_out = "pool.map goes from partition to partition; use it"
            raise ValueError(
                f"{self._asker} reads `{name}` of all {len(self):,} samples at once, but they are "
                f"in {len(self._starts)} partitions. {way_out}, or a pool in memory, "
                "X_pool.compute()."
            )
        needed = len(self) * self._partitions.row_bytes
        if needed > working_memory():
            raise ValueError(
                f"{self._asker} reads `{name}` of {len(self):,} samples of a pool in partitions, "
                f"which take {needed / 2**20:,.0f} MiB together and scikit-learn's working_memory "
                f"is {working_memory() / 2**20:,.0f} MiB. Let it see fewer samples, or raise the "
                "limit by sklearn.set_config(working_memory=...)."
            )
        return self._in_memory()

    def _in_memory(self):
        """Return the samples of this view as an ordinary pool, which goes on with the stream."""
        source, known = self._memory.source, {}
        if self._memory.holds("prices"):
            known["prices"] = super()._get("prices")
        if self._refit is not None:
            known["refit"] = self._refit
        pool = Pool(
            source.model,
            self._partitions.take(self._rows),
            labeled=self._labeled,
            n_jobs=source.n_jobs,
            random_state=self._seed,
            **known,
        )
        pool._stream, pool._asker = self._stream, self._asker
        return pool

    def _shared(self):
        if not self._common:
            self._common.append(self._partitions.share(self.common()))
        return self._common[0]

    def common(self):
        """Return what the pools of all partitions share."""
        source = self._memory.source
        return Common(source.model, self._labeled, source.n_jobs, self._refit)

    def keep(self, value):
        """Bring a value to where the partitions are, beside what their pools share."""
        return self._partitions.share((self.common(), value))

    def steps(self, function, kept, states, messages):
        """Let each partition go one step; see `RowsInParts.step`."""
        call = partial(_step, function, self._asker)
        return self._partitions.steps(call, kept, states, messages)

    def divided(self):
        """Return where the samples of each partition stand in this pool, and its messages.

        Partitions without samples of this pool are left out.
        """
        prices = super()._get("prices") if self._memory.holds("prices") else None
        places, messages = [], {}
        for i, where in enumerate(self._places()):
            if n_places(where):
                local = None if self._rows is None else self._rows[where] - self._starts[i]
                of_part = None if prices is None else prices[where]
                seed = derive_seed(self._part_seed, i)
                places.append(where)
                messages[i] = Message(where, local, of_part, seed)
        return places, messages

    def _places(self):
        """Return where the samples of each partition stand in this pool, a slice or an array."""
        if self._rows is None:
            pairs = zip(self._starts.tolist(), self._partitions.lengths.tolist(), strict=True)
            return [slice(start, start + length) for start, length in pairs]
        order = np.argsort(self._rows, kind="stable")
        return np.split(order, np.searchsorted(self._rows[order], self._starts[1:]))

    def _check_results_fit(self):
        needed = 8 * len(self)
        if needed > working_memory():
            raise ValueError(
                f"{self._asker} needs a number for each of {len(self):,} samples in one place, "
                f"{needed / 2**20:,.0f} MiB, but scikit-learn's working_memory is "
                f"{working_memory() / 2**20:,.0f} MiB. Raise it by "
                "sklearn.set_config(working_memory=...), or use a strategy that compares samples "
                "by their scores alone, such as UncertaintySampling()."
            )


def _on_part(function, asker, X, common, message):
    with message.counted():
        pool = message.pool(X, common, asker)
        answer = function(pool)
    return answer, pool._memory.source.is_single


def _step(function, asker, X, state, kept, both):
    (common, value), (own, message) = kept, both
    with own.counted():
        return function(own.pool(X, common, asker), state, message, value)


def _mapped(function, names, axis, pool):
    return pool.map(function, *names, axis=axis)


def joined(answers, n_samples, axis=0):
    """Join what `each_part` returned, arrays with samples along an axis."""
    if len(answers) == 1 and isinstance(answers[0][0], slice):
        return answers[0][1]
    places, parts = zip(*((where, np.asarray(answer)) for where, answer in answers), strict=True)
    shape = list(parts[0].shape)
    shape[axis] = n_samples
    values = np.empty(shape, dtype=np.result_type(*parts))
    by_sample = np.moveaxis(values, axis, 0)
    for where, part in zip(places, parts, strict=True):
        by_sample[where] = np.moveaxis(part, axis, 0)
    return values
