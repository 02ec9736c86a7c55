"""Batches from pools with copies, of tiny values, and with large parameters."""

import itertools

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse as sp
from numpy.testing import assert_array_equal
from sklearn.datasets import load_iris
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

import skal.strategies
from skal import ActiveLearner, Pool
from skal.geometry import OuterRows
from skal.strategies import (
    BADGE,
    DPP,
    ClusterMargin,
    CoreSet,
    DiverseMiniBatch,
    KMeansSampling,
    RankedBatch,
    Shortlist,
    StochasticBatch,
    TypiClust,
    UncertaintySampling,
)
from skal.strategies._shortlist import originals_of

X, Y = load_iris(return_X_y=True)
NAMES = np.array(["setosa", "versicolor", "virginica"])[Y]
SEEN = slice(None, None, 10)
LIBRARIES = [pd, pl]


def pool_with_copies(seed, n_copies=30, n_others=39):
    """Return a pool in which the most uncertain sample has copies, and a mask of these."""
    rng = np.random.RandomState(seed)
    rows, proba = rng.rand(1 + n_others, 5), rng.dirichlet(np.ones(3), 1 + n_others)
    proba[0] = 1 / 3
    which = rng.permutation(np.r_[np.zeros(n_copies, dtype=int), 1 + np.arange(n_others)])
    members = np.stack([proba[which], np.roll(proba[which], 1, axis=1)])
    pool = Pool.from_arrays(rows[which], proba=proba[which], member_proba=members, random_state=0)
    return pool, which == 0


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "strategy",
    [
        DiverseMiniBatch(),
        DiverseMiniBatch(beta=1),
        DiverseMiniBatch(beta=100),
        ClusterMargin(),
        ClusterMargin(candidates=1),
        ClusterMargin(candidates=100),
        skal.strategies.Distinct(),
        KMeansSampling(),
        CoreSet(),
        BADGE(),
        TypiClust(),
        DPP(),
        DPP(UncertaintySampling()),
        RankedBatch(),
    ],
    ids=repr,
)
@pytest.mark.filterwarnings("ignore:Only .* linearly independent:UserWarning")
def test_no_sample_is_asked_twice_while_others_differ(strategy, seed):
    pool, is_copy = pool_with_copies(seed)
    for n, n_copies in ((10, 1), (40, 1), (45, 6)):
        assert is_copy[strategy.query(pool, n)].sum() <= n_copies


@pytest.mark.parametrize("strategy", [DiverseMiniBatch(), ClusterMargin()])
@pytest.mark.parametrize("model", [MultinomialNB(), SVC()])
def test_no_text_is_asked_twice_while_others_differ(strategy, model):
    pool = ["the same text"] * 30 + [
        f"text {a} {b}" for a, b in itertools.combinations("abcde", 2)
    ]
    vectorizer = TfidfVectorizer(token_pattern=r"\w+")
    learner = ActiveLearner(make_pipeline(vectorizer, model), strategy, random_state=0)
    learner.fit(["the same text", "text a b c", "d e", "text the c"], list("xxyy"))
    chosen = learner.query(pool, 10)
    assert len({pool[i] for i in chosen}) == 10


@pytest.mark.parametrize("exponent", [-560, -700, -1040])
@pytest.mark.parametrize("make", [np.asarray, sp.csr_matrix])
@pytest.mark.parametrize(
    "strategy",
    [
        CoreSet(),
        CoreSet(outlier_fraction=0.1),
        KMeansSampling(),
        DiverseMiniBatch(),
        ClusterMargin(),
        TypiClust(),
        DPP(),
    ],
    ids=repr,
)
def test_tiny_values_are_told_apart(strategy, make, exponent):
    rng = np.random.RandomState(0)
    tiny, proba = np.ldexp(rng.rand(40, 3), exponent), rng.dirichlet([1, 1], 40)

    def batch(rows):
        labeled = Pool.from_arrays(make(rows[:3]), y=np.arange(3))
        pool = Pool.from_arrays(make(rows[3:]), proba=proba[3:], labeled=labeled, random_state=0)
        return strategy.query(pool, 8)

    assert_array_equal(batch(tiny), batch(np.ldexp(tiny, -exponent)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_copies_may_differ_in_their_last_digits(dtype):
    rng = np.random.RandomState(0)
    rows = rng.rand(30, 4)
    eps = np.finfo(dtype).eps
    rows = np.concatenate([np.tile(rows[:1], (20, 1)) * (1 + eps * rng.randn(20, 1)), rows[1:]])
    proba = np.full((49, 2), 0.5)
    pool = Pool.from_arrays(rows.astype(dtype), proba=proba, random_state=0)
    for strategy in (DiverseMiniBatch(beta=1), ClusterMargin(candidates=1)):
        assert (strategy.query(pool, 25) < 20).sum() <= 1


@pytest.mark.parametrize("make", [np.asarray, sp.csr_matrix, lambda X: OuterRows(X, X[:, :1])])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n_values", [2, 4, 1000])
def test_originals_are_those_of_comparing_all_pairs(n_values, dtype, make):
    eps = np.finfo(dtype).eps
    for seed in range(5):
        rng = np.random.RandomState(seed)
        X = rng.randint(1, n_values + 1, size=(200, 3)) * (1 + eps * rng.randint(-1, 2, (200, 3)))
        X = X.astype(dtype)
        slow = [next(j for j in range(i + 1) if np.allclose(X[i], X[j], 1e-5)) for i in range(200)]
        assert_array_equal(originals_of(make(X), 1e-12), slow)


@pytest.mark.parametrize(
    "strategy",
    [Shortlist(factor=1e308), DiverseMiniBatch(beta=1e308), ClusterMargin(candidates=1e308)],
    ids=repr,
)
def test_a_factor_beyond_all_pools_takes_the_whole_pool(strategy):
    pool, _ = pool_with_copies(0)
    assert len(strategy.query(pool, 20)) == 20


def test_a_beta_beyond_all_numbers_is_refused():
    rng = np.random.RandomState(0)
    pool = Pool.from_arrays(decision=10 * rng.rand(9, 3))
    with pytest.raises(ValueError, match="beta must be .*beta=1e[+]308"):
        StochasticBatch(kind="softmax", beta=1e308).query(pool, 3)


@pytest.mark.parametrize("exponent", [-560, -700, -1040])
def test_tiny_values_are_distinct(exponent):
    rows = np.ldexp(np.random.RandomState(0).rand(8, 3), exponent)
    pool = Pool.from_arrays(rows[np.arange(24) % 8], proba=np.full((24, 2), 0.5), random_state=0)
    chosen = skal.strategies.Distinct().query(pool, 8)
    assert sorted(chosen % 8) == list(range(8))


@pytest.mark.parametrize("vectorizer", [TfidfVectorizer(), CountVectorizer()], ids=repr)
@pytest.mark.parametrize(
    "strategy",
    [KMeansSampling(), CoreSet(), BADGE(), BADGE(bias=True), ClusterMargin(), DiverseMiniBatch()],
    ids=repr,
)
def test_texts_without_a_known_word_are_copies(strategy, vectorizer):
    known = [f"{a} {b}" for a, b in itertools.combinations(["red", "green", "blue", "old"], 2)]
    pool = [f"unknown{i}" for i in range(20)] + known
    model = make_pipeline(vectorizer, LogisticRegression())
    learner = ActiveLearner(model, strategy, random_state=0)
    learner.fit(["red", "green", "blue", "old red red"], list("xyxy"))
    for n in (3, 7):
        assert (learner.query(pool, n) < 20).sum() <= 1
