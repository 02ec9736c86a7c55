"""Pools in dask collections, computed in this thread."""

import dask
import dask.array as da
import dask.dataframe as dd
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import skal.dask
from skal import ActiveLearner
from skal.dask import DaskPartitions
from skal.inspection import explain_query
from skal.plotting import QueryDisplay
from skal.session import LabelingSession
from skal.simulation import label_curve
from skal.strategies import (
    BADGE,
    ClassBalanced,
    CoreSet,
    CostAware,
    KMeansSampling,
    MaxHerding,
    MultilabelUncertainty,
    RandomSampling,
    Shortlist,
    UncertaintySampling,
)

CUTS = {1: [], 3: [100, 250], 7: [0, 1, 1, 30, 200, 399]}  # with empty ones and of a single row


@pytest.fixture(scope="module")
def data():
    """Return labeled samples and a pool in which a third of the rows are copies."""
    random_state = np.random.RandomState(0)
    X = random_state.normal(size=(460, 4))
    y = np.argmax(X[:, :3] + random_state.normal(scale=0.5, size=(460, 3)), axis=1)
    X[200:330] = X[60]
    return X[:60], y[:60], X[60:]


def chunks_of(X, n_parts):
    ends = [0, *CUTS[n_parts], X.shape[0]]
    return tuple(np.diff(ends).tolist())


def as_array(X, n_parts):
    return da.from_array(X, chunks=(chunks_of(X, n_parts), X.shape[1]))


def of_unknown_chunks(X, n_parts):
    """Return a dask array whose chunks have unknown lengths."""
    ends = [0, *CUTS[n_parts], len(X)]
    parts = [
        da.from_delayed(dask.delayed(X[a:b]), (np.nan, X.shape[1]), dtype=X.dtype)
        for a, b in zip(ends[:-1], ends[1:], strict=True)
    ]
    return da.concatenate(parts, allow_unknown_chunksizes=True)


def of_csr_blocks(X, n_parts):
    return as_array(X, n_parts).map_blocks(sp.csr_matrix)


def divided_by_columns(X, n_parts):
    return da.from_array(X, chunks=(chunks_of(X, n_parts), 3))


STRATEGIES = [
    None,
    UncertaintySampling(),
    CoreSet(),
    ClassBalanced(),
    RandomSampling(),
    MaxHerding(n_candidates=50),
    Shortlist(UncertaintySampling(), KMeansSampling(), factor=3),
]


@pytest.mark.parametrize("n_parts", list(CUTS))
@pytest.mark.parametrize("make", [as_array, of_unknown_chunks, divided_by_columns])
@pytest.mark.parametrize("strategy", STRATEGIES, ids=repr)
def test_arrays(data, strategy, make, n_parts):
    X, y, X_pool = data
    learner = ActiveLearner(LogisticRegression(), strategy, random_state=1).fit(X, y)
    got = learner.query(make(X_pool, n_parts), 15)
    assert_array_equal(got, learner.query(X_pool, 15))
    assert got.dtype == np.intp


@pytest.mark.parametrize("n_parts", list(CUTS))
@pytest.mark.parametrize("strategy", STRATEGIES[:4], ids=repr)
def test_csr_blocks(data, strategy, n_parts):
    X, y, X_pool = (np.maximum(part, 0) for part in data)
    learner = ActiveLearner(LogisticRegression(), strategy, random_state=1)
    learner.fit(sp.csr_matrix(X), y)
    expected = learner.query(sp.csr_matrix(X_pool), 15)
    assert_array_equal(learner.query(of_csr_blocks(X_pool, n_parts), 15), expected)
    hidden = of_csr_blocks(X_pool, n_parts)
    hidden = da.Array(hidden.dask, hidden.name, hidden.chunks, dtype=float, shape=hidden.shape)
    assert_array_equal(learner.query(hidden, 15), expected)  # does not say that it is sparse


def frame_of(X):
    return pd.DataFrame(X, columns=list("abcd")).assign(
        color=np.array(["red", "green", "blue"])[np.arange(len(X)) % 3]
    )


@pytest.fixture(scope="module")
def table_model():
    return make_pipeline(
        make_column_transformer(
            (StandardScaler(), list("abcd")), (OneHotEncoder(handle_unknown="ignore"), ["color"])
        ),
        LogisticRegression(),
    )


@pytest.mark.parametrize("n_parts", [1, 4])
@pytest.mark.parametrize("strategy", STRATEGIES[:4], ids=repr)
def test_data_frames(data, table_model, strategy, n_parts):
    X, y, X_pool = data
    X, X_pool = frame_of(X), frame_of(X_pool)
    learner = ActiveLearner(table_model, strategy, random_state=1).fit(X, y)
    expected = learner.query(X_pool, 15)
    frame = dd.from_pandas(X_pool, npartitions=n_parts)
    assert_array_equal(learner.query(frame, 15), expected)
    # In another order, with a column that the model has not seen.
    other = frame[["color", "d", "c", "b", "a"]]
    assert_array_equal(learner.query(other, 15), expected)
    with pytest.raises(ValueError, match=r"missing: \['d'\]|feature names|columns"):
        learner.query(frame[["a", "b", "c", "color"]], 15)


def test_parquet(data, table_model, tmp_path):
    X, y, X_pool = data
    X, X_pool = frame_of(X), frame_of(X_pool)
    X_pool.assign(other=1.0).to_parquet(tmp_path / "pool.parquet", row_group_size=90)
    dd.from_pandas(X_pool.assign(other=1.0), npartitions=3).to_parquet(tmp_path / "pool")
    learner = ActiveLearner(table_model, random_state=1).fit(X, y)
    expected = learner.query(X_pool, 15)
    for path in ("pool.parquet", "pool"):
        frame = dd.read_parquet(tmp_path / path)
        got = learner.query(frame[list(X.columns)], 15)
        assert_array_equal(got, expected)


def test_a_whole_loop(data):
    X, y, X_pool = data
    random_state = np.random.RandomState(0)
    y_pool = random_state.randint(3, size=len(X_pool))
    learner = ActiveLearner(LogisticRegression(), random_state=0).fit(X, y)
    other = ActiveLearner(LogisticRegression(), random_state=0).fit(X, y)
    pool, left, y_left = as_array(X_pool, 3), X_pool, y_pool
    for _ in range(3):
        i = learner.query(pool, 8)
        assert_array_equal(i, other.query(left, 8))
        rows = skal.dask.take(pool, i)
        assert_array_equal(rows, left[i])
        learner.teach(rows, y_left[i])
        other.teach(left[i], y_left[i])
        pool = skal.dask.drop(pool, i)
        left, y_left = np.delete(left, i, axis=0), np.delete(y_left, i)
        assert_array_equal(pool.compute(), left)


def test_without_any_label(data, table_model):
    _, _, X_pool = data
    for learner, rows, pool in [
        (ActiveLearner(random_state=0), X_pool, as_array(X_pool, 7)),
        (
            ActiveLearner(table_model, random_state=0),
            frame_of(X_pool),
            dd.from_pandas(frame_of(X_pool), npartitions=3),
        ),
        (ActiveLearner(random_state=0, cold_start=CoreSet()), X_pool, as_array(X_pool, 3)),
        (ActiveLearner(random_state=0, cold_start="random"), X_pool, of_unknown_chunks(X_pool, 3)),
    ]:
        assert_array_equal(learner.query(pool, 9), learner.query(rows, 9))


def test_transformers_of_a_cold_start_see_the_same_sample_for_every_partitioning(
    data, table_model, monkeypatch
):
    monkeypatch.setattr("skal.learner._partitions._MOST_FITTED", 50)
    frame = frame_of(data[2])
    learner = ActiveLearner(table_model, random_state=0)
    answers = {tuple(learner.query(dd.from_pandas(frame, npartitions=n), 9)) for n in (1, 2, 5)}
    assert len(answers) == 1


def test_prices_may_be_a_dask_vector(data):
    X, y, X_pool = data
    prices = np.random.RandomState(0).uniform(1, 3, len(X_pool))
    learner = ActiveLearner(LogisticRegression(), CostAware(budget=15.0), random_state=0)
    learner.fit(X, y)
    expected = learner.query(X_pool, 9, prices=prices)
    for given in (prices, da.from_array(prices, chunks=70), dd.from_pandas(pd.Series(prices), 3)):
        assert_array_equal(learner.query(as_array(X_pool, 3), 9, prices=given), expected)
    with pytest.raises(ValueError, match="prices"):
        learner.query(as_array(X_pool, 3), 9, prices=prices[:-1])


def test_select_and_pool(data):
    X, y, X_pool = data
    learner = ActiveLearner(LogisticRegression(), "margin", random_state=0).fit(X, y)
    got = learner.select(as_array(X_pool, 7), 9)
    expected = learner.select(X_pool, 9)
    assert_array_equal(got.positions, expected.positions)
    np.testing.assert_allclose(got.scores, expected.scores)
    assert got.strategy == expected.strategy or repr(got.strategy) == repr(expected.strategy)
    pool = learner.pool(as_array(X_pool, 7))
    assert len(pool) == len(X_pool) and pool.in_parts
    scores = UncertaintySampling().scores(pool)
    np.testing.assert_allclose(scores, UncertaintySampling().scores(learner.pool(X_pool)))


def test_badge_keeps_to_distinct_rows(data):
    X, y, X_pool = data
    learner = ActiveLearner(LogisticRegression(), BADGE(), random_state=0).fit(X, y)
    picks = learner.query(as_array(X_pool, 3), 20)
    assert len(np.unique(X_pool[picks], axis=0)) == 20
    assert_array_equal(picks, learner.query(as_array(X_pool, 3), 20))


def test_take_and_drop_frames(data):
    frame = frame_of(data[2]).set_index(np.arange(1000, 1400))
    collection = dd.from_pandas(frame, npartitions=4)
    positions = [399, 0, 7, 250, 251]
    pd.testing.assert_frame_equal(
        skal.dask.take(collection, positions), frame.iloc[positions], check_dtype=False
    )
    rest = skal.dask.drop(collection, positions)
    expected = frame.drop(frame.index[positions])
    pd.testing.assert_frame_equal(rest.compute(), expected, check_dtype=False)
    again = skal.dask.drop(rest, [0, 1])
    pd.testing.assert_frame_equal(again.compute(), expected.iloc[2:], check_dtype=False)
    assert len(skal.dask.take(collection, [])) == 0
    assert rest.npartitions == 4


def test_take_and_drop_arrays(data):
    X = data[2]
    for make in (as_array, of_unknown_chunks, of_csr_blocks):
        collection = make(X, 7)
        rows = skal.dask.take(collection, [5, 5, 399, 0])
        rest = skal.dask.drop(collection, [5, 5, 399, 0]).compute()
        rows, rest = (part.toarray() if sp.issparse(part) else part for part in (rows, rest))
        assert_array_equal(rows, X[[5, 5, 399, 0]])
        assert_array_equal(rest, np.delete(X, [5, 399, 0], axis=0))


def test_partitions_that_lose_all_rows_stay_as_empty_ones(data):
    X, y, X_pool = data
    n_samples = len(X_pool)
    learner = ActiveLearner(LogisticRegression(), CoreSet(), random_state=0).fit(X, y)
    rows_of_unknown_number = da.from_array(X_pool, chunks=(10, -1))
    rows_of_unknown_number = rows_of_unknown_number[rows_of_unknown_number[:, 0] > -1e9]
    for collection in (
        da.from_array(X_pool, chunks=(10, -1)),
        da.from_array(X_pool, chunks=(n_samples, -1)),
        da.from_array(X_pool, chunks=(10, 2)),
        rows_of_unknown_number,
    ):
        rest, left = collection, np.arange(n_samples)
        # The first partition, some of the middle, rows of several, and in the end all.
        for gone in (np.arange(10), np.arange(20, 60), np.array([0, 40, 12]), None):
            gone = np.arange(len(left)) if gone is None else gone[gone < len(left)]
            rest, left = skal.dask.drop(rest, gone), np.delete(left, gone)
            assert rest.numblocks[0] == collection.numblocks[0]
            assert_array_equal(rest.compute(), X_pool[left])
            assert_array_equal(skal.dask.take(rest, np.arange(len(left))), X_pool[left])
            if len(left):
                assert_array_equal(learner.query(rest, 5), learner.query(X_pool[left], 5))
    with pytest.raises(ValueError, match="The pool is empty"):
        learner.query(rest, 5)


def test_an_unknown_number_of_columns(data):
    X, y, X_pool = data
    columns = da.from_array(np.array([True, False, True, True]))
    pool = da.from_array(X_pool, chunks=(50, -1))[:, columns]
    learner = ActiveLearner(LogisticRegression(), random_state=0).fit(X[:, [0, 2, 3]], y)
    with pytest.raises(ValueError, match="X_pool must have a known number of columns"):
        learner.query(pool, 3)
    known = pool.compute_chunk_sizes()
    assert_array_equal(learner.query(known, 3), learner.query(X_pool[:, [0, 2, 3]], 3))


def test_drop_computes_nothing(data):
    def fail(block):
        if len(block):
            raise AssertionError("computed")
        return block

    collection = as_array(data[2], 3).map_blocks(fail, dtype=float)
    rest = skal.dask.drop(collection, [3, 200])
    assert rest.shape == (398, 4)
    assert skal.dask.drop(rest, [0]).shape == (397, 4)


@pytest.mark.parametrize("positions", [[400], [-1], [0.5], [[1]], ["a"], None])
def test_positions_that_are_none(data, positions):
    for function in (skal.dask.take, skal.dask.drop):
        with pytest.raises(ValueError, match="positions must"):
            function(as_array(data[2], 3), positions)


def test_lengths_are_counted_once(data):
    n_counted = []

    def counted(block):
        n_counted.append(len(block))
        return block

    X = of_unknown_chunks(data[2], 3).map_blocks(counted, dtype=float, meta=np.empty((0, 4)))
    X = da.Array(X.dask, X.name, X.chunks, meta=np.empty((0, 4)), shape=X.shape)
    assert_array_equal(DaskPartitions(X).lengths, [100, 150, 150])
    assert_array_equal(DaskPartitions(X).lengths, [100, 150, 150])
    assert len(n_counted) == 3


def test_footers_of_parquet_files_tell_lengths(data, tmp_path, monkeypatch):
    frame_of(data[2]).to_parquet(tmp_path / "pool.parquet")
    frame = dd.read_parquet(tmp_path / "pool.parquet")
    monkeypatch.setattr(DaskPartitions, "_counted", None)
    assert_array_equal(DaskPartitions(frame).lengths, [400])
    assert_array_equal(DaskPartitions(frame[["a"]]).lengths, [400])


def parts_of(*arrays, **meta):
    meta = {"dtype": float, **meta}
    return da.concatenate(
        [da.from_delayed(dask.delayed(X), (length, 4), **meta) for X, length in arrays]
    )


def test_partitions_of_other_columns_or_types(data):
    X, y, X_pool = data
    learner = ActiveLearner(LogisticRegression(), random_state=0).fit(X, y)
    wrong = parts_of((X_pool[:50], 50), (X_pool[50:90, :3], 40))
    with pytest.raises(ValueError, match=r"partition 1 has rows of shape \(3,\)"):
        learner.query(wrong, 5)
    mixed = parts_of((X_pool[:50], 50), (X_pool[50:90].astype(np.float32), 40))
    with pytest.raises(ValueError, match="partitions of one kind.*float64.*float32"):
        ActiveLearner(LogisticRegression(), "margin").fit(X, y).query(mixed, 5)
    frames = [frame_of(X_pool[:50]), frame_of(X_pool[50:90]).rename(columns={"a": "e"})]
    learner = ActiveLearner(LogisticRegression(), "margin").fit(frames[0][list("abcd")], y[:50])
    pool = dd.from_delayed(
        [dask.delayed(one) for one in frames], meta=frames[0], verify_meta=False
    )
    with pytest.raises((ValueError, KeyError), match="partition 1|not in index"):
        learner.query(pool[list("abcd")], 5)


def test_lengths_that_change_between_two_reads(data):
    X, y, X_pool = data
    lengths = iter([100, 100, 90, 90, 90, 90])

    def read():
        return X_pool[: next(lengths)]

    block = da.from_delayed(dask.delayed(read)(), (np.nan, 4), dtype=float)
    learner = ActiveLearner(LogisticRegression(), "margin", random_state=0).fit(X, y)
    assert len(learner.query(block, 3)) == 3
    with pytest.raises(ValueError, match="must not change.*had 100 rows.*has 90 now"):
        learner.query(block, 3)


def test_an_empty_collection(data):
    X, y, X_pool = data
    learner = ActiveLearner(LogisticRegression(), random_state=0).fit(X, y)
    for empty in (as_array(X_pool[:0], 1), as_array(X_pool, 3)[:0]):
        with pytest.raises(ValueError, match="The pool is empty"):
            learner.query(empty, 3)
    frame = dd.from_pandas(frame_of(X_pool), npartitions=2)
    learner = ActiveLearner(LogisticRegression()).fit(frame_of(X)[list("abcd")], y)
    with pytest.raises(ValueError, match="The pool is empty"):
        learner.query(frame[frame.a > 1e9][list("abcd")], 3)


def test_other_collections_are_refused(data):
    X, y, X_pool = data
    learner = ActiveLearner(LogisticRegression(), random_state=0).fit(X, y)
    import dask.bag as db

    for other in (db.from_sequence([1, 2]), dask.delayed(X_pool)):
        with pytest.raises(TypeError, match="X_pool must be a dask array or data frame"):
            learner.query(other, 3)
    with pytest.raises(ValueError, match="must have the shape|features"):
        learner.query(as_array(X_pool[:, :3], 1), 3)


def test_a_series_of_texts():
    texts = pd.Series(["good film", "bad film", "nice", "awful", "a bad day"] * 20)
    model = make_pipeline(TfidfVectorizer(), LogisticRegression())
    learner = ActiveLearner(model, "margin", random_state=0).fit(texts[:8], [1, 0, 1, 0] * 2)
    for asked in (learner, ActiveLearner(model, random_state=0)):
        for n_parts in (1, 3):
            got = asked.query(dd.from_pandas(texts, npartitions=n_parts), 7)
            assert_array_equal(got, asked.query(texts, 7))


def test_an_explanation_reads_few_rows(data):
    X, y, X_pool = data
    learner = ActiveLearner(LogisticRegression(), random_state=0).fit(X, y)
    got = explain_query(learner, as_array(X_pool, 3), learner.select(as_array(X_pool, 3), 4))
    expected = explain_query(learner, X_pool, learner.select(X_pool, 4))
    pd.testing.assert_frame_equal(got, expected)


def test_what_stays_in_memory_says_so(data, tmp_path):
    X, y, X_pool = data
    pool = as_array(X_pool, 3)
    learner = ActiveLearner(LogisticRegression(), random_state=0).fit(X, y)
    for call in (
        lambda: learner.fit(pool, np.zeros(len(X_pool))),
        lambda: learner.teach(pool, np.zeros(len(X_pool))),
        lambda: LabelingSession(tmp_path / "a.skal", learner, X=pool),
        lambda: label_curve({"a": learner}, pool, np.zeros(len(X_pool))),
        lambda: QueryDisplay.from_learner(learner, pool, n=3),
    ):
        with pytest.raises((TypeError, ValueError), match=r"dask(.|\n)*compute\(\)"):
            call()


def test_default_strategies_for_numbers_and_several_labels():
    X = np.random.RandomState(0).normal(size=(200, 4))
    for model, y in ((Ridge(), X[:, 0]), (KNeighborsClassifier(), (X[:, :3] > 0).astype(int))):
        learner = ActiveLearner(model, random_state=0).fit(X[:20], y[:20])
        parts = da.from_array(X, chunks=(60, 4))
        expected = MaxHerding() if y.ndim == 1 else MultilabelUncertainty("margin", "mean")
        assert repr(learner.select(parts, 5).strategy) == repr(expected)
        in_memory = clone(learner).set_params(strategy=expected).fit(X[:20], y[:20])
        assert_array_equal(learner.query(parts, 5), in_memory.query(X, 5))
