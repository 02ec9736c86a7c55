"""Answers that threads, memory and the order of summation cannot move."""

import copy
import functools

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn import config_context
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from skal import ActiveLearner, Committee, Pool
from skal._base import hash_positions
from skal.embeddings import KernelEmbedding
from skal.loss_prediction import LossPredictingClassifier
from skal.strategies import (
    BALD,
    ClassBalanced,
    CoreSet,
    CostAware,
    Distinct,
    ExpectedErrorReduction,
    ExpectedModelChange,
    GreedyY,
    ImprovedGreedy,
    KMeansSampling,
    LearningLoss,
    Mixture,
    MultilabelUncertainty,
    QueryByCommittee,
    RandomSampling,
    Shortlist,
    SimpleMargin,
    StandardDeviation,
    StochasticBatch,
    UncertaintyHerding,
    UncertaintySampling,
)
from skal.strategies.base import select_top
from skal.testing import all_strategies

X, Y = load_digits(return_X_y=True)
COMPOSED = [
    Shortlist(UncertaintySampling(), CoreSet(), factor=2),
    Shortlist(BALD(), UncertaintySampling("entropy"), factor=2),
    ClassBalanced(UncertaintySampling("entropy")),
    ClassBalanced(Shortlist(None, QueryByCommittee("kl"), factor=2)),
    Distinct(ClassBalanced(UncertaintySampling())),
    Mixture([CoreSet(), BALD(), RandomSampling()]),
    StochasticBatch(QueryByCommittee("kl"), kind="softmax"),
    CostAware(QueryByCommittee("consensus_entropy")),
]
OF_NUMBERS = [
    QueryByCommittee("variance"),
    UncertaintyHerding("std"),
    Shortlist(StandardDeviation(), ImprovedGreedy(), factor=3),
    StochasticBatch(StandardDeviation()),
]
STRATEGIES = [*(cls() for cls in all_strategies()), *COMPOSED, *OF_NUMBERS]
READ_NUMBERS = GreedyY, ImprovedGreedy, StandardDeviation, ExpectedModelChange


@functools.cache
def learner_of(kind, dtype):
    """Return a learner that knows 60 digits; strategies and threads are set later."""
    model = LogisticRegression(max_iter=50)
    if kind == "members":
        model = Committee(model, n_members=3)
    elif kind == "loss":
        model = LossPredictingClassifier(model, cv=2)
    elif kind == "bayes":
        model = GaussianNB()
    elif kind == "numbers":
        model = Committee(Ridge(), n_members=3)
    elif kind == "labels":
        model = OneVsRestClassifier(model)
    y = np.column_stack([Y % 2, Y % 3 == 0, Y > 4]).astype(int) if kind == "labels" else Y
    return ActiveLearner(model, random_state=0).fit(X[:60].astype(dtype) / 16, y[:60])


def asked(strategy, dtype, **params):
    """Return a learner that gives the strategy all it reads."""
    kind = "loss" if isinstance(strategy, LearningLoss) else "members"
    kind = "plain" if isinstance(strategy, SimpleMargin) else kind
    kind = "bayes" if isinstance(strategy, ExpectedErrorReduction) else kind  # refits are slow
    of_numbers = isinstance(strategy, READ_NUMBERS) or any(strategy is one for one in OF_NUMBERS)
    kind = "numbers" if of_numbers else kind
    kind = "labels" if isinstance(strategy, MultilabelUncertainty) else kind
    return copy.copy(learner_of(kind, dtype)).set_params(strategy=strategy, **params)


def repeated(dtype):
    """Return a pool of twenty digits, each five times."""
    return np.tile(X[100:120] / 16, (5, 1)).astype(dtype)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("strategy", STRATEGIES, ids=lambda s: " ".join(repr(s).split()))
def test_threads_and_memory_do_not_change_a_batch(strategy, dtype):
    X_pool, prices = repeated(dtype), 1.0 + np.arange(100) % 3
    expected = asked(strategy, dtype).query(X_pool, 12, prices=prices)
    for n_jobs in (4, 16):
        learner = asked(strategy, dtype, n_jobs=n_jobs)
        assert_array_equal(learner.query(X_pool, 12, prices=prices), expected)
    for working_memory in (0.01, 0.3, 1024):
        with config_context(working_memory=working_memory):
            got = asked(strategy, dtype).query(X_pool, 12, prices=prices)
        assert_array_equal(got, expected, err_msg=f"working_memory={working_memory}")


@pytest.mark.parametrize(
    "model",
    [
        LogisticRegression(max_iter=200),
        SVC(),
        MLPClassifier(max_iter=30),
        make_pipeline(StandardScaler(), PCA(20), LogisticRegression(max_iter=200)),
    ],
    ids=lambda model: type(model).__name__,
)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_pools_of_many_blocks(model, dtype, monkeypatch):
    monkeypatch.setattr("skal.pool._arrays._FEWEST_ROWS", 100)
    X_pool = np.tile(X[100:300], (4, 1)).astype(dtype)
    answers = []
    for n_jobs, working_memory in ((1, 1024), (3, 1024), (16, 0.05)):
        learner = ActiveLearner(model, random_state=0, n_jobs=n_jobs)
        learner.fit(X[:60].astype(dtype), Y[:60])
        with config_context(working_memory=working_memory):
            answers.append(learner.query(X_pool, 50))
    assert_array_equal(answers[1], answers[0])
    assert_array_equal(answers[2], answers[0])


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_last_digits_do_not_decide_between_copies(dtype):
    """Copies whose probabilities differ by round-off come in the order of copies that do not."""
    rng = np.random.RandomState(0)
    proba = np.tile(rng.dirichlet(np.ones(5), size=20), (5, 1)).astype(dtype)
    noise = 1 + 2 * np.finfo(dtype).eps * rng.uniform(-1, 1, size=proba.shape)
    noisy = (proba * noise).astype(dtype)
    for measure in ("margin", "entropy", "least_confidence"):
        for seed in range(5):
            exact, moved = (
                UncertaintySampling(measure).query(
                    Pool.from_arrays(proba=p, random_state=seed), 23
                )
                for p in (proba, noisy)
            )
            assert_array_equal(moved, exact)


def test_what_is_drawn_later_does_not_depend_on_ties():
    streams = []
    for scores in (np.arange(9.0), np.zeros(9)):
        random_state = np.random.RandomState(3)
        select_top(scores, 4, random_state)
        streams.append(random_state.randint(10**9))
    assert streams[0] == streams[1]


def slow_top(scores, n, random_state):
    """Sort all positions by score and hash."""
    key = int(random_state.randint(2**31 - 1))
    hashes = hash_positions(key, np.arange(len(scores))).tolist()
    return sorted(range(len(scores)), key=lambda i: (-scores[i], hashes[i]))[:n]


@pytest.mark.parametrize("n_samples", [1, 7, 300, 5000])
def test_select_top_is_a_sort_by_score_and_hash(n_samples):
    rng = np.random.RandomState(n_samples)
    for scores in (rng.randint(3, size=n_samples) / 2, rng.normal(size=n_samples).round(2)):
        for n in {1, min(5, n_samples), -(-n_samples // 17), -(-n_samples // 15), n_samples}:
            got = select_top(scores, n, np.random.RandomState(0))
            assert got.tolist() == slow_top(scores, n, np.random.RandomState(0))


def test_a_hash_depends_on_key_and_position_alone():
    whole = hash_positions(5, np.arange(1000))
    assert_array_equal(hash_positions(5, np.arange(500, 1000)), whole[500:])
    assert len(set(whole.tolist())) == 1000
    assert not np.intersect1d(whole, hash_positions(6, np.arange(1000))).size
    # Every position comes first about equally often.
    first = [hash_positions(key, np.arange(6)).argmin() for key in range(6000)]
    counts = np.bincount(first, minlength=6)
    assert ((counts - 1000) ** 2 / 1000).sum() < 25  # chi-square of 5 degrees, p = 0.0001


@pytest.mark.parametrize("seed", range(3))
def test_memory_does_not_change_clusters_of_kernel_rows(seed):
    """Far from the origin nothing but round-off is left of the distances of a linear kernel."""
    rng = np.random.RandomState(seed)
    strategy = KMeansSampling(KernelEmbedding())
    learner = ActiveLearner(SVC(kernel="linear"), strategy, random_state=0)
    learner.fit(rng.normal(size=(12, 3)), np.arange(12) % 3)
    X_pool = rng.normal(size=(20, 3)) + 1e8
    batches = []
    for working_memory in (0.001, 0.01, 1024):
        with config_context(working_memory=working_memory):
            batches.append(learner.query(X_pool, 3).tolist())
    assert batches == batches[:1] * 3
