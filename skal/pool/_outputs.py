"""The table of pool outputs: one row for everything that a pool can give."""

import difflib
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp

from .._base import as_array, refuse_mask, split_predictor, transform_with
from . import _derived, _of_model
from ._checks import (
    check_decision,
    check_decision_columns,
    check_deviations,
    check_dropout_votes,
    check_embedding,
    check_given_labels,
    check_label_decision,
    check_label_proba,
    check_losses,
    check_member_label_proba,
    check_member_numbers,
    check_members,
    check_named_columns,
    check_numbers,
    check_prices,
    check_rows_of_proba,
)
from ._refit import ExampleRefit, check_refit


class MissingOutputError(AttributeError):
    """A strategy asked the pool for an output that the model cannot give."""

    __module__ = "skal.pool"  # what tracebacks show


@dataclass(frozen=True)
class Output:
    """One row of the table: an output of a pool, and everything skal has to know of it.

    The attributes of :class:`~skal.Pool`, `Pool.get`, `Pool.map`, `Pool.has`,
    `Pool.from_arrays`, their errors and the checks of :mod:`skal.testing` are read off these
    rows, so that a new output is one new row: see :func:`add_output`.

    Parameters
    ----------
    name : str
        The attribute of the pool.
    kind : str
        Type and shape, as in a docstring.
    summary : str
        What it holds, in one sentence.
    way_out : str, default=""
        What to do where the output is missing, the last sentence of the error. An output that
        is computed from others has theirs.
    ways_out : dict of str to str, default={}
        What to do instead where the model gives another output, by its name; the first one that
        it gives counts.
    method : str, default=None
        Name of the method of a fitted model that returns the output of some rows of X.
    of_model : callable, default=None
        For outputs that take more than calling a method: from a fitted model to a function of
        X, or to None where the model cannot give the output.
    of_pool : callable, default=None
        For outputs that are computed from other outputs: from the pool to the values, or to
        None where the model has to be asked.
    from_any : tuple of str, default=()
        Names of the outputs from which `of_pool` computes this one; any of them suffices.
    check : callable, default=None
        From the values and a name for messages to an array, raising ValueError for values that
        cannot be right. Used for the outputs of models and for arrays alike.
    columns : {"classes", "decision", None}, default=None
        Whether the last axis has one entry for each class, or for a class or a pair of classes.
    axis : int or None, default=0
        The axis of samples; None for an output that is one object for all samples.
    task : {"classification", "regression", "labels", None}, default=None
        The task of the models that can give it, with "labels" for several labels a sample; None:
        of all tasks.
    example : callable, default=None
        From a `RandomState` and a number of samples to an example, for :mod:`skal.testing`.

    Examples
    --------
    >>> from skal.pool import OUTPUTS
    >>> OUTPUTS["proba"].method
    'predict_proba'
    """

    name: str
    kind: str
    summary: str
    way_out: str = ""
    ways_out: dict = field(default_factory=dict)
    method: str = None
    of_model: Callable = None
    of_pool: Callable = None
    from_any: tuple = ()
    check: Callable = None
    columns: str = None
    axis: int = 0
    task: str = None
    example: Callable = None

    def __post_init__(self):
        for name, is_right, expected in (
            ("name", str(self.name).isidentifier() and self.name[0] != "_", "a public name"),
            ("axis", self.axis in (0, 1, None), "0, 1 or None"),
            ("columns", self.columns in (None, "classes", "decision"), "'classes' or None"),
            ("from_any", isinstance(self.from_any, tuple), "a tuple of names"),
            ("task", self.task in (None, "classification", "regression", "labels"), "a task"),
            ("way_out", bool(self.way_out or self.from_any), "a sentence"),
        ):
            if not is_right:
                raise ValueError(
                    f"{name} of an Output must be {expected}, got {getattr(self, name)!r}."
                )

    def function_of(self, model):
        """Return the function of X by which a fitted model gives the output, or None.

        The method may be that of the last step of a pipeline, behind its transformers.
        """
        if self.of_model is not None:
            return self.of_model(model)
        if self.method is None:
            return None
        if hasattr(model, self.method):
            return getattr(model, self.method)
        transformers, predictor = split_predictor(model, until=self.method)
        if not hasattr(predictor, self.method):
            return None
        return lambda X: getattr(predictor, self.method)(transform_with(transformers, X))

    @property
    def is_given(self):
        """Whether only the caller can give it."""
        return self.method is None and self.of_model is None and self.of_pool is None

    @property
    def advice(self):
        """What to do where the output is missing."""
        return self.way_out or OUTPUTS[self.from_any[0]].advice

    def advice_for(self, source):
        """Return what to do where the output is missing and a source gives certain others."""
        ways = (way for name, way in self.ways_out.items() if source.gives(OUTPUTS[name]))
        return next(ways, self.advice)

    def take(self, values, rows):
        """Return the values of some samples; one object for all samples stays as it is."""
        if self.axis is None:
            return values
        return values[:, rows] if self.axis else values[rows]

    def is_single(self, values):
        """Whether values are predictions in single precision."""
        return self.name in _PREDICTIONS and getattr(values, "dtype", None) == np.float32

    def checked(self, values, label, classes):
        """Return values whose form is right, or say what is wrong with those called `label`."""
        if self.axis is None:
            return values if self.check is None else self.check(values, label)
        values = refuse_mask(values, label)
        self.check_names(values, label, classes)
        if self.check is not None:
            values = self.check(values, label)
        elif not sp.issparse(values):
            values = as_array(values, label)
        if self.columns == "classes" and values.shape[-1] != len(classes):
            raise ValueError(
                f"{label} must have a column for each of the {len(classes)} classes "
                f"{np.asarray(classes).tolist()}, got {values.shape[-1]} columns."
            )
        if self.columns == "decision":
            check_decision_columns(values, label, len(classes))
        return values

    def check_names(self, values, label, classes):
        """Refuse a data frame with the columns of classes in an order that is not theirs."""
        if self.columns is not None:
            check_named_columns(values, label, classes)


# Outputs that scores are computed from; distances have a precision of their own.
_PREDICTIONS = {"proba", "decision", "member_proba", "predicted_loss"}
_PREDICTIONS |= {"prediction", "prediction_std", "member_prediction"}
_PREDICTIONS |= {"label_proba", "label_decision", "member_label_proba"}


def output_named(name):
    """Return the row of the table with a name, or raise an error that lists the names."""
    output = OUTPUTS.get(name)
    if output is None:
        near = difflib.get_close_matches(str(name), OUTPUTS, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise ValueError(
            f"name must be an output of the pool ({', '.join(OUTPUTS)}), got {name!r}.{hint}"
        )
    return output


def given_for_each(name, values, n_samples, classes=()):
    """Return the output that a caller gave for `n_samples` samples, checked."""
    output = output_named(name)
    values = output.checked(values, name, classes)
    if output.axis is None:
        return values
    if np.ndim(values) <= output.axis or values.shape[output.axis] != n_samples:
        shape = f"shape ({n_samples},)" if output.axis == 0 else f"{n_samples} along its axis 1"
        raise ValueError(
            f"{name} must have one entry for each of the {n_samples} samples, {shape}, got shape "
            f"{np.shape(values)}."
        )
    return values


def _example_members(rng, n_samples):
    """Return probabilities of five members for four classes."""
    return rng.dirichlet(np.ones(4), size=(5, n_samples))


OUTPUTS = {
    output.name: output
    for output in (
        Output(
            "X",
            kind="rows of the same kind as given",
            summary="The samples.",
            way_out="Pass X= to Pool.from_arrays.",
        ),
        Output(
            "y",
            kind="ndarray of shape (n_samples,), or (n_samples, n_labels) for several labels",
            summary="Labels; only on a pool of labeled samples.",
            way_out="Only the pool of labeled samples, `pool.labeled`, has labels.",
            check=check_given_labels,
        ),
        Output(
            "prices",
            kind="ndarray of shape (n_samples,)",
            summary="The price of the label of each sample, above 0.",
            way_out=(
                "Pass prices= to learner.query, learner.pool or Pool.from_arrays, or name them in "
                "CostAware(prices=...)."
            ),
            check=check_prices,
            example=lambda rng, n_samples: 0.5 + rng.random_sample(n_samples),
        ),
        Output(
            "proba",
            kind="ndarray of shape (n_samples, n_classes)",
            summary="Probabilities; the columns follow `classes`.",
            way_out=(
                "Use a classifier with predict_proba or decision_function, a committee, whose "
                "votes can be read, such as skal.Committee(classifier), or a strategy that reads "
                "X alone, such as MaxHerding()."
            ),
            ways_out={
                "decision": (
                    "Use UncertaintySampling('margin') or SimpleMargin(), which read the decision "
                    "function, or wrap the classifier in "
                    "sklearn.calibration.CalibratedClassifierCV."
                ),
                "member_proba": (
                    "Use UncertaintySampling('margin') or QueryByCommittee(), which read the "
                    "votes of its members."
                ),
            },
            method="predict_proba",
            check=check_rows_of_proba,
            columns="classes",
            example=lambda rng, n_samples: _example_members(rng, n_samples).mean(axis=0),
            task="classification",
        ),
        Output(
            "decision",
            kind="ndarray of shape (n_samples,), (n_samples, n_classes) or (n_samples, n_pairs)",
            summary="The decision function; of a `SVC` its one-vs-one values.",
            way_out=(
                "Use a classifier with decision_function or predict_proba, or a strategy that "
                "reads X alone, such as MaxHerding()."
            ),
            ways_out={
                "proba": "Use a strategy that reads probabilities, such as UncertaintySampling().",
                "member_proba": (
                    "Use UncertaintySampling('margin') or QueryByCommittee(), which read the "
                    "votes of its members."
                ),
            },
            method="decision_function",
            of_model=_of_model.decision,
            check=check_decision,
            columns="decision",
            example=lambda rng, n_samples: rng.normal(size=(n_samples, 4)),
            task="classification",
        ),
        Output(
            "distance",
            kind="ndarray of the shape of `decision`",
            summary=(
                "`decision` with its columns divided by `decision_norms`, where these are known "
                "and there is more than one column to compare."
            ),
            of_pool=_derived.distance,
            from_any=("decision",),
            task="classification",
        ),
        Output(
            "member_proba",
            kind="ndarray of shape (n_members, n_samples, n_classes)",
            summary="Probabilities given by each member of a committee.",
            way_out=(
                "Make it a committee: skal.Committee(classifier), a list of classifiers, a "
                "forest, bagging or voting classifier, or a model with a method member_proba(X)."
            ),
            method="member_proba",
            of_model=_of_model.members,
            check=check_members,
            columns="classes",
            axis=1,
            example=_example_members,
            task="classification",
        ),
        Output(
            "member_votes",
            kind="ndarray of shape (n_members, n_samples)",
            summary="The most probable class of each member, as positions in `classes`.",
            of_pool=_derived.votes,
            from_any=("member_proba",),
            axis=1,
            task="classification",
        ),
        Output(
            "prediction",
            kind="ndarray of shape (n_samples,)",
            summary="The number that a regressor predicts.",
            way_out="Use a regressor.",
            of_model=_of_model.numbers,
            check=check_numbers,
            task="regression",
            example=lambda rng, n_samples: rng.normal(size=n_samples),
        ),
        Output(
            "member_prediction",
            kind="ndarray of shape (n_members, n_samples)",
            summary="The numbers that the members of a committee of regressors predict.",
            way_out=(
                "Make it a committee: skal.Committee(regressor), a list of regressors, a forest, "
                "bagging or voting regressor, or a model with a method member_prediction(X)."
            ),
            of_model=_of_model.member_numbers,
            check=check_member_numbers,
            axis=1,
            task="regression",
            example=lambda rng, n_samples: rng.normal(size=(5, n_samples)),
        ),
        Output(
            "prediction_std",
            kind="ndarray of shape (n_samples,)",
            summary=(
                "The standard deviation of the prediction: as a model with "
                "`predict(X, return_std=True)` states it, else that of the members of a committee "
                "of regressors."
            ),
            way_out=(
                "Use a regressor whose predict has return_std, such as GaussianProcessRegressor "
                "or BayesianRidge, or a committee: skal.Committee(regressor), a list of "
                "regressors, a forest, or bagging."
            ),
            of_model=_of_model.deviation,
            of_pool=_derived.spread_of_members,
            from_any=("member_prediction",),
            check=check_deviations,
            task="regression",
            example=lambda rng, n_samples: rng.random_sample(n_samples),
        ),
        Output(
            "label_proba",
            kind="ndarray of shape (n_samples, n_labels)",
            summary="The probability of each label, where a sample may have several.",
            way_out=(
                "Use a model with predict_proba, such as OneVsRestClassifier(LogisticRegression())"
                ", or MultilabelUncertainty('margin', 'min_margin'), which reads decisions."
            ),
            of_model=_of_model.probabilities_of_labels,
            check=check_label_proba,
            task="labels",
            example=lambda rng, n_samples: rng.random_sample((n_samples, 3)),
        ),
        Output(
            "label_decision",
            kind="ndarray of shape (n_samples, n_labels)",
            summary="The decision function of each label, where a sample may have several.",
            way_out="Use a model with decision_function, or one with predict_proba.",
            of_model=_of_model.decisions_of_labels,
            check=check_label_decision,
            task="labels",
            example=lambda rng, n_samples: rng.normal(size=(n_samples, 3)),
        ),
        Output(
            "member_label_proba",
            kind="ndarray of shape (n_members, n_samples, n_labels)",
            summary="The probability of each label by each member of a committee.",
            way_out=(
                "Make it a committee: a forest, or skal.Committee(classifier) around a classifier "
                "of several labels."
            ),
            of_model=_of_model.members_of_labels,
            check=check_member_label_proba,
            axis=1,
            task="labels",
            example=lambda rng, n_samples: rng.random_sample((5, n_samples, 3)),
        ),
        Output(
            "embedding",
            kind="{ndarray, csr} of shape (n_samples, n_dims)",
            summary=(
                "The samples in the feature space of the model: its own `embed`, else the space "
                "behind the transformers of a pipeline, else numeric X itself."
            ),
            way_out=(
                "Put a transformer that makes numbers of X in front of the classifier (a "
                "Pipeline), or give the model a method embed(X)."
            ),
            method="embed",
            of_model=_of_model.embedding,
            check=check_embedding,
            example=lambda rng, n_samples: rng.normal(size=(n_samples, 3)),
        ),
        Output(
            "predicted_loss",
            kind="ndarray of shape (n_samples,)",
            summary="The loss that the model predicts for itself.",
            way_out=(
                "Wrap the classifier in skal.loss_prediction.LossPredictingClassifier, or use a "
                "model with a method predict_loss(X)."
            ),
            method="predict_loss",
            check=check_losses,
            example=lambda rng, n_samples: rng.random_sample(n_samples),
        ),
        Output(
            "predicted",
            kind="ndarray of shape (n_samples,), dtype intp",
            summary=(
                "The predicted classes, as positions in `classes`: the most probable ones where "
                "there are probabilities."
            ),
            way_out="Use a model with a method predict(X).",
            of_model=_of_model.predicted,
            of_pool=_derived.leading_class,
            from_any=("proba", "decision"),
            task="classification",
        ),
        Output(
            "dropout_votes",
            kind="ndarray of int of shape (n_passes, n_samples)",
            summary=(
                "Classes predicted with features left out at random, as positions in `classes`; "
                "for models with a method of this name. `DropQuery` asks other models itself."
            ),
            way_out="Give the model a method dropout_votes(X).",
            method="dropout_votes",
            check=check_dropout_votes,
            axis=1,
            example=lambda rng, n_samples: rng.randint(4, size=(3, n_samples)),
            task="classification",
        ),
        Output(
            "final_step",
            kind="FinalStep(transform, predict)",
            summary=(
                "The classifier apart from the transformers of its pipeline: a function from X to "
                "the features that it takes, and one from features to predicted classes."
            ),
            way_out=(
                "Use a fitted model with a method predict(X), or pass dropout_votes= to "
                "Pool.from_arrays."
            ),
            of_model=_of_model.final_step,
            axis=None,
            task="classification",
        ),
        Output(
            "svm_kernel",
            kind='callable or "precomputed"',
            summary=(
                "The kernel of a fitted support vector machine, `KernelRidge` or "
                "`GaussianProcessRegressor`, a function of two sets of rows in the space of "
                "`embedding`."
            ),
            way_out=(
                "Use a SVC, NuSVC, SVR, NuSVR, KernelRidge or GaussianProcessRegressor, alone or "
                "at the end of a pipeline, or name a kernel."
            ),
            of_model=_of_model.kernel,
            axis=None,
        ),
        Output(
            "refit",
            kind="callable",
            summary=(
                "A function of further samples X and their labels y that returns the model "
                "fitted with them as well."
            ),
            way_out=(
                "Use a learner, whose estimator is not frozen: learner.query(X_pool, n) or "
                "learner.pool(X_pool); or pass refit= to Pool.from_arrays, a function of new "
                "samples X and their labels y that returns a fitted model."
            ),
            check=check_refit,
            axis=None,
            example=lambda rng, n_samples: ExampleRefit,
        ),
    )
}
