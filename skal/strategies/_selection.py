"""`Selection`, the samples that a strategy chose, with their scores."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Selection:
    """Samples that a strategy chose from a pool.

    A selection is returned by :meth:`QueryStrategy.select` and :meth:`ActiveLearner.select`.

    Parameters
    ----------
    positions : ndarray of shape (n,), dtype intp
        Distinct positions in the pool, best first.
    scores : ndarray of shape (n,) or None, default=None
        The score by which each of these samples was chosen, in the order of `positions`. For a
        greedy strategy it is the gain at the time of the pick. None if the strategy does not
        score samples.
    strategy : QueryStrategy, default=None
        The strategy that chose the samples, which may be the default or the cold start strategy
        of a learner.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import UncertaintySampling
    >>> pool = Pool.from_arrays(proba=[[1.0, 0.0], [0.5, 0.5], [0.75, 0.25]])
    >>> selection = UncertaintySampling("margin").select(pool, n=2)
    >>> selection.positions, selection.scores
    (array([1, 2]), array([1. , 0.5]))
    >>> selection.strategy
    UncertaintySampling()
    """

    positions: np.ndarray
    scores: np.ndarray = None
    strategy: object = None

    def __len__(self):
        return len(self.positions)

    def at(self, rows):
        """Return the selection with its positions in a larger pool.

        Parameters
        ----------
        rows : ndarray of int of shape (n_rows,)
            For each sample of the pool that was chosen from, its position in the larger pool.

        Returns
        -------
        selection : Selection
            The same samples, scores and strategy.
        """
        return Selection(rows[self.positions], self.scores, self.strategy)

    def ordered(self, order):
        """Return the selection in another order, or a part of it.

        Parameters
        ----------
        order : ndarray of int or slice
            Indices into this selection.

        Returns
        -------
        selection : Selection
        """
        scores = None if self.scores is None else self.scores[order]
        return Selection(self.positions[order], scores, self.strategy)


def concatenated(selections):
    """Concatenate selections; the result has scores if all of them have scores."""
    selections = list(selections)
    if not selections:
        return Selection(np.empty(0, dtype=np.intp))
    positions = np.concatenate([one.positions for one in selections])
    scores = [one.scores for one in selections]
    if any(part is None for part in scores):
        return Selection(positions)
    return Selection(positions, np.concatenate(scores))
