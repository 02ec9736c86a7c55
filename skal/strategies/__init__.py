"""Query strategies: choose the samples to be labelled next."""

from .base import GreedyStrategy, QueryStrategy, ScoreStrategy
from .core_set import CoreSet
from .query_by_committee import QueryByCommittee
from .random import RandomSampling
from .simple_margin import SimpleMargin
from .uncertainty import UncertaintySampling

__all__ = [
    "CoreSet",
    "GreedyStrategy",
    "QueryByCommittee",
    "QueryStrategy",
    "RandomSampling",
    "ScoreStrategy",
    "SimpleMargin",
    "UncertaintySampling",
]
