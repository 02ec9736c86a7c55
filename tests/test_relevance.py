"""Relevance: the samples that are most probably of a class, and a share of others."""

import warnings
from fractions import Fraction

import numpy as np
import pytest
import reference_strategies as reference
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_digits, load_iris, load_wine
from sklearn.ensemble import RandomForestClassifier, VotingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression, RidgeClassifier, SGDClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.preprocessing import scale
from sklearn.svm import SVC, LinearSVC

from skal import ActiveLearner, Pool
from skal._cli._messages import CommandError
from skal._cli._models import make_learner
from skal.pool import MissingOutputError
from skal.strategies import (
    CostAware,
    KMeansSampling,
    MaxHerding,
    RandomSampling,
    Relevance,
    UncertaintySampling,
)
from skal.strategies._relevance import _turns

X, Y = load_iris(return_X_y=True)
NAMES = np.array(["setosa", "versicolor", "virginica"])[Y]
SHARES = ["0", "1/1000", "1/20", "1/10", "29/100", "1/3", "1/2", "2/3", "9/10", "1"]


def labeled_pool(n_labeled, classes=(0, 1)):
    return Pool.from_arrays(np.zeros((n_labeled, 1)), y=np.resize(classes, n_labeled))


def pool_of(n_samples=40, n_labeled=0, seed=0, n_classes=2, **params):
    proba = np.random.RandomState(seed).dirichlet(np.ones(n_classes), size=n_samples)
    labeled = labeled_pool(n_labeled, range(n_classes)) if n_labeled else None
    return Pool.from_arrays(proba=proba, labeled=labeled, random_state=seed, **params)


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("n_classes", [2, 4])
def test_it_agrees_with_its_slow_twin(share, n_classes):
    rng = np.random.RandomState(0)
    for seed in range(20):
        n_labeled, n = rng.randint(1, 200), rng.randint(1, 41)
        positive = int(rng.randint(n_classes))
        pool = pool_of(40, n_labeled, seed, n_classes, classes=np.arange(n_classes))
        scores = pool.proba[:, positive], UncertaintySampling().scores(pool)
        expected = reference.relevant_and_uncertain(*scores, n_labeled, n, Fraction(share))
        strategy = Relevance(positive, float(Fraction(share)))
        assert_array_equal(strategy.query(pool, n), expected)


@pytest.mark.parametrize("share", SHARES)
def test_the_share_is_exact_whatever_the_batches(share):
    one_by_one = np.concatenate([_turns(i, 1, float(Fraction(share))) for i in range(3000)])
    assert_array_equal(_turns(0, 3000, float(Fraction(share))), one_by_one)
    counts = np.cumsum(one_by_one)
    assert_array_equal(counts, [Fraction(share) * (i + 1) // 1 for i in range(3000)])
    assert_array_equal(_turns(700, 50, float(Fraction(share))), one_by_one[700:750])


def test_one_by_one_is_as_a_batch_where_the_model_stays():
    """Only the numbers of labels count, so a loop gets its share of uncertain samples."""
    whole, rest, asked = pool_of(60, 7), np.arange(60), []
    for n_labeled in range(7, 27):
        now = Pool.from_arrays(
            proba=whole.proba[rest], labeled=labeled_pool(n_labeled), random_state=0
        )
        asked.append(rest[Relevance(1, 0.2).query(now, 1)[0]])
        rest = np.setdiff1d(rest, asked)
    is_relevant = ~_turns(7, 20, 0.2)
    assert (~is_relevant).sum() == 4
    free, p = list(range(60)), whole.proba[:, 1]
    for row, relevant in zip(asked, is_relevant, strict=True):
        best = max(free, key=lambda i: p[i] if relevant else -abs(p[i] - 0.5))
        assert row == best
        free.remove(row)


def test_scores_are_those_that_chose():
    pool = pool_of(30, 4)
    selection = Relevance(1, 0.25).select(pool, 12)
    is_uncertain = _turns(4, 12, 0.25)
    relevance, uncertainty = pool.proba[:, 1], UncertaintySampling().scores(pool)
    chosen = selection.positions
    expected = np.where(is_uncertain, uncertainty[chosen], relevance[chosen])
    assert_array_equal(selection.scores, expected)
    assert_array_equal(Relevance(0).scores(pool), pool.proba[:, 0])
    without_scores = Relevance(1, 0.25, KMeansSampling())
    pool = Pool.from_arrays(np.eye(30), proba=pool.proba)
    assert without_scores.select(pool, 12).scores is None


def test_the_other_strategy_can_be_given():
    pool = Pool.from_arrays(
        np.random.RandomState(0).normal(size=(40, 2)), proba=pool_of().proba, random_state=0
    )
    for other in (MaxHerding(), RandomSampling(), UncertaintySampling("entropy")):
        batch = Relevance(1, 0.5, other).query(pool, 8)
        relevant = batch[::2]
        assert_array_equal(relevant, np.argsort(-pool.proba[:, 1])[:4])
        assert not set(batch[1::2]) & set(relevant)
    assert_array_equal(Relevance(1, 1.0, MaxHerding()).query(pool, 8), MaxHerding().query(pool, 8))
    named = Relevance(1).set_params(strategy=UncertaintySampling(), strategy__measure="entropy")
    assert named.strategy.measure == "entropy"


def test_a_budget_of_the_other_strategy_is_kept():
    prices = np.ones(40)
    pool = Pool.from_arrays(proba=pool_of().proba, prices=prices, random_state=0)
    batch = Relevance(1, 0.5, CostAware(budget=6.0)).query(pool, 20)
    assert 0 < len(batch) <= 6 and len(set(batch.tolist())) == len(batch)


@pytest.mark.parametrize("n_samples", [1, 5, 6])
def test_more_than_there_is(n_samples):
    with pytest.warns(UserWarning, match="all of them are returned"):
        batch = Relevance(1, 0.3).query(pool_of(n_samples, 3), 7)
    assert sorted(batch) == list(range(n_samples))


@pytest.mark.parametrize("positive", ["barbera", "barolo", "grignolino"])
@pytest.mark.parametrize(
    "model",
    [
        GaussianNB(),
        LinearSVC(),
        RidgeClassifier(),
        SVC(decision_function_shape="ovo"),
        SVC(decision_function_shape="ovr"),
        RandomForestClassifier(10, random_state=0),
        VotingClassifier([("nb", GaussianNB()), ("svc", SVC())]),
        [GaussianNB(), SGDClassifier(random_state=0), SVC(), LogisticRegression(max_iter=500)],
    ],
    ids=lambda model: type(model).__name__,
)
def test_any_model_finds_a_class(model, positive):
    wines, cultivars = load_wine(return_X_y=True)
    wines, cultivars = scale(wines), np.array(["barolo", "grignolino", "barbera"])[cultivars]
    learner = ActiveLearner(model, Relevance(positive, 0.0), random_state=0)
    learner.fit(wines[::7], cultivars[::7])
    rest = np.setdiff1d(np.arange(len(wines)), np.arange(0, len(wines), 7))
    found = cultivars[rest][learner.query(wines[rest], 30)] == positive
    assert found.mean() >= 0.9


@pytest.mark.parametrize("positive", [0, 1])
def test_two_classes_by_the_sign_of_the_decision(positive):
    is_two = Y > 0
    X_two, y_two = X[is_two], Y[is_two] - 1
    for model in (SVC(), RidgeClassifier()):
        learner = ActiveLearner(model, Relevance(positive, 0.0)).fit(X_two[::5], y_two[::5])
        values = learner.decision_function(X_two) * (1 if positive else -1)
        chosen = learner.query(X_two, 20)
        assert_allclose(values[chosen], -np.sort(-values)[:20])


def test_of_more_classes_it_is_how_far_a_class_leads():
    decision = np.random.RandomState(0).normal(size=(20, 4))
    pool = Pool.from_arrays(decision=decision)
    for positive in range(4):
        others = [max(v for j, v in enumerate(row) if j != positive) for row in decision]
        assert_array_equal(Relevance(positive).scores(pool), decision[:, positive] - others)


def test_values_of_one_against_one_are_those_of_scikit_learn():
    digits, labels = load_digits(return_X_y=True)
    model = SVC(decision_function_shape="ovr").fit(digits[:200], labels[:200])
    pool = Pool(model, digits[200:500], random_state=0)
    for positive in range(10):
        expected = model.decision_function(digits[200:500])[:, positive]
        assert_allclose(Relevance(positive).scores(pool), expected, atol=1e-12)


def test_committees_without_a_mean_of_their_own():
    members = np.random.RandomState(0).dirichlet(np.ones(3), size=(5, 20))
    pool = Pool.from_arrays(member_proba=members)
    assert_allclose(Relevance(2).scores(pool), members[:, :, 2].mean(axis=0))
    with pytest.raises(MissingOutputError, match="Relevance reads `pool.proba`"):
        Relevance(1).query(Pool.from_arrays(np.eye(3), classes=[0, 1]))


def test_without_a_name_the_second_of_two_classes_or_the_rarest():
    pool = pool_of(30, 9, classes=["no", "yes"])
    assert_array_equal(Relevance().query(pool, 9), Relevance("yes").query(pool, 9))
    proba = pool_of(30, n_classes=3).proba
    for y, rarest in [([0, 0, 1, 1, 2], 2), ([0, 1, 1, 2, 2], 0), ([0, 0, 1, 1], 2)]:
        labeled = Pool.from_arrays(np.zeros((len(y), 1)), y=y)
        pool = Pool.from_arrays(proba=proba, labeled=labeled, random_state=0)
        assert_array_equal(Relevance().query(pool, 9), Relevance(rarest).query(pool, 9))
    assert_array_equal(
        Relevance().scores(Pool.from_arrays(proba=proba)), proba[:, 2]
    )  # of equally many the last one


@pytest.mark.parametrize(
    "classes, positive, column",
    [
        ([0, 1], True, 1),
        ([0, 1], "1", 1),
        ([-1, 1], "-1", 0),
        ([False, True], "True", 1),
        (["0", "1"], 1, 1),
        ([0.5, 1.5], "1.5", 1),
        (["ham", "spam"], np.str_("spam"), 1),
        ([3, 7], np.int64(3), 0),
    ],
)
def test_the_class_may_be_given_as_text(classes, positive, column):
    pool = pool_of(classes=classes)
    assert_array_equal(Relevance(positive).scores(pool), pool.proba[:, column])


def test_a_class_that_the_model_does_not_know_yet():
    learner = ActiveLearner(GaussianNB(), Relevance("virginica", 0.0), random_state=0)
    is_other = NAMES != "virginica"
    learner.fit(X[is_other][::10], NAMES[is_other][::10])
    margin = ActiveLearner(GaussianNB(), UncertaintySampling(), random_state=0)
    margin.fit(X[is_other][::10], NAMES[is_other][::10])
    with pytest.warns(UserWarning, match="'virginica', but the classes of the model are 'setosa'"):
        batch = learner.query(X, 5)
    assert_array_equal(batch, margin.query(X, 5))
    with pytest.warns(UserWarning, match="Until then, MaxHerding chooses"):
        learner.set_params(strategy=Relevance("virginica", strategy=MaxHerding())).query(X, 5)
    with pytest.raises(ValueError, match="'virginica', but the classes"):
        Relevance("virginica").scores(learner.pool(X))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        learner.teach(X[-2:], NAMES[-2:]).query(X, 5)


def test_one_class_is_a_cold_start():
    learner = ActiveLearner(strategy=Relevance("virginica"), random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert isinstance(learner.select(X, 3).strategy, MaxHerding)
        learner.fit(X[:5], NAMES[:5])
        assert isinstance(learner.select(X, 3).strategy, MaxHerding)


@pytest.mark.parametrize(
    "positive, words",
    [
        ("Spam", r"'Spam', but the classes of the model are 'ham', 'spam'.*Did you mean 'spam'"),
        (" spam ", "Did you mean 'spam'"),
        ("eggs", "'eggs', but the classes of the model are 'ham', 'spam'"),
        (["spam"], "'positive' parameter of Relevance"),
        (np.array(["spam"]), "'positive' parameter of Relevance"),
    ],
)
def test_wrong_classes(positive, words):
    with pytest.raises(ValueError, match=words):
        Relevance(positive).query(pool_of(classes=["ham", "spam"]))


@pytest.mark.parametrize("share", [-0.1, 1.1, np.nan, "0.5", None])
def test_wrong_shares(share):
    with pytest.raises(ValueError, match="'share_uncertain' parameter of Relevance"):
        Relevance(1, share).query(pool_of())


def test_a_trained_model_that_will_not_learn_the_class():
    model = FrozenEstimator(GaussianNB().fit(X[:100], NAMES[:100]))
    learner = ActiveLearner(model, Relevance("virginica"))
    with pytest.raises(ValueError, match="'virginica', but the classes of the model are"):
        learner.query(X, 3)
    assert (NAMES[learner.set_params(strategy=Relevance("setosa")).query(X, 9)] == "setosa").all()


@pytest.mark.parametrize("name", ["relevance:versicolor", "Relevance:versicolor"])
def test_the_class_stands_behind_the_name(name):
    named = ActiveLearner(GaussianNB(), name, random_state=0).fit(X[::9], NAMES[::9])
    given = ActiveLearner(GaussianNB(), Relevance("versicolor"), random_state=0)
    given.fit(X[::9], NAMES[::9])
    assert_array_equal(named.query(X, 9), given.query(X, 9))
    assert repr(named.select(X).strategy) == "Relevance(positive='versicolor')"


@pytest.mark.parametrize(
    "name, words",
    [
        ("relevance:", "Write the class to look for behind the colon, as in 'relevance:spam'"),
        ("margin:spam", "Nothing may stand behind 'margin'"),
        ("relevanc:spam", "Did you mean 'relevance'"),
    ],
)
def test_wrong_names(name, words):
    with pytest.raises(ValueError, match=f"'strategy' parameter of ActiveLearner.*{words}"):
        ActiveLearner(strategy=name).fit(X, Y)


def test_a_class_of_numbers_by_name_of_the_command_line():
    learner = ActiveLearner(GaussianNB(), "relevance:2").fit(X[::9], Y[::9])
    assert (Y[learner.query(X, 20)] == 2).mean() > 0.8


def test_the_command_line_tries_it_without_a_word():
    features = np.random.RandomState(0).normal(size=(30, 3))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        learner = make_learner(features, "logistic", "Relevance:spam")
    assert repr(learner.strategy) == "Relevance(positive='spam')"
    with pytest.raises(CommandError, match="Write the class to look for behind the colon"):
        make_learner(features, "logistic", "relevance:")
