"""Which rules hold for the labels of a session."""

from .._base import is_regressor
from ._labels import LabelRules
from ._numbers import NumberRules
from ._several_labels import SeveralLabelsRules, check_several


def rules_for(learner, classes, several_labels, audit):
    """Return the rules for the labels: classes, numbers, or lists of classes."""
    are_numbers = is_regressor(learner.estimator)
    if check_several(several_labels, are_numbers, audit):
        return SeveralLabelsRules(classes)
    return NumberRules(learner.estimator, classes) if are_numbers else LabelRules(classes)
