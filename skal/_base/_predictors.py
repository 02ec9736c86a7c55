"""What an estimator must be to learn labels, and what its predictions must look like."""

import numpy as np

from ._sklearn import InvalidParameterError, tags_of

_WAYS_OUT = {
    "regressor": (
        "a regressor, which learns numbers and not classes. Use a classifier, on classes into "
        "which the numbers are divided, such as those of pandas.cut"
    ),
    "clusterer": (
        "a clusterer, which does not learn from labels. Use a classifier; to choose samples by "
        "clusters, give skal.strategies.KMeansSampling() as strategy"
    ),
    "outlier_detector": (
        "an outlier detector, which does not learn from labels. Use a classifier, such as "
        "sklearn.linear_model.LogisticRegression()"
    ),
    "density_estimator": (
        "a density estimator, which does not learn from labels. Use a classifier, such as "
        "sklearn.naive_bayes.GaussianNB()"
    ),
}


def check_predictors(given, name, owner, *, regressors=False):
    """Raise an error that names the way out, unless what was given can learn labels.

    Parameters
    ----------
    given : object
        What was given as an unfitted estimator, or a list of them; None for none.
    name : str
        The parameter.
    owner : str
        The class whose parameter it is.
    regressors : bool, default=False
        Whether regressors are welcome, as classifiers are. A list holds one kind.

    Raises
    ------
    InvalidParameterError
        If it is a class, lacks methods, or is an estimator of another kind.
    """
    if given is None:
        return
    parameter = f"The {name!r} parameter of {owner}"
    if not isinstance(given, (list, tuple)):
        _refuse(given, parameter, "got", regressors)
        return
    for position, one in enumerate(given):
        _refuse(one, parameter, f"but estimators[{position}] is", regressors)
    kinds = [is_regressor(one) for one in given]
    if any(kinds) and not all(kinds):
        raise InvalidParameterError(
            f"{parameter} must hold classifiers or regressors, not both, but "
            f"estimators[{kinds.index(False)}] is {_shown(given[kinds.index(False)])} and "
            f"estimators[{kinds.index(True)}] is {_shown(given[kinds.index(True)])}. Leave one "
            "kind out."
        )


def is_regressor(estimator):
    """Whether an estimator, or the first one of a list, is a regressor."""
    if isinstance(estimator, (list, tuple)):
        return bool(estimator) and is_regressor(estimator[0])
    return not isinstance(estimator, type) and _estimator_type(estimator) == "regressor"


def _refuse(estimator, parameter, got, regressors):
    if regressors and is_regressor(estimator) and hasattr(estimator, "get_params"):
        return
    reason = _why_not_a_classifier(estimator)
    if reason is not None:
        wanted = "a classifier or a regressor" if regressors else "a classifier"
        several = "estimators" if regressors else "classifiers"
        raise InvalidParameterError(
            f"{parameter} must be {wanted} with fit, predict and get_params, or a list of "
            f"{several}, {got} {reason}."
        )


def refuse_one_column(estimator, y):
    """Raise a ValueError if y is a column, and the estimator learns several columns only.

    Parameters
    ----------
    estimator : estimator
    y : ndarray of shape (n_samples,) or (n_samples, n_labels)
    """
    if y.ndim == 2 or tags_of(estimator).target_tags.single_output:
        return
    if is_regressor(estimator):
        inner = getattr(estimator, "estimator", None)
        way_out = "Use a regressor of one number in its place" + (
            "" if inner is None else f", such as the {_shown(inner)} in it"
        )
    else:
        way_out = (
            "Give y as an indicator matrix of shape (n_samples, n_labels), or use a classifier of "
            "one label in its place"
        )
    raise ValueError(
        f"y must have several columns where the estimator is a {type(estimator).__name__}, got "
        f"shape {y.shape}, one label for each sample. {way_out}."
    )


def refuse_no_classes(model):
    """Raise a TypeError if a fitted model is neither a regressor nor a classifier."""
    if is_regressor(model) or hasattr(model, "classes_"):
        return
    raise TypeError(
        "The estimator must be a classifier or a regressor, but "
        f"{_shown(model)} has no classes_ once it is fitted, and no tags of a regressor. Derive "
        "the class of a regressor from sklearn.base.RegressorMixin and "
        "sklearn.base.BaseEstimator; let the fit of a classifier set classes_."
    )


def one_column(predicted):
    """Return predictions of shape (n_samples, 1) as an array of shape (n_samples,)."""
    if getattr(predicted, "ndim", 1) == 2 and predicted.shape[1] == 1:
        return np.asarray(predicted)[:, 0]
    return predicted


def _why_not_a_classifier(estimator):
    """Say what was given in place of a classifier and what to do, None if it is a classifier."""
    if isinstance(estimator, type):
        return (
            f"the class {estimator.__name__}. Give an instance, {estimator.__name__}(...), which "
            "is cloned before it is fitted"
        )
    # A StackingClassifier whose final estimator was not named predicts only once it is fitted.
    needed = ("fit",) if _estimator_type(estimator) == "classifier" else ("fit", "predict")
    lacks = [name for name in needed if not hasattr(estimator, name)]
    if lacks:
        return f"{_shown(estimator)} without {' and '.join(lacks)}{_what_to_do(estimator)}"
    if not hasattr(estimator, "get_params"):
        return (
            f"{_shown(estimator)} without get_params. Derive its class from "
            "sklearn.base.ClassifierMixin and sklearn.base.BaseEstimator, so that it can be cloned"
        )
    way_out = _WAYS_OUT.get(_estimator_type(estimator))
    return way_out and f"{_shown(estimator)}, {way_out}"


def _what_to_do(estimator):
    if hasattr(estimator, "transform") or hasattr(estimator, "fit_transform"):
        return (
            ", a transformer. Put a classifier behind it: "
            "sklearn.pipeline.make_pipeline(transformer, classifier)"
        )
    if hasattr(estimator, "forward"):
        return ". Wrap a torch module in skal.torch.TorchClassifier or skal.torch.TorchRegressor"
    return ". Give an instance, such as sklearn.linear_model.LogisticRegression()"


def _estimator_type(estimator):
    """Return the type that the tags of an estimator name, None if they name none."""
    return tags_of(estimator).estimator_type


def _shown(estimator):
    text = repr(estimator)
    return text if len(text) <= 80 else type(estimator).__name__
