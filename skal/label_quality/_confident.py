"""Confident learning: which labels are probably wrong, judged by out-of-sample probabilities."""

import numpy as np

from .._base import InvalidParameterError
from ._checks import checked

# Probabilities that differ by less than this count as equal.
TOLERANCE = 1e-6


def self_confidence(proba, codes):
    """Return the probability of the label that each sample was given."""
    return proba[np.arange(len(codes)), codes]


def normalized_margin(proba, codes):
    """Return by how much the given label leads all others, from 0 to 1."""
    others = proba.copy()
    others[np.arange(len(codes)), codes] = 0.0
    return (self_confidence(proba, codes) - others.max(axis=1) + 1) / 2


METHODS = {"self_confidence": self_confidence, "normalized_margin": normalized_margin}


def label_quality(proba, y, *, method="self_confidence", classes=None):
    """Score labels by how probable it is that they are right.

    The probabilities must come from models that have not seen the labels that they judge, for
    example from cross-validation: a model believes what it was taught.

    Parameters
    ----------
    proba : array-like of shape (n_samples, n_classes)
        Out-of-sample probabilities.
    y : array-like of shape (n_samples,)
        The labels that were given.
    method : {"self_confidence", "normalized_margin"}, default="self_confidence"
        "self_confidence" is the probability ``p_y`` of the given label. "normalized_margin" is
        ``(p_y - max_{c != y} p_c + 1) / 2``, low only where another class stands out.
    classes : array-like of shape (n_classes,), default=None
        The label that each column of `proba` stands for. None: the labels are the numbers of the
        columns.

    Returns
    -------
    quality : ndarray of shape (n_samples,)
        From 0, certainly wrong, to 1, certainly right.

    Raises
    ------
    ValueError
        If `proba` has a row that is not a probability distribution, `y` has another length or a
        label that is not among the classes, or `method` is not known.

    See Also
    --------
    find_label_issues : Where to draw the line.

    References
    ----------
    C. G. Northcutt, L. Jiang and I. L. Chuang (2021). Confident learning: estimating uncertainty
    in dataset labels. JAIR 70. arXiv:1911.00068.

    Examples
    --------
    >>> from skal.label_quality import label_quality
    >>> label_quality([[0.9, 0.1], [0.75, 0.25]], [0, 1])
    array([0.9 , 0.25])
    >>> label_quality([[0.75, 0.25]], ["dog"], method="normalized_margin", classes=["cat", "dog"])
    array([0.25])
    """
    return _scorer(method)(*checked(proba, y, classes))


def confident_joint(proba, y, *, classes=None):
    """Estimate how many samples of each given label truly belong to each class.

    A sample is counted for the class that it confidently belongs to: one whose probability is at
    least the mean probability of this class over the samples that were given its label. Where
    several classes qualify, the most probable one is taken; where none does, the sample is not
    counted. The counts of each given label are then scaled to the number of samples that have
    it, and rounded.

    Parameters
    ----------
    proba, y, classes
        As in :func:`label_quality`.

    Returns
    -------
    joint : ndarray of int of shape (n_classes, n_classes)
        Entry (i, j): the number of samples with the label i that belong to j. Rows sum to the
        number of samples with that label.

    Raises
    ------
    ValueError
        As :func:`label_quality`.

    References
    ----------
    C. G. Northcutt, L. Jiang and I. L. Chuang (2021). Confident learning: estimating uncertainty
    in dataset labels. JAIR 70. arXiv:1911.00068.

    Examples
    --------
    >>> from skal.label_quality import confident_joint
    >>> proba = [[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.2, 0.8], [0.1, 0.9]]
    >>> confident_joint(proba, [0, 0, 0, 1, 1])
    array([[2, 1],
           [0, 2]])
    """
    return _joint(*checked(proba, y, classes))


def find_label_issues(proba, y, *, method="self_confidence", classes=None):
    """Find the samples whose labels are probably wrong, the worst first.

    The :func:`confident_joint` estimates how many labels of each kind are wrong, and what they
    should be. For each given label i and other class j, as many samples with the label i as it
    counts for j are taken: those for which ``p_j - p_i`` is largest ("prune by noise rate"). Of
    these, the samples for which another class than the given one is the most probable are
    returned. Of equal samples the first ones are taken. Nothing is returned for a class that has
    a single label.

    Parameters
    ----------
    proba, y, classes
        As in :func:`label_quality`.
    method : {"self_confidence", "normalized_margin"}, default="self_confidence"
        The score of :func:`label_quality` that orders what is found.

    Returns
    -------
    positions : ndarray of int of shape (n_found,)
        The lowest quality first.

    Raises
    ------
    ValueError
        As :func:`label_quality`.

    See Also
    --------
    skal.session.LabelingSession.suspects : The same for the labels of a session.

    Notes
    -----
    This is what ``cleanlab.filter.find_label_issues`` of cleanlab 2.9 returns by default, ordered
    by self-confidence. Which of two equal samples it takes depends on the machine.

    References
    ----------
    C. G. Northcutt, L. Jiang and I. L. Chuang (2021). Confident learning: estimating uncertainty
    in dataset labels. JAIR 70. arXiv:1911.00068.

    Examples
    --------
    Two of a hundred labels are changed.

    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.model_selection import cross_val_predict
    >>> from skal.label_quality import find_label_issues
    >>> X, y = load_iris(return_X_y=True)
    >>> X, y = X[:100], y[:100].copy()
    >>> y[[3, 77]] = 1 - y[[3, 77]]
    >>> proba = cross_val_predict(LogisticRegression(), X, y, method="predict_proba")
    >>> sorted(find_label_issues(proba, y).tolist())
    [3, 77]
    """
    score = _scorer(method)
    proba, codes = checked(proba, y, classes)
    found = np.flatnonzero(_contradicted(proba, codes) & _pruned(proba, codes))
    return found[np.argsort(score(proba, codes)[found], kind="stable")]


def _scorer(method):
    if not (isinstance(method, str) and method in METHODS):
        raise InvalidParameterError(
            f"method must be one of {', '.join(map(repr, METHODS))}, got {method!r}."
        )
    return METHODS[method]


def _joint(proba, codes):
    n_classes = proba.shape[1]
    n_given = np.bincount(codes, minlength=n_classes)
    is_confident = proba >= _thresholds(proba, codes, n_given) - TOLERANCE
    n_confident = is_confident.sum(axis=1)
    belongs_to = np.where(n_confident > 1, proba.argmax(axis=1), is_confident.argmax(axis=1))
    counted = n_confident > 0
    pairs = belongs_to[counted] * n_classes + codes[counted]
    counts = np.bincount(pairs, minlength=n_classes**2).reshape(n_classes, n_classes).T
    # A class without any confident sample is taken to have one that is labeled rightly.
    np.fill_diagonal(counts, counts.diagonal().clip(min=1))
    scaled = (counts.T / counts.sum(axis=1) * n_given).T
    # The sum is the number of samples already. Dividing by it changes the last digits alone, and
    # with them which of two equal fractions is rounded up: as in cleanlab, column by column.
    scaled = scaled / max(scaled.sum(), TOLERANCE) * len(codes)
    return np.array([_rounded(row) for row in scaled])


def _thresholds(proba, codes, n_given):
    """Return the mean probability of each class over the samples with its label."""
    thresholds = [
        proba[codes == c, c].mean() if n_given[c] else 2.0  # nothing belongs to it
        for c in range(len(n_given))
    ]
    # Above the tolerance, or a class of probability zero would be everybody's.
    return np.clip(thresholds, 2 * TOLERANCE, None)


def _rounded(values):
    """Round values to integers that have the same sum, changing those that are nearest to half."""
    whole = values.round()
    n_missing = int(values.sum().round() - whole.sum())
    order = np.argsort(values - whole, kind="stable")
    changed = order[::-1][:n_missing] if n_missing > 0 else order[:-n_missing]
    whole[changed] += np.sign(n_missing)
    return whole.astype(np.intp)


def _contradicted(proba, codes):
    """Whether another class than the given one is the most probable."""
    raised = proba.copy()
    raised[np.arange(len(codes)), codes] += TOLERANCE  # the given class wins a tie
    return raised.argmax(axis=1) != codes


def _pruned(proba, codes):
    """Whether a sample is among those that the confident joint counts for another class."""
    n_pruned = _prune_counts(_joint(proba, codes))
    pruned = np.zeros(len(codes), dtype=bool)
    for given, belongs_to in np.argwhere(n_pruned):
        samples = np.flatnonzero(codes == given)
        if len(samples) > 1:
            lead = proba[samples, given] - proba[samples, belongs_to]
            chosen = np.argsort(lead, kind="stable")[: n_pruned[given, belongs_to]]
            pruned[samples[chosen]] = True
    return pruned


def _prune_counts(joint):
    """Return how many samples to take of each label for each other class, leaving one of each."""
    kept = joint.diagonal().clip(min=1)
    # What the diagonal lacks is taken evenly from the counts of its row that are not zero.
    lacking = (kept - joint.diagonal())[:, np.newaxis]
    n_others = np.maximum(np.count_nonzero(joint, axis=1) - 1, 1)[:, np.newaxis]
    counts = np.maximum(joint - lacking / n_others, 0).astype(np.intp)
    np.fill_diagonal(counts, 0)
    return counts
