"""Whether a game goes on, as its stopping criterion sees it."""

from .._base import take_rows
from ..stopping import Round


class StoppingWatch:
    """Ask a stopping criterion after every round; without one the game always goes on."""

    def __init__(self, criterion, oracle, pool_rows, seed):
        self._criterion = criterion
        if criterion is not None:
            # The pool before the first query: a criterion compares rounds on the same rows.
            self._X_pool = take_rows(oracle.X, pool_rows)
            self._state = criterion.start(len(pool_rows), seed)

    def goes_on(self, learner, n_labels):
        """Show a round to the criterion, and return whether another one follows."""
        if self._criterion is None:
            return True
        now = Round(learner, self._X_pool, n_labels)
        self._state, stop = self._criterion.update(self._state, now)
        return not stop
