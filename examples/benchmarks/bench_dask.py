"""
Pools in partitions: what dask costs
====================================

One query of 100 samples from a dask array of 64 float32 features and 10 classes, on two worker
processes of one thread each, next to the same query in memory in the same run. The model is a
LogisticRegression that was fitted before. A line for each claim: the target, and what was found.

- CPU: process time of the workers and of this process, which holds the scheduler too. The least
  of several runs counts. What idle workers use meanwhile is part of it.
- Peak memory: the largest resident memory of a worker (VmHWM), reset before the query.
- Exchanges: how often the partitions are asked.

The pool of the memory test lies in Parquet files, in a folder that is removed afterwards. Run with
``--quick`` for a small version of all lines, ``--case NAME`` for some, ``--rows 100000000`` for
the size of the generated pool with planted winners.
"""

import argparse
import os
import signal
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import dask  # noqa: E402
import dask.array as da  # noqa: E402
import dask.dataframe as dd  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from bench_large import N_ASKED, N_DIMS, learner_for, samples  # noqa: E402
from distributed import Client, LocalCluster, wait  # noqa: E402
from distributed.diagnostics.plugin import SchedulerPlugin  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402

from skal import ActiveLearner  # noqa: E402
from skal.dask import DaskPartitions  # noqa: E402
from skal.strategies import BADGE, CoreSet, UncertaintySampling  # noqa: E402

STRATEGIES = {"margin": UncertaintySampling("margin"), "CoreSet": CoreSet(), "BADGE": BADGE()}
ROW_BYTES = 4 * N_DIMS
MB = 1e6


def show(claim, target, found):
    """Print one line of the table."""
    print(f"{claim:52}{target:>16}  {found}", flush=True)


@contextmanager
def cluster_of_two(memory_limit=0):
    """Give a client of two worker processes, without a limit of memory if that is 0."""
    with (
        # A local cluster that lost a worker twice in 15 seconds would give it up.
        dask.config.set({"distributed.deploy.lost-worker-timeout": "1h"}),
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            memory_limit=memory_limit,
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


def part(n_rows, seed):
    """Return the rows of one partition."""
    return samples(n_rows, seed)[0]


def frame_part(n_rows, seed):
    """Return the rows of one partition as a data frame."""
    return pd.DataFrame(part(n_rows, seed), columns=[f"x{i}" for i in range(N_DIMS)])


def lengths_of(n_rows, n_parts):
    """Return the lengths of partitions of nearly the same size."""
    return np.diff(np.linspace(0, n_rows, n_parts + 1).astype(int)).tolist()


def array_of(make, lengths):
    """Return a dask array of partitions made by ``make(length, number)``."""
    make = dask.delayed(make)
    return da.concatenate(
        [
            da.from_delayed(make(length, i), (length, N_DIMS), dtype=np.float32)
            for i, length in enumerate(lengths)
        ]
    )


def persisted(X):
    """Return a collection whose partitions are in the memory of the workers."""
    X = X.persist()
    wait(X)
    return X


def write_parquet(folder, lengths):
    """Write a file for each partition."""
    for i, length in enumerate(lengths):
        frame_part(length, i).to_parquet(Path(folder) / f"{i:05}.parquet")


class Count:
    """Count how often partitions are asked, between `with` and its end."""

    METHODS = ("each", "steps")  # `take` is a call of `each`

    def __enter__(self):
        self.n_exchanges, self.n_tasks = 0, 0
        self.before = {name: getattr(DaskPartitions, name) for name in self.METHODS}
        for name, method in self.before.items():
            setattr(DaskPartitions, name, self._counted(method))
        return self

    def _counted(self, method):
        def counted(partitions, *args):
            self.n_exchanges += 1
            self.n_tasks += len(args[-1])
            return method(partitions, *args)

        return counted

    def __exit__(self, *error):
        for name, method in self.before.items():
            setattr(DaskPartitions, name, method)


def pids_of(client):
    """Return the process ids of the workers by their addresses."""
    return client.run(os.getpid)


def worker_cpu(client):
    """Return the CPU seconds that the workers have used."""
    return sum(client.run(time.process_time).values())


def memory(key):
    """Return a figure of the memory of this process in bytes."""
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith(key))


def reset_peak():
    """Let the largest resident memory of this process begin at what it is now."""
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")


class Cost:
    """Measure what a query costs, between `with` and its end."""

    def __init__(self, client):
        self.client = client

    def __enter__(self):
        self.wall, self.driver = time.perf_counter(), time.process_time()
        self.workers = worker_cpu(self.client)
        return self

    def __exit__(self, *error):
        self.workers = worker_cpu(self.client) - self.workers
        self.driver = time.process_time() - self.driver
        self.wall = time.perf_counter() - self.wall
        self.cpu = self.workers + self.driver


def show_equality(options):
    """Compare positions with those in memory, for several partitionings."""
    n_rows = 20_000 if options.quick else 200_000
    X = part(n_rows, 1)
    for name in ("margin", "CoreSet"):
        expected = learner_for(STRATEGIES[name]).query(X, N_ASKED)
        for n_parts in (1, 7, 40):
            D = da.from_array(X, chunks=(-(-n_rows // n_parts), N_DIMS))
            with dask.config.set(scheduler="synchronous"):
                found = learner_for(STRATEGIES[name]).query(D, N_ASKED)
            n_equal = int((found == expected).sum())
            show(f"{name}: positions as in memory, {n_parts} partitions", "100", n_equal)
    show("BADGE: the law", "p > 0.001", "tests/test_partitioned.py")


def show_exchanges(options):
    """Count exchanges for several numbers of partitions."""
    n_rows = 20_000 if options.quick else 200_000
    X = part(n_rows, 1)
    for name, target in {"margin": 1, "CoreSet": 10, "BADGE": 8}.items():
        counts = []
        for n_parts in (7, 40, 200):
            D = da.from_array(X, chunks=(-(-n_rows // n_parts), N_DIMS))
            with dask.config.set(scheduler="synchronous"), Count() as count:
                learner_for(STRATEGIES[name]).query(D, N_ASKED)
            counts.append(count.n_exchanges)
        show(f"{name}: exchanges, 7, 40, 200 partitions", f"<= {target}", counts)


def least_of(n_times, client, strategy, D):
    """Return the cost of a query, the least of several, and how often partitions were asked."""
    costs = []
    for _ in range(n_times):
        learner = learner_for(strategy)
        if hasattr(D, "columns"):
            learner = frame_learner(strategy)
        with Count() as count, Cost(client) as cost:
            learner.query(D, N_ASKED)
        costs.append((cost.cpu, cost.driver, count.n_tasks, cost.wall))
    return min(costs)


def frame_learner(strategy):
    """Return a fitted learner that knows names of columns."""
    X, y = samples(1000, 0)
    X = pd.DataFrame(X, columns=[f"x{i}" for i in range(N_DIMS)])
    model = LogisticRegression(max_iter=200)
    return ActiveLearner(model, strategy, random_state=0).fit(X, y)


def in_memory_cost(n_times, learner_of, X):
    """Return the CPU seconds of a query in memory, the least of several."""
    costs = []
    for _ in range(n_times):
        learner, begin = learner_of(), time.process_time()
        learner.query(X, N_ASKED)
        costs.append(time.process_time() - begin)
    return min(costs)


def show_cpu(options):
    """Compare the CPU time of queries with that in memory."""
    n_rows = 50_000 if options.quick else options.cpu_rows
    lengths = lengths_of(n_rows, options.partitions)
    with cluster_of_two() as client:
        D = persisted(array_of(part, lengths))
        X = D.compute()
        for name, target in {"margin": 1.3, "CoreSet": 2, "BADGE": 2}.items():
            strategy = STRATEGIES[name]
            base = in_memory_cost(3, lambda strategy=strategy: learner_for(strategy), X)
            show_ratio(name, target, base, least_of(4, client, strategy, D))
        del D, X
        show_cpu_of_parquet(client, lengths)


def show_cpu_of_parquet(client, lengths):
    """Compare a query of Parquet files with one that reads the same files into memory."""
    strategy = STRATEGIES["margin"]
    with tempfile.TemporaryDirectory() as folder:
        write_parquet(folder, lengths)
        X = pd.read_parquet(folder)
        base = in_memory_cost(3, lambda: frame_learner(strategy), X)
        del X
        D = dd.read_parquet(folder)
        show_ratio("margin, Parquet", 2.5, base, least_of(4, client, strategy, D))


def show_ratio(name, target, base, cost):
    """Print the lines of a comparison."""
    cpu, driver, n_tasks, wall = cost
    ratio = f"{cpu / base:.2f} ({cpu:.2f} s, in memory {base:.2f} s; {wall:.2f} s by the clock)"
    show(f"{name}: CPU over in memory", f"<= {target}", ratio)
    each = f"{1000 * driver / n_tasks:.1f} ms ({n_tasks} tasks)"
    show(f"{name}: driver CPU per partition and exchange", "<= 10 ms", each)


def peaks_of(client, query):
    """Return the memory of each worker before a query and at its peak, and the answer."""
    client.run(reset_peak)
    idle = list(client.run(memory, "VmRSS").values())
    answer = query()
    return idle, list(client.run(memory, "VmHWM").values()), answer


def show_memory(options):
    """Query a pool in Parquet files that is larger than the memory of the cluster."""
    limit = 400e6 if options.quick else 1e9
    part_rows = 25_000 if options.quick else 100_000
    n_parts = 8 if options.quick else int(np.ceil(1.25 * 2 * limit / (part_rows * ROW_BYTES)))
    with tempfile.TemporaryDirectory() as folder, cluster_of_two(int(limit)) as client:
        write_parquet(folder, [part_rows] * n_parts)
        D = dd.read_parquet(folder)
        strategy = STRATEGIES["margin"]
        frame_learner(strategy).query(D.partitions[:2], N_ASKED)  # what workers import at first
        idle, peaks, answer = peaks_of(client, lambda: frame_learner(strategy).query(D, N_ASKED))
        pool = n_parts * part_rows * ROW_BYTES / (2 * limit)
        of_parts = (max(peaks) - max(idle)) / (part_rows * ROW_BYTES)
        show(f"margin: pool of {pool:.2f} times the memory, samples", "100", len(answer))
        found = f"{of_parts:.1f} partitions of {part_rows * ROW_BYTES / MB:.0f} MB"
        show("margin: peak of a worker over idle", "<= 6 partitions", found)
        megabytes = [
            f"{before / MB:.0f} -> {peak / MB:.0f} MB"
            for before, peak in zip(idle, peaks, strict=True)
        ]
        show("margin: memory of the workers", "< 1000 MB", ", ".join(megabytes))


class Killer(SchedulerPlugin):
    """Kill the worker that finishes a task, once others have finished `after` tasks."""

    name = "killer"

    def __init__(self, pids, after):
        self.pids, self.after, self.n_finished, self.killed = pids, after, 0, None

    def transition(self, key, start, finish, *args, worker=None, **kwargs):
        """Look at what a task has become."""
        if finish == "memory" and worker is not None:
            self.n_finished += 1
            if self.n_finished > self.after and self.killed is None:
                self.killed = self.pids[worker]
                os.kill(self.killed, signal.SIGKILL)


def show_kill(options):
    """Kill one of two workers in mid-query."""
    n_rows = 50_000 if options.quick else 500_000
    with cluster_of_two() as client:
        scheduler = client.cluster.scheduler
        for name, strategy in STRATEGIES.items():
            D = persisted(array_of(part, lengths_of(n_rows, 20)))
            client.wait_for_workers(2)
            learner_for(strategy).query(D, N_ASKED)
            with Cost(client) as alone:
                expected = learner_for(strategy).query(D, N_ASKED)
            killer = Killer(pids_of(client), 10 if name == "margin" else 30)
            scheduler.add_plugin(killer)
            begin = time.perf_counter()
            found = learner_for(strategy).query(D, N_ASKED)
            wall = time.perf_counter() - begin
            scheduler.remove_plugin("killer")
            same = np.array_equal(found, expected) and killer.killed is not None
            seconds = f"{wall / alone.wall:.2f} ({wall:.1f} s, {alone.wall:.1f} s without)"
            show(f"{name}: same answer with a worker killed", "True", same)
            show(f"{name}: time over that without", "<= 2.5", seconds)
            del D


class Planted:
    """Make partitions in which some rows lie on the boundary of the classes of `Halves`."""

    def __init__(self, winners, starts):
        self.winners, self.starts = winners, starts

    def __call__(self, n_rows, number):
        """Return the rows of a partition."""
        rng = np.random.default_rng(number)
        X = rng.standard_normal((n_rows, N_DIMS), dtype=np.float32)
        X[:, 0] = np.where(X[:, 0] < 0, X[:, 0] - 0.1, X[:, 0] + 0.1)
        start = self.starts[number]
        here = self.winners[(self.winners >= start) & (self.winners < start + n_rows)]
        X[here - start, 0] = 0
        return X


def planted_pool(n_rows, n_parts):
    """Return a pool that is made where it is needed, and its best samples."""
    lengths = lengths_of(n_rows, n_parts)
    starts = np.cumsum([0, *lengths[:-1]])
    winners = np.sort(np.random.default_rng(5).choice(n_rows, N_ASKED, replace=False))
    return array_of(Planted(winners, starts), lengths), winners


def two_halves(strategy):
    """Return a learner whose model is in doubt where the first feature is exactly 0."""
    X = np.zeros((4, N_DIMS), dtype=np.float32)
    X[:, 0] = [-2, -1, 1, 2]
    model = LogisticRegression(fit_intercept=False)
    return ActiveLearner(model, strategy, random_state=0).fit(X, [0, 0, 1, 1])


def show_planted(options):
    """Find planted samples in a pool of generated rows that no machine could hold."""
    sizes = [100_000, 400_000] if options.quick else [options.rows // 10, options.rows]
    with cluster_of_two() as client:
        strategy = STRATEGIES["margin"]
        two_halves(strategy).query(planted_pool(50_000, 2)[0], N_ASKED)
        for n_rows in sizes:
            D, winners = planted_pool(n_rows, max(2, n_rows // 100_000))
            with Cost(client) as cost:
                idle, peaks, found = peaks_of(
                    client, lambda D=D: two_halves(strategy).query(D, N_ASKED)
                )
            n_right = len(np.intersect1d(found, winners))
            show(f"margin: planted samples found among {n_rows:,}", "100", n_right)
            own = memory("VmHWM") / MB
            found = f"{max(peaks) / MB:.0f} MB, driver {own:.0f} MB"
            seconds = f"{cost.cpu:.0f} CPU s, {cost.wall:.0f} s by the clock"
            show("margin: largest memory of a worker", "flat", f"{found}; {seconds}")


CASES = {
    "equality": show_equality,
    "exchanges": show_exchanges,
    "cpu": show_cpu,
    "memory": show_memory,
    "kill": show_kill,
    "planted": show_planted,
}


def main():
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[1])
    parser.add_argument("--quick", action="store_true", help="small pools, in a minute")
    parser.add_argument("--case", action="append", choices=CASES, help="some of the lines")
    parser.add_argument("--rows", type=int, default=10_000_000, help="rows of the planted pool")
    parser.add_argument("--cpu-rows", type=int, default=1_000_000, help="rows of the CPU lines")
    parser.add_argument("--partitions", type=int, default=8, help="partitions of the CPU lines")
    options = parser.parse_args()
    show("claim", "target", "found")
    for case in options.case or CASES:
        CASES[case](options)


if __name__ == "__main__":
    sys.exit(main())
