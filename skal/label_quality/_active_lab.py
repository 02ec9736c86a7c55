"""ActiveLab: whether one more label is worth more on a labeled sample or on a new one."""

import numpy as np

from ..acquisition import check_proba
from ._confident import self_confidence
from ._crowd_lab import checked_with_model, consensus, has_overlap, majority
from ._temperature import best_temperature, scaled


def active_lab(labels, proba, proba_unlabeled=None, *, classes=None):
    """Score samples with and without labels by how much one more label of them is worth.

    The score is one minus an estimate of how probable it is that the best label known so far is
    right: the consensus of annotators and model for a labeled sample, see :func:`crowd_lab`, and
    the prediction of the model for a new one. The estimate is drawn towards ``1 / n_classes``,
    by as much as one annotator weighs, so that samples with few labels come before samples with
    many. The probabilities are calibrated first.

    Parameters
    ----------
    labels : array-like of shape (n_samples, n_annotators)
        A column for each annotator; None or NaN where there is no label. Each sample needs one.
    proba : array-like of shape (n_samples, n_classes)
        Out-of-sample probabilities of these samples, as in :func:`label_quality`.
    proba_unlabeled : array-like of shape (n_unlabeled, n_classes), default=None
        Probabilities of samples without labels.
    classes : array-like of shape (n_classes,), default=None
        The label that each column of `proba` stands for. None: the labels are the numbers of the
        columns.

    Returns
    -------
    scores : ndarray of shape (n_samples,)
        Larger where one more label is wanted more.
    scores_unlabeled : ndarray of shape (n_unlabeled,)
        The same for the samples without labels, on the same scale.

    Raises
    ------
    ValueError
        As :func:`crowd_lab`, and if `proba_unlabeled` has other columns than `proba`.

    Notes
    -----
    The scores are one minus those of ``cleanlab.multiannotator.get_active_learning_scores`` of
    cleanlab 2.9, where small scores are wanted, with two exceptions. Ties are broken as in
    :func:`crowd_lab`. And when cleanlab 2.9 calibrates probabilities, it counts labels of type
    float, which NaN makes of all, in the wrong columns; here they are counted in their own.

    References
    ----------
    H. W. Goh and J. Mueller (2023). ActiveLab: Active learning with re-labeling by multiple
    annotators. arXiv:2301.11856.

    Examples
    --------
    The second sample, on which the annotators disagree, is wanted more than a new one of which
    the model is sure, and less than one of which it is not.

    >>> from skal.label_quality import active_lab
    >>> labels = [[0, 0, 0], [0, 1, None], [1, 1, None]]
    >>> proba = [[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]]
    >>> scores, scores_unlabeled = active_lab(labels, proba, [[0.55, 0.45], [0.95, 0.05]])
    >>> scores.round(2), scores_unlabeled.round(2)
    (array([0.15, 0.38, 0.17]), array([0.43, 0.13]))
    """
    opinions, proba, _ = checked_with_model(labels, proba, classes)
    if proba_unlabeled is None:
        proba_unlabeled = np.empty((0, proba.shape[1]))
    else:
        proba_unlabeled = check_proba(proba_unlabeled, "proba_unlabeled", ndim=(2,))
        proba_unlabeled = proba_unlabeled.astype(np.float64, copy=False)
        if proba_unlabeled.shape[1] != proba.shape[1]:
            raise ValueError(
                f"proba_unlabeled must have the {proba.shape[1]} columns of proba, got "
                f"{proba_unlabeled.shape[1]}."
            )
    return worth_of_labels(opinions, proba, proba_unlabeled)


def worth_of_labels(opinions, proba, proba_unlabeled):
    """Return the scores of samples with labels and without."""
    temperature, model_weight = 1.0, 1.0
    weights = np.ones(opinions.n_annotators)
    if has_overlap(opinions):
        temperature = best_temperature(opinions, proba)
        _, quality, _, weights, model_weight = consensus(opinions, scaled(proba, temperature))
    else:
        quality = self_confidence(proba, majority(opinions, proba))
    one_more, by_chance = weights.mean(), 1 / opinions.n_classes
    n_samples = opinions.n_samples
    known = model_weight + np.bincount(opinions.samples, weights[opinions.annotators], n_samples)
    labeled = (quality * known + by_chance * one_more) / (known + one_more)
    surest = scaled(proba_unlabeled, temperature).max(axis=1, initial=0.0)
    unlabeled = (surest * model_weight + by_chance * one_more) / (model_weight + one_more)
    return 1 - labeled, 1 - unlabeled
