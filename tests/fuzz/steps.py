"""What can be done to a learner after it was asked, and what holds then."""

import copy
import pickle

import numpy as np
import pandas as pd
import polars as pl
from sklearn.base import clone

from skal import ActiveLearner

from . import labels, rows
from .learner_checks import check_query
from .outcomes import Outcome, expect, frozen

OVERWRITTEN = "what was given is overwritten: other labels are taught"


def take_step(trial, step, answer):
    """Do a step, check what it promises, and return the answer of the learner after it."""
    name, _, argument = step.partition(": ")
    changed = STEPS[name](trial, argument, answer)
    if changed:
        return check_query(trial)
    expect(trial.ask() == answer, f"{name}: the learner answers differently afterwards")
    return answer


def _teach(trial, X, y, **params):
    """Teach; return whether it was accepted, and check that it was all or nothing."""
    learner = trial.learner
    before = frozen(learner)
    n_before = len(learner.y_labeled_) if trial.is_fitted else 0
    outcome = Outcome(lambda: learner.teach(X, y, **params))
    if outcome.error is not None:
        if trial.case.random_state != "state" or trial.is_fitted:
            expect(frozen(learner) == before, "a teach that failed changed the learner")
        return False
    n_after = len(learner.y_labeled_)
    expect(n_after >= n_before, "teach lost labels")
    expect(_length(learner.X_labeled_) == n_after, "X_labeled_ and y_labeled_ differ in length")
    return True


def _length(X):
    return X.shape[0] if hasattr(X, "shape") else len(X)


def _is_text(kind):
    return kind in rows.TEXTS


def _comparable(trial, kind):
    """Whether samples of a kind are not plainly of another kind than those learned."""
    known = trial.case.kind
    if not trial.is_fitted or known in rows.ODD or kind in rows.ODD:
        return True
    return _is_text(known) == _is_text(kind)


def _step_teach(trial, kind, answer):
    comparable = _comparable(trial, kind)
    accepted = _teach(trial, trial.more(kind), trial.more_labels())
    expect(comparable or not accepted, f"teach took {kind} after {trial.case.kind}")
    return accepted


def _step_teach_labels(trial, name, answer):
    if trial.case.kind in rows.ODD:
        return False
    known, is_fitted = trial.known_labels, trial.is_fitted
    y = labels.Y[name](trial.codes(6))
    accepted = _teach(trial, trial.more(trial.case.kind, 6), y)
    if trial.case.n_classes >= 2 and accepted:
        expect(name not in labels.WRONG_Y, f"teach took labels: {name}")
        both = {_of_words(known), _of_words(name)}
        known_kind = is_fitted and known not in labels.WRONG_Y and trial.case.n_labeled
        expect(not known_kind or len(both) == 1, "teach took text after numbers, or the reverse")
    if accepted and not is_fitted:
        trial.known_labels = name
    return accepted


def _of_words(name):
    y = labels.Y[name](np.array([0, 1]))
    return name not in labels.WRONG_Y and isinstance(np.asarray(y).ravel()[0], str)


def _step_teach_weights(trial, name, answer):
    weights = labels.WEIGHTS[name](4)
    X, y = trial.more(trial.case.kind), trial.more_labels()
    return _teach(trial, X, y, sample_weight=weights)


def _step_teach_one(trial, argument, answer):
    X = trial.more(trial.case.kind)
    try:
        row = X.iloc[0] if hasattr(X, "iloc") else X[0]
        label = trial.more_labels()[0]
    except (TypeError, KeyError, IndexError):
        return False
    return _teach(trial, row, label)


def _step_ask(trial, kind, answer):
    X_pool = trial.more(kind, 20)
    comparable = _comparable(trial, kind)
    other = check_query(trial, X_pool=X_pool, prices=None)
    expect(comparable or other.error is not None, f"query took {kind} after {trial.case.kind}")
    return False


def _step_ask_n(trial, name, answer):
    check_query(trial, n=labels.N[name](trial.case.n_pool))
    return False


def _step_ask_prices(trial, name, answer):
    prices = labels.PRICES[name](trial.case.n_pool)
    other = check_query(trial, prices=prices)
    if name in labels.WRONG_PRICES and trial.case.n_pool >= 2:
        expect(other.error is not None, f"query took prices: {name}")
    return False


def _step_ask_values(trial, values, answer):
    X_pool = rows.rows(rows.numbers(trial.rng, 20, values), trial.case.kind)
    check_query(trial, X_pool=X_pool, prices=None)
    return False


def _step_predict(trial, kind, answer):
    if trial.is_fitted:
        X = trial.more(kind, 6)
        outcome = Outcome(lambda: trial.learner.predict(X))
        if outcome.error is None and not _comparable(trial, kind):
            expect(False, f"predict took {kind} after {trial.case.kind}")
    return False


def _step_refill(trial, argument, answer):
    """Overwrite what was given to `fit`: what was given is what was learned."""
    if not trial.is_fitted:
        return False
    twin = copy.deepcopy(trial.learner)
    if not (rows.refill(trial.X) | _refill_labels(trial.y)):
        return False
    expect(trial.ask() == answer, "what was given to fit is overwritten: another answer")
    return _taught_alike(trial, twin)


def _step_refill_taught(trial, argument, answer):
    X, y = trial.more(trial.case.kind), trial.more_labels()
    if not trial.is_fitted or not _teach(trial, X, y):
        return False
    twin = copy.deepcopy(trial.learner)
    before = trial.ask()
    rows.refill(X)
    _refill_labels(y)
    expect(trial.ask() == before, "what was given to teach is overwritten: another answer")
    return _taught_alike(trial, twin)


def _taught_alike(trial, twin):
    X, y = trial.more(trial.case.kind), trial.more_labels()
    if not _teach(trial, X, y):
        return False
    taught = Outcome(lambda: twin.teach(X, y))
    # Fits that draw from NumPy's global generator differ anyway.
    if trial.case.random_state != "None":
        expect(taught.error is None, OVERWRITTEN)
        expect(trial.ask(twin) == trial.ask(), OVERWRITTEN)
    return True


def _refill_labels(y):
    if isinstance(y, np.ndarray) and y.flags.writeable and y.size:
        y[...] = y.ravel()[0]
    elif isinstance(y, list) and y:
        y[:] = [y[0]] * len(y)
    else:
        return False
    return True


def _step_pickle(trial, argument, answer):
    if trial.is_fitted or trial.case.random_state != "None":
        twin = pickle.loads(pickle.dumps(trial.learner))
        expect(trial.ask(twin) == answer, "a pickled learner answers differently")
    return False


def _step_clone(trial, argument, answer):
    if trial.is_fitted:
        twin = clone(trial.learner)
        expect(not hasattr(twin, "estimator_"), "a clone is fitted")
        same = _names(twin.get_params()) == _names(trial.learner.get_params())
        expect(same, "a clone has other parameters")
    return False


def _names(params):
    return {name: type(value) for name, value in params.items()}


def _step_columns(trial, argument, answer):
    X = trial.X_pool
    if not isinstance(X, (pd.DataFrame, pl.DataFrame)) or not trial.is_fitted:
        return False
    names = list(X.columns)
    if not all(isinstance(name, str) for name in names):
        return False
    if argument == "reversed":
        same = trial.ask(X_pool=X[names[::-1]]) == answer
        expect(same, "the order of the columns changes the answer")
    elif argument == "fewer":
        refused = trial.ask(X_pool=X[names[:-1]]).error is not None
        expect(refused, "query took a data frame that lacks a column")
    else:
        more = X.assign(z=0.0) if isinstance(X, pd.DataFrame) else X.with_columns(z=pl.lit(0.0))
        trial.ask(X_pool=more)
    return False


def _step_set(trial, argument, answer):
    learner = trial.learner
    changes = {
        "strategy": {"strategy": None},
        "strategy=3": {"strategy": 3},
        "n_jobs='a'": {"n_jobs": "a"},
        "estimator=3": {"estimator": 3},
        "nonsense": {"nonsense": 1},
    }[argument]
    old = {name: learner.get_params(deep=False).get(name) for name in changes}
    if Outcome(lambda: learner.set_params(**changes)).error is None:
        outcome = trial.ask()
        if argument != "strategy":
            expect(outcome.error is not None, f"query took {argument}")
        for name, value in old.items():
            setattr(learner, name, value)
    return False


def _step_view(trial, argument, answer):
    """A view of a pool is a pool of the same rows."""
    case, learner = trial.case, trial.learner
    if not trial.is_fitted or answer.error is not None or case.strategy is None:
        return False
    if not isinstance(learner, ActiveLearner) or len(learner.classes_) < 2:
        return False
    everything = learner.pool(trial.X_pool, prices=trial.prices)
    selection = learner.strategy.select(everything, trial.n)
    expect(np.array_equal(selection.positions, answer.value), "a pool and a query differ")
    again = learner.strategy.query(everything, trial.n)
    expect(np.array_equal(again, answer.value), "a pool that is read already answers differently")
    return False


def _step_empty(trial, argument, answer):
    if argument == "pool":
        outcome = trial.ask(X_pool=trial.more(trial.case.kind, 0), prices=None)
        expect(outcome.error is not None, "query answered for an empty pool")
        return False
    return _teach(trial, trial.more(trial.case.kind, 0), trial.more_labels(0))


STEPS = {
    "teach": _step_teach,
    "teach labels": _step_teach_labels,
    "teach weights": _step_teach_weights,
    "teach one": _step_teach_one,
    "ask": _step_ask,
    "ask n": _step_ask_n,
    "ask prices": _step_ask_prices,
    "ask values": _step_ask_values,
    "predict": _step_predict,
    "refill": _step_refill,
    "refill taught": _step_refill_taught,
    "pickle": _step_pickle,
    "clone": _step_clone,
    "columns": _step_columns,
    "set": _step_set,
    "view": _step_view,
    "empty": _step_empty,
}
