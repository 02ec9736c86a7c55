"""Uncertainty sampling: choose the samples whose predictions are least certain."""

from functools import partial

from .._base import StrOptions
from ..acquisition import _kernels, decision_margin
from ._names import find_strategy, make_strategy
from .base import ScoreStrategy

__all__ = ["UncertaintySampling"]

# The pool has checked the probabilities, so the kernels need not check them again.
MEASURES = {
    "margin": _kernels.margin,
    "least_confidence": _kernels.least_confidence,
    "entropy": _kernels.entropy,
}


def given_or_default(strategy):
    """Return `strategy`, that of a name, or margin sampling, which has scores, for None."""
    if isinstance(strategy, str):
        return make_strategy(find_strategy(strategy))
    return UncertaintySampling("margin") if strategy is None else strategy


class UncertaintySampling(ScoreStrategy):
    """Choose the samples whose predicted probabilities are least certain.

    Parameters
    ----------
    measure : {"margin", "least_confidence", "entropy"} or callable, default="margin"
        Measure of uncertainty, with p1 and p2 the two largest probabilities. "margin" is
        1 - (p1 - p2), "least_confidence" is 1 - p1, "entropy" is -sum p log2 p. With two classes
        all three rank samples in the same order. A callable takes probabilities of shape
        (n_samples, n_classes) and returns scores of shape (n_samples,). Samples with larger scores
        are chosen first.

    See Also
    --------
    Distinct : Leaves out copies, and samples that are too near to each other.
    SimpleMargin : Choose by the distance to the separating hyperplane.
    skal.acquisition : The measures as functions of arrays.

    Notes
    -----
    "margin" also works on a classifier that has no `predict_proba` but a `decision_function`. The
    score is then minus the difference of the two largest decision values. For two classes it is
    minus the absolute decision value, and for one-vs-one decision functions minus the absolute
    value that separates the two leading classes. On a committee that has neither of the two, like
    a :class:`~sklearn.ensemble.VotingClassifier` with ``voting="hard"``, the score is
    1 - (v1 - v2), with v1 and v2 the shares of votes of the two leading classes.

    Copies of a sample have the same score, so that a batch may hold several of them.
    ``Distinct(UncertaintySampling())`` takes each one once.

    References
    ----------
    D. D. Lewis and W. A. Gale (1994). A sequential algorithm for training text classifiers.
    SIGIR. arXiv:cmp-lg/9407020.

    T. Scheffer, C. Decomain and S. Wrobel (2001). Active hidden Markov models for information
    extraction. IDA.

    B. Settles (2009). Active learning literature survey. University of Wisconsin-Madison.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import UncertaintySampling
    >>> pool = Pool.from_arrays(proba=[[0.5, 0.5, 0.0], [0.4, 0.3, 0.3], [0.8, 0.1, 0.1]])
    >>> UncertaintySampling("margin").query(pool, n=2)
    array([0, 1])
    >>> UncertaintySampling("entropy").query(pool, n=2)
    array([1, 0])
    """

    _parameter_constraints = {"measure": [StrOptions(set(MEASURES)), callable]}

    def __init__(self, measure="margin"):
        self.measure = measure

    @property
    def _scores_alone(self):
        return None if callable(self.measure) else True

    def score_samples(self, pool):
        """Return the uncertainty of each sample, of shape (n_samples,)."""
        return uncertainty(pool, self.measure)

    def _per_sample(self, pool):
        return _measure_of(pool, self.measure)


def uncertainty(pool, measure="margin"):
    """Return the uncertainty of each sample of a pool, of shape (n_samples,)."""
    if pool.in_parts:
        return UncertaintySampling(measure).scores(pool)
    of_sample = _measure_of(pool, measure)
    return measure(pool.proba) if of_sample is None else pool.map(*of_sample)


def _measure_of(pool, measure):
    """Return a measure as a function of outputs, and the name of these, None for a callable."""
    if callable(measure):
        return None  # it may compare samples with each other, so it gets all of them at once
    if measure == "margin" and not pool.has("proba"):
        if pool.has("decision"):
            return partial(decision_margin, kind=pool.decision_kind), "decision"
        if pool.has("member_votes"):
            return partial(_kernels.vote_margin, n_classes=len(pool.classes)), "member_votes"
    return MEASURES[measure], "proba"
