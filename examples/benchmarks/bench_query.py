"""Measure what skal itself costs: one large query, and a whole loop.

Part one asks one learner for the 100 smallest margins among a million samples. Its classifier
answers from a prepared array in no time, so that all that is measured is skal's own work, and
compares that with the least that NumPy needs for the same answer. Part two plays 50 rounds of 5
labels on handwritten digits with a SVC, and measures the time that the library spends outside the
classifier: once with the margins of the decision function, which skal reads from a SVC, and once
with the margins of probabilities. modAL plays the second loop, too, where it is installed. As it
needs scikit-learn before 1.8, it may be in an environment of its own, named by ``--peer PYTHON``.
Part three compares the default strategy, which predicts a few hundred candidates only, with margin
sampling, on a small and on a large pool. Part four, printed first, chooses among ten thousand
samples with prepared probabilities, checks included, against modAL where it is installed beside
skal.

Run it with ``python examples/benchmarks/bench_query.py``; ``--quick`` takes a tenth of the
samples and fewer repetitions.
"""

import argparse
import functools
import importlib.util
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time
import tracemalloc

import numpy as np
import sklearn
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

import skal
from skal import ActiveLearner, Pool
from skal.strategies import UncertaintySampling

N_CLASSES, BATCH, N_ROUNDS = 10, 100, 50
PREPARED = {}  # outside the classifier, as parameters are copied when it is cloned


class PreparedClassifier(ClassifierMixin, BaseEstimator):
    """Answer with prepared probabilities; the samples are their own row numbers."""

    def fit(self, X, y):
        """Remember the classes."""
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        """Return the most probable classes."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def predict_proba(self, X):
        """Return a view of the prepared rows."""
        start = int(X[0, 0])
        return PREPARED["proba"][start : start + len(X)]


def prepare(n_samples):
    """Fill the prepared probabilities; return the learner, the pool and the margins."""
    rng = np.random.default_rng(0)
    proba = rng.random((n_samples, N_CLASSES))
    proba /= proba.sum(axis=1, keepdims=True)
    PREPARED["proba"] = proba
    X_pool = np.arange(n_samples, dtype=np.float64)[:, None]
    y = np.arange(10 * N_CLASSES) % N_CLASSES
    learner = ActiveLearner(PreparedClassifier(), "margin", random_state=0)
    return learner.fit(X_pool[: len(y)], y), X_pool, _gaps(proba)


def _gaps(proba):
    top = np.partition(proba, -2, axis=1)
    return top[:, -1] - top[:, -2]


def query(learner, X_pool):
    """Ask skal."""
    return learner.query(X_pool, BATCH)


def floor(proba, gaps):
    """Do the least: one partition of each row and one of the margins, without any check."""
    np.partition(proba, -2, axis=1)
    return np.argpartition(gaps, BATCH)[:BATCH]


def in_turn(functions, n_repetitions):
    """Return the seconds of each function, called one after the other in every repetition."""
    seconds = {name: [] for name in functions}
    for _ in range(n_repetitions):
        for name, function in functions.items():
            started = time.perf_counter()
            function()
            seconds[name].append(time.perf_counter() - started)
    return seconds


def peak_memory(function):
    """Return the largest number of bytes allocated on top of what was there before."""
    tracemalloc.start()
    try:
        function()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def report_query(n_samples, n_repetitions):
    """Measure and print part one."""
    learner, X_pool, gaps = prepare(n_samples)
    proba = PREPARED["proba"]
    chosen, least = query(learner, X_pool), floor(proba, gaps)
    assert set(chosen.tolist()) == set(least.tolist()), "both must choose the same samples"

    functions = {
        "learner.query": lambda: query(learner, X_pool),
        "NumPy partitions": lambda: floor(proba, gaps),
    }
    seconds = in_turn(functions, n_repetitions)
    print(f"One query: margin, {n_samples:,} x {N_CLASSES} probabilities, n={BATCH}")
    for name, values in seconds.items():
        low, middle = 1e3 * min(values), 1e3 * statistics.median(values)
        print(f"  {name:<18} min {low:8.1f} ms   median {middle:8.1f} ms")
    ours, theirs = seconds.values()
    print(
        f"  ratio              min {min(ours) / min(theirs):8.2f}      median "
        f"{statistics.median(ours) / statistics.median(theirs):8.2f}"
    )
    for name, function in functions.items():
        print(f"  {name:<18} peak memory {peak_memory(function) / 2**20:6.1f} MiB")


def report_default(n_samples, n_repetitions):
    """Measure and print part three."""
    X = np.random.default_rng(0).normal(size=(n_samples + 60, 64)).astype(np.float32)
    y = (X[:60, 0] > 0).astype(int)
    for n_pool in (600, n_samples):
        learners = {
            name: ActiveLearner(LogisticRegression(), strategy, random_state=0).fit(X[:60], y)
            for name, strategy in (("default", None), ("margin", "margin"))
        }
        functions = {
            name: functools.partial(learner.query, X[60 : 60 + n_pool], 10)
            for name, learner in learners.items()
        }
        seconds = in_turn(functions, n_repetitions)
        print(f"One query: logistic regression, {n_pool:,} x 64, n=10")
        for name, values in seconds.items():
            low, middle = 1e3 * min(values), 1e3 * statistics.median(values)
            print(f"  {name:<18} min {low:8.1f} ms   median {middle:8.1f} ms")


def report_choice(n_repetitions):
    """Measure and print part four."""
    prepare(10_000)
    proba, X_pool = PREPARED["proba"], np.zeros((10_000, 1))
    model = PreparedClassifier()

    def ours():
        pool = Pool.from_arrays(proba=proba, random_state=0)
        return UncertaintySampling("margin").query(pool, BATCH)

    functions = {"skal": ours}
    if importlib.util.find_spec("modAL"):
        from modAL.uncertainty import margin_sampling

        functions["modAL"] = lambda: margin_sampling(model, X_pool, n_instances=BATCH)[0]
        assert set(functions["modAL"]()) == set(ours()), "both must choose the same samples"
    seconds = in_turn(functions, n_repetitions)
    print(f"The choice alone: margin, 10,000 x {N_CLASSES} probabilities, n={BATCH}")
    for name, values in seconds.items():
        low, middle = 1e3 * min(values), 1e3 * statistics.median(values)
        print(f"  {name:<18} min {low:8.3f} ms   median {middle:8.3f} ms")
    if "modAL" in seconds:
        ours, theirs = seconds["skal"], seconds["modAL"]
        print(
            f"  ratio              min {min(ours) / min(theirs):8.2f}      median "
            f"{statistics.median(ours) / statistics.median(theirs):8.2f}"
        )


def measure_loop(python, library):
    """Return the seconds of one loop of a library, played by an interpreter of its own."""
    script = pathlib.Path(__file__).with_name("whole_loop.py")
    # The skal of this process, wherever it comes from, is the one that plays.
    path = os.pathsep.join(
        [str(pathlib.Path(skal.__file__).parents[1])] * library.startswith("skal")
    )
    answer = subprocess.run(
        [python, script, library, "--rounds", str(N_ROUNDS)],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(answer.stdout)


def report_loop(peer, n_repetitions):
    """Measure and print part two."""
    players = dict.fromkeys(["skal", "skal-proba"], sys.executable)
    if peer or importlib.util.find_spec("modAL"):
        players["modAL"] = peer or sys.executable
    loops = {library: [] for library in players}
    for _ in range(n_repetitions):
        for library, python in players.items():
            loops[library].append(measure_loop(python, library))
    print(
        f"A loop: digits, SVC, {N_ROUNDS} rounds of 5: time in the library and in the classifier"
    )
    for library, seconds in loops.items():
        overhead = [1e3 * loop["overhead"] for loop in seconds]
        classifier = 1e3 * statistics.median(loop["classifier"] for loop in seconds)
        print(
            f"  {library:<18} min {min(overhead):8.1f} ms   median "
            f"{statistics.median(overhead):8.1f} ms   classifier {classifier:8.1f} ms"
        )


def main():
    """Run all parts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer samples and repetitions")
    parser.add_argument("--peer", metavar="PYTHON", help="an interpreter that has modAL")
    options = parser.parse_args()
    quick = options.quick
    print(
        f"skal {skal.__version__}, scikit-learn {sklearn.__version__}, "
        f"NumPy {np.__version__}, Python {sys.version.split()[0]}"
    )
    with threadpool_limits(1):
        report_choice(300)
        report_query(100_000 if quick else 1_000_000, 5 if quick else 15)
        report_loop(options.peer, 3 if quick else 9)
        report_default(100_000 if quick else 1_000_000, 5 if quick else 15)


if __name__ == "__main__":
    main()
