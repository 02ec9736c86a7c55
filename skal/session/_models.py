"""The models of a session: when they are fitted, and on which labels."""

from dataclasses import dataclass

import numpy as np
from sklearn.base import clone

from .._base import InvalidParameterError, derive_seed, with_fitted_transformers
from ..learner import ActiveLearner


@dataclass
class Chooser:
    """A learner that chooses rows, and how much of the session it knows.

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
    """Fit models on the labels of a session, each of them once.

    A model is a function of the labels and of the number of models before it, so that a session
    that is opened again fits the same ones.

    Parameters
    ----------
    learner : ActiveLearner
        Cloned for each model.
    refit_every : int
    fit_transformers : {"all", "labeled"}
        The rows on which transformers are fitted that need no labels.
    rows : Rows
    log : Log
    verdict : Verdict
    """

    def __init__(self, learner, refit_every, fit_transformers, rows, log, verdict):
        self._learner = learner
        self._has_fitted_transformers = fit_transformers == "labeled"
        self._refit_every = refit_every
        self._rows = rows
        self._log = log
        self._verdict = verdict
        self._fitted = None

    def for_next(self):
        """Return who chooses the next rows: a new model if one is due, else the last one."""
        record = self._log.record
        if self._is_due():
            n_fits, fitted_at, n_seen = record.n_fits + 1, record.seq, record.n_given
        else:
            n_fits, fitted_at, n_seen = record.n_fits, record.fitted_at, record.n_seen
        # Without a model, or with all its labels undone, the cold start chooses.
        known = n_fits and record.opinions
        learner = self._get(fitted_at if known else 0, n_fits)
        return Chooser(learner, n_fits, fitted_at, n_seen)

    def of_all_labels(self):
        """Return a learner that knows all labels, None if there are none."""
        record = self._log.record
        if not record.opinions:
            return None
        return self._get(record.seq, max(1, record.n_fits + self._is_due()))

    def _is_due(self):
        record = self._log.record
        # However large refit_every is, no model goes on choosing by labels that were wrong.
        outdated = record.changed_at > record.fitted_at
        enough = record.n_given - record.n_seen >= self._refit_every
        return bool(record.opinions) and (outdated or enough)

    def _get(self, seq, n_fits):
        """Return the learner that knows the labels as they were after an action."""
        if self._fitted is not None and self._fitted.at == (seq, n_fits):
            return self._fitted.learner
        labels = self._labels_at(seq)
        # Offers and skips are actions, too: the labels may be the same as those before.
        if self._fitted is None or self._fitted.by != (labels, n_fits):
            self._fitted = _Fitted(self._fit(*labels, n_fits), by=(labels, n_fits))
        self._fitted.at = seq, n_fits
        return self._fitted.learner

    def _labels_at(self, seq):
        """Return the labels after an action; the log is read only if they are others now."""
        record = self._log.record
        changed = record.changed_at > record.fitted_at or record.n_given > record.n_seen
        if seq == record.seq or (seq == record.fitted_at and not changed):
            return self._verdict.labels(record)
        return self._verdict.labels(self._log.record_at(seq))

    def _fit(self, rows, labels, n_fits):
        if not self._has_fitted_transformers:
            self._fit_transformers()
        learner = clone(self._learner)
        if learner.random_state is None:
            learner.set_params(random_state=self._log.record.random_state)
        if rows:
            learner.fit(self._rows.take(rows), np.array(labels))
            # As if the rounds had been taught one by one, so that the random stream moves on.
            learner.n_teaches_ = n_fits - 1
        return learner

    def _fit_transformers(self):
        """Fit transformers that need no labels on all rows, before the first model is fitted."""
        learner = clone(self._learner)
        if learner.estimator is not None:
            seed = derive_seed(self._log.record.random_state)
            X = self._rows.X
            learner.estimator = with_fitted_transformers(learner.estimator, X, seed)
        self._learner = learner
        self._has_fitted_transformers = True


@dataclass
class _Fitted:
    """A learner, the labels and the number of fits it is made of, and where those come from."""

    learner: ActiveLearner
    by: tuple
    at: tuple = None


def check_fit_transformers(value):
    """Return `fit_transformers` if it is one of its two values, else raise an error."""
    if isinstance(value, str) and value in ("all", "labeled"):
        return value
    raise InvalidParameterError(
        'fit_transformers must be "all", to fit transformers that need no labels on all rows, or '
        f'"labeled", to fit them on the labeled rows, got {value!r}.'
    )


def check_learner(learner):
    """Return a clone of a learner, ActiveLearner() for None, else raise an error."""
    if learner is None:
        return ActiveLearner()
    if not isinstance(learner, ActiveLearner):
        way_out = f": ActiveLearner({type(learner).__name__}(...))."
        raise InvalidParameterError(
            f"learner must be an ActiveLearner or None, got {learner!r}. Wrap a classifier"
            f"{way_out if hasattr(learner, 'predict') else ' in an ActiveLearner.'}"
        )
    return clone(learner)
