import numpy as np
import pytest
import reference_geometry as reference
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import chisquare
from sklearn.cluster import KMeans
from sklearn.cluster import kmeans_plusplus as sklearn_kmeans_plusplus
from sklearn.metrics.pairwise import linear_kernel, rbf_kernel

from skal.geometry import (
    KernelRows,
    OuterRows,
    as_rows,
    k_center_greedy,
    kmeans_plusplus,
    nearest_sq_distances,
    sq_distances,
    weighted_kmeans_select,
)
from skal.geometry import _sizes as sizes
from skal.geometry._clustering import cluster_by_products
from skal.geometry._k_center import farthest_first


@pytest.fixture(params=["as shipped", "tiny lists"])
def lists(request, monkeypatch):
    """Run with lists and blocks so short that small data pass through every branch, too."""
    if request.param == "tiny lists":
        shorten_lists(monkeypatch)


def shorten_lists(monkeypatch):
    monkeypatch.setattr(sizes, "LONG_LIST", (8, 64))
    monkeypatch.setattr(sizes, "SHORT_LIST", 6)
    monkeypatch.setattr(sizes, "SETTLED", 2)
    monkeypatch.setattr(sizes, "BLOCK", 5)
    monkeypatch.setattr(sizes, "SUMMED", 3)
    monkeypatch.setattr(sizes, "TYPICAL", 10)
    monkeypatch.setattr(sizes, "CHUNK_BYTES", 5000)


def blobs(n, d=10, spread=1.0, seed=0):
    generator = np.random.RandomState(seed)
    centers = 10 * generator.standard_normal((8, d))
    labels = generator.randint(8, size=n)
    return centers[labels] + spread * generator.standard_normal((n, d))


def grid(n, d=3, seed=0):
    return np.random.RandomState(seed).randint(-3, 4, size=(n, d)).astype(np.float64)


def duplicated(n, d=5, seed=0):
    generator = np.random.RandomState(seed)
    return generator.standard_normal((n // 4, d))[generator.randint(n // 4, size=n)]


def sparse_like(n, d=40, seed=0):
    generator = np.random.RandomState(seed)
    return generator.standard_normal((n, d)) * (generator.random_sample((n, d)) < 0.1)


DATA = {
    "blobs": blobs,
    "gaussian": lambda n, seed=0: np.random.RandomState(seed).standard_normal((n, 6)),
    "wide": lambda n, seed=0: blobs(n, d=150, seed=seed),
    "one dimension": lambda n, seed=0: np.random.RandomState(seed).standard_normal((n, 1)),
    "grid": grid,
    "duplicated": duplicated,
    "sparse": sparse_like,
    "far from the origin": lambda n, seed=0: blobs(n, seed=seed) + 1e4,
    "far, in one direction": lambda n, seed=0: blobs(n, seed=seed) + 1e5 * np.eye(10)[0],
    "tight blobs": lambda n, seed=0: blobs(n, spread=1e-4, seed=seed),
    "tiny": lambda n, seed=0: 1e-22 * blobs(n, seed=seed),
    "huge": lambda n, seed=0: 1e17 * blobs(n, seed=seed),
    "one outlier": lambda n, seed=0: np.vstack([blobs(n - 1, seed=seed), np.full(10, 1e6)]),
}


def as_outer(X):
    """Return outer-product rows, and the explicit rows they stand for."""
    left = np.random.RandomState(5).standard_normal((len(X), 3)).astype(X.dtype)
    if np.array_equal(X, np.round(X)):
        left = np.round(left)
    return OuterRows(left, X), reference.outer_rows(left, X)


KINDS = {
    "dense": lambda X: (X, X.astype(np.float64)),
    "csr": lambda X: (sp.csr_matrix(X), X.astype(np.float64)),
    "outer": as_outer,
}


@pytest.fixture(params=KINDS)
def kind(request):
    return KINDS[request.param]


@pytest.fixture(params=["float64", "float32"])
def dtype(request):
    return request.param


def take(X, positions):
    return X.take(positions) if hasattr(X, "left") else X[positions]


# Greedy k-center ------------------------------------------------------------------------


@pytest.mark.parametrize("data", DATA)
def test_k_center_order_is_that_of_brute_force(data, kind, dtype, lists):
    X, explicit = kind(DATA[data](120).astype(dtype))
    expected, _ = reference.k_center_greedy(explicit, 40)
    np.testing.assert_array_equal(k_center_greedy(X, 40), expected)


@pytest.mark.parametrize("data", DATA)
def test_k_center_order_with_labeled_rows_is_that_of_brute_force(data, kind, dtype, lists):
    X, explicit = kind(DATA[data](150, seed=1).astype(dtype))
    pool, known = np.arange(30, 150), np.arange(30)
    expected, _ = reference.k_center_greedy(explicit[pool], 40, explicit[known])
    got = k_center_greedy(take(X, pool), 40, labeled=take(X, known))
    np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_k_center_order_on_a_larger_pool(dtype):
    X = blobs(6000, d=40).astype(dtype)
    expected, radii = reference.k_center_greedy(X[500:], 400, X[:500])
    pool = as_rows(X[500:])
    got, got_radii = farthest_first(pool, 400, as_rows(X[:500], like=pool))
    np.testing.assert_array_equal(got, expected)
    np.testing.assert_allclose(got_radii, radii, rtol=1e-12)


def test_k_center_reads_kernels(lists):
    X = blobs(200)
    expected, _ = reference.k_center_greedy(X, 50)
    np.testing.assert_array_equal(k_center_greedy(KernelRows(X, linear_kernel), 50), expected)
    pool, known = KernelRows(X[20:], rbf_kernel), KernelRows(X[:20], rbf_kernel)
    # the distance in the feature space of this kernel grows with the plain distance
    near = X / 30
    expected, _ = reference.k_center_greedy(near[20:], 50, near[:20])
    pool, known = KernelRows(near[20:], rbf_kernel), KernelRows(near[:20], rbf_kernel)
    np.testing.assert_array_equal(k_center_greedy(pool, 50, labeled=known), expected)


def test_k_center_mixes_dense_and_sparse_and_precisions():
    X = blobs(100)
    expected = k_center_greedy(X[20:], 30, labeled=X[:20])
    sparse = sp.csr_matrix(X)
    for pool, known in [(X[20:], sparse[:20]), (sparse[20:], X[:20])]:
        np.testing.assert_array_equal(k_center_greedy(pool, 30, labeled=known), expected)
    single = X[20:].astype(np.float32)
    expected, _ = reference.k_center_greedy(single, 30, X[:20])
    np.testing.assert_array_equal(k_center_greedy(single, 30, labeled=X[:20]), expected)


def test_k_center_with_no_labeled_rows_starts_at_the_mean():
    X = [[0.0], [1.0], [9.0], [10.0], [5.5]]
    np.testing.assert_array_equal(k_center_greedy(X, 3), [4, 0, 3])
    np.testing.assert_array_equal(k_center_greedy(X, 3, labeled=np.empty((0, 1))), [4, 0, 3])


@pytest.mark.parametrize("size", [1, 30])
def test_a_whole_pool_is_a_batch(kind, size):
    X, explicit = kind(blobs(size))
    expected, _ = reference.k_center_greedy(explicit, size)
    np.testing.assert_array_equal(k_center_greedy(X, size), expected)
    assert sorted(kmeans_plusplus(X, size, random_state=0)) == list(range(size))


points = st.integers(2, 12).flatmap(
    lambda n: arrays(np.float64, (n, 2), elements=st.floats(-100, 100, width=32))
)


@settings(max_examples=40, deadline=None)
@given(X=points, n=st.integers(1, 3), n_labeled=st.integers(0, 2))
def test_k_center_is_within_twice_the_optimum(X, n, n_labeled):
    labeled = X[:n_labeled] if n_labeled else None
    n = min(n, len(X))
    radius = reference.covering_radius(X, k_center_greedy(X, n, labeled=labeled), labeled)
    assert radius <= 2 * reference.least_radius(X, n, labeled) * (1 + 1e-9)


@settings(max_examples=60, deadline=None)
@given(
    X=arrays(
        np.float32, st.tuples(st.integers(1, 60), st.integers(1, 3)), elements=st.integers(0, 3)
    ),
    n_labeled=st.integers(0, 3),
    short=st.booleans(),
)
def test_k_center_settles_ties_and_duplicates_as_brute_force_does(X, n_labeled, short):
    labeled = X[:n_labeled] if n_labeled else None
    with pytest.MonkeyPatch.context() as monkeypatch:
        if short:
            shorten_lists(monkeypatch)
        pool = as_rows(X)
        known = None if labeled is None else as_rows(labeled, like=pool)
        got, radii = farthest_first(pool, len(X), known)
    if labeled is not None:  # the mean of integers is rounded, its nearest row may be too
        expected, expected_radii = reference.k_center_greedy(X, len(X), labeled)
        np.testing.assert_array_equal(got, expected)
        np.testing.assert_allclose(radii, expected_radii, rtol=1e-12)
    assert len(set(got)) == len(X)
    assert (np.diff(radii[np.isfinite(radii)]) <= 0).all()


def test_k_center_ignores_the_order_of_rows_where_nothing_ties(lists):
    X = blobs(400)
    order = np.random.RandomState(1).permutation(400)
    np.testing.assert_array_equal(order[k_center_greedy(X[order], 60)], k_center_greedy(X, 60))


def test_k_center_ignores_shift_and_scale():
    X = blobs(400)
    expected = k_center_greedy(X, 60)
    np.testing.assert_array_equal(k_center_greedy(3 * X, 60), expected)
    np.testing.assert_array_equal(k_center_greedy(X - 77, 60), expected)


def test_k_center_fills_with_copies_by_position():
    X = np.array([[1.0], [0.0], [1.0], [0.0], [7.0], [1.0]])
    np.testing.assert_array_equal(k_center_greedy(X, 6, labeled=[[0.0]]), [4, 0, 1, 2, 3, 5])


def test_k_center_takes_no_copy_before_every_distinct_row():
    X = np.repeat(blobs(50), 4, axis=0).astype(np.float32)
    picks = k_center_greedy(X, 200)
    assert len(np.unique(picks[:50] // 4)) == 50
    np.testing.assert_array_equal(picks[50:], np.setdiff1d(np.arange(200), picks[:50]))


# k-means++ seeding ----------------------------------------------------------------------


def count_sequences(X, n, draw, n_seeds):
    counts = {}
    for seed in range(n_seeds):
        picks = tuple(int(i) for i in draw(X, n, np.random.RandomState(seed)))
        counts[picks] = counts.get(picks, 0) + 1
    return counts


N_SEEDS = 1500
SAMPLERS = {
    "never bringing bounds up to date": {"DRAW_COST": -1e30},
    "after every refused candidate": {"DRAW_COST": 1e30},
    "one candidate at a time": {"DRAW_COST": 1e30, "DRAWS": (1, 1)},
    "as shipped": {},
}


@pytest.mark.parametrize(
    ("sampler", "kind"), [*((sampler, "dense") for sampler in SAMPLERS), ("as shipped", "outer")]
)
def test_second_and_third_center_follow_the_law(sampler, kind, monkeypatch):
    for name, size in SAMPLERS[sampler].items():
        monkeypatch.setattr(sizes, name, size)
    X, explicit = KINDS[kind](blobs(7, d=2, spread=3.0, seed=3).astype(np.float32))

    def draw(X, n, generator):
        return kmeans_plusplus(X, n, random_state=generator)

    first = int((explicit**2).sum(axis=1).argmax())
    law = reference.kmeans_plusplus_law(explicit, 3, first)
    counts = count_sequences(X, 3, draw, N_SEEDS)
    assert set(counts) <= set(law)
    for length in (2, 3):
        expected, observed = {}, {}
        for picks, probability in law.items():
            key = picks[1:length]
            expected[key] = expected.get(key, 0) + N_SEEDS * probability
            observed[key] = observed.get(key, 0) + counts.get(picks, 0)
        assert enough(expected, observed) > 1e-3


def enough(expected, observed):
    """Return the chi-square p-value, cells with few expected counts taken together."""
    expected, observed = np.array(list(expected.values())), np.array(list(observed.values()))
    few = expected < 8
    if few.any():
        expected = np.append(expected[~few], expected[few].sum())
        observed = np.append(observed[~few], observed[few].sum())
    return chisquare(observed, expected).pvalue


def test_first_center():
    X = np.array([[1.0, 0.0], [0.0, 3.0], [3.0, 0.0], [1.0, 1.0]])
    assert kmeans_plusplus(X, 1, random_state=0)[0] == 1
    assert kmeans_plusplus(X + 1e6, 1, random_state=0)[0] in (1, 2)
    firsts = [kmeans_plusplus(X, 1, init="uniform", random_state=seed)[0] for seed in range(400)]
    assert chisquare(np.bincount(firsts, minlength=4)).pvalue > 1e-3


def test_potential_is_that_of_brute_force():
    X = blobs(400)
    ours = [reference.potential(X, kmeans_plusplus(X, 20, random_state=s)) for s in range(60)]
    first = int((X**2).sum(axis=1).argmax())
    slow = [
        reference.potential(X, reference.kmeans_plusplus(X, 20, first, np.random.RandomState(s)))
        for s in range(60)
    ]
    peer = [
        reference.potential(X, sklearn_kmeans_plusplus(X, 20, random_state=s, n_local_trials=1)[1])
        for s in range(60)
    ]
    spread = np.std(slow) / np.sqrt(60)
    assert abs(np.mean(ours) - np.mean(slow)) < 4 * spread
    assert abs(np.mean(ours) - np.mean(peer)) < 6 * spread


@pytest.mark.parametrize("data", DATA)
def test_kmeans_plusplus_draws_distinct_rows(data, kind, dtype):
    X, explicit = kind(DATA[data](100).astype(dtype))
    picks = kmeans_plusplus(X, 60, random_state=0)
    assert picks.dtype == np.intp and len(set(picks)) == 60
    assert picks.min() >= 0 and picks.max() < 100
    assert picks[0] == (explicit**2).sum(axis=1).argmax()


@pytest.mark.parametrize("n_distinct", [1, 3])
def test_kmeans_plusplus_takes_every_distinct_row_before_a_copy(n_distinct, kind, dtype):
    distinct = grid(n_distinct, d=4, seed=2)
    X = np.zeros((600, 4), dtype)
    X[:] = distinct[np.random.RandomState(0).randint(n_distinct, size=600)]
    X, explicit = kind(X)
    n_distinct = len(np.unique(explicit, axis=0))
    picks = kmeans_plusplus(X, 600, random_state=1)
    assert len(np.unique(explicit[picks[:n_distinct]], axis=0)) == n_distinct
    assert sorted(picks) == list(range(600))


def test_kmeans_plusplus_fills_uniformly():
    X = np.zeros((5, 2))
    last = [kmeans_plusplus(X, 2, random_state=seed)[1] for seed in range(400)]
    assert chisquare(np.bincount(last, minlength=5)[1:]).pvalue > 1e-3


def test_kmeans_plusplus_repeats_itself_and_leaves_the_global_generator_alone():
    X = blobs(100)
    np.random.seed(0)
    before = np.random.get_state()[1].copy()
    first = kmeans_plusplus(X, 10, random_state=3)
    np.testing.assert_array_equal(first, kmeans_plusplus(X, 10, random_state=3))
    kmeans_plusplus(X, 10)
    weighted_kmeans_select(X, np.ones(100), 5)
    np.testing.assert_array_equal(np.random.get_state()[1], before)


@pytest.mark.parametrize("kind", ["dense", "outer"])
def test_kmeans_plusplus_on_a_larger_pool(kind):
    X, explicit = KINDS[kind](blobs(6000, d=12, spread=3.0).astype(np.float32))
    picks = kmeans_plusplus(X, 60, random_state=0)
    some = explicit[::4]
    slow = reference.kmeans_plusplus(some, 60, int(picks[0]) // 4, np.random.RandomState(0))
    ratio = reference.potential(explicit, picks) / (4 * reference.potential(some, slow))
    assert len(set(picks)) == 60 and 0.8 < ratio < 1.25


# Weighted k-means -----------------------------------------------------------------------


def test_weighted_kmeans_chooses_the_member_nearest_to_each_center():
    X = blobs(200)
    weights = np.random.RandomState(0).random_sample(200)
    picks = weighted_kmeans_select(X, weights, 8, random_state=0)
    kmeans = KMeans(8, n_init=1, random_state=np.random.RandomState(0)).fit(X, None, weights)
    sq = ((X - kmeans.cluster_centers_[kmeans.labels_]) ** 2).sum(axis=1)
    totals = np.bincount(kmeans.labels_, weights)
    expected = [
        min(np.flatnonzero(kmeans.labels_ == label), key=lambda i: (sq[i], i))
        for label in np.argsort(-totals)
    ]
    np.testing.assert_array_equal(picks, expected)


@pytest.mark.parametrize("kind", ["csr", "outer", "kernel"])
def test_weighted_kmeans_clusters_all_kinds_of_rows(kind):
    X = blobs(300, spread=0.5)
    weights = np.random.RandomState(0).random_sample(300)
    kinds = {
        "csr": sp.csr_matrix(X),
        "outer": OuterRows(np.ones((300, 1)), X),
        "kernel": KernelRows(X, linear_kernel),
    }
    picks = weighted_kmeans_select(kinds[kind], weights, 8, random_state=0)
    dense = weighted_kmeans_select(X, weights, 8, random_state=0)
    inertia = reference.weighted_inertia(X, weights, picks)
    assert len(set(picks)) == 8
    assert inertia < 2 * reference.weighted_inertia(X, weights, dense)
    randomly = np.random.RandomState(1).choice(300, 8, replace=False)
    assert inertia < reference.weighted_inertia(X, weights, randomly)


def test_clusters_by_products_are_a_fixed_point_of_lloyds_algorithm():
    X, weights = blobs(150, spread=4.0), np.random.RandomState(0).random_sample(150)
    labels, sq = cluster_by_products(
        OuterRows(np.ones((150, 1)), X), weights, 8, np.random.RandomState(0)
    )
    centers = np.array(
        [np.average(X[labels == c], axis=0, weights=weights[labels == c]) for c in range(8)]
    )
    to_centers = np.array([reference.sq_dists(X, center) for center in centers])
    np.testing.assert_array_equal(labels, to_centers.argmin(axis=0))
    np.testing.assert_allclose(sq, to_centers.min(axis=0), atol=1e-9)


def test_weighted_kmeans_fills_empty_clusters_by_weight(kind):
    distinct = np.array([[1.0, 2.0], [30.0, 1.0]])
    X, _ = kind(np.repeat(distinct, 5, axis=0))
    X = OuterRows(np.ones((10, 1)), X.right) if isinstance(X, OuterRows) else X
    weights = np.arange(1.0, 11.0)
    picks = weighted_kmeans_select(X, weights, 4, random_state=0)
    assert picks[0] // 5 == 1 and picks[1] // 5 == 0
    rest = [i for i in range(9, -1, -1) if i not in picks[:2]]
    np.testing.assert_array_equal(picks[2:], rest[:2])


def test_weighted_kmeans_at_the_edges():
    X = blobs(20)
    weights = np.zeros(20)
    assert len(set(weighted_kmeans_select(X, weights, 5, random_state=0))) == 5
    weights[[3, 8, 11]] = 2.0, 5.0, 1.0
    np.testing.assert_array_equal(weighted_kmeans_select(X, weights, 5), [8, 3, 11, 0, 1])
    assert sorted(weighted_kmeans_select(X, np.ones(20), 50)) == list(range(20))
    assert weighted_kmeans_select(X, np.ones(20), 1).shape == (1,)


# Distances and rows ---------------------------------------------------------------------


@pytest.mark.parametrize("data", DATA)
def test_distances_are_those_of_brute_force(data, kind, dtype):
    X, explicit = kind(DATA[data](120).astype(dtype))
    centers, known = take(X, np.arange(0, 120, 7)), explicit[::7]
    expected = np.array([reference.sq_dists(explicit, row) for row in known]).T
    np.testing.assert_allclose(
        nearest_sq_distances(X, centers), expected.min(axis=1), rtol=1e-9, atol=0
    )
    round_off = 1e-9 * expected.max() + 1e-14 * (explicit**2).sum(axis=1).max()
    for part, sq in sq_distances(X, centers):
        assert (np.abs(sq - expected[part]) <= round_off).all()


def test_outer_rows_behave_as_what_they_stand_for():
    X, explicit = as_outer(blobs(50))
    assert len(X) == 50 and X.shape == explicit.shape
    np.testing.assert_allclose(X.sq_norms, (explicit**2).sum(axis=1))
    np.testing.assert_allclose(X.products(X.take([3, 5])), explicit @ explicit[[3, 5]].T)
    assert len(X.take(slice(10, 20))) == 10
    near = OuterRows([[1.0, 1e-9]], [[1.0, 1.0]])
    here = OuterRows([[1.0, 0.0]], [[1.0, 1.0]])
    np.testing.assert_allclose(nearest_sq_distances(near, here), [2e-18], rtol=1e-12)


@pytest.mark.parametrize("kernel", [k_center_greedy, kmeans_plusplus])
def test_inputs_are_not_written_to(kernel, dtype):
    X = (blobs(100) + 1e4).astype(dtype)
    labeled, sparse = X[:10].copy(), sp.csr_matrix(X)
    doubled = sp.csr_matrix(
        (np.ones(4, dtype), np.array([0, 0, 1, 0]), np.array([0, 2, 3, 4])), shape=(3, 2)
    )
    for array in (X, labeled, sparse.data, doubled.data, doubled.indices):
        array.setflags(write=False)
    kernel(X, 5)
    kernel(sparse, 5)
    kernel(OuterRows(X, X), 5)
    weighted_kmeans_select(X, np.ones(100), 3)
    weighted_kmeans_select(sparse, np.ones(100), 3)
    k_center_greedy(X, 5, labeled=labeled)
    assert kernel(doubled, 1)[0] == (2 if kernel is k_center_greedy else 0)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_rows_that_are_not_finite_are_refused_by_number(bad, kind):
    X = blobs(20)
    X[7, 3] = bad
    with pytest.raises(ValueError, match="row 7 holds NaN"):
        k_center_greedy(kind(X)[0], 3)
    with pytest.raises(ValueError, match="labeled must be finite.*row 7"):
        k_center_greedy(blobs(20), 3, labeled=X)


@pytest.mark.parametrize("n", [0, -1, 11, 2.5, True])
@pytest.mark.parametrize("kernel", [k_center_greedy, kmeans_plusplus])
def test_impossible_batches_are_refused(kernel, n):
    with pytest.raises(ValueError, match="n must be"):
        kernel(blobs(10), n)


def test_errors_name_what_is_wrong():
    X = blobs(10)
    with pytest.raises(ValueError, match='init must be "norm" or "uniform", got \'far\''):
        kmeans_plusplus(X, 2, init="far")
    with pytest.raises(ValueError, match="labeled must have as many dimensions as X, 10, got 3"):
        k_center_greedy(X, 2, labeled=X[:, :3])
    with pytest.raises(ValueError, match="labeled must hold rows of the same kind as X"):
        k_center_greedy(X, 2, labeled=OuterRows(X, X))
    with pytest.raises(ValueError, match="too large for the float32 precision"):
        k_center_greedy(X.astype(np.float32), 2, labeled=1e30 * X)
    with pytest.raises(ValueError, match="one row per sample each, got 10 and 9"):
        OuterRows(X, X[:9])
    with pytest.raises(ValueError, match="weights must hold one number per row"):
        weighted_kmeans_select(X, np.ones(9), 2)
    with pytest.raises(ValueError, match="not negative, got -1.0 for row 3"):
        weighted_kmeans_select(X, np.where(np.arange(10) == 3, -1.0, 1.0), 2)
    with pytest.raises(ValueError, match=r"array of shape \(10, 10\), got \(10,\)"):
        KernelRows(X, lambda A, B: np.ones(len(A)))


# Numbers at the ends of the range, and copies ----------------------------------------------


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e160, np.finfo(float).max])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(
    "make",
    [
        np.asarray,
        sp.csr_matrix,
        lambda X: OuterRows(X, X),
        lambda X: OuterRows(np.zeros((5, 1)), X),
    ],
    ids=["dense", "csr", "outer", "outer of zeros"],
)
@pytest.mark.filterwarnings("error")
def test_rows_that_cannot_be_squared_are_named_without_a_warning(make, dtype, value):
    X = np.ones((5, 3))
    X[3] = value, -value, value
    with np.errstate(over="ignore", invalid="ignore"):
        X = X.astype(dtype)
    with pytest.raises(ValueError, match="finite .* row 3 holds"):
        as_rows(make(X))


@pytest.mark.parametrize("scale", [1e-30, 1e-12, 1.0, 1e12, 1e30])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("kind", [np.asarray, sp.csr_matrix, lambda X: OuterRows(X, X[:, :1])])
def test_clusters_do_not_depend_on_the_unit(kind, dtype, scale):
    X = (blobs(60, d=4) + 20).astype(dtype)
    unit = np.ldexp(dtype(1), int(np.log2(scale)) // 2)  # products of factors stay float32
    weights = np.ones(len(X))
    expected = weighted_kmeans_select(kind(X), weights, 8, random_state=0)
    scaled = weighted_kmeans_select(kind(X * unit), weights, 8, random_state=0)
    np.testing.assert_array_equal(scaled, expected)


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["dense", "csr", "outer", "float32"]))
def test_clusters_give_copies_last(seed, kind):
    generator = np.random.RandomState(seed)
    X = generator.randint(0, 3, size=(generator.randint(1, 40), 2)) + generator.choice([0, 1e6])
    weights = generator.randint(0, 3, size=len(X))
    n = generator.randint(1, len(X) + 1)
    make = {
        "dense": np.asarray,
        "csr": sp.csr_matrix,
        "outer": lambda X: OuterRows(X, np.ones((len(X), 1))),
        "float32": lambda X: X.astype(np.float32),
    }[kind]
    picks = weighted_kmeans_select(make(X), weights, n, random_state=0)
    first = reference.first_of_copies(X[picks])
    n_distinct = len(np.unique(X, axis=0))
    assert len(set(picks)) == n
    assert first == [True] * min(n, n_distinct) + [False] * max(0, n - n_distinct)
