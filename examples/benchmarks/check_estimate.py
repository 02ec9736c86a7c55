"""How good `LabelingSession.estimate` is: coverage, mean error and cost, in simulated sessions.

    OMP_NUM_THREADS=1 python examples/benchmarks/check_estimate.py --sessions 1000 --jobs 2

Every simulated session is a real one, on a file of its own. Each draws the rows of its pool and
its test rows anew. It is played with an audit of 10% and without one. At two thirds and at the
end of the label budget, estimates are compared with the truth, as all labels are known: the
score of the present model on the rows without a label, and how many rows of a class are left.

Printed are, for each score, how often the 95% interval holds the truth, the mean of estimate minus
truth, and the mean width of the interval; how much lower the area under the label curve is with
the audit; and how often `TargetScore` stops although its target is not reached.

Results are kept in a file, one line for each session, as they come: a run that is interrupted goes
on where it was. `--quick` plays 36 sessions.
"""

import argparse
import itertools
import json
import os
import pathlib
import tempfile
import warnings
from collections import defaultdict

import numpy as np
from joblib import Parallel, delayed
from scipy.stats import norm
from sklearn.datasets import load_digits, make_classification
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, f1_score
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skal import ActiveLearner
from skal.session import LabelingSession
from skal.stopping import Round, TargetScore
from skal.strategies import UncertaintySampling

DATA = pathlib.Path(__file__).parent / "data"
AUDIT = 0.1


def digits():
    """Ten classes of equal size; a third of the pool is labeled in the end."""
    X, y = load_digits(return_X_y=True)
    return X / 16, y, 3


def yeast():
    """Eleven percent of the rows are positive; a quarter of the pool is labeled in the end."""
    stored = np.load(DATA / "yeast3.npz")
    return stored["X"], stored["y"].astype(int), 1


def made():
    """Five percent of the rows are positive; a twentieth of the pool is labeled in the end."""
    X, y = make_classification(
        9000, 12, n_informative=6, weights=[0.95], class_sep=1.2, flip_y=0.01, random_state=0
    )
    return X, y, 1


# Each data set with the label budget, the batch size, and the models.
CASES = {
    "digits": (
        digits,
        400,
        20,
        {
            "discriminant": LinearDiscriminantAnalysis(),
            "naive Bayes": GaussianNB(var_smoothing=0.01),
        },
    ),
    "yeast": (
        yeast,
        300,
        15,
        {
            "logistic": make_pipeline(StandardScaler(), LogisticRegression()),
            "tree": DecisionTreeClassifier(max_depth=6),
        },
    ),
    "made": (
        made,
        300,
        20,
        {
            "naive Bayes": GaussianNB(),
            "logistic": make_pipeline(StandardScaler(), LogisticRegression()),
        },
    ),
}
STRATEGIES = {"margin": UncertaintySampling("margin"), "default": None}
# Accuracies that these models reach on the rest of the pool after some hundred labels.
TARGETS = {
    ("digits", "discriminant"): 0.92,
    ("digits", "naive Bayes"): 0.91,
    ("yeast", "tree"): 0.94,
    ("made", "naive Bayes"): 0.95,
}


def cases():
    """Return combinations of a data set, a model and a strategy, by name."""
    found = []
    for data, (*_, models) in CASES.items():
        found += [(data, model, "margin") for model in models]
        found.append((data, next(iter(models)), "default"))  # which takes longer
    return found


def play(case, seed, audit=AUDIT, folder=None):
    """Play a session, and return what was estimated, what is true, and the label curve."""
    data, model, strategy = case
    load, budget, batch, models = CASES[data]
    X, y, positive = load()
    order = np.random.RandomState(seed).permutation(len(X))
    test, pool = np.split(order, [len(X) // 4])
    X_test, y_test, X, y = X[test], y[test], X[pool], y[pool]
    learner = ActiveLearner(models[model], STRATEGIES[strategy], random_state=seed)
    looks, curve, n = [], [], 0
    with tempfile.TemporaryDirectory(dir=folder) as name, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # classifiers that do not converge on few labels
        session = LabelingSession(os.path.join(name, "a.skal"), learner, X, audit=audit)
        with session:
            while n < budget:
                ids = session.next(batch)
                session.label(ids, y[ids])
                n += len(ids)
                curve.append(float(session.model().score(X_test, y_test)))
                if audit and n >= budget * (len(looks) + 2) / 3:
                    looks.append({"n": n, **look(session, X, y, positive)})
    return {"looks": looks, "area": float(np.mean(curve))}


def look(session, X, y, positive):
    """Return each estimate of a session, as value, low, high and the truth."""
    rest = np.setdiff1d(np.arange(len(X)), list(session.verdicts()))
    found = {}
    for scoring, truth in truths(session.model().predict(X[rest]), y[rest], y, positive).items():
        named = None if "accuracy" in scoring else positive
        if named is not None and named not in session.progress()["classes"]:
            continue
        one = session.estimate(scoring, positive=named)
        if one.value is not None:
            found[scoring] = [one.value, one.low, one.high, float(truth)]
    return found


def truths(predicted, y, y_all, positive):
    """Return the scores of predictions for the rows without a label, and the counts of a class."""
    is_positive = y == positive
    truth = {
        "accuracy": np.mean(predicted == y),
        "balanced_accuracy": balanced_accuracy_score(y, predicted),
        "f1": f1_score(is_positive, predicted == positive, zero_division=0.0),
        "found": 1 - is_positive.sum() / np.sum(y_all == positive),
        "n_left": is_positive.sum(),
    }
    if is_positive.any():
        truth["recall"] = np.mean(predicted[is_positive] == positive)
    return truth


def stops(case, seed, folder=None):
    """Return the true accuracy when `TargetScore` stops, after one look and after two in a row."""
    data, model, strategy = case
    load, budget, batch, models = CASES[data]
    X, y, _ = load()
    pool = np.random.RandomState(seed).permutation(len(X))[len(X) // 4 :]
    X, y = X[pool], y[pool]
    learner = ActiveLearner(models[model], STRATEGIES[strategy], random_state=seed)
    reached = {}
    with tempfile.TemporaryDirectory(dir=folder) as name, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = os.path.join(name, "a.skal")
        criterion = TargetScore(TARGETS[data, model])
        with LabelingSession(path, learner, X, audit=0.2) as session:
            state = criterion.start(len(X))
            while "two looks" not in reached and session.progress()["n_labeled"] < 2 * budget:
                ids = session.next(batch)
                session.label(ids, y[ids])
                n_labels = session.progress()["n_labeled"]
                now = Round(session.model(), X, n_labels, lambda *args: estimate(session, *args))
                state, stop = criterion.update(state, now)
                if stop or (state["reached"] and "one look" not in reached):
                    rest = np.setdiff1d(np.arange(len(X)), list(session.verdicts()))
                    truth = float(np.mean(session.model().predict(X[rest]) == y[rest]))
                    reached["two looks" if stop else "one look"] = truth
    return {"threshold": TARGETS[data, model], **reached}


def estimate(session, scoring, positive, confidence):
    """Return an estimate as a round gives it to a criterion."""
    return session.estimate(scoring, positive=positive, confidence=confidence)


def both(case, seed, folder=None):
    """Return one simulated session, with what the audit costs."""
    played = play(case, seed, folder=folder)
    cost = play(case, seed, audit=0.0, folder=folder)["area"] - played["area"]
    return {"case": list(case), "seed": seed, "looks": played["looks"], "cost": cost}


def report(lines):
    """Print coverage, mean error and width of each score, and the cost of the audit."""
    print(f"{len(lines)} sessions, an audit of {AUDIT:.0%}")
    tables = defaultdict(lambda: defaultdict(list))
    for line in lines:
        for one in line["looks"]:
            for scoring, numbers in one.items():
                if scoring != "n":
                    tables[scoring]["all"].append(numbers)
                    tables[scoring][f"{line['case'][0]}, {one['n']} labels"].append(numbers)
    print(f"{'':42} estimates  coverage  mean error  mean width")
    for scoring, groups in tables.items():
        for group, numbers in groups.items():
            value, low, high, truth = np.array(numbers).T
            covers = np.mean((low <= truth) & (truth <= high))
            unit = 1 if scoring == "n_left" else 100
            print(
                f"{scoring + ': ' + group:42} {len(value):9} {covers:9.1%} "
                f"{unit * np.mean(value - truth):11.2f} {unit * np.mean(high - low):11.1f}"
            )
    costs = defaultdict(list)
    for line in lines:
        costs["all"].append(line["cost"])
        costs[", ".join(line["case"][::2])].append(line["cost"])
    for group, values in costs.items():
        error = np.std(values) / np.sqrt(len(values))
        print(f"points of area lost: {group:21} {100 * np.mean(values):.2f} +- {100 * error:.2f}")


def report_stops(answers):
    """Print how often a criterion stopped, and how often too early."""
    for name in ("one look", "two looks"):
        short = [one["threshold"] - one[name] for one in answers if name in one]
        print(
            f"TargetScore, {name}: stopped {len(short)} of {len(answers)} sessions, too early "
            f"{np.mean(np.array(short) > 0):.1%}, by {100 * np.max(short):.1f} points at most"
        )


def report_plateau(n_runs=20_000, most=400):
    """Print how often `TargetScore` stops at a model that never is better than it is now."""
    random_state = np.random.RandomState(0)
    looks = [20]
    while 1.1 * looks[-1] <= most:
        looks.append(int(np.ceil(1.1 * looks[-1])))
    for threshold, gap in itertools.product((0.8, 0.9, 0.95), (0.0, 0.01, 0.02)):
        hits = np.cumsum(random_state.rand(n_runs, most) < threshold - gap, axis=1)
        every = lower_end(hits[:, 19:], np.arange(20, most + 1)) >= threshold
        looked = every[:, np.array(looks) - 20]
        twice = looked[:, 1:] & looked[:, :-1]
        print(
            f"accuracy {threshold - gap:.2f}, target {threshold}: stopped by two looks in a row "
            f"{twice.any(axis=1).mean():.1%}, by one look {looked.any(axis=1).mean():.1%}, by one "
            f"at every audit row {every.any(axis=1).mean():.1%}"
        )


def lower_end(hits, n, confidence=0.95):
    """Return the lower end of Wilson's interval."""
    z, p = norm.ppf((1 + confidence) / 2), hits / n
    return (p + z**2 / n / 2 - z * np.sqrt(p * (1 - p) / n + (z / n) ** 2 / 4)) / (1 + z**2 / n)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sessions", type=int, default=1000)
    parser.add_argument("--stops", type=int, default=200, help="sessions that are stopped")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("check_estimate.jsonl"))
    parser.add_argument("--folder", help="for the files of sessions, such as /dev/shm")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    n_sessions, n_stops = (36, 4) if options.quick else (options.sessions, options.stops)
    lines = []
    if options.out.exists():
        lines = [json.loads(line) for line in options.out.read_text().splitlines()]
    done = {(*line["case"], line["seed"]) for line in lines}
    every = cases()
    todo = [(every[i % len(every)], i) for i in range(n_sessions)]
    todo = [(case, seed) for case, seed in todo if (*case, seed) not in done]
    parallel = Parallel(options.jobs, return_as="generator_unordered")
    with options.out.open("a") as file:
        for line in parallel(delayed(both)(*one, options.folder) for one in todo):
            lines.append(line)
            print(json.dumps(line), file=file, flush=True)
    report(lines)
    if n_stops:
        hard = [(*names, "margin") for names in TARGETS]
        work = [(hard[i % len(hard)], 10_000 + i) for i in range(n_stops)]
        calls = (delayed(stops)(*one, options.folder) for one in work)
        report_stops(Parallel(options.jobs)(calls))
        report_plateau()


if __name__ == "__main__":
    main()
