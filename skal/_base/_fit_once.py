"""Transformers of an estimator, fitted once and kept through all later fits."""

from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline

from ._models import is_frozen, needs_labels
from ._seeds import set_random_states


def with_fitted_transformers(estimator, X, seed):
    """Return a copy of a classifier whose first transformers are fitted on X and frozen.

    The first transformers are those in front of the first step that needs labels. They are fitted
    in pipelines and in the members of committees, of `VotingClassifier` and of
    `CalibratedClassifierCV`. Other estimators are cloned as they are: a search, for instance, may
    vary the parameters of its transformers.

    Parameters
    ----------
    estimator : classifier, or list of classifiers
        Not changed.
    X : rows of shape (n_samples, ...)
        Samples, with and without labels.
    seed : int
        Gives a seed to every `random_state` of a transformer that is None.

    Returns
    -------
    estimator : classifier, or list of classifiers
    """
    if isinstance(estimator, Pipeline):
        return _with_fitted_steps(estimator, X, seed)
    if isinstance(estimator, (list, tuple)):
        return type(estimator)(_of_member(member, X, seed) for member in estimator)
    name = _member_parameter(estimator)
    if name is None:
        return clone(estimator)
    members = with_fitted_transformers(getattr(estimator, name), X, seed)
    return clone(estimator).set_params(**{name: members})


def _member_parameter(estimator):
    """Return the parameter with the classifiers to which an estimator passes X as it is, or None.

    The classes are known by their names, because committees stand above this package.
    """
    names = {
        "CalibratedClassifierCV": "estimator",
        "Committee": "estimators",
        "VotingClassifier": "estimators",
    }
    name = names.get(type(estimator).__name__)
    return None if name is None or getattr(estimator, name, None) is None else name


def _of_member(member, X, seed):
    if isinstance(member, tuple):  # a name and an estimator
        return (member[0], _of_member(member[1], X, seed))
    return with_fitted_transformers(member, X, seed) if hasattr(member, "get_params") else member


def _with_fitted_steps(pipeline, X, seed):
    pipeline = clone(pipeline)
    n_first = _count_first_transformers(pipeline)
    if n_first:
        front = Pipeline(pipeline.steps[:n_first], transform_input=pipeline.transform_input)
        set_random_states(front, seed, only_missing=True)
        front.fit(X)
        frozen = [(name, _frozen(step)) for name, step in front.steps]
        pipeline.steps = frozen + pipeline.steps[n_first:]
    if n_first == len(pipeline.steps) - 1:
        # What stands in the last place may be a pipeline, too, and gets the transformed rows.
        name, last = pipeline.steps[-1]
        if isinstance(last, Pipeline):
            inner = with_fitted_transformers(last, front.transform(X) if n_first else X, seed)
            pipeline.steps = [*pipeline.steps[:-1], (name, inner)]
    return pipeline


def _count_first_transformers(pipeline):
    """Return how many steps stand in front of the predictor and the first that needs labels."""
    count = 0
    for _, step in pipeline.steps[:-1]:
        if not _is_passed_over(step) and (not hasattr(step, "transform") or needs_labels(step)):
            break
        count += 1
    return count


def _is_passed_over(step):
    return step is None or isinstance(step, str)  # "passthrough"


def _frozen(step):
    return step if _is_passed_over(step) or is_frozen(step) else FrozenEstimator(step)
