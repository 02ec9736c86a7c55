"""The advice of a stopping criterion, and its memory beside the log."""

from .._base import InvalidParameterError, take_rows
from ..stopping import Round, stops_by_count
from ._state import freeze, thaw

# The key of the criterion's memory in the file.
KEY = "stopping"


class Advice:
    """Show a stopping criterion the models of a session, and report whether it would stop.

    Parameters
    ----------
    criterion : StoppingCriterion or None
    rows : Rows
    store : Store
        Keeps the state of the criterion, and its last answer.
    estimates : Estimates
        Tells the criterion how good the model is, in a session with an audit.
    """

    def __init__(self, criterion, rows, store, estimates):
        self._criterion = criterion
        self._rows = rows
        self._store = store
        self._estimates = estimates

    def after(self, learner, record):
        """Show the criterion a new model, and return what to keep (None: nothing)."""
        if self._criterion is None:
            return None
        kept = self._kept()
        if kept is None:
            n_rows = len(self._rows)
            state = self._criterion.start(n_rows, record.random_state)
        else:
            n_rows, state = kept["n_rows"], thaw(kept["state"])
        # Rows that were appended since the criterion began are not part of its pool.
        X = take_rows(self._rows.X, slice(0, n_rows))
        estimate = self._estimates.of if self._estimates.has_audit else None
        n_labels, names = len(record.opinions), self._estimates.names_of_several()
        now = Round(learner, X, n_labels=n_labels, estimate=estimate, classes=names)
        state, stop = self._criterion.update(state, now)
        return {
            "criterion": repr(self._criterion),
            "n_rows": n_rows,
            "state": freeze(state),
            "stop": bool(stop),
        }

    def keep(self, advice):
        """Write what :meth:`after` returned, within a transaction."""
        if advice is not None:
            self._store.remember(KEY, advice)

    def stop(self, record):
        """Return the criterion's last answer, None if there is no criterion.

        What counts labels needs no round, and is answered by those of the record.
        """
        if self._criterion is None:
            return None
        if stops_by_count(self._criterion, len(record.opinions)):
            return True
        kept = self._kept()
        return kept is not None and kept["stop"]

    def _kept(self):
        """Return what was kept of this criterion; another criterion starts anew."""
        kept = self._store.recall(KEY)
        if kept is None or kept["criterion"] != repr(self._criterion):
            return None
        return kept


def check_stopping(stopping, n_rows):
    """Return a stopping criterion or None, else raise an error."""
    if stopping is None:
        return None
    is_criterion = hasattr(stopping, "start") and hasattr(stopping, "update")
    if not is_criterion or isinstance(stopping, type):
        raise InvalidParameterError(
            f"stopping must be a stopping criterion, see skal.stopping, got {stopping!r}."
        )
    # What is wrong with its parameters is said before anybody labels.
    stopping.start(n_rows, 0)
    return stopping
