"""Slow, obvious versions of what diverse-batch strategies and embeddings compute."""

from itertools import combinations

import numpy as np
import reference_geometry
from sklearn.cluster import AgglomerativeClustering
from sklearn.datasets import load_digits


def digits():
    """Return 50 labeled digits and a pool of 250, with labels."""
    X, y = load_digits(return_X_y=True)
    return X[:50], y[:50], X[50:300], y[50:300]


def gradients(proba, features, bias=False):
    """Return the gradients that each sample's most probable label would cause, one by one."""
    rows = []
    for p, h in zip(proba, features, strict=True):
        error = p.copy()
        error[int(p.argmax())] -= 1
        rows.append(np.outer(error, [*h, 1.0] if bias else h).ravel())
    return np.array(rows)


def sq_distances(A, B):
    return ((A[:, None, :] - B[None, :, :]) ** 2).sum(axis=2)


def sq_distances_of_gram(gram):
    norms = gram.diagonal()
    return norms[:, None] + norms - 2 * gram


def quadratic_features(X):
    """Return the features of the kernel (x.z + 1)^2."""
    n_dims = X.shape[1]
    pairs = [np.sqrt(2) * X[:, i] * X[:, j] for i, j in combinations(range(n_dims), 2)]
    return np.column_stack([X**2, np.sqrt(2) * X, np.ones(len(X)), *pairs])


def robust_radius(X, batch, n_outliers, labeled=None):
    """Return the covering radius of all rows but the `n_outliers` farthest."""
    centers = X[list(batch)] if labeled is None else np.vstack([X[list(batch)], labeled])
    nearest = np.sort(np.sqrt(sq_distances(X, centers).min(axis=1)))
    return nearest[len(X) - 1 - n_outliers] if n_outliers < len(X) else 0.0


def least_robust_radius(X, n, n_outliers, labeled=None):
    """Return the least possible radius, by trying all batches."""
    batches = combinations(range(len(X)), n)
    return min(robust_radius(X, batch, n_outliers, labeled) for batch in batches)


def farthest_but_outliers(X, n, n_outliers, labeled):
    """Choose rows in turn, each with `n_outliers` unchosen rows farther than itself."""
    picks, centers = [], list(labeled)
    for _ in range(n):
        gaps = sq_distances(X, np.array(centers)).min(axis=1)
        free = sorted(set(range(len(X))) - set(picks), key=lambda i: (-gaps[i], i))
        rank = n_outliers if n_outliers < len(free) and gaps[free[n_outliers]] > 0 else 0
        picks.append(min(i for i in free if gaps[i] == gaps[free[rank]]))
        centers.append(X[picks[-1]])
    return picks


def cluster_margin(X, scores, n, n_candidates, n_clusters):
    """Choose in rounds over the clusters, the one with the fewest candidates first."""
    labels = AgglomerativeClustering(n_clusters, linkage="average").fit_predict(X)
    clusters = {}
    for i in sorted(range(len(X)), key=lambda i: -scores[i])[:n_candidates]:
        clusters.setdefault(labels[i], []).append(i)
    in_order = sorted(clusters.values(), key=lambda members: (len(members), -scores[members[0]]))
    chosen = []
    while len(chosen) < n:
        chosen += [members.pop(0) for members in in_order if members]
    return chosen[:n]


def herding(X, n, X_labeled=(), doubt=None, y=(), n_classes=0):
    """Choose n rows of a dense X by uncertainty herding, every candidate in every step.

    `doubt` is 1 minus the gap of the predictions; None or too few classes mean equal weights.
    """
    X, X_labeled = np.array(X, dtype=float), np.array(X_labeled, dtype=float)
    X_labeled = X_labeled.reshape(-1, X.shape[1])
    for column in range(X.shape[1]):
        deviation = X[:, column].std()
        if deviation >= 1e-12 * abs(X[:, column]).max() and deviation > 0:
            X[:, column] /= deviation
            X_labeled[:, column] /= deviation
    weights = herding_weights(doubt, n, y, n_classes, len(X_labeled))
    gamma = herding_gamma(X, min(0.5, 1 / (len(X_labeled) + n)))
    K = np.exp(-gamma * sq_distances(X, X))
    cover = None
    if len(X_labeled):
        cover = np.exp(-gamma * sq_distances(X_labeled, X)).max(axis=0)
    return reference_geometry.max_coverage(K, n, weights, cover)[0]


def herding_by_deviation(X, n, X_labeled, deviation):
    """Choose n rows by uncertainty herding, every row counts by its variance and a floor."""
    share = (np.asarray(deviation) / max(deviation)) ** 2
    X, X_labeled = np.array(X, dtype=float), np.array(X_labeled, dtype=float)
    X_labeled, X = X_labeled / X.std(axis=0), X / X.std(axis=0)
    gamma = herding_gamma(X, min(0.5, 1 / (len(X_labeled) + n)))
    cover = np.exp(-gamma * sq_distances(X_labeled, X)).max(axis=0)
    weights = 0.7 * share / share.mean() + 0.3
    K = np.exp(-gamma * sq_distances(X, X))
    return reference_geometry.max_coverage(K, n, weights, cover)[0]


def herding_weights(doubt, n, y, n_classes, n_labeled):
    if doubt is None or n_classes < 2 or len(set(y)) < 2 or max(doubt) <= 0:
        return None
    if n == 1 and n_labeled > 0 and n_labeled % 10 == 0:
        return None
    v = np.array(doubt, dtype=float) / max(doubt)
    shares = [list(y).count(label) / len(y) for label in set(y)]
    balance = -sum(s * np.log(s) for s in shares) / np.log(n_classes)

    def n_counting(p):
        shares = v**p / (v**p).sum()
        return np.exp(-sum(s * np.log(s) for s in shares if s > 0))

    p = 64.0
    if n_counting(2.0) <= balance * len(v):
        p = 2.0
    elif n_counting(64.0) <= balance * len(v):
        low, high = 2.0, 64.0
        for _ in range(50):
            middle = (low + high) / 2
            if n_counting(middle) <= balance * len(v):
                high = middle
            else:
                low = middle
        p = high
    return 0.7 * v**p / np.mean(v**p) + 0.3


def herding_gamma(X, mean_similarity):
    step = int(np.ceil(len(X) / 100))
    pairs = []
    norms = (X**2).sum(axis=1)
    for i in range(0, len(X), step):
        for j, sq in enumerate(((X[i] - X) ** 2).sum(axis=1)):
            if sq > 64 * np.finfo(float).eps * (norms[i] + norms[j]):
                pairs.append(sq)
    if not pairs:
        return 1.0
    low, high = -100.0, 100.0
    for _ in range(200):
        middle = (low + high) / 2
        if np.mean(np.exp(-np.exp(middle) * np.array(pairs))) > mean_similarity:
            low = middle
        else:
            high = middle
    return np.exp(low)


def fisher(p, h):
    """Return the Fisher information of one sample, (diag p - p p') kron h h'."""
    return np.kron(np.diag(p) - np.outer(p, p), np.outer(h, h))


def bait(pool, seen, n, regularization, backward):
    """Return a batch by explicit inverses; `pool` and `seen` are (proba, features)."""
    infos = [fisher(p, h) for p, h in zip(*pool, strict=True)]
    known = [fisher(p, h) for p, h in zip(*seen, strict=True)]
    return bait_of_information(infos, known, n, regularization, backward)


def bait_of_information(infos, known, n, regularization, backward):
    target = sum(infos + known) / len(infos + known)

    def trace(rows):
        M = regularization * np.eye(len(target)) + sum(known) + sum(infos[i] for i in rows)
        return np.trace(np.linalg.inv(M) @ target)

    batch = []
    for _ in range(min(2 * n, len(infos)) if backward else n):
        free = [i for i in range(len(infos)) if i not in batch]
        batch.append(min(free, key=lambda i: trace([*batch, i])))
    while len(batch) > n:
        batch.remove(min(batch, key=lambda i: trace([j for j in batch if j != i])))
    return batch


def bait_by_kernel(kernel, X, X_labeled, n, regularization, backward):
    """Return a batch for numbers by the variances of a Gaussian process, from the kernel alone."""
    everything = np.vstack([X, X_labeled])
    gram = kernel(everything, everything)
    seen = list(range(len(X), len(everything)))

    def total_variance(rows):
        rows = seen + list(rows)
        known = gram[np.ix_(rows, rows)] + regularization * np.eye(len(rows))
        return np.trace(gram - gram[:, rows] @ np.linalg.inv(known) @ gram[rows])

    batch = []
    for _ in range(min(2 * n, len(X)) if backward else n):
        free = [i for i in range(len(X)) if i not in batch]
        batch.append(min(free, key=lambda i: total_variance([*batch, i])))
    while len(batch) > n:
        batch.remove(min(batch, key=lambda i: total_variance([j for j in batch if j != i])))
    return batch


def expected_error(model, classes, refit, X_pool, loss, evaluation=None):
    """Return the expected error after each sample, by a fit for every sample and label."""
    errors = []
    for i, proba in enumerate(model.predict_proba(X_pool)):
        others = np.delete(X_pool, i, axis=0) if evaluation is None else evaluation
        error = 0
        for label, p in zip(classes, proba, strict=True):
            if p > 0 and len(others):
                error += p * loss(refit(X_pool[[i]], np.array([label])).predict_proba(others))
        errors.append(error)
    return np.array(errors)


def mean_entropy(proba):
    logs = np.log2(proba, out=np.zeros_like(proba), where=proba > 0)
    return -(proba * logs).sum(axis=1).mean()


def mean_miss(proba):
    return (1 - proba.max(axis=1)).mean()


def relevant_and_uncertain(relevance, uncertainty, n_labeled, n, share):
    """Choose one by one; distinct scores. `share` is a Fraction, so that nothing is rounded."""
    n_other = sum(share * i // 1 > share * (i - 1) // 1 for i in places(n_labeled, n))
    by_relevance = sorted(range(len(relevance)), key=lambda i: -relevance[i])
    relevant = by_relevance[: n - n_other]
    others = sorted(by_relevance[n - n_other :], key=lambda i: -uncertainty[i])
    return [
        others.pop(0) if share * i // 1 > share * (i - 1) // 1 else relevant.pop(0)
        for i in places(n_labeled, n)
    ]


def places(n_labeled, n):
    """Return the numbers of the next labels, counted from the first label of all."""
    return range(n_labeled + 1, n_labeled + n + 1)
