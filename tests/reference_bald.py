"""Slow, obvious versions of BALD and BatchBALD: every configuration of labels is listed."""

import numpy as np


def entropy(proba):
    """Return the entropy in bits of one distribution."""
    return sum(-p * np.log2(p) for p in np.ravel(proba) if p > 0)


def bald(members):
    """Return the mutual information of the label and the member for every sample."""
    return np.array([joint_information(members, [i]) for i in range(members.shape[1])])


def joint_information(members, batch):
    """Return the mutual information of the labels of a batch and the member."""
    given_member = np.ones((len(members), 1))
    for i in batch:
        proba = members[:, i, :]
        given_member = (given_member[:, :, None] * proba[:, None, :]).reshape(len(members), -1)
    inherent = sum(entropy(proba) for i in batch for proba in members[:, i]) / len(members)
    return entropy(given_member.mean(axis=0)) - inherent


def greedy_batch(members, n):
    """Return the batch that adds the best sample n times, the lowest position on ties."""
    batch, gains = [], []
    for _ in range(n):
        before = joint_information(members, batch)
        best, best_gain = None, -np.inf
        for i in set(range(members.shape[1])) - set(batch):
            gain = joint_information(members, [*batch, i]) - before
            if gain > best_gain + 1e-12:
                best, best_gain = i, gain
        batch.append(best)
        gains.append(best_gain)
    return batch, gains
