"""Estimates, suspects and second opinions where rows have several labels."""

import pathlib
import sys

import numpy as np
import pytest
import reference_label_quality as slow
from reference_estimate import slow_ratio
from sklearn.datasets import make_multilabel_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.metrics import accuracy_score, f1_score, hamming_loss
from sklearn.multiclass import OneVsRestClassifier

from skal import ActiveLearner
from skal.label_quality import active_lab, find_multilabel_issues, multilabel_quality
from skal.session import LabelingSession
from skal.session._intervals import Sample, f1_of, mean_f1_of, share_of
from skal.stopping import LabelBudget, Round, TargetRecall, TargetScore
from skal.strategies import RandomSampling

X, Y = make_multilabel_classification(
    300, n_features=8, n_classes=4, allow_unlabeled=True, random_state=0
)
NAMES = np.array(["cheap", "loud", "new", "old"])
TAGS = [NAMES[row == 1].tolist() for row in Y]
SCORES = ("accuracy", "f1_micro", "f1_macro", "hamming_loss")


def learner(estimator=None):
    estimator = OneVsRestClassifier(LogisticRegression()) if estimator is None else estimator
    return ActiveLearner(estimator, random_state=0)


def opened(path, X=X, estimator=None, **options):
    return LabelingSession(path, learner(estimator), X, several_labels=True, **options)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.skal"


@pytest.fixture(autouse=True)
def seed(monkeypatch):
    monkeypatch.setattr("skal.session._log.fresh_seed", lambda: 7)


def audited(path, n=120, **options):
    session = opened(path, **{"audit": 0.5, **options})
    while session.progress(estimate=False)["n_labeled"] < n:
        ids = session.next(30)
        session.label(ids, [TAGS[i] for i in ids], annotator="anna")
    return session


# Intervals


def drawn(rng, n_audit=40, n_rest=15, n_labels=4, wrong=0.2):
    n = n_audit + n_rest
    is_audit = np.r_[np.ones(n_audit, bool), np.zeros(n_rest, bool)]
    true = rng.rand(n, n_labels) < 0.4
    said = true ^ (rng.rand(n, n_labels) < wrong * 2 * rng.rand(n, 1))
    return Sample(is_audit, rng.rand(n) * 0.01), true, said


@pytest.mark.parametrize("wrong", [0.0, 0.05, 0.3, 1.0])
def test_shares_of_labels_are_those_of_the_slow_twin(wrong):
    rng = np.random.RandomState(0)
    for _ in range(15):
        sample, true, said = drawn(rng, wrong=wrong)
        hits, either = (true & said).sum(axis=1), (true | said).sum(axis=1)
        found = share_of(sample, hits, either, 0.95)
        given = sample.is_audit, sample.shares, hits, either
        value, low, high = slow_ratio(*given, 0.95)
        assert found.value == pytest.approx(value)
        assert abs(found.low - low) < 6e-4 and abs(found.high - high) < 6e-4
        f1 = f1_of(sample, true, said, 0.95)
        assert f1.low == pytest.approx(2 * found.low / (1 + found.low))


def test_labels_that_go_together_widen_an_interval():
    rng = np.random.RandomState(0)
    sample = Sample(np.ones(200, bool), np.zeros(200))
    alone = rng.rand(200, 5) < 0.3
    together = np.repeat(rng.rand(200, 1) < 0.3, 5, axis=1)
    full = np.full(200, 5)
    widths = [
        one.high - one.low
        for one in (share_of(sample, wrong.sum(axis=1), full, 0.95) for wrong in (alone, together))
    ]
    assert widths[1] > 1.9 * widths[0]  # by the root of 5
    # Rows in which all or nothing is right are as many rows with one label.
    of_rows = share_of(sample, together[:, 0], np.ones(200), 0.95)
    assert widths[1] == pytest.approx(of_rows.high - of_rows.low)


def test_the_mean_f1_is_that_of_scikit_learn_and_has_a_width_without_errors():
    rng = np.random.RandomState(0)
    sample, true, said = drawn(rng, n_rest=0)
    sample.shares[:] = 0
    found = mean_f1_of(sample, true, said, 0.95)
    assert found.value == pytest.approx(f1_score(true, said, average="macro"))
    assert found.low < found.value < found.high
    # The same label twice is no more certain than once.
    once = mean_f1_of(sample, true[:, :1], said[:, :1], 0.95)
    twice = mean_f1_of(sample, true[:, [0, 0]], said[:, [0, 0]], 0.95)
    assert (twice.low, twice.high) == pytest.approx((once.low, once.high))
    right = mean_f1_of(sample, true, true, 0.95)
    assert right.value == right.high == 1.0 and right.low < 0.97


@pytest.mark.parametrize("n_audit", [20, 60])
def test_intervals_hold_the_truth_about_as_often_as_they_say(n_audit):
    rng, held = np.random.RandomState(n_audit), []
    _, true, said = drawn(rng, 20_000, 0)
    truth = f1_score(true, said, average="micro"), hamming_loss(true, said)
    sample = Sample(np.ones(n_audit, bool), np.zeros(n_audit))
    for _ in range(300):
        i = rng.randint(len(true), size=n_audit)
        wrong = (true[i] != said[i]).sum(axis=1)
        both = f1_of(sample, true[i], said[i], 0.95), share_of(sample, wrong, wrong * 0 + 4, 0.95)
        held.append([b.low <= one <= b.high for b, one in zip(both, truth, strict=True)])
    assert (np.mean(held, axis=0) > 0.92).all()


@pytest.fixture
def check_intervals(monkeypatch):
    folder = pathlib.Path(__file__).parent.parent / "examples" / "benchmarks"
    monkeypatch.syspath_prepend(str(folder))
    yield __import__("check_intervals")
    sys.modules.pop("check_intervals", None)


@pytest.mark.simulation
def test_intervals_hold_the_truth_for_many_populations(check_intervals):
    for (name, kind, n_audit), shares in check_intervals.table(100).items():
        if kind != "skewed labels":
            # The shares of some dozen populations, of 100 intervals each.
            assert np.mean(shares) > 0.92, (name, kind, n_audit)


def test_populations_are_looked_at(check_intervals):
    """A few of them, so that the script is tried in every run of the tests."""
    rng = np.random.RandomState(0)
    _, _, true, said = next(check_intervals.lists())
    _, _, y, errors = next(check_intervals.numbers())
    for scores in (check_intervals.of_lists(true, said), check_intervals.of_numbers(y, errors)):
        found = check_intervals.coverage(scores, 100, 40, rng)
        assert set(found) == set(scores) and min(found.values()) > 0.6


# Estimates


def test_scores_of_a_session_are_near_the_truth(path):
    session = audited(path, 150)
    rest = np.setdiff1d(np.arange(300), list(session.verdicts()))
    said = session.model().predict(X[rest])
    truth = {
        "accuracy": accuracy_score(Y[rest], said),
        "f1_micro": f1_score(Y[rest], said, average="micro"),
        "f1_macro": f1_score(Y[rest], said, average="macro"),
        "hamming_loss": hamming_loss(Y[rest], said),
    }
    for scoring, true in truth.items():
        one = session.estimate(scoring)
        assert one.low <= true <= one.high and one.n_audit == 75 and one.several_labels
    assert session.progress()["estimate"] == session.estimate("accuracy")
    assert "right about all labels of" in str(session.estimate())
    for column, name in enumerate(NAMES):
        is_name, says_name = Y[rest, column] == 1, said[:, column] == 1
        recall = session.estimate("recall", positive=name)
        assert recall.low <= np.mean(says_name[is_name]) <= recall.high
        f1 = session.estimate("f1", positive=name)
        assert f1.low <= f1_score(is_name, says_name) <= f1.high
        left = session.estimate("n_left", positive=name)
        assert left.low <= is_name.sum() <= left.high
        found = session.estimate("found", positive=name)
        assert found.low <= 1 - is_name.sum() / Y[:, column].sum() <= found.high
    session.close()


def test_what_cannot_be_estimated_is_said(path):
    session = audited(path, 30)
    assert session.estimate().value is None and "at least 20" in str(session.estimate())
    for scoring, message in (
        ("balanced_accuracy", "It is a score of classes, and the labels of this session are sev"),
        ("r2", "It is a score of numbers"),
        ("auc", "one of 'accuracy', 'f1_micro', 'f1_macro', 'hamming_loss', 'f1'"),
    ):
        with pytest.raises(ValueError, match=message):
            session.estimate(scoring)
    with pytest.raises(ValueError, match="positive must be a class, got 'x'; the classes are"):
        session.estimate("f1", positive="x")
    with pytest.raises(ValueError, match="about all labels, got 'old'"):
        session.estimate("f1_micro", positive="old")
    session.close()
    with opened(path.with_name("b.skal"), audit=0.5) as same:
        ids = same.next(100)
        same.label(ids, [["a"]] * 100)
        assert same.estimate().value is None  # one name makes no model
    with LabelingSession(path.with_name("c.skal"), None, X, audit=0.5) as other:
        with pytest.raises(ValueError, match="of several labels a row, and .* are classes"):
            other.estimate("f1_micro")


def test_rare_labels_need_audit_rows(path):
    session = opened(path, audit=0.5)
    ids = session.next(120)
    session.label(ids, [["a"] if i % 2 else ["b"] for i in ids[:-2]] + [["c"], ["c", "a"]])
    one = session.estimate("f1_macro")
    assert one.value is None and "at least 5 of each class" in str(one)
    assert session.estimate("f1_micro").value is not None
    assert session.estimate("recall", positive="c").value is None
    assert session.estimate("n_left", positive="c").high >= 0
    session.close()


def test_models_that_choose_do_not_know_names_of_audit_rows(path):
    with opened(path, audit=0.5) as session:
        ids = session.next(40)
        session.label(ids, [["a"] if i % 2 else [] for i in ids])
        is_drawn = dict(zip(session.labels()["id"], session.labels()["audit"], strict=True))
        audit_row = next(i for i in ids if is_drawn[i])
        session.relabel(audit_row, ["b"])
        # Two names in all, but one without the audit rows: the cold start goes on.
        assert len(session.next(4)) == 4
        assert session.progress()["n_rounds"] == 0
        assert session.model().predict(X[:2]).shape == (2, 2)


def test_targets_of_several_labels_stop(path):
    stopping = TargetScore(0.5, "f1_micro") & TargetRecall(0.05, positive="cheap")
    session = audited(path, 150, stopping=stopping)
    assert session.progress()["stop"]
    session.close()
    for name, criterion in (("b", TargetScore(0.5, "hamming_loss")), ("c", LabelBudget(60))):
        session = audited(path.with_name(f"{name}.skal"), 150, stopping=criterion)
        assert session.progress()["stop"]
        session.close()
    session = audited(path.with_name("d.skal"), 120, stopping=TargetScore(0.01, "hamming_loss"))
    assert not session.progress()["stop"]
    session.close()
    # A label that nobody has given yet is no mistake.
    options = {"stopping": TargetRecall(0.5, positive="rare")}
    session = audited(path.with_name("e.skal"), 90, **options)
    assert session.progress()["stop"] is False
    session.close()


def test_a_round_takes_names():
    fitted = learner().fit(X[:40], Y[:40])
    assert Round(fitted, X, classes=["a", "b"]).classes == ["a", "b"]
    assert len(Round(fitted, X).classes) == 4


# Suspects


@pytest.mark.parametrize("n_labels", [1, 2, 5])
def test_issues_are_those_of_the_slow_twin(n_labels):
    rng = np.random.RandomState(n_labels)
    for _ in range(20):
        y = rng.rand(30, n_labels) < 0.4
        proba = np.clip(y * 0.6 + rng.choice([0.0, 0.2, 0.4], y.shape), 0, 1)
        proba = np.where(rng.rand(*y.shape) < 0.15, 1 - proba, proba)
        y = y.astype(int)
        assert multilabel_quality(proba, y).tolist() == pytest.approx(
            slow.multilabel_quality(proba, y)
        )
        scores = slow.multilabel_quality(proba, y)
        found = find_multilabel_issues(proba, y).tolist()
        expected = slow.find_multilabel_issues(proba, y)
        assert sorted(found) == sorted(expected)
        assert [scores[i] for i in found] == pytest.approx([scores[i] for i in expected])


@pytest.mark.parametrize(
    ("proba", "y", "message"),
    [
        ([[0.5, 1.2]], [[0, 1]], "label_proba"),
        ([0.5], [1], "label_proba"),
        ([[0.5, 0.2]], [[0, 2]], "y must hold 0 and 1, a column for each of the 2 labels"),
        ([[0.5, 0.2]], [[0, 1, 1]], "y must hold 0 and 1"),
        ([[0.5, 0.2]], [["a", "b"]], "MultiLabelBinarizer"),
        ([[0.5, 0.2]], [[0, 1], [1, 0]], "same length|must have"),
    ],
)
def test_what_are_no_labels_is_refused(proba, y, message):
    for function in (multilabel_quality, find_multilabel_issues):
        with pytest.raises(ValueError, match=message):
            function(proba, y)
    with pytest.raises(ValueError, match="alpha must be the weight.*got 0"):
        multilabel_quality([[0.5, 0.5]], [[0, 1]], alpha=0)


EASY = np.random.RandomState(0).rand(200, 3)
EASY_TAGS = [[name for name, x in zip("abc", row, strict=True) if x > 0.5] for row in EASY]


@pytest.mark.parametrize(
    "estimator",
    [OneVsRestClassifier(LogisticRegression(C=100.0)), RandomForestClassifier(random_state=0)],
)
def test_suspects_name_the_labels(path, estimator):
    given = [list(tags) for tags in EASY_TAGS]
    lacking = next(i for i, row in enumerate(EASY) if row.min() > 0.8)
    too_many = next(i for i, row in enumerate(EASY) if row.max() < 0.25)
    given[lacking].remove("b")
    given[too_many].append("c")
    with opened(path, EASY, estimator, y=given) as session:
        found = {one["id"]: one for one in session.suspects(return_details=True)}
        assert found[lacking]["missing"] == ["b"] and found[lacking]["extra"] == []
        assert found[lacking]["label"] == ["a", "c"]
        assert found[lacking]["predicted"] == ["a", "b", "c"]
        assert found[too_many]["extra"] == ["c"] and found[too_many]["predicted"] == []
        assert all(0 <= one["quality"] < 0.6 < one["probability"] + 0.1 for one in found.values())
        order = [one["quality"] for one in found.values()]
        assert order == sorted(order) and session.suspects() == list(found)
        assert session.suspects(1) == list(found)[:1]
        session.relabel([lacking, too_many], [found[i]["predicted"] for i in (lacking, too_many)])
        assert not {lacking, too_many} & set(session.suspects())


def test_suspects_are_those_of_the_functions(path):
    with opened(path, classes=NAMES.tolist(), y=TAGS) as session:
        proba = session._suspects._judges.label_proba(list(range(300)), list(map(tuple, TAGS)))
        assert session.suspects() == find_multilabel_issues(proba, Y).tolist()


def test_labels_that_are_rare_are_not_judged(path):
    given = [list(tags) for tags in EASY_TAGS]
    given[3].append("rare")
    with opened(path, EASY, y=given) as session:
        assert all("rare" not in one["extra"] for one in session.suspects(return_details=True))
    with opened(path.with_name("b.skal"), EASY) as session:
        session.label(range(8), EASY_TAGS[:8])
        with pytest.raises(ValueError, match="too few labels.*5 rows with it and 5 rows without"):
            session.suspects()


def test_a_classifier_without_probabilities_says_what_to_do(path):
    with opened(path, EASY, RidgeClassifier(), y=EASY_TAGS) as session:
        with pytest.raises(ValueError, match="OneVsRestClassifier.CalibratedClassifierCV"):
            session.suspects()


def test_copies_do_not_judge_each_other(path):
    X, tags = np.repeat(EASY[:60], 2, axis=0), [one for one in EASY_TAGS[:60] for _ in range(2)]
    groups = np.repeat(np.arange(60), 2)
    with opened(path, X, y=tags, groups=groups, classes=list("abc")) as session:
        proba = session._suspects._judges.label_proba(list(range(120)), list(map(tuple, tags)))
        assert np.ptp(proba.reshape(60, 2, 3), axis=1).max() < 0.2


# Second opinions


def mistaken(rng, tags, share):
    return [name for name in "abc" if (name in tags) != (rng.rand() < share)]


def test_second_opinions_are_by_the_mean_of_active_lab(path):
    rng = np.random.RandomState(0)
    with opened(path, EASY) as session:
        ids = session.next(60, annotator="anna")
        session.label(ids, [mistaken(rng, EASY_TAGS[i], 0.2) for i in ids], annotator="anna")
        ids = session.next(20, annotator="bert", again=True)
        session.label(ids, [EASY_TAGS[i] for i in ids], annotator="bert")
        asked = session.next(12, annotator="carl", again="auto")
        scored = {one["id"]: one["score"] for one in _offers(session)}
        again = [i for i in asked if i in session.verdicts()]
        assert again and len(asked) == 12
        # ActiveLab, label by label, on tables of 0 and 1.
        rows = list(session.verdicts())
        labels = [tuple(one) for one in session.verdicts().values()]
        proba = session._suspects._judges.label_proba(rows, labels)
        opinions = {}
        for one in session.records():
            opinions.setdefault(one["id"], {})[one["annotator"]] = one["label"]
        expected = np.zeros(len(rows))
        for column, name in enumerate("abc"):
            table = [
                [int(name in given[who]) if who in given else None for who in ("anna", "bert")]
                for given in (opinions[row] for row in rows)
            ]
            p = proba[:, column]
            expected += active_lab(table, np.column_stack([1 - p, p]))[0] / 3
        by_row = dict(zip(rows, expected, strict=True))
        assert [scored[i] for i in again] == pytest.approx([by_row[i] for i in again])
        assert sorted(again) == sorted(
            sorted(rows, key=lambda row: -round(by_row[row], 9))[: len(again)]
        )


def _offers(session):
    """Return the entries of pending rows."""
    record = session._log.record
    return [{"id": row, "score": entry.score} for row, entry in record.pending.items()]


def test_without_enough_labels_all_rows_are_new(path):
    with opened(path, EASY) as session:
        session.label(range(6), EASY_TAGS[:6], annotator="anna")
        ids = session.next(5, annotator="bert", again="auto")
        assert len(ids) == 5 and not set(ids) & set(range(6))


def test_second_opinions_find_mistakes_rather_than_chance(path):
    rng = np.random.RandomState(1)
    with LabelingSession(
        path,
        ActiveLearner(OneVsRestClassifier(LogisticRegression(C=10.0)), RandomSampling()),
        EASY,
        several_labels=True,
    ) as session:
        wrong = set(rng.choice(200, 30, replace=False).tolist())
        given = [
            [name for name in "abc" if (name in tags) != (i in wrong)]
            for i, tags in enumerate(EASY_TAGS)
        ]
        session.label(range(200), given, annotator="anna")
        ids = session.next(30, annotator="bert", again="auto")
        hits = [i in wrong for i in ids]
    assert np.mean(hits) > 0.6  # 15% by chance
