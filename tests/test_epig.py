"""EPIG, ExpectedCost and ExpectedGradientLength: the strategies."""

import numpy as np
import pandas as pd
import pytest
import reference_acquisition as reference
from numpy.testing import assert_allclose, assert_array_equal
from sklearn import config_context
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skal import ActiveLearner, Committee, Pool
from skal._base import draw_positions
from skal.acquisition import bald, consensus_entropy, epig
from skal.pool import MissingOutputError
from skal.strategies import (
    EPIG,
    ExpectedCost,
    ExpectedGradientLength,
    QueryByCommittee,
    UncertaintySampling,
)
from skal.testing import check_strategy

X, Y = load_iris(return_X_y=True)
SEEN = slice(None, None, 10)


def members_of(n_members=5, n_samples=30, n_classes=3, seed=0):
    return np.random.RandomState(seed).dirichlet(np.ones(n_classes), (n_members, n_samples))


def committee(strategy):
    model = Committee(GaussianNB(), n_members=4)
    return ActiveLearner(model, strategy, random_state=0).fit(X[SEEN], Y[SEEN])


# EPIG


@pytest.mark.parametrize("strategy", [EPIG(n_targets=1), EPIG(n_targets=7)], ids=repr)
def test_contract(strategy):
    check_strategy(strategy)


def test_the_pool_is_its_own_target():
    members = members_of()
    pool = Pool.from_arrays(member_proba=members)
    scores = EPIG().scores(pool)
    assert_allclose(scores, reference.epig(members, members), atol=1e-13)
    assert (scores <= bald(members) + 1e-12).all()
    assert (bald(members) <= consensus_entropy(members) + 1e-12).all()


def test_targets_are_drawn_from_the_pool_by_its_random_state():
    members = members_of()
    pools = [Pool.from_arrays(member_proba=members, random_state=seed) for seed in (0, 0, 1)]
    first, same, other = (EPIG(n_targets=4).scores(pool) for pool in pools)
    assert_array_equal(first, same)
    assert (first != other).any()
    drawn = np.sort(draw_positions(np.random.RandomState(0), 30, 4))
    assert_allclose(first, epig(members, members[:, drawn]), atol=1e-13)


@pytest.mark.parametrize(
    "model",
    [
        Committee(GaussianNB(), n_members=4),
        RandomForestClassifier(10),
        make_pipeline(StandardScaler(), Committee(LogisticRegression(), n_members=3)),
    ],
    ids=lambda model: type(model).__name__,
)
def test_targets_are_predicted_by_the_members_of_the_model(model):
    target = X[100:120]
    learner = ActiveLearner(model, EPIG(target), random_state=0).fit(X[SEEN], Y[SEEN])
    scores = learner.strategy.scores(learner.pool(X))
    members, targets = (learner.pool(rows).member_proba for rows in (X, target))
    assert_allclose(scores, epig(members, targets), atol=1e-13)
    assert learner.query(X)[0] in np.flatnonzero(scores >= scores.max() - 1e-12)
    assert_array_equal(clone(learner).fit(X[SEEN], Y[SEEN]).query(X, 5), learner.query(X, 5))


def test_targets_may_be_a_frame_a_list_or_a_pool():
    learner = committee(EPIG(X[100:110]))
    expected = learner.query(X, 4)
    for target in (X[100:110].tolist(), learner.pool(X[100:110])):
        assert_array_equal(learner.set_params(strategy=EPIG(target)).query(X, 4), expected)
    frame = pd.DataFrame(X, columns=list("abcd"))
    learner.set_params(strategy=EPIG(frame[100:110])).fit(frame[SEEN], Y[SEEN])
    assert_array_equal(learner.query(frame, 4), expected)


def test_many_targets_are_a_sample_of_them():
    learner = committee(EPIG(X, n_targets=5))
    scores = learner.strategy.scores(learner.pool(X[:20]))
    drawn = np.sort(draw_positions(learner.pool(X).random_state, 150, 5))
    targets = learner.pool(X[drawn]).member_proba
    assert_allclose(scores, epig(learner.pool(X[:20]).member_proba, targets), atol=1e-13)


def test_irrelevant_disagreement_is_not_asked_for():
    """Members disagree on both halves of the pool; targets lie in one of them."""
    rng = np.random.RandomState(0)
    bits = rng.randint(2, size=(2, 8))
    answers = np.where(np.arange(20) < 10, bits[0][:, None], bits[1][:, None])
    members = np.eye(2)[answers] * 0.9 + 0.05
    target = Pool.from_arrays(member_proba=members[:, :3])
    batch = EPIG(target).query(Pool.from_arrays(member_proba=members), 10)
    assert sorted(batch) == list(range(10))


def test_memory_does_not_change_a_batch():
    learner = committee(EPIG(n_targets=20))
    expected = learner.query(X, 10)
    with config_context(working_memory=0.001):
        assert_array_equal(learner.query(X, 10), expected)


def test_inconsistent_members_are_refused():
    members = members_of()
    loose = Pool.from_arrays(member_proba=members, members_consistent=False)
    firm = Pool.from_arrays(member_proba=members)
    for strategy, pool in ((EPIG(), loose), (EPIG(firm), loose), (EPIG(loose), firm)):
        with pytest.raises(ValueError, match=r"EPIG needs members.*members_consistent=False"):
            strategy.query(pool)


def test_targets_that_do_not_fit_are_refused():
    pool = Pool.from_arrays(X[:30], member_proba=members_of())
    others = Pool.from_arrays(member_proba=members_of(n_members=4))
    with pytest.raises(ValueError, match="target_member_proba must come from the same members"):
        EPIG(others).query(pool)
    with pytest.raises(MissingOutputError, match="EPIG reads outputs .*made of arrays"):
        EPIG(X[:5]).query(pool)
    with pytest.raises(ValueError, match="target must hold at least one sample, got none"):
        committee(EPIG(X[:0])).query(X)
    with pytest.raises(MissingOutputError, match="EPIG reads `pool.member_proba`"):
        ActiveLearner(GaussianNB(), EPIG()).fit(X[SEEN], Y[SEEN]).query(X)
    with pytest.raises(ValueError, match="'n_targets' parameter of EPIG"):
        EPIG(n_targets=0).query(pool)
    with pytest.raises(ValueError, match="target must hold one row for each sample.*got str"):
        committee(EPIG("target")).query(X)


def test_pools_of_other_rows_share_the_model_and_nothing_else():
    learner = committee(None)
    pool = learner.pool(X[:20])
    view, other = pool.take([3, 4]), pool.with_rows(X[20:50])
    assert len(view.with_rows(X[:7])) == 7 and len(other) == 30 and len(pool) == 20
    assert_array_equal(other.proba, learner.predict_proba(X[20:50]))
    assert_array_equal(other.labeled.y, pool.labeled.y)


# Committees


def test_query_by_committee_by_zero_one():
    members = members_of()
    scores = QueryByCommittee("zero_one").scores(Pool.from_arrays(member_proba=members))
    assert_allclose(scores, reference.zero_one(members), atol=1e-13)


# Costs


def proba_of(n_samples=30, n_classes=3, seed=0):
    return np.random.RandomState(seed).dirichlet(np.ones(n_classes), n_samples)


COST = np.array([[0.0, 1.0, 4.0], [10.0, 0.0, 4.0], [10.0, 10.0, 0.0]])


@pytest.mark.parametrize(
    "strategy", [ExpectedCost(measure="margin"), ExpectedCost(np.ones((4, 4)))], ids=repr
)
def test_contract_of_expected_cost(strategy):
    check_strategy(strategy)


@pytest.mark.parametrize(
    "measure, twin",
    [("minimum", reference.expected_cost), ("margin", reference.expected_cost_margin)],
)
def test_costs_of_mistakes(measure, twin):
    proba = proba_of()
    pool = Pool.from_arrays(proba=proba)
    assert_allclose(ExpectedCost(COST, measure).scores(pool), twin(proba, COST), atol=1e-13)
    assert_allclose(ExpectedCost(COST.tolist(), measure).scores(pool), twin(proba, COST))


def test_equal_costs_are_uncertainty_sampling():
    pool = Pool.from_arrays(proba=proba_of(), random_state=0)
    for measure, same in (("minimum", "least_confidence"), ("margin", "margin")):
        expected = UncertaintySampling(same).query(pool, 9)
        assert_array_equal(ExpectedCost(measure=measure).query(pool, 9), expected)


def test_costs_by_names_of_classes():
    proba = proba_of(n_classes=2)
    frame = pd.DataFrame(COST, index=list("cab"), columns=list("cab"))
    pool = Pool.from_arrays(proba=proba, classes=["a", "c"])
    expected = reference.expected_cost(proba, [[0.0, 10.0], [1.0, 0.0]])
    assert_allclose(ExpectedCost(frame).scores(pool), expected, atol=1e-13)
    with pytest.raises(ValueError, match=r"\['a', 'd'\], got a data frame without \['d'\]"):
        ExpectedCost(frame).scores(Pool.from_arrays(proba=proba, classes=["a", "d"]))


@pytest.mark.parametrize(
    "params, message",
    [
        (
            {"cost": np.ones((2, 2))},
            r"the model knows, \[0, 1, 2\], got shape \(2, 2",
        ),
        ({"cost": COST * np.nan}, r"cost must be finite, but cost\[0, 0\] is nan"),
        ({"cost": 3}, "'cost' parameter of ExpectedCost"),
        ({"cost": "equal"}, "'cost' parameter of ExpectedCost"),
        ({"measure": "maximum"}, "'measure' parameter of ExpectedCost"),
    ],
)
def test_bad_costs(params, message):
    with pytest.raises(ValueError, match=message):
        ExpectedCost(**params).query(Pool.from_arrays(proba=proba_of()))


# Gradients


def test_expected_gradients_of_the_classifier_behind_a_scaler():
    model = make_pipeline(StandardScaler(), LogisticRegression())
    learner = ActiveLearner(model, ExpectedGradientLength(), random_state=0)
    learner.fit(X[SEEN], Y[SEEN])
    features = StandardScaler().fit(X[SEEN]).transform(X)
    expected = reference.expected_gradient_length(learner.predict_proba(X), features)
    pool = learner.pool(X)
    assert_allclose(learner.strategy.scores(pool), expected, atol=1e-12)
    assert learner.query(X)[0] == expected.argmax()
    with config_context(working_memory=0.001):
        assert_allclose(learner.strategy.scores(learner.pool(X)), expected, atol=1e-12)


def test_true_is_one_target():
    X = np.random.RandomState(0).normal(size=(30, 3))
    learner = ActiveLearner(Committee(random_state=0), EPIG(n_targets=True), random_state=0)
    assert len(learner.fit(X, [0, 1] * 15).query(X, 2)) == 2
