import inspect

import numpy as np
import pandas as pd
import pytest
import reference_acquisition as reference
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from memory import peak_memory
from sklearn.datasets import make_blobs
from sklearn.multiclass import OneVsOneClassifier
from sklearn.svm import SVC, LinearSVC

from skal import acquisition
from skal.acquisition import (
    _kernels,
    bald,
    check_proba,
    consensus_entropy,
    decision_margin,
    entropy,
    expected_cost,
    expected_cost_margin,
    expected_entropy,
    least_confidence,
    margin,
    max_kl,
    mean_std,
    variation_ratio,
    vote_entropy,
    vote_margin,
    zero_one,
)

OF_PROBA = [least_confidence, margin, entropy]
OF_VOTES = [vote_margin, vote_entropy, variation_ratio]
MEMBERS_WITH_BASE = [consensus_entropy, expected_entropy, bald, max_kl]
OF_MEMBERS = [*MEMBERS_WITH_BASE, zero_one, mean_std]
OF_COSTS = [expected_cost, expected_cost_margin]
ALL = [*OF_PROBA, *OF_COSTS, *OF_VOTES, *OF_MEMBERS]
# In test_information.py and test_contrastive.py, for they take other arguments.
ELSEWHERE = ["contrastive", "epig", "expected_gradient_length", "joint_entropy"]
ELSEWHERE += ["expected_model_change"]  # in test_regression_strategies.py
# In test_several_labels.py.
ELSEWHERE += ["label_margin", "label_least_confidence", "label_entropy", "max_loss"]
ELSEWHERE += ["mean_max_loss", "min_confidence", "avg_confidence", "max_score", "avg_score"]

TWINS = {
    least_confidence: reference.least_confidence,
    margin: reference.margin,
    entropy: reference.entropy,
    vote_margin: reference.vote_margin,
    vote_entropy: reference.vote_entropy,
    variation_ratio: reference.variation_ratio,
    consensus_entropy: reference.consensus_entropy,
    expected_entropy: reference.expected_entropy,
    bald: reference.mean_kl,
    max_kl: reference.max_kl,
    zero_one: reference.zero_one,
    mean_std: reference.mean_std,
    expected_cost: reference.expected_cost,
    expected_cost_margin: reference.expected_cost_margin,
}

# Few and many classes take different ways; 40 is the last of the few.
N_CLASSES = [1, 2, 3, 10, 40, 41, 60]


def normalized(weights):
    return weights / weights.sum(axis=-1, keepdims=True)


def random_proba(*shape, seed=0):
    """Return probabilities with many zeros, some ties and some certainties."""
    rng = np.random.default_rng(seed)
    weights = rng.integers(1, 6, shape) * (rng.random(shape) < 0.5)
    weights[..., 0] += weights.sum(axis=-1) == 0
    return normalized(weights.astype(float))


def random_cost(n_classes, seed=1):
    """Return costs of mistakes between -2 and 5; correct predictions cost 0."""
    cost = np.random.default_rng(seed).integers(-2, 6, (n_classes, n_classes)).astype(float)
    np.fill_diagonal(cost, 0)
    return cost


def random_votes(n_members, n_samples, n_classes, seed=0):
    return np.random.default_rng(seed).integers(0, n_classes, (n_members, n_samples))


def example(function, n_samples=7, n_classes=4):
    """Return arguments that fit a function."""
    if function in OF_PROBA:
        return (random_proba(n_samples, n_classes),)
    if function in OF_COSTS:
        return random_proba(n_samples, n_classes), random_cost(n_classes)
    if function in OF_MEMBERS:
        return (random_proba(5, n_samples, n_classes),)
    return random_votes(5, n_samples, n_classes), n_classes


def take(function, outputs, rows):
    return outputs[rows] if function in [*OF_PROBA, *OF_COSTS] else outputs[:, rows]


@st.composite
def proba_arrays(draw, *leading, max_classes=6):
    """Draw probabilities of shape (*leading drawn from 1 to 5, n_classes)."""
    shape = tuple(draw(st.integers(1, 5)) for _ in leading)
    n_classes = draw(st.integers(1, max_classes))
    weights = draw(arrays(np.int64, (*shape, n_classes), elements=st.integers(0, 9)))
    weights[..., 0] += weights.sum(axis=-1) == 0
    return normalized(weights.astype(float))


members_arrays = proba_arrays("n_members", "n_samples")
rows_arrays = proba_arrays("n_samples")


@st.composite
def votes_arrays(draw):
    n_classes = draw(st.integers(1, 5))
    shape = draw(st.tuples(st.integers(1, 7), st.integers(1, 5)))
    return draw(arrays(np.int64, shape, elements=st.integers(0, n_classes - 1))), n_classes


@pytest.fixture
def small_chunks(monkeypatch):
    """Make the functions take a few rows at a time."""
    monkeypatch.setattr(_kernels, "CHUNK_BYTES", 3 * 8 * 10)


# Values


def test_all_public_functions_are_tested():
    functions = {
        f for name in acquisition.__all__ if inspect.isfunction(f := getattr(acquisition, name))
    }
    elsewhere = {getattr(acquisition, name) for name in ELSEWHERE}
    assert functions == {*ALL, decision_margin, check_proba, *elsewhere}
    assert set(TWINS) == set(ALL)


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (least_confidence, [0.5, 0.5, 0.0, 0.25, 0.75]),
        (margin, [1.0, 0.75, 0.0, 0.5, 1.0]),
        (entropy, [1.0, 1.5, 0.0, 2 - 0.75 * np.log2(3), 2.0]),
    ],
)
def test_scores_of_probabilities_by_hand(function, expected):
    proba = [
        [0.5, 0.0, 0.5, 0.0],
        [0.25, 0.5, 0.25, 0.0],
        [0.0, 0.0, 0.0, 1.0],
        [0.75, 0.0, 0.0, 0.25],
        [0.25, 0.25, 0.25, 0.25],
    ]
    np.testing.assert_allclose(function(proba), expected, rtol=1e-15)


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (vote_margin, [0.0, 1.0, 0.75, 0.5]),
        (vote_entropy, [0.0, 1.0, 1.5, 2 - 0.75 * np.log2(3)]),
        (variation_ratio, [0.0, 0.5, 0.5, 0.25]),
    ],
)
def test_scores_of_votes_by_hand(function, expected):
    votes = [[2, 0, 1, 0], [2, 1, 1, 0], [2, 0, 0, 0], [2, 1, 2, 2]]
    np.testing.assert_allclose(function(votes, 3), expected, rtol=1e-15)


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (consensus_entropy, [0.0, 1.0, 1.0, 2 - 0.75 * np.log2(3)]),
        (expected_entropy, [0.0, 1.0, 0.0, 0.5]),
        (bald, [0.0, 0.0, 1.0, 1.5 - 0.75 * np.log2(3)]),
        (max_kl, [0.0, 0.0, 1.0, 1 - 0.5 * np.log2(3)]),
        (zero_one, [0.0, 0.0, 0.5, 0.0]),
        (mean_std, [0.0, 0.0, 0.5, 0.25]),
    ],
)
def test_scores_of_members_by_hand(function, expected):
    certain, other, unsure = [1.0, 0.0], [0.0, 1.0], [0.5, 0.5]
    if function is max_kl:
        # The consensus of the last sample is (3/4, 1/4): KL is log2(4/3) from the certain member
        # and -1 - (log2(3/4) + log2(1/4)) / 2 = 1 - log2(3) / 2 from the unsure one.
        expected = [*expected[:-1], max(np.log2(4 / 3), expected[-1])]
    members = [[certain, unsure, certain, certain], [certain, unsure, other, unsure]]
    np.testing.assert_allclose(function(members), expected, rtol=1e-15, atol=1e-16)


@pytest.mark.parametrize("n_classes", N_CLASSES)
@pytest.mark.parametrize("function", ALL)
def test_scores_equal_those_of_the_slow_twin(function, n_classes, small_chunks):
    args = example(function, n_samples=23, n_classes=n_classes)
    scores = function(*args)
    assert scores.shape == (23,) and scores.dtype == np.float64
    np.testing.assert_allclose(scores, TWINS[function](*(a for a in _plain(args))), atol=1e-13)


def _plain(args):
    return [a.tolist() if isinstance(a, np.ndarray) else a for a in args]


@pytest.mark.parametrize("function", ALL)
def test_chunks_do_not_change_scores(function, monkeypatch):
    args = example(function, n_samples=101)
    whole = function(*args)
    monkeypatch.setattr(_kernels, "CHUNK_BYTES", 1)
    np.testing.assert_array_equal(function(*args), whole)


@pytest.mark.parametrize("function", [entropy, vote_entropy, *MEMBERS_WITH_BASE])
@pytest.mark.parametrize("base", [np.e, 10, 1.5])
def test_base_divides_by_its_logarithm(function, base):
    args = example(function)
    np.testing.assert_allclose(function(*args, base=base), function(*args) / np.log2(base))
    np.testing.assert_allclose(
        function(*args, base=base), TWINS[function](*_plain(args), base=base), atol=1e-13
    )


# Probabilities: properties


@given(rows_arrays)
def test_uniform_is_the_maximum_and_one_hot_the_minimum(proba):
    n_classes = proba.shape[1]
    uniform = np.full((1, n_classes), 1 / n_classes)
    one_hot = np.eye(n_classes)
    for function in OF_PROBA:
        scores = function(proba)
        assert (scores <= function(uniform) + 1e-12).all()
        assert (scores >= -1e-12).all()
        np.testing.assert_array_equal(function(one_hot), 0)


@given(rows_arrays, st.randoms(use_true_random=False))
def test_permutations_of_rows_and_classes_of_probabilities(proba, random):
    rows, classes = _permutation(random, len(proba)), _permutation(random, proba.shape[1])
    for function in OF_PROBA:
        np.testing.assert_array_equal(function(proba[rows]), function(proba)[rows])
        np.testing.assert_allclose(function(proba[:, classes]), function(proba), atol=1e-13)


def _permutation(random, n):
    return np.array(random.sample(range(n), n))


@given(st.lists(st.floats(0, 1), min_size=2, max_size=9, unique=True))
def test_binary_scores_rank_alike(p):
    p = np.round(p, 3)
    proba = np.column_stack([p, 1 - p])
    closeness = -np.abs(p - 0.5).round(3)
    for function in OF_PROBA:
        ordered = function(proba)[np.argsort(closeness, kind="stable")]
        assert (np.diff(ordered) >= -1e-12).all()


@pytest.mark.parametrize("proba", [[[1.0]], [[1.0], [1.0]]])
@pytest.mark.parametrize("function", OF_PROBA)
def test_a_single_class_leaves_nothing_to_ask(function, proba):
    np.testing.assert_array_equal(function(proba), 0)


def test_zeros_count_for_nothing_and_are_never_clipped():
    tiny = 1e-280
    np.testing.assert_array_equal(entropy([[1.0, 0.0], [0.0, 1.0]]), [0.0, 0.0])
    assert not np.signbit(entropy([[1.0, 0.0]])).any()
    np.testing.assert_allclose(entropy([[1.0, tiny]]), -tiny * np.log2(tiny), rtol=1e-12)
    assert entropy([[0.5, 0.5, 0.0, 0.0]]) == entropy([[0.5, 0.5]]) == 1


# Votes: properties


@given(votes_arrays(), st.randoms(use_true_random=False))
def test_permutations_and_repetition_of_votes(args, random):
    votes, n_classes = args
    names = _permutation(random, n_classes)
    members, rows = (_permutation(random, n) for n in votes.shape)
    for function in OF_VOTES:
        scores = function(votes, n_classes)
        np.testing.assert_array_equal(function(names[votes], n_classes), scores)
        np.testing.assert_array_equal(function(votes[members], n_classes), scores)
        np.testing.assert_array_equal(function(votes[:, rows], n_classes), scores[rows])
        np.testing.assert_allclose(
            function(np.repeat(votes, 3, axis=0), n_classes), scores, atol=1e-13
        )


@given(votes_arrays())
def test_votes_are_one_hot_members(args):
    votes, n_classes = args
    members = np.eye(n_classes)[votes]
    consensus = members.mean(axis=0)
    for of_votes, expected in [
        (vote_entropy, entropy(consensus)),
        (vote_entropy, bald(members)),
        (vote_margin, margin(consensus)),
        (variation_ratio, least_confidence(consensus)),
    ]:
        np.testing.assert_allclose(of_votes(votes, n_classes), expected, atol=1e-13)


@given(votes_arrays())
def test_bounds_of_vote_scores(args):
    votes, n_classes = args
    most = min(n_classes, len(votes))
    for function, bound in [
        (vote_margin, 1),
        (vote_entropy, np.log2(most)),
        (variation_ratio, 1 - 1 / most),
    ]:
        scores = function(votes, n_classes)
        assert (scores >= 0).all() and (scores <= bound + 1e-13).all()
        np.testing.assert_array_equal(function(np.zeros_like(votes), n_classes), 0)


@pytest.mark.parametrize("base", [2, np.e, 3, 1.001])
@pytest.mark.parametrize("n_members", [3, 10, 97])
def test_equal_splits_tie_exactly_whatever_the_classes(n_members, base):
    rng = np.random.default_rng(0)
    sample = rng.integers(0, 7, n_members)
    votes = np.column_stack([rng.permutation(7)[sample] for _ in range(50)])
    assert len(np.unique(vote_entropy(votes, 7, base=base))) == 1


def test_vote_entropy_divides_by_the_committee_not_by_the_classes():
    np.testing.assert_array_equal(vote_entropy([[0], [1]], 2), vote_entropy([[0], [1]], 50))


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.uint64])
@pytest.mark.parametrize("function", OF_VOTES)
def test_votes_of_any_integer_type(function, dtype):
    votes = random_votes(9, 500, 100)
    np.testing.assert_array_equal(function(votes.astype(dtype), 100), function(votes, 100))


@pytest.mark.parametrize("function", OF_VOTES)
def test_boolean_votes_are_codes(function):
    votes = random_votes(5, 8, 2)
    np.testing.assert_array_equal(function(votes.astype(bool), 2), function(votes, 2))


@pytest.mark.parametrize("function", OF_VOTES)
@pytest.mark.parametrize(("votes", "n_classes"), [([[0, 0]] * 4, 1), ([[2, 0]], 3)])
def test_a_single_class_or_voter_has_nobody_to_disagree_with(function, votes, n_classes):
    np.testing.assert_array_equal(function(votes, n_classes), 0)


# Members: properties


@given(members_arrays)
def test_bald_is_mean_kl_is_jensen_shannon_is_consensus_less_expected(members):
    scores = bald(members)
    for same in (
        reference.mean_kl(members.tolist()),
        reference.jensen_shannon(members.tolist()),
        consensus_entropy(members) - expected_entropy(members),
    ):
        np.testing.assert_allclose(scores, same, atol=1e-13)


@given(members_arrays)
def test_bounds_of_member_scores(members):
    n_members, _, n_classes = members.shape
    total, disagreement, furthest = consensus_entropy(members), bald(members), max_kl(members)
    assert (disagreement >= 0).all() and (furthest >= 0).all()
    assert (disagreement <= total + 1e-13).all()
    assert (total <= np.log2(n_classes) + 1e-13).all()
    assert (disagreement <= np.log2(min(n_members, n_classes)) + 1e-13).all()
    assert (disagreement <= furthest + 1e-13).all()
    assert (furthest <= np.log2(n_members) + 1e-13).all()


@given(members_arrays, st.randoms(use_true_random=False))
def test_permutations_and_repetition_of_members(members, random):
    orders = [_permutation(random, n) for n in members.shape]
    for function in OF_MEMBERS:
        scores = function(members)
        np.testing.assert_array_equal(function(members[:, orders[1]]), scores[orders[1]])
        for same in (
            members[orders[0]],
            members[:, :, orders[2]],
            np.repeat(members, 3, axis=0),
        ):
            np.testing.assert_allclose(function(same), scores, atol=1e-13)


@given(proba_arrays("n_samples"))
def test_one_member_is_its_own_consensus(proba):
    members = proba[np.newaxis]
    np.testing.assert_array_equal(bald(members), 0)
    np.testing.assert_array_equal(max_kl(members), 0)
    np.testing.assert_array_equal(consensus_entropy(members), entropy(proba))
    np.testing.assert_array_equal(expected_entropy(members), entropy(proba))


@pytest.mark.parametrize("function", OF_MEMBERS)
def test_members_that_know_one_class_leave_nothing_to_ask(function):
    np.testing.assert_array_equal(function(np.ones((3, 5, 1))), 0)


def test_rounding_leaves_no_negative_disagreement():
    proba = np.random.default_rng(0).dirichlet(np.ones(3), size=20)
    members = np.repeat(proba[np.newaxis], 3, axis=0)
    for function in (bald, max_kl):
        scores = function(members)
        assert (scores >= 0).all() and (scores < 1e-15).all()


def test_member_scores_reach_their_bounds():
    members = np.eye(4)[:, np.newaxis]
    for function in (consensus_entropy, bald, max_kl):
        np.testing.assert_allclose(function(members), [2.0], rtol=1e-15)
    np.testing.assert_array_equal(expected_entropy(members), [0.0])
    uniform = np.full((3, 1, 4), 0.25)
    np.testing.assert_array_equal(expected_entropy(uniform), [2.0])


def test_classes_that_a_member_never_saw_are_exact():
    members = np.array([[[1.0, 0.0, 0.0]], [[0.5, 0.5, 0.0]]])
    padded = np.concatenate([members, np.zeros((2, 1, 3))], axis=2)
    for function in [*MEMBERS_WITH_BASE, zero_one]:  # mean_std is a mean over the classes
        np.testing.assert_array_equal(function(padded), function(members))
    least = np.nextafter(0, 1)  # half of which is 0
    np.testing.assert_array_equal(max_kl([[[1.0, 0.0]], [[1.0, least]]]), [0.0])


@given(members_arrays)
def test_bounds_of_zero_one_and_mean_std(members):
    n_members, _, n_classes = members.shape
    gained, spread = zero_one(members), mean_std(members)
    assert (gained >= 0).all() and (spread >= 0).all()
    assert (gained <= 1 - 1 / min(n_members, n_classes) + 1e-13).all()
    assert (gained <= least_confidence(members.mean(axis=0)) + 1e-13).all()
    assert (spread <= 0.5 + 1e-13).all()


def test_zero_one_is_zero_where_all_favor_the_same_class():
    members = np.array([[[0.5, 0.3, 0.2]], [[0.9, 0.0, 0.1]]])
    np.testing.assert_allclose(zero_one(members), 0, atol=1e-16)
    np.testing.assert_allclose(zero_one(np.eye(4)[:, np.newaxis]), [0.75])


# Costs


@given(rows_arrays)
def test_a_cost_of_one_for_each_mistake_is_uncertainty(proba):
    n_classes = proba.shape[1]
    cost = 1 - np.eye(n_classes)
    np.testing.assert_allclose(expected_cost(proba, cost), least_confidence(proba), atol=1e-15)
    expected = margin(proba) - 1 if n_classes > 1 else np.zeros(len(proba))
    np.testing.assert_allclose(expected_cost_margin(proba, cost), expected, atol=1e-15)


@given(rows_arrays, st.randoms(use_true_random=False))
def test_costs_are_permuted_with_the_classes(proba, random):
    classes = _permutation(random, proba.shape[1])
    cost = random_cost(proba.shape[1])
    for function in OF_COSTS:
        scores = function(proba[:, classes], cost[np.ix_(classes, classes)])
        np.testing.assert_allclose(scores, function(proba, cost), atol=1e-13)


def test_costs_by_hand():
    cost = [[0.0, 1.0, 4.0], [10.0, 0.0, 4.0], [10.0, 10.0, 0.0]]
    # The three predictions cost 7.5, 3.5 and 3: the least likely class is the cheapest.
    np.testing.assert_allclose(expected_cost([[0.25, 0.5, 0.25]], cost), [2.75])
    np.testing.assert_allclose(expected_cost_margin([[0.25, 0.5, 0.25]], cost), [-0.25])


@pytest.mark.parametrize("function", OF_COSTS)
@pytest.mark.parametrize(
    ("cost", "message"),
    [
        (np.zeros((3, 3)), r"each of the 2 classes, .*shape \(2, 2\), got shape \(3, 3\)"),
        ([0.0, 1.0], r"got shape \(2,\)"),
        ([[0, np.nan], [1, 0]], r"cost must be finite, but cost\[0, 1\] is nan"),
        ([["a", "b"], ["c", "d"]], "cost must be an array of numbers"),
        ([[0, 1j], [1, 0]], "cost must be an array of numbers: got complex"),
    ],
)
def test_bad_costs(function, cost, message):
    with pytest.raises(ValueError, match=message):
        function([[0.5, 0.5]], cost)


# Equal samples tie, wherever they lie


@pytest.mark.parametrize("n_classes", N_CLASSES)
@pytest.mark.parametrize("function", ALL)
def test_equal_samples_tie_exactly(function, n_classes, small_chunks):
    outputs, *others = example(function, n_samples=1, n_classes=n_classes)
    for n_samples in (2, 3, 31):
        repeated = take(function, outputs, np.zeros(n_samples, int))
        np.testing.assert_array_equal(function(repeated, *others), function(outputs, *others)[0])


@pytest.mark.parametrize("n_classes", N_CLASSES)
@pytest.mark.parametrize("function", ALL)
def test_parts_agree_with_the_whole(function, n_classes):
    outputs, *others = example(function, n_samples=20, n_classes=n_classes)
    whole = function(outputs, *others)
    for rows in ([0], [19], [3, 3, 7], slice(2, None, 5), slice(None, None, -1)):
        part = function(take(function, outputs, rows), *others)
        np.testing.assert_array_equal(part, whole[rows])


# Inputs


@pytest.mark.parametrize("function", ALL)
def test_layout_does_not_matter_and_inputs_stay_as_they_are(function):
    outputs, *others = example(function, n_samples=50)
    scores, before = function(outputs, *others), outputs.copy()
    padded = np.repeat(outputs, 2, axis=-1)
    for same in (outputs, np.asfortranarray(outputs), padded[..., ::2]):
        same.flags.writeable = False
        np.testing.assert_array_equal(function(same, *others), scores)
        np.testing.assert_array_equal(same, before)
    np.testing.assert_array_equal(function(outputs.tolist(), *others), scores)


@pytest.mark.parametrize("kind", ["ovr", "ovo"])
@pytest.mark.parametrize("n_columns", [1, 3, 45])
def test_decisions_stay_as_they_are(n_columns, kind):
    decision = np.random.default_rng(0).normal(size=(20, n_columns))
    before = decision.copy()
    decision.flags.writeable = False
    scores = decision_margin(decision, kind=kind)
    np.testing.assert_array_equal(decision, before)
    np.testing.assert_array_equal(decision_margin(decision.tolist(), kind=kind), scores)
    np.testing.assert_array_equal(decision_margin(np.asfortranarray(decision), kind=kind), scores)


@pytest.mark.parametrize("function", OF_PROBA)
def test_data_frames_are_arrays(function):
    proba = random_proba(6, 3)
    np.testing.assert_array_equal(function(pd.DataFrame(proba)), function(proba))


@pytest.mark.parametrize("n_classes", [1, 10, 60])
@pytest.mark.parametrize("function", [*OF_PROBA, *OF_MEMBERS])
def test_float32_is_reduced_in_float64(function, n_classes):
    (outputs,) = example(function, n_samples=30, n_classes=n_classes)
    narrow = outputs.astype(np.float32)
    widened = function(normalized(narrow.astype(np.float64)))
    scores = function(narrow)
    assert scores.dtype == np.float64
    np.testing.assert_allclose(scores, widened, atol=2e-6)
    exact = TWINS[function](narrow.astype(np.float64).tolist())
    np.testing.assert_allclose(scores, exact, atol=1e-13)


def test_whole_numbers_are_probabilities():
    np.testing.assert_array_equal(margin(np.eye(3, dtype=int)), 0)


@pytest.mark.parametrize("function", ALL)
def test_no_samples_no_scores(function):
    outputs, *others = example(function)
    nothing = take(function, outputs, slice(0))
    assert function(nothing, *others).shape == (0,)
    assert decision_margin(np.empty(0)).shape == (0,)


@pytest.mark.parametrize("function", ALL)
def test_memory_does_not_grow_with_the_input(function):
    small, large = (
        peak_memory(function, *example(function, n_samples=n, n_classes=10))
        for n in (30_000, 60_000)
    )
    # The scores themselves, and nothing else.
    assert large - small < 1.1 * 30_000 * 8


@pytest.mark.parametrize("function", OF_VOTES)
def test_memory_does_not_grow_with_the_members(function):
    votes = random_votes(400, 5_000, 2)
    assert peak_memory(function, votes, 2) < votes.nbytes / 4


# Decision margin


def test_binary_decisions_are_distances_from_zero():
    decision = np.array([-2.0, 0.0, 0.5])
    for given_ in (decision, decision[:, np.newaxis], decision.astype(np.float32)):
        for kind in ("ovr", "ovo"):
            scores = decision_margin(given_, kind=kind)
            np.testing.assert_array_equal(scores, [-2.0, 0.0, -0.5])
            assert scores.dtype == np.float64


@pytest.mark.parametrize("n_classes", [2, 3, 10, 40, 41, 60])
def test_decisions_by_class_equal_the_slow_twin(n_classes, small_chunks):
    decision = np.random.default_rng(0).normal(size=(23, n_classes))
    decision[0] = decision[0, 0]
    decision[1:5] = -np.abs(decision[1:5])
    expected = reference.decision_margin_ovr(decision)
    np.testing.assert_array_equal(decision_margin(decision), expected)


@pytest.mark.parametrize("n_classes", [2, 3, 4, 5, 10])
def test_decisions_by_pair_equal_the_slow_twin(n_classes, small_chunks):
    n_pairs = n_classes * (n_classes - 1) // 2
    rng = np.random.default_rng(0)
    # Small whole numbers bring zeros, cycles and ties.
    for decision in (rng.normal(size=(50, n_pairs)), rng.integers(-2, 3, (50, n_pairs))):
        expected = reference.decision_margin_ovo(decision, n_classes)
        np.testing.assert_array_equal(decision_margin(decision, kind="ovo"), expected)


@pytest.mark.parametrize("n_classes", [3, 4, 5])
def test_class_scores_by_pairs_are_those_of_svc(n_classes):
    X, y = make_blobs(300, centers=n_classes, cluster_std=4.0, random_state=0)
    svc = SVC(decision_function_shape="ovo").fit(X, y)
    by_pair = svc.decision_function(X)
    by_class = svc.set_params(decision_function_shape="ovr").decision_function(X)
    ours = _kernels.class_scores(by_pair.T, n_classes).T
    np.testing.assert_array_equal(ours, by_class)

    leaders = np.sort(np.argsort(-by_class, axis=1)[:, :2], axis=1)
    pairs = [(a, b) for a in range(n_classes) for b in range(a + 1, n_classes)]
    expected = [-abs(by_pair[i, pairs.index(tuple(pair))]) for i, pair in enumerate(leaders)]
    np.testing.assert_array_equal(decision_margin(by_pair, kind="ovo"), expected)


@pytest.mark.parametrize("n_classes", [3, 4, 5])
def test_class_scores_by_pairs_are_those_of_one_vs_one(n_classes):
    X, y = make_blobs(200, centers=n_classes, cluster_std=4.0, random_state=0)
    model = OneVsOneClassifier(LinearSVC(random_state=0)).fit(X, y)
    # Its members are positive for the second class of a pair.
    by_pair = -np.array([e.decision_function(X) for e in model.estimators_])
    ours = _kernels.class_scores(by_pair, n_classes).T
    np.testing.assert_array_equal(ours, model.decision_function(X))


def test_float32_decisions_are_subtracted_in_float64():
    decision = np.array([[1.0, 2.0**-40, -1.0]], dtype=np.float32)
    np.testing.assert_array_equal(decision_margin(decision), [2.0**-40 - 1])


def test_three_columns_are_read_as_said():
    decision = [[3.0, 2.0, 1.0], [1.0, -4.0, 0.5]]
    np.testing.assert_array_equal(decision_margin(decision, kind="ovr"), [-1.0, -0.5])
    # Pairs (0, 1), (0, 2), (1, 2). In the second row class 0 beats 1, class 2 beats 0 and
    # class 1 beats 2; the values in their favor, -3, -0.5 and 3.5, put 2 before 1.
    np.testing.assert_array_equal(decision_margin(decision, kind="ovo"), [-3.0, -0.5])


@given(arrays(np.float64, (4, 5), elements=st.floats(-1e6, 1e6)))
def test_decision_margin_is_shift_invariant_by_class_and_never_above_zero(decision):
    scores = decision_margin(decision)
    assert (scores <= 0).all()
    np.testing.assert_allclose(decision_margin(decision + 3), scores, atol=1e-9)
    np.testing.assert_array_equal(decision_margin(decision[:, ::-1]), scores)


@given(arrays(np.float64, (4, 6), elements=st.floats(-1e6, 1e6)))
def test_decision_margin_by_pair_is_a_value_of_its_row(decision):
    scores = decision_margin(decision, kind="ovo")
    assert (scores[:, np.newaxis] == -np.abs(decision)).any(axis=1).all()


# Errors


def spoiled(outputs, position, value):
    outputs = outputs.copy()
    outputs[position] = value
    return outputs


@pytest.mark.parametrize("function", OF_PROBA)
@pytest.mark.parametrize(
    ("value", "message"),
    [
        (np.nan, r"proba must be finite, but row 8 holds nan in column 2\. Impute"),
        (np.inf, r"proba must be finite, but row 8 holds inf in column 2\."),
        (-np.inf, r"proba must be finite, but row 8 holds -inf in column 2\."),
        (-0.25, r"proba must not be negative, but row 8 holds -0.25 in column 2\. .*decision"),
        (1.5, r"Rows of proba must sum to 1 within 1e-06, but row 8 sums to 2.25\. Divide"),
    ],
)
def test_bad_probabilities_are_named_by_row(function, value, message, small_chunks):
    proba = spoiled(np.full((9, 4), 0.25), (8, 2), value)
    with pytest.raises(ValueError, match=message):
        function(proba)


def test_digits_lost_in_single_precision_have_a_way_out():
    proba = spoiled(np.full((9, 4), 0.25, np.float32), (8, 2), 0.251)
    with pytest.raises(ValueError, match="row 8 sums to 1.00.* needs X as float64. Divide"):
        margin(proba)


@pytest.mark.parametrize("function", OF_MEMBERS)
@pytest.mark.parametrize(
    ("value", "message"),
    [
        (np.nan, r"member_proba must be finite, but row 8 of member 1 holds nan in column 2\."),
        (-0.5, r"member_proba must not be negative, but row 8 of member 1 holds -0.5 in column 2"),
        (1.5, r"Rows of member_proba must sum to 1 .* but row 8 of member 1 sums to 2.25\."),
    ],
)
def test_bad_probabilities_are_named_by_member(function, value, message, small_chunks):
    members = spoiled(np.full((3, 9, 4), 0.25), (1, 8, 2), value)
    with pytest.raises(ValueError, match=message):
        function(members)


def test_the_first_bad_row_is_named():
    proba = np.full((9, 4), 0.25)
    proba[7], proba[3], proba[8, 0] = 0, [2, -1, 0, 0], np.nan
    with pytest.raises(ValueError, match="row 3 holds -1.0 in column 1"):
        check_proba(proba)


def test_negatives_that_sum_to_one_and_opposite_infinities_are_seen():
    with pytest.raises(ValueError, match="row 1 holds -1e-12 in column 0"):
        check_proba([[0.5, 0.5], [-1e-12, 1 + 1e-12]])
    with pytest.raises(ValueError, match="row 0 holds inf in column 0"):
        check_proba([[np.inf, -np.inf]])


@pytest.mark.parametrize(
    ("dtype", "tolerance", "shown"), [(np.float64, 1e-6, "1e-06"), (np.float32, 1e-4, "0.0001")]
)
def test_tolerance_of_row_sums(dtype, tolerance, shown):
    def row(error):
        return np.array([[0.5, 0.5 + error]], dtype=dtype)

    for error in (0.9 * tolerance, -0.9 * tolerance):
        np.testing.assert_array_equal(check_proba(row(error)), row(error))
    for error in (1.1 * tolerance, -1.1 * tolerance):
        with pytest.raises(ValueError, match=f"within {shown}, but row 0"):
            check_proba(row(error))


def test_checked_probabilities_are_the_same_array():
    for dtype in (np.float32, np.float64):
        proba = np.eye(3, dtype=dtype)
        assert check_proba(proba) is proba
    assert check_proba([[1, 0]]).dtype == np.float64
    assert check_proba(np.ones((2, 3, 1))).shape == (2, 3, 1)


def test_errors_call_probabilities_by_their_name():
    with pytest.raises(ValueError, match="proba of GaussianNB must be finite, but row 0"):
        check_proba([[np.nan, 1.0]], "proba of GaussianNB")


@pytest.mark.parametrize(
    ("function", "outputs", "message"),
    [
        (margin, [0.5, 0.5], r"shape \(n_samples, n_classes\), got shape \(2,\)\. .*reshape"),
        (margin, np.ones((2, 3, 1)), r"got shape \(2, 3, 1\)\. .*proba\.mean\(axis=0\)"),
        (margin, np.ones((2, 0)), r"got shape \(2, 0\)\.$"),
        (bald, [[0.5, 0.5]], r"\(n_members, n_samples, n_classes\), .*member_proba\[np.newaxis"),
        (bald, np.ones((0, 2, 1)), r"got shape \(0, 2, 1\)"),
        (check_proba, 0.5, r"\(n_samples, n_classes\) or \(n_members, .*got shape \(\)"),
        (margin, [["a", "b"]], "proba must be an array of numbers: could not convert"),
        (margin, [[0.5, 0.5], [1.0]], "proba must be an array of numbers"),
        (margin, [[{}, 1.0]], "proba must be an array of numbers"),
    ],
)
def test_wrong_shapes_and_types_of_probabilities(function, outputs, message):
    with pytest.raises(ValueError, match=message):
        function(outputs)


@pytest.mark.parametrize("function", [entropy, vote_entropy, *MEMBERS_WITH_BASE])
@pytest.mark.parametrize("base", [1, 0, -2, 0.5, np.nan, np.inf, "2", None])
def test_bad_bases(function, base):
    with pytest.raises(ValueError, match=r"base must be a finite number above 1, got base="):
        function(*example(function), base=base)


@pytest.mark.parametrize("function", OF_VOTES)
@pytest.mark.parametrize(
    ("votes", "n_classes", "message"),
    [
        ([[0, 1], [0, 3]], 3, r"codes from 0 to 2, but member 1 gives row 1 the code 3\. Raise"),
        ([[0, 1], [-1, 0]], 3, "member 1 gives row 0 the code -1"),
        ([[0.0, 1.0]], 2, r"integer codes of classes, got an array of float64\..*searchsorted"),
        ([["a", "b"]], 2, "integer codes of classes, got an array of <U1"),
        ([0, 1], 2, r"\(n_members, n_samples\), got shape \(2,\)\. .*reshape"),
        (np.empty((0, 4), int), 2, r"got shape \(0, 4\)"),
        ([[0, 1]], 0, "n_classes must be a positive integer, got n_classes=0"),
        ([[0, 1]], 2.0, "n_classes must be a positive integer, got n_classes=2.0"),
    ],
)
def test_bad_votes(function, votes, n_classes, message):
    with pytest.raises(ValueError, match=message):
        function(votes, n_classes)


@pytest.mark.parametrize("kind", ["ovr", "ovo"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_decisions_that_are_not_finite_are_named_by_row(value, kind, small_chunks):
    decision = spoiled(np.zeros((40, 3)), (33, 1), value)
    message = rf"decision must be finite, but row 33 holds {value} in column 1\. Impute"
    with pytest.raises(ValueError, match=message):
        decision_margin(decision, kind=kind)
    with pytest.raises(ValueError, match=f"row 33 holds {value} in column 0"):
        decision_margin(decision[:, 1], kind=kind)


@pytest.mark.parametrize(
    ("decision", "kind", "message"),
    [
        ([[1.0, 2.0]], "pairs", "kind must be 'ovr' or 'ovo', got kind='pairs'"),
        ([[1.0, 2.0]], "ovo", r"\(1, 3, 6, 10, \.\.\.\), got 2 columns\. .*kind='ovr'"),
        (np.ones((2, 4)), "ovo", "got 4 columns"),
        (np.ones((2, 0)), "ovo", r"got shape \(2, 0\)"),
        (np.ones((2, 3, 4)), "ovr", r"or \(n_samples, n_pairs\), got shape \(2, 3, 4\)"),
        (1.0, "ovr", r"got shape \(\)"),
    ],
)
def test_bad_decisions(decision, kind, message):
    with pytest.raises(ValueError, match=message):
        decision_margin(decision, kind=kind)
