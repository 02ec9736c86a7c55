"""Durable labeling sessions: which rows are offered next, and the labels people gave."""

from ._damage import DamagedSessionError
from ._estimate import MIN_AUDIT as MIN_AUDIT
from ._estimate import Estimate
from ._notes import read_note, update_note, write_note
from ._salvage import Salvaged, salvage
from ._session import LabelingSession
from ._several_labels import SEPARATOR as SEPARATOR
from ._verdict import majority as majority
from ._verdict import majority_of_each as majority_of_each
from ._verdict import median as median

__all__ = [
    "DamagedSessionError",
    "Estimate",
    "LabelingSession",
    "Salvaged",
    "read_note",
    "salvage",
    "update_note",
    "write_note",
]
