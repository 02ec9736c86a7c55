"""Slow, obvious versions of the kernels in `skal.geometry`, over explicit float64 rows."""

from itertools import combinations

import numpy as np


def outer_rows(left, right):
    left, right = np.asarray(left, dtype=np.float64), np.asarray(right, dtype=np.float64)
    return (left[:, :, None] * right[:, None, :]).reshape(len(left), -1)


def sq_dists(X, row):
    return ((X - row) ** 2).sum(axis=1)


def nearest_sq_dists(X, centers):
    return np.min([sq_dists(X, center) for center in centers], axis=0)


def k_center_greedy(X, n, labeled=None):
    """Return positions and the covering radius before each."""
    X = np.asarray(X, dtype=np.float64)
    if labeled is None:
        picks, radii = [int(sq_dists(X, X.mean(axis=0)).argmin())], [np.inf]
    else:
        picks, radii = [], []
        nearest = nearest_sq_dists(X, np.asarray(labeled, dtype=np.float64))
    if picks:
        nearest = sq_dists(X, X[picks[0]])
    while len(picks) < n:
        nearest[picks] = -1
        radii.append(np.sqrt(nearest.max()))
        picks.append(int(nearest.argmax()))
        nearest = np.minimum(nearest, sq_dists(X, X[picks[-1]]))
    return np.array(picks), np.array(radii)


def farthest_by_products(X, numbers, n, labeled=None, labeled_numbers=()):
    """Choose the row whose least product of distances in X and between numbers is the largest."""
    X, numbers = np.asarray(X, dtype=np.float64), np.asarray(numbers, dtype=np.float64)
    picks, labeled = [], [] if labeled is None else np.asarray(labeled, dtype=np.float64)
    centers = list(zip(labeled, labeled_numbers, strict=True))
    if not centers:
        picks = [int(sq_dists(X, X.mean(axis=0)).argmin())]
        centers = [(X[picks[0]], numbers[picks[0]])]
    while len(picks) < n:
        products = [np.sqrt(sq_dists(X, x)) * abs(numbers - number) for x, number in centers]
        least = np.min(products, axis=0)
        least[picks] = -1
        if least.max() <= 0:  # nothing but the distance in X tells the rest apart
            least = nearest_sq_dists(X, [x for x, _ in centers])
            least[picks] = -1
        picks.append(int(least.argmax()))
        centers.append((X[picks[-1]], numbers[picks[-1]]))
    return np.array(picks)


def farthest_of_largest_cluster(X, n, labeled=None):
    """Choose the row farthest from the center of the cluster with the most squared distance."""
    X = np.asarray(X, dtype=np.float64)
    picks = [int(sq_dists(X, X.mean(axis=0)).argmin())] if labeled is None else []
    centers = [X[picks[0]]] if picks else list(np.asarray(labeled, dtype=np.float64))
    while len(picks) < n:
        sq = np.array([sq_dists(X, center) for center in centers])
        nearest = sq.min(axis=0)
        owner = (sq <= nearest * (1 + 1e-12)).argmax(axis=0)
        nearest[picks] = 0
        sizes = np.array([nearest[owner == c].sum() for c in range(len(centers))])
        if sizes.max() == 0:
            picks.append(min(set(range(len(X))) - set(picks)))
        else:
            largest = np.flatnonzero(sizes >= sizes.max() * (1 - 1e-9))[0]
            picks.append(max(np.flatnonzero(owner == largest), key=lambda i: (nearest[i], -i)))
        centers.append(X[picks[-1]])
    return np.array(picks)


def covering_radius(X, picks, labeled=None):
    centers = X[list(picks)] if labeled is None else np.vstack([X[list(picks)], labeled])
    return np.sqrt(nearest_sq_dists(X, centers).max())


def least_radius(X, n, labeled=None):
    """Return the least possible covering radius, by trying all batches."""
    return min(covering_radius(X, batch, labeled) for batch in combinations(range(len(X)), n))


def kmeans_plusplus(X, n, first, generator):
    """Draw with probabilities proportional to D^2, one full pass per center."""
    picks = [first]
    while len(picks) < n:
        nearest = nearest_sq_dists(X, X[picks])
        nearest[picks] = 0
        if nearest.sum() == 0:
            nearest = np.ones(len(X))
            nearest[picks] = 0
        picks.append(int(generator.choice(len(X), p=nearest / nearest.sum())))
    return np.array(picks)


def greedy_seeds(X, weights, n, generator):
    """Draw 2 + log(n) rows at a time, keep the one that leaves the least weighted inertia."""
    X = np.asarray(X, dtype=np.float64)
    picks = [int(generator.choice(len(X), p=weights / weights.sum()))]
    while len(picks) < n:
        sums = np.cumsum(weights * nearest_sq_dists(X, X[picks]))
        draws = generator.random_sample(2 + int(np.log(n))) * sums[-1]
        drawn = [int(np.argmax(sums >= draw)) for draw in draws]
        left = [weighted_inertia(X, weights, [*picks, i]) for i in drawn]
        picks.append(drawn[int(np.argmin(left))])
    return np.array(picks)


def lloyd(X, weights, centers):
    """Move centers to the means of their rows until they move less than a ten thousandth."""
    X, centers = np.asarray(X, dtype=np.float64), np.array(centers, dtype=np.float64)
    while True:
        labels = np.argmin([sq_dists(X, center) for center in centers], axis=0)
        moved = np.array(
            [
                np.average(X[labels == c], axis=0, weights=weights[labels == c])
                for c in range(len(centers))
            ]
        )
        shift, centers = ((moved - centers) ** 2).sum(), moved
        if shift <= 1e-4 * X.var(axis=0).mean():
            return np.argmin([sq_dists(X, center) for center in centers], axis=0), centers


def coreset_chances(X, weights):
    """Return the probabilities of drawing each row: by weight, by distance, or uniformly."""
    sq = sq_dists(X, np.average(X, axis=0, weights=weights))
    shares = [
        weights / weights.sum(),
        weights * sq / (weights * sq).sum(),
        np.ones(len(X)) / len(X),
    ]
    return np.mean(shares, axis=0)


def kmeans_plusplus_law(X, n, first):
    """Return the probability of every sequence of n centers that begins with `first`."""
    law = {(first,): 1.0}
    for _ in range(n - 1):
        longer = {}
        for picks, probability in law.items():
            nearest = nearest_sq_dists(X, X[list(picks)])
            nearest[list(picks)] = 0
            for i in np.flatnonzero(nearest):
                longer[(*picks, int(i))] = probability * nearest[i] / nearest.sum()
        law = longer
    return law


def potential(X, picks):
    return nearest_sq_dists(X, X[picks]).sum()


def weighted_inertia(X, weights, picks):
    return weights @ nearest_sq_dists(X, X[picks])


def max_coverage(K, n, weights=None, cover=None, candidates=None):
    """Evaluate every candidate in every step; K[i, j] is the similarity of row j to row i."""
    weights = np.ones(len(K)) if weights is None else np.asarray(weights) / (max(weights) or 1)
    candidates = range(len(K)) if candidates is None else sorted(candidates)
    left, picks, gains = list(candidates), [], []
    largest = None
    while len(picks) < n:
        if cover is None:
            all_gains = np.array([weights @ K[i] for i in left])
        else:
            all_gains = np.array([weights @ np.maximum(K[i] - cover, 0) for i in left])
        largest = abs(all_gains).max() if largest is None else largest
        covered = 0 if cover is None else weights @ abs(cover)
        equal = np.flatnonzero(all_gains >= all_gains.max() - 2.0**-42 * (covered + largest))
        pick = left.pop(equal[0])
        picks.append(pick)
        gains.append(all_gains[equal[0]])
        cover = K[pick] if cover is None else np.maximum(cover, K[pick])
    return np.array(picks), np.array(gains)


def first_of_copies(X):
    """Return for each row whether no row before it is equal."""
    seen, first = set(), []
    for row in map(tuple, X):
        first.append(row not in seen)
        seen.add(row)
    return first
