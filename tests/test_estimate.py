from collections import Counter
from datetime import datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference_estimate import SlowDraws, slow_count, slow_share
from scipy.stats import binomtest
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC

from skal import ActiveLearner
from skal.committee import Committee
from skal.session import Estimate, LabelingSession, salvage
from skal.session._intervals import Bounds, Sample, count_left, f1_of, mean_of, share_of
from skal.session._pace import labels_per_hour
from skal.stopping import LabelBudget, TargetRecall, TargetScore
from skal.strategies import QueryStrategy, RandomSampling

SMALL = np.arange(200.0).reshape(-1, 1)


def quick():
    """A learner that never needs long."""
    return ActiveLearner(DummyClassifier(), RandomSampling(), cold_start=RandomSampling())


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.skal"


@pytest.fixture(autouse=True)
def seed(monkeypatch):
    """Sessions draw what they draw: an interval misses the truth now and then."""
    monkeypatch.setattr("skal.session._log.fresh_seed", lambda: 7)


def opened(path, X=SMALL, learner=None, audit=0.2, **arguments):
    return LabelingSession(path, learner or quick(), X, audit=audit, **arguments)


def is_audit(session):
    return [record["audit"] for record in session.records()]


def labels_of(session, ids):
    """Label rows by whether they are even; ids are numbers."""
    session.label(ids, [int(id_) % 2 for id_ in ids])
    return ids


# Draws


@pytest.mark.parametrize("audit", [0.1, 0.25, 1 / 3, 0.5, 0.99])
def test_the_share_is_exact_whatever_the_batches(path, tmp_path, audit):
    rng = np.random.RandomState(0)
    with opened(path, audit=audit) as session:
        n = 0
        while n < 150:
            n += len(labels_of(session, session.next(int(rng.randint(1, 12)))))
            assert abs(sum(is_audit(session)) - audit * n) < 1
        seen = is_audit(session)
    # One at a time, in the same file's twin, the same places are audit rows.
    with opened(tmp_path / "b.skal", audit=audit) as other:
        other._log.record.seed = session._log.record.seed
        for _ in range(n):
            labels_of(other, other.next())
        assert is_audit(other) == seen


def test_a_session_goes_on_where_it_was(path, tmp_path):
    with opened(path) as session:
        seed = session._log.record.seed
    for _ in range(12):
        with opened(path) as session:
            labels_of(session, session.next(5))
            asked = [record["id"] for record in session.records()]
            seen = is_audit(session)
    with opened(tmp_path / "b.skal") as other:
        other._log.record.seed = seed
        for _ in range(12):
            labels_of(other, other.next(5))
        assert [record["id"] for record in other.records()] == asked and is_audit(other) == seen


def test_without_an_audit_nothing_is_drawn(path, tmp_path):
    X = np.random.RandomState(0).randn(80, 2)
    learner = ActiveLearner(GaussianNB(), random_state=0)
    with opened(path, X, learner, audit=0.0) as session:
        for _ in range(4):
            labels_of(session, session.next(10))
        assert not any(is_audit(session))
        assert session.progress()["estimate"] is None
        with pytest.raises(ValueError, match="Open it with audit=0.1"):
            session.estimate()
        asked = [record["id"] for record in session.records()]
    with LabelingSession(tmp_path / "b.skal", learner, X) as session:
        for _ in range(4):
            labels_of(session, session.next(10))
        assert [record["id"] for record in session.records()] == asked


def test_all_rows_are_drawn_equally_often(tmp_path):
    """A strategy that wants the first rows does not see the audit rows before they are drawn."""

    class First(QueryStrategy):
        def _query(self, pool, n):
            return np.arange(n)

    learner = ActiveLearner(DummyClassifier(), First(), cold_start=First())
    drawn = Counter()
    for number in range(150):
        with opened(tmp_path / f"{number}.skal", SMALL[:30], learner, audit=0.5) as session:
            session._log.record.seed = number
            session.next(4)
            labels_of(session, session.next(4))
            drawn.update(list(session._log.record.draws.rows))
    # Rows that the strategy takes first can be drawn in the first batch only.
    counts = np.array([drawn[row] for row in range(30)])
    assert counts.sum() == 600
    late = counts[8:]
    assert abs(late - late.mean()).max() < 4.5 * np.sqrt(late.mean())


def test_a_released_audit_row_is_offered_again(path):
    with opened(path, audit=0.3) as session:
        ids = session.next(10)
        drawn = [id_ for id_ in ids if id_ in session._log.record.draws.rows]
        assert len(drawn) == 3
        session.release(ids)
    with opened(path, audit=0.3) as session:
        again = session.next(10)
        assert set(drawn) <= set(again)
        assert session._log.record.draws.rows.keys() == set(drawn)
        labels_of(session, again)
        assert sum(is_audit(session)) == 3
        labels_of(session, session.next(10))
        assert sum(is_audit(session)) == 6


def test_a_row_that_was_drawn_stays_an_audit_row(path, tmp_path):
    with opened(path, audit=0.3) as session:
        ids = session.next(10)
        drawn = [id_ for id_ in ids if id_ in session._log.record.draws.rows]
        session.release(ids)
        session.label(drawn[0], 1)  # not offered any more
        offered = labels_of(session, session.next(20))
        assert set(drawn[1:]) <= set(offered)
        table = session.labels().set_index("id")
        assert table.loc[drawn, "audit"].all()
        file = tmp_path / "labels.csv"
        session.export(file)
        records = [(one["id"], one["audit"]) for one in session.records()]
    with opened(tmp_path / "b.skal", audit=0.3) as session:
        session.import_labels(file)
        assert [(one["id"], one["audit"]) for one in session.records()] == records
        assert session.estimate().n_audit == 0


def test_second_opinions_on_audit_rows_are_marked_and_no_draws(path):
    with opened(path, audit=0.5) as session:
        session.label(session.next(4, annotator="anna"), ["a", "b", "a", "b"], annotator="anna")
        n_offered = session._log.record.draws.n_offered
        ids = session.next(4, annotator="bert", again=True)
        session.label(ids, ["a"] * 4, annotator="bert")
        assert session._log.record.draws.n_offered == n_offered == 4
        marks = {}
        for one in session.records():
            marks.setdefault(one["id"], set()).add(one["audit"])
        assert sorted(map(len, marks.values())) == [1] * 4
        assert sum(map(sum, marks.values())) == 2


def test_undone_and_changed_labels_leave_the_draws(path):
    with opened(path, audit=0.5) as session:
        ids = labels_of(session, session.next(6))
        drawn = dict(session._log.record.draws.rows)
        session.undo()
        assert sum(is_audit(session)) == 0 and session.pending() == ids
        session.label(ids, [5] * 6)
        session.relabel(ids[:3], [7] * 3)
        assert session._log.record.draws.rows == drawn and sum(is_audit(session)) == 3


def test_skipped_audit_rows_are_counted_and_said(path):
    X = np.random.RandomState(0).randn(300, 2)
    learner = ActiveLearner(GaussianNB(), RandomSampling())
    with opened(path, X, learner, audit=0.5) as session:
        ids = session.next(60)
        session.label(ids, [int(X[id_, 0] > 0) for id_ in ids])
        (first, second) = [id_ for id_ in session.next(4)][:2]
        draws = session._log.record.draws.rows
        skipped = [id_ for id_ in session.pending() if id_ in draws]
        session.skip(skipped)
        estimate = session.estimate()
        assert estimate.n_skipped == 2 and "the 2 skipped audit rows" in str(estimate)
        assert estimate.n_audit == 30 and estimate.n_unlabeled == 300 - 60 - 2


def test_two_sessions_on_one_file_share_the_audit(path):
    with opened(path, audit=0.25) as one, opened(path, audit=0.25) as other:
        for _ in range(10):
            mine, theirs = one.next(3), other.next(2)
            assert not set(mine) & set(theirs)
            labels_of(one, mine)
            labels_of(other, theirs)
        assert abs(sum(is_audit(one)) - 12.5) < 1
        assert is_audit(one) == is_audit(other)


def test_a_plan_does_not_hold_when_others_were_asked_meanwhile(path):
    class Meddling(RandomSampling):
        """Somebody else is asked, in another process, while this strategy chooses."""

        todo = []

        def _query(self, pool, n):
            if self.todo:
                self.todo.pop()()
            return super()._query(pool, n)

    learner = ActiveLearner(DummyClassifier(), Meddling(), cold_start=Meddling())
    with opened(path, audit=0.25) as other, opened(path, learner=learner, audit=0.25) as session:
        for _ in range(8):
            Meddling.todo.append(lambda: labels_of(other, other.next(3)))
            labels_of(session, session.next(2))
        assert abs(sum(is_audit(session)) - 10) < 1


def test_the_budget_pays_for_audit_rows_too(path):
    prices = np.tile([1.0, 2.0, 5.0], 20)
    with opened(path, SMALL[:60], audit=0.3, prices=prices, budget=30) as session:
        while ids := session.next(4):
            labels_of(session, ids)
        progress = session.progress()
        assert progress["spent"] <= 30 and progress["spent"] > 29  # a row for 1 is always left
        assert any(is_audit(session))


def test_an_audit_row_may_be_the_last_one_paid(path):
    with opened(path, SMALL[:20], audit=0.9, prices=np.ones(20), budget=3) as session:
        while session.next(10):
            pass
        assert len(session.pending()) == 3 and session.next() == []


def test_the_whole_pool_is_offered_in_the_end(path):
    with opened(path, SMALL[:20], audit=0.4) as session:
        offered = []
        while ids := session.next(7):
            offered += ids
        assert sorted(offered) == list(range(20))


def test_a_strategy_that_chooses_fewer_rows_keeps_the_share(path):
    class Two(RandomSampling):
        _may_fall_short = True

        def _query(self, pool, n):
            return super()._query(pool, min(n, 2))

    learner = ActiveLearner(DummyClassifier(), Two(), cold_start=Two())
    with opened(path, learner=learner, audit=0.2) as session:
        for _ in range(20):
            labels_of(session, session.next(10))
        n = session.progress()["n_labeled"]
        assert 40 <= n <= 60 and abs(sum(is_audit(session)) - 0.2 * n) < 1


@pytest.mark.parametrize("audit", [-0.1, 1, 1.5, True, float("nan"), "0.1", None, [0.1]])
def test_an_audit_outside_of_0_to_1_is_refused(path, audit):
    with pytest.raises(ValueError, match="audit must be the share.*got"):
        opened(path, audit=audit)
    assert not path.exists()


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_the_column_audit_comes_back_from_a_table(path, tmp_path, format):
    file = tmp_path / f"labels.{format}"
    with opened(path) as session:
        labels_of(session, session.next(15))
        session.export(file)
        before = session.records()
    with opened(tmp_path / "b.skal", audit=0.0) as session:
        assert session.import_labels(file) == 15
        assert session.records() == before
        with pytest.raises(ValueError, match="audit rows, which next"):
            session.estimate()


@pytest.mark.parametrize(("text", "expected"), [("TRUE", True), ("0", False), ("", False)])
def test_spreadsheets_write_truth_in_their_way(path, tmp_path, text, expected):
    file = tmp_path / "labels.csv"
    file.write_text(f"id,label,audit\n3,1,{text}\n")
    with opened(path) as session:
        session.import_labels(file)
        assert is_audit(session) == [expected]


def test_a_column_audit_that_says_neither_is_refused(path, tmp_path):
    file = tmp_path / "labels.csv"
    file.write_text("id,label,audit\n3,1,perhaps\n")
    with opened(path) as session, pytest.raises(ValueError, match="line 2.*'audit'.*perhaps"):
        session.import_labels(file)


def test_salvaged_labels_are_marked(path):
    with opened(path) as session:
        labels_of(session, session.next(15))
        marks = is_audit(session)
    assert [one["audit"] for one in salvage(path).records] == marks and sum(marks) == 3


# What rows were drawn from


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_mean_shares_are_those_of_the_slow_twin(tmp_path_factory, data):
    """Whatever people do, the shares are those of one who wrote down all pools."""
    path = tmp_path_factory.mktemp("draws") / "a.skal"
    n_rows, slow = 25, SlowDraws(25)
    counted = 0
    with opened(path, SMALL[:25], audit=0.4) as session:
        for _ in range(data.draw(st.integers(1, 14))):
            what = data.draw(st.sampled_from(["next", "label", "skip", "release", "undo"]))
            pending, record = session.pending(), session._log.record
            if what == "next":
                drawn = set(record.draws.rows)
                ids = session.next(data.draw(st.integers(1, 5)))
                new = sorted(record.draws.rows.keys() - drawn, key=record.draws.rows.get)
                for row in new:
                    slow.draw(row)
                slow.free -= set(ids)
            elif what == "label":
                free = sorted(slow.free)
                some = data.draw(
                    st.lists(st.sampled_from(pending + free), unique=True)
                    if pending + free
                    else st.just([])
                )
                if some:
                    labels_of(session, some)
                    slow.free -= set(some)
            elif what == "skip" and pending + sorted(slow.free):
                row = data.draw(st.sampled_from(pending + sorted(slow.free)))
                session.skip(row)
                slow.free.discard(row)
            elif what == "release" and pending:
                row = data.draw(st.sampled_from(pending))
                session.release([row])
                slow.free.add(row)
            elif what == "undo" and session.last_action and record.history.last is not None:
                try:
                    session.undo()
                except ValueError:
                    pass
        record = session._log.record
        labeled, skipped = list(record.opinions), list(record.skipped)
        found = record.draws.mean_shares(labeled, skipped, record.pending, n_rows)
        expected = slow.mean_shares(labeled, skipped, range(counted, 100))
        assert found[0].tolist() == expected[0]
        np.testing.assert_allclose(found[1], expected[1])


def test_only_rows_drawn_since_rows_were_appended_count(path):
    with opened(path, SMALL[:100], audit=0.5) as session:
        labels_of(session, session.next(60))
        assert session.estimate().n_audit == 30
    with opened(path, SMALL, audit=0.5) as session:
        assert session.estimate().n_audit == 0
        labels_of(session, session.next(60))
        assert session.estimate().n_audit == 30
        record = session._log.record
        drawn = sorted(record.draws.rows, key=record.draws.rows.get)
        rows = list(record.opinions)
        marks, _ = record.draws.mean_shares(rows, (), (), 200)
        assert [row for row, mark in zip(rows, marks, strict=True) if mark] == [
            row for row in rows if row in drawn[30:]
        ]


# The mathematics


def samples(draw, n_min=5):
    n = draw(st.integers(n_min, 40))
    rng = np.random.RandomState(draw(st.integers(0, 2**20)))
    audit = rng.rand(n) < draw(st.sampled_from([0.3, 1.0]))
    audit[0] = True
    shares = rng.rand(n)
    shares *= draw(st.sampled_from([0.0, 0.1, 0.6])) / shares.sum()
    success = rng.rand(n) < draw(st.sampled_from([0.0, 0.2, 0.9, 1.0]))
    relevant = success | (rng.rand(n) < 0.5)
    return Sample(audit, shares), success, relevant


@settings(max_examples=60, deadline=None)
@given(st.data(), st.sampled_from([0.8, 0.95]), st.booleans())
def test_a_share_is_that_of_the_slow_twin(data, confidence, all_relevant):
    sample, success, relevant = samples(data.draw)
    relevant = relevant | all_relevant
    found = share_of(sample, success, relevant, confidence)
    left = sample.drawn(relevant * 1.0) - sample.gone(relevant * 1.0)
    if found is None:
        assert left <= 1e-9
        return
    slow = slow_share(sample.is_audit, sample.shares, success, relevant, confidence)
    assert (found.value, found.low, found.high) == pytest.approx(slow, abs=1e-3)
    assert 0 <= found.low <= found.value <= found.high <= 1 and found.low < found.high


def test_in_a_large_pool_a_share_has_the_interval_of_wilson():
    sample = Sample(np.ones(50, bool), np.zeros(50))
    success = np.arange(50) < 45
    found = share_of(sample, success, np.ones(50, bool), 0.95)
    wilson = binomtest(45, 50).proportion_ci(0.95, method="wilson")
    assert (found.low, found.high) == pytest.approx((wilson.low, wilson.high), abs=1e-9)
    # A share of a class is the share among its rows.
    found = share_of(sample, success & (np.arange(50) % 2 == 0), np.arange(50) % 2 == 0, 0.95)
    wilson = binomtest(23, 25).proportion_ci(0.95, method="wilson")
    assert (found.low, found.high) == pytest.approx((wilson.low, wilson.high), abs=1e-9)


def test_a_count_has_the_interval_of_clopper_and_pearson():
    for hits in (0, 1, 7, 30):
        sample = Sample(np.ones(30, bool), np.zeros(30))
        found = count_left(sample, np.arange(30) < hits, 1000, 0.95)
        exact = binomtest(hits, 30).proportion_ci(0.95, method="exact")
        assert (found.low, found.high) == pytest.approx((1000 * exact.low, 1000 * exact.high))
        slow = slow_count(hits, 30, 1000, 0.95)
        assert (found.value, found.low, found.high) == pytest.approx(slow, abs=1)


def test_f1_is_that_of_its_counts():
    sample = Sample(np.ones(40, bool), np.zeros(40))
    true, predicted = np.arange(40) < 20, (np.arange(40) >= 5) & (np.arange(40) < 22)
    found = f1_of(sample, true, predicted, 0.95)
    assert found.value == pytest.approx(f1_score(true, predicted))
    assert found.low < found.value < found.high


def test_the_mean_of_one_estimate_is_that_estimate():
    one = Bounds(0.9, 0.7, 0.95)
    assert mean_of([one]) == Bounds(0.9, pytest.approx(0.7), pytest.approx(0.95))
    assert mean_of([one] * 4).low == pytest.approx(0.8)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000))
def test_the_correction_is_exact_on_average(seed):
    """All ways to draw two audit rows, with a row that a strategy takes in between."""
    f = np.random.RandomState(seed).rand(5)
    total, n_ways = np.zeros(2), 0
    for first in range(5):
        chosen = next(row for row in (0, 1) if row != first)  # the strategy likes these
        rest = [row for row in range(5) if row not in (first, chosen)]
        for second in rest:
            labeled = [first, chosen, second]
            slow = SlowDraws(5)
            slow.draw(first)
            slow.free.discard(chosen)
            slow.draw(second)
            is_audit, shares = slow.mean_shares(labeled, (), (0, 1))
            sample = Sample(np.array(is_audit), shares)
            unlabeled = [row for row in range(5) if row not in labeled]
            # Each draw estimates the total of f, divided by the number of rows it was among.
            truth = f[unlabeled].sum() * np.mean([1 / 5, 1 / 3])
            total += sample.drawn(f[labeled]) - sample.gone(f[labeled]), truth
            n_ways += 1
    np.testing.assert_allclose(total[0] / n_ways, total[1] / n_ways)


# Estimates of a session


def blobs(n=600, seed=0):
    rng = np.random.RandomState(seed)
    y = rng.choice(["common", "rare"], size=n, p=[0.8, 0.2])
    return rng.randn(n, 2) + 2.5 * (y == "rare")[:, None], y


def labeled(path, X, y, learner=None, n=120, batch=20, **arguments):
    learner = learner or ActiveLearner(GaussianNB(), random_state=0)
    session = opened(path, X, learner, **arguments)
    while len(session.verdicts()) < n:
        ids = session.next(batch)
        session.label(ids, y[ids])
    return session


def test_an_estimate_is_near_the_truth(path):
    X, y = blobs()
    with labeled(path, X, y, n=200, audit=0.25) as session:
        rest = np.setdiff1d(np.arange(len(X)), list(session.verdicts()))
        predicted = session.model().predict(X[rest])
        rare = y[rest] == "rare"
        true = {
            "accuracy": np.mean(predicted == y[rest]),
            "balanced_accuracy": np.mean([np.mean(predicted[y[rest] == c] == c) for c in set(y)]),
            "f1": f1_score(y[rest], predicted, pos_label="rare"),
            "recall": np.mean(predicted[rare] == "rare"),
            "n_left": rare.sum(),
            "found": 1 - rare.sum() / np.sum(y == "rare"),
        }
        for scoring, value in true.items():
            positive = None if "accuracy" in scoring else "rare"
            found = session.estimate(scoring, positive=positive)
            assert found.low <= value <= found.high, scoring
            assert found.low <= found.value <= found.high
            narrow = session.estimate(scoring, positive=positive, confidence=0.5)
            assert found.low <= narrow.low <= narrow.high <= found.high
            assert (found.n_labels, found.n_audit, found.n_unlabeled) == (200, 50, 400)
            assert found.positive == positive and found.scoring == scoring
            assert "50 audit rows" in str(found) and "None" not in str(found)


def test_too_few_audit_rows_say_nothing(path):
    X, y = blobs()
    with labeled(path, X, y, n=100, audit=0.19) as session:
        estimate = session.estimate()
        assert estimate.n_audit == 19 and estimate.value is estimate.low is estimate.high is None
        assert "too few audit rows to say the accuracy: 19" in str(estimate)
        ids = session.next(10)
        session.label(ids, y[ids])
        assert session.estimate().value is not None
        rare = [id_ for id_, one in session.verdicts().items() if one == "rare"]
        session.relabel(rare[1:], ["common"] * (len(rare) - 1))
        for scoring in ("recall", "f1"):
            text = str(session.estimate(scoring, positive="rare"))
            assert "too few audit rows" in text and "at least 5 of the class" in text
        assert "of each class" in str(session.estimate("balanced_accuracy"))
        assert session.estimate("n_left", positive="rare").high > 0


def test_an_audit_without_labels_says_too_few_and_is_no_error(path):
    with opened(path) as session:
        assert session.estimate().n_audit == 0
        assert "too few audit rows" in str(session.progress()["estimate"])
        with pytest.raises(ValueError, match="got 'yes'; nothing is labeled yet"):
            session.estimate("recall", positive="yes")


def test_no_positive_among_the_audit_rows_still_bounds_how_many_are_left(path):
    with opened(path, np.arange(400.0)[:, None], audit=0.5) as session:
        session.label([0], ["yes"])
        ids = [id_ for id_ in session.next(60)]
        session.label(ids, ["no"] * 60)
        left = session.estimate("n_left", positive="yes")
        assert 0 == left.low < left.value < 10 and 20 < left.high < 60
        found = session.estimate("found", positive="yes")
        assert found.low < 0.1 and found.value < found.high == 1


def test_when_all_rows_are_labeled_nothing_is_left_to_estimate(path):
    X, y = blobs(60)
    with labeled(path, X, y, n=60, audit=0.5) as session:
        sentence = str(session.estimate())
        assert sentence == "No rows without a label are left, of which to say the accuracy."
        left, found = (session.estimate(one, positive="rare") for one in ("n_left", "found"))
        assert (left.low, left.value, left.high) == (0, 0, 0)
        assert (found.low, found.value, found.high) == (1, 1, 1)
        assert str(found) == "No rows without a label are left, and so none of 'rare' either."


def test_errors_of_arguments_say_nothing_of_encoders(path):
    X, y = blobs(80)
    with labeled(path, X, y, n=40) as session:
        for arguments in ({"scoring": "precision"}, {"scoring": "f1"}, {"confidence": 2}):
            with pytest.raises(ValueError) as caught:
                session.estimate(**arguments)
            assert "OneHotEncoder" not in str(caught.value)


def test_the_confidence_is_said_as_it_is(path):
    X, y = blobs(80)
    with labeled(path, X, y, n=60, audit=0.5) as session:
        assert "at 99.9% confidence" in str(session.estimate(confidence=0.999))
        assert "at 95% confidence" in str(session.estimate())


def test_a_class_may_be_a_whole_number_of_any_kind(path):
    X, y = blobs(80)
    with labeled(path, X, (y == "rare").astype(int), n=60, audit=0.5) as session:
        expected = session.estimate("n_left", positive=1)
        for one in (1.0, np.int8(1), np.float32(1)):
            assert session.estimate("n_left", positive=one) == expected
        with pytest.raises(ValueError, match="positive must be a class, got 1.5"):
            session.estimate("n_left", positive=1.5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["precision"], "scoring must be one of 'accuracy'.*got 'precision'"),
        ([1], "scoring must be one of.*got 1"),
        (["f1"], "'f1' is about one class: name it by positive=.*'common', 'rare'"),
        ([{"positive": "rare"}], "positive must be None for scoring='accuracy'"),
        (["recall", {"positive": "raer"}], "must be a class, got 'raer'; the classes are"),
        (["found", {"positive": 1}], "must be a class, got 1"),
        ([{"confidence": 1}], "confidence must be a number between 0 and 1.*got 1"),
        ([{"confidence": True}], "confidence must be"),
        ([{"confidence": "0.9"}], "confidence must be"),
        ([{"confidence": float("nan")}], "confidence must be"),
    ],
)
def test_what_cannot_be_estimated_is_refused(path, arguments, message):
    X, y = blobs(80)
    named = arguments.pop() if isinstance(arguments[-1], dict) else {}
    with labeled(path, X, y, n=40) as session, pytest.raises(ValueError, match=message):
        session.estimate(*arguments, **named)


def test_models_never_see_the_labels_that_they_predict(path):
    """A classifier that knows by heart is right about all rows that it saw."""
    rng = np.random.RandomState(0)
    X, y = rng.randn(300, 1), rng.randint(2, size=300)
    learner = ActiveLearner(KNeighborsClassifier(1), RandomSampling(), random_state=0)
    with labeled(path, X, y, learner, n=200, audit=0.5) as session:
        estimate = session.estimate()
        assert session.model().score(X[list(session.verdicts())], y[list(session.verdicts())]) == 1
        assert estimate.value < 0.8


def test_an_estimate_is_computed_once_for_the_same_labels(path):
    fits = []

    class Counting(GaussianNB):
        def fit(self, X, y):
            fits.append(len(X))
            return super().fit(X, y)

    X, y = blobs()
    with labeled(path, X, y, ActiveLearner(Counting()), n=100) as session:
        session.model()
        fits.clear()
        first = session.estimate()
        assert len(fits) == 15 and set(fits) == {98, 84}
        session.estimate("recall", positive="rare")
        assert len(fits) == 15
        ids = session.next(1)
        fits.clear()
        session.skip(ids)
        assert session.estimate().value == pytest.approx(first.value, abs=0.01)
        assert not fits
        # That of progress is not computed anew for each label.
        fits.clear()
        session.progress()
        for _ in range(9):
            ids = session.next()
            session.label(ids, y[ids])
            fits.clear()
            session.progress()
            assert not fits
        ids = session.next()
        session.label(ids, y[ids])
        assert session.progress()["estimate"].n_labels == 110
        assert len(fits) >= 15


def test_changed_labels_are_estimated_anew_in_progress(path):
    X, y = blobs()
    with labeled(path, X, y, n=100) as session:
        before = session.progress()["estimate"]
        ids = [one["id"] for one in session.records() if one["audit"]]
        session.relabel(ids, ["rare" if y[id_] == "common" else "common" for id_ in ids])
        assert session.progress()["estimate"].value < before.value


def test_of_a_large_pool_only_audit_rows_are_predicted(path):
    rng = np.random.RandomState(0)
    X = rng.randn(60_000, 1)
    fits = []

    class Counting(GaussianNB):
        def fit(self, X, y):
            fits.append(len(X))
            return super().fit(X, y)

    learner = ActiveLearner(Counting(), RandomSampling(), cold_start=RandomSampling())
    with labeled(path, X, (X[:, 0] > 0).astype(int), learner, n=60, batch=60, audit=0.5) as one:
        fits.clear()
        estimate = one.estimate()
        assert set(fits) == {57} and len(fits) == 10
        assert 0.8 < estimate.value <= 1


def test_errors_of_the_classifier_come_through(path):
    class Broken(GaussianNB):
        def fit(self, X, y):
            if len(X) == 98:
                raise RuntimeError("98 is too much for me")
            return super().fit(X, y)

    X, y = blobs()
    learner = ActiveLearner(Broken())
    session = opened(path, X, learner)
    for _ in range(5):
        ids = session.next(20)
        session.label(ids, y[ids])
    with session, pytest.raises(RuntimeError, match="98 is too much for me"):
        session.estimate()


@pytest.mark.parametrize(
    "classifier",
    [
        SVC(),
        make_pipeline(StandardScaler(), LogisticRegression()),
        Committee(GaussianNB(), n_members=3),
    ],
    ids=lambda one: type(one).__name__,
)
def test_any_classifier_is_estimated(path, classifier):
    X, y = blobs()
    learner = ActiveLearner(classifier, RandomSampling(), random_state=0)
    with labeled(path, X, y, learner, n=100) as session:
        assert 0.8 < session.estimate().value <= 1


def test_an_encoder_that_was_fitted_on_all_rows_knows_the_categories_of_each_fold(path):
    rng = np.random.RandomState(0)
    X = pd.DataFrame({"city": [f"city {i}" for i in rng.randint(60, size=300)]})
    y = np.array([int(name[5:]) % 2 for name in X["city"]])
    learner = ActiveLearner(make_pipeline(OneHotEncoder(), LogisticRegression()))
    with labeled(path, X, y, learner, n=120) as session:
        assert session.estimate().value > 0.5


def test_a_class_that_was_labeled_once_is_no_error(path):
    X, y = blobs()
    y = y.astype(object)
    with labeled(path, X, y, n=100) as session:
        session.relabel(next(iter(session.verdicts())), "single")
        assert session.estimate().value > 0.5


def test_a_single_class_is_no_error(path):
    X, _ = blobs()
    with labeled(path, X, np.array(["only"] * 600), n=100) as session:
        estimate = session.estimate()
        assert estimate.value == 1 and estimate.low < 0.9


def test_estimates_are_the_same_in_a_session_that_is_opened_again(path):
    X, y = blobs()
    with labeled(path, X, y, n=100) as session:
        before = session.estimate(), session.estimate("f1", positive="rare")
    with opened(path, X, ActiveLearner(GaussianNB(), random_state=0), audit=0.0) as session:
        assert (session.estimate(), session.estimate("f1", positive="rare")) == before


# Sentences


@pytest.mark.parametrize(
    ("scoring", "positive", "text"),
    [
        ("accuracy", None, "The model is right about 50.0% of the 1,200 rows without a label"),
        ("balanced_accuracy", None, "The balanced accuracy of the model is 50.0% on the 1,200"),
        ("f1", "a", "The F1 score of 'a' is 50.0% on the 1,200 rows"),
        ("recall", "a", "The model recognizes 50.0% of the rows of 'a' among the 1,200 rows"),
        ("found", "a", "50.0% of all rows of 'a' are labeled already"),
        ("n_left", 3, "0 rows of 3 are left among the 1,200 rows without a label"),
    ],
)
def test_an_estimate_is_a_sentence(scoring, positive, text):
    one = Estimate(0.5, 0.25, 0.75, 40, scoring, 0.9, 300, positive, n_unlabeled=1200)
    assert text in str(one)
    assert str(one).endswith("at 90% confidence, by 40 audit rows.") and "between" in str(one)


# Pace


def at(*seconds):
    start = datetime(2026, 1, 1, tzinfo=timezone.utc)
    return [(start + timedelta(seconds=s)).isoformat(timespec="microseconds") for s in seconds]


def test_the_pace_is_that_of_recent_labels_without_breaks():
    assert labels_per_hour(at(*range(0, 200, 10))) == pytest.approx(360)
    # A night in between does not count, nor what was slow before the last 100 labels.
    assert labels_per_hour(at(*range(0, 100, 10), *range(50_000, 50_100, 10))) == pytest.approx(
        360
    )
    slow, fast = range(0, 20_000, 100), range(20_000, 21_000, 10)
    assert labels_per_hour(at(*slow, *fast)) == pytest.approx(360)


def test_labels_given_together_took_the_time_before_them():
    batches = [second for batch in range(6) for second in [600 * batch] * 20]
    assert labels_per_hour(at(*batches)) == pytest.approx(120)
    assert labels_per_hour(at(*reversed(batches))) == pytest.approx(120)


@pytest.mark.parametrize(
    "times", [[], [0], [0] * 50, [0, 0.2, 0.4, 0.6, 0.8, 1], range(0, 40, 10), [0, 1e4, 2e4, 3e4]]
)
def test_where_nothing_can_be_said_of_the_pace(times):
    assert labels_per_hour(at(*times)) is None


def test_progress_tells_the_pace_of_people_alone(path):
    with opened(path, y=[1] * 50 + [None] * 150) as session:
        session.label(session.next(20), [1] * 20)
        assert session.progress()["labels_per_hour"] is None


# Stopping


@pytest.mark.parametrize(
    "criterion",
    [TargetScore(0.8), TargetRecall(0.4, positive="rare") | TargetScore(0.9, "f1", "rare")],
    ids=repr,
)
def test_a_session_stops_at_a_target_and_goes_on_where_it_was(path, criterion):
    X, y = blobs()
    learner, answers, counts = ActiveLearner(GaussianNB(), random_state=0), [], []
    for _ in range(30):
        with opened(path, X, learner, audit=0.3, stopping=criterion) as session:
            ids = session.next(15)
            session.label(ids, y[ids])
            answers.append(session.progress()["stop"])
            counts.append(session.estimate().n_audit)
    assert not any(answer for answer, n in zip(answers, counts, strict=True) if n < 20)
    assert answers[-1] and answers == sorted(answers)


def test_a_target_in_a_session_without_an_audit_says_what_to_do(path):
    X, y = blobs()
    with opened(path, X, None, audit=0.0, stopping=TargetScore()) as session:
        session.label([0, 1], ["a", "b"])
        with pytest.raises(ValueError, match="needs an estimate.*audit=0.1"):
            session.next()


def test_a_class_that_comes_later_is_no_error(path):
    X, y = blobs()
    with opened(path, X, None, stopping=TargetRecall(positive="rare")) as session:
        ids = session.next(10)
        session.label(ids, ["common"] * 10)
        session.next()
        assert session.progress()["stop"] is False


# Models that choose


def test_models_that_choose_do_not_know_the_audit_rows(path):
    known = []

    class Watching(RandomSampling):
        def _query(self, pool, n):
            known.append(set(np.asarray(pool.labeled.X)[:, 0].astype(int).tolist()))
            return super()._query(pool, n)

    learner = ActiveLearner(GaussianNB(), Watching(), cold_start=RandomSampling(), random_state=0)
    with opened(path, learner=learner, audit=0.25) as session:
        for _ in range(5):
            labels_of(session, session.next(8))
        drawn = set(session._log.record.draws.rows)
        assert len(drawn) == 10 and len(known) == 4
        assert [len(rows) for rows in known] == [6, 12, 18, 24]
        assert not drawn & set.union(*known)
        # But the model that people get knows all labels.
        assert len(session.model().y_labeled_) == 40


def test_audit_rows_alone_make_no_model_that_chooses(path):
    X, y = blobs()
    with opened(path, X, ActiveLearner(GaussianNB()), stopping=LabelBudget(5)) as session:
        ids = session.next(5)
        drawn = list(session._log.record.draws.rows)
        session.label(drawn, y[drawn])
        session.release([id_ for id_ in ids if id_ not in drawn])
        assert len(session.next(5)) == 5 and session.progress()["n_rounds"] == 0
        assert len(session.model().y_labeled_) == len(drawn)


def test_without_an_audit_there_is_one_model_for_both(path):
    fits = []

    class Counting(GaussianNB):
        def fit(self, X, y):
            fits.append(len(X))
            return super().fit(X, y)

    X, y = blobs()
    with opened(path, X, ActiveLearner(Counting(), RandomSampling()), audit=0.0) as session:
        for _ in range(4):
            ids = session.next(10)
            session.label(ids, y[ids])
            session.model()
        assert fits == [10, 20, 30, 40]


@pytest.mark.parametrize("value", [np.nan, None, pd.NA])
def test_groups_without_a_value_are_refused(path, value):
    with pytest.raises(ValueError, match="groups must hold no missing values.*position 3"):
        opened(path, np.arange(5.0)[:, None], groups=[0, 0, 1, value, 2])


def test_nothing_is_said_where_all_labels_are_those_of_copies(path):
    X, y = blobs(80)
    with labeled(path, X, y, n=60, audit=0.5, groups=[0] * 80) as session:
        for scoring in ("accuracy", "balanced_accuracy"):
            assert session.estimate(scoring).value is None
        assert "labels are needed that are not of their copies" in str(session.estimate())
