"""Models and strategies by the names they have on the command line."""

import importlib
import os
import sys

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import BernoulliNB
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from .. import strategies
from ..committee import Committee
from ..learner import ActiveLearner
from ..pool import MissingOutputError
from ._messages import CommandError, listed

MODELS = {
    "logistic": lambda: LogisticRegression(max_iter=1000),
    "svc": SVC,
    "forest": RandomForestClassifier,
    "boosting": HistGradientBoostingClassifier,
    "naive_bayes": BernoulliNB,
}
DENSE = {"boosting"}
MEMBERS_OF_THEIR_OWN = {"forest"}

STRATEGIES = {
    "margin": lambda: strategies.UncertaintySampling("margin"),
    "entropy": lambda: strategies.UncertaintySampling("entropy"),
    "least_confidence": lambda: strategies.UncertaintySampling("least_confidence"),
    "simple_margin": strategies.SimpleMargin,
    "committee": strategies.QueryByCommittee,
    "bald": strategies.BALD,
    "batch_bald": strategies.BatchBALD,
    "coreset": strategies.CoreSet,
    "kmeans": strategies.KMeansSampling,
    "diverse": strategies.DiverseMiniBatch,
    "cluster_margin": strategies.ClusterMargin,
    "badge": strategies.BADGE,
    "random": strategies.RandomSampling,
}
READS_MEMBERS = {"committee", "bald", "batch_bald"}
N_TRIED = 6  # rows with made-up labels that tell whether a model and a strategy fit together


class Prepared(TransformerMixin, BaseEstimator):
    """Turn the positions of rows into their features, which were computed once for all.

    Parameters
    ----------
    features : ndarray or csr matrix of shape (n_rows, n_features)
    """

    def __init__(self, features):
        self.features = features

    def fit(self, X, y=None):
        """Do nothing: all is known."""
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
    classifier = make_model(model)
    own = model in MEMBERS_OF_THEIR_OWN or hasattr(classifier, "member_proba")
    if strategy_name(strategy) in READS_MEMBERS and not own:
        classifier = Committee(classifier)
    pipeline = make_pipeline(Prepared(features), classifier)
    learner = ActiveLearner(pipeline, STRATEGIES[strategy_name(strategy)]())
    if model in MODELS and features.shape[0] >= N_TRIED:
        _check_together(learner, model, strategy)
    return learner


def _check_together(learner, model, strategy):
    """Refuse a strategy that the model gives too little to, before people label for it."""
    X = np.arange(N_TRIED).reshape(-1, 1)
    try:
        clone(learner).fit(X, ["a", "b"] * (N_TRIED // 2)).query(X)
    except MissingOutputError as error:
        raise CommandError(
            f"--strategy {strategy} does not work with --model {model}: {error}"
        ) from error


def strategy_name(text):
    """Return the name of a strategy, however its words are joined."""
    plain = text.strip().lower().replace("_", "").replace("-", "")
    for name in STRATEGIES:
        if name.replace("_", "") == plain:
            return name
    raise CommandError(f"--strategy must be one of {listed(STRATEGIES, 99)}, got {text!r}.")


def make_model(name):
    """Return an unfitted classifier by its name or its place in a module."""
    if name in MODELS:
        return MODELS[name]()
    if ":" not in name:
        raise CommandError(
            f"--model must be one of {listed(MODELS, 99)}, or package.module:object, got {name!r}."
        )
    found = _imported(name)
    classifier = found() if callable(found) else found
    if not hasattr(classifier, "fit") or not hasattr(classifier, "predict"):
        raise CommandError(f"--model {name} must be a classifier or make one, got {classifier!r}.")
    return classifier


def _imported(name):
    module, _, attribute = name.partition(":")
    sys.path.insert(0, os.getcwd())  # a module beside the data
    try:
        return getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise CommandError(f"--model {name} cannot be imported: {error}.") from error
    finally:
        sys.path.remove(os.getcwd())
