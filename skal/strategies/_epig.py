"""EPIG: labels that tell most about the predictions on samples that matter."""

from .._base import Integral, Interval, draw_at_most, rows_given
from ..acquisition import epig, information_on_targets
from ..pool import Pool
from ._consistent import check_consistent
from .base import ScoreStrategy

__all__ = ["EPIG"]


class EPIG(ScoreStrategy):
    r"""Choose the samples whose labels tell most about the labels of target samples.

    The score is the expected predictive information gain in bits, the mean over target samples z
    of the mutual information of the label of a sample x and that of z,

    .. math:: H(y_x) + H(y_z) - H(y_x, y_z), \quad
              p(y_x, y_z) = \frac{1}{T} \sum_t p_t(y_x) p_t(y_z),

    with the probabilities :math:`p_t` of T members. :class:`BALD` asks for whatever tells the
    members apart, also where this changes no prediction that anybody needs; EPIG does not. It
    helps where the pool holds much that the model will never be used on, and `target` says on
    what it will be. Where target samples are like the pool, expect no more than from
    ``UncertaintySampling("margin")``. Samples are scored one by one, and those with the largest
    scores are often near copies of each other: for batches of more than a few samples, draw them
    with :class:`StochasticBatch`.

    The model is a :class:`~skal.Committee`, a list of classifiers, a voting or bagging
    classifier, a forest, or any model with a method `member_proba(X)`.

    Parameters
    ----------
    target : rows of X, Pool or None, default=None
        The samples that matter, of the kind that the model takes; no labels are needed. The
        members of the model predict them. For a pool that was made of arrays it is a Pool with
        `member_proba` by the same members. None stands for the pool that is chosen from.
    n_targets : int, default=200
        Largest number of target samples, at least 1. If there are more, so many are drawn at
        random in each query. Time grows in proportion to it.

    Raises
    ------
    ValueError
        If members are not the same functions for all samples (``members_consistent=False``), or
        if `target` holds no samples or probabilities by other members.
    MissingOutputError
        If `target` holds rows but the pool was made of arrays.

    See Also
    --------
    BALD : What the label tells about the members.
    skal.acquisition.epig : The score as a function of arrays.

    References
    ----------
    F. Bickford Smith, A. Kirsch, S. Farquhar, Y. Gal, A. Foster and T. Rainforth (2023).
    Prediction-oriented Bayesian active learning. AISTATS. arXiv:2304.08151.

    Examples
    --------
    Members disagree on both samples. Only the first disagreement matters for the target.

    >>> from skal import Pool
    >>> from skal.strategies import EPIG
    >>> zero, one = [1.0, 0.0], [0.0, 1.0]
    >>> members = [[zero, zero], [zero, one], [one, zero], [one, one]]
    >>> target = Pool.from_arrays(member_proba=[[zero], [zero], [one], [one]])
    >>> EPIG(target).score_samples(Pool.from_arrays(member_proba=members))
    array([1., 0.])
    """

    _parameter_constraints = {
        "target": "no_validation",
        "n_targets": [Interval(Integral, 1, None, closed="left")],
    }

    _scores_alone = False

    def __init__(self, target=None, n_targets=200):
        self.target = target
        self.n_targets = n_targets

    def score_samples(self, pool):
        """Return the information about the targets in bits, of shape (n_samples,)."""
        check_consistent(pool, self)
        targets = self._targets(pool)
        check_consistent(targets, self)
        drawn = draw_at_most(pool.random_state, len(targets), self.n_targets)
        proba = targets.take(drawn).member_proba
        # Refuses targets that do not fit, once and not in every block.
        epig(pool.take([0]).member_proba, proba)
        return pool.map(lambda members: information_on_targets(members, proba), "member_proba")

    def _targets(self, pool):
        if self.target is None:
            return pool
        targets = self.target
        if not isinstance(targets, Pool):
            targets = pool.with_rows(rows_given(targets, "target"))
        if not len(targets):
            raise ValueError(
                "target must hold at least one sample, got none. None stands for the pool."
            )
        return targets
