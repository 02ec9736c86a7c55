"""Pools in partitions on a cluster of two worker processes."""

import os
import signal
import threading
from collections import Counter

import dask
import dask.array as da
import numpy as np
import pytest
from distributed import wait
from distributed.diagnostics.plugin import SchedulerPlugin
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression

from skal import ActiveLearner, Committee
from skal.dask import _partitions
from skal.strategies import (
    BADGE,
    BALD,
    ClassBalanced,
    ClusterMargin,
    CoreSet,
    CostAware,
    Distinct,
    DiverseMiniBatch,
    Mixture,
    QueryByCommittee,
    RandomSampling,
    Relevance,
    Shortlist,
    StochasticBatch,
    Subsample,
    UncertaintyHerding,
    UncertaintySampling,
)

N_PARTS = 8


class OwnClassifier(ClassifierMixin, BaseEstimator):
    """A logistic regression that can be changed in one respect."""

    def fit(self, X, y):
        self.model_ = LogisticRegression().fit(X, y)
        self.classes_ = self.model_.classes_
        return self

    def predict(self, X):
        return self.model_.predict(X)

    def predict_proba(self, X):
        return self.model_.predict_proba(X)


class Traveler(OwnClassifier):
    """A classifier that writes down in which process it is unpickled once it is fitted."""

    def __init__(self, path=None):
        self.path = path

    def __setstate__(self, state):
        super().__setstate__(state)
        if "model_" in state:
            with open(self.path, "a") as file:
                file.write(f"{os.getpid()}\n")


class Locked(OwnClassifier):
    """A classifier that cannot be pickled."""

    def fit(self, X, y):
        self.lock_ = threading.Lock()
        return super().fit(X, y)


class Failure(Exception):
    def __init__(self, reason, n_rows):
        super().__init__(reason, n_rows)
        self.reason, self.n_rows = reason, n_rows


class Failing(OwnClassifier):
    """A classifier that cannot predict samples beyond a limit."""

    def predict_proba(self, X):
        if X.max() > 50:
            raise Failure("beyond the limit", len(X))
        return super().predict_proba(X)


def samples(n_samples=1000, seed=0):
    rng = np.random.RandomState(seed)
    y = rng.randint(3, size=n_samples)
    return 2 * np.eye(3, 5)[y] + rng.normal(size=(n_samples, 5)), y


def learner_for(strategy, estimator=None, X=None):
    """Return a learner of thirty labeled samples, of the kind of X."""
    labeled, y = samples(30, seed=1)
    if X is not None:
        labeled = type(X)(labeled, columns=X.columns)
    estimator = LogisticRegression() if estimator is None else estimator
    return ActiveLearner(estimator, strategy, random_state=0).fit(labeled, y)


def in_dask(X, n_parts=N_PARTS):
    """Return X as a dask array of parts that are made where they are needed."""
    blocks = np.array_split(X, n_parts)
    made = dask.delayed(np.array, pure=True)
    return da.concatenate(
        [da.from_delayed(made(block), block.shape, dtype=X.dtype) for block in blocks]
    )


STRATEGIES = {
    "margin": UncertaintySampling("margin"),
    "RandomSampling": RandomSampling(),
    "StochasticBatch": StochasticBatch(),
    "ClassBalanced": ClassBalanced(),
    "CostAware": CostAware(),
    "Relevance": Relevance(1, share_uncertain=0.3),
    "Mixture": Mixture([UncertaintySampling("entropy"), CoreSet()]),
    "Shortlist": Shortlist(UncertaintySampling("margin"), CoreSet(), factor=5),
    "Subsample": Subsample(UncertaintySampling("margin"), share=0.2),
    "DiverseMiniBatch": DiverseMiniBatch(),
    "ClusterMargin": ClusterMargin(),
    "UncertaintyHerding": UncertaintyHerding(),
    "CoreSet": CoreSet(),
    "Distinct": Distinct(UncertaintySampling("margin")),
    "QueryByCommittee": QueryByCommittee(),
    "BALD": BALD(),
}


def learner_named(name, X=None):
    of_members = name in ("QueryByCommittee", "BALD")
    committee = Committee(LogisticRegression(), n_members=3, random_state=0)
    return learner_for(STRATEGIES[name], committee if of_members else None, X)


@pytest.mark.parametrize("name", STRATEGIES)
def test_answers_are_those_in_memory(client, name):
    X, _ = samples()
    prices = 1.0 + np.arange(len(X)) % 3 if name == "CostAware" else None
    expected = learner_named(name).query(X, 20, prices=prices)
    found = learner_named(name).query(in_dask(X), 20, prices=prices)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("name", ["margin", "CoreSet", "QueryByCommittee", "Shortlist"])
def test_answers_from_parquet_are_those_in_memory(client, name, tmp_path):
    import dask.dataframe as dd
    import pandas as pd

    X = pd.DataFrame(samples()[0], columns=list("abcde"))
    for i, rows in enumerate(np.array_split(np.arange(len(X)), N_PARTS)):
        X.iloc[rows].to_parquet(tmp_path / f"{i:02}.parquet")
    found = learner_named(name, X).query(dd.read_parquet(tmp_path), 20)
    np.testing.assert_array_equal(found, learner_named(name, X).query(X, 20))


class Killer(SchedulerPlugin):
    """Kill the worker that finishes a task, once others have finished `after` tasks before.

    The scheduler tells of tasks as they finish, so that nothing depends on how long they take.
    """

    name = "killer"

    def __init__(self, pids, after):
        self.pids, self.after = pids, after
        self.n_finished, self.killed = 0, None

    def transition(self, key, start, finish, *args, worker=None, **kwargs):
        if finish != "memory" or worker is None:
            return
        self.n_finished += 1
        if self.n_finished > self.after and self.killed is None:
            self.killed = self.pids[worker]
            os.kill(self.killed, signal.SIGKILL)


@pytest.fixture
def kill_after(cluster, client):
    """Return a function that has a worker killed after a number of tasks."""

    def add(after):
        killer = Killer(client.run(os.getpid), after)
        cluster.scheduler.add_plugin(killer)  # the scheduler is a thread of this process
        return killer

    yield add
    cluster.scheduler.plugins.pop("killer", None)
    client.wait_for_workers(2, timeout=60)


KILLED = {"margin": "margin", "CoreSet": CoreSet(), "BADGE": BADGE()}


@pytest.mark.parametrize("persisted", [False, True])
@pytest.mark.parametrize("after", [0, N_PARTS + 3])
@pytest.mark.parametrize("strategy", KILLED.values(), ids=list(KILLED))
def test_a_worker_that_is_killed_changes_no_answer(client, kill_after, strategy, after, persisted):
    if strategy == "margin":
        after = min(after, N_PARTS // 2)  # all that is left to do is one task for each part
    X = in_dask(samples()[0])
    if persisted:
        X = X.persist()
        wait(X)
    expected = learner_for(strategy).query(X, 20)
    killer = kill_after(after)
    found = learner_for(strategy).query(X, 20)
    assert killer.killed is not None
    assert killer.n_finished > after + 1  # others had to be computed after that
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("strategy", [*KILLED.values(), STRATEGIES["Shortlist"]])
def test_nothing_is_left_behind(client, left_behind, strategy):
    X = in_dask(samples()[0])
    learner_for(strategy).query(X, 20)
    assert left_behind() == set()


def test_a_persisted_pool_stays_and_nothing_else(cluster, client, left_behind):
    X = in_dask(samples()[0]).persist()
    wait(X)
    kept = set(cluster.scheduler.tasks)
    learner_for(CoreSet()).query(X, 20)
    assert left_behind(kept) == set()
    assert set(X.__dask_graph__()) <= set(client.futures)


@pytest.mark.parametrize("strategy", ["margin", BADGE()])
def test_nothing_is_left_behind_by_a_query_that_raises(client, left_behind, strategy):
    X = samples()[0]
    X[777] = 99
    with pytest.raises(Failure):
        learner_for(strategy, Failing()).query(in_dask(X), 20)
    assert left_behind() == set()


@pytest.mark.parametrize("strategy", ["margin", BADGE()])
def test_an_exception_of_the_model_arrives_as_it_was_raised(client, strategy):
    X = samples()[0]
    X[777] = 99
    with pytest.raises(Failure) as caught:
        learner_for(strategy, Failing()).query(in_dask(X), 20)
    assert type(caught.value) is Failure
    assert caught.value.reason == "beyond the limit"
    assert caught.value.n_rows <= len(X) // N_PARTS


@pytest.mark.parametrize("strategy", KILLED.values(), ids=list(KILLED))
def test_the_model_travels_once_to_each_worker(client, strategy, tmp_path):
    path = tmp_path / "unpickled"
    learner = learner_for(strategy, Traveler(str(path)))
    learner.query(in_dask(samples()[0]), 20)
    times = Counter(map(int, path.read_text().split()))
    workers = client.run(os.getpid).values()
    assert [times[pid] for pid in workers] == [1, 1]
    assert set(times) == set(workers)


@pytest.mark.parametrize("strategy", ["margin", CoreSet()])
def test_a_model_that_cannot_be_pickled_is_named(client, left_behind, strategy):
    learner = learner_for(strategy, Locked())
    with pytest.raises(TypeError, match=r"Locked.* must be picklable to be sent to the workers"):
        learner.query(in_dask(samples()[0]), 20)
    assert left_behind() == set()


def test_a_large_model_is_warned_of_once(client, monkeypatch, recwarn):
    X = in_dask(samples()[0])
    learner_for(CoreSet()).query(X, 20)
    assert not [one for one in recwarn if "sent to every worker" in str(one.message)]
    monkeypatch.setattr(_partitions, "_LARGE_MODEL", 500)
    with pytest.warns(UserWarning, match="sent to every worker of dask") as caught:
        learner_for(CoreSet()).query(X, 20)
    assert len([one for one in caught if "sent to every worker" in str(one.message)]) == 1
