"""The task of a learner: all rules that depend on the kind of labels.

A task defines how labels are checked, which estimator and strategy are the defaults, how many
labels a model needs, which estimator takes its place before, and how labeled samples are divided
into folds. A learner calls its task and does not look at labels itself.
"""

import numpy as np
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import KFold, StratifiedKFold

from .._base import (
    VaryingLabels,
    check_indicators,
    check_labels,
    check_targets,
    is_indicator,
    is_regressor,
)
from ..strategies import (
    LCMD,
    MaxHerding,
    MultilabelUncertainty,
    RandomSampling,
    UncertaintyHerding,
    UncertaintySampling,
    has_space,
)
from ._stand_in import OnlyClass, OnlyLabels, OnlyMean


class Classification:
    """The task in which each sample has one class and a model needs at least two classes."""

    # What a model lacks as long as there is none.
    too_few = "fewer than two classes are labeled so far"
    way_out = "Label samples of two classes"

    @property
    def usual_strategy(self):
        """The strategy that is used if none is given and distances can be measured."""
        return UncertaintyHerding()

    def check_y(self, y, caller):
        """Return the labels as a 1-d array, or raise a ValueError if they are not classes."""
        return check_labels(y, caller)

    def default_estimator(self):
        """Return the estimator that is used if none is given."""
        return LogisticRegression()

    def default_strategy(self, pool, n):
        """Return the strategy that is used for n samples of a pool if none is given."""
        herding = self.usual_strategy
        return herding if has_space(herding, pool, n) else UncertaintySampling("margin")

    def allows_a_model(self, y):
        """Return whether labels `y`, of samples whose weight is not 0, suffice to fit a model."""
        # Without labels the estimator is asked, so that the user sees its own error.
        return not len(y) or bool((y != y[0]).any())

    def stand_in(self, y):
        """Return the estimator that predicts as long as the labels do not suffice for a model."""
        return OnlyClass(np.unique(y))

    def folds(self, n_splits, random_state):
        """Return a splitter of labeled samples into shuffled folds that all have every class."""
        return StratifiedKFold(n_splits, shuffle=True, random_state=random_state)

    def continues(self, model, y):
        """Return whether a fitted model can go on with new labels, instead of starting anew."""
        return bool(np.isin(y, model.classes_).all())


class SeveralLabels:
    """The task in which each sample has any of several labels, as rows of an indicator matrix."""

    too_few = "all samples labeled so far have the same labels"
    way_out = "Label samples with other labels"

    @property
    def usual_strategy(self):
        """The strategy that is used if none is given."""
        return MultilabelUncertainty("margin", "mean")

    def __init__(self, estimator):
        self._estimator = self.default_estimator() if estimator is None else estimator

    def check_y(self, y, caller):
        """Return the labels as an indicator matrix, or raise a ValueError if they are not one."""
        return check_indicators(y, caller, self._estimator)

    def default_estimator(self):
        """Return the estimator that is used if none is given."""
        return LogisticRegression()

    def default_strategy(self, pool, n):
        """Return the strategy that is used for n samples of a pool if none is given."""
        return self.usual_strategy

    def allows_a_model(self, y):
        """Return whether labels `y`, of samples whose weight is not 0, suffice to fit a model."""
        return not len(y) or bool((y != y[0]).any())

    def stand_in(self, y):
        """Return the estimator that predicts as long as the labels do not suffice for a model."""
        return OnlyLabels(y[0])

    def folds(self, n_splits, random_state):
        """Return a splitter of labeled samples into shuffled folds, which are not stratified."""
        return KFold(n_splits, shuffle=True, random_state=random_state)

    def continues(self, model, y):
        """Return whether a fitted model can go on with new labels, instead of starting anew."""
        return not isinstance(model, VaryingLabels)


class Regression:
    """The task in which each sample has one number and a model needs at least two of them."""

    too_few = "fewer than two samples are labeled so far"
    way_out = "Label two samples"

    @property
    def usual_strategy(self):
        """The strategy that is used if none is given."""
        return LCMD()

    def check_y(self, y, caller):
        """Return the numbers as a 1-d array of floats, or raise a ValueError if they are not."""
        return check_targets(y, caller)

    def default_estimator(self):
        """Return the estimator that is used if none is given."""
        return Ridge()

    def default_strategy(self, pool, n):
        """Return the strategy that is used for n samples of a pool if none is given."""
        herding = MaxHerding()
        if not has_space(herding, pool, n):
            return RandomSampling()
        # Clusters of samples in partitions are out of reach; herding looks at a part of them.
        return herding if pool.in_parts else self.usual_strategy

    def allows_a_model(self, y):
        """Return whether numbers `y`, of samples whose weight is not 0, suffice to fit a model."""
        return len(y) != 1

    def stand_in(self, y):
        """Return the estimator that predicts as long as the labels do not suffice for a model."""
        return OnlyMean(float(np.mean(y)))

    def folds(self, n_splits, random_state):
        """Return a splitter of labeled samples into shuffled folds."""
        return KFold(n_splits, shuffle=True, random_state=random_state)

    def continues(self, model, y):
        """Return whether a fitted model can go on with new labels, instead of starting anew."""
        return True


def task_of(estimator, y=None):
    """Return the task of an estimator, or of a list of them, by its tags and the labels.

    Parameters
    ----------
    estimator : estimator, list of estimators or None
    y : array-like, default=None
        Labels, if there are any. A matrix of two or more columns stands for several labels a
        sample.
    """
    if is_regressor(estimator):
        return Regression()
    return SeveralLabels(estimator) if is_indicator(y) else Classification()
