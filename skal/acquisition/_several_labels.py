"""Scores of samples that may have several labels, from the probability of each label."""

import numpy as np
from scipy.special import entr

from .._base import as_array, as_floats
from ._checks import checked_base

__all__ = [
    "avg_confidence",
    "avg_score",
    "label_entropy",
    "label_least_confidence",
    "label_margin",
    "max_loss",
    "max_score",
    "mean_max_loss",
    "min_confidence",
]


def label_margin(label_proba):
    """Return how near the probability of each label is to 1/2: ``1 - |2 p - 1|``.

    Parameters
    ----------
    label_proba : array-like of shape (n_samples, n_labels)
        The probability of each label, from 0 to 1. The rows need not add up to 1.

    Returns
    -------
    uncertainty : ndarray of shape (n_samples, n_labels)
        From 0, where the label is certain, to 1.

    Raises
    ------
    ValueError
        If `label_proba` is not of this shape, or holds anything but numbers from 0 to 1.

    Examples
    --------
    >>> from skal.acquisition import label_margin
    >>> label_margin([[0.5, 1.0], [0.25, 0.0]])
    array([[1. , 0. ],
           [0.5, 0. ]])
    """
    return 1 - np.abs(2 * _checked(label_proba) - 1)


def label_least_confidence(label_proba):
    """Return how improbable the likelier value of each label is: ``1 - max(p, 1 - p)``.

    Parameters
    ----------
    label_proba : array-like of shape (n_samples, n_labels)
        The probability of each label, from 0 to 1.

    Returns
    -------
    uncertainty : ndarray of shape (n_samples, n_labels)
        From 0, where the label is certain, to 1/2.

    Raises
    ------
    ValueError
        As for :func:`label_margin`.

    Examples
    --------
    >>> from skal.acquisition import label_least_confidence
    >>> label_least_confidence([[0.5, 1.0], [0.25, 0.0]])
    array([[0.5 , 0.  ],
           [0.25, 0.  ]])
    """
    proba = _checked(label_proba)
    return np.minimum(proba, 1 - proba)


def label_entropy(label_proba, *, base=2):
    """Return the entropy of each label: ``-p log p - (1 - p) log(1 - p)``.

    Parameters
    ----------
    label_proba : array-like of shape (n_samples, n_labels)
        The probability of each label, from 0 to 1.
    base : float, default=2
        Base of the logarithm, above 0 and not 1.

    Returns
    -------
    uncertainty : ndarray of shape (n_samples, n_labels)
        From 0, where the label is certain, to 1 where base is 2.

    Raises
    ------
    ValueError
        As for :func:`label_margin`, or if `base` is not valid.

    Examples
    --------
    >>> from skal.acquisition import label_entropy
    >>> label_entropy([[0.5, 1.0]])
    array([[1., 0.]])
    """
    proba, base = _checked(label_proba), checked_base(base)
    return (entr(proba) + entr(1 - proba)) / np.log(base)


def max_loss(label_proba, predicted=None):
    """Score samples by the loss if only the label of the largest probability were right.

    With predictions f = +1 and -1, and y = +1 for the label of the largest probability and -1 for
    all others, the score is ``sum_l max(0, 1 - y_l f_l)``.

    Parameters
    ----------
    label_proba : array-like of shape (n_samples, n_labels)
        The probability of each label, from 0 to 1.
    predicted : array-like of shape (n_samples, n_labels), default=None
        The predicted labels, 0 and 1. None: those whose probability is above 1/2.

    Returns
    -------
    scores : ndarray of shape (n_samples,)
        Larger where labels are wanted more.

    Raises
    ------
    ValueError
        As for :func:`label_margin`, or if `predicted` is not of the same shape, or holds anything
        but 0 and 1.

    References
    ----------
    X. Li, L. Wang and E. Sung (2004). Multilabel SVM active learning for image classification.
    ICIP.

    Examples
    --------
    >>> from skal.acquisition import max_loss
    >>> max_loss([[0.9, 0.1, 0.2], [0.9, 0.8, 0.7]])
    array([0., 4.])
    """
    proba, signs = _with_signs(label_proba, predicted)
    # A label that is predicted wrongly counts 2: those beside the leading one that are predicted,
    # and the leading one if it is not.
    leading = signs[np.arange(len(proba)), proba.argmax(axis=1)]
    return 2.0 * ((signs > 0).sum(axis=1) - (leading > 0) + (leading < 0))


def mean_max_loss(label_proba, predicted=None):
    """Score samples by the mean over labels of the loss if only this label were right.

    With predictions f = +1 and -1, and y_k = +1 for the label k and -1 for all others, the score
    is ``mean_k max(0, 1 - sum_l y_kl f_l)``.

    Parameters
    ----------
    label_proba : array-like of shape (n_samples, n_labels)
        The probability of each label, from 0 to 1.
    predicted : array-like of shape (n_samples, n_labels), default=None
        The predicted labels, 0 and 1. None: those whose probability is above 1/2.

    Returns
    -------
    scores : ndarray of shape (n_samples,)
        Larger where labels are wanted more.

    Raises
    ------
    ValueError
        As for :func:`max_loss`.

    References
    ----------
    X. Li, L. Wang and E. Sung (2004). Multilabel SVM active learning for image classification.
    ICIP.

    Examples
    --------
    >>> from skal.acquisition import mean_max_loss
    >>> mean_max_loss([[0.9, 0.1, 0.2], [0.9, 0.8, 0.7]])
    array([1.33333333, 2.        ])
    """
    _, signs = _with_signs(label_proba, predicted)
    # With only label k right, the inner product is that of "no label right" plus 2 f_k.
    products = 2 * signs - signs.sum(axis=1, keepdims=True)
    return np.maximum(1 - products, 0).mean(axis=1)


def min_confidence(label_proba):
    """Score samples by minus the smallest probability of a label.

    Parameters
    ----------
    label_proba : array-like of shape (n_samples, n_labels)
        The probability of each label, from 0 to 1.

    Returns
    -------
    scores : ndarray of shape (n_samples,)
        Larger where labels are wanted more.

    Raises
    ------
    ValueError
        As for :func:`label_margin`.

    References
    ----------
    A. Esuli and F. Sebastiani (2009). Active learning strategies for multi-label text
    classification. ECIR.

    Examples
    --------
    >>> from skal.acquisition import min_confidence
    >>> min_confidence([[0.9, 0.1], [0.5, 0.25]])
    array([-0.1 , -0.25])
    """
    return -_checked(label_proba).min(axis=1)


def avg_confidence(label_proba):
    """Score samples by the mean probability of their labels.

    Parameters
    ----------
    label_proba : array-like of shape (n_samples, n_labels)
        The probability of each label, from 0 to 1.

    Returns
    -------
    scores : ndarray of shape (n_samples,)
        Larger where labels are wanted more.

    Raises
    ------
    ValueError
        As for :func:`label_margin`.

    References
    ----------
    A. Esuli and F. Sebastiani (2009). Active learning strategies for multi-label text
    classification. ECIR.

    Examples
    --------
    >>> from skal.acquisition import avg_confidence
    >>> avg_confidence([[0.9, 0.1], [0.5, 0.25]])
    array([0.5  , 0.375])
    """
    return _checked(label_proba).mean(axis=1)


def max_score(label_proba, predicted=None):
    """Score samples by the largest probability of a label with the sign of its prediction.

    The score is ``max_l p_l (f_l - 1/2)`` with predictions f of 0 and 1.

    Parameters
    ----------
    label_proba : array-like of shape (n_samples, n_labels)
        The probability of each label, from 0 to 1.
    predicted : array-like of shape (n_samples, n_labels), default=None
        The predicted labels, 0 and 1. None: those whose probability is above 1/2.

    Returns
    -------
    scores : ndarray of shape (n_samples,)
        Larger where labels are wanted more.

    Raises
    ------
    ValueError
        As for :func:`max_loss`.

    References
    ----------
    A. Esuli and F. Sebastiani (2009). Active learning strategies for multi-label text
    classification. ECIR.

    Examples
    --------
    >>> from skal.acquisition import max_score
    >>> max_score([[0.9, 0.1], [0.5, 0.25]])
    array([ 0.45 , -0.125])
    """
    proba, signs = _with_signs(label_proba, predicted)
    return (proba * (signs / 2)).max(axis=1)


def avg_score(label_proba, predicted=None):
    """Score samples by the mean probability of a label with the sign of its prediction.

    The score is ``mean_l p_l (f_l - 1/2)`` with predictions f of 0 and 1.

    Parameters
    ----------
    label_proba : array-like of shape (n_samples, n_labels)
        The probability of each label, from 0 to 1.
    predicted : array-like of shape (n_samples, n_labels), default=None
        The predicted labels, 0 and 1. None: those whose probability is above 1/2.

    Returns
    -------
    scores : ndarray of shape (n_samples,)
        Larger where labels are wanted more.

    Raises
    ------
    ValueError
        As for :func:`max_loss`.

    References
    ----------
    A. Esuli and F. Sebastiani (2009). Active learning strategies for multi-label text
    classification. ECIR.

    Examples
    --------
    >>> from skal.acquisition import avg_score
    >>> avg_score([[0.75, 0.25], [0.5, 0.25]])
    array([ 0.125 , -0.1875])
    """
    proba, signs = _with_signs(label_proba, predicted)
    return (proba * (signs / 2)).mean(axis=1)


def _checked(label_proba):
    """Return probabilities of labels as floats of shape (n_samples, n_labels)."""
    proba = as_floats(label_proba, "label_proba")
    if proba.ndim != 2 or not proba.shape[1]:
        raise ValueError(
            f"label_proba must have shape (n_samples, n_labels), got shape {proba.shape}."
        )
    wrong = ~((proba >= 0) & (proba <= 1))
    if wrong.any():
        row, label = np.argwhere(wrong)[0]
        raise ValueError(
            f"label_proba must hold probabilities from 0 to 1, but label {label} of sample {row} "
            f"has {proba[row, label]}."
        )
    return proba


def _with_signs(label_proba, predicted):
    """Return the probabilities, and the predictions as +1 and -1."""
    proba = _checked(label_proba)
    if predicted is None:
        return proba, np.where(proba > 0.5, 1.0, -1.0)
    predicted = as_array(predicted, "predicted")
    if predicted.shape != proba.shape or not np.isin(predicted, (0, 1)).all():
        raise ValueError(
            f"predicted must hold 0 and 1, of the shape {proba.shape} of label_proba, got an "
            f"array of shape {predicted.shape}."
        )
    return proba, 2.0 * predicted - 1
