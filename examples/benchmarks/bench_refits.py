"""
Expected error reduction and BAIT: time of a query
==================================================

Expected error reduction against modAL and ALiPy, where they are installed, and against a fit for
every sample and label; BAIT against its plain form, with explicit matrices as in the authors'
code. Everything runs in one process and in turn, on one thread, and is asked to choose the same
samples. Both libraries use names that NumPy and Python no longer have; these are put back for
them. Run with ``--quick`` for a small version.
"""

import argparse
import collections
import collections.abc
import os
import time
import warnings

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np  # noqa: E402
from sklearn.base import clone  # noqa: E402
from sklearn.datasets import load_digits, make_classification  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.naive_bayes import GaussianNB  # noqa: E402

from skal import ActiveLearner, Pool  # noqa: E402
from skal.strategies import BAIT, ExpectedErrorReduction  # noqa: E402

np.float = float
collections.Iterable = collections.abc.Iterable
try:
    from modAL.expected_error import expected_error_reduction
    from modAL.models import ActiveLearner as ModalLearner
except ImportError:
    expected_error_reduction = None
try:
    from alipy.query_strategy import QueryExpectedErrorReduction
except ImportError:
    QueryExpectedErrorReduction = None


def timed(function, repeats=1):
    """Return the shortest of some times in seconds, and the answer."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        answer = function()
        times.append(time.perf_counter() - start)
    return min(times), answer


def by_skal(estimator, X, y, X_pool):
    """Return a function that chooses a sample, for a model that is fitted already."""
    learner = ActiveLearner(estimator, ExpectedErrorReduction(), random_state=0).fit(X, y)
    return lambda: learner.query(X_pool)[0]


def by_modal(estimator, X, y, X_pool):
    """Do the same with modAL."""
    learner = ModalLearner(clone(estimator), X_training=X, y_training=y)

    def choose():
        answer = expected_error_reduction(learner, X_pool, loss="log")
        return np.ravel(answer[0] if isinstance(answer, tuple) else answer)[0]

    return choose


def by_alipy(estimator, X, y, X_pool):
    """Do the same with ALiPy, which wants the labels of the pool for their classes."""
    everything = np.concatenate([X, X_pool])
    labels = np.concatenate([y, np.resize(np.unique(y), len(X_pool))])
    model, n_labeled = clone(estimator).fit(X, y), len(X)
    strategy = QueryExpectedErrorReduction(everything, labels)
    pool = np.arange(n_labeled, len(everything))
    return lambda: strategy.select(np.arange(n_labeled), pool, model=model)[0] - n_labeled


def by_fits(estimator, X, y, X_pool):
    """Do the same by a fit for every sample and label."""
    model = clone(estimator).fit(X, y)

    def choose():
        errors = np.zeros(len(X_pool))
        for i, proba in enumerate(model.predict_proba(X_pool)):
            X_new, others = np.vstack([X, X_pool[i]]), np.delete(X_pool, i, axis=0)
            for label, p in zip(model.classes_, proba, strict=True):
                after = clone(estimator).fit(X_new, np.append(y, label)).predict_proba(others)
                errors[i] -= p * (after * np.log2(np.maximum(after, 1e-300))).sum()
        return errors.argmin()

    return choose


def expected_error(title, estimator, X, y, n_labeled, n_pool):
    """Print how long one query takes."""
    data = X[:n_labeled], y[:n_labeled], X[n_labeled : n_labeled + n_pool]
    print(f"\nExpected error reduction, {title}, {n_labeled} labeled, pool of {n_pool}")
    own, chosen = timed(by_skal(estimator, *data), repeats=3)
    print(f"  {'skal':<22}{own:10.4f} s   chooses {chosen}")
    others = {"a fit for each label": by_fits}
    if expected_error_reduction is not None:
        others["modAL"] = by_modal
    if QueryExpectedErrorReduction is not None:
        others["ALiPy"] = by_alipy
    peers = {}
    for name, choose in others.items():
        seconds, chosen = timed(choose(estimator, *data))
        peers[name] = seconds
        print(
            f"  {name:<22}{seconds:10.4f} s   chooses {chosen}   skal / this {own / seconds:.4f}"
        )
    peers.pop("a fit for each label")
    if peers:
        print(f"  skal / best of {' and '.join(peers)}: {own / min(peers.values()):.4f}")
    for name in sorted({"modAL", "ALiPy"} - set(peers)):
        print(f"  {name} is not installed (modAL-python, alipy): left out")


def plain_bait(proba, features, n_steps, regularization=1.0):
    """Choose samples one by one with the explicit factors of their information."""
    n_classes = proba.shape[1]
    roots = np.sqrt(proba)[:, :, None] * (np.eye(n_classes) - proba[:, None, :])
    factors = (roots[:, :, :, None] * features[:, None, None, :]).reshape(
        len(proba), n_classes, -1
    )
    flat = factors.reshape(-1, factors.shape[2])
    target = flat.T @ flat / len(proba)
    inverse = np.eye(len(target)) / regularization
    chosen = []
    for _ in range(n_steps):
        spread = (flat @ inverse).reshape(factors.shape) @ factors.transpose(0, 2, 1)
        worth = flat @ (inverse @ target @ inverse)
        worth = worth.reshape(factors.shape) @ factors.transpose(0, 2, 1)
        inner = np.linalg.inv(np.eye(n_classes) + spread)
        gains = np.trace(worth @ inner, axis1=1, axis2=2)
        gains[chosen] = -np.inf
        chosen.append(int(gains.argmax()))
        V = factors[chosen[-1]]
        inverse -= inverse @ V.T @ inner[chosen[-1]] @ V @ inverse
    return chosen


def bait(n_samples, n_classes, n_dims, batch, n_steps):
    """Print how long a batch takes; the plain form is timed on a few steps."""
    rng = np.random.RandomState(0)
    proba = rng.dirichlet(np.full(n_classes, 0.3), size=n_samples)
    features = np.maximum(rng.normal(size=(n_samples, n_dims)), 0)
    print(f"\nBAIT, {n_samples} samples, {n_classes} classes, {n_dims} features, batch {batch}")
    pool = Pool.from_arrays(features, proba=proba)
    plain, chosen = timed(lambda: plain_bait(proba, features, n_steps))
    # Twice the batch is added. To take half of it away again costs the plain form little.
    plain *= 2 * batch / n_steps
    own, _ = timed(lambda: BAIT().query(pool, batch), repeats=2)
    same = BAIT(backward=False).query(pool, n_steps).tolist() == chosen
    print(f"  skal         {own:10.3f} s")
    print(f"  plain form   {plain:10.3f} s, from {n_steps} of {2 * batch} steps")
    print(f"  skal / plain form: {own / plain:.4f}   first {n_steps} samples equal: {same}")


def main():
    """Run everything."""
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small sizes")
    quick = parser.parse_args().quick
    warnings.simplefilter("ignore")
    X, y = make_classification(500, n_informative=8, random_state=0)
    n_pool = 40 if quick else 200
    for estimator in (GaussianNB(), LogisticRegression()):
        for n_labeled in (20,) if quick else (20, 100):
            title = f"{type(estimator).__name__}, 2 classes, 20 features"
            expected_error(title, estimator, X, y, n_labeled, n_pool)
    if not quick:
        X, y = load_digits(return_X_y=True)
        title = "LogisticRegression, 10 classes, 64 features"
        expected_error(title, LogisticRegression(max_iter=1000), X / 16, y, 100, 30)
    if quick:
        bait(200, 4, 16, 5, 4)
    else:
        bait(2000, 10, 64, 20, 4)


if __name__ == "__main__":
    main()
