r"""Compare strategies for regression on all data sets and models, and write the results page.

    export OMP_NUM_THREADS=1
    python examples/benchmarks/compare_regression.py run regression.jsonl
    python examples/benchmarks/compare_regression.py page regression.jsonl \
        docs/results_regression.inc

Every setting is a data set and a model. All sets are shipped with scikit-learn or made here. The
numbers y have unit variance, so that the root mean squared error is in standard deviations of y.
A learner buys 100 labels in batches of 10, the first batch by its cold start: herding, with "+ far
start" samples that are far from each other, with "+ own start" those of the strategy itself.
"random" begins at random as well. Scored is the area under the curve of the error; p-values are
those of `LabelCurves.compare`, corrected by Holm with all sets of a model and a strategy as one
family. `run` goes on where it stopped, and plays the settings and strategies that are missing.
`page` writes the tables of the page from the raw results.
"""

import argparse
import json
import pathlib
import time
import warnings

import numpy as np
from compare_strategies import (
    about,
    add_outcomes,
    cell,
    csv_table,
    known_in,
    made_by,
    plain,
    ranks,
    read,
    settings_of,
    strategies_in,
)
from sklearn.datasets import (
    load_breast_cancer,
    load_diabetes,
    load_wine,
    make_friedman1,
    make_friedman2,
    make_friedman3,
)
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel
from sklearn.linear_model import BayesianRidge, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skal import ActiveLearner
from skal.simulation import label_curve
from skal.strategies import (
    BAIT,
    LCMD,
    GreedyX,
    ImprovedGreedy,
    MaxHerding,
    RandomSampling,
    StandardDeviation,
    UncertaintyHerding,
)

N_SAMPLES = 800


def column_of(loader, column):
    """Return a set of scikit-learn with one of its columns as the number to predict."""
    X, _ = loader(return_X_y=True)
    return np.delete(X, column, axis=1), X[:, column]


def robot_arm(noise=0.05):
    """Return the distance of the hand of a robot with four joints, angles and lengths given."""
    rng = np.random.RandomState(0)
    angles = np.cumsum(rng.uniform(0, 2 * np.pi, size=(N_SAMPLES, 4)), axis=1)
    lengths = rng.uniform(0, 1, size=(N_SAMPLES, 4))
    across, up = (lengths * np.cos(angles)).sum(axis=1), (lengths * np.sin(angles)).sum(axis=1)
    turns = np.diff(angles, axis=1, prepend=0)
    return np.hstack([turns, lengths]), np.hypot(across, up) + noise * rng.normal(size=N_SAMPLES)


def borehole():
    """Return the flow of water through a borehole, with the ranges of Morris et al. (1993)."""
    low = np.array([0.05, 100, 63070, 990, 63.1, 700, 1120, 9855])
    high = np.array([0.15, 50000, 115600, 1110, 116, 820, 1680, 12045])
    X = np.random.RandomState(1).uniform(low, high, size=(N_SAMPLES, 8))
    radius, reach, upper, head, lower, low_head, length, conductivity = X.T
    log = np.log(reach / radius)
    inner = 1 + 2 * length * upper / (log * radius**2 * conductivity) + upper / lower
    return X, 2 * np.pi * upper * (head - low_head) / (log * inner)


def groups():
    """Return numbers that follow another plane in each of twelve groups of unequal sizes."""
    rng = np.random.RandomState(2)
    label = rng.choice(12, size=N_SAMPLES, p=rng.dirichlet(np.ones(12)))
    centers, slopes = 4 * rng.normal(size=(12, 6)), rng.normal(size=(12, 6))
    X = centers[label] + rng.normal(size=(N_SAMPLES, 6))
    y = 3 * rng.normal(size=12)[label] + (X * slopes[label]).sum(axis=1)
    return X, y + 0.3 * rng.normal(size=N_SAMPLES)


SETS = {
    "diabetes": lambda: load_diabetes(return_X_y=True),
    "friedman1": lambda: make_friedman1(N_SAMPLES, noise=1.0, random_state=0),
    "friedman2": lambda: make_friedman2(N_SAMPLES, noise=50.0, random_state=0),
    "friedman3": lambda: make_friedman3(N_SAMPLES, noise=0.1, random_state=0),
    "robot arm": robot_arm,
    "borehole": borehole,
    "groups": groups,
    "wine": lambda: column_of(load_wine, 0),
    "cancer": lambda: column_of(load_breast_cancer, 4),
}


def gaussian_process():
    kernel = ConstantKernel() * RBF(3.0, (0.3, 100)) + WhiteKernel(0.1, (1e-4, 10))
    return GaussianProcessRegressor(kernel, normalize_y=True)


MODELS = {
    "ridge": Ridge,
    "bayesian ridge": BayesianRidge,
    "forest": lambda: RandomForestRegressor(30, min_samples_leaf=2),
    "gaussian process": gaussian_process,
    "boosting": lambda: HistGradientBoostingRegressor(max_iter=40, min_samples_leaf=3),
}
STATE_DEVIATION = {"bayesian ridge", "forest", "gaussian process"}
CANDIDATES = {
    "improved greedy": ImprovedGreedy(),
    "lcmd": LCMD(),
    "herding": MaxHerding(),
    "greedy x": GreedyX(),
    "bait": BAIT(),
    "improved greedy + far start": ImprovedGreedy(),
    "lcmd + far start": LCMD(),
    "lcmd + own start": LCMD(),
    "std herding": UncertaintyHerding("std"),
    "std": StandardDeviation(),
    "std herding + far start": UncertaintyHerding("std"),
}

STARTS = {"far start": GreedyX(), "own start": LCMD()}


FIRST, BATCH, BUDGET = 0, 10, 100


def make_learners(strategies, name):
    """Return the learners of a model by their names, and those that it cannot serve."""
    model = make_pipeline(StandardScaler(), MODELS[name]())
    learners = {"random": ActiveLearner(model, RandomSampling(), cold_start=RandomSampling())}
    refused = {}
    for strategy in strategies:
        if "std" in strategy and name not in STATE_DEVIATION:
            refused[strategy] = "It states no standard deviations."
            continue
        start = STARTS.get(strategy.partition(" + ")[2], MaxHerding())
        learners[strategy] = ActiveLearner(model, CANDIDATES[strategy], cold_start=start)
    return learners, refused


def play(setting, strategies, options):
    """Return the result of a setting, a dict that JSON can hold."""
    X, y = SETS[setting["set"]]()
    y = (y - y.mean()) / y.std()
    learners, refused = make_learners(strategies, setting["model"])
    started = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of kernels at the bounds of their parameters
        curves = label_curve(
            learners,
            X,
            y,
            n_initial=FIRST,
            batch_size=BATCH,
            budget=BUDGET,
            n_repeats=options.repeats,
            scoring="neg_root_mean_squared_error",
            random_state=options.seed,
        )
    areas = {name: float(area.mean()) for name, area in curves.area().items()}
    last = {name: float((scores[:, -1] ** 2).mean()) for name, scores in curves.scores.items()}
    return {
        **setting,
        "asked": strategies,
        "areas": areas,
        "last_squared_error": last,
        "refused": refused,
        "n_runs": len(curves.scores["random"]),
        "rows": [plain(row) for row in curves.compare(correction=None).values()],
        "seconds": time.perf_counter() - started,
        "about": about(options),
    }


def run(options):
    """Play the settings and strategies that are not in the file yet."""
    options.results.touch()
    done = {(one["set"], one["model"]): known_in(one) for one in read(options.results)}
    for model in options.models:
        for name in SETS:
            known = done.get((name, model), set())
            missing = [strategy for strategy in options.strategies if strategy not in known]
            if not missing:
                continue
            setting = {"set": name, "model": model, "first": FIRST, "batch": BATCH}
            result = play(setting, missing, options)
            with options.results.open("a", encoding="utf-8") as file:
                file.write(json.dumps(result) + "\n")
            found = {row["learner"]: round(row["difference"], 3) for row in result["rows"]}
            print(f"{model}, {name}: {result['seconds']:.0f} s {found}", flush=True)


HEADER = [
    "strategy",
    "sets",
    "less error",
    "worst",
    "wins",
    "losses",
    "mean rank",
    "R^2 at the end",
]


def add_outcomes_of_models(results):
    """Correct the p-values of each strategy by Holm, with the sets of a model as one family."""
    for model in models_in(results):
        add_outcomes(of_model(results, model))


def models_in(results):
    return [model for model in MODELS if of_model(results, model)]


def of_model(results, model):
    return [result for result in results if result["model"] == model]


def summarize(results):
    """Return the rows of a summary table, the strategy of the best mean rank first."""
    table = [["random", len(results), "", "", "", "", *standing(results, "random")]]
    for strategy in strategies_in(results):
        rows = settings_of(results, strategy)
        differences = [100 * row["difference"] for row in rows]
        outcomes = [row["outcome"] for row in rows]
        table.append(
            [
                strategy,
                len(rows),
                f"{np.mean(differences):+.1f}",
                f"{min(differences):+.1f}",
                outcomes.count("win"),
                outcomes.count("loss"),
                *standing(results, strategy),
            ]
        )
    return sorted(table, key=lambda row: float(row[6]))


def standing(results, strategy):
    """Return the mean rank of a strategy, and its mean R^2 after the last batch."""
    errors = [one["last_squared_error"] for one in results]
    left = [error[strategy] for error in errors if strategy in error]
    return f"{np.mean(ranks(results, strategy)):.1f}", f"{1 - np.mean(left):.2f}"


def detail(results):
    """Return the table of a model: sets by strategies."""
    names = strategies_in(results)
    rows = [[one["set"], *(cell(one, name) for name in names)] for one in results]
    return csv_table("Less error than random sampling, by set", ["data", *names], rows)


def page(options):
    """Write the tables of the results page."""
    results = read(options.results)
    if not results:
        raise SystemExit(f"{options.results} holds no results yet. Run `run` first.")
    add_outcomes_of_models(results)
    text = [csv_table("All models", HEADER, summarize(results)), made_by(results, options)]
    for model in models_in(results):
        mine = of_model(results, model)
        title = f"{model[:1].upper()}{model[1:]}"
        text += [f"{title}\n{'-' * len(title)}\n", csv_table("All sets", HEADER, summarize(mine))]
        text.append(detail(mine))
    options.page.write_text("\n".join(text), encoding="utf-8")


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    commands = parser.add_subparsers(required=True, metavar="{run,page}")
    playing = commands.add_parser("run", help="play the settings that are missing")
    playing.add_argument("results", type=pathlib.Path, help="the file of results, JSON lines")
    playing.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS))
    playing.add_argument("--strategies", nargs="+", choices=CANDIDATES, default=list(CANDIDATES))
    playing.add_argument("--repeats", type=int, default=2, help="of 5 folds each")
    playing.add_argument("--seed", type=int, default=0)
    playing.set_defaults(function=run)
    writing = commands.add_parser("page", help="write the tables from the results")
    writing.add_argument("results", type=pathlib.Path)
    writing.add_argument("page", type=pathlib.Path, help="the file that the page includes")
    writing.set_defaults(function=page)
    return parser.parse_args()


if __name__ == "__main__":
    options = parse()
    options.function(options)
