"""The only module that uses scikit-learn's private API or depends on its version."""

from numbers import Integral, Real

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import ClassifierTags, RegressorTags, _safe_indexing, get_tags
from sklearn.utils._param_validation import (
    HasMethods,
    Interval,
    InvalidParameterError,
    StrOptions,
    validate_parameter_constraints,
)
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping, process_routing
from sklearn.utils.validation import (
    _check_feature_names,
    _check_n_features,
    _is_arraylike,
    _num_samples,
    validate_data,
)

try:
    from sklearn.utils._repr_html.estimator import _VisualBlock
except ImportError:  # scikit-learn < 1.7
    from sklearn.utils._estimator_html_repr import _VisualBlock
try:
    from sklearn.utils.metadata_routing import _routing_enabled
except ImportError:  # scikit-learn < 1.7
    from sklearn.utils._metadata_requests import _routing_enabled

# Names that are imported only to be handed on; all other names are defined below.
__all__ = [
    "HasMethods",
    "Integral",
    "Interval",
    "InvalidParameterError",
    "MetadataRouter",
    "MethodMapping",
    "Real",
    "StrOptions",
    "_check_feature_names",
    "_check_n_features",
    "_is_arraylike",
    "_num_samples",
    "_safe_indexing",
    "validate_data",
]


def validate_params(estimator):
    """Check the parameters of `estimator` against its declared constraints."""
    constraints = estimator._parameter_constraints
    # get_params would inspect the signature of the constructor in every call.
    params = {name: getattr(estimator, name) for name in constraints if hasattr(estimator, name)}
    validate_parameter_constraints(constraints, params, caller_name=type(estimator).__name__)


def check_count(value, name):
    """Return `value` as an int, or raise an error if it is not a positive integer."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Integral):
        raise InvalidParameterError(
            f"{name} must be a positive integer, got {value!r} of type {type(value).__name__}."
        )
    if value < 1:
        raise InvalidParameterError(f"{name} must be a positive integer, got {name}={value}.")
    return int(value)


def route(router, method, params, *, to="estimator"):
    """Return the parameters that `router` passes to one of its estimators, `to`."""
    if _routing_enabled() and params:
        return process_routing(router, method, **params)[to][method]
    return params


def tags_of(estimator):
    """Return the tags of an estimator, the usual ones if it does not derive from BaseEstimator.

    Such an estimator may have the attribute `_estimator_type`; its own errors say what labels it
    cannot learn.
    """
    try:
        return get_tags(estimator)
    except (AttributeError, NotImplementedError):
        tags = get_tags(BaseEstimator())
        tags.estimator_type = getattr(estimator, "_estimator_type", None)
        tags.target_tags.multi_output = True
        return tags


def take_over_tags(tags, estimators):
    """Return the `tags` of a meta-estimator, as the tags of all its `estimators` allow."""
    inner = [tags_of(estimator) for estimator in estimators]
    learns_numbers = all(one.estimator_type == "regressor" for one in inner)
    tags.estimator_type = "regressor" if learns_numbers else "classifier"
    tags.target_tags.required = True
    tags.classifier_tags = None if learns_numbers else ClassifierTags()
    tags.regressor_tags = RegressorTags() if learns_numbers else None
    for name in ("sparse", "allow_nan", "string", "categorical", "three_d_array"):
        shared = all(getattr(one.input_tags, name) for one in inner)
        setattr(tags.input_tags, name, shared)
    for name in ("two_d_array", "positive_only", "pairwise"):
        needed = any(getattr(one.input_tags, name) for one in inner)
        setattr(tags.input_tags, name, needed)
    tags.non_deterministic = any(one.non_deterministic for one in inner)
    if not learns_numbers:
        tags.classifier_tags.multi_class = all(
            one.classifier_tags is None or one.classifier_tags.multi_class for one in inner
        )
        tags.classifier_tags.multi_label = all(map(learns_several_labels, inner))
    return tags


def learns_several_labels(tags):
    """Whether an estimator with these tags learns indicator matrices."""
    by_classifier = tags.classifier_tags is not None and tags.classifier_tags.multi_label
    return by_classifier or tags.target_tags.multi_output


def predicts_a_constant(estimator):
    """Whether one of several classifiers saw one value only, and so has no decision function.

    :class:`~sklearn.multiclass.OneVsRestClassifier` puts such a one in the place of a label that
    does not vary; its decisions of 0 would look like doubt.
    """
    return type(estimator).__name__ == "_ConstantPredictor"


def visual_block(whole, parts):
    """Return the diagram of an object with others in it, which stand side by side.

    Parameters
    ----------
    whole : estimator or strategy
        What is drawn.
    parts : list of (str, estimator or strategy)
        What is in it, by the name of the parameter, perhaps none.
    """
    if not parts:
        name = type(whole).__name__
        return _VisualBlock("single", whole, names=name, name_details=str(whole))
    names = [f"{name}: {type(part).__name__}" for name, part in parts]
    details = [str(part) for _, part in parts]
    return _VisualBlock("parallel", [part for _, part in parts], names=names, name_details=details)


def metric_name(scorer):
    """Return the name of the metric of a scorer of scikit-learn, None for any other callable."""
    return getattr(getattr(scorer, "_score_func", None), "__name__", None)


def response_method(scorer):
    """Return the method, or the methods, of a model that a scorer of scikit-learn reads.

    None is returned for a callable that scikit-learn did not make, of which it is not known.
    """
    return getattr(scorer, "_response_method", None)
