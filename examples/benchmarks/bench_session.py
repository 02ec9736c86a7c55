"""Measure what a labeling session costs: a label among many, and opening a large session.

Part one labels rows one by one in a session that holds 100,000 labels already, and compares
`label` with the minimum: one insert and one commit in SQLite, synced to the same disk. Part two
opens a session of a million rows, and compares that with reading their ids: from the CSV file they
come from, and from the index of the data frame into a list.

Run it with ``python examples/benchmarks/bench_session.py``; ``--quick`` measures a tenth of the
labels and rows.
"""

import argparse
import os
import sqlite3
import sys
import tempfile
import time

import numpy as np
import pandas as pd
import sklearn
from sklearn.dummy import DummyClassifier

import skal
from skal import ActiveLearner
from skal.session import LabelingSession
from skal.strategies import RandomSampling


def quick_learner():
    """Return a learner that costs next to nothing, so that the session is measured."""
    return ActiveLearner(DummyClassifier(), RandomSampling(), cold_start=RandomSampling())


def milliseconds(action, repeats):
    """Return how long each of several calls took."""
    taken = []
    for i in range(repeats):
        start = time.perf_counter()
        action(i)
        taken.append(1e3 * (time.perf_counter() - start))
    return np.array(taken)


def report(name, taken):
    """Print the median, the 99th percentile and the largest of some times."""
    median, high = np.percentile(taken, [50, 99])
    print(f"  {name:44s} {median:8.2f} {high:8.2f} {taken.max():8.2f}")


def bench_label(folder, n_labels, n_more):
    """Time single labels at `n_labels` labels."""
    X = np.zeros((n_labels + n_more, 1))
    y = np.where(np.arange(len(X)) < n_labels, np.arange(len(X)) % 5, np.nan)
    path = os.path.join(folder, "labels.skal")
    print(f"\n{n_labels:,} labels; milliseconds: {'median':>26s} {'99 %':>8s} {'max':>8s}")
    report("one commit of SQLite", milliseconds(plain_commit(folder), n_more // 2))
    with LabelingSession(path, quick_learner(), X, y=y) as session:
        ids = session.next(n_more)
        report("label", milliseconds(lambda i: session.label(ids[i], i % 5), n_more // 2))
        report("undo", milliseconds(lambda i: session.undo(), 20))
        report("progress", milliseconds(lambda i: session.progress(), 20))
    start = time.perf_counter()
    LabelingSession(path, quick_learner(), X).close()
    print(f"  opening it again: {time.perf_counter() - start:.2f} s")


def plain_commit(folder):
    """Return a function that writes one row to a database and waits until it is on the disk."""
    connection = sqlite3.connect(os.path.join(folder, "plain"), isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE labels (row INTEGER, label TEXT)")
    return lambda i: connection.execute("INSERT INTO labels VALUES (?, 'a')", (i,))


def bench_open(folder, n_rows):
    """Time the opening of sessions with different ids."""
    numbers = np.random.RandomState(0).permutation(n_rows)
    texts = [f"row-{i:07d}" for i in numbers]
    for kind, ids in [("numbers in random order", numbers), ("text", texts)]:
        print(f"\n{n_rows:,} rows, ids: {kind}; milliseconds (best of 3)")
        bench_open_with(os.path.join(folder, f"{kind}.csv"), ids)


def bench_open_with(csv, ids):
    """Time the opening of a session with these ids, new and again."""
    pd.DataFrame({"id": ids, "x": 0}).to_csv(csv, index=False)
    frame = pd.read_csv(csv, index_col="id")
    from_csv = milliseconds(lambda i: pd.read_csv(csv, usecols=["id"]), 3).min()
    as_list = milliseconds(lambda i: frame.index.tolist(), 3).min()
    print(f"  reading the ids from CSV {from_csv:10.0f}")
    print(f"  reading them from the index {as_list:7.0f}")
    new = milliseconds(lambda i: opened(f"{csv}.{i}", frame), 3).min()
    show("new", new, from_csv, as_list)
    again = milliseconds(lambda i: opened(f"{csv}.0", frame), 3).min()
    show("again", again, from_csv, as_list)


def show(name, taken, from_csv, as_list):
    """Print a time and its ratios."""
    print(
        f"  opening, {name:12s} {taken:14.0f}   {taken / from_csv:.2f} x the CSV, "
        f"{taken / as_list:.2f} x the index"
    )


def opened(path, frame):
    """Open a session and close it."""
    LabelingSession(path, quick_learner(), frame).close()


def main():
    """Run both parts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the labels and rows")
    parser.add_argument("--folder", help="where to write, by default a temporary folder")
    arguments = parser.parse_args()
    share = 10 if arguments.quick else 1
    print(
        f"skal {skal.__version__}, scikit-learn {sklearn.__version__}, pandas {pd.__version__}, "
        f"SQLite {sqlite3.sqlite_version}, Python {sys.version.split()[0]}"
    )
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        bench_label(folder, 100_000 // share, 2000 // share)
        bench_open(folder, 1_000_000 // share)


if __name__ == "__main__":
    main()
