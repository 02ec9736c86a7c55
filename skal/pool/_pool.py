"""The pool: unlabeled samples as the fitted model sees them."""

import copy

import numpy as np
from sklearn.utils import gen_batches

from .._base import fresh_seed, make_random_state, num_rows, take_rows, working_memory
from ..acquisition import _kernels
from ._memory import Memory
from ._of_arrays import GivenOutputs, checked_prices
from ._of_model import ModelOutputs
from ._outputs import WAYS_OUT, MissingOutputError


class Pool:
    """Hold samples as a fitted model sees them.

    What strategies read (`proba`, `decision`, `member_proba`, `embedding`, ...) is computed
    when it is first asked for, in chunks that respect scikit-learn's `working_memory`, and
    remembered for every row. Views made by `take` share that memory, so strategies that are
    combined pay for a prediction once.

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
        Number of threads that predict chunks of the pool; None is 1 unless in a
        :obj:`joblib.parallel_backend` context.
    random_state : int, RandomState or None, default=None
        Seed of the one generator that strategies draw from.
    prices : array-like of shape (n_samples,), default=None
        What the label of each sample costs, above 0; for strategies that look at prices.

    Attributes
    ----------
    X : rows of the same kind as given
    y : ndarray of shape (n_samples,)
        Only on a pool of labeled samples.
    proba : ndarray of shape (n_samples, n_classes)
        Probabilities; the columns follow `classes`.
    decision : ndarray of shape (n_samples,), (n_samples, n_classes) or (n_samples, n_pairs)
        The decision function: for a `SVC` its one-vs-one values.
    decision_kind : {"ovr", "ovo"}
        What the columns of `decision` stand for.
    distance : ndarray of the shape of `decision`
        `decision` with its columns divided by the norms of their separating directions, where
        the model has them and there is more than one column to compare.
    member_proba : ndarray of shape (n_members, n_samples, n_classes)
        Probabilities by each member of a committee.
    member_votes : ndarray of shape (n_members, n_samples)
        The most probable class of each member, as positions in `classes`.
    members_consistent : bool
        False where members are not the same functions for every row.
    embedding : {ndarray, csr} of shape (n_samples, n_dims)
        The samples in the model's feature space: its own `embed`, else the space behind the
        transformers of a pipeline, else numeric X itself.
    predicted_loss : ndarray of shape (n_samples,)
        The model's own estimate of its loss.
    predicted : ndarray of shape (n_samples,), dtype intp
        The predicted classes, as positions in `classes`: the most probable ones where there
        are probabilities.
    svm_kernel : callable or "precomputed"
        The kernel of a fitted `SVC`, a function of two sets of rows in the space of
        `embedding`.
    classes : ndarray of shape (n_classes,)
        Class labels.
    labeled : Pool
        The labeled samples, with `y`; empty when nothing is labeled.
    prices : ndarray of shape (n_samples,)
        What the label of each sample costs.
    random_state : RandomState
        The generator that strategies draw from.

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

    def __init__(
        self, model, X, *, y=None, labeled=None, n_jobs=None, random_state=None, prices=None
    ):
        self._open(Memory(ModelOutputs(model, X, n_jobs), num_rows(X)), random_state)
        self._y = y
        self._labeled = labeled
        self._prices = checked_prices(prices, len(self))

    def _open(self, memory, seed):
        """Set what views share, and the seed of the stream that queries draw from."""
        self._memory = memory
        self._rows = None
        # Fixed once, so that a strategy asked twice gives the same answer.
        self._seed = fresh_seed() if seed is None else seed
        self._stream = None
        self._asker = "The strategy"

    @classmethod
    def from_arrays(
        cls,
        X=None,
        *,
        proba=None,
        decision=None,
        decision_kind=None,
        member_proba=None,
        embedding=None,
        predicted_loss=None,
        y=None,
        labeled=None,
        classes=None,
        members_consistent=True,
        random_state=None,
        prices=None,
    ):
        """Make a pool of outputs that were computed elsewhere.

        Parameters
        ----------
        X : rows of any kind, default=None
            The samples. Numeric X also serves as the embedding when that is not given.
        proba : array-like of shape (n_samples, n_classes), default=None
            Probabilities, rows summing to 1.
        decision : array-like of shape (n_samples,), (n_samples, n_columns), default=None
            Values of a decision function.
        decision_kind : {"ovr", "ovo"}, default=None
            Whether the columns of `decision` stand for classes or for pairs of classes. None
            reads it off the number of classes where that is certain, else "ovr".
        member_proba : array-like of shape (n_members, n_samples, n_classes), default=None
            Probabilities by each member of a committee.
        embedding : {array-like, sparse matrix} of shape (n_samples, n_dims), default=None
            Features in which samples are near or far.
        predicted_loss : array-like of shape (n_samples,), default=None
            A loss expected for each sample.
        y : array-like of shape (n_samples,), default=None
            Labels, for a pool that will be given as `labeled` to another.
        labeled : Pool, default=None
            The labeled samples.
        classes : array-like of shape (n_classes,), default=None
            Class labels; None stands for 0, 1, ...
        members_consistent : bool, default=True
            False if the members are not the same functions for every row, as with dropout
            masks drawn for each batch anew.
        random_state : int, RandomState or None, default=None
            Seed of the generator that strategies draw from.
        prices : array-like of shape (n_samples,), default=None
            What the label of each sample costs, above 0.

        Returns
        -------
        pool : Pool

        Raises
        ------
        ValueError
            If nothing is given, lengths differ, or probabilities are no probabilities.

        Examples
        --------
        >>> from skal import Pool
        >>> from skal.strategies import UncertaintySampling
        >>> pool = Pool.from_arrays(proba=[[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]])
        >>> UncertaintySampling("entropy").query(pool, n=1)
        array([1])
        """
        given = {
            "proba": proba,
            "decision": decision,
            "member_proba": member_proba,
            "embedding": embedding,
            "predicted_loss": predicted_loss,
        }
        outputs = GivenOutputs(X, given, y, classes, decision_kind, members_consistent)
        pool = cls.__new__(cls)
        pool._open(Memory(outputs, outputs.n_samples, outputs.arrays), random_state)
        pool._y = outputs.y
        pool._labeled = labeled
        pool._prices = checked_prices(prices, len(pool))
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
        """
        rows = np.arange(len(self))[np.asarray(rows, dtype=None if len(rows) else np.intp)]
        return self._at(rows if self._rows is None else self._rows[rows])

    def _at(self, rows):
        view = copy.copy(self)
        view._rows = rows
        return view

    def asked_by(self, strategy):
        """Return this pool for one query of `strategy`, which errors then name.

        The outermost query starts the random stream from the pool's seed, so that it repeats
        itself; strategies within it go on with the same stream.
        """
        view = copy.copy(self)
        view._asker = type(strategy).__name__
        if view._stream is None:
            view._stream = make_random_state(self._seed)
        return view

    def has(self, name):
        """Whether the pool can give the output `name`, without computing it."""
        return self._why_not(name) is None

    def expect(self, *names):
        """Say which outputs will be read, so that a model that can gives them in one pass.

        Nothing is computed before it is asked for. Models say that they can by a method
        ``predict_outputs(X, names)``, which returns a dict of arrays.

        Parameters
        ----------
        *names : str
            Some of "proba", "embedding" and "predicted_loss".
        """
        self._memory.expected |= set(names)

    def over_members(self, function, *, axis=0):
        """Apply a function of `member_proba` that treats every sample on its own.

        Beyond scikit-learn's `working_memory` the members are asked chunk by chunk and what
        they say is not kept, so that only the results take memory.

        Parameters
        ----------
        function : callable
            From an array of shape (n_members, n_rows, n_classes) to an array whose axis `axis`
            has n_rows entries.
        axis : int, default=0
            The axis of the results that stands for samples.

        Returns
        -------
        results : ndarray
        """
        n_chunks = -(-self._members_size() // working_memory())
        if n_chunks > 1 and not self._memory.holds("member_proba"):
            chunks = gen_batches(len(self), -(-len(self) // n_chunks))
            return np.concatenate(
                [function(self._ask("member_proba", self._positions[c])) for c in chunks],
                axis=axis,
            )
        return function(self.member_proba)

    @property
    def X(self):
        """The samples."""
        self._demand("X")
        return self._take_X(self._rows)

    @property
    def y(self):
        """The labels, on a pool of labeled samples."""
        self._demand("y")
        return self._y if self._rows is None else self._y[self._rows]

    @property
    def proba(self):
        """Probabilities of the classes."""
        return self._output("proba")

    @property
    def prices(self):
        """What the label of each sample costs."""
        self._demand("prices")
        return self._prices if self._rows is None else self._prices[self._rows]

    @property
    def decision(self):
        """Values of the decision function."""
        return self._output("decision")

    @property
    def decision_kind(self):
        """Whether columns of `decision` stand for classes ("ovr") or pairs ("ovo")."""
        self._demand("decision")
        return self._memory.outputs.decision_kind

    @property
    def distance(self):
        """The decision function in units of distance to the separating hyperplanes."""
        decision = self.decision
        norms = self._memory.outputs.decision_norms if decision.ndim == 2 else None
        return decision if norms is None else decision / norms

    @property
    def member_proba(self):
        """Probabilities by each member."""
        return self._output("member_proba")

    @property
    def member_votes(self):
        """The most probable class of each member."""
        return self._output("member_votes")

    @property
    def members_consistent(self):
        """Whether members are the same functions for every row."""
        return self._memory.outputs.members_consistent

    @property
    def embedding(self):
        """The samples in the model's feature space."""
        return self._output("embedding")

    @property
    def predicted_loss(self):
        """The model's own estimate of its loss."""
        return self._output("predicted_loss")

    @property
    def predicted(self):
        """The predicted classes, as positions in `classes`."""
        if self.has("proba"):
            return self.proba.argmax(axis=1)
        if self._memory.holds("decision"):
            return _leading_class(self.decision, self.decision_kind, len(self.classes))
        return self._output("predicted")

    @property
    def svm_kernel(self):
        """The kernel of the fitted support vector classifier."""
        self._demand("svm_kernel")
        return self._memory.outputs.svm_kernel

    @property
    def classes(self):
        """Class labels."""
        return self._memory.outputs.classes

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

    @property
    def _positions(self):
        return np.arange(len(self)) if self._rows is None else self._rows

    def _members_size(self):
        """Return how many bytes `member_proba` takes, asking for a row only if need be."""
        self._demand("member_proba")
        n_members = self._memory.outputs.n_members
        if n_members is None and len(self):
            n_members = len(self.take([0]).member_proba)
        return 8 * (n_members or 0) * len(self) * len(self.classes)

    def _take_X(self, rows):
        X = self._memory.outputs.X
        return X if rows is None else take_rows(X, rows)

    def _why_not(self, name):
        if name == "y":
            return "it has no labels" if self._y is None else None
        if name == "prices":
            return None if self._prices is not None else f"there are none. {WAYS_OUT[name]}"
        if name == "member_votes":
            name = "member_proba"  # votes are read off the probabilities
        return None if self._memory.holds(name) else self._memory.outputs.lacks(name)

    def _demand(self, name):
        reason = self._why_not(name)
        if reason is not None:
            raise MissingOutputError(f"{self._asker} reads `pool.{name}`, but {reason}")

    def _output(self, name):
        self._demand(name)
        return self._memory.get(name, self._rows, self._ask)

    def _ask(self, name, rows):
        """Compute an output for the given rows of the whole pool (None: for all of them)."""
        if name == "member_votes":
            return self._at(rows).over_members(_kernels.leading_votes, axis=1)
        outputs, X = self._memory.outputs, self._take_X(rows)
        others = self._memory.still_expected(rows) - {name}
        if name in self._memory.expected and others and outputs.can_together({name, *others}):
            computed = outputs.compute_together([name, *sorted(others)], X)
            for other in others:
                self._memory.put(other, rows, computed[other])
            return computed[name]
        values = outputs.compute(name, X)
        if values is None:
            raise MissingOutputError(
                f"{self._asker} reads `pool.{name}`, but X is not numeric. {WAYS_OUT[name]}"
            )
        return values


def _leading_class(decision, kind, n_classes):
    """Return the classes that a decision function predicts, as scikit-learn does."""
    if decision.ndim == 1 or decision.shape[1] == 1:
        return (decision.ravel() > 0).astype(np.intp)
    if kind == "ovo":
        return _kernels.class_scores(np.asarray(decision).T, n_classes).argmax(axis=0)
    return decision.argmax(axis=1)
