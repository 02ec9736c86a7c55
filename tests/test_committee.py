import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_matrix
from sklearn.datasets import load_iris
from sklearn.ensemble import (
    BaggingClassifier,
    ExtraTreesClassifier,
    RandomForestClassifier,
    VotingClassifier,
)
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from skal import ActiveLearner, Committee
from skal.committee import has_members, member_proba
from skal.committee._committee import draw_bootstrap

X, y = load_iris(return_X_y=True)
NAMES = np.array(["setosa", "versicolor", "virginica"])[y]


def test_the_consensus_is_the_mean_of_the_members():
    committee = Committee(n_members=3, random_state=0).fit(X, NAMES)
    members = committee.member_proba(X[:9])
    assert_allclose(members, [m.predict_proba(X[:9]) for m in committee.members_])
    assert_allclose(committee.predict_proba(X[:9]), members.mean(axis=0))
    assert set(committee.predict(X)) == set(NAMES)


def test_clones_have_their_own_seeds_and_samples():
    tree = DecisionTreeClassifier(max_features=1, random_state=0)
    a, b = Committee(tree, n_members=2, bootstrap=False, random_state=0).fit(X, y).members_
    assert a.random_state != b.random_state
    a, b = Committee(GaussianNB(), n_members=2, random_state=0).fit(X, y).members_
    assert not np.allclose(a.theta_, b.theta_)
    a, b = Committee(GaussianNB(), n_members=2, bootstrap=False).fit(X, y).members_
    assert_allclose(a.theta_, b.theta_)


def test_a_list_is_taken_as_it_is():
    committee = Committee([GaussianNB(), DecisionTreeClassifier(random_state=3)]).fit(X, y)
    assert_allclose(committee.members_[0].theta_, GaussianNB().fit(X, y).theta_)
    assert committee.members_[1].random_state == 3


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_jobs_do_not_change_the_members(n_jobs):
    committee = Committee(DecisionTreeClassifier(), n_members=4, random_state=0, n_jobs=n_jobs)
    expected = Committee(DecisionTreeClassifier(), n_members=4, random_state=0).fit(X, y)
    assert_array_equal(committee.fit(X, y).member_proba(X), expected.member_proba(X))


def test_bootstrap_keeps_every_class():
    rare = np.array([0] * 40 + [1] + [2])
    rng = np.random.RandomState(0)
    for _ in range(200):
        rows = draw_bootstrap(rare, rng)
        assert len(rows) == len(rare) and set(rare[rows]) == {0, 1, 2}
    assert sorted(draw_bootstrap(np.arange(5), rng)) == list(range(5))  # one sample each


def test_bootstrap_is_otherwise_the_usual_one():
    balanced = np.repeat([0, 1], 50)
    rows = draw_bootstrap(balanced, np.random.RandomState(5))
    assert_array_equal(rows, np.random.RandomState(5).randint(100, size=100))


def test_sample_weight_follows_the_bootstrap():
    class Recorder(GaussianNB):
        def fit(self, X, y, sample_weight=None):
            assert_array_equal(sample_weight, X[:, 0])
            return super().fit(X, y, sample_weight)

    Committee(Recorder(), n_members=3, random_state=0).fit(X, y, sample_weight=X[:, 0])


def test_voting_is_a_committee():
    members = [("nb", GaussianNB()), ("lr", LogisticRegression(max_iter=500))]
    for voting in ("soft", "hard"):
        model = VotingClassifier(members, voting=voting).fit(X, NAMES)
        expected = [e.predict_proba(X) for e in model.estimators_]
        assert_allclose(member_proba(model, X, model.classes_), expected)


def test_members_without_probabilities_vote():
    for model in (
        VotingClassifier([("a", LinearSVC()), ("b", GaussianNB())]).fit(X, NAMES),
        Committee([LinearSVC(), GaussianNB()]).fit(X, NAMES),
    ):
        votes, proba = member_proba(model, X, model.classes_)
        assert set(np.unique(votes)) == {0, 1}
        assert_array_equal(votes.sum(axis=1), 1)
        assert np.mean(NAMES == model.classes_[votes.argmax(axis=1)]) > 0.9
        assert 0 < proba[0, 1] < 1
    hard = BaggingClassifier(RidgeClassifier(), n_estimators=3).fit(X, NAMES)
    votes = member_proba(hard, X, hard.classes_)
    assert_array_equal(votes.sum(axis=2), 1)
    assert np.mean(hard.classes_[votes[0].argmax(axis=1)] == NAMES) > 0.7


def test_bagging_with_subsets_of_features_and_samples():
    model = BaggingClassifier(
        KNeighborsClassifier(1), n_estimators=8, max_features=0.5, max_samples=3, random_state=0
    ).fit(X, NAMES)
    assert any(len(member.classes_) < 3 for member in model.estimators_)
    members = member_proba(model, X, model.classes_)
    assert_allclose(members.mean(axis=0), model.predict_proba(X))


@pytest.mark.parametrize("forest", [RandomForestClassifier, ExtraTreesClassifier])
@pytest.mark.parametrize("to_rows", [np.asarray, csr_matrix])
def test_forests(forest, to_rows):
    model = forest(n_estimators=5, random_state=0).fit(to_rows(X), NAMES)
    members = member_proba(model, to_rows(X), model.classes_)
    assert_allclose(members.mean(axis=0), model.predict_proba(X))
    assert members.shape == (5, 150, 3)


def test_forests_on_frames_do_not_warn(recwarn):
    import pandas as pd

    frame = pd.DataFrame(X, columns=list("abcd"))
    for model in (RandomForestClassifier(n_estimators=3), BaggingClassifier(GaussianNB())):
        member_proba(model.fit(frame, y), frame)
    assert not [w for w in recwarn if "feature names" in str(w.message)]


def test_pipelines_searches_and_frozen_models_are_looked_through():
    pipe = make_pipeline(StandardScaler(), RandomForestClassifier(n_estimators=4, random_state=0))
    search = GridSearchCV(pipe, {"randomforestclassifier__max_depth": [2, 3]}, cv=2).fit(X, y)
    expected = member_proba(search.best_estimator_[-1], search.best_estimator_[0].transform(X))
    assert_allclose(member_proba(search, X), expected)
    assert_allclose(member_proba(FrozenEstimator(search), X), expected)


def test_members_that_miss_a_class_are_aligned():
    few, many = GaussianNB().fit(X[:100], NAMES[:100]), GaussianNB().fit(X, NAMES)
    members = member_proba([few, many], X)
    assert_array_equal(members[0, :, 2], 0)
    assert_allclose(members[0, :, :2], few.predict_proba(X))
    reversed_ = member_proba([few, many], X, many.classes_[::-1])
    assert_allclose(reversed_, members[:, :, ::-1])
    with pytest.raises(ValueError, match="without .'virginica'"):
        member_proba([few, many], X, few.classes_)


def test_fitted_members_come_in_frozen():
    few = FrozenEstimator(GaussianNB().fit(X[:100], NAMES[:100]))
    committee = Committee([few, GaussianNB()]).fit(X[::3], NAMES[::3])
    assert committee.members_[0] is few
    assert_array_equal(committee.member_proba(X)[0, :, 2], 0)
    # A frozen member may know a class that the labels lack.
    all_ = FrozenEstimator(GaussianNB().fit(X, NAMES))
    assert list(Committee([all_]).fit(X[:100], NAMES[:100]).classes_) == sorted(set(NAMES))


def test_frozen_members_of_a_voting_classifier_keep_their_labels():
    frozen = FrozenEstimator(GaussianNB().fit(X, NAMES))
    model = VotingClassifier([("frozen", frozen), ("nb", GaussianNB())]).fit(X, NAMES)
    members = member_proba(model, X, model.classes_)
    assert_allclose(members[0], members[1])


def test_any_model_with_member_proba_is_a_committee():
    class Duck(GaussianNB):
        def member_proba(self, X):
            return np.stack([self.predict_proba(X)] * 2)

    model = Duck().fit(X, y)
    assert has_members(model) and member_proba(model, X[:3], [2, 1, 0]).shape == (2, 3, 3)
    assert_allclose(member_proba(model, X[:3], [2, 1, 0])[0], model.predict_proba(X[:3])[:, ::-1])


def test_what_is_no_committee_is_refused():
    model = GaussianNB().fit(X, y)
    assert not has_members(model)
    with pytest.raises(TypeError, match="GaussianNB is not a committee"):
        member_proba(model, X)


@pytest.mark.parametrize(
    "params, words",
    [
        ({"estimators": []}, "at least one classifier"),
        ({"estimators": [GaussianNB(), "tree"]}, r"estimators\[1\] is 'tree'"),
        ({"estimators": 3}, "'estimators' parameter"),
        ({"n_members": 0}, "'n_members' parameter"),
        ({"bootstrap": "yes"}, "'bootstrap' parameter"),
    ],
)
def test_wrong_parameters_are_refused(params, words):
    with pytest.raises(ValueError, match=words):
        Committee(**params).fit(X, y)


def test_a_list_of_classifiers_is_a_learner():
    learner = ActiveLearner([GaussianNB(), LinearSVC()], random_state=0).fit(X[::5], NAMES[::5])
    assert isinstance(learner.estimator_, Committee)
    assert learner.pool(X).member_proba.shape == (2, 150, 3)
