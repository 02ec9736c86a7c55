"""Every strategy that reads an embedding, in every embedding.

Rows of a kernel or of gradients are never written down. Here they are, as coordinates that have
the same inner products, and a strategy must choose the same samples from both.
"""

import inspect
from functools import partial

import numpy as np
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.linear_model import LinearRegression, LogisticRegression

from skal import ActiveLearner, Pool, strategies
from skal.embeddings import GradientEmbedding, KernelEmbedding, rows_of
from skal.geometry import as_rows
from skal.pool import MissingOutputError

EMBEDDINGS = {
    "gradient": GradientEmbedding(),
    "linear": KernelEmbedding("linear"),
    "poly": KernelEmbedding("poly", degree=2, gamma=1),
    "rbf": KernelEmbedding("rbf", gamma=0.5),
    "laplacian": KernelEmbedding("laplacian"),
    "callable": KernelEmbedding(lambda A, B: (A @ B.T + 2) ** 3),
    "gradient of rbf": GradientEmbedding(KernelEmbedding("rbf"), bias=True),
}

# Each with the task of the pools that it is asked with.
STRATEGIES = {
    "BADGE": "classes",
    "BAIT": "classes",
    "ClusterMargin": "classes",
    "ContrastiveSampling": "classes",
    "CoreSet": "numbers",
    "DPP": "numbers",
    "DensityWeighted": "classes",
    "Distinct": "classes",
    "DiverseMiniBatch": "classes",
    "DropQuery": "classes",
    "ExpectedGradientLength": "classes",
    "ExpectedModelChange": "numbers",
    "FacilityLocation": "numbers",
    "GreedyX": "numbers",
    "ImprovedGreedy": "numbers",
    "KMeansSampling": "numbers",
    "LCMD": "numbers",
    "MaxHerding": "numbers",
    "ProbCover": "numbers",
    "RankedBatch": "classes",
    "TypiClust": "numbers",
    "UncertaintyHerding": "classes",
}

PARAMETERS = {"ProbCover": {"radius": 1.0}}

# The others cluster rows. Their draws go another way where the mean of rows can be written down.
NOT_BY_MEANS = sorted(
    set(STRATEGIES)
    - {"ClusterMargin", "DiverseMiniBatch", "DropQuery", "KMeansSampling", "TypiClust"}
)

# These compute the gradients themselves.
OF_FEATURES = {"BADGE", "BAIT"}

# These need a regressor, which has no gradients of classes.
OF_REGRESSORS = {"ExpectedModelChange", "ImprovedGreedy"}


def strategy_of(name, embedding=None, **params):
    kind = getattr(strategies, name)
    return kind(embedding=embedding, **{**PARAMETERS.get(name, {}), **params})


def outputs_of(n, task, rng):
    """Return outputs of a model that do not depend on X."""
    proba, members = rng.dirichlet(np.ones(3), size=n), rng.normal(size=(5, n))
    if task == "classes":
        votes = rng.randint(3, size=(4, n))
        return {"proba": proba, "dropout_votes": votes}
    return {
        "prediction": members.mean(axis=0),
        "member_prediction": members,
        "prediction_std": members.std(axis=0),
    }


def pool_of(X, X_labeled, task, seed=0):
    rng, (n, n_labeled) = np.random.RandomState(seed), (X.shape[0], X_labeled.shape[0])
    unlabeled, seen = outputs_of(n, task, rng), outputs_of(n_labeled, task, rng)
    labeled = Pool.from_arrays(X_labeled, y=np.arange(n_labeled) % 3, **seen)
    return Pool.from_arrays(X, labeled=labeled, random_state=seed, **unlabeled)


def samples(seed, n=40, n_labeled=6):
    rng = np.random.RandomState(seed)
    return rng.normal(size=(n, 3)), rng.normal(size=(n_labeled, 3))


def written_down(pool, embedding):
    """Return coordinates of the unlabeled and the labeled samples of a pool."""
    rows = as_rows(rows_of(pool, embedding))
    both = rows.append(as_rows(rows_of(pool.labeled, embedding), like=rows))
    values, vectors = np.linalg.eigh(both.products(both))
    kept = values > 1e-13 * values.max()
    coordinates = vectors[:, kept] * np.sqrt(values[kept])
    return coordinates[: len(pool)], coordinates[len(pool) :]


def both_pools(embedding, task, seed, kind=np.asarray):
    pool = pool_of(*samples(seed), task, seed)
    X, X_labeled = written_down(pool, EMBEDDINGS[embedding])
    return pool, pool_of(kind(X), kind(X_labeled), task, seed)


def cases(names):
    """Return pairs of a strategy and an embedding that it can read."""
    return [
        (name, embedding)
        for name in names
        for embedding in EMBEDDINGS
        if "gradient" not in embedding or name not in OF_FEATURES | OF_REGRESSORS
    ]


def test_all_strategies_are_here():
    readers = {
        name
        for name in strategies.__all__
        if inspect.isclass(kind := getattr(strategies, name))
        and "embedding" in inspect.signature(kind.__init__).parameters
    }
    assert readers == set(STRATEGIES)


@pytest.mark.parametrize("name, embedding", cases(sorted(STRATEGIES)))
def test_rows_that_are_written_down_are_chosen_alike(name, embedding):
    task = "classes" if "gradient" in embedding else STRATEGIES[name]
    for seed in range(2):
        pool, explicit = both_pools(embedding, task, seed)
        got = strategy_of(name, EMBEDDINGS[embedding]).query(pool, 6)
        assert_array_equal(got, strategy_of(name, KernelEmbedding("linear")).query(explicit, 6))


@pytest.mark.parametrize("name, embedding", cases(NOT_BY_MEANS))
def test_plain_rows_are_chosen_alike(name, embedding):
    task = "classes" if "gradient" in embedding else STRATEGIES[name]
    pool, explicit = both_pools(embedding, task, 3, sp.csr_matrix)
    got = strategy_of(name, EMBEDDINGS[embedding]).query(pool, 6)
    assert_array_equal(got, strategy_of(name).query(explicit, 6))


@pytest.mark.parametrize("embedding", [name for name in EMBEDDINGS if "gradient" not in name])
def test_numbers_are_chosen_alike(embedding):
    for strategy in (
        strategies.BAIT,
        partial(strategies.UncertaintyHerding, "std"),
        partial(strategies.ExpectedModelChange, False),
    ):
        pool, explicit = both_pools(embedding, "numbers", 4, sp.csr_matrix)
        got = strategy(embedding=EMBEDDINGS[embedding]).query(pool, 6)
        assert_array_equal(got, strategy().query(explicit, 6))


@pytest.mark.parametrize("name", ["ExpectedModelChange", "ExpectedGradientLength"])
def test_lengths_of_gradients_are_those_of_rows_that_are_written_down(name):
    pool, explicit = both_pools("poly", STRATEGIES[name], 0)
    scores = strategy_of(name, EMBEDDINGS["poly"]).scores(pool)
    assert_allclose(scores, strategy_of(name).scores(explicit), rtol=1e-9)
    far = pool_of(*(1000 + X for X in samples(0)), STRATEGIES[name])
    by_kernel = strategy_of(name, EMBEDDINGS["linear"]).scores(far)
    assert_allclose(strategy_of(name).scores(far), by_kernel, rtol=1e-9)


def test_gradients_are_taken_as_they_are_where_they_are_computed_anyway():
    pool = pool_of(*samples(0), "classes")
    expected = strategies.BADGE().query(pool_of(*samples(0), "classes"), 6)
    assert_array_equal(strategies.BADGE(GradientEmbedding()).query(pool, 6), expected)
    with pytest.raises(ValueError, match="BAIT needs the features themselves"):
        strategies.BAIT(embedding=GradientEmbedding()).query(pool, 6)


@pytest.mark.parametrize("name", [name for name, task in STRATEGIES.items() if task == "numbers"])
def test_a_regressor_has_no_gradients_of_classes(name):
    message = "GradientEmbedding .* of a classifier, but .* a regressor.*ModelEmbedding"
    pool = pool_of(*samples(0), "numbers")
    with pytest.raises(MissingOutputError, match=message):
        strategy_of(name, GradientEmbedding()).query(pool, 3)
    X, X_labeled = samples(0)
    learner = ActiveLearner(LinearRegression(), strategies.CoreSet(GradientEmbedding()))
    with pytest.raises(MissingOutputError, match=message):
        learner.fit(X_labeled, X_labeled[:, 0]).query(X, 3)


def test_a_classifier_without_probabilities_is_told_so():
    X, X_labeled = samples(0)
    pool = Pool.from_arrays(X, decision=X[:, 0])
    with pytest.raises(MissingOutputError, match="proba"):
        strategies.CoreSet(GradientEmbedding()).query(pool, 3)
    learner = ActiveLearner(LogisticRegression(), strategies.CoreSet(GradientEmbedding()))
    assert len(learner.fit(X_labeled, np.arange(6) % 2).query(X, 3)) == 3
