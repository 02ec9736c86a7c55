"""Games from no label, the upper bound, and comparisons with random sampling."""

import itertools
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats
from sklearn.datasets import make_blobs
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import SVC

from skal import ActiveLearner, LabelBudgetClassifier
from skal.plotting import ClassBalanceDisplay
from skal.pool import MissingOutputError
from skal.simulation import LabelCurves, label_curve
from skal.stopping import LabelBudget
from skal.strategies import (
    CoreSet,
    KMeansSampling,
    QueryStrategy,
    RandomSampling,
    UncertaintySampling,
)

ORACLE = "oracle (sees labels)"


def blobs(n_samples=120, n_classes=3, spread=3.0):
    return make_blobs(n_samples, centers=n_classes, cluster_std=spread, random_state=0)


def curve(learners, X, y, **params):
    return label_curve(learners, X, y, **{"cv": 3, "random_state": 0, "budget": 40, **params})


def test_from_no_label_the_cold_start_chooses_the_first_batch():
    X, y = blobs()
    learner = ActiveLearner(GaussianNB(), cold_start=KMeansSampling(), random_state=3)
    game = LabelBudgetClassifier(learner, n_initial=0, batch_size=8, budget=30).fit(X, y)
    assert_array_equal(game.n_labels_, [8, 16, 24, 30])
    assert len(game.staged_estimators_) == 4
    first = ActiveLearner(GaussianNB(), cold_start=KMeansSampling(), random_state=3).query(X, 8)
    assert_array_equal(game.query_indices_[:8], first)


@pytest.mark.parametrize("initial", ["random", CoreSet(), UncertaintySampling()], ids=repr)
def test_without_initial_labels_it_does_not_matter_how_they_would_be_chosen(initial):
    X, y = blobs()
    game = LabelBudgetClassifier(
        ActiveLearner(cold_start=CoreSet()), n_initial=0, initial=initial, random_state=0
    )
    assert_array_equal(
        game.fit(X, y).query_indices_[:10], CoreSet().query(game.learner.pool(X), 10)
    )


def test_rows_that_are_given_count_also_where_n_initial_is_zero():
    X, y = blobs()
    game = LabelBudgetClassifier(n_initial=0, initial=[4, 9, 2], batch_size=5, budget=13)
    assert_array_equal(game.fit(X, y).n_labels_, [3, 8, 13])


def test_one_of_each_class_takes_labels():
    X, y = blobs()
    with pytest.raises(ValueError, match="at least the number of classes, 3.*got n_initial=0"):
        LabelBudgetClassifier(n_initial=0, initial="stratified").fit(X, y)


def test_a_model_of_the_first_batch_predicts_its_only_class():
    X, y = blobs(60)
    y = np.where(np.arange(60) < 58, "common", "rare")
    game = LabelBudgetClassifier(
        ActiveLearner(cold_start=InOrder()), n_initial=0, batch_size=1, budget=2
    ).fit(X, y)
    assert_array_equal(game.n_labels_, [1, 2])
    assert [set(predicted) for predicted in game.staged_predict(X)] == [{"common"}] * 2


class InOrder(QueryStrategy):
    """Ask for the first samples of the pool."""

    def _query(self, pool, n):
        return np.arange(n)


def test_stopping_is_asked_from_the_first_model_on():
    X, y = blobs()
    game = LabelBudgetClassifier(n_initial=0, batch_size=4, stopping=LabelBudget(8))
    assert_array_equal(game.fit(X, y).n_labels_, [4, 8])


def test_a_cold_start_that_chooses_nothing_is_told():
    X, y = blobs()

    class Nothing(QueryStrategy):
        _may_fall_short = True

        def _query(self, pool, n):
            return np.arange(0)

    game = LabelBudgetClassifier(ActiveLearner(cold_start=Nothing()), n_initial=0)
    with pytest.raises(ValueError, match="cold_start must choose at least one sample"):
        game.fit(X, y)


def test_curves_from_no_label():
    X, y = blobs()
    learners = {
        "k-means": ActiveLearner(GaussianNB(), cold_start=KMeansSampling()),
        "core set": ActiveLearner(GaussianNB(), cold_start=CoreSet()),
    }
    curves = curve(learners, X, y, n_initial=0, batch_size=5, budget=20)
    assert_array_equal(curves.n_labels, [5, 10, 15, 20])
    for name in curves.names:
        for run, scores in zip(curves.runs[name], curves.scores[name], strict=True):
            assert run.n_initial == 0
            asked = run.query_indices[:5]
            model = GaussianNB().fit(X[asked], y[asked])
            if len(np.unique(y[asked])) > 1:
                assert scores[0] == model.score(X[run.test], y[run.test])
    first = curves.runs["core set"][0]
    chosen = CoreSet().query(learners["core set"].pool(X[first.train]), 5)
    assert_array_equal(first.query_indices[:5], first.train[chosen])
    shown = ClassBalanceDisplay.from_label_curves(curves)
    assert np.sum(shown.counts["random"], axis=1).tolist() == [20] * 3


def test_the_baseline_is_random_before_two_classes_are_labeled():
    X, y = blobs()
    with_default = ActiveLearner(GaussianNB(), RandomSampling())
    for learners in ({"margin": ActiveLearner(GaussianNB())}, {"random": with_default}):
        curves = curve(learners, X, y, n_initial=0, batch_size=5, budget=10)
        run = curves.runs["random"][0]
        cold = with_default.pool(X[run.train])
        assert set(run.query_indices[:5]) != set(run.train[CoreSet().query(cold, 5)])
        assert set(run.query_indices[:5]) != set(run.train[KMeansSampling().query(cold, 5)])
    started = ActiveLearner(GaussianNB(), RandomSampling(), cold_start=CoreSet())
    curves = curve({"started": started}, X, y, n_initial=0)
    assert curves.names == ["started", "random"] and curves.baseline == "random"
    with pytest.raises(ValueError, match="cold start CoreSet"):
        curve({"random": started}, X, y, n_initial=0)


def test_a_cold_start_that_cannot_work_is_refused_before_the_first_game(monkeypatch):
    X, y = blobs()
    learner = ActiveLearner(GaussianNB(), cold_start=UncertaintySampling())
    monkeypatch.setattr("skal.simulation._compare.play_games", None)
    with pytest.raises(MissingOutputError, match="learner 'margin' cannot play.*fewer than two"):
        curve({"margin": learner}, X, y, n_initial=0)


def test_the_oracle_is_greedy_and_no_strategy():
    X, y = blobs(spread=6.0)
    curves = curve({"margin": ActiveLearner(GaussianNB())}, X, y, oracle=True, n_repeats=2)
    assert curves.names == ["margin", "random", ORACLE]
    assert curves.oracle == ORACLE and curves.scored().oracle == ORACLE
    assert list(curves.compare()) == ["margin"]
    area = {name: areas.mean() for name, areas in curves.area().items()}
    assert area[ORACLE] > area["random"] + 0.03
    for run, other in zip(curves.runs[ORACLE], curves.runs["random"], strict=True):
        assert_array_equal(run.query_indices[:10], other.query_indices[:10])
        assert len(np.unique(run.query_indices)) == 40
        assert run.scores[0] == other.scores[0]


def test_the_oracle_keeps_the_best_of_the_batches_that_it_tries(monkeypatch):
    from skal.simulation import _upper_bound

    X, y = blobs(spread=6.0)
    tried, score_of = [], _upper_bound.score_of

    def score(*args):
        tried.append(score_of(*args))
        return tried[-1]

    monkeypatch.setattr(_upper_bound, "score_of", score)
    curves = curve(ActiveLearner(GaussianNB()), X, y, oracle=True, n_initial=0, n_jobs=1)
    tried = np.reshape([value for value, _ in tried], (3, 4, 20))
    assert_array_equal(curves.scores[ORACLE], tried.max(axis=2))


@pytest.mark.parametrize(
    "learner",
    [
        ActiveLearner(SGDClassifier(random_state=0), incremental=True),
        ActiveLearner(SVC(), random_state=1),
    ],
    ids=["incremental", "seeded"],
)
def test_the_oracle_does_not_depend_on_processes_and_changes_nothing(learner):
    X, y = blobs()
    one, two = (curve(learner, X, y, oracle=True, n_jobs=n) for n in (1, 2))
    alone = curve(learner, X, y)
    assert_array_equal(one.scores[ORACLE], two.scores[ORACLE])
    for name in alone.names:
        assert_array_equal(one.scores[name], alone.scores[name])


def test_the_name_of_the_oracle_is_taken():
    X, y = blobs()
    with pytest.raises(ValueError, match="that oracle=True adds"):
        curve({ORACLE: ActiveLearner()}, X, y, oracle=True)


RNG = np.random.RandomState(0)
RISING = np.array([0.4, 0.6, 0.7, 0.8])


def random_curves(n_learners=4, n_runs=8, effect=0.02, seed=0, **params):
    rng = np.random.RandomState(seed)
    scores = {
        f"s{i}": RISING + effect * i + rng.normal(scale=0.03, size=(n_runs, 4))
        for i in range(n_learners)
    }
    scores["random"] = RISING + rng.normal(scale=0.03, size=(n_runs, 4))
    return LabelCurves([10, 20, 30, 40], scores, baseline="random", **params)


def plain_comparison(curves, correction_term=0.0):
    """Compare as textbooks write it, one learner at a time."""
    p_values = {}
    for name in curves.names:
        if name == curves.baseline:
            continue
        differences = curves.area()[name] - curves.area()[curves.baseline]
        n = len(differences)
        variance = sum((d - sum(differences) / n) ** 2 for d in differences) / (n - 1)
        t = differences.mean() / (variance * (1 / n + correction_term)) ** 0.5
        p_values[name] = 2 * (1 - stats.t(n - 1).cdf(abs(t)))
    corrected, largest = {}, 0
    for k, name in enumerate(sorted(p_values, key=p_values.get)):
        largest = max(largest, min(1, (len(p_values) - k) * p_values[name]))
        corrected[name] = largest
    return p_values, corrected


@pytest.mark.parametrize("seed", range(5))
def test_rows_equal_those_of_a_plain_computation(seed):
    curves = random_curves(seed=seed)
    comparison = curves.compare()
    p_values, corrected = plain_comparison(curves)
    assert list(comparison) == ["s0", "s1", "s2", "s3"]
    for name, row in comparison.items():
        difference = curves.area()[name] - curves.area()["random"]
        assert row.learner == row["learner"] == name
        assert row.difference == pytest.approx(difference.mean())
        assert row.standard_error == pytest.approx(stats.sem(difference))
        assert row.p_value == pytest.approx(p_values[name])
        assert row.p_corrected == pytest.approx(corrected[name])
        expected = "tie" if corrected[name] >= 0.05 else "win" if row.difference > 0 else "loss"
        assert row.outcome == expected
        low, high = stats.t.interval(0.95, len(difference) - 1, row.difference, row.standard_error)
        assert (row.low, row.high) == pytest.approx((low, high))
        assert stats.ttest_1samp(difference, 0).pvalue == pytest.approx(row.p_value)


def test_without_correction_p_values_stay_as_they_are():
    comparison = random_curves().compare(correction=None)
    assert_array_equal(comparison["p_corrected"], comparison["p_value"])
    with pytest.raises(ValueError, match="correction must be 'holm' or None, got 'bonferroni'"):
        random_curves().compare("bonferroni")


def test_wins_and_losses():
    curves = LabelCurves(
        [10, 20],
        {
            "better": [[0.5, 0.9]] * 4,
            "worse": [[0.5, 0.6]] * 4,
            "same": [[0.5, 0.7]] * 4,
            "random": [[0.5, 0.7 + 1e-16]] * 4,
        },
        baseline="random",
    )
    comparison = curves.compare()
    assert comparison["outcome"].tolist() == ["win", "loss", "tie"]
    assert comparison["same"].p_value == 1
    for frame in (comparison.to_frame(), pd.DataFrame(list(comparison.values()))):
        assert frame["outcome"].tolist() == ["win", "loss", "tie"]
    with pytest.raises(KeyError, match="learners: .*columns: "):
        comparison["best"]


def test_a_single_run_proves_nothing():
    curves = LabelCurves([10, 20], {"a": [[0.5, 0.9]], "random": [[0.5, 0.6]]}, baseline="random")
    row = curves.compare()["a"]
    assert row.outcome == "tie" and np.isnan([row.standard_error, row.p_value]).all()
    assert "nan" not in str(curves.compare())


def test_comparisons_that_cannot_be():
    with pytest.raises(ValueError, match="baseline is None"):
        LabelCurves([10], {"a": [[0.5]]}).compare()
    scores = {"a": [[np.nan, 0.6]] * 3, "random": [[0.4, 0.5]] * 3}
    curves = LabelCurves([10, 20], scores, baseline="random")
    with pytest.raises(ValueError, match=r"curves.scored\(\).compare\(\)"):
        curves.compare()
    assert curves.scored().compare()["a"].outcome == "win"
    with pytest.raises(ValueError, match="oracle must be None or one of"):
        LabelCurves([10, 20], scores, oracle="b")


def test_labels_to_reach_two_targets():
    scores = {
        "quick": [[0.5, 0.9, 0.9, 0.9, 0.9]],
        "slow": [[0.5, 0.5, 0.6, 0.6, 0.6]],
        "dented": [[0.5, 0.8, 0.76, 0.78, 0.78]],
        "random": [[0.5, 0.6, 0.7, 0.79, 0.8]],
    }
    comparison = LabelCurves([10, 20, 30, 40, 50], scores, baseline="random").compare()
    # 95 % of the gain is 0.785, which random sampling reaches with 40 labels.
    assert_allclose(comparison["label_ratio_gain"], [20 / 40, 50 / 40, 50 / 40])
    assert_allclose(comparison["label_ratio_final"], [20 / 50, 1, 1])
    assert comparison["reaches_gain"].tolist() == [True, False, False]
    assert ">= 1.25" in str(comparison) and not comparison.notes


def test_where_random_gains_little_there_are_no_ratios():
    scores = {"a": [[0.5, 0.9]] * 2, "random": [[0.5, 0.549]] * 2}
    comparison = LabelCurves([0, 20], scores, baseline="random", score_name="accuracy").compare()
    assert np.isnan(comparison["label_ratio_gain"]).all()
    assert not comparison["reaches_final"].any()
    assert "gains 0.049 accuracy between 0 and 20 labels, less than 0.05." in str(comparison)


def kappa_twin(runs):
    """Count pair by pair, sample by sample, what runs ask for in common."""
    agreed = chance = most = 0.0
    rounds = np.unique(np.linspace(0, len(runs[0].n_labels) - 1, 10).round().astype(int))
    for i, (a, b) in itertools.product(rounds, itertools.combinations(runs, 2)):
        asked, could = [], []
        for run in (a, b):
            asked.append(set(run.query_indices[run.n_initial : run.n_labels[i]].tolist()))
            could.append(set(run.train.tolist()) - set(run.query_indices[: run.n_initial]))
        agreed += len(asked[0] & asked[1])
        chance += np.prod([len(asked[k]) / len(could[k]) for k in (0, 1)]) * len(
            could[0] & could[1]
        )
        most += min(len(asked[0] & could[1]), len(asked[1] & could[0]))
    return min(1, max(0, (agreed - chance) / (most - chance)))


@pytest.mark.parametrize("n_initial", [0, 6])
def test_the_variance_is_corrected_by_what_runs_share(n_initial):
    X, y = blobs(150)
    learners = {
        "margin": ActiveLearner(LogisticRegression()),
        "core set": ActiveLearner(LogisticRegression(), CoreSet(), cold_start=CoreSet()),
        "again": ActiveLearner(LogisticRegression(), RandomSampling(), random_state=RNG),
    }
    learners["again"].cold_start = CoreSet()  # so that it is not taken for the baseline
    curves = curve(learners, X, y, cv=5, n_repeats=2, n_initial=n_initial, batch_size=4)
    comparison = curves.compare()
    shared = {name: kappa_twin(curves.runs[name]) for name in comparison}
    assert shared["core set"] > 0.3 and shared["core set"] > shared["again"]
    for name, row in comparison.items():
        term = shared[name] / 4  # 30 samples for testing, 120 for training
        p_values, _ = plain_comparison(curves, term)
        assert row.p_value == pytest.approx(p_values[name])
        differences = curves.area()[name] - curves.area()["random"]
        assert row.standard_error == pytest.approx(
            differences.std(ddof=1) * np.sqrt(1 / 10 + term)
        )


def made_run(train, test, asked):
    return SimpleNamespace(
        train=train, test=test, query_indices=asked, n_labels=np.array([2, 4]), n_initial=0
    )


def same_choice(n_runs):
    """Return runs that all learn from the same samples, with a fourth of the others for tests."""
    return [made_run(np.arange(80), np.arange(80, 100), np.arange(4))] * n_runs


def false_outcomes(n_comparisons, draw, n_runs, runs=None):
    """Return the share of wins and losses of a learner that equals random sampling."""
    rng, found = np.random.RandomState(0), 0
    for _ in range(n_comparisons):
        scores = {"a": draw(rng), "random": draw(rng)}
        curves = LabelCurves([2, 4], scores, baseline="random", runs=runs)
        found += curves.compare(correction=None)["a"].outcome != "tie"
    return found / n_comparisons


@pytest.mark.parametrize("n_runs", [3, 10])
def test_four_to_six_percent_of_null_comparisons_are_wins_or_losses(n_runs):
    def independent(rng):
        return 0.7 + 0.05 * rng.normal(size=(n_runs, 2))

    assert 0.04 < false_outcomes(2000, independent, n_runs) < 0.06
    # Of runs that all learn from the same samples, Nadeau and Bengio's correlation.
    share = 20 / 100

    def shared(rng):
        common, own = rng.normal(size=(1, 2)), rng.normal(size=(n_runs, 2))
        return 0.7 + 0.05 * (np.sqrt(share) * common + np.sqrt(1 - share) * own)

    runs = {name: same_choice(n_runs) for name in ("a", "random")}
    assert 0.04 < false_outcomes(2000, shared, n_runs, runs) < 0.06
    assert false_outcomes(2000, shared, n_runs) > 0.07


def test_holm_keeps_false_outcomes_of_many_learners_rare():
    rng, n_false = np.random.RandomState(0), 0
    for _ in range(400):
        scores = {f"s{i}": rng.normal(size=(6, 2)) for i in range(8)}
        curves = LabelCurves([2, 4], {**scores, "random": np.zeros((6, 2))}, baseline="random")
        n_false += (curves.compare()["outcome"] != "tie").any()
    assert n_false / 400 < 0.06


def test_any_learner_can_be_what_others_are_compared_with():
    rng = np.random.RandomState(0)
    scores = {name: rng.rand(8, 3) for name in ("a", "b", "random")}
    scores["a"] = scores["b"] + 0.2 + 0.01 * rng.rand(8, 3)
    curves = LabelCurves([10, 20, 30], scores, baseline="random")
    comparison = curves.compare(baseline="b")
    assert list(comparison) == ["a", "random"] and comparison["a"].outcome == "win"
    areas = curves.area()
    assert_allclose(comparison["a"].difference, np.mean(areas["a"] - areas["b"]))
    assert curves.compare(baseline="random") == curves.compare()
    with pytest.raises(ValueError, match="'c'"):
        curves.compare(baseline="c")


def test_a_baseline_that_asks_for_the_same_samples_widens_the_interval():
    rng = np.random.RandomState(0)
    scores = {name: rng.rand(5, 2) for name in ("a", "random")}
    alike = {"a": same_choice(5), "random": same_choice(5)}
    curves = LabelCurves([2, 4], scores, baseline="random")
    plain = curves.compare(baseline="a")["random"]
    shared = LabelCurves([2, 4], scores, baseline="random", runs=alike).compare(baseline="a")
    assert shared["random"].standard_error > plain.standard_error
