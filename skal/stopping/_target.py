"""Criteria that go by an estimate of how good the model is."""

from .._base import Interval, InvalidParameterError, Real, StrOptions, validate_params
from ._criterion import StoppingCriterion, wrong_state

# Estimates of which less is better.
_ERRORS = ("rmse", "hamming_loss")
_SCORES = {"accuracy", "balanced_accuracy", "f1", "recall", "f1_micro", "f1_macro", "r2", *_ERRORS}


class _Target(StoppingCriterion):
    """Stop when the worse end of an estimate's interval has reached a threshold, and again.

    It is the lower end of a score, and the upper end of an error. An estimate takes several
    models, and each look at it is another chance to stop too early by luck: it is looked at only
    when there are `_GROWTH` labels for each 10 before, and has to be good enough `_N_LOOKS` times
    in a row. The state is a dict with the number of labels `seen` at
    the last look and how many times the threshold was `reached`.
    """

    _GROWTH, _N_LOOKS = 11, 2

    _parameter_constraints = {
        "threshold": [Interval(Real, 0, 1, closed="right")],
        "confidence": [Interval(Real, 0, 1, closed="neither")],
    }

    def start(self, n_pool, random_state=None):
        """Return the state before the first look."""
        validate_params(self)
        return {"seen": 0, "reached": 0}

    def update(self, state, round):
        """Look at the estimate if there are enough new labels, and decide whether to stop."""
        if round.estimate is None:
            raise ValueError(
                f"{type(self).__name__} needs an estimate of how good the model is, and there is "
                "none. Use it in a skal.session.LabelingSession with audit=0.1, or take a "
                "criterion that needs none, such as StabilizingPredictions."
            )
        if not isinstance(state, dict) or not {"seen", "reached"} <= set(state):
            raise wrong_state(self, state)
        seen, reached = state["seen"], state["reached"]
        # Labels may have been undone, too.
        if round.n_labels < seen or 10 * round.n_labels >= self._GROWTH * seen:
            seen, reached = round.n_labels, reached + 1 if self._is_reached(round) else 0
        return {"seen": seen, "reached": reached}, reached >= self._N_LOOKS

    def _is_reached(self, round):
        # That nobody has labeled a class yet is not a mistake early on.
        # Scores of classes are refused for numbers by the estimate.
        of_classes = self.positive is not None and not round.predicts_numbers
        if of_classes and self.positive not in list(round.classes):
            return False
        estimate = round.estimate(self._scoring(), self.positive, self.confidence)
        if estimate.low is None:
            return False
        if self._scoring() in _ERRORS:
            return estimate.high < self.threshold
        return estimate.low >= self.threshold


class TargetScore(_Target):
    """Stop when the model is good enough: by the worse end of the interval of its score.

    That is the lower end, which has to reach the threshold, or for an error the upper end, which
    has to fall below it.

    Reads the estimate of a labeling session with an audit, see
    :meth:`skal.session.LabelingSession.estimate`, whenever there are 10% more labels than at the
    last look, and stops at the second look in a row at which it is good enough. While there are
    too few audit rows to say, it goes on.

    Parameters
    ----------
    threshold : float, default=0.95
        The score to reach, above 0, at most 1; or the error to fall below, above 0, for "rmse" in
        the unit of the labels.
    scoring : {"accuracy", "balanced_accuracy", "f1", "recall", "f1_micro", "f1_macro", \
            "hamming_loss", "r2", "rmse"}, default=None
        The score of the model on the rows without a label. None stands for "accuracy", and for
        "r2" where labels are numbers. "hamming_loss" and "rmse" are errors.
    positive : label, default=None
        The class, for "f1" and "recall".
    confidence : float, default=0.95
        Of the interval, between 0 and 1.

    See Also
    --------
    TargetRecall : Stop when most rows of a class are labeled.

    Examples
    --------
    >>> from skal.stopping import LabelBudget, TargetScore
    >>> TargetScore(0.9) | LabelBudget(1000)
    Either(first=TargetScore(threshold=0.9), second=LabelBudget(n=1000))

    Prices are to be predicted with a root mean squared error below 12:

    >>> TargetScore(12.0, "rmse")
    TargetScore(scoring='rmse', threshold=12.0)
    """

    _parameter_constraints = {
        **_Target._parameter_constraints,
        "threshold": [Interval(Real, 0, None, closed="neither")],
        "scoring": [StrOptions(_SCORES), None],
    }

    def __init__(self, threshold=0.95, scoring=None, positive=None, confidence=0.95):
        self.threshold = threshold
        self.scoring = scoring
        self.positive = positive
        self.confidence = confidence

    def start(self, n_pool, random_state=None):
        """Return the state before the first look."""
        state = super().start(n_pool, random_state)
        # Only this error is not a share: it has the unit of the labels.
        if self.scoring != "rmse" and self.threshold > 1:
            raise InvalidParameterError(
                "The 'threshold' parameter of TargetScore must be at most 1 for "
                f"scoring={self.scoring or 'accuracy'!r}, got {self.threshold!r}."
            )
        of_a_class = self.scoring in ("f1", "recall")
        if of_a_class != (self.positive is not None):
            wanted = "name a class" if of_a_class else "be None"
            raise ValueError(
                f"positive must {wanted} for scoring={self.scoring or 'accuracy'!r}, got "
                f"{self.positive!r}."
            )
        return state

    def _scoring(self):
        return self.scoring


class TargetRecall(_Target):
    """Stop when most rows of a class are labeled: by the lower end of their share.

    Reads the estimate "found" of a labeling session with an audit, see
    :meth:`skal.session.LabelingSession.estimate`, as :class:`TargetScore` does.

    Parameters
    ----------
    threshold : float, default=0.95
        The share of all rows of the class that is to be labeled, above 0, at most 1.
    positive : label
        The class.
    confidence : float, default=0.95
        Of the interval, between 0 and 1.

    Examples
    --------
    >>> from skal.stopping import TargetRecall
    >>> TargetRecall(0.9, positive="relevant")
    TargetRecall(positive='relevant', threshold=0.9)
    """

    def __init__(self, threshold=0.95, positive=None, confidence=0.95):
        self.threshold = threshold
        self.positive = positive
        self.confidence = confidence

    def start(self, n_pool, random_state=None):
        """Return the state before the first look."""
        state = super().start(n_pool, random_state)
        if self.positive is None:
            raise ValueError("positive must name the class of which rows are wanted, got None.")
        return state

    def _scoring(self):
        return "found"
