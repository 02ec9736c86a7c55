"""Rows that learners and pools take in: columns, kinds, copies and masks."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse as sp
from fuzz.rows import Dataset
from numpy.testing import assert_array_equal
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import load_iris
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    BaggingClassifier,
    HistGradientBoostingClassifier,
)
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import SVC

from skal import ActiveLearner, Committee, Pool
from skal.committee import member_proba
from skal.inspection import explain_query
from skal.loss_prediction import LossPredictingClassifier
from skal.strategies import (
    BADGE,
    EPIG,
    ClusterMargin,
    CoreSet,
    DiverseMiniBatch,
    KMeansSampling,
)

X, Y = load_iris(return_X_y=True)
NAMES = np.array(["setosa", "versicolor", "virginica"])[Y]
SEEN = slice(None, None, 10)
LIBRARIES = [pd, pl]


def kind_name(value):
    return type(value).__name__


def frame_of(library, scales=(1, 10, 100, 1000)):
    """Return iris as a data frame whose columns have very different scales."""
    return library.DataFrame({name: X[:, i] * scales[i] for i, name in enumerate("abcd")})


def rows_at(frame, rows):
    return frame.iloc[rows] if hasattr(frame, "iloc") else frame[rows]


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize(
    "strategy",
    [CoreSet(), KMeansSampling(), DiverseMiniBatch(), ClusterMargin(), BADGE()],
    ids=repr,
)
@pytest.mark.parametrize(
    "model",
    [KNeighborsClassifier(), Committee(GaussianNB(), n_members=3, random_state=0)],
    ids=repr,
)
def test_columns_are_taken_by_name(library, strategy, model):
    frame = frame_of(library)
    learner = ActiveLearner(model, strategy, random_state=0).fit(frame[SEEN], Y[SEEN])
    expected = learner.query(frame, 6)
    more = frame.assign(e=0.0) if library is pd else frame.with_columns(e=pl.lit(0.0))
    assert_array_equal(learner.query(more[list("edcba")], 6), expected)
    assert_array_equal(learner.query(frame[list("bdac")], 6), expected)


@pytest.mark.parametrize("library", LIBRARIES)
def test_columns_are_taken_by_name_in_a_cold_start(library):
    frame = frame_of(library)
    learner = ActiveLearner(random_state=0).fit(frame[:3], Y[:3])
    assert_array_equal(learner.query(frame[list("dcba")], 5), learner.query(frame, 5))


def test_columns_are_taken_by_names_that_are_numbers():
    frame = pd.DataFrame(X * [1, 10, 100, 1000])
    learner = ActiveLearner(SVC(), CoreSet()).fit(frame[SEEN], Y[SEEN])
    assert_array_equal(learner.query(frame[[3, 2, 1, 0]], 5), learner.query(frame, 5))


@pytest.mark.parametrize("library", LIBRARIES)
def test_columns_are_taken_by_name_wherever_the_library_looks_into_X(library):
    frame = frame_of(library)
    turned = frame[list("dcba")]
    learner = ActiveLearner(SVC(), CoreSet()).fit(frame[SEEN], Y[SEEN])
    explained = [explain_query(learner, one, [3, 70, 120]) for one in (frame, turned)]
    pd.testing.assert_frame_equal(*explained)
    model = KNeighborsClassifier().fit(frame, Y)
    assert_array_equal(Pool(model, turned).embedding, Pool(model, frame).embedding)
    bagging = BaggingClassifier(GaussianNB(), max_features=2, random_state=0).fit(frame, Y)
    assert_array_equal(member_proba(bagging, turned), member_proba(bagging, frame))


@pytest.mark.parametrize("library", LIBRARIES)
def test_columns_are_those_of_the_labeled_samples_in_pools_of_arrays(library):
    frame = frame_of(library)
    labeled = Pool.from_arrays(frame[SEEN], y=Y[SEEN])
    expected = CoreSet().query(Pool.from_arrays(frame, labeled=labeled), 6)
    turned = frame[list("dcba")]
    assert_array_equal(CoreSet().query(Pool.from_arrays(turned, labeled=labeled), 6), expected)
    other = turned.rename(columns={"d": "e"}) if library is pd else turned.rename({"d": "e"})
    with pytest.raises(ValueError, match=r"columns of the labeled samples; missing: \['d'\]"):
        Pool.from_arrays(other, labeled=labeled)
    # With an embedding X is not measured, and a text may stand for a row.
    assert len(Pool.from_arrays(other, labeled=labeled, embedding=X)) == len(X)


class WithoutNames(GaussianNB):
    """A classifier that knows no names of columns."""

    def fit(self, X, y):
        return super().fit(np.asarray(X), y)

    def predict_proba(self, X):
        return super().predict_proba(np.asarray(X))


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("member", [GaussianNB(), WithoutNames()], ids=["names", "no names"])
def test_samples_beside_the_pool_have_its_columns(library, member):
    frame = frame_of(library)
    model = Committee(member, n_members=3)
    batches = [
        ActiveLearner(model, EPIG(target=target), random_state=0)
        .fit(frame[SEEN], Y[SEEN])
        .query(frame, 6)
        for target in (frame[:50], frame[list("dbca")][:50])
    ]
    assert_array_equal(*batches)
    model = clone(member).fit(frame, Y)
    turned = Pool(model, frame).with_rows(frame[list("dbca")])
    assert_array_equal(turned.proba, Pool(model, frame).proba)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize(
    "model",
    [
        ActiveLearner(WithoutNames()),
        ActiveLearner(make_pipeline(WithoutNames())),
        ActiveLearner([WithoutNames(), WithoutNames()]),
        Committee(WithoutNames(), n_members=2, random_state=0),
        LossPredictingClassifier(WithoutNames(), random_state=0),
    ],
    ids=kind_name,
)
def test_a_model_without_names_is_asked_about_columns_by_name(library, model):
    frame = frame_of(library)
    turned = frame[list("dbca")]
    model = clone(model).fit(frame, Y)
    for method in ("predict", "predict_proba", "predict_loss", "embed"):
        if hasattr(model, method):
            assert_array_equal(getattr(model, method)(turned), getattr(model, method)(frame))
    assert model.score(turned, Y) == model.score(frame, Y)
    with pytest.raises(ValueError, match=r"missing: \['b'\]"):
        model.predict(frame[list("acd")])


@pytest.mark.parametrize("strategy", [None, CoreSet(), BADGE(), ClusterMargin()], ids=repr)
def test_frames_of_sparse_columns_are_measured_as_sparse_rows(strategy):
    rows = sp.csr_matrix(np.floor(X - X.min(axis=0)))
    frame = pd.DataFrame.sparse.from_spmatrix(rows, columns=list("abcd"))
    batches = []
    for given in (frame, rows):
        learner = ActiveLearner(LogisticRegression(), strategy, random_state=0)
        learner.fit(given[SEEN], Y[SEEN])
        batches.append(learner.query(given, 6))
    assert_array_equal(*batches)
    assert_array_equal(
        CoreSet().query(Pool.from_arrays(frame), 6), CoreSet().query(Pool.from_arrays(rows), 6)
    )


def test_a_column_twice_has_no_place():
    frame = frame_of(pd)
    learner = ActiveLearner(SVC(), CoreSet()).fit(frame[SEEN], Y[SEEN])
    with pytest.raises(ValueError, match="distinct columns"):
        learner.query(frame[list("abcdd")])


TEXTS = ["cheap loans", "win money now", "lunch on friday", "team meeting"]
IMAGES = X.reshape(-1, 2, 2)


def of_texts():
    return ActiveLearner(make_pipeline(TfidfVectorizer(), MultinomialNB())).fit(
        TEXTS, list("sshh")
    )


@pytest.mark.parametrize("method", ["query", "pool", "predict", "predict_proba", "teach"])
@pytest.mark.parametrize(
    "other",
    [
        pd.DataFrame({"cheap": [1, 2], "meeting": [3, 4]}),
        pl.DataFrame({"cheap": [1, 2], "meeting": [3, 4]}),
        X,
        sp.csr_matrix(X),
        [[1, 2], [3, 4]],
        np.array(TEXTS)[:, None],
        [{"cheap": 1}],
        [1.0, 2.0],
        "cheap loans",
        {"cheap": [1]},
        {"cheap", "loans"},
    ],
    ids=lambda other: type(other).__name__,
)
def test_texts_are_not_mixed_with_other_rows(method, other):
    learner = of_texts()
    y = ["s"] * (other.shape[0] if hasattr(other, "shape") else len(other))
    with pytest.raises(ValueError, match="same kind|one row for each sample|must have the shape"):
        getattr(learner, method)(*((other, y) if method == "teach" else (other,)))
    assert len(learner.y_labeled_) == 4


@pytest.mark.parametrize("texts", [tuple(TEXTS), np.array(TEXTS), pd.Series(TEXTS)])
def test_texts_come_in_many_containers(texts):
    learner = of_texts()
    assert_array_equal(learner.query(texts, 2), learner.query(TEXTS, 2))
    assert len(learner.teach(texts, list("sshh")).X_labeled_) == 8


@pytest.mark.parametrize("strategy", [None, CoreSet()])
@pytest.mark.parametrize("other", [sp.csr_matrix(X), IMAGES, X[:, :3], X[0], TEXTS])
def test_what_cannot_be_taught_cannot_be_queried(strategy, other):
    learner = ActiveLearner(LogisticRegression(max_iter=500), strategy).fit(X, Y)
    for call in (learner.query, learner.pool, lambda rows: learner.teach(rows, Y[: len(rows)])):
        with pytest.raises((ValueError, TypeError), match="same kind|shape|features"):
            call(other)


@pytest.mark.parametrize("method", ["query", "pool", "teach"])
@pytest.mark.parametrize(
    "other, kind",
    [
        (np.full((2, 4), np.datetime64("2020-01-01")), "dates"),
        (np.full((2, 4), np.timedelta64(3, "D")), "durations"),
        (X[:2].astype(str), "text"),
    ],
    ids=["dates", "durations", "text"],
)
def test_values_of_arrays_are_of_one_kind(method, other, kind):
    learner = ActiveLearner(LogisticRegression(max_iter=500)).fit(X[SEEN], Y[SEEN])
    given = (other, Y[:2]) if method == "teach" else (other,)
    with pytest.raises(ValueError, match=f"X must be .* of numbers, got ndarray of {kind}"):
        getattr(learner, method)(*given)
    assert len(learner.y_labeled_) == 15


@pytest.mark.parametrize("of_list", [list, lambda rows: [rows[0], rows[1] + [0.0]]])
def test_lists_of_other_shapes_do_not_follow_arrays(of_list):
    learner = ActiveLearner(make_pipeline(FunctionTransformer(flat), GaussianNB()))
    learner.fit(X[SEEN].reshape(15, 2, 2), Y[SEEN])
    other = of_list([[[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]], [[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]]])
    with pytest.raises(ValueError, match="X must have (the shape|entries of one shape)"):
        learner.teach(other, Y[:2])


def flat(rows):
    return np.asarray(rows).reshape(len(rows), -1)


def test_parameters_of_fit_are_named_where_they_cannot_be_joined():
    learner = ActiveLearner(LogisticRegression(max_iter=500))
    learner.fit(X[SEEN], Y[SEEN], sample_weight=np.ones(15))
    with pytest.raises(ValueError, match="sample_weight must be of the same kind .* of text"):
        learner.teach(X[:2], Y[:2], sample_weight=["heavy", "light"])


@pytest.mark.parametrize("learner", [ActiveLearner(), Committee(), LossPredictingClassifier()])
@pytest.mark.parametrize("rows", [X, list(X), pd.DataFrame(X), sp.csr_matrix(X)], ids=kind_name)
def test_lengths_that_differ_are_told_with_their_names(learner, rows):
    with pytest.raises(ValueError, match="X and y .* numbers of samples: X has 150 and y has 149"):
        learner.fit(rows, Y[1:])


def test_lists_of_different_lengths_are_not_numbers():
    ragged = [[1.0], [1.0, 2.0], [3.0]]
    with pytest.warns(UserWarning, match="distances .* cannot be measured"):
        positions = ActiveLearner(random_state=0).query(ragged, n=2)
    assert len(set(positions)) == 2
    with pytest.raises(ValueError, match="embedding must be numeric"):
        Pool.from_arrays(embedding=ragged)


@pytest.mark.parametrize(
    "rows",
    [np.ones((5, 0)), sp.csr_matrix((5, 0)), np.ones((5, 2, 0)), pd.DataFrame(index=range(5))],
)
def test_rows_without_columns_have_no_distances(rows):
    with pytest.raises(ValueError, match=r"^X must have columns.* 0 feature\(s\) \(shape=\(5, "):
        ActiveLearner().query(rows)
    with pytest.raises(ValueError, match="^embedding must have columns"):
        Pool.from_arrays(embedding=rows)


class OnlyLong:
    """Has a length, but no rows."""

    def __len__(self):
        return 15


@pytest.mark.parametrize("rows", [np.array(3), memoryview(X), OnlyLong()], ids=kind_name)
@pytest.mark.parametrize("known", [X[SEEN], TEXTS * 4])
def test_what_has_no_rows_is_refused_everywhere(known, rows):
    fitted = ActiveLearner(MultinomialNB()).fit(known, ["spam"] * len(known))
    unfitted = ActiveLearner(MultinomialNB())
    for call in (
        fitted.predict,
        fitted.query,
        lambda rows: fitted.teach(rows, ["spam"] * 15),
        lambda rows: fitted.score(rows, ["spam"] * 15),
        lambda rows: unfitted.fit(rows, ["spam"] * 15),
        unfitted.query,
        Pool.from_arrays,
    ):
        with pytest.raises(ValueError, match="must hold one row for each sample.*got"):
            call(rows)


def test_no_rows_are_predicted_as_nothing_while_one_class_is_labeled():
    learner = ActiveLearner().fit(X[:4], ["spam"] * 4)
    assert learner.predict([]).shape == learner.predict(X[:0]).shape == (0,)
    with pytest.raises(ValueError, match="X has 4 and y has 3"):
        learner.score(X[:4], ["spam"] * 3)


def test_types_that_cannot_be_joined_are_named():
    learner = ActiveLearner().fit(X[:4], ["spam"] * 4)
    with pytest.raises(ValueError, match="X must be of a type that can follow float64"):
        learner.teach(np.zeros((2, 4), dtype="V8"), ["spam"] * 2)


@pytest.mark.parametrize(
    "weights, words",
    [
        (np.ones((15, 2)), r"must have shape \(n_samples,\), got shape \(15, 2\)"),
        (sp.csr_matrix(np.ones((15, 1))), "must be an array of numbers"),
        ([{}] * 15, "must be an array of numbers"),
        ([[1.0], [1.0, 2.0]] + [[1.0]] * 13, "must be an array of numbers"),
    ],
)
def test_weights_are_one_number_for_each_sample(weights, words):
    with pytest.raises(ValueError, match=f"sample_weight {words}"):
        ActiveLearner().fit(X[SEEN], Y[SEEN], sample_weight=weights)


def test_a_weight_for_all_samples_is_left_to_the_estimator():
    learner = ActiveLearner(Patient()).fit(X[SEEN], Y[SEEN], sample_weight=np.array(2.0))
    assert learner.teach(X[:2], Y[:2], sample_weight=np.array(3.0)).estimator_.weight_ == 3


class Patient(ClassifierMixin, BaseEstimator):
    """Can be fitted on nothing."""

    def fit(self, X, y, sample_weight=None):
        self.weight_ = sample_weight
        self.classes_ = np.array(["a", "b"])
        return self

    def predict(self, X):
        return np.repeat("a", len(X))


def test_no_texts_have_no_columns():
    none = np.array([], dtype=str)
    assert not hasattr(ActiveLearner(Patient()).fit([], none), "n_features_in_")
    with pytest.raises(ValueError, match="empty vocabulary"):
        Committee(make_pipeline(TfidfVectorizer(), MultinomialNB())).fit([], none)


def test_columns_that_cannot_be_remembered_leave_a_learner_unfitted():
    learner = ActiveLearner()
    with pytest.raises(TypeError, match="string"):
        learner.fit(pd.DataFrame(X[:4, :2], columns=["a", 0]), ["spam"] * 4)
    assert vars(learner) == vars(ActiveLearner())


@pytest.mark.parametrize("method", ["predict", "predict_proba", "query", "pool"])
@pytest.mark.parametrize(
    "known, other",
    [
        (Dataset(X[:4]), TEXTS),
        (Dataset(X[:4]), np.array(TEXTS)),
        (Dataset([(row, 0) for row in X[:4]]), TEXTS),
        (TEXTS, Dataset(X[:4])),
        (np.array(TEXTS, dtype=object), Dataset(X[:4])),
    ],
)
def test_texts_and_datasets_of_others_are_not_mixed_while_one_class_is_labeled(
    method, known, other
):
    learner = ActiveLearner(MultinomialNB()).fit(known, ["spam"] * 4)
    with pytest.raises(ValueError, match="X must be of the same kind"):
        getattr(learner, method)(other)


@pytest.mark.parametrize(
    "known, other",
    [
        (Dataset(TEXTS), TEXTS),
        (TEXTS, Dataset([(text, 0) for text in TEXTS])),
        (Dataset(X[:4]), X[:4]),
        (X[:4], Dataset(X[:4])),
    ],
)
def test_datasets_of_the_same_samples_are_left_to_the_estimator(known, other):
    learner = ActiveLearner(MultinomialNB()).fit(known, ["spam"] * 4)
    assert learner.predict(other).tolist() == ["spam"] * 4


def test_images_are_not_mixed_with_their_flat_rows():
    flat = make_pipeline(Flatten(), GaussianNB())
    learner = ActiveLearner(flat, CoreSet()).fit(IMAGES, Y)
    for call in (learner.query, learner.predict):
        with pytest.raises(ValueError, match=r"\(n_samples, 2, 2\), got an array of shape"):
            call(X)
    with pytest.raises(ValueError, match="single sample"):
        learner.query(IMAGES[0])


class Flatten(BaseEstimator):
    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return np.asarray(X).reshape(len(X), -1)

    def __sklearn_is_fitted__(self):
        return True


@pytest.mark.parametrize("library", LIBRARIES)
def test_one_row_is_not_a_table(library):
    frame = frame_of(library)
    learner = ActiveLearner(GaussianNB()).fit(frame, Y)
    row = frame.iloc[3] if library is pd else frame.row(3)
    for y in (0, [0]):
        with pytest.raises(ValueError, match=r"iloc\[\[i\]\]"):
            learner.teach(row, y)
    arrays = ActiveLearner(GaussianNB()).fit(X, Y)
    for call in (lambda: arrays.teach(X[0], [0]), lambda: arrays.teach(X[:1], 0)):
        with pytest.raises(ValueError, match=r"reshape\(1, -1\)"):
            call()
    with pytest.raises(ValueError, match=r"reshape\(1, -1\)"):
        ActiveLearner().fit(X[0], 0)
    assert len(learner.teach(rows_at(frame, [3]), [0]).y_labeled_) == 151


def spoil_array(rows):
    rows[:] = 0


def spoil_polars(rows):
    for name in rows.columns:
        rows[list(range(len(rows))), name] = 0.0


GIVEN = {
    "array": (np.array, spoil_array),
    "fortran": (np.asfortranarray, spoil_array),
    "lists": (lambda rows: rows.tolist(), lambda rows: [spoil_list(row) for row in rows]),
    "list of arrays": (list, lambda rows: [spoil_array(row) for row in rows]),
    "pandas": (pd.DataFrame, lambda rows: rows.__setitem__(list(rows.columns), 0.0)),
    "polars": (lambda rows: pl.DataFrame(rows.copy()), spoil_polars),
    "csr": (sp.csr_matrix, lambda rows: spoil_array(rows.data)),
}


def spoil_list(row):
    row[:] = [0.0] * len(row)


@pytest.mark.parametrize("kind", GIVEN)
def test_what_was_given_is_what_was_learned(kind):
    given, spoil = GIVEN[kind]
    rows, y, later = given(X[SEEN].copy()), Y[SEEN].copy(), given(X.copy())
    learner = ActiveLearner(KNeighborsClassifier(1), CoreSet(), random_state=0).fit(rows, y)
    twin = ActiveLearner(KNeighborsClassifier(1), CoreSet(), random_state=0)
    twin.fit(given(X[SEEN].copy()), Y[SEEN])
    spoil(rows)
    y[:] = 0
    assert_array_equal(learner.predict(later), twin.predict(later))
    assert_array_equal(learner.query(later, 5), twin.query(later, 5))
    new, y_new = given(X[4::10].copy()), Y[4::10].tolist()
    learner.teach(new, y_new)
    spoil(new)
    y_new[:] = [0] * len(y_new)
    twin.teach(given(X[4::10].copy()), Y[4::10])
    learner.teach(given(X[:2].copy()), Y[:2])
    twin.teach(given(X[:2].copy()), Y[:2])
    assert_array_equal(learner.predict(later), twin.predict(later))
    assert_array_equal(learner.y_labeled_, twin.y_labeled_)


def test_cells_that_are_lists_are_copied():
    tokens = [["cheap", "loans"], ["team", "meeting"]]
    frame = pd.DataFrame({"tokens": pd.Series([list(one) for one in tokens], dtype=object)})
    objects = np.empty((2, 1), dtype=object)
    objects[:, 0] = [list(one) for one in tokens]
    for rows, cells in ((frame, frame["tokens"]), (objects, objects[:, 0])):
        learner = ActiveLearner(DummyClassifier()).fit(rows, [0, 1])
        for cell in cells:
            cell.append("more")
        kept = learner.X_labeled_
        assert np.asarray(kept)[:, 0].tolist() == tokens


def test_weights_and_other_parameters_are_copied():
    weights = np.r_[np.ones(7), np.zeros(8)]
    learner = ActiveLearner(LogisticRegression(max_iter=500))
    learner.fit(X[SEEN], Y[SEEN], sample_weight=weights)
    weights[:] = 1
    learner.teach(X[:2], Y[:2])
    twin = clone(learner).fit(X[SEEN], Y[SEEN], sample_weight=np.r_[np.ones(7), np.zeros(8)])
    assert_array_equal(learner.predict(X), twin.teach(X[:2], Y[:2]).predict(X))


def test_the_pool_is_not_copied():
    learner = ActiveLearner(GaussianNB()).fit(X, Y)
    assert learner.pool(X).X is X
    frame = frame_of(pd)
    assert learner.fit(frame, Y).pool(frame).X is frame


def masked_iris():
    masked = np.ma.array(X.copy())
    masked[3, 1] = masked[70, 2] = np.ma.masked
    masked.data[[3, 70], [1, 2]] = 1e6  # what lies behind the mask must not be read
    return masked


CALLS = {
    "fit": lambda learner, rows: learner.fit(rows, Y).predict(X),
    "teach": lambda learner, rows: learner.fit(X, Y).teach(rows, Y).predict(X),
    "query": lambda learner, rows: learner.fit(X, Y).query(rows, 5),
    "predict": lambda learner, rows: learner.fit(X, Y).predict(rows),
    "score": lambda learner, rows: learner.fit(X, Y).score(rows, Y),
    "pool": lambda learner, rows: learner.fit(X, Y).pool(rows).proba,
    "Pool": lambda learner, rows: Pool(learner.fit(X, Y).estimator_, rows).proba,
}


@pytest.mark.parametrize("call", CALLS)
def test_masked_values_are_missing(call):
    as_nan = masked_iris().filled(np.nan)
    learner = ActiveLearner(HistGradientBoostingClassifier(min_samples_leaf=1), random_state=0)
    assert_array_equal(CALLS[call](learner, masked_iris()), CALLS[call](learner, as_nan))
    with pytest.raises(ValueError, match="NaN"):
        CALLS[call](ActiveLearner(LogisticRegression(max_iter=500)), masked_iris())


@pytest.mark.parametrize("call", CALLS)
def test_a_mask_of_nothing_is_no_mask(call):
    learner = ActiveLearner(GaussianNB(), random_state=0)
    assert_array_equal(CALLS[call](learner, np.ma.array(X)), CALLS[call](learner, X))


def test_masks_that_cannot_be_filled_are_refused():
    learner = ActiveLearner(GaussianNB()).fit(X, Y)
    half = np.ma.array(np.ones(150), mask=np.arange(150) == 4)
    with pytest.raises(ValueError, match="prices .*row 4 is masked"):
        learner.query(X, prices=half)
    with pytest.raises(ValueError, match="sample_weight .*row 4 is masked"):
        learner.fit(X, Y, sample_weight=half)
    with pytest.raises(ValueError, match="some are masked arrays.*numpy.ma.stack"):
        learner.query(list(masked_iris()))
    with pytest.raises(ValueError, match="masked values of type <U1"):
        learner.fit(np.ma.array([["a"], ["b"]], mask=[[0], [1]]), [0, 1])
    proba = np.ma.array([[0.5, 0.5], [1.0, 0.0]], mask=[[True, False], [False, False]])
    with pytest.raises(ValueError, match="proba .*row 0 is masked"):
        Pool.from_arrays(proba=proba)
    with pytest.raises(ValueError, match="row 3 holds NaN"):
        CoreSet().query(Pool.from_arrays(masked_iris()))
    with pytest.warns(UserWarning, match="at random"):
        ActiveLearner(random_state=0).query(masked_iris())
