"""How long does a query take: measure every strategy, and write the performance page.

    python examples/benchmarks/time_queries.py run
    python examples/benchmarks/time_queries.py page

`run` asks every strategy for 100 of 10,000, 100,000, 1,000,000 and 10,000,000 rows of 64 float32
features and 10 classes, with 1,000 rows labeled, and adds a line for each to the raw results,
`data/performance.json`. The pool and the outputs of models (a logistic regression, a committee of
5, ridge regressions) are memory maps of files that are written first, so that everything measured
is the work of the strategy: to check the arrays, and to choose. Strategies that ask a model
themselves, and those of the table "Model and strategy", get a logistic regression that was fitted
before.

- CPU seconds: process time of one query, on one thread. Other jobs on the machine hardly change
  it. Where one takes less than 1 second it is asked twice more, as often in turn as takes 0.3
  seconds, and the lesser mean counts.
- Memory: the largest anonymous memory (RssAnon) during the first query, less that just before it.
  Memory maps do not count, copies of them do.

Each strategy and size has a process of its own, which may take 60 CPU seconds and 6 GB. A size is
left out where it would need more than twice of that if it grew as the rows; the page says so.
Started again, `run` goes on where it was. `--rows` and `--tables` measure a part, `--quick` 10,000
rows only; `--folder` keeps the files for the next time. `page` writes the tables and the picture
of the page from the raw results.
"""

import argparse
import datetime
import functools
import json
import os
import pickle
import platform
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

# It limits BLAS to one thread, so it comes before NumPy.
from bench_large import CENTERS, N_CLASSES, N_DIMS, N_LABELED, Watch, samples, write_pool

import numpy as np  # isort: skip
import query_tables
import scipy
import sklearn
from sklearn.linear_model import LogisticRegression, Ridge

ROOT = Path(__file__).resolve().parents[2]
RESULTS = Path(__file__).parent / "data" / "performance.json"
PEERS = RESULTS.with_name("performance_peers.json")
SIZES = [10_000, 100_000, 1_000_000, 10_000_000]
N_ASKED, N_MEMBERS = 100, 5
MOST_SECONDS, MOST_BYTES = 60, 6 * 10**9
LEFT_OUT = 2  # so many times the limits: what is expected to need more is not tried
REPEATED_BELOW, SHORTEST = 1.0, 0.3  # seconds
PART = 250_000  # rows that are predicted at once

REGRESSION = {"prediction", "prediction_std", "member_prediction"}
WIDTHS = {"proba": N_CLASSES, "decision": 1, "prices": 1, "predicted_loss": 1, "label_proba": 3}
WIDTHS |= {"prediction": 1, "prediction_std": 1}
MEMBERS = {"member_proba": N_CLASSES, "member_prediction": 1}


def cases():
    """Return the outputs that are read, by the table and the case."""
    return {
        (table, case): reads
        for table, rows in query_tables.TABLES.items()
        for case, reads in rows.items()
    }


class Models:
    """Models fitted on the labeled samples, and what they say of further rows."""

    def __init__(self):
        X, y = samples(N_LABELED, 0)
        rng = np.random.default_rng(1)
        draws = [rng.integers(N_LABELED, size=N_LABELED) for _ in range(N_MEMBERS)]
        self.numbers = X @ CENTERS[0] / 8 + rng.normal(size=N_LABELED)
        self.classifiers = [fitted_classifier(X[i], y[i]) for i in draws]
        self.regressors = [Ridge().fit(X[i], self.numbers[i]) for i in draws]
        self.X, self.y = X, y

    def outputs_of(self, X, names):
        """Return outputs by their names, in single precision, members first."""
        made = {}
        for name in names:
            values = getattr(self, name)(X)
            made[name] = np.asarray(values, dtype=np.float32)
        return made

    def proba(self, X):
        return self.classifiers[0].predict_proba(X)

    def member_proba(self, X):
        return [model.predict_proba(X) for model in self.classifiers]

    def decision(self, X):
        return X @ CENTERS[0]

    def prices(self, X):
        return 1 + np.abs(X[:, 0])

    def predicted_loss(self, X):
        return np.abs(X[:, 1])

    def label_proba(self, X):
        return 1 / (1 + np.exp(-X[:, :3]))

    def prediction(self, X):
        return self.regressors[0].predict(X)

    def member_prediction(self, X):
        return [model.predict(X) for model in self.regressors]

    def prediction_std(self, X):
        return np.std(self.member_prediction(X), axis=0)


def fitted_classifier(X, y):
    """Return the logistic regression of all cases."""
    return LogisticRegression(max_iter=200).fit(X, y)


class Files:
    """The pool and the outputs of models in a folder, of as many rows as were written."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.pickle = self.folder / "models.pickle"

    def write(self, n_rows):
        """Write the rows, and every output of them."""
        write_pool(self.folder / "X.f32", n_rows)
        models, names = Models(), [*WIDTHS, *MEMBERS]
        maps = {name: self._map(name, n_rows, "w+") for name in names}
        X = self.rows(n_rows)
        for start in range(0, n_rows, PART):
            rows = slice(start, start + PART)
            made = models.outputs_of(X[rows], names)
            for name, values in made.items():
                target = maps[name][:, rows] if name in MEMBERS else maps[name][rows]
                target[...] = values.reshape(target.shape)
        self.pickle.write_bytes(pickle.dumps(models))  # last: all others are complete

    def hold(self, n_rows):
        """Whether so many rows were written before."""
        return self.pickle.exists() and self.n_written() >= n_rows

    def n_written(self):
        """Return the number of rows."""
        return (self.folder / "X.f32").stat().st_size // (4 * N_DIMS)

    def models(self):
        """Return the models that made the outputs."""
        return pickle.loads(self.pickle.read_bytes())

    def rows(self, n_rows):
        """Return the first rows of the pool as a memory map."""
        return np.memmap(self.folder / "X.f32", np.float32, "r", shape=(n_rows, N_DIMS))

    def output(self, name, n_rows):
        """Return an output of the first rows as a memory map."""
        values = self._map(name, self.n_written(), "r")
        values = values[:, :n_rows] if name in MEMBERS else values[:n_rows]
        return values[..., 0] if values.shape[-1] == 1 else values

    def _map(self, name, n_rows, mode):
        width = WIDTHS.get(name) or MEMBERS[name]
        shape = (N_MEMBERS, n_rows, width) if name in MEMBERS else (n_rows, width)
        return np.memmap(self.folder / f"{name}.f32", np.float32, mode, shape=shape)


def strategy_of(case):
    """Return the strategy that the text of a case says."""
    from skal import strategies

    return eval(case.strip(), {**vars(strategies), "np": np})


def query_of(case, reads, files, n_rows):
    """Return a function that asks a strategy once, for rows that nobody has looked at."""
    if reads in ("model", "committee"):
        return query_of_learner(case, reads, files.rows(n_rows))
    return query_of_pool(strategy_of(case), reads.split(), files, n_rows)


def query_of_learner(case, reads, X):
    """Return a query with a model that predicts."""
    learner = fitted_learner(case, reads)
    return lambda: learner.query(X, N_ASKED)


@functools.cache
def fitted_learner(case, reads):
    """Return a learner that was fitted on the labeled samples."""
    from skal import ActiveLearner, Committee

    estimator = LogisticRegression(max_iter=200)
    if reads == "committee":
        estimator = Committee(estimator, n_members=N_MEMBERS, random_state=0)
    learner = ActiveLearner(estimator, strategy_of(case), random_state=0)
    return learner.fit(*samples(N_LABELED, 0))


def query_of_pool(strategy, names, files, n_rows):
    """Return a query of outputs that are given."""
    from skal import Pool

    models, X = files.models(), files.rows(n_rows)
    given = {name: files.output(name, n_rows) for name in names}
    seen = models.outputs_of(models.X, [name for name in names if name != "prices"])
    seen = {name: v.reshape(v.shape[0], -1) if name in WIDTHS else v for name, v in seen.items()}
    seen = {name: v[:, 0] if v.shape[-1] == 1 else v for name, v in seen.items()}
    y = models.numbers if REGRESSION & {*names} else models.y
    if "label_proba" in names:
        y = (models.X[:, :3] > 0).astype(int)
    consistent = {"members_consistent": True} if "member_proba" in names else {}

    def query():
        labeled = Pool.from_arrays(models.X, y=y, **seen)
        pool = Pool.from_arrays(X, labeled=labeled, random_state=0, **given, **consistent)
        return strategy.query(pool, N_ASKED)

    return query


def measure(table, case, folder, n_rows):
    """Print what one query costs, as JSON."""
    reads, files = query_tables.TABLES[table][case], Files(folder)
    query_of(case, reads, files, 3000)()
    query = query_of(case, reads, files, n_rows)
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_BYTES, MOST_BYTES))
    threading.Thread(target=stop_late, args=(time.process_time(),), daemon=True).start()
    with Watch() as watch:
        positions = query()
    found = {"cpu": watch.cpu, "mb": watch.results()["mb"], "sum": int(positions.sum())}
    if found["cpu"] < REPEATED_BELOW:
        found["cpu"] = min(mean_seconds(query) for _ in range(2))
    print(json.dumps(found))


def stop_late(started):
    """End this process where a query takes too long."""
    while time.process_time() - started < MOST_SECONDS:
        time.sleep(0.5)
    print(json.dumps({"stopped": "seconds"}), flush=True)
    os._exit(0)


def mean_seconds(query):
    """Return the CPU seconds of a query, of several where one is too short for the clock."""
    n_queries, taken, started = 0, 0.0, time.process_time()
    while taken < SHORTEST:
        query()
        n_queries, taken = n_queries + 1, time.process_time() - started
    return taken / n_queries


def in_own_process(table, case, folder, n_rows):
    """Return what a query costs in a process of its own, or why it ended before."""
    command = [sys.executable, __file__, "measure", table, case, str(folder), str(n_rows)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return json.loads(done.stdout.splitlines()[-1])
    if "MemoryError" in done.stderr:
        return {"stopped": "bytes"}
    if "ValueError" in done.stderr:
        return {"stopped": "refused", "why": done.stderr.splitlines()[-1]}
    sys.exit(done.stderr)


def expected_problem(before, n_rows):
    """Say what a size needs too much of if that grows as the rows, or return None."""
    if not before:
        return None
    last = before[-1]
    if "stopped" in last:
        return last["stopped"]
    growth = n_rows / last["rows"]
    if last["cpu"] * growth > LEFT_OUT * MOST_SECONDS:
        return "seconds"
    return "bytes" if last["mb"] * growth * 1e6 > LEFT_OUT * MOST_BYTES else None


def about():
    """Return versions, machine and day."""
    import skal

    return {
        "skal": skal.__version__,
        "scikit-learn": sklearn.__version__,
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "python": platform.python_version(),
        "machine": processor(),
        "date": datetime.date.today().isoformat(),
    }


def processor():
    """Return the name of the processor."""
    lines = (
        Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    )
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else platform.processor()}, {platform.system()}"


def read_results(path):
    """Return what was measured before."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []


def write_results(path, found):
    """Write what was measured, one query in a line."""
    lines = ",\n".join(json.dumps(one) for one in found)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def run(options):
    """Measure what is not known yet, the smallest sizes first."""
    if options.folder is not None:
        return measure_missing(options, options.folder)
    with tempfile.TemporaryDirectory() as folder:
        measure_missing(options, folder)


def measure_missing(options, folder):
    """Measure what is not known yet, with files in a folder."""
    found = read_results(options.results)
    for n_rows in sorted(options.rows):
        for table, case in cases():
            if table not in options.tables:
                continue
            before = [one for one in found if (one["table"], one["case"]) == (table, case)]
            if any(one["rows"] == n_rows for one in before):
                continue
            problem = expected_problem([one for one in before if one["rows"] < n_rows], n_rows)
            if problem:
                one = {"stopped": problem, "expected": True}
            else:
                if not Files(folder).hold(n_rows):
                    Files(folder).write(n_rows)
                one = in_own_process(table, case, folder, n_rows)
            found.append({"table": table, "case": case, "rows": n_rows, **one, **about()})
            write_results(options.results, found)
            print(f"{n_rows:,} {case}: {one}", flush=True)


def page(options):
    """Write the tables and the picture of the page."""
    queries, peers = read_results(options.results), read_results(options.peers)
    docs = options.docs
    (docs / "performance.inc").write_text(query_tables.page_of(queries), encoding="utf-8")
    (docs / "performance_peers.inc").write_text(
        query_tables.page_of_peers(peers), encoding="utf-8"
    )
    query_tables.draw(queries, docs / "_static")


def parse():
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True, metavar="{run,page}")
    running = commands.add_parser("run", help="measure what is not known yet")
    running.add_argument("--results", type=Path, default=RESULTS)
    running.add_argument("--rows", type=int, nargs="+", choices=SIZES, default=SIZES)
    running.add_argument(
        "--tables", nargs="+", choices=query_tables.TABLES, default=list(query_tables.TABLES)
    )
    running.add_argument("--quick", dest="rows", action="store_const", const=SIZES[:1])
    running.add_argument("--folder", help="where files are written and left, up to 6 GB")
    running.set_defaults(function=run)
    writing = commands.add_parser("page", help="write tables and picture")
    writing.add_argument("--results", type=Path, default=RESULTS)
    writing.add_argument("--peers", type=Path, default=PEERS)
    writing.add_argument("--docs", type=Path, default=ROOT / "docs")
    writing.set_defaults(function=page)
    one = commands.add_parser("measure")
    for name, kind in (("table", str), ("case", str), ("folder", str), ("n_rows", int)):
        one.add_argument(name, type=kind)
    one.set_defaults(function=lambda o: measure(o.table, o.case, o.folder, o.n_rows))
    return parser.parse_args()


def main():
    """Run what the command line asks for."""
    options = parse()
    options.function(options)


if __name__ == "__main__":
    main()
