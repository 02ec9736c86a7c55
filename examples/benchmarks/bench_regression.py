"""Time the kernels of regression beside bmdal_reg, in turn in one run.

    pip install bmdal_reg torch
    OMP_NUM_THREADS=1 python examples/benchmarks/bench_regression.py

Both choose a batch of 100 from the same 50,000 rows of 64 columns, with 100 labeled rows, by
greedy sampling in X (the maximum distance of bmdal_reg) and by LCMD. Printed are the least times
of several rounds, in seconds of the processor on one thread, their ratio, and how many of the
picks are the same. Without bmdal_reg only the
times of skal are printed. scikit-activeml is not among them: it keeps the distances between all
pairs of rows, 20 GB of them.
"""

import argparse
import time
from functools import partial

import numpy as np

from skal import Pool
from skal.strategies import LCMD, GreedyX, ImprovedGreedy

try:
    if not hasattr(np, "Inf"):
        np.Inf = np.inf  # bmdal_reg 3.0.2 takes it from NumPy 1
    import torch
    from bmdal_reg.bmdal.feature_data import TensorFeatureData
    from bmdal_reg.bmdal.feature_maps import IdentityFeatureMap
    from bmdal_reg.bmdal.features import Features
    from bmdal_reg.bmdal.selection import (
        LargestClusterMaxDistSelectionMethod,
        MaxDistSelectionMethod,
    )
except ImportError:
    torch = None


def gaussian(n_rows, n_dims):
    return np.random.RandomState(0).normal(size=(n_rows, n_dims))


def blobs(n_rows, n_dims):
    rng = np.random.RandomState(1)
    centers = 4 * rng.normal(size=(30, n_dims))
    return centers[rng.randint(30, size=n_rows)] + rng.normal(size=(n_rows, n_dims))


def features(X):
    data = TensorFeatureData(torch.as_tensor(X))
    return Features(IdentityFeatureMap(n_features=X.shape[1]), data).precompute()


def by_peer(kind, X, labeled, n):
    method = kind(features(X), features(labeled), sel_with_train=True, verbosity=0)
    return method.select(n).numpy()


def by_skal(strategy, X, labeled, n):
    y, prediction = labeled[:, 0].copy(), X[:, 0].copy()
    seen = Pool.from_arrays(labeled, y=y)
    return strategy.query(Pool.from_arrays(X, prediction=prediction, labeled=seen), n)


def least_times(calls, n_rounds):
    """Return the least time of each call and its last answer, in turn so that load hits all."""
    times, answers = dict.fromkeys(calls, np.inf), {}
    for _ in range(n_rounds):
        for name, call in calls.items():
            started = time.process_time()
            answers[name] = call()
            times[name] = min(times[name], time.process_time() - started)
    return times, answers


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--dims", type=int, default=64)
    parser.add_argument("--labeled", type=int, default=100)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    peers = {GreedyX: None, LCMD: None, ImprovedGreedy: None}
    if torch is not None:
        torch.set_num_threads(1)
        peers[GreedyX] = MaxDistSelectionMethod
        peers[LCMD] = LargestClusterMaxDistSelectionMethod
    for make in (gaussian, blobs):
        for dtype in (np.float64, np.float32):
            both = make(options.rows + options.labeled, options.dims).astype(dtype)
            X, labeled = both[: options.rows], both[options.rows :]
            for kind, peer in peers.items():
                given = X, labeled, options.batch
                calls = {"skal": partial(by_skal, kind(), *given)}
                if peer is not None:
                    calls["peer"] = partial(by_peer, peer, *given)
                times, answers = least_times(calls, options.rounds)
                print(f"{make.__name__:9} {dtype.__name__} {kind.__name__:15}", end="")
                print(f" skal {times['skal']:.3f} s", end="")
                if peer is not None:
                    same = (answers["skal"] == answers["peer"]).sum()
                    print(f"  peer {times['peer']:.3f} s", end="")
                    print(f"  ratio {times['skal'] / times['peer']:.3f}", end="")
                    print(f"  same picks {same} of {options.batch}", end="")
                print(flush=True)


if __name__ == "__main__":
    main()
