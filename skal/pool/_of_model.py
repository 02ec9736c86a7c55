"""The outputs of a fitted model."""

from .._base import (
    codes_of,
    decision_norms,
    embed_with,
    is_svc,
    one_column,
    one_vs_one,
    split_predictor,
    svm_kernel,
    transform_with,
)
from ..committee import count_members, has_members, member_proba
from ._arrays import in_blocks, in_blocks_together


class ModelOutputs:
    """What a fitted model says of the samples of a pool.

    Parameters
    ----------
    model : fitted estimator
    X : rows of shape (n_samples, ...)
    n_jobs : int or None
        Number of threads that predict blocks of X.
    """

    def __init__(self, model, X, n_jobs):
        self.model = model
        self.X = X
        self.n_jobs = n_jobs
        self.is_single = False  # whether a prediction came in single precision

    @property
    def classes(self):
        """The classes that the model knows."""
        return self.model.classes_

    @property
    def members_consistent(self):
        """Whether the members are the same functions for every row."""
        return getattr(self._predictor, "members_consistent", True)

    @property
    def decision_kind(self):
        """Whether the decision function has columns for classes or for pairs of classes."""
        return "ovo" if _has_pairs(self._predictor, self.classes) else "ovr"

    @property
    def decision_norms(self):
        """The norms of the separating directions, None where they are not known."""
        return decision_norms(self._predictor)

    @property
    def _predictor(self):
        return split_predictor(self.model)[1]

    def row_bytes(self, output):
        """Return how many bytes an output takes for one sample, None where it has to be tried."""
        if output.columns != "classes":
            return None
        n_members = count_members(self.model) if output.axis == 1 else 1
        return n_members and 8 * n_members * len(self.classes)

    def gives(self, output):
        """Whether the model can give an output."""
        return output.name == "X" or output.function_of(self.model) is not None

    def why_not(self, output):
        """Say why an output that the model does not give is missing, and what helps."""
        if output.is_given:
            return f"it was not given. {output.advice}"
        reason = getattr(self.model, "why_no_outputs", None)
        return reason or f"{self.model} cannot give it. {output.advice}"

    def compute(self, output, X):
        """Return an output for the rows X, None where X is not numeric and has to be."""
        function = output.function_of(self.model)
        if output.axis is None:
            return function
        row_bytes = self.row_bytes(output) or 0
        values = in_blocks(function, X, output.axis, row_bytes, self.n_jobs)
        return None if values is None else self._checked(output, values)

    def can_together(self, names):
        """Whether the model can give several outputs in one pass."""
        if not hasattr(self._predictor, "predict_outputs"):
            return False
        by_wrapper = split_predictor(self.model, until="predict_loss")[1]
        return "predicted_loss" not in names or by_wrapper is self._predictor

    def compute_together(self, outputs, X):
        """Return several outputs for the rows X from one pass, in a dict by name."""
        transformers, predictor = split_predictor(self.model)
        names = [output.name for output in outputs]

        def function(part):
            computed = predictor.predict_outputs(transform_with(transformers, part), names)
            return tuple(computed[name] for name in names)

        row_bytes = sum(self.row_bytes(output) or 0 for output in outputs)
        values = in_blocks_together(function, X, row_bytes, self.n_jobs)
        return {
            output.name: self._checked(output, part)
            for output, part in zip(outputs, values, strict=True)
        }

    def _checked(self, output, values):
        self.is_single |= output.is_single(values)
        label = f"{output.name} of {type(self.model).__name__}"
        return output.checked(values, label, self.classes)


def decision(model):
    """Return the decision function, of a `SVC` of several classes its one-vs-one values."""
    if not hasattr(model, "decision_function"):
        return None
    transformers, predictor = split_predictor(model)
    if not _has_pairs(predictor, model.classes_):
        return model.decision_function
    return lambda X: one_vs_one(predictor).decision_function(transform_with(transformers, X))


def _has_pairs(predictor, classes):
    return is_svc(predictor) and len(classes) > 2


def members(model):
    """Return the function that asks each member of a committee."""
    if not has_members(model):
        return None
    return lambda X: member_proba(model, X, model.classes_)


def embedding(model):
    """Return the function that places samples in the feature space of the model."""
    return lambda X: embed_with(model, X)


def predicted_loss(model):
    """Return the function that predicts the loss, behind the transformers of a pipeline."""
    transformers, predictor = split_predictor(model, until="predict_loss")
    if not hasattr(predictor, "predict_loss"):
        return None
    return lambda X: predictor.predict_loss(transform_with(transformers, X))


def predicted(model):
    """Return the function that predicts classes as positions in `classes_`."""
    if not hasattr(model, "predict"):
        return None
    return lambda X: codes_of(one_column(model.predict(X)), model.classes_)


def kernel(model):
    """Return the kernel of a support vector classifier."""
    predictor = split_predictor(model)[1]
    return (svm_kernel(predictor) or "precomputed") if is_svc(predictor) else None
