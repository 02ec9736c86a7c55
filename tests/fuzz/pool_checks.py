"""What holds for every pool that is made of arrays, right or wrong: see `PoolCase`."""

import copy
import warnings

import numpy as np
import sklearn

from skal import Pool
from skal.strategies import ScoreStrategy

from . import labels, rows
from .batch_checks import check_batch
from .cases import RANDOM_STATES, WRONG_STATES
from .learner_checks import Unbuildable
from .outcomes import Outcome, expect, frozen


def _masked(out):
    return np.ma.masked_array(out, mask=np.arange(out.size).reshape(out.shape) == 1)


_COMMON = {
    "list": lambda out: out.tolist(),
    "float32": lambda out: out.astype(np.float32),
    "fortran": np.asfortranarray,
    "object": lambda out: out.astype(object),
    # Wrong from here on.
    "short": lambda out: out[:-1],
    "deep": lambda out: out[None],
    "text": lambda out: np.full(out.shape, "a"),
    "complex": lambda out: out + 1j,
    "number": lambda out: 0.5,
    "masked": _masked,
    "dict": lambda out: dict(enumerate(out.tolist())),
    "nested": lambda out: [out.tolist(), [1]],
    "missing": lambda out: [None] * len(out),
}
_NAN = {"nan": lambda out: out * np.nan}
_PROBA = {
    **_COMMON,
    **_NAN,
    "negative": lambda out: -out,
    "not normalized": lambda out: out * 2,
    "flat": np.ravel,
    "column": lambda out: np.concatenate([out, np.zeros_like(out[..., :1])], axis=-1),
}
TWISTS = {
    "proba": _PROBA,
    "member_proba": {**_PROBA, "short": lambda out: out[:, :-1]},
    "decision": {**_COMMON, **_NAN},
    "embedding": {**_COMMON, "flat": np.ravel},
    "predicted_loss": {**_COMMON, **_NAN, "infinite": lambda out: out / 0.0},
    "prices": {**_COMMON, **_NAN, "zero": lambda out: out * 0, "negative": lambda out: -out},
}
RIGHT = {"list", "float32", "fortran", "object"}


def arrays_of(case, rng, n_samples):
    """Return the outputs of a case, by name."""
    k = case.n_classes
    outputs = {
        "proba": rng.dirichlet(np.ones(k), size=n_samples),
        "decision": rng.normal(size=(n_samples, k) if k > 2 else n_samples),
        "member_proba": rng.dirichlet(np.ones(k), size=(3, n_samples)),
        "embedding": rows.numbers(rng, n_samples, case.values),
        "predicted_loss": rng.random_sample(n_samples),
        "prices": 0.5 + rng.random_sample(n_samples),
    }
    if case.values == "copies":
        which = np.arange(n_samples) % 3 % max(n_samples, 1)
        outputs = {name: taken(name, values, which) for name, values in outputs.items()}
    return {name: outputs[name] for name in case.outputs}


def taken(name, values, which):
    """Return the values of some samples."""
    return values[:, which] if name == "member_proba" else values[which]


class PoolTrial:
    """The arguments of a pool of arrays."""

    def __init__(self, case):
        self.case = case
        rng = np.random.RandomState(case.seed % 2**32)
        n = case.n_samples
        self.arrays = arrays_of(case, rng, n)
        if case.wrong:
            name, _, twist = case.wrong.partition(": ")
            if name in self.arrays:
                self.arrays[name] = TWISTS[name][twist](self.arrays[name])
        self.numbers = rows.numbers(rng, n, case.values)
        self.X = rows.rows(self.numbers, case.kind)
        self.n = labels.N[case.n](n)
        self.settings = {
            "classes": _classes(case),
            "labeled": _labeled(case, rng),
            "random_state": RANDOM_STATES[case.random_state](np),
        }
        self.strategy = case.strategy.make() if case.strategy else None

    def pool(self):
        """Make the pool."""
        return Pool.from_arrays(self.X, **self.arrays, **self._settings())

    def to_ask(self, pool):
        """Return a pool for one ask: itself, unless it draws from a stream that moves on."""
        return self.pool() if self.case.random_state == "state" else pool

    def pool_of_rows(self, which):
        """Make a pool of some of the samples, from their arrays."""
        arrays = {name: taken(name, values, which) for name, values in self.arrays.items()}
        X = None if self.X is None else rows.rows(self.numbers[which], self.case.kind)
        return Pool.from_arrays(X, **arrays, **self._settings())

    def _settings(self):
        # A stream that the caller gave moves on, so each pool gets a copy.
        return {**self.settings, "random_state": copy.deepcopy(self.settings["random_state"])}


def _classes(case):
    k = case.n_classes
    return {
        "none": lambda: None,
        "text": lambda: labels.LETTERS[:k],
        "repeated": lambda: [0] * max(k, 2),
        "few": lambda: list(range(k - 1)),
        "2d": lambda: [list(range(k))],
        "number": lambda: 3,
    }[case.classes]()


def _labeled(case, rng):
    if case.labeled in ("none", "array", "text"):
        return {"none": None, "array": np.zeros((3, 3)), "text": "labeled"}[case.labeled]
    m = 2 * case.n_classes
    arrays = arrays_of(case, rng, m)
    y = np.arange(m) % case.n_classes
    X = rows.rows(rows.numbers(rng, m, case.values), case.kind)
    if case.classes == "text":
        y = labels.LETTERS[y]
    if case.labeled == "without y":
        y = None
    if case.labeled == "other classes":
        y = np.repeat("unknown", m)
    if case.labeled == "other width" and "embedding" in arrays:
        arrays["embedding"] = np.ones((m, 5))
    classes = labels.LETTERS[: case.n_classes] if case.classes == "text" else None
    return Pool.from_arrays(X, y=y, **arrays, classes=classes)


def check_pool(case):
    """Make a pool, let a strategy choose, do the steps, and check everything on the way."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            trial = PoolTrial(case)
    except Exception as error:
        raise Unbuildable from error
    made = Outcome(trial.pool)
    if made.error is not None:
        return
    _check_had_to_be_made(case)
    pool = made.value
    check_choice(trial, pool)
    for step in case.steps:
        name, _, argument = step.partition(": ")
        POOL_STEPS[name](trial, pool, argument)


def _check_had_to_be_made(case):
    n_known = case.n_samples >= 3 and (len(case.outputs) > 1 or case.kind != "None")
    name, _, twist = (case.wrong or "").partition(": ")
    if n_known and case.wrong and twist not in RIGHT | {"column"} and name in case.outputs:
        expect(twist == "nan" and name == "embedding", f"from_arrays took {case.wrong}")
    if twist == "column" and {"proba", "member_proba"} <= set(case.outputs):
        expect(False, f"from_arrays took {case.wrong}")
    expect(case.labeled not in ("array", "text"), f"from_arrays took labeled: {case.labeled}")
    refused = {"repeated", "2d", "number"}
    if {"proba", "member_proba"} & set(case.outputs):
        refused.add("few")
    expect(case.classes not in refused, f"from_arrays took classes: {case.classes}")


def check_choice(trial, pool):
    """Let a strategy choose in all ways that must agree."""
    case, strategy = trial.case, trial.strategy
    if strategy is None:
        return
    before, state = frozen(strategy), np.random.get_state()[1].tobytes()
    copies = {name: np.copy(values) for name, values in trial.arrays.items()}
    answer = Outcome(lambda: strategy.query(pool, trial.n))
    expect(frozen(strategy) == before, "a query changed the strategy")
    expect(np.random.get_state()[1].tobytes() == state, "a query used NumPy's global generator")
    for name, values in trial.arrays.items():
        same = np.asarray(values).dtype == object or np.array_equal(
            values, copies[name], equal_nan=np.asarray(values).dtype.kind == "f"
        )
        expect(same, "a query changed an array")
    again = Outcome(lambda: strategy.query(trial.to_ask(pool), trial.n))
    expect(again == answer, "a pool asked twice gives two answers")
    fresh = Outcome(lambda: strategy.query(trial.pool(), trial.n))
    if case.random_state != "None":
        expect(fresh == answer, "the same arrays and seed give two answers")
        with sklearn.config_context(working_memory=0.0005):
            small = Outcome(lambda: strategy.query(trial.pool(), trial.n))
        expect(small == answer, "working_memory changes the answer")
        _check_view(trial, trial.to_ask(pool))
    if answer.error is None:
        expect(case.n not in labels.WRONG_N, f"query took n={trial.n!r}")
        expect(case.random_state not in WRONG_STATES, "a wrong random_state is answered")
        selection = strategy.select(trial.to_ask(pool), trial.n)
        expect(np.array_equal(selection.positions, answer.value), "select and query differ")
        check_batch(selection, trial.n, len(pool), trial.to_ask(pool))


def _check_view(trial, pool):
    if trial.case.wrong or trial.case.n_samples < 4 or trial.case.kind not in _TAKEN_ALIKE:
        return
    which = np.arange(trial.case.n_samples)[::-2]
    view = Outcome(lambda: trial.strategy.query(pool.take(which), trial.n))
    alone = Outcome(lambda: trial.strategy.query(trial.pool_of_rows(which), trial.n))
    expect(view == alone, "a view answers differently than a pool of its rows")


_TAKEN_ALIKE = {"float64", "float32", "csr", "pandas", "polars", "texts", "None"}


def _step_take(trial, pool, argument):
    n = len(pool)
    which = {
        "reversed": lambda: np.arange(n)[::-1],
        "mask": lambda: np.arange(n) % 2 == 0,
        "short mask": lambda: np.ones(n + 1, dtype=bool),
        "beyond": lambda: [n + 3],
        "negative": lambda: [-n - 1],
        "floats": lambda: [0.5],
        "text": lambda: ["a"],
        "twice": lambda: [0, 0],
        "table": lambda: [[0]],
        "empty": lambda: [],
        "slice": lambda: slice(2),
        "None": lambda: None,
        "number": lambda: 0,
    }[argument]()
    view = Outcome(lambda: pool.take(which))
    if view.error is not None:
        return
    wrong = {"short mask", "beyond", "negative", "floats", "text", "table", "None"}
    expect(argument not in wrong, f"take took rows: {argument}")
    for name in ("X", *trial.case.outputs):
        values = Outcome(lambda name=name: getattr(view.value, name))
        if values.error is None and name != "X":
            axis = 1 if name == "member_proba" else 0
            length = np.shape(values.value)[axis]
            expect(length == len(view.value), "an output of a view has another length")


def _step_get(trial, pool, argument):
    names = {
        "nonsense": ("nonsense",),
        "": ("",),
        "nothing": (),
        "twice": trial.case.outputs[:1] * 2,
    }[argument]
    outcome = Outcome(lambda: pool.get(*names))
    if argument in ("nonsense", ""):
        expect(outcome.error is not None, "get took an unknown name")


def _step_has(trial, pool, argument):
    outcome = Outcome(lambda: pool.has({"None": None}.get(argument, argument)))
    expect(outcome.error is not None, "has took an unknown name")


def _step_map(trial, pool, argument):
    name = trial.case.outputs[0]
    functions = {
        "short": lambda *outputs: np.zeros(max(len(pool) - 1, 0)),
        "number": lambda *outputs: 1.0,
        "None": None,
    }
    axis = 1 if name == "member_proba" else 0
    function = functions.get(argument, lambda out=0: np.moveaxis(np.asarray(out), axis, 0))
    names = {"nonsense": ("nonsense",), "nothing": ()}.get(argument, (name,))
    outcome = Outcome(lambda: pool.map(function, *names))
    is_right = argument == "right" or (argument == "short" and not len(pool))
    if not is_right:  # of no samples there is nothing that could be short
        expect(outcome.error is not None, f"map took {argument}")


def _step_n(trial, pool, argument):
    if trial.strategy is not None:
        n = labels.N[argument](len(pool))
        outcome = Outcome(lambda: trial.strategy.query(pool, n))
        if argument in labels.WRONG_N:
            expect(outcome.error is not None, f"query took n={n!r}")


def _step_scores(trial, pool, argument):
    if isinstance(trial.strategy, ScoreStrategy):
        of = pool if argument == "scores" else trial.X
        outcome = Outcome(lambda: trial.strategy.scores(of))
        if argument != "scores":
            expect(outcome.error is not None, "scores took what is not a pool")
        elif outcome.error is None:
            expect(outcome.value.shape == (len(pool),), "scores are not one per sample")


POOL_STEPS = {
    "take": _step_take,
    "get": _step_get,
    "has": _step_has,
    "map": _step_map,
    "ask n": _step_n,
    "scores": _step_scores,
}
