"""Class balance: keep a batch from collapsing onto few classes."""

import heapq

import numpy as np

from ._selection import concatenated
from ._uncertainty import given_or_default
from .base import QueryStrategy

__all__ = ["ClassBalanced"]


class ClassBalanced(QueryStrategy):
    """Share a batch out among the predicted classes, the rarest labels first.

    Uncertainty sampling can collapse onto few classes: the model is unsure where it has few
    labels, or never asks about a class that it has not understood. Here each predicted class c
    gets a quota q_c such that the labels after the batch are as even as they can be: the
    quotas minimize ``sum_c (n_c + q_c)^2``, n_c being the labels there are, with no more than
    the pool holds of a class. Within a class the inner strategy chooses.

    Parameters
    ----------
    strategy : QueryStrategy, default=None
        Chooses among the samples of one predicted class; None stands for
        ``UncertaintySampling("margin")``.

    Notes
    -----
    Quotas are by *predicted* class, so they can only balance what the model can tell apart.
    Classes that tie are served in the order of `classes_`.

    See Also
    --------
    skal.plotting.ClassBalanceDisplay : Show how labels spread over classes.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import ClassBalanced
    >>> proba = [[0.6, 0.4], [0.55, 0.45], [0.7, 0.3], [0.1, 0.9]]
    >>> ClassBalanced().query(Pool.from_arrays(proba=proba), n=2)
    array([1, 3])
    """

    _parameter_constraints = {"strategy": [QueryStrategy, None]}

    def __init__(self, strategy=None):
        self.strategy = strategy

    def _query(self, pool, n):
        strategy = given_or_default(self.strategy)
        codes = pool.predicted
        n_classes = len(pool.classes)
        turns = _water_filling(_labels_per_class(pool), np.bincount(codes, minlength=n_classes), n)
        chosen = {}
        for code, quota in enumerate(np.bincount(turns, minlength=n_classes)):
            if quota:
                rows = np.flatnonzero(codes == code)
                chosen[code] = strategy.select(pool.take(rows), quota).at(rows)
        return _in_turns(chosen, turns)


def _in_turns(chosen, turns):
    """Merge the selections of the classes, in the order in which these had their turns."""
    by_class = np.argsort(turns, kind="stable")
    return concatenated(chosen[code] for code in sorted(chosen)).ordered(np.argsort(by_class))


def _labels_per_class(pool):
    """Return how many labels there are of each class that the model knows."""
    if not len(pool.labeled):
        return np.zeros(len(pool.classes), dtype=int)
    return np.array([np.count_nonzero(pool.labeled.y == label) for label in pool.classes])


def _water_filling(counts, available, n):
    """Give `n` places to classes one by one, each to the class of the fewest labels.

    Parameters
    ----------
    counts : ndarray of shape (n_classes,)
        Labels there are.
    available : ndarray of shape (n_classes,)
        The most places that a class can take; at least `n` altogether.
    n : int
        Number of places.

    Returns
    -------
    turns : list of n int
        The class that takes each place. Their counts minimize the sum of the squares of labels
        after all: moving a place elsewhere can only take it to a class of as many labels.
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
