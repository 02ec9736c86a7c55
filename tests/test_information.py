"""EPIG, joint entropies and expected gradients: the functions of arrays."""

import math
import warnings

import numpy as np
import pytest
import reference_acquisition as reference
import reference_bald
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from skal.acquisition import (
    _joint,
    _targets,
    bald,
    consensus_entropy,
    entropy,
    epig,
    expected_gradient_length,
    joint_entropy,
)


def normalized(weights):
    return weights / weights.sum(axis=-1, keepdims=True)


def random_members(n_members, n_samples, n_classes, seed=0):
    """Return members with many zeros and some certainties."""
    rng = np.random.default_rng(seed)
    weights = rng.integers(1, 6, (n_members, n_samples, n_classes)) * (
        rng.random((n_members, n_samples, n_classes)) < 0.7
    )
    weights[..., 0] += weights.sum(axis=-1) == 0
    return normalized(weights.astype(float))


@st.composite
def members_and_targets(draw):
    n_members, n_samples, n_targets, n_classes = (draw(st.integers(1, 4)) for _ in range(4))
    shape = (n_members, n_samples + n_targets, n_classes)
    weights = draw(arrays(np.int64, shape, elements=st.integers(0, 9)))
    weights[..., 0] += weights.sum(axis=-1) == 0
    both = normalized(weights.astype(float))
    return both[:, :n_samples], both[:, n_samples:]


# EPIG


@given(members_and_targets())
def test_epig_is_between_zero_and_bald(args):
    members, targets = args
    scores, most = epig(members, targets), bald(members)
    assert (scores >= 0).all() and (scores <= most + 1e-12).all()
    assert (most <= consensus_entropy(members) + 1e-12).all()


@given(members_and_targets())
def test_epig_equals_its_slow_twin(args):
    members, targets = args
    assert_allclose(epig(members, targets), reference.epig(*args), atol=1e-13)
    assert_allclose(epig(*args, base=np.e), reference.epig(*args, base=np.e), atol=1e-13)


@pytest.mark.parametrize("n_classes", [1, 2, 7, 45])
def test_blocks_do_not_change_epig(n_classes, monkeypatch):
    members, targets = random_members(6, 50, n_classes), random_members(6, 9, n_classes, seed=1)
    whole = epig(members, targets)
    monkeypatch.setattr(_targets, "BLOCK_SIZE", 1)
    monkeypatch.setattr(_targets, "BLOCK_COLUMNS", 4)
    assert_allclose(epig(members, targets), whole, atol=1e-13)


def test_epig_is_symmetric_in_the_labels_and_that_of_a_sample_on_itself():
    both = random_members(5, 2, 3)
    assert_allclose(epig(both[:, :1], both[:, 1:]), epig(both[:, 1:], both[:, :1]))
    certain = np.eye(3)[[0, 1, 1, 2]][:, np.newaxis]
    # The label of a certain member tells as much about itself as about the member.
    assert_allclose(epig(certain, certain), bald(certain))


def test_epig_of_members_that_agree_or_are_alone_is_zero():
    proba = random_members(1, 8, 4)
    assert_allclose(epig(proba, proba[:, :3]), 0, atol=1e-14)
    agree = np.repeat(proba, 5, axis=0)
    assert_allclose(epig(agree, agree), 0, atol=1e-14)


def test_permutations_and_repetition_do_not_change_epig():
    members, targets = random_members(5, 6, 4), random_members(5, 7, 4, seed=1)
    scores, rng = epig(members, targets), np.random.default_rng(0)
    rows, order, classes = rng.permutation(6), rng.permutation(5), rng.permutation(4)
    assert_allclose(epig(members[:, rows], targets), scores[rows], atol=1e-13)
    for same in (
        (members[order], targets[order]),
        (members[:, :, classes], targets[:, :, classes]),
        (members, targets[:, ::-1]),
        (members, np.repeat(targets, 3, axis=1)),
        (np.repeat(members, 2, axis=0), np.repeat(targets, 2, axis=0)),
    ):
        assert_allclose(epig(*same), scores, atol=1e-13)


def test_epig_takes_float32_and_no_samples_and_leaves_its_input():
    members, targets = random_members(5, 6, 4), random_members(5, 7, 4, seed=1)
    narrow = epig(members.astype(np.float32), targets.astype(np.float32))
    assert narrow.dtype == np.float64
    assert_allclose(narrow, epig(members, targets), atol=1e-6)
    assert epig(members[:, :0], targets).shape == (0,)
    for array in (members, targets):
        array.flags.writeable = False
    epig(members, targets)


@pytest.mark.parametrize(
    "targets, message",
    [
        (np.ones((2, 0, 3)), r"at least one target sample, got shape \(2, 0, 3\)"),
        (np.ones((2, 3)) / 3, "target_member_proba must have shape"),
        (np.full((3, 1, 3), 1 / 3), r"same members .*\(2, 4, 3\), got shape \(3, 1, 3\)"),
        (np.full((2, 1, 2), 1 / 2), r"same members and classes.*got shape \(2, 1, 2\)"),
        (np.full((2, 1, 3), 1 / 2), "Rows of target_member_proba must sum to 1"),
    ],
)
def test_bad_targets(targets, message):
    with pytest.raises(ValueError, match=message):
        epig(random_members(2, 4, 3), targets)
    with pytest.raises(ValueError, match="base must be"):
        epig(random_members(2, 4, 3), random_members(2, 1, 3), base=1)


# Joint entropies


def listed(members, batch):
    """Return the joint entropy in bits, from all configurations of labels."""
    joint = np.ones((len(members), 1))
    for i in batch:
        joint = (joint[:, :, None] * members[:, i][:, None]).reshape(len(members), -1)
    return reference_bald.entropy(joint.mean(axis=0))


@pytest.mark.parametrize("batch", [[], [3], [0, 1], [4, 2, 0], [1, 1], [5, 0, 5, 2, 1]])
def test_joint_entropy_equals_the_list_of_configurations(batch):
    members = random_members(5, 6, 3)
    assert_allclose(joint_entropy(members, batch), listed(members, batch), atol=1e-12)
    nats = listed(members, batch) * np.log(2)
    assert_allclose(joint_entropy(members, batch, base=np.e), nats, atol=1e-12)
    assert_allclose(joint_entropy(members, batch, n_samples=3**5), listed(members, batch))


def test_joint_entropy_of_one_label_and_of_independent_labels():
    members = random_members(4, 5, 3)
    single = [joint_entropy(members, [i]) for i in range(5)]
    assert_allclose(single, consensus_entropy(members), atol=1e-13)
    # A single member leaves labels independent.
    alone = members[:1]
    assert_allclose(joint_entropy(alone, [0, 1, 4]), entropy(alone[0])[[0, 1, 4]].sum())


def test_joint_entropy_grows_along_a_batch_and_is_at_most_the_sum():
    members = random_members(6, 6, 3, seed=3)
    along = [joint_entropy(members, range(k)) for k in range(7)]
    steps = np.diff(along)
    assert (steps >= -1e-12).all()
    assert (steps <= consensus_entropy(members) + 1e-12).all()
    assert_allclose(joint_entropy(members, [5, 4, 3, 2, 1, 0]), along[-1])


def test_drawn_labels_estimate_the_joint_entropy_without_bias():
    members, batch = random_members(4, 5, 3, seed=5), [0, 1, 2, 3, 4]
    estimates = [
        joint_entropy(members, batch, n_samples=20, random_state=seed) for seed in range(400)
    ]
    error = np.std(estimates) / math.sqrt(len(estimates))
    assert 0 < error < 0.02
    assert abs(np.mean(estimates) - listed(members, batch)) < 4 * error
    again = joint_entropy(members, batch, n_samples=20, random_state=7)
    assert again == estimates[7]


def test_batches_too_long_to_be_listed_are_estimated_without_underflow():
    members = np.full((3, 400, 10), 0.1)
    value = joint_entropy(members, range(400), n_samples=50, random_state=0)
    assert_allclose(value, 400 * np.log2(10))


def test_batches_too_long_to_be_listed_ask_for_samples(monkeypatch):
    monkeypatch.setattr(_joint, "MOST_LISTED", 1000)
    members = np.full((3, 400, 10), 0.1)
    with pytest.raises(ValueError, match="n_samples must be given .*got n_samples=None for more"):
        joint_entropy(members, range(400))


@pytest.mark.parametrize(
    "positions, params, message",
    [
        ([4], {}, "positions must be from 0 to 3, got 4"),
        ([-1], {}, "positions must be from 0 to 3, got -1"),
        ([0.5], {}, "positions must be integers, .*got an array of float64"),
        (2, {}, r"positions must be integers, .* of shape \(\)"),
        ([True, False], {}, "got an array of bool"),
        ([0, 1], {"n_samples": 0}, "n_samples must be"),
        ([0, 1], {"base": 1}, "base must be"),
    ],
)
def test_bad_batches(positions, params, message):
    with pytest.raises(ValueError, match=message):
        joint_entropy(random_members(2, 4, 3), positions, **params)


# Expected gradient length


@pytest.mark.parametrize("n_classes", [1, 2, 5, 45])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_expected_gradient_length_equals_explicit_gradients(n_classes, fit_intercept):
    proba = random_members(1, 23, n_classes)[0]
    X = np.random.default_rng(0).normal(size=(23, 4))
    expected = reference.expected_gradient_length(proba, X, fit_intercept)
    assert_allclose(
        expected_gradient_length(proba, X, fit_intercept=fit_intercept), expected, atol=1e-12
    )
    sparse = sp.csr_array(X * (X > 0))
    assert_allclose(
        expected_gradient_length(proba, sparse),
        expected_gradient_length(proba, sparse.toarray()),
    )


def test_gradients_of_nearly_certain_samples_keep_their_digits():
    for error in (1e-3, 1e-9, 1e-14, 1e-200):
        # Both labels give a gradient of length sqrt(2) times the other's probability.
        exact = 2 * math.sqrt(2) * error * (1 - error)
        proba = [[1 - error, error]]
        got = expected_gradient_length(proba, [[1.0]], fit_intercept=False)
        rtol = 1e-3 if error < 1e-13 else 1e-6
        assert_allclose(got, exact if error > 1e-16 else math.sqrt(2) * error, rtol=rtol)
    assert_array_equal(expected_gradient_length(np.eye(3), np.ones((3, 2))), 0)


def test_lengths_neither_overflow_nor_vanish():
    proba = [[0.5, 0.5]]
    unit = expected_gradient_length(proba, [[3.0, 4.0]], fit_intercept=False)
    for scale in (2.0**-900, 2.0**900):
        X = np.array([[3.0, 4.0]]) * scale
        assert_allclose(expected_gradient_length(proba, X, fit_intercept=False), unit * scale)


def test_sparse_entries_given_twice_are_summed_and_inputs_kept():
    X = sp.csr_matrix((np.array([1.0, 2.0, 4.0]), np.array([0, 0, 1]), np.array([0, 3])), (1, 2))
    proba = np.array([[0.5, 0.5]])
    expected = expected_gradient_length(proba, [[3.0, 4.0]])
    assert_allclose(expected_gradient_length(proba, X), expected)
    assert_array_equal(X.data, [1.0, 2.0, 4.0])


@pytest.mark.parametrize(
    "X, message",
    [
        (np.ones((3, 2)), "X must have a row for each of the 2 rows of proba, got 3"),
        ([["a"], ["b"]], "X must be numeric"),
        ([1.0, 2.0], "X must be numeric"),
        ([[1.0], [np.nan]], "X must be finite"),
    ],
)
def test_bad_features(X, message):
    with pytest.raises(ValueError, match=message):
        expected_gradient_length([[0.5, 0.5], [1.0, 0.0]], X)


def test_lengths_beyond_the_largest_number_are_the_largest():
    proba = [[1.0, 0.0], [0.5, 0.5], [0.5, 0.5]]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scores = expected_gradient_length(proba, [[1.7e308] * 3, [1.7e308] * 3, [1.0, 0.0, 0.0]])
    assert scores[0] == 0 and np.isfinite(scores[1]) and scores[1] > scores[2]
