"""Query strategies: choose the samples to be labelled next."""

from .bald import BALD, BatchBALD
from .base import GreedyStrategy, QueryStrategy, ScoreStrategy
from .class_balanced import ClassBalanced
from .composition import Distinct, Mixture, Shortlist
from .core_set import CoreSet
from .query_by_committee import QueryByCommittee
from .random import RandomSampling
from .simple_margin import SimpleMargin
from .stochastic_batch import StochasticBatch
from .uncertainty import UncertaintySampling

__all__ = [
    "BALD",
    "BatchBALD",
    "ClassBalanced",
    "CoreSet",
    "Distinct",
    "GreedyStrategy",
    "Mixture",
    "QueryByCommittee",
    "QueryStrategy",
    "RandomSampling",
    "ScoreStrategy",
    "Shortlist",
    "SimpleMargin",
    "StochasticBatch",
    "UncertaintySampling",
]
