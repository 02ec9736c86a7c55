"""Falcun: draws by uncertainty and distance between predictions."""

from itertools import permutations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

from skal import ActiveLearner, Pool
from skal.strategies import Falcun
from skal.testing import check_strategy


def relevance(proba, chosen):
    """Return the relevance of each sample that is left, by its definition."""
    top = np.sort(proba, axis=1)
    uncertainty = 1 - (top[:, -1] - top[:, -2])
    distances = [
        min([u, *(abs(p - proba[j]).sum() for j in chosen)])
        for p, u in zip(proba, uncertainty, strict=True)
    ]
    left = [i for i in range(len(proba)) if i not in chosen]
    low, high = min(distances[i] for i in left), max(distances[i] for i in left)
    span = high - low
    return {i: ((distances[i] - low) / span if span else 0.0) + uncertainty[i] for i in left}


def probability(proba, order, gamma):
    """Return the probability of drawing samples in an order."""
    product = 1.0
    for k, i in enumerate(order):
        weights = {j: r**gamma for j, r in relevance(proba, order[:k]).items()}
        total = sum(weights.values())
        product *= weights[i] / total if total else 1 / len(weights)
    return product


def check_law(proba, gamma, n, n_seeds=4000):
    """Compare how often each sample is in a batch with the exact probability."""
    orders = list(permutations(range(len(proba)), n))
    chances = np.array([probability(proba, order, gamma) for order in orders])
    assert_allclose(chances.sum(), 1)
    inside, first = np.zeros((2, len(proba)))
    for order, chance in zip(orders, chances, strict=True):
        inside[list(order)] += chance
        first[order[0]] += chance
    counts, firsts = np.zeros((2, len(proba)))
    for seed in range(n_seeds):
        batch = Falcun(gamma).query(Pool.from_arrays(proba=proba, random_state=seed), n)
        counts[batch] += 1
        firsts[batch[0]] += 1
    for exact, counted in ((inside, counts), (first, firsts)):
        error = np.sqrt(exact * (1 - exact) / n_seeds)
        assert (abs(counted / n_seeds - exact) <= 4 * error + 1e-9).all()


def test_samples_are_drawn_with_the_exact_probabilities():
    proba = np.random.RandomState(0).dirichlet(np.ones(3), size=6)
    check_law(proba, gamma=2, n=3)


def test_samples_without_doubt_come_last():
    proba = np.array([[0.5, 0.5], [1.0, 0.0], [0.75, 0.25], [0.0, 1.0], [1.0, 0.0]])
    check_law(proba, gamma=2, n=3, n_seeds=2000)


def test_equal_predictions_are_drawn_uniformly():
    check_law(np.full((5, 2), 0.5), gamma=10, n=2, n_seeds=2000)
    check_law(np.eye(2)[[0, 0, 0, 0]], gamma=10, n=2, n_seeds=2000)


def test_a_gamma_of_zero_is_a_random_batch():
    proba = np.random.RandomState(1).dirichlet(np.ones(3), size=5)
    check_law(np.vstack([proba, [[1.0, 0.0, 0.0]]]), gamma=0, n=2, n_seeds=2000)


def test_a_large_gamma_takes_the_largest():
    proba = np.random.RandomState(2).dirichlet(np.ones(4), size=30)
    expected = []
    for _ in range(8):
        left = relevance(proba, expected)
        expected.append(max(left, key=left.get))
    for seed in range(5):
        pool = Pool.from_arrays(proba=proba, random_state=seed)
        assert Falcun(gamma=1e300).query(pool, 8).tolist() == expected


@pytest.mark.parametrize("strategy", [Falcun(0), Falcun(1.5), Falcun(1e4)], ids=repr)
def test_contract(strategy):
    check_strategy(strategy)


@pytest.mark.parametrize("gamma", [-1, np.inf, np.nan, "10", None])
def test_bad_gammas(gamma):
    with pytest.raises(ValueError, match="'gamma' parameter of Falcun must be"):
        Falcun(gamma).query(Pool.from_arrays(proba=[[0.5, 0.5]]))


def test_a_single_class_and_float32():
    pool = Pool.from_arrays(proba=np.ones((4, 1)), random_state=0)
    assert sorted(Falcun().query(pool, 4)) == [0, 1, 2, 3]
    X, y = load_iris(return_X_y=True)
    learner = ActiveLearner(LogisticRegression(max_iter=500), Falcun(), random_state=0)
    learner.fit(X[::10].astype(np.float32), y[::10])
    assert len(set(learner.query(X.astype(np.float32), 20))) == 20
