"""What a comparison of strategies shows: a table, how to read it, and what is certain."""

import numpy as np

from .._base import aligned
from ..simulation import LabelCurves

N_RESAMPLED = 1000
INTERVAL = (5, 95)  # percent
VERDICTS = {
    "win": "better than",
    "loss": "worse than",
    "tie": "not clearly different from",
}


def summary(curves, random_state=0):
    """Return a table of the strategies, and what it means, as text.

    Parameters
    ----------
    curves : LabelCurves
        With a baseline. Rounds and runs without a score are left out, and the text says so.
    random_state : int, default=0
        Seed of the resampling that gives the intervals.

    Returns
    -------
    text : str
    """
    try:
        part = curves.scored()
    except ValueError as error:
        return f"Nothing can be compared. {error}"
    target = part.mean()[part.baseline][-1]
    ahead = part.compare()
    intervals = _intervals_of_saved(part, target, random_state)
    areas = {name: areas.mean() for name, areas in part.area().items()}
    table = [["strategy", "mean", "ahead of random", "last", f"labels to {target:.3f}", "saved"]]
    for name in sorted(areas, key=areas.get, reverse=True):
        table.append(_cells(part, name, target, ahead.get(name), intervals[name]))
    explanation = [*_explanation(part, target), *_left_out(curves, part)]
    return "\n".join([*aligned(table), "", *explanation, *_verdicts(part, ahead)])


def _left_out(curves, part):
    """Return sentences on the rounds and runs that are left out, since they have no score."""
    score, lines = curves.score_name, []
    if _n_runs(part) < _n_runs(curves):
        lines.append(
            f"{_n_runs(curves) - _n_runs(part)} of {_n_runs(curves)} runs are left out: a model "
            f"has no {score} after their last round."
        )
    if len(part.n_labels) < len(curves.n_labels):
        lines.append(
            f"Rounds with fewer than {part.n_labels[0]} labels are left out: some models have no "
            f"{score}, since they do not know all classes yet."
        )
    return lines


def _n_runs(curves):
    return len(curves.scores[curves.baseline])


def _intervals_of_saved(curves, target, random_state):
    """Return the interval of the labels saved over runs drawn with replacement.

    All strategies have the same runs, so that what is drawn are differences within runs.
    """
    n_runs = _n_runs(curves)
    drawn = np.random.RandomState(random_state).randint(n_runs, size=(N_RESAMPLED, n_runs))
    saved = [_saved_in(curves, runs, target) for runs in drawn]
    return {
        name: np.percentile([of_draw[name] for of_draw in saved], INTERVAL)
        for name in curves.names
    }


def _saved_in(curves, runs, target):
    """Return the labels that each strategy saves in the mean over some of the runs."""
    scores = {name: scores[runs] for name, scores in curves.scores.items()}
    reached = LabelCurves(curves.n_labels, scores).labels_to_reach(target)
    # A mean curve that never reaches the target needs at least all the labels.
    needed = {name: np.nan_to_num(n, nan=curves.n_labels[-1]) for name, n in reached.items()}
    return {name: needed[curves.baseline] - n for name, n in needed.items()}


def _cells(curves, name, target, ahead, interval):
    """Return the row of a strategy in the table."""
    mean, last = f"{curves.area()[name].mean():.3f}", f"{curves.mean()[name][-1]:.3f}"
    reached = _number(curves.labels_to_reach(target)[name], ".0f", otherwise="never")
    if name == curves.baseline:
        return [name, mean, "", last, reached, ""]
    saved = _number(curves.labels_saved(target)[name], "+.0f", otherwise="none")
    if _n_runs(curves) == 1:  # one run tells nothing about the spread
        return [name, mean, f"{ahead.difference:+.3f}", last, reached, saved]
    saved = f"{saved} ({interval[0]:+.0f} to {interval[1]:+.0f})"
    certain = f"+- {ahead.standard_error:.3f} ({ahead.low:+.3f} to {ahead.high:+.3f})"
    return [name, mean, f"{ahead.difference:+.3f} {certain}", last, reached, saved]


def _number(number, spec, *, otherwise):
    return otherwise if np.isnan(number) else f"{number:{spec}}"


def _explanation(curves, target):
    score = curves.score_name
    means = f"mean, last: {score}, averaged over all rounds and with {curves.n_labels[-1]} labels."
    if _n_runs(curves) == 1:
        return [means, "There is a single run, which does not show what is chance."]
    return [
        means,
        "ahead of random: the mean difference to random sampling within runs, its standard error,",
        "corrected for runs that learn from the same rows, and its 95% interval.",
        f"saved: how many fewer labels than random sampling are needed to reach {target:.3f}, its",
        f"last {score}, with a 90% interval from {_n_runs(curves)} runs drawn with replacement.",
        "The interval is somewhat too narrow, since runs share rows.",
        "What follows is wrong for one or more strategies in at most 5% of comparisons (Holm).",
    ]


def _verdicts(curves, ahead):
    """Return what can be said of the strategies, with less than 5% error for all together."""
    if _n_runs(curves) == 1:
        return []
    verdicts = {}
    for name, row in ahead.items():
        verdicts.setdefault(VERDICTS[row.outcome], []).append(name)
    return [
        f"{', '.join(names)}: {verdict} random sampling here."
        for verdict, names in verdicts.items()
    ]
