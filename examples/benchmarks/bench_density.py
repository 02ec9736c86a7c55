"""
Density, ranked batches and coverage against other libraries
============================================================

Times `skal.geometry.density` and the strategies `RankedBatch` and `ProbCover` against modAL, the
graph density of ALiPy, and scikit-activeml, in turn, in one run, on one BLAS thread, in seconds of
the processor. A ratio is our time divided by theirs: the smaller the better. The libraries may be
in an environment of their own, named by ``--peer PYTHON``. What is not installed there, or fails,
is reported as such.

    python -m venv peers && peers/bin/pip install modAL-python alipy scikit-activeml
    python examples/benchmarks/bench_density.py --peer peers/bin/python [--quick]
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np

N_DIMS, N_LABELED, BATCH = 64, 100, 100
N_CLASSES, RADIUS = 10, 12.0


def data(n_samples):
    """Return labeled rows, rows of a pool, and scores, the same in every interpreter."""
    rng = np.random.RandomState(0)
    X = rng.standard_normal((N_LABELED + n_samples, N_DIMS))
    X += 3 * rng.standard_normal((20, N_DIMS))[rng.randint(20, size=len(X))]
    return X[:N_LABELED], X[N_LABELED:], rng.random_sample(n_samples)


# What other libraries do, by name; each takes the data and returns a function to be timed.


def modal_density(metric):
    from modAL.density import information_density

    return lambda labeled, X, scores: lambda: information_density(X, metric)


def modal_ranked_batch(n_labeled):
    from modAL.batch import ranked_batch

    def prepare(labeled, X, scores):
        known = labeled[:n_labeled] if n_labeled else None
        learner = SimpleNamespace(
            on_transformed=False, X_training=known, transform_without_estimating=lambda rows: rows
        )
        return lambda: ranked_batch(learner, X, scores, BATCH, "euclidean", None)

    return prepare


def alipy_density(n_rows):
    from alipy.query_strategy.query_labels import QueryInstanceGraphDensity

    def prepare(labeled, X, scores):
        few, y = X[:n_rows], np.zeros(n_rows)
        return lambda: QueryInstanceGraphDensity(few, y, np.arange(n_rows))

    return prepare


def alipy_query(n_rows):
    from alipy.query_strategy.query_labels import QueryInstanceGraphDensity

    def prepare(labeled, X, scores):
        strategy = QueryInstanceGraphDensity(X[:n_rows], np.zeros(n_rows), np.arange(n_rows))
        return lambda: strategy.select([0], np.arange(1, n_rows), batch_size=2)

    return prepare


def activeml_prob_cover(radius):
    from skactiveml.pool import ProbCover

    def prepare(labeled, X, scores):
        everything = np.vstack([X, labeled])
        y = np.r_[np.full(len(X), np.nan), np.arange(N_LABELED) % N_CLASSES]
        deltas = None if radius is None else [radius]
        strategy = ProbCover(n_classes=N_CLASSES, deltas=deltas, random_state=0)
        return lambda: strategy.query(everything, y, batch_size=BATCH)

    return prepare


PEERS = {
    "modAL density, euclidean": (modal_density, "euclidean"),
    "modAL density, cosine": (modal_density, "cosine"),
    "modAL ranked batch": (modal_ranked_batch, N_LABELED),
    "modAL ranked batch, no labels": (modal_ranked_batch, 0),
    "scikit-activeml ProbCover": (activeml_prob_cover, None),
    "scikit-activeml ProbCover, radius": (activeml_prob_cover, RADIUS),
    "ALiPy graph density, 300 rows": (alipy_density, 300),
    "ALiPy graph density, its query": (alipy_query, 50),
}


def seconds_of_peer(name, n_samples):
    """Run in the peer's interpreter: print the seconds of one call, or why there are none."""
    make, argument = PEERS[name]
    try:
        function = make(argument)(*data(n_samples))
        answer = {"seconds": timed(function)}
    except ModuleNotFoundError as error:
        answer = {"problem": f"not installed ({error.name})"}
    except Exception as error:  # whatever another library raises belongs in the report
        answer = {"problem": f"fails: {type(error).__name__}: {error}"}
    print(json.dumps(answer))


def timed(function):
    started = time.process_time()
    function()
    return time.process_time() - started


def ask_peer(python, name, n_samples):
    """Return the answer of `seconds_of_peer`, on one thread."""
    command = [python, __file__, "--measure", name, "--rows", str(n_samples)]
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    result = subprocess.run(
        command, env=dict.fromkeys(names, "1"), stdout=subprocess.PIPE, check=True, text=True
    )
    return json.loads(result.stdout.splitlines()[-1])


def our_functions(n_samples):
    """Return what is timed here, each with the name of what it is compared with."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # this checkout

    from skal import Pool
    from skal.geometry import density
    from skal.strategies import ProbCover, RankedBatch, ScoreStrategy

    class Prepared(ScoreStrategy):
        def score_samples(self, pool):
            return scores

    labeled, X, scores = data(n_samples)
    y = np.arange(N_LABELED) % N_CLASSES
    known = Pool.from_arrays(labeled, y=y)

    def ask(strategy, labeled_pool):
        classes = np.arange(N_CLASSES)
        pool = Pool.from_arrays(X, labeled=labeled_pool, classes=classes, random_state=0)
        return strategy.query(pool, BATCH)

    return {
        "modAL density, euclidean": lambda: density(X, similarity="euclidean"),
        "modAL density, cosine": lambda: density(X, similarity="cosine"),
        "modAL ranked batch": lambda: ask(RankedBatch(Prepared()), known),
        "modAL ranked batch, no labels": lambda: ask(RankedBatch(Prepared()), None),
        "scikit-activeml ProbCover": lambda: ask(ProbCover(), known),
        "scikit-activeml ProbCover, radius": lambda: ask(ProbCover(RADIUS), known),
    }


def report(python, n_samples, n_repeats):
    from threadpoolctl import threadpool_limits

    ours = our_functions(n_samples)
    print(f"n = {n_samples:,}, {N_DIMS} dimensions, batch {BATCH}, {N_LABELED} labeled")
    print(f"{'':34} {'peer':>9} {'skal':>9} {'ratio':>7}")
    for name in PEERS:
        function, mine, theirs = ours.get(name), [], []
        for _ in range(n_repeats if function else 1):
            if function:
                with threadpool_limits(1):
                    mine.append(timed(function))
            answer = ask_peer(python, name, n_samples)
            if "problem" in answer:
                break
            theirs.append(answer["seconds"])
        print(line(name, mine, theirs, answer.get("problem")), flush=True)


def line(name, mine, theirs, problem):
    here = f"{min(mine):8.3f}s" if mine else f"{'':9}"
    if problem:
        return f"{name:34} {'':9} {here} {problem}"
    ratio = f"{min(mine) / min(theirs):7.3f}" if mine else ""
    return f"{name:34} {min(theirs):8.3f}s {here} {ratio}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--quick", action="store_true", help="fewer rows, one repetition")
    parser.add_argument("--rows", type=int, help="samples in the pool, 10,000 if not given")
    parser.add_argument("--peer", metavar="PYTHON", default=sys.executable)
    parser.add_argument("--measure", choices=PEERS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    n_samples = options.rows or (2000 if options.quick else 10_000)
    if options.measure:
        seconds_of_peer(options.measure, n_samples)
    else:
        report(options.peer, n_samples, 1 if options.quick else 3)


if __name__ == "__main__":
    main()
