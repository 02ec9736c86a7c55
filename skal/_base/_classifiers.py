"""What an estimator must be to learn classes, and what its predictions must look like."""

import numpy as np
from sklearn.utils import get_tags

from ._sklearn import InvalidParameterError

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


def check_classifiers(given, name, owner):
    """Raise an error that names the way out, unless what was given can learn classes.

    Parameters
    ----------
    given : object
        What was given as an unfitted classifier, or a list of them; None for none.
    name : str
        The parameter.
    owner : str
        The class whose parameter it is.

    Raises
    ------
    InvalidParameterError
        If it is a class, lacks methods of a classifier, or is an estimator of another kind.
    """
    if given is None:
        return
    if isinstance(given, (list, tuple)):
        for position, one in enumerate(given):
            _refuse(one, f"The {name!r} parameter of {owner}", f"but estimators[{position}] is")
    else:
        _refuse(given, f"The {name!r} parameter of {owner}", "got")


def _refuse(estimator, parameter, got):
    reason = _why_not_a_classifier(estimator)
    if reason is not None:
        raise InvalidParameterError(
            f"{parameter} must be a classifier with fit, predict and get_params, or a list of "
            f"classifiers, {got} {reason}."
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
        return ". Wrap a torch module in skal.torch.TorchClassifier"
    return ". Give an instance, such as sklearn.linear_model.LogisticRegression()"


def _estimator_type(estimator):
    """Return the type that the tags of an estimator name, None if they name none."""
    try:
        return get_tags(estimator).estimator_type
    except (AttributeError, NotImplementedError):  # it does not derive from BaseEstimator
        return getattr(estimator, "_estimator_type", None)


def _shown(estimator):
    text = repr(estimator)
    return text if len(text) <= 80 else type(estimator).__name__
