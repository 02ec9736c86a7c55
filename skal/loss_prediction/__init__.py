"""Predicted losses: what a model will probably lose on samples whose labels are unknown."""

from ._classifier import LossPredictingClassifier
from ._losses import MAX_LOSS
from ._ranking_loss import pairwise_ranking_loss

__all__ = ["MAX_LOSS", "LossPredictingClassifier", "pairwise_ranking_loss"]
