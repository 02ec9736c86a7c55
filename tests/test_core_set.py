import numpy as np
import pytest
import reference_strategies as reference
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from skal import ActiveLearner, Pool
from skal.embeddings import GradientEmbedding, KernelEmbedding
from skal.geometry import as_rows, k_center_greedy
from skal.pool import MissingOutputError
from skal.strategies import CoreSet
from skal.strategies import _robust_cover as robust
from skal.testing import check_strategy


@pytest.mark.parametrize(
    "strategy",
    [
        CoreSet(),
        CoreSet(GradientEmbedding()),
        CoreSet(KernelEmbedding("rbf")),
        CoreSet(outlier_fraction=0.001),
        CoreSet(outlier_fraction=0.1),
        CoreSet(KernelEmbedding("rbf"), outlier_fraction=0.99),
    ],
    ids=repr,
)
def test_contract(strategy):
    check_strategy(strategy)


def example(n_samples=11, n_labeled=0, seed=0, n_dims=2):
    rng = np.random.RandomState(seed)
    X = rng.normal(size=(n_samples, n_dims)) ** 3  # some of it far out
    return X, rng.normal(size=(n_labeled, n_dims)) if n_labeled else None


def pool_of(X, labeled=None, kind=np.asarray):
    if labeled is not None:
        labeled = Pool.from_arrays(kind(labeled), y=np.zeros(len(labeled)))
    return Pool.from_arrays(kind(X), labeled=labeled, random_state=0)


# Greedy k-center ------------------------------------------------------------------------


@pytest.mark.parametrize("n_labeled", [0, 1, 3])
def test_without_outliers_it_is_greedy_k_center(n_labeled):
    X, labeled = example(40, n_labeled)
    expected = k_center_greedy(X, 7, labeled=labeled)
    assert_array_equal(CoreSet().query(pool_of(X, labeled), 7), expected)
    assert_array_equal(CoreSet(outlier_fraction=0).query(pool_of(X, labeled), 7), expected)


def test_distances_are_those_of_the_embedding():
    X, labeled = example(30, 3)
    chosen = CoreSet(KernelEmbedding("rbf", gamma=0.1)).query(pool_of(X, labeled), 8)
    values, vectors = np.linalg.eigh(rbf_kernel(np.vstack([labeled, X]), gamma=0.1))
    explicit = vectors * np.sqrt(np.maximum(values, 0))
    assert_array_equal(chosen, k_center_greedy(explicit[3:], 8, labeled=explicit[:3]))


def test_gradients_are_covered_from_those_of_the_labeled_samples(iris):
    X, y, X_pool, _ = iris
    learner = ActiveLearner(LogisticRegression(max_iter=500)).fit(X, y)
    pool = learner.pool(X_pool)
    explicit = reference.gradients(pool.proba, X_pool)
    labeled = reference.gradients(pool.labeled.proba, X)
    assert_array_equal(
        CoreSet(GradientEmbedding()).query(pool, 10),
        k_center_greedy(explicit, 10, labeled=labeled),
    )


# Outliers: the radius -------------------------------------------------------------------


@pytest.mark.parametrize("n_labeled", [0, 2])
@pytest.mark.parametrize("n_outliers", [0, 1, 3])
@pytest.mark.parametrize("n", [1, 2, 4])
def test_small_pools_get_the_least_radius(n, n_outliers, n_labeled):
    for seed in range(3):
        X, labeled = example(11, n_labeled, seed)
        chosen = robust.robust_k_center(X, n, n_outliers, labeled)
        assert len(set(chosen.tolist())) == n
        assert_allclose(
            reference.robust_radius(X, chosen, n_outliers, labeled),
            reference.least_robust_radius(X, n, n_outliers, labeled),
        )


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_the_radius_is_least_also_on_ties_and_copies(data):
    values = data.draw(st.lists(st.integers(0, 6), min_size=1, max_size=9))
    X = np.array(values, dtype=float)[:, None]
    n = data.draw(st.integers(1, len(X)))
    n_outliers = data.draw(st.integers(0, len(X)))
    labeled = data.draw(st.sampled_from([None, np.array([[3.0]]), np.array([[0.0], [9.0]])]))
    chosen = robust.robust_k_center(X, n, n_outliers, labeled)
    assert len(set(chosen.tolist())) == n
    assert_allclose(
        reference.robust_radius(X, chosen, n_outliers, labeled),
        reference.least_robust_radius(X, n, n_outliers, labeled),
        atol=1e-7,
    )


def test_the_radius_is_least_in_kernel_space():
    X, labeled = example(10, 2)
    strategy = CoreSet(KernelEmbedding("rbf", gamma=0.5), outlier_fraction=0.2)
    chosen = strategy.query(pool_of(X, labeled), 3)
    values, vectors = np.linalg.eigh(rbf_kernel(np.vstack([labeled, X]), gamma=0.5))
    explicit = vectors * np.sqrt(np.maximum(values, 0))
    assert_allclose(
        reference.robust_radius(explicit[2:], chosen, 2, explicit[:2]),
        reference.least_robust_radius(explicit[2:], 3, 2, explicit[:2]),
    )


@pytest.mark.parametrize(
    "fraction, n_samples, n_labeled, n_outliers",
    [(0.29, 95, 5, 29), (0.1, 39, 0, 3), (0.1, 35, 5, 4), (1e-4, 50, 0, 0), (0.5, 3, 0, 1)],
)
def test_outliers_are_a_fraction_of_all_rounded_down(
    monkeypatch, fraction, n_samples, n_labeled, n_outliers
):
    given_outliers = []

    def spying(rows, n, n_outliers, labeled):
        given_outliers.append(n_outliers)
        return np.arange(n)

    monkeypatch.setattr("skal.strategies._core_set.robust_k_center", spying)
    CoreSet(outlier_fraction=fraction).query(pool_of(*example(n_samples, n_labeled)), 2)
    assert given_outliers == [n_outliers]


def test_outliers_are_not_chosen():
    rng = np.random.RandomState(0)
    X = np.vstack([rng.normal(size=(60, 2)), [[50, 50], [-70, 20], [10, -90]]])
    assert set(CoreSet().query(pool_of(X), 5)) >= {60, 61, 62}
    chosen = CoreSet(outlier_fraction=0.05).query(pool_of(X), 5)
    assert not set(chosen) & {60, 61, 62}


def test_the_order_of_rows_does_not_decide_between_equal_radii():
    X, labeled = example(60, 3)
    order = np.random.RandomState(1).permutation(60)
    strategy = CoreSet(outlier_fraction=0.1)
    expected = strategy.query(pool_of(X, labeled), 6)
    assert_array_equal(order[strategy.query(pool_of(X[order], labeled), 6)], expected)


def test_order_is_farthest_first():
    X, labeled = example(30, 2)
    chosen = CoreSet(outlier_fraction=0.1).query(pool_of(X, labeled), 6)
    order = k_center_greedy(X[chosen], 6, labeled=labeled)
    assert_array_equal(order, np.arange(6))


def test_whole_pools_are_returned_farthest_first():
    X, labeled = example(12, 2)
    chosen = CoreSet(outlier_fraction=0.1).query(pool_of(X, labeled), 12)
    assert_array_equal(chosen, k_center_greedy(X, 12, labeled=labeled))


def test_only_copies_of_labeled_samples():
    X = np.ones((6, 2))
    chosen = CoreSet(outlier_fraction=0.2).query(pool_of(X, np.ones((1, 2))), 4)
    assert len(set(chosen)) == 4


def test_sparse_rows_are_like_dense_ones():
    X, labeled = example(25, 3)
    strategy = CoreSet(outlier_fraction=0.1)
    assert_array_equal(
        strategy.query(pool_of(X, labeled, sp.csr_matrix), 5),
        strategy.query(pool_of(X, labeled), 5),
    )


# Outliers: the parts --------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_passing_over_outliers_agrees_with_the_slow_twin(data):
    seed = data.draw(st.integers(0, 1000))
    X, labeled = example(data.draw(st.integers(1, 30)), data.draw(st.integers(1, 3)), seed)
    n = data.draw(st.integers(1, len(X)))
    n_outliers = data.draw(st.integers(0, 12))
    rows = as_rows(X)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(robust, "N_LISTED", data.draw(st.sampled_from([1, 4, 1024])))
        picks = robust.robust_farthest_first(rows, n, n_outliers, as_rows(labeled, like=rows))
    assert_array_equal(picks, reference.farthest_but_outliers(X, n, n_outliers, labeled))


def test_passing_over_outliers_starts_near_the_mean():
    X, _ = example(40)
    picks = robust.robust_farthest_first(as_rows(X), 5, 4)
    assert picks[0] == k_center_greedy(X, 1)[0]
    assert_array_equal(picks[1:], reference.farthest_but_outliers(X, 4, 4, X[picks[:1]]))


@pytest.mark.parametrize("n_labeled", [0, 3])
def test_large_pools_do_no_worse_than_greedy_k_center(monkeypatch, n_labeled):
    monkeypatch.setattr(robust, "LARGEST_COVER", 10)
    monkeypatch.setattr(robust.Cover, "improve", None)  # not to be called
    for seed in range(5):
        X, labeled = example(80, n_labeled, seed)
        for n_outliers in (0, 4, 20):
            chosen = robust.robust_k_center(X, 6, n_outliers, labeled)
            greedy = k_center_greedy(X, 6, labeled=labeled)
            assert len(set(chosen)) == 6
            assert reference.robust_radius(
                X, chosen, n_outliers, labeled
            ) <= reference.robust_radius(X, greedy, n_outliers, labeled) * (1 + 1e-9)


def test_large_pools_get_greedy_k_center_where_that_is_better(monkeypatch):
    monkeypatch.setattr(robust, "LARGEST_COVER", 10)
    X, _ = example(30, 0, seed=1)
    greedy = k_center_greedy(X, 2)
    passing = robust.robust_farthest_first(as_rows(X), 2, 1)
    assert reference.robust_radius(X, greedy, 1) < reference.robust_radius(X, passing, 1)
    assert set(robust.robust_k_center(X, 2, 1)) == set(greedy)


def test_copies_are_at_distance_zero_of_each_other_and_of_themselves():
    X = 1e3 + np.random.RandomState(0).normal(size=(20, 7))
    copies = np.arange(60) % 20
    sq = robust.all_sq_distances(as_rows(X[copies]))
    assert_array_equal(sq == 0, copies[:, None] == copies)
    assert_allclose(sq, reference.sq_distances(X[copies], X[copies]), atol=1e-9)


def test_distances_to_labeled_samples_may_be_the_radius():
    X = np.array([[3.0], [10.0], [12.0], [13.5]])  # the first is 3 from the labeled one
    assert robust.robust_k_center(X, 1, 0, np.array([[0.0]])) == [2]


@pytest.mark.parametrize("n_labeled", [0, 2])
def test_disks_alone_stay_within_three_times_the_least_radius(n_labeled):
    for seed in range(20):
        X, labeled = example(10, n_labeled, seed)
        rows = as_rows(X)
        known = None if labeled is None else as_rows(labeled, like=rows)
        for n, n_outliers in [(1, 0), (2, 1), (3, 2)]:
            cover = robust.Cover(rows, n, n_outliers, known)
            batch = cover.by_disks(reach=9)
            assert len(batch) <= n
            least = reference.least_robust_radius(X, n, n_outliers, labeled)
            radius = np.sqrt(cover.sq_radius_of(batch))
            assert radius <= 3 * least * (1 + 1e-9)


def test_programs_out_of_time_keep_the_best_so_far(monkeypatch):
    X, labeled = example(40, 3)
    rows = as_rows(X)
    cover = robust.Cover(rows, 4, 2, as_rows(labeled, like=rows))
    start = min([cover.by_disks(1), cover.by_disks(9)], key=cover.sq_radius_of)
    monkeypatch.setattr(robust, "TIME_LIMIT", 0.0)
    chosen = robust.robust_k_center(X, 4, 2, labeled)
    assert reference.robust_radius(X, chosen, 2, labeled) <= np.sqrt(cover.sq_radius_of(start))


def test_dense_covers_are_left_to_the_disks(monkeypatch):
    X, labeled = example(40, 3)
    monkeypatch.setattr(robust, "LARGEST_PROGRAM", 10)
    monkeypatch.setattr(robust.Cover, "program", None)  # not to be called
    assert len(set(robust.robust_k_center(X, 4, 2, labeled))) == 4


def test_programs_improve_on_disks():
    better = 0
    for seed in range(5):
        X, _ = example(60, 0, seed)
        cover = robust.Cover(as_rows(X), 5, 3, None)
        disks = min(cover.sq_radius_of(cover.by_disks(reach)) for reach in (1, 9))
        best = reference.robust_radius(X, robust.robust_k_center(X, 5, 3), 3)
        assert best <= np.sqrt(disks) * (1 + 1e-9)
        better += best < 0.99 * np.sqrt(disks)
    assert better >= 1


# With models ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "model",
    [
        SVC(),
        LogisticRegression(max_iter=2000),
        RandomForestClassifier(n_estimators=10),
        make_pipeline(StandardScaler(), SVC()),
    ],
    ids=str,
)
@pytest.mark.parametrize("outlier_fraction", [0.0, 0.05])
def test_works_with_all_kinds_of_models(monkeypatch, model, outlier_fraction):
    monkeypatch.setattr(robust, "TIME_LIMIT", 1)
    X, y, X_pool, _ = reference.digits()
    strategy = CoreSet(outlier_fraction=outlier_fraction)
    learner = ActiveLearner(model, strategy=strategy).fit(X, y)
    assert len(set(learner.query(X_pool, 20))) == 20


@pytest.mark.parametrize("outlier_fraction", [-0.1, 1.0, "few", None])
def test_wrong_fractions_are_named(outlier_fraction):
    with pytest.raises(ValueError, match="'outlier_fraction'"):
        CoreSet(outlier_fraction=outlier_fraction).query(pool_of(*example(5)))


def test_what_is_missing_is_named():
    with pytest.raises(MissingOutputError, match="CoreSet reads `pool.embedding`"):
        CoreSet(outlier_fraction=0.1).query(Pool.from_arrays(["a", "b"]))
