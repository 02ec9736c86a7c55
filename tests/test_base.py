"""What every room stands on."""

from collections import OrderedDict

import numpy as np
import pytest
import scipy.sparse as sp
from numpy.testing import assert_array_equal

from skal._base import chunks_within, codes_of, copy_rows, is_missing, make_random_state


@pytest.mark.parametrize("seed", [0, 1, 7, 2**31 - 1, 2**32 - 1, np.uint32(5), np.int64(9)])
def test_random_states_are_those_of_numpy(seed):
    ours, theirs = make_random_state(seed), np.random.RandomState(seed)
    assert_array_equal(ours.randint(2**31 - 1, size=700), theirs.randint(2**31 - 1, size=700))
    assert_array_equal(ours.normal(size=3), theirs.normal(size=3))
    assert_array_equal(ours.permutation(9), theirs.permutation(9))


@pytest.mark.parametrize("seed", [-1, 2**32, "a", 1.5])
def test_what_is_not_a_seed_is_refused(seed):
    with pytest.raises(ValueError):
        make_random_state(seed)


def test_generators_are_passed_on_and_none_is_fresh():
    generator = np.random.RandomState(3)
    assert make_random_state(generator) is generator
    assert make_random_state().randint(10**9) != make_random_state().randint(10**9)


@pytest.mark.parametrize("n_rows", [0, 1, 7, 100])
@pytest.mark.parametrize("n_chunks", [1, 3, 1000])
def test_chunks_cover_all_rows_in_order(n_rows, n_chunks):
    chunks = chunks_within(n_rows, 10, limit=200, n_chunks=n_chunks)
    covered = [row for chunk in chunks for row in range(n_rows)[chunk]]
    assert covered == list(range(n_rows))
    assert all(chunk.stop - chunk.start <= 20 for chunk in chunks)
    assert len(chunks) >= min(n_chunks, n_rows) if n_chunks <= n_rows else True


def test_codes_are_positions_in_classes_of_any_order():
    classes = np.array(["b", "c", "a"])
    assert_array_equal(codes_of(["a", "b", "a"], classes), [2, 0, 2])
    with pytest.raises(ValueError, match=r"without \['z'\]"):
        codes_of(["a", "z"], classes)


def test_missing_values_of_every_library():
    import pandas as pd

    missing = [None, np.nan, float("nan"), pd.NA, pd.NaT, np.float32("nan"), np.datetime64("NaT")]
    assert all(map(is_missing, missing))
    assert not any(map(is_missing, [0, "", "nan", False, np.float64(0), np.inf]))


@pytest.mark.parametrize("kind", ["csr", "csc", "coo", "dok", "lil", "bsr", "dia"])
@pytest.mark.parametrize("container", ["array", "matrix"])
def test_copies_of_sparse_rows_are_of_their_kind(kind, container):
    X = getattr(sp, f"{kind}_{container}")(np.eye(3))
    copied = copy_rows(X)
    assert type(copied) is type(X) and copied is not X
    assert_array_equal(copied.toarray(), np.eye(3))


def test_copies_of_mappings_are_of_their_kind():
    rows = [OrderedDict(a=[1]), {"b": [2]}]
    copied = copy_rows(rows)
    rows[1]["b"][0] = 5
    assert copied == [OrderedDict(a=[1]), {"b": [2]}] and type(copied[0]) is OrderedDict
