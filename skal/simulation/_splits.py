"""Splits of the samples into a pool and a test part, checked before anything is played on them."""

from numbers import Integral

import numpy as np
from sklearn.model_selection import check_cv

from .._base import draw_seed, is_missing, num_rows
from ..learner import task_of
from ._oracle import plain_labels


def prepare_splits(estimator, X, y, cv, n_repeats, generator, scoring):
    """Return pairs of rows for training and for testing, those of each repeat after another."""
    if not isinstance(cv, Integral):
        cv = check_cv(cv)
        _refuse_groups(cv)
    task = task_of(estimator, y)
    if isinstance(cv, Integral):
        # Folds are stratified by all labels, if these are classes.
        task.check_y(plain_labels(y), "label_curve" if y is None else "ActiveLearner")
    splits = [split for _ in range(n_repeats) for split in _splits(X, y, cv, task, generator)]
    _check_splits(splits, y, scoring)
    return splits


def _splits(X, y, cv, task, generator):
    if isinstance(cv, Integral):
        cv = task.folds(cv, draw_seed(generator))
    rows = np.arange(num_rows(X))
    return [(rows[train], rows[test]) for train, test in cv.split(X, y)]


def _refuse_groups(cv):
    """Name the way out where a splitter needs groups, which `label_curve` does not take."""
    requests = getattr(getattr(cv, "get_metadata_routing", dict)(), "split", None)
    if getattr(requests, "requests", {}).get("groups"):
        name = type(cv).__name__
        raise ValueError(
            f"cv must divide samples without groups, got {name}. Pass its splits instead: "
            f"cv=list({name}(...).split(X, y, groups))."
        )


def _check_splits(splits, y, scoring):
    """Refuse splits that give a learner nothing to learn from, or a scorer nothing to score."""
    if not splits:
        raise ValueError("cv must give at least one split into training and test samples.")
    for i, (train, test) in enumerate(splits):
        if not len(train):
            raise ValueError(f"cv must give training samples, but split {i} has none.")
        if isinstance(scoring, str):  # a callable may make do with less
            _check_test(i, test, y, scoring)


def _check_test(i, test, y, scoring):
    if not len(test):
        raise ValueError(f"cv must give test samples for {scoring}, but split {i} has none.")
    labels = plain_labels(y)
    if labels.ndim == 2 or labels.dtype.kind not in "Of":
        return
    for row, label in zip(test, labels[test].ravel(), strict=True):
        if is_missing(label):
            raise ValueError(
                f"y must hold a label for every test sample, but y[{row}] is missing. Leave it "
                "out of the test part."
            )
