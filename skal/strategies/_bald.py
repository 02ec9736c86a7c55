"""BALD and BatchBALD: mutual information between labels and the members of a committee."""

import numpy as np

from .._base import Integral, Interval, warn_user
from ..acquisition import _kernels
from ._consistent import check_consistent
from ._joint_entropy import NEGLIGIBLE, greedy_batch
from ._selection import Selection
from .base import QueryStrategy, ScoreStrategy

__all__ = ["BALD", "BatchBALD"]


class BALD(ScoreStrategy):
    """Choose the samples whose labels tell most about which member is right.

    The score is the mutual information of the label and the member in bits,
    ``H(mean_t p_t) - mean_t H(p_t)``. It is large where each member is certain and the members
    contradict each other, and 0 where all members agree, however uncertain they are. Each sample
    is scored independently of the others.

    The model is a :class:`~skal.Committee`, a list of classifiers, a voting or bagging
    classifier, a forest, or any model with a method `member_proba(X)`.

    See Also
    --------
    BatchBALD : Scores the batch as a whole.
    skal.acquisition.bald : The score as a function of arrays.

    References
    ----------
    N. Houlsby, F. Huszar, Z. Ghahramani and M. Lengyel (2011). Bayesian active learning for
    classification and preference learning. arXiv:1112.5745.

    Y. Gal, R. Islam and Z. Ghahramani (2017). Deep Bayesian active learning with image data.
    ICML. arXiv:1703.02910.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import BALD
    >>> unsure, zero, one = [0.5, 0.5], [1.0, 0.0], [0.0, 1.0]
    >>> pool = Pool.from_arrays(member_proba=[[unsure, zero, zero], [unsure, zero, one]])
    >>> BALD().score_samples(pool)
    array([0., 0., 1.])
    """

    _parameter_constraints = {}

    _scores_alone = True

    def score_samples(self, pool):
        """Return the mutual information of label and member, of shape (n_samples,)."""
        return pool.map(*self._per_sample(pool))

    def _per_sample(self, pool):
        return _kernels.bald, "member_proba"


class BatchBALD(QueryStrategy):
    """Choose the batch whose labels together tell most about which member is right.

    The batch S is chosen to maximize the mutual information of all its labels and the member,
    ``I(S) = H(y_S) - sum_{i in S} mean_t H(p_t(y_i))``. The greedy choice, which adds the sample
    of the largest gain in each step, reaches at least ``1 - 1/e`` of the optimum. Where samples
    are similar, :class:`BALD` fills a batch with near copies of one sample. BatchBALD takes the
    unknown label of each chosen sample into account when it chooses the next one.

    The joint entropy is a sum over all configurations of labels as long as their number is at
    most `n_joint_samples`. Beyond that it is estimated without bias from labels that are drawn
    from the members, equally many from each. The drawn labels are kept and extended from pick to
    pick.

    Parameters
    ----------
    n_joint_samples : int, default=10_000
        Largest number of label configurations, at least 1. The joint entropy is exact while
        ``n_classes ** n_picked`` is at most this number; beyond, this many configurations are
        drawn, rounded up to a multiple of the number of members.
    n_candidates : int, default=None
        Number of samples with the largest BALD scores among which the batch is chosen. At least
        as many samples as the batch holds are considered. None stands for all samples.

    Warns
    -----
    UserWarning
        If the first labels of the batch tell everything about the members. The rest of the batch
        is then ordered by BALD scores; equal scores by position.

    See Also
    --------
    BALD : Scores each sample independently of the others.

    Notes
    -----
    Members must be the same functions for all samples, because the labels of two samples depend
    on each other only through the member that gives both. A pool with
    ``members_consistent=False``, such as one with dropout masks that are drawn anew for each
    batch of rows, raises an error.

    Where labels are noisy, a second label of the same sample still carries information. Two equal
    samples may therefore both be chosen.

    The gain of a sample is the information in its label once the labels of the samples chosen
    before are known, averaged over these labels. Most gains need not be computed. As long as the
    joint entropy is exact, a gain is at most the gain before the last pick. It is also at most the
    gain that follows from merging similar label configurations. Neither bound changes the batch.

    Memory grows with ``n_joint_samples * n_members``. The members' probabilities are held for the
    whole pool at once, unless `n_candidates` is given and they exceed scikit-learn's
    `working_memory`.

    References
    ----------
    A. Kirsch, J. van Amersfoort and Y. Gal (2019). BatchBALD: efficient and diverse batch
    acquisition for deep Bayesian active learning. NeurIPS. arXiv:1906.08158.

    Examples
    --------
    The labels of the first two samples carry the same information. The label of the third
    carries less, but other information.

    >>> from skal import Pool
    >>> from skal.strategies import BALD, BatchBALD
    >>> yes, no = [0.0, 1.0], [1.0, 0.0]
    >>> likely, unlikely = [0.2, 0.8], [0.8, 0.2]
    >>> member_proba = [
    ...     [yes, yes, likely],
    ...     [yes, yes, unlikely],
    ...     [no, no, likely],
    ...     [no, no, unlikely],
    ... ]
    >>> pool = Pool.from_arrays(member_proba=member_proba)
    >>> sorted(BALD().query(pool, n=2).tolist())
    [0, 1]
    >>> BatchBALD().query(pool, n=2)
    array([0, 2])
    """

    _parameter_constraints = {
        "n_joint_samples": [Interval(Integral, 1, None, closed="left")],
        "n_candidates": [Interval(Integral, 1, None, closed="left"), None],
    }

    def __init__(self, n_joint_samples=10_000, n_candidates=None):
        self.n_joint_samples = n_joint_samples
        self.n_candidates = n_candidates

    def _query(self, pool, n):
        check_consistent(pool, self)
        candidates, members, scores = self._candidates(pool, n)
        chosen, gains = greedy_batch(members, scores, n, self.n_joint_samples, pool.random_state)
        if len(gains) < n:
            _warn_nothing_left(len(gains), n)
        order = _filled_to(n, chosen, scores)
        # The rest of the batch adds no information to the labels before it.
        gains += [0.0] * (n - len(gains))
        return Selection(candidates[order], np.array(gains))

    def _candidates(self, pool, n):
        """Return the positions of the candidates, their members' probabilities and scores."""
        if self.n_candidates is None:
            members = pool.member_proba
            return np.arange(len(pool)), members, _kernels.bald(members)
        scores = pool.map(_kernels.bald, "member_proba")
        # In the order of the pool, so that equal gains go to the lowest position.
        best = np.sort(_best_first(scores)[: max(n, self.n_candidates)])
        return best, pool.take(best).member_proba, scores[best]


def _warn_nothing_left(n_told, n):
    found = (
        f"after {n_told} of the {n} samples no other label tells more about the members"
        if n_told
        else "the members agree on every sample, so that no label tells which of them is right"
    )
    warn_user(
        f"BatchBALD: {found}. The rest of the batch is in the order of the BALD scores, lowest "
        "position first. Use more members, or more diverse ones, to tell samples apart."
    )


def _best_first(scores):
    """Return all positions by score, best first; scores equal up to rounding by position."""
    return np.argsort(-np.rint(scores / NEGLIGIBLE), kind="stable")


def _filled_to(n, chosen, scores):
    """Return `n` positions: the `chosen` ones, then the other samples by score."""
    order = _best_first(scores)
    rest = order[~np.isin(order, chosen)]
    return np.concatenate([np.array(chosen, dtype=np.intp), rest])[:n]
