"""The few samples of a comparison on which learners and scorers are tried."""

import numpy as np
from sklearn.base import clone

from .._base import (
    draw_seed,
    is_indicator,
    is_missing,
    is_regressor,
    make_random_state,
    num_rows,
    set_random_states,
    take_rows,
)
from ._oracle import Oracle, plain_labels

# So many labeled samples, classes, samples of a class and samples to choose from show what a model
# and a strategy can do; more would only take time.
N_LABELED, N_CLASSES, N_OF_CLASS, N_POOL, N_ASKED = 50, 3, 5, 50, 5


def class_codes(y):
    """Return a number for the class of each label, -1 where a label is missing or not a class."""
    labels = plain_labels(y).ravel()
    if labels.dtype.kind not in "Of":
        return np.unique(labels, return_inverse=True)[1]
    codes = {}
    return np.array([_code(label, codes) for label in labels], dtype=np.intp)


def _one_code(y):
    """Return 0 for each sample, as if they were of one class, and -1 where a number is missing."""
    if is_indicator(y):
        return np.zeros(num_rows(y), dtype=np.intp)
    return -np.array([is_missing(label) for label in plain_labels(y).ravel()], dtype=np.intp)


def _code(label, codes):
    try:
        return -1 if is_missing(label) else codes.setdefault(label, len(codes))
    except TypeError:  # not hashable
        return -1


class Scene:
    """The samples of the run that is best suited for a trial.

    Attributes
    ----------
    test : ndarray of int
        The test samples of the classes that can be learned in this run.
    has_classes : bool
        Whether labels are one class for each sample, and neither numbers nor several labels.
    """

    def __init__(self, starts, X, y):
        self._oracle = Oracle(X, y)
        self.has_classes = not (is_regressor(starts[0].game.learner) or is_indicator(y))
        self._codes = class_codes(y) if self.has_classes else _one_code(y)
        self._n_of_class = N_OF_CLASS if self.has_classes else N_LABELED
        self._starts = starts
        self._start = max(starts, key=self._n_tested)
        self._first = self._start.train[self._start.first]
        shared = self._shared(self._start)
        self.test = self._start.test[np.isin(self._codes[self._start.test], shared)]
        known = self._codes[self._start.train]
        # With the classes of the test samples only, a scorer has no reason to fail but its own.
        kept = np.isin(known, shared) if len(shared) > 1 else known >= 0
        self._train = self._start.train[kept]

    def _shared(self, start):
        """Return the codes of the classes that are in the training and in the test part."""
        shared = np.intersect1d(self._codes[start.train], self._codes[start.test])
        return shared[shared >= 0]

    def _n_tested(self, start):
        return min(len(self._shared(start)), N_CLASSES)

    def unlearnable(self):
        """Return whether each test part has a class that its training part lacks."""
        return all(
            len(np.setdiff1d(self._codes[start.test], self._codes[start.train]))
            for start in self._starts
        )

    def asked_at(self):
        """Return the numbers of labeled samples at which the strategy of a learner is asked."""
        game = self._start.game
        n_labels = np.arange(
            len(self._first), min(game.budget, len(self._start.train)), game.batch_size
        )
        return n_labels[n_labels > 0]  # before there are labels, the cold start is

    def small_round(self, learner):
        """Return the model of a learner that learns from and chooses among a few samples.

        Where games begin without a label, the learner chooses without one as well.
        """
        if not len(self._first):
            self._round(learner, self._first, N_POOL, N_ASKED)
        return self._round(learner, self.labeled(N_CLASSES), N_POOL, N_ASKED).estimator_

    def first_round(self, learner):
        """Let a learner learn and choose as in the first round of the first game."""
        self._round(learner, self._first)

    def _round(self, learner, labeled, n_pool=None, n_asked=None):
        """Return a learner after a round, in which it chose `n_asked` of `n_pool` samples."""
        learner = self.taught(learner, labeled) if len(labeled) else self._seeded(learner)
        self._ask(learner, n_pool, n_asked)
        return learner

    def _ask(self, learner, n_pool=None, n_asked=None):
        game, pool = self._start.game, np.setdiff1d(self._start.train, self._first)[:n_pool]
        n = min(game.batch_size, game.budget - len(self._first), len(pool))
        if n:
            learner.query(take_rows(self._oracle.X, pool), min(n, n_asked or n))

    def labeled(self, n_classes=None):
        """Return some samples that are labeled first, and others where they have few classes."""
        rows = np.intersect1d(self._first, self._train)[:N_LABELED]
        known = np.unique(self._codes[rows])
        absent = np.setdiff1d(self._codes[self._train], known)
        absent = absent if n_classes is None else absent[: max(0, n_classes - len(known))]
        return np.concatenate([rows, self._of_classes(self._train, absent)])

    def tested(self, labeled):
        """Return a few test samples of each class of some labeled samples."""
        return self._of_classes(self.test, np.unique(self._codes[labeled]))

    def answer(self, rows):
        """Return some samples and their labels."""
        return self._oracle.answer(rows)

    def _of_classes(self, rows, codes):
        parts = [rows[self._codes[rows] == code][: self._n_of_class] for code in codes]
        return np.concatenate([rows[:0], *parts])

    def taught(self, learner, labeled):
        """Return a clone of a learner, seeded as in the game, that is fitted on some samples."""
        return self._seeded(learner).fit(*self._oracle.answer(labeled))

    def _seeded(self, learner):
        seed = draw_seed(make_random_state(self._start.game.random_state))
        learner = clone(learner)
        set_random_states(learner, seed, only_missing=True)
        return learner
