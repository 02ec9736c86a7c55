"""
Large pools: time and memory of a query
=======================================

One query of 100 samples from a pool of 64 float32 features and 10 classes, the model a
LogisticRegression that was fitted before. Every strategy has a process of its own, with one BLAS
thread; the least of three runs counts.

- CPU s: process time of the query. Wall s: the clock.
- Extra MB: the largest anonymous memory during the query (RssAnon, looked at every 2 ms), less
  that just before it. Pages of a memory map do not count, copies of them do.

From 5,000,000 rows on the pool is a memory map, in a folder that is removed afterwards. Run with
``--quick`` for a small version, ``--before CHECKOUT`` to measure another checkout in turn, and
``--case n_jobs`` for what a second thread gains.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np  # noqa: E402
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402

N_DIMS, N_CLASSES, N_LABELED, N_ASKED = 64, 10, 1000, 100
MAPPED_FROM = 5_000_000  # rows
CENTERS = np.random.default_rng(7).normal(size=(N_CLASSES, N_DIMS)).astype(np.float32)


def samples(n_rows, seed):
    """Return samples around the centers of their classes, and these classes."""
    rng = np.random.default_rng(seed)
    y = rng.integers(N_CLASSES, size=n_rows)
    return CENTERS[y] + 2 * rng.standard_normal((n_rows, N_DIMS), dtype=np.float32), y


def write_pool(path, n_rows):
    """Write a pool to a file in parts, so that it need not fit into memory."""
    with open(path, "wb") as file:
        for part, start in enumerate(range(0, n_rows, 250_000)):
            samples(min(250_000, n_rows - start), part + 1)[0].tofile(file)


def read_pool(path):
    """Return the pool of a file, in memory or as a memory map."""
    X = np.memmap(path, dtype=np.float32, mode="r").reshape(-1, N_DIMS)
    return X if len(X) >= MAPPED_FROM else np.fromfile(path, np.float32).reshape(-1, N_DIMS)


def learner_for(strategy, estimator=None, n_jobs=None):
    """Return a fitted learner."""
    from skal import ActiveLearner

    estimator = LogisticRegression(max_iter=200) if estimator is None else estimator
    learner = ActiveLearner(estimator, strategy, n_jobs=n_jobs, random_state=0)
    return learner.fit(*samples(N_LABELED, 0))


def committee():
    """Return five logistic regressions."""
    from skal import Committee

    return Committee(LogisticRegression(max_iter=200), n_members=5, random_state=0)


def cases():
    """Return functions that make a learner, by the names of the cases."""
    from skal import strategies as s

    margin = s.UncertaintySampling("margin")
    return {
        "margin": lambda: learner_for(margin),
        "entropy": lambda: learner_for(s.UncertaintySampling("entropy")),
        "CoreSet": lambda: learner_for(s.CoreSet()),
        "BADGE": lambda: learner_for(s.BADGE()),
        "vote entropy": lambda: learner_for(s.QueryByCommittee("vote_entropy"), committee()),
        "BALD": lambda: learner_for(s.BALD(), committee()),
        "Shortlist": lambda: learner_for(s.Shortlist(margin, s.CoreSet())),
        "Mixture": lambda: learner_for(s.Mixture([margin, s.UncertaintySampling("entropy")])),
        "ClusterMargin": lambda: learner_for(s.ClusterMargin()),
        "DiverseMiniBatch": lambda: learner_for(s.DiverseMiniBatch()),
        "RandomSampling": lambda: learner_for(s.RandomSampling()),
        "Subsample": lambda: learner_for(s.Subsample(margin, share=0.01)),
    }


def anonymous_memory():
    """Return the anonymous memory of this process in bytes."""
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("RssAnon"))


class Watch:
    """Measure what happens between `with` and its end."""

    def __enter__(self):
        self.before = self.peak = anonymous_memory()
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._look)
        self.thread.start()
        self.wall, self.cpu = time.perf_counter(), time.process_time()
        return self

    def _look(self):
        while not self.ended.wait(0.002):
            self.peak = max(self.peak, anonymous_memory())

    def __exit__(self, *error):
        self.wall, self.cpu = time.perf_counter() - self.wall, time.process_time() - self.cpu
        self.ended.set()
        self.thread.join()

    def results(self):
        """Return CPU and wall seconds, and extra memory in MB."""
        return {"cpu": self.cpu, "wall": self.wall, "mb": (self.peak - self.before) / 1e6}


def measure(case, path):
    """Print what one query costs, as JSON."""
    X = read_pool(path)
    learner = cases()[case]()
    learner.query(np.array(X[:3000]), N_ASKED)
    with Watch() as watch:
        positions = learner.query(X, N_ASKED)
    print(json.dumps({**watch.results(), "sum": int(positions.sum())}))


def in_own_process(case, path, checkout):
    """Return the least of three measurements, each in a new process."""
    env = {**os.environ, "PYTHONPATH": str(checkout)}
    command = [sys.executable, __file__, "--measure", case, "--pool", path]
    runs = []
    for _ in range(3):
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(done.stderr)
        runs.append(json.loads(done.stdout.splitlines()[-1]))
        if runs[-1]["wall"] > 60:
            break
    return {key: min(run[key] for run in runs) for key in runs[0]}


def compare(names, n_rows, checkouts):
    """Print a row for each strategy and checkout."""
    print(f"{n_rows:,} rows{', a memory map' if n_rows >= MAPPED_FROM else ''}")
    title = f"{'strategy':18}{'checkout':10}{'CPU s':>8}{'wall s':>8}{'extra MB':>10}"
    print(f"{title}  sum of positions")
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "pool.f32")
        write_pool(path, n_rows)
        for case in names:
            for label, checkout in checkouts.items():
                one = in_own_process(case, path, checkout)
                numbers = f"{one['cpu']:8.2f}{one['wall']:8.2f}{one['mb']:10.0f}"
                print(f"{case:18}{label:10}{numbers}  {one['sum']}", flush=True)


def show_threads(n_rows):
    """Print what a margin query takes with one thread and with two."""
    X = samples(n_rows, 1)[0]
    print(f"{'model':34}{'n_jobs':>7}{'wall s':>8}{'CPU s':>8}")
    for estimator in (
        RandomForestClassifier(100, random_state=0),
        RandomForestClassifier(100, n_jobs=2, random_state=0),
        HistGradientBoostingClassifier(random_state=0),
        LogisticRegression(max_iter=200),
    ):
        name = type(estimator).__name__ + ("(n_jobs=2)" if getattr(estimator, "n_jobs", 0) else "")
        learners = [learner_for("margin", estimator, n_jobs) for n_jobs in (1, 2)]
        runs = {1: [], 2: []}
        for _ in range(3):
            for n_jobs, learner in zip(runs, learners, strict=True):
                with Watch() as watch:
                    learner.query(X, N_ASKED)
                runs[n_jobs].append((watch.wall, watch.cpu))
        for n_jobs, measured in runs.items():
            wall, cpu = min(measured)
            print(f"{name:34}{n_jobs:7}{wall:8.2f}{cpu:8.2f}", flush=True)


def main():
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[1])
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the pool")
    parser.add_argument("--quick", action="store_true", help="20,000 rows")
    parser.add_argument("--case", action="append", help="a strategy of the table, or n_jobs")
    parser.add_argument("--before", type=Path, help="another checkout, measured in turn")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    parser.add_argument("--pool", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        return measure(options.measure, options.pool)
    n_rows = 20_000 if options.quick else options.rows
    names = options.case or list(cases())
    here = Path(__file__).resolve().parents[2]
    checkouts = {"before": options.before.resolve()} if options.before else {}
    if names != ["n_jobs"]:
        names = [name for name in names if name != "n_jobs"]
        compare(names, n_rows, {**checkouts, "this": here})
    if "n_jobs" in (options.case or []):
        show_threads(min(n_rows, 200_000))


if __name__ == "__main__":
    main()
