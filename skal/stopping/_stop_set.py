"""Criteria that judge the predictions of the model for a fixed sample of the pool."""

import numpy as np

from .._base import Integral, Interval, Real, draw_positions, make_random_state, validate_params
from ..acquisition import entropy, least_confidence
from ..pool import MissingOutputError
from ._agreement import concordance, kappa
from ._criterion import StoppingCriterion, wrong_state


class _StopSetCriterion(StoppingCriterion):
    """Judge the predictions of the model for a fixed sample of the pool, the stop set.

    The state is a dict with the `rows` of the stop set and what was `kept` of the rounds before.
    Subclasses define `_judge(round, rows, kept)`, which returns what to keep for the next round
    and whether to stop; `kept` is None in the first round, which never stops. As long as fewer
    than two classes, or two numbers, are labeled, or all samples have the same labels of several,
    there is no model to judge.
    """

    _parameter_constraints = {"stop_set_size": [Interval(Integral, 1, None, closed="left")]}
    _reads = "predict"
    _for_numbers = _for_several = False

    def start(self, n_pool, random_state=None):
        """Draw the stop set."""
        validate_params(self)
        if isinstance(n_pool, bool) or not isinstance(n_pool, Integral) or n_pool < 0:
            raise ValueError(f"n_pool must be the size of the pool, an integer, got {n_pool!r}.")
        size = min(self.stop_set_size, n_pool)
        rows = draw_positions(make_random_state(random_state), n_pool, size)
        return {"rows": np.sort(rows), "kept": None}

    def update(self, state, round):
        """Predict the stop set and decide whether to stop."""
        self._check_can_answer(round)
        if not isinstance(state, dict) or not {"rows", "kept"} <= set(state):
            raise wrong_state(self, state)
        rows, kept_before = state["rows"], state["kept"]
        if not round.has_model or not len(rows):
            return state, False
        kept, stop = self._judge(round, rows, kept_before)
        # The first round never stops, whatever the model says: one model shows no trend. A new
        # dict, because the caller may keep the state of an earlier round.
        return {"rows": rows, "kept": kept}, bool(stop) and kept_before is not None

    def _check_can_answer(self, round):
        learner = round.learner
        if round.predicts_numbers and not self._for_numbers:
            raise MissingOutputError(
                f"{type(self).__name__} is about classes, but {learner} has a regressor. Use "
                "StabilizingPredictions, LabelBudget, or, in a session with an audit, "
                'TargetScore(scoring="r2").'
            )
        if round.predicts_several and not self._for_several:
            raise MissingOutputError(
                f"{type(self).__name__} is about one class for each sample, but {learner} "
                "predicts several labels. Use StabilizingPredictions, ClassificationChange or "
                "LabelBudget."
            )
        if not hasattr(learner, self._reads):
            raise MissingOutputError(
                f"{type(self).__name__} reads {self._reads}, but {learner} does not have it. Use "
                "StabilizingPredictions or ClassificationChange, which read predictions only, "
                "or wrap the classifier in sklearn.calibration.CalibratedClassifierCV."
            )


class StabilizingPredictions(_StopSetCriterion):
    """Stop when models of successive rounds agree on what they predict.

    After every round the model predicts a fixed set of samples, the stop set, and is compared
    with the model before by Cohen's :func:`kappa`, a regressor by :func:`concordance`. Labeling
    stops when the mean of the last `window` of these values reaches `threshold`. Reads nothing but
    `predict`. Where a sample may have several labels, whether it has one of them is compared, of
    all samples and labels together.

    Parameters
    ----------
    window : int, default=3
        How many pairs of successive models to average over.
    threshold : float, default=0.99
        The agreement at which to stop, from -1 to 1. Lower values stop sooner.
    stop_set_size : int, default=2000
        How many samples of the pool to predict in every round; a smaller pool is taken
        whole. Samples stay in the stop set when they are labeled.

    See Also
    --------
    ClassificationChange : The same idea without a window and without correction for chance.

    References
    ----------
    M. Bloodgood and K. Vijay-Shanker (2009). A method for stopping active learning based on
    stabilizing predictions and the need for user-adjustable stopping. CoNLL. arXiv:1409.5165.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skal import LabelBudgetClassifier
    >>> from skal.stopping import StabilizingPredictions
    >>> X, y = load_digits(n_class=2, return_X_y=True)
    >>> game = LabelBudgetClassifier(stopping=StabilizingPredictions(), random_state=0)
    >>> len(game.set_params(budget=300).fit(X, y).query_indices_) < 300
    True
    """

    _parameter_constraints = {
        **_StopSetCriterion._parameter_constraints,
        "window": [Interval(Integral, 1, None, closed="left")],
        "threshold": [Interval(Real, -1, 1, closed="both")],
    }

    _for_numbers = _for_several = True

    def __init__(self, window=3, threshold=0.99, stop_set_size=2000):
        self.window = window
        self.threshold = threshold
        self.stop_set_size = stop_set_size

    def _judge(self, round, rows, kept):
        labels = round.predict(rows)
        if kept is None:
            return (labels, ()), False
        before, agreements = kept
        agreement = concordance if round.predicts_numbers else kappa
        agreements = (*agreements, agreement(np.ravel(before), np.ravel(labels)))[-self.window :]
        full = len(agreements) == self.window
        return (labels, agreements), full and np.mean(agreements) >= self.threshold


class ClassificationChange(_StopSetCriterion):
    """Stop when a round hardly changed what the model predicts.

    That is when the share of samples whose predicted class, or one of whose labels, differs from
    the round before is at most `threshold`. Reads nothing but `predict`.

    Parameters
    ----------
    threshold : float
        The largest share of changed predictions, between 0 and 1; 0 asks for no change.
    stop_set_size : int, default=2000
        How many samples of the pool to predict in every round; a smaller pool is taken
        whole.

    References
    ----------
    J. Zhu, H. Wang and E. Hovy (2008). Multi-criteria-based strategy to stop active learning
    for data annotation. COLING.

    Examples
    --------
    >>> from skal.stopping import ClassificationChange
    >>> ClassificationChange(0.01)
    ClassificationChange(threshold=0.01)
    """

    _parameter_constraints = {
        **_StopSetCriterion._parameter_constraints,
        "threshold": [Interval(Real, 0, 1, closed="both")],
    }

    _for_several = True

    def __init__(self, threshold, *, stop_set_size=2000):
        self.threshold = threshold
        self.stop_set_size = stop_set_size

    def _judge(self, round, rows, kept):
        labels = round.predict(rows)
        if kept is None:
            return labels, False
        differ = (labels != np.asarray(kept)).reshape(len(labels), -1).any(axis=1)
        return labels, np.mean(differ) <= self.threshold


class _MeanBelow(_StopSetCriterion):
    """Stop when the mean of a measure of uncertainty falls below a threshold."""

    _parameter_constraints = {
        **_StopSetCriterion._parameter_constraints,
        "threshold": [Interval(Real, 0, 1, closed="right")],
    }
    _reads = "predict_proba"

    def __init__(self, threshold, *, stop_set_size=2000):
        self.threshold = threshold
        self.stop_set_size = stop_set_size

    def _judge(self, round, rows, kept):
        mean = np.mean(self._measure(round.predict_proba(rows)))
        return mean, mean < self.threshold


class OverallUncertainty(_MeanBelow):
    """Stop when the model is certain of most of the pool.

    That is when the mean entropy of its predictions, divided by the largest possible entropy,
    log C for C classes, falls below `threshold`. Reads `predict_proba`: an overconfident model
    stops too soon.

    Parameters
    ----------
    threshold : float
        The share of the largest entropy below which to stop, above 0, at most 1.
    stop_set_size : int, default=2000
        How many samples of the pool to predict in every round; a smaller pool is taken
        whole.

    References
    ----------
    J. Zhu, H. Wang, E. Hovy and M. Ma (2010). Confidence-based stopping criteria for active
    learning for data annotation. ACM Transactions on Speech and Language Processing 6.

    Examples
    --------
    >>> from skal.stopping import OverallUncertainty
    >>> OverallUncertainty(0.05)
    OverallUncertainty(threshold=0.05)
    """

    def _measure(self, proba):
        return entropy(proba, base=proba.shape[1])


class ExpectedError(_MeanBelow):
    """Stop when the model expects to make few errors.

    That is when the mean of ``1 - max p`` falls below `threshold`. Reads `predict_proba`: an
    overconfident model stops too soon.

    Parameters
    ----------
    threshold : float
        The share of errors below which to stop, above 0, at most 1.
    stop_set_size : int, default=2000
        How many samples of the pool to predict in every round; a smaller pool is taken
        whole.

    References
    ----------
    J. Zhu, H. Wang and E. Hovy (2008). Learning a stopping criterion for active learning for
    word sense disambiguation and text classification. IJCNLP.

    Examples
    --------
    >>> from skal.stopping import ExpectedError
    >>> ExpectedError(0.02)
    ExpectedError(threshold=0.02)
    """

    _measure = staticmethod(least_confidence)
