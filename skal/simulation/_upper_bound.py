"""What could be had at most: batches chosen by somebody who sees the labels."""

import copy

import numpy as np
from sklearn.metrics import check_scoring

from .._base import draw_seed, make_random_state
from ._scoring import classes_present, score_of

N_TRIED = 20


class BestOfRandom:
    """Choose, of some random batches, the one whose labels give the best score on test samples.

    Parameters
    ----------
    X_test, y_test : rows of shape (n_test, ...) and array of shape (n_test,)
        The test samples.
    scoring : str, callable or None
        The score, of which more is better.
    random_state : int
        The seed of the game.
    """

    def __init__(self, X_test, y_test, scoring, random_state):
        self._X, self._y = X_test, y_test
        self._present = classes_present(y_test)
        self._scoring = scoring
        # The game draws other seeds from the same one.
        self._generator = make_random_state(draw_seed(make_random_state(random_state)))

    def __call__(self, oracle, learner, free, n):
        """Return the rows of the best batch; of equal ones, the first that was drawn."""
        n = min(n, len(free))
        batches = [self._generator.choice(free, n, replace=False) for _ in range(N_TRIED)]
        scores = [self._score(oracle, learner, batch) for batch in batches]
        # A model without a score is worse than all others.
        return batches[int(np.argmax(np.nan_to_num(scores, nan=-np.inf)))]

    def _score(self, oracle, learner, batch):
        # A copy, as an incremental learner changes the model that it has.
        taught = oracle.teach(copy.deepcopy(learner), batch).estimator_
        scorer = check_scoring(taught, scoring=self._scoring)
        return score_of(scorer, taught, self._X, self._y, self._present)[0]
