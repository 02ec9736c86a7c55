"""CAL: how much the prediction on a sample contradicts those on its labeled neighbors."""

import numpy as np

from .._base import check_count, num_rows
from ..geometry import as_rows, nearest_rows
from . import _kernels
from ._checks import check_proba, checked_base


def contrastive(proba, embedding, labeled_proba, labeled_embedding, *, n_neighbors=10, base=2):
    r"""Score samples by how much their prediction differs from those on labeled neighbors.

    The score is the mean of :math:`\mathrm{KL}(p_l \| p)` over the labeled samples l that are
    nearest to a sample, with p its own probabilities. It is large where samples lie close to each
    other but the model predicts differently, and infinite where a neighbor has a class to which
    the sample gives the probability 0.

    Parameters
    ----------
    proba : array-like of shape (n_samples, n_classes)
        Probabilities.
    embedding : {array-like, sparse matrix, OuterRows, KernelRows} of shape (n_samples, n_dims)
        The samples in the space in which neighbors are found.
    labeled_proba : array-like of shape (n_labeled, n_classes)
        Probabilities that the model gives to the labeled samples.
    labeled_embedding : rows of the same kind, of shape (n_labeled, n_dims)
        The labeled samples in the same space, at least one.
    n_neighbors : int, default=10
        How many labeled neighbors are compared, at least 1. All where fewer are labeled. Of
        neighbors that are equally far, the first ones count.
    base : float, default=2
        Base of the logarithm, above 1.

    Returns
    -------
    scores : ndarray of shape (n_samples,)
        Larger where a label is wanted more; never below 0, may be infinite.

    Raises
    ------
    ValueError
        If probabilities have a wrong shape or a row that is not a probability distribution, if
        shapes do not fit each other, nothing is labeled, `n_neighbors` is not a positive integer
        or `base` is not above 1.

    References
    ----------
    K. Margatina, G. Vernikos, L. Barrault and N. Aletras (2021). Active learning by acquiring
    contrastive examples. EMNLP. arXiv:2109.03764.

    Examples
    --------
    >>> from skal.acquisition import contrastive
    >>> labeled_proba, labeled_X = [[0.5, 0.5], [0.5, 0.5]], [[0.0], [9.0]]
    >>> proba, X = [[0.5, 0.5], [0.125, 0.875]], [[1.0], [8.0]]
    >>> contrastive(proba, X, labeled_proba, labeled_X, n_neighbors=1).round(3)
    array([0.   , 0.596])
    """
    proba = check_proba(proba, ndim=(2,))
    labeled_proba = check_proba(labeled_proba, "labeled_proba", ndim=(2,))
    _check_fit(proba, embedding, labeled_proba, labeled_embedding)
    n_neighbors = check_count(n_neighbors, "n_neighbors")
    base = checked_base(base)
    if not len(proba):
        return np.empty(0)
    rows = as_rows(embedding, "embedding")
    labeled_rows = as_rows(labeled_embedding, "labeled_embedding", like=rows)
    neighbors = nearest_rows(rows, labeled_rows, n_neighbors)
    entropies = _kernels.entropy(labeled_proba, np.e)
    scores = np.empty(len(proba))
    for part in _kernels.row_chunks(len(proba), neighbors.shape[1] * proba.shape[1]):
        near = neighbors[part]
        scores[part] = _contrasts(proba[part], labeled_proba[near], entropies[near])
    return scores / np.log(base)


def _check_fit(proba, embedding, labeled_proba, labeled_embedding):
    if len(labeled_proba) == 0:
        raise ValueError(
            "labeled_proba must hold at least one labeled sample, got none. Label samples first, "
            "for example at random."
        )
    if labeled_proba.shape[1] != proba.shape[1]:
        raise ValueError(
            f"labeled_proba must have a column for each of the {proba.shape[1]} classes of proba, "
            f"got shape {labeled_proba.shape}."
        )
    for name, rows, other in (
        ("embedding", embedding, proba),
        ("labeled_embedding", labeled_embedding, labeled_proba),
    ):
        if num_rows(rows) != len(other):
            raise ValueError(
                f"{name} must have a row for each of the {len(other)} rows of probabilities, got "
                f"{num_rows(rows)}."
            )


def _contrasts(proba, near, entropies):
    """Return the mean of KL(p_l || p) in nats, for probabilities `near` of each one's neighbors.

    As the logarithm of p is common to all neighbors, the mean is the cross-entropy of p and the
    mean of the p_l, less the mean of their entropies.
    """
    mean = near.mean(axis=1, dtype=np.float64)
    with np.errstate(divide="ignore"):
        logs = np.log(proba.astype(np.float64))
    terms = np.multiply(mean, logs, out=np.zeros(mean.shape), where=mean > 0)
    # Equal predictions leave a difference of a few units in the last digit, maybe below 0.
    return np.maximum(-terms.sum(axis=1) - entropies.mean(axis=1), 0)
