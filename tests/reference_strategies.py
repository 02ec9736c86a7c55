"""Slow, obvious versions of what diverse-batch strategies and embeddings compute."""

from itertools import combinations

import numpy as np
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
