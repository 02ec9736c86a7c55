"""
Large pools: time and memory over the number of rows
====================================================

One query of 100 samples from pools of 64 float32 features and 10 classes, the model a
LogisticRegression that was fitted before: in memory, in a memory map, and in a dask array on two
worker processes, which read the same file in partitions of 250,000 rows, again in every exchange.
There is one BLAS thread.

- CPU seconds: of all processes of the query together, the least of three runs up to 1,000,000
  rows, of one run beyond. So other jobs on the machine count for less than on the clock.
- Memory: the largest anonymous memory (RssAnon) during the query, beyond that before the pool was
  loaded; with dask that of the worker that holds more. Pages of a memory map do not count.

Rows beyond 10,000,000 are the file once more, for strategies that read it once. What is dashed was
not measured: it lies on the straight line through the two largest sizes that were.

    python examples/benchmarks/plot_large.py                 # measure what is not known, then draw
    python examples/benchmarks/plot_large.py --draw          # draw what was measured before
    python examples/benchmarks/plot_large.py --quick -o .    # a small version, elsewhere
"""

import argparse
import ctypes
import gc
import json
import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

# It limits BLAS to one thread, so it comes before NumPy.
from bench_large import (
    N_ASKED,
    N_DIMS,
    Watch,
    anonymous_memory,
    learner_for,
    samples,
    write_pool,
)

import numpy as np  # isort: skip
from pictures import bare, draw_both

ROOT = Path(__file__).resolve().parents[2]
PICTURE = ROOT / "docs" / "_static"
NUMBERS = Path(__file__).parent / "data" / "large_pools.json"
ROWS_OF_FILE, ROWS_OF_PART = 10_000_000, 250_000
STRATEGIES = ["margin", "default", "CoreSet", "BADGE"]
WAYS = ["in memory", "memory map", "dask, 2 workers"]
READS_ONCE = ["margin", "default"]


def learner_of(strategy):
    """Return a fitted learner with a strategy of the picture."""
    from skal.strategies import BADGE, CoreSet, UncertaintySampling

    chosen = {
        "margin": UncertaintySampling("margin"),
        "default": None,
        "CoreSet": CoreSet(),
        "BADGE": BADGE(),
    }
    return learner_for(chosen[strategy])


def read_rows(path, start, stop):
    """Return rows of a file, which is repeated where it is too short."""
    start, stop = (place % ROWS_OF_FILE for place in (start, stop - 1))
    row_bytes = 4 * N_DIMS
    count = (stop + 1 - start) * N_DIMS
    return np.fromfile(path, np.float32, count, offset=start * row_bytes).reshape(-1, N_DIMS)


def dask_pool(path, n_rows, rows_of_part=ROWS_OF_PART):
    """Return rows of a file as a dask array, of which nothing is read yet."""
    import dask
    import dask.array as da

    read = dask.delayed(read_rows, pure=True)
    starts = range(0, n_rows, rows_of_part)
    spans = [(start, min(start + rows_of_part, n_rows)) for start in starts]
    return da.concatenate(
        [
            da.from_delayed(read(path, start, stop), (stop - start, N_DIMS), dtype=np.float32)
            for start, stop in spans
        ]
    )


def query_here(strategies, way, path, n_rows):
    """Yield what queries in this process cost."""
    learners = {strategy: learner_of(strategy) for strategy in strategies}
    for learner in learners.values():
        learner.query(samples(3000, 5)[0], N_ASKED)
    idle = anonymous_memory()
    if way == "in memory":
        X = read_rows(path, 0, n_rows)
    else:
        X = np.memmap(path, np.float32, "r", shape=(n_rows, N_DIMS))
    for learner in learners.values():
        with Watch() as watch:
            learner.query(X, N_ASKED)
        yield {"cpu": watch.cpu, "mb": (watch.peak - idle) / 1e6}
        give_back_memory()


def give_back_memory():
    """Return memory that is free to the system, so that it does not count for the next query."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)


def start_watch(dask_worker=None):
    """Begin to look at the memory of a worker."""
    give_back_memory()
    dask_worker.watch = Watch().__enter__()
    return dask_worker.watch.before


def stop_watch(dask_worker=None):
    """Return what a worker took."""
    dask_worker.watch.__exit__()
    return dask_worker.watch.cpu, dask_worker.watch.peak


def query_in_dask(strategies, path, n_rows):
    """Yield what queries on two worker processes cost."""
    from dask.distributed import Client, LocalCluster

    learners = {strategy: learner_of(strategy) for strategy in strategies}
    cluster = LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
    )
    with cluster, Client(cluster) as client:
        # Two small parts, so that both workers have imported what they need.
        small = dask_pool(path, 20_000, rows_of_part=10_000)
        for learner in learners.values():
            learner.query(small, N_ASKED)
        idle = max(client.run(start_watch).values())
        client.run(stop_watch)
        for learner in learners.values():
            client.run(start_watch)
            with Watch() as watch:
                learner.query(dask_pool(path, n_rows), N_ASKED)
            cpu, peak = zip(*client.run(stop_watch).values(), strict=True)
            yield {"cpu": watch.cpu + sum(cpu), "mb": (max(peak) - idle) / 1e6}


def in_own_process(way, path, n_rows):
    """Return what all strategies cost one way, measured in a new process."""
    names = [name for name in STRATEGIES if n_rows <= ROWS_OF_FILE or name in READS_ONCE]
    command = [sys.executable, __file__, "--measure", way, path, str(n_rows), *names]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    costs = map(json.loads, done.stdout.splitlines())
    return [
        {"strategy": name, "way": way, "rows": n_rows, **cost}
        for name, cost in zip(names, costs, strict=True)
    ]


def measure(sizes, found, keep):
    """Measure what was not found yet, and hand on all that is known after each way and size."""
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "pool.f32")
        write_pool(path, min(max(sizes), ROWS_OF_FILE))
        for n_rows in sizes:
            for way in WAYS if n_rows <= ROWS_OF_FILE else WAYS[-1:]:
                if not any((one["way"], one["rows"]) == (way, n_rows) for one in found):
                    found = found + least_costs(way, path, n_rows)
                    keep(found)
    return found


def least_costs(way, path, n_rows):
    """Return the least cost of each query."""
    n_runs = 3 if n_rows <= 1_000_000 else 1
    runs = [in_own_process(way, path, n_rows) for _ in range(n_runs)]
    return [
        {**same[0], **{key: min(one[key] for one in same) for key in ("cpu", "mb")}}
        for same in zip(*runs, strict=True)
    ]


def write_numbers(found):
    """Write what was measured, one query in a line."""
    lines = ",\n".join(json.dumps(one) for one in found)
    NUMBERS.write_text(f"[\n{lines}\n]\n")


def series(found, strategy, way, what):
    """Return rows and values that were measured, by the number of rows."""
    mine = [one for one in found if (one["strategy"], one["way"]) == (strategy, way)]
    mine.sort(key=lambda one: one["rows"])
    return [one["rows"] for one in mine], [one[what] for one in mine]


def line_to(rows, values, most):
    """Return the line through the two last points, which never falls, as far as `most` rows."""
    slope = max(0.0, (values[-1] - values[-2]) / (rows[-1] - rows[-2]))
    x = np.geomspace(rows[-1], most, 20)
    return x, values[-1] + slope * (x - rows[-1])


def picture(found, ink):
    """Return the figure: a row of panels for time and one for memory, a column a strategy."""
    import matplotlib.pyplot as plt

    colors = dict(zip(WAYS, ["#3b8ede", "#d9822b", "#2fa56b"], strict=True))
    fig, axes = plt.subplots(
        2, len(STRATEGIES), figsize=(10, 5), sharex=True, sharey="row", layout="constrained"
    )
    for column, strategy in zip(axes.T, STRATEGIES, strict=True):
        column[0].set_title(strategy, color=ink)
        for ax, what, least in zip(column, ("cpu", "mb"), (0.01, 1.0), strict=True):
            panel(ax, found, strategy, what, least, colors)
    axes[0, 0].set_ylabel("CPU seconds")
    axes[1, 0].set_ylabel("memory of a process, MB")
    fig.supxlabel("rows of the pool", color=ink, fontsize=9)
    handles, labels = axes[0, 0].get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside upper center", ncols=3, frameon=False)
    return fig


def panel(ax, found, strategy, what, least, colors):
    """Draw one quantity of a strategy."""
    least_rows, most = (pick(one["rows"] for one in found) for pick in (min, max))
    for way, color in colors.items():
        rows, values = series(found, strategy, way, what)
        values = np.maximum(values, least)
        ax.loglog(rows, values, "o-", color=color, label=way, markersize=4, linewidth=1.5)
        if rows[-1] < most and len(rows) > 1:
            ax.loglog(*line_to(rows, values, most), "--", color=color, linewidth=1.2)
    ax.minorticks_off()
    ax.set_xticks(sorted({one["rows"] for one in found}))
    ax.set_xlim(least_rows / 1.3, 1.3 * most)
    bare(ax)


def main():
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[1])
    parser.add_argument("--quick", action="store_true", help="10,000 and 100,000 rows")
    parser.add_argument("--draw", action="store_true", help="measure nothing")
    parser.add_argument("-o", "--output", type=Path, default=PICTURE, help="folder of the picture")
    parser.add_argument("--measure", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        way, path, n_rows, *strategies = options.measure
        in_dask = way == WAYS[-1]
        where = (query_in_dask, path) if in_dask else (query_here, way, path)
        for cost in where[0](strategies, *where[1:], int(n_rows)):
            print(json.dumps(cost), flush=True)
        return
    if options.quick:
        found = measure([10_000, 100_000], [], lambda found: print(found[-1], flush=True))
    else:
        found = json.loads(NUMBERS.read_text()) if NUMBERS.exists() else []
        if not options.draw:
            found = measure([10**5, 10**6, 10**7, 10**8], found, write_numbers)
    draw_both(partial(picture, found), options.output, "large_pools")


if __name__ == "__main__":
    main()
