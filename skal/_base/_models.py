"""Access to the parts of models: pipelines, searches, wrappers and ensembles."""

import inspect

from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags

from ._rows import numeric_rows, take_columns


def is_frozen(estimator):
    """Return whether `estimator` is a `FrozenEstimator`, which `fit` leaves unchanged."""
    return isinstance(estimator, FrozenEstimator)


def split_predictor(model, *, until=None):
    """Split a fitted `model` into its transformers and the predictor behind them.

    Pipelines, searches, frozen estimators and wrappers that predict losses are unwrapped, however
    deeply they are nested.

    Parameters
    ----------
    model : fitted classifier
    until : str, default=None
        Name of a method. Unwrapping ends at the first model that has it; None unwraps all.

    Returns
    -------
    transformers : list of fitted pipelines
        To be applied to X in order.
    predictor : fitted classifier
        The classifier that gets the output of the last transformer.
    """
    transformers = []
    while until is None or not hasattr(model, until):
        if isinstance(model, Pipeline):
            front = transformers_of(model)
            transformers += [] if front is None else [front]
            model = model[-1]
            continue
        inner = _wrapped_as_it_is(model)
        if inner is None:
            break
        model = inner
    return transformers, model


def transformers_of(pipeline):
    """Return the steps in front of the predictor of a pipeline as a pipeline, None without any.

    Samplers, as in pipelines of imbalanced-learn, change the samples in `fit` only. When the
    pipeline predicts, they do nothing, so they are left out.
    """
    front = pipeline[:-1]
    if any(_is_sampler(step) for _, step in front.steps):
        front = Pipeline([(name, step) for name, step in front.steps if not _is_sampler(step)])
    return front if len(front.steps) else None


def _is_sampler(step):
    return hasattr(step, "fit_resample") and not hasattr(step, "transform")


def coded_classes(model):
    """Return the labels for which the predictor inside a fitted `model` knows codes, or None."""
    while model is not None:
        if hasattr(model, "passes_X_to_"):
            return model.classes_
        model = model[-1] if isinstance(model, Pipeline) else _wrapped_as_it_is(model)
    return None


def transform_with(transformers, X):
    """Apply fitted transformers to X in order."""
    for transformer in transformers:
        X = transformer.transform(X)
    return X


def _wrapped_as_it_is(model):
    """Return the fitted model to which `model` passes X unchanged, None if it is not a wrapper."""
    if is_frozen(model):
        return model.estimator
    if hasattr(model, "passes_X_to_"):
        return model.passes_X_to_
    if hasattr(model, "best_estimator_"):
        return model.best_estimator_
    if hasattr(model, "predict_loss"):
        # Networks predict losses too, but wrap no estimator.
        return getattr(model, "estimator_", None)
    return None


def embed_with(model, X):
    """Return X in the feature space of a fitted `model`.

    The space is the output of the model's own `embed`, else the output of the transformers of its
    pipeline, else X itself. A meta-estimator of several models is represented by the first one.

    Returns
    -------
    rows : ndarray or csr matrix of shape (n_samples, n_dims), or None
        None where X in that space is not numeric.
    """
    if hasattr(model, "embed"):
        return model.embed(X)
    if isinstance(model, Pipeline):
        front = transformers_of(model)
        return embed_with(model[-1], X if front is None else front.transform(X))
    inner = _first_inside(model)
    return numeric_rows(columns_learned(model, X)) if inner is None else embed_with(inner, X)


def embeds_as_given(model):
    """Return whether the feature space of a fitted `model` is that of X itself."""
    while not hasattr(model, "embed"):
        if isinstance(model, Pipeline):
            if transformers_of(model) is not None:
                return False
            model = model[-1]
            continue
        inner = _first_inside(model)
        if inner is None:
            return True
        model = inner
    return getattr(model, "_embeds_as_given", False)


def columns_learned(model, X):
    """Return X with the columns that a fitted `model` learned, in their order, if X has names."""
    names = getattr(model, "feature_names_in_", None)
    return X if names is None or not hasattr(X, "columns") else take_columns(X, names)


def _first_inside(model):
    """Return the first fitted model to which a meta-estimator passes X unchanged, or None."""
    inner = _wrapped_as_it_is(model)
    if inner is not None:
        return inner
    if hasattr(model, "calibrated_classifiers_"):
        return model.calibrated_classifiers_[0].estimator
    if hasattr(model, "named_estimators_"):  # voting and stacking
        return model.estimators_[0]
    return None


def learned_transformers(model):
    """Whether a fitted `model` has transformers that were fitted along with it."""
    while model is not None:
        if isinstance(model, Pipeline):
            front = transformers_of(model)
            if front is not None and any(_has_learned(step) for _, step in front.steps):
                return True
            model = model[-1]
        elif is_frozen(model):
            return False
        else:
            members = getattr(model, "members_", None)  # of a committee
            model = members[0] if members else _first_inside(model)
    return False


def _has_learned(step):
    # Steps may also be the text "passthrough".
    return hasattr(step, "fit") and not is_frozen(step) and get_tags(step).requires_fit


def unfitted_transformers(estimator):
    """Return clones of the transformers in front of an unfitted classifier.

    Returns
    -------
    transformers : Pipeline or None
        None if there are no transformers, or if one of them needs labels.
    """
    while not isinstance(estimator, Pipeline):
        inner = _wrapped(estimator)
        if inner is None:
            return None
        estimator = inner
    front = transformers_of(estimator)
    return None if front is None or needs_labels(front) else clone(front)


def _wrapped(estimator):
    """Return the unfitted estimator that a meta-estimator wraps, the first of several, or None."""
    for name in ("estimator", "estimators"):
        inner = getattr(estimator, name, None)
        if isinstance(inner, (list, tuple)) and len(inner):
            inner = inner[0][1] if isinstance(inner[0], tuple) else inner[0]
        if hasattr(inner, "get_params"):
            return inner
    return None


def needs_labels(transformer):
    """Return whether a transformer, or one inside it, needs y in `fit`, as far as is known."""
    params = transformer.get_params(deep=True) if hasattr(transformer, "get_params") else {}
    params = {"": transformer, **params}
    frozen = tuple(f"{name}__" if name else "" for name, part in params.items() if is_frozen(part))
    parts = [part for name, part in params.items() if not name.startswith(frozen)]
    return any(
        _needs_labels(part)
        for part in parts
        if hasattr(part, "fit") and not isinstance(part, type) and not is_frozen(part)
    )


def _needs_labels(transformer):
    if get_tags(transformer).target_tags.required:
        return True
    if hasattr(transformer, "get_support") and type(transformer).__name__ != "VarianceThreshold":
        return True  # supervised feature selection, which does not say so in its tags
    y = inspect.signature(transformer.fit).parameters.get("y")
    return y is not None and y.default is inspect.Parameter.empty


def is_forest(model):
    """Return whether `model` is a fitted forest, whose trees get X as the forest validated it."""
    return hasattr(model, "estimators_") and hasattr(model, "_validate_X_predict")


def grow(estimator, template):
    """Let the next warm-started `fit` of an ensemble add as many members as the `template` has.

    An ensemble with `warm_start=True` fits new members only if its number of members grows.
    """
    name = "n_estimators"
    if hasattr(estimator, "n_iter_") and hasattr(estimator, "_predictors"):
        name = "max_iter"  # histogram gradient boosting
    params = estimator.get_params(deep=False)
    if name in params:
        estimator.set_params(**{name: params[name] + template.get_params(deep=False)[name]})
