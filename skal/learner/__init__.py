"""`ActiveLearner`, a classifier that chooses the samples to label next."""

from ._learner import ActiveLearner
from ._task import task_of as task_of

__all__ = ["ActiveLearner"]
