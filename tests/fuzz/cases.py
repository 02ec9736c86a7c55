"""Inputs as plain values: drawn from a seed, printed as what differs from the simplest one."""

import dataclasses
import random
from dataclasses import dataclass

from . import labels, models, rows
from .calls import Call, draw_strategy

OUTPUTS = ["proba", "decision", "member_proba", "embedding", "predicted_loss", "prices"]


class Case:
    """An input. Each field has its simplest value as default."""

    def __repr__(self):
        fields = dataclasses.fields(self)
        given = {field.name: getattr(self, field.name) for field in fields}
        changed = [f"{f.name}={given[f.name]!r}" for f in fields if given[f.name] != f.default]
        return f"{type(self).__name__}({', '.join(changed)})"

    def simpler(self):
        """Yield inputs that are simpler by one step."""
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if value == field.default:
                continue
            yield dataclasses.replace(self, **{field.name: field.default})
            for smaller in _smaller(value):
                yield dataclasses.replace(self, **{field.name: smaller})


def _smaller(value):
    if isinstance(value, Call):
        yield from value.simpler()
    elif isinstance(value, tuple):
        for i in range(len(value)):
            yield value[:i] + value[i + 1 :]
    elif isinstance(value, int) and not isinstance(value, bool):
        yield from (smaller for smaller in (1, 2, 3, 5, 10) if smaller < value)


@dataclass(frozen=True, repr=False)
class LearnerCase(Case):
    """A learner that is fitted, asked and taught."""

    model: str = "logistic"
    strategy: Call = None
    cold_start: Call = None
    kind: str = "float64"
    values: str = "normal"
    labels: str = "ints"
    weights: str = "none"
    n_labeled: int = 12
    n_pool: int = 20
    n_classes: int = 3
    prices: str = "none"
    n: str = "3"
    incremental: bool = False
    random_state: str = "0"
    rows_per_block: int = None
    fitted: bool = True
    steps: tuple = ()
    seed: int = 0


@dataclass(frozen=True, repr=False)
class PoolCase(Case):
    """A pool that is made of arrays, right or wrong."""

    outputs: tuple = ("proba",)
    wrong: str = None
    kind: str = "float64"
    values: str = "normal"
    strategy: Call = None
    n: str = "3"
    n_samples: int = 20
    n_classes: int = 3
    classes: str = "none"
    labeled: str = "none"
    random_state: str = "0"
    steps: tuple = ()
    seed: int = 0


RANDOM_STATES = {
    "0": lambda np: 0,
    "numpy 7": lambda np: np.int64(7),
    "state": lambda np: np.random.RandomState(3),
    "None": lambda np: None,
    "-1": lambda np: -1,
    "text": lambda np: "0",
    "1.5": lambda np: 1.5,
    "generator": lambda np: np.random.default_rng(0),
    "2**40": lambda np: 2**40,
}
WRONG_STATES = {"-1", "text", "1.5", "2**40"}

# What is done to a fitted learner after the first query; see `learner_checks`.
STEPS = {
    "teach": list(rows.KINDS),
    "teach labels": list(labels.Y),
    "teach weights": list(labels.WEIGHTS),
    "teach one": ["row"],
    "ask": list(rows.KINDS),
    "ask n": list(labels.N),
    "ask prices": list(labels.PRICES),
    "ask values": list(rows.VALUES),
    "predict": list(rows.KINDS),
    "refill": ["fit"],
    "refill taught": ["teach"],
    "pickle": ["learner"],
    "clone": ["learner"],
    "columns": ["reversed", "fewer", "more"],
    "set": ["strategy", "strategy=3", "n_jobs='a'", "nonsense", "estimator=3"],
    "view": ["rows"],
    "empty": ["pool", "teach"],
}
POOL_STEPS = {
    "take": ["reversed", "mask", "short mask", "beyond", "negative", "floats", "text"]
    + ["twice", "table", "empty", "slice", "None", "number"],
    "get": ["nonsense", "", "nothing", "twice"],
    "has": ["nonsense", "embeding", "None"],
    "map": ["right", "short", "number", "nonsense", "nothing", "None"],
    "ask n": list(labels.N),
    "scores": ["scores", "not a pool"],
}


def draw(seed):
    """Draw the input of a seed."""
    rng = random.Random(seed)
    return _draw_learner(rng, seed) if rng.random() < 0.65 else _draw_pool(rng, seed)


def _mostly(rng, default, others, share):
    """Return the default, or with probability `share` one of the others."""
    return rng.choice(sorted(others)) if rng.random() < share else default


def _draw_learner(rng, seed):
    kind, model = _kind_and_model(rng)
    wrong = rng.choice([0, 0, 0, 0.05, 0.15])
    return LearnerCase(
        model=model,
        kind=kind,
        strategy=draw_strategy(rng, rng.choice([1, 2, 3, 3]), wrong=wrong)
        if rng.random() < 0.85
        else None,
        cold_start=draw_strategy(rng, 2, wrong=wrong) if rng.random() < 0.2 else None,
        values=_mostly(rng, "normal", rows.VALUES, 0.25),
        labels=_labels(rng),
        weights=_mostly(rng, "none", labels.WEIGHTS, 0.1),
        n_labeled=rng.choice([12] * 8 + [30] * 6 + [6, 6, 6, 2, 1, 0]),
        n_pool=rng.choice([20, 20, 40, 60, 5, 2, 1]) if rng.random() < 0.97 else 0,
        n_classes=rng.choice([3, 3, 2, 2, 1, 5]),
        prices=_prices(rng),
        n=_batch(rng),
        incremental=rng.random() < (0.4 if model in models.INCREMENTAL else 0.02),
        random_state=_mostly(rng, "0", RANDOM_STATES, 0.06),
        rows_per_block=rng.choice([None, None, 7]),
        fitted=rng.random() < 0.93,
        steps=_steps(rng, STEPS, rng.choice([1, 2, 2, 3])),
        seed=seed,
    )


def _kind_and_model(rng):
    families = [
        (rows.TABLES, models.TABLE_MODELS, 12),
        (rows.TEXTS, models.TEXT_MODELS, 3),
        (rows.CATEGORIES, models.CATEGORY_MODELS, 2),
        ({"3d"}, models.BLOCK_MODELS, 1),
        ({"dataset"}, models.DATASET_MODELS, 1),
        ({"float64", "float32", "fortran"}, models.KERNEL_MODELS, 1),
        ({"float64", "float32", "list"}, models.TWISTED_MODELS, 2),
        ({"float64", "pandas", "texts"}, models.WRONG_MODELS, 0.7),
        (rows.KINDS, models.MODELS, 1.3),
    ]
    kinds, fitting, _ = rng.choices(families, [weight for *_, weight in families])[0]
    return rng.choice(sorted(kinds)), rng.choice(sorted(fitting))


def _labels(rng):
    right = sorted(set(labels.Y) - labels.WRONG_Y)
    if rng.random() < 0.5:
        return "ints"
    return rng.choice(right if rng.random() < 0.85 else sorted(labels.WRONG_Y))


def _prices(rng):
    if rng.random() < 0.1:
        return rng.choice(sorted(labels.WRONG_PRICES))
    return rng.choice(["none", "varied", "varied", "ints", "list", "pandas", "extreme", "bool"])


def _batch(rng):
    if rng.random() < 0.1:
        return rng.choice(sorted(labels.N))
    return rng.choice(["3", "3", "1", "all", "numpy 2"])


def _steps(rng, table, count):
    names = [rng.choice(sorted(table)) for _ in range(count)]
    return tuple(f"{name}: {rng.choice(table[name])}" for name in names)


def _draw_pool(rng, seed):
    outputs = tuple(name for name in OUTPUTS if rng.random() < 0.8) or ("proba",)
    wrong = None
    if rng.random() < 0.25:
        from .pool_checks import TWISTS

        wrong = rng.choice([f"{name}: {twist}" for name in outputs for twist in TWISTS[name]])
    return PoolCase(
        outputs=outputs,
        wrong=wrong,
        kind=rng.choice(["float64", "float32", "csr", "pandas", "polars", "texts", "None"])
        if rng.random() < 0.9
        else rng.choice(sorted(rows.KINDS)),
        values=_mostly(rng, "normal", rows.VALUES, 0.3),
        strategy=draw_strategy(rng, rng.choice([1, 2, 3, 3]), wrong=rng.choice([0, 0, 0.1])),
        n=_batch(rng),
        n_samples=rng.choice([20, 20, 50, 6, 2, 1]) if rng.random() < 0.97 else 0,
        n_classes=rng.choice([3, 3, 2, 7, 1]),
        classes=_mostly(rng, "none", ["text", "repeated", "few", "2d", "number"], 0.15),
        labeled=rng.choice(["none", "pool", "pool", "pool"])
        if rng.random() < 0.9
        else rng.choice(["without y", "array", "text", "other width", "other classes"]),
        random_state=_mostly(rng, "0", RANDOM_STATES, 0.06),
        steps=_steps(rng, POOL_STEPS, rng.choice([0, 1, 1, 2])),
        seed=seed,
    )
