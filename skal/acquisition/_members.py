"""Scores of the probabilities by each member: entropies, BALD and Kullback-Leibler."""

from . import _kernels
from ._checks import checked_base, checked_members


def consensus_entropy(member_proba, *, base=2):
    """Score samples by the entropy of the mean over the members of a committee.

    The score is ``H(consensus)``, where the consensus is the mean of the members' probabilities
    and H the entropy: the total uncertainty. It is the sum of the uncertainty within members
    (:func:`expected_entropy`) and the disagreement between members (:func:`bald`).

    Parameters
    ----------
    member_proba : array-like of shape (n_members, n_samples, n_classes)
        Probabilities by each member.
    base : float, default=2
        Base of the logarithm, above 1.

    Returns
    -------
    scores : ndarray of shape (n_samples,)
        Larger where a label is wanted more.

    Raises
    ------
    ValueError
        If `member_proba` has a wrong shape or a row that is not a probability distribution, or if
        `base` is not above 1.

    References
    ----------
    Y. Gal, R. Islam and Z. Ghahramani (2017). Deep Bayesian active learning with image data.
    ICML. arXiv:1703.02910.

    Examples
    --------
    >>> from skal.acquisition import consensus_entropy
    >>> unsure, zero, one = [0.5, 0.5], [1.0, 0.0], [0.0, 1.0]
    >>> consensus_entropy([[zero, unsure, zero], [zero, unsure, one]])
    array([0., 1., 1.])
    """
    return _kernels.consensus_entropy(checked_members(member_proba), checked_base(base))


def expected_entropy(member_proba, *, base=2):
    """Score samples by the mean entropy of the members of a committee.

    The score is ``mean_t H(p_t)``, the uncertainty within each member. More labels may not reduce
    it, for labels may be noisy.

    Parameters
    ----------
    member_proba : array-like of shape (n_members, n_samples, n_classes)
        Probabilities by each member.
    base : float, default=2
        Base of the logarithm, above 1.

    Returns
    -------
    scores : ndarray of shape (n_samples,)
        Larger where members are less certain. Not a measure of how much a label is wanted.

    Raises
    ------
    ValueError
        If `member_proba` has a wrong shape or a row that is not a probability distribution, or if
        `base` is not above 1.

    References
    ----------
    S. Depeweg, J. M. Hernandez-Lobato, F. Doshi-Velez and S. Udluft (2018). Decomposition of
    uncertainty in Bayesian deep learning. ICML. arXiv:1710.07283.

    Examples
    --------
    >>> from skal.acquisition import expected_entropy
    >>> unsure, zero, one = [0.5, 0.5], [1.0, 0.0], [0.0, 1.0]
    >>> expected_entropy([[zero, unsure, zero], [zero, unsure, one]])
    array([0., 1., 0.])
    """
    return _kernels.expected_entropy(checked_members(member_proba), checked_base(base))


def bald(member_proba, *, base=2):
    """Score samples by how much their label would tell about which member is right.

    The score is ``H(consensus) - mean_t H(p_t)``, the mutual information of the label and the
    member. The same number is the mean over members of ``KL(p_t || consensus)`` and the
    Jensen-Shannon divergence of the members. It is 0 where all members agree and at most
    ``log min(n_members, n_classes)``.

    Parameters
    ----------
    member_proba : array-like of shape (n_members, n_samples, n_classes)
        Probabilities by each member.
    base : float, default=2
        Base of the logarithm, above 1.

    Returns
    -------
    scores : ndarray of shape (n_samples,)
        Larger where a label is wanted more; never below 0.

    Raises
    ------
    ValueError
        If `member_proba` has a wrong shape or a row that is not a probability distribution, or if
        `base` is not above 1.

    See Also
    --------
    max_kl : The member furthest from the consensus instead of the mean.

    References
    ----------
    N. Houlsby, F. Huszar, Z. Ghahramani and M. Lengyel (2011). Bayesian active learning for
    classification and preference learning. arXiv:1112.5745.

    A. McCallum and K. Nigam (1998). Employing EM and pool-based active learning for text
    classification. ICML.

    J. Lin (1991). Divergence measures based on the Shannon entropy. IEEE Transactions on
    Information Theory.

    Examples
    --------
    >>> from skal.acquisition import bald
    >>> unsure, zero, one = [0.5, 0.5], [1.0, 0.0], [0.0, 1.0]
    >>> bald([[zero, unsure, zero], [zero, unsure, one]])
    array([0., 0., 1.])
    """
    return _kernels.bald(checked_members(member_proba), checked_base(base))


def max_kl(member_proba, *, base=2):
    """Score samples by the divergence of the member furthest from the consensus.

    The score is ``max_t KL(p_t || consensus)``: 0 where all members agree and at most
    ``log n_members``.

    Parameters
    ----------
    member_proba : array-like of shape (n_members, n_samples, n_classes)
        Probabilities by each member.
    base : float, default=2
        Base of the logarithm, above 1.

    Returns
    -------
    scores : ndarray of shape (n_samples,)
        Larger where a label is wanted more; never below 0.

    Raises
    ------
    ValueError
        If `member_proba` has a wrong shape or a row that is not a probability distribution, or if
        `base` is not above 1.

    See Also
    --------
    bald : The mean over members instead of the largest.

    References
    ----------
    S. Kullback and R. A. Leibler (1951). On information and sufficiency. Annals of Mathematical
    Statistics.

    Examples
    --------
    >>> from skal.acquisition import max_kl
    >>> zero, one = [1.0, 0.0], [0.0, 1.0]
    >>> max_kl([[zero, zero], [zero, zero], [zero, zero], [zero, one]])
    array([0., 2.])
    """
    return _kernels.max_kl(checked_members(member_proba), checked_base(base))
