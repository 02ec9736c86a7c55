"""Durable labeling sessions: which rows are offered next, and the labels people gave."""

from ._notes import read_note, update_note, write_note
from ._session import LabelingSession

__all__ = ["LabelingSession", "read_note", "update_note", "write_note"]
