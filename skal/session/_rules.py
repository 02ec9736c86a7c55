"""Which rules hold for the labels of a session."""

import numpy as np
from sklearn.linear_model import LogisticRegression

from .._base import is_regressor, takes_indicators
from ._labels import LabelRules
from ._numbers import NumberRules
from ._several_labels import SeveralLabelsRules
from ._told import ToldRules
from ._verdict import takes_several


def rules_for(learner, classes, several_labels, verdict):
    """Return the rules for the labels: classes, numbers, lists of classes, or what they will be.

    Parameters
    ----------
    learner : ActiveLearner
        With a regressor labels are numbers; and only of a classifier that learns indicator
        matrices the first label tells whether rows have several.
    classes : array-like or None
    several_labels : bool or None
    verdict : str or callable
        One that is for one label a row says so.
    """
    several_labels = _checked(several_labels)
    if is_regressor(learner.estimator):
        if several_labels:
            raise ValueError(
                "several_labels must be False where the learner has a regressor, and labels are "
                "numbers. Give the session a classifier of indicator matrices."
            )
        return NumberRules(learner.estimator, classes)
    if several_labels:
        return SeveralLabelsRules(classes)
    estimator = LogisticRegression() if learner.estimator is None else learner.estimator
    if several_labels is None and takes_indicators(estimator) and takes_several(verdict):
        return ToldRules(classes)
    return LabelRules(classes)


def _checked(several_labels):
    if several_labels is None or isinstance(several_labels, (bool, np.bool_)):
        return None if several_labels is None else bool(several_labels)
    raise ValueError(
        "several_labels must be True or False, or None where the first label tells, got "
        f"{several_labels!r}."
    )
