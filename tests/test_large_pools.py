"""Large pools: what is not copied, not kept and not computed twice."""

import numpy as np
import pytest
import scipy.sparse as sp
from memory import peak_memory
from numpy.testing import assert_allclose, assert_array_equal
from reference_geometry import k_center_greedy as slow_k_center
from sklearn import config_context
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from test_determinism import STRATEGIES, X, Y, asked, repeated

from skal import ActiveLearner, Committee, Pool
from skal._base import draw_positions, reached_by
from skal.embeddings import GradientEmbedding
from skal.geometry import _sizes as sizes
from skal.geometry import k_center_greedy, kmeans_plusplus
from skal.strategies import (
    BADGE,
    BALD,
    ClassBalanced,
    CoreSet,
    Distinct,
    ExpectedCost,
    ExpectedGradientLength,
    Mixture,
    QueryByCommittee,
    RandomSampling,
    SimpleMargin,
    StochasticBatch,
    UncertaintySampling,
)
from skal.strategies._running_top import RunningTop
from skal.strategies._top import top_of


@pytest.fixture
def passing(monkeypatch):
    """Let nothing be kept that is read once, in small blocks."""
    monkeypatch.setattr("skal.pool._blocks.KEPT_BYTES", 0)
    monkeypatch.setattr("skal.pool._arrays._FEWEST_ROWS", 7)


class Counting(ClassifierMixin, BaseEstimator):
    """Probabilities that are known beforehand; X is positions. Counts what it is asked for."""

    classes_ = np.arange(3)

    def __init__(self, proba):
        self.proba = proba
        self.counts = np.zeros(len(proba), dtype=int)
        self.calls = 0

    def _rows(self, X):
        rows = np.asarray(X)[:, 0].astype(int)
        self.counts[rows] += 1
        self.calls += 1
        return rows

    def predict_proba(self, X):
        return self.proba[self._rows(X)]

    def member_proba(self, X):
        rows = self._rows(X)
        return np.stack([self.proba[rows], self.proba[rows][:, [1, 0, 2]]])

    n_members_ = 2


def counting(n_samples=200):
    proba = np.random.RandomState(0).dirichlet(np.ones(3), size=n_samples).round(2)
    proba[:, 2] = 1 - proba[:, :2].sum(axis=1)
    model = Counting(np.abs(proba))
    return model, Pool(model, np.arange(n_samples, dtype=float)[:, None], random_state=0)


# What is not copied


def plain_models():
    X_labeled, y = X[:60], Y[:60]
    model = LogisticRegression(max_iter=50)
    return [
        model.fit(X_labeled, y),
        make_pipeline(GaussianNB()).fit(X_labeled, y),
        Committee(GaussianNB(), n_members=2, random_state=0).fit(X_labeled, y),
    ]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("model", plain_models(), ids=lambda model: type(model).__name__)
def test_the_embedding_of_a_plain_model_is_a_view_of_X(model, dtype, passing, tmp_path):
    kept = X.astype(dtype)
    kept.tofile(tmp_path / "X")
    mapped = np.memmap(tmp_path / "X", dtype=dtype, mode="r", shape=X.shape)
    for X_pool in (kept, mapped, kept[::2], np.asfortranarray(kept)):
        embedding = Pool(model, X_pool).embedding
        assert np.shares_memory(embedding, X_pool) and not embedding.flags.writeable
        assert_array_equal(embedding, X_pool)
    csr = sp.csr_matrix(kept)
    assert np.shares_memory(Pool(model, csr).embedding.data, csr.data)


def test_the_embedding_before_the_first_labels_is_a_view_of_X(passing):
    X_pool = X.astype(np.float32)
    embedding = ActiveLearner(LogisticRegression()).pool(X_pool).embedding
    assert np.shares_memory(embedding, X_pool)
    scaled = make_pipeline(StandardScaler(), LogisticRegression())
    assert not np.shares_memory(ActiveLearner(scaled).pool(X_pool).embedding, X_pool)


@pytest.mark.parametrize("dtype", [np.int64, np.uint8, np.float16, ">f4", bool])
def test_other_numbers_are_converted_as_before(dtype, passing):
    X_pool = (X / 2).astype(dtype)
    embedding = Pool(GaussianNB().fit(X[:60], Y[:60]), X_pool).embedding
    assert embedding.dtype == np.float64
    assert_array_equal(embedding, X_pool.astype(np.float64))


def test_what_the_model_embeds_is_not_taken_for_X(passing):
    scaler = make_pipeline(StandardScaler(), GaussianNB()).fit(X[:60], Y[:60])
    for model in (scaler, Committee(scaler, n_members=2, random_state=0).fit(X[:60], Y[:60])):
        embedding = Pool(model, X).embedding
        first = model.members_[0] if hasattr(model, "members_") else model
        assert_allclose(embedding, first[0].transform(X))


@pytest.mark.parametrize("strategy", [CoreSet(), BADGE(), UncertaintySampling(), BALD()], ids=repr)
def test_memory_beside_a_memory_map(strategy, tmp_path):
    n_samples = 150_000
    X_pool = np.random.RandomState(0).normal(size=(n_samples, 64)).astype(np.float32)
    X_pool.tofile(tmp_path / "X")
    X_pool = np.memmap(tmp_path / "X", dtype=np.float32, mode="r", shape=X_pool.shape)
    model = LogisticRegression()
    model = Committee(model, n_members=3) if isinstance(strategy, BALD) else model
    learner = ActiveLearner(model, strategy, random_state=0)
    learner.fit(np.array(X_pool[:40]), np.arange(40) % 4)
    peak = peak_memory(learner.query, X_pool, 5)
    assert peak < 30e6 < X_pool.nbytes  # a few blocks of a fixed size, and 60 bytes a row at most


def test_a_view_of_most_rows_is_predicted_without_a_copy_of_them(passing):
    sizes_seen = []

    class Watching(Counting):
        def predict_proba(self, X):
            sizes_seen.append(len(X))
            return super().predict_proba(X)

    model, _ = counting()
    watching = Watching(model.proba)
    X_pool = np.arange(200.0)[:, None]
    rows = np.delete(np.arange(200), [3, 50])
    assert_array_equal(Pool(watching, X_pool).take(rows).proba, model.proba[rows])
    assert max(sizes_seen) < 20


# What is not kept, and not computed twice


def test_scores_are_read_without_keeping_outputs(passing):
    model, pool = counting()
    expected = UncertaintySampling().query(Pool.from_arrays(proba=model.proba, random_state=0), 9)
    assert_array_equal(UncertaintySampling().query(pool, 9), expected)
    assert model.counts.tolist() == [1] * 200 and model.calls > 5
    assert not pool.knows("proba")
    QueryByCommittee().query(pool, 9)
    assert model.counts.tolist() == [2] * 200
    assert not pool.knows("member_proba") and not pool.knows("member_votes")


@pytest.mark.parametrize(
    "strategy",
    [
        Mixture([UncertaintySampling(), UncertaintySampling("entropy"), RandomSampling()]),
        Distinct(UncertaintySampling()),
        Distinct(),
        ClassBalanced(UncertaintySampling("entropy")),
        ClassBalanced(),
        StochasticBatch(UncertaintySampling()),
    ],
    ids=repr,
)
def test_compositions_predict_a_sample_once(strategy, passing):
    model, pool = counting()
    strategy.query(pool, 20)
    assert model.counts.max() == 1


def test_one_pass_for_the_gradients_of_a_network(passing):
    class Network(Counting):
        def predict_outputs(self, X, names):
            rows = self._rows(X)
            given = {"proba": self.proba[rows], "embedding": np.asarray(X, dtype=np.float64)}
            return {name: given[name] for name in names}

        def embed(self, X):
            self._rows(X)
            return X

    model = Network(counting()[0].proba)
    gradients = GradientEmbedding().transform(Pool(model, np.arange(200.0)[:, None]))
    assert model.counts.tolist() == [1] * 200
    errors = model.proba - np.eye(3)[model.proba.argmax(axis=1)]
    assert_allclose(gradients.left, errors)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("strategy", STRATEGIES, ids=lambda s: " ".join(repr(s).split()))
def test_what_is_kept_does_not_change_a_batch(strategy, dtype, monkeypatch):
    X_pool, prices = repeated(dtype), 1.0 + np.arange(100) % 3
    expected = asked(strategy, dtype).select(X_pool, 12, prices=prices)
    monkeypatch.setattr("skal.pool._blocks.KEPT_BYTES", 0)
    for n_jobs, working_memory, fewest in ((None, 1024, 2048), (3, 1024, 7), (2, 0.01, 7)):
        monkeypatch.setattr("skal.pool._arrays._FEWEST_ROWS", fewest)
        with config_context(working_memory=working_memory):
            got = asked(strategy, dtype, n_jobs=n_jobs).select(X_pool, 12, prices=prices)
        assert_array_equal(got.positions, expected.positions)
        if expected.scores is not None:
            assert_allclose(got.scores, expected.scores, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "strategy",
    [
        UncertaintySampling("entropy"),
        ExpectedCost(),
        ExpectedGradientLength(),
        QueryByCommittee("vote_entropy"),
        QueryByCommittee("max_kl"),
        BALD(),
    ],
    ids=repr,
)
def test_scores_of_blocks_are_those_of_the_whole(strategy, monkeypatch):
    learner = asked(strategy, np.float64)
    whole = strategy.scores(learner.pool(X[:900] / 16))
    monkeypatch.setattr("skal.pool._blocks.KEPT_BYTES", 0)
    # The blocks are those of the prediction, so not even the last digits differ.
    assert_array_equal(strategy.scores(learner.pool(X[:900] / 16)), whole)
    rows = np.random.RandomState(0).permutation(900)
    of_view = strategy.scores(learner.pool(X[:900] / 16).take(rows))
    assert_allclose(of_view, whole[rows], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("n_classes", [2, 10])
def test_decision_values_block_by_block(n_classes, passing):
    model = RidgeClassifier().fit(X[:200], Y[:200] % n_classes)
    for strategy in (SimpleMargin(), UncertaintySampling()):
        pool = Pool(model, X, random_state=0)
        given = Pool.from_arrays(
            decision=model.decision_function(X),
            decision_norms=pool.decision_norms,
            classes=model.classes_,
            random_state=0,
        )
        assert_array_equal(strategy.query(pool, 30), strategy.query(given, 30))
        assert not pool.knows("decision")


def test_a_subclass_that_scores_in_another_way_is_asked(passing):
    class Certain(UncertaintySampling):
        def score_samples(self, pool):
            return -super().score_samples(pool)

    model, pool = counting()
    whole = Pool.from_arrays(proba=model.proba, random_state=0)
    assert_array_equal(Certain().query(pool, 5), Certain().query(whole, 5))
    assert not set(Certain().query(pool, 5)) & set(UncertaintySampling().query(pool, 5))


def test_an_error_in_a_block_says_where_the_block_is(passing):
    model, pool = counting()
    model.proba[150, 0] = np.nan
    with pytest.raises(ValueError, match="must be finite") as info:
        UncertaintySampling().query(pool, 3)
    (note,) = info.value.__notes__
    start = int(note.split("sample ")[1].split()[0])
    assert f"row {150 - start} " in str(info.value)


def test_results_of_different_types_are_joined(passing):
    model, pool = counting()
    small = pool.map(
        lambda proba: proba[:, 0] if proba[0, 0] > 0.3 else np.zeros(len(proba), dtype=int),
        "proba",
    )
    assert small.dtype == np.float64 and len(small) == 200


# The largest of many


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("single", [False, True])
def test_scores_in_blocks_are_ranked_as_all_of_them(seed, single):
    rng = np.random.RandomState(seed)
    n_samples, n = int(rng.randint(1, 3000)), int(rng.randint(1, 60))
    n = min(n, n_samples)
    scores = rng.normal(size=n_samples) * 10.0 ** rng.randint(-3, 4)
    if seed % 3 == 0:
        scores = rng.randint(4, size=n_samples) / 4.0
    if seed % 4 == 1:
        scores[rng.randint(n_samples, size=3)] = [np.inf, -np.inf, np.inf]
    if seed % 5 == 2:
        scores = np.sort(scores)
    pool = Pool.from_arrays(
        proba=np.full((n_samples, 2), 0.5, np.float32 if single else np.float64), random_state=seed
    )
    top, size = RunningTop(n), int(rng.randint(1, 400))
    for start in range(0, n_samples, size):
        top.add(start, scores[start : start + size])
    got, whole = top.best(pool.asked_by(top)), top_of(pool.asked_by(top), scores, n)
    if got is not None:
        assert_array_equal(got.positions, whole)
        assert_array_equal(got.scores, scores[whole])
    assert got is not None or seed % 5 == 2 or abs(scores).max() > 4 * abs(scores[:size]).max()


def test_larger_magnitudes_that_come_late_change_nothing(passing):
    """The step to which scores are rounded follows from the last sample, far below the best."""

    class Growing(ClassifierMixin, BaseEstimator):
        classes_ = np.arange(2)

        def decision_function(self, X):
            return np.asarray(X)[:, 0]

    values = np.r_[np.arange(1.0, 400) * 1e-9, 1e9]
    pool = Pool(Growing(), values[:, None], random_state=0)
    given = Pool.from_arrays(decision=values, random_state=0)
    assert_array_equal(SimpleMargin().query(pool, 5), SimpleMargin().query(given, 5))


def test_a_value_that_the_largest_reach():
    rng = np.random.RandomState(0)
    for n_values in (1, 50, 1000, 20_000):
        for values in (rng.normal(size=n_values), rng.randint(3, size=n_values).astype(float)):
            for n in {1, min(7, n_values), n_values}:
                assert np.count_nonzero(values >= reached_by(values, n)) >= n


@pytest.mark.parametrize("kind", ["normal", "grid", "copies"])
def test_k_center_of_many_rows(kind, monkeypatch):
    for name, size in (("LONG_LIST", (8, 16)), ("SHORT_LIST", 6), ("TYPICAL", 50)):
        monkeypatch.setattr(sizes, name, size)
    rng = np.random.RandomState(1)
    rows = {
        "normal": rng.normal(size=(3000, 3)),
        "grid": rng.randint(5, size=(3000, 3)).astype(float),
        "copies": np.tile(rng.normal(size=(10, 3)), (300, 1)),
    }[kind]
    for labeled in (None, rows[:4] + 0.25):
        expected = slow_k_center(rows, 40, labeled)[0]
        if kind == "copies":
            expected = expected[:9]  # after these all rows are copies of centers
        got = k_center_greedy(rows, 40, labeled=labeled)
        assert_array_equal(got[: len(expected)], expected)
        assert len(set(got.tolist())) == 40


def test_how_many_bounds_are_added_up_does_not_change_a_draw(monkeypatch):
    rows = np.random.RandomState(0).normal(size=(500, 4)) ** 3
    expected = kmeans_plusplus(rows, 60, random_state=3)
    for size in (1, 7, 499, 500):
        monkeypatch.setattr(sizes, "SUMMED", size)
        assert_array_equal(kmeans_plusplus(rows, 60, random_state=3), expected)


# Draws of positions


@pytest.mark.parametrize("size, n_samples", [(1, 1), (5, 5), (2, 5), (3, 1000), (900, 1000)])
def test_positions_are_distinct(size, n_samples):
    drawn = draw_positions(np.random.RandomState(0), n_samples, size)
    assert len(drawn) == len(set(drawn.tolist())) == size
    assert 0 <= drawn.min() <= drawn.max() < n_samples


def test_few_of_many_positions_take_no_memory():
    drawn = draw_positions(np.random.RandomState(0), 10**12, 1000)
    assert len(set(drawn.tolist())) == 1000 and drawn.max() > 10**11


@pytest.mark.parametrize("n_samples, size", [(4, 2), (9, 2)])
def test_every_order_of_positions_is_as_likely(n_samples, size):
    random_state, n_draws = np.random.RandomState(0), 6000
    counts = np.zeros((n_samples, n_samples))
    for _ in range(n_draws):
        counts[tuple(draw_positions(random_state, n_samples, size))] += 1
    off_diagonal = counts[~np.eye(n_samples, dtype=bool)]
    expected = n_draws / len(off_diagonal)
    chi_square = ((off_diagonal - expected) ** 2 / expected).sum()
    degrees = len(off_diagonal) - 1
    assert chi_square < degrees + 4 * np.sqrt(2 * degrees)
    assert not np.trace(counts)


@pytest.mark.parametrize("n_jobs", [1, 3])
@pytest.mark.filterwarnings("error")
def test_an_error_of_the_caller_is_raised_as_it_is(n_jobs, passing):
    model, _ = counting()
    pool = Pool(model, np.arange(200.0)[:, None], n_jobs=n_jobs)

    def fail(proba):
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        pool.map(fail, "proba")
