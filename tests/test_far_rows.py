"""Greedy choices of far rows: by products of distances, and in the largest cluster."""

import numpy as np
import pytest
import reference_geometry as reference
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_array_equal
from sklearn.metrics.pairwise import linear_kernel
from test_geometry import DATA, KINDS, blobs, shorten_lists, take

from skal.geometry import (
    KernelRows,
    as_rows,
    farthest_by_products,
    farthest_of_largest_cluster,
)
from skal.geometry import _sizes as sizes


@pytest.fixture(params=["as shipped", "tiny lists", "no copy"])
def lists(request, monkeypatch):
    if request.param == "tiny lists":
        shorten(monkeypatch)
    elif request.param == "no copy":
        monkeypatch.setattr(sizes, "COPIED", 0)


def shorten(monkeypatch):
    shorten_lists(monkeypatch)
    monkeypatch.setattr(sizes, "GUESSED", (3, 400))
    monkeypatch.setattr(sizes, "FAR", 3)


@pytest.fixture(params=KINDS)
def kind(request):
    return KINDS[request.param]


@pytest.fixture(params=["float64", "float32"])
def dtype(request):
    return request.param


def numbers_of(n, data, seed=0):
    rng = np.random.RandomState(seed)
    return rng.randint(-3, 4, size=n).astype(float) if data == "grid" else rng.normal(size=n)


@pytest.mark.parametrize("data", DATA)
def test_products_are_those_of_brute_force(data, kind, dtype, lists):
    X, explicit = kind(DATA[data](150).astype(dtype))
    y = numbers_of(150, data)
    pool, known = np.arange(20, 150), np.arange(20)
    expected = reference.farthest_by_products(
        explicit[pool], y[pool], 40, explicit[known], y[known]
    )
    got = farthest_by_products(take(X, pool), y[pool], 40, take(X, known), y[known])
    assert_array_equal(got, expected)


@pytest.mark.parametrize("data", DATA)
def test_largest_clusters_are_those_of_brute_force(data, kind, dtype, lists):
    X, explicit = kind(DATA[data](150).astype(dtype))
    pool, known = np.arange(20, 150), np.arange(20)
    expected = reference.farthest_of_largest_cluster(explicit[pool], 40, explicit[known])
    got = farthest_of_largest_cluster(take(X, pool), 40, take(X, known))
    assert_array_equal(got, expected)


@pytest.mark.parametrize("data", ["blobs", "gaussian", "duplicated", "sparse"])
def test_without_labeled_rows_they_start_at_the_mean(data, kind, lists):
    X, explicit = kind(DATA[data](80))
    y = numbers_of(80, data)
    expected = reference.farthest_by_products(explicit, y, 20)
    assert_array_equal(farthest_by_products(X, y, 20), expected)
    expected = reference.farthest_of_largest_cluster(explicit, 20)
    assert_array_equal(farthest_of_largest_cluster(X, 20), expected)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_orders_on_a_larger_pool(dtype):
    X = blobs(4000, d=30).astype(dtype)
    y = np.sin(X[:, 0]) + 0.1 * X[:, 1].astype(float)
    pool, known = slice(200, None), slice(200)
    expected = reference.farthest_by_products(X[pool], y[pool], 60, X[known], y[known])
    assert_array_equal(farthest_by_products(X[pool], y[pool], 60, X[known], y[known]), expected)
    expected = reference.farthest_of_largest_cluster(X[pool], 60, X[known])
    assert_array_equal(farthest_of_largest_cluster(X[pool], 60, X[known]), expected)


integers = arrays(
    np.float32, st.tuples(st.integers(1, 40), st.integers(1, 3)), elements=st.integers(0, 3)
)


@settings(max_examples=80, deadline=None)
@given(X=integers, seed=st.integers(0, 99), n_labeled=st.integers(1, 3), short=st.booleans())
def test_ties_and_duplicates_are_settled_as_brute_force_does(X, seed, n_labeled, short):
    y = np.random.RandomState(seed).randint(3, size=len(X)).astype(float)
    labeled, y_labeled = X[:n_labeled], y[:n_labeled]
    with pytest.MonkeyPatch.context() as monkeypatch:
        if short:
            shorten(monkeypatch)
        got = farthest_by_products(X, y, len(X), labeled, y_labeled)
        got_of_clusters = farthest_of_largest_cluster(X, len(X), labeled)
    expected = reference.farthest_by_products(X, y, len(X), labeled, y_labeled)
    assert_array_equal(got, expected)
    expected = reference.farthest_of_largest_cluster(X, len(X), labeled)
    assert_array_equal(got_of_clusters, expected)


def test_kernels_and_csr_rows_are_read():
    X = blobs(120)
    y = numbers_of(120, "blobs")
    by_kernel = KernelRows(X, linear_kernel)
    for pool, known in [
        (by_kernel.take(np.arange(20, 120)), by_kernel.take(np.arange(20))),
        (X[20:], sp.csr_matrix(X[:20])),
        (sp.csr_matrix(X[20:]), X[:20]),
        (as_rows(X[20:]), X[:20]),
    ]:
        expected = reference.farthest_by_products(X[20:], y[20:], 30, X[:20], y[:20])
        assert_array_equal(farthest_by_products(pool, y[20:], 30, known, y[:20]), expected)
        expected = reference.farthest_of_largest_cluster(X[20:], 30, X[:20])
        assert_array_equal(farthest_of_largest_cluster(pool, 30, known), expected)


@pytest.mark.parametrize("scale", [1e-300, 1e-30, 1e30, 1e300])
def test_the_size_of_numbers_does_not_matter(scale):
    X, y = blobs(60), numbers_of(60, "blobs")
    expected = farthest_by_products(X[10:], y[10:], 20, X[:10], y[:10])
    got = farthest_by_products(X[10:], scale * y[10:], 20, X[:10], scale * y[:10])
    assert_array_equal(got, expected)


def test_numbers_that_are_all_equal_leave_the_distances():
    X = np.array([[0.0], [1.0], [5.0], [9.0]])
    got = farthest_by_products(X, np.ones(4), 4, [[0.0]], [1.0])
    assert_array_equal(got, [3, 2, 1, 0])


def test_inputs_are_not_written_to_and_precision_is_kept():
    X, y = blobs(50).astype(np.float32), numbers_of(50, "blobs")
    before = X.copy(), y.copy()
    farthest_by_products(X, y, 10, X[:5], y[:5])
    farthest_of_largest_cluster(X, 10, X[:5])
    assert_array_equal(X, before[0])
    assert_array_equal(y, before[1])
