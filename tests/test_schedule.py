"""Schedule and Subsample: which strategy is asked, and about which samples."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV

from skal import ActiveLearner, LabelBudgetClassifier, Pool
from skal.strategies import (
    CoreSet,
    CostAware,
    KMeansSampling,
    Mixture,
    RandomSampling,
    Schedule,
    Subsample,
    UncertaintySampling,
)
from skal.testing import check_strategy


class Marked(RandomSampling):
    """Choose the samples at the end of the pool, and say by their number which one was asked."""

    def __init__(self, last=0):
        self.last = last

    def _query(self, pool, n):
        return len(pool) - 1 - self.last - np.arange(n)


def pool_with(n_labeled, n_samples=20):
    labeled = Pool.from_arrays(np.zeros((n_labeled, 1)), y=np.arange(n_labeled) % 2)
    return Pool.from_arrays(np.arange(float(n_samples))[:, None], labeled=labeled, random_state=0)


SCHEDULE = Schedule([(Marked(0), 3), (Marked(5), 10), Marked(10)])


@pytest.mark.parametrize(
    "n_labeled, expected", [(0, 19), (2, 19), (3, 14), (9, 14), (10, 9), (50, 9)]
)
def test_the_number_of_labeled_samples_decides(n_labeled, expected):
    pool = pool_with(n_labeled)
    assert SCHEDULE.query(pool, 2).tolist() == [expected, expected - 1]
    assert SCHEDULE.select(pool).scores is None


def test_scores_of_the_strategy_that_chose_are_passed_on():
    proba = [[0.5, 0.5], [0.9, 0.1]]
    pool = Pool.from_arrays(proba=proba, random_state=0)
    for strategy in (Schedule([UncertaintySampling()]), Subsample(share=1.0), Schedule()):
        selection = strategy.select(pool, 2)
        assert selection.positions.tolist() == [0, 1]
        np.testing.assert_allclose(selection.scores, [1.0, 0.2])
        assert selection.strategy is strategy


def test_parameters_have_names():
    schedule = Schedule([(UncertaintySampling(), 5), (CoreSet(), 9), UncertaintySampling()])
    names = schedule.get_params()
    assert names["uncertaintysampling-1__measure"] == "margin"
    assert names["coreset"] is schedule.strategies[1][0]
    schedule.set_params(**{"uncertaintysampling-2__measure": "entropy"})
    assert schedule.strategies[2].measure == "entropy"
    given = schedule.strategies
    schedule.set_params(coreset=RandomSampling())
    assert schedule.strategies[1] == (schedule.strategies[1][0], 9)
    assert isinstance(schedule.strategies[1][0], RandomSampling) and given[1][0] is not None
    assert isinstance(given[1][0], CoreSet)  # the list that was given is not written to
    copy = clone(schedule)
    assert repr(copy) == repr(schedule) and copy.strategies[0][0] is not schedule.strategies[0][0]
    with pytest.raises(ValueError, match="Invalid parameter"):
        schedule.set_params(nonsense=1)


@pytest.mark.parametrize("strategies", [CoreSet(), "margin", [3], [(1, 2)], 7])
def test_wrong_lists_can_be_printed_and_cloned(strategies):
    for kind in (Schedule, Mixture):
        strategy = clone(kind(strategies))
        assert strategy.get_params(deep=True).keys() >= {"strategies"}
        with pytest.raises((ValueError, TypeError), match="strategies"):
            strategy.query(pool_with(2))


@pytest.mark.parametrize(
    "strategies, message",
    [
        ([], r"got \[\]"),
        ("margin", "got 'margin'"),
        (UncertaintySampling(), r"got UncertaintySampling\(\)"),
        ([(CoreSet(), 5)], "but the last item is"),
        ([CoreSet(), CoreSet()], r"but strategies\[0\] is CoreSet\(\)"),
        ([("margin", 5), CoreSet()], r"but strategies\[0\] is"),
        ([(CoreSet(), 5, 6), CoreSet()], r"but strategies\[0\] is"),
        ([(CoreSet(), 0), CoreSet()], r"strategies\[0\]\[1\] must be a positive integer"),
        ([(CoreSet(), 2.5), CoreSet()], r"strategies\[0\]\[1\]"),
        ([(CoreSet(), 5), (CoreSet(), 5), CoreSet()], "Put them in increasing order"),
        ([(CoreSet(), 9), (CoreSet(), 5), CoreSet()], r"strategies\[1\] ends at 5"),
    ],
)
def test_lists_that_are_not_a_schedule_are_refused(strategies, message):
    with pytest.raises(ValueError, match=message):
        Schedule(strategies).query(pool_with(2))


def test_a_budget_counts_only_while_its_strategy_chooses():
    schedule = Schedule([(CostAware(UncertaintySampling(), budget=3.0), 5), RandomSampling()])
    for n_labeled, n_chosen in [(0, 3), (5, 8)]:
        labeled = Pool.from_arrays(np.zeros((n_labeled, 1)), y=np.arange(n_labeled) % 2)
        pool = Pool.from_arrays(proba=np.full((20, 2), 0.5), prices=np.ones(20), labeled=labeled)
        for strategy in (schedule, Subsample(schedule), Mixture([schedule])):
            assert len(strategy.query(pool, 8)) == n_chosen


@pytest.mark.parametrize(
    "strategy", [Schedule(), Subsample(), Schedule([(CoreSet(), 3), Mixture()])]
)
def test_published_checks(strategy):
    check_strategy(strategy)


@pytest.mark.parametrize(
    "share, n, size", [(0.5, 1, 10), (0.07, 1, 2), (0.01, 5, 5), (1.0, 2, 20)]
)
def test_a_strategy_sees_its_share(share, n, size):
    seen = []

    class Seen(RandomSampling):
        def _query(self, pool, n):
            seen.append(pool.embedding.ravel())
            return np.arange(n)

    pool = pool_with(0)
    positions = Subsample(Seen(), share=share).query(pool, n)
    (rows,) = seen
    assert len(set(rows)) == len(rows) == size and (np.diff(rows) > 0).all()
    assert positions.tolist() == rows[:n].tolist()


def test_a_share_of_hundredths_is_not_rounded_up():
    pool = Pool.from_arrays(np.zeros((100, 1)), random_state=0)
    sizes = []

    class Size(RandomSampling):
        def _query(self, pool, n):
            sizes.append(len(pool))
            return np.arange(n)

    for hundredths in range(1, 101):
        Subsample(Size(), share=hundredths / 100).query(pool)
    assert sizes == list(range(1, 101))


def test_only_the_share_is_predicted():
    class Counting(LogisticRegression):
        def predict_proba(self, X):
            counts.append(len(X))
            return super().predict_proba(X)

    counts = []
    X = np.random.RandomState(0).normal(size=(200, 2))
    learner = ActiveLearner(Counting(), Subsample(share=0.25), random_state=0)
    first = learner.fit(X[:10], [0, 1] * 5).query(X)
    assert sum(counts) == 50
    assert learner.query(X).tolist() == first.tolist()
    other = ActiveLearner(Counting(), Subsample(RandomSampling()), random_state=1)
    assert other.fit(X[:10], [0, 1] * 5).query(X, 5).tolist() != learner.query(X, 5).tolist()


@pytest.mark.parametrize("share", [0, -1, 1.5, None, "half", np.nan])
def test_other_shares_are_refused(share):
    with pytest.raises(ValueError, match="'share' parameter of Subsample"):
        Subsample(share=share).query(pool_with(0))


def test_a_search_compares_schedules():
    X = np.random.RandomState(0).normal(size=(60, 2))
    learner = ActiveLearner(strategy=Schedule([(KMeansSampling(), 8), UncertaintySampling()]))
    search = GridSearchCV(
        LabelBudgetClassifier(learner, n_initial=4, batch_size=4, budget=16, random_state=0),
        {"learner__strategy__uncertaintysampling__measure": ["margin", "entropy"]},
        cv=2,
    ).fit(X, (X[:, 0] > 0).astype(int))
    assert set(search.cv_results_["rank_test_score"]) == {1}
