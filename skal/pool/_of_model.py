"""The outputs of a fitted model."""

import contextlib
import functools
import inspect
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from .._base import (
    CodedClassifier,
    add_note,
    codes_of,
    columns_learned,
    columns_like,
    decision_norms,
    embed_with,
    embeds_as_given,
    gives_label_decision,
    gives_label_proba,
    is_float_rows,
    is_regressor,
    is_svc,
    kernel_of,
    label_decision,
    label_proba,
    learned_transformers,
    n_labels_of,
    num_rows,
    one_column,
    one_vs_one,
    split_predictor,
    transform_with,
)
from ..committee import (
    count_members,
    has_members,
    member_label_proba,
    member_prediction,
    member_proba,
)
from ._arrays import in_blocks, in_blocks_together

# What an error of a pipeline may come from, and what helps.
_FITTED_ON_LABELED = (
    "The transformers of this pipeline were fitted on the labeled samples only, and the pool may "
    "hold what those lack, such as a category. Transformers that need no labels can be fitted on "
    'the whole pool: see "Transformers fitted on the pool" in the user guide, under "The learner".'
)

# Why a model lacks the outputs of another task, and what helps.
_OTHER_TASK = {
    "regression": "is a regressor, which predicts numbers and not classes. {}, or a classifier.",
    "classification": (
        "is a classifier, which predicts one class for each sample, and neither numbers nor "
        "several labels. {}, or a model of the other kind."
    ),
    "labels": (
        "predicts several labels for each sample, and not one class. {}, or a model of one class."
    ),
}
_FOR_TASK = {
    task: f"Use a strategy for {kind}, such as {names}, one that reads distances alone, such as "
    "MaxHerding()"
    for task, kind, names in (
        (
            "regression",
            "regression",
            "ImprovedGreedy(), StandardDeviation(), QueryByCommittee('variance') or "
            "UncertaintyHerding('std')",
        ),
        ("classification", "classification", "UncertaintySampling()"),
        ("labels", "several labels", "MultilabelUncertainty()"),
    )
}

# The names that `predict_outputs` may be asked for.
_IN_ONE_PASS = {"proba", "prediction", "embedding", "predicted_loss"}


class FinalStep(NamedTuple):
    """The classifier of a model, apart from the transformers in front of it.

    Attributes
    ----------
    transform : callable
        From rows of X to the features that the classifier takes.
    predict : callable
        From features to predicted classes, as the classifier names them.
    """

    transform: Callable
    predict: Callable


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
        self._whole = None  # of a block: the source that it is a part of

    @property
    def classes(self):
        """The classes that the model knows, none of a regressor; of several labels the places."""
        if self.task == "regression":
            return np.empty(0)
        return np.arange(n_labels_of(self.model)) if self.task == "labels" else self.model.classes_

    @functools.cached_property
    def task(self):
        """What the model predicts: "classification", "regression" or "labels", several a row."""
        if is_regressor(self.model):
            return "regression"
        return "classification" if n_labels_of(self.model) is None else "labels"

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

    def of_rows(self, X):
        """Return what the same model says of other samples."""
        # Not every model knows names of columns, and one that does not would take any order.
        knows_names = hasattr(self.model, "feature_names_in_")
        X = columns_learned(self.model, X) if knows_names else columns_like(X, self.X)
        return ModelOutputs(self.model, X, self.n_jobs)

    def of_block(self, X):
        """Return what the model says of one block, which is not divided any further."""
        block = ModelOutputs(self.model, X, 1)
        block._whole = self
        return block

    @property
    def embeds_as_given(self):
        """Whether the embedding is X itself, so that it needs no memory of its own."""
        return embeds_as_given(self.model) and is_float_rows(self.X)

    def row_bytes(self, output):
        """Return how many bytes an output takes for one sample, None where it has to be tried."""
        if output.columns == "decision":
            n_classes = len(self.classes)
            n_pairs = n_classes * (n_classes - 1) // 2
            return 8 * (n_pairs if self.decision_kind == "ovo" else n_classes)
        if output.columns != "classes":
            return None
        n_members = count_members(self.model) if output.axis == 1 else 1
        return n_members and 8 * n_members * len(self.classes)

    def gives(self, output):
        """Whether the model can give an output."""
        if output.task not in (None, self.task):
            return False
        return output.name == "X" or output.function_of(self.model) is not None

    def why_not(self, output):
        """Say why an output that the model does not give is missing, and what helps."""
        if output.is_given:
            return f"it was not given. {output.advice}"
        reason = getattr(self.model, "why_no_outputs", None)
        if reason is None and output.task not in (None, self.task):
            return f"{_named(self.model)} {_OTHER_TASK[self.task].format(_FOR_TASK[self.task])}"
        return reason or f"{_named(self.model)} cannot give it. {output.advice_for(self)}"

    def compute(self, output, samples):
        """Return an output for samples of X, None where X is not numeric and has to be."""
        function = output.function_of(self.model)
        if output.axis is None:
            return function

        def of_block(part):
            with self._noted():
                values = function(part)
            return self._sized(output, values, part)

        if self._whole is not None or (output.name == "embedding" and self.embeds_as_given):
            values = of_block(samples.all())
        else:
            row_bytes = self.row_bytes(output) or 0
            values = in_blocks(of_block, samples, output.axis, row_bytes, self.n_jobs)
        return None if values is None else self._checked(output, values)

    def together(self, names):
        """Return those of the outputs that the model can give in one pass."""
        if not hasattr(self._predictor, "predict_outputs"):
            return []
        by_wrapper = split_predictor(self.model, until="predict_loss")[1]
        known = _IN_ONE_PASS - (set() if by_wrapper is self._predictor else {"predicted_loss"})
        return [name for name in dict.fromkeys(names) if name in known]

    def compute_together(self, outputs, samples):
        """Return several outputs for samples of X from one pass, in a dict by name."""
        transformers, predictor = split_predictor(self.model)
        names = [output.name for output in outputs]

        def of_block(part):
            with self._noted():
                computed = predictor.predict_outputs(transform_with(transformers, part), names)
            return [self._sized(output, computed[output.name], part) for output in outputs]

        if self._whole is not None:
            values = of_block(samples.all())
        else:
            axes = [output.axis for output in outputs]
            row_bytes = sum(self.row_bytes(output) or 0 for output in outputs)
            values = in_blocks_together(of_block, samples, axes, row_bytes, self.n_jobs)
        return {
            output.name: self._checked(output, part)
            for output, part in zip(outputs, values, strict=True)
        }

    @contextlib.contextmanager
    def _noted(self):
        """Add a note to an error of the model's where its transformers may be the reason."""
        try:
            yield
        except Exception as error:
            if learned_transformers(self.model):
                add_note(error, _FITTED_ON_LABELED)
            raise

    def _label(self, output):
        return f"{output.name} of {type(self.model).__name__}"

    def _sized(self, output, values, part):
        """Return what the model said of a block, or refuse another number of samples."""
        # A csr matrix is an array of no dimensions to NumPy.
        output.check_names(values, self._label(output), self.classes)
        shape = values.shape if hasattr(values, "shape") else np.shape(values)
        n_samples = num_rows(part)
        if values is None or len(shape) <= output.axis or shape[output.axis] == n_samples:
            return values  # too few axes are for the check of the output
        raise ValueError(
            f"{self._label(output)} must have one entry for each of the {n_samples} samples, got "
            f"shape {shape}. Check the model's method {output.method or 'predict'}."
        )

    def _checked(self, output, values):
        if output.is_single(values):
            self.is_single = True
            if self._whole is not None:
                self._whole.is_single = True
        return output.checked(values, self._label(output), self.classes)


def _named(model, n_characters=200):
    """Return what a model is called in a message, without a long list of its parameters."""
    given = model.estimator if isinstance(model, CodedClassifier) else model
    text = str(given)
    return text if len(text) <= n_characters else f"{type(given).__name__}(...)"


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
    """Return the function that asks each member of a committee of classifiers."""
    if is_regressor(model) or not has_members(model):
        return None
    return lambda X: member_proba(model, X, model.classes_)


def member_numbers(model):
    """Return the function that asks each member of a committee of regressors."""
    if not is_regressor(model) or not has_members(model):
        return None
    return lambda X: member_prediction(model, X)


def probabilities_of_labels(model):
    """Return the function that gives the probability of each of several labels."""
    return (lambda X: label_proba(model, X)) if gives_label_proba(model) else None


def decisions_of_labels(model):
    """Return the function that gives the decision function of each of several labels."""
    return (lambda X: label_decision(model, X)) if gives_label_decision(model) else None


def members_of_labels(model):
    """Return the function that asks each member of a committee for all labels."""
    if n_labels_of(model) is None or not has_members(model):
        return None
    return lambda X: member_label_proba(model, X)


def numbers(model):
    """Return the function that predicts the numbers of a regressor."""
    return (lambda X: one_column(model.predict(X))) if is_regressor(model) else None


def deviation(model):
    """Return the function that gives the standard deviation which a regressor itself states."""
    transformers, predictor = split_predictor(model)
    if not is_regressor(model) or not _states_deviation(predictor):
        return None

    def deviation_of(X):
        return predictor.predict(transform_with(transformers, X), return_std=True)[1]

    return deviation_of


def _states_deviation(predictor):
    """Whether `predict` has the parameter `return_std`, as Bayesian models of scikit-learn."""
    predict = getattr(predictor, "predict", None)
    return predict is not None and "return_std" in inspect.signature(predict).parameters


def embedding(model):
    """Return the function that places samples in the feature space of the model."""
    return lambda X: embed_with(model, X)


def predicted(model):
    """Return the function that predicts classes as positions in `classes_`."""
    if not hasattr(model, "predict") or is_regressor(model):
        return None
    return lambda X: codes_of(one_column(model.predict(X)), model.classes_)


def kernel(model):
    """Return the kernel of a support vector machine or another model with one."""
    return kernel_of(split_predictor(model)[1])


def final_step(model):
    """Return the classifier behind the transformers, None for a model that is not one."""
    if not hasattr(model, "predict") or is_regressor(model):
        return None
    transformers, predictor = split_predictor(model)
    return FinalStep(
        lambda X: transform_with(transformers, X),
        lambda features: one_column(predictor.predict(features)),
    )
