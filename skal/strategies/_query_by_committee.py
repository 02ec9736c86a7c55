"""Query by committee: choose the samples on which the members disagree."""

from functools import partial

from .._base import StrOptions
from ..acquisition import _kernels
from .base import ScoreStrategy

__all__ = ["QueryByCommittee"]

# The pool has checked the probabilities, so the kernels need not check them again.
OF_VOTES = {
    "vote_entropy": _kernels.vote_entropy,
    "vote_margin": _kernels.vote_margin,
    "variation_ratio": _kernels.variation_ratio,
}
OF_PROBA = {
    "consensus_entropy": _kernels.consensus_entropy,
    "kl": _kernels.bald,  # the mean KL divergence to the consensus is the same number
    "max_kl": _kernels.max_kl,
    "zero_one": _kernels.zero_one,
}


class QueryByCommittee(ScoreStrategy):
    """Choose the samples on which the members of a committee disagree most.

    The model is a :class:`~skal.Committee`, a list of classifiers, a voting or bagging
    classifier, a forest, or any model with a method `member_proba(X)`.

    Parameters
    ----------
    disagreement : str or callable, default="vote_entropy"
        Measure of disagreement. Of the votes, with V(c) of T members voting for class c:

        - "vote_entropy": ``-sum_c V(c)/T log2 V(c)/T``;
        - "vote_margin": ``1 - (V(1) - V(2))/T`` with the two largest counts;
        - "variation_ratio": ``1 - V(1)/T``.

        Of the members' probabilities p_t and their mean, the consensus:

        - "consensus_entropy": the entropy of the consensus;
        - "kl": the mean over members of KL(p_t || consensus), which is also the
          Jensen-Shannon divergence and the mutual information of BALD;
        - "max_kl": the largest KL(p_t || consensus);
        - "zero_one": the mean over members of the largest probability, less the largest
          probability of the consensus.

        A callable takes probabilities of shape (n_members, n_samples, n_classes) and returns
        scores of shape (n_samples,).

    See Also
    --------
    skal.Committee : Make a committee out of any classifier.

    References
    ----------
    H. S. Seung, M. Opper and H. Sompolinsky (1992). Query by committee. COLT.

    I. Dagan and S. P. Engelson (1995). Committee-based sampling for training probabilistic
    classifiers. ICML.

    A. McCallum and K. Nigam (1998). Employing EM and pool-based active learning for text
    classification. ICML.

    M. H. DeGroot (1962). Uncertainty, information, and sequential experiments. Annals of
    Mathematical Statistics.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import QueryByCommittee
    >>> agree, differ = [0.9, 0.1], [0.2, 0.8]
    >>> pool = Pool.from_arrays(member_proba=[[agree, agree], [agree, differ]])
    >>> QueryByCommittee("kl").query(pool)
    array([1])
    """

    _parameter_constraints = {"disagreement": [StrOptions({*OF_VOTES, *OF_PROBA}), callable]}

    def __init__(self, disagreement="vote_entropy"):
        self.disagreement = disagreement

    @property
    def _scores_alone(self):
        return None if callable(self.disagreement) else True

    def score_samples(self, pool):
        """Return the disagreement on each sample, of shape (n_samples,)."""
        if callable(self.disagreement):
            # A callable may compare samples with each other, so it gets all of them at once.
            return self.disagreement(pool.member_proba)
        return pool.map(*self._per_sample(pool))

    def _per_sample(self, pool):
        if callable(self.disagreement):
            return None
        if self.disagreement in OF_VOTES:
            measure = partial(OF_VOTES[self.disagreement], n_classes=len(pool.classes))
            return measure, "member_votes"
        return OF_PROBA[self.disagreement], "member_proba"
