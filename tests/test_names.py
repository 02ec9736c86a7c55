"""Strategies by name, and hints for habits from other libraries."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import SVC

import skal.strategies
from skal import ActiveLearner, Committee
from skal.acquisition import vote_margin
from skal.strategies import (
    BADGE,
    ClusterMargin,
    CoreSet,
    CostAware,
    DensityWeighted,
    Distinct,
    KMeansSampling,
    Mixture,
    QueryStrategy,
    Schedule,
    Shortlist,
    Subsample,
    UncertaintySampling,
)

X, Y = load_iris(return_X_y=True)
NAMES = np.array(["setosa", "versicolor", "virginica"])[Y]
SEEN = slice(None, None, 10)
LIBRARIES = [pd, pl]


@pytest.mark.parametrize(
    "name, strategy",
    [
        ("margin", UncertaintySampling()),
        ("least-confidence", UncertaintySampling("least_confidence")),
        ("CoreSet", CoreSet()),
        ("cluster margin", ClusterMargin()),
        ("badge", BADGE()),
    ],
)
def test_strategies_by_name(name, strategy):
    named = ActiveLearner(LogisticRegression(max_iter=500), name, random_state=0)
    given = clone(named).set_params(strategy=strategy)
    named.fit(X[SEEN], Y[SEEN])
    assert_array_equal(named.query(X, 5), given.fit(X[SEEN], Y[SEEN]).query(X, 5))
    assert repr(named.select(X, 5).strategy) == repr(strategy)
    cold = ActiveLearner(cold_start="kmeans", random_state=0).select(X, 3)
    assert isinstance(cold.strategy, KMeansSampling)


@pytest.mark.parametrize(
    "given, words",
    [
        ("margn", "got 'margn'. Did you mean 'margin'"),
        ("MarginSampling", r"Did you mean UncertaintySampling\('margin'\)"),
        ("entropy_sampling", r"Did you mean UncertaintySampling\('entropy'\)"),
        ("QueryByCommitee", r"Did you mean QueryByCommittee\(\.\.\.\)"),
        ("zzz", "one of the names uncertainty_herding, max_herding"),
        (UncertaintySampling, r"Give an instance, UncertaintySampling\(\.\.\.\)"),
        (vote_margin, "the function vote_margin.*ScoreStrategy"),
        (3, "got 3 of type int"),
    ],
)
def test_unknown_strategies_get_a_hint(given, words):
    for name in ("strategy", "cold_start"):
        with pytest.raises(ValueError, match=f"'{name}' parameter of ActiveLearner.*{words}"):
            ActiveLearner(**{name: given}).fit(X, Y)


@pytest.mark.parametrize(
    "strategy, words",
    [
        (Subsample("margin"), r"'strategy' .* got 'margin'.*write UncertaintySampling\(\)"),
        (Subsample(CoreSet), r"'strategy' parameter of Subsample.*instance, CoreSet\(...\)"),
        (Distinct("badg"), r"'strategy' parameter of Distinct.*mean 'badge'"),
        (DensityWeighted("bald"), r"'scorer' .* that scores samples.*write BALD\(\)"),
        (DensityWeighted(CoreSet()), r"'scorer' .* that scores samples, .* got CoreSet\(\)"),
        (Mixture(["entropy"]), r"strategies\[0\] is 'entropy'.*UncertaintySampling\(measure='ent"),
        (Schedule([("coreset", 30), CoreSet()]), r"'coreset', 30\).*write CoreSet\(\)"),
        (Schedule([(CoreSet(), 30), "margin"]), "last item is 'margin'.*write Uncertainty"),
        (Shortlist(strategy=3), "'strategy' parameter of Shortlist must be a strategy.* got 3"),
    ],
)
def test_parts_of_strategies_are_strategies(strategy, words):
    learner = ActiveLearner(GaussianNB(), strategy).fit(X, Y)
    with pytest.raises(ValueError, match=words):
        learner.query(X)


def test_habits_from_other_libraries_get_a_hint():
    learner = ActiveLearner(LogisticRegression(max_iter=500)).fit(X, Y)
    for name in ("n_instances", "num_samples", "batch_size"):
        with pytest.raises(TypeError, match=f"no parameter '{name}'.*n=5"):
            learner.query(X, **{name: 5})
    for name in ("return_metrics", "return_utilities"):
        with pytest.raises(TypeError, match=f"no parameter '{name}'.*select.*scores"):
            learner.query(X, **{name: True})
    with pytest.raises(TypeError, match="no parameter 'query_strategy'.*strategy="):
        ActiveLearner(estimator=SVC(), query_strategy=None)
    with pytest.raises(TypeError, match="no parameter 'only_new'.*incremental=True"):
        learner.teach(X, Y, only_new=True)
    with pytest.raises(TypeError, match="no parameter 'learner_list'.*estimators="):
        Committee(learner_list=[])
    with pytest.raises(ImportError, match=r"no MarginSampling. Use UncertaintySampling\('margin"):
        from skal.strategies import MarginSampling  # noqa: F401
    with pytest.raises(ImportError, match=r"no BreakingTies. Use UncertaintySampling\('margin"):
        from skal.strategies import BreakingTies  # noqa: F401
    with pytest.raises(ValueError, match=r"y\[50\] is missing.*in the pool"):
        learner.fit(X, np.where(np.arange(len(Y)) < 50, Y, np.nan))
    with pytest.raises(AttributeError, match="Nothing"):
        skal.strategies.Nothing  # noqa: B018


@pytest.mark.parametrize("n", [1, 2])
def test_an_own_strategy_that_returns_samples_as_well(n):
    class WithSamples(QueryStrategy):
        def _query(self, pool, n):
            return np.arange(n), pool.X[:n]

    learner = ActiveLearner(GaussianNB(), WithSamples()).fit(X, Y)
    with pytest.raises(RuntimeError, match="must return positions alone, got a tuple of 2"):
        learner.query(X, n)


def test_a_budget_of_prices_still_comes_through_the_gate():
    learner = ActiveLearner(SGDClassifier(random_state=0), CostAware(budget=3.0), random_state=0)
    prices = np.ma.array(np.ones(150))
    assert len(learner.fit(X, Y).query(X, 5, prices=prices)) == 3
