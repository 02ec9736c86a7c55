"""Explanation of a query by scores, predictions and nearest labeled samples."""

import numpy as np

from ._base import codes_of, import_optional
from .embeddings import rows_of
from .geometry import sq_distances
from .strategies import Selection

__all__ = ["explain_query", "predictions"]


def predictions(learner, X):
    """Return the predicted label of each sample and the probability of that label.

    Parameters
    ----------
    learner : fitted classifier or regressor
        An :class:`ActiveLearner` or any other estimator.
    X : rows of shape (n_samples, ...)
        The samples.

    Returns
    -------
    labels : list of n_samples labels
        The predicted labels as Python objects; where a sample may have several, lists of 0 and 1.
    probabilities : ndarray of shape (n_samples,) or None
        The probability of each predicted label, None if the estimator has no `predict_proba`, or
        predicts several labels for each sample.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skal import ActiveLearner
    >>> from skal.inspection import predictions
    >>> X, y = load_iris(return_X_y=True)
    >>> labels, probabilities = predictions(ActiveLearner().fit(X, y), X[:2])
    >>> labels, probabilities.shape
    ([0, 0], (2,))
    """
    labels = np.asarray(learner.predict(X))
    if labels.ndim == 2 or not hasattr(learner, "predict_proba"):
        return labels.tolist(), None
    # Not the largest probability, which may belong to another class: an SVC predicts by its
    # decision function, and fits its probabilities separately (Platt scaling).
    codes = codes_of(labels, learner.classes_)
    return labels.tolist(), learner.predict_proba(X)[np.arange(len(codes)), codes]


def explain_query(learner, X_pool, selection, *, ids=None, labeled_ids=None, embedding=None):
    """Return a table with the score, prediction and nearest labeled sample of queried samples.

    Parameters
    ----------
    learner : ActiveLearner
        The learner that chose the samples, in the same state as then.
    X_pool : rows of shape (n_pool, ...)
        The pool of unlabeled samples from which they were chosen.
    selection : Selection or array-like of int of shape (n_asked,)
        The result of :meth:`ActiveLearner.select`, or of :meth:`ActiveLearner.query`: an array
        of positions, for which scores are not known.
    ids : array-like of shape (n_pool,), default=None
        Names of the samples in the pool. None stands for their positions.
    labeled_ids : array-like of shape (n_labeled,), default=None
        Names of the labeled samples, in the order in which they were passed to `fit` and
        `teach`. None stands for their positions in that order.
    embedding : embedding object, default=None
        The space in which distances are measured, see :mod:`skal.embeddings`. None stands for
        :class:`~skal.embeddings.ModelEmbedding`, the model's own feature space.

    Returns
    -------
    frame : pandas.DataFrame
        One row per chosen sample, in the order of the selection, with the columns

        - id: the name of the sample;
        - score: the score by which it was chosen, NaN if there are no scores;
        - predicted: the predicted class or number, or a list of 0 and 1 where a sample may have
          several labels; None if there is no model;
        - probability: the probability of that class, NaN if there is none; of several labels the
          least probability of what is predicted of one of them;
        - nearest_labeled: the name of the nearest labeled sample, None if nothing is labeled;
        - distance: the distance to that sample, NaN if nothing is labeled.

    Raises
    ------
    ImportError
        If pandas is not installed.
    ValueError
        If the number of names differs from the number of samples, or `selection` does not hold
        positions in the pool.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skal import ActiveLearner
    >>> from skal.inspection import explain_query
    >>> X, y = load_iris(return_X_y=True)
    >>> learner = ActiveLearner().fit(X[::10], y[::10])
    >>> frame = explain_query(learner, X, learner.select(X, n=3))
    >>> list(frame.columns)
    ['id', 'score', 'predicted', 'probability', 'nearest_labeled', 'distance']
    """
    pd = import_optional("pandas", "explain_query needs")
    pool = learner.pool(X_pool)
    if not isinstance(selection, Selection):
        selection = Selection(np.asarray(selection))
    positions = _checked(selection.positions, len(pool))
    asked = pool.take(positions)
    ids = _names(ids, len(pool), "ids")
    names = _names(labeled_ids, len(pool.labeled), "labeled_ids")
    predicted, probability = _predicted(learner, asked)
    nearest, distance = _nearest(asked, embedding)
    return pd.DataFrame(
        {
            "id": ids[positions],
            "score": np.nan if selection.scores is None else selection.scores,
            "predicted": predicted,
            "probability": probability,
            "nearest_labeled": None if nearest is None else names[nearest],
            "distance": distance,
        }
    )


def _checked(positions, n_pool):
    """Return positions in the pool; a mask or a negative number would name other samples."""
    positions = np.asarray(positions)
    whole = positions.dtype.kind in "iu" or not positions.size
    inside = not positions.size or (whole and 0 <= positions.min() and positions.max() < n_pool)
    if positions.ndim != 1 or not whole or not inside:
        raise ValueError(
            f"selection must hold positions in the pool, integers from 0 to {n_pool - 1} in one "
            f"dimension, got {positions!r}."
        )
    return positions.astype(np.intp)


def _names(names, n_samples, parameter):
    names = np.arange(n_samples) if names is None else np.asarray(names)
    if len(names) != n_samples:
        raise ValueError(
            f"{parameter} must have a name for each of {n_samples} samples, got {len(names)}."
        )
    return names


def _predicted(learner, asked):
    """Return columns of predicted labels and probabilities, empty if there is no model."""
    if not len(asked):  # few models answer about no samples
        return None, np.nan
    if asked.has("prediction"):
        return asked.prediction.tolist(), np.nan
    if len(asked.classes) < 2:
        return None, np.nan
    labels, probabilities = predictions(learner, asked.X)
    if asked.has("label_proba"):
        proba = asked.label_proba
        probabilities = np.where(np.equal(labels, 1), proba, 1 - proba).min(axis=1)
    return labels, np.nan if probabilities is None else probabilities


def _nearest(asked, embedding):
    """Return the positions of the nearest labeled samples, and the distances to them."""
    if not len(asked.labeled) or not len(asked):
        return None, np.full(len(asked), np.nan)
    rows, labeled = rows_of(asked, embedding), rows_of(asked.labeled, embedding)
    parts = [part for _, part in sq_distances(rows, labeled)]
    nearest = np.concatenate([part.argmin(axis=1) for part in parts])
    return nearest, np.sqrt(np.concatenate([part.min(axis=1) for part in parts]))
