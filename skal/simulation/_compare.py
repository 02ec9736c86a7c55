"""Many learners play the same games."""

import sys
import time
from dataclasses import dataclass
from numbers import Integral

import numpy as np
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.metrics import check_scoring
from sklearn.model_selection import StratifiedKFold, check_cv

from .._base import check_count, make_random_state, take_rows
from ..learner import ActiveLearner
from ..strategies import QueryStrategy, RandomSampling, UncertaintySampling
from ._curves import LabelCurves
from ._game import MAX_SEED, LabelBudgetClassifier, check_learner
from ._oracle import Oracle
from ._scoring import stage_scores


def label_curve(
    learners,
    X,
    y,
    *,
    cv=5,
    scoring="accuracy",
    n_repeats=1,
    n_initial=10,
    initial="random",
    batch_size=10,
    budget=100,
    n_jobs=None,
    verbose=0,
    random_state=None,
):
    """Compare active learners: the score on test samples against the labels spent.

    Every learner plays the game of :class:`LabelBudgetClassifier` on the same folds, with the
    same seeds, from the same first labels. Random sampling always plays along: what does not
    beat it saves no labels.

    Parameters
    ----------
    learners : ActiveLearner, list or dict of them
        The learners. In a dict the keys are their names, else the names are those of their
        strategies. If none of them has the strategy ``RandomSampling()``, the first one's
        estimator with that strategy joins them as "random".
    X : rows of shape (n_samples, ...)
        The samples, in whatever form the learners' estimators take.
    y : array-like of shape (n_samples,)
        Their labels.
    cv : int, splitter or iterable of (train, test), default=5
        How samples are divided into a pool and a test part. An int: stratified folds,
        shuffled anew in every repeat.
    scoring : str, callable or None, default="accuracy"
        A scorer ``scorer(estimator, X, y)`` or its name; None is the estimator's own `score`.
    n_repeats : int, default=1
        How often to go over all folds with other seeds.
    n_initial, initial, batch_size, budget
        As in :class:`LabelBudgetClassifier`. Where the smallest training part holds less than
        the budget, its size is the budget of all. A strategy as `initial` sees the samples as
        the first learner does.
    n_jobs : int, default=None
        Number of processes that play. The result does not depend on it.
    verbose : int, default=0
        1 shows a progress bar on stderr.
    random_state : int, RandomState or None, default=None
        Seed of the folds and of every game, see :class:`LabelBudgetClassifier`.

    Returns
    -------
    curves : LabelCurves

    Raises
    ------
    ValueError
        If a parameter is wrong. Errors of the estimators come through as they are.

    See Also
    --------
    skal.plotting.LabelCurveDisplay : Draw the curves.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.svm import SVC
    >>> from skal import ActiveLearner
    >>> from skal.simulation import label_curve
    >>> X, y = load_digits(return_X_y=True)
    >>> learner = ActiveLearner(SVC())
    >>> curves = label_curve({"margin": learner}, X, y, cv=3, budget=150, random_state=0)
    >>> curves.names
    ['margin', 'random']
    >>> area = {name: areas.mean() for name, areas in curves.area().items()}
    >>> bool(area["margin"] > area["random"])
    True
    """
    n_repeats = check_count(n_repeats, "n_repeats")
    learners, baseline = with_baseline(named_learners(learners))
    game = LabelBudgetClassifier(
        next(iter(learners.values())),
        n_initial=n_initial,
        initial=initial,
        batch_size=batch_size,
        budget=budget,
    )
    game._check_parameters()
    check_scoring(game.learner, scoring=scoring)
    runs = _prepare_runs(game, X, y, cv, n_repeats, make_random_state(random_state))
    tasks = [
        delayed(_play)(run, learner, X, y, scoring)
        for learner in learners.values()
        for run in runs
    ]
    played = Parallel(n_jobs=n_jobs, return_as="generator")(tasks)
    played = list(_show_progress(played, len(tasks)) if verbose else played)
    scores = np.array([scores for _, scores in played])
    return LabelCurves(
        played[0][0],
        dict(zip(learners, scores.reshape(len(learners), len(runs), -1), strict=True)),
        baseline=baseline,
        score_name=_score_name(scoring),
    )


def named_learners(learners):
    """Return the learners as a dict from their names."""
    if isinstance(learners, dict):
        return {name: _check_active(learner) for name, learner in learners.items()}
    learners = learners if isinstance(learners, (list, tuple)) else [learners]
    return dict(zip(_names([_check_active(one) for one in learners]), learners, strict=True))


def _check_active(learner):
    if not isinstance(learner, ActiveLearner):
        check_learner(learner, "learners")
        raise TypeError(f"learners must be ActiveLearners, got {learner!r}.")
    return learner


def _names(learners):
    """Name learners by the class of their strategies, in more detail where that is the same."""
    strategies = [
        UncertaintySampling() if learner.strategy is None else learner.strategy
        for learner in learners
    ]
    names = [
        "random" if isinstance(strategy, RandomSampling) else type(strategy).__name__
        for strategy in strategies
    ]
    details = [" ".join(repr(strategy).split()) for strategy in strategies]
    names = [
        name if names.count(name) == 1 else detail
        for name, detail in zip(names, details, strict=True)
    ]
    return [
        name if names.count(name) == 1 else f"{name} ({names[: i + 1].count(name)})"
        for i, name in enumerate(names)
    ]


def with_baseline(learners):
    """Return the learners, random sampling among them, and the name of the latter."""
    if not learners:
        raise ValueError("learners must hold at least one ActiveLearner, got none.")
    for name, learner in learners.items():
        if isinstance(learner.strategy, RandomSampling):
            return learners, name
    if "random" in learners:
        raise ValueError(
            'The name "random" is that of the baseline, but the learner of that name has the '
            f"strategy {learners['random'].strategy!r}. Name it otherwise."
        )
    baseline = clone(next(iter(learners.values()))).set_params(strategy=RandomSampling())
    return {**learners, "random": baseline}, "random"


def _prepare_runs(game, X, y, cv, n_repeats, generator):
    """Return for each fold and repeat the game that every learner plays."""
    if not isinstance(cv, Integral):
        cv = check_cv(cv)
    splits = [split for _ in range(n_repeats) for split in _splits(X, y, cv, generator)]
    smallest = min(len(train) for train, _ in splits)
    # All runs have the same numbers of labels, so that their scores can be averaged.
    game = game.set_params(
        budget=min(game.budget, smallest), n_initial=min(game.n_initial, smallest)
    )
    return [
        _Run.of(clone(game).set_params(random_state=generator.randint(MAX_SEED)), X, y, *split)
        for split in splits
    ]


def _splits(X, y, cv, generator):
    if isinstance(cv, Integral):
        cv = StratifiedKFold(cv, shuffle=True, random_state=generator.randint(MAX_SEED))
    return list(cv.split(X, y))


@dataclass
class _Run:
    """A game with its first rows, and the samples to play it on."""

    game: LabelBudgetClassifier
    train: np.ndarray
    test: np.ndarray

    @classmethod
    def of(cls, game, X, y, train, test):
        oracle = Oracle(take_rows(X, train), take_rows(y, train), {})
        first = game._open(oracle)[1]
        return cls(game.set_params(initial=_FixedStart(first)), train, test)


class _FixedStart(QueryStrategy):
    """Choose the samples that were chosen already."""

    def __init__(self, rows):
        self.rows = rows

    def _query(self, pool, n):
        return self.rows


def _play(run, learner, X, y, scoring):
    """Return the numbers of labels of a run, and the scores after each round."""
    game = clone(run.game).set_params(learner=learner)
    game.fit(take_rows(X, run.train), take_rows(y, run.train))
    X_test, y_test = take_rows(X, run.test), take_rows(y, run.test)
    return game.n_labels_, stage_scores(game, X_test, y_test, scoring)


def _show_progress(results, total):
    """Yield results and show on stderr how many there are."""
    started, tenths = time.monotonic(), 0
    for done, result in enumerate(results, 1):
        yield result
        if sys.stderr.isatty():
            print("\r" + _bar(done, total, started), end="", file=sys.stderr, flush=True)
        elif 10 * done // total > tenths:  # a log gets a few lines, not a moving bar
            tenths = 10 * done // total
            print(_bar(done, total, started), file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print(file=sys.stderr)


def _bar(done, total, started):
    filled = 20 * done // total
    minutes, seconds = divmod(round(time.monotonic() - started), 60)
    return f"[{'#' * filled}{'-' * (20 - filled)}] {done}/{total} games, {minutes}:{seconds:02d}"


def _score_name(scoring):
    return scoring.replace("_", " ") if isinstance(scoring, str) else "score"
