"""Slow, obvious versions of the acquisition functions: one sample, one class at a time."""

from collections import Counter
from itertools import combinations
from math import log

import numpy as np


def least_confidence(proba):
    return np.array([1 - max(row) for row in proba])


def margin(proba):
    scores = []
    for row in proba:
        first, second = sorted([*row, 0.0], reverse=True)[:2]
        scores.append(1 - (first - second))
    return np.array(scores)


def entropy(proba, base=2):
    return np.array([_entropy(row, base) for row in proba])


def _entropy(row, base):
    return sum(-p * log(p, base) for p in row if p > 0)


def _kl(p, q, base):
    return sum(a * log(a / b, base) for a, b in zip(p, q, strict=True) if a > 0)


def decision_margin_ovr(decision):
    scores = []
    for row in decision:
        first, second = sorted(row, reverse=True)[:2]
        scores.append(-(first - second))
    return np.array(scores)


def ovr_scores(row, n_classes):
    """Return scikit-learn's one-vs-rest scores of one row of one-vs-one values."""
    votes, confidence = [0.0] * n_classes, [0.0] * n_classes
    for value, (a, b) in zip(row, combinations(range(n_classes), 2), strict=True):
        votes[a if value >= 0 else b] += 1
        confidence[a] += value
        confidence[b] -= value
    return [v + s / (3 * (abs(s) + 1)) for v, s in zip(votes, confidence, strict=True)]


def decision_margin_ovo(decision, n_classes):
    scores = []
    for row in decision:
        ranking = ovr_scores(row, n_classes)
        leaders = sorted(range(n_classes), key=lambda c, r=ranking: (-r[c], c))[:2]
        between = dict(zip(combinations(range(n_classes), 2), row, strict=True))
        scores.append(-abs(between[tuple(sorted(leaders))]))
    return np.array(scores)


def vote_margin(votes, n_classes):
    scores = []
    for sample in zip(*votes, strict=True):
        counts = [sample.count(c) for c in range(n_classes)]
        first, second = sorted([*counts, 0], reverse=True)[:2]
        scores.append(1 - (first - second) / len(sample))
    return np.array(scores)


def vote_entropy(votes, n_classes, base=2):
    scores = []
    for sample in zip(*votes, strict=True):
        counts = Counter(sample)
        scores.append(_entropy([counts[c] / len(sample) for c in range(n_classes)], base))
    return np.array(scores)


def variation_ratio(votes, n_classes):
    scores = []
    for sample in zip(*votes, strict=True):
        scores.append(1 - max(sample.count(c) for c in range(n_classes)) / len(sample))
    return np.array(scores)


def _consensus(members):
    return [sum(column) / len(members) for column in zip(*members, strict=True)]


def consensus_entropy(member_proba, base=2):
    samples = zip(*member_proba, strict=True)
    return np.array([_entropy(_consensus(members), base) for members in samples])


def expected_entropy(member_proba, base=2):
    samples = zip(*member_proba, strict=True)
    return np.array([sum(_entropy(p, base) for p in m) / len(m) for m in samples])


def mean_kl(member_proba, base=2):
    scores = []
    for members in zip(*member_proba, strict=True):
        consensus = _consensus(members)
        scores.append(sum(_kl(p, consensus, base) for p in members) / len(members))
    return np.array(scores)


def max_kl(member_proba, base=2):
    scores = []
    for members in zip(*member_proba, strict=True):
        consensus = _consensus(members)
        scores.append(max(_kl(p, consensus, base) for p in members))
    return np.array(scores)


def jensen_shannon(member_proba, base=2):
    """Return the divergence by its definition: as a sum over members of mixed logarithms."""
    scores = []
    for members in zip(*member_proba, strict=True):
        total = 0.0
        for c in range(len(members[0])):
            consensus = sum(p[c] for p in members) / len(members)
            total += sum(p[c] * log(p[c]) - p[c] * log(consensus) for p in members if p[c] > 0)
        scores.append(total / len(members) / log(base))
    return np.array(scores)


def zero_one(member_proba):
    samples = zip(*member_proba, strict=True)
    return np.array([sum(max(p) for p in m) / len(m) - max(_consensus(m)) for m in samples])


def mean_std(member_proba):
    scores = []
    for members in zip(*member_proba, strict=True):
        columns = list(zip(*members, strict=True))
        means = [sum(column) / len(column) for column in columns]
        variances = [
            sum((p - mean) ** 2 for p in column) / len(column)
            for column, mean in zip(columns, means, strict=True)
        ]
        scores.append(sum(v**0.5 for v in variances) / len(columns))
    return np.array(scores)


def _expected_costs(row, cost):
    classes = range(len(row))
    return [sum(row[y] * cost[y][j] for y in classes) for j in classes]


def expected_cost(proba, cost):
    return np.array([min(_expected_costs(row, cost)) for row in proba])


def expected_cost_margin(proba, cost):
    scores = []
    for row in proba:
        costs = sorted(_expected_costs(row, cost))
        scores.append(costs[0] - costs[1] if len(costs) > 1 else 0.0)
    return np.array(scores)


def epig(members, targets, base=2):
    """Return the mean over targets of the mutual information of two labels, by its definition."""
    scores = []
    for sample in zip(*members, strict=True):
        of_targets = [_information(sample, z, base) for z in zip(*targets, strict=True)]
        scores.append(sum(of_targets) / len(of_targets))
    return np.array(scores)


def _information(one, other, base):
    mean_one, mean_other, total = _consensus(one), _consensus(other), 0.0
    for a, p_a in enumerate(mean_one):
        for b, p_b in enumerate(mean_other):
            pairs = zip(one, other, strict=True)
            joint = sum(p[a] * q[b] for p, q in pairs) / len(one)
            total += joint * log(joint / (p_a * p_b), base) if joint > 0 else 0.0
    return total


def expected_gradient_length(proba, X, fit_intercept=True):
    """Return the mean norm of the gradients, each built as a matrix."""
    scores = []
    for p, x in zip(proba, X, strict=True):
        h = [*x, 1.0] if fit_intercept else list(x)
        norms = [np.linalg.norm(np.outer(p - np.eye(len(p))[y], h)) for y in range(len(p))]
        scores.append(sum(p * norms))
    return np.array(scores)


def contrastive(proba, X, labeled_proba, labeled_X, n_neighbors, base=2):
    """Return the mean KL divergence from the nearest labeled samples, one by one."""
    scores = []
    for p, x in zip(proba, X, strict=True):
        far = [sum((a - b) ** 2 for a, b in zip(x, z, strict=True)) for z in labeled_X]
        nearest = sorted(range(len(far)), key=lambda i: (far[i], i))[:n_neighbors]
        divergences = [
            np.inf
            if any(a > 0 and b == 0 for a, b in zip(labeled_proba[i], p, strict=True))
            else _kl(labeled_proba[i], p, base)
            for i in nearest
        ]
        scores.append(sum(divergences) / len(divergences))
    return np.array(scores)


def expected_model_change(prediction, member_prediction, X, fit_intercept=True):
    """Return the mean length of the gradients for the numbers that the members predict."""
    scores = []
    for i, x in enumerate(X):
        row = [*x, 1.0] if fit_intercept else x
        gradients = [(prediction[i] - member[i]) * np.array(row) for member in member_prediction]
        scores.append(np.mean([np.sqrt((gradient**2).sum()) for gradient in gradients]))
    return np.array(scores)
