"""Simulate active learning on labeled data, to see what a label budget would have bought."""

from ._compare import label_curve
from ._comparison import Comparison
from ._curves import LabelCurves
from ._game import LabelBudgetClassifier, LabelBudgetRegressor
from ._scoring import area_under_label_curve

__all__ = [
    "Comparison",
    "LabelBudgetClassifier",
    "LabelBudgetRegressor",
    "LabelCurves",
    "area_under_label_curve",
    "label_curve",
]
