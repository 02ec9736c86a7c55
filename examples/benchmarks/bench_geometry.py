"""
k-center, k-means++ and BADGE against the plain loop
=====================================================

Times the kernels of `skal.geometry` against the obvious NumPy loop (one product of all rows with
the newest center per step) and against other libraries where they are installed, in turn, in one
run, on one BLAS thread. A ratio is our time divided by theirs: the smaller the better. Where a
whole batch of another library would take too long, its time is extrapolated from a small batch,
and the row says so.

    python examples/benchmarks/bench_geometry.py [--quick]
"""

import argparse
import sys
import time
import tracemalloc
from pathlib import Path

import numpy as np
from sklearn.cluster import kmeans_plusplus as sklearn_kmeans_plusplus
from sklearn.naive_bayes import GaussianNB
from threadpoolctl import threadpool_limits

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # this checkout, installed or not

from skal.geometry import OuterRows, k_center_greedy, kmeans_plusplus  # noqa: E402

try:
    from skactiveml.classifier import SklearnClassifier
    from skactiveml.pool import Badge, CoreSet
except ImportError:
    CoreSet = Badge = None

N_BLOBS, N_INNER_DIMS = 50, 16


def clustered(n, d, seed=0):
    """Return blobs that vary in 16 directions of their own each, and a little in all."""
    generator = np.random.RandomState(seed)
    labels = generator.randint(N_BLOBS, size=n)
    X = 0.01 * generator.standard_normal((n, d)).astype(np.float32)
    for blob in range(N_BLOBS):
        members = np.flatnonzero(labels == blob)
        directions = np.linalg.qr(generator.standard_normal((d, N_INNER_DIMS)))[0].T
        center = 3 * np.sqrt(N_INNER_DIMS / d) * generator.standard_normal(d)
        X[members] += center + generator.standard_normal((len(members), N_INNER_DIMS)) @ directions
    return X


def gaussian(n, d, seed=0):
    """Return isotropic rows: nothing to exploit."""
    return np.random.RandomState(seed).standard_normal((n, d)).astype(np.float32)


def badge_factors(make, n, n_classes, d, seed=0):
    """Return the two factors of gradient embeddings of a random softmax model."""
    right = make(n, d, seed)
    directions = np.random.RandomState(seed + 1).standard_normal((d, n_classes)) / 2
    logits = right @ directions.astype(np.float32)
    left = np.exp(logits - logits.max(axis=1, keepdims=True))
    left /= left.sum(axis=1, keepdims=True)
    left[np.arange(n), left.argmax(axis=1)] -= 1
    return left, right


def distances_to(rows, sq_norms, i):
    """Return squared distances to row i, by one product per factor."""
    products = rows[0] @ rows[0][i]
    for factor in rows[1:]:
        products *= factor @ factor[i]
    products *= -2
    products += sq_norms
    products += sq_norms[i]
    return np.maximum(products, 0, out=products)


def norms_of(rows):
    """Return the squared norms of dense rows, or of outer products of two factors."""
    return np.prod([np.einsum("ij,ij->i", factor, factor) for factor in rows], axis=0)


def plain_k_center(X, n, labeled):
    """Update the distances of all rows after every pick, take the largest."""
    sq_norms, nearest, picks = norms_of([X]), np.full(len(X), np.inf, X.dtype), []
    for center in labeled if labeled is not None else ():
        np.minimum(nearest, sq_norms - 2 * (X @ center) + center @ center, out=nearest)
    i = int(nearest.argmax() if labeled is not None else (sq_norms - 2 * (X @ X.mean(0))).argmin())
    while True:
        picks.append(i)
        if len(picks) == n:
            return np.array(picks)
        np.minimum(nearest, distances_to([X], sq_norms, i), out=nearest)
        nearest[i] = -1
        i = int(nearest.argmax())


def plain_kmeans_plusplus(rows, n, seed=0):
    """Update the distances of all rows after every draw, draw from their sums."""
    generator = np.random.RandomState(seed)
    sq_norms = norms_of(rows)
    nearest, picks = np.full(len(sq_norms), np.inf, sq_norms.dtype), [int(sq_norms.argmax())]
    while len(picks) < n:
        np.minimum(nearest, distances_to(rows, sq_norms, picks[-1]), out=nearest)
        nearest[picks[-1]] = 0
        sums = np.cumsum(nearest, dtype=np.float64)
        drawn = np.searchsorted(sums, generator.random_sample() * sums[-1], "right")
        picks.append(min(int(drawn), len(sums) - 1))
    return np.array(picks)


def per_center(query, few, more):
    """Return the seconds that each center beyond the first `few` costs."""
    query(1)
    times = [(timed(lambda: query(few)), timed(lambda: query(more))) for _ in range(2)]
    return np.diff(np.min(times, axis=0)).item() / (more - few)


def activeml_k_center(X, n, labeled):
    """Estimate the time of n picks by scikit-activeml from a few."""
    known = 0 if labeled is None else len(labeled)
    everything = X if labeled is None else np.vstack([labeled, X])
    y = np.r_[np.zeros(known), np.full(len(X), np.nan)]

    def query(size):
        CoreSet(random_state=0).query(everything, y, batch_size=size)

    start = time.perf_counter()
    query(1)
    return time.perf_counter() - start + (n - 1) * per_center(query, 2, 12)


def activeml_badge(left, right, n):
    """Estimate the time of n draws by scikit-activeml from a few, of some rows."""
    share = max(1, left.shape[1] // 10)  # it builds the outer products
    # Five rows of every class are labeled; at least as many have to be left to choose from.
    share = min(share, len(left) // (10 * left.shape[1]))
    left, right = left[::share], right[::share]
    y = np.full(len(right), np.nan)
    classes = np.arange(left.shape[1])
    for label in classes:
        y[label * 5 : label * 5 + 5] = label
    model = SklearnClassifier(GaussianNB(), classes=classes)
    model.fit(right[: 5 * len(classes)], y[: 5 * len(classes)])

    def query(size):
        badge = Badge(random_state=0)
        badge.query(right, y, model, fit_clf=False, batch_size=size)

    return share * n * per_center(query, 2, 8)


class Case:
    """One line of the table: our kernel, the plain loop, and a rival or none."""

    def __init__(self, name, ours, plain, rivals):
        self.name, self.ours, self.plain, self.rivals = name, ours, plain, rivals


def k_center_case(make, n_rows, d, batch, n_labeled):
    everything = make(n_rows + n_labeled, d)
    labeled, X = everything[:n_labeled].copy(), everything[n_labeled:].copy()
    labeled = labeled if n_labeled else None
    rivals = {}
    if CoreSet is not None:
        rivals["scikit-activeml, extrapolated from 12 picks"] = lambda: activeml_k_center(
            X, batch, labeled
        )
    return Case(
        f"k-center   d={d} batch={batch} labeled={n_labeled} {make.__name__}",
        lambda: k_center_greedy(X, batch, labeled=labeled),
        lambda: plain_k_center(X, batch, labeled),
        rivals,
    )


def seeding_case(make, n_rows, d, batch):
    X = make(n_rows, d)

    def rival():
        return timed(lambda: sklearn_kmeans_plusplus(X, batch, random_state=0, n_local_trials=1))

    return Case(
        f"k-means++  d={d} batch={batch} {make.__name__}",
        lambda: kmeans_plusplus(X, batch, random_state=0),
        lambda: plain_kmeans_plusplus([X], batch),
        {"scikit-learn": rival},
    )


def badge_case(make, n_rows, n_classes, batch):
    left, right = badge_factors(make, n_rows, n_classes, 128)
    rivals = {}
    if Badge is not None:
        rivals["scikit-activeml, extrapolated from 8 draws"] = lambda: activeml_badge(
            left, right, batch
        )
    return Case(
        f"BADGE      classes={n_classes} d=128 batch={batch} {make.__name__}",
        lambda: kmeans_plusplus(OuterRows(left, right), batch, random_state=0),
        lambda: plain_kmeans_plusplus([left, right], batch),
        rivals,
    )


def cases(quick):
    n, few, many = (5000, 50, 100) if quick else (50_000, 100, 1000)
    for make in (clustered, gaussian):
        yield k_center_case(make, n, 64, many, many)
        yield k_center_case(make, n, 512, few, 0)
        yield seeding_case(make, n, 512, few)
        yield seeding_case(make, n, 64, many)
        yield badge_case(make, n, 10, many)
        yield badge_case(make, n, 100, many)


def timed(function):
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def measure(case, n_repeats):
    """Return the least times of ours and of the plain loop, taken in turn, and our memory."""
    pairs = [(timed(case.ours), timed(case.plain)) for _ in range(n_repeats)]
    tracemalloc.start()
    case.ours()
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    return *np.min(pairs, axis=0), peak


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, one repetition")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--no-peers", action="store_true", help="the plain loop only")
    options = parser.parse_args()
    if CoreSet is None:
        print("scikit-activeml not installed")
    print(f"{'':60} {'plain':>9} {'ours':>9} {'ratio':>6} {'memory':>9}")
    for case in cases(options.quick):
        ours, plain, peak = measure(case, 1 if options.quick else options.repeats)
        print(f"{case.name:60} {plain:8.3f}s {ours:8.3f}s {ours / plain:6.3f} {peak:6.1f}MiB")
        for name, rival in ({} if options.no_peers else case.rivals).items():
            theirs = rival()
            print(f"{'':11}{name:49} {theirs:8.3f}s {'':9} {ours / theirs:6.3f}", flush=True)


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
