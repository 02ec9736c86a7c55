"""Class-balanced batches: a quota for each predicted class."""

import heapq

import numpy as np

from ._in_parts import best_of_groups, scored_alone
from ._multilabel import MultilabelUncertainty
from ._selection import concatenated
from ._uncertainty import given_or_default
from .base import QueryStrategy, chooses_by_scores

__all__ = ["ClassBalanced"]


class ClassBalanced(QueryStrategy):
    """Divide a batch among the predicted classes, so that the labels become balanced.

    Uncertainty sampling can collapse onto few classes: the model is uncertain about classes with
    few labels, or never asks about a class that it has not learned yet. Here each predicted class
    c gets a quota q_c of the batch. The quotas minimize ``sum_c (n_c + q_c)^2``, where n_c is the
    number of labels of the class so far, and no quota exceeds the number of samples in the pool
    that are predicted to be of the class. Within each class the inner strategy chooses.

    Where a sample may have several labels, it counts for the rarest label that it probably has,
    and samples that probably have none are a group of their own.

    Parameters
    ----------
    strategy : QueryStrategy, default=None
        Strategy that chooses among the samples of one predicted class. None stands for
        ``UncertaintySampling("margin")``, for several labels for ``MultilabelUncertainty()``.

    See Also
    --------
    skal.plotting.ClassBalanceDisplay : Plot how labels are distributed over classes.

    Notes
    -----
    Quotas are per *predicted* class, so they balance only classes that the model can tell apart.
    Classes with equally many labels get their places in the order of `classes_`.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import ClassBalanced
    >>> proba = [[0.6, 0.4], [0.55, 0.45], [0.7, 0.3], [0.1, 0.9]]
    >>> ClassBalanced().query(Pool.from_arrays(proba=proba), n=2)
    array([1, 3])
    """

    _parameter_constraints = {"strategy": [QueryStrategy, None]}
    _reads_again = True  # classes are predicted from what the strategy may read

    def __init__(self, strategy=None):
        self.strategy = strategy

    def _query(self, pool, n):
        if not pool.has("predicted") and pool.has("label_proba"):
            strategy = MultilabelUncertainty() if self.strategy is None else self.strategy
            codes, counts = _groups_of_labels(pool)
            return self._query_by_groups(pool, n, given_or_default(strategy), codes, counts)
        strategy = given_or_default(self.strategy)
        if chooses_by_scores(strategy):
            return self._query_by_scores(pool, n, strategy)
        codes = pool.map(np.asarray, "predicted")
        return self._query_by_groups(pool, n, strategy, codes, _labels_per_class(pool))

    def _query_by_groups(self, pool, n, strategy, codes, counts):
        """Choose within each group on its own."""
        n_classes = len(counts)
        available = np.bincount(codes, minlength=n_classes)
        turns = _water_filling(counts, available, n)
        chosen = {}
        for code, quota in enumerate(np.bincount(turns, minlength=n_classes)):
            if quota:
                rows = np.flatnonzero(codes == code)
                chosen[code] = strategy.select(pool.take(rows), quota).at(rows)
        return _merged(chosen, turns)

    def _query_by_scores(self, pool, n, strategy):
        """Choose within all classes at once, because scores do not depend on the others."""
        n_classes, turns = len(pool.classes), []

        def quotas_of(available):
            turns.extend(_water_filling(_labels_per_class(pool), available, n))
            return np.bincount(turns, minlength=n_classes)

        score = scored_alone(strategy, pool) if pool.in_parts else strategy.scores
        return _merged(best_of_groups(pool, score, n, n_classes, quotas_of), turns)


def _merged(chosen, turns):
    """Merge the selections of the classes into one, in which classes follow each other as `turns`.

    Parameters
    ----------
    chosen : dict of int to Selection
        The selection of each class that has a quota.
    turns : list of n int
        The class of each place of the batch.
    """
    served, left = [], {code: len(selection) for code, selection in chosen.items()}
    for code in turns:
        if left[code]:  # an inner strategy with a budget may choose fewer
            left[code] -= 1
            served.append(code)
    # A stable sort of the turns gives, class by class, the places of the class in the batch; its
    # inverse puts the concatenated selections there.
    by_class = np.argsort(np.array(served, dtype=np.intp), kind="stable")
    return concatenated(chosen[code] for code in sorted(chosen)).ordered(np.argsort(by_class))


def _groups_of_labels(pool):
    """Return the group of each sample that may have several labels, and how many are labeled.

    The group of a sample is the rarest label that it probably has, of equally rare ones the
    first; samples that probably have no label are the last group.

    Returns
    -------
    groups : ndarray of shape (n_samples,)
    counts : ndarray of shape (n_labels + 1,)
        The numbers of labeled samples that have each label, and that have none.
    """
    y = pool.labeled.y if len(pool.labeled) else np.zeros((0, len(pool.classes)), dtype=int)
    counts = np.append(y.sum(axis=0), (y.sum(axis=1) == 0).sum())
    rarest_first = np.argsort(counts[:-1], kind="stable")

    def groups(proba):
        probable = proba[:, rarest_first] > 0.5
        first = np.argmax(probable, axis=1)
        return np.where(probable.any(axis=1), rarest_first[first], proba.shape[1])

    return pool.map(groups, "label_proba"), counts


def _labels_per_class(pool):
    """Return the number of labels of each class of the model, of shape (n_classes,)."""
    if not len(pool.labeled):
        return np.zeros(len(pool.classes), dtype=int)
    return np.array([np.count_nonzero(pool.labeled.y == label) for label in pool.classes])


def _water_filling(counts, available, n):
    """Assign `n` places to classes one by one, each to the class with the fewest labels so far.

    Parameters
    ----------
    counts : ndarray of shape (n_classes,)
        Number of labels of each class before the batch.
    available : ndarray of shape (n_classes,)
        Largest number of places for each class; the sum is at least `n`.
    n : int
        Number of places.

    Returns
    -------
    turns : list of n int
        The class of each place. The resulting numbers of labels minimize the sum of their
        squares: moving one place to another class never makes that sum smaller.
    """
    left = list(available)
    heap = [(count, code) for code, count in enumerate(counts) if left[code]]
    heapq.heapify(heap)
    turns = []
    while len(turns) < n:
        count, code = heapq.heappop(heap)
        turns.append(code)
        left[code] -= 1
        if left[code]:
            heapq.heappush(heap, (count + 1, code))
    return turns
