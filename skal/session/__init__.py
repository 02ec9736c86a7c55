"""A durable labeling session: who labels what next, and what was answered."""

from ._session import LabelingSession

__all__ = ["LabelingSession"]
