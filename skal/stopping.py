"""Stopping criteria: when enough samples are labeled, judged without labels of a test set."""

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import column_or_1d

from ._base import (
    HasMethods,
    Integral,
    Interval,
    Real,
    StrOptions,
    check_same_length,
    check_targets,
    draw_positions,
    is_missing,
    is_regressor,
    make_random_state,
    num_rows,
    take_rows,
    validate_params,
)
from .acquisition import entropy, least_confidence
from .pool import MissingOutputError

__all__ = [
    "Both",
    "ClassificationChange",
    "Either",
    "ExpectedError",
    "LabelBudget",
    "OverallUncertainty",
    "Round",
    "StabilizingPredictions",
    "StoppingCriterion",
    "TargetRecall",
    "TargetScore",
    "concordance",
    "kappa",
]


def kappa(y1, y2):
    """Measure how far two sets of predictions agree beyond chance: Cohen's kappa.

    Let p_o be the share of samples on which the predictions agree, and p_e the share expected if
    both were drawn at random with the frequencies of their classes. Then
    ``kappa = (p_o - p_e) / (1 - p_e)``, and 1 where p_e = 1, that is where both predict one and
    the same class for all samples.

    Parameters
    ----------
    y1, y2 : array-like of shape (n_samples,)
        Class labels.

    Returns
    -------
    kappa : float
        At most 1, which is full agreement; 0 is the agreement expected by chance.

    Raises
    ------
    ValueError
        If the lengths differ, there are no samples, a label is missing, or one of the two holds
        text and the other numbers.

    References
    ----------
    J. Cohen (1960). A coefficient of agreement for nominal scales. Educational and
    Psychological Measurement 20.

    Examples
    --------
    >>> from skal.stopping import kappa
    >>> kappa([0, 0, 1, 1], [0, 0, 1, 0])
    0.5
    """
    y1, y2 = _labels(y1, "y1"), _labels(y2, "y2")
    check_same_length(y1=y1, y2=y2)
    # NumPy would make text of the numbers, and 1 would be the same as "1".
    if {"text", "numbers"} <= {_kind(y1), _kind(y2)}:
        raise ValueError(
            "y1 and y2 must hold labels of the same kind, got numbers and text: dtypes "
            f"{y1.dtype} and {y2.dtype}."
        )
    if not len(y1):
        raise ValueError("kappa needs at least one sample, got none.")
    n_samples = len(y1)
    codes = np.unique(np.concatenate([y1, y2]), return_inverse=True)[1].reshape(2, n_samples)
    counts = [np.bincount(row, minlength=codes.max() + 1) for row in codes]
    # Whole numbers, so that p_e = 1 is found exactly, and not missed by round-off.
    by_chance = int(counts[0] @ counts[1])
    agreeing = int(np.count_nonzero(codes[0] == codes[1])) * n_samples
    if by_chance == n_samples**2:
        return 1.0
    return (agreeing - by_chance) / (n_samples**2 - by_chance)


def concordance(y1, y2):
    """Measure how far two sets of predicted numbers agree: Lin's concordance correlation.

    With the means m, the variances v and the covariance c it is
    ``2 c / (v1 + v2 + (m1 - m2)^2)``, and 1 where all numbers of both are one and the same. It is
    what weighted :func:`kappa` becomes for numbers, if the weight of a disagreement is the squared
    difference.

    Parameters
    ----------
    y1, y2 : array-like of shape (n_samples,)
        Finite numbers.

    Returns
    -------
    concordance : float
        From -1 to 1, which is full agreement.

    Raises
    ------
    ValueError
        If the lengths differ, there are no samples, or not all of them are finite numbers.

    References
    ----------
    L. I. Lin (1989). A concordance correlation coefficient to evaluate reproducibility.
    Biometrics 45.

    Examples
    --------
    >>> from skal.stopping import concordance
    >>> round(concordance([1.0, 2.0, 3.0], [1.5, 2.5, 3.5]), 3)
    0.842
    """
    y1, y2 = check_targets(y1, "y1"), check_targets(y2, "y2")
    check_same_length(y1=y1, y2=y2)
    if not len(y1):
        raise ValueError("concordance needs at least one sample, got none.")
    # Shifted and scaled, as squares of large numbers may be infinite.
    unit = max(np.abs(y1).max(), np.abs(y2).max()) or 1.0
    y1, y2 = y1 / unit, y2 / unit
    y1, y2 = y1 - y1[0], y2 - y1[0]
    apart = np.mean((y1 - y2) ** 2)
    # v1 + v2 + (m1 - m2)^2 = 2 c + mean((y1 - y2)^2): where both are the same, it is 1 exactly.
    if apart == 0:
        return 1.0
    return float(1 - apart / (np.var(y1) + np.var(y2) + (y1.mean() - y2.mean()) ** 2))


def _kind(y):
    return {"U": "text", "S": "text", "O": "objects"}.get(y.dtype.kind, "numbers")


def _labels(y, name):
    """Return predicted labels as an array of shape (n_samples,), or refuse missing ones."""
    y = column_or_1d(y)
    missing = [i for i, label in enumerate(y) if is_missing(label)] if y.dtype.kind in "fO" else []
    if missing:
        raise ValueError(
            f"{name} must hold a label for every sample, but {name}[{missing[0]}] is missing."
        )
    return y


class Round:
    """Give a stopping criterion the learner and the pool after a round of learning.

    Predictions of the model are computed when a criterion first asks for them, and only once for
    criteria that ask for the same samples.

    Parameters
    ----------
    learner : fitted ActiveLearner
        The learner after this round.
    X_pool : rows of shape (n_pool, ...)
        The pool as it was when the criterion was started; positions refer to it.
    n_labels : int, default=None
        How many labels have been given so far. None stands for those of the learner.
    estimate : callable, default=None
        From a scoring, a class or None, and a confidence to an estimate of the score of the
        learner, with the attributes `value`, `low` and `high`, as
        :meth:`skal.session.LabelingSession.estimate` returns it. None: there is none.

    Attributes
    ----------
    classes : ndarray of shape (n_classes,)
        The classes that the learner knows. Not there where it has a regressor.
    predicts_numbers : bool
        Whether the learner has a regressor.
    predicts_several : bool
        Whether the learner predicts several labels for each sample.
    has_model : bool
        Whether there are labels enough for a model.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skal import ActiveLearner
    >>> from skal.stopping import Round
    >>> X, y = load_iris(return_X_y=True)
    >>> one = Round(ActiveLearner().fit(X[::10], y[::10]), X)
    >>> one.n_labels, one.predict_proba([0, 1]).shape
    (15, (2, 3))
    """

    def __init__(self, learner, X_pool, n_labels=None, estimate=None):
        self.learner = learner
        self.X_pool = X_pool
        self.estimate = estimate
        self.n_labels = len(learner.y_labeled_) if n_labels is None else n_labels
        if not isinstance(self.n_labels, Integral) or self.n_labels < 0:
            raise ValueError(f"n_labels must be an integer, from 0 on, got {self.n_labels!r}.")
        self._known = {}

    @property
    def predicts_numbers(self):
        """Whether the learner has a regressor."""
        return is_regressor(self.learner)

    @property
    def predicts_several(self):
        """Whether the learner predicts several labels for each sample."""
        return np.ndim(getattr(self.learner, "y_labeled_", ())) == 2

    @property
    def has_model(self):
        """Whether there are labels of two kinds, or two numbers: fewer do not make a model."""
        if self.predicts_several:
            labels = self.learner.y_labeled_
            return bool((labels != labels[:1]).any())
        known = self.learner.y_labeled_ if self.predicts_numbers else self.classes
        return len(known) >= 2

    @property
    def classes(self):
        """The classes that the learner knows."""
        return self.learner.classes_

    def predict(self, rows):
        """Return the predicted classes or numbers of some rows of the pool, of shape (n_rows,).

        Where a sample may have several labels, the shape is (n_rows, n_labels).
        """
        return self._answer("predict", rows)

    def predict_proba(self, rows):
        """Return the probabilities at some rows of the pool, of shape (n_rows, n_classes)."""
        return self._answer("predict_proba", rows)

    def _answer(self, method, rows):
        rows = _positions(rows, num_rows(self.X_pool))
        key = method, rows.tobytes()
        if key not in self._known:
            answer = np.asarray(getattr(self.learner, method)(take_rows(self.X_pool, rows)))
            shape = (len(rows), *self._columns(method))
            if answer.shape != shape:
                raise ValueError(
                    f"{method} of {self.learner} must give an array of shape {shape} for "
                    f"{len(rows)} samples, got shape {answer.shape}."
                )
            self._known[key] = answer
        return self._known[key]

    def _columns(self, method):
        """Return the shape of what a method says of one row."""
        if self.predicts_several:
            return self.learner.y_labeled_.shape[1:]
        return () if method == "predict" else (len(self.classes),)


def _positions(rows, n_pool):
    """Return positions in the pool; a mask or a negative number would stand for other samples."""
    rows = np.asarray(rows)
    if rows.ndim != 1 or (len(rows) and rows.dtype.kind not in "iu"):
        raise ValueError(
            "rows must hold positions in the pool, integers in one dimension, got an array of "
            f"shape {rows.shape} and dtype {rows.dtype}."
        )
    if len(rows) and not (0 <= rows.min() and rows.max() < n_pool):
        raise ValueError(
            f"rows must hold positions in the pool of {n_pool} samples, got {rows.min()} to "
            f"{rows.max()}. The pool must be the one with which the criterion was started."
        )
    return rows.astype(np.intp)


class StoppingCriterion(BaseEstimator):
    """Decide when enough samples are labeled.

    A criterion holds only its parameters. Its memory is a state that is passed from round to
    round: `start` returns the first state, and `update` takes a state and a :class:`Round` and
    returns the next state and whether to stop. Derive from this class and define both. A
    :class:`~skal.session.LabelingSession` keeps states that are built of None, numbers, text,
    lists, tuples, dicts and arrays. Criteria are combined with ``&`` and ``|``.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skal import ActiveLearner
    >>> from skal.stopping import LabelBudget, Round, StabilizingPredictions
    >>> X, y = load_iris(return_X_y=True)
    >>> learner = ActiveLearner(random_state=0).fit(X[::10], y[::10])
    >>> criterion = StabilizingPredictions(threshold=0.95) | LabelBudget(100)
    >>> state, stop = criterion.start(len(X), random_state=0), False
    >>> while not stop:
    ...     i = learner.query(X, n=5)
    ...     learner = learner.teach(X[i], y[i])
    ...     state, stop = criterion.update(state, Round(learner, X))
    >>> len(learner.y_labeled_) < 100
    True
    """

    _parameter_constraints = {}

    def start(self, n_pool, random_state=None):
        """Return the state before the first round.

        Parameters
        ----------
        n_pool : int
            Size of the pool.
        random_state : int, RandomState or None, default=None
            Seed of what the criterion draws. Combined criteria that get the same int look at
            the same samples, so that the model is asked once.

        Returns
        -------
        state : object
        """
        raise NotImplementedError(f"{type(self).__name__} must define start(n_pool).")

    def update(self, state, round):
        """Take a round into account and decide whether to stop.

        Parameters
        ----------
        state : object
            What `start` or the last `update` returned.
        round : Round
            The round that has just ended.

        Returns
        -------
        state : object
            To be passed to the next `update`.
        stop : bool
        """
        raise NotImplementedError(f"{type(self).__name__} must define update(state, round).")

    def __and__(self, other):
        return Both(self, other) if _is_criterion(other) else NotImplemented

    def __or__(self, other):
        return Either(self, other) if _is_criterion(other) else NotImplemented


def _is_criterion(thing):
    return hasattr(thing, "start") and hasattr(thing, "update")


def _wrong_state(criterion, state):
    return ValueError(
        f"state must be what the last start or update of {criterion} returned, got {state!r}."
    )


class _Pair(StoppingCriterion):
    _parameter_constraints = {
        "first": [HasMethods(["start", "update"])],
        "second": [HasMethods(["start", "update"])],
    }

    def __init__(self, first, second):
        self.first = first
        self.second = second

    def start(self, n_pool, random_state=None):
        """Return the states of both criteria."""
        validate_params(self)
        return tuple(one.start(n_pool, random_state) for one in (self.first, self.second))

    def update(self, state, round):
        """Update both criteria, and combine their decisions."""
        if not isinstance(state, (tuple, list)) or len(state) != 2:
            raise _wrong_state(self, state)
        # Both see every round, whatever the other one decides, or they would miss its history.
        first, stop_first = self.first.update(state[0], round)
        second, stop_second = self.second.update(state[1], round)
        return (first, second), self._combine([stop_first, stop_second])


class Both(_Pair):
    """Stop in a round in which both criteria stop: ``first & second``.

    Parameters
    ----------
    first, second : StoppingCriterion

    Examples
    --------
    >>> from skal.stopping import ExpectedError, StabilizingPredictions
    >>> StabilizingPredictions() & ExpectedError(0.1)
    Both(first=StabilizingPredictions(), second=ExpectedError(threshold=0.1))
    """

    _combine = staticmethod(all)


class Either(_Pair):
    """Stop as soon as one of the criteria stops: ``first | second``.

    Parameters
    ----------
    first, second : StoppingCriterion

    Examples
    --------
    >>> from skal.stopping import LabelBudget, StabilizingPredictions
    >>> StabilizingPredictions() | LabelBudget(500)
    Either(first=StabilizingPredictions(), second=LabelBudget(n=500))
    """

    _combine = staticmethod(any)


class LabelBudget(StoppingCriterion):
    """Stop when a number of labels has been given.

    The only criterion that may stop after the first round.

    Parameters
    ----------
    n : int
        The number of labels.

    Examples
    --------
    >>> from skal.stopping import LabelBudget
    >>> LabelBudget(100)
    LabelBudget(n=100)
    """

    _parameter_constraints = {"n": [Interval(Integral, 1, None, closed="left")]}

    def __init__(self, n):
        self.n = n

    def start(self, n_pool, random_state=None):
        """Return an empty state."""
        validate_params(self)

    def update(self, state, round):
        """Decide whether the number of labels is reached."""
        return state, round.n_labels >= self.n


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
            raise _wrong_state(self, state)
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


class _Target(StoppingCriterion):
    """Stop when the lower end of an estimate's interval has reached a threshold, and again.

    An estimate takes several models, and each look at it is another chance to stop too early by
    luck: it is looked at only when there are `_GROWTH` labels for each 10 before, and has to be
    high enough `_N_LOOKS` times in a row. The state is a dict with the number of labels `seen` at
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
            raise _wrong_state(self, state)
        seen, reached = state["seen"], state["reached"]
        # Labels may have been undone, too.
        if round.n_labels < seen or 10 * round.n_labels >= self._GROWTH * seen:
            seen, reached = round.n_labels, reached + 1 if self._is_reached(round) else 0
        return {"seen": seen, "reached": reached}, reached >= self._N_LOOKS

    def _is_reached(self, round):
        # A class that nobody has labeled yet is no mistake early on.
        # Scores of classes are refused for numbers by the estimate.
        of_classes = self.positive is not None and not round.predicts_numbers
        if of_classes and self.positive not in list(round.classes):
            return False
        estimate = round.estimate(self._scoring(), self.positive, self.confidence)
        return estimate.low is not None and estimate.low >= self.threshold


class TargetScore(_Target):
    """Stop when the model is good enough: by the lower end of the interval of its score.

    Reads the estimate of a labeling session with an audit, see
    :meth:`skal.session.LabelingSession.estimate`, whenever there are 10% more labels than at the
    last look, and stops at the second look in a row at which it reaches the threshold. While there
    are too few audit rows to say, it goes on.

    Parameters
    ----------
    threshold : float, default=0.95
        The score to reach, above 0, at most 1.
    scoring : {"accuracy", "balanced_accuracy", "f1", "recall", "r2"}, default=None
        The score of the model on the rows without a label. None stands for "accuracy", and for
        "r2" where labels are numbers.
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
    """

    _parameter_constraints = {
        **_Target._parameter_constraints,
        "scoring": [StrOptions({"accuracy", "balanced_accuracy", "f1", "recall", "r2"}), None],
    }

    def __init__(self, threshold=0.95, scoring=None, positive=None, confidence=0.95):
        self.threshold = threshold
        self.scoring = scoring
        self.positive = positive
        self.confidence = confidence

    def start(self, n_pool, random_state=None):
        """Return the state before the first look."""
        state = super().start(n_pool, random_state)
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
