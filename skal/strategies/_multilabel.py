"""Uncertainty where a sample may have several labels."""

from functools import partial

import numpy as np

from .._base import StrOptions
from ..acquisition import (
    avg_confidence,
    avg_score,
    label_entropy,
    label_least_confidence,
    label_margin,
    max_loss,
    max_score,
    mean_max_loss,
    min_confidence,
)
from .base import ScoreStrategy

__all__ = ["MultilabelUncertainty"]

# Measures of each label, which are aggregated, and measures of all labels of a sample.
OF_EACH = {
    "margin": label_margin,
    "least_confidence": label_least_confidence,
    "entropy": label_entropy,
}
OF_ALL = {
    "max_loss": max_loss,
    "mean_max_loss": mean_max_loss,
    "min_confidence": min_confidence,
    "avg_confidence": avg_confidence,
    "max_score": max_score,
    "avg_score": avg_score,
}


class MultilabelUncertainty(ScoreStrategy):
    """Choose the samples whose labels are least certain, where a sample may have several.

    Parameters
    ----------
    measure : str or callable, default="margin"
        Measure of uncertainty. Of the probability p of each label, to be aggregated:

        - "margin": ``1 - |2 p - 1|``;
        - "least_confidence": ``1 - max(p, 1 - p)``;
        - "entropy": ``-p log2 p - (1 - p) log2(1 - p)``.

        Of all labels of a sample together, with labels predicted where p is above 1/2; `aggregate`
        does not matter: "max_loss", "mean_max_loss", "min_confidence", "avg_confidence",
        "max_score" and "avg_score", the functions of these names in :mod:`skal.acquisition`.

        A callable takes probabilities of shape (n_samples, n_labels) and returns scores of shape
        (n_samples,).
    aggregate : {"mean", "max", "min_margin"}, default="mean"
        How the labels of a sample make one score: their mean uncertainty, that of the most
        uncertain one, or, whatever the measure, minus the smallest distance of a label to its
        decision boundary: ``-min |f|`` with the decision function f, where the model has one, else
        ``-min |2 p - 1|``.

    See Also
    --------
    QueryByCommittee : The disagreement of several models.

    Notes
    -----
    "margin" also works on a model that has no `predict_proba` but a `decision_function`, with
    ``-|f|`` in place of ``1 - |2 p - 1|``. Labels of which only one value was seen are left out.

    References
    ----------
    K. Brinker (2006). On active learning in multi-label classification. From Data and Information
    Analysis to Knowledge Engineering. Springer. ("min_margin")

    X. Li, L. Wang and E. Sung (2004). Multilabel SVM active learning for image classification.
    ICIP. ("max_loss", "mean_max_loss")

    A. Esuli and F. Sebastiani (2009). Active learning strategies for multi-label text
    classification. ECIR. (the other measures of all labels)

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import MultilabelUncertainty
    >>> pool = Pool.from_arrays(label_proba=[[0.5, 0.0, 1.0], [0.7, 0.3, 0.3]])
    >>> MultilabelUncertainty("margin", "mean").query(pool)
    array([1])
    >>> MultilabelUncertainty("margin", "max").query(pool)
    array([0])
    """

    _parameter_constraints = {
        "measure": [StrOptions({*OF_EACH, *OF_ALL}), callable],
        "aggregate": [StrOptions({"mean", "max", "min_margin"})],
    }

    def __init__(self, measure="margin", aggregate="mean"):
        self.measure = measure
        self.aggregate = aggregate

    @property
    def _scores_alone(self):
        return None if callable(self.measure) else True

    def score_samples(self, pool):
        """Return the uncertainty of each sample, of shape (n_samples,)."""
        if callable(self.measure):
            # A callable may compare samples with each other, so it gets all of them at once.
            return self.measure(pool.label_proba)
        return pool.map(*self._per_sample(pool))

    def _per_sample(self, pool):
        if callable(self.measure):
            return None
        if self.measure in OF_ALL:
            return OF_ALL[self.measure], "label_proba"
        has_decision = pool.has("label_decision")
        if self.aggregate == "min_margin":
            if has_decision:
                return _nearest_boundary, "label_decision"
            return _nearest_half, "label_proba"
        if self.measure == "margin" and has_decision and not pool.has("label_proba"):
            return partial(_aggregated_distance, self.aggregate), "label_decision"
        return partial(_aggregated, OF_EACH[self.measure], self.aggregate), "label_proba"


def _aggregated(measure, aggregate, proba):
    uncertainty = measure(proba)
    if aggregate == "max":
        return uncertainty.max(axis=1)
    # Label after label, so that equal samples tie wherever they lie in a block.
    return sum(uncertainty.T) / uncertainty.shape[1]


def _aggregated_distance(aggregate, decision):
    """Return minus the mean, or the least, distance to the boundaries of labels that vary."""
    if aggregate == "max":
        return _nearest_boundary(decision)
    distances = np.abs(decision)
    varies = np.isfinite(distances)
    total = sum(np.where(varies, distances, 0).T)
    return -total / np.maximum(varies.sum(axis=1), 1)


def _nearest_boundary(decision):
    return -np.abs(decision).min(axis=1)


def _nearest_half(proba):
    return _nearest_boundary(2 * proba - 1)
