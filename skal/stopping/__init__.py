"""Stopping criteria: when enough samples are labeled, judged without labels of a test set."""

from ._agreement import concordance, kappa
from ._criterion import Both, Either, LabelBudget, StoppingCriterion
from ._criterion import stops_by_count as stops_by_count
from ._round import Round
from ._stop_set import (
    ClassificationChange,
    ExpectedError,
    OverallUncertainty,
    StabilizingPredictions,
)
from ._target import TargetRecall, TargetScore
from ._watch import Watch

__all__ = [
    "Both",
    "ClassificationChange",
    "Either",
    "ExpectedError",
    "LabelBudget",
    "OverallUncertainty",
    "Round",
    "StabilizingPredictions",
    "StoppingCriterion",
    "TargetRecall",
    "TargetScore",
    "Watch",
    "concordance",
    "kappa",
]
