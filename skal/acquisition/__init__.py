"""Acquisition functions: scores of samples, computed from the outputs of a model.

Every function takes arrays and returns one float64 score per sample, :func:`joint_entropy` one
for a batch and those named after labels one for each label; larger means query sooner. Inputs
are checked and never written to.
"""

from ._checks import check_proba
from ._contrast import contrastive
from ._costs import checked_cost as checked_cost
from ._costs import expected_cost, expected_cost_margin
from ._decision import decision_margin
from ._gradients import expected_gradient_length, expected_model_change
from ._joint import joint_entropy
from ._label_table import LabelTable as LabelTable
from ._label_table import with_last_label as with_last_label
from ._members import bald, consensus_entropy, expected_entropy, max_kl, mean_std, zero_one
from ._proba import entropy, least_confidence, margin
from ._several_labels import (
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
from ._targets import epig
from ._targets import information_on_targets as information_on_targets
from ._votes import variation_ratio, vote_entropy, vote_margin

__all__ = [
    "avg_confidence",
    "avg_score",
    "bald",
    "check_proba",
    "consensus_entropy",
    "contrastive",
    "decision_margin",
    "entropy",
    "epig",
    "expected_cost",
    "expected_cost_margin",
    "expected_entropy",
    "expected_gradient_length",
    "expected_model_change",
    "joint_entropy",
    "label_entropy",
    "label_least_confidence",
    "label_margin",
    "least_confidence",
    "margin",
    "max_kl",
    "max_loss",
    "max_score",
    "mean_max_loss",
    "mean_std",
    "min_confidence",
    "variation_ratio",
    "vote_entropy",
    "vote_margin",
    "zero_one",
]
