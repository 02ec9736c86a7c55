"""Models, strategies and learners made from their names on the command line."""

import importlib
import os
import sys

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.pipeline import make_pipeline

from ..committee import Committee
from ..learner import ActiveLearner
from ..pool import MissingOutputError
from ..strategies import find_strategy, make_strategy, strategy_hint
from ._messages import CommandError, listed
from ._names import HAVE_MEMBERS, MODELS, NEED_NO_MODEL, READ_MEMBERS, STRATEGIES

N_TRIED = 6  # rows with made-up labels that tell whether a model and a strategy fit together


class FeatureLookup(TransformerMixin, BaseEstimator):
    """Turn the positions of rows into their features, which are computed once for all rows.

    Parameters
    ----------
    features : ndarray or csr matrix of shape (n_rows, n_features)
    """

    def __init__(self, features):
        self.features = features

    def fit(self, X, y=None):
        """Do nothing: the features are known."""
        return self

    def transform(self, X):
        """Return the features of the rows at the positions in X, of shape (n_samples, 1)."""
        return self.features[np.asarray(X)[:, 0]]

    def __repr__(self):
        return f"{type(self).__name__}(...)"

    def __sklearn_is_fitted__(self):
        return True

    def __sklearn_clone__(self):
        return self  # the features are not copied for every model


def make_learner(features, model, strategy):
    """Return an unfitted learner on positions of rows.

    Parameters
    ----------
    features : ndarray or csr matrix of shape (n_rows, n_features)
    model, strategy : str
        Their names; a model may be of the form ``package.module:object``.

    Returns
    -------
    learner : ActiveLearner
    """
    classifier, name = make_model(model), strategy_name(strategy)
    has_members = model in HAVE_MEMBERS or hasattr(classifier, "member_proba")
    if name in READ_MEMBERS and not has_members:
        classifier = Committee(classifier)
    pipeline = make_pipeline(FeatureLookup(features), classifier)
    cold_start = make_strategy(name) if name in NEED_NO_MODEL else None
    learner = ActiveLearner(pipeline, make_strategy(name), cold_start=cold_start)
    # A model of the user's may need more than a few rows, or take long.
    if model in MODELS and features.shape[0] >= N_TRIED:
        _check_together(learner, model, strategy)
    return learner


def _check_together(learner, model, strategy):
    """Refuse a strategy that needs more than the model gives, before people label for it."""
    X = np.arange(N_TRIED).reshape(-1, 1)
    try:
        clone(learner).fit(X, ["a", "b"] * (N_TRIED // 2)).query(X)
    except MissingOutputError as error:
        raise CommandError(
            f"--strategy {strategy} does not work with --model {model}: {error}"
        ) from error


def strategy_name(text):
    """Return the name of a strategy, however its words are joined."""
    name = find_strategy(text)
    if name is None:
        raise CommandError(
            f"--strategy must be one of {listed(STRATEGIES, 99)}, got {text!r}."
            f"{strategy_hint(text)}"
        )
    return name


def make_model(name):
    """Return an unfitted classifier by its name or its place in a module."""
    if name in MODELS:
        place, params = MODELS[name]
        return _imported(place)(**params)
    if ":" not in name:
        raise CommandError(
            f"--model must be one of {listed(MODELS, 99)}, or package.module:object, got {name!r}."
        )
    found = _imported_from_here(name)
    classifier = found() if callable(found) else found
    if not hasattr(classifier, "fit") or not hasattr(classifier, "predict"):
        raise CommandError(f"--model {name} must be a classifier or make one, got {classifier!r}.")
    return classifier


def _imported(place):
    module, _, attribute = place.partition(":")
    return getattr(importlib.import_module(module), attribute)


def _imported_from_here(place):
    """Import an object of the user's; its module may lie in the current folder."""
    sys.path.insert(0, os.getcwd())
    try:
        return _imported(place)
    except (ImportError, AttributeError) as error:
        raise CommandError(f"--model {place} cannot be imported: {error}.") from error
    finally:
        sys.path.remove(os.getcwd())
