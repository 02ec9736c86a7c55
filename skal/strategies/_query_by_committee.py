"""Query by committee: choose the samples on which the members disagree."""

from functools import partial

import numpy as np

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
OF_NUMBERS = {"variance": _kernels.variance}


class QueryByCommittee(ScoreStrategy):
    """Choose the samples on which the members of a committee disagree most.

    The model is a :class:`~skal.Committee`, a list of classifiers or regressors, voting or
    bagging, a forest, or any model with a method `member_proba(X)` or `member_prediction(X)`.

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

        Where a sample may have several labels, the mean over labels: each label is a question of
        two classes.

        Of the numbers that the members of a committee of regressors predict:

        - "variance": their variance.

        A callable takes probabilities of shape (n_members, n_samples, n_classes), or numbers of
        shape (n_members, n_samples) where the members are regressors, and returns scores of shape
        (n_samples,).

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

    R. Burbidge, J. J. Rowland and R. D. King (2007). Active learning for regression based on query
    by committee. IDEAL.

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
    >>> pool = Pool.from_arrays(member_prediction=[[2.0, 3.0], [2.1, 9.0]])
    >>> QueryByCommittee("variance").query(pool)
    array([1])
    """

    _parameter_constraints = {
        "disagreement": [StrOptions({*OF_VOTES, *OF_PROBA, *OF_NUMBERS}), callable]
    }

    def __init__(self, disagreement="vote_entropy"):
        self.disagreement = disagreement

    @property
    def _scores_alone(self):
        return None if callable(self.disagreement) else True

    def score_samples(self, pool):
        """Return the disagreement on each sample, of shape (n_samples,)."""
        if callable(self.disagreement):
            # A callable may compare samples with each other, so it gets all of them at once.
            of_regressors = pool.has("member_prediction") and not pool.has("member_proba")
            return self.disagreement(
                pool.member_prediction if of_regressors else pool.member_proba
            )
        return pool.map(*self._per_sample(pool))

    def _per_sample(self, pool):
        if callable(self.disagreement):
            return None
        if self.disagreement in OF_NUMBERS:
            return OF_NUMBERS[self.disagreement], "member_prediction"
        if _of_labels(pool):
            return partial(_mean_over_labels, self.disagreement), "member_label_proba"
        if self.disagreement in OF_VOTES:
            measure = partial(OF_VOTES[self.disagreement], n_classes=len(pool.classes))
            return measure, "member_votes"
        return OF_PROBA[self.disagreement], "member_proba"


def _of_labels(pool):
    # A model without members is told that it lacks these, and not that it has several labels.
    names = ("member_label_proba", "label_proba", "label_decision")
    return not pool.has("member_proba") and any(map(pool.has, names))


def _mean_over_labels(disagreement, member_label_proba):
    """Return the mean over labels of a measure for the two classes "has it" and "has it not".

    Parameters
    ----------
    disagreement : str
    member_label_proba : ndarray of shape (n_members, n_samples, n_labels)
    """
    total = 0
    for has_it in np.moveaxis(member_label_proba, 2, 0):
        proba = np.stack([1 - has_it, has_it], axis=2)
        if disagreement in OF_VOTES:
            votes = (has_it > 0.5).astype(np.intp)
            total = total + OF_VOTES[disagreement](votes, 2)
        else:
            total = total + OF_PROBA[disagreement](proba)
    return total / member_label_proba.shape[2]
