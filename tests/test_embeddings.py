import numpy as np
import pytest
import reference_strategies as reference
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics.pairwise import pairwise_kernels, polynomial_kernel, rbf_kernel
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, NuSVC

from skal import ActiveLearner, Pool
from skal.embeddings import GradientEmbedding, KernelEmbedding, ModelEmbedding, rows_of
from skal.geometry import KernelRows, OuterRows, k_center_greedy, sq_distances
from skal.pool import MissingOutputError
from skal.strategies import (
    BADGE,
    ClusterMargin,
    CoreSet,
    Distinct,
    DiverseMiniBatch,
    KMeansSampling,
)

EMBEDDINGS = [ModelEmbedding(), GradientEmbedding(bias=True), KernelEmbedding("rbf", gamma=0.5)]


@pytest.fixture
def digits():
    return reference.digits()


def all_sq_distances(rows):
    return np.concatenate([sq for _, sq in sq_distances(rows, rows)])


def example(n_samples=12, n_dims=3, n_classes=4, seed=0, kind=np.asarray, **labeled):
    rng = np.random.RandomState(seed)
    X = rng.normal(size=(n_samples, n_dims)) * (rng.random_sample((n_samples, n_dims)) < 0.7)
    proba = rng.dirichlet(np.ones(n_classes), size=n_samples)
    return X, proba, Pool.from_arrays(kind(X), proba=proba, random_state=0, **labeled)


# Every embedding ------------------------------------------------------------------------


@pytest.mark.parametrize("embedding", EMBEDDINGS, ids=repr)
def test_embeddings_are_only_their_parameters(embedding):
    pool = example()[2]
    before = dict(vars(embedding))
    twin = clone(embedding)
    assert_array_equal(
        all_sq_distances(twin.transform(pool)), all_sq_distances(embedding.transform(pool))
    )
    assert vars(embedding) == before == vars(twin)


@pytest.mark.parametrize("embedding", EMBEDDINGS, ids=repr)
@pytest.mark.parametrize("kind", [np.asarray, sp.csr_matrix])
def test_rows_of_views_are_views_of_rows(embedding, kind):
    pool = example(kind=kind)[2]
    rows = np.array([5, 2, 9])
    assert_allclose(
        all_sq_distances(embedding.transform(pool.take(rows))),
        all_sq_distances(embedding.transform(pool))[np.ix_(rows, rows)],
        atol=1e-12,
    )


def test_none_is_the_models_own_embedding():
    X, _, pool = example()
    assert_array_equal(rows_of(pool), X)
    assert_array_equal(rows_of(pool, ModelEmbedding()), X)
    assert isinstance(rows_of(pool, GradientEmbedding()), OuterRows)


@pytest.mark.parametrize(
    "embedding, named",
    [
        (GradientEmbedding("tsne"), "'embedding'"),
        (GradientEmbedding(bias="yes"), "'bias'"),
        (KernelEmbedding("additive_chi2"), "'kernel'"),
        (KernelEmbedding("rbf", gamma=0), "'gamma'"),
        (KernelEmbedding("poly", degree=0), "'degree'"),
        (KernelEmbedding("poly", coef0="1"), "'coef0'"),
    ],
)
def test_wrong_parameters_are_named(embedding, named):
    with pytest.raises(ValueError, match=named):
        embedding.transform(example()[2])


def test_parameters_are_reached_by_name():
    learner = ActiveLearner(SVC(), strategy=CoreSet(KernelEmbedding("rbf")))
    learner.set_params(strategy__embedding__gamma=3.0)
    assert learner.strategy.embedding.gamma == 3.0


# Gradients ------------------------------------------------------------------------------


@pytest.mark.parametrize("n_classes", [2, 5])
@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("kind", [np.asarray, sp.csr_matrix, sp.csc_array])
def test_gradient_distances_are_those_of_the_explicit_gradients(n_classes, bias, kind):
    X, proba, pool = example(n_classes=n_classes, kind=kind)
    explicit = reference.gradients(proba, X, bias)
    rows = GradientEmbedding(bias=bias).transform(pool)
    assert_allclose(all_sq_distances(rows), reference.sq_distances(explicit, explicit), atol=1e-12)
    assert_allclose(rows.sq_norms, (explicit**2).sum(axis=1), atol=1e-12)


def test_dense_gradients_are_never_built():
    pool = example(n_samples=20, n_dims=1000, n_classes=50)[2]
    rows = GradientEmbedding().transform(pool)
    assert rows.shape == (20, 50_000)
    assert rows.left.size + rows.right.size == 20 * 1050


@pytest.mark.parametrize("bias", [False, True])
def test_gradients_of_kernel_features(bias):
    X, proba, pool = example()
    explicit = reference.gradients(proba, reference.quadratic_features(X), bias)
    inner = KernelEmbedding("poly", degree=2, gamma=1, coef0=1)
    rows = GradientEmbedding(inner, bias=bias).transform(pool)
    assert_allclose(all_sq_distances(rows), reference.sq_distances(explicit, explicit), atol=1e-10)


def test_equal_probabilities_predict_the_first_class():
    pool = Pool.from_arrays([[1.0]], proba=[[0.5, 0.5]])
    assert_array_equal(GradientEmbedding().transform(pool).left, [[-0.5, 0.5]])


def test_certain_samples_have_no_gradient():
    pool = Pool.from_arrays([[1.0], [2.0]], proba=[[1.0, 0.0], [0.0, 1.0]])
    assert_array_equal(GradientEmbedding().transform(pool).sq_norms, [0, 0])


def test_gradient_distances_do_not_depend_on_the_order_of_classes():
    X, proba, pool = example()
    other = Pool.from_arrays(X, proba=proba[:, [2, 0, 3, 1]])
    assert_allclose(
        all_sq_distances(GradientEmbedding().transform(pool)),
        all_sq_distances(GradientEmbedding().transform(other)),
        atol=1e-12,
    )


def test_gradients_keep_single_precision_and_the_pools_arrays():
    X, proba, _ = example()
    proba = proba.astype(np.float32)
    pool = Pool.from_arrays(X.astype(np.float32), proba=proba)
    before = pool.proba.copy()
    rows = GradientEmbedding(bias=True).transform(pool)
    assert rows.right.dtype == np.float32
    assert_array_equal(pool.proba, before)


def test_gradients_of_gradients_are_refused():
    with pytest.raises(ValueError, match="dense, csr or kernel rows .* got OuterRows"):
        GradientEmbedding(GradientEmbedding()).transform(example()[2])


def test_gradients_are_those_of_the_last_layer(digits):
    """Against the change of the loss of a logistic regression under small changes of it."""
    X, y, X_pool, _ = digits
    model = LogisticRegression(max_iter=2000).fit(X / 16, y)
    X_pool = X_pool[:5] / 16
    pool = ActiveLearner(FrozenEstimator(model)).fit(X / 16, y).pool(X_pool)
    rows = GradientEmbedding(bias=True).transform(pool)
    labels = model.predict_proba(X_pool).argmax(axis=1)

    def losses(coef, intercept):
        scores = X_pool @ coef.T + intercept
        return np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(5), labels]

    for k, j in [(0, 20), (3, 43), (9, 10)]:
        step = np.zeros_like(model.coef_)
        step[k, j] = 1e-5
        up, down = (losses(model.coef_ + s, model.intercept_) for s in (step, -step))
        assert_allclose((up - down) / 2e-5, rows.left[:, k] * rows.right[:, j], atol=1e-7)
        step = np.zeros(10)
        step[k] = 1e-5
        up, down = (losses(model.coef_, model.intercept_ + s) for s in (step, -step))
        assert_allclose((up - down) / 2e-5, rows.left[:, k] * rows.right[:, -1], atol=1e-7)


# Kernels --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [np.asarray, sp.csr_matrix])
def test_polynomial_distances_are_those_of_explicit_features(kind):
    X, _, pool = example(kind=kind)
    rows = KernelEmbedding("poly", gamma=1, degree=2, coef0=1).transform(pool)
    explicit = reference.quadratic_features(X)
    assert_allclose(all_sq_distances(rows), reference.sq_distances(explicit, explicit), atol=1e-10)


@pytest.mark.parametrize(
    "kernel, params",
    [
        ("linear", {}),
        ("rbf", {"gamma": 0.7}),
        ("laplacian", {"gamma": 0.2}),
        ("polynomial", {"gamma": 0.5, "degree": 3, "coef0": 2}),
        ("cosine", {}),
        ("rbf", {}),
    ],
)
def test_named_kernels_are_scikit_learns(kernel, params):
    X, _, pool = example()
    rows = KernelEmbedding(kernel, **params).transform(pool)
    gram = pairwise_kernels(X, metric=kernel, **params)
    assert_allclose(
        all_sq_distances(rows), reference.sq_distances_of_gram(gram), atol=1e-9, rtol=1e-9
    )


def test_chi2_takes_what_is_not_negative():
    X, proba, _ = example()
    rows = KernelEmbedding("chi2", gamma=2.0).transform(Pool.from_arrays(abs(X)))
    gram = pairwise_kernels(abs(X), metric="chi2", gamma=2.0)
    assert_allclose(all_sq_distances(rows), reference.sq_distances_of_gram(gram), atol=1e-12)


def test_a_callable_gets_rows_and_no_parameters():
    X, _, pool = example()
    rows = KernelEmbedding(lambda A, B: (A @ B.T) ** 2, gamma=5).transform(pool)
    assert_allclose(rows.products(rows), (X @ X.T) ** 2)


MODELS = [
    SVC(gamma=0.01),
    SVC(),  # gamma="scale"
    SVC(kernel="poly", degree=2, coef0=1.5, gamma="auto"),
    NuSVC(kernel="linear", nu=0.1),
    SVC(kernel=lambda A, B: (A @ B.T + 1) ** 2),
    make_pipeline(StandardScaler(), SVC()),
    make_pipeline(StandardScaler(), make_pipeline(StandardScaler(), NuSVC(nu=0.1))),
    GridSearchCV(make_pipeline(StandardScaler(), SVC()), {"svc__C": [1, 2]}, cv=2),
]


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_the_kernel_is_that_of_the_fitted_machine(digits, model):
    X, y, X_pool, _ = digits
    pool = ActiveLearner(model).fit(X, y).pool(X_pool[:30])
    rows = KernelEmbedding().transform(pool)
    gram = gram_of(ActiveLearner(model).fit(X, y).estimator_, X_pool[:30])
    scale = gram.diagonal().max()
    assert_allclose(rows.products(rows), gram, rtol=1e-9, atol=1e-9 * scale)


def gram_of(model, X):
    """Return the kernel between rows as the machine at the end of `model` computes it."""
    if hasattr(model, "best_estimator_"):
        return gram_of(model.best_estimator_, X)
    if hasattr(model, "steps"):
        return gram_of(model[-1], model[:-1].transform(X))
    if callable(model.kernel):
        return model.kernel(X, X)
    gamma, coef0 = model._gamma, model.coef0
    sq = reference.sq_distances(X, X)
    return {
        "rbf": np.exp(-gamma * sq),
        "linear": X @ X.T,
        "poly": (gamma * X @ X.T + coef0) ** model.degree,
    }[model.kernel]


def test_core_set_in_kernel_space_is_that_of_the_gram_matrix(digits):
    X, y, X_pool, _ = digits
    X_pool = X_pool[:60]
    learner = ActiveLearner(SVC(gamma=0.002), strategy=CoreSet(KernelEmbedding())).fit(X, y)
    gram = rbf_kernel(np.vstack([X, X_pool]), gamma=0.002)
    values, vectors = np.linalg.eigh(gram)
    explicit = vectors * np.sqrt(np.maximum(values, 0))
    expected = k_center_greedy(explicit[len(X) :], 10, labeled=explicit[: len(X)])
    assert_array_equal(learner.query(X_pool, 10), expected)


def test_without_a_machine_a_kernel_must_be_named(digits):
    X, y, X_pool, _ = digits
    learner = ActiveLearner(LogisticRegression(max_iter=2000)).fit(X, y)
    with pytest.raises(MissingOutputError, match="CoreSet reads `pool.svm_kernel`.*name a kernel"):
        CoreSet(KernelEmbedding()).query(learner.pool(X_pool))
    assert len(CoreSet(KernelEmbedding("rbf", gamma=0.001)).query(learner.pool(X_pool), 5)) == 5


def test_without_classes_the_kernel_of_the_machine_is_not_there_yet(digits):
    X, y, X_pool, _ = digits
    learner = ActiveLearner(SVC(), cold_start=CoreSet(KernelEmbedding()))
    with pytest.raises(MissingOutputError, match="fewer than two classes"):
        learner.query(X_pool, 2)
    learner.set_params(cold_start=CoreSet(KernelEmbedding("rbf", gamma=0.001)))
    assert len(learner.query(X_pool, 2)) == 2


# Precomputed kernels --------------------------------------------------------------------


def precomputed(digits, n_pool=40):
    X, y, X_pool, _ = digits
    return rbf_kernel(X, gamma=0.001), y, rbf_kernel(X_pool[:n_pool], X, gamma=0.001)


@pytest.mark.parametrize("kind", [np.asarray, sp.csr_matrix])
def test_precomputed_kernels_are_projected_onto_the_labeled_samples(digits, kind):
    K, y, K_pool = precomputed(digits)
    labeled = Pool.from_arrays(kind(K), y=y)
    pool = Pool.from_arrays(kind(K_pool), labeled=labeled)
    rows = KernelEmbedding("precomputed").transform(pool)
    rows_labeled = KernelEmbedding("precomputed").transform(labeled)
    assert_allclose(rows @ rows_labeled.T, K_pool, atol=1e-8)
    assert_allclose(rows_labeled @ rows_labeled.T, K, atol=1e-8)
    # Projections are no longer than what is projected, whose length is 1 here.
    assert (rows**2).sum(axis=1).max() <= 1 + 1e-9


def test_the_projection_is_all_that_the_machine_sees(digits):
    K, y, K_pool = precomputed(digits)
    learner = ActiveLearner(SVC(kernel="precomputed"), strategy=CoreSet(KernelEmbedding()))
    learner.fit(K, y)
    rows = KernelEmbedding().transform(learner.pool(K_pool))
    rows_labeled = KernelEmbedding().transform(learner.pool(K_pool).labeled)
    linear = SVC(kernel="linear").fit(rows_labeled, y)
    assert_array_equal(learner.predict(K_pool), linear.predict(rows))
    assert_array_equal(learner.query(K_pool, 6), k_center_greedy(rows, 6, labeled=rows_labeled))


def test_singular_precomputed_kernels_lose_no_more_than_round_off(digits):
    X, y, X_pool, _ = digits
    X = np.vstack([X, X])  # every labeled sample twice
    K, K_pool = polynomial_kernel(X, degree=1), polynomial_kernel(X_pool[:40], X, degree=1)
    labeled = Pool.from_arrays(K, y=np.r_[y, y])
    rows = KernelEmbedding("precomputed").transform(Pool.from_arrays(K_pool, labeled=labeled))
    rows_labeled = KernelEmbedding("precomputed").transform(labeled)
    assert rows.shape[1] <= len(y)
    assert_allclose(rows @ rows_labeled.T, K_pool, rtol=1e-7, atol=1e-7)


def test_precomputed_kernels_of_another_shape_are_refused(digits):
    K, y, K_pool = precomputed(digits)
    pool = Pool.from_arrays(K_pool[:, :-1], labeled=Pool.from_arrays(K, y=y))
    with pytest.raises(ValueError, match=r"\(n_samples, n_labeled\).*got \(40, 49\)"):
        KernelEmbedding("precomputed").transform(pool)
    with pytest.raises(ValueError, match="positive semi-definite"):
        KernelEmbedding("precomputed").transform(Pool.from_arrays(-np.eye(3)))


def test_kernel_rows_are_returned_for_kernel_functions():
    assert isinstance(KernelEmbedding("rbf").transform(example()[2]), KernelRows)


# What an embedding of the user may return ------------------------------------------------


class Answer:
    """An embedding of the user that returns the answer of a function of the pool."""

    def __init__(self, answer):
        self.answer = answer

    def transform(self, pool):
        return self.answer(pool)


READERS = [
    CoreSet,
    KMeansSampling,
    DiverseMiniBatch,
    BADGE,
    ClusterMargin,
    Distinct,
    lambda embedding: BADGE(GradientEmbedding(embedding)),
]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "answer, message",
    [
        (lambda pool: np.arange(float(len(pool))), r"real numbers .*float64 of shape"),
        (lambda pool: np.full((len(pool), 2), "a"), "real numbers .* an array of <U1"),
        (lambda pool: np.full((len(pool), 2), 1j), "real numbers .* an array of complex128"),
        (lambda pool: None, "real numbers .* an object of type NoneType"),
        (lambda pool: 3.0, "real numbers .* an object of type float"),
        (lambda pool: np.ones((len(pool) + 1, 2)), "one row for each of the .* gave"),
        (lambda pool: np.full((len(pool), 2), np.nan), "must be finite .* row 0"),
        (lambda pool: np.full((len(pool), 2), 1e200), "must be finite .* row 0"),
        (lambda pool: sp.csr_matrix(np.full((len(pool), 2), 1e200)), "must be finite .* row 0"),
    ],
    ids=["flat", "text", "complex", "None", "number", "long", "nan", "huge", "huge csr"],
)
@pytest.mark.filterwarnings("error")
def test_an_embedding_that_answers_wrongly_is_refused(reader, answer, message):
    with pytest.raises(ValueError, match=message):
        reader(embedding=Answer(answer)).query(example()[2], 3)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("embedding", [ModelEmbedding, GradientEmbedding, Answer])
def test_a_class_is_not_an_embedding(reader, embedding):
    name = embedding.__name__
    with pytest.raises(ValueError, match=rf"embedding must .* the class {name}.*{name}\(\)"):
        reader(embedding=embedding).query(example()[2], 3)


@pytest.mark.parametrize("kind", [np.asarray, sp.csr_matrix])
@pytest.mark.parametrize("value", [np.nan, np.inf, 1e160, -np.finfo(float).max])
@pytest.mark.parametrize(
    "embedding",
    [
        KernelEmbedding("rbf"),
        KernelEmbedding("linear"),
        KernelEmbedding("poly"),
        KernelEmbedding("precomputed"),
        GradientEmbedding(KernelEmbedding("linear")),
        GradientEmbedding(bias=True),
    ],
    ids=repr,
)
@pytest.mark.filterwarnings("error")
def test_numbers_that_cannot_be_squared_are_refused_by_name(embedding, value, kind):
    X, proba, _ = example()
    X[4, 1] = value
    pool = Pool.from_arrays(kind(X), proba=proba)
    with pytest.raises(ValueError, match="must be finite with finite squared norms, but row 4"):
        embedding.transform(pool)


@pytest.mark.filterwarnings("error")
def test_a_kernel_that_overflows_is_refused():
    pool = Pool.from_arrays(np.arange(3.0)[:, None] * 1e140)
    with pytest.raises(ValueError, match=r"kernel\(X, X\) must be finite .* row 1"):
        KernelEmbedding("poly").transform(pool)


@pytest.mark.filterwarnings("error")
def test_gradients_of_one_class_do_not_hide_numbers_that_are_too_large():
    pool = Pool.from_arrays([[1.0], [1e200]], proba=np.ones((2, 1)))
    with pytest.raises(ValueError, match="left and right must be finite .* row 1"):
        GradientEmbedding().transform(pool)


def test_a_kernel_of_samples_of_other_dimensions_is_refused():
    labeled = Pool.from_arrays([[0.0, 1.0, 2.0]], y=[0])
    pool = Pool.from_arrays([[0.0, 1.0], [1.0, 1.0]], labeled=labeled)
    for strategy in (CoreSet(KernelEmbedding("linear")), CoreSet(KernelEmbedding("rbf"))):
        with pytest.raises(ValueError, match="must have as many dimensions"):
            strategy.query(pool)
