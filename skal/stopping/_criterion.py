"""The base of stopping criteria, and those that are made of others or count labels."""

from sklearn.base import BaseEstimator

from .._base import Documented, HasMethods, Integral, Interval, validate_params
from ._watch import Watch


class StoppingCriterion(Documented, BaseEstimator):
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

    def watch(self, X_pool, *, random_state=None):
        """Return this criterion with a memory, which takes one call for each round.

        Parameters
        ----------
        X_pool : rows of shape (n_pool, ...)
            The pool before the first query, of which the criterion looks at a sample. Give all of
            it once, also where your loop takes labeled samples out.
        random_state : int, RandomState or None, default=None
            Seed of that sample.

        Returns
        -------
        watch : Watch
            ``watch.should_stop(learner)`` says whether to stop after a round.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from skal import ActiveLearner
        >>> from skal.stopping import LabelBudget
        >>> X, y = load_iris(return_X_y=True)
        >>> watch = LabelBudget(15).watch(X)
        >>> watch.should_stop(ActiveLearner().fit(X[::10], y[::10]))
        True
        """
        return Watch(self, X_pool, random_state=random_state)

    def _stops_by_count(self, n_labels):
        """Say whether a number of labels is enough, whatever the model does."""
        return False

    def __and__(self, other):
        return Both(self, other) if _is_criterion(other) else NotImplemented

    def __or__(self, other):
        return Either(self, other) if _is_criterion(other) else NotImplemented


def _is_criterion(thing):
    return hasattr(thing, "start") and hasattr(thing, "update")


def stops_by_count(criterion, n_labels):
    """Return whether a criterion stops at a number of labels, without a look at any model."""
    by_count = getattr(criterion, "_stops_by_count", None)  # a class of its own may lack it
    return by_count is not None and by_count(n_labels)


def wrong_state(criterion, state):
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
            raise wrong_state(self, state)
        # Both see every round, whatever the other one decides, or they would miss its history.
        first, stop_first = self.first.update(state[0], round)
        second, stop_second = self.second.update(state[1], round)
        return (first, second), self._combine([stop_first, stop_second])

    def _stops_by_count(self, n_labels):
        return self._combine(stops_by_count(one, n_labels) for one in (self.first, self.second))


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
        return state, self._stops_by_count(round.n_labels)

    def _stops_by_count(self, n_labels):
        return n_labels >= self.n
