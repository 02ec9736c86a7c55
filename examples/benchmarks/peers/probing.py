"""What the probes of all libraries share. It runs on Python 3.6 as well."""

import ast
import json
import os
import signal
import sys
import time
import traceback
import warnings

import numpy as np
from sklearn.datasets import load_digits

ROWS = [
    "classifiers",
    "svc",
    "grids",
    "estimator_checks",
    "frames",
    "regression",
    "several_labels",
    "strategies",
    "cold_start",
    "stopping",
    "simulation",
    "labeling",
    "annotators",
    "partitions",
    "networks",
    "transformers",
    "streams",
    "optimization",
    "pictures",
    "bandit",
]
PATIENCE = 120  # seconds for one strategy
BATCH, SEEDS = 12, range(3)  # a draw at random passes `copies_avoided` once in 100,000 times


def digits(n_samples=300):
    """Return some handwritten digits, scaled to [0, 1]."""
    X, y = load_digits(return_X_y=True)
    return X[:n_samples] / 16, y[:n_samples]


def names_in(package, *words):
    """Return the public names of a package, as module.name, that contain one of the words."""
    root, found = os.path.dirname(package.__file__), set()
    for folder, _, files in os.walk(root):
        for file in files:
            if file.endswith(".py"):
                path = os.path.join(folder, file)
                where = os.path.relpath(path, root)[:-3].replace(os.sep, ".")
                with open(path, encoding="utf-8") as source, warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    tree = ast.parse(source.read())
                defined = [node for node in ast.walk(tree) if isinstance(node, KINDS)]
                found.update(where + "." + node.name for node in defined)
    public = (name for name in found if not name.split(".")[-1].startswith("_"))
    return sorted(name for name in public if any(word in name.lower() for word in words))


KINDS = (ast.ClassDef, ast.FunctionDef)


def unless_named(package, *words):
    """Return "no" if no public name of a package contains one of the words; else complain."""
    found = names_in(package, *words)
    if found:
        raise AssertionError("has " + ", ".join(found))
    return "no"


def fails(function):
    """Return the error of a call that must fail."""
    try:
        function()
    except Exception as error:
        return "{}: {}".format(type(error).__name__, str(error).split("\n")[0])
    raise AssertionError("works")


def copies_avoided(choose):
    """Return whether no batch has a sample twice, in pools in which each sample is twice.

    `choose` takes the labeled samples, their labels, the pool and a seed, and returns positions.
    """
    X, y = digits(55)
    y = y % 3  # few classes, as some strategies fit a model for each sample and class
    for seed in SEEDS:
        rows = np.random.RandomState(seed).permutation(len(X))
        known, pool = rows[:40], rows[40:]
        chosen = np.asarray(choose(X[known], y[known], np.vstack([X[pool], X[pool]]), seed))
        assert len(set(chosen.tolist())) == BATCH, f"not {BATCH} different samples"
        if len(set((chosen % len(pool)).tolist())) < len(chosen):
            return False
    return True


def batches(strategies):
    """Return how many strategies there are, and how many of them avoid copies in a batch.

    `strategies` are functions as `copies_avoided` takes them, by name. How many fail is said too;
    their errors are written to stderr.
    """
    avoiding, failed = [], 0
    signal.signal(signal.SIGALRM, out_of_time)
    for name, choose in strategies.items():
        started = time.time()
        signal.alarm(PATIENCE)
        try:
            avoids = copies_avoided(choose)
        except Exception as error:
            sys.stderr.write("  {}: {!r}"[:300].format(name, error) + "\n")
            failed += 1
        else:
            avoiding += [name] * avoids
        signal.alarm(0)
        if time.time() - started > 5:
            sys.stderr.write(f"  {name}: {time.time() - started:.0f} s\n")
    sys.stderr.write("  avoid copies: {}\n".format(", ".join(avoiding)))
    not_tried = f", {failed} not tried" if failed else ""
    return f"{len(strategies)}, of which {len(avoiding)}{not_tried}"


def out_of_time(*args):
    """Stop a strategy that takes long."""
    raise TimeoutError(f"takes more than {PATIENCE} s")


class Counting:
    """Remember in `largest` the most rows of which a model predicted probabilities at once."""

    largest = 0

    def predict_proba(self, X):
        """Predict, and remember how many rows there were."""
        Counting.largest = max(Counting.largest, len(X))
        return super().predict_proba(X)


def known_and_pool():
    """Return labeled samples, their labels and a pool, on which strategies are compared."""
    X, y = digits(250)
    return X[:50], y[:50], X[50:]


def report(functions, strategies):
    """Print as JSON the cells of all rows, and the samples that strategies choose.

    `functions` has, among others, a function for each of `ROWS`, which returns the cell.
    `strategies` are functions without arguments that return positions, by the names under which
    they are compared with those of other libraries.
    """
    warnings.simplefilter("ignore")
    rows = ROWS
    if sys.argv[1:]:  # only the rows that are named
        rows, strategies = [row for row in ROWS if row in sys.argv[1:]], {}
    cells, chosen = {}, {}
    for name, choose in strategies.items():
        try:
            chosen[name] = sorted(np.asarray(choose()).tolist())
        except Exception:
            sys.stderr.write(name + "\n" + traceback.format_exc())
    for row in rows:
        try:
            cells[row] = functions[row]()
        except Exception:
            cells[row] = "?"
            sys.stderr.write(row + "\n" + traceback.format_exc())
        sys.stderr.write(f"{row}: {cells[row]}\n")
    print(json.dumps({"cells": cells, "chosen": chosen}))
