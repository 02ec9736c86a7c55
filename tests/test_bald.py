import itertools
import warnings

import numpy as np
import pytest
import reference_bald as reference
from hypothesis import given, settings
from hypothesis import strategies as st
from memory import peak_memory
from numpy.testing import assert_allclose, assert_array_equal
from sklearn import config_context
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

from skal import ActiveLearner, Committee, Pool, acquisition
from skal.acquisition._label_table import draw_labels
from skal.committee import member_proba
from skal.pool import MissingOutputError
from skal.strategies import BALD, BatchBALD
from skal.strategies import _joint_entropy as joint
from skal.testing import check_strategy

YES, NO = [0.0, 1.0], [1.0, 0.0]


def dirichlet(n_members, n_samples, n_classes, *, alpha=1.0, seed=0):
    rng = np.random.RandomState(seed)
    return rng.dirichlet(np.full(n_classes, alpha), size=(n_members, n_samples))


def with_zeros(n_members, n_samples, n_classes, seed=0):
    """Members half of which never saw the last class, and some of which are certain."""
    rng = np.random.RandomState(seed)
    weights = rng.gamma(1.0, size=(n_members, n_samples, n_classes))
    weights[::2, :, -1] = 0
    certain = weights[::3, ::3]
    certain *= certain == certain.max(axis=2, keepdims=True)
    return weights / weights.sum(axis=2, keepdims=True)


def noisy_questions(n_members=32, n_questions=5, n_copies=1, certainty=0.8):
    """Question k is whether bit k of the member's number is set; members are not quite sure."""
    bits = np.arange(n_members)[:, None] >> np.arange(n_questions) & 1
    yes = np.where(bits, certainty, 1 - certainty)
    return np.repeat(np.stack([1 - yes, yes], axis=2), n_copies, axis=1)


class CountsRows:
    """A fitted committee that counts the rows that its members were asked about."""

    def __init__(self, model):
        self.model = model
        self.classes_ = model.classes_
        self.n_members_ = len(model.estimators_)  # so that no row is asked for to count them
        self.n_asked = 0

    def member_proba(self, X):
        self.n_asked += len(X)
        return member_proba(self.model, X)


def pool_of(members, seed=0, **kwargs):
    return Pool.from_arrays(member_proba=members, random_state=seed, **kwargs)


def greedy(members, n, n_joint_samples=10_000, seed=0):
    scores = acquisition.bald(members)
    rng = np.random.RandomState(seed)
    return joint.greedy_batch(members, scores, n, n_joint_samples, rng)


def exact_table(members, batch):
    table = joint.LabelTable.exact(len(members))
    for i in batch:
        table = table.with_every_label(members[:, i])
    return table


def sampled_table(members, batch, n_joint_samples, seed):
    rng = np.random.RandomState(seed)
    table = joint.LabelTable.sampled(len(members), n_joint_samples)
    for i in batch:
        table = table.with_drawn_label(members[:, i], rng)
    return table


def gains_by_enumeration(members, batch):
    before = reference.joint_information(members, batch)
    after = [reference.joint_information(members, [*batch, i]) for i in range(members.shape[1])]
    return np.array(after) - before


# The contract ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "strategy",
    [
        BALD(),
        BatchBALD(),
        BatchBALD(n_joint_samples=1),
        BatchBALD(n_joint_samples=60, n_candidates=10),
    ],
    ids=repr,
)
def test_published_checks(strategy):
    check_strategy(strategy)


@pytest.mark.parametrize("strategy", [BALD(), BatchBALD(100)], ids=repr)
@pytest.mark.parametrize(
    "model",
    [
        Committee(LogisticRegression(max_iter=500), n_members=4, random_state=0),
        RandomForestClassifier(12, max_depth=3, random_state=0),
        [GaussianNB(), LogisticRegression(max_iter=500)],
    ],
    ids=["committee", "forest", "list"],
)
def test_every_committee_will_do(iris, model, strategy):
    X, y, X_pool, _ = iris
    learner = ActiveLearner(model, strategy=strategy, random_state=0).fit(X, y)
    positions = learner.query(X_pool, n=5)
    assert len(set(positions.tolist())) == 5
    scores = reference.bald(learner.pool(X_pool).member_proba)
    assert_allclose(scores[positions[0]], scores.max(), atol=1e-10)


@pytest.mark.parametrize("strategy", [BALD(), BatchBALD()], ids=repr)
def test_one_model_is_no_committee(iris, strategy):
    X, y, X_pool, _ = iris
    learner = ActiveLearner(GaussianNB(), strategy=strategy).fit(X, y)
    with pytest.raises(MissingOutputError, match=f"{type(strategy).__name__} reads .*Committee"):
        learner.query(X_pool)


@pytest.mark.parametrize(
    "params",
    [
        {"n_joint_samples": 0},
        {"n_joint_samples": 1e4},
        {"n_candidates": 0},
        {"n_candidates": "all"},
    ],
    ids=str,
)
def test_wrong_parameters_are_named(params):
    with pytest.raises(ValueError, match=f"'{next(iter(params))}' parameter of BatchBALD"):
        BatchBALD(**params).query(pool_of(dirichlet(3, 5, 2)))


def test_members_that_change_are_refused_by_the_batch_alone():
    pool = pool_of(dirichlet(3, 6, 2), members_consistent=False)
    with pytest.raises(ValueError, match=r"members_consistent=False\. Use BALD\(\)"):
        BatchBALD().query(pool, 2)
    assert_array_equal(BALD().query(pool, 6), np.argsort(-reference.bald(dirichlet(3, 6, 2))))


# BALD -----------------------------------------------------------------------------------


@pytest.mark.parametrize("members", [dirichlet(5, 9, 3), with_zeros(4, 9, 3), dirichlet(1, 4, 2)])
def test_bald_equals_its_definition(members):
    assert_allclose(BALD().score_samples(pool_of(members)), reference.bald(members), atol=1e-12)


def test_bald_streams_what_exceeds_the_working_memory(iris):
    X, y, X_pool, _ = iris
    model = RandomForestClassifier(20, max_depth=3, random_state=0)
    learner = ActiveLearner(model, strategy=BALD(), random_state=0).fit(X, y)
    expected = BALD().score_samples(learner.pool(X_pool))
    with config_context(working_memory=0.005):
        model = CountsRows(learner.estimator_)
        pool = Pool(model, X_pool)
        assert_allclose(BALD().score_samples(pool), expected, rtol=1e-13)
        before = model.n_asked
        pool.member_proba  # was not remembered
        assert model.n_asked == before + len(X_pool)


# BatchBALD while every configuration is listed --------------------------------------------

CASES = {
    "binary": dirichlet(3, 9, 2),
    "many members": dirichlet(30, 8, 3),
    "sure": dirichlet(6, 9, 3, alpha=0.1, seed=1),
    "zeros": with_zeros(5, 9, 3),
    "noisy": noisy_questions(8, 3, n_copies=3),
    "single": dirichlet(4, 5, 1),
}


@pytest.mark.parametrize("members", CASES.values(), ids=CASES)
def test_exact_batch_equals_greedy_enumeration(members):
    n = 5
    expected, expected_gains = reference.greedy_batch(members, n)
    chosen, gains = greedy(members, n)
    assert chosen == expected[: len(chosen)]
    assert_allclose(gains, expected_gains[: len(gains)], atol=1e-10)
    assert_allclose(expected_gains[len(gains) :], 0, atol=1e-10)


@pytest.mark.parametrize("members", [dirichlet(5, 40, 6), with_zeros(7, 40, 6)])
def test_long_tables_equal_greedy_enumeration(members):
    # 6**4 configurations are enough for merged bounds.
    expected, expected_gains = reference.greedy_batch(members, 5)
    chosen, gains = greedy(members, 5)
    assert chosen == expected
    assert_allclose(gains, expected_gains, atol=1e-10)


@settings(max_examples=40, deadline=None)
@given(
    st.integers(2, 6),
    st.integers(4, 7),
    st.integers(2, 4),
    st.sampled_from([0.05, 0.5, 5.0]),
    st.integers(0, 10_000),
)
def test_exact_gains(n_members, n_samples, n_classes, alpha, seed):
    members = dirichlet(n_members, n_samples, n_classes, alpha=alpha, seed=seed)
    chosen, gains = greedy(members, 4)
    assert len(set(chosen)) == len(chosen) == len(gains)
    assert_allclose(gains[0], acquisition.bald(members).max(), atol=1e-10)
    assert (np.diff(gains) <= 1e-10).all()
    assert sum(gains) <= np.log2(n_members) + 1e-10
    assert_allclose(sum(gains), reference.joint_information(members, chosen), atol=1e-10)


@pytest.mark.parametrize("members", [dirichlet(4, 12, 3), with_zeros(4, 12, 3)])
def test_order_of_classes_members_and_rows_is_irrelevant(members):
    expected = BatchBALD().query(pool_of(members), 5)
    rng = np.random.RandomState(0)
    for axis in (0, 2):
        permuted = np.take(members, rng.permutation(members.shape[axis]), axis=axis)
        assert_array_equal(BatchBALD().query(pool_of(permuted), 5), expected)
    assert_array_equal(BatchBALD().query(pool_of(np.concatenate([members] * 3)), 5), expected)
    order = rng.permutation(12)
    assert_array_equal(order[BatchBALD().query(pool_of(members[:, order]), 5)], expected)


@pytest.mark.parametrize("n_joint_samples", [10_000, 40])
def test_float32_members(n_joint_samples):
    members = dirichlet(6, 30, 4).astype(np.float32)
    chosen, gains = greedy(members, 6, n_joint_samples)
    expected, expected_gains = greedy(members.astype(np.float64), 6, n_joint_samples)
    assert chosen == expected
    assert_allclose(gains, expected_gains, atol=1e-6)


def test_equal_samples_the_lowest_position_first():
    members = np.repeat(dirichlet(5, 6, 10, seed=2), 20, axis=1)
    shuffled = np.random.RandomState(0).permutation(120)
    chosen, _ = greedy(members[:, shuffled], 4)
    copies = shuffled // 20
    for pick, i in enumerate(chosen):
        same = set(np.flatnonzero(copies == copies[i])) - set(chosen[:pick])
        assert i == min(same)


# BatchBALD with samples of configurations -------------------------------------------------


@pytest.mark.parametrize("n_joint_samples", [1, 12, 37])
@pytest.mark.parametrize("members", [dirichlet(5, 8, 3), with_zeros(6, 8, 3)])
def test_sampled_gains_are_unbiased(members, n_joint_samples):
    batch = [0, 3, 3, 5]
    runs = []
    for seed in range(600):
        runs.append(sampled_table(members, batch, n_joint_samples, seed).gains(members))
    assert np.min(runs) > -1e-12
    error = np.std(runs, axis=0, ddof=1) / np.sqrt(len(runs)) + 1e-12
    z = (np.mean(runs, axis=0) - gains_by_enumeration(members, batch)) / error
    assert np.abs(z).max() < 3.5
    assert np.ptp(runs, axis=0).max() > 1e-3  # it is a sample


@pytest.mark.parametrize(
    "n_members, n_joint_samples, n_rows", [(5, 1, 5), (5, 10, 10), (4, 9, 12)]
)
def test_samples_are_shared_out_equally_among_members(n_members, n_joint_samples, n_rows):
    table = joint.LabelTable.sampled(n_members, n_joint_samples)
    assert_array_equal(np.bincount(table.source), n_rows // n_members)


def test_the_sample_is_extended_and_not_drawn_anew():
    members = dirichlet(4, 5, 3)
    rng = np.random.RandomState(0)
    table = joint.with_last_label(joint.LabelTable.exact(4), members, [2], 2, rng)
    more = joint.with_last_label(table, members, [2, 0], 2, rng)
    assert_array_equal(more.source, table.source)
    for before, after in zip(table.posterior, more.posterior, strict=True):
        possible = before * members[:, 0].T
        possible /= possible.sum(axis=1, keepdims=True)
        assert np.isclose(after, possible).all(axis=1).any()


def test_the_sample_begins_where_the_table_ends():
    members = dirichlet(4, 5, 3)
    table = joint.LabelTable.exact(4)
    kinds = []
    for k in range(1, 5):
        rng = np.random.RandomState(0)
        table = joint.with_last_label(table, members, list(range(k)), 9, rng)
        kinds.append((len(table.weights), table.source is None))
    assert kinds == [(3, True), (9, True), (12, False), (12, False)]


def test_labels_are_drawn_by_their_probabilities():
    proba = np.array([[0.0, 0.3, 0.0, 0.7, 0.0], [1.0, 0.0, 0.0, 0.0, 0.0]])
    source = np.repeat([0, 1], 20_000)
    labels = draw_labels(proba, source, np.random.RandomState(0))
    counts = np.bincount(labels[:20_000], minlength=5)
    assert_array_equal(counts[[0, 2, 4]], 0)
    assert abs(counts[1] - 6000) < 3.5 * np.sqrt(20_000 * 0.3 * 0.7)
    assert not labels[20_000:].any()


@pytest.mark.parametrize("uniform, drawn", [(0.0, [1, 0]), (1 - 2.0**-53, [3, 0])])
def test_the_ends_of_the_unit_interval_draw_possible_labels(uniform, drawn):
    class End:
        def random_sample(self, size):
            return np.full(size, uniform)

    # Rows of float32 may sum to a little less than 1.
    proba = np.array([[0.0, 0.3, 0.0, 0.6999, 0.0], [0.9999, 0.0, 0.0, 0.0, 0.0]], np.float32)
    assert_array_equal(draw_labels(proba, np.arange(2), End()), drawn)


def test_a_large_sample_chooses_like_the_enumeration():
    members = dirichlet(6, 15, 3, seed=3)
    chosen, gains = greedy(members, 6, n_joint_samples=100)  # exact for four known labels
    assert chosen[:5] == reference.greedy_batch(members, 5)[0]
    _, sampled = greedy(members, 6, n_joint_samples=2)
    assert sampled != gains
    chosen, gains = greedy(members, 6, n_joint_samples=200)
    assert_allclose(sum(gains), reference.joint_information(members, chosen), atol=0.05)


def test_long_batches_do_not_underflow():
    members = dirichlet(6, 400, 3, alpha=30.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        chosen, gains = greedy(members, 300, n_joint_samples=200)
    assert len(set(chosen)) == len(chosen) == 300
    assert np.isfinite(gains).all() and min(gains) > 0
    table = sampled_table(members, chosen, 200, seed=0)
    assert_allclose(table.posterior.sum(axis=1), 1)
    # By now the labels nearly tell the member, and mostly the one they were drawn from.
    told = table.posterior.argmax(axis=1) == table.source
    assert told.mean() > 0.9


# Bounds ---------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 8), st.integers(2, 4), st.booleans(), st.integers(0, 10_000))
def test_merged_tables_bound_the_gains(n_members, n_classes, exact, seed):
    members = dirichlet(n_members, 12, n_classes, alpha=0.3, seed=seed)
    batch = list(range(8 if n_classes == 2 else 5))
    table = exact_table(members, batch) if exact else sampled_table(members, batch, 900, seed)
    merged = joint.merged(table)
    assert len(merged.weights) <= joint.N_MERGED
    assert_allclose(merged.weights.sum(), 1)
    bounds = merged.gains(members)
    assert (bounds >= table.gains(members) - 1e-12).all()


@pytest.mark.parametrize("n_joint_samples", [10_000, 300, 20])
@pytest.mark.parametrize(
    "members", [dirichlet(8, 60, 4), with_zeros(9, 60, 4), noisy_questions(16, 4, 15, 0.9)]
)
def test_bounds_change_nothing(members, n_joint_samples, monkeypatch):
    def every_gain(table, members, bounds):
        gains = table.gains(members)
        gains[bounds == -np.inf] = -np.inf
        return gains

    monkeypatch.setattr(joint, "N_MERGED", 16)
    for size in ("BLOCK_SIZE", "BLOCK_COLUMNS"):
        monkeypatch.setattr(joint, size, 1)  # one candidate after the other
    found = [greedy(members, 6, n_joint_samples, seed) for seed in range(3)]
    monkeypatch.setattr(joint, "update_bounds", every_gain)
    for seed, (chosen, gains) in enumerate(found):
        expected, expected_gains = greedy(members, 6, n_joint_samples, seed)
        assert chosen == expected
        assert_allclose(gains, expected_gains, atol=1e-11)


@pytest.mark.parametrize("n_labels, n_joint_samples", [(1, 0), (6, 0), (6, 10), (6, 900)])
def test_what_is_not_computed_is_bounded(n_labels, n_joint_samples):
    members = dirichlet(6, 200, 3)
    batch = list(range(n_labels))
    if n_joint_samples:
        table = sampled_table(members, batch, n_joint_samples, seed=0)
        before = np.zeros(200)  # gains of another table, which say nothing
    else:
        table = exact_table(members, batch)
        before = exact_table(members, batch[:-1]).gains(members)
    before[batch] = -np.inf
    bounds = joint.update_bounds(table, members, before)
    assert_array_equal(bounds[batch], -np.inf)
    bounds, gains = bounds[n_labels:], table.gains(members)[n_labels:]
    assert (bounds >= gains - 1e-12).all()
    assert_allclose(bounds.max(), gains.max(), atol=1e-12)
    assert bounds.argmax() == gains.argmax()


@pytest.mark.parametrize("exact", [True, False])
def test_few_gains_are_computed_in_full(exact, monkeypatch):
    members = dirichlet(10, 500, 5, alpha=0.4)
    batch = list(range(5))
    table = exact_table(members, batch) if exact else sampled_table(members, batch, 3000, 0)
    n_computed = 0
    gains_of = joint.LabelTable.gains

    def counted(this_table, part):
        nonlocal n_computed
        n_computed += part.shape[1] if this_table is table else 0
        return gains_of(this_table, part)

    monkeypatch.setattr(joint.LabelTable, "gains", counted)
    bounds = acquisition.bald(members)
    bounds[batch] = -np.inf
    joint.update_bounds(table, members, bounds)
    assert 0 < n_computed < 250


def test_memory_stays_far_below_a_table_for_every_candidate():
    members = dirichlet(10, 500, 5)
    scores = acquisition.bald(members)
    rng = np.random.RandomState(0)
    peak = peak_memory(joint.greedy_batch, members, scores, 8, 10_000, rng)
    assert peak < 2**24  # all candidates at once would take 500 * 10_000 * 5 * 8 bytes, 12 times


# Batches --------------------------------------------------------------------------------


def test_bald_takes_near_copies_where_the_batch_asks_another_question():
    members = noisy_questions(8, 3, n_copies=4, certainty=0.97)
    nudge = np.linspace(0, 0.02, 12)[None, ::-1, None] * np.array([1, -1])
    certain_first = np.where(members > 0.5, members - abs(nudge), members + abs(nudge))
    # Question 2 is the one that members are most certain about.
    of_question = np.arange(12) // 4
    by_bald = of_question[BALD().query(pool_of(certain_first), 3)]
    by_batch = of_question[BatchBALD().query(pool_of(certain_first), 3)]
    assert_array_equal(by_bald, 2)
    assert sorted(by_batch) == [0, 1, 2]


def test_a_second_look_at_a_noisy_sample_may_inform_more_than_another():
    noisy, idle = [[0.8, 0.2], [0.2, 0.8]], [[0.5, 0.5], [0.5, 0.5]]
    pool = pool_of(np.stack([idle, noisy, idle, noisy], axis=1))
    assert_array_equal(BatchBALD().query(pool, 2), [1, 3])


@pytest.mark.parametrize("n_joint_samples", [1_000, 20])
def test_no_position_twice_in_a_pool_of_copies(n_joint_samples):
    members = np.repeat(dirichlet(4, 5, 3), 6, axis=1)
    for seed in range(5):
        positions = BatchBALD(n_joint_samples).query(pool_of(members, seed), 30)
        assert_array_equal(np.sort(positions), np.arange(30))


@pytest.mark.parametrize(
    "members",
    [dirichlet(1, 6, 3), np.repeat(dirichlet(1, 6, 3), 7, axis=0), dirichlet(4, 6, 1)],
    ids=["one member", "equal members", "one class"],
)
def test_without_disagreement_it_warns_and_takes_positions_in_order(members):
    with pytest.warns(UserWarning, match="members agree on every sample"):
        assert_array_equal(BatchBALD().query(pool_of(members), 4), np.arange(4))


def test_what_is_left_when_all_is_told_follows_by_bald():
    questions = noisy_questions(4, 2, n_copies=3, certainty=1.0)
    weak = np.tile([[[0.5, 0.5]], [[0.4, 0.6]]], (2, 1, 1))
    pool = pool_of(np.concatenate([weak, questions], axis=1))
    with pytest.warns(UserWarning, match="after 2 of the 7 samples"):
        assert_array_equal(BatchBALD().query(pool, 7), [1, 4, 2, 3, 5, 6, 0])


def test_candidates_are_the_best_by_bald():
    members = noisy_questions(16, 4, n_copies=5)
    members[:, 0] = 0.5
    assert_array_equal(BatchBALD(n_candidates=1).query(pool_of(members), 3), [1, 2, 3])
    assert_array_equal(BatchBALD(n_candidates=5).query(pool_of(members), 2), [1, 5])
    everything = BatchBALD().query(pool_of(members), 4)
    assert_array_equal(BatchBALD(n_candidates=20).query(pool_of(members), 4), everything)
    assert sorted(everything // 5) == [0, 1, 2, 3]


def test_ties_between_candidates_go_to_the_lowest_position():
    a, b, c = np.arange(8) >> np.arange(3)[:, None] & 1
    # The label of b alone tells as much as that of (a, b) once (a, c) is known.
    answers = np.stack([b, 2 * a + c, 2 * a + b, np.zeros(8, dtype=int)], axis=1)
    pool = pool_of(np.eye(4)[answers])
    assert_array_equal(BatchBALD().query(pool, 2), [1, 0])
    assert_array_equal(BatchBALD(n_candidates=3).query(pool, 2), [1, 0])


def test_candidates_are_asked_for_alone_beyond_the_working_memory(iris):
    X, y, X_pool, _ = iris
    model = RandomForestClassifier(20, max_depth=3, random_state=0)
    learner = ActiveLearner(model, strategy=BatchBALD(n_candidates=15), random_state=0).fit(X, y)
    expected = learner.query(X_pool, 5)
    with config_context(working_memory=0.005):
        model = CountsRows(learner.estimator_)
        pool = Pool(model, X_pool)
        assert_array_equal(learner.strategy.query(pool, 5), expected)
        before = model.n_asked
        pool.member_proba  # was remembered for the candidates alone
        assert model.n_asked == before + len(X_pool) - 15


def test_a_view_is_a_pool_of_its_rows():
    members = dirichlet(5, 30, 3)
    rows = np.arange(30)[::-2]
    expected = BatchBALD(50).query(pool_of(members[:, rows], seed=4), 6)
    assert_array_equal(BatchBALD(50).query(pool_of(members, seed=4).take(rows), 6), expected)


def test_seeds_matter_only_where_labels_are_drawn():
    members = dirichlet(5, 30, 3)

    def answers(strategy):
        return {tuple(strategy.query(pool_of(members, seed), 5)) for seed in range(8)}

    assert len(answers(BatchBALD())) == 1
    assert len(answers(BatchBALD(n_joint_samples=5))) > 1


def test_greedy_is_near_the_best_batch():
    members = dirichlet(5, 9, 2, alpha=0.4, seed=5)
    values = [reference.joint_information(members, s) for s in itertools.combinations(range(9), 3)]
    value = reference.joint_information(members, BatchBALD().query(pool_of(members), 3))
    assert (1 - 1 / np.e) * max(values) <= value <= max(values) + 1e-12
