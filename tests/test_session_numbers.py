"""Sessions whose labels are numbers, for regressors."""

import json
import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference_numbers import slow_concordance, slow_deviations, slow_r2, slow_rmse
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.metrics import mean_squared_error, r2_score

from skal import ActiveLearner, Committee
from skal.session import LabelingSession, salvage
from skal.session._intervals import Sample
from skal.session._number_doubts import deviations
from skal.session._number_intervals import r2_of, rmse_of
from skal.stopping import (
    ClassificationChange,
    ExpectedError,
    LabelBudget,
    Round,
    StabilizingPredictions,
    TargetRecall,
    TargetScore,
    concordance,
)

X = np.linspace(-2, 2, 300).reshape(-1, 1)
Y = 3 * X[:, 0] + np.random.RandomState(0).randn(300)
NUMBERS = [0.1, -0.0, 1, 5e-324, 1.7976931348623157e308, -3, 1 / 3, 2**53]


def ridge():
    return ActiveLearner(Ridge(), random_state=0)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.skal"


@pytest.fixture(autouse=True)
def seed(monkeypatch):
    """Sessions draw what they draw: an interval misses the truth now and then."""
    monkeypatch.setattr("skal.session._log.fresh_seed", lambda: 7)


@pytest.fixture
def session(path):
    with LabelingSession(path, ridge(), X) as session:
        yield session


def labels_of(session):
    return [record["label"] for record in session.records()]


def test_numbers_are_kept_exactly(path, session):
    session.label(range(len(NUMBERS)), NUMBERS)
    session.close()
    with LabelingSession(path, ridge(), X) as again:
        kept = labels_of(again)
        assert again.labels()["label"].dtype == np.float64
    assert kept == NUMBERS and {type(one) for one in kept} == {float}
    assert math.copysign(1, kept[1]) == 1  # no zero has a sign
    assert [one["label"] for one in salvage(path).records] == kept


@pytest.mark.parametrize("form", ["x.csv", "x.parquet", "x.json"])
def test_numbers_go_out_and_come_back_exactly(tmp_path, session, form):
    session.label(range(len(NUMBERS)), NUMBERS)
    format = "label-studio" if form.endswith("json") else None
    # Large numbers make predictions infinite, which no file of tasks can hold.
    ids = list(range(len(NUMBERS)))
    if format:
        session.undo()
        NUMBERS_OF_TASKS = [one for one in NUMBERS if abs(one) < 1e300]
        ids = list(range(len(NUMBERS_OF_TASKS)))
        session.label(ids, NUMBERS_OF_TASKS)
    kept = labels_of(session)
    session.export(tmp_path / form, format=format, ids=ids)
    with LabelingSession(tmp_path / "b.skal", ridge(), X) as other:
        assert other.import_labels(tmp_path / form) == len(kept)
        assert other.import_labels(tmp_path / form) == 0  # nothing is new
        assert labels_of(other) == kept


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_any_finite_numbers_make_the_journey_through_text(tmp_path_factory, numbers):
    folder = tmp_path_factory.mktemp("a")
    pool = np.zeros((len(numbers), 1))
    with LabelingSession(folder / "a.skal", ridge(), pool) as session:
        session.label(range(len(numbers)), numbers)
        session.export(folder / "x.csv")
    with LabelingSession(folder / "b.skal", ridge(), pool) as other:
        other.import_labels(folder / "x.csv")
        assert labels_of(other) == numbers


def test_numbers_are_tasks_of_the_tag_number(tmp_path, session):
    session.label(range(40), Y[:40])
    session.export(tmp_path / "x.json", format="label-studio", ids=[0, 50])
    first, second = json.loads((tmp_path / "x.json").read_text())
    result = first["annotations"][0]["result"][0]
    assert result["type"] == "number" and result["value"] == {"number": Y[0]}
    guess = second["predictions"][0]
    assert isinstance(guess["result"][0]["value"]["number"], float) and "score" not in guess
    session.export(tmp_path / "y.json", format="argilla", ids=[0])
    (record,) = json.loads((tmp_path / "y.json").read_text())
    assert float(record["suggestions"]["label"]["value"]) == Y[0]


def test_answers_of_json_min_are_numbers(tmp_path, session):
    items = [{"skal_id": 3, "label": 2.5}, {"skal_id": 4, "label": "-1e3"}]
    (tmp_path / "x.json").write_text(json.dumps(items))
    assert session.import_labels(tmp_path / "x.json") == 2
    assert labels_of(session) == [2.5, -1000.0]


@pytest.mark.parametrize("text", ["1,5", "1.000,5", "one", "nan", "inf", "1_000", "٣", "0x10", ""])
def test_text_in_files_has_to_be_a_number(tmp_path, session, text):
    (tmp_path / "x.csv").write_text(f'id,label\n0,2\n1,"{text}"\n', encoding="utf-8")
    if not text:
        assert session.import_labels(tmp_path / "x.csv") == 1
        return
    with pytest.raises(ValueError, match=r"x.csv, line 3: a number is needed, such as 3.5"):
        session.import_labels(tmp_path / "x.csv")
    assert labels_of(session) == []


@pytest.mark.parametrize(
    ("label", "message"),
    [
        (
            "cat",
            r"y must hold numbers, as the learner has a regressor, Ridge\(\), got 'cat'.*float",
        ),
        (True, "y must hold numbers.*got True of type bool"),
        (np.True_, "y must hold numbers"),
        (1j, "y must hold numbers"),
        (math.nan, "y must not hold missing labels"),
        (None, "y must not hold missing labels"),
        (pd.NA, "y must not hold missing labels"),
        (math.inf, "y must hold finite numbers"),
        (10**400, "y must hold finite numbers.*a larger one"),
        (2**53 + 1, "a float of 64 bits keeps exactly"),
        ([1.0, 2.0], "y must hold numbers"),
    ],
)
def test_what_is_no_number_is_refused_as_a_whole(session, label, message):
    with pytest.raises(ValueError, match=message):
        session.label([0, 1], [1.0, label])
    assert labels_of(session) == []


def test_numbers_of_any_type_are_floats(session):
    given_ = [np.float32(0.1), np.int8(-3), Fraction(1, 3), np.longdouble(0.5)]
    session.label(range(4), given_)
    assert labels_of(session) == [float(np.float32(0.1)), -3.0, 1 / 3, 0.5]


def test_classes_are_not_for_numbers(path, session):
    with pytest.raises(ValueError, match=r"classes must be None.*Ridge\(\)"):
        LabelingSession(path, ridge(), X, classes=[1, 2])
    with pytest.raises(ValueError, match="classes must be None where labels are numbers"):
        pytest.importorskip("ipywidgets")
        session.widget(classes=[1, 2])


def test_a_file_keeps_its_task(tmp_path):
    a, b = tmp_path / "a.skal", tmp_path / "b.skal"
    with LabelingSession(a, ridge(), X) as session:
        session.label([0, 1], [1, 2])
    with pytest.raises(
        ValueError, match=r"numbers, such as 1.0, but the learner has a classifier"
    ):
        LabelingSession(a, ActiveLearner(LogisticRegression()), X)
    with LabelingSession(b, None, X, y=["a", *[None] * 299]):
        pass
    with pytest.raises(ValueError, match="are classes, such as 'a', but the learner has a regr"):
        LabelingSession(b, ridge(), X)


def test_whole_numbers_may_be_classes_or_numbers(path, tmp_path):
    with LabelingSession(path, ActiveLearner(LogisticRegression()), X) as session:
        session.label(range(4), [3, 1, 2, 2])
        with pytest.raises(ValueError, match="give the session a regressor"):
            session.label([9], [0.5])
    with LabelingSession(path, ridge(), X) as session:
        session.label([4], [0.5])
        assert session.verdicts() == {0: 3.0, 1: 1.0, 2: 2.0, 3: 2.0, 4: 0.5}
        assert {type(one) for one in session.verdicts().values()} == {float}
        session.export(tmp_path / "x.json", format="label-studio", ids=[0])
    (task,) = json.loads((tmp_path / "x.json").read_text())
    assert task["annotations"][0]["result"][0]["value"] == {"number": 3.0}


def test_known_numbers_are_taken_from_y(path):
    y = np.full(300, np.nan)
    y[[3, 5]] = 1.5, -2
    with LabelingSession(path, ridge(), X, y=y) as session:
        assert session.verdicts() == {3: 1.5, 5: -2.0}


def opinions(path, verdict, *rows):
    session = LabelingSession(path, ridge(), X, verdict=verdict)
    for row, labels in enumerate(rows):
        session.label(row, labels[0], annotator="0")
        for i, label in enumerate(labels[1:], start=1):
            records = [{"id": row, "label": label, "annotator": str(i)}]
            session.import_labels(records)
    return session


@pytest.mark.parametrize("verdict", ["majority", "median"])
def test_the_median_counts_where_people_disagree(path, verdict):
    large = 1.7976931348623157e308
    rows = [1.0, 9.0, 2.0], [1.0, 2.0], [large, large], [5.0], [4, 4.0], [1.0, 3.0, 4.0, 100.0]
    with opinions(path, verdict, *rows) as session:
        assert list(session.verdicts().values()) == [2.0, 1.5, large, 5.0, 4.0, 3.5]
        assert list(session.disagreements()) == [0, 1, 5]
        assert session.progress()["n_disagreements"] == 3


def test_a_verdict_of_ones_own_may_be_any_finite_number(path, tmp_path):
    with opinions(path, lambda given: sum(given.values()) / len(given), [1.0, 2.0, 6.0]) as one:
        assert one.verdicts() == {0: 3.0}
        one.label(range(1, 20), Y[1:20])
        one.export(tmp_path / "x.json", format="argilla", ids=[0])  # of nobody in particular
    for wrong in (math.nan, "1", None, True):
        with LabelingSession(path, ridge(), X, verdict=lambda given, w=wrong: w) as session:
            with pytest.raises(ValueError, match="verdict must return a finite number"):
                session.verdicts()


def test_verdicts_are_named_by_task(path):
    with pytest.raises(ValueError, match="'median', 'majority'.*got 'dawid_skene'.*for classes"):
        LabelingSession(path, ridge(), X, verdict="dawid_skene")
    with pytest.raises(ValueError, match="got 'median'.*for numbers"):
        LabelingSession(path, None, X, verdict="median")


def test_progress_sums_numbers_up(path, session):
    progress = session.progress()
    assert progress["classes"] is None and progress["numbers"] is None
    session.label([0, 1, 2], [1, 4.0, -2])
    assert session.progress()["numbers"] == {"minimum": -2.0, "mean": 1.0, "maximum": 4.0}
    with LabelingSession(path.with_name("b.skal"), None, X) as other:
        assert other.progress()["numbers"] is None and other.progress()["classes"] == {}


@pytest.mark.parametrize(
    "estimator",
    [Ridge(), RandomForestRegressor(5, random_state=0), Committee(Ridge()), [Ridge(), Ridge(2.0)]],
)
def test_a_session_chooses_as_its_learner_does(path, estimator):
    with LabelingSession(path, ActiveLearner(estimator, random_state=0), X) as session:
        for _ in range(4):
            ids = session.next(5)
            session.label(ids, Y[ids])
        rows = [record["id"] for record in session.records()]
        assert session.model().predict(X[:3]).shape == (3,)
        assert {row["probability"] for row in session.ranked([250, 251])} == {None}
        chosen = session.next(5)
    learner = ActiveLearner(estimator, random_state=0)
    free = np.setdiff1d(np.arange(300), rows)
    learner.fit(X[rows[:5]], Y[rows[:5]])
    for i in (5, 10, 15):
        learner.teach(X[rows[i : i + 5]], Y[rows[i : i + 5]])
    assert chosen == free[learner.query(X[free], 5)].tolist()


def test_second_opinions_by_worth_are_for_classes(session):
    session.label(range(20), Y[:20], annotator="a")
    before = session.progress()["n_pending"]
    with pytest.raises(
        ValueError, match="again='auto' compares probabilities of classes.*again=T"
    ):
        session.next(3, annotator="b", again="auto")
    assert session.progress()["n_pending"] == before
    assert len(session.next(3, annotator="b", again=True)) == 3


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(-5, 5) | st.floats(-1e9, 1e9), min_size=1, max_size=30))
def test_deviations_are_those_of_the_slow_twin(residuals):
    expected = slow_deviations([float(one) for one in residuals])
    np.testing.assert_allclose(deviations(np.array(residuals, float)), expected, rtol=1e-6)
    large = deviations(np.array(residuals, float) * 1e290)
    np.testing.assert_allclose(large, expected, rtol=1e-6)


def test_suspects_are_far_from_what_others_tell(session):
    y = Y.copy()
    y[[7, 100]] += 40, -25
    session.label(range(200), y[:200])
    details = session.suspects(return_details=True)
    assert [one["id"] for one in details[:2]] == [7, 100]
    assert session.suspects(1) == [7]
    first = details[0]
    assert first["label"] == y[7] and abs(first["predicted"] - Y[7]) < 5
    assert first["probability"] is None and first["quality"] < 1e-6
    qualities = [one["quality"] for one in details]
    assert qualities == sorted(qualities) and max(qualities) < 5e-4
    session.relabel(7, Y[7])
    session.relabel(100, y[100])  # looked at, and left as it is
    assert not {7, 100} & set(session.suspects())


def test_the_same_or_exact_numbers_are_not_suspicious(path, session):
    session.label(range(30), np.full(30, 2.0))
    assert session.suspects() == []
    with LabelingSession(path.with_name("b.skal"), ActiveLearner(LinearRegression()), X) as exact:
        exact.label(range(50), 3 * X[:50, 0])
        assert exact.suspects() == []
        exact.label(60, 1e6)
        assert exact.suspects(1) == [60]


def test_suspects_need_ten_numbers(session):
    session.label(range(9), Y[:9])
    with pytest.raises(ValueError, match="at least 10 are needed, got 9"):
        session.suspects()


def test_copies_do_not_vouch_for_each_other(path):
    groups = np.r_[np.zeros(12, int), np.arange(1, 289)]
    with LabelingSession(path, ridge(), X, groups=groups) as session:
        session.label(range(12), [*Y[:11], 1000.0])
        assert session.suspects() == []  # of copies of all that is labeled, nothing is known
        session.label(range(12, 60), Y[12:60])
        assert 11 in session.suspects()


def test_stopping_compares_predicted_numbers(path):
    criterion = StabilizingPredictions(window=2, threshold=0.999)
    with LabelingSession(path, ridge(), X, stopping=criterion) as session:
        stops = []
        for _ in range(12):
            ids = session.next(10)
            stops.append(session.progress()["stop"])
            session.label(ids, 3 * X[ids, 0])
    assert stops[:3] == [False] * 3 and stops[-1]


def test_concordance_is_the_kappa_of_squared_differences():
    rng = np.random.RandomState(0)
    for _ in range(200):
        n = rng.randint(1, 12)
        y1 = rng.randint(-3, 4, n) * rng.choice([1e-3, 1.0, 1e6]) + rng.choice([0, 10])
        others = y1, rng.permutation(y1), np.full(n, y1[0]), y1 + rng.randn(n)
        y2 = others[rng.randint(4)]
        expected = slow_concordance(y1.tolist(), y2.tolist())
        assert concordance(y1, y2) == pytest.approx(expected, abs=1e-9)
    assert concordance([1e308, -1e308], [1e308, -1e308]) == 1.0
    assert concordance([1.0, 1.0], [2.0, 2.0]) == 0.0
    with pytest.raises(ValueError, match="at least one sample"):
        concordance([], [])
    with pytest.raises(ValueError, match="different lengths|same length|y1"):
        concordance([1.0], [1.0, 2.0])


def test_criteria_of_classes_are_refused_for_numbers():
    learner = ridge().fit(X[::30], Y[::30])
    assert Round(learner, X).predicts_numbers
    for criterion in (ClassificationChange(0.1), ExpectedError(0.1)):
        with pytest.raises(AttributeError, match="is about classes, but .* has a regressor"):
            criterion.update(criterion.start(300), Round(learner, X))
    one = ridge().fit(X[:1], Y[:1])
    criterion = StabilizingPredictions()
    state = criterion.start(300)
    assert criterion.update(state, Round(one, X)) == (state, False)  # there is no model yet
    assert LabelBudget(1).update(None, Round(one, X))[1]


def audited(path, n, *, share=0.5, noise=1.0, seed=0, **options):
    y = 3 * X[:, 0] + noise * np.random.RandomState(seed).randn(300)
    session = LabelingSession(path, ridge(), X, audit=share, **options)
    while session.progress(estimate=False)["n_labeled"] < n:
        ids = session.next(20)
        session.label(ids, y[ids])
    return session, y


def test_the_default_estimate_of_numbers_is_r2(path):
    session, y = audited(path, 120)
    estimate = session.estimate()
    assert estimate.scoring == "r2" and estimate.n_audit == 60
    assert estimate.low < estimate.value < estimate.high < 1
    left = np.setdiff1d(np.arange(300), list(session.verdicts()))
    assert estimate.low < session.model().score(X[left], y[left]) < estimate.high
    assert str(estimate).startswith(f"R^2 of the model is {estimate.value:.3f} on the 180 rows")
    error = session.estimate("rmse", confidence=0.8)
    assert error.low < 1.0 < error.high and "root mean squared error" in str(error)
    assert session.progress()["estimate"].scoring == "r2"
    session.close()


def test_scores_of_classes_are_refused_by_name(path, tmp_path):
    session, _ = audited(path, 60)
    for scoring in ("accuracy", "f1", "n_left"):
        with pytest.raises(
            ValueError, match=f"'r2', 'rmse', got '{scoring}'.*of classes.*numbers"
        ):
            session.estimate(scoring)
    with pytest.raises(ValueError, match="positive must be None for scoring='r2'.*numbers"):
        session.estimate("r2", positive=1.0)
    session.close()
    with LabelingSession(tmp_path / "b.skal", None, X, audit=0.5) as other:
        with pytest.raises(ValueError, match="got 'r2'. It is a score of numbers.*are classes"):
            other.estimate("r2")


def test_too_few_or_equal_numbers_say_nothing(path, tmp_path):
    session, _ = audited(path, 20)
    assert session.estimate().value is None and "at least 20" in str(session.estimate())
    session.close()
    with LabelingSession(tmp_path / "b.skal", ridge(), X, audit=0.5) as same:
        ids = same.next(100)
        same.label(ids, np.full(100, 7.0))
        for scoring in ("r2", "rmse"):
            estimate = same.estimate(scoring)
            assert estimate.value is None and "all the same" in str(estimate)


def test_targets_of_numbers_stop(path, tmp_path):
    session, _ = audited(path, 200, noise=0.1, stopping=TargetScore(0.9))
    assert session.progress()["stop"]
    session.close()
    for wrong in (TargetScore(0.9, "accuracy"), TargetRecall(0.9, positive="a")):
        with pytest.raises(
            ValueError, match="of classes, and the labels of this session are numb"
        ):
            audited(tmp_path / f"{type(wrong).__name__}.skal", 200, stopping=wrong)


def test_numbers_of_any_size_are_estimated(path):
    session, y = audited(path, 100)
    plain = session.estimate(), session.estimate("rmse")
    session.close()
    with LabelingSession(path.with_name("b.skal"), ridge(), X, audit=0.5) as other:
        while other.progress(estimate=False)["n_labeled"] < 100:
            ids = other.next(20)
            other.label(ids, y[ids] * 2.0**500)
        for one, estimate in zip(plain, (other.estimate(), other.estimate("rmse")), strict=True):
            assert np.isfinite([estimate.low, estimate.value, estimate.high]).all()
            assert (estimate.value > 2.0**490) == (one.scoring == "rmse")


def sampled(rng, n_audit=30, n_rest=20, noise=0.5):
    """An audit of a pool, its numbers and the errors of a model."""
    is_audit = np.r_[np.ones(n_audit, bool), np.zeros(n_rest, bool)]
    shares = rng.rand(n_audit + n_rest) * 0.01
    y = rng.randn(n_audit + n_rest) * 10 + 100
    return Sample(is_audit, shares), y, noise * rng.randn(n_audit + n_rest)


@pytest.mark.parametrize("confidence", [0.5, 0.95])
def test_estimates_are_those_of_the_slow_twins(confidence):
    rng = np.random.RandomState(0)
    for _ in range(50):
        sample, y, errors = sampled(rng, noise=rng.choice([0.1, 5.0, 30.0]))
        given_ = sample.is_audit.tolist(), sample.shares.tolist()
        r2 = r2_of(sample, y, errors, confidence)
        rmse = rmse_of(sample, errors, confidence)
        expected = slow_r2(*given_, y.tolist(), errors.tolist(), confidence)
        assert (r2.value, r2.low, r2.high) == pytest.approx(expected)
        expected = slow_rmse(*given_, errors.tolist(), confidence)
        assert (rmse.value, rmse.low, rmse.high) == pytest.approx(expected)


def test_without_shares_r2_is_that_of_the_audit_rows():
    sample, y, errors = sampled(np.random.RandomState(1), n_rest=0)
    sample.shares[:] = 0
    assert r2_of(sample, y, errors, 0.9).value == pytest.approx(r2_score(y, y + errors))
    expected = mean_squared_error(y, y + errors) ** 0.5
    assert rmse_of(sample, errors, 0.9).value == pytest.approx(expected)


@pytest.mark.parametrize("n", [20, 60, 200])
def test_intervals_hold_the_truth_about_as_often_as_they_say(n):
    rng, hits = np.random.RandomState(n), np.zeros(2)
    for _ in range(400):
        y, errors = rng.randn(n), 0.6 * rng.randn(n)
        sample = Sample(np.ones(n, bool), np.zeros(n))
        r2, rmse = r2_of(sample, y, errors, 0.95), rmse_of(sample, errors, 0.95)
        hits += r2.low <= 1 - 0.36 <= r2.high, rmse.low <= 0.6 <= rmse.high
    assert (hits / 400 > 0.91).all() and (hits / 400 < 0.99).all()


def test_the_widget_has_a_field_for_numbers(session):
    pytest.importorskip("ipywidgets")
    session.label(range(20), Y[:20])
    panel = session.widget().panel
    assert not panel.buttons and "number" in panel.new_class.placeholder
    assert "Model: <b>" in panel.prediction.value
    row = panel.current
    panel.new_class.value = "-2.5"
    assert session.verdicts()[row] == -2.5
    panel.new_class.value = "many"
    assert "a number is needed" in panel.message.value
    assert session.progress()["n_labeled"] == 21


def test_several_labels_a_row_are_refused_with_the_way_out(path):
    with LabelingSession(path, None, X) as session:
        for several in (["a", "b"], ("a",), {"a"}, []):
            with pytest.raises(
                ValueError,
                match="keeps one label a row, unless it is opened with several_labels=True",
            ):
                session.label([0, 1], ["a", several])
