"""BALD and BatchBALD: ask for the labels that tell most about which member is right."""

import numpy as np

from .._base import Integral, Interval, warn_user
from ..acquisition import _kernels
from ._joint_entropy import NEGLIGIBLE, greedy_batch
from ._selection import Selection
from .base import QueryStrategy, ScoreStrategy

__all__ = ["BALD", "BatchBALD"]


class BALD(ScoreStrategy):
    """Choose the samples whose labels tell most about which member is right.

    The score is the mutual information of the label and the member in bits,
    ``H(mean_t p_t) - mean_t H(p_t)``: large where each member is sure and they contradict each
    other, 0 where all agree, however unsure they are. Every sample is scored on its own.

    Works with a :class:`~skal.Committee`, a list of classifiers, voting, bagging, forests and
    every model with a method `member_proba(X)`.

    See Also
    --------
    BatchBALD : Looks at the batch as a whole.
    skal.acquisition.bald : The score.

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

    def score_samples(self, pool):
        """Return the mutual information of label and member, of shape (n_samples,)."""
        return pool.map(_kernels.bald, "member_proba")


class BatchBALD(QueryStrategy):
    """Choose the batch whose labels together tell most about which member is right.

    The batch S shall maximize the mutual information of all its labels and the member,
    ``I(S) = H(y_S) - sum_{i in S} mean_t H(p_t(y_i))``. Greedy choice, each sample the one that
    adds most to those before it, comes within ``1 - 1/e`` of the best batch. Where samples are
    much alike, :class:`BALD` spends a batch on copies of one question; here the answer to the
    first is taken into account when the next is chosen.

    The joint entropy runs over all configurations of labels as long as there are no more than
    `n_joint_samples`. Beyond, it is estimated without bias from labels drawn from the members,
    equally many from each; the sample is kept and extended from pick to pick.

    Parameters
    ----------
    n_joint_samples : int, default=10_000
        Number of label configurations: exact while ``n_classes ** n_picked`` is no larger, this
        many samples beyond (rounded up to a multiple of the number of members).
    n_candidates : int, default=None
        Only so many samples, the best by BALD, are considered, though never fewer than the
        batch. None: all.

    Warns
    -----
    UserWarning
        If the first labels of the batch tell everything about the members. The rest of the batch
        is then in the order of the BALD scores, lowest position first.

    See Also
    --------
    BALD : Scores every sample on its own.

    Notes
    -----
    Members must be the same functions for every sample: labels of two samples have something
    in common only through the member that gives both. A pool with
    ``members_consistent=False``, as with dropout masks that are drawn again for each batch, is
    refused.

    Where labels are noisy, a second label of the same sample still informs. So it is right that
    two equal samples may both be chosen.

    The gain of a sample is what its label tells once those before it are known, averaged over
    what these may be. Most gains need not be computed: a gain is at most what it was before
    the last pick (as long as the table is exact), and at most what it is with similar
    configurations merged into one. Neither bound changes the batch: it is that of the full
    computation.

    Memory grows with ``n_joint_samples * n_members``. The members are asked for the whole pool
    at once, unless `n_candidates` is given and they exceed scikit-learn's `working_memory`.

    References
    ----------
    A. Kirsch, J. van Amersfoort and Y. Gal (2019). BatchBALD: efficient and diverse batch
    acquisition for deep Bayesian active learning. NeurIPS. arXiv:1906.08158.

    Examples
    --------
    The labels of the first two samples tell the same; the label of the third tells less, but
    something else.

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
        _check_consistent(pool)
        candidates, members, scores = self._candidates(pool, n)
        chosen, gains = greedy_batch(members, scores, n, self.n_joint_samples, pool.random_state)
        if len(gains) < n:
            _warn_nothing_left(len(gains), n)
        order = _filled_up(chosen, scores, n)
        # What is left of the batch adds nothing to what the labels before it tell.
        gains += [0.0] * (n - len(gains))
        return Selection(candidates[order], np.array(gains))

    def _candidates(self, pool, n):
        """Return the positions of the candidates, their members' probabilities and BALD scores."""
        if self.n_candidates is None:
            members = pool.member_proba
            return np.arange(len(pool)), members, _kernels.bald(members)
        scores = pool.map(_kernels.bald, "member_proba")
        best = np.sort(_best_first(scores)[: max(n, self.n_candidates)])
        return best, pool.take(best).member_proba, scores[best]


def _check_consistent(pool):
    if not pool.members_consistent:
        raise ValueError(
            "BatchBALD needs members that are the same functions for every sample, but this "
            "pool says members_consistent=False. Use BALD(), which looks at each sample on its "
            "own, or a model whose members do not change from one batch of samples to the next, "
            "such as skal.Committee or dropout masks that are fixed for a query."
        )


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
    """Return all positions by score, the lowest first where scores differ by rounding alone."""
    return np.argsort(-np.rint(scores / NEGLIGIBLE), kind="stable")


def _filled_up(chosen, scores, n):
    """Return `n` positions: the `chosen`, and after them those of the largest scores."""
    order = _best_first(scores)
    rest = order[~np.isin(order, chosen)]
    return np.concatenate([np.array(chosen, dtype=np.intp), rest])[:n]
