"""Compare strategies for regression, among them those that may be the default.

    export OMP_NUM_THREADS=1
    python examples/benchmarks/compare_regression.py run regression.jsonl
    python examples/benchmarks/compare_regression.py table regression.jsonl

Every setting is a data set and a model. All sets are shipped with scikit-learn or made here. The
numbers y have unit variance, so that the root mean squared error is in standard deviations of y.
A learner buys 100 labels in batches of 10, the first batch by its cold start: herding, with "+ far
start" samples that are far from each other, with "+ own start" those of the strategy itself.
"random" begins at random as well. Scored
is the area under the curve of the error; p-values are those of `LabelCurves.compare`, corrected by
Holm with all sets of a model and a strategy as one family. `run` goes on where it stopped.
"""

import argparse
import json
import pathlib
import time
import warnings

import numpy as np
from compare_strategies import add_outcomes, plain, settings_of, strategies_in
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


def play(setting, options):
    """Return the result of a setting, a dict that JSON can hold."""
    X, y = SETS[setting["set"]]()
    y = (y - y.mean()) / y.std()
    model = make_pipeline(StandardScaler(), MODELS[setting["model"]]())
    learners = {"random": ActiveLearner(model, RandomSampling(), cold_start=RandomSampling())}
    for name in options.strategies:
        strategy = CANDIDATES[name]
        if "std" not in name or setting["model"] in STATE_DEVIATION:
            start = STARTS.get(name.partition(" + ")[2], MaxHerding())
            learners[name] = ActiveLearner(model, strategy, cold_start=start)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of kernels at the bounds of their parameters
        curves = label_curve(
            learners,
            X,
            y,
            n_initial=0,
            batch_size=10,
            budget=100,
            n_repeats=options.repeats,
            scoring="neg_root_mean_squared_error",
            random_state=0,
        )
    areas = {name: float(area.mean()) for name, area in curves.area().items()}
    rows = [plain(row) for row in curves.compare(correction=None).values()]
    return {**setting, "areas": areas, "rows": rows}


def run(options):
    """Play the settings that are not in the file yet."""
    options.results.touch()
    done = {(result["set"], result["model"]) for result in read(options.results)}
    for model in options.models:
        for name in SETS:
            if (name, model) in done:
                continue
            started = time.perf_counter()
            result = play({"set": name, "model": model}, options)
            with options.results.open("a", encoding="utf-8") as file:
                file.write(json.dumps(result) + "\n")
            found = {row["learner"]: round(row["difference"], 3) for row in result["rows"]}
            print(f"{model}, {name}: {time.perf_counter() - started:.0f} s {found}", flush=True)


def read(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def table(options):
    """Print, for each model, how much less error the strategies leave than random sampling."""
    results = read(options.results)
    for model in dict.fromkeys(result["model"] for result in results):
        of_model = [result for result in results if result["model"] == model]
        add_outcomes(of_model)
        print(f"\n{model}: {len(of_model)} sets")
        print(f"{'':28} {'mean':>7} {'least':>7} {'wins':>5} {'losses':>7}")
        strategies = strategies_in(of_model)
        for name in sorted(strategies, key=lambda name: -mean_difference(of_model, name)):
            rows = settings_of(of_model, name)
            outcomes = [row["outcome"] for row in rows]
            least = min(row["difference"] for row in rows)
            print(
                f"{name:28} {mean_difference(of_model, name):+7.3f} {least:+7.3f} "
                f"{outcomes.count('win'):5} {outcomes.count('loss'):7}"
            )


def mean_difference(results, strategy):
    return np.mean([row["difference"] for row in settings_of(results, strategy)])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("command", choices=["run", "table"])
    parser.add_argument("results", type=pathlib.Path)
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS))
    parser.add_argument("--strategies", nargs="+", choices=CANDIDATES, default=list(CANDIDATES))
    parser.add_argument("--repeats", type=int, default=2)
    options = parser.parse_args()
    run(options) if options.command == "run" else table(options)


if __name__ == "__main__":
    main()
