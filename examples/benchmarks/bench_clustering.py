"""
Batches by k-means against plain scikit-learn
=============================================

Part one asks `DiverseMiniBatch` for 100 of 50,000 samples, and does the same by the shortest
recipe with NumPy and scikit-learn: margins, the 1,000 most uncertain samples, weighted k-means,
the nearest members. Inertia is the weighted one of these 1,000, at the nearest of the batch.

Part two asks `KMeansSampling` for 100 of a million samples, and does the same by `KMeans` of all
samples, which takes minutes. Inertia is that of all samples at the nearest one of the batch.

A ratio is ours divided by theirs: the smaller, the better. Both are called in turn, on one thread.

    python examples/benchmarks/bench_clustering.py [--quick]
"""

import argparse
import os
import sys
import time
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np  # noqa: E402
from sklearn.cluster import KMeans  # noqa: E402
from sklearn.datasets import load_digits, make_blobs  # noqa: E402

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # this checkout, installed or not

from skal import Pool  # noqa: E402
from skal.geometry import nearest_sq_distances  # noqa: E402
from skal.strategies import DiverseMiniBatch, KMeansSampling  # noqa: E402

N_DIMS, N_CLASSES, BATCH, BETA = 64, 10, 100, 10


def gaussian(n, seed):
    """Return rows without clusters."""
    return np.random.default_rng(seed).standard_normal((n, N_DIMS), dtype=np.float32)


def blobs(n, seed):
    """Return rows of 100 clusters far from each other."""
    return make_blobs(n, N_DIMS, centers=100, random_state=seed)[0].astype(np.float32)


def digits(n, seed):
    """Return handwritten digits, repeated with noise."""
    rng, X = np.random.default_rng(seed), load_digits().data
    noise = rng.standard_normal((n, N_DIMS), dtype=np.float32)
    return X[rng.integers(len(X), size=n)].astype(np.float32) + noise


def softmax(X, seed):
    """Return the probabilities of a random linear model."""
    logits = X @ np.random.default_rng(seed).standard_normal((N_DIMS, N_CLASSES))
    proba = np.exp((logits - logits.max(axis=1, keepdims=True)) / logits.std())
    return proba / proba.sum(axis=1, keepdims=True)


def margins(proba):
    """Return one minus the lead of the most probable class."""
    two_largest = np.partition(proba, -2, axis=1)
    return 1 - (two_largest[:, -1] - two_largest[:, -2])


def recipe(X, proba, seed):
    """Do what `DiverseMiniBatch` does, without any check."""
    scores = margins(proba)
    rows = np.argpartition(-scores, BETA * BATCH)[: BETA * BATCH]
    return rows[central(X[rows], scores[rows], seed)]


def central(X, weights, seed):
    """Return the row nearest to each center of k-means."""
    kmeans = KMeans(BATCH, n_init=1, random_state=seed).fit(X, sample_weight=weights)
    return kmeans.transform(X).argmin(axis=0)


def measure(ours, theirs, inertia, n_seeds, n_repeats):
    """Return the least CPU seconds of both, and the ratios of inertia by seed."""
    seconds, ratios = [], []
    for seed in range(n_seeds):
        for _ in range(n_repeats):
            batches, taken = [], []
            for function in (ours, theirs):
                started = time.process_time()
                batches.append(function(seed))
                taken.append(time.process_time() - started)
            seconds.append(taken)
        ratios.append(inertia(batches[0]) / inertia(batches[1]))
    return np.min(seconds, axis=0), np.array(ratios)


def report(name, seconds, ratios):
    """Print a line of the table."""
    ours, theirs = seconds
    print(
        f"{name:36} {theirs:9.4f}s {ours:9.4f}s {ours / theirs:6.3f}   "
        f"{ratios.mean():7.4f} ({ratios.min():.4f} to {ratios.max():.4f})",
        flush=True,
    )


def mini_batches(make, n_rows, n_seeds):
    """Measure and print part one for one kind of data."""
    X = make(n_rows, 0)
    proba = softmax(X, 1)
    scores = margins(proba)
    listed = np.argsort(-scores)[: BETA * BATCH]

    def inertia(batch):
        return scores[listed] @ nearest_sq_distances(X[listed], X[batch])

    def ours(seed):
        return DiverseMiniBatch(beta=BETA).query(
            Pool.from_arrays(X, proba=proba, random_state=seed), BATCH
        )

    measured = measure(ours, lambda seed: recipe(X, proba, seed), inertia, n_seeds, 3)
    report(f"DiverseMiniBatch {n_rows:,} {make.__name__}", *measured)


def large_pool(make, n_rows, n_seeds):
    """Measure and print part two for one kind of data."""
    X = make(n_rows, 0)

    def inertia(batch):
        return nearest_sq_distances(X, X[batch]).sum()

    def ours(seed):
        return KMeansSampling().query(Pool.from_arrays(X, random_state=seed), BATCH)

    measured = measure(ours, lambda seed: central(X, None, seed), inertia, n_seeds, 1)
    report(f"KMeansSampling {n_rows:,} {make.__name__}", *measured)


def main():
    """Run both parts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--quick", action="store_true", help="fewer rows and seeds")
    parser.add_argument("--rows", type=int, default=1_000_000, help="of the large pool")
    options = parser.parse_args()
    n_rows, n_seeds = (210_000, 1) if options.quick else (options.rows, 3)
    print(f"{'CPU time':36} {'theirs':>10} {'ours':>10} {'ratio':>6}   inertia, ours / theirs")
    for make in (gaussian, blobs, digits):
        mini_batches(make, 50_000, 5 if options.quick else 20)
    for make in (gaussian, blobs, digits):
        large_pool(make, n_rows, n_seeds)


if __name__ == "__main__":
    main()
