"""Acquisition functions: scores of samples, computed from the outputs of a model.

Every function takes arrays and returns one float64 score per sample; larger means query sooner.
Inputs are checked and never written to.
"""

from ._checks import check_proba
from ._decision import decision_margin
from ._members import bald, consensus_entropy, expected_entropy, max_kl
from ._proba import entropy, least_confidence, margin
from ._votes import variation_ratio, vote_entropy, vote_margin

__all__ = [
    "bald",
    "check_proba",
    "consensus_entropy",
    "decision_margin",
    "entropy",
    "expected_entropy",
    "least_confidence",
    "margin",
    "max_kl",
    "variation_ratio",
    "vote_entropy",
    "vote_margin",
]
