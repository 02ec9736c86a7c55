"""EPIG: the information in a label about the predictions on samples that matter."""

import numpy as np

from .._base import chunks_of
from . import _kernels
from ._checks import check_proba, checked_base, checked_members

# Joint probabilities are computed in blocks of about so many numbers, with at most so many of
# them for a sample and a class. The sizes are fixed, so that they cannot move the last digits.
BLOCK_SIZE = 2**16
BLOCK_COLUMNS = 2**12


def epig(member_proba, target_member_proba, *, base=2):
    """Score samples by what their label would tell about the labels of target samples.

    The expected predictive information gain (EPIG) is the mean over the target samples of the
    mutual information between the label y of a sample and the label z of the target,
    ``H(y) + H(z) - H(y, z)``, where ``p(y, z) = mean_t p_t(y) p_t(z)``. It is at least 0 and at
    most :func:`bald`, which counts what the label tells about the members, whether that matters
    for the targets or not.

    Parameters
    ----------
    member_proba : array-like of shape (n_members, n_samples, n_classes)
        Probabilities by each member.
    target_member_proba : array-like of shape (n_members, n_targets, n_classes)
        Probabilities of the target samples by the same members, in the same order. The members
        must be the same functions for all samples: with Monte Carlo dropout, the same masks.
    base : float, default=2
        Base of the logarithm, above 1.

    Returns
    -------
    scores : ndarray of shape (n_samples,)
        Larger where a label is wanted more; never below 0.

    Raises
    ------
    ValueError
        If probabilities have a wrong shape or a row that is not a probability distribution, if
        there are no targets, if the numbers of members or of classes differ, or if `base` is not
        above 1.

    See Also
    --------
    bald : The information about the members.

    References
    ----------
    F. Bickford Smith, A. Kirsch, S. Farquhar, Y. Gal, A. Foster and T. Rainforth (2023).
    Prediction-oriented Bayesian active learning. AISTATS. arXiv:2304.08151.

    Examples
    --------
    Four members disagree on both samples, but only the first disagreement matters for the target.

    >>> from skal.acquisition import bald, epig
    >>> zero, one = [1.0, 0.0], [0.0, 1.0]
    >>> members = [[zero, zero], [zero, one], [one, zero], [one, one]]
    >>> bald(members)
    array([1., 1.])
    >>> epig(members, [[zero], [zero], [one], [one]])
    array([1., 0.])
    """
    members = checked_members(member_proba)
    targets = check_proba(target_member_proba, "target_member_proba", ndim=(3,))
    if targets.shape[1] == 0:
        raise ValueError(
            "target_member_proba must hold at least one target sample, got shape "
            f"{targets.shape}. Samples of the pool can serve as targets."
        )
    if members.shape[::2] != targets.shape[::2]:
        raise ValueError(
            "target_member_proba must come from the same members and classes as member_proba, "
            f"of shape {members.shape}, got shape {targets.shape}."
        )
    return information_on_targets(members, targets, checked_base(base))


def information_on_targets(members, targets, base=2):
    """Return the EPIG scores of arrays that have been checked."""
    n_members, n_targets, n_classes = targets.shape
    targets = targets.astype(np.float64, copy=False)
    own = _kernels.consensus_entropy(members, base)
    of_targets = _kernels.consensus_entropy(targets, base).mean()
    columns = targets.reshape(n_members, -1)
    joint = np.empty(len(own))
    for rows in chunks_of(len(own), _rows_per_block(n_classes, columns.shape[1])):
        terms = _joint_terms(members[:, rows], columns)
        joint[rows] = terms.reshape(-1, n_classes).sum(axis=1)
    # Independent labels leave a difference of a few units in the last digit, maybe below 0.
    return np.maximum(own + of_targets + joint / n_targets / np.log(base), 0)


def _rows_per_block(n_classes, n_columns):
    return BLOCK_SIZE // (n_classes * min(n_columns, BLOCK_COLUMNS))


def _joint_terms(members, columns):
    """Return sum of p log p over the labels of all targets, by sample and class."""
    n_members = len(members)
    labels = members.astype(np.float64).reshape(n_members, -1).T / n_members
    terms = np.zeros(len(labels))
    for part in chunks_of(columns.shape[1], BLOCK_COLUMNS):
        terms += _kernels.xlogx(labels @ columns[:, part]).sum(axis=1)
    return terms
