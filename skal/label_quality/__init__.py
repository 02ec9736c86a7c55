"""Labels that are probably wrong, and the labels of annotators who disagree.

All functions take arrays: out-of-sample probabilities of a model, and the labels that were given.
"""

from ._active_lab import active_lab
from ._active_lab import worth_of_labels as worth_of_labels
from ._confident import confident_joint, find_label_issues, label_quality
from ._crowd_lab import CrowdLab, crowd_lab
from ._dawid_skene import DawidSkene, dawid_skene
from ._dawid_skene import estimate_classes as estimate_classes
from ._opinions import Opinions as Opinions
from ._several_labels import find_multilabel_issues, multilabel_quality
from ._several_labels import issues_of_labels as issues_of_labels
from ._several_labels import quality_of_labels as quality_of_labels
from ._several_labels import quality_of_rows as quality_of_rows

__all__ = [
    "CrowdLab",
    "DawidSkene",
    "active_lab",
    "confident_joint",
    "crowd_lab",
    "dawid_skene",
    "find_label_issues",
    "find_multilabel_issues",
    "label_quality",
    "multilabel_quality",
]
