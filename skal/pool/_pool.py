"""The pool: unlabeled samples as the fitted model sees them."""

import copy

import numpy as np

from .._base import as_array, fresh_seed, make_random_state, num_rows, rows_given
from ._arrays import fill
from ._blocks import blocks_to_pass, passed
from ._memory import Memory
from ._of_arrays import GivenOutputs, beside_labeled
from ._of_model import ModelOutputs
from ._outputs import OUTPUTS, MissingOutputError, Output, given_for_each, output_named
from ._refit import refit_of


class Pool:
    """Hold samples as a fitted model sees them.

    The outputs that strategies read (`proba`, `decision`, `member_proba`, `embedding`, ...) are
    computed when they are first read, in blocks of rows whose size neither threads nor
    scikit-learn's `working_memory` change, and remembered for every row. Views made by `take`
    share what is known, so strategies that are combined pay for a prediction once.

    Parameters
    ----------
    model : fitted estimator
        The model whose view of the samples is asked for.
    X : {array-like, sparse matrix, data frame, list} with n_samples rows
        The samples, in whatever form the model takes.
    y : ndarray of shape (n_samples,), default=None
        Labels, for a pool of labeled samples.
    labeled : Pool, default=None
        The samples that are labeled already; None for none.
    n_jobs : int, default=None
        Number of threads that predict blocks of the pool; None is 1 unless in a
        :obj:`joblib.parallel_backend` context.
    random_state : int, RandomState or None, default=None
        Seed of the one generator that strategies draw from. With a seed, and with None, a query
        repeats itself; a RandomState object moves on with every query, as in scikit-learn.
    **given : array-like
        Outputs that only the caller knows, such as `prices`, the price of the label of each
        sample, above 0, and `refit`. Without `refit`, a clone of the model is fitted again on the
        labeled samples and the new one, without further parameters of `fit`.

    Attributes
    ----------
    {outputs}
    classes : ndarray of shape (n_classes,)
        Class labels.
    decision_kind : {"ovr", "ovo"}
        Whether the columns of `decision` stand for classes or for pairs of classes.
    decision_norms : ndarray of shape (n_columns,) or None
        The lengths of the separating directions behind the columns of `decision`; None where
        the model has none.
    resolution : float
        Scores that differ by less than this share of the largest one count as equal.
    members_consistent : bool
        False where members are not the same functions for every row.
    labeled : Pool
        The labeled samples, with `y`; empty when nothing is labeled.
    random_state : RandomState
        The generator that strategies draw from.

    Raises
    ------
    ValueError
        If `y` or `prices` do not have one valid entry for each sample.
    TypeError
        If `labeled` is not a pool.

    See Also
    --------
    ActiveLearner.pool : The pool as a learner's strategy sees it.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skal import Pool
    >>> X, y = load_iris(return_X_y=True)
    >>> pool = Pool(LogisticRegression(max_iter=200).fit(X[::2], y[::2]), X[1::2])
    >>> len(pool), pool.proba.shape
    (75, (75, 3))
    >>> pool.take([3, 1]).proba.shape
    (2, 3)
    """

    # Whether the samples are in partitions, of which no one holds all.
    in_parts = False

    def __init__(self, model, X, *, y=None, labeled=None, n_jobs=None, random_state=None, **given):
        X = rows_given(X)
        source = ModelOutputs(model, X, n_jobs)
        n_samples = num_rows(X)
        known = {}
        for name, values in {"y": y, **given}.items():
            if name in ("X", "model") or not output_named(name).is_given:
                raise ValueError(f"{name} comes from the model, and cannot be given beside it.")
            if values is not None:
                known[name] = given_for_each(name, values, n_samples, source.classes)
        self._open(source, n_samples, known, labeled, random_state)
        if "refit" not in known:
            self._memory.give("refit", refit_of(model, labeled, n_jobs))

    def _open(self, source, n_samples, known, labeled, seed):
        """Set what views share, and the seed of the stream that queries draw from."""
        if not isinstance(labeled, (Pool, type(None))):
            raise TypeError(
                f"labeled must be a Pool of labeled samples, got {type(labeled).__name__}. Make "
                "it with y: Pool.from_arrays(X_labeled, y=y_labeled)."
            )
        self._memory = Memory(source, n_samples, known)
        self._rows = None
        self._labeled = labeled
        # Fixed once, so that a strategy asked twice gives the same answer. A RandomState object
        # is the caller's own stream and moves on.
        self._seed = fresh_seed() if seed is None else seed
        self._stream = None
        self._asker = "The strategy"
        self._keeps = False

    @classmethod
    def from_arrays(
        cls,
        X=None,
        *,
        y=None,
        labeled=None,
        classes=None,
        decision_kind=None,
        decision_norms=None,
        members_consistent=True,
        random_state=None,
        **outputs,
    ):
        """Make a pool of outputs that were computed elsewhere.

        Parameters
        ----------
        X : rows of any kind, default=None
            The samples. Numeric X also serves as the embedding when that is not given; the
            columns of a data frame are then put in the order of those of the labeled samples.
        y : array-like of shape (n_samples,), default=None
            Labels, for a pool that will be given as `labeled` to another.
        labeled : Pool, default=None
            The labeled samples.
        classes : array-like of shape (n_classes,), default=None
            Class labels, each once; None stands for 0, 1, ...
        decision_kind : {"ovr", "ovo"}, default=None
            Whether the columns of `decision` stand for classes or for pairs of classes. None
            reads it off the number of classes where that is certain, else "ovr".
        decision_norms : array-like of shape (n_columns,), default=None
            The lengths of the separating directions behind the columns of `decision`, by which
            :class:`~skal.strategies.SimpleMargin` divides them. None takes the columns for
            distances already, which raw values of three and more classes are not.
        members_consistent : bool, default=True
            False if the members are not the same functions for every row, as with dropout
            masks drawn for each batch anew.
        random_state : int, RandomState or None, default=None
            Seed of the generator that strategies draw from.
        **outputs : array-like
            Outputs by their names, see the attributes of the class: `proba`, `decision`,
            `member_proba`, `embedding`, `predicted_loss`, `prices` and others.

        Returns
        -------
        pool : Pool

        Raises
        ------
        ValueError
            If nothing is given, lengths differ, an array is of the wrong form, or a name is not
            that of an output.
        TypeError
            If `labeled` is not a pool.

        Examples
        --------
        >>> from skal import Pool
        >>> from skal.strategies import UncertaintySampling
        >>> pool = Pool.from_arrays(proba=[[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]])
        >>> UncertaintySampling("entropy").query(pool, n=1)
        array([1])
        """
        if outputs.get("embedding") is None:
            X = beside_labeled(X, labeled)
        source = GivenOutputs(
            X, {"y": y, **outputs}, classes, decision_kind, decision_norms, members_consistent
        )
        pool = cls.__new__(cls)
        pool._open(source, source.n_samples, source.arrays, labeled, random_state)
        return pool

    def __len__(self):
        return self._memory.n_samples if self._rows is None else len(self._rows)

    def __repr__(self):
        return f"Pool({len(self)} samples, {len(self.labeled)} labeled)"

    def take(self, rows):
        """Return a view of some rows that shares everything computed with this pool.

        Parameters
        ----------
        rows : array-like of int, or mask of bool of shape (n_samples,)
            Positions in this pool.

        Returns
        -------
        view : Pool
            Its position i is the position `rows[i]` here.

        Raises
        ------
        ValueError
            If `rows` are neither positions of samples nor a mask of all samples.
        """
        given = as_array(rows, "rows")
        given = given.astype(np.intp) if not given.size else given
        is_mask = given.dtype.kind == "b"
        if (
            given.ndim != 1
            or given.dtype.kind not in "iub"
            or (is_mask and len(given) != len(self))
        ):
            raise ValueError(
                f"rows must be positions, or a mask of shape ({len(self)},), got {rows!r:.80}."
            )
        outside = given[(given < -len(self)) | (given >= len(self))] if not is_mask else []
        if len(outside):
            raise ValueError(
                f"rows must be positions below the number of samples, {len(self)}, got "
                f"{outside[0]}."
            )
        if is_mask:
            rows = np.flatnonzero(given)
        else:
            rows = given.astype(np.intp)  # a sum of smaller integers could overflow
            rows = np.where(rows < 0, rows + len(self), rows)
        return self._at(rows if self._rows is None else self._rows[rows])

    def _at(self, rows):
        view = copy.copy(self)
        view._rows = rows
        return view

    def _part(self, rows, names):
        """Return a pool of the samples in a slice, which keeps to itself what it computes."""
        part = self._at(None)
        of_all = rows if self._rows is None else self._rows[rows]
        part._memory = self._memory.part(of_all, rows.stop - rows.start, names)
        return part

    def with_rows(self, X):
        """Return a pool of other samples as the same model sees them.

        Parameters
        ----------
        X : rows of the kind that the model takes
            The other samples.

        Returns
        -------
        pool : Pool
            With the same labeled samples and the same seed.

        Raises
        ------
        MissingOutputError
            If this pool was made of arrays, so that there is no model.
        """
        X = rows_given(X)
        source = self._memory.source.of_rows(X)
        if source is None:
            raise MissingOutputError(
                f"{self._asker} reads outputs of samples beside the pool, but the pool was made "
                "of arrays. Make a Pool.from_arrays of these samples as well, with the outputs "
                "of the same model, and pass that."
            )
        pool = copy.copy(self)
        pool._open(source, num_rows(X), {}, self._labeled, self._seed)
        pool._asker = self._asker
        return pool

    def asked_by(self, strategy, *, keeps=False):
        """Return this pool for one query of `strategy`, which errors then name.

        The outermost query starts the random stream from the pool's seed, so that it repeats
        itself; strategies within it go on with the same stream. It also decides whether `map`
        `keeps` outputs, because the strategies within it read them again.
        """
        view = copy.copy(self)
        view._asker = type(strategy).__name__
        if view._stream is None:
            view._stream = make_random_state(self._seed)
            view._keeps = keeps
        return view

    def has(self, name):
        """Whether the pool can give an output, without computing it.

        Parameters
        ----------
        name : str
            The name of an output.

        Returns
        -------
        has : bool

        Raises
        ------
        ValueError
            If there is no output of this name.
        """
        output = output_named(name)
        return (
            self._memory.holds(name)
            or any(map(self.has, output.from_any))
            or self._memory.source.gives(output)
        )

    def knows(self, name):
        """Whether an output is known for every sample, so that reading it costs nothing."""
        return self._memory.holds(output_named(name).name)

    def get(self, *names):
        """Return outputs, computed together where the model can give them in one pass.

        A model says that it can by a method ``predict_outputs(X, names)``, which returns a dict
        of arrays; it is asked for "proba" or "prediction", "embedding" and "predicted_loss".

        Parameters
        ----------
        *names : str
            Names of outputs.

        Returns
        -------
        outputs : object or tuple
            The output of a single name, a tuple for several names.

        Raises
        ------
        MissingOutputError
            If the model cannot give one of them.
        ValueError
            If there is no output of a name.

        Examples
        --------
        >>> from skal import Pool
        >>> pool = Pool.from_arrays([[1.0], [2.0]], proba=[[0.5, 0.5], [1.0, 0.0]])
        >>> proba, embedding = pool.get("proba", "embedding")
        >>> proba.shape, embedding.shape
        ((2, 2), (2, 1))
        """
        self._demand(*names)
        self._memory.ask_together(names, self._rows)
        values = tuple(map(self._get, names))
        return values if len(names) > 1 else values[0]

    def compute_in_one_pass(self, *names):
        """Compute outputs where the model gives several of them in one pass; else do nothing.

        A caller that reads outputs one by one thus asks a network once.
        """
        self._demand(*names)
        self._memory.ask_together(names, self._rows)

    def map(self, function, *names, axis=0):
        """Apply a function of outputs that treats every sample on its own.

        Where the outputs are not known and take more than 64 MB, or more than scikit-learn's
        `working_memory`, they are computed block by block and not kept, so that only the results
        take memory. Where outputs will be read again, read them as attributes, which keeps them.

        Parameters
        ----------
        function : callable
            From the outputs of some samples, one argument for each name, to an array whose axis
            `axis` has an entry for each of these samples.
        *names : str
            Names of outputs.
        axis : int, default=0
            The axis of the results that stands for samples.

        Returns
        -------
        results : ndarray

        Raises
        ------
        MissingOutputError
            If the model cannot give one of the outputs.
        TypeError
            If `function` cannot be called.
        ValueError
            If its results do not have an entry for each sample.

        Examples
        --------
        >>> from skal import Pool
        >>> pool = Pool.from_arrays(proba=[[0.5, 0.5], [0.9, 0.1]])
        >>> pool.map(lambda proba: proba.max(axis=1), "proba")
        array([0.5, 0.9])
        """
        if not callable(function):
            raise TypeError(
                f"function must be a callable that takes outputs of samples, got {function!r:.80}."
            )
        results = self.map_blocks(function, *names, axis=axis)
        if results is not None:
            return fill(results, len(self), axis)
        values = self.get(*names)
        result = function(*values) if len(names) > 1 else function(values)
        return _check_result(result, len(self), axis)

    def map_blocks(self, function, *names, axis=0):
        """Yield the results of a function of outputs where `map` goes block by block.

        Parameters
        ----------
        function : callable
            As in `map`.
        *names : str
            Names of outputs.
        axis : int, default=0
            The axis of the results that stands for samples.

        Returns
        -------
        results : generator of pairs (rows, result), or None
            The samples of each block, a slice, and what the function returned for them. None
            where the outputs are kept and not computed in blocks.
        """
        self._demand(*names)
        blocks = blocks_to_pass(self, self._memory, names, self._keeps)
        if not blocks:
            return None

        def of_block(rows, outputs):
            return rows, np.asarray(
                _check_result(function(*outputs), rows.stop - rows.start, axis)
            )

        return passed(of_block, self._part, names, blocks, self._memory.source.n_jobs)

    def each_part(self, function):
        """Apply a function to this pool part by part.

        A pool in memory is one part. A pool in partitions is a part for each of them, and the
        function is applied where the partition is, so it must be possible to pickle it.

        Parameters
        ----------
        function : callable
            From a pool of some of the samples to anything.

        Returns
        -------
        answers : list of pairs (places, answer)
            Where the samples of the part stand in this pool, a slice or an array of positions,
            and what the function returned for them.

        Examples
        --------
        >>> from skal import Pool
        >>> Pool.from_arrays(proba=[[0.5, 0.5], [0.9, 0.1]]).each_part(len)
        [(slice(None, None, None), 2)]
        """
        return [(slice(None), function(self))]

    def numbers(self, positions):
        """Return the positions of samples in the pool that :meth:`each_part` goes through.

        Parameters
        ----------
        positions : ndarray of int
            Positions in this pool, which may be one of the parts.

        Returns
        -------
        numbers : ndarray of int
            The same positions, unless this pool is one of several parts.
        """
        known = self._memory.numbers
        if known is None:
            return positions
        return known[positions if self._rows is None else self._rows[positions]]

    def __getattr__(self, name):
        # Only called for what is not an attribute: outputs are read off their table.
        if name not in OUTPUTS:
            return self.__getattribute__(name)  # raises what it raised before
        self._demand(name)
        return self._get(name)

    def __dir__(self):
        return [*super().__dir__(), *OUTPUTS]

    @property
    def decision_kind(self):
        """Whether columns of `decision` stand for classes ("ovr") or pairs ("ovo")."""
        self._demand("decision")
        return self._memory.source.decision_kind

    @property
    def decision_norms(self):
        """The lengths of the separating directions behind the columns of `decision`."""
        self._demand("decision")
        return self._memory.source.decision_norms

    @property
    def members_consistent(self):
        """Whether members are the same functions for every row."""
        return self._memory.source.members_consistent

    @property
    def resolution(self):
        """The relative size of differences between scores that mean nothing.

        1e-5 where the predictions come in single precision, else 1e-12.
        """
        return 1e-5 if self._memory.source.is_single else 1e-12

    @property
    def classes(self):
        """Class labels."""
        return self._memory.source.classes

    @property
    def labeled(self):
        """The labeled samples, with `y`."""
        if self._labeled is None:
            return Pool.from_arrays(np.empty((0, 0)), y=np.empty(0, dtype=np.intp))
        return self._labeled

    @property
    def random_state(self):
        """The generator that strategies draw from."""
        if self._stream is None:
            self._stream = make_random_state(self._seed)
        return self._stream

    def _demand(self, *names):
        if not names:
            raise ValueError(
                f"names must hold at least one output ({', '.join(OUTPUTS)}), got none."
            )
        for name in names:
            if not self.has(name):
                reason = self._memory.source.why_not(OUTPUTS[name])
                raise MissingOutputError(f"{self._asker} reads `pool.{name}`, but {reason}")

    def _get(self, name):
        if name == "X":
            return self._memory.samples(self._rows).all()
        output = OUTPUTS[name]
        if output.axis is None and not self._memory.holds(name):
            return self._memory.source.compute(output, None)
        return self._memory.get(name, self._rows, self._ask)

    def _ask(self, name, rows):
        """Compute an output for the given rows of the whole pool (None: for all of them)."""
        output = OUTPUTS[name]
        if output.of_pool is not None:
            values = output.of_pool(self._at(rows))
            if values is not None:
                return values
        values = self._memory.source.compute(output, self._memory.samples(rows))
        if values is None:
            raise MissingOutputError(
                f"{self._asker} reads `pool.{name}`, but X is not numeric. {output.advice}"
            )
        return values


def add_output(output):
    """Add a row to the table of outputs, so that every pool has the output from now on.

    Parameters
    ----------
    output : Output
        The row. Its name is new.

    Raises
    ------
    ValueError
        If a pool has an attribute of this name already.

    Examples
    --------
    A model may say how familiar a kind of sample is; strategies then read `pool.familiarity`.

    >>> from skal import Pool
    >>> from skal.pool import OUTPUTS, Output, add_output
    >>> add_output(
    ...     Output(
    ...         "familiarity",
    ...         kind="ndarray of shape (n_samples,)",
    ...         summary="How much the model has seen of samples like this one.",
    ...         way_out="Use a model with a method familiarity(X).",
    ...         method="familiarity",
    ...     )
    ... )
    >>> Pool.from_arrays(familiarity=[3.0, 0.0]).take([1]).familiarity
    array([0.])
    >>> del OUTPUTS["familiarity"]
    """
    if not isinstance(output, Output):
        raise TypeError(f"output must be an Output, got {type(output).__name__}.")
    if output.name in OUTPUTS or hasattr(Pool, output.name):
        raise ValueError(f"output must have a new name, but pools have {output.name!r} already.")
    OUTPUTS[output.name] = output


def _check_result(result, n_samples, axis):
    """Return the result of a function of outputs, if it has an entry for each sample."""
    shape = np.shape(result)
    if len(shape) <= axis or shape[axis] != n_samples:
        raise ValueError(
            f"function must return an array whose axis {axis} has an entry for each of the "
            f"{n_samples} samples it was given, got shape {shape}."
        )
    return result


def _documented(outputs):
    """Return the entries of the outputs as numpydoc has them."""
    lines = []
    for output in outputs:
        lines += [f"{output.name} : {output.kind}", f"    {output.summary}"]
    return "\n    ".join(lines)


if Pool.__doc__ is not None:  # None where docstrings are stripped
    Pool.__doc__ = Pool.__doc__.replace("{outputs}", _documented(OUTPUTS.values()))
