"""Pools in partitions give the answers of a pool in one place, whatever the partitions are."""

import pickle
import re

import numpy as np
import pytest
import scipy.sparse as sp
from list_partitions import ListPartitions, ListRows, divided, in_partitions
from numpy.testing import assert_array_equal
from scipy import stats
from sklearn import config_context
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from skal import ActiveLearner
from skal.embeddings import GradientEmbedding, KernelEmbedding
from skal.geometry import (
    KernelRows,
    OuterRows,
    _sizes,
    as_rows,
    k_center_greedy,
    k_center_in_parts,
    seeds_in_parts,
)
from skal.pool import PartitionedPool
from skal.strategies import (
    BADGE,
    BAIT,
    BALD,
    DPP,
    EPIG,
    LCMD,
    BatchBALD,
    ClassBalanced,
    ClusterMargin,
    ContrastiveSampling,
    CoreSet,
    CostAware,
    DensityWeighted,
    Distinct,
    DiverseMiniBatch,
    ExpectedCost,
    ExpectedErrorReduction,
    ExpectedGradientLength,
    ExpectedModelChange,
    FacilityLocation,
    Falcun,
    GreedyX,
    GreedyY,
    ImprovedGreedy,
    KMeansSampling,
    MaxHerding,
    Mixture,
    ProbCover,
    QueryByCommittee,
    QueryStrategy,
    RandomSampling,
    RankedBatch,
    Relevance,
    Schedule,
    ScoreStrategy,
    Shortlist,
    SimpleMargin,
    StandardDeviation,
    StochasticBatch,
    Subsample,
    TypiClust,
    UncertaintyHerding,
    UncertaintySampling,
)

N_PARTS = [1, 2, 7, 40]


class Gini(ScoreStrategy):
    """A strategy of a user's own, which knows nothing of partitions."""

    def score_samples(self, pool):
        return 1 - (pool.proba**2).sum(axis=1)


class Ranked(ScoreStrategy):
    """Scores that depend on the other samples."""

    def score_samples(self, pool):
        return np.argsort(np.argsort(pool.proba.max(axis=1))).astype(float)


class Longest(QueryStrategy):
    def _query(self, pool, n):
        return np.argsort(-np.linalg.norm(pool.embedding, axis=1))[:n]


def make_data(seed=0, n=600, width=5, n_classes=3):
    """Return labeled samples and a pool with many copies, so that scores tie."""
    random_state = np.random.RandomState(seed)
    X = random_state.normal(size=(n, width))
    y = np.argmax(X[:, :n_classes] + random_state.normal(scale=0.5, size=(n, n_classes)), axis=1)
    X_pool = np.repeat(random_state.normal(size=(n // 3, width)), 3, axis=0)
    X_pool = X_pool[random_state.permutation(len(X_pool))]
    return X[:60], y[:60], X_pool


def least_confident(proba):
    return 1 - proba.max(axis=1)


EXACT = [
    None,
    UncertaintySampling(),
    UncertaintySampling("entropy"),
    UncertaintySampling(least_confident),
    ExpectedCost(),
    ExpectedGradientLength(),
    RandomSampling(),
    StochasticBatch(),
    StochasticBatch(kind="softmax", beta=4),
    StochasticBatch(kind="softrank"),
    ClassBalanced(),
    ClassBalanced(CoreSet()),
    Gini(),
    Shortlist(UncertaintySampling(), CoreSet(), factor=4),
    Shortlist(RandomSampling(), KMeansSampling(), factor=10),
    Subsample(UncertaintySampling(), share=0.3),
    Subsample(KMeansSampling(), share=0.3),
    UncertaintyHerding(n_candidates=100),
    MaxHerding(n_candidates=100),
    UncertaintyHerding(),
    DiverseMiniBatch(),
    ClusterMargin(),
    Mixture([UncertaintySampling(), RandomSampling(), CoreSet()]),
    CoreSet(),
    Relevance(0),
    Relevance(0, 0.5, CoreSet()),
    Distinct(),
    Distinct(UncertaintySampling(), min_distance=0.8),
    Schedule([(RandomSampling(), 10), UncertaintySampling("entropy")]),
]


@pytest.mark.parametrize("n_parts", N_PARTS)
@pytest.mark.parametrize("strategy", EXACT, ids=repr)
def test_answers_are_those_of_one_place(strategy, n_parts):
    for seed in range(5):
        X, y, X_pool = make_data(seed)
        learner = ActiveLearner(LogisticRegression(), strategy, random_state=seed).fit(X, y)
        whole, parts = learner.pool(X_pool), in_partitions(learner, X_pool, n_parts, seed)
        asked = learner._strategy_for(whole, 20)
        assert_array_equal(asked.query(parts, 20), asked.query(whole, 20))


COMMITTEES = [
    QueryByCommittee(),
    QueryByCommittee("kl"),
    QueryByCommittee("zero_one"),
    BALD(),
    Mixture([BALD(), UncertaintySampling()]),
    Relevance(0, 0.3),
]


@pytest.mark.parametrize("strategy", COMMITTEES, ids=repr)
def test_committees_whose_scores_tie_in_masses(strategy):
    X, y, X_pool = make_data()
    forest = RandomForestClassifier(5, max_depth=3, random_state=0)
    learner = ActiveLearner(forest, strategy, random_state=0).fit(X, y)
    expected = strategy.query(learner.pool(X_pool), 50)
    for n_parts in N_PARTS:
        assert_array_equal(strategy.query(in_partitions(learner, X_pool, n_parts), 50), expected)


OF_NUMBERS = [
    StandardDeviation(),
    QueryByCommittee("variance"),
    ExpectedModelChange(),
    GreedyX(),
    GreedyY(),
    UncertaintyHerding("std", n_candidates=100),
    UncertaintyHerding("std"),
    Shortlist(StandardDeviation(), ImprovedGreedy(), factor=4),
    Subsample(LCMD(), share=0.3),
]


@pytest.mark.parametrize("strategy", OF_NUMBERS, ids=repr)
def test_regressors(strategy):
    X, _, X_pool = make_data()
    forest = RandomForestRegressor(5, max_depth=3, random_state=0)
    learner = ActiveLearner(forest, strategy, random_state=0).fit(X, X[:, 0] + X[:, 1] ** 2)
    expected = strategy.query(learner.pool(X_pool), 30)
    for n_parts in N_PARTS:
        assert_array_equal(strategy.query(in_partitions(learner, X_pool, n_parts), 30), expected)


@pytest.mark.parametrize("strategy", [ImprovedGreedy(), LCMD()], ids=repr)
def test_what_compares_all_samples_of_a_regressor_names_the_way_out(strategy):
    X, _, X_pool = make_data()
    learner = ActiveLearner(Ridge(), strategy, random_state=0).fit(X, X[:, 0])
    with pytest.raises(ValueError, match=r"Use Shortlist\(RandomSampling\(\)"):
        strategy.query(in_partitions(learner, X_pool, 7), 5)


def test_machines_without_probabilities():
    X, y, X_pool = make_data()
    strategies = [UncertaintySampling(), SimpleMargin(), DiverseMiniBatch(), UncertaintyHerding()]
    for strategy in [*strategies, CoreSet(KernelEmbedding()), Relevance(1)]:
        learner = ActiveLearner(SVC(), strategy, random_state=0).fit(X, y)
        expected = strategy.query(learner.pool(X_pool), 10)
        for n_parts in N_PARTS:
            got = strategy.query(in_partitions(learner, X_pool, n_parts), 10)
            assert_array_equal(got, expected)


@pytest.mark.parametrize("strategy", [CoreSet(), UncertaintySampling(), Distinct()], ids=repr)
def test_sparse_rows_and_rows_of_a_pipeline(strategy):
    X, y, X_pool = make_data()
    X, X_pool = np.maximum(X, 0), np.maximum(X_pool, 0)
    for model, kind in [
        (LogisticRegression(), sp.csr_matrix),
        (make_pipeline(StandardScaler(), LogisticRegression()), np.asarray),
    ]:
        learner = ActiveLearner(model, strategy, random_state=0).fit(kind(X), y)
        expected = strategy.query(learner.pool(kind(X_pool)), 20)
        for n_parts in N_PARTS:
            got = strategy.query(in_partitions(learner, kind(X_pool), n_parts), 20)
            assert_array_equal(got, expected)


def test_a_batch_of_the_whole_pool_ends_with_copies():
    X, y, X_pool = make_data(n=90)
    for strategy in (UncertaintySampling(), CoreSet(), RandomSampling(), MaxHerding()):
        learner = ActiveLearner(LogisticRegression(), strategy, random_state=0).fit(X, y)
        expected = strategy.query(learner.pool(X_pool), len(X_pool))
        got = strategy.query(in_partitions(learner, X_pool, 7), len(X_pool))
        assert_array_equal(got, expected)


def test_without_any_label():
    _, _, X_pool = make_data()
    for cold_start in (None, CoreSet(), RandomSampling()):
        learner = ActiveLearner(cold_start=cold_start, random_state=0)
        pool = learner.pool(X_pool)
        asked = learner._strategy_for(pool, 10)
        for n_parts in N_PARTS:
            parts = in_partitions(learner, X_pool, n_parts)
            assert_array_equal(asked.query(parts, 10), asked.query(pool, 10))


def test_prices():
    X, y, X_pool = make_data()
    prices = np.random.RandomState(0).uniform(1, 3, len(X_pool))
    for strategy in (CostAware(), CostAware(budget=20.0), CostAware(prices=price_of)):
        learner = ActiveLearner(LogisticRegression(), strategy, random_state=0).fit(X, y)
        expected = strategy.query(learner.pool(X_pool, prices=prices), 20)
        for n_parts in N_PARTS:
            parts = in_partitions(learner, X_pool, n_parts, prices=prices)
            assert_array_equal(strategy.query(parts, 20), expected)


def price_of(X):
    return 1 + X[:, 0] ** 2


def test_scores_come_with_the_positions():
    X, y, X_pool = make_data()
    learner = ActiveLearner(LogisticRegression(), "entropy", random_state=0).fit(X, y)
    strategy = UncertaintySampling("entropy")
    expected = strategy.select(learner.pool(X_pool), 30)
    got = strategy.select(in_partitions(learner, X_pool, 7), 30)
    np.testing.assert_allclose(got.scores, expected.scores, rtol=1e-12)
    scores = strategy.scores(in_partitions(learner, X_pool, 7))
    np.testing.assert_allclose(scores, strategy.scores(learner.pool(X_pool)), rtol=1e-12)


class Score(ScoreStrategy):
    """Score a sample by its first feature."""

    _scores_alone = True

    def score_samples(self, pool):
        return pool.X[:, 0]


@pytest.mark.parametrize(
    "scores",
    [
        # Scores that are equal only after rounding, beside one that is a billion times larger.
        np.r_[1e9, 1 + 1e-10 * np.arange(500)],
        np.r_[np.inf, -np.inf, np.arange(300.0) % 3],
        np.zeros(400),
        np.r_[np.full(200, -np.inf), -1.0],
        np.r_[1e-300 * np.arange(100), np.full(30, 1e-280)],
    ],
)
def test_scores_of_different_magnitudes_tie_as_in_one_place(scores):
    X, y, _ = make_data(width=2, n_classes=2)
    learner = ActiveLearner(LogisticRegression(), Score(), random_state=3).fit(X, y)
    for seed in range(10):
        order = np.random.RandomState(seed).permutation(len(scores))
        X_pool = np.column_stack([scores[order], scores])
        expected = Score().query(learner.pool(X_pool), 25)
        for n_parts in (2, 7, 40):
            got = Score().query(in_partitions(learner, X_pool, n_parts, seed), 25)
            assert_array_equal(got, expected)


class Rung(ScoreStrategy):
    """Score a sample by its first feature in a few rungs, as numbers of a type."""

    _scores_alone = True

    def __init__(self, dtype):
        self.dtype = dtype

    def score_samples(self, pool):
        return np.rint(10 * np.abs(pool.X[:, 0])).astype(self.dtype)


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int64", "uint64", "bool", "float16"])
@pytest.mark.parametrize("around", [lambda one: one, ClassBalanced, StochasticBatch, CostAware])
def test_scores_of_every_type(dtype, around):
    X, y, X_pool = make_data()
    learner = ActiveLearner(LogisticRegression(), around(Rung(dtype)), random_state=0).fit(X, y)
    prices = 1 + np.abs(X_pool[:, 1])
    expected = learner.strategy.query(learner.pool(X_pool, prices=prices), 40)
    for n_parts in (1, 3, 7):
        pool = in_partitions(learner, X_pool, n_parts, prices=prices)
        assert_array_equal(learner.strategy.query(pool, 40), expected)


REFUSED = [
    KMeansSampling(),
    TypiClust(),
    DensityWeighted(),
    EPIG(),
    CoreSet(outlier_fraction=0.01),
    DPP(),
    BAIT(),
    FacilityLocation(),
    ProbCover(),
    RankedBatch(),
    Falcun(),
    ExpectedErrorReduction(),
    ContrastiveSampling(),
    BatchBALD(),
    Ranked(),
]


@pytest.mark.parametrize("strategy", REFUSED, ids=repr)
def test_what_reads_the_whole_pool_is_refused_by_name(strategy):
    X, y, X_pool = make_data()
    forest = RandomForestClassifier(3, random_state=0)
    learner = ActiveLearner(forest, strategy, random_state=0).fit(X, y)
    name = type(strategy).__name__
    with pytest.raises(ValueError, match=rf"{name}(.|\n)*Shortlist\(RandomSampling\(\), {name}"):
        strategy.query(in_partitions(learner, X_pool, 3), 5)


def test_a_strategy_of_ones_own_that_reads_the_whole_pool_is_refused():
    X, y, X_pool = make_data()
    learner = ActiveLearner(LogisticRegression(), random_state=0).fit(X, y)
    with pytest.raises(ValueError, match="Longest reads `embedding` of all 600 samples"):
        Longest().query(in_partitions(learner, X_pool, 3), 5)
    shortlist = Shortlist(RandomSampling(), Longest(), factor=10)
    expected = shortlist.query(learner.pool(X_pool), 5)
    assert_array_equal(shortlist.query(in_partitions(learner, X_pool, 3), 5), expected)


def test_what_does_not_fit_into_the_working_memory_is_refused():
    X, y, X_pool = make_data(n=30_000)
    learner = ActiveLearner(LogisticRegression(), random_state=0).fit(X, y)
    parts = in_partitions(learner, X_pool, 4)
    with config_context(working_memory=0.1):
        with pytest.raises(ValueError, match="a number for each of 30,000 samples"):
            CostAware(prices=price_of).query(parts, 5)
        with pytest.raises(ValueError, match="KMeansSampling reads `embedding` of 12,000 samples"):
            Subsample(KMeansSampling(), share=0.4).query(parts, 5)
        assert len(UncertaintySampling().query(parts, 5)) == 5


def test_views_stay_in_partitions_where_they_are_large():
    X, y, X_pool = make_data(n=30_000)
    learner = ActiveLearner(LogisticRegression(), random_state=0).fit(X, y)
    parts = in_partitions(learner, X_pool, 4)
    order = np.random.RandomState(0).permutation(len(X_pool))[:12_000]
    rows = np.sort(order)
    view = parts.take(rows)
    assert isinstance(view, PartitionedPool) and len(view) == 12_000
    expected = learner.pool(X_pool).take(rows)
    for strategy in (UncertaintySampling(), CoreSet(), ClassBalanced()):
        assert_array_equal(strategy.query(view, 9), strategy.query(expected, 9))
    np.testing.assert_allclose(view.proba, expected.proba, rtol=1e-12)
    assert not parts.take(rows[:10]).in_parts
    # In another order, equal rows are told apart by it.
    expected = CoreSet().query(learner.pool(X_pool).take(order), 9)
    assert_array_equal(CoreSet().query(parts.take(order), 9), expected)


def test_exchanges_do_not_grow_with_partitions():
    X, y, X_pool = make_data(n=6000)
    limits = {UncertaintySampling(): 1, BALD(): 1, CoreSet(): 10, BADGE(): 8}
    for strategy, limit in limits.items():
        forest = RandomForestClassifier(5, random_state=0)
        learner = ActiveLearner(forest, strategy, random_state=0).fit(X, y)
        found = set()
        for n_parts in (2, 7, 40):
            parts = in_partitions(learner, X_pool, n_parts)
            strategy.query(parts, 100)
            found.add(parts._partitions.n_exchanges)
        assert max(found) <= limit, (strategy, found)


def some_rows(kind, seed):
    random_state = np.random.RandomState(seed)
    n = random_state.randint(8, 800)
    values = {
        "normal": random_state.normal(size=(n, 5)),
        "whole numbers": random_state.randint(0, 3, (n, 3)).astype(float),
        "far from zero": (1e4 + random_state.normal(size=(n, 4))).astype(np.float32),
        "copies": np.repeat(random_state.normal(size=(4, 3)), n // 4 + 1, axis=0)[:n],
        "small": (1e-8 * random_state.normal(size=(n, 6))).astype(np.float32),
        "equal": np.ones((n, 2)),
    }
    return values[kind]


KINDS = ["normal", "whole numbers", "far from zero", "copies", "small", "equal"]


@pytest.fixture(params=[False, True], ids=["usual sizes", "tiny sizes"])
def sizes(request, monkeypatch):
    if request.param:
        tiny = {"LONG_LIST": (8, 32), "SHORT_LIST": 4, "BLOCK": 4, "SETTLED": 2}
        tiny |= {"OFFERED": (3, 12), "DRAWN": (4, 40), "DRAWS": (4, 8), "CHUNK_BYTES": 512}
        for name, value in tiny.items():
            monkeypatch.setattr(_sizes, name, value)


@pytest.mark.parametrize("kind", KINDS)
def test_k_center_of_rows_in_parts(kind, sizes):
    for seed in range(6):
        X, random_state = some_rows(kind, seed), np.random.RandomState(seed)
        labeled = X[random_state.randint(0, len(X), random_state.randint(1, 40))]
        labeled = labeled if seed % 3 else None
        n = random_state.randint(1, min(len(X), 60) + 1)
        expected = k_center_greedy(X, n, labeled=labeled)
        for n_parts in (1, 6):
            parts = ListRows([part for part in divided(X, n_parts, seed) if len(part)])
            got = k_center_in_parts(parts, n, None if labeled is None else as_rows(labeled))
            assert_array_equal(got, expected)


def test_k_center_of_kernel_and_outer_rows_in_parts(sizes):
    random_state = np.random.RandomState(0)
    left, right = random_state.normal(size=(200, 3)), random_state.normal(size=(200, 4))
    X = random_state.normal(size=(200, 3))
    for rows in (OuterRows(left, right), KernelRows(X, linear)):
        labeled = rows.take(np.arange(5))
        expected = k_center_greedy(rows, 30, labeled=labeled)
        for cuts in ([0, 200], [0, 30, 31, 200]):
            taken = [rows.take(slice(*pair)) for pair in zip(cuts[:-1], cuts[1:], strict=True)]
            assert_array_equal(k_center_in_parts(ListRows(taken), 30, labeled), expected)
    with pytest.raises(ValueError, match="Label some|Label a sample"):
        k_center_in_parts(ListRows([rows]), 3)


def linear(A, B):
    return A @ B.T


def test_rows_too_small_for_distances_are_refused():
    X = 1e-120 * np.random.RandomState(0).normal(size=(50, 2))
    for draw in (k_center_in_parts, lambda parts, n: seeds_in_parts(parts, n, "norm", None)):
        with pytest.raises(ValueError, match="so small"):
            parts = ListRows([X[:20], X[20:]])
            if draw is k_center_in_parts:
                draw(parts, 3, as_rows(X[:2]))
            else:
                seeds_in_parts(parts, 3, "norm", np.random.RandomState(0))


def d2_law(X, first):
    """Return the exact probabilities of the second and the third center."""
    sq = ((X[:, None] - X) ** 2).sum(axis=2)
    second = sq[first] / sq[first].sum()
    third = np.zeros(len(X))
    for i, share in enumerate(second):
        left = np.minimum(sq[first], sq[i])
        third += share * left / left.sum()
    return second, third


@pytest.mark.parametrize("n_parts", [1, 4])
def test_seeding_in_parts_keeps_the_law(n_parts, monkeypatch):
    # Few draws at a time, so that some bounds are out of date and some candidates are used up.
    monkeypatch.setattr(_sizes, "DRAWN", (4, 6))
    spread = np.repeat([1.0, 6.0], [15, 5])
    X = np.random.RandomState(4).normal(size=(20, 2)) * spread[:, None]
    first = int((X**2).sum(axis=1).argmax())
    generator, counts = np.random.RandomState(0), np.zeros((3, 20))
    n_draws = 2000
    for _ in range(n_draws):
        parts = ListRows([part for part in divided(X, n_parts, 1) if len(part)])
        for place, row in enumerate(seeds_in_parts(parts, 3, "norm", generator)):
            counts[place, row] += 1
    assert counts[0, first] == n_draws
    for found, law in zip(counts[1:], d2_law(X, first), strict=True):
        likely = law * n_draws >= 5
        rare = np.r_[found[likely], found[~likely].sum()], np.r_[law[likely], law[~likely].sum()]
        kept = rare[1] > 0
        assert stats.chisquare(rare[0][kept], n_draws * rare[1][kept]).pvalue > 1e-3


@pytest.mark.parametrize("kind", KINDS)
def test_seeding_in_parts_chooses_distinct_rows_and_copies_last(kind, sizes):
    for seed in range(3):
        X = some_rows(kind, seed)
        n_different = len(np.unique(X, axis=0))
        n = min(len(X), n_different + 3)
        parts = ListRows([part for part in divided(X, 5, seed) if len(part)])
        for init in ("norm", "uniform"):
            picks = seeds_in_parts(parts, n, init, np.random.RandomState(seed))
            assert len(set(picks.tolist())) == n
            assert len(np.unique(X[picks], axis=0)) == min(n, n_different)
            parts.states = [None] * len(parts.parts)


def test_badge_repeats_itself_and_begins_with_the_longest_gradient():
    X, y, X_pool = make_data(n=3000)
    learner = ActiveLearner(LogisticRegression(), BADGE(), random_state=0).fit(X, y)
    rows = GradientEmbedding().transform(learner.pool(X_pool))
    for n_parts in (1, 7):
        parts = in_partitions(learner, X_pool, n_parts)
        picks = BADGE().query(parts, 20)
        assert_array_equal(picks, BADGE().query(in_partitions(learner, X_pool, n_parts), 20))
        assert picks[0] == rows.sq_norms.argmax()


def test_outputs_of_all_samples_are_refused_and_known_ones_are_not():
    X, y, X_pool = make_data()
    learner = ActiveLearner(LogisticRegression(), random_state=0).fit(X, y)
    prices = np.arange(1.0, len(X_pool) + 1)
    parts = in_partitions(learner, X_pool, 3, prices=prices)
    assert_array_equal(parts.prices, prices)
    assert_array_equal(parts.classes, [0, 1, 2])
    assert parts.has("proba") and not parts.has("member_proba")
    for read in (lambda: parts.proba, lambda: parts.X, lambda: parts.get("proba", "embedding")):
        with pytest.raises(ValueError, match="of all 600 samples at once"):
            read()
    whole = learner.pool(X_pool)
    np.testing.assert_allclose(
        parts.map(lambda proba: proba.max(axis=1), "proba"), whole.proba.max(axis=1)
    )
    np.testing.assert_allclose(
        parts.map(lambda proba: proba.T, "proba", axis=1), whole.proba.T, rtol=1e-12
    )
    with pytest.raises(TypeError, match="function must be a callable"):
        parts.map("max", "proba")
    assert len(parts.with_rows(X_pool[:3]).proba) == 3


def test_each_part_tells_where_its_samples_stand():
    X, y, X_pool = make_data()
    learner = ActiveLearner(LogisticRegression(), random_state=0).fit(X, y)
    parts = in_partitions(learner, X_pool, 5)
    found = parts.each_part(lambda pool: pool.X)
    assert sum(where.stop - where.start for where, _ in found) == len(X_pool)
    for where, rows in found:
        assert_array_equal(rows, X_pool[where])
    ((where, size),) = learner.pool(X_pool).each_part(len)
    assert size == len(X_pool[where])


def test_an_empty_pool():
    X, y, X_pool = make_data()
    learner = ActiveLearner(LogisticRegression(), random_state=0).fit(X, y)
    empty = PartitionedPool(learner.estimator_, ListPartitions([X_pool[:0], X_pool[:0]]))
    with pytest.raises(ValueError, match="The pool is empty"):
        UncertaintySampling().query(empty, 1)
    with pytest.warns(UserWarning, match="n=700 is more than the 600 samples"):
        assert len(UncertaintySampling().query(in_partitions(learner, X_pool, 3), 700)) == 600


def test_what_a_strategy_asks_of_partitions_can_be_pickled():
    assert pickle.loads(pickle.dumps(Gini())).get_params() == {}


def test_lists_are_joined_as_arrays():
    X, y, X_pool = make_data()
    pool = in_partitions(ActiveLearner(LogisticRegression()).fit(X, y), X_pool, 3)
    for one, dtype in ((None, object), (2, int), ("no", "<U2")):
        got = pool.map(lambda proba, one=one: [one] * len(proba), "proba")
        assert got.dtype == np.dtype(dtype)
        assert_array_equal(got, np.full(len(X_pool), one))


class Unlucky(LogisticRegression):
    """A classifier that has no answer for rows that begin with 1000."""

    def predict_proba(self, X):
        proba = super().predict_proba(X)
        proba[X[:, 0] == 1000] = np.nan
        return proba

    def embed(self, X):
        return np.where(X[:, :1] == 1000, np.nan, X[:, :2])


@pytest.mark.parametrize(
    "strategy", [UncertaintySampling(), BADGE(), CoreSet(), ClassBalanced(UncertaintySampling())]
)
def test_an_error_tells_which_samples_its_rows_are(strategy, monkeypatch):
    monkeypatch.setattr("skal.pool._partitioned._FETCHED_AT_ONCE", 10)
    X, y, X_pool = make_data()
    X_pool = X_pool.copy()
    X_pool[500, 0] = 1000
    learner = ActiveLearner(Unlucky(), strategy, random_state=0).fit(X, y)
    rows = np.arange(0, len(X_pool), 2)
    for n_parts in (1, 3, 7):
        whole = in_partitions(learner, X_pool, n_parts)
        for pool, expected in ((whole, 500), (whole.take(rows), 250)):
            with pytest.raises(ValueError, match=r"row \d+") as caught:
                strategy.query(pool, 10)
            row = int(re.search(r"row (\d+)", str(caught.value))[1])
            notes = " ".join(getattr(caught.value, "__notes__", []))
            start = re.search(r"Its sample 0 is the sample (\d+) of the whole pool", notes)
            assert row + int(start[1] if start else 0) == expected
