"""CROWDLAB: the labels of several annotators and a model, weighted by how reliable they are."""

from typing import NamedTuple

import numpy as np

from .._base import check_same_length
from ..acquisition import check_proba
from ._confident import TOLERANCE, self_confidence
from ._opinions import checked_opinions
from ._temperature import best_temperature, scaled


class CrowdLab(NamedTuple):
    """What :func:`crowd_lab` estimates.

    Attributes
    ----------
    labels : ndarray of shape (n_samples,)
        The consensus label of each sample.
    quality : ndarray of shape (n_samples,)
        The probability that it is right.
    proba : ndarray of shape (n_samples, n_classes)
        The probability of each class, by annotators and model together.
    annotator_weight : ndarray of shape (n_annotators,)
        What the label of each annotator counts.
    model_weight : float
        What the prediction of the model counts.
    """

    labels: np.ndarray
    quality: np.ndarray
    proba: np.ndarray
    annotator_weight: np.ndarray
    model_weight: float


def crowd_lab(labels, proba, *, classes=None, calibrate=False):
    """Estimate a consensus label of each sample, and how probable it is that it is right.

    The probabilities of a sample are a weighted mean of the model's probabilities and of one
    distribution for each of its labels. An annotator weighs the more, the more it agrees with the
    others, and the model the more, the more it agrees with the consensus; both are compared with
    always naming the most frequent class. The consensus is the most probable class.

    Parameters
    ----------
    labels : array-like of shape (n_samples, n_annotators)
        A column for each annotator; None or NaN where there is no label. Each sample needs one.
    proba : array-like of shape (n_samples, n_classes)
        Out-of-sample probabilities, as in :func:`label_quality`.
    classes : array-like of shape (n_classes,), default=None
        The label that each column of `proba` stands for. None: the labels are the numbers of the
        columns.
    calibrate : bool, default=False
        Whether to scale the logarithms of `proba` first, by the temperature that makes them fit
        the labels of all annotators best.

    Returns
    -------
    estimate : CrowdLab
        With `labels`, `quality`, `proba`, `annotator_weight` and `model_weight`.

    Raises
    ------
    ValueError
        If a sample has no label or one that is not among the classes, `proba` has another length
        or a row that is not a probability distribution.

    See Also
    --------
    dawid_skene : Without a model.
    active_lab : Which sample should be labeled next, once more or for the first time.

    Notes
    -----
    Where no sample has two labels, nothing tells annotators apart: all weights are 1, and the
    quality of a label is the model's probability. The results are those of
    ``cleanlab.multiannotator.get_label_quality_multiannotator`` of cleanlab 2.9, except where
    labels tie in every respect: the first class is taken then, not one at random.

    References
    ----------
    H. W. Goh, U. Tkachenko and J. Mueller (2022). CROWDLAB: Supervised learning to infer
    consensus labels and quality scores for data with multiple annotators. arXiv:2210.06812.

    Examples
    --------
    >>> from skal.label_quality import crowd_lab
    >>> labels = [[0, 0, None], [1, 1, 0], [1, None, None], [0, 1, 0]]
    >>> proba = [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.8, 0.2]]
    >>> estimate = crowd_lab(labels, proba)
    >>> estimate.labels
    array([0, 1, 0, 0])
    >>> estimate.quality.round(2)
    array([0.9, 0.8, 0.6, 0.8])
    """
    opinions, proba, classes = checked_with_model(labels, proba, classes)
    if not has_overlap(opinions):
        codes = majority(opinions, proba)
        quality = self_confidence(proba, codes)
        weights = np.ones(opinions.n_annotators)
        return CrowdLab(classes[codes], quality, proba, weights, 1.0)
    if calibrate:
        proba = scaled(proba, best_temperature(opinions, proba))
    codes, *estimate = consensus(opinions, proba)
    return CrowdLab(classes[codes], *estimate)


def checked_with_model(labels, proba, classes):
    """Return labels as `Opinions`, with the probabilities and classes that go with them."""
    proba = check_proba(proba, ndim=(2,)).astype(np.float64, copy=False)
    opinions, classes = checked_opinions(labels, classes, proba.shape[1])
    check_same_length(labels=labels, proba=proba)
    n_labels = opinions.n_labels()
    if not n_labels.all():
        raise ValueError(
            f"labels must hold a label for every sample, but sample {n_labels.argmin()} has "
            "none. Leave samples without labels out."
        )
    return opinions, proba, classes


def has_overlap(opinions):
    """Whether any sample has labels of two annotators."""
    return len(opinions.samples) > opinions.n_samples


def consensus(opinions, proba):
    """Return consensus labels as codes, their quality, probabilities and weights."""
    votes = majority(opinions, proba)
    mixed = _mixture(opinions, proba, votes)[0]
    best = mixed.argmax(axis=1)
    # The majority decides where several classes are the most probable.
    is_tie = (mixed >= mixed.max(axis=1, keepdims=True) - 1e-12).sum(axis=1) > 1
    best[is_tie] = votes[is_tie]
    mixed, annotator_weight, model_weight = _mixture(opinions, proba, best)
    return best, self_confidence(mixed, best), mixed, annotator_weight, model_weight


def majority(opinions, proba):
    """Return the most frequent label of each sample, as codes.

    Ties are broken by the model, then in favor of the class that is rarer among all labels, then
    of the annotators who agree with the majority more often, then of the first class.
    """
    votes = opinions.votes()
    left = votes == votes.max(axis=1, keepdims=True)
    is_clear = left.sum(axis=1) == 1
    left = _largest(proba, left)
    left = _largest(-np.broadcast_to(votes.sum(axis=0), votes.shape), left)
    if (left.sum(axis=1) > 1).any():
        left = _largest(_agreement_of_voters(opinions, left, is_clear), left)
    return left.argmax(axis=1)


def _largest(scores, left):
    """Return which of the classes that are left have the largest score of their sample."""
    scores = np.where(left, scores, -np.inf)
    return left & (scores == scores.max(axis=1, keepdims=True))


def _agreement_of_voters(opinions, left, is_clear):
    """Return how often those who voted for a class vote with clear majorities, on average."""
    samples, annotators, codes, n_samples, n_annotators, n_classes = opinions
    clear = is_clear[samples]
    agrees = left[samples, codes]
    n_clear = np.bincount(annotators[clear], minlength=n_annotators)
    n_agreed = np.bincount(annotators[clear & agrees], minlength=n_annotators)
    agreement = _shares(n_agreed, n_clear)
    cells = samples * n_classes + codes
    sums = np.bincount(cells, agreement[annotators], minlength=n_samples * n_classes)
    return (sums / np.maximum(opinions.votes().ravel(), 1)).reshape(n_samples, n_classes)


def _mixture(opinions, proba, codes):
    """Return the weighted mean of model and annotators, and both weights, given a consensus."""
    samples, annotators, given, n_samples, _, n_classes = opinions
    n_labels = opinions.n_labels()
    several = n_labels > 1
    agreement = opinions.votes()[np.arange(n_samples), codes] / n_labels
    likely = agreement[several].mean()  # the probability that an annotator names the consensus
    unlikely = (1 - likely) / max(n_classes - 1, 1)
    # The error of always naming the most frequent class, which a weight of 0 stands for.
    frequent = np.bincount(codes[several], minlength=n_classes).argmax()
    base_error = max((codes[several] != frequent).mean(), TOLERANCE)
    errors = 1 - _agreement_with_others(opinions)
    annotator_weight = np.maximum(1 - errors / base_error, TOLERANCE)
    model_error = (proba[several].argmax(axis=1) != codes[several]).mean()
    model_weight = max(1 - model_error / base_error, TOLERANCE) * np.sqrt(n_labels.mean())

    weights = annotator_weight[annotators]
    of_sample = np.bincount(samples, weights, minlength=n_samples)
    of_class = np.bincount(samples * n_classes + given, weights, minlength=proba.size)
    mixed = proba * model_weight + of_sample[:, np.newaxis] * unlikely
    mixed += of_class.reshape(proba.shape) * (likely - unlikely)
    mixed /= (of_sample + model_weight)[:, np.newaxis]
    return mixed, annotator_weight, float(model_weight)


def _agreement_with_others(opinions):
    """Return the share of other labels of the same samples that agree with each annotator."""
    samples, annotators, codes, *_ = opinions
    n_others = opinions.n_labels()[samples] - 1
    n_same = opinions.votes()[samples, codes] - 1
    return _shares(
        *(
            np.bincount(annotators, counts, minlength=opinions.n_annotators)
            for counts in (n_same, n_others)
        )
    )


def _shares(counts, totals):
    """Return counts by their totals, and the mean of these where the total is 0."""
    known = totals > 0
    shares = np.ones(len(totals))
    shares[known] = counts[known] / totals[known]
    if known.any():
        shares[~known] = shares[known].mean()
    return shares
