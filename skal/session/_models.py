"""The models of a session: when they are fitted, and on which labels."""

from dataclasses import dataclass

from sklearn.base import clone

from .._base import (
    InvalidParameterError,
    derive_seed,
    is_regressor,
    with_fitted_transformers,
)
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
    is_fitted : bool
    known : list
        The labels that it has learned.
    """

    learner: ActiveLearner
    n_fits: int
    fitted_at: int
    n_seen: int
    is_fitted: bool
    known: list


class Models:
    """Fit models on the labels of a session, each of them once.

    A model is a function of the labels and of the number of models before it, so that a session
    that is opened again fits the same ones.

    The models that choose rows do not know the labels of audit rows. If they did, they would not
    ask for rows that are like them. A model that has to predict an audit row without its label
    would then know less of its surroundings than the present model knows of unlabeled rows, and
    be wrong more often: the estimate would be several points too low.

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
    rules : LabelRules
    groups : ndarray of int of shape (n_rows,), default=None
        The number of each row's group of copies. Copies of an audit row tell its label, and so the
        models that choose rows do not know them, either.
    """

    def __init__(
        self, learner, refit_every, fit_transformers, rows, log, verdict, rules, groups=None
    ):
        self._learner = learner
        self._has_fitted_transformers = fit_transformers == "labeled"
        self._refit_every = refit_every
        self._rows = rows
        self._log = log
        self._verdict = verdict
        self._rules = rules
        self._groups = groups
        # The last model that chooses, and the last one of all labels: the same without an audit.
        self._fitted = {}

    def for_next(self):
        """Return who chooses the next rows: a new model if one is due, else the last one."""
        record = self._log.record
        if self._is_due():
            n_fits, fitted_at, n_seen = record.n_fits + 1, record.seq, record.n_given
        else:
            n_fits, fitted_at, n_seen = record.n_fits, record.fitted_at, record.n_seen
        # Without a model, or with all its labels undone, the cold start chooses.
        is_fitted = bool(n_fits and self._has_taught())
        fitted = self._get(fitted_at if is_fitted else 0, n_fits, with_audit=False)
        return Chooser(fitted.learner, n_fits, fitted_at, n_seen, is_fitted, fitted.by[0][1])

    def of_all_labels(self):
        """Return a learner that knows all labels, None if there are none, or too few classes."""
        record = self._log.record
        if not record.opinions or not self._are_enough(self._verdict.labels(record)[1]):
            return None
        n_fits = max(1, record.n_fits + self._is_due())
        return self._get(record.seq, n_fits, with_audit=True).learner

    def _are_enough(self, labels):
        """Whether labels make a matrix of two columns, where rows have several."""
        return not self._rules.are_several or self._rules.targets(labels) is not None

    def predictor(self, rows, labels):
        """Return a function from rows to predictions, of a model that knows some labels only.

        The predictions are None where the labels do not suffice for a model.
        """
        if self._rules.targets(labels) is None:
            return lambda others: [None] * len(others)
        learner = self.fit(rows, labels, max(1, self._log.record.n_fits))
        rules = self._rules
        return lambda others: rules.meant(learner.predict(self._rows.take(others)), labels)

    def _is_due(self):
        record = self._log.record
        # However large refit_every is, no model goes on choosing by labels that were wrong.
        outdated = record.changed_at > record.fitted_at
        enough = record.n_given - record.n_seen >= self._refit_every
        return self._has_taught() and (outdated or enough)

    def _has_taught(self):
        """Whether there are labels that a model which chooses may know."""
        tells = self._tells_audit()
        record = self._log.record
        if all(map(tells, record.opinions)):
            return False
        # Which labels they are, only several labels a row have to tell.
        if not self._rules.are_several:
            return True
        return self._are_enough(self._without_audit(*self._verdict.labels(record))[1])

    def _without_audit(self, rows, labels):
        """Return the rows, and their labels, that a model which chooses may know."""
        tells = self._tells_audit()
        kept = [place for place, row in enumerate(rows) if not tells(row)]
        return [rows[i] for i in kept], [labels[i] for i in kept]

    def _tells_audit(self):
        """Return a function that says whether a row is an audit row, or a copy of one."""
        drawn = self._log.record.draws.rows
        if self._groups is None or not drawn:
            return drawn.__contains__
        groups = set(self._groups[list(drawn)].tolist())
        return lambda row: self._groups[row].item() in groups

    def _get(self, seq, n_fits, *, with_audit):
        """Return what knows the labels as they were after an action, as :class:`_Fitted`."""
        last = self._fitted.get(with_audit)
        if last is not None and last.at == (seq, n_fits):
            return last
        rows, labels = self._labels_at(seq)
        if not with_audit and self._log.record.draws.rows:
            rows, labels = self._without_audit(rows, labels)
        by = (rows, labels), n_fits
        # Offers and skips are actions, too: the labels may be the same as those before.
        fitted = next((one for one in self._fitted.values() if one.by == by), None)
        learner = self.fit(rows, labels, n_fits) if fitted is None else fitted.learner
        self._fitted[with_audit] = _Fitted(learner, by, (seq, n_fits))
        return self._fitted[with_audit]

    def _labels_at(self, seq):
        """Return the labels after an action; the log is read only if they are others now."""
        record = self._log.record
        changed = record.changed_at > record.fitted_at or record.n_given > record.n_seen
        if seq == record.seq or (seq == record.fitted_at and not changed):
            return self._verdict.labels(record)
        return self._verdict.labels(self._log.record_at(seq))

    def fit(self, rows, labels, n_fits):
        """Return a learner fitted on some labels, as the model number `n_fits`; none are kept."""
        if not self._has_fitted_transformers:
            self._fit_transformers()
        learner = clone(self._learner)
        if learner.random_state is None:
            learner.set_params(random_state=self._log.record.random_state)
        y = self._rules.targets(labels) if rows else None
        if y is not None:
            learner.fit(self._rows.take(rows), y)
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
    at: tuple


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
        kind = "regressor" if is_regressor(learner) else "classifier"
        raise InvalidParameterError(
            f"learner must be an ActiveLearner or None, got {learner!r}. Wrap a {kind}"
            f"{way_out if hasattr(learner, 'predict') else ' in an ActiveLearner.'}"
        )
    return clone(learner)
