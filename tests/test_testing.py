"""The published checks of strategies pass what is right, and name what is not."""

import numpy as np
import pytest

from skal.strategies import (
    ClassBalanced,
    CoreSet,
    CostAware,
    Distinct,
    Mixture,
    QueryStrategy,
    RandomSampling,
    ScoreStrategy,
    Selection,
    Shortlist,
    UncertaintySampling,
)
from skal.testing import check_strategy


class Infinite(ScoreStrategy):
    """Samples of the first class come first, and last those of the last class."""

    def score_samples(self, pool):
        scores = pool.proba[:, 0].copy()
        scores[scores > 0.5], scores[scores < 0.1] = np.inf, -np.inf
        return scores


class AsList(ScoreStrategy):
    def score_samples(self, pool):
        return pool.proba.max(axis=1).tolist()


class LastDigits(ScoreStrategy):
    """Scores that differ by less than the rounding of a sum."""

    def score_samples(self, pool):
        return 1 + 1e-14 * pool.proba[:, 0]


@pytest.mark.parametrize(
    "strategy",
    [
        CostAware(budget=3.0),
        CostAware(budget=1e-9),
        Distinct(CostAware(budget=3.0)),
        ClassBalanced(CostAware(budget=3.0)),
        Mixture([CoreSet(), CostAware(budget=3.0)]),
        Shortlist(CostAware(budget=3.0), RandomSampling(), factor=2),
        Infinite(),
        AsList(),
        LastDigits(),
        Shortlist(Distinct(Mixture()), ClassBalanced(CoreSet())),
    ],
    ids=repr,
)
def test_what_is_right_passes(strategy):
    check_strategy(strategy)


class Remembers(QueryStrategy):
    def _query(self, pool, n):
        self.last_ = n
        return np.arange(n)


class FirstRows(QueryStrategy):
    def _query(self, pool, n):
        return np.arange(n)


class OtherSelection(UncertaintySampling):
    def select(self, pool, n=1):
        return Selection(self.query(pool, n)[::-1], None, self)

    def query(self, pool, n=1):
        return super().query(pool, n)


class GlobalGenerator(QueryStrategy):
    def _query(self, pool, n):
        return np.random.permutation(len(pool))[:n]


@pytest.mark.parametrize(
    "strategy", [Remembers(), FirstRows(), OtherSelection(), GlobalGenerator()], ids=repr
)
def test_what_is_wrong_is_named(strategy):
    with pytest.raises(AssertionError):
        check_strategy(strategy)


def test_a_failing_check_names_the_rule_and_the_error():
    class Draws(QueryStrategy):
        def _query(self, pool, n):
            return np.random.permutation(len(pool))[:n]

    class Forgets(QueryStrategy):
        def __init__(self, power=2):
            pass

        def _query(self, pool, n):
            return np.arange(n)

    for strategy, rule in {Draws(): "same answer|stores only", Forgets(): "stores only"}.items():
        with pytest.raises(AssertionError, match=f"fails check_.*Check that.*({rule})") as caught:
            check_strategy(strategy)
        assert caught.value.__cause__ is not None
