"""Scores of the votes of a committee: vote margin, vote entropy and variation ratio."""

from . import _kernels
from ._checks import checked_base, checked_votes


def vote_margin(votes, n_classes):
    """Score samples by how close the two classes with most votes are.

    The score is ``1 - (V_1 - V_2) / n_members`` with ``V_1 >= V_2`` the two largest numbers of
    votes: 1 where they tie, 0 where all members agree.

    Parameters
    ----------
    votes : array-like of int of shape (n_members, n_samples)
        The class that each member votes for, as a code from 0 to `n_classes` - 1.
    n_classes : int
        Number of classes.

    Returns
    -------
    scores : ndarray of shape (n_samples,)
        Larger where a label is wanted more.

    Raises
    ------
    ValueError
        If `votes` has a wrong shape or a code out of range, or if `n_classes` is not a positive
        integer.

    References
    ----------
    N. Abe and H. Mamitsuka (1998). Query learning strategies using boosting and bagging. ICML.

    Examples
    --------
    >>> from skal.acquisition import vote_margin
    >>> vote_margin([[0, 0], [0, 1], [0, 0], [0, 1]], n_classes=3)
    array([0., 1.])
    """
    return _kernels.vote_margin(checked_votes(votes, n_classes), n_classes)


def vote_entropy(votes, n_classes, *, base=2):
    """Score samples by the entropy of the votes of a committee.

    The score is ``-sum_c (V_c / T) log(V_c / T)`` with V_c the votes for class c and T the
    number of members: 0 where all agree, ``log min(n_classes, T)`` at most. Samples whose votes
    split alike score exactly alike, whatever the classes they split over.

    Parameters
    ----------
    votes : array-like of int of shape (n_members, n_samples)
        The class that each member votes for, as a code from 0 to `n_classes` - 1.
    n_classes : int
        Number of classes.
    base : float, default=2
        Base of the logarithm, above 1.

    Returns
    -------
    scores : ndarray of shape (n_samples,)
        Larger where a label is wanted more.

    Raises
    ------
    ValueError
        If `votes` has a wrong shape or a code out of range, if `n_classes` is not a positive
        integer, or if `base` is not above 1.

    References
    ----------
    I. Dagan and S. P. Engelson (1995). Committee-based sampling for training probabilistic
    classifiers. ICML.

    Examples
    --------
    >>> from skal.acquisition import vote_entropy
    >>> vote_entropy([[0, 0, 0], [0, 1, 1], [0, 0, 2], [0, 1, 0]], n_classes=3)
    array([0. , 1. , 1.5])
    """
    return _kernels.vote_entropy(checked_votes(votes, n_classes), n_classes, checked_base(base))


def variation_ratio(votes, n_classes):
    """Score samples by the share of members outvoted by the most popular class.

    The score is ``1 - V_1 / n_members`` with V_1 the largest number of votes: 0 where all
    members agree.

    Parameters
    ----------
    votes : array-like of int of shape (n_members, n_samples)
        The class that each member votes for, as a code from 0 to `n_classes` - 1.
    n_classes : int
        Number of classes.

    Returns
    -------
    scores : ndarray of shape (n_samples,)
        Larger where a label is wanted more.

    Raises
    ------
    ValueError
        If `votes` has a wrong shape or a code out of range, or if `n_classes` is not a positive
        integer.

    References
    ----------
    L. C. Freeman (1965). Elementary applied statistics. Wiley.

    Examples
    --------
    >>> from skal.acquisition import variation_ratio
    >>> variation_ratio([[0, 0], [0, 1], [0, 2], [0, 0]], n_classes=3)
    array([0. , 0.5])
    """
    return _kernels.variation_ratio(checked_votes(votes, n_classes), n_classes)
