"""The kind and the columns of X: remembered in `fit`, and compared with those of later X."""

from ._kinds import Kind
from ._rows import check_same_columns, take_columns
from ._sklearn import _check_feature_names, _check_n_features


def remember_columns(learner, X):
    """Remember the kind of X, and set `n_features_in_` and `feature_names_in_` if they exist."""
    kind = Kind.of(X, read=True)
    if kind.n_dims is not None:  # a dataset has no columns, and a list without rows tells none
        _check_feature_names(learner, X, reset=True)
        _check_n_features(learner, X, reset=True)
    learner._kind_of_X = kind  # last, as all before may fail


def check_columns(learner, X):
    """Raise a ValueError if X lacks columns that the `learner` saw in `fit`."""
    if Kind.of(X).n_dims is None:  # a dataset, or a list without rows
        return
    if hasattr(X, "columns") and hasattr(learner, "feature_names_in_"):
        # Estimators that select columns by name accept additional columns, so only missing
        # columns are an error here; stricter estimators raise their own error.
        check_same_columns(learner.feature_names_in_, X)
    elif hasattr(learner, "n_features_in_"):
        _check_n_features(learner, X, reset=False)


def check_kind(learner, X):
    """Raise a ValueError if X is of a kind that the estimator of a `learner` cannot know.

    What an estimator checks itself, like the columns of tables, is left to it.
    """
    known = getattr(learner, "_kind_of_X", None)
    if known is not None:
        _refuse(known.difference_for_model(Kind.of(X, read=known.is_of_texts)))


def as_in_fit(learner, X):
    """Return X with the columns that the `learner` saw in `fit`, in the same order.

    Raises
    ------
    ValueError
        If X is of another kind than the samples in `fit`, so that it could not be taught either.
    """
    known = learner._kind_of_X
    kind = Kind.of(X, read=known.is_of_texts)
    if known.is_table and kind.is_table:
        check_columns(learner, X)  # says what is missing, where the kinds would only differ
    if "dataset" in (known.family, kind.family):
        _refuse(known.difference_for_model(kind))
    else:
        _refuse(known.difference(kind))
    return X if known.columns is None or kind.columns is None else take_columns(X, known.columns)


def as_learned(learner, model, X):
    """Return X as `model`, fitted inside of `learner`, learned its columns.

    A model that knows no names takes columns in any order. One that does decides itself what it
    accepts.
    """
    known = getattr(learner, "_kind_of_X", None)
    if known is None or known.columns is None or not hasattr(X, "columns"):
        return X
    return X if hasattr(model, "feature_names_in_") else take_columns(X, known.columns)


def _refuse(difference):
    if difference is not None:
        raise ValueError(f"X {difference}")
