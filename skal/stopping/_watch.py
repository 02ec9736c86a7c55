"""Stopping in one call a round: a criterion with its memory."""

from sklearn.exceptions import NotFittedError

from .._base import num_rows
from ._round import Round


class Watch:
    """Watch a learner, round by round, until a criterion says that there are enough labels.

    Made by :meth:`StoppingCriterion.watch`. It holds the memory that the criterion does not have,
    and the pool as it was at the start, so that a loop needs one call for each round.

    Parameters
    ----------
    criterion : StoppingCriterion
        When to stop.
    X_pool : rows of shape (n_pool, ...)
        The pool before the first query. The model predicts a sample of it after each round.
    random_state : int, RandomState or None, default=None
        Seed of the sample of the pool that the criterion looks at.

    Attributes
    ----------
    n_rounds : int
        How many rounds were seen so far.

    See Also
    --------
    skal.LabelBudgetClassifier : A simulation with a criterion, given as `stopping`.
    skal.session.LabelingSession : A labeling session, which takes a criterion as well.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.datasets import load_iris
    >>> from skal import ActiveLearner
    >>> from skal.stopping import StabilizingPredictions
    >>> X, y = load_iris(return_X_y=True)
    >>> learner = ActiveLearner(random_state=0)
    >>> watch = StabilizingPredictions(threshold=0.95).watch(X, random_state=0)
    >>> unlabeled = np.arange(len(X))
    >>> while not watch.should_stop(learner):
    ...     rows = unlabeled[learner.query(X[unlabeled], n=5)]
    ...     learner = learner.teach(X[rows], y[rows])
    ...     unlabeled = np.setdiff1d(unlabeled, rows)
    >>> len(learner.y_labeled_) < 100
    True
    """

    def __init__(self, criterion, X_pool, *, random_state=None):
        self.criterion = criterion
        self.X_pool = X_pool
        self.n_rounds = 0
        self._state = criterion.start(num_rows(X_pool), random_state=random_state)
        self._seen, self._stop = None, False

    def should_stop(self, learner):
        """Say whether there are enough labels.

        A round is counted once: until the learner gets further labels, the answer is the same.

        Parameters
        ----------
        learner : ActiveLearner
            The learner after the round. One that is not fitted yet has not begun.

        Returns
        -------
        stop : bool

        Raises
        ------
        MissingOutputError
            If the criterion reads what the learner does not have, such as probabilities.
        ValueError
            If the criterion needs an estimate of the score, which only a labeling session gives.
        """
        version = _version_of(learner)
        if version is not None and version != self._seen:
            round = Round(learner, self.X_pool)
            self._state, stop = self.criterion.update(self._state, round)
            self._seen, self._stop = version, bool(stop)
            self.n_rounds += 1
        return self._stop

    def __repr__(self):
        return f"<Watch of {self.criterion}: {self.n_rounds} rounds, stop={self._stop}>"


def _version_of(learner):
    """Return what changes when a learner is taught, or None if it is not fitted."""
    is_class = isinstance(learner, type)
    if is_class or not (hasattr(learner, "query") or _knows_labels(learner)):
        given = "a class" if is_class else type(learner).__name__
        raise TypeError(
            "should_stop takes the ActiveLearner after the round, should_stop(learner), got "
            f"{given}, which does not know how many labels there are."
        )
    if not _knows_labels(learner):
        return None
    return len(learner.y_labeled_), getattr(learner, "n_teaches_", None)


def _knows_labels(learner):
    try:
        return hasattr(learner, "y_labeled_")
    except NotFittedError:
        return False
