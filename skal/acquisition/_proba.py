"""Scores of class probabilities: least confidence, margin and entropy."""

from . import _kernels
from ._checks import check_proba, checked_base


def least_confidence(proba):
    """Score samples by how improbable their most probable class is.

    The score is ``1 - max_c p_c``: 0 where the model is certain, ``1 - 1 / n_classes`` where all
    classes are equally probable.

    Parameters
    ----------
    proba : array-like of shape (n_samples, n_classes)
        Probabilities.

    Returns
    -------
    scores : ndarray of shape (n_samples,)
        Larger where a label is wanted more.

    Raises
    ------
    ValueError
        If `proba` has a wrong shape or a row that is not a probability distribution.

    See Also
    --------
    margin : Looks at the runner-up as well.
    entropy : Looks at all classes.

    References
    ----------
    D. D. Lewis and W. A. Gale (1994). A sequential algorithm for training text classifiers.
    SIGIR. arXiv:cmp-lg/9407020.

    Examples
    --------
    >>> from skal.acquisition import least_confidence
    >>> least_confidence([[1.0, 0.0, 0.0], [0.25, 0.5, 0.25]])
    array([0. , 0.5])
    """
    return _kernels.least_confidence(check_proba(proba, ndim=(2,)))


def margin(proba):
    """Score samples by how close the two most probable classes are.

    The score is ``1 - (p_1 - p_2)`` with ``p_1 >= p_2`` the two largest probabilities: 1 where
    they tie, 0 where the model is certain. With a single class p_2 is 0, so the score is 0 too.

    Parameters
    ----------
    proba : array-like of shape (n_samples, n_classes)
        Probabilities.

    Returns
    -------
    scores : ndarray of shape (n_samples,)
        Larger where a label is wanted more.

    Raises
    ------
    ValueError
        If `proba` has a wrong shape or a row that is not a probability distribution.

    See Also
    --------
    decision_margin : The same idea for decision functions.

    References
    ----------
    T. Scheffer, C. Decomain and S. Wrobel (2001). Active hidden Markov models for information
    extraction. IDA.

    Examples
    --------
    >>> from skal.acquisition import margin
    >>> margin([[1.0, 0.0, 0.0], [0.25, 0.5, 0.25], [0.5, 0.0, 0.5]])
    array([0.  , 0.75, 1.  ])
    """
    return _kernels.margin(check_proba(proba, ndim=(2,)))


def entropy(proba, *, base=2):
    """Score samples by the entropy of their class probabilities.

    The score is ``-sum_c p_c log p_c`` with ``0 log 0 = 0``: 0 where the model is certain,
    ``log n_classes`` where all classes are equally probable.

    Parameters
    ----------
    proba : array-like of shape (n_samples, n_classes)
        Probabilities.
    base : float, default=2
        Base of the logarithm, above 1: 2 counts in bits, ``np.e`` in nats.

    Returns
    -------
    scores : ndarray of shape (n_samples,)
        Larger where a label is wanted more.

    Raises
    ------
    ValueError
        If `proba` has a wrong shape or a row that is not a probability distribution, or if `base`
        is not above 1.

    See Also
    --------
    consensus_entropy : The entropy of the mean over a committee.

    References
    ----------
    C. E. Shannon (1948). A mathematical theory of communication. Bell System Technical Journal.

    B. Settles (2009). Active learning literature survey. University of Wisconsin-Madison.

    Examples
    --------
    >>> from skal.acquisition import entropy
    >>> entropy([[1.0, 0.0, 0.0], [0.25, 0.5, 0.25], [0.5, 0.0, 0.5]])
    array([0. , 1.5, 1. ])
    """
    return _kernels.entropy(check_proba(proba, ndim=(2,)), checked_base(base))
