"""Scores of all rounds of a game."""

from typing import NamedTuple

import numpy as np
from sklearn.metrics import check_scoring
from sklearn.utils.validation import check_is_fitted

from .._base import (
    is_indicator,
    is_regressor,
    metric_name,
    n_labels_of,
    response_method,
    warn_user,
)
from ._curves import area
from ._oracle import plain_labels

# Metrics that square differences.
_SQUARING = {
    "d2_tweedie_score",
    "explained_variance_score",
    "mean_squared_error",
    "r2_score",
    "root_mean_squared_error",
}

# Magnitudes of numbers whose squared differences neither vanish nor overflow.
_SQUARED = (1e-140, 1e140)
_NO_SQUARES = (
    "the numbers of the test samples are so small or large that their squares are no numbers. "
    "Multiply y by a constant."
)


def area_under_label_curve(estimator, X, y, *, scoring="auto"):
    """Average the scores of all rounds of a game over the labels spent.

    The score after every round, as a function of the number of labels, is integrated by the
    trapezoidal rule and divided by the labels between the first round and the last. So it is a
    score as well: that of a model met at a random point of the labeling. A game of a single
    round has the score of its only model.

    Parameters
    ----------
    estimator : fitted LabelBudgetClassifier or LabelBudgetRegressor
        The game.
    X : rows of shape (n_samples, ...)
        Test samples.
    y : array-like of shape (n_samples,)
        Their labels.
    scoring : str, callable or None, default="auto"
        A scorer ``scorer(estimator, X, y)`` or its name; "auto" is "accuracy" for classes and "r2"
        for numbers, None the estimator's own `score`.

    Returns
    -------
    area : float
        NaN, with a warning, if a round has no score: a scorer that needs probabilities has none
        as long as a class of the test samples has no label. Then ``initial="stratified"`` or a
        larger `n_initial` helps.

    Raises
    ------
    ValueError
        If the scorer fails on a model that knows all the classes of the test samples, such as
        "f1" on text labels. Other errors of the scorer and of the models come through as well.

    See Also
    --------
    LabelBudgetClassifier : The game.

    Examples
    --------
    This function can be used as it is where scikit-learn takes `scoring`; another score is
    given by ``functools.partial(area_under_label_curve, scoring="balanced_accuracy")``.

    >>> from sklearn.datasets import load_iris
    >>> from sklearn.model_selection import cross_val_score
    >>> from skal import LabelBudgetClassifier
    >>> from skal.simulation import area_under_label_curve
    >>> X, y = load_iris(return_X_y=True)
    >>> game = LabelBudgetClassifier(initial="stratified", budget=50, random_state=0)
    >>> areas = cross_val_score(game, X, y, scoring=area_under_label_curve)
    >>> bool(areas.mean() > 0.8)
    True
    """
    if not hasattr(type(estimator), "staged_predict"):
        raise TypeError(
            f"area_under_label_curve needs a LabelBudgetClassifier, got "
            f"{type(estimator).__name__}. Wrap the learner, transformers included: "
            "LabelBudgetClassifier(ActiveLearner(make_pipeline(...))), or LabelBudgetRegressor "
            "for numbers."
        )
    check_is_fitted(estimator, "staged_estimators_")
    scores = stage_scores(estimator, X, y, scoring_for(estimator, scoring))
    if scores.why_missing:
        missing = np.isnan(scores.values)
        warn_user(
            f"The area is NaN, since {missing.sum()} of {len(missing)} rounds have no score: "
            f'{scores.why_missing} More initial labels help, or initial="stratified".'
        )
    return float(area(estimator.n_labels_, scores.values))


def scoring_for(estimator, scoring):
    """Return the scorer that "auto" stands for, else `scoring` itself."""
    if not isinstance(scoring, str) or scoring != "auto":
        return scoring
    return "r2" if is_regressor(estimator) else "accuracy"


class StageScores(NamedTuple):
    """The scores of a game, and why some are missing.

    Attributes
    ----------
    values : ndarray of shape (n_rounds,)
        NaN in a round without a score.
    why_missing : str or None
        The reason for the first missing score, as a sentence; None if none is missing, or if it
        was a scorer of the user's that returned NaN.
    """

    values: np.ndarray
    why_missing: str | None


def stage_scores(game, X, y, scoring):
    """Return the `StageScores` of a fitted game on test samples."""
    scorer = check_scoring(game.staged_estimators_[0], scoring=scoring)
    present = classes_present(y)
    scored = [score_of(scorer, one, X, y, present) for one in game.staged_estimators_]
    reasons = (reason for _, reason in scored if reason)
    return StageScores(np.array([value for value, _ in scored]), next(reasons, None))


def classes_present(y):
    """Return the classes of test samples, or None if they cannot be listed."""
    if is_indicator(y):
        return None
    try:
        return set(plain_labels(y).ravel().tolist())
    except TypeError:  # labels that are not hashable; the scorer will have a word to say
        return None


def score_of(scorer, estimator, X, y, present):
    """Return the score of a model, and None, or NaN and why there is no score.

    A model has no score where it does not know the same classes as the test samples and the
    scorer cannot do with that. All other errors come through.
    """
    if not hasattr(estimator, "classes_") or n_labels_of(estimator) is not None:
        # Numbers are known to all models, and so is each of several labels.
        if metric_name(scorer) in _SQUARING and not _squares_are_exact(y):
            return np.nan, _NO_SQUARES
        score = float(scorer(estimator, X, y))
        is_missing = np.isnan(score) and response_method(scorer) is not None
        return score, "the scorer returned NaN." if is_missing else None
    known = set(np.asarray(estimator.classes_).tolist())
    # Two classes of the model and two of the test samples make a fine area under the ROC curve,
    # even if they are not the same two.
    if reads_outputs(scorer) and present is not None and present - known:
        return np.nan, _unknown(present - known)
    try:
        score = float(scorer(estimator, X, y))
    except Exception as error:
        if present in (None, known) or not isinstance(error, _refusals(known)):
            raise
        estimator.predict(X)  # what the model cannot predict is not the fault of the scorer
        return np.nan, _differ(known, present, error)
    if np.isnan(score) and response_method(scorer) is not None:
        return score, "the scorer returned NaN."
    return score, None


def _squares_are_exact(y):
    """Whether the squares of numbers that are not all 0 are above 0 and finite, as are sums."""
    largest = np.abs(np.asarray(y, dtype=np.float64)).max(initial=0)
    return largest == 0 or _SQUARED[0] < largest < _SQUARED[1]


def reads_outputs(scorer):
    """Return whether a scorer is known to read outputs for each class, not only predictions."""
    return response_method(scorer) not in (None, "predict")


def _refusals(known):
    # As long as one class is labeled, a stand-in answers that lacks methods of the model.
    return (ValueError, AttributeError) if len(known) < 2 else ValueError


def _unknown(classes):
    return f"the model did not know {listed(classes)}, which occurs in the test samples."


def _differ(known, present, error):
    return (
        f"the model knew the classes {listed(known)}, the test samples have {listed(present)}, "
        f"and the scorer said: {first_line(error)}."
    )


def first_line(error):
    """Return the first line of the message of an error, or its type if it has no message."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def listed(classes, at_most=5):
    names = sorted(map(repr, classes))
    hidden = len(names) - at_most
    return ", ".join(names[:at_most]) + (f" and {hidden} more" if hidden > 0 else "")
