"""
Committees: time, memory and worth of a batch
=============================================

BatchBALD and query by committee against scikit-activeml, where that is installed, in the same
process and in turn, on one thread. Both libraries get the members' probabilities ready made,
so that everything measured is their own work. Run with ``--quick`` for a small version.
"""

import argparse
import os
import time
import tracemalloc
import warnings

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np  # noqa: E402
from scipy.special import entr, softmax  # noqa: E402

from skal import Pool, acquisition  # noqa: E402
from skal.strategies import BatchBALD, QueryByCommittee  # noqa: E402

try:
    from skactiveml import pool as peer
    from skactiveml.base import SkactivemlClassifier
except ImportError:
    peer, SkactivemlClassifier = None, object


class Ready:
    """A fitted model whose members have predicted already; X is the positions of the rows."""

    def __init__(self, members):
        self.members = members
        self.classes_ = np.arange(members.shape[2])

    def member_proba(self, X):
        """Return what the members predicted for these rows."""
        return self.members[:, int(X[0, 0]) : int(X[-1, 0]) + 1]


class ReadyPeer(SkactivemlClassifier):
    """The same for scikit-activeml."""

    def __init__(self, members=None, classes=None, missing_label=np.nan):
        super().__init__(classes=classes, missing_label=missing_label)
        self.members = members
        self.classes_ = classes

    def fit(self, X, y, sample_weight=None):
        """Do nothing."""
        return self

    def predict_proba(self, X):
        """Return the mean over members."""
        return self.members.mean(axis=0)

    def sample_proba(self, X):
        """Return what the members predicted."""
        return self.members


def make_members(n_members, n_samples, n_classes, seed=0):
    """Return probabilities of members that share what is easy and differ on the rest."""
    rng = np.random.default_rng(seed)
    shared = 1.5 * rng.normal(size=(1, n_samples, n_classes))
    own = rng.normal(size=(n_members, n_samples, n_classes))
    return softmax(shared + own, axis=2)


def our_query(strategy, members):
    """Return a function that makes a fresh pool, so that nothing is remembered, and queries."""
    X = np.arange(members.shape[1], dtype=float)[:, None]

    def query(n, seed=0):
        return strategy.query(Pool(Ready(members), X, random_state=seed), n)

    return query


def peer_query(name, members, **params):
    """Return the same function of a query strategy of scikit-activeml."""
    X = np.arange(members.shape[1], dtype=float)[:, None]
    y = np.full(len(X), np.nan)
    # Its own copy: scikit-activeml writes into the probabilities that it is given.
    ensemble = ReadyPeer(members.copy(), classes=np.arange(members.shape[2]))

    def query(n, seed=0):
        strategy = getattr(peer, name)(
            sample_predictions_method_name="sample_proba", random_state=seed, **params
        )
        return strategy.query(X, y, ensemble=ensemble, fit_ensemble=False, batch_size=n)

    return query


def in_turn(queries, n, repeats):
    """Return the shortest time of every query, run one after the other `repeats` times."""
    times = {name: [] for name in queries}
    for seed in range(repeats):
        for name, query in queries.items():
            start = time.perf_counter()
            query(n, seed)
            times[name].append(time.perf_counter() - start)
    return {name: min(seconds) for name, seconds in times.items()}


def peak_memory(query, n):
    """Return by how many MiB memory grows during a query, and what the query chose."""
    tracemalloc.start()
    try:
        chosen = query(n)
        return tracemalloc.get_traced_memory()[1] / 2**20, chosen
    finally:
        tracemalloc.stop()


def joint_information(members, batch, n_samples, seed=1):
    """Estimate what the labels of a batch tell about the member, in bits, and its error.

    Labels are drawn from each member in turn; the information is ``log2(n_members)`` less the
    mean entropy of the member once the labels are known. Shares no code with either library.
    """
    rng = np.random.default_rng(seed)
    n_members = len(members)
    source = np.arange(n_samples) % n_members
    log_joint = np.zeros((n_samples, n_members))
    for i in batch:
        reached = members[:, i].cumsum(axis=1)[source]
        drawn = (rng.random((n_samples, 1)) * reached[:, -1:] >= reached).sum(axis=1)
        log_joint += np.log(members[:, i, drawn]).T
    left_open = entr(softmax(log_joint, axis=1)).sum(axis=1) / np.log(2)
    return np.log2(n_members) - left_open.mean(), left_open.std() / np.sqrt(n_samples)


def bench_batch_bald(quick):
    """Compare time, memory and joint information of a batch."""
    n_samples, n_members, n_classes, n = (200 if quick else 1000), 20, 10, 10
    n_joint = 2_000 if quick else 10_000
    members = make_members(n_members, n_samples, n_classes)
    print(f"BatchBALD: {n} of {n_samples} samples, {n_members} members, {n_classes} classes")
    queries = {f"skal, {n_joint} label samples": our_query(BatchBALD(n_joint), members)}
    if peer is not None:
        name = f"scikit-activeml, {n_joint} label samples"
        queries[name] = peer_query("BatchBALD", members, n_MC_samples=n_joint)
        name = f"scikit-activeml, its default of {n_members} label samples"
        queries[name] = peer_query("BatchBALD", members)
    times = in_turn(queries, n, 2 if quick else 3)
    for name, query in queries.items():
        memory, chosen = peak_memory(query, n)
        value, error = joint_information(members, chosen, 20_000 if quick else 400_000)
        print(
            f"  {name}: {times[name]:.3f} s, memory growth {memory:.1f} MiB, "
            f"{len(set(chosen.tolist()))} distinct, joint information "
            f"{value:.4f} +- {error:.4f} bits",
            flush=True,
        )
    print_ratios(times)


def bench_committee(quick):
    """Compare the time for scores that treat every sample on its own."""
    n_samples, n_members, n_classes, n = (10_000 if quick else 100_000), 10, 10, 100
    members = make_members(n_members, n_samples, n_classes)
    print(
        f"Query by committee: {n} of {n_samples} samples, {n_members} members, {n_classes} classes"
    )
    for disagreement, method in (("vote_entropy", "vote_entropy"), ("kl", "KL_divergence")):
        queries = {"skal": our_query(QueryByCommittee(disagreement), members)}
        if peer is not None:
            queries["scikit-activeml"] = peer_query("QueryByCommittee", members, method=method)
        print_times(f"{disagreement}, the whole query", in_turn(queries, n, 3 if quick else 7))
    for name, kernels in score_functions(members).items():
        print_times(f"{name}, the scores alone", in_turn(kernels, n, 3 if quick else 7))


def score_functions(members):
    """Return for each disagreement the functions that compute it, from votes where they can."""
    votes, n_classes = members.argmax(axis=2), members.shape[2]
    of_votes = {"skal": lambda n, seed: acquisition.vote_entropy(votes, n_classes)}
    of_proba = {"skal": lambda n, seed: acquisition.bald(members)}
    if peer is not None:
        by_row, classes, own = votes.T.copy(), np.arange(n_classes), members.copy()
        of_votes["scikit-activeml"] = lambda n, seed: peer.vote_entropy(by_row, classes)
        of_proba["scikit-activeml"] = lambda n, seed: peer.average_kl_divergence(own)
    return {"vote_entropy": of_votes, "kl": of_proba}


def print_times(title, times):
    """Print times and ratios on one line."""
    shown = ", ".join(f"{name} {seconds:.4f} s" for name, seconds in times.items())
    print(f"  {title}: {shown}")
    print_ratios(times)


def print_ratios(times):
    """Print the first time over each of the others."""
    ours, *others = times
    for name in others:
        print(f"  time of skal over that of {name}: {times[ours] / times[name]:.3f}")


def main():
    """Run all benchmarks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small version, in seconds")
    quick = parser.parse_args().quick
    if peer is None:
        print("scikit-activeml not installed")
    warnings.simplefilter("ignore")
    bench_batch_bald(quick)
    bench_committee(quick)


if __name__ == "__main__":
    main()
