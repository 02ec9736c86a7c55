from fractions import Fraction

import numpy as np
import pytest
import reference_strategies as reference
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn import config_context
from sklearn.linear_model import LogisticRegression

from skal import ActiveLearner, Pool
from skal.embeddings import GradientEmbedding
from skal.strategies import BAIT, _fisher
from skal.testing import check_strategy


@pytest.mark.parametrize(
    "strategy", [BAIT(), BAIT(backward=False), BAIT(regularization=1e-4)], ids=repr
)
def test_contract(strategy):
    check_strategy(strategy)


def views(n_samples, n_classes, n_dims, seed, n_labeled=4):
    rng = np.random.RandomState(seed)

    def view(n):
        return rng.dirichlet(np.ones(n_classes), size=n), rng.normal(size=(n, n_dims))

    return view(n_samples), view(n_labeled)


def pool_of(pool, seen):
    labeled = Pool.from_arrays(seen[1], proba=seen[0], y=np.arange(len(seen[1])) % 2)
    return Pool.from_arrays(pool[1], proba=pool[0], labeled=labeled if len(seen[1]) else None)


@pytest.mark.parametrize("backward", [True, False])
@pytest.mark.parametrize("n", [1, 4, 13, 20])
@pytest.mark.parametrize("n_classes, n_dims, n_labeled", [(2, 3, 4), (3, 2, 4), (4, 1, 0)])
def test_agrees_with_explicit_inverses(n_classes, n_dims, n_labeled, n, backward):
    for seed in range(3):
        pool, seen = views(20, n_classes, n_dims, seed, n_labeled)
        expected = reference.bait(pool, seen, n, 0.1, backward)
        strategy = BAIT(regularization=0.1, backward=backward)
        assert_array_equal(strategy.query(pool_of(pool, seen), n), expected)


@pytest.mark.parametrize("refresh_every", [1, 3])
def test_refreshing_the_forms_changes_nothing(monkeypatch, refresh_every):
    pool = pool_of(*views(60, 3, 3, seed=5))
    expected = BAIT().select(pool, 15)
    monkeypatch.setattr(_fisher, "REFRESH_EVERY", refresh_every)
    fresh = BAIT().select(pool, 15)
    assert_array_equal(fresh.positions, expected.positions)
    assert_allclose(fresh.scores, expected.scores, rtol=1e-9)


def test_the_blocks_of_rows_change_nothing(monkeypatch):
    pool = pool_of(*views(60, 3, 3, seed=6))
    expected = BAIT().query(pool, 15)
    with config_context(working_memory=1e-4):
        assert_array_equal(BAIT().query(pool, 15), expected)
    monkeypatch.setattr(_fisher, "_BLOCK_SIZE", 100)
    assert_array_equal(BAIT().query(pool, 15), expected)


def test_scores_are_how_much_the_trace_falls():
    pool, seen = views(15, 3, 2, seed=1)
    selection = BAIT(backward=False).select(pool_of(pool, seen), 4)
    infos = [reference.fisher(p, h) for p, h in zip(*pool, strict=True)]
    known = [reference.fisher(p, h) for p, h in zip(*seen, strict=True)]
    target = sum(infos + known) / 19
    traces, M = [], np.eye(6) + sum(known)
    for info in [0, *(infos[i] for i in selection.positions)]:
        M = M + info
        traces.append(np.trace(np.linalg.inv(M) @ target))
    assert_allclose(selection.scores, -np.diff(traces), rtol=1e-9)


def test_equal_samples_come_in_the_order_of_their_positions():
    proba, X = np.full((6, 2), 0.5), np.ones((6, 2))
    assert_array_equal(BAIT().query(Pool.from_arrays(X, proba=proba), 3), [0, 1, 2])
    certain = np.tile([1.0, 0.0], (6, 1))
    assert_array_equal(BAIT().query(Pool.from_arrays(X, proba=certain), 3), [0, 1, 2])
    single = np.ones((6, 1))
    assert_array_equal(BAIT().query(Pool.from_arrays(X, proba=single), 2), [0, 1])


def test_csr_features_and_single_precision_give_the_same_batch():
    rng = np.random.RandomState(0)
    X = rng.randint(0, 3, size=(40, 5)).astype(float)
    proba = rng.dirichlet(np.ones(3), size=40)
    expected = BAIT().query(Pool.from_arrays(X, proba=proba), 6)
    for other in (sp.csr_matrix(X), X.astype(np.float32)):
        assert_array_equal(BAIT().query(Pool.from_arrays(other, proba=proba), 6), expected)


def test_a_learner_takes_it_by_its_name():
    X, y, X_pool, _ = reference.digits()
    model = LogisticRegression(max_iter=1000)
    learner = ActiveLearner(model, "bait", random_state=0).fit(X / 16, y)
    assert len(learner.query(X_pool / 16, 5)) == 5


def test_errors_name_the_way_out():
    pool, seen = views(10, 3, 2, seed=0)
    with pytest.raises(ValueError, match="needs the features themselves"):
        BAIT(embedding=GradientEmbedding()).query(pool_of(pool, seen), 2)
    wide = Pool.from_arrays(sp.csr_matrix((10, 5000)), proba=pool[0])
    with pytest.raises(ValueError, match="at most 10000, got 3 classes times 5000"):
        BAIT().query(wide, 2)
    with pytest.raises(ValueError, match="the 3 classes and 2 features of the pool, got 3 and 1"):
        BAIT().query(pool_of(pool, (seen[0], seen[1][:, :1])), 2)
    with pytest.raises(ValueError, match="regularization=1e-300 is too small"):
        BAIT(regularization=1e-300).query(pool_of(pool, (seen[0][:1], seen[1][:1])), 2)


@pytest.mark.parametrize("scale", [1e3, 1e4])
@pytest.mark.parametrize("n_labeled", [0, 2])
def test_long_rows_agree_with_a_replay_in_exact_numbers(scale, n_labeled):
    for seed in range(3):
        pool, seen = views(6, 2, 3, seed, n_labeled)
        pool, seen = (pool[0], scale * pool[1]), (seen[0], scale * seen[1])
        selection = BAIT(backward=False).select(pool_of(pool, seen), 5)
        assert (selection.scores > 0).all()
        for step, falls in enumerate(exact_falls(pool, seen, selection.positions)):
            largest = float(max(falls.values()))
            assert_allclose(selection.scores[step], largest, rtol=1e-4)
            assert_allclose(float(falls[selection.positions[step]]), largest, rtol=1e-6)


def exact_falls(pool, seen, positions):
    """Return for each step how much the trace falls with each sample left, in fractions."""
    infos, known = (
        [exact_fisher(p, h) for p, h in zip(*part, strict=True)] for part in (pool, seen)
    )
    everything = infos + known
    target = sum(everything[1:], everything[0]) / len(everything)
    M = sum(known, np.eye(len(target), dtype=int) * Fraction(1))
    steps, free = [], list(range(len(infos)))
    for position in positions:
        now = exact_trace(M, target)
        steps.append({i: now - exact_trace(M + infos[i], target) for i in free})
        M = M + infos[position]
        free.remove(position)
    return steps


def exact_fisher(p, h):
    p, h = (np.array([Fraction(float(value)) for value in values]) for values in (p, h))
    p[-1] = 1 - sum(p[:-1])
    return np.kron(np.diag(p) - np.outer(p, p), np.outer(h, h))


def exact_trace(M, target):
    """Return the trace of the inverse of M times the target, by elimination."""
    rows = np.hstack([M, target])
    for i in range(len(M)):
        rows[i] /= rows[i, i]
        for j in range(len(M)):
            if j != i:
                rows[j] = rows[j] - rows[j, i] * rows[i]
    return np.trace(rows[:, len(M) :])


@pytest.mark.parametrize("backward", [True, False])
@pytest.mark.parametrize("n_labeled", [0, 2])
def test_rows_too_long_for_the_regularization_are_refused(n_labeled, backward):
    for scale in (1e6, 1e7, 1e8, 1e12):
        pool, seen = views(6, 2, 3, 0, n_labeled)
        pool, seen = (pool[0], scale * pool[1]), (seen[0], scale * seen[1])
        with pytest.raises(ValueError, match="regularization=1.0 is too small"):
            BAIT(backward=backward).query(pool_of(pool, seen), 2)


def test_long_rows_do_no_harm_where_labeled_ones_span_them():
    pool, seen = views(12, 3, 3, 0)
    expected = BAIT(regularization=1e-9).query(pool_of(pool, seen), 4)
    pool, seen = (pool[0], 1e8 * pool[1]), (seen[0], 1e8 * seen[1])
    assert_array_equal(BAIT(regularization=1e7).query(pool_of(pool, seen), 4), expected)
