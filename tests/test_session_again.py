"""Verdicts by Dawid and Skene, and second opinions where they are worth more than new rows."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from skal import ActiveLearner
from skal.label_quality import active_lab, dawid_skene
from skal.session import LabelingSession
from skal.session._cross_fit import folds_of
from skal.session._record import Entry, Record
from skal.session._verdict import Verdict
from skal.strategies import RandomSampling, UncertaintySampling

PEOPLE = ["anna", "bert", "carl"]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.skal"


@pytest.fixture
def data():
    rng = np.random.RandomState(0)
    y = np.repeat([0, 1], 60)
    return rng.randn(120, 2) + 2.0 * y[:, np.newaxis], y


def learner():
    cold = RandomSampling()
    return ActiveLearner(LogisticRegression(), UncertaintySampling("margin"), cold_start=cold)


def flipped(y, share, seed):
    is_wrong = np.random.RandomState(seed).rand(len(y)) < share
    return np.where(is_wrong, 1 - y, y)


def record_of(rows):
    """A record with labels, given by row and annotator."""
    record = Record()
    for row, given in rows.items():
        record.opinions[row] = {
            who: Entry(row, str(row), label, who) for who, label in given.items()
        }
    return record


# Dawid and Skene's verdict


def disagreeing(n, flips, seed=0):
    """Labels by everybody of n rows of two classes, and the true classes."""
    y = np.random.RandomState(seed).randint(2, size=n)
    labels = [flipped(y, share, seed + i + 1) for i, share in enumerate(flips)]
    return {
        row: {who: int(given[row]) for who, given in zip(PEOPLE, labels, strict=True)}
        for row in range(n)
    }, y


def test_dawid_skene_trusts_reliable_annotators():
    rows, y = disagreeing(300, [0.4, 0.05, 0.4])
    right = {
        rule: np.mean(np.array(Verdict(rule).labels(record_of(rows))[1]) == y)
        for rule in ("majority", "dawid_skene")
    }
    assert right["dawid_skene"] > right["majority"] + 0.05


def test_the_verdict_is_the_most_probable_of_the_labels_given():
    rng = np.random.RandomState(1)
    rows = {
        row: {who: "abc"[rng.randint(3)] for who in rng.permutation(PEOPLE)[: rng.randint(1, 4)]}
        for row in range(40)
    }
    several = {row: given for row, given in rows.items() if len(given) > 1}
    estimate = dawid_skene([[given.get(who) for who in PEOPLE] for given in several.values()])
    kept, labels = Verdict("dawid_skene").labels(record_of(rows))
    assert kept == list(rows)
    for row, label in zip(kept, labels, strict=True):
        given = list(rows[row].values())
        assert label in given
        if row in several:
            proba = dict(zip("abc", estimate.proba[list(several).index(row)], strict=True))
            assert proba[label] >= max(proba[one] for one in given) - 1e-6


def test_rows_with_a_single_label_are_no_evidence():
    rows, _ = disagreeing(30, [0.4, 0.05, 0.3])
    more = {100 + i: {"anna": 1} for i in range(50)}
    first = Verdict("dawid_skene").labels(record_of(rows))[1]
    assert Verdict("dawid_skene").labels(record_of({**rows, **more}))[1] == first + [1] * 50


def test_where_nothing_can_be_estimated_the_majority_counts():
    rule = Verdict("dawid_skene")
    assert rule.labels(Record()) == ([], [])
    assert rule.labels(record_of({1: {"anna": "a"}, 2: {"bert": "b"}})) == ([1, 2], ["a", "b"])
    assert rule.labels(record_of({1: {"anna": "b", "bert": "b"}}))[1] == ["b"]
    # Both are equally probable: the label given first.
    assert rule.labels(record_of({1: {"anna": "b", "bert": "a"}}))[1] == ["b"]
    assert rule.labels(record_of({1: {"bert": "a", "anna": "b"}}))[1] == ["a"]


def test_the_estimate_is_made_once_for_the_same_labels(monkeypatch):
    from skal.session import _verdict

    calls, estimate = [], _verdict.estimate_classes
    monkeypatch.setattr(
        _verdict, "estimate_classes", lambda *args: calls.append(1) or estimate(*args)
    )
    rows, _ = disagreeing(20, [0.4, 0.05, 0.3])
    rule, record = Verdict("dawid_skene"), record_of(rows)
    first = rule.labels(record)
    assert rule.labels(record) == first and len(calls) == 1
    record.opinions[99] = {"anna": Entry(99, "99", 1, "anna")}  # a single label changes nothing
    assert rule.labels(record)[1][:20] == first[1] and len(calls) == 1
    record.opinions[99]["bert"] = Entry(99, "99", 0, "bert")
    rule.labels(record)
    assert len(calls) == 2


@pytest.mark.parametrize("names", [["no", "yes"], [False, True], [3, 7]])
def test_dawid_skene_counts_everywhere(path, tmp_path, data, names):
    X, y = data
    with LabelingSession(path, learner(), X, verdict="dawid_skene") as session:
        for i, (who, share) in enumerate(zip(PEOPLE, [0.4, 0.02, 0.4], strict=True)):
            rows = session.next(120, annotator=who, again=i > 0)
            given = flipped(y, share, i)[rows]
            session.label(rows, [names[label] for label in given], annotator=who)
        verdicts = session.verdicts()
        assert type(next(iter(verdicts.values()))) is type(names[0])
        assert session.model().y_labeled_.tolist() == list(verdicts.values())
        counts = pd.Series(list(verdicts.values())).value_counts().to_dict()
        assert session.progress()["classes"] == counts
        right = np.mean([names[y[row]] == label for row, label in verdicts.items()])
    with LabelingSession(path, learner(), X) as session:
        majority = session.verdicts()
        disputed = session.disagreements()
    assert right > np.mean([names[y[row]] == label for row, label in majority.items()])
    changed = [row for row in verdicts if verdicts[row] != majority[row]]
    assert changed and set(changed) <= set(disputed)


# Second opinions that are worth more


def begun(path, data, n=40, **arguments):
    """A session in which anna has labeled rows, every fifth of them wrong."""
    X, y = data
    session = LabelingSession(path, learner(), X, **arguments)
    rows = list(range(0, 120, 3))[:n]
    given = np.where(np.arange(len(rows)) % 5 == 4, 1 - y[rows], y[rows])
    session.label(rows, given, annotator="anna")
    return session


def again_of(session, ids):
    labeled = session.verdicts()
    return [id_ for id_ in ids if id_ in labeled]


def slow_choice(session, X, annotator, n):
    """Return the n rows that next(again="auto") is to offer, from the definition."""
    records = pd.DataFrame(session.records())
    labels = records.pivot(index="id", columns="annotator", values="label")
    verdicts = session.verdicts()
    rows, y = np.array(list(verdicts)), np.array(list(verdicts.values()))
    proba = np.empty((len(rows), 2))
    for fold in folds_of(np.arange(len(rows)), y, 5, seed=0):
        rest = np.setdiff1d(np.arange(len(rows)), fold)
        model = LogisticRegression().fit(X[rows[rest]], y[rest])
        proba[fold] = model.predict_proba(X[rows[fold]])
    model = LogisticRegression().fit(X[rows], y)
    free = np.setdiff1d(np.arange(len(X)), rows)
    new = model.predict_proba(X[free])
    order = np.argsort(new.max(axis=1), kind="stable")[:n]
    scores, scores_new = active_lab(labels.loc[rows].to_numpy(), proba, new[order])
    ranked = [(-scores_new[i], 0, i, row) for i, row in enumerate(free[order])]
    ranked += [
        (-score, 1, row, row)
        for row, score in zip(rows, scores, strict=True)
        if annotator not in labels.columns or pd.isna(labels.loc[row, annotator])
    ]
    best = sorted(ranked)[:n]
    return [one[3] for one in best if not one[1]] + [one[3] for one in best if one[1]]


@pytest.mark.parametrize("annotator", ["bert", "anna", None])
def test_the_best_of_both_are_offered(path, data, annotator):
    X, _ = data
    with begun(path, data) as session:
        for who in ("bert", "carl"):  # some rows with two and three labels
            rows = session.next(15, annotator=who, again=True)
            session.label(rows, flipped(data[1], 0.2, 5)[rows], annotator=who)
        expected = slow_choice(session, X, annotator, 12)
        offered = session.next(12, annotator=annotator, again="auto")
        assert sorted(offered) == sorted(expected)
        if annotator == "anna":  # who has labeled all rows that have labels
            assert again_of(session, offered) == []
        assert session.offers() == dict.fromkeys(offered, annotator)
        session.label(offered, data[1][offered])
        names = {record["strategy"] for record in session.records()[-12:]}
        assert names <= {"second opinion", "UncertaintySampling", None}


def test_rows_labeled_wrongly_are_asked_about_first(path, data):
    with begun(path, data) as session:
        offered = session.next(10, annotator="bert", again="auto")
        again = again_of(session, offered)
        wrong = [row for row in again if session.verdicts()[row] != data[1][row]]
        assert len(again) >= 4 and len(wrong) / len(again) > 0.5  # of all labels, a fifth


def test_nobody_is_asked_about_a_row_twice(path, data):
    with begun(path, data) as session:
        assert again_of(session, session.next(20, annotator="anna", again="auto")) == []
        session.release(session.pending())
        first = session.next(20, annotator="bert", again="auto")
        second = session.next(20, annotator="bert", again="auto")
        assert not set(first) & set(second)
        declined = again_of(session, first)[0]
        session.skip(declined, annotator="bert")
        session.release(session.pending())
        assert declined not in session.next(50, annotator="bert", again="auto")


def test_a_settled_row_is_not_asked_about_again(path, data):
    with begun(path, data) as session:
        row = again_of(session, session.next(10, annotator="bert", again="auto"))[0]
        session.release(session.pending())
        session.relabel(row, session.verdicts()[row], annotator="judge")
        assert row not in session.next(100, annotator="bert", again="auto")


def test_without_a_model_all_rows_are_new(path, data):
    X, y = data
    with LabelingSession(path, learner(), X) as session:
        assert len(session.next(5, annotator="bert", again="auto")) == 5
        session.release(session.pending())
        session.label(range(4), y[:4], annotator="anna")  # of one class
        offered = session.next(5, annotator="bert", again="auto")
        assert len(offered) == 5 and again_of(session, offered) == []


def test_with_an_empty_pool_all_are_second_opinions(path, data):
    X, y = data
    with LabelingSession(path, learner(), X) as session:
        session.label(range(120), flipped(y, 0.2, 0), annotator="anna")
        offered = session.next(5, annotator="bert", again="auto")
        assert len(offered) == 5 and session.progress()["n_second_opinions"] == 5
        assert session.next(5, annotator="anna", again="auto") == []
        assert len(session.next(500, annotator="carl", again="auto")) == 115


def test_opened_again_it_offers_the_same(tmp_path, data):
    offered = []
    with begun(tmp_path / "a.skal", data) as session:
        session.model()
    for _ in range(2):
        with LabelingSession(tmp_path / "a.skal", learner(), data[0]) as session:
            offered.append(session.next(10, annotator="bert", again="auto"))
            session.release(session.pending())
    assert offered[0] == offered[1]


def test_the_budget_holds_for_both(path, data):
    prices = np.where(np.arange(120) % 2, 1.0, 3.0)
    with begun(path, data, prices=prices, budget=80.0 + 15.0) as session:
        spent = session.progress()["spent"]
        assert spent == 80.0
        offered = session.next(30, annotator="bert", again="auto")
        assert 0 < prices[offered].sum() <= 15.0
        assert session.next(30, annotator="carl", again="auto") == []


def test_audit_rows_are_drawn_not_compared(path, data):
    with begun(path, data, audit=0.3) as session:
        n_new = 0
        for turn in range(6):
            who = PEOPLE[turn % 3]
            ids = session.next(10, annotator=who, again="auto")
            n_new += 10 - len(again_of(session, ids))
            session.label(ids, data[1][ids], annotator=who)
        audited = [record["id"] for record in session.records() if record["audit"]]
        assert 0 < n_new < 60 and abs(len(audited) - 0.3 * n_new) <= 1
        assert len(set(audited)) == len(audited)  # nobody was asked about them again


def test_a_class_that_is_nobodys_verdict_is_still_a_class(path, data):
    with begun(path, data) as session:
        ids = session.next(3, annotator="bert", again=True)
        session.label(ids, [2, 2, 2], annotator="bert")
        assert 2 not in session.verdicts().values()
        assert len(session.next(10, annotator="carl", again="auto")) == 10


@pytest.mark.parametrize("again", ["always", None, 1, "True", ["auto"]])
def test_again_is_one_of_three(path, data, again):
    with begun(path, data) as session:
        with pytest.raises(ValueError, match="again must be False .* or 'auto' .*, got"):
            session.next(2, again=again)


def test_without_probabilities_there_is_a_way_out(path, data):
    X, y = data
    with LabelingSession(path, ActiveLearner(LinearSVC()), X) as session:
        session.label(range(0, 120, 2), y[::2], annotator="anna")
        with pytest.raises(ValueError, match="CalibratedClassifierCV.LinearSVC"):
            session.next(2, annotator="bert", again="auto")
        assert len(session.next(2, annotator="bert", again=True)) == 2
