"""The pool: unlabeled samples as the fitted model sees them."""

import copy
import itertools
import math

import numpy as np
import scipy.sparse as sp
from joblib import Parallel, delayed, effective_n_jobs
from sklearn.utils import gen_batches

from . import _sklearn
from .acquisition import _class_scores, _votes, check_proba
from .committee import count_members, has_members, member_proba

__all__ = ["MissingOutputError", "Pool"]

MEMBER_OUTPUTS = ("member_proba", "member_votes")

WAYS_OUT = {
    "X": "Pass X= to Pool.from_arrays.",
    "proba": (
        "Use UncertaintySampling('margin') or SimpleMargin(), which read the decision "
        "function, or wrap the classifier in sklearn.calibration.CalibratedClassifierCV."
    ),
    "decision": "Use a strategy that reads probabilities, such as UncertaintySampling().",
    "member_proba": (
        "Make it a committee: skal.Committee(classifier), a list of classifiers, a forest, "
        "bagging or voting classifier, or a model with a method member_proba(X)."
    ),
    "embedding": (
        "Put a transformer that makes numbers of X in front of the classifier (a Pipeline), "
        "or give the model a method embed(X)."
    ),
    "predicted_loss": (
        "Wrap the classifier in skal.loss_prediction.LossPredictingClassifier, or use a model "
        "with a method predict_loss(X)."
    ),
    "predicted": "Use a model with a method predict(X).",
    "svm_kernel": "Use a SVC or NuSVC, alone or at the end of a pipeline, or name a kernel.",
    "prices": (
        "Pass prices= to learner.query, learner.pool or Pool.from_arrays, or name them in "
        "CostAware(prices=...)."
    ),
    "y": "Only the pool of labeled samples, `pool.labeled`, has labels.",
}


class MissingOutputError(AttributeError):
    """A strategy asked the pool for something that the model cannot give."""


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
        self._open(_Memory(_ModelOutputs(model, X, n_jobs), _sklearn.num_rows(X)), random_state)
        self._y = y
        self._labeled = labeled
        self._prices = _checked_prices(prices, len(self))

    def _open(self, memory, seed):
        """Set what views share, and the seed of the stream that queries draw from."""
        self._memory = memory
        self._rows = None
        # Fixed once, so that a strategy asked twice gives the same answer.
        self._seed = _sklearn.fresh_seed() if seed is None else seed
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
        outputs = _GivenOutputs(X, given, y, classes, decision_kind, members_consistent)
        pool = cls.__new__(cls)
        pool._open(_Memory(outputs, outputs.n_samples, outputs.arrays), random_state)
        pool._y = outputs.y
        pool._labeled = labeled
        pool._prices = _checked_prices(prices, len(pool))
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
            view._stream = _sklearn.random_state(self._seed)
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
        n_chunks = -(-self._members_size() // _sklearn.working_memory())
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
            self._stream = _sklearn.random_state(self._seed)
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
        return X if rows is None else _sklearn.take_rows(X, rows)

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
            return self._at(rows).over_members(_votes, axis=1)
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


class _Memory:
    """What is known of a pool's outputs, row by row; shared by all its views."""

    def __init__(self, outputs, n_samples, known=()):
        self.outputs = outputs
        self.n_samples = n_samples
        self.expected = set()
        self._whole = {name: _read_only(values) for name, values in dict(known).items()}
        self._parts = {}  # name -> (place of each row among the values, or -1; the values)

    def holds(self, name):
        """Whether an output is known for every row."""
        return name in self._whole

    def get(self, name, rows, ask):
        """Return an output for `rows`, asking only for the rows not known yet."""
        if rows is None and name not in self._whole:
            self._whole[name] = _read_only(self._complete(name, ask))
        if name in self._whole:
            values = self._whole[name]
            return values if rows is None else _read_only(_take(name, values, rows))
        return _read_only(self._gather(name, rows, ask))

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
            self._whole[name] = _read_only(values)
            return
        place, known = self._parts.get(name, (np.full(self.n_samples, -1), None))
        # The axis of samples may be the second: count what is there by the places.
        start = np.count_nonzero(place >= 0)
        place[rows] = start + np.arange(len(rows))
        values = values if known is None else _join([known, values], _axis(name))
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
            parts = [(had, _take(name, known, place[had])), (new, ask(name, new))]
            values = _fill(iter(parts), self.n_samples, _axis(name))
        del self._parts[name]
        return values

    def _gather(self, name, rows, ask):
        place = self._parts[name][0] if name in self._parts else np.full(self.n_samples, -1)
        new = np.unique(rows[place[rows] < 0])
        if len(new) or name not in self._parts:
            self.put(name, new, ask(name, new))
        place, values = self._parts[name]
        return _take(name, values, place[rows])


class _ModelOutputs:
    """The outputs of a fitted model."""

    def __init__(self, model, X, n_jobs):
        self.model = model
        self.X = X
        self.n_jobs = n_jobs

    @property
    def classes(self):
        return self.model.classes_

    @property
    def n_members(self):
        return count_members(self.model)

    @property
    def members_consistent(self):
        return getattr(self._predictor, "members_consistent", True)

    @property
    def decision_kind(self):
        return "ovo" if self._has_pairs() else "ovr"

    @property
    def decision_norms(self):
        return _sklearn.decision_norms(self._predictor)

    @property
    def svm_kernel(self):
        return _sklearn.svm_kernel(self._predictor) or "precomputed"

    @property
    def _predictor(self):
        return _sklearn.split_predictor(self.model)[1]

    def lacks(self, name):
        """Say why an output cannot be had and what helps, or return None."""
        if name in ("X", "embedding") or self._method(name) is not None:
            return None
        if name == "svm_kernel" and _sklearn.is_svc(self._predictor):
            return None
        reason = getattr(self.model, "why_no_outputs", None)
        return reason or f"{self.model} cannot give it. {WAYS_OUT[name]}"

    def compute(self, name, X):
        if name == "embedding":
            return _in_chunks(lambda part: _sklearn.embed(self.model, part), X, 0, self.n_jobs)
        values = _in_chunks(self._method(name), X, _axis(name), self.n_jobs)
        if name in ("proba", "member_proba"):
            values = check_proba(values, f"{name} of {type(self.model).__name__}")
        return values

    def can_together(self, names):
        """Whether the model can give several outputs in one pass."""
        if not hasattr(self._predictor, "predict_outputs"):
            return False
        by_wrapper = _sklearn.split_predictor(self.model, until="predict_loss")[1]
        return "predicted_loss" not in names or by_wrapper is self._predictor

    def compute_together(self, names, X):
        """Return several outputs, by name."""
        transformers, predictor = _sklearn.split_predictor(self.model)

        def function(part):
            computed = predictor.predict_outputs(_transform(transformers, part), names)
            return tuple(computed[name] for name in names)

        values = dict(zip(names, _in_chunks_together(function, X, self.n_jobs), strict=True))
        if "proba" in names:
            check_proba(values["proba"], f"proba of {type(self.model).__name__}")
        return values

    def _method(self, name):
        """Return the function of X that gives an output, or None."""
        if name == "proba":
            return getattr(self.model, "predict_proba", None)
        if name == "decision":
            return self._decision if hasattr(self.model, "decision_function") else None
        if name == "member_proba":
            return self._members if has_members(self.model) else None
        if name == "predicted":
            return self._codes if hasattr(self.model, "predict") else None
        transformers, predictor = _sklearn.split_predictor(self.model, until="predict_loss")
        if not hasattr(predictor, "predict_loss"):
            return None
        return lambda X: predictor.predict_loss(_transform(transformers, X))

    def _members(self, X):
        return member_proba(self.model, X, self.classes)

    def _codes(self, X):
        order = np.argsort(self.classes)
        return order[np.searchsorted(self.classes, self.model.predict(X), sorter=order)]

    def _has_pairs(self):
        return _sklearn.is_svc(self._predictor) and len(self.classes) > 2

    def _decision(self, X):
        if not self._has_pairs():
            return self.model.decision_function(X)
        transformers, svc = _sklearn.split_predictor(self.model)
        return _sklearn.one_vs_one(svc).decision_function(_transform(transformers, X))


class _GivenOutputs:
    """Outputs computed elsewhere, checked once."""

    def __init__(self, X, given, y, classes, decision_kind, members_consistent):
        self.X = X
        self.arrays = {
            name: _checked(name, values) for name, values in given.items() if values is not None
        }
        self.y = None if y is None else np.asarray(y)
        self.n_samples = self._common_length()
        self.classes = self._class_labels(classes)
        self.decision_kind = self._kind(decision_kind)
        self.decision_norms = None
        self.n_members = len(self.arrays.get("member_proba", ()))
        self.members_consistent = members_consistent

    def lacks(self, name):
        if name == "X":
            return None if self.X is not None else f"it was not given. {WAYS_OUT['X']}"
        if name == "embedding" and self.X is not None:
            return None
        if name in ("predicted", "svm_kernel"):
            return f"the pool was made of arrays. {WAYS_OUT[name]}"
        return f"the pool was made without it. Pass {name}= to Pool.from_arrays."

    def compute(self, name, X):
        return _sklearn.numeric_rows(X)

    def _common_length(self):
        lengths = {
            name: values.shape[_axis(name)]
            for name, values in {**self.arrays, "y": self.y}.items()
            if values is not None
        }
        if self.X is not None:
            lengths["X"] = _sklearn.num_rows(self.X)
        if not lengths:
            raise ValueError("Pool.from_arrays needs at least one array, got none.")
        if len(set(lengths.values())) > 1:
            raise ValueError(f"Arrays must be of the same number of samples, got {lengths}.")
        return next(iter(lengths.values()))

    def _class_labels(self, classes):
        widths = {
            name: self.arrays[name].shape[-1]
            for name in ("proba", "member_proba")
            if name in self.arrays
        }
        if classes is None:
            decision = self.arrays.get("decision", np.empty(0))
            n_classes = next(
                iter(widths.values()), decision.shape[-1] if decision.ndim == 2 else 2
            )
            classes = np.arange(n_classes)
        classes = np.asarray(classes)
        for name, width in widths.items():
            if width != len(classes):
                raise ValueError(
                    f"{name} must have a column for each of the {len(classes)} classes "
                    f"{classes.tolist()}, got {width} columns."
                )
        return classes

    def _kind(self, kind):
        if kind not in (None, "ovr", "ovo"):
            raise ValueError(f'decision_kind must be "ovr", "ovo" or None, got {kind!r}.')
        decision = self.arrays.get("decision")
        if kind is not None or decision is None or decision.ndim == 1:
            return kind or "ovr"
        n_pairs = len(self.classes) * (len(self.classes) - 1) // 2
        only_pairs_fit = decision.shape[1] == n_pairs != len(self.classes)
        return "ovo" if only_pairs_fit and n_pairs > 1 else "ovr"


def _checked(name, values):
    if name in ("proba", "member_proba"):
        return check_proba(values, name)
    if name == "embedding":
        rows = _sklearn.numeric_rows(values)
        if rows is None:
            raise ValueError(
                "embedding must be numeric, of shape (n_samples, n_dims), got "
                f"{type(values).__name__}."
            )
        return rows
    values = np.asarray(values, dtype=np.float64)
    wanted = (1,) if name == "predicted_loss" else (1, 2)
    if values.ndim not in wanted:
        raise ValueError(
            f"{name} must have {' or '.join(map(str, wanted))} dimensions, got shape "
            f"{values.shape}."
        )
    if np.isnan(values).any():
        row = int(np.argwhere(np.isnan(values))[0][0])
        raise ValueError(f"{name} must not contain NaN, but row {row} does.")
    return values


def _checked_prices(prices, n_samples):
    if prices is None:
        return None
    prices = np.asarray(prices, dtype=np.float64)
    if prices.shape != (n_samples,):
        raise ValueError(
            f"prices must have a price for each of the {n_samples} samples, shape "
            f"({n_samples},), got shape {prices.shape}."
        )
    wrong = ~(np.isfinite(prices) & (prices > 0))
    if wrong.any():
        row = int(wrong.argmax())
        raise ValueError(
            f"prices must be finite and above 0, but that of sample {row} is {prices[row]}."
        )
    return _read_only(prices)


def _leading_class(decision, kind, n_classes):
    """Return the classes that a decision function predicts, as scikit-learn does."""
    if decision.ndim == 1 or decision.shape[1] == 1:
        return (decision.ravel() > 0).astype(np.intp)
    if kind == "ovo":
        return _class_scores(np.asarray(decision).T, n_classes).argmax(axis=0)
    return decision.argmax(axis=1)


def _in_chunks(function, X, axis, n_jobs):
    """Apply `function` to slices of X within working memory, and join what it returns."""
    batches = _batches(X, n_jobs)
    if len(batches) <= 1:
        return function(X)
    parts = _each(function, X, batches, n_jobs)
    return _fill(zip(batches, parts, strict=True), _sklearn.num_rows(X), axis)


def _in_chunks_together(function, X, n_jobs):
    """Do the same for a function that returns a tuple of arrays."""
    batches = _batches(X, n_jobs)
    if len(batches) <= 1:
        return function(X)
    parts = _each(function, X, batches, n_jobs)
    return tuple(np.concatenate(values) for values in zip(*parts, strict=True))


def _batches(X, n_jobs):
    n_samples = _sklearn.num_rows(X)
    n_rows = max(1, _sklearn.working_memory() // _row_bytes(X, n_samples))
    n_rows = min(n_rows, max(1, -(-n_samples // effective_n_jobs(n_jobs))))
    return list(gen_batches(n_samples, n_rows))


def _each(function, X, batches, n_jobs):
    return Parallel(n_jobs=n_jobs, prefer="threads", return_as="generator")(
        delayed(function)(_sklearn.take_rows(X, rows)) for rows in batches
    )


def _fill(parts, n_samples, axis):
    """Join arrays that come one by one, each with its rows, without holding them twice."""
    first_rows, first = next(parts)
    if first is None:
        return None
    if sp.issparse(first):
        return _join([first, *(part for _, part in parts)], axis)
    shape = list(first.shape)
    shape[axis] = n_samples
    joined = np.empty(shape, dtype=first.dtype)
    by_rows = np.moveaxis(joined, axis, 0)
    for rows, part in itertools.chain([(first_rows, first)], parts):
        by_rows[_as_slice(rows)] = np.moveaxis(part, axis, 0)
    return joined


def _as_slice(rows):
    """Return positions without gaps as a slice, which copies faster."""
    if isinstance(rows, slice) or rows[-1] - rows[0] + 1 > len(rows):
        return rows
    return slice(rows[0], rows[-1] + 1)


def _row_bytes(X, n_samples):
    """Estimate what one row costs while it is predicted: input, a copy of it, outputs."""
    shape = getattr(X, "shape", (n_samples, 1000))
    size = X.nnz if sp.issparse(X) else math.prod(shape)
    return 32 * max(1, size // max(n_samples, 1))


def _axis(name):
    return 1 if name in MEMBER_OUTPUTS else 0


def _take(name, values, rows):
    return values[:, rows] if _axis(name) else values[rows]


def _join(arrays, axis):
    return sp.vstack(arrays, "csr") if sp.issparse(arrays[0]) else np.concatenate(arrays, axis)


def _read_only(values):
    """Return a view that cannot be written to, so that no strategy changes what others see."""
    if not isinstance(values, np.ndarray):
        return values
    view = values.view()
    view.flags.writeable = False
    return view


def _transform(transformers, X):
    for transformer in transformers:
        X = transformer.transform(X)
    return X
