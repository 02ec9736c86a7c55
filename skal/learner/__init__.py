"""The learner: a classifier that says what it wants labeled next."""

from ._learner import ActiveLearner
from ._task import task_of as task_of

__all__ = ["ActiveLearner"]
