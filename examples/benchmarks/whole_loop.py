"""Play one active learning loop on handwritten digits, and measure what the library costs.

The classifier adds up the time spent in its own methods. The rest of the time that fitting,
asking and teaching take is the overhead of the library. `bench_query.py` runs this script for skal
and, where it is installed, for modAL, which may be in an environment of its own::

    python examples/benchmarks/whole_loop.py skal

prints the seconds of one loop as JSON. Nothing but scikit-learn and the library is imported. The
seconds are those of the processor, so that other work on the machine counts little.
"""

import argparse
import json
import time
import warnings

import numpy as np
from scipy.special import softmax
from sklearn.datasets import load_digits
from sklearn.svm import SVC
from threadpoolctl import threadpool_limits

N_FIRST, BATCH = 20, 5


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


class TimedProbaSVC(TimedSVC):
    """The same for a library that asks for probabilities; they follow from the decisions."""

    def predict_proba(self, X):
        """Return the softmax of the decision function, timed."""
        return _timed(lambda: softmax(super(TimedProbaSVC, self).decision_function(X), axis=1))


def _timed(method, *args):
    """Call a method and add its time, unless another one that is timed called it."""
    if TimedSVC._running:
        return method(*args)
    TimedSVC._running = True
    started = time.process_time()
    try:
        return method(*args)
    finally:
        TimedSVC.seconds += time.process_time() - started
        TimedSVC._running = False


class Skal:
    """The loop as skal plays it, with the margins of the one-vs-one decisions of the SVC."""

    classifier = TimedSVC

    def __init__(self, X, y):
        from skal import ActiveLearner

        self.learner = ActiveLearner(self.classifier(), "margin", random_state=0)
        self.learner.fit(X, y)

    def query(self, X_pool):
        """Return the positions of a batch."""
        return self.learner.query(X_pool, BATCH)

    def teach(self, X, y):
        """Add labels and fit."""
        self.learner.teach(X, y)


class SkalProba(Skal):
    """The same with the margins of probabilities: what modAL computes."""

    classifier = TimedProbaSVC


class ModAL:
    """The loop as modAL plays it, with the margins of probabilities."""

    def __init__(self, X, y):
        from modAL.models import ActiveLearner
        from modAL.uncertainty import margin_sampling

        self.learner = ActiveLearner(TimedProbaSVC(), margin_sampling, X, y)

    def query(self, X_pool):
        """Return the positions of a batch."""
        return self.learner.query(X_pool, n_instances=BATCH)[0]

    def teach(self, X, y):
        """Add labels and fit."""
        self.learner.teach(X, y)


LIBRARIES = {"skal": Skal, "skal-proba": SkalProba, "modAL": ModAL}


def play(library, X, y, n_rounds):
    """Label some samples, then a batch in every round; return the seconds spent in the library."""
    order = np.random.RandomState(0).permutation(len(X))
    first, free = order[:N_FIRST], order[N_FIRST:]
    learner, seconds = _clocked(library, X[first], y[first])
    for _ in range(n_rounds):
        i, asking = _clocked(learner.query, X[free])
        _, teaching = _clocked(learner.teach, X[free[i]], y[free[i]])
        free = np.delete(free, i)
        seconds += asking + teaching
    return seconds


def _clocked(function, *args):
    """Call a function; return its answer and the seconds it took, the classifier included."""
    started = time.process_time()
    answer = function(*args)
    return answer, time.process_time() - started


def measure(library, n_rounds):
    """Return the seconds of a loop in the classifier, and in the library outside of it."""
    X, y = load_digits(return_X_y=True)
    play(library, X, y, n_rounds=2)  # imports and caches
    TimedSVC.seconds = 0.0
    seconds = play(library, X, y, n_rounds)
    return {"classifier": TimedSVC.seconds, "overhead": seconds - TimedSVC.seconds}


def main():
    """Play one loop and print its seconds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("library", choices=LIBRARIES)
    parser.add_argument("--rounds", type=int, default=50)
    options = parser.parse_args()
    # modAL calls scikit-learn by names that are on their way out.
    warnings.simplefilter("ignore", FutureWarning)
    with threadpool_limits(1):
        print(json.dumps(measure(LIBRARIES[options.library], options.rounds)))


if __name__ == "__main__":
    main()
