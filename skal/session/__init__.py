"""Durable labeling sessions: which rows are offered next, and the labels people gave."""

from ._damage import DamagedSessionError
from ._notes import read_note, update_note, write_note
from ._salvage import Salvaged, salvage
from ._session import LabelingSession

__all__ = [
    "DamagedSessionError",
    "LabelingSession",
    "Salvaged",
    "read_note",
    "salvage",
    "update_note",
    "write_note",
]
