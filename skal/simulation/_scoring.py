"""Scores of all rounds of a game."""

import numpy as np
from sklearn.metrics import check_scoring
from sklearn.utils.validation import check_is_fitted

from ._curves import area


def area_under_label_curve(estimator, X, y, *, scoring="accuracy"):
    """Average the scores of all rounds of a game over the labels spent.

    The score after every round, as a function of the number of labels, is integrated by the
    trapezoidal rule and divided by the labels between the first round and the last. So it is a
    score as well: that of a model met at a random point of the labeling. A game of a single
    round has the score of its only model.

    Parameters
    ----------
    estimator : fitted LabelBudgetClassifier
        The game.
    X : rows of shape (n_samples, ...)
        Test samples.
    y : array-like of shape (n_samples,)
        Their labels.
    scoring : str, callable or None, default="accuracy"
        A scorer ``scorer(estimator, X, y)`` or its name; None is the estimator's own `score`.
        While only one class is labeled, models predict that class: some scorers refuse it,
        and ``initial="stratified"`` or a larger `n_initial` helps.

    Returns
    -------
    area : float

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
            "LabelBudgetClassifier(ActiveLearner(make_pipeline(...)))."
        )
    check_is_fitted(estimator, "staged_estimators_")
    return float(area(estimator.n_labels_, stage_scores(estimator, X, y, scoring)))


def stage_scores(game, X, y, scoring):
    scorer = check_scoring(game.staged_estimators_[0], scoring=scoring)
    return np.array([float(scorer(estimator, X, y)) for estimator in game.staged_estimators_])
