"""Games that many learners play on the same splits, and the record of each."""

from dataclasses import dataclass

import joblib
import numpy as np
from joblib import Parallel, delayed
from sklearn.base import clone

from .._base import codes_of, draw_seed, take_rows, warn_user, with_progress
from ._game import LabelBudgetClassifier, ask, play_game
from ._opening import check_positions, lists_rows, open_game
from ._oracle import Oracle
from ._scoring import stage_scores
from ._upper_bound import BestOfRandom

# A game that is finished must not wait for an earlier one that is not, or it is lost if the latter
# fails. Older versions of joblib have no such choice.
_JOBLIB = tuple(int(part) for part in joblib.__version__.split(".")[:2])
AS_THEY_FINISH = "generator_unordered" if _JOBLIB >= (1, 4) else "generator"


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
        The number of labels after each round. The first entry is that of the initial ones, or
        of the first batch where there are none.
    scores : ndarray of float of shape (n_rounds,)
        The score after each round, NaN where there is none.
    why_missing : str or None
        Why the first of the missing scores is missing.
    n_initial : int
        How many of `query_indices` were labeled at the beginning, not chosen by the learner.
    """

    train: np.ndarray
    test: np.ndarray
    query_indices: np.ndarray
    n_labels: np.ndarray
    scores: np.ndarray
    why_missing: str | None = None
    n_initial: int = 0


@dataclass(frozen=True, eq=False)
class Start:
    """Where all learners start from in a run: a split, and a game with its first rows chosen.

    Attributes
    ----------
    game : LabelBudgetClassifier
        Its `initial` holds the first rows, unless there are none.
    train, test : ndarray of int
        The rows of the two parts.
    first : ndarray of int
        The positions of the first rows in the training part.
    """

    game: LabelBudgetClassifier
    train: np.ndarray
    test: np.ndarray
    first: np.ndarray

    @classmethod
    def of(cls, game, X, y, train, test):
        """Open a game on the training part, so that every learner starts with the same rows."""
        if lists_rows(game.initial):
            first = _places(check_positions(game.initial), train)
        else:
            first = open_game(game, Oracle(take_rows(X, train), take_rows(y, train)))[1]
        if len(first):
            game.set_params(initial=first)
        return cls(game, train, test, first)

    def play(self, learner, X, y, scoring, *, sees_labels=False):
        """Return the run of a learner, or of its upper bound, in terms of the rows of X."""
        game = clone(self.game).set_params(learner=learner)
        X_train = take_rows(X, self.train)
        X_test, y_test = take_rows(X, self.test), take_rows(y, self.test)
        choose = BestOfRandom(X_test, y_test, scoring, game.random_state) if sees_labels else ask
        oracle = Oracle(X_train, take_rows(y, self.train), names=self.train)
        play_game(game, oracle, X_train, choose)
        scores = stage_scores(game, X_test, y_test, scoring)
        asked = self.train[game.query_indices_]
        n_initial = len(self.first)
        return Run(self.train, self.test, asked, game.n_labels_, *scores, n_initial=n_initial)


def prepare_starts(game, X, y, splits, generator):
    """Return the start of each run, one for every split."""
    smallest = min(len(train) for train, _ in splits)
    if (
        game.n_initial >= smallest
        and game.n_initial < game.budget
        and not lists_rows(game.initial)
    ):
        warn_user(
            f"The smallest training part has {smallest} samples, not more than "
            f"n_initial={game.n_initial}: nothing is left to choose, and all learners get the "
            "same scores."
        )
    # All runs have the same numbers of labels, so that their scores can be averaged.
    rules = {"budget": min(game.budget, smallest), "n_initial": min(game.n_initial, smallest)}
    game = clone(game).set_params(**rules)
    return [
        Start.of(clone(game).set_params(random_state=draw_seed(generator)), X, y, *split)
        for split in splits
    ]


def _places(initial, train):
    """Return the positions in a training part of the rows that are labeled first."""
    absent = np.setdiff1d(initial, train)
    if len(absent):
        raise ValueError(
            f"initial must hold rows of every training part, but row {absent[0]} is missing from "
            "the training part of a split. Pass cv as a list of pairs (train, test) of positions, "
            "each with all initial rows in train."
        )
    return codes_of(initial, train)


def playing_order(names, baseline, n_runs, n_repeats):
    """Return pairs of a name and the number of a run, in the order in which they are played.

    Repeat after repeat, and the baseline first in each: where a comparison ends early, the games
    that are finished can be compared.
    """
    names = [baseline, *(name for name in names if name != baseline)]
    repeats = np.array_split(np.arange(n_runs), n_repeats)
    return [(name, int(i)) for repeat in repeats for name in names for i in repeat]


def play_games(order, starts, learners, X, y, scoring, *, upper_bound, n_jobs, verbose):
    """Play games, and yield the name of the learner, the number of the run and the `Run`.

    `upper_bound` is the name of the learner that sees the labels, or None.
    """
    tasks = [
        delayed(_play)(starts[i], learners[name], X, y, scoring, name == upper_bound, name, i)
        for name, i in order
    ]
    played = Parallel(n_jobs=n_jobs, return_as=AS_THEY_FINISH)(tasks)
    yield from with_progress(played, len(tasks), "games") if verbose else played


def _play(start, learner, X, y, scoring, sees_labels, name, i):
    return name, i, start.play(learner, X, y, scoring, sees_labels=sees_labels)
