"""`Refit`: how the model of a pool is fitted again with further labels."""

from functools import partial

import numpy as np
from sklearn.base import clone

from .._base import concat_rows, fit_predictor, is_frozen, joined_labels


class Refit:
    """Fit the model of a pool again, with further labeled samples.

    A learner gives its pools one that does what `teach` would do. Where the model is fitted from
    scratch, it also says on what, so that a strategy may compute the same in a shorter way.

    Parameters
    ----------
    fit : callable
        From samples X and their labels y to the model that is fitted with them as well.
    X : rows of shape (n_labeled, ...)
        The samples labeled so far.
    y : ndarray of shape (n_labeled,)
        Their labels.
    params : dict, default={}
        The parameters that `fit` of the estimator gets for them.
    unfitted : callable, default=None
        Returns the estimator that is fitted from scratch on the labeled samples followed by the
        new ones, whose weights are 1. None where the model is fitted in another way.
    n_jobs : int, default=None
        Number of threads that may fit at the same time.
    """

    def __init__(self, fit, X, y, params=None, unfitted=None, n_jobs=None):
        self._fit, self._unfitted, self.n_jobs = fit, unfitted, n_jobs
        self.X, self.y, self.params = X, y, params or {}

    def __call__(self, X, y):
        """Return the model fitted with samples X of labels y as well."""
        return self._fit(X, y)

    def estimator(self):
        """Return the estimator that is fitted from scratch, None if there is none."""
        return None if self._unfitted is None else self._unfitted()


def refit_of(model, labeled, n_jobs):
    """Return the `Refit` of a fitted model on a pool of labeled samples, None without them."""
    if labeled is None or not (labeled.has("y") and labeled.has("X")) or is_frozen(model):
        return None
    if not hasattr(model, "get_params"):
        return None
    X, y = labeled.X, labeled.y
    return Refit(
        partial(_fit_clone, model, X, y), X, y, unfitted=partial(clone, model), n_jobs=n_jobs
    )


def _fit_clone(model, X, y, X_new, y_new):
    return fit_predictor(clone(model), concat_rows(X, X_new), joined_labels(y, y_new), {})


def check_refit(function, label):
    """Return a function that refits, or refuse what cannot be called."""
    if not callable(function):
        raise ValueError(
            f"{label} must be a function of samples X and labels y that returns a fitted model, "
            f"got {type(function).__name__}."
        )
    return function


class ExampleRefit:
    """A model that is sure of the labels of samples near to the new one, for examples."""

    def __init__(self, X, y):
        self.X, self.y = X, y

    def predict_proba(self, X):
        """Return probabilities for four classes."""
        nearness = np.exp(-((np.asarray(X) - np.asarray(self.X)) ** 2).sum(axis=1))
        proba = np.full((len(nearness), 4), 0.25) * (1 - nearness[:, None])
        proba[:, int(self.y[0])] += nearness
        return proba
