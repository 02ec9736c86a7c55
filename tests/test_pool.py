import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn import config_context
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_digits
from sklearn.ensemble import (
    RandomForestClassifier,
    RandomForestRegressor,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.frozen import FrozenEstimator
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, WhiteKernel
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR, LinearSVC, NuSVR

from skal import ActiveLearner, Committee, Pool
from skal.embeddings import KernelEmbedding
from skal.loss_prediction import LossPredictingClassifier
from skal.pool import OUTPUTS, MissingOutputError, Output, add_output
from skal.strategies import (
    CoreSet,
    GreedyX,
    QueryByCommittee,
    RandomSampling,
    ScoreStrategy,
    SimpleMargin,
    UncertaintySampling,
)
from skal.testing import check_strategy


class Everything(ClassifierMixin, BaseEstimator):
    """A model that offers what a network might."""

    members_consistent = False

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def predict_proba(self, X):
        return self.member_proba(X).mean(axis=0)

    def member_proba(self, X):
        p = 1 / (1 + np.exp(-X[:, :1]))
        member = np.hstack([p, 1 - p])
        return np.stack([member, member[:, ::-1]])

    def embed(self, X):
        return 2 * X

    def predict_loss(self, X):
        return X[:, 0]


def test_outputs_are_the_models(iris):
    X, y, X_pool, _ = iris
    model = LogisticRegression(max_iter=500).fit(X, y)
    pool = Pool(model, X_pool)
    assert len(pool) == len(X_pool)
    assert_allclose(pool.proba, model.predict_proba(X_pool))
    assert_allclose(pool.decision, model.decision_function(X_pool))
    assert_array_equal(pool.embedding, X_pool)
    assert_array_equal(pool.classes, model.classes_)
    assert pool.members_consistent


def test_a_model_may_offer_more(iris):
    X, y, X_pool, _ = iris
    for model in (Everything(), make_pipeline(Everything()), FrozenEstimator(Everything())):
        pool = Pool(model.fit(X, y > 0) if not hasattr(model, "estimator") else model, X_pool)
        if hasattr(model, "estimator"):
            model.estimator.fit(X, y > 0)
        assert_array_equal(pool.embedding, 2 * X_pool)
        assert_array_equal(pool.predicted_loss, X_pool[:, 0])
        assert pool.member_proba.shape == (2, len(X_pool), 2)
        assert not pool.members_consistent


def test_transformers_stand_before_what_a_model_offers(iris):
    X, y, X_pool, _ = iris
    pipe = make_pipeline(StandardScaler(), Everything()).fit(X, y > 0)
    scaled = pipe[0].transform(X_pool)
    pool = Pool(pipe, X_pool)
    assert_allclose(pool.embedding, 2 * scaled)
    assert_allclose(pool.predicted_loss, scaled[:, 0])
    assert_allclose(pool.member_proba, pipe[-1].member_proba(scaled))


def test_embedding_is_the_space_behind_the_transformers(iris):
    X, y, X_pool, _ = iris
    scaled = StandardScaler().fit(X).transform(X_pool)
    pipe = make_pipeline(StandardScaler(), SVC())
    search = GridSearchCV(pipe, {"svc__C": [1, 10]}, cv=2)
    for model in (
        pipe.fit(X, y),
        search.fit(X, y),
        FrozenEstimator(pipe),
        Committee(FrozenEstimator(pipe), n_members=2).fit(X, y),
        make_pipeline(StandardScaler(), make_pipeline(SVC())).fit(X, y),
        VotingClassifier([("a", pipe), ("b", GaussianNB())]).fit(X, y),
        StackingClassifier([("a", pipe), ("b", GaussianNB())], cv=2).fit(X, y),
    ):
        assert_allclose(Pool(model, X_pool).embedding, scaled)
    calibrated = CalibratedClassifierCV(FrozenEstimator(pipe), cv=2).fit(X, y)
    assert_allclose(Pool(calibrated, X_pool).embedding, scaled)


def test_text_without_a_transformer_has_no_embedding():
    texts = ["one fish", "two fish", "red fish", "blue fish"]
    pipe = make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(texts, [0, 0, 1, 1])
    pool = Pool(pipe, texts)
    assert sp.issparse(pool.embedding) and pool.embedding.shape[0] == 4
    assert pool.take([2, 0]).embedding.toarray().tolist() == [
        pool.embedding.toarray()[i].tolist() for i in (2, 0)
    ]
    with pytest.raises(MissingOutputError, match="CoreSet reads `pool.embedding`.*Pipeline"):
        CoreSet().query(Pool.from_arrays(texts))


def test_images_are_flattened(iris):
    X, y, X_pool, _ = iris
    pool = Pool(Everything().fit(X, y), X_pool)
    images = Pool.from_arrays(X_pool.reshape(-1, 2, 2))
    assert_array_equal(images.embedding, X_pool)
    assert pool.embedding.shape == X_pool.shape


def test_outputs_are_computed_once_however_strategies_are_combined(iris, counting):
    X, y, X_pool, _ = iris
    pool = Pool(counting.fit(X, y), X_pool)
    UncertaintySampling("margin").query(pool, 3)
    UncertaintySampling("entropy").query(pool.take(np.arange(50)), 3)
    few = pool.take(np.arange(0, 100, 3))
    UncertaintySampling("least_confidence").query(few.take([1, 2, 3]), 1)
    assert counting.counts_ == {"predict_proba": len(X_pool)}


def test_views_first_and_the_whole_after_ask_for_each_row_once(iris, counting):
    X, y, X_pool, _ = iris
    pool = Pool(counting.fit(X, y), X_pool)
    expected = counting.model_.predict_proba(X_pool)
    rows = [70, 3, 3, 15]
    assert_allclose(pool.take(rows).proba, expected[rows])
    assert_allclose(pool.take([15, 99]).proba, expected[[15, 99]])
    assert_allclose(pool.take(np.arange(len(X_pool)) % 2 == 0).proba, expected[::2])
    assert_allclose(pool.proba, expected)
    assert_allclose(pool.take(rows).take([1, 0]).proba, expected[[3, 70]])
    assert counting.counts_ == {"predict_proba": len(X_pool)}


def test_members_are_remembered_along_their_own_axis(iris):
    X, y, X_pool, _ = iris
    forest = RandomForestClassifier(n_estimators=5, random_state=0).fit(X, y)
    pool = Pool(forest, X_pool)
    part = pool.take([5, 1]).member_proba
    assert part.shape == (5, 2, 3)
    assert_array_equal(part, pool.member_proba[:, [5, 1]])
    assert_array_equal(pool.member_votes, pool.member_proba.argmax(axis=2))
    assert_array_equal(pool.take([5, 1]).member_votes, part.argmax(axis=2))


@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize("working_memory", [0.0001, 0.002, 1024])
def test_chunks_and_jobs_do_not_change_the_answer(iris, n_jobs, working_memory):
    X, y, X_pool, _ = iris
    forest = RandomForestClassifier(n_estimators=5, random_state=0).fit(X, y)
    svc = make_pipeline(StandardScaler(), SVC()).fit(X, y)
    with config_context(working_memory=working_memory):
        pool = Pool(forest, X_pool, n_jobs=n_jobs)
        assert_allclose(pool.proba, forest.predict_proba(X_pool))
        members = np.stack([tree.predict_proba(X_pool) for tree in forest.estimators_])
        votes = QueryByCommittee("vote_entropy").score_samples(Pool(forest, X_pool))
        kl = QueryByCommittee("kl").score_samples(Pool(forest, X_pool))
        assert_allclose(pool.member_proba, members)
        assert_array_equal(Pool(forest, X_pool).member_votes, members.argmax(axis=2))
        decision = Pool(svc, X_pool, n_jobs=n_jobs).decision
        texts = [str(row) for row in X_pool]
        reader = make_pipeline(TfidfVectorizer(analyzer="char"), SVC())
        words = Pool(reader.fit(texts, X_pool[:, 0] > 6), texts)
        assert words.embedding.shape[0] == len(texts)
    given = Pool.from_arrays(member_proba=members)
    assert_allclose(votes, QueryByCommittee("vote_entropy").score_samples(given))
    assert_allclose(kl, QueryByCommittee("kl").score_samples(given))
    assert_allclose(decision, Pool(svc, X_pool).decision)


def test_members_beyond_working_memory_are_not_kept(iris):
    X, y, X_pool, _ = iris
    pool = Pool(RandomForestClassifier(n_estimators=5).fit(X, y), X_pool)
    sizes = []
    with config_context(working_memory=0.001):
        pool.map(lambda members: sizes.append(members.nbytes) or members[0, :, 0], "member_proba")
    assert sum(sizes) >= pool.member_proba.nbytes and len(sizes) > 5


def test_svc_shows_its_one_vs_one_values(iris):
    X, y, X_pool, _ = iris
    svc = SVC(decision_function_shape="ovr", break_ties=True).fit(X, y)
    pool = Pool(svc, X_pool)
    assert pool.decision_kind == "ovo"
    ovo = SVC(decision_function_shape="ovo").fit(X, y)
    assert_allclose(pool.decision, ovo.decision_function(X_pool))
    assert svc.decision_function_shape == "ovr" and svc.break_ties  # the model is left alone
    binary = Pool(SVC().fit(X, y > 0), X_pool)
    assert binary.decision_kind == "ovr" and binary.decision.shape == (len(X_pool),)


def test_outputs_cannot_be_written_to(iris):
    X, y, X_pool, _ = iris
    proba = np.full((3, 2), 0.5)
    for pool in (Pool(GaussianNB().fit(X, y), X_pool), Pool.from_arrays(proba=proba)):
        for view in (pool, pool.take([0, 1])):
            with pytest.raises(ValueError, match="read-only"):
                view.proba[0, 0] = 2
    proba[0, 0] = 0.25  # the caller's own array stays the caller's


@pytest.mark.parametrize(
    "name", ["proba", "decision", "member_proba", "member_votes", "predicted_loss", "X", "y"]
)
def test_what_was_not_given_is_named(name):
    pool = Pool.from_arrays(embedding=[[0.0], [1.0]])
    with pytest.raises(MissingOutputError, match=f"reads `pool.{name}`"):
        getattr(pool, name)
    assert not hasattr(pool, name)  # so that duck typing works


@pytest.mark.parametrize(
    "arrays, words",
    [
        ({}, "at least one array"),
        ({"proba": [[0.5, 0.6]]}, r"(?i)row 0"),
        ({"proba": [[0.5, 0.5], [np.nan, 1]]}, r"(?i)row 1"),
        ({"member_proba": [[[0.5, 0.5], [-0.1, 1.1]]]}, r"(?i)row 1"),
        ({"proba": [[0.5, 0.5]], "X": [[1], [2]]}, "same number of samples"),
        ({"proba": [[0.5, 0.5]], "classes": ["a", "b", "c"]}, "3 classes"),
        ({"decision": [[0.1], [np.nan]]}, "row 1"),
        ({"decision": np.zeros((2, 2, 2))}, "dimensions"),
        ({"predicted_loss": [[0.1]]}, "dimensions"),
        ({"embedding": ["a", "b"]}, "embedding must be numeric"),
        ({"decision": [0.1], "decision_kind": "both"}, "decision_kind"),
    ],
)
def test_wrong_arrays_are_refused(arrays, words):
    with pytest.raises(ValueError, match=words):
        Pool.from_arrays(**arrays)


def test_probabilities_of_a_model_are_checked(iris):
    class Broken(GaussianNB):
        def predict_proba(self, X):
            proba = super().predict_proba(X)
            proba[7, 0] = np.nan
            return proba

    X, y, X_pool, _ = iris
    with pytest.raises(ValueError, match=r"Broken.*(?i:row) 7"):
        ActiveLearner(Broken()).fit(X, y).query(X_pool)


def test_decision_kind_is_read_off_only_where_it_is_certain():
    six = np.zeros((5, 6))
    assert Pool.from_arrays(decision=six, classes=range(4)).decision_kind == "ovo"
    assert Pool.from_arrays(decision=six, classes=range(6)).decision_kind == "ovr"
    assert Pool.from_arrays(decision=six[:, :3], classes=range(3)).decision_kind == "ovr"
    both = Pool.from_arrays(decision=six[:, :3], classes=range(3), decision_kind="ovo")
    assert both.decision_kind == "ovo"


def test_predicted_classes_are_the_models(iris):
    X, y, X_pool, _ = iris
    names = np.array(["b", "a", "c"])[y]
    for model in (SVC(), LinearSVC(), GaussianNB(), make_pipeline(StandardScaler(), SVC())):
        pool = Pool(model.fit(X, names), X_pool)
        assert_array_equal(pool.classes[pool.predicted], model.predict(X_pool))
    for model in (SVC(), LinearSVC(), SVC(decision_function_shape="ovo")):
        for labels in (names, names == "a"):
            pool = Pool(model.fit(X, labels), X_pool)
            given = Pool.from_arrays(
                decision=pool.decision, decision_kind=pool.decision_kind, classes=pool.classes
            )
            assert_array_equal(given.predicted, pool.predicted)
    with pytest.raises(MissingOutputError, match="predicted"):
        Pool.from_arrays(X_pool).predicted


def test_the_kernel_of_a_fitted_svc(iris):
    X, y, X_pool, _ = iris
    pipe = make_pipeline(StandardScaler(), SVC(gamma="scale", kernel="rbf")).fit(X, y)
    pool = Pool(pipe, X_pool)
    rows = pool.embedding
    gamma = 1 / (4 * pipe[0].transform(X).var())
    squares = ((rows[:3, None] - rows[None, :5]) ** 2).sum(axis=2)
    assert_allclose(pool.svm_kernel(rows[:3], rows[:5]), np.exp(-gamma * squares))
    own = SVC(kernel=np.inner).fit(X, y)
    assert Pool(own, X_pool).svm_kernel is np.inner
    precomputed = SVC(kernel="precomputed").fit(X @ X.T, y)
    assert Pool(precomputed, X_pool @ X.T).svm_kernel == "precomputed"
    with pytest.raises(MissingOutputError, match="svm_kernel.*Use a SVC, NuSVC, SVR"):
        Pool(GaussianNB().fit(X, y), X_pool).svm_kernel


def test_the_kernel_of_fitted_regressors(iris):
    X, y, X_pool, _ = iris
    A, B = X_pool[:3], X_pool[:5]

    def kernel_of(model):
        return Pool(model.fit(X, y.astype(float)), X_pool).svm_kernel

    gamma = 1 / (4 * X.var())
    for model in (SVR(), NuSVR()):
        assert_allclose(kernel_of(model)(A, B), rbf_kernel(A, B, gamma=gamma))
    poly = KernelRidge(kernel="poly", degree=2, coef0=3, gamma=0.5)
    assert_allclose(kernel_of(poly)(A, B), (0.5 * A @ B.T + 3) ** 2)
    # This regressor calls a function with two samples.
    ridge = KernelRidge(kernel=lambda a, b, power=1: (a @ b) ** power, kernel_params={"power": 2})
    assert_allclose(kernel_of(ridge)(A, B), (A @ B.T) ** 2)
    assert kernel_of(SVR(kernel=np.inner)) is np.inner
    process = GaussianProcessRegressor(RBF(1.5) + WhiteKernel(0.1), optimizer=None)
    assert_allclose(kernel_of(process)(A, B), rbf_kernel(A, B, gamma=1 / (2 * 1.5**2)))
    for other in (Ridge(), RandomForestRegressor(2)):
        assert not Pool(other.fit(X, y), X_pool).has("svm_kernel")


@pytest.mark.parametrize("model", [SVR(gamma=0.5), KernelRidge(kernel="rbf", gamma=0.5)])
def test_a_regressor_gives_its_kernel_to_a_strategy(iris, model):
    X, y, X_pool, _ = iris
    named = KernelEmbedding("rbf", gamma=0.5)
    batches = [
        ActiveLearner(model, GreedyX(embedding), random_state=0).fit(X, y).query(X_pool, n=6)
        for embedding in (KernelEmbedding(), named)
    ]
    assert_array_equal(*batches)


def test_labeled_samples(iris):
    X, y, X_pool, _ = iris
    pool = ActiveLearner(GaussianNB()).fit(X, y).pool(X_pool)
    assert_array_equal(pool.labeled.y, y)
    assert_array_equal(pool.labeled.X, X)
    assert pool.labeled.proba.shape == (20, 3)
    assert_array_equal(pool.labeled.take([3, 1]).y, y[[3, 1]])
    assert len(Pool.from_arrays(X_pool).labeled) == 0


def test_one_stream_for_a_query_however_deep(iris):
    pool = Pool.from_arrays(np.zeros((4, 1)), random_state=0)
    asked = pool.asked_by(CoreSet())
    assert asked.take([1]).asked_by(CoreSet()).random_state is asked.random_state
    assert pool.asked_by(CoreSet()).random_state is not asked.random_state


def test_frames_and_lists_keep_their_kind(iris):
    import pandas as pd

    X, y, X_pool, _ = iris
    frame = pd.DataFrame(X_pool, columns=list("abcd"))
    view = Pool.from_arrays(frame).take([4, 2])
    assert isinstance(view.X, pd.DataFrame) and view.X["a"].tolist() == X_pool[[4, 2], 0].tolist()
    assert Pool.from_arrays(["x", "y", "z"]).take([2, 0]).X == ["z", "x"]


def test_pools_pickle(iris):
    X, y, X_pool, _ = iris
    pool = ActiveLearner(GaussianNB()).fit(X, y).pool(X_pool)
    assert_array_equal(pickle.loads(pickle.dumps(pool)).proba, pool.proba)
    assert "129 samples, 20 labeled" in repr(pool)


@pytest.mark.parametrize("n_classes", [1, 2, 3, 16, 17, 40])
def test_votes_are_the_first_most_probable_class(n_classes):
    rng = np.random.RandomState(n_classes)
    # Coarse weights, so that many classes tie for the first place.
    weights = rng.randint(1, 4, size=(3, 5000, n_classes)).astype(float)
    members = weights / weights.sum(axis=2, keepdims=True)
    votes = Pool.from_arrays(member_proba=members).member_votes
    assert_array_equal(votes, members.argmax(axis=2))
    assert votes.dtype.kind == "i"


@pytest.mark.parametrize("seen", [[0], [4, 1, 7], [0, 1, 2], [9], list(range(10))[::-1]])
def test_rows_asked_for_one_by_one_complete_the_whole(seen):
    X = np.random.RandomState(0).normal(size=(10, 2))
    forest = RandomForestClassifier(4, random_state=0).fit(X, np.arange(10) % 3)
    pool = Pool(forest, X)
    for name in ("proba", "member_proba"):
        getattr(pool.take(seen), name)
        assert_array_equal(getattr(pool, name), getattr(Pool(forest, X), name))


class LeastFamiliar(ScoreStrategy):
    def score_samples(self, pool):
        return -pool.familiarity


def test_an_output_from_outside_is_an_output_like_any_other(monkeypatch, iris):
    X, y, X_pool, _ = iris
    monkeypatch.setitem(OUTPUTS, "familiarity", None)  # the table is put back after the test
    del OUTPUTS["familiarity"]
    add_output(
        Output(
            "familiarity",
            kind="ndarray of shape (n_samples,)",
            summary="How much the model has seen of samples like this one.",
            way_out="Use a model with a method familiarity(X).",
            method="familiarity",
            example=lambda rng, n_samples: rng.random_sample(n_samples),
        )
    )

    class Familiar(GaussianNB):
        asked = 0

        def familiarity(self, X):
            self.asked += len(X)
            return X[:, 0]

    model = Familiar().fit(X, y)
    pool = Pool(model, X_pool)
    view = pool.take([5, 1])
    assert_array_equal(view.familiarity, X_pool[[5, 1], 0])
    assert_array_equal(pool.familiarity, X_pool[:, 0])
    assert model.asked == len(X_pool) and pool.has("familiarity")
    assert_array_equal(pool.map(np.negative, "familiarity"), -X_pool[:, 0])
    given = Pool.from_arrays(familiarity=[2.0, 1.0])
    assert LeastFamiliar().query(given)[0] == 1
    message = "LeastFamiliar reads `pool.familiarity`, but GaussianNB.*a method familiarity"
    with pytest.raises(MissingOutputError, match=message):
        LeastFamiliar().query(Pool(GaussianNB().fit(X, y), X_pool))
    check_strategy(LeastFamiliar())  # the published checks offer it as well
    with pytest.raises(ValueError, match="familiarity"):
        add_output(OUTPUTS["familiarity"])
    with pytest.raises(ValueError, match="take"):
        add_output(replace(OUTPUTS["familiarity"], name="take"))


@pytest.mark.parametrize(
    "arrays, words",
    [
        ({"decision": np.zeros((3, 4)), "classes": range(7)}, "decision must have a column.*7.*4"),
        ({"decision": np.zeros(3), "classes": range(3)}, "decision must have a column"),
        ({"proba": np.full((2, 3, 2), 0.5)}, "shape"),
        ({"proba": [0.5, 0.5]}, "shape"),
        ({"member_proba": [[0.5, 0.5]]}, "shape"),
        ({"proba": [[0.5, 0.5]], "classes": ["a", "a"]}, "classes must be distinct"),
        ({"proba": [[0.5, 0.5]], "classes": [["a", "b"]]}, "classes must be distinct"),
        ({"proba": [[0.5, 0.5]], "y": [0, 1]}, "y must have one entry for each of the 1"),
        ({"proba": [[0.5, 0.5]], "y": [[0]]}, "y must have shape"),
        ({"proba": [[0.5, 0.5]], "prices": [1.0, 2.0]}, "prices must have one entry"),
        ({"probability": [[0.5, 0.5]]}, "got 'probability'.*Did you mean"),
        ({"decision": np.zeros((2, 3)), "decision_norms": [1.0, 2.0]}, "decision_norms must"),
        ({"decision": np.zeros((2, 3)), "decision_norms": [1.0, -2.0, 1.0]}, "decision_norms"),
    ],
)
def test_arrays_that_do_not_fit_are_refused_by_name(arrays, words):
    with pytest.raises(ValueError, match=words):
        Pool.from_arrays(**arrays)


@pytest.mark.parametrize(
    "arguments, error, words",
    [
        ({"y": [0, 1, 2]}, ValueError, "y must have one entry for each of the 129 samples"),
        ({"y": np.zeros((129, 2, 2))}, ValueError, "y must have shape"),
        ({"prices": [1.0]}, ValueError, "prices must have one entry"),
        ({"prices": np.zeros(129)}, ValueError, "prices must be finite and above 0"),
        ({"labeled": np.zeros((3, 4))}, TypeError, "labeled must be a Pool"),
    ],
)
def test_pools_of_models_and_of_arrays_refuse_alike(iris, arguments, error, words):
    X, y, X_pool, _ = iris
    with pytest.raises(error, match=words):
        Pool(GaussianNB().fit(X, y), X_pool, **arguments)
    with pytest.raises(error, match=words):
        Pool.from_arrays(X_pool, **arguments)


@pytest.mark.parametrize(
    "name, values",
    [
        ("predict_proba", lambda X: np.full((len(X), 5), 0.2)),
        ("predict_proba", lambda X: np.full(len(X), 0.5)),
        ("decision_function", lambda X: np.zeros((len(X), 7))),
        ("decision_function", lambda X: np.zeros((len(X), 3, 1))),
        ("member_proba", lambda X: np.full((2, len(X), 4), 0.25)),
        ("predict_loss", lambda X: np.zeros((len(X), 2))),
        ("embed", lambda X: ["a"] * len(X)),
    ],
)
def test_outputs_of_a_model_that_do_not_fit_are_refused(iris, name, values):
    X, y, X_pool, _ = iris
    model = type("Odd", (GaussianNB,), {name: lambda self, X: values(X)})().fit(X, y)
    output = next(one.name for one in OUTPUTS.values() if one.method == name)
    with pytest.raises(ValueError, match=f"{output} of Odd must"):
        getattr(Pool(model, X_pool), output)


def test_a_name_that_is_not_an_output_is_refused(iris):
    pool = Pool.from_arrays(iris[2])
    for ask in (pool.has, pool.get, lambda name: pool.map(np.negative, name)):
        with pytest.raises(ValueError, match=r"proba, decision.*'embeding'.*'embedding'\?"):
            ask("embeding")
    assert not hasattr(pool, "embeding")


def test_only_support_vector_machines_have_a_kernel(iris):
    X, y, X_pool, _ = iris
    for model in (LogisticRegression(max_iter=500), LossPredictingClassifier(GaussianNB())):
        pool = Pool(model.fit(X, y), X_pool)
        assert not pool.has("svm_kernel")
        with pytest.raises(MissingOutputError, match="svm_kernel"):
            pool.svm_kernel
    assert Pool(LossPredictingClassifier(SVC()).fit(X, y), X_pool).has("svm_kernel")


@pytest.mark.parametrize("model", [SVC(), SVC(kernel="poly", degree=2), LinearSVC()])
def test_distances_need_the_norms_of_the_directions(iris, model):
    X, y, X_pool, _ = iris
    learner = ActiveLearner(model, SimpleMargin(), random_state=0).fit(X, y)
    pool = learner.pool(X_pool)
    given = Pool.from_arrays(
        decision=pool.decision,
        decision_kind=pool.decision_kind,
        decision_norms=pool.decision_norms,
        classes=pool.classes,
        random_state=0,
    )
    assert_allclose(SimpleMargin().scores(given), SimpleMargin().scores(pool))
    raw = Pool.from_arrays(
        decision=pool.decision, decision_kind=pool.decision_kind, classes=pool.classes
    )
    assert not np.allclose(SimpleMargin().scores(raw), SimpleMargin().scores(pool))


def test_a_direction_of_length_zero_is_at_distance_zero():
    pool = Pool.from_arrays(decision=[[2.0, 3.0, 1.0]], decision_norms=[2.0, 0.0, 1.0])
    assert_array_equal(pool.distance, [[1.0, 0.0, 1.0]])


@pytest.mark.parametrize("working_memory", [0.0005, 0.01, 1024])
def test_map_goes_through_any_outputs_block_by_block(iris, working_memory):
    X, y, X_pool, _ = iris
    model = make_pipeline(StandardScaler(), SVC(probability=False)).fit(X, y)
    whole = Pool(model, X_pool)
    rows = [3, 50, 7, 7]
    with config_context(working_memory=working_memory):
        for pool, at in (
            (Pool(model, X_pool), slice(None)),
            (Pool(model, X_pool).take(rows), rows),
        ):
            got = pool.map(lambda f, e: f.sum(axis=1) + e[:, 0], "decision", "embedding")
            expected = whole.decision.sum(axis=1) + whole.embedding[:, 0]
            assert_allclose(got, expected[at])
        empty = Pool.from_arrays(proba=np.empty((0, 2)))
        assert empty.map(lambda proba: proba[:, 0], "proba").shape == (0,)


def test_map_keeps_nothing_of_what_exceeds_the_working_memory(iris):
    X, y, X_pool, _ = iris
    pool = Pool(LogisticRegression(max_iter=500).fit(X, y), X_pool)
    with config_context(working_memory=0.0005):
        pool.map(lambda proba: proba.max(axis=1), "proba")
        assert not pool.knows("proba")
    pool.map(lambda proba: proba.max(axis=1), "proba")
    assert pool.knows("proba")


def test_outputs_are_listed_and_documented():
    pool = Pool.from_arrays([[0.0]])
    assert set(OUTPUTS) <= set(dir(pool))
    for output in OUTPUTS.values():
        assert f"{output.name} : {output.kind}" in Pool.__doc__ and output.advice


class InOnePass(ClassifierMixin, BaseEstimator):
    """A model that gives probabilities, features and losses in one pass."""

    def __init__(self):
        self.classes_ = np.array([0, 1])
        self.passes = []

    def fit(self, X, y):
        return self

    def predict(self, X):
        return (X[:, 0] > 0.5).astype(int)

    def predict_proba(self, X):
        return np.column_stack([1 - X[:, 0], X[:, 0]])

    def member_proba(self, X):
        return np.stack([self.predict_proba(X), self.predict_proba(X)[:, ::-1]])

    def embed(self, X):
        return sp.csr_matrix(X)

    def predict_loss(self, X):
        return X[:, 1]

    def predict_outputs(self, X, names):
        self.passes.append((tuple(names), len(X)))
        methods = {
            "proba": "predict_proba",
            "embedding": "embed",
            "predicted_loss": "predict_loss",
        }
        return {name: getattr(self, methods[name])(X) for name in names}


@pytest.mark.parametrize("fewest_rows", [7, 2048])
@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize(
    "names",
    [
        ("proba", "embedding"),
        ("predicted_loss", "proba", "embedding"),
        ("proba", "member_proba"),
        ("member_votes", "embedding", "proba"),
        ("X", "proba", "predicted"),
        ("proba", "proba"),
        ("prices", "predicted_loss", "proba"),
    ],
)
def test_outputs_come_together_as_they_come_alone(names, n_jobs, fewest_rows, monkeypatch):
    monkeypatch.setattr("skal.pool._arrays._FEWEST_ROWS", fewest_rows)
    X = np.random.RandomState(0).random_sample((40, 2))
    prices = 1 + X[:, 0]

    def dense(values):
        return values.toarray() if sp.issparse(values) else values

    for rows in (None, [3, 3, 20, 1]):
        alone = Pool(InOnePass(), X, prices=prices)
        alone = alone if rows is None else alone.take(rows)
        model = InOnePass()
        pool = Pool(model, X, n_jobs=n_jobs, prices=prices)
        pool = pool if rows is None else pool.take(rows)
        for name, values in zip(names, pool.get(*names), strict=True):
            assert_array_equal(dense(values), dense(getattr(alone, name)))
            assert_array_equal(dense(getattr(pool, name)), dense(getattr(alone, name)))
        with config_context(working_memory=0.0002):
            fresh = Pool(InOnePass(), X, prices=prices)
            fresh = fresh if rows is None else fresh.take(rows)
            got = fresh.map(lambda *values: np.arange(np.shape(dense(values[0]))[0]), "proba")
            assert len(got) == len(pool)
            totals = fresh.map(lambda proba, loss: proba[:, 0] + loss, "proba", "predicted_loss")
            assert_allclose(totals, alone.proba[:, 0] + alone.predicted_loss)
            twice = fresh.map(lambda a, b: a[:, 0] + b[:, 0], "proba", "proba")
            assert_allclose(twice, 2 * alone.proba[:, 0])


@pytest.mark.parametrize("fewest_rows", [10, 2048])
@pytest.mark.parametrize(
    "output, name", [(o.name, o.method) for o in OUTPUTS.values() if o.method is not None]
)
@pytest.mark.parametrize("n_wrong", [-1, 3])
def test_a_model_that_answers_for_other_rows_is_refused(
    iris, output, name, n_wrong, fewest_rows, monkeypatch
):
    monkeypatch.setattr("skal.pool._arrays._FEWEST_ROWS", fewest_rows)
    X, y, X_pool, _ = iris

    def answer(self, X):
        n = len(X) + n_wrong
        shapes = {"member_proba": (2, n, 3), "predict_loss": (n,), "embed": (n, 2)}
        return np.full(shapes.get(name, (n, 3)), 1 / 3)

    model = type("Odd", (GaussianNB,), {name: answer})().fit(X, y)
    with pytest.raises(ValueError, match=f"{output} of Odd must have one entry for each of the"):
        getattr(Pool(model, X_pool), output)


def test_an_embedding_of_other_rows_is_refused(iris):
    class Few(BaseEstimator):
        def transform(self, pool):
            return pool.embedding[:3]

    with pytest.raises(
        ValueError, match="transform of Few must return one row for each of the 129"
    ):
        CoreSet(Few()).query(Pool.from_arrays(iris[2]), 2)


@pytest.mark.parametrize(
    "arrays, words",
    [
        ({"svm_kernel": "rbf"}, "svm_kernel cannot be given.*a fitted model"),
        ({"predicted": [0, 1]}, "predicted cannot be given.*proba or decision"),
        ({"member_votes": [[0, 1]]}, "member_votes cannot be given.*member_proba"),
        ({"distance": [0.1, 0.2]}, "distance cannot be given.*decision"),
        ({"decision": np.zeros((2, 0))}, "at least one column"),
        ({"decision": np.zeros((2, 4)), "classes": range(4), "decision_kind": "ovo"}, "6 pairs"),
        ({"embedding": [[0.0]], "decision_norms": [1.0]}, "decision_norms belong to decision"),
    ],
)
def test_arrays_that_a_pool_computes_itself_are_refused(arrays, words):
    with pytest.raises(ValueError, match=words):
        Pool.from_arrays(**arrays)


@pytest.mark.parametrize("classes", [[{}, {"a": 1}], [0, 0], [[0, 1]]])
def test_classes_are_distinct_labels(classes):
    with pytest.raises(ValueError, match="classes must be distinct labels, got"):
        Pool.from_arrays(proba=[[0.5, 0.5]], classes=classes)


def test_classes_of_any_kind_and_single_columns():
    assert Pool.from_arrays(proba=[[0.5, 0.5]], classes=np.array(["a", None], object)).has("proba")
    pool = Pool.from_arrays(decision=[[1.0], [-1.0]])
    assert_array_equal(pool.classes, [0, 1])
    assert_array_equal(pool.predicted, [1, 0])


def test_names_are_demanded(iris):
    pool = Pool.from_arrays(iris[2])
    for ask in (pool.get, lambda: pool.map(len)):
        with pytest.raises(ValueError, match="names must hold at least one output"):
            ask()
    with pytest.raises(ValueError, match="'embeding'"):
        pool.knows("embeding")
    with pytest.raises(ValueError, match="proba comes from the model"):
        Pool(GaussianNB().fit(iris[0], iris[1]), iris[2], proba=np.full((129, 3), 1 / 3))


@pytest.mark.parametrize(
    "field, value",
    [
        ("name", "_rows"),
        ("name", "a b"),
        ("way_out", ""),
        ("columns", "class"),
        ("axis", 2),
        ("from_any", "proba"),
    ],
)
def test_rows_of_the_table_are_checked(field, value):
    given = {"name": "novelty", "kind": "array", "summary": "New.", "way_out": "Do.", field: value}
    with pytest.raises(ValueError, match=f"{field} of an Output must be"):
        Output(**given)
    with pytest.raises(TypeError, match="output must be an Output"):
        add_output("novelty")


@pytest.fixture
def extra(monkeypatch):
    """Add a row to the table for one test."""

    def add(name, **fields):
        monkeypatch.setitem(OUTPUTS, name, None)
        del OUTPUTS[name]
        add_output(Output(name, kind="array", summary="Extra.", way_out="Give it.", **fields))

    return add


def test_outputs_of_the_caller_may_have_any_axis(extra, iris):
    X, y, X_pool, _ = iris
    extra("opinions", axis=1)
    given = np.arange(2 * len(X_pool)).reshape(2, -1)
    for pool in (
        Pool(GaussianNB().fit(X, y), X_pool, opinions=given),
        Pool.from_arrays(X_pool, opinions=given),
    ):
        assert_array_equal(pool.take([4, 2]).opinions, given[:, [4, 2]])
    with pytest.raises(ValueError, match="opinions must have one entry for each of the 129"):
        Pool(GaussianNB().fit(X, y), X_pool, opinions=given.T)
    extra("shares", columns="classes")
    pool = Pool(GaussianNB().fit(X, y), X_pool, shares=np.full((129, 3), 1 / 3))
    assert pool.shares.shape == (129, 3)
    with pytest.raises(ValueError, match="shares must have a column for each of the 3 classes"):
        Pool(GaussianNB().fit(X, y), X_pool, shares=np.full((129, 2), 1 / 3))


def test_methods_are_found_behind_transformers(extra, iris):
    X, y, X_pool, _ = iris
    extra("density", method="density")

    class Dense(GaussianNB):
        def density(self, X):
            return sp.csr_matrix(X)

    pipe = make_pipeline(StandardScaler(), Dense()).fit(X, y)
    density = Pool(pipe, X_pool).density
    assert_allclose(density.toarray(), pipe[0].transform(X_pool))
    pool = Pool(GaussianNB().fit(X, y), X_pool)
    assert not pool.has("density") and not hasattr(pool, "density")


@pytest.mark.parametrize("wrong", [["a", "b"], [1j, 2.0], [{}, 1.0], [[1.0], [1.0, 2.0]]])
@pytest.mark.parametrize("name", ["decision", "predicted_loss", "prices"])
def test_given_outputs_that_are_not_real_numbers_are_refused(name, wrong):
    with pytest.raises(ValueError, match=f"^{name} must be an array of numbers: "):
        Pool.from_arrays(**{name: wrong})


def test_norms_that_are_not_real_numbers_are_refused():
    with pytest.raises(ValueError, match="^decision_norms must be an array of numbers: "):
        Pool.from_arrays(decision=[0.5, 1.0], decision_norms=[1j])


def test_an_output_from_outside_has_entries_of_one_shape(extra):
    extra("opinions")
    with pytest.raises(ValueError, match="opinions must have entries of one shape, got a list"):
        Pool.from_arrays(opinions=[[0], [0, 1]])


@pytest.mark.parametrize(
    "rows, words",
    [
        ([5], "below the number of samples, 2, got 5"),
        ([0, -3], "below the number of samples, 2, got -3"),
        ([[0], [0, 1]], "rows must have entries of one shape"),
    ],
)
def test_rows_that_are_not_there_are_refused(rows, words):
    pool = Pool.from_arrays(proba=[[0.5, 0.5], [0.9, 0.1]])
    with pytest.raises(ValueError, match=words):
        pool.take(rows)
    assert_array_equal(pool.take([-1, 0]).proba, pool.proba[::-1])


def test_what_cannot_be_called_is_not_mapped():
    pool = Pool.from_arrays(proba=[[0.5, 0.5], [0.9, 0.1]])
    for function in (None, "max"):
        with pytest.raises(TypeError, match=f"function must be a callable .*, got {function!r}"):
            pool.map(function, "proba")


def test_a_stream_of_the_caller_moves_on_and_a_seed_does_not():
    def answers(random_state):
        pool = Pool.from_arrays(np.ones((50, 1)), random_state=random_state)
        return [RandomSampling().query(pool, 5).tolist() for _ in range(2)]

    first, second = answers(0)
    assert first == second
    first, second = answers(np.random.RandomState(0))
    assert first != second
    assert [first, second] == answers(np.random.RandomState(0))


def test_positions_of_every_kind_of_integer_make_a_view():
    pool = Pool.from_arrays(np.arange(1000.0)[:, None])
    for dtype in (np.uint8, np.int8, np.int64, np.uint64):
        assert pool.take(np.array([3, 100], dtype=dtype)).X.ravel().tolist() == [3, 100]
    assert pool.take([-1, 0]).X.ravel().tolist() == [999, 0]
    for outside in ([1000], [-1001], np.array([2**63 + 5], dtype=np.uint64)):
        with pytest.raises(ValueError, match="below the number of samples, 1000"):
            pool.take(outside)


class NamedOutputs(GaussianNB):
    """Predicts data frames whose columns are called after the classes."""

    order = slice(None)

    def predict_proba(self, X):
        proba = pd.DataFrame(super().predict_proba(X), columns=self.classes_)
        return proba[self.classes_[self.order]]


def test_columns_of_classes_in_another_order_are_refused(iris):
    X, y, X_pool, _ = iris
    names = np.array(["c", "a", "b"])[y]
    model = NamedOutputs().fit(X, names)
    assert_array_equal(Pool(model, X_pool).proba, GaussianNB().fit(X, names).predict_proba(X_pool))
    model.order = slice(None, None, -1)
    words = (
        r"in the order of the classes, \['a', 'b', 'c'\], but they are called \['c', 'b', 'a'\]"
    )
    with pytest.raises(ValueError, match=f"proba of NamedOutputs must have .* {words}"):
        Pool(model, X_pool).proba
    given = model.predict_proba(X_pool)
    for output in ("proba", "decision"):
        with pytest.raises(ValueError, match=f"{output} must have its columns {words}"):
            Pool.from_arrays(**{output: given}, classes=["a", "b", "c"])
    assert_array_equal(Pool.from_arrays(proba=given, classes=["c", "b", "a"]).proba, given)
    assert len(Pool.from_arrays(proba=given)) == len(given)  # names that are no classes


@pytest.mark.parametrize("break_ties", [False, True])
def test_predicted_classes_are_those_of_the_model_whatever_was_read_before(break_ties):
    X, y = load_digits(return_X_y=True)
    model = SVC(decision_function_shape="ovr", break_ties=break_ties).fit(X[:100], y[:100])
    for names in ((), ("decision",)):
        pool = Pool(model, X[100:])
        for name in names:
            pool.get(name)
        assert_array_equal(pool.classes[pool.predicted], model.predict(X[100:]))
