"""Dawid and Skene's estimate of the true classes from the labels of several annotators."""

from typing import NamedTuple

import numpy as np

from .._base import InvalidParameterError, Real, check_count
from ._opinions import checked_opinions


class DawidSkene(NamedTuple):
    """What :func:`dawid_skene` estimates.

    Attributes
    ----------
    proba : ndarray of shape (n_samples, n_classes)
        The probability that a sample belongs to each class, given its labels.
    classes : ndarray of shape (n_classes,)
        The class that each column stands for.
    confusion : ndarray of shape (n_annotators, n_classes, n_classes)
        Entry (a, i, j): the probability that the annotator a labels a sample of class i as j.
    prior : ndarray of shape (n_classes,)
        How frequent the classes are.
    n_iter : int
        How many rounds it took.
    """

    proba: np.ndarray
    classes: np.ndarray
    confusion: np.ndarray
    prior: np.ndarray
    n_iter: int


def dawid_skene(labels, *, classes=None, smoothing=20.0, max_iter=100, tol=1e-6):
    """Estimate the true classes of samples, and how often each annotator mistakes one for another.

    Majority votes count all annotators alike. Here, what an annotator says counts by how reliably
    it tells the classes apart, and this is estimated from the samples that others have labeled as
    well. Given the true class, annotators are assumed to err independently.

    The estimate is found by expectation maximization. It starts with the shares of the votes as
    probabilities. In turn, the confusion matrices and the frequencies of the classes are computed
    from the probabilities, and the probabilities from these by Bayes' rule. Probabilities are
    rounded to 12 digits, so that the order of samples and annotators does not matter.

    Parameters
    ----------
    labels : array-like of shape (n_samples, n_annotators)
        A column for each annotator; None or NaN where there is no label. A sample without any
        label gets the frequencies of the classes.
    classes : array-like of shape (n_classes,), default=None
        The classes. None: the distinct labels, in order.
    smoothing : float, default=20.0
        How many labels of each class, besides those that were given, speak for annotators who
        are as often right about every class, at least 0. How often each is right is drawn to how
        often all are by as many. So an annotator who has made no mistake in a handful of labels
        is not taken to be never wrong, and a class that an annotator has hardly seen is no
        riddle. As many samples speak for classes of equal frequency. 0 is the maximum likelihood
        estimate of the paper, which needs many labels.
    max_iter : int, default=100
        How many rounds at most.
    tol : float, default=1e-6
        It stops when no probability has changed by more than this.

    Returns
    -------
    estimate : DawidSkene
        With `proba`, `classes`, `confusion`, `prior` and `n_iter`.

    Raises
    ------
    ValueError
        If `labels` is not a table, has no label or one that is not among the classes, or if a
        parameter is out of its range.

    See Also
    --------
    crowd_lab : Also asks a model.

    References
    ----------
    A. P. Dawid and A. M. Skene (1979). Maximum likelihood estimation of observer error-rates
    using the EM algorithm. Applied Statistics 28 (1).

    Examples
    --------
    Anna and Bert agree, Carl is often wrong and Dora always says "cat".

    >>> from skal.label_quality import dawid_skene
    >>> labels = [
    ...     ["cat", "cat", "cat", "cat"],
    ...     ["dog", "dog", "cat", "cat"],
    ...     ["dog", "dog", "dog", "cat"],
    ...     ["cat", "cat", "dog", "cat"],
    ...     ["dog", None, "cat", "cat"],
    ... ]
    >>> estimate = dawid_skene(labels, smoothing=1.0)
    >>> estimate.classes[estimate.proba.argmax(axis=1)].tolist()
    ['cat', 'dog', 'dog', 'cat', 'dog']
    >>> estimate.confusion[3].round(1)
    array([[0.8, 0.2],
           [0.9, 0.1]])
    """
    _check_real(smoothing, "smoothing")
    _check_real(tol, "tol")
    max_iter = check_count(max_iter, "max_iter")
    opinions, classes = checked_opinions(labels, classes)
    proba, confusion, prior, n_iter = estimate_classes(opinions, smoothing, max_iter, tol)
    return DawidSkene(proba, classes, confusion, prior, n_iter)


def estimate_classes(opinions, smoothing=20.0, max_iter=100, tol=1e-6):
    """Return probabilities, confusion matrices, prior and number of rounds for `Opinions`."""
    proba = _shares_of_votes(opinions)
    n_iter, change = 0, np.inf
    while n_iter < max_iter and change > tol:
        prior = _prior(proba, smoothing)
        confusion = _confusion(opinions, proba, smoothing)
        before, proba = proba, _posterior(opinions, prior, confusion)
        n_iter, change = n_iter + 1, np.abs(proba - before).max()
    return proba, confusion, prior, n_iter


def _shares_of_votes(opinions):
    votes = opinions.votes()
    overall = votes.sum(axis=0) / votes.sum()
    n_labels = opinions.n_labels()[:, np.newaxis]
    return np.where(n_labels > 0, votes / np.maximum(n_labels, 1), overall)


def _prior(proba, smoothing):
    n_samples, n_classes = proba.shape
    return (proba.sum(axis=0) + smoothing / n_classes) / (n_samples + smoothing)


def _confusion(opinions, proba, smoothing):
    samples, annotators, codes, _, n_annotators, n_classes = opinions
    cells = annotators * n_classes + codes
    counts = np.empty((n_annotators, n_classes, n_classes))
    for true in range(n_classes):
        sums = np.bincount(cells, proba[samples, true], minlength=n_annotators * n_classes)
        counts[:, true] = sums.reshape(n_annotators, n_classes)
    if smoothing:
        counts += smoothing * _alike_for_all_classes(counts, smoothing)
    totals = counts.sum(axis=2, keepdims=True)
    # An annotator who saw no sample of a class, without smoothing: nothing is known.
    return np.divide(counts, totals, out=np.full_like(counts, 1 / n_classes), where=totals > 0)


def _alike_for_all_classes(counts, smoothing):
    """Return confusion matrices of annotators who are as often right about every class.

    How often each of them is right is drawn towards how often all of them are, in turn.
    """
    n_classes = counts.shape[1]
    n_right = np.trace(counts, axis1=1, axis2=2)
    n_labels = counts.sum(axis=(1, 2))
    right = (n_right + smoothing * n_right.sum() / n_labels.sum()) / (n_labels + smoothing)
    wrong = (1 - right) / max(n_classes - 1, 1)
    alike = np.repeat(wrong, n_classes**2).reshape(counts.shape)
    alike[:, np.arange(n_classes), np.arange(n_classes)] = right[:, np.newaxis]
    return alike


def _posterior(opinions, prior, confusion):
    samples, annotators, codes, n_samples, _, n_classes = opinions
    with np.errstate(divide="ignore"):
        prior, confusion = np.log(prior), np.log(confusion)
    logs = np.empty((n_samples, n_classes))
    for true in range(n_classes):
        given = confusion[annotators, true, codes]
        logs[:, true] = prior[true] + np.bincount(samples, given, minlength=n_samples)
    proba = np.exp(logs - logs.max(axis=1, keepdims=True))
    proba /= proba.sum(axis=1, keepdims=True)
    # What is equal stays equal: the last digits would grow from round to round, and decide.
    return np.round(proba, 12)


def _check_real(value, name):
    if not (isinstance(value, Real) and not isinstance(value, bool) and 0 <= value < np.inf):
        raise InvalidParameterError(f"{name} must be a number of at least 0, got {value!r}.")
