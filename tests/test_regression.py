"""Learners, committees, pools and games whose labels are numbers."""

from functools import partial

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_array
from sklearn.base import BaseEstimator, RegressorMixin, clone, is_classifier, is_regressor
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_diabetes, make_friedman1
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import (
    BaggingRegressor,
    ExtraTreesRegressor,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    VotingRegressor,
)
from sklearn.frozen import FrozenEstimator
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, WhiteKernel
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import BayesianRidge, LogisticRegression, Ridge, SGDRegressor
from sklearn.metrics import r2_score
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.multioutput import MultiOutputRegressor, RegressorChain
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR
from sklearn.tree import DecisionTreeRegressor
from sklearn.utils.estimator_checks import parametrize_with_checks

from skal import ActiveLearner, Committee, LabelBudgetClassifier, LabelBudgetRegressor, Pool
from skal.committee import count_members, has_members, member_prediction
from skal.pool import MissingOutputError
from skal.simulation import area_under_label_curve, label_curve
from skal.stopping import LabelBudget
from skal.strategies import (
    BADGE,
    BALD,
    CoreSet,
    ExpectedErrorReduction,
    MaxHerding,
    QueryByCommittee,
    RandomSampling,
    SimpleMargin,
    UncertaintyHerding,
    UncertaintySampling,
)

X, Y = make_friedman1(120, n_features=6, random_state=0)
LABELED, POOL = slice(0, 40), slice(40, 120)

COMMITTEES = [
    RandomForestRegressor(6, random_state=0),
    ExtraTreesRegressor(6, random_state=0),
    BaggingRegressor(Ridge(), n_estimators=5, max_features=0.5, random_state=0),
    VotingRegressor([("ridge", Ridge()), ("neighbors", KNeighborsRegressor())]),
    Committee(Ridge(), n_members=4, random_state=0),
    Committee([Ridge(), SVR()]),
    make_pipeline(StandardScaler(), RandomForestRegressor(6, random_state=0)),
    GridSearchCV(RandomForestRegressor(6, random_state=0), {"max_depth": [3]}, cv=2),
]
OTHERS = [
    Ridge(),
    SVR(),
    KernelRidge(),
    KNeighborsRegressor(),
    HistGradientBoostingRegressor(min_samples_leaf=2),
    make_pipeline(StandardScaler(), Ridge()),
    TransformedTargetRegressor(Ridge(), func=np.log1p, inverse_func=np.expm1),
]
STATE_A_DEVIATION = [
    BayesianRidge(),
    GaussianProcessRegressor(RBF() + WhiteKernel(), random_state=0),
    make_pipeline(StandardScaler(), BayesianRidge()),
]


@parametrize_with_checks(
    [
        ActiveLearner(Ridge()),
        ActiveLearner(RandomForestRegressor(3)),
        ActiveLearner(make_pipeline(StandardScaler(), SVR())),
        ActiveLearner([Ridge(), DecisionTreeRegressor()]),
        Committee(Ridge()),
        Committee(DecisionTreeRegressor(), n_members=3, random_state=0),
        Committee([Ridge(), DecisionTreeRegressor()]),
        LabelBudgetRegressor(),
    ]
)
def test_estimators_keep_the_contract_of_scikit_learn(estimator, check):
    check(estimator)


@pytest.mark.parametrize("estimator", COMMITTEES + OTHERS + STATE_A_DEVIATION, ids=repr)
def test_a_learner_is_the_regressor_that_it_wraps(estimator):
    learner = ActiveLearner(estimator, random_state=0).fit(X[LABELED], Y[LABELED])
    assert is_regressor(learner)
    assert not is_classifier(learner)
    assert not hasattr(learner, "classes_")
    assert not hasattr(learner, "predict_proba")
    assert_array_equal(learner.predict(X[POOL]), learner.estimator_.predict(X[POOL]))
    assert learner.score(X[POOL], Y[POOL]) == r2_score(Y[POOL], learner.predict(X[POOL]))
    positions = learner.query(X[POOL], 5)
    assert len(set(positions.tolist())) == 5
    taught = clone(learner).fit(X[LABELED], Y[LABELED])
    taught.teach(X[POOL][positions], Y[POOL][positions])
    assert_array_equal(taught.y_labeled_, [*Y[LABELED], *Y[POOL][positions]])


def test_a_list_of_regressors_is_a_committee():
    learner = ActiveLearner([Ridge(), SVR()]).fit(X[LABELED], Y[LABELED])
    members = [Ridge().fit(X[LABELED], Y[LABELED]), SVR().fit(X[LABELED], Y[LABELED])]
    assert_allclose(learner.predict(X), np.mean([one.predict(X) for one in members], axis=0))


def test_before_two_labels_the_mean_is_predicted_and_the_cold_start_asks():
    learner = ActiveLearner(KNeighborsRegressor(1), RandomSampling(), random_state=0)
    assert_array_equal(learner.query(X, 4), MaxHerding().query(learner.pool(X), 4))
    learner.fit(X[:1], Y[:1])
    assert_array_equal(learner.predict(X[:3]), [Y[0]] * 3)
    assert_array_equal(learner.query(X, 4), MaxHerding().query(learner.pool(X), 4))
    with pytest.raises(MissingOutputError, match="fewer than two samples are labeled"):
        learner.pool(X).prediction  # noqa: B018
    learner.teach(X[1:2], Y[1:2])
    assert_array_equal(learner.predict(X[:2]), Y[:2])
    # Weights of 0 are no labels.
    weighted = ActiveLearner(Ridge()).fit(X[:3], Y[:3], sample_weight=[1, 0, 0])
    assert_array_equal(weighted.predict(X[:2]), [Y[0]] * 2)


def test_equal_numbers_make_a_model():
    learner = ActiveLearner(Ridge(), MaxHerding()).fit(X[:5], np.ones(5))
    assert isinstance(learner.estimator_, Ridge)
    assert_allclose(learner.predict(X), 1)


@pytest.mark.parametrize("estimator", [SGDRegressor(random_state=0), RandomForestRegressor(4)])
def test_incremental_learning_goes_on(estimator):
    learner = ActiveLearner(estimator, MaxHerding(), incremental=True, random_state=0)
    learner.fit(X[:20], Y[:20]).teach(X[20:40], Y[20:40])
    if isinstance(estimator, SGDRegressor):
        expected = clone(learner).fit(X[:20], Y[:20]).estimator_.partial_fit(X[20:40], Y[20:40])
        assert_array_equal(learner.predict(X), expected.predict(X))
    else:
        assert len(learner.estimator_.estimators_) == 8


@pytest.mark.parametrize("wrap", [lambda one: one, lambda one: [one, one]])
def test_trained_regressors_are_models_without_labels(wrap):
    trained = FrozenEstimator(Ridge().fit(X, Y))
    learner = ActiveLearner(wrap(trained), RandomSampling())
    assert_allclose(learner.predict(X), trained.predict(X))
    assert_allclose(learner.pool(X).prediction, trained.predict(X))


@pytest.mark.parametrize("estimator", COMMITTEES, ids=repr)
def test_members_predict_for_themselves(estimator):
    learner = ActiveLearner(estimator, MaxHerding()).fit(X[LABELED], Y[LABELED])
    pool = learner.pool(X[POOL])
    members = member_prediction(learner.estimator_, X[POOL])
    assert has_members(learner.estimator_)
    assert count_members(learner.estimator_) == len(members)
    assert_array_equal(pool.member_prediction, members)
    # All of these predict the mean of their members.
    assert_allclose(members.mean(axis=0), learner.predict(X[POOL]))
    assert_allclose(pool.prediction_std, members.std(axis=0))
    assert_array_equal(pool.prediction, learner.predict(X[POOL]))
    assert not pool.has("member_proba")


@pytest.mark.parametrize("estimator", STATE_A_DEVIATION, ids=repr)
def test_a_deviation_that_a_model_states_is_taken(estimator):
    learner = ActiveLearner(estimator, MaxHerding()).fit(X[LABELED], Y[LABELED])
    expected = clone(estimator).fit(X[LABELED], Y[LABELED]).predict(X[POOL], return_std=True)[1]
    assert_allclose(learner.pool(X[POOL]).prediction_std, expected)


def test_the_deviation_that_a_committee_states_comes_first():
    class Stated(RandomForestRegressor):
        def predict(self, X, return_std=False):
            prediction = super().predict(X)
            return (prediction, np.arange(len(X)) % 7.0) if return_std else prediction

    pool = ActiveLearner(Stated(3, random_state=0)).fit(X[:50], Y[:50]).pool(X)
    assert_array_equal(pool.prediction_std, np.arange(len(X)) % 7)
    assert pool.member_prediction.shape == (3, len(X))


@pytest.mark.parametrize("estimator", OTHERS, ids=repr)
def test_what_a_model_lacks_is_named_with_the_way_out(estimator):
    pool = ActiveLearner(estimator, MaxHerding()).fit(X[LABELED], Y[LABELED]).pool(X)
    assert not pool.has("prediction_std")
    with pytest.raises(MissingOutputError, match=r"skal.Committee\(regressor\)"):
        pool.prediction_std  # noqa: B018


class OwnMembers(RegressorMixin, BaseEstimator):
    n_members_ = 3

    def fit(self, X, y):
        self.mean_ = y.mean()
        return self

    def predict(self, X):
        return np.full(len(X), self.mean_)

    def member_prediction(self, X):
        return np.array([self.predict(X) + i * X[:, 0] for i in range(3)])


def test_a_model_may_answer_for_its_members():
    pool = ActiveLearner(OwnMembers(), MaxHerding()).fit(X[LABELED], Y[LABELED]).pool(X)
    assert_allclose(pool.prediction_std, X[:, 0] * np.std([0, 1, 2]))


@pytest.mark.parametrize("values", [np.full((2, 3), np.nan), np.zeros(3), np.zeros((0, 3))])
def test_members_that_cannot_be_right(values):
    with pytest.raises(ValueError, match="member_prediction must"):
        Pool.from_arrays(member_prediction=values)


@pytest.mark.parametrize("values", [[1.0, -1.0], [1.0, np.inf], [[1.0], [2.0]]])
def test_deviations_that_cannot_be_right(values):
    with pytest.raises(ValueError, match="prediction_std must"):
        Pool.from_arrays(prediction_std=values)


@pytest.mark.parametrize(
    "strategy",
    [
        UncertaintySampling(),
        UncertaintySampling("entropy"),
        UncertaintyHerding(),
        SimpleMargin(),
        BADGE(),
        BALD(),
        QueryByCommittee("vote_entropy"),
        ExpectedErrorReduction(),
    ],
    ids=repr,
)
@pytest.mark.parametrize("estimator", [Ridge(), RandomForestRegressor(4)], ids=repr)
def test_strategies_for_classes_say_so(strategy, estimator):
    learner = ActiveLearner(estimator, strategy).fit(X[LABELED], Y[LABELED])
    way_out = r"is a regressor, which predicts numbers and not classes. Use a strategy for"
    with pytest.raises(MissingOutputError, match=way_out):
        learner.query(X[POOL], 3)


@pytest.mark.parametrize("name", ["prediction", "prediction_std", "member_prediction"])
def test_classifiers_have_no_numbers(name):
    learner = ActiveLearner(LogisticRegression(), MaxHerding()).fit(X, Y > 14)
    with pytest.raises(MissingOutputError, match="is a classifier, which predicts one class"):
        getattr(learner.pool(X), name)


@pytest.mark.parametrize("strategy", [CoreSet(), MaxHerding(), RandomSampling()], ids=repr)
def test_what_needs_distances_alone_works_as_it_is(strategy):
    numbers = ActiveLearner(Ridge(), strategy, random_state=0).fit(X[LABELED], Y[LABELED])
    classes = ActiveLearner(LogisticRegression(), strategy, random_state=0)
    classes.fit(X[LABELED], Y[LABELED] > 14)
    assert_array_equal(numbers.query(X[POOL], 6), classes.query(X[POOL], 6))


@pytest.mark.parametrize(
    "y, words",
    [
        (["low", "high"], "is a regressor, got 'low' of type str. To learn classes, use a class"),
        (np.array(["1.5", "2.5"]), "got '1.5' of type str"),
        ([1.0, np.nan], r"y\[1\] is missing: .*Leave samples without a label in the pool"),
        (np.array([1.0, None], dtype=object), r"y\[1\] is missing"),
        ([1.0, np.inf], "infinity"),
        ([1 + 2j, 0j], "complex"),
        ([[1.0, 2.0], [3.0, 4.0]], r"array of shape \(2, 2\).*one learner for each"),
        (np.float64(3.0), "one number for each sample"),
        ([[1.0], [1.0, 2.0]], "entries of one shape"),
        (np.array(["2020-01-01", "2020-01-02"], dtype="datetime64[D]"), "must hold numbers"),
        (np.ma.masked_array([1.0, 2.0], [True, False]), "mask"),
    ],
    ids=str,
)
@pytest.mark.parametrize("make", [ActiveLearner, Committee])
def test_labels_that_are_no_numbers(make, y, words):
    with pytest.raises(ValueError, match=words):
        make(Ridge()).fit(X[:2], y)


class Untold:
    """A regressor of another library, whose tags do not say what it is."""

    def get_params(self, deep=True):
        return {}

    def fit(self, X, y):
        return self

    def predict(self, X):
        return np.zeros(len(X))


@pytest.mark.parametrize("make", [ActiveLearner, Committee])
def test_an_estimator_that_is_of_no_kind_is_told_how_to_be_of_one(make):
    with pytest.raises(TypeError, match="has no classes_ once it is fitted.*RegressorMixin"):
        make(Untold()).fit(X[:3], [0, 1, 1])


@pytest.mark.parametrize("make", [ActiveLearner, Committee])
def test_a_regressor_may_tell_its_kind_in_the_old_way(make):
    class Told(Untold):
        _estimator_type = "regressor"

    model = make(Told()).fit(X[:3], [0.5, 1, 2])
    assert is_regressor(model)
    assert_array_equal(model.predict(X[:2]), [0, 0])


def test_a_score_of_classes_is_refused_for_numbers():
    words = "no score on numbers: .* Use scoring='r2'"
    with pytest.raises(ValueError, match=words):
        label_curve(ActiveLearner(Ridge()), X[:60], Y[:60], cv=2, budget=20, scoring="accuracy")


@pytest.mark.parametrize("several", [MultiOutputRegressor, RegressorChain])
def test_regressors_of_several_numbers_are_named(several):
    with pytest.raises(ValueError, match="several columns .* of one number in its place"):
        ActiveLearner(several(Ridge())).fit(X[:3], Y[:3])


def test_a_sparse_column_is_refused():
    with pytest.raises(TypeError, match=r"y must be dense where ActiveLearner is a regressor"):
        ActiveLearner(Ridge()).fit(X[:2], csr_array([[1.0], [2.0]]))


@pytest.mark.parametrize("make", [ActiveLearner, Committee])
@pytest.mark.parametrize("dtype", [float, np.float32, object])
def test_classifiers_refuse_numbers_and_name_regressors(make, dtype):
    words = "must hold classes, because this .* got 0.5 of type float.*use a regressor"
    with pytest.raises(ValueError, match=words):
        make(RandomForestClassifier(3)).fit(X[:3], np.array([1.0, 0.5, 2.0], dtype=dtype))


def test_teaching_text_leaves_the_learner_as_it_is():
    learner = ActiveLearner(Ridge()).fit(X[:5], Y[:5])
    with pytest.raises(ValueError, match="must hold numbers"):
        learner.teach(X[5:6], ["six"])
    assert len(learner.y_labeled_) == 5


def test_whole_numbers_and_truth_values_are_numbers():
    learner = ActiveLearner(Ridge()).fit(X[:3], [1, 2, 3]).teach(X[3:5], [True, False])
    assert_array_equal(learner.y_labeled_, [1.0, 2.0, 3.0, 1.0, 0.0])


# Games


def test_the_game_looks_at_no_more_labels_than_the_budget():
    hidden = Y.copy()
    game = LabelBudgetRegressor(ActiveLearner(Ridge(), MaxHerding()), budget=30, random_state=0)
    asked = game.fit(X, Y).query_indices_
    hidden[np.setdiff1d(np.arange(len(Y)), asked)] = np.nan
    again = clone(game).fit(X, hidden)
    assert_array_equal(again.query_indices_, asked)
    assert_array_equal(again.n_labels_, [10, 20, 30])
    assert [len(y) for y in again.staged_predict(X[:7])] == [7, 7, 7]
    assert is_regressor(game)
    assert not hasattr(again, "classes_")


def test_a_game_is_a_regressor_for_searches():
    game = LabelBudgetRegressor(budget=30, random_state=0)
    search = GridSearchCV(game, {"learner": [ActiveLearner(Ridge(a)) for a in (0.1, 1)]}, cv=3)
    assert search.fit(X, Y).best_score_ > 0
    areas = cross_val_score(game, X, Y, scoring=area_under_label_curve, cv=3)
    assert np.isfinite(areas).all()


def test_curves_of_regressors_are_scored_by_r2():
    learner = ActiveLearner(make_pipeline(StandardScaler(), Ridge()))
    curves = label_curve({"default": learner}, X, Y, cv=3, budget=30, random_state=0)
    assert curves.names == ["default", "random"]
    assert curves.score_name == "r2"
    run = curves.runs["default"][0]
    model = make_pipeline(StandardScaler(), Ridge())
    model.fit(X[run.query_indices], Y[run.query_indices])
    assert run.scores[-1] == pytest.approx(r2_score(Y[run.test], model.predict(X[run.test])))
    errors = label_curve(
        learner, X, Y, cv=3, budget=20, scoring="neg_root_mean_squared_error", oracle=True
    )
    assert np.isfinite(errors.scores["random"]).all()


@pytest.mark.parametrize("scoring", ["auto", "neg_root_mean_squared_error"])
def test_numbers_whose_squares_vanish_have_no_score(scoring):
    learner, tiny = ActiveLearner(DummyRegressor(), "random"), 1e-200 * Y
    with pytest.warns(UserWarning, match="Multiply y by a constant"):
        curves = label_curve(learner, X, tiny, cv=2, budget=20, scoring=scoring)
    assert np.isnan(curves.scores["random"]).all()
    game = LabelBudgetRegressor(learner, budget=20, random_state=0).fit(X, tiny)
    absolute = partial(area_under_label_curve, scoring="neg_mean_absolute_error")
    assert absolute(game, X, tiny) < 0


@pytest.mark.parametrize("factor", [1e-200, 1e200])
def test_an_area_over_numbers_whose_squares_vanish_or_overflow_is_missing(factor):
    learner = ActiveLearner(DummyRegressor(), "random")
    game = LabelBudgetRegressor(learner, budget=20, random_state=0).fit(X, factor * Y)
    with pytest.warns(UserWarning, match="The area is NaN.*Multiply y by a constant"):
        assert np.isnan(area_under_label_curve(game, X, factor * Y))


def test_curves_begin_without_a_label_and_stop_by_rule():
    X_few, y_few = load_diabetes(return_X_y=True)
    learner = ActiveLearner(Ridge(0.1), MaxHerding())
    curves = label_curve(learner, X_few, y_few, n_initial=0, batch_size=5, budget=15, cv=2)
    assert_array_equal(curves.n_labels, [5, 10, 15])
    game = LabelBudgetRegressor(learner, budget=60, stopping=LabelBudget(20)).fit(X_few, y_few)
    assert game.n_labels_[-1] == 20


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda: LabelBudgetClassifier(ActiveLearner(Ridge())).fit(X, Y), "LabelBudgetRegressor"),
        (lambda: LabelBudgetRegressor(ActiveLearner()).fit(X, Y), "Use LabelBudgetClassifier"),
        (lambda: LabelBudgetRegressor(initial="stratified").fit(X, Y), "numbers have no classes"),
        (
            lambda: label_curve([ActiveLearner(Ridge()), ActiveLearner()], X, Y),
            "all be around classifiers or all around regressors",
        ),
        (
            lambda: label_curve(ActiveLearner(Ridge()), X, Y, game=LabelBudgetClassifier()),
            "Use LabelBudgetRegressor",
        ),
        (
            lambda: label_curve(ActiveLearner(Ridge()), X, Y, scoring="accuracy"),
            "scoring must fit the labels and the learners",
        ),
    ],
)
def test_games_of_another_task_are_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()
