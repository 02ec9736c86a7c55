"""The outputs of a fitted model."""

import numpy as np

from .._base import decision_norms, embed_with, is_svc, one_vs_one, split_predictor, svm_kernel
from ..acquisition import check_proba
from ..committee import count_members, has_members, member_proba
from ._arrays import axis_of, in_chunks, in_chunks_together
from ._outputs import WAYS_OUT


class ModelOutputs:
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
        return decision_norms(self._predictor)

    @property
    def svm_kernel(self):
        return svm_kernel(self._predictor) or "precomputed"

    @property
    def _predictor(self):
        return split_predictor(self.model)[1]

    def lacks(self, name):
        """Say why an output cannot be had and what helps, or return None."""
        if name in ("X", "embedding") or self._method(name) is not None:
            return None
        if name == "svm_kernel" and is_svc(self._predictor):
            return None
        reason = getattr(self.model, "why_no_outputs", None)
        return reason or f"{self.model} cannot give it. {WAYS_OUT[name]}"

    def compute(self, name, X):
        if name == "embedding":
            return in_chunks(lambda part: embed_with(self.model, part), X, 0, self.n_jobs)
        values = in_chunks(self._method(name), X, axis_of(name), self.n_jobs)
        if name in ("proba", "member_proba"):
            values = check_proba(values, f"{name} of {type(self.model).__name__}")
        return values

    def can_together(self, names):
        """Whether the model can give several outputs in one pass."""
        if not hasattr(self._predictor, "predict_outputs"):
            return False
        by_wrapper = split_predictor(self.model, until="predict_loss")[1]
        return "predicted_loss" not in names or by_wrapper is self._predictor

    def compute_together(self, names, X):
        """Return several outputs, by name."""
        transformers, predictor = split_predictor(self.model)

        def function(part):
            computed = predictor.predict_outputs(transformed(transformers, part), names)
            return tuple(computed[name] for name in names)

        values = dict(zip(names, in_chunks_together(function, X, self.n_jobs), strict=True))
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
        transformers, predictor = split_predictor(self.model, until="predict_loss")
        if not hasattr(predictor, "predict_loss"):
            return None
        return lambda X: predictor.predict_loss(transformed(transformers, X))

    def _members(self, X):
        return member_proba(self.model, X, self.classes)

    def _codes(self, X):
        order = np.argsort(self.classes)
        return order[np.searchsorted(self.classes, self.model.predict(X), sorter=order)]

    def _has_pairs(self):
        return is_svc(self._predictor) and len(self.classes) > 2

    def _decision(self, X):
        if not self._has_pairs():
            return self.model.decision_function(X)
        transformers, svc = split_predictor(self.model)
        return one_vs_one(svc).decision_function(transformed(transformers, X))


def transformed(transformers, X):
    for transformer in transformers:
        X = transformer.transform(X)
    return X
