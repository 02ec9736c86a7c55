"""Checks of what label curves are made of."""

import numpy as np


def check_n_labels(n_labels):
    """Return the numbers of labels as an array, or refuse what does not count up."""
    counts = np.asarray(n_labels)
    if counts.ndim != 1 or not len(counts) or counts.dtype.kind not in "iuf":
        raise ValueError(
            "n_labels must hold at least one number of labels, in one dimension, got an array of "
            f"shape {counts.shape} and dtype {counts.dtype}."
        )
    if not np.isfinite(counts).all() or counts.min() < 0:
        raise ValueError(
            f"n_labels must hold numbers of labels, from 0 on, got {counts.tolist()}."
        )
    # Not np.diff: of unsigned integers it is never negative.
    falls = np.flatnonzero(counts[1:] <= counts[:-1])
    if len(falls):
        before, after = counts[falls[0]], counts[falls[0] + 1]
        raise ValueError(
            f"n_labels must increase from round to round, but {after} follows {before}."
        )
    return counts


def check_scores(scores, n_rounds):
    """Return the scores as arrays of shape (n_runs, n_rounds), the same for all learners."""
    if not isinstance(scores, dict) or not scores:
        raise ValueError(
            "scores must be a dict with the scores of at least one learner by its name, got "
            f"{scores!r}."
        )
    scores = {name: _as_runs(name, values, n_rounds) for name, values in scores.items()}
    first, *others = scores
    for name in others:
        if len(scores[name]) != len(scores[first]):
            raise ValueError(
                "scores must have the same runs for all learners, but "
                f"{first!r} has {len(scores[first])} and {name!r} has {len(scores[name])}."
            )
    return scores


def _as_runs(name, values, n_rounds):
    try:
        values = np.atleast_2d(values)
    except ValueError as error:
        raise ValueError(f"scores[{name!r}] must have runs of equal length: {error}") from error
    if values.dtype.kind not in "fiu":
        raise ValueError(
            f"scores[{name!r}] must hold numbers, or NaN where a round has no score, got an array "
            f"of dtype {values.dtype}."
        )
    if values.ndim != 2 or not len(values) or values.shape[1] != n_rounds:
        raise ValueError(
            f"scores[{name!r}] must be of shape (n_runs, n_rounds), with at least one run and a "
            f"score for each of the {n_rounds} numbers of labels, got shape {values.shape}."
        )
    return values


def check_name(name, parameter, scores):
    """Return the name of a curve, or refuse one that has no scores."""
    if name is not None and name not in scores:
        raise ValueError(f"{parameter} must be None or one of {list(scores)}, got {name!r}.")
    return name


def check_runs(runs, scores):
    """Return the runs, or refuse those that do not go with the scores."""
    if runs is None:
        return None
    n_runs = {name: len(of_learner) for name, of_learner in runs.items()}
    expected = {name: len(of_learner) for name, of_learner in scores.items()}
    if n_runs != expected:
        raise ValueError(
            f"runs must have as many runs as scores for each learner, {expected}, got {n_runs}."
        )
    return runs
