"""The models of a session: when they are fitted, and what they choose."""

from dataclasses import dataclass

import numpy as np
from sklearn.base import clone

from .._base import take_rows
from ..learner import ActiveLearner
from ..strategies import ScoreStrategy, UncertaintySampling
from ._record import Record


@dataclass
class Chooser:
    """A learner that chooses rows, and what of the session it knows.

    Parameters
    ----------
    learner : ActiveLearner
        Not fitted where `n_fits` is 0.
    n_fits : int
        How many models there were, this one included.
    fitted_at : int
        The last action it knows.
    n_seen : int
        How many labels were given by then.
    """

    learner: ActiveLearner
    n_fits: int
    fitted_at: int
    n_seen: int


class Models:
    """Fit models on the labels of a record, each of them once.

    A model is a function of the labels and of the number of models before it, so that a session
    that is opened again fits the same ones.

    Parameters
    ----------
    learner : ActiveLearner
    rows : Rows
    refit_every : int
    """

    def __init__(self, learner, rows, refit_every):
        self._learner = learner
        self._rows = rows
        self._refit_every = refit_every
        self._fitted = None

    def for_next(self, record, store):
        """Return who chooses the next rows: a new model if one is due, else the last one."""
        if self._is_due(record):
            n_fits, fitted_at, n_seen = record.n_fits + 1, record.seq, record.n_given
        else:
            n_fits, fitted_at, n_seen = record.n_fits, record.fitted_at, record.n_seen
        known = n_fits and record.opinions
        learner = self._get(record, store, fitted_at if known else 0, n_fits)
        return Chooser(learner, n_fits, fitted_at, n_seen)

    def of_all_labels(self, record, store):
        """Return a learner that knows all labels of a record."""
        n_fits = max(1, record.n_fits + self._is_due(record))
        return self._get(record, store, record.seq, n_fits)

    def _is_due(self, record):
        outdated = record.changed_at > record.fitted_at
        enough = record.n_given - record.n_seen >= self._refit_every
        return bool(record.opinions) and (outdated or enough)

    def _get(self, record, store, seq, n_fits):
        """Return the learner that knows the labels as they were after an action."""
        if self._fitted is not None and self._fitted.at == (seq, n_fits):
            return self._fitted.learner
        labels = _labels_at(record, store, seq)
        if self._fitted is None or self._fitted.by != (labels, n_fits):
            learner = self._fit(*labels, n_fits, record.seed)
            self._fitted = _Fitted(learner, by=(labels, n_fits))
        self._fitted.at = seq, n_fits
        return self._fitted.learner

    def _fit(self, rows, labels, n_fits, seed):
        learner = clone(self._learner)
        if learner.random_state is None:
            learner.set_params(random_state=seed % 2**31)
        if rows:
            learner.fit(self._rows.take(rows), np.array(labels))
            # As if the rounds had been taught one by one, so that the random stream moves on.
            learner.n_teaches_ = n_fits - 1
        return learner


@dataclass
class _Fitted:
    """A learner, the labels and the number of fits it is made of, and where those come from."""

    learner: ActiveLearner
    by: tuple
    at: tuple = None


def _labels_at(record, store, seq):
    """Return the labels after an action, without a look at the log if they are the same now."""
    changed = record.changed_at > record.fitted_at or record.n_given > record.n_seen
    if seq == record.seq or (seq == record.fitted_at and not changed):
        return record.labels()
    past = Record()
    for action in store.actions(until=seq):
        past.apply(action)
    return past.labels()


def ask(learner, X_pool, n, prices):
    """Return the positions a learner chooses, their scores and the name of its strategy."""
    # A price of 0 is no price to a strategy, which divides by it.
    known = {"prices": prices} if (prices > 0).all() else {}
    positions = learner.query(X_pool, n, **known)
    n = len(positions)
    if not hasattr(learner, "estimator_") or len(learner.classes_) < 2:
        start = learner.cold_start
        return positions, [None] * n, "cold start" if start is None else type(start).__name__
    strategy = learner.strategy or UncertaintySampling("margin")
    if not isinstance(strategy, ScoreStrategy):
        return positions, [None] * n, type(strategy).__name__
    chosen = learner.pool(take_rows(X_pool, positions))
    scores = np.asarray(strategy.score_samples(chosen), dtype=float).tolist()
    return positions, scores, type(strategy).__name__
