"""Games that many learners play on the same splits, and the record of each."""

from dataclasses import dataclass
from numbers import Integral

import numpy as np
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.model_selection import check_cv

from .._base import codes_of, draw_seed, num_rows, take_rows, with_progress
from ..learner import task_of
from ._game import LabelBudgetClassifier
from ._opening import check_positions, lists_rows, open_game
from ._oracle import Oracle
from ._scoring import stage_scores


@dataclass(frozen=True, eq=False)
class Run:
    """One game of one learner.

    Attributes
    ----------
    train, test : ndarray of int of shape (n_train,), (n_test,)
        The rows of X that made up the pool, and those on which models were scored.
    query_indices : ndarray of int of shape (n_labels[-1],)
        The rows of X in the order in which their labels were asked for, the initial ones first.
    n_labels : ndarray of int of shape (n_rounds,)
        The number of labels after each round. The first entry is that of the initial ones.
    scores : ndarray of float of shape (n_rounds,)
        The score after each round.
    """

    train: np.ndarray
    test: np.ndarray
    query_indices: np.ndarray
    n_labels: np.ndarray
    scores: np.ndarray


@dataclass(frozen=True, eq=False)
class Start:
    """Where all learners start from in a run: a split, and a game with its first rows chosen."""

    game: LabelBudgetClassifier
    train: np.ndarray
    test: np.ndarray

    @classmethod
    def of(cls, game, X, y, train, test):
        """Open a game on the training part, so that every learner starts with the same rows."""
        if lists_rows(game.initial):
            first = _places(check_positions(game.initial), train)
        else:
            first = open_game(game, Oracle(take_rows(X, train), take_rows(y, train)))[1]
        return cls(game.set_params(initial=first), train, test)

    def play(self, learner, X, y, scoring):
        """Return positions in the training part as asked, the numbers of labels and scores."""
        game = clone(self.game).set_params(learner=learner)
        game.fit(take_rows(X, self.train), take_rows(y, self.train))
        X_test, y_test = take_rows(X, self.test), take_rows(y, self.test)
        return game.query_indices_, game.n_labels_, stage_scores(game, X_test, y_test, scoring)

    def record(self, asked, n_labels, scores):
        """Return what was played as a run, in terms of the rows of X."""
        return Run(self.train, self.test, self.train[asked], n_labels, scores)


def prepare_starts(game, X, y, cv, n_repeats, generator):
    """Return the start of each run, for every repeat and every split."""
    if not isinstance(cv, Integral):
        cv = check_cv(cv)
    task = task_of(game.learner.estimator)
    splits = [split for _ in range(n_repeats) for split in _splits(X, y, cv, task, generator)]
    smallest = min(len(train) for train, _ in splits)
    # All runs have the same numbers of labels, so that their scores can be averaged.
    rules = {"budget": min(game.budget, smallest), "n_initial": min(game.n_initial, smallest)}
    game = clone(game).set_params(**rules)
    return [
        Start.of(clone(game).set_params(random_state=draw_seed(generator)), X, y, *split)
        for split in splits
    ]


def _splits(X, y, cv, task, generator):
    """Return pairs of rows for training and for testing."""
    if isinstance(cv, Integral):
        cv = task.folds(cv, draw_seed(generator))
    rows = np.arange(num_rows(X))
    return [(rows[train], rows[test]) for train, test in cv.split(X, y)]


def _places(initial, train):
    """Return the positions in a training part of the rows that are labeled first."""
    absent = np.setdiff1d(initial, train)
    if len(absent):
        raise ValueError(
            f"initial must hold rows of every training part, but row {absent[0]} is not in one "
            "of them. Pass cv as (train, test) pairs with all initial rows in train."
        )
    return codes_of(initial, train)


def play_runs(starts, learners, X, y, scoring, *, n_jobs, verbose):
    """Let every learner play from every start; return the runs by the name of the learner."""
    tasks = [
        delayed(start.play)(learner, X, y, scoring)
        for learner in learners.values()
        for start in starts
    ]
    played = Parallel(n_jobs=n_jobs, return_as="generator")(tasks)
    # To the end before anything is made of it, so that the last step of the bar is shown.
    played = iter(list(with_progress(played, len(tasks), "games") if verbose else played))
    return {name: [start.record(*next(played)) for start in starts] for name in learners}
