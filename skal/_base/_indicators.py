"""Several labels a sample: indicator matrices, and what models of them say of each label."""

import numpy as np
import scipy.sparse as sp

from ._arrays import as_array
from ._label_lists import refuse_lists_of_labels
from ._masks import refuse_mask
from ._models import is_frozen, split_predictor, transform_with
from ._sklearn import learns_several_labels, predicts_a_constant, tags_of


def is_indicator(y):
    """Whether labels are a matrix of two or more columns: one column for each label."""
    shape = getattr(y, "shape", None)
    if shape is None and isinstance(y, (list, tuple)) and len(y):
        first = y[0]
        return not isinstance(first, (str, bytes)) and hasattr(first, "__len__") and len(first) > 1
    return shape is not None and len(shape) == 2 and shape[1] > 1


def check_indicators(y, caller, estimator=()):
    """Return an indicator matrix as integers of shape (n_samples, n_labels), 0 and 1.

    Refused are missing entries, numbers that are neither 0 nor 1, and any matrix for an estimator,
    or a list of them, that does not learn one; an empty list stands for any. `caller` is the name
    of what learns, for the message.
    """
    refuse_lists_of_labels(y)
    values = y.toarray() if sp.issparse(y) else as_array(refuse_mask(y, "y"), "y")
    if values.ndim != 2 or not takes_indicators(estimator):
        raise ValueError(
            f"y should be a 1d array, got an array of shape {values.shape} instead: several "
            f"labels a sample, which the estimator of {caller}, {estimator!r}, does not learn. "
            "Use one that does, such as sklearn.multiclass.OneVsRestClassifier(...) around it, "
            "or give y of shape (n_samples,), with one class for each sample."
        )
    if values.dtype.kind in "fO":
        missing = np.argwhere(values != values) if values.dtype.kind == "f" else _none_at(values)
        if len(missing):
            row, column = missing[0]
            raise ValueError(
                f"y must say for every sample which labels it has, but y[{row}, {column}] is "
                "missing. Leave samples without all labels in the pool, or put 0 where a label "
                "does not apply."
            )
    if values.dtype.kind not in "biufO" or not np.isin(values, (0, 1)).all():
        raise ValueError(
            f"y must hold 0 and 1 where {caller} learns several labels a sample, one column for "
            f"each label, got {_example(values)!r}. Text and lists of labels become such a matrix "
            "by sklearn.preprocessing.MultiLabelBinarizer; one column of classes is y of shape "
            "(n_samples,)."
        )
    return values.astype(np.int64)


def _none_at(values):
    return np.argwhere([[one is None or one != one for one in row] for row in values])


def _example(values):
    flat = values.ravel().tolist()
    return next((one for one in flat if one not in (0, 1)), flat[:1])


def takes_indicators(estimator):
    """Whether an unfitted estimator, by its tags, learns several labels a sample."""
    if isinstance(estimator, (list, tuple)):
        return all(map(takes_indicators, estimator))
    if is_frozen(estimator):
        return True  # it learns nothing; what it predicts is for `refuse_other_labels`
    return learns_several_labels(tags_of(estimator))


def n_labels_of(model):
    """Return how many labels a fitted model predicts for each sample, None for one of classes."""
    if isinstance(model, (list, tuple)):
        return n_labels_of(model[0]) if model else None
    predictor = split_predictor(model)[1]
    if hasattr(predictor, "n_labels_"):
        return predictor.n_labels_
    classes = getattr(predictor, "classes_", None)
    if isinstance(classes, (list, tuple)):  # trees, neighbors, several outputs, chains
        return len(classes)
    if getattr(predictor, "multilabel_", False):  # one against the rest
        return len(classes)
    # Networks and ridge classifiers keep how they read y.
    binarizer = getattr(predictor, "_label_binarizer", None)
    if str(getattr(binarizer, "y_type_", "")).startswith("multilabel"):
        return len(classes)
    return None


def refuse_other_labels(model, y):
    """Raise a ValueError if labels are of another kind than those that a trained model predicts.

    Parameters
    ----------
    model : fitted estimator
    y : ndarray of shape (n_samples,) or (n_samples, n_labels)
    """
    n_labels = n_labels_of(model)
    expected = () if n_labels is None else (n_labels,)
    if y.shape[1:] != expected:
        kind = "one label" if n_labels is None else f"{n_labels} labels"
        shape = "(n_samples,)" if n_labels is None else f"(n_samples, {n_labels})"
        raise ValueError(
            f"y must have the shape {shape}, because {model!r}, which was trained before, "
            f"predicts {kind} for each sample, got shape {y.shape}. Give such labels, or an "
            f"estimator that is to be fitted.{_hint_for_others(model, y)}"
        )


def _hint_for_others(model, y):
    """Return how a model of another library says that it predicts several labels."""
    if n_labels_of(model) is not None or y.ndim != 2:
        return ""
    name = type(split_predictor(model)[1]).__name__
    return (
        f" If this {name} does predict {y.shape[1]} labels for each sample, give it the attribute "
        f"n_labels_ = {y.shape[1]}, by which models of other libraries say so."
    )


def gives_label_proba(model):
    """Whether a fitted model has probabilities for each label."""
    return n_labels_of(model) is not None and hasattr(model, "predict_proba")


def label_proba(model, X, **predict_params):
    """Return the probability of each label, of shape (n_samples, n_labels).

    Models answer in five shapes: an array of this shape; a list with an array of shape
    (n_samples, 2) for each label; in it arrays of shape (n_samples, 1) for labels of which only
    one value was seen; and such lists as one array, of shape (n_labels, n_samples, 2) or
    (n_samples, n_labels, 2).
    """
    answer = model.predict_proba(X, **predict_params)
    n_labels, classes = n_labels_of(model), split_predictor(model)[1].classes_
    if isinstance(answer, (list, tuple)):
        return _columns(answer, classes)
    answer = np.asarray(answer)
    if answer.ndim == 2:
        return answer
    if answer.ndim == 3 and answer.shape[1] == n_labels != len(answer):
        return answer[:, :, 1]
    return answer[:, :, 1].T


def _columns(answers, classes):
    """Return what is said of each label as columns; a value that was never seen has none."""
    known = classes if isinstance(classes, (list, tuple)) else [np.array([0, 1])] * len(answers)
    columns = np.zeros((len(answers[0]), len(answers)))
    for column, (proba, values) in enumerate(zip(answers, known, strict=True)):
        place = np.flatnonzero(np.asarray(values) == 1)
        if len(place):
            columns[:, column] = np.asarray(proba)[:, place[0]]
    return columns


def gives_label_decision(model):
    """Whether a fitted model has a decision function for each label."""
    if n_labels_of(model) is None:
        return False
    return hasattr(model, "decision_function") or _has_decisions(split_predictor(model)[1])


def _has_decisions(predictor):
    """Whether a model of one estimator a label lacks a decision function that these have."""
    parts = getattr(predictor, "estimators_", None)
    is_one_each = parts is not None and len(parts) == n_labels_of(predictor)
    return is_one_each and all(hasattr(one, "decision_function") for one in parts)


def label_decision(model, X):
    """Return the decision function of each label, of shape (n_samples, n_labels).

    It is infinite for labels of which only one value was seen.
    """
    transformers, predictor = split_predictor(model)
    if not hasattr(model, "decision_function"):
        X = transform_with(transformers, X)
        return np.column_stack([one.decision_function(X) for one in predictor.estimators_])
    decision = np.array(model.decision_function(X), dtype=np.float64)
    parts = getattr(predictor, "estimators_", ())
    for label, one in enumerate(parts if len(parts) == decision.shape[1] else ()):
        if predicts_a_constant(one):
            decision[:, label] = np.where(decision[:, label] > 0, np.inf, -np.inf)
    return decision
