"""`DaskPartitions`: the rows of a dask collection, partition by partition."""

import collections
import contextlib
import functools
import pickle
import sys

import numpy as np
import scipy.sparse as sp

from .._base import import_optional, is_collection, num_rows, take_columns, take_rows, warn_user

_LARGE_MODEL = 100 * 2**20  # bytes beyond which the way to the workers takes noticeable time
_N_REMEMBERED = 64

# The numbers of rows of the partitions of collections, by the names that dask gives these.
_LENGTHS = collections.OrderedDict()


def computed(values):
    """Return the values of a dask collection, such as prices; others as they are."""
    return values.compute() if is_collection(values) else values


class DaskPartitions:
    """The rows of a dask array or data frame, partition by partition.

    Parameters
    ----------
    X : dask array or data frame with n_samples rows
        An array is divided along its first axis only.
    name : str, default="X_pool"
        What error messages call it.

    Attributes
    ----------
    lengths : ndarray of int of shape (n_partitions,)
        The number of rows of each partition.
    template : ndarray, csr matrix or data frame
        No rows of the same kind.
    row_bytes : int
        About the size of one row in bytes.
    """

    def __init__(self, X, name="X_pool"):
        self.name = name
        self.X = _divided_by_rows(X, name)

    @functools.cached_property
    def template(self):
        """No rows of the kind of these."""
        meta = self.X._meta
        if hasattr(meta, "iloc"):
            return meta.iloc[:0]
        width = self.X.shape[1:]
        if sp.issparse(meta):
            return sp.csr_matrix((0, *width), dtype=self.X.dtype)
        return np.empty((0, *width), dtype=self.X.dtype)

    @functools.cached_property
    def lengths(self):
        """The numbers of rows of the partitions, counted once for each collection."""
        name = _name_of(self.X)
        if name not in _LENGTHS:
            remember_lengths(self.X, _lengths_known(self.X) or self._counted())
        _LENGTHS.move_to_end(name)
        return _LENGTHS[name]

    @property
    def row_bytes(self):
        """About the size of one row in bytes."""
        template = self.template
        if hasattr(template, "columns"):
            return sum(getattr(dtype, "itemsize", 8) for dtype in template.dtypes)
        return max(1, int(np.prod(template.shape[1:], dtype=int)) * _itemsize(template))

    def with_columns(self, names):
        """Return the columns of these names, in this order, of a data frame."""
        if list(self.X.columns) == list(names):
            return self
        lengths = self.lengths
        X = take_columns(self.X, names, self.name)
        remember_lengths(X, lengths)
        return DaskPartitions(X, self.name)

    def share(self, value):
        """Bring a value to where the partitions are computed; it travels once to each worker."""
        import dask

        if not _leaves_process():
            return dask.delayed(value, name=f"skal-shared-{id(value)}", traverse=False)
        pickled = _pickled(value)
        loaded = dask.delayed(pickle.loads, pure=False)(pickled)
        with _no_size_warnings():
            return loaded.persist()

    def each(self, function, shared, messages):
        """Return ``function(rows, shared, message)`` of the partitions that have a message."""
        tasks = [self._task(function, i, shared, message) for i, message in messages.items()]
        return self._answers(list(messages), _compute(tasks))

    def steps(self, function, shared, states, messages):
        """Return new states and answers of ``function(rows, state, shared, message)``."""
        import dask

        tasks = [
            self._task(function, i, shared, message, states[i]) for i, message in messages.items()
        ]
        with _no_size_warnings():
            # A state stays where it was computed. If a worker is lost, dask computes it again
            # from the partition and the messages.
            kept = dask.persist(*tasks)
        answers = _compute([dask.delayed(_without_state, pure=False)(one) for one in kept])
        first = dask.delayed(_state, pure=False)
        new = {i: first(one) for i, one in zip(messages, kept, strict=True)}
        return new, self._answers(list(messages), answers)

    def take(self, positions):
        """Return the rows at some positions, in this order."""
        order, local = self.within(positions)
        if not local:
            return self.template
        rows = joined(self.each(_rows_at, None, local))
        return take_rows(rows, np.argsort(order, kind="stable"))

    def within(self, positions):
        """Return positions within partitions.

        Parameters
        ----------
        positions : ndarray of int of shape (n,)

        Returns
        -------
        order : ndarray of int of shape (n,)
            The order that brings the positions of each partition together.
        local : dict of int to ndarray of int
            For each partition that holds some, their positions in it, as they were given.
        """
        ends = np.cumsum(self.lengths)
        part_of = np.searchsorted(ends, positions, side="right")
        order = np.argsort(part_of, kind="stable")
        numbers, first = np.unique(part_of[order], return_index=True)
        parts = np.split(np.asarray(positions)[order], first[1:])
        starts = (ends - self.lengths)[numbers]
        pairs = zip(numbers.tolist(), starts, parts, strict=True) if len(order) else ()
        return order, {number: part - start for number, start, part in pairs}

    @functools.cached_property
    def _blocks(self):
        return blocks_of(self.X)

    def _task(self, function, i, shared, message, *state):
        import dask

        call = dask.delayed(_call, pure=False, traverse=False)
        declared = _Declared(self.name, i, int(self.lengths[i]), _width(self.template))
        return call(function, declared, self._blocks[i], shared, message, *state)

    def _answers(self, numbers, answers):
        """Return the answers alone, if the partitions are of one kind."""
        kinds = [kind for kind, *_ in answers]
        for i, kind in zip(numbers, kinds, strict=True):
            if kind != kinds[0]:
                raise ValueError(
                    f"{self.name} must have partitions of one kind, but partition {numbers[0]} "
                    f"has {kinds[0]} and partition {i} has {kind}."
                )
        return [answer for _, answer in answers]

    def _counted(self):
        import dask

        count = dask.delayed(num_rows, pure=False)
        return _compute([count(block) for block in self._blocks])


def _divided_by_rows(X, name):
    """Return a collection whose partitions hold whole rows, or refuse another kind."""
    kind = type(X).__module__
    if kind.startswith("dask.array"):
        if X.ndim == 0:
            raise ValueError(f"{name} must hold one row for each sample, got a dask scalar.")
        if any(map(np.isnan, X.shape[1:])):
            raise ValueError(
                f"{name} must have a known number of columns, got a dask array of shape "
                f"{X.shape}. {name}.compute_chunk_sizes() counts them."
            )
        return X.rechunk({axis: -1 for axis in range(1, X.ndim)}) if X.ndim > 1 else X
    # A data frame, or a series, as of texts.
    if kind.startswith("dask.dataframe") and hasattr(type(X), "map_partitions"):
        return X
    way_out = "Rows in memory are taken and left out by their own library."
    if is_collection(X):
        way_out = "Other collections can be turned into one, as a bag by to_dataframe()."
    raise TypeError(
        f"{name} must be a dask array or data frame, got {type(X).__module__}."
        f"{type(X).__name__}. {way_out}"
    )


def blocks_of(X):
    """Return the partitions of a collection as delayed objects."""
    if not hasattr(X, "chunks"):
        return list(X.to_delayed())
    # Of an array that was persisted there is nothing left to optimize, and early versions of dask
    # lose it if they try.
    return np.ravel(X.to_delayed(optimize_graph=len(X.dask.layers) > 1)).tolist()


def remember_lengths(X, lengths):
    """Remember the numbers of rows of the partitions of a collection."""
    lengths = np.array(lengths, dtype=np.intp)
    lengths.flags.writeable = False
    _LENGTHS[_name_of(X)] = lengths
    while len(_LENGTHS) > _N_REMEMBERED:
        _LENGTHS.popitem(last=False)


def _name_of(X):
    return X.name if hasattr(X, "chunks") else X._name


def _lengths_known(X):
    """Return the numbers of rows as far as metadata tell them, else None."""
    if hasattr(X, "chunks"):
        lengths = X.chunks[0]
        return None if any(map(np.isnan, lengths)) else lengths
    return _lengths_in_footers(X)


def _lengths_in_footers(frame):
    """Return the numbers of rows that the footers of Parquet files tell, else None."""
    try:
        from dask.dataframe.dask_expr._expr import Lengths, Literal
    except ImportError:
        return None
    expression = Lengths(frame.expr).simplify()
    return list(expression.operand("value")) if isinstance(expression, Literal) else None


class _Declared:
    """What a partition was said to hold."""

    def __init__(self, name, number, length, width):
        self.name, self.number, self.length, self.width = name, number, length, width

    def check(self, X):
        """Refuse a partition that holds something else."""
        if _width(X) != self.width:
            raise ValueError(
                f"{self.name} must have partitions of the same columns, but partition "
                f"{self.number} has {_shown(_width(X))}, and {_shown(self.width)} were declared."
            )
        if num_rows(X) != self.length:
            raise ValueError(
                f"{self.name} must not change while it is read, but partition {self.number} had "
                f"{self.length} rows when they were counted and has {num_rows(X)} now. Write it "
                "to files that nothing changes, or persist it."
            )


def _width(X):
    """Return what all partitions share: the names of columns, or the shape of a row."""
    if hasattr(X, "columns"):
        return tuple(X.columns)
    return tuple(int(length) for length in X.shape[1:])


def _shown(width):
    if width and isinstance(width[0], str):
        return f"the columns {list(width)}"
    return f"rows of shape {width}"


def _itemsize(X):
    return getattr(X.dtype, "itemsize", 8)  # types of pandas may not have one


def _kind(X):
    if hasattr(X, "columns"):
        return [str(dtype) for dtype in X.dtypes]
    return f"{'sparse' if sp.issparse(X) else 'dense'} rows of {X.dtype}"


def _call(function, declared, X, shared, message, *state):
    declared.check(X)
    kind = _kind(X)
    if not state:
        return kind, function(X, shared, message)
    state, answer = function(X, *state, shared, message)
    return kind, answer, state


def _state(returned):
    return returned[2]


def _without_state(returned):
    return returned[:2]


def _rows_at(X, shared, positions):
    return take_rows(X, positions)


def joined(parts):
    """Return the rows of several partitions, one after the other."""
    if len(parts) == 1:
        return parts[0]
    if hasattr(parts[0], "iloc"):
        import pandas

        return pandas.concat(parts)
    if sp.issparse(parts[0]):
        return sp.vstack(parts, format="csr")
    return np.concatenate(parts)


def _compute(tasks):
    import dask

    with _no_size_warnings():
        return list(dask.compute(*tasks))


def _no_size_warnings():
    """Silence the warning of distributed that a graph is large; there is one for large models."""
    if "distributed" not in sys.modules:  # its defaults are set when it is imported
        return contextlib.nullcontext()
    import dask

    return dask.config.set({"distributed.admin.large-graph-warning-threshold": "1TB"})


def _leaves_process():
    """Whether the active scheduler computes in other processes."""
    from dask.base import get_scheduler

    module = getattr(get_scheduler(), "__module__", None) or "dask.threaded"
    return not module.startswith(("dask.threaded", "dask.local"))


def _pickled(value):
    cloudpickle = import_optional("cloudpickle", "A pool in partitions needs")
    try:
        pickled = cloudpickle.dumps(value)
    except Exception as error:
        raise TypeError(
            f"{_culprit(value, cloudpickle)} must be picklable to be sent to the workers of dask: "
            f"{error}"
        ) from error
    if len(pickled) > _LARGE_MODEL:
        warn_user(
            f"The model and the labeled samples take {len(pickled) / 2**20:,.0f} MiB, which are "
            "sent to every worker of dask."
        )
    return pickled


def _culprit(value, cloudpickle):
    """Name the first part of a value that cannot be pickled."""
    parts = value if isinstance(value, tuple) else (value,)
    for part in parts:
        for name, inner in getattr(part, "__dict__", {}).items():
            try:
                cloudpickle.dumps(inner)
            except Exception:
                return f"{name} ({type(inner).__name__})"
    return type(value).__name__
