"""
A pool in partitions
====================

In a pool of 400,000 rows, one row in 2,000 is of a rare class. The rows are in eight partitions of
a dask array, which two worker processes hold. Within 100 labels, margin sampling finds more of the
rare rows than random sampling, which is not expected to find one.
"""

# %%
# The pool
# --------
#
# Each partition is made by a seed, on the worker that needs it. The last column tells the class; a
# person would say it, so it is put aside. Your own partitions come from files instead, for example
# by ``dask.dataframe.read_parquet``.

import dask.array as da
import numpy as np
from dask import delayed
from dask.distributed import Client, LocalCluster
from sklearn.linear_model import LogisticRegression

import skal.dask
from skal import ActiveLearner
from skal.strategies import RandomSampling, UncertaintySampling

N_PARTITIONS, N_ROWS, N_FEATURES = 8, 50_000, 20


def partition(seed, n_rows=N_ROWS, share=1 / 2000):
    """Return rows of which a share is of the rare class, and their classes as the last column."""
    rng = np.random.default_rng(seed)
    rare = rng.random(n_rows) < share
    X = rng.normal(size=(n_rows, N_FEATURES))
    X[rare, :4] += 2.5
    return np.column_stack([X, rare])


def pool():
    """Return features and classes of the pool, of which nothing is computed yet."""
    shape = N_ROWS, N_FEATURES + 1
    parts = [da.from_delayed(delayed(partition)(i), shape, float) for i in range(N_PARTITIONS)]
    rows = da.concatenate(parts)
    return rows[:, :-1], rows[:, -1]


# %%
# The loop
# --------
#
# It is the loop of a pool in memory. :func:`skal.dask.take` brings the rows of a batch together,
# and :func:`skal.dask.drop` leaves them out of the pool; it computes nothing.


def rare_found(strategy, X_pool, y_pool, n_rounds=5):
    """Return how many rare rows were labeled after each batch of twenty."""
    first = partition(seed=99, n_rows=40, share=0.1)
    learner = ActiveLearner(LogisticRegression(), strategy, random_state=0)
    learner.fit(first[:, :-1], first[:, -1])
    found = [0]
    for _ in range(n_rounds):
        i = learner.query(X_pool, n=20)
        labels = skal.dask.take(y_pool, i)
        learner.teach(skal.dask.take(X_pool, i), labels)
        X_pool, y_pool = skal.dask.drop(X_pool, i), skal.dask.drop(y_pool, i)
        found.append(found[-1] + int(labels.sum()))
    return found


# %%
# The cluster
# -----------
#
# While a client is open, everything is computed on its workers. ``persist`` keeps the pool in
# their memory. Without it, a partition is made anew whenever it is read. A cluster of other
# machines has an address: ``Client("tcp://...:8786")``. The processes import this file, so what
# starts them is behind ``if __name__ == "__main__"``.


def compare():
    """Return what two strategies find."""
    cluster = LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
    )
    with cluster, Client(cluster) as client:
        X_pool, y_pool = client.persist(pool())
        strategies = {"margin": UncertaintySampling("margin"), "random": RandomSampling()}
        return {name: rare_found(one, X_pool, y_pool) for name, one in strategies.items()}


def plot(found):
    """Draw the number of rare rows over the number of labels."""
    import matplotlib.pyplot as plt

    _, ax = plt.subplots(figsize=(6, 3.6), layout="constrained")
    for name, counts in found.items():
        ax.plot(20 * np.arange(len(counts)), counts, "o-", label=name)
        print(f"{name}: {counts[-1]} rare rows in 100 labels")
    ax.set(xlabel="labels", ylabel="rare rows found")
    ax.legend()


if __name__ == "__main__":
    plot(compare())
