"""Looking through models: pipelines, searches, wrappers and ensembles."""

import inspect

from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags

from ._rows import numeric_rows


def is_frozen(estimator):
    """Whether `estimator` is fitted already and stays as it is."""
    return isinstance(estimator, FrozenEstimator)


def split_predictor(model, *, until=None):
    """Split a fitted `model` into its transformers and the predictor behind them.

    Looks through pipelines, searches, frozen estimators and wrappers that predict losses, as
    deep as they are nested.

    Parameters
    ----------
    model : fitted classifier
    until : str, default=None
        Name of a method; the first model that has it is the predictor.

    Returns
    -------
    transformers : list of fitted pipelines, to be applied in order
    predictor : the fitted classifier that sees what the last of them returns
    """
    transformers = []
    while until is None or not hasattr(model, until):
        if isinstance(model, Pipeline):
            transformers += [model[:-1]] if len(model) > 1 else []
            model = model[-1]
            continue
        inner = _wrapped_as_it_is(model)
        if inner is None:
            break
        model = inner
    return transformers, model


def transform_with(transformers, X):
    """Return X behind fitted transformers, which are applied in order."""
    for transformer in transformers:
        X = transformer.transform(X)
    return X


def _wrapped_as_it_is(model):
    """Return the fitted model that answers for `model` and gets X as it is, or None."""
    if is_frozen(model):
        return model.estimator
    if hasattr(model, "best_estimator_"):
        return model.best_estimator_
    if hasattr(model, "predict_loss"):
        return getattr(model, "estimator_", None)
    return None


def embed_with(model, X):
    """Return X in the space where the fitted `model` tells samples apart.

    That is what the model's own `embed` says, else what the transformers of its pipeline
    make of X, else X itself; None where that is not numeric. Models built of several are
    represented by their first one.
    """
    if hasattr(model, "embed"):
        return model.embed(X)
    if isinstance(model, Pipeline):
        return embed_with(model[-1], model[:-1].transform(X) if len(model) > 1 else X)
    inner = _first_inside(model)
    return numeric_rows(X) if inner is None else embed_with(inner, X)


def _first_inside(model):
    """Return the first fitted model that a meta-estimator hands X to as it is, or None."""
    inner = _wrapped_as_it_is(model)
    if inner is not None:
        return inner
    if hasattr(model, "calibrated_classifiers_"):
        return model.calibrated_classifiers_[0].estimator
    if hasattr(model, "named_estimators_"):  # voting and stacking
        return model.estimators_[0]
    return None


def unfitted_transformers(estimator):
    """Return clones of the transformers in front of an unfitted classifier.

    Returns
    -------
    transformers : Pipeline or None
        None where there are no transformers, or where one of them needs labels.
    """
    while not isinstance(estimator, Pipeline):
        inner = _wrapped(estimator)
        if inner is None:
            return None
        estimator = inner
    front = estimator[:-1]
    if not len(front) or any(_needs_labels(part) for part in _parts(front)):
        return None
    return clone(front)


def _wrapped(estimator):
    """Return the estimator that a meta-estimator is built around, or None."""
    for name in ("estimator", "estimators"):
        inner = getattr(estimator, name, None)
        if isinstance(inner, (list, tuple)) and len(inner):
            inner = inner[0][1] if isinstance(inner[0], tuple) else inner[0]
        if hasattr(inner, "get_params"):
            return inner
    return None


def _parts(pipeline):
    nested = pipeline.get_params(deep=True).values()
    return [part for part in nested if hasattr(part, "fit") and not isinstance(part, type)]


def _needs_labels(transformer):
    """Whether a transformer cannot be fitted without y, as far as it can be told beforehand."""
    if get_tags(transformer).target_tags.required:
        return True
    if hasattr(transformer, "get_support") and type(transformer).__name__ != "VarianceThreshold":
        return True  # feature selection by a model or by scores, whose tags do not tell
    y = inspect.signature(transformer.fit).parameters.get("y")
    return y is not None and y.default is inspect.Parameter.empty


def is_forest(model):
    """Whether `model` is a fitted forest: trees that see X as the forest validated it."""
    return hasattr(model, "estimators_") and hasattr(model, "_validate_X_predict")


def grow(estimator, template):
    """Let the next warm-started `fit` of an ensemble add as many members as it began with.

    Ensembles go on from where they are only if they are asked for more members.
    """
    name = "n_estimators"
    if hasattr(estimator, "n_iter_") and hasattr(estimator, "_predictors"):
        name = "max_iter"  # histogram gradient boosting
    params = estimator.get_params(deep=False)
    if name in params:
        estimator.set_params(**{name: params[name] + template.get_params(deep=False)[name]})
