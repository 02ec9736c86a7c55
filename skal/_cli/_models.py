"""Models, strategies and learners made from their names on the command line."""

import importlib
import os
import re
import sys
import warnings

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline

from .._base import is_regressor, takes_indicators
from ..committee import Committee
from ..learner import ActiveLearner
from ..pool import MissingOutputError
from ..strategies import NOT_FOR_CLASSES, find_strategy, make_strategy, strategy_hint
from ._failures import what_is_missing
from ._messages import CommandError, listed
from ._names import BUILT_IN, HAVE_MEMBERS, NEED_NO_MODEL, READ_MEMBERS, STRATEGIES, TASKS, USUAL

# Some strategies of each task.
FOR_TASK = {
    "regression": ("max_herding", "improved_greedy", "lcmd", "standard_deviation"),
    "multilabel": ("multilabel", "max_herding", "committee", "random"),
}
OTHER_MODEL = "another --model, such as logistic, or "
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


def make_learner(features, model, strategy, task="classes"):
    """Return an unfitted learner on positions of rows.

    Parameters
    ----------
    features : ndarray or csr matrix of shape (n_rows, n_features)
    model, strategy : str
        Their names; a model may be of the form ``package.module:object``.
    task : {"classes", "regression", "multilabel"}, default="classes"

    Returns
    -------
    learner : ActiveLearner
    """
    classifier, name = make_model(model, task), strategy_name(strategy)
    own = "member_prediction" if task == "regression" else "member_proba"
    has_members = model in HAVE_MEMBERS or hasattr(classifier, own)
    if name in READ_MEMBERS and not has_members:
        classifier = Committee(classifier)
    pipeline = make_pipeline(FeatureLookup(features), classifier)
    cold_start = make_strategy(name) if name in NEED_NO_MODEL else None
    learner = ActiveLearner(pipeline, make_strategy(name), cold_start=cold_start)
    # A model of the user's may need more than a few rows, or take long.
    if model in BUILT_IN and features.shape[0] >= N_TRIED:
        _check_together(learner, model, strategy, task)
    return learner


def _check_together(learner, model, strategy, task):
    """Refuse a strategy that needs more than the model gives, before people label for it."""
    X, y = np.arange(N_TRIED).reshape(-1, 1), made_up_labels(task)
    try:
        with warnings.catch_warnings():
            # "relevance:spam" finds no such class among labels that are made up.
            warnings.simplefilter("ignore")
            clone(learner).fit(X, y).query(X)
    except MissingOutputError as error:
        if task in FOR_TASK:
            raise CommandError(
                f"--strategy {strategy} does not work with --task {task}, or not with --model "
                f"{model}. Choose another --strategy, such as {', '.join(FOR_TASK[task])}."
            ) from error
        # No other classifier helps a strategy for numbers or for several labels.
        others = "" if strategy_name(strategy) in NOT_FOR_CLASSES else OTHER_MODEL
        raise CommandError(
            f"--strategy {strategy} does not work with --model {model}: "
            f"{what_is_missing(error, model)}. Choose {others}another --strategy, such as margin."
        ) from error


def made_up_labels(task):
    """Return labels for the rows with which a model and a strategy are tried."""
    if task == "multilabel":
        return np.array([[1, 0], [0, 1], [1, 1]] * (N_TRIED // 3))
    numbers = np.arange(N_TRIED) % 4
    return numbers if task == "regression" else ["made up", "made up too"] * (N_TRIED // 2)


def strategy_name(text):
    """Return the name of a strategy, however its words are joined."""
    name = find_strategy(text)
    if name is None:
        raise CommandError(
            f"--strategy must be one of {listed(STRATEGIES, 99)}, got {text!r}.{_hint(text)}"
        )
    return name


def _hint(text):
    """Return what may have been meant, as a sentence; classes have the names of this page."""
    hint = strategy_hint(text)
    found = re.search(r"Did you mean ((\w+)\(.*\))\?", hint)
    if found is None:
        return hint
    for name, (class_name, params) in STRATEGIES.items():
        given = ", ".join(map(repr, params.values()))
        if found[1] in (f"{class_name}({given})", f"{class_name}(...)"):
            return f" Did you mean {name!r}?"
    return ""


def make_model(name, task="classes"):
    """Return an unfitted model by its name or its place in a module."""
    models = TASKS[task]
    kind = "regressor" if task == "regression" else "classifier"
    if name in models:
        place, params = models[name]
        return _for_task(_imported(place)(**params), task)
    if ":" not in name:
        raise CommandError(
            f"--model must be one of {listed(models, 99)}, or package.module:object, got {name!r}."
            f"{_other_task(name, task)}"
        )
    found = _imported_from_here(name)
    classifier = found() if callable(found) else found
    if not hasattr(classifier, "fit") or not hasattr(classifier, "predict"):
        raise CommandError(f"--model {name} must be a {kind} or make one, got {classifier!r}.")
    if is_regressor(classifier) != (task == "regression"):
        other = "classes" if task == "regression" else "regression"
        raise CommandError(
            f"--model {name} must be a {kind}, as labels are "
            f"{'numbers' if task == 'regression' else 'classes'}, got {classifier!r}. Choose "
            f"another one, such as {USUAL[task][0]}, or begin a session by --task {other}."
        )
    return _for_task(classifier, task)


def _for_task(model, task):
    """Return a model, or where rows have several labels one for each of them, if it has to be."""
    needs_one_each = task == "multilabel" and not takes_indicators(model)
    return OneVsRestClassifier(model) if needs_one_each else model


def _other_task(name, task):
    """Return for which task a model is, if not for this one."""
    other = next((one for one, models in TASKS.items() if name in models and one != task), None)
    return "" if other is None else f" {name!r} is for --task {other}."


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
