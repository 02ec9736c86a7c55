"""What holds for every learner, right or wrong: see `LearnerCase`."""

import contextlib
import copy
import warnings
from unittest import mock

import numpy as np
import sklearn

from skal import ActiveLearner

from . import labels, models, rows
from .batch_checks import check_batch
from .cases import RANDOM_STATES, WRONG_STATES
from .outcomes import Outcome, expect, frozen, nothing_changes


class Unbuildable(Exception):
    """An input that cannot be made, such as a trained model without samples."""


class Trial:
    """A learner, what it was given, and what it is asked."""

    def __init__(self, case):
        self.case = case
        self.rng = np.random.RandomState(case.seed % 2**32)
        self.X, self.X_pool = self._samples()
        self.y = labels.Y[case.labels](self.codes(case.n_labeled))
        self.known_labels = case.labels  # the name of those that were taught first
        self.weights = labels.WEIGHTS[case.weights](case.n_labeled)
        self.prices = labels.PRICES[case.prices](case.n_pool)
        self.n = labels.N[case.n](case.n_pool)
        self.learner = ActiveLearner(
            models.MODELS[case.model](self.X, self.y),
            case.strategy and case.strategy.make(),
            cold_start=case.cold_start and case.cold_start.make(),
            incremental=case.incremental,
            random_state=RANDOM_STATES[case.random_state](np),
        )

    def _samples(self):
        case = self.case
        X = rows.numbers(self.rng, case.n_labeled, case.values)
        X_pool = rows.numbers(self.rng, case.n_pool, case.values)
        if case.model in models.KERNEL_MODELS and case.kind in rows.TABLES:
            X, X_pool = X @ X.T, X_pool @ X.T
        return rows.rows(X, case.kind), rows.rows(X_pool, case.kind)

    def codes(self, n_samples):
        """Return the classes of samples, each at least once if there are enough."""
        return np.arange(n_samples) % self.case.n_classes

    def more(self, kind, n_samples=4):
        """Return further samples of a kind."""
        return rows.rows(rows.numbers(self.rng, n_samples, "normal"), kind)

    def more_labels(self, n_samples=4):
        """Return labels for further samples, of the kind of the first ones."""
        return labels.Y[self.case.labels](self.codes(n_samples))

    def ask(self, learner=None, **changed):
        """Ask for a batch, with other arguments where they are given."""
        learner = self.learner if learner is None else learner
        asked = {"X_pool": self.X_pool, "n": self.n, "prices": self.prices, **changed}
        return Outcome(lambda: learner.query(**asked))

    @property
    def is_fitted(self):
        """Whether the learner was fitted."""
        return hasattr(self.learner, "estimator_")


def build(case):
    """Return the trial of a case, or raise Unbuildable."""
    np.random.seed(case.seed % 2**32)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Trial(case)
    except Exception as error:
        raise Unbuildable from error


def check_learner(case):
    """Fit a learner, ask it, do the steps of the case, and check everything on the way."""
    from .steps import take_step

    trial = build(case)
    with _blocks(case.rows_per_block):
        if case.fitted and not _fit(trial):
            return
        answer = check_query(trial)
        for step in case.steps:
            answer = take_step(trial, step, answer)


@contextlib.contextmanager
def _blocks(n_rows):
    if n_rows is None:
        yield
        return
    with mock.patch("skal.pool._arrays._FEWEST_ROWS", n_rows):
        yield


def _fit(trial):
    """Fit the learner; return whether it was accepted."""
    case, learner = trial.case, trial.learner
    params = {} if trial.weights is None else {"sample_weight": trial.weights}
    before = frozen(learner)
    with _inputs_stay("fit", trial.X, trial.y):
        outcome = Outcome(lambda: learner.fit(trial.X, trial.y, **params))
    if outcome.error is not None:
        expect(not hasattr(learner, "estimator_"), "a learner is fitted by a fit that failed")
        # A generator that the user gave as `random_state` moves on, as everywhere.
        if case.random_state != "state":
            expect(frozen(learner) == before, "a fit that failed changed the learner")
        return False
    if case.n_labeled >= 6 and case.n_classes >= 2:
        expect(case.labels not in labels.WRONG_Y, f"fit took labels: {case.labels}")
    expect(case.random_state not in WRONG_STATES, f"fit took random_state {case.random_state}")
    return True


@contextlib.contextmanager
def _inputs_stay(what, *inputs):
    before = [rows.content(one) for one in inputs]
    yield
    for one, was in zip(inputs, before, strict=True):
        if not hasattr(one, "__next__"):
            expect(rows.content(one) == was, f"{what} changed what it was given")


def check_query(trial, **changed):
    """Ask for a batch in all ways that must agree; return the answer."""
    asked = {"X_pool": trial.X_pool, "n": trial.n, "prices": trial.prices, **changed}
    models.ASKED.clear()
    with (
        nothing_changes("query", trial.learner),
        _inputs_stay("query", asked["X_pool"], asked["prices"]),
    ):
        answer = trial.ask(**changed)
    if hasattr(asked["X_pool"], "__next__"):
        expect(answer.error is not None, "query took a generator")
        return answer
    twisted = list(models.ASKED)
    expect(trial.ask(**changed) == answer, "query asked twice gives two answers")
    if answer.error is None:
        _check_was_right(trial, asked, twisted)
        selection = trial.learner.select(**asked)
        expect(np.array_equal(selection.positions, answer.value), "select and query differ")
        pool = trial.learner.pool(asked["X_pool"], prices=asked["prices"])
        check_batch(selection, asked["n"], len(pool), pool)
    _check_threads_and_memory(trial, changed, answer)
    return answer


def _check_was_right(trial, asked, twisted):
    """Check that nothing that had to be refused was answered."""
    n_pool = len(trial.learner.pool(asked["X_pool"]))
    expect(n_pool > 0, "query answered for an empty pool")
    is_count = isinstance(asked["n"], (int, np.integer)) and not isinstance(asked["n"], bool)
    expect(is_count and asked["n"] >= 1, f"query took n={asked['n']!r}")
    if trial.case.model.endswith("embed: nothing") and trial.learner.strategy is None:
        twisted = []  # a model without a space: the default does not need one
    expect(not twisted, f"query took a wrong output of the model: {trial.case.model}")
    if asked["prices"] is trial.prices and n_pool >= 2:
        wrong = trial.case.prices in labels.WRONG_PRICES
        expect(not wrong, f"query took prices: {trial.case.prices}")


def _check_threads_and_memory(trial, changed, answer):
    other = copy.deepcopy(trial.learner)
    other.n_jobs = 3
    if not trial.is_fitted and trial.case.random_state == "None":
        return  # a copy has a seed of its own
    expect(trial.ask(other, **changed) == answer, "n_jobs changes the answer")
    with sklearn.config_context(working_memory=0.0005):
        expect(trial.ask(**changed) == answer, "working_memory changes the answer")
