"""Parts of the labeled samples, and the losses of clones on the parts held out from them."""

import numpy as np
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.utils import get_tags

from .._base import fit_predictor, is_frozen, sample_aligned, take_params, take_rows
from ..pool import Pool


def deal(y, n_parts, random_state):
    """Return the part of each sample, the members of a class dealt out in turn.

    Parts differ in size by one at most, and two labels of a class are never in the same part
    before every part has one.
    """
    codes = np.unique(y, return_inverse=True)[1]
    order = random_state.permutation(len(y))
    order = order[np.argsort(codes[order], kind="stable")]
    parts = np.empty(len(y), dtype=np.intp)
    parts[order] = np.arange(len(y)) % n_parts
    return parts


def weighty(params, n_samples):
    """Return a mask of the samples whose `sample_weight` is not 0."""
    if "sample_weight" not in sample_aligned(params, n_samples):
        return np.ones(n_samples, dtype=bool)
    return np.asarray(params["sample_weight"]) != 0


def hold_out(template, X, y, params, parts, *, loss, classes, n_jobs):
    """Return losses and features of clones on the parts that they were not fitted on.

    Parameters
    ----------
    template : classifier
        What is cloned.
    X, y, params
        The labeled samples, and parameters of `fit`.
    parts : ndarray of int of shape (n_samples,)
        The part of each sample.
    loss : loss
        What is lost, see `_losses`.
    classes : ndarray of shape (n_classes,)
        The classes of all samples.
    n_jobs : int or None
        Number of parts worked on at the same time.

    Returns
    -------
    losses : ndarray of shape (n_samples,)
    features : ndarray of shape (n_samples, n_features)
    """
    names = np.unique(parts)
    answers = Parallel(n_jobs=n_jobs)(
        delayed(_on_part)(template, X, y, params, parts == part, loss, classes) for part in names
    )
    losses = np.empty(len(y))
    features = np.empty((len(y), answers[0][1].shape[1]))
    for part, answer in zip(names, answers, strict=True):
        losses[parts == part], features[parts == part] = answer
    return losses, features


def _on_part(template, X, y, params, held_out, loss, classes):
    """Fit a clone on the samples that are not held out; return its losses and features there."""
    rows = np.flatnonzero(~held_out & weighty(params, len(y)))
    others = y[held_out]
    if len(np.unique(y[rows])) < 2 and not is_frozen(template):
        # Most classifiers refuse a single class, so that class counts as predicted for certain.
        losses = np.where(np.isin(others, y[rows]), 0.0, loss.worst)
        return losses, loss.certain_features(len(others), len(classes))
    params = take_params(params, len(y), rows)
    model = fit_predictor(clone(template), _rows_of(template, X, rows, rows), y[rows], params)
    pool = Pool(model, _rows_of(template, X, np.flatnonzero(held_out), rows))
    return loss.of_labels(pool, others), loss.features(pool, len(classes))


def _rows_of(template, X, rows, fitted_rows):
    """Return rows of X, and of a precomputed kernel its values with the rows fitted on."""
    part = take_rows(X, rows)
    if not get_tags(template).input_tags.pairwise:
        return part
    return part[:, fitted_rows]
