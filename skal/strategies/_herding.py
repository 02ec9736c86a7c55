"""Herding: cover the pool with similarities, most where the model is in doubt."""

import numpy as np

from .._base import HasMethods, Integral, Interval, StrOptions, draw_positions
from ..geometry import Gaussian, greedy_coverage
from ..pool import MissingOutputError
from ._doubt import doubt_weights
from ._herding_space import bandwidth, finite_rows, scaled_space
from ._selection import Selection
from ._uncertainty import MEASURES
from .base import QueryStrategy

__all__ = ["MaxHerding", "UncertaintyHerding"]

FEWEST_CANDIDATES = 600
CANDIDATES_PER_PICK = 20


class MaxHerding(QueryStrategy):
    r"""Choose samples to which many samples of the pool are similar, labeled ones left aside.

    Each pick has the largest gain in the mean coverage of the pool, where the coverage of a sample
    is its largest similarity ``exp(-gamma d**2)`` to a labeled or chosen sample at the distance d.
    So the first picks are typical of large groups, and outliers come last. No model is needed if X
    is numeric: this is the default for a :term:`cold start`.

    Parameters
    ----------
    n_candidates : int, default=None
        From pools that are larger, so many samples are drawn at random. They are chosen from and
        covered, the others are not looked at; never fewer than `n`. None stands for
        ``max(600, 20 * n)``.
    embedding : embedding object, default=None
        The space in which distances are measured, see :mod:`skal.embeddings`. None stands for
        :class:`~skal.embeddings.ModelEmbedding`, the model's own feature space.

    See Also
    --------
    UncertaintyHerding : Also regards the predictions, once there is a model.
    KMeansSampling : Chooses the samples nearest to the centers of clusters.
    skal.geometry.max_coverage : The choice as a function of arrays.

    Notes
    -----
    - The columns of a dense embedding are divided by their standard deviations over the
      candidates, so that no unit of measurement counts more than another. Sparse rows are taken as
      they are.
    - gamma is such that the mean similarity of pairs of distinct candidates is
      ``min(0.5, 1 / (n_labeled + n))``: a label covers its share of the pool, in any number of
      dimensions. The paper has a fixed radius on normalized features.
    - Copies of labeled or chosen samples gain nothing, so they come last.

    Before there are any labels, models fitted on its batches were on most data sets more accurate
    than those on as many random samples. It asks about dense regions first, so it can be behind
    where a class is scattered between them, or where samples form no groups at all.

    References
    ----------
    W. Bae, J. Noh and D. J. Sutherland (2024). Generalized coverage for more robust low-budget
    active learning. ECCV. arXiv:2407.12212.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import MaxHerding
    >>> pool = Pool.from_arrays([[0.0], [1.0], [2.0], [9.0], [10.0], [11.0], [99.0]])
    >>> MaxHerding().query(pool, n=2)
    array([2, 4])
    """

    _parameter_constraints = {
        "n_candidates": [Interval(Integral, 1, None, closed="left"), None],
        "embedding": [HasMethods("transform"), None],
    }
    _reads = ()

    def __init__(self, n_candidates=None, embedding=None):
        self.n_candidates = n_candidates
        self.embedding = embedding

    def _query(self, pool, n):
        return herd(pool, n, self)


class UncertaintyHerding(QueryStrategy):
    r"""Choose samples that stand for many samples about which the model is in doubt.

    Each pick has the largest gain in the weighted coverage of the pool, where the coverage of a
    sample is its largest similarity ``exp(-gamma d**2)`` to a labeled or chosen sample at the
    distance d. With v the uncertainty of a sample, relative to the largest one among the
    candidates, its weight is

    .. math:: w = 0.7 \, \frac{v^p}{\operatorname{mean}(v^p)} + 0.3.

    So picks are uncertain, differ from each other and from labeled samples, and stand for many
    others. The floor of 0.3 lets regions be explored of which the model is wrongly certain. This
    is the default strategy of :class:`~skal.ActiveLearner`. As long as there is no model, all
    weights are equal, and the strategy is the same as :class:`MaxHerding`.

    Parameters
    ----------
    measure : {"margin", "least_confidence", "entropy", "std"} or callable, default="margin"
        Measure of uncertainty, as in :class:`UncertaintySampling`, or for regressors "std", the
        standard deviation of the prediction, see :class:`StandardDeviation`. The values of a
        callable are brought to 0..1 by their least and largest value among the candidates.
    n_candidates : int, default=None
        From pools that are larger, so many samples are drawn at random. They are chosen from and
        covered, and nothing is computed for the others; never fewer than `n`. None stands for
        ``max(600, 20 * n)``. More is not better: where a class is rare, whole pools do worse.
    embedding : embedding object, default=None
        The space in which distances are measured, see :mod:`skal.embeddings`. None stands for
        :class:`~skal.embeddings.ModelEmbedding`, the model's own feature space.

    See Also
    --------
    UncertaintySampling : Needs no distances, and works on any X.
    MaxHerding : The same without a model.
    skal.geometry.max_coverage : The choice as a function of arrays.

    Notes
    -----
    The method is UHerding of the paper with these changes:

    - Columns are scaled and gamma is chosen as in :class:`MaxHerding`.
    - "margin" also works without `predict_proba`. The confidence is then the hyperbolic tangent of
      the difference of the two largest decision values; for two classes of the absolute decision
      value, and for one-vs-one decision functions of the value that separates the two leading
      classes. On a committee that has neither, like a hard
      :class:`~sklearn.ensemble.VotingClassifier`, it is the difference of the shares of votes of
      the two leading classes.
    - The exponent p is 2 for balanced labels, and larger the more one-sided the labels are: the
      least one from 2 to 64 at which the exponential of the entropy of the weights ``v ** p`` is
      at most the number of candidates times the entropy of the labels, as a share of the largest
      possible one. So fewer samples count as uncertain where a class is rare. For "std" it is 2,
      so that samples count by their variances.
    - If one sample is asked for and the number of labels is a multiple of 10, all weights are
      equal. Otherwise, one by one, a group of which the model is wrongly certain might never be
      asked about.

    Copies of a labeled or chosen sample come last, as in :class:`MaxHerding`.

    On the average over data sets, with a support vector classifier or logistic regression and
    batches of 10 or 50, it is ahead of margin sampling. One sample at a time on easy data the two
    are equal, and late on sparse text margin sampling is slightly ahead.

    References
    ----------
    W. Bae, G. L. Oliveira and D. J. Sutherland (2024). Uncertainty herding: one active learning
    method for all label budgets. arXiv:2412.20644.

    W. Bae, J. Noh and D. J. Sutherland (2024). Generalized coverage for more robust low-budget
    active learning. ECCV. arXiv:2407.12212.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import UncertaintyHerding
    >>> X = [[0.0], [0.1], [0.2], [5.0], [9.0]]
    >>> proba = [[0.5, 0.5], [0.51, 0.49], [0.52, 0.48], [0.6, 0.4], [1.0, 0.0]]
    >>> labeled = Pool.from_arrays([[8.8], [2.0]], y=[0, 1])
    >>> pool = Pool.from_arrays(X, proba=proba, labeled=labeled)
    >>> UncertaintyHerding().query(pool, n=2)
    array([1, 3])
    >>> pool = Pool.from_arrays(X, prediction_std=[3, 3, 3, 2, 0.1], labeled=labeled)
    >>> UncertaintyHerding("std").query(pool, n=2)
    array([1, 3])
    """

    _parameter_constraints = {
        "measure": [StrOptions({*MEASURES, "std"}), callable],
        "n_candidates": [Interval(Integral, 1, None, closed="left"), None],
        "embedding": [HasMethods("transform"), None],
    }

    def __init__(self, measure="margin", n_candidates=None, embedding=None):
        self.measure = measure
        self.n_candidates = n_candidates
        self.embedding = embedding

    @property
    def _reads(self):
        return ("prediction_std",) if self.measure == "std" else ("proba",)

    def _query(self, pool, n):
        return herd(pool, n, self, lambda candidates: doubt_weights(candidates, n, self.measure))


def herd(pool, n, strategy, weigh=lambda candidates: None):
    """Return the selection of a herding strategy, with the gain in coverage of each pick."""
    drawn = _draw(pool, n, strategy.n_candidates)
    candidates = pool if drawn is None else pool.take(drawn)
    rows, labeled = scaled_space(candidates, strategy.embedding, strategy._reads)
    weights = weigh(candidates)
    n_labeled = 0 if labeled is None else len(labeled)
    similarities = Gaussian(rows, bandwidth(rows, min(0.5, 1 / (n_labeled + n))))
    cover = None if labeled is None else similarities.of_labeled(labeled)
    selection = Selection(*greedy_coverage(similarities, n, weights, cover))
    return selection if drawn is None else selection.at(drawn)


def has_space(strategy, pool, n):
    """Whether a herding strategy can measure distances; found out on its candidates alone."""
    if not len(pool):
        return True  # nothing to measure; the query says that the pool is empty
    pool = pool.asked_by(strategy)
    drawn = _draw(pool, min(n, len(pool)), strategy.n_candidates)
    try:
        candidates = pool if drawn is None else pool.take(drawn)
        finite_rows(candidates, strategy.embedding, strategy._reads)
        if len(pool.labeled):
            finite_rows(pool.labeled, strategy.embedding)
    except MissingOutputError:
        return False
    return True


def _draw(pool, n, n_candidates):
    """Return the positions of random candidates, or None if all samples are candidates."""
    size = n_candidates or max(FEWEST_CANDIDATES, CANDIDATES_PER_PICK * n)
    size = max(int(size), n)  # True is 1
    if len(pool) <= size:
        return np.arange(len(pool)) if pool.in_parts else None
    return np.sort(draw_positions(pool.random_state, len(pool), size))
