"""Measure what skal itself costs: one large query, and a whole loop.

Part one asks one learner for the 100 smallest margins among a million samples. Its classifier
answers from a prepared array in no time, so that all that is measured is skal's own work, and
compares that with the least that NumPy needs for the same answer. Part two plays a loop on
handwritten digits and measures which share of it is spent outside the classifier.

Run it with ``python examples/benchmarks/bench_query.py``; ``--quick`` takes a tenth of the
samples and fewer repetitions.
"""

import argparse
import statistics
import sys
import time
import tracemalloc

import numpy as np
import sklearn
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_digits
from sklearn.svm import SVC
from threadpoolctl import threadpool_limits

import skal
from skal import ActiveLearner

N_CLASSES, BATCH = 10, 100
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


class TimedSVC(SVC):
    """A SVC that adds up the time spent in its own methods."""

    seconds = 0.0
    _running = False

    def fit(self, X, y, sample_weight=None):
        """Fit, timed."""
        return _timed(super().fit, X, y, sample_weight)

    def predict(self, X):
        """Predict, timed."""
        return _timed(super().predict, X)

    def decision_function(self, X):
        """Return the decision function, timed."""
        return _timed(super().decision_function, X)


def _timed(method, *args):
    """Call a method and add its time, unless another one that is timed called it."""
    if TimedSVC._running:
        return method(*args)
    TimedSVC._running = True
    started = time.perf_counter()
    try:
        return method(*args)
    finally:
        TimedSVC.seconds += time.perf_counter() - started
        TimedSVC._running = False


# One large query ----------------------------------------------------------------------------


def prepare(n_samples):
    """Fill the prepared probabilities; return the learner, the pool and the margins."""
    rng = np.random.default_rng(0)
    proba = rng.random((n_samples, N_CLASSES))
    proba /= proba.sum(axis=1, keepdims=True)
    PREPARED["proba"] = proba
    X_pool = np.arange(n_samples, dtype=np.float64)[:, None]
    y = np.arange(10 * N_CLASSES) % N_CLASSES
    learner = ActiveLearner(PreparedClassifier(), random_state=0).fit(X_pool[: len(y)], y)
    return learner, X_pool, _gaps(proba)


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


# A whole loop -------------------------------------------------------------------------------


def play(X, y, n_rounds):
    """Label 20 samples, then five more in every round; return the seconds spent in skal."""
    order = np.random.RandomState(0).permutation(len(X))
    first, free = order[:20], order[20:]
    learner = ActiveLearner(TimedSVC(), random_state=0)
    seconds = _seconds(learner.fit, X[first], y[first])[1]
    for _ in range(n_rounds):
        i, asking = _seconds(learner.query, X[free], 5)
        _, teaching = _seconds(learner.teach, X[free[i]], y[free[i]])
        free = np.delete(free, i)
        seconds += asking + teaching
    return seconds


def _seconds(method, *args):
    """Call a method; return its answer and the seconds it took, classifier included."""
    started = time.perf_counter()
    answer = method(*args)
    return answer, time.perf_counter() - started


def measure_loop(X, y, n_rounds):
    """Return the seconds of a loop, and its shares outside the classifier and within skal."""
    TimedSVC.seconds = 0.0
    in_skal, total = _seconds(play, X, y, n_rounds)
    in_classifier = TimedSVC.seconds
    return total, (total - in_classifier) / total, (in_skal - in_classifier) / total


def report_loop(n_rounds, n_repetitions):
    """Measure and print part two."""
    X, y = load_digits(return_X_y=True)
    play(X, y, n_rounds=2)  # imports and caches
    loops = [measure_loop(X, y, n_rounds) for _ in range(n_repetitions)]
    total, outside, in_skal = (statistics.median(values) for values in zip(*loops, strict=True))
    print(f"A loop: digits, SVC, 20 labels and {n_rounds} rounds of 5, {total:.2f} s")
    print(
        f"  outside the classifier: median {outside:.1%}, min {min(loop[1] for loop in loops):.1%}"
    )
    print(
        f"  of which in skal:       median {in_skal:.1%}, min {min(loop[2] for loop in loops):.1%}"
    )


def main():
    """Run both parts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer samples and repetitions")
    quick = parser.parse_args().quick
    print(
        f"skal {skal.__version__}, scikit-learn {sklearn.__version__}, "
        f"NumPy {np.__version__}, Python {sys.version.split()[0]}"
    )
    with threadpool_limits(1):
        report_query(100_000 if quick else 1_000_000, 5 if quick else 15)
        report_loop(50, 2 if quick else 5)


if __name__ == "__main__":
    main()
