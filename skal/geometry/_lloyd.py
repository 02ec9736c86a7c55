"""Lloyd's algorithm for a few vectors."""

import numpy as np
import scipy.sparse as sp

_STEPS, _TOLERANCE = 300, 1e-4  # as in scikit-learn


def lloyd(X, weights, centers):
    """Move centers to weighted means until hardly anything changes, as scikit-learn does.

    Of a few thousand rows, :class:`~sklearn.cluster.KMeans` takes longer to prepare than this.

    Parameters
    ----------
    X : ndarray of floats of shape (n_samples, n_dims)
        The rows; products are computed in their precision.
    weights : ndarray of shape (n_samples,)
        Positive.
    centers : ndarray of shape (n_clusters, n_dims)
        Where to begin.

    Returns
    -------
    found : tuple of (ndarray of shape (n_samples,), ndarray of shape (n_clusters, n_dims)) or None
        The cluster of each row, and the centers. None if a cluster has lost its last row, which
        scikit-learn would fill again.
    """
    mean = X.mean(axis=0)  # distances do not depend on the origin, but the round-off does
    X, centers = X - mean, centers - mean
    limit = _TOLERANCE * np.einsum("ij,ij->", X, X) / max(1, X.size)
    left = np.column_stack([X, np.ones(len(X), dtype=X.dtype)])
    labels = np.full(len(X), len(centers))
    # The weight of each row in the line of its cluster; only the lines change.
    lines = (weights.astype(X.dtype), np.zeros(len(X), dtype=np.int32), np.arange(len(X) + 1))
    members = sp.csc_matrix(lines, shape=(len(centers), len(X)))
    for _ in range(_STEPS):
        labels, previous = _nearest(left, centers), labels
        if np.array_equal(labels, previous):
            break
        totals = np.bincount(labels, weights, minlength=len(centers)).astype(X.dtype)
        if not totals.all():
            return None
        members.indices[:] = labels
        moved = (members @ X) / totals[:, np.newaxis]
        shift, centers = np.square(moved - centers).sum(), moved
        if shift <= limit:
            labels = _nearest(left, centers)
            break
    return labels, centers + mean


def _nearest(left, centers):
    # |x|^2 is the same for all centers, and |c|^2 one more term of the product.
    sq_norms = np.einsum("ij,ij->i", centers, centers)
    return (left @ np.vstack([-2 * centers.T, sq_norms])).argmin(axis=1)
