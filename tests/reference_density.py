"""Slow, obvious versions of densities, determinants and the strategies built on them."""

import numpy as np


def distances(A, B):
    return np.sqrt(((A[:, None, :] - B[None, :, :]) ** 2).sum(axis=2))


def typicality(X, n_neighbors):
    answer = []
    for i in range(len(X)):
        others = np.sort(np.delete(distances(X[i : i + 1], X)[0], i))[:n_neighbors]
        mean = others.mean() if len(others) else 0.0
        answer.append(1 / mean if mean else np.inf)
    return np.array(answer)


def cosines(X):
    lengths = np.sqrt((X**2).sum(axis=1))
    similar = np.zeros((len(X), len(X)))
    for i in range(len(X)):
        for j in range(len(X)):
            if lengths[i] and lengths[j]:
                similar[i, j] = X[i] @ X[j] / lengths[i] / lengths[j]
    return similar


def density(X, beta=1.0, similarity="cosine"):
    similar = cosines(X) if similarity == "cosine" else 1 / (1 + distances(X, X))
    means = similar.mean(axis=1)
    return np.array([1.0 if beta == 0 else np.sign(m) * abs(m) ** beta for m in means])


def dpp_map(L, n):
    """Try every row next, by the determinant of the whole submatrix."""
    picks, last = [], 1.0
    while len(picks) < n:
        free = [i for i in range(len(L)) if i not in picks]
        values = [np.linalg.det(L[np.ix_([*picks, i], [*picks, i])]) for i in free]
        gains = np.array(values) / last
        if (gains <= 1e-9 * L.diagonal()[free]).all():
            return picks + sorted(free, key=lambda i: (-L[i, i], i))[: n - len(picks)]
        # Products of gains round differently from sums of their logarithms.
        best = int(np.argmax(gains >= gains.max() * (1 - 1e-9)))
        picks.append(free[best])
        last = values[best]
    return picks


def dpp_matrix(X, quality):
    sq = distances(X, X) ** 2
    mean = sq.sum() / (len(X) * (len(X) - 1))
    return quality[:, None] * np.exp(-sq / mean) * quality


def ranked_batch(X, scores, n, labeled=None):
    """Recompute all similarities at every step; copies of picks come last."""
    picks, known = [], [] if labeled is None else list(labeled)
    aside = set()
    while len(picks) < n:
        free = [i for i in range(len(X)) if i not in picks and i not in aside]
        if not free:
            aside, free = set(), [i for i in range(len(X)) if i not in picks]
        if not known:
            means = distances(X, X).mean(axis=1)
            best = free[int(np.argmin(np.round(means[free], 9)))]
        else:
            share = (len(X) - len(picks)) / (len(X) - len(picks) + len(known))
            similar = (1 / (1 + distances(X, np.array(known)))).max(axis=1)
            values = share * (1 - similar) + (1 - share) * scores
            best = free[int(np.argmax(np.round(values[free], 11)))]
        picks.append(best)
        known.append(X[best])
        aside |= {i for i in range(len(X)) if np.array_equal(X[i], X[best])}
    return picks


def typi_clust(X, labels, n_labeled_of_pool_end, n, n_neighbors):
    """Choose by given clusters of pool rows and then labeled rows; X holds the pool's."""
    n_pool = n_labeled_of_pool_end
    sizes = np.bincount(labels)
    counts = [int((labels[n_pool:] == cluster).sum()) for cluster in range(len(sizes))]
    picks, aside = [], set()
    while len(picks) < n:
        free = [i for i in range(n_pool) if i not in picks and i not in aside]
        if not free:
            aside, free = set(), [i for i in range(n_pool) if i not in picks]
        open_clusters = {labels[i] for i in free}
        cluster = min(open_clusters, key=lambda c: (sizes[c] < 5, counts[c], -sizes[c], c))
        members = [i for i in free if labels[i] == cluster]
        best = members[int(np.argmax(typicality(X[members], n_neighbors)))]
        picks.append(best)
        counts[cluster] += 1
        aside |= {i for i in range(n_pool) if np.array_equal(X[i], X[best])}
    return picks


def prob_cover(X, n, radius, labeled=None):
    """Count all balls at every step; the lowest position of those that cover equally many."""
    within = distances(X, X) <= radius
    covered = np.zeros(len(X), dtype=bool)
    if labeled is not None:
        covered = (distances(X, labeled) <= radius).any(axis=1)
    picks, gains = [], []
    while len(picks) < n:
        free = [i for i in range(len(X)) if i not in picks]
        degrees = (within[free] & ~covered).sum(axis=1)
        best = free[int(degrees.argmax())]
        picks.append(best)
        gains.append(int(degrees.max()))
        covered |= within[best]
    return picks, gains


def purity(X, labels, radius):
    within = distances(X, X) <= radius
    return np.mean([len(set(labels[ball])) == 1 for ball in within])


def facility_location(X, weights, n, labeled=None):
    """Recompute the sum of distances for every row at every step."""
    weights = weights / weights.max()
    nearest = None if labeled is None else distances(X, labeled).min(axis=1)
    between, picks = distances(X, X), []
    while len(picks) < n:
        free = [i for i in range(len(X)) if i not in picks]
        after = [between[i] if nearest is None else np.minimum(nearest, between[i]) for i in free]
        sums = np.array([weights @ one for one in after])
        before = np.inf if nearest is None else weights @ nearest
        if sums.min() >= before * (1 - 1e-10):
            return fill_by_weight(X, weights, picks, n)
        best = int(np.argmax(sums <= sums.min() + 1e-10 * abs(sums.min())))
        picks.append(free[best])
        nearest = after[best]
    return picks


def fill_by_weight(X, weights, picks, n):
    """Add the heaviest rows; a copy of a row only when every other row had its turn."""
    order = sorted(range(len(X)), key=lambda i: (-weights[i], i))
    turn = [tuple(X[i]) for i in picks]
    while len(picks) < n:
        left = [i for i in order if i not in picks]
        first = [i for i in left if tuple(X[i]) not in turn]
        if not first:
            turn, first = [], left
        picks.append(first[0])
        turn.append(tuple(X[first[0]]))
    return picks
