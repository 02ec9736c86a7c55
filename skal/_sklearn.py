"""The one door to scikit-learn's internals, to its versions and to kinds of data."""

import copy
import functools
import inspect
import sys
from numbers import Integral, Real

import numpy as np
import scipy.sparse as sp
from sklearn import get_config
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils import _safe_indexing, check_array, check_random_state, get_tags, indexable
from sklearn.utils._param_validation import (
    HasMethods,
    Interval,
    InvalidParameterError,
    StrOptions,
    validate_parameter_constraints,
)
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping, process_routing
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import (
    _check_feature_names,
    _check_n_features,
    _is_arraylike,
    _num_samples,
    assert_all_finite,
    column_or_1d,
    validate_data,
)

try:
    from sklearn.utils.metadata_routing import _routing_enabled
except ImportError:  # scikit-learn < 1.7
    from sklearn.utils._metadata_requests import _routing_enabled

# What other modules take from here as it is; everything else is defined below.
__all__ = [
    "HasMethods",
    "Integral",
    "Interval",
    "MetadataRouter",
    "MethodMapping",
    "Real",
    "StrOptions",
    "validate_data",
]


# Parameters ---------------------------------------------------------------------------


def random_state(seed=None):
    """Return a `RandomState`; None means fresh entropy, never NumPy's global generator."""
    if seed is None:
        return np.random.RandomState(np.random.SeedSequence().generate_state(8))
    return check_random_state(seed)


def validate_params(estimator):
    """Check the parameters of `estimator` against its declared constraints."""
    validate_parameter_constraints(
        estimator._parameter_constraints,
        estimator.get_params(deep=False),
        caller_name=type(estimator).__name__,
    )


def check_count(value, name):
    """Return `value` as an int, or refuse what is no positive integer."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Integral):
        raise InvalidParameterError(
            f"{name} must be a positive integer, got {value!r} of type {type(value).__name__}."
        )
    if value < 1:
        raise InvalidParameterError(f"{name} must be a positive integer, got {name}={value}.")
    return int(value)


def working_memory():
    """Return how many bytes a chunk of temporary data may take."""
    return int(get_config()["working_memory"] * 2**20)


def route(router, method, params, *, to="estimator"):
    """Return those of `params` that `router` hands on to one of its estimators."""
    if _routing_enabled() and params:
        return process_routing(router, method, **params)[to][method]
    return params


# Rows ---------------------------------------------------------------------------------


def num_rows(X):
    """Return the number of samples in anything scikit-learn takes for X, or a dataset."""
    if is_dataset(X) and not hasattr(X, "__len__"):
        raise TypeError(
            f"X must say how many samples it holds, but {type(X).__name__} has no length. "
            "Use a map-style dataset, with __len__ and __getitem__."
        )
    return _num_samples(X)


def is_dataset(X):
    """Whether X is a dataset: it gives samples one by one, and is no list and no array."""
    has_items = hasattr(X, "__getitem__") and not isinstance(X, (str, bytes, list, tuple, dict))
    return has_items and not hasattr(X, "shape") and not hasattr(X, "__array__")


class DatasetRows:
    """Some samples of one or more datasets, read only when they are asked for.

    Parameters
    ----------
    sources : list of datasets
        Where the samples are.
    places : ndarray of int of shape (n_samples, 2)
        For each sample its source, and its position there.
    """

    def __init__(self, sources, places):
        self.sources = sources
        self.places = places

    @classmethod
    def of(cls, dataset):
        """Return all samples of a dataset."""
        if isinstance(dataset, cls):
            return dataset
        positions = np.arange(num_rows(dataset))
        return cls([dataset], np.column_stack([np.zeros_like(positions), positions]))

    def __len__(self):
        return len(self.places)

    def __getitem__(self, i):
        source, position = self.places[i].tolist()
        return self.sources[source][position]

    def take(self, rows):
        """Return the samples at some positions, or in a slice."""
        return DatasetRows(self.sources, self.places[rows])

    def followed_by(self, other):
        """Return these samples and then those of another dataset."""
        other = DatasetRows.of(other)
        shifted = other.places + [len(self.sources), 0]
        return DatasetRows(self.sources + other.sources, np.concatenate([self.places, shifted]))


def take_rows(X, rows):
    """Return the `rows` (positions or a slice) of X, of the same kind as X."""
    if is_dataset(X):
        return DatasetRows.of(X).take(rows)
    X = indexable(X)[0]
    if isinstance(rows, slice) and hasattr(X, "shape") and not hasattr(X, "columns"):
        return X[rows]  # a view where NumPy can give one
    return _safe_indexing(X, rows)


def concat_rows(first, second):
    """Return the rows of `first` and then those of `second`, of the same kind as `first`."""
    if is_dataset(first):
        _refuse_unless(is_dataset(second), first, second)
        return DatasetRows.of(first).followed_by(second)
    first, second = indexable(first)[0], indexable(second)[0]
    if hasattr(first, "columns") or hasattr(second, "columns"):
        return _concat_frames(first, second)
    if sp.issparse(first):
        _refuse_unless(sp.issparse(second), first, second)
        return sp.vstack([first, second], format=first.format)
    if isinstance(first, (list, tuple)):
        return [*first, *second]
    _refuse_unless(not sp.issparse(second) and not is_dataset(second), first, second)
    second = np.asarray(second)
    if first.shape[1:] != second.shape[1:]:
        raise ValueError(
            f"X must have the shape of the samples labeled so far, (n_samples, "
            f"{', '.join(map(str, first.shape[1:]))}), got an array of shape {second.shape}."
        )
    return np.concatenate([np.asarray(first), second])


def _concat_frames(first, second):
    _refuse_unless(type(first) is type(second), first, second)
    check_same_columns(list(first.columns), second)
    second = second[list(first.columns)]
    library = sys.modules[type(first).__module__.partition(".")[0]]
    if hasattr(first, "iloc"):
        return library.concat([first, second], ignore_index=True)
    return library.concat([first, second], how="vertical_relaxed")


def _refuse_unless(same_kind, first, second):
    if not same_kind:
        raise ValueError(
            f"X must be of the same kind as the samples labeled so far, "
            f"{type(first).__name__}, got {type(second).__name__}."
        )


def check_same_columns(names, frame):
    """Refuse a data frame that lacks one of the columns `names`."""
    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise ValueError(
            f"X must have the columns seen in fit; missing: {missing}, got: {list(frame.columns)}."
        )


def remember_columns(learner, X):
    """Set `n_features_in_` and `feature_names_in_` of `learner` from X where X has them."""
    if is_dataset(X):
        return
    _check_feature_names(learner, X, reset=True)
    _check_n_features(learner, X, reset=True)


def check_columns(learner, X):
    """Refuse X with other columns than the `learner` saw in `fit`."""
    if is_dataset(X):
        return
    if hasattr(X, "columns") and hasattr(learner, "feature_names_in_"):
        # Estimators that pick columns by name welcome further ones, so only what is
        # missing is refused here; stricter estimators refuse the rest themselves.
        check_same_columns(learner.feature_names_in_, X)
    elif hasattr(learner, "n_features_in_"):
        _check_n_features(learner, X, reset=False)


def numeric_rows(X):
    """Return X as rows of floats, dense `(n_samples, n_dims)` or csr; None if it is not numeric.

    Arrays of more than two dimensions are flattened to one row per sample.
    """
    if sp.issparse(X):
        return X.tocsr()
    if not _is_numeric(X):
        return None
    X = check_array(
        X, dtype=[np.float64, np.float32], allow_nd=True, ensure_all_finite=False, order=None
    )
    return X.reshape(len(X), -1)


def _is_numeric(X):
    array = np.asarray(X)
    if array.ndim < 2:
        return False
    if array.dtype.kind == "O":
        return not any(isinstance(value, str) for value in array[:1].ravel()) and all(
            _is_number(value) for value in array.ravel()
        )
    return array.dtype.kind in "biuf"


def _is_number(value):
    return value is None or isinstance(value, Real) or type(value).__name__ == "NAType"


def all_finite(rows):
    """Whether rows of numbers, dense or csr, hold neither NaN nor infinity."""
    return bool(np.isfinite(rows.data if sp.issparse(rows) else rows).all())


# Labels and what comes with them --------------------------------------------------------


def check_labels(y, caller):
    """Return the class labels `y` as a 1-d array without missing values."""
    if y is None:
        raise ValueError(f"{caller} requires y to be passed, but the target y is None.")
    y = column_or_1d(y, warn=True)
    if y.dtype.kind == "O":
        missing = [i for i, label in enumerate(y) if label is None or label != label]
        if missing:
            raise ValueError(
                f"y must hold a label for every sample, but y[{missing[0]}] is missing. "
                "Leave samples without a label in the pool."
            )
    elif y.dtype.kind == "f":
        assert_all_finite(y, input_name="y", estimator_name=caller)
    if y.dtype.kind not in "biuU":  # these are labels for sure, and looking costs time
        check_classification_targets(y)
    return y


def sample_aligned(params, n_samples):
    """Return the names in `params` whose values have one entry per sample."""
    return {
        name
        for name, value in params.items()
        if (_is_arraylike(value) or sp.issparse(value)) and _num_samples(value) == n_samples
    }


def take_params(params, n_samples, rows):
    """Return `params` with the given `rows` of what has one entry per sample."""
    aligned = sample_aligned(params, n_samples)
    return {
        name: take_rows(value, rows) if name in aligned else value
        for name, value in params.items()
    }


# Models -------------------------------------------------------------------------------


def is_frozen(estimator):
    """Whether `estimator` is fitted already and stays as it is."""
    return isinstance(estimator, FrozenEstimator)


def fresh_seed():
    """Return a seed that nobody knows, without the cost of a generator."""
    return int(np.random.SeedSequence().generate_state(1)[0])


def set_random_states(estimator, seed, *, only_missing=False):
    """Give the `random_state`s of an estimator and its parts seeds of their own.

    Parameters
    ----------
    estimator : estimator
        Changed in place; what is frozen within it stays as it is.
    seed : int
        What the seeds are derived from.
    only_missing : bool, default=False
        Whether to leave those alone that are not None.
    """
    params = estimator.get_params(deep=True)
    names = [name for name in params if name.rpartition("__")[2] == "random_state"]
    frozen = tuple(f"{name}__" for name, value in params.items() if is_frozen(value))
    # The outermost first, so that what is inside does not change the seeds outside.
    names = [name for name in names if not name.startswith(frozen)]
    names.sort(key=lambda name: (name.count("__"), name))
    if only_missing:
        names = [name for name in names if params[name] is None]
    if names:
        seeds = np.random.SeedSequence(seed).generate_state(len(names)) >> 1  # below 2**31
        estimator.set_params(**dict(zip(names, seeds.tolist(), strict=True)))


def take_over_tags(tags, estimators):
    """Return the `tags` of a meta-estimator that takes what all its `estimators` take."""
    inner = [get_tags(estimator) for estimator in estimators]
    for name in ("sparse", "allow_nan", "string", "categorical", "three_d_array"):
        shared = all(getattr(one.input_tags, name) for one in inner)
        setattr(tags.input_tags, name, shared)
    for name in ("two_d_array", "positive_only", "pairwise"):
        needed = any(getattr(one.input_tags, name) for one in inner)
        setattr(tags.input_tags, name, needed)
    tags.non_deterministic = any(one.non_deterministic for one in inner)
    tags.classifier_tags.multi_class = all(
        one.classifier_tags is None or one.classifier_tags.multi_class for one in inner
    )
    return tags


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


def _wrapped_as_it_is(model):
    """Return the fitted model that answers for `model` and gets X as it is, or None."""
    if is_frozen(model):
        return model.estimator
    if hasattr(model, "best_estimator_"):
        return model.best_estimator_
    if hasattr(model, "predict_loss"):
        return getattr(model, "estimator_", None)
    return None


def embed(model, X):
    """Return X in the space where the fitted `model` tells samples apart.

    That is what the model's own `embed` says, else what the transformers of its pipeline
    make of X, else X itself; None where that is not numeric. Models built of several are
    represented by their first one.
    """
    if hasattr(model, "embed"):
        return model.embed(X)
    if isinstance(model, Pipeline):
        return embed(model[-1], model[:-1].transform(X) if len(model) > 1 else X)
    inner = _first_inside(model)
    return numeric_rows(X) if inner is None else embed(inner, X)


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


def is_svc(predictor):
    """Whether `predictor` is a fitted kernel support vector classifier (`SVC`, `NuSVC`)."""
    return hasattr(predictor, "dual_coef_") and hasattr(predictor, "decision_function_shape")


def one_vs_one(svc):
    """Return a shallow copy of a fitted `SVC` that answers with its one-vs-one values.

    The fitted attributes are shared. What `SVC` gives by default for more than two classes
    is a transformed vote count, not a distance.
    """
    svc = copy.copy(svc)
    svc.decision_function_shape, svc.break_ties = "ovo", False
    return svc


def decision_norms(predictor):
    """Return the norms of the separating directions, one per column of the decision function.

    Returns
    -------
    norms : ndarray of shape (n_columns,) or None
        None where the model has no separating direction in a known space.
    """
    if is_svc(predictor):
        return _svc_norms(predictor)
    coef = getattr(predictor, "coef_", None)
    if coef is None:
        return None
    coef = coef.toarray() if sp.issparse(coef) else np.atleast_2d(coef)
    return np.linalg.norm(coef, axis=1)


def svm_kernel(svc):
    """Return the kernel of a fitted `SVC` as a function of two sets of rows.

    Returns
    -------
    kernel : callable or None
        None where the kernel is precomputed, so that there is no function to call.
    """
    if callable(svc.kernel):
        return svc.kernel
    if svc.kernel == "precomputed":
        return None
    from sklearn.metrics.pairwise import pairwise_kernels

    params = {"gamma": svc._gamma, "degree": svc.degree, "coef0": svc.coef0}
    return functools.partial(pairwise_kernels, metric=svc.kernel, filter_params=True, **params)


def _svc_norms(svc):
    """Norms in kernel space: ||w_ij||^2 = a' K a, a the dual coefficients of the pair."""
    kernel = svm_kernel(svc)
    if kernel is None:
        return None  # values between support vectors are not kept
    # With a kernel of the user's, support_vectors_ is empty.
    fitted_on = getattr(svc, "_BaseLibSVM__Xfit", None)
    vectors = fitted_on[svc.support_] if callable(svc.kernel) else svc.support_vectors_
    duals = _svc_pair_duals(svc)
    squares = np.einsum("pi,ij,pj->p", duals, kernel(vectors, vectors), duals, optimize=True)
    return np.sqrt(np.maximum(squares, 0))


def _svc_pair_duals(svc):
    """Return the dual coefficients per pair of classes, `(n_pairs, n_support_vectors)`.

    libsvm stores for every support vector of class i its coefficient against class j in row
    j - 1 if j > i, else j.
    """
    stored = svc.dual_coef_.toarray() if sp.issparse(svc.dual_coef_) else svc.dual_coef_
    ends = np.cumsum(svc.n_support_)
    of_class = [slice(end - count, end) for end, count in zip(ends, svc.n_support_, strict=True)]
    n_classes = len(of_class)
    pairs = []
    for i in range(n_classes):
        for j in range(i + 1, n_classes):
            duals = np.zeros(stored.shape[1])
            duals[of_class[i]] = stored[j - 1, of_class[i]]
            duals[of_class[j]] = stored[i, of_class[j]]
            pairs.append(duals)
    return np.array(pairs)
