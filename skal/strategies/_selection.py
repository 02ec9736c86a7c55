"""What a strategy answers: positions, the scores that chose them, and who was asked."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Selection:
    """Samples that a strategy chose from a pool.

    Returned by :meth:`QueryStrategy.select` and :meth:`ActiveLearner.select`.

    Parameters
    ----------
    positions : ndarray of shape (n,), dtype intp
        Distinct positions in the pool, best first.
    scores : ndarray of shape (n,) or None, default=None
        The score of each of these samples that made the strategy choose it, in the order of
        `positions`; of a greedy strategy the gain at the time of the pick. None where the
        strategy does not score samples.
    strategy : QueryStrategy, default=None
        The strategy that was asked: the default or the cold start where these chose.

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
        """Return the selection with its positions looked up in `rows`.

        Parameters
        ----------
        rows : ndarray of int of shape (n_rows,)
            Positions in a larger pool of the samples among which was chosen.

        Returns
        -------
        selection : Selection
        """
        return Selection(rows[self.positions], self.scores, self.strategy)

    def ordered(self, order):
        """Return the selection in another order, or a part of it.

        Parameters
        ----------
        order : ndarray of int or slice
            Places in this selection.

        Returns
        -------
        selection : Selection
        """
        scores = None if self.scores is None else self.scores[order]
        return Selection(self.positions[order], scores, self.strategy)


def concatenated(selections):
    """Return selections one after the other; without scores where one of them has none."""
    selections = list(selections)
    positions = np.concatenate([one.positions for one in selections])
    scores = [one.scores for one in selections]
    if any(part is None for part in scores):
        return Selection(positions)
    return Selection(positions, np.concatenate(scores))
