"""Predictions for labeled rows, by models that did not learn from them."""

import numpy as np

from .._base import derive_seed, make_random_state

# How many models predict the audit rows, and how many the other labeled rows.
N_FOLDS, N_FOLDS_REST = 10, 5


def cross_fitted(fit, rows, labels, is_audit, *, with_rest, seed, groups=None, stratify=True):
    """Return a prediction for each labeled row.

    Audit rows are few: left out in ten parts, they leave nearly all labels to the models, which
    are then nearly as good as the present model. The other labeled rows are left out in five
    parts.

    Parameters
    ----------
    fit : callable
        Returns a function from rows to predictions, given rows and their labels.
    rows : list of int
        The labeled rows.
    labels : list
    is_audit : ndarray of bool of shape (n_labeled,)
    with_rest : bool
        Whether the rows that are not audit rows are predicted.
    seed : int
    groups : ndarray of int of shape (n_rows,), default=None
        The number of each row's group of copies, which are left out together. None: there are no
        copies.
    stratify : bool, default=True
        Whether labels are classes, or tuples of these, of which each part has as many.

    Returns
    -------
    predicted : list
        None for rows that were not predicted.
    """
    rows = np.asarray(rows, dtype=np.intp)
    codes = codes_for_folds(labels) if stratify else np.zeros(len(rows), int)
    predicted = [None] * len(rows)
    for part, n_folds in ((is_audit, N_FOLDS), (~is_audit & with_rest, N_FOLDS_REST)):
        places = np.flatnonzero(part)
        folds = folds_of(places, codes[places], n_folds, seed)
        for fold, answers in left_out(fit, rows, labels, folds, groups):
            for place, label in zip(fold.tolist(), answers, strict=True):
                predicted[place] = label
    return predicted


def codes_for_folds(labels):
    """Return the number of each label in order; of several labels a row, that of all together."""
    codes = {label: code for code, label in enumerate(sorted(set(labels)))}
    return np.array([codes[label] for label in labels], dtype=np.intp)


def left_out(fit, rows, labels, folds, groups=None):
    """Yield each fold with the predictions of a model that knows all labels but those in it.

    Parameters
    ----------
    fit, rows, labels, groups
        As in :func:`cross_fitted`; `rows` is an array.
    folds : list of ndarray of int
        Places in `rows`. A fold that leaves no rows to learn from is left out.
    """
    for fold in folds:
        rest = np.setdiff1d(np.arange(len(rows)), _with_copies(fold, rows, groups))
        if len(rest):
            predict = fit(rows[rest].tolist(), [labels[i] for i in rest])
            yield fold, predict(rows[fold])


def folds_of(places, codes, n_folds, seed):
    """Divide places into folds at random, each class as evenly as possible."""
    stream = make_random_state(derive_seed(seed, len(places)))
    order = places[np.lexsort((stream.random_sample(len(places)), codes))]
    return [order[i::n_folds] for i in range(min(n_folds, len(order)))]


def _with_copies(fold, rows, groups):
    """Return the places of a fold, and of all rows that are copies of those in it."""
    return fold if groups is None else np.flatnonzero(np.isin(groups[rows], groups[rows[fold]]))
