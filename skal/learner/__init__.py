"""The learner: a classifier that says what it wants labeled next."""

from ._learner import ActiveLearner

__all__ = ["ActiveLearner"]
