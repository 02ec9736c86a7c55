"""Query strategies: choose the samples to be labeled next."""

from .badge import BADGE
from .bald import BALD, BatchBALD
from .base import GreedyStrategy, QueryStrategy, ScoreStrategy
from .class_balanced import ClassBalanced
from .cluster_margin import ClusterMargin
from .composition import Distinct, Mixture, Shortlist
from .core_set import CoreSet
from .cost_aware import CostAware
from .diverse_mini_batch import DiverseMiniBatch, KMeansSampling
from .learning_loss import LearningLoss
from .query_by_committee import QueryByCommittee
from .random import RandomSampling
from .simple_margin import SimpleMargin
from .stochastic_batch import StochasticBatch
from .uncertainty import UncertaintySampling

__all__ = [
    "BADGE",
    "BALD",
    "BatchBALD",
    "ClassBalanced",
    "ClusterMargin",
    "CoreSet",
    "CostAware",
    "Distinct",
    "DiverseMiniBatch",
    "GreedyStrategy",
    "KMeansSampling",
    "LearningLoss",
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
