import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_iris
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import RidgeClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC, NuSVC

from skal import ActiveLearner, Committee, Pool
from skal.pool import MissingOutputError
from skal.strategies import (
    CoreSet,
    GreedyStrategy,
    QueryByCommittee,
    QueryStrategy,
    RandomSampling,
    ScoreStrategy,
    SimpleMargin,
    UncertaintySampling,
)
from skal.strategies.base import select_top

PROBA = np.array([[0.5, 0.5, 0.0], [0.4, 0.3, 0.3], [0.8, 0.1, 0.1], [1.0, 0.0, 0.0]])


class Constant(ScoreStrategy):
    def score_samples(self, pool):
        return np.zeros(len(pool))


@pytest.mark.parametrize(
    "measure, scores",
    [
        ("margin", [1.0, 0.9, 0.3, 0.0]),
        ("least_confidence", [0.5, 0.6, 0.2, 0.0]),
        ("entropy", [1.0, 1.5709505944546684, 0.9219280948873623, 0.0]),
        (lambda proba: proba[:, 2], [0.0, 0.3, 0.1, 0.0]),
    ],
)
def test_uncertainty_by_hand(measure, scores):
    pool = Pool.from_arrays(proba=PROBA)
    assert_allclose(UncertaintySampling(measure).score_samples(pool), scores, atol=1e-12)


def test_margin_reads_the_decision_function_without_probabilities(iris):
    X, y, X_pool, _ = iris
    learner = ActiveLearner(RidgeClassifier(), strategy=UncertaintySampling("margin")).fit(X, y)
    top = np.sort(learner.decision_function(X_pool), axis=1)[:, -2:]
    assert_array_equal(learner.query(X_pool, 5), np.argsort(top[:, 1] - top[:, 0])[:5])


def test_entropy_without_probabilities_names_the_way_out(iris):
    X, y, X_pool, _ = iris
    learner = ActiveLearner(SVC(), strategy=UncertaintySampling("entropy")).fit(X, y)
    with pytest.raises(
        MissingOutputError, match=r"(?s)UncertaintySampling reads `pool.proba`.*CalibratedClass"
    ):
        learner.query(X_pool)


@pytest.mark.parametrize("kernel", ["linear", "rbf", "poly", lambda A, B: (A @ B.T + 1) ** 2])
@pytest.mark.parametrize("svm", [SVC, NuSVC])
def test_simple_margin_is_the_distance_in_kernel_space(iris, svm, kernel):
    X, y, X_pool, _ = iris
    model = svm(kernel=kernel, gamma=0.3, tol=1e-6, decision_function_shape="ovo")
    if svm is NuSVC:
        model.set_params(nu=0.2)
    model.fit(X, y)
    values = model.decision_function(X_pool)
    pairs = [(0, 1), (0, 2), (1, 2)]
    predicted = model.predict(X_pool)
    learner = ActiveLearner(model.set_params(decision_function_shape="ovr")).fit(X, y)
    scores = SimpleMargin().score_samples(learner.pool(X_pool))
    # The direction of a pair's hyperplane, from the duals of a classifier of that pair alone.
    for column, pair in enumerate(pairs):
        of_pair = np.isin(y, pair)
        binary = svm(**model.get_params()).fit(X[of_pair], y[of_pair])
        duals = binary.dual_coef_[0]
        squared = duals @ gram(binary, kernel) @ duals
        leading = np.array([set(leaders(row)) == set(pair) for row in values])
        assert_allclose(
            scores[leading], -np.abs(values[leading, column]) / np.sqrt(squared), rtol=1e-3
        )
    assert all(p in leaders(row) for p, row in zip(predicted, values, strict=True))


def gram(svc, kernel):
    if callable(kernel):
        vectors = svc._BaseLibSVM__Xfit[svc.support_]
        return kernel(vectors, vectors)
    vectors = svc.support_vectors_
    if kernel == "linear":
        return vectors @ vectors.T
    if kernel == "poly":
        return (svc._gamma * vectors @ vectors.T) ** 3
    return np.exp(-svc._gamma * ((vectors[:, None] - vectors[None]) ** 2).sum(axis=2))


def leaders(row):
    """Return the two leading classes of three by votes, then by confidence."""
    score = np.zeros(3)
    confidence = np.zeros(3)
    for value, (a, b) in zip(row, [(0, 1), (0, 2), (1, 2)], strict=True):
        score[a if value > 0 else b] += 1
        confidence[a] += value
        confidence[b] -= value
    score += confidence / (3 * (abs(confidence) + 1))
    return np.argsort(-score)[:2]


def test_simple_margin_of_two_classes_is_the_decision_function(iris):
    X, y, X_pool, _ = iris
    for model in (SVC(), LinearSVC(), make_pipeline(StandardScaler(), SVC())):
        learner = ActiveLearner(model, strategy=SimpleMargin()).fit(X, y == 1)
        f = learner.decision_function(X_pool)
        assert_allclose(SimpleMargin().score_samples(learner.pool(X_pool)), -abs(f))
        assert_allclose(abs(f)[learner.query(X_pool, 4)], np.sort(abs(f))[:4])


def test_simple_margin_normalizes_one_vs_rest_columns(iris):
    X, y, X_pool, _ = iris
    learner = ActiveLearner(make_pipeline(StandardScaler(), LinearSVC())).fit(X, y)
    norms = np.linalg.norm(learner.estimator_[-1].coef_, axis=1)
    top = np.sort(learner.decision_function(X_pool) / norms, axis=1)
    scores = SimpleMargin().score_samples(learner.pool(X_pool))
    assert_allclose(scores, top[:, -2] - top[:, -1])


def test_simple_margin_inside_pipelines_and_on_sparse_data(iris):
    from scipy.sparse import csr_matrix

    X, y, X_pool, _ = iris
    dense = ActiveLearner(SVC(kernel="linear")).fit(X, y)
    sparse = ActiveLearner(SVC(kernel="linear")).fit(csr_matrix(X), y)
    assert_allclose(
        SimpleMargin().score_samples(sparse.pool(csr_matrix(X_pool))),
        SimpleMargin().score_samples(dense.pool(X_pool)),
        rtol=1e-6,
    )


def test_simple_margin_takes_boosting_as_it_is(iris):
    X, y, X_pool, _ = iris
    learner = ActiveLearner(HistGradientBoostingClassifier(min_samples_leaf=2)).fit(X, y)
    top = np.sort(learner.decision_function(X_pool), axis=1)
    scores = SimpleMargin().score_samples(learner.pool(X_pool))
    assert_allclose(scores, top[:, -2] - top[:, -1])


def test_simple_margin_needs_a_decision_function(iris):
    X, y, X_pool, _ = iris
    learner = ActiveLearner(GaussianNB(), strategy=SimpleMargin()).fit(X, y)
    with pytest.raises(MissingOutputError, match="SimpleMargin reads `pool.decision`"):
        learner.query(X_pool)


def test_committee_disagreement_by_hand():
    agree, differ = [0.9, 0.1], [0.2, 0.8]
    pool = Pool.from_arrays(member_proba=[[agree, agree], [agree, differ], [agree, agree]])
    scores = QueryByCommittee("vote_entropy").score_samples(pool)
    assert_allclose(scores, [0, -(2 / 3 * np.log2(2 / 3) + 1 / 3 * np.log2(1 / 3))], atol=1e-12)
    assert_allclose(QueryByCommittee("vote_margin").score_samples(pool), [0, 2 / 3])
    assert_allclose(QueryByCommittee("variation_ratio").score_samples(pool), [0, 1 / 3])
    own = QueryByCommittee(lambda members: members[:, :, 1].max(axis=0))
    assert_allclose(own.score_samples(pool), [0.1, 0.8])


def test_query_by_committee_needs_members(iris):
    X, y, X_pool, _ = iris
    learner = ActiveLearner(strategy=QueryByCommittee()).fit(X, y)
    with pytest.raises(MissingOutputError, match="QueryByCommittee reads .*skal.Committee"):
        learner.query(X_pool)


def test_query_by_committee_on_a_committee(iris):
    X, y, X_pool, _ = iris
    learner = ActiveLearner(Committee(n_members=4, random_state=0), QueryByCommittee("kl"))
    learner.fit(X, y)
    picked = learner.query(X_pool, 3)
    scores = QueryByCommittee("kl").score_samples(learner.pool(X_pool))
    assert_array_equal(scores[picked], np.sort(scores)[::-1][:3])


def test_core_set_goes_away_from_what_is_labeled():
    labeled = Pool.from_arrays([[0.0], [1.0]], y=[0, 1])
    pool = Pool.from_arrays([[0.5], [4.0], [9.0], [10.0]], labeled=labeled)
    assert CoreSet().query(pool, 3).tolist() == [3, 1, 2]


def test_core_set_measures_in_the_space_of_the_pipeline():
    # Feature 0 is large but scaled away; the far sample is far in feature 1.
    X = np.array([[0.0, 0.0], [1000.0, 0.1], [0.0, 0.1], [1000.0, 0.0]] * 5)
    X_pool = np.array([[2000.0, 0.1], [0.0, 3.0]])
    learner = ActiveLearner(make_pipeline(StandardScaler(), SVC()), CoreSet())
    learner.fit(X, np.arange(20) % 2)
    assert learner.query(X_pool).tolist() == [1]
    assert ActiveLearner(SVC(), CoreSet()).fit(X, np.arange(20) % 2).query(X_pool).tolist() == [0]


def test_random_sampling_is_uniform():
    counts = np.zeros(5)
    for seed in range(600):
        pool = Pool.from_arrays(np.zeros((5, 1)), random_state=seed)
        counts[RandomSampling().query(pool, 2)] += 1
    assert ((counts - 240) ** 2 / 240).sum() < 18  # chi-square, 4 degrees of freedom, p ~ 0.001


def test_ties_are_broken_at_random():
    chosen = {
        int(Constant().query(Pool.from_arrays(np.zeros((6, 1)), random_state=seed))[0])
        for seed in range(100)
    }
    assert chosen == set(range(6))


def test_select_top_agrees_with_a_stable_sort():
    rng = np.random.RandomState(0)
    for size in [30] * 50 + [1000] * 50:
        scores = rng.randint(6 if size == 30 else 400, size=size).astype(float)
        n = rng.randint(1, 31)
        chosen = select_top(scores, n, rng)
        assert_array_equal(scores[chosen], np.sort(scores)[::-1][:n])
        assert len(set(chosen.tolist())) == n


def test_select_top_takes_infinite_scores_but_not_nan():
    rng = np.random.RandomState(0)
    assert select_top([1.0, np.inf, -np.inf, 2.0], 4, rng).tolist() == [1, 3, 0, 2]
    with pytest.raises(ValueError, match="score of sample 1"):
        select_top([1.0, np.nan, 2.0], 1, rng)


class ByHand(GreedyStrategy):
    def _start(self, pool):
        return []

    def _gain(self, chosen):
        gains = np.array([1.0, 3.0, 3.0, -np.inf])
        if 1 in chosen:
            gains[0] = 5
        return gains

    def _add(self, chosen, i):
        return [*chosen, i]


def test_greedy_takes_the_best_given_the_rest_and_the_lowest_of_ties():
    pool = Pool.from_arrays(np.zeros((4, 1)))
    assert ByHand().query(pool, 4).tolist() == [1, 0, 2, 3]


@pytest.mark.parametrize(
    "answer", [[0, 0], [0], [0, 9], [-1, 0], [0.0, 1.0], None], ids=lambda answer: str(answer)
)
def test_wrong_answers_of_a_strategy_are_refused(answer):
    class Wrong(QueryStrategy):
        def _query(self, pool, n):
            return answer

    with pytest.raises(RuntimeError, match=r"Wrong._query must return 2 distinct positions"):
        Wrong().query(Pool.from_arrays(np.zeros((4, 1))), 2)


@pytest.mark.parametrize("scores", [np.zeros(3), np.zeros((4, 1)), 0.0])
def test_scores_of_a_wrong_shape_are_refused(scores):
    class Wrong(ScoreStrategy):
        def score_samples(self, pool):
            return scores

    with pytest.raises(ValueError, match="shape"):
        Wrong().query(Pool.from_arrays(np.zeros((4, 1))), 2)


def test_wrong_parameters_are_refused():
    pool = Pool.from_arrays(proba=PROBA)
    with pytest.raises(ValueError, match="'measure' parameter of UncertaintySampling"):
        UncertaintySampling("entropie").query(pool)
    with pytest.raises(ValueError, match="'disagreement' parameter"):
        QueryByCommittee(3).query(pool)
    with pytest.raises(ValueError, match="'embedding' parameter"):
        CoreSet("tsne").query(pool)


def test_margin_finds_the_boundary_of_iris():
    X, y = load_iris(return_X_y=True)
    learner = ActiveLearner(SVC(), random_state=0).fit(X[::7], y[::7])
    asked = y[learner.query(X, 15)]
    assert np.mean(asked == 0) < 0.1  # the first class is far from the other two
