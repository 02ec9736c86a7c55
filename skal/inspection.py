"""Why samples were asked for."""

import numpy as np

from .embeddings import rows_of
from .geometry import sq_distances
from .strategies import ScoreStrategy, UncertaintySampling

__all__ = ["explain_query"]


def explain_query(
    learner, X_pool, positions, *, ids=None, labeled_ids=None, embedding=None, prices=None
):
    """Say why samples were asked for, as far as numbers can.

    Parameters
    ----------
    learner : ActiveLearner
        The fitted learner that asked.
    X_pool : rows of shape (n_pool, ...)
        The pool.
    positions : array-like of int of shape (n_asked,)
        What :meth:`ActiveLearner.query` returned.
    ids : array-like of shape (n_pool,), default=None
        Names of the samples in the pool; None is their positions.
    labeled_ids : array-like of shape (n_labeled,), default=None
        Names of the labeled samples, in the order in which they were taught; None is their
        positions in that order.
    embedding : embedding object, default=None
        The space of distances, see :mod:`skal.embeddings`; None is the model's own.
    prices : array-like of shape (n_pool,), default=None
        What the label of each sample costs, where the strategy looks at prices.

    Returns
    -------
    frame : pandas.DataFrame
        One row per sample asked for, in their order, with the columns

        - id: the name of the sample;
        - score: what the strategy says of it, NaN where the strategy does not score samples one
          by one;
        - predicted: the class predicted now;
        - probability: of that class, NaN where the model gives none;
        - nearest_labeled: the name of the nearest labeled sample, None where there is none;
        - distance: the distance to it.

    Raises
    ------
    ImportError
        If pandas is not installed.
    ValueError
        If names are not as many as samples.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skal import ActiveLearner
    >>> from skal.inspection import explain_query
    >>> X, y = load_iris(return_X_y=True)
    >>> learner = ActiveLearner().fit(X[::10], y[::10])
    >>> frame = explain_query(learner, X, learner.query(X, n=3))
    >>> list(frame.columns)
    ['id', 'score', 'predicted', 'probability', 'nearest_labeled', 'distance']
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise ImportError("explain_query needs pandas: pip install pandas.") from error
    pool = learner.pool(X_pool, prices=prices)
    positions = np.asarray(positions, dtype=np.intp)
    asked = pool.take(positions)
    ids = _names(ids, len(pool), "ids")
    names = _names(labeled_ids, len(pool.labeled), "labeled_ids")
    predicted, probability = _predictions(asked)
    nearest, distance = _nearest(asked, embedding)
    return pd.DataFrame(
        {
            "id": ids[positions],
            "score": _scores(learner, asked),
            "predicted": predicted,
            "probability": probability,
            "nearest_labeled": None if nearest is None else names[nearest],
            "distance": distance,
        }
    )


def _names(names, n_samples, parameter):
    names = np.arange(n_samples) if names is None else np.asarray(names)
    if len(names) != n_samples:
        raise ValueError(
            f"{parameter} must have a name for each of {n_samples} samples, got {len(names)}."
        )
    return names


def _scores(learner, asked):
    strategy = learner.strategy or UncertaintySampling("margin")
    needs_model = len(asked.classes) < 2
    if needs_model or not isinstance(strategy, ScoreStrategy):
        return np.full(len(asked), np.nan)
    return strategy.score_samples(asked.asked_by(strategy))


def _predictions(asked):
    """Return the predicted classes and their probabilities."""
    if not asked.has("predicted") or not len(asked.classes):
        return None, np.full(len(asked), np.nan)
    codes = asked.predicted
    if not asked.has("proba"):
        return asked.classes[codes], np.full(len(asked), np.nan)
    return asked.classes[codes], asked.proba[np.arange(len(codes)), codes]


def _nearest(asked, embedding):
    """Return the position of the nearest labeled sample, and the distance to it."""
    if not len(asked.labeled):
        return None, np.full(len(asked), np.nan)
    rows, labeled = rows_of(asked, embedding), rows_of(asked.labeled, embedding)
    parts = [part for _, part in sq_distances(rows, labeled)]
    nearest = np.concatenate([part.argmin(axis=1) for part in parts])
    return nearest, np.sqrt(np.concatenate([part.min(axis=1) for part in parts]))
