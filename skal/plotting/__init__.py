"""Displays in scikit-learn's manner: arrays in the constructor, `plot` draws them."""

from ._class_balance import ClassBalanceDisplay
from ._difference import DifferenceDisplay
from ._label_curve import LabelCurveDisplay
from ._query import QueryDisplay

__all__ = ["ClassBalanceDisplay", "DifferenceDisplay", "LabelCurveDisplay", "QueryDisplay"]
