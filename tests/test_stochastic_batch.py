from itertools import permutations

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy.stats import chisquare
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from skal import ActiveLearner, Pool
from skal.pool import MissingOutputError
from skal.strategies import (
    QueryByCommittee,
    RandomSampling,
    ScoreStrategy,
    SimpleMargin,
    UncertaintySampling,
)
from skal.strategies._stochastic_batch import StochasticBatch
from skal.testing import check_strategy


class Given(ScoreStrategy):
    """Scores are the first column of X."""

    def score_samples(self, pool):
        return np.asarray(pool.X)[:, 0]


def draw(scores, n, seed, **params):
    pool = Pool.from_arrays(np.reshape(scores, (-1, 1)), random_state=seed)
    return StochasticBatch(Given(), **params).query(pool, n)


def successive_sampling(weights, n):
    """Return the probability of every ordered batch drawn one by one, in proportion to weights."""
    law = {}
    for batch in permutations(range(len(weights)), n):
        probability, left = 1.0, sum(weights)
        for i in batch:
            probability *= weights[i] / left
            left -= weights[i]
        law[batch] = probability
    return law


def assert_follows(law, batches):
    observed = dict.fromkeys(law, 0)
    for batch in batches:
        observed[tuple(batch.tolist())] += 1
    expected = len(batches) * np.array(list(law.values()))
    assert chisquare(list(observed.values()), expected).pvalue > 1e-3


SCORES = np.array([0.3, 1.0, 0.1, 0.6, 0.6])
WEIGHTS = {
    "power": lambda beta: SCORES**beta,
    "softmax": lambda beta: np.exp(beta * SCORES),
    "softrank": lambda beta: np.array([4, 1, 5, 2.5, 2.5]) ** -beta,
}


@pytest.mark.parametrize(
    "strategy",
    [
        StochasticBatch(),
        StochasticBatch(QueryByCommittee("kl"), kind="softmax", beta=5),
        StochasticBatch(SimpleMargin(), kind="softrank", beta=3),
    ],
    ids=repr,
)
def test_published_checks(strategy):
    check_strategy(strategy)


@pytest.mark.parametrize("n, beta", [(1, 2.0), (2, 1.0), (3, 0.5)])
@pytest.mark.parametrize("kind", WEIGHTS)
def test_batches_follow_the_law_of_successive_draws(kind, n, beta):
    batches = [draw(SCORES, n, seed, kind=kind, beta=beta) for seed in range(1500)]
    assert_follows(successive_sampling(WEIGHTS[kind](beta), n), batches)


def test_the_test_would_notice_another_law():
    batches = [draw(SCORES, 2, seed, kind="power", beta=1.5) for seed in range(1500)]
    with pytest.raises(AssertionError):
        assert_follows(successive_sampling(SCORES, 2), batches)


def test_scores_of_zero_come_last_in_uniform_order():
    tails = []
    for seed in range(1200):
        batch = draw([0.0, 1e-300, 0.0, 2.0, 0.0], 4, seed)
        assert set(batch[:2]) == {1, 3}
        tails.append(batch[2:])
    law = {pair: 1 / 6 for pair in permutations([0, 2, 4], 2)}
    assert_follows(law, tails)


@pytest.mark.parametrize("kind", WEIGHTS)
def test_equal_scores_are_drawn_uniformly(kind):
    batches = [draw(np.full(4, 0.2), 2, seed, kind=kind) for seed in range(1000)]
    assert_follows(successive_sampling(np.ones(4), 2), batches)


def test_scores_of_zero_alone_are_drawn_uniformly():
    batches = [draw(np.zeros(4), 2, seed) for seed in range(1000)]
    assert_follows(successive_sampling(np.ones(4), 2), batches)


@pytest.mark.parametrize(
    "scores, params",
    [
        (np.linspace(-400, 400, 9), {"kind": "softmax", "beta": 1e3}),
        (10.0 ** -np.arange(0, 300, 40), {"kind": "power"}),
        (np.arange(6.0), {"kind": "softrank", "beta": 1e3}),
        ([1e300, np.inf, 1.0], {"kind": "power", "beta": 1e3}),
        ([-np.inf, 1e3, np.inf], {"kind": "softmax"}),
    ],
)
def test_no_weight_is_too_small_or_too_large(scores, params):
    expected = np.argsort(-np.asarray(scores))
    assert_array_equal(draw(scores, len(scores), 0, **params), expected)


def test_power_refuses_negative_scores_and_names_the_way_out(iris):
    X, y, X_pool, _ = iris
    learner = ActiveLearner(SVC(), strategy=StochasticBatch(SimpleMargin()), random_state=0)
    learner.fit(X, y)
    with pytest.raises(ValueError, match=r"SimpleMargin gives sample \d+ .*'softmax'.*'softrank'"):
        learner.query(X_pool, 3)
    for kind in ("softmax", "softrank"):
        learner.set_params(strategy__kind=kind)
        assert len(set(learner.query(X_pool, 3).tolist())) == 3


def test_the_default_prefers_small_margins(iris):
    X, y, X_pool, _ = iris
    model = LogisticRegression(max_iter=500)
    learner = ActiveLearner(model, strategy=StochasticBatch(beta=8), random_state=0).fit(X, y)
    scores = UncertaintySampling("margin").score_samples(learner.pool(X_pool))
    chosen = learner.query(X_pool, 15)
    assert scores[chosen].mean() > 2 * scores.mean()
    assert set(chosen) != set(np.argsort(-scores)[:15])


def test_errors_name_the_inner_strategy():
    pool = Pool.from_arrays(["a", "b", "c"], random_state=0)
    with pytest.raises(MissingOutputError, match="UncertaintySampling reads"):
        StochasticBatch(UncertaintySampling("entropy")).query(pool)
    with pytest.raises(ValueError, match="'measure' parameter of UncertaintySampling"):
        StochasticBatch(UncertaintySampling("entropie")).query(pool)


@pytest.mark.parametrize(
    "params",
    [{"strategy": RandomSampling()}, {"kind": "sqrt"}, {"beta": 0}, {"beta": np.inf}],
    ids=str,
)
def test_wrong_parameters_are_named(params):
    with pytest.raises(ValueError, match=f"'{next(iter(params))}' parameter of StochasticBatch"):
        StochasticBatch(**params).query(Pool.from_arrays(proba=[[0.5, 0.5]]))


def test_inner_parameters_are_reached_by_name():
    strategy = StochasticBatch(UncertaintySampling()).set_params(strategy__measure="entropy")
    assert strategy.strategy.measure == "entropy"
