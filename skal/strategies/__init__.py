"""Query strategies, which choose the samples to label next from a pool."""

from ._badge import BADGE
from ._bait import BAIT
from ._bald import BALD, BatchBALD
from ._class_balanced import ClassBalanced
from ._cluster_margin import ClusterMargin
from ._composition import Distinct, Mixture, Shortlist
from ._contrastive import ContrastiveSampling
from ._core_set import CoreSet
from ._cost_aware import CostAware
from ._density_weighted import DensityWeighted
from ._diverse_mini_batch import DiverseMiniBatch, KMeansSampling
from ._dpp import DPP
from ._drop_query import DropQuery
from ._epig import EPIG
from ._expected_cost import ExpectedCost
from ._expected_error import ExpectedErrorReduction
from ._expected_gradient_length import ExpectedGradientLength
from ._expected_model_change import ExpectedModelChange
from ._facility_location import FacilityLocation
from ._falcun import Falcun
from ._greedy_sampling import GreedyX, GreedyY, ImprovedGreedy
from ._herding import MaxHerding, UncertaintyHerding
from ._herding import has_space as has_space
from ._lcmd import LCMD
from ._learning_loss import LearningLoss
from ._multilabel import MultilabelUncertainty
from ._names import ELSEWHERE as _ELSEWHERE
from ._names import NOT_FOR_CLASSES as NOT_FOR_CLASSES
from ._names import STRATEGIES as STRATEGIES
from ._names import check_strategy_given as check_strategy_given
from ._names import find_strategy as find_strategy
from ._names import make_strategy as make_strategy
from ._names import strategy_hint as strategy_hint
from ._prob_cover import ProbCover
from ._query_by_committee import QueryByCommittee
from ._random import RandomSampling
from ._ranked_batch import RankedBatch
from ._relevance import Relevance
from ._schedule import Schedule
from ._simple_margin import SimpleMargin
from ._standard_deviation import StandardDeviation
from ._stochastic_batch import StochasticBatch
from ._subsample import Subsample
from ._typi_clust import TypiClust
from ._uncertainty import UncertaintySampling
from ._uncertainty import given_or_default as given_or_default
from .base import GreedyStrategy, QueryStrategy, ScoreStrategy, Selection
from .base import within_budgets as within_budgets

__all__ = [
    "BADGE",
    "BAIT",
    "BALD",
    "BatchBALD",
    "ClassBalanced",
    "ClusterMargin",
    "ContrastiveSampling",
    "CoreSet",
    "CostAware",
    "DPP",
    "DensityWeighted",
    "Distinct",
    "DiverseMiniBatch",
    "DropQuery",
    "EPIG",
    "ExpectedCost",
    "ExpectedGradientLength",
    "ExpectedModelChange",
    "Falcun",
    "FacilityLocation",
    "ExpectedErrorReduction",
    "GreedyStrategy",
    "GreedyX",
    "GreedyY",
    "ImprovedGreedy",
    "KMeansSampling",
    "LCMD",
    "LearningLoss",
    "MaxHerding",
    "Mixture",
    "MultilabelUncertainty",
    "ProbCover",
    "QueryByCommittee",
    "QueryStrategy",
    "RandomSampling",
    "Relevance",
    "Schedule",
    "RankedBatch",
    "ScoreStrategy",
    "Selection",
    "Shortlist",
    "SimpleMargin",
    "StandardDeviation",
    "StochasticBatch",
    "Subsample",
    "TypiClust",
    "UncertaintyHerding",
    "UncertaintySampling",
]


def __getattr__(name):
    if name in _ELSEWHERE:
        # Not an AttributeError, whose text `from skal.strategies import ...` would not show.
        raise ImportError(f"skal.strategies has no {name}. Use {_ELSEWHERE[name]} instead.")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
