"""What is kept of a comparison that ends before all games are finished."""

import contextlib

import numpy as np

from ._curves import LabelCurves


def make_curves(runs, baseline, upper_bound, score_name, y):
    """Return the curves of runs, lists of equal length by the name of the learner."""
    return LabelCurves(
        next(iter(runs.values()))[0].n_labels,
        {name: [run.scores for run in of_learner] for name, of_learner in runs.items()},
        baseline=baseline,
        oracle=upper_bound if upper_bound in runs else None,
        score_name=score_name,
        runs=runs,
        y=y,
    )


def keep_finished(error, runs, baseline, *about):
    """Give an error the finished games as its attributes `runs` and `curves`.

    `runs` has None in the place of a run that is not finished; `curves` holds the largest part of
    them that can be compared, None if there is no such part.
    """
    n_done = sum(run is not None for of_learner in runs.values() for run in of_learner)
    n_games = sum(map(len, runs.values()))
    part = comparable_part(runs, baseline)
    curves = make_curves(part, baseline, *about) if part else None
    with contextlib.suppress(AttributeError, TypeError):  # errors with slots take nothing
        error.runs, error.curves = runs, curves
        if hasattr(error, "add_note"):  # from Python 3.11 on
            error.add_note(
                f"{n_done} of {n_games} games were finished. They are kept in the attributes "
                "`runs` and `curves` of this error."
            )


def comparable_part(runs, baseline):
    """Return the learners and runs that make the largest comparison, {} if there is none.

    A comparison holds the same runs, with the same numbers of labels, of the baseline and of
    other learners, so that scores can be compared run by run.
    """
    finished = [run for run in runs[baseline] if run is not None]
    if not finished:
        return {}
    n_labels = finished[0].n_labels
    done = {
        name: {i for i, run in enumerate(of_learner) if _has(run, n_labels)}
        for name, of_learner in runs.items()
    }
    order = sorted(done, key=lambda name: (name != baseline, -len(done[name])))
    common = {
        k: set.intersection(*(done[name] for name in order[:k])) for k in range(2, len(order) + 1)
    }
    # Of two parts of the same size, the one with more learners.
    k = max(common, key=lambda k: (k * len(common[k]), k), default=0)
    if not common.get(k):
        return {}
    names, rows = order[:k], common[k]
    return {name: [runs[name][i] for i in sorted(rows)] for name in runs if name in names}


def _has(run, n_labels):
    return run is not None and np.array_equal(run.n_labels, n_labels)
