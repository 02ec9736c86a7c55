"""Many learners play the same games."""

from numbers import Integral

import numpy as np
from sklearn.base import clone

from .._base import (
    InvalidParameterError,
    check_count,
    check_same_length,
    is_indicator,
    is_regressor,
    make_random_state,
    warn_user,
)
from ._game import Game, LabelBudgetClassifier, LabelBudgetRegressor
from ._learners import named_learners, with_baseline, with_upper_bound
from ._opening import check_rules
from ._oracle import plain_labels
from ._rehearsal import rehearse
from ._runs import play_games, playing_order, prepare_starts
from ._scoring import scoring_for
from ._splits import prepare_splits
from ._trial_score import check_scorer
from ._unfinished import keep_finished, make_curves


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
    scoring="auto",
    n_repeats=1,
    oracle=False,
    n_jobs=None,
    verbose=0,
    random_state=None,
):
    """Compare active learners: the score on test samples against the labels spent.

    Every learner plays the game of :class:`LabelBudgetClassifier`, or around a regressor that of
    :class:`LabelBudgetRegressor`, on the same folds, with the same seeds, from the same first
    labels. Random sampling always takes part: a strategy that does not beat it saves no labels.

    Before the first game, each learner learns from a few labels and chooses from a few samples,
    and the scorer is tried on its model, so that what cannot work fails at once. Where a game
    fails nevertheless, or is interrupted, the error holds the games that were finished.

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
    game : LabelBudgetClassifier or LabelBudgetRegressor, default=None
        The rules. Its learner does not matter, since each of `learners` takes its place, and
        its `stopping` must be None: games that end at different numbers of labels cannot be
        averaged. None stands for ``LabelBudgetClassifier()`` or ``LabelBudgetRegressor()``.
    n_initial, initial, batch_size, budget : default=None
        Parameters of :class:`LabelBudgetClassifier` that replace those of `game`; None keeps
        them. Where the smallest training part holds less than the budget, its size is the
        budget of all. A strategy as `initial` sees the samples as the first learner does.
        Positions as `initial` are rows of X, which must be in the training part of every split.
    cv : int, splitter or iterable of (train, test), default=5
        How samples are divided into a pool and a test part. An int: folds, stratified by classes
        and shuffled anew in every repeat.
    scoring : str, callable or None, default="auto"
        A scorer ``scorer(estimator, X, y)`` or its name; "auto" is "accuracy" for classes and "r2"
        for numbers, None the estimator's own `score`.
        A round has no score, NaN, where a model does not know the same classes as the test
        samples and the scorer cannot do with that: those that need probabilities, such as
        "roc_auc" and "neg_log_loss", give none as long as a class has no label. A warning tells
        how many are missing.
    n_repeats : int, default=1
        How often to go over all folds with other seeds.
    oracle : bool, default=False
        Whether to add the curve "oracle (sees labels)", an estimate of what could be had at most.
        It is not a strategy: in each round it tries 20 random batches, and keeps the one whose
        labels make the estimator of the baseline score best on the test samples. So it takes
        about 20 times as long as random sampling.
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
        If a parameter is wrong, or `scoring` fails on the models of a learner; then the message
        names a scorer that works.
    MissingOutputError
        If a strategy reads an output that the model of its learner does not have.
    Exception
        Errors of the estimators come through as they are. An error during the games, and
        KeyboardInterrupt as well, has two more attributes. `runs` is a dict like that of
        `LabelCurves`, with None for each run that was not finished. `curves` holds the finished
        runs of the learners that can be compared, or None if there are none; some learners and
        runs may be left out.

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
    >>> curves = label_curve({"herding": learner}, X, y, cv=3, budget=150, random_state=0)
    >>> curves.names
    ['herding', 'random']
    >>> area = {name: areas.mean() for name, areas in curves.area().items()}
    >>> bool(area["herding"] > area["random"])
    True

    The rules can be kept in a game, and some of them replaced:

    >>> game = LabelBudgetClassifier(batch_size=20, budget=150, random_state=0)
    >>> label_curve(learner, X, y, game=game, n_initial=30, cv=3)
    LabelCurves(UncertaintyHerding, random: 3 runs, 30 to 150 labels)
    """
    n_repeats = check_count(n_repeats, "n_repeats")
    learners, baseline = with_baseline(named_learners(learners, y))
    scoring = scoring_for(learners[baseline], scoring)
    game = _with_rules(
        _usual_game(learners[baseline]) if game is None else game,
        learner=next(iter(learners.values())),
        n_initial=n_initial,
        initial=initial,
        batch_size=batch_size,
        budget=budget,
        random_state=random_state,
    )
    _check_n_jobs(n_jobs)
    check_same_length(X=X, y=y)
    check_scorer(game.learner, scoring)
    generator = make_random_state(game.random_state)
    splits = prepare_splits(game.learner.estimator, X, y, cv, n_repeats, generator, scoring)
    starts = prepare_starts(game, X, y, splits, generator)
    rehearse(starts, learners, X, y, scoring)
    upper_bound = None
    if oracle:
        learners, upper_bound = with_upper_bound(learners, baseline)
    order = playing_order(learners, baseline, len(starts), n_repeats)
    how = {"upper_bound": upper_bound, "n_jobs": n_jobs, "verbose": verbose}
    games = play_games(order, starts, learners, X, y, scoring, **how)
    runs = {name: [None] * len(starts) for name in learners}
    score_name = scoring.replace("_", " ") if isinstance(scoring, str) else "score"
    about = baseline, upper_bound, score_name, _labels_of_curves(y, game.learner)
    return _collect(games, runs, *about)


def _collect(games, runs, *about):
    """Return the curves of games, whose runs take their places as they are finished."""
    try:
        for name, i, run in games:
            runs[name][i] = run
        _check_n_labels(runs)
    except BaseException as error:
        keep_finished(error, runs, *about)
        raise
    curves = make_curves(runs, *about)
    _warn_of_missing(curves)
    return curves


def _labels_of_curves(y, learner):
    """Return a copy of the labels of all samples; numbers, unlike classes, are floats."""
    if is_indicator(y):
        return y.toarray() if hasattr(y, "toarray") else np.array(y)
    labels = plain_labels(y).ravel().copy()
    are_whole = is_regressor(learner) and labels.dtype.kind in "biu"
    return labels.astype(np.float64) if are_whole else labels


def _usual_game(learner):
    return LabelBudgetRegressor() if is_regressor(learner) else LabelBudgetClassifier()


def _with_rules(game, **given):
    """Return a copy of a game with the parameters that were given, those that are not None."""
    if not isinstance(game, Game):
        raise InvalidParameterError(
            f"game must be a LabelBudgetClassifier or a LabelBudgetRegressor, got {game!r}."
        )
    if game.stopping is not None:
        raise ValueError(
            "game must have stopping=None, since games that end at different numbers of labels "
            f"cannot be averaged, got stopping={game.stopping!r}."
        )
    given = {name: value for name, value in given.items() if value is not None}
    game = clone(game).set_params(**given)
    check_rules(game)
    return game


def _check_n_jobs(n_jobs):
    if n_jobs is not None and (not isinstance(n_jobs, Integral) or n_jobs == 0):
        raise InvalidParameterError(f"n_jobs must be None or an integer but 0, got {n_jobs!r}.")


def _warn_of_missing(curves):
    """Say how many rounds have no score, and why the first of them has none."""
    played = [run for of_learner in curves.runs.values() for run in of_learner]
    reasons = [run.why_missing for run in played if run.why_missing]
    if reasons:
        n_missing = sum(np.isnan(run.scores).sum() for run in played)
        n_rounds = sum(len(run.scores) for run in played)
        warn_user(
            f"{n_missing} of {n_rounds} rounds have no {curves.score_name}, and are NaN. In the "
            f"first one, {reasons[0]} LabelCurves.scored() returns the part that has all scores."
        )


def _check_n_labels(runs):
    """Refuse runs that do not have the same numbers of labels after each round."""
    first = next(iter(runs.values()))[0].n_labels
    for name, of_learner in runs.items():
        for run in of_learner:
            if not np.array_equal(run.n_labels, first):
                raise ValueError(
                    "All runs must have the same numbers of labels to be averaged, but the first "
                    f"has {first.tolist()}, and one of {name!r} has {run.n_labels.tolist()}. Use "
                    "strategies that choose as many samples as they are asked for."
                )
