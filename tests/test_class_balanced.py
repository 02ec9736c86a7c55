import itertools

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import load_digits
from sklearn.svm import SVC

from skal import ActiveLearner, Pool
from skal.strategies._class_balanced import ClassBalanced, _water_filling
from skal.strategies._random import RandomSampling
from skal.strategies._simple_margin import SimpleMargin
from skal.strategies._uncertainty import UncertaintySampling


def best_quotas(counts, available, n):
    """Try every way to share n places, and return the least sum of squares."""
    ways = itertools.product(*(range(places + 1) for places in available))
    return min(
        sum((count + share) ** 2 for count, share in zip(counts, way, strict=True))
        for way in ways
        if sum(way) == n
    )


def test_quotas_are_the_best_there_are():
    rng = np.random.RandomState(0)
    for _ in range(200):
        counts, available = rng.randint(6, size=3), rng.randint(5, size=3)
        n = rng.randint(available.sum() + 1)
        quotas = np.bincount(_water_filling(counts, available, n), minlength=3)
        assert quotas.sum() == n and (quotas <= available).all()
        assert ((counts + quotas) ** 2).sum() == best_quotas(counts, available, n)


def test_the_rarest_labels_come_first():
    labeled = Pool.from_arrays([[0.0]] * 5, y=[0, 0, 0, 1, 1])
    proba = np.repeat([[0.8, 0.2], [0.3, 0.7]], 4, axis=0)
    pool = Pool.from_arrays(proba=proba, labeled=labeled, random_state=0)
    assert ((ClassBalanced().query(pool, 5) >= 4) == [True, False, True, False, True]).all()


def test_the_inner_strategy_chooses_within_a_class():
    proba = np.array([[0.6, 0.4], [0.55, 0.45], [0.9, 0.1], [0.2, 0.8], [0.4, 0.6]])
    pool = Pool.from_arrays(proba=proba)
    for measure in ("margin", "entropy", lambda proba: 1 - abs(proba[:, 0] - proba[:, 1])):
        strategy = ClassBalanced(UncertaintySampling(measure))
        assert_array_equal(strategy.query(pool, 4), [1, 4, 0, 3])


def test_classes_that_run_out_leave_their_places_to_others():
    proba = np.vstack([[[0.1, 0.2, 0.7]], np.tile([0.6, 0.3, 0.1], (7, 1))])
    answer = ClassBalanced(RandomSampling()).query(Pool.from_arrays(proba=proba), 6)
    assert 0 in answer and len(set(answer.tolist())) == 6


def test_it_needs_no_probabilities():
    X, y = load_digits(return_X_y=True)
    learner = ActiveLearner(SVC(), ClassBalanced(SimpleMargin()), random_state=0)
    learner.fit(X[:100], y[:100])
    predicted = learner.predict(X[100:][learner.query(X[100:], 50)])
    after = np.bincount(y[:100], minlength=10) + np.bincount(predicted, minlength=10)
    assert np.ptp(after) <= 1  # every class has samples enough


def test_what_is_no_strategy_is_refused():
    with pytest.raises(ValueError, match="'strategy' parameter of ClassBalanced"):
        ClassBalanced("margin").query(Pool.from_arrays(proba=[[1.0, 0.0]]))


def test_one_class_with_a_decision_function():
    proba, decision = np.ones((6, 1)), np.array([-2.0, -1, 0.5, 1, 2, 3])
    for outputs in ({"decision": decision}, {"decision": decision[:, None]}):
        pool = Pool.from_arrays(**outputs, classes=["a"], random_state=0)
        assert sorted(ClassBalanced().query(pool, 6)) == list(range(6))
        assert (pool.predicted == 0).all()
    both = Pool.from_arrays(proba=proba, decision=decision, random_state=0)
    assert len(set(ClassBalanced().query(both, 4))) == 4
