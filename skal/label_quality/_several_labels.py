"""Confident learning where samples have several labels: each is judged for itself."""

import numpy as np

from .._base import InvalidParameterError, Real, check_same_length
from ..acquisition import label_least_confidence
from ._confident import find_label_issues


def multilabel_quality(label_proba, y, *, alpha=0.8):
    """Score samples by how probable it is that all of their labels are right.

    The quality of a single label is its probability ``p`` where it was given, and ``1 - p`` where
    it was not. From the largest q_1 to the least q_K, they are put together by an exponential
    moving average, ``S_1 = q_1`` and ``S_k = alpha q_k + (1 - alpha) S_{k-1}``: the least one
    counts most, and all others a little.

    Parameters
    ----------
    label_proba : array-like of shape (n_samples, n_labels)
        Out-of-sample probabilities that samples have each label.
    y : array-like of shape (n_samples, n_labels)
        The labels that were given, 0 and 1.
    alpha : float, default=0.8
        The weight of the least quality, above 0, at most 1, where nothing else counts.

    Returns
    -------
    quality : ndarray of shape (n_samples,)
        From 0, certainly wrong, to 1, certainly right.

    Raises
    ------
    ValueError
        If `label_proba` or `y` is not of this shape, or holds anything but probabilities or 0
        and 1; or if `alpha` is not valid.

    See Also
    --------
    find_multilabel_issues : Where to draw the line.

    References
    ----------
    A. Thyagarajan, E. Snorrason, C. G. Northcutt and J. Mueller (2022). Identifying incorrect
    annotations in multi-label classification data. arXiv:2211.13895.

    Examples
    --------
    >>> from skal.label_quality import multilabel_quality
    >>> multilabel_quality([[0.9, 0.2, 0.1], [0.9, 0.2, 0.1]], [[1, 0, 0], [1, 1, 0]]).round(3)
    array([0.82, 0.34])
    """
    return quality_of_rows(*_checked(label_proba, y), _checked_alpha(alpha))


def find_multilabel_issues(label_proba, y, *, alpha=0.8):
    """Find the samples of which a label is probably wrong, missing or too many, the worst first.

    Each label is a question of two classes, whether a sample has it, of which
    :func:`find_label_issues` finds the answers that are probably wrong. A sample is found where
    any of its labels is.

    Parameters
    ----------
    label_proba, y, alpha
        As in :func:`multilabel_quality`, which orders what is found.

    Returns
    -------
    positions : ndarray of int of shape (n_found,)
        The lowest quality first.

    Raises
    ------
    ValueError
        As :func:`multilabel_quality`.

    See Also
    --------
    skal.session.LabelingSession.suspects : The same for the labels of a session, with their names.

    References
    ----------
    A. Thyagarajan, E. Snorrason, C. G. Northcutt and J. Mueller (2022). Identifying incorrect
    annotations in multi-label classification data. arXiv:2211.13895.

    Examples
    --------
    The last sample lacks the second label.

    >>> from skal.label_quality import find_multilabel_issues
    >>> label_proba = [[0.9, 0.9], [0.8, 0.1], [0.1, 0.8], [0.2, 0.2], [0.1, 0.9]]
    >>> find_multilabel_issues(label_proba, [[1, 1], [1, 0], [0, 1], [0, 0], [0, 0]])
    array([4])
    """
    proba, y = _checked(label_proba, y)
    alpha = _checked_alpha(alpha)
    found = np.flatnonzero(issues_of_labels(proba, y).any(axis=1))
    return found[np.argsort(quality_of_rows(proba, y, alpha)[found], kind="stable")]


def quality_of_rows(proba, y, alpha=0.8):
    """Return the exponential moving average of the qualities of the labels of each sample."""
    ordered = np.sort(quality_of_labels(proba, y), axis=1)[:, ::-1]
    average = ordered[:, 0]
    for column in ordered.T[1:]:
        average = alpha * column + (1 - alpha) * average
    return average


def quality_of_labels(proba, y):
    """Return the probability of what was said of each label, present or absent."""
    return np.where(y == 1, proba, 1 - proba)


def issues_of_labels(proba, y):
    """Return which single labels are probably wrong, of shape (n_samples, n_labels)."""
    wrong = np.zeros(y.shape, dtype=bool)
    for label, (p, given) in enumerate(zip(proba.T, y.T, strict=True)):
        wrong[find_label_issues(np.column_stack([1 - p, p]), given), label] = True
    return wrong


def _checked(label_proba, y):
    """Return probabilities as float64, and labels as integers."""
    label_least_confidence(label_proba)  # refuses what are no probabilities of labels
    proba = np.asarray(label_proba, dtype=np.float64)
    given = np.asarray(y.toarray() if hasattr(y, "toarray") else y)
    check_same_length(label_proba=proba, y=given)
    is_number = given.dtype.kind in "biuf"
    if given.shape != proba.shape or not is_number or not np.isin(given, (0, 1)).all():
        raise ValueError(
            f"y must hold 0 and 1, a column for each of the {proba.shape[1]} labels of "
            f"label_proba, got shape {given.shape} and dtype {given.dtype}. Lists become "
            "such a matrix by sklearn.preprocessing.MultiLabelBinarizer().fit_transform(y)."
        )
    return proba, given.astype(np.intp)


def _checked_alpha(alpha):
    is_number = isinstance(alpha, Real) and not isinstance(alpha, (bool, np.bool_))
    if not is_number or not 0 < alpha <= 1:
        raise InvalidParameterError(
            f"alpha must be the weight of the least quality, above 0, at most 1, got {alpha!r}."
        )
    return float(alpha)
