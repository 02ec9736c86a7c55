"""Columns of X: remember those seen in `fit`, and refuse others."""

from ._rows import check_same_columns, is_dataset
from ._sklearn import _check_feature_names, _check_n_features


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
