"""Many learners play the same games."""

import numpy as np
from sklearn.base import clone
from sklearn.metrics import check_scoring

from .._base import InvalidParameterError, check_count, make_random_state
from ._curves import LabelCurves
from ._game import LabelBudgetClassifier
from ._learners import named_learners, with_baseline
from ._opening import check_rules
from ._oracle import plain_labels
from ._runs import play_runs, prepare_starts


def label_curve(
    learners,
    X,
    y,
    *,
    game=None,
    n_initial=None,
    initial=None,
    batch_size=None,
    budget=None,
    cv=5,
    scoring="accuracy",
    n_repeats=1,
    n_jobs=None,
    verbose=0,
    random_state=None,
):
    """Compare active learners: the score on test samples against the labels spent.

    Every learner plays the game of :class:`LabelBudgetClassifier` on the same folds, with the
    same seeds, from the same first labels. Random sampling always takes part: a strategy that
    does not beat it saves no labels.

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
    game : LabelBudgetClassifier, default=None
        The rules. Its learner does not matter, since each of `learners` takes its place, and
        its `stopping` must be None: games that end at different numbers of labels cannot be
        averaged. None stands for ``LabelBudgetClassifier()``.
    n_initial, initial, batch_size, budget : default=None
        Parameters of :class:`LabelBudgetClassifier` that replace those of `game`; None keeps
        them. Where the smallest training part holds less than the budget, its size is the
        budget of all. A strategy as `initial` sees the samples as the first learner does.
        Positions as `initial` are rows of X, which must be in the training part of every split.
    cv : int, splitter or iterable of (train, test), default=5
        How samples are divided into a pool and a test part. An int: stratified folds,
        shuffled anew in every repeat.
    scoring : str, callable or None, default="accuracy"
        A scorer ``scorer(estimator, X, y)`` or its name; None is the estimator's own `score`.
    n_repeats : int, default=1
        How often to go over all folds with other seeds.
    n_jobs : int, default=None
        Number of processes that play. The result does not depend on it.
    verbose : int, default=0
        1 shows a progress bar on stderr.
    random_state : int, RandomState or None, default=None
        Seed of the folds and of every game. None stands for the `random_state` of `game`.

    Returns
    -------
    curves : LabelCurves
        The scores, and in `curves.runs` the samples that every learner asked for.

    Raises
    ------
    ValueError
        If a parameter is wrong. Errors of the estimators come through as they are.

    See Also
    --------
    skal.plotting.LabelCurveDisplay : Draw the curves.
    skal.plotting.ClassBalanceDisplay : Draw the classes of the samples asked for.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.svm import SVC
    >>> from skal import ActiveLearner, LabelBudgetClassifier
    >>> from skal.simulation import label_curve
    >>> X, y = load_digits(return_X_y=True)
    >>> learner = ActiveLearner(SVC())
    >>> curves = label_curve({"margin": learner}, X, y, cv=3, budget=150, random_state=0)
    >>> curves.names
    ['margin', 'random']
    >>> area = {name: areas.mean() for name, areas in curves.area().items()}
    >>> bool(area["margin"] > area["random"])
    True

    The rules can be kept in a game, and some of them replaced:

    >>> game = LabelBudgetClassifier(batch_size=20, budget=150, random_state=0)
    >>> label_curve(learner, X, y, game=game, n_initial=30, cv=3)
    LabelCurves(UncertaintySampling, random: 3 runs, 30 to 150 labels)
    """
    n_repeats = check_count(n_repeats, "n_repeats")
    learners, baseline = with_baseline(named_learners(learners))
    game = _with_rules(
        LabelBudgetClassifier() if game is None else game,
        learner=next(iter(learners.values())),
        n_initial=n_initial,
        initial=initial,
        batch_size=batch_size,
        budget=budget,
        random_state=random_state,
    )
    check_scoring(game.learner, scoring=scoring)
    starts = prepare_starts(game, X, y, cv, n_repeats, make_random_state(game.random_state))
    runs = play_runs(starts, learners, X, y, scoring, n_jobs=n_jobs, verbose=verbose)
    return LabelCurves(
        _shared_n_labels(runs),
        {name: [run.scores for run in of_learner] for name, of_learner in runs.items()},
        baseline=baseline,
        score_name=scoring.replace("_", " ") if isinstance(scoring, str) else "score",
        runs=runs,
        y=plain_labels(y).ravel().copy(),
    )


def _with_rules(game, **given):
    """Return a copy of a game with the parameters that were given, those that are not None."""
    if not isinstance(game, LabelBudgetClassifier):
        raise InvalidParameterError(f"game must be a LabelBudgetClassifier, got {game!r}.")
    if game.stopping is not None:
        raise ValueError(
            "game must have stopping=None, since games that end at different numbers of labels "
            f"cannot be averaged, got stopping={game.stopping!r}."
        )
    given = {name: value for name, value in given.items() if value is not None}
    game = clone(game).set_params(**given)
    check_rules(game)
    return game


def _shared_n_labels(runs):
    """Return the numbers of labels after each round, which must be the same in all runs."""
    first = next(iter(runs.values()))[0].n_labels
    for name, of_learner in runs.items():
        for run in of_learner:
            if not np.array_equal(run.n_labels, first):
                raise ValueError(
                    "All runs must have the same numbers of labels to be averaged, but the first "
                    f"has {first.tolist()}, and one of {name!r} has {run.n_labels.tolist()}. Use "
                    "strategies that choose as many samples as they are asked for."
                )
    return first
