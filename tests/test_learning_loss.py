from itertools import combinations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from joblib import parallel_config
from numpy.testing import assert_allclose, assert_array_equal
from sklearn import config_context
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import load_digits, load_iris
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression, Ridge, RidgeClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.estimator_checks import parametrize_with_checks

from skal import ActiveLearner, Pool
from skal.embeddings import KernelEmbedding
from skal.loss_prediction import (
    MAX_LOSS,
    LossPredictingClassifier,
    pairwise_ranking_loss,
)
from skal.loss_prediction._held_out import deal
from skal.pool import MissingOutputError
from skal.strategies import BADGE, CoreSet, LearningLoss, QueryByCommittee, SimpleMargin

# The ranking loss -----------------------------------------------------------------------

finite = st.floats(-10, 10, width=32)
batches = st.integers(2, 12).flatmap(
    lambda n: st.tuples(
        hnp.arrays(float, n, elements=finite), hnp.arrays(float, n, elements=finite)
    )
)


def slow_ranking_loss(predicted, losses, margin):
    total, n_pairs = 0.0, len(predicted) // 2
    for i in range(0, 2 * n_pairs, 2):
        sign = 1 if losses[i] > losses[i + 1] else -1
        total += max(0, -sign * (predicted[i] - predicted[i + 1]) + margin)
    return 2 / (2 * n_pairs) * total


@given(batches, st.floats(0.1, 3))
def test_ranking_loss_is_the_formula(batch, margin):
    value, gradient = pairwise_ranking_loss(*batch, margin=margin)
    assert_allclose(value, slow_ranking_loss(*batch, margin), atol=1e-9)
    assert gradient.shape == batch[0].shape


@pytest.mark.parametrize("n_samples", [2, 9, 40])
def test_gradient_agrees_with_finite_differences(n_samples):
    rng = np.random.RandomState(n_samples)
    predicted, losses = rng.normal(size=(2, n_samples))
    gradient = pairwise_ranking_loss(predicted, losses)[1]
    step = 1e-6 * np.eye(n_samples)
    differences = [
        slow_ranking_loss(predicted + d, losses, 1.0)
        - slow_ranking_loss(predicted - d, losses, 1.0)
        for d in step
    ]
    assert np.count_nonzero(gradient) >= 2
    assert_allclose(gradient, np.array(differences) / 2e-6, atol=1e-8)


def test_ranking_loss_by_hand():
    # Pairs: right order but too near, 1 - 0.25; wrong order, 1 + 2; the fifth has no partner.
    value, gradient = pairwise_ranking_loss([0.25, 0.0, 2.0, 0.0, 9.0], [3, 1, 1, 3, 0])
    assert value == (0.75 + 3) / 2
    assert_array_equal(gradient, [-0.5, 0.5, 0.5, -0.5, 0])


def test_of_a_pair_that_ties_the_second_counts_as_larger():
    assert pairwise_ranking_loss([0.0, 3.0], [1.0, 1.0])[0] == 0
    assert pairwise_ranking_loss([3.0, 0.0], [1.0, 1.0])[0] == 4


def test_a_pair_exactly_the_margin_apart_has_no_gradient():
    value, gradient = pairwise_ranking_loss([1.0, 0.0], [2.0, 1.0])
    assert value == 0
    assert_array_equal(gradient, [0, 0])


@given(batches)
def test_only_differences_and_the_order_of_losses_count(batch):
    predicted, losses = batch
    value, gradient = pairwise_ranking_loss(predicted, losses)
    shifted = pairwise_ranking_loss(predicted + 5, losses)
    assert_allclose(shifted[0], value, atol=1e-9)
    # Doubling is exact in floating point, so order and ties stay as they are.
    doubled = pairwise_ranking_loss(predicted, 2 * losses)
    assert doubled[0] == value
    assert_array_equal(doubled[1], gradient)


def test_order_of_pairs_and_within_pairs_is_irrelevant():
    rng = np.random.RandomState(0)
    predicted, losses = rng.normal(size=(2, 10))
    value, gradient = pairwise_ranking_loss(predicted, losses)
    for order in (np.arange(10)[::-1], [4, 5, 0, 1, 3, 2, 8, 9, 6, 7]):
        other = pairwise_ranking_loss(predicted[order], losses[order])
        assert_allclose(other[0], value)
        assert_allclose(other[1], gradient[order])


@pytest.mark.parametrize(
    ("args", "margin", "words"),
    [
        (([1.0, np.nan], [1.0, 2.0]), 1.0, r"predicted\[1\] is nan"),
        (([1.0, 2.0], [np.inf, 2.0]), 1.0, r"losses\[0\] is inf"),
        (([1.0], [1.0]), 1.0, "at least two samples"),
        (([[1.0, 2.0]], [1.0, 2.0]), 1.0, r"shape \(1, 2\)"),
        (([1.0, 2.0], [1.0, 2.0, 3.0]), 1.0, "inconsistent numbers"),
        (([1.0, 2.0], [1.0, 2.0]), 0, "margin must be .* above 0, got 0"),
        (([1.0, 2.0], [1.0, 2.0]), "1", "margin must be"),
        (([1.0, 2.0], [1.0, 2.0]), np.nan, "margin must be"),
    ],
)
def test_ranking_loss_refuses_bad_input(args, margin, words):
    with pytest.raises(ValueError, match=words):
        pairwise_ranking_loss(*args, margin=margin)


# The strategy ---------------------------------------------------------------------------


def test_strategy_asks_for_the_largest_predicted_losses():
    pool = Pool.from_arrays(predicted_loss=[0.1, 3.0, -1.0, 2.0])
    assert_array_equal(LearningLoss().score_samples(pool), [0.1, 3.0, -1.0, 2.0])
    assert_array_equal(LearningLoss().query(pool, n=3), [1, 3, 0])


class Says(ClassifierMixin, BaseEstimator):
    """A fitted model that predicts the losses it is given as X."""

    classes_ = np.arange(2)

    def predict_loss(self, X):
        return X[:, 0]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_strategy_names_the_sample_without_a_finite_loss(bad):
    pool = Pool(Says(), np.array([[1.0], [2.0], [bad], [0.0]]))
    with pytest.raises(ValueError, match="sample 2 is"):
        LearningLoss().query(pool, n=1)


def test_strategy_says_how_to_get_predicted_losses(iris):
    X, y, X_pool, _ = iris
    learner = ActiveLearner(SVC(), LearningLoss()).fit(X, y)
    with pytest.raises(MissingOutputError, match="LossPredictingClassifier"):
        learner.query(X_pool, n=1)


# The losses that are held out -----------------------------------------------------------


class OnlyPredicts(ClassifierMixin, BaseEstimator):
    """A classifier that has neither probabilities nor a decision function."""

    def fit(self, X, y):
        self.tree_ = DecisionTreeClassifier(max_depth=2, random_state=0).fit(X, y)
        self.classes_ = self.tree_.classes_
        return self

    def predict(self, X):
        return self.tree_.predict(X)


def log_loss_of(model, x, label):
    proba = dict(zip(model.classes_, model.predict_proba([x])[0], strict=True))
    return min(-np.log(max(proba[label], 1e-300)), MAX_LOSS)


def hinge_loss_of(model, x, label):
    values, classes = model.decision_function([x])[0], list(model.classes_)
    if len(classes) == 2:
        leads = [values if label == classes[1] else -values]
    elif isinstance(model, SVC):
        leads = []
        for value, pair in zip(values, combinations(classes, 2), strict=True):
            leads += [value] if pair[0] == label else [-value] if pair[1] == label else []
    else:
        own = values[classes.index(label)]
        leads = [own - value for value, c in zip(values, classes, strict=True) if c != label]
    return min(max(0, 1 - min(leads)), MAX_LOSS)


def zero_one_loss_of(model, x, label):
    return float(model.predict([x])[0] != label)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize(
    ("estimator", "loss_of"),
    [
        (LogisticRegression(), log_loss_of),
        (DecisionTreeClassifier(random_state=0), log_loss_of),
        (SVC(decision_function_shape="ovo", C=0.1), hinge_loss_of),
        (RidgeClassifier(), hinge_loss_of),
        (OnlyPredicts(), zero_one_loss_of),
    ],
    ids=repr,
)
def test_held_out_losses_are_those_of_models_fitted_on_the_other_parts(
    estimator, loss_of, n_classes
):
    X, y = load_iris(return_X_y=True)
    rows = np.random.RandomState(3).permutation(np.flatnonzero(y < n_classes))[:40]
    X, y = X[rows] + np.random.RandomState(4).normal(size=(40, 4)), y[rows]
    names = np.array(["setosa", "versicolor", "virginica"])[y]
    wrapper = LossPredictingClassifier(estimator, cv=4, random_state=0).fit(X, names)
    parts = parts_of(wrapper, names)
    for i, (x, label) in enumerate(zip(X, names, strict=True)):
        others = parts != parts[i]
        model = clone(estimator).fit(X[others], names[others])
        assert_allclose(wrapper.held_out_losses_[i], loss_of(model, x, label), atol=1e-9)
    assert wrapper.held_out_losses_.std() > 0


def parts_of(wrapper, y):
    """Deal out the parts again as `fit` does, which draws two seeds before."""
    random_state = np.random.RandomState(wrapper.random_state)
    random_state.randint(2**31 - 1), random_state.randint(2**31 - 1)
    return deal(y, wrapper.cv, random_state)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=40), st.integers(2, 7))
def test_parts_are_of_one_size_and_share_out_every_class(labels, n_parts):
    y = np.array(labels)
    parts = deal(y, n_parts, np.random.RandomState(0))
    sizes = np.bincount(parts, minlength=n_parts)
    assert sizes.max() - sizes.min() <= 1
    for label in np.unique(y):
        of_class = np.bincount(parts[y == label], minlength=n_parts)
        assert of_class.max() - of_class.min() <= 1


# Few labels -----------------------------------------------------------------------------

CLASSIFIERS = [LogisticRegression(), SVC(), RidgeClassifier(), RandomForestClassifier(5)]


@pytest.mark.parametrize("estimator", CLASSIFIERS, ids=repr)
@pytest.mark.parametrize("n_labels", range(2, 11))
def test_a_handful_of_labels_is_enough(estimator, n_labels):
    X, y = load_digits(return_X_y=True)
    wrapper = LossPredictingClassifier(estimator, random_state=0).fit(X[:n_labels], y[:n_labels])
    losses = wrapper.predict_loss(X[:50])
    assert losses.shape == (50,)
    assert (losses >= 0).all() and (losses <= MAX_LOSS).all()


def test_a_class_that_the_other_parts_lack_costs_the_most():
    X, y = np.array([[0.0], [0.1], [0.2], [1.0], [1.1], [1.2], [9.0]]), list("aaabbbc")
    wrapper = LossPredictingClassifier(LogisticRegression(), random_state=0).fit(X, y)
    assert wrapper.held_out_losses_[-1] == MAX_LOSS
    assert (wrapper.held_out_losses_[:-1] < MAX_LOSS).all()


def test_one_label_per_class_gives_equal_losses():
    X, y = np.arange(8.0).reshape(4, 2), np.arange(4)
    wrapper = LossPredictingClassifier(SVC()).fit(X, y)
    assert_array_equal(wrapper.held_out_losses_, [MAX_LOSS] * 4)
    assert_allclose(wrapper.predict_loss(X + 1), MAX_LOSS)


def test_default_regressor_tells_nothing_apart_by_a_handful_of_labels():
    X, y = load_digits(return_X_y=True)
    wrapper = LossPredictingClassifier(SVC(), random_state=0)
    assert np.ptp(wrapper.fit(X[:20], y[:20]).predict_loss(X)) < 1e-12
    assert np.ptp(wrapper.fit(X[:50], y[:50]).predict_loss(X)) > 0.1


def test_where_the_other_parts_know_one_class_that_is_predicted_without_a_doubt():
    X = np.array([[0.0], [1.0], [2.0], [9.0]])
    for estimator, worst in ((SVC(), MAX_LOSS), (OnlyPredicts(), 1)):
        wrapper = LossPredictingClassifier(estimator, cv=4).fit(X, [0, 0, 0, 1])
        assert wrapper.held_out_losses_[3] == worst
    tree = LossPredictingClassifier(DecisionTreeClassifier())
    assert_array_equal(tree.fit(X, [1] * 4).held_out_losses_, [0] * 4)
    assert_array_equal(tree.fit(X[:1], [1]).held_out_losses_, [MAX_LOSS])


def test_errors_of_the_classifier_come_through():
    with pytest.raises(ValueError, match="2 classes"):
        LossPredictingClassifier(LogisticRegression()).fit([[0.0], [1.0]], [1, 1])


# Predicted losses -----------------------------------------------------------------------


def noisy_above(rng, n_samples):
    """Return samples whose labels follow the first feature, but are drawn where x2 > 0."""
    X = rng.uniform(-1, 1, size=(n_samples, 2))
    y = (X[:, 0] > 0).astype(int)
    noisy = X[:, 1] > 0
    y[noisy] = rng.randint(2, size=noisy.sum())
    return X, y


def test_losses_are_learned_that_probabilities_do_not_show():
    rng = np.random.RandomState(0)
    X, y = noisy_above(rng, 400)
    X_new, y_new = noisy_above(rng, 2000)
    wrapper = LossPredictingClassifier(LogisticRegression(C=10), random_state=0).fit(X, y)
    true = -np.log(wrapper.predict_proba(X_new)[np.arange(2000), y_new])
    predicted, noisy = wrapper.predict_loss(X_new), X_new[:, 1] > 0
    assert predicted[noisy].mean() > 1.5 * predicted[~noisy].mean()
    doubt = -np.abs(wrapper.decision_function(X_new))
    assert np.corrcoef(predicted, true)[0, 1] > 0.3
    assert np.corrcoef(doubt, true)[0, 1] < 0.25
    asked = LearningLoss().query(Pool(wrapper, X_new), n=200)
    assert noisy[asked].mean() > 0.9


def test_predicted_losses_are_not_negative(iris):
    X, y, X_pool, _ = iris
    wrapper = LossPredictingClassifier(SVC(), regressor=Ridge()).fit(X, y)
    far = np.vstack([X_pool, 50 * X_pool, -50 * X_pool])
    assert wrapper.predict_loss(far).min() == 0


def test_regressor_sees_the_transformed_space_and_what_the_model_says(iris):
    X, y, X_pool, _ = iris
    model = make_pipeline(StandardScaler(), LogisticRegression())
    wrapper = LossPredictingClassifier(model, random_state=0).fit(X, y)
    seen = np.hstack(
        [
            wrapper.estimator_[:-1].transform(X_pool),
            np.sort(wrapper.predict_proba(X_pool), axis=1)[:, ::-1],
        ]
    )
    assert_allclose(wrapper.predict_loss(X_pool), wrapper.regressor_.predict(seen))


def test_of_a_decision_function_the_regressor_sees_the_lead(iris):
    X, y, X_pool, _ = iris
    wrapper = LossPredictingClassifier(RidgeClassifier(), random_state=0).fit(X, y)
    best, second = -np.sort(-wrapper.decision_function(X_pool), axis=1)[:, :2].T
    seen = np.column_stack([X_pool, 1 - np.tanh((best - second) / 2)])
    assert_allclose(wrapper.predict_loss(X_pool), wrapper.regressor_.predict(seen))


def test_the_classifier_is_the_one_without_the_wrapper(iris):
    X, y, X_pool, y_pool = iris
    wrapper = LossPredictingClassifier(SVC()).fit(X, y)
    plain = SVC().fit(X, y)
    assert_array_equal(wrapper.predict(X_pool), plain.predict(X_pool))
    assert_array_equal(wrapper.decision_function(X_pool), plain.decision_function(X_pool))
    assert wrapper.score(X_pool, y_pool) == plain.score(X_pool, y_pool)
    assert not hasattr(wrapper, "predict_proba")
    assert not hasattr(clone(wrapper), "predict_proba")
    forest = LossPredictingClassifier(RandomForestClassifier(5))
    assert hasattr(forest, "predict_proba") and not hasattr(forest, "decision_function")
    linear = LossPredictingClassifier(LogisticRegression(max_iter=500)).fit(X, y)
    assert_array_equal(
        linear.predict_log_proba(X_pool), linear.estimator_.predict_log_proba(X_pool)
    )


def test_result_depends_on_the_seed_alone(iris):
    X, y, X_pool, _ = iris
    before = np.random.get_state()[1].copy()
    wrapper = LossPredictingClassifier(RandomForestClassifier(5), random_state=0)
    losses = wrapper.fit(X, y).predict_loss(X_pool)
    wrapper.set_params(n_jobs=2)
    with parallel_config("threading"):
        assert_array_equal(wrapper.fit(X, y).predict_loss(X_pool), losses)
    wrapper.set_params(n_jobs=None, random_state=1)
    assert (wrapper.fit(X, y).predict_loss(X_pool) != losses).any()
    LossPredictingClassifier(RandomForestClassifier(5)).fit(X, y)
    assert_array_equal(np.random.get_state()[1], before)


@parametrize_with_checks([LossPredictingClassifier(LogisticRegression(), regressor=Ridge(), cv=3)])
def test_wrapper_keeps_the_contract_of_scikit_learn(estimator, check):
    check(estimator)


# What the pool makes of it --------------------------------------------------------------


def test_pool_finds_predicted_losses_wherever_the_wrapper_is(iris):
    X, y, X_pool, _ = iris
    wrapper = LossPredictingClassifier(LogisticRegression(), random_state=0)
    inside = make_pipeline(StandardScaler(), wrapper).fit(X, y)
    scaled = inside[:-1].transform(X_pool)
    expected = inside[-1].predict_loss(scaled)
    search = GridSearchCV(inside, {"losspredictingclassifier__estimator__C": [1.0]}, cv=2)
    for model in (
        inside,
        FrozenEstimator(inside),
        search.fit(X, y),
        ActiveLearner(inside).fit(X, y).estimator_,
    ):
        assert_allclose(Pool(model, X_pool).predicted_loss, expected)


@pytest.mark.parametrize("in_front", [True, False])
def test_other_strategies_see_what_they_see_without_the_wrapper(iris, in_front):
    X, y, X_pool, _ = iris
    svc, forest = SVC(), RandomForestClassifier(5, random_state=0)
    for model, strategies in (
        (svc, [SimpleMargin(), CoreSet(), CoreSet(KernelEmbedding())]),
        (forest, [BADGE(), QueryByCommittee("kl")]),
    ):
        if in_front:
            wrapped = make_pipeline(StandardScaler(), LossPredictingClassifier(model))
        else:
            wrapped = LossPredictingClassifier(make_pipeline(StandardScaler(), model))
        plain = make_pipeline(StandardScaler(), model).fit(X, y)
        seen = Pool(wrapped.fit(X, y), X_pool, labeled=Pool(wrapped, X, y=y), random_state=0)
        wanted = Pool(plain, X_pool, labeled=Pool(plain, X, y=y), random_state=0)
        assert_allclose(seen.embedding, wanted.embedding)
        for strategy in strategies:
            assert_array_equal(strategy.query(seen, 10), strategy.query(wanted, 10))


@pytest.mark.parametrize("estimator", [SVC(), LogisticRegression(max_iter=500)], ids=repr)
def test_loop_on_digits(estimator):
    X, y = load_digits(return_X_y=True)
    X = X / 16
    learner = ActiveLearner(LossPredictingClassifier(estimator), LearningLoss(), random_state=0)
    learner.fit(X[:4], y[:4])
    X_pool, y_pool = X[4:1000], y[4:1000]
    for n in (2, 4, 10, 20, 30, 40):
        i = learner.query(X_pool, n=n)
        assert_array_equal(i, learner.query(X_pool, n=n))
        learner.teach(X_pool[i], y_pool[i])
        X_pool, y_pool = np.delete(X_pool, i, axis=0), np.delete(y_pool, i)
    assert learner.score(X[1000:], y[1000:]) > 0.5


def test_single_class_is_a_normal_start_of_a_learner(iris):
    X, y, X_pool, y_pool = iris
    learner = ActiveLearner(LossPredictingClassifier(SVC()), LearningLoss(), random_state=0)
    only = y == y[0]
    learner.fit(X[only], y[only])
    i = learner.query(X_pool, n=5)
    assert learner.teach(X_pool[i], y_pool[i]).query(X_pool, n=5).shape == (5,)


# Kinds of data --------------------------------------------------------------------------


def test_texts_and_sparse_rows():
    texts = ["good film", "great film", "bad film", "awful film", "good", "bad"] * 3
    labels = ["yes", "yes", "no", "no", "yes", "no"] * 3
    model = make_pipeline(TfidfVectorizer(), LogisticRegression())
    wrapper = LossPredictingClassifier(model, random_state=0).fit(texts, labels)
    losses = wrapper.predict_loss(["good bad", "great"])
    rows = TfidfVectorizer().fit(texts).transform(texts)
    assert sp.issparse(rows)
    behind = LossPredictingClassifier(LogisticRegression(), random_state=0).fit(rows, labels)
    new = TfidfVectorizer().fit(texts).transform(["good bad", "great"])
    assert losses.shape == behind.predict_loss(new).shape == (2,)
    assert_array_equal(ActiveLearner(wrapper).fit(texts, labels).predict(["great"]), ["yes"])


def test_frames_and_missing_values(iris):
    X, y, X_pool, _ = iris
    frame, frame_pool = (pd.DataFrame(part, columns=list("abcd")) for part in (X, X_pool))
    frame_pool.iloc[::3, 1] = np.nan
    model = HistGradientBoostingClassifier(min_samples_leaf=2, max_iter=5)
    wrapper = LossPredictingClassifier(model).fit(frame, y)
    assert wrapper.predict_loss(frame_pool).shape == (len(X_pool),)
    assert list(wrapper.feature_names_in_) == list("abcd")


def test_precomputed_kernels_lose_columns_with_their_rows(iris):
    X, y, X_pool, _ = iris
    linear = LossPredictingClassifier(SVC(kernel="linear"), random_state=0).fit(X, y)
    given = LossPredictingClassifier(SVC(kernel="precomputed"), random_state=0).fit(X @ X.T, y)
    assert_allclose(given.held_out_losses_, linear.held_out_losses_, atol=1e-6)
    assert given.predict_loss(X_pool @ X.T).shape == (len(X_pool),)


class ByLength(ClassifierMixin, BaseEstimator):
    """A classifier of texts that only predicts."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return self.classes_[[len(text) % len(self.classes_) for text in X]]


def test_nothing_to_predict_from_is_an_error():
    with pytest.raises(ValueError, match="nothing to predict a loss from"):
        LossPredictingClassifier(ByLength()).fit(["a", "bb", "ccc", "dddd"], [0, 1, 0, 1])


def test_frozen_models_lose_what_they_lose(iris):
    X, y, X_pool, y_pool = iris
    frozen = FrozenEstimator(LogisticRegression(max_iter=500).fit(X[y < 2], y[y < 2]))
    wrapper = LossPredictingClassifier(frozen).fit(X_pool, y_pool)
    assert (wrapper.held_out_losses_[y_pool == 2] == MAX_LOSS).all()
    proba = frozen.predict_proba(X_pool[y_pool == 0])[:, 0]
    assert_allclose(wrapper.held_out_losses_[y_pool == 0], -np.log(proba))


# Metadata -------------------------------------------------------------------------------


class Weighed(ClassifierMixin, BaseEstimator):
    """A logistic regression that insists on weights that equal the first feature."""

    def fit(self, X, y, sample_weight=None):
        assert_array_equal(sample_weight, X[:, 0])
        self.model_ = LogisticRegression(max_iter=500).fit(X, y, sample_weight=sample_weight)
        self.classes_ = self.model_.classes_
        return self

    def predict(self, X):
        return self.model_.predict(X)

    def predict_proba(self, X):
        return self.model_.predict_proba(X)


def test_weights_follow_the_parts(iris):
    X, y, *_ = iris
    LossPredictingClassifier(Weighed()).fit(X, y, sample_weight=X[:, 0])
    learner = ActiveLearner(LossPredictingClassifier(Weighed()), LearningLoss())
    learner.fit(X[:10], y[:10], sample_weight=X[:10, 0])
    learner.teach(X[10:], y[10:], sample_weight=X[10:, 0])
    with config_context(enable_metadata_routing=True):
        routed = Weighed().set_fit_request(sample_weight=True)
        LossPredictingClassifier(routed).fit(X, y, sample_weight=X[:, 0])
        learner = ActiveLearner(LossPredictingClassifier(routed), LearningLoss())
        learner.fit(X, y, sample_weight=X[:, 0])


def test_samples_of_weight_zero_teach_nothing(iris):
    X, y, *_ = iris
    weight = (y != 2).astype(float)
    wrapper = LossPredictingClassifier(DecisionTreeClassifier(random_state=0), random_state=0)
    wrapper.fit(X, y, sample_weight=weight)
    assert (wrapper.held_out_losses_[y == 2] == MAX_LOSS).all()
    assert wrapper.predict_loss(X[y == 2]).max() < MAX_LOSS / 2


# Bad input ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"cv": 1}, "'cv'"),
        ({"cv": 2.5}, "'cv'"),
        ({"estimator": "svc"}, "'estimator'"),
        ({"regressor": 3}, "'regressor'"),
        ({"n_jobs": "all"}, "'n_jobs'"),
        ({"random_state": "x"}, "'random_state'"),
    ],
)
def test_wrong_parameters_are_named(iris, params, words):
    with pytest.raises(ValueError, match=words):
        LossPredictingClassifier(**params).fit(*iris[:2])


def test_missing_labels_and_wrong_lengths_are_refused(iris):
    X, y, *_ = iris
    labels = y.astype(object)
    labels[3] = None
    with pytest.raises(ValueError, match=r"y\[3\] is missing"):
        LossPredictingClassifier().fit(X, labels)
    with pytest.raises(ValueError, match="inconsistent numbers"):
        LossPredictingClassifier().fit(X, y[:-1])


def test_unfitted_wrapper_says_so(iris):
    with pytest.raises(NotFittedError):
        LossPredictingClassifier().predict_loss(iris[0])
    with pytest.raises(NotFittedError):
        LossPredictingClassifier().predict(iris[0])
