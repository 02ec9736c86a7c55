"""Strategies nested up to three deep, as expressions that can be printed and evaluated."""

import numpy as np
from sklearn.base import BaseEstimator

import skal.embeddings
import skal.strategies
from skal.strategies import QueryStrategy, ScoreStrategy


class Call:
    """A call of a class by name, whose parameters are text, further calls or lists of calls."""

    def __init__(self, name, **params):
        self.name, self.params = name, params

    def __repr__(self):
        params = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"Call({self.name!r}{', ' if params else ''}{params})"

    def __eq__(self, other):
        return repr(self) == repr(other)

    def code(self):
        """Return the expression that makes the object."""
        params = ", ".join(f"{name}={_code(value)}" for name, value in self.params.items())
        return f"{self.name}({params})"

    def make(self):
        """Make the object."""
        return eval(self.code(), dict(NAMES))

    def inner(self):
        """Yield the calls that are parameters."""
        for value in self.params.values():
            yield from _calls(value)

    def simpler(self):
        """Yield calls that are simpler by one step."""
        yield from self.inner()
        for name, value in self.params.items():
            rest = {other: kept for other, kept in self.params.items() if other != name}
            yield Call(self.name, **rest)
            if isinstance(value, Call):
                for smaller in value.simpler():
                    yield Call(self.name, **{**self.params, name: smaller})
            if isinstance(value, list):
                for i, item in enumerate(value):
                    yield Call(self.name, **{**self.params, name: value[:i] + value[i + 1 :]})
                    for smaller in item.simpler():
                        changed = [*value[:i], smaller, *value[i + 1 :]]
                        yield Call(self.name, **{**self.params, name: changed})


def _code(value):
    if isinstance(value, list):
        return f"[{', '.join(map(_code, value))}]"
    return value.code() if isinstance(value, Call) else value


def _calls(value):
    if isinstance(value, Call):
        yield value
    if isinstance(value, list):
        yield from value


class Measure:
    """A measure of the user, which may answer wrongly."""

    def __init__(self, answer="right"):
        self.answer = answer

    def __repr__(self):
        return f"Measure({self.answer!r})"

    def __call__(self, outputs):
        scores = np.asarray(outputs, dtype=float).max(axis=-1)
        scores = scores.mean(axis=0) if scores.ndim == 2 else scores
        return {
            "right": lambda: 1 - scores,
            "infinite": lambda: np.full(len(scores), np.inf),
            "short": lambda: scores[1:],
            "column": lambda: scores[:, None],
            "nan": lambda: scores * np.nan,
            "text": lambda: scores.astype(str),
            "nothing": lambda: None,
            "number": lambda: 1.0,
            "complex": lambda: scores * 1j,
        }[self.answer]()


class Answers(QueryStrategy):
    """A strategy of the user that answers wrongly."""

    def __init__(self, answer="duplicates"):
        self.answer = answer

    def _query(self, pool, n):
        return {
            "duplicates": lambda: np.zeros(n + 1, dtype=int),
            "floats": lambda: np.arange(n) + 0.5,
            "beyond": lambda: np.arange(n) + len(pool),
            "negative": lambda: -1 - np.arange(n),
            "few": lambda: np.arange(n - 1),
            "many": lambda: np.arange(n + 1),
            "pair": lambda: (np.arange(n), pool.X),
            "nothing": lambda: None,
            "text": lambda: "abc",
            "mask": lambda: np.arange(len(pool)) < n,
        }[self.answer]()


class FirstRows(QueryStrategy):
    """A strategy of the user that is right."""

    def _query(self, pool, n):
        return list(range(n))


class Positions(ScoreStrategy):
    """A strategy of the user whose scores are right: the positions, divided by some number."""

    def __init__(self, divisor=1):
        self.divisor = divisor

    def score_samples(self, pool):
        return np.arange(len(pool)) // self.divisor


class Sinner(QueryStrategy):
    """A strategy of the user that breaks a promise; no case is drawn with it."""

    def __init__(self, sin="state"):
        self.sin = sin

    def _query(self, pool, n):
        positions = np.arange(n)
        if self.sin == "state":
            self.last_ = n
        elif self.sin == "global generator":
            np.random.random()
        elif self.sin == "two answers":
            SINS.append(self.sin)
            positions = positions + len(SINS) % 2
        elif self.sin == "samples":
            np.asarray(pool.X)[0] += 1
        elif self.sin == "warning":
            np.float64(1) / 0
        return positions


SINS = []


class Space(BaseEstimator):
    """An embedding of the user, which may answer wrongly."""

    def __init__(self, answer="right"):
        self.answer = answer

    def transform(self, pool):
        n = len(pool)
        return {
            "right": lambda: np.arange(2.0 * n).reshape(n, 2) % 7,
            "short": lambda: np.zeros((max(n - 1, 0), 2)),
            "nan": lambda: np.full((n, 2), np.nan),
            "flat": lambda: np.arange(float(n)),
            "text": lambda: np.full((n, 2), "a"),
            "nothing": lambda: None,
        }[self.answer]()


class Prices:
    """Prices of the user, which may be wrong."""

    def __init__(self, answer="right"):
        self.answer = answer

    def __repr__(self):
        return f"Prices({self.answer!r})"

    def __call__(self, X):
        n = X.shape[0] if hasattr(X, "shape") else len(X)
        return {
            "right": lambda: 1.0 + np.arange(n) % 3,
            "short": lambda: np.ones(n + 1),
            "zero": lambda: np.zeros(n),
            "nothing": lambda: None,
            "text": lambda: ["a"] * n,
        }[self.answer]()


OWN = [Measure, Answers, FirstRows, Positions, Sinner, Space, Prices]
NAMES = {
    **{name: getattr(skal.strategies, name) for name in skal.strategies.__all__},
    **{name: getattr(skal.embeddings, name) for name in skal.embeddings.__all__},
    **{cls.__name__: cls for cls in OWN},
    "inf": float("inf"),
    "nan": float("nan"),
    "np": np,
}

_SPACES = [
    "ModelEmbedding()",
    "GradientEmbedding()",
    "GradientEmbedding(bias=True)",
    "KernelEmbedding()",
    "KernelEmbedding('rbf', gamma=0.5)",
    "KernelEmbedding('linear')",
    "GradientEmbedding(KernelEmbedding('linear'))",
    "Space()",
]
_WRONG_SPACES = [
    "KernelEmbedding('precomputed')",
    "KernelEmbedding('nonsense')",
    "KernelEmbedding('rbf', gamma=-1)",
    "GradientEmbedding(GradientEmbedding())",
    "GradientEmbedding(embedding=3)",
    "Space('short')",
    "Space('nan')",
    "Space('flat')",
    "Space('text')",
    "Space('nothing')",
    "3",
    "ModelEmbedding",
]
_MEASURES = ["'margin'", "'least_confidence'", "'entropy'", "Measure()", "Measure('infinite')"]
_WRONG_MEASURES = ["'nonsense'", "3", "None", "['margin']"] + [
    f"Measure({answer!r})"
    for answer in ("short", "column", "nan", "text", "nothing", "number", "complex")
]
_DISAGREEMENTS = [
    repr(name)
    for name in "vote_entropy vote_margin variation_ratio consensus_entropy kl max_kl".split()
    + ["zero_one", "variance"]
] + ["Measure()"]
_NOT_NUMBERS = ["'2'", "None", "nan", "True", "[1]"]

# For each class the values of each parameter: right ones, wrong ones.
SCORERS = {
    "UncertaintySampling": {"measure": (_MEASURES, _WRONG_MEASURES)},
    "SimpleMargin": {},
    "QueryByCommittee": {"disagreement": (_DISAGREEMENTS, _WRONG_MEASURES)},
    "BALD": {},
    "ExpectedErrorReduction": {
        "loss": (["'log'", "'zero_one'"], ["'binary'", "None", "3"]),
        "n_candidates": (["None", "1", "5", "1000"], ["0", "2.5", "'3'"]),
    },
    "LearningLoss": {},
    "ContrastiveSampling": {
        "n_neighbors": (["1", "10", "1000"], ["0", "1.5", *_NOT_NUMBERS]),
        "embedding": (_SPACES, _WRONG_SPACES),
    },
    "EPIG": {
        "target": (["None"], ["3", "'target'", "[]", "np.zeros((2, 2))", "np.zeros((0, 3))"]),
        "n_targets": (["1", "5", "1000"], ["0", "1.5", *_NOT_NUMBERS]),
    },
    "ExpectedCost": {
        "cost": (["None"], ["3", "'cost'", "[[0, nan], [1, 0]]", "[1, 2]", "np.zeros((9, 9))"]),
        "measure": (["'minimum'", "'margin'"], ["'nonsense'", "None"]),
    },
    "ExpectedGradientLength": {},
    "StandardDeviation": {},
    "ExpectedModelChange": {"fit_intercept": (["True", "False"], ["'yes'", "2"])},
    "Positions": {"divisor": (["1", "5", "1000"], ["0"])},
}
CHOOSERS = {
    "RandomSampling": {},
    "CoreSet": {
        "embedding": (_SPACES, _WRONG_SPACES),
        "outlier_fraction": (["0.0", "0.1", "0.5", "0.99"], ["1.0", "-0.1", *_NOT_NUMBERS]),
    },
    "KMeansSampling": {"embedding": (_SPACES, _WRONG_SPACES)},
    "MaxHerding": {
        "n_candidates": (["None", "1", "5", "1000"], ["0", "2.5", "'3'"]),
        "embedding": (_SPACES, _WRONG_SPACES),
    },
    "UncertaintyHerding": {
        "measure": ([*_MEASURES, "'std'"], _WRONG_MEASURES),
        "n_candidates": (["None", "1", "5", "1000"], ["0", "2.5", "'3'"]),
        "embedding": (_SPACES, _WRONG_SPACES),
    },
    "DiverseMiniBatch": {
        "measure": (_MEASURES, _WRONG_MEASURES),
        "beta": (["1", "1.5", "10", "1e9"], ["0", "inf", "1e400", *_NOT_NUMBERS]),
        "embedding": (_SPACES, _WRONG_SPACES),
    },
    "BADGE": {"embedding": (_SPACES, _WRONG_SPACES), "bias": (["True", "False"], ["'yes'", "2"])},
    "BAIT": {
        "regularization": (["1.0", "1e-3", "50"], ["0", "-1", "inf", *_NOT_NUMBERS]),
        "backward": (["True", "False"], ["'yes'", "2"]),
        "embedding": (["ModelEmbedding()", "Space()"], _WRONG_SPACES),
    },
    "ClusterMargin": {
        "candidates": (["1", "2.5", "1e9"], ["0", "inf", *_NOT_NUMBERS]),
        "embedding": (_SPACES, _WRONG_SPACES),
        "n_clusters": (["1", "3", "1000", "None"], ["0", "2.0", "'3'"]),
    },
    "ProbCover": {
        "radius": (["None", "0", "0.5", "1e9", "1e300"], ["-1", "inf", "nan", "'1'"]),
        "embedding": (_SPACES, _WRONG_SPACES),
    },
    "TypiClust": {
        "n_neighbors": (["1", "3", "20", "1000"], ["0", "2.0", *_NOT_NUMBERS]),
        "embedding": (_SPACES, _WRONG_SPACES),
    },
    "BatchBALD": {
        "n_joint_samples": (["1", "10", "500"], ["0", "-1", "1.5", *_NOT_NUMBERS]),
        "n_candidates": (["None", "1", "5", "1000"], ["0", "2.5", "'3'"]),
    },
    "DropQuery": {
        "n_passes": (["1", "3"], ["0", "1.5", *_NOT_NUMBERS]),
        "rate": (["0", "0.75", "0.99"], ["1", "-0.1", *_NOT_NUMBERS]),
        "embedding": (_SPACES, _WRONG_SPACES),
    },
    "GreedyX": {"embedding": (_SPACES, _WRONG_SPACES)},
    "GreedyY": {},
    "ImprovedGreedy": {"embedding": (_SPACES, _WRONG_SPACES)},
    "LCMD": {"embedding": (_SPACES, _WRONG_SPACES)},
    "Falcun": {"gamma": (["0", "1.5", "10", "1e300"], ["-1", "inf", *_NOT_NUMBERS])},
    "FirstRows": {},
}
WRONG_CHOOSERS = {
    "RandomSampling": {},
    "Answers": {
        "answer": (
            [],
            [
                repr(answer)
                for answer in "duplicates floats beyond negative few many pair nothing text "
                "mask".split()
            ],
        )
    },
}
_ANY, _SCORER, _SEVERAL = "any strategy", "a strategy with scores", "a list of strategies"
COMPOSITIONS = {
    "Shortlist": {
        "scorer": _ANY,
        "strategy": _ANY,
        "factor": (["1", "1.1", "2", "10", "1e9"], ["0.5", "inf", "1e400", *_NOT_NUMBERS]),
    },
    "Distinct": {
        "strategy": _ANY,
        "min_distance": (
            ["0.0", "0.5", "3", "1e9"],
            ["-1", "inf", "1e200", "1e308", *_NOT_NUMBERS],
        ),
        "embedding": (_SPACES, _WRONG_SPACES),
    },
    "Mixture": {
        "strategies": _SEVERAL,
        "weights": (
            ["[1, 2]", "(0, 1)", "[0.29, 0.71]", "[1e300, 1e300]", "np.array([3, 1])", "None"],
            [
                "[1, inf]",
                "[1]",
                "[nan, 1]",
                "[-1, 2]",
                "[0, 0]",
                "'ab'",
                "[[1, 1]]",
                "['a', 'b']",
                "3",
            ],
        ),
    },
    "ClassBalanced": {"strategy": _ANY},
    "Relevance": {
        "positive": (["None", "1", "'1'", "0", "np.int64(2)"], ["[1]", "np.ones(3)"]),
        "share_uncertain": (
            ["0", "0.1", "0.29", "1", "1e-300"],
            ["1.5", "-1", "inf", *_NOT_NUMBERS],
        ),
        "strategy": _ANY,
    },
    "Subsample": {
        "strategy": _ANY,
        "share": (["0.5", "0.01", "1.0"], ["0", "1.5", "-1", "inf", *_NOT_NUMBERS]),
    },
    "StochasticBatch": {
        "strategy": _SCORER,
        "kind": (["'power'", "'softmax'", "'softrank'"], ["'nonsense'", "None"]),
        "beta": (["1.0", "0.01", "50", "1e300"], ["0", "-1", "inf", *_NOT_NUMBERS]),
    },
    "DPP": {"scorer": _SCORER, "embedding": (_SPACES, _WRONG_SPACES)},
    "DensityWeighted": {
        "scorer": _SCORER,
        "beta": (["0", "1.0", "2", "0.5", "400"], ["-1", "inf", "nan", "'1'"]),
        "similarity": (["'cosine'", "'euclidean'"], ["'rbf'", "None", "3"]),
        "embedding": (_SPACES, _WRONG_SPACES),
    },
    "FacilityLocation": {"scorer": _SCORER, "embedding": (_SPACES, _WRONG_SPACES)},
    "RankedBatch": {"scorer": _SCORER, "embedding": (_SPACES, _WRONG_SPACES)},
    "CostAware": {
        "strategy": _SCORER,
        "prices": (
            ["None", "Prices()"],
            [
                "'a'",
                "'nonsense'",
                "3",
                "Prices('short')",
                "Prices('zero')",
                "Prices('nothing')",
                "Prices('text')",
            ],
        ),
        "budget": (["None", "3", "7.5", "0.5", "1e-9", "1e308"], ["0", "-1", "inf", "nan", "'3'"]),
        "gamma": (["0", "1.0", "2", "400"], ["-1", "inf", "nan", "'1'"]),
    },
}


def draw_strategy(rng, depth=3, *, wrong=0.1):
    """Draw a strategy nested up to `depth` deep; a share `wrong` of parameters is wrong."""
    if depth > 1 and rng.random() < (0.75 if depth == 3 else 0.5):
        table = COMPOSITIONS
    elif rng.random() < wrong / 4:
        table = WRONG_CHOOSERS
    else:
        table = SCORERS if rng.random() < 0.5 else CHOOSERS
    return _drawn(rng, table, depth, wrong)


def _drawn(rng, table, depth, wrong):
    name = rng.choice(list(table))
    params = {}
    for param, values in table[name].items():
        if name in WRONG_CHOOSERS or rng.random() < 0.6:
            params[param] = _value(rng, values, depth, wrong)
    return Call(name, **params)


def _value(rng, values, depth, wrong):
    if isinstance(values, tuple):
        right, bad = values
        return rng.choice(bad if bad and (not right or rng.random() < wrong) else right)
    if rng.random() < wrong / 4:
        return rng.choice(["3", "'margin'", "UncertaintySampling", "{}"])
    if values == _SCORER and rng.random() < 0.8:
        return _drawn(rng, SCORERS, 1, wrong)
    if values == _SEVERAL:
        count = rng.choice([2, 2, 2, 2, 1, 3]) if rng.random() > wrong / 4 else 0
        return [draw_strategy(rng, depth - 1, wrong=wrong) for _ in range(count)]
    return draw_strategy(rng, depth - 1, wrong=wrong)
