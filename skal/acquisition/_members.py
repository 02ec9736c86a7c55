"""Scores of the probabilities by each member: entropies, disagreement and spread."""

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


def zero_one(member_proba):
    """Score samples by how much more often members are right about themselves than the consensus.

    The score is ``mean_t max_c p_tc - max_c mean_t p_tc``: the mean confidence of the members less
    the confidence of the consensus. If one member were known to be right, predictions would be
    right that much more often. It is 0 where all members favor the same class, however much their
    probabilities differ, and at most ``1 - 1 / min(n_members, n_classes)``.

    Parameters
    ----------
    member_proba : array-like of shape (n_members, n_samples, n_classes)
        Probabilities by each member.

    Returns
    -------
    scores : ndarray of shape (n_samples,)
        Larger where a label is wanted more; never below 0.

    Raises
    ------
    ValueError
        If `member_proba` has a wrong shape or a row that is not a probability distribution.

    See Also
    --------
    bald : The same difference of entropies.

    References
    ----------
    M. H. DeGroot (1962). Uncertainty, information, and sequential experiments. Annals of
    Mathematical Statistics.

    Examples
    --------
    >>> from skal.acquisition import zero_one
    >>> unsure, zero, one = [0.5, 0.5], [1.0, 0.0], [0.0, 1.0]
    >>> zero_one([[zero, unsure, zero], [zero, zero, one]])
    array([0. , 0. , 0.5])
    """
    return _kernels.zero_one(checked_members(member_proba))


def mean_std(member_proba):
    """Score samples by how much the probabilities of the members vary.

    The score is the mean over classes of the standard deviation over members,
    ``mean_c sqrt(mean_t (p_tc - mean_t p_tc)^2)``: 0 where all members agree, at most 1/2.

    Parameters
    ----------
    member_proba : array-like of shape (n_members, n_samples, n_classes)
        Probabilities by each member.

    Returns
    -------
    scores : ndarray of shape (n_samples,)
        Larger where a label is wanted more.

    Raises
    ------
    ValueError
        If `member_proba` has a wrong shape or a row that is not a probability distribution.

    See Also
    --------
    bald : Weighs deviations by how improbable they are.

    References
    ----------
    M. Kampffmeyer, A.-B. Salberg and R. Jenssen (2016). Semantic segmentation of small objects
    and modeling of uncertainty in urban remote sensing images using deep convolutional neural
    networks. CVPR Workshops.

    Y. Gal, R. Islam and Z. Ghahramani (2017). Deep Bayesian active learning with image data.
    ICML. arXiv:1703.02910.

    Examples
    --------
    >>> from skal.acquisition import mean_std
    >>> zero, one = [1.0, 0.0], [0.0, 1.0]
    >>> mean_std([[zero, zero], [zero, one]])
    array([0. , 0.5])
    """
    return _kernels.mean_std(checked_members(member_proba))
