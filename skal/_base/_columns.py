"""Columns of X: remember the columns seen in `fit` and check later X against them."""

from ._rows import check_same_columns, is_dataset
from ._sklearn import _check_feature_names, _check_n_features


def remember_columns(learner, X):
    """Set `n_features_in_` and `feature_names_in_` of `learner` where X has columns."""
    if is_dataset(X):
        return
    _check_feature_names(learner, X, reset=True)
    _check_n_features(learner, X, reset=True)


def check_columns(learner, X):
    """Raise a ValueError if X lacks columns that the `learner` saw in `fit`."""
    if is_dataset(X):
        return
    if hasattr(X, "columns") and hasattr(learner, "feature_names_in_"):
        # Estimators that select columns by name accept additional columns, so only missing
        # columns are an error here; stricter estimators raise their own error.
        check_same_columns(learner.feature_names_in_, X)
    elif hasattr(learner, "n_features_in_"):
        _check_n_features(learner, X, reset=False)
