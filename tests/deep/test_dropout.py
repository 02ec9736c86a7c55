"""Members by Monte Carlo dropout, against networks whose units are left out by hand."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from networks import by_hand, network, record_inputs
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from torch import nn
from torch.utils.data import TensorDataset

from skal import ActiveLearner
from skal.acquisition import bald
from skal.strategies import BALD
from skal.torch import TorchClassifier


@pytest.fixture(scope="module")
def pool(digits):
    return digits[0][300:900]


def fitted(build, X, y, **params):
    params = {"max_epochs": 1, "random_state": 0, "n_members": 6, **params}
    return TorchClassifier(build, **params).fit(X, y)


def test_members_are_probabilities_that_differ(classifier, pool):
    members = classifier.member_proba(pool)
    assert members.shape == (20, 600, 10)
    assert_allclose(members.sum(axis=2), 1, atol=1e-6)
    assert bald(members).mean() > 0.01
    assert (
        np.corrcoef(members.mean(axis=0).ravel(), classifier.predict_proba(pool).ravel())[0, 1]
        > 0.9
    )


def test_members_are_the_same_functions_for_every_row(classifier, pool):
    members = classifier.member_proba(pool)
    rows = np.random.RandomState(0).permutation(len(pool))
    assert_allclose(classifier.member_proba(pool[rows]), members[:, rows], atol=1e-6)
    assert_allclose(classifier.member_proba(pool[:7]), members[:, :7], atol=1e-6)
    twice = classifier.member_proba(np.concatenate([pool[:3], pool[:3]]))
    assert_allclose(twice[:, :3], twice[:, 3:], atol=1e-6)
    as_dataset = classifier.member_proba(TensorDataset(torch.from_numpy(pool)))
    assert_allclose(as_dataset, members, atol=1e-6)


def test_the_seed_decides_about_the_members(classifier, pool):
    members = classifier.member_proba(pool)
    assert_array_equal(classifier.member_proba(pool), members)
    others = classifier.member_proba(pool, random_state=1)
    assert_array_equal(classifier.member_proba(pool, random_state=1), others)
    assert not np.allclose(others, members, atol=1e-2)
    fewer = classifier.member_proba(pool, n_members=3)
    assert_array_equal(fewer, members[:3])


KINDS = {
    "Dropout": (nn.Dropout, lambda x: x),
    "Dropout1d": (nn.Dropout1d, lambda x: x),
    "Dropout2d": (nn.Dropout2d, lambda x: x[..., None]),
    "Dropout3d": (nn.Dropout3d, lambda x: x[..., None, None]),
    "AlphaDropout": (nn.AlphaDropout, lambda x: x),
    "FeatureAlphaDropout": (nn.FeatureAlphaDropout, lambda x: x),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_drops_as_torch_does(kind):
    """With enough members the mean and variance of a unit are those of the layer in training."""
    make, shape = KINDS[kind]
    layer, x = make(0.3), shape(torch.linspace(0.5, 2, 15).reshape(1, 5, 3))
    module, n, ours = nn.Sequential(layer, nn.Flatten(), nn.Linear(15, 2)), 20_000, []
    classifier = TorchClassifier.from_trained(module, [0, 1], random_state=0)
    classifier.module_[1].register_forward_pre_hook(lambda _, inputs: ours.append(inputs[0]))
    classifier.member_proba(x, n_members=n)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        theirs = [layer.train()(x) for _ in range(n)]
    ours, theirs = torch.cat(ours), torch.cat(theirs)
    assert_allclose(ours.mean(0), theirs.mean(0), atol=0.05)
    assert_allclose(ours.std(0), theirs.std(0), atol=0.05)
    # Whole channels or single units: what is dropped together.
    assert set(np.unique(ours[:, 0].round(decimals=4))) == set(
        np.unique(theirs[:, 0].round(decimals=4))
    )
    alone = (ours[:, 0].flatten(1) == ours[:, 0].flatten(1).min()).float().std(dim=1).max()
    assert (alone > 0) == (kind in ("Dropout", "AlphaDropout"))


def test_members_by_hand(digits):
    """The members of a small network, with the masks multiplied in by hand."""
    X, y = digits
    X = X.reshape(len(X), -1)

    def build(input_shape, n_classes):
        return nn.Sequential(
            nn.Linear(64, 8), nn.ReLU(), nn.Dropout(0.4), nn.Linear(8, 8), nn.Dropout(0.2),
            nn.Linear(8, n_classes),
        )  # fmt: skip

    classifier = fitted(build, X[:200], y[:200])
    first, _, _, second, _, last = classifier.module_
    before_second, before_last = (record_inputs(layer) for layer in (second, last))
    members = classifier.member_proba(X[200:260])
    kept_units = set()
    with torch.no_grad():
        for member in range(6):
            hidden = torch.relu(first(torch.from_numpy(X[200:260])))
            hidden, kept = by_hand(hidden, before_second[member], 0.4)
            hidden, kept_later = by_hand(second(hidden), before_last[member], 0.2)
            assert_allclose(members[member], torch.softmax(last(hidden), dim=1), atol=1e-6)
            kept_units.add((*kept.tolist(), *kept_later.tolist()))
    assert len(kept_units) > 3


class CountingNorm(nn.BatchNorm1d):
    """Batch normalization that counts the rows of its forward passes."""

    rows = []

    def forward(self, x):
        self.rows.append(len(x))
        return super().forward(x)


class Residual(nn.Module):
    """What replaying must not break: in-place sums, a layer used twice, functions between."""

    def __init__(self, n_classes, p=0.3):
        super().__init__()
        self.body = nn.Linear(64, 64)
        self.norm = CountingNorm(64)
        self.lstm = nn.LSTM(8, 8, batch_first=True)
        self.drop = nn.Dropout(p)
        self.last = nn.Linear(64, n_classes)

    def forward(self, x):
        x.sub_(0.5)
        out = self.norm(self.body(x))
        out += x
        out = self.body(F.relu(out, inplace=True))
        out += 1
        out = out + self.lstm(out.reshape(len(x), 8, 8))[0].flatten(1)
        return self.last(self.drop(self.body(self.drop(out))))


def test_replaying_changes_nothing(digits):
    X, y = digits
    X = X.reshape(len(X), -1)
    given = X[200:300].copy()
    classifier = fitted(Residual, X[:200], y[:200])
    CountingNorm.rows.clear()
    members = classifier.member_proba(given)
    assert_array_equal(given, X[200:300])
    assert sum(CountingNorm.rows) == 100
    # Only layers without children are replayed.
    for layer in (classifier.module_.body, classifier.module_.norm, classifier.module_.lstm):
        layer.add_module("never_called", nn.Identity())
    CountingNorm.rows.clear()
    assert_allclose(classifier.member_proba(given), members, atol=1e-6)
    assert sum(CountingNorm.rows) == 6 * 100


def test_layers_in_front_of_dropout_are_computed_once(classifier, pool):
    rows = []

    class Counting(nn.Module):
        def forward(self, x):
            rows.append(len(x))
            return x

    counted = clone(classifier).set_params(
        module=lambda s, c: nn.Sequential(Counting(), *network(s, c)), max_epochs=1
    )
    counted.fit(pool[:20], np.arange(20) % 10)
    rows.clear()
    counted.member_proba(pool)
    assert sum(rows) == len(pool)


def test_transformer_layers_do_not_take_their_shortcut(digits):
    X, y = digits
    X = X.reshape(len(X), 8, 8)

    def build(input_shape, n_classes):
        layer = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.3, batch_first=True)
        encoder = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)
        return nn.Sequential(encoder, nn.Flatten(), nn.Linear(64, n_classes))

    fast_path = torch.backends.mha.get_fastpath_enabled()
    classifier = fitted(build, X[:100], y[:100])
    members = classifier.member_proba(X[100:150])
    assert torch.backends.mha.get_fastpath_enabled() == fast_path
    assert members.std(axis=0).max() > 1e-3


def test_samples_must_come_first_where_units_are_dropped(digits):
    X, y = digits
    X = X.reshape(len(X), 8, 8)

    class SequenceFirst(nn.Module):
        def __init__(self, n_classes):
            super().__init__()
            self.drop, self.last = nn.Dropout(0.2), nn.Linear(64, n_classes)

        def forward(self, x):
            return self.last(self.drop(x.transpose(0, 1)).transpose(0, 1).flatten(1))

    classifier = fitted(SequenceFirst, X[:100], y[:100])
    with pytest.raises(ValueError, match="samples must be the first axis"):
        classifier.member_proba(X[100:150])


def modes_and_methods(module):
    return [(layer.training, "forward" in vars(layer)) for layer in module.modules()]


def test_the_network_is_left_as_it_was_found(classifier, pool):
    before = modes_and_methods(classifier.module_)
    state = {name: value.clone() for name, value in classifier.module_.state_dict().items()}
    classifier.member_proba(pool)
    assert modes_and_methods(classifier.module_) == before
    for name, value in classifier.module_.state_dict().items():
        assert torch.equal(value, state[name])


def test_also_when_an_exception_passes(digits):
    X, y = digits

    class Picky(nn.Module):
        def forward(self, x):
            if len(x) == 13:
                raise KeyError("thirteen")
            return x

    def build(input_shape, n_classes):
        return nn.Sequential(nn.Flatten(), nn.Dropout(0.5), Picky(), nn.Linear(64, n_classes))

    classifier = fitted(build, X[:100], y[:100], batch_size=50)
    classifier.module_[2].training = True  # a mode of its own is kept, too
    before, fast_path = modes_and_methods(classifier.module_), torch.backends.mha
    expected = classifier.member_proba(X[:14])
    for ask in (classifier.member_proba, classifier.predict_proba, classifier.embed):
        with pytest.raises(KeyError, match="thirteen"):
            ask(X[:13])
        assert modes_and_methods(classifier.module_) == before
        assert fast_path.get_fastpath_enabled()
    assert_array_equal(classifier.member_proba(X[:14]), expected)


@pytest.mark.parametrize("p", [0.0, None])
def test_a_network_without_dropout_is_offered_an_ensemble(digits, p):
    X, y = digits
    layers = [] if p is None else [nn.Dropout(p)]
    classifier = fitted(
        lambda s, c: nn.Sequential(nn.Flatten(), *layers, nn.Linear(64, c)), X[:50], y[:50]
    )
    with pytest.raises(ValueError, match="no dropout layer.*DeepEnsemble"):
        classifier.member_proba(X[:5])
    learner = ActiveLearner(classifier, BALD()).fit(X[:50], y[:50])
    with pytest.raises(ValueError, match="no dropout layer.*DeepEnsemble"):
        learner.query(X[50:60])


def test_dropout_that_is_never_called(digits):
    class Unused(nn.Module):
        def __init__(self, n_classes):
            super().__init__()
            self.drop, self.last = nn.Dropout(0.5), nn.Linear(64, n_classes)

        def forward(self, x):
            return self.last(x.flatten(1))

    classifier = fitted(Unused, digits[0][:50], digits[1][:50])
    with pytest.raises(ValueError, match="called no dropout layer"):
        classifier.member_proba(digits[0][:5])


def test_dropping_everything_is_refused(digits):
    classifier = fitted(
        lambda s, c: nn.Sequential(nn.Flatten(), nn.Dropout(1.0), nn.Linear(64, c)),
        digits[0][:50],
        digits[1][:50],
    )
    with pytest.raises(ValueError, match="'1' has p=1.0, which drops every unit"):
        classifier.member_proba(digits[0][:5])
