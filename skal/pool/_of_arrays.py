"""The outputs of a pool that is made of arrays computed elsewhere."""

import copy

import numpy as np

from .._base import (
    as_floats,
    check_same_columns,
    label_array,
    num_rows,
    numeric_rows,
    rows_given,
    take_columns,
)
from ._outputs import given_for_each, output_named


class GivenOutputs:
    """Arrays that a caller gave, checked once.

    Parameters
    ----------
    X : rows of shape (n_samples, ...) or None
    given : dict
        Arrays by the name of the output; None for those that were not given.
    classes : array-like of shape (n_classes,) or None
    decision_kind : {"ovr", "ovo", None}
    decision_norms : array-like of shape (n_columns,) or None
    members_consistent : bool
    """

    n_jobs = None
    embeds_as_given = True  # where no embedding was given

    def __init__(self, X, given, classes, decision_kind, decision_norms, members_consistent):
        given = {name: values for name, values in given.items() if values is not None}
        for name in given:
            _refuse_computed(output_named(name))
        self.X = None if X is None else rows_given(X)
        self.is_single = any(output_named(name).is_single(given[name]) for name in given)
        self.classes = _class_labels(classes, given)
        own = {name: values for name, values in given.items() if output_named(name).is_given}
        self.arrays = {
            name: output_named(name).checked(values, name, self.classes)
            for name, values in given.items()
            if name not in own
        }
        self.n_samples = self._common_length(own)
        for name, values in own.items():
            self.arrays[name] = given_for_each(name, values, self.n_samples, self.classes)
        self.decision_kind = self._kind(decision_kind)
        self.decision_norms = self._norms(decision_norms)
        self.members_consistent = members_consistent

    def of_rows(self, X):
        """Return None: arrays say nothing of other samples."""

    def of_block(self, X):
        """Return the same source for some of its samples."""
        block = copy.copy(self)
        block.X = X
        return block

    def row_bytes(self, output):
        """Return 0: what was given is in memory."""
        return 0

    def gives(self, output):
        """Whether an output that was not given can be had all the same: X as embedding."""
        return output.name in ("X", "embedding") and self.X is not None

    def why_not(self, output):
        """Say why an output is missing, and what helps."""
        if output.is_given:
            return f"it was not given. {output.advice}"
        if output.of_pool is not None or output.axis is None:
            return f"the pool was made of arrays. {output.advice}"
        return f"the pool was made without it. Pass {output.name}= to Pool.from_arrays."

    def compute(self, output, samples):
        """Return numeric X as the embedding, the one output that need not be given."""
        return numeric_rows(samples.all())

    def together(self, names):
        """Return an empty list: there is no model to be asked."""
        return []

    def _common_length(self, own):
        lengths = {
            name: values.shape[output_named(name).axis] for name, values in self.arrays.items()
        }
        if self.X is not None:
            lengths["X"] = num_rows(self.X)
        lengths = lengths or {
            name: num_rows(values)
            for name, values in own.items()
            if output_named(name).axis is not None
        }
        if not lengths:
            raise ValueError("Pool.from_arrays needs at least one array, got none.")
        if len(set(lengths.values())) > 1:
            raise ValueError(f"Arrays must be of the same number of samples, got {lengths}.")
        return next(iter(lengths.values()))

    def _kind(self, kind):
        if kind not in (None, "ovr", "ovo"):
            raise ValueError(f'decision_kind must be "ovr", "ovo" or None, got {kind!r}.')
        decision = self.arrays.get("decision")
        n_pairs = len(self.classes) * (len(self.classes) - 1) // 2
        if kind == "ovo" and decision is not None and decision.shape[1:] != (n_pairs,):
            raise ValueError(
                f'decision_kind="ovo" needs a column for each of the {n_pairs} pairs of classes, '
                f"got decision of shape {decision.shape}."
            )
        if kind is not None or decision is None or decision.ndim == 1:
            return kind or "ovr"
        only_pairs_fit = decision.shape[1] == n_pairs != len(self.classes)
        return "ovo" if only_pairs_fit and n_pairs > 1 else "ovr"

    def _norms(self, norms):
        if norms is None:
            return None
        norms = as_floats(norms, "decision_norms")
        decision = self.arrays.get("decision")
        if decision is None:
            raise ValueError("decision_norms belong to decision, which was not given.")
        columns = 1 if decision.ndim == 1 else decision.shape[1]
        if norms.shape != (columns,) or not (np.isfinite(norms) & (norms >= 0)).all():
            raise ValueError(
                f"decision_norms must have one finite number, at least 0, for each of the "
                f"{columns} columns of decision, got {norms!r}."
            )
        return norms


def beside_labeled(X, labeled):
    """Return X with its columns in the order of those of the labeled samples, if both have names.

    Further columns, such as prices, come last.
    """
    known = getattr(labeled.X, "columns", None) if _has_samples(labeled) else None
    if known is None or not hasattr(X, "columns"):
        return X
    known = list(known)
    check_same_columns(known, X, where="of the labeled samples")
    return take_columns(X, known + [name for name in X.columns if name not in known])


def _has_samples(labeled):
    # What is no pool is refused later, for pools of models as well.
    return hasattr(labeled, "has") and labeled.has("X")


def _class_labels(classes, given):
    """Return the class labels: those given, else 0, 1, ... as the arrays have columns for."""
    if classes is None:
        return np.arange(_n_classes(given))
    classes = np.asarray(label_array(classes, "classes"))
    if classes.ndim != 1 or not _are_distinct(classes.tolist()):
        raise ValueError(f"classes must be distinct labels, got {classes.tolist()}.")
    return classes


def _are_distinct(labels):
    try:
        return len(set(labels)) == len(labels)
    except TypeError:  # lists and dicts are not labels
        return False


def _n_classes(given):
    for name, ndim in (("proba", 2), ("member_proba", 3), ("decision", 2)):
        shape = _shape(given.get(name))
        if len(shape) == ndim:
            n_columns = shape[-1]
            # A single column of a decision function tells two classes apart.
            return 2 if name == "decision" and n_columns == 1 else n_columns
    return 2


def _shape(values):
    """Return the shape of values, () where they are no array; checks refuse them later."""
    try:
        return np.shape(values)
    except ValueError:  # lists of different lengths
        return ()


def _refuse_computed(output):
    """Refuse an output that follows from others, or that only a fitted model has."""
    if output.check is None and (output.of_pool is not None or output.axis is None):
        source = " or ".join(output.from_any) or "a fitted model"
        raise ValueError(
            f"{output.name} cannot be given to Pool.from_arrays: it is computed from {source}."
        )
