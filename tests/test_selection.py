"""Selections: what was chosen, by which scores, and by whom."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

from skal import ActiveLearner, Committee, Pool
from skal.inspection import explain_query
from skal.strategies import (
    BADGE,
    BALD,
    BatchBALD,
    ClassBalanced,
    ClusterMargin,
    CoreSet,
    CostAware,
    Distinct,
    DiverseMiniBatch,
    GreedyStrategy,
    KMeansSampling,
    MaxHerding,
    Mixture,
    QueryStrategy,
    RandomSampling,
    ScoreStrategy,
    Selection,
    Shortlist,
    StochasticBatch,
    UncertaintySampling,
)
from skal.testing import all_strategies


class StandardizedMargin(ScoreStrategy):
    """A margin relative to those of the other samples in the pool."""

    def score_samples(self, pool):
        margins = UncertaintySampling("margin").scores(pool)
        return (margins - margins.mean()) / margins.std()


class Middle(QueryStrategy):
    """Choose from the middle of the pool, without scores."""

    def _query(self, pool, n):
        return len(pool) // 2 + np.arange(n) - n // 2


class FarApart(GreedyStrategy):
    def _start(self, pool):
        return pool.embedding, np.linalg.norm(pool.embedding, axis=1)

    def _gain(self, state):
        return state[1]

    def _add(self, state, i):
        X, gap = state
        return X, np.minimum(gap, np.linalg.norm(X - X[i], axis=1))


def fitted_with(X, y):
    """Return a model of three classes that knows these samples as well."""
    return GaussianNB().fit(
        np.concatenate([[[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]], X]), [0, 1, 2, *y]
    )


def pool_of(n_samples=30, seed=0, **arrays):
    rng = np.random.RandomState(seed)
    members = rng.dirichlet(np.ones(3), size=(4, n_samples))
    return Pool.from_arrays(
        rng.normal(size=(n_samples, 2)),
        proba=members.mean(axis=0),
        member_proba=members,
        decision=rng.normal(size=(n_samples, 3)),
        predicted_loss=rng.random_sample(n_samples),
        prices=0.5 + rng.random_sample(n_samples),
        prediction=rng.normal(size=n_samples),
        member_prediction=rng.normal(size=(4, n_samples)),
        prediction_std=rng.random_sample(n_samples),
        label_proba=rng.random_sample((n_samples, 3)),
        dropout_votes=rng.randint(3, size=(3, n_samples)),
        refit=fitted_with,
        random_state=0,
        **arrays,
    )


@pytest.mark.parametrize("strategy", [cls() for cls in all_strategies()], ids=repr)
def test_query_is_the_positions_of_select(strategy):
    selection = strategy.select(pool_of(), 7)
    assert_array_equal(strategy.query(pool_of(), 7), selection.positions)
    assert selection.strategy is strategy and len(selection) == 7
    if selection.scores is not None:
        assert selection.scores.shape == (7,)


@pytest.mark.parametrize(
    "strategy",
    [
        RandomSampling(),
        CoreSet(),
        BADGE(),
        KMeansSampling(),
        DiverseMiniBatch(),
        ClusterMargin(),
        Mixture(),
        Middle(),
        Shortlist(UncertaintySampling(), Middle()),
        ClassBalanced(Middle()),
        Distinct(Middle()),
    ],
    ids=repr,
)
def test_without_scores_there_are_none(strategy):
    assert strategy.select(pool_of(), 5).scores is None


@pytest.mark.parametrize(
    "strategy", [UncertaintySampling("entropy"), BALD(), StandardizedMargin()], ids=repr
)
def test_score_strategies_tell_the_scores_of_the_whole_pool(strategy):
    pool = pool_of()
    selection = strategy.select(pool, 6)
    assert_array_equal(selection.scores, strategy.scores(pool)[selection.positions])
    assert (np.diff(selection.scores) <= 0).all()


def test_greedy_strategies_tell_the_gain_at_the_time_of_the_pick():
    X = pool_of().embedding
    selection = FarApart().select(pool_of(), 4)
    chosen = selection.positions
    expected = [np.linalg.norm(X[chosen[0]])]
    for k in range(1, 4):
        gaps = np.linalg.norm(X[chosen[k]] - X[chosen[:k]], axis=1)
        expected.append(min(gaps.min(), np.linalg.norm(X[chosen[k]])))
    assert_allclose(selection.scores, expected)


def test_the_first_gain_of_a_joint_batch_is_the_score_of_its_first_sample():
    pool = pool_of()
    selection = BatchBALD().select(pool, 5)
    assert_allclose(selection.scores[0], BALD().scores(pool).max())
    assert (np.diff(selection.scores) <= 1e-9).all()


def test_compositions_hand_on_the_scores_that_chose():
    pool, entropy = pool_of(), UncertaintySampling("entropy")
    scores = entropy.scores(pool)
    for strategy in (Shortlist(BALD(), entropy), ClassBalanced(entropy), Distinct(entropy)):
        selection = strategy.select(pool, 6)
        assert_array_equal(selection.scores, scores[selection.positions])
    worth = CostAware(entropy).select(pool, 6)
    assert_allclose(worth.scores, scores[worth.positions] / pool.prices[worth.positions])
    drawn = StochasticBatch(entropy).select(pool, 6)
    assert (np.diff(drawn.scores) <= 0).all()


def test_a_short_list_compares_within_itself():
    pool, strategy = pool_of(), Shortlist(BALD(), StandardizedMargin(), factor=2)
    selection = strategy.select(pool, 3)
    listed = BALD().query(pool, 6)
    expected = StandardizedMargin().scores(pool.take(listed))
    assert_allclose(selection.scores, np.sort(expected)[::-1][:3])


def test_samples_that_were_turned_down_keep_their_scores():
    X = [[0.0], [0.1], [0.2], [5.0]]
    proba = [[0.5, 0.5], [0.6, 0.4], [0.7, 0.3], [0.9, 0.1]]
    pool = Pool.from_arrays(X, proba=proba, random_state=0)
    selection = Distinct(min_distance=1.0).select(pool, 3)
    assert_array_equal(selection.positions, [0, 3, 1])
    assert_allclose(selection.scores, [1.0, 0.2, 0.8])


def test_the_learner_says_who_was_asked(iris):
    X, y, X_pool, _ = iris
    learner = ActiveLearner(random_state=0)
    assert isinstance(learner.select(X_pool, 3).strategy, MaxHerding)  # nothing is labeled
    learner.fit(X[:1], y[:1])
    cold = RandomSampling()
    assert learner.set_params(cold_start=cold).select(X_pool, 3).strategy is cold
    learner.fit(X, y)
    selection = learner.select(X_pool, 3)
    assert repr(selection.strategy) == "UncertaintyHerding()"
    assert_array_equal(selection.positions, learner.query(X_pool, 3))
    own = StandardizedMargin()
    assert learner.set_params(strategy=own).select(X_pool, 3).strategy is own


def test_scores_that_depend_on_the_pool_are_explained_as_they_chose(iris):
    X, y, X_pool, _ = iris
    learner = ActiveLearner(strategy=StandardizedMargin(), random_state=0).fit(X, y)
    selection = learner.select(X_pool, 4)
    frame = explain_query(learner, X_pool, selection)
    whole = StandardizedMargin().scores(learner.pool(X_pool))
    assert_allclose(frame["score"], whole[selection.positions])
    again = StandardizedMargin().scores(learner.pool(X_pool[selection.positions]))
    assert not np.allclose(frame["score"], again)


def test_positions_alone_have_no_scores_to_explain(iris):
    X, y, X_pool, _ = iris
    learner = ActiveLearner(random_state=0).fit(X, y)
    assert explain_query(learner, X_pool, learner.query(X_pool, 3))["score"].isna().all()


@pytest.mark.parametrize(
    "strategy",
    [
        CostAware(UncertaintySampling("nonsense")),
        StochasticBatch(UncertaintySampling("nonsense")),
        Shortlist(UncertaintySampling("nonsense")),
        Shortlist(None, UncertaintySampling("nonsense")),
        ClassBalanced(UncertaintySampling("nonsense")),
        Distinct(Shortlist(UncertaintySampling("nonsense"))),
        Mixture([UncertaintySampling("nonsense"), RandomSampling()]),
    ],
    ids=repr,
)
def test_inner_strategies_refuse_their_own_parameters(strategy):
    message = "'measure' parameter of UncertaintySampling must be.*'nonsense'"
    with pytest.raises(ValueError, match=message):
        strategy.query(pool_of(), 3)


@pytest.mark.parametrize(
    "strategy",
    [
        UncertaintySampling(lambda proba: np.ones(3)),
        DiverseMiniBatch(lambda proba: np.ones(3)),
        CostAware(UncertaintySampling(lambda proba: np.ones(3))),
        StochasticBatch(UncertaintySampling(lambda proba: np.ones(3))),
        Shortlist(UncertaintySampling(lambda proba: np.ones(3))),
    ],
    ids=lambda strategy: type(strategy).__name__,
)
def test_scores_of_the_wrong_shape_are_refused_wherever_they_are_read(strategy):
    with pytest.raises(ValueError, match=r"Scores must have the shape .* = \(30,\), got \(3,\)"):
        strategy.query(pool_of(), 2)


def test_scores_are_checked_and_named():
    strategy = UncertaintySampling(lambda proba: np.full(len(proba), np.nan))
    with pytest.raises(ValueError, match="score of sample 0"):
        strategy.scores(pool_of())
    with pytest.raises(TypeError, match="must be a Pool"):
        UncertaintySampling().scores(np.zeros((3, 2)))
    with pytest.raises(ValueError, match="'measure' parameter"):
        UncertaintySampling("nonsense").scores(pool_of())


def test_callables_see_all_samples_whatever_the_working_memory(iris):
    X, y, X_pool, _ = iris
    from sklearn import config_context

    def standardized(proba):
        top = proba.max(axis=-1)
        top = top if top.ndim == 1 else top.mean(axis=0)
        return (top.mean() - top) / top.std()

    from skal.strategies import QueryByCommittee

    committee = ActiveLearner(Committee(LogisticRegression(), random_state=0)).fit(X, y)
    for strategy in (UncertaintySampling(standardized), QueryByCommittee(standardized)):
        expected = strategy.scores(committee.pool(X_pool))
        with config_context(working_memory=0.001):
            assert_allclose(strategy.scores(committee.pool(X_pool)), expected)


def ask(strategy, pool):
    return strategy.query(pool, 1000)


@pytest.mark.parametrize(
    "strategy",
    [
        UncertaintySampling(),
        CoreSet(),
        Distinct(),
        BatchBALD(),
    ],
    ids=repr,
)
def test_warnings_point_at_the_line_of_the_user(strategy, iris):
    X, y, X_pool, _ = iris
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ask(strategy, pool_of())
        ActiveLearner(Committee(), strategy).fit(X, y).query(X_pool, 1000)
    ours = [one for one in caught if "samples in the pool" in str(one.message)]
    assert len(ours) == 2
    assert {one.filename for one in ours} == {__file__}


def test_a_cold_start_at_random_warns_at_the_line_of_the_user():
    with pytest.warns(UserWarning, match="chosen at random") as caught:
        ActiveLearner(random_state=0).query(["some", "raw", "texts"], 2)
    assert caught[0].filename == __file__


def test_a_query_before_fit_leaves_the_learner_as_it_was(iris):
    X_pool = iris[2]
    for cold in (None, RandomSampling()):
        learner = ActiveLearner(cold_start=cold)
        before = dict(vars(learner))
        first = learner.query(X_pool, 5)
        assert vars(learner) == before
        assert_array_equal(learner.query(X_pool, 5), first)
    others = {tuple(ActiveLearner(cold_start=cold).query(X_pool, 5)) for _ in range(8)}
    assert len(others) > 1  # each learner draws on its own


def test_selections_are_looked_up_in_a_larger_pool():
    selection = Selection(np.array([2, 0]), np.array([0.5, 0.25]))
    assert_array_equal(selection.at(np.array([10, 11, 12])).positions, [12, 10])
    assert_array_equal(selection.ordered([1]).scores, [0.25])


class Chosen(QueryStrategy):
    """Return the first samples with scores that were made somewhere else."""

    def __init__(self, make=None):
        self.make = make

    def _query(self, pool, n):
        return Selection(np.arange(n), self.make(n))


@pytest.mark.parametrize(
    "make",
    [
        lambda n: np.zeros(n + 5),
        lambda n: np.zeros((n, 1)),
        lambda n: np.full(n, np.nan),
        lambda n: ["a"] * n,
        lambda n: np.zeros(n, dtype=complex),
    ],
)
@pytest.mark.parametrize("wrap", [lambda s: s, ClassBalanced, Distinct])
def test_scores_of_an_author_are_checked(make, wrap):
    with pytest.raises(ValueError, match="Chosen._query must return a Selection with one score"):
        wrap(Chosen(make)).select(pool_of(), 4)


def test_scores_of_an_author_may_be_a_list():
    selection = Distinct(Chosen(lambda n: [0.5] * n)).select(pool_of(), 3)
    assert_array_equal(selection.scores, [0.5] * 3)


class OwnQuery(UncertaintySampling):
    """Replace the public method."""

    def query(self, pool, n=1):
        return np.arange(n)


class Backwards(UncertaintySampling):
    """Change the answer of the public method."""

    def query(self, pool, n=1):
        return super().query(pool, n)[::-1]


def test_a_public_method_that_is_replaced_is_asked(iris):
    X, y, X_pool, _ = iris
    learner = ActiveLearner(strategy=OwnQuery(), random_state=0).fit(X, y)
    assert_array_equal(learner.query(X_pool, 3), [0, 1, 2])
    assert learner.select(X_pool, 3).strategy is learner.strategy
    assert_array_equal(Shortlist(OwnQuery(), CoreSet(), factor=1).query(pool_of(), 3) < 3, True)
    plain = UncertaintySampling().query(pool_of(), 4)
    assert_array_equal(Backwards().select(pool_of(), 4).positions, plain[::-1])


def test_true_and_false_are_scores():
    strategy = UncertaintySampling(lambda proba: proba.max(axis=1) < 0.5)
    selection = strategy.select(pool_of(), 5)
    assert (np.diff(selection.scores) <= 0).all() and selection.scores.dtype == float
