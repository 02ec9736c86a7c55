"""Partitions in a list: the engine behind a pool in partitions, in its simplest form."""

import pickle

import numpy as np
import scipy.sparse as sp

from skal.geometry import as_rows
from skal.pool import PartitionedPool


class ListPartitions:
    """Rows in a list of arrays; whatever another machine would see travels by pickle."""

    def __init__(self, parts):
        self.parts = parts
        self.lengths = np.array([part.shape[0] for part in parts])
        self.template = parts[0][:0]
        self.row_bytes = 8 * parts[0].shape[1]
        self.n_exchanges = 0

    def share(self, value):
        return pickle.dumps(value)

    def each(self, function, shared, messages):
        self.n_exchanges += 1
        return [
            function(self.parts[i], shared and pickle.loads(shared), pickle.loads(pickle.dumps(m)))
            for i, m in messages.items()
        ]

    def steps(self, function, shared, states, messages):
        self.n_exchanges += 1
        new, answers = {}, []
        for i, message in messages.items():
            before = pickle.dumps(states[i])
            new[i], answer = function(
                self.parts[i], states[i], pickle.loads(shared), pickle.loads(pickle.dumps(message))
            )
            assert pickle.dumps(states[i]) == before, "a state must not be changed in place"
            answers.append(pickle.loads(pickle.dumps(answer)))
        return new, answers

    def take(self, positions):
        self.n_exchanges += 1
        if sp.issparse(self.parts[0]):
            return sp.vstack(self.parts, format="csr")[positions]
        return np.concatenate(self.parts)[positions]


class ListRows:
    """Rows in parts, for the kernels alone."""

    def __init__(self, parts):
        self.parts = parts
        self.lengths = np.array([len(part) for part in parts])
        self.starts = np.cumsum(self.lengths) - self.lengths
        self.states = [None] * len(parts)
        self.n_exchanges = 0

    def __len__(self):
        return int(self.lengths.sum())

    def keep(self, value):
        self.kept = value

    def step(self, function, messages):
        self.n_exchanges += 1
        answers = []
        for i, (part, message) in enumerate(zip(self.parts, messages, strict=True)):
            self.states[i], answer = function(_Rows(part), self.states[i], message, self.kept)
            answers.append(answer)
        return answers

    def positions(self, in_parts):
        return in_parts


class _Rows:
    def __init__(self, rows):
        self.rows = rows

    def all(self):
        return self.rows

    def take(self, positions):
        return as_rows(self.rows).take(positions)


def divided(X, n_parts, seed=0, empty=True):
    """Return X in parts of random lengths, one of them empty and one of a single row."""
    if n_parts == 1:
        return [X]
    n_samples = X.shape[0]
    cuts = np.sort(np.random.RandomState(seed).randint(0, n_samples + 1, n_parts - 1))
    if empty and n_parts > 3:
        cuts[1], cuts[2] = cuts[0], min(cuts[0] + 1, n_samples)
        cuts = np.sort(cuts)
    ends = [0, *cuts.tolist(), n_samples]
    return [X[start:stop] for start, stop in zip(ends[:-1], ends[1:], strict=True)]


def in_partitions(learner, X, n_parts, seed=0, prices=None):
    """Return the pool of a learner, once in partitions."""
    pool = learner.pool(X, prices=prices)
    return PartitionedPool(
        pool._memory.source.model,
        ListPartitions(divided(X, n_parts, seed)),
        labeled=pool.labeled if len(pool.labeled) else None,
        random_state=pool._seed,
        prices=prices,
        refit=pool.refit if pool.has("refit") else None,
    )
