"""Precision of networks; errors of a module's `forward`, which reach the user."""

import numpy as np
import pytest
import torch
from networks import blobs, network, perceptron
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from torch import nn

from skal import ActiveLearner
from skal.strategies import BALD
from skal.torch import LossPredictionHead, TorchClassifier


class Failing(nn.Module):
    """A layer, all copies of which can be told when to fail."""

    when = None

    def forward(self, x):
        if Failing.when is not None and Failing.when(x):
            raise RuntimeError("broken by the user")
        return x


class FailingOnce:
    """Says yes at one call only, counted from 0."""

    def __init__(self, call):
        self.call, self.n_calls = call, 0

    def __call__(self, x):
        self.n_calls += 1
        return self.n_calls == self.call + 1


@pytest.fixture(params=["body", "drop", "last", None], ids=lambda before: f"before {before}")
def failing(request, monkeypatch):
    """A classifier with a failing layer in different places, and samples for it."""
    monkeypatch.setattr(Failing, "when", None)

    def build(input_shape, n_classes):
        module = nn.Sequential()
        layers = {
            "body": nn.Linear(input_shape[0], 8),
            "relu": nn.ReLU(),
            "drop": nn.Dropout(0.3),
            "last": nn.Linear(8, n_classes),
        }
        for name, layer in layers.items():
            if name == request.param:
                module.add_module("failing", Failing())
            module.add_module(name, layer)
        if request.param is None:
            module.add_module("failing", Failing())
        return module

    head = LossPredictionHead(["relu"], width=4)
    classifier = TorchClassifier(
        build, max_epochs=2, n_members=3, loss_prediction=head, random_state=0
    )
    return classifier, *blobs(n=1200)


def questions(classifier):
    return [
        classifier.predict,
        classifier.predict_proba,
        classifier.embed,
        classifier.predict_loss,
        classifier.member_proba,
    ]


@pytest.mark.parametrize(
    "when",
    [
        lambda x: True,
        lambda x: len(x) < 512,  # the last batch
        lambda x: not torch.is_grad_enabled(),
    ],
    ids=["always", "late", "without gradients"],
)
def test_an_error_of_the_module_reaches_the_user(failing, when):
    classifier, X, y = failing
    classifier.fit(X, y)
    Failing.when = when
    for ask in questions(classifier):
        with pytest.raises(RuntimeError, match="broken by the user"):
            ask(X)


@pytest.mark.parametrize("call", [0, 1, 2])
def test_an_error_that_comes_once_reaches_the_user(failing, call):
    classifier, X, y = failing
    classifier.fit(X, y)
    for ask in questions(classifier):
        Failing.when = FailingOnce(call)
        with pytest.raises(RuntimeError, match="broken by the user"):
            ask(X)
        Failing.when = None
        ask(X)


def test_an_error_in_training_reaches_the_user(failing):
    classifier, X, y = failing
    for when in (FailingOnce(0), FailingOnce(5), lambda x: torch.is_grad_enabled()):
        Failing.when = when
        with pytest.raises(RuntimeError, match="broken by the user"):
            clone(classifier).fit(X, y)
    Failing.when = None
    classifier.fit(X, y)
    before = classifier.predict_proba(X)
    Failing.when = FailingOnce(3)
    with pytest.raises(RuntimeError, match="broken by the user"):
        classifier.partial_fit(X, y)
    assert_array_equal(classifier.predict_proba(X), before)


def test_an_error_of_the_module_reaches_the_user_of_a_learner(failing):
    classifier, X, y = failing
    learner = ActiveLearner(classifier, BALD(), random_state=0).fit(X[:60], y[:60])
    Failing.when = FailingOnce(1)
    with pytest.raises(RuntimeError, match="broken by the user"):
        learner.query(X[60:], n=3)


class SinglePrecision(nn.Module):
    """A network with a constant in single precision, which is not cast with the weights."""

    def __init__(self, n_classes):
        super().__init__()
        self.drop, self.last = nn.Dropout(0.3), nn.Linear(4, n_classes)
        self.constant = [torch.full((4, 4), 0.5)]

    def forward(self, x):
        return self.last(self.drop(x @ self.constant[0]))


def test_a_network_that_needs_single_precision_predicts_in_it():
    X, y = blobs()
    classifier = TorchClassifier(SinglePrecision, max_epochs=2, random_state=0).fit(X, y)
    with torch.no_grad():
        logits = classifier.module_(torch.from_numpy(X))
    assert_array_equal(classifier.predict_proba(X), torch.softmax(logits.double(), dim=1))
    assert_allclose(classifier.embed(X), X @ np.full((4, 4), 0.5), rtol=1e-5)
    assert classifier.member_proba(X).shape == (20, 90, 3)


def test_tabular_data_is_predicted_in_double_precision():
    X, y = blobs()
    classifier = TorchClassifier(perceptron, max_epochs=2, random_state=0).fit(X, y)
    one_by_one = [classifier.predict_proba(x[None]) for x in X]
    assert_allclose(classifier.predict_proba(X), np.concatenate(one_by_one), rtol=1e-12)


@pytest.fixture
def double_by_default():
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


@pytest.mark.parametrize("layer", ["0", "3"])
def test_a_network_of_another_precision_is_trained_in_it(double_by_default, digits, layer):
    X, y = digits
    classifier = TorchClassifier(
        network,
        loss_prediction=LossPredictionHead([layer], width=8),
        validation_fraction=0.2,
        max_epochs=15,
        lr=5e-3,
        random_state=0,
    ).fit(X[:300], y[:300])
    assert classifier.module_[0].weight.dtype == torch.float64
    assert classifier.score(X[300:600], y[300:600]) > 0.6
    outputs = classifier.predict_outputs(X[:5], ["proba", "embedding", "predicted_loss"])
    assert {name: value.dtype.name for name, value in outputs.items()} == {
        "proba": "float64",
        "embedding": "float32",
        "predicted_loss": "float32",
    }
    assert classifier.member_proba(X[:5]).dtype == np.float32
    classifier.partial_fit(X[:50], y[:50])


def test_the_default_precision_does_not_change_members_and_given_modules(digits):
    X, y = digits
    module = nn.Sequential(nn.Flatten(), nn.Dropout(0.3), nn.Linear(64, 10))
    head = LossPredictionHead(["0"], width=8)
    classifier = TorchClassifier(module, loss_prediction=head, max_epochs=1, random_state=0)
    classifier.fit(X[:100], y[:100])
    members = classifier.member_proba(X[:20])
    try:
        torch.set_default_dtype(torch.float64)
        assert_array_equal(classifier.member_proba(X[:20]), members)
        again = clone(classifier).fit(X[:100], y[:100])
    finally:
        torch.set_default_dtype(torch.float32)
    assert again.module_[2].weight.dtype == torch.float32
    assert_allclose(again.member_proba(X[:20]).mean(axis=2), 0.1, atol=1e-6)


def test_a_trained_module_in_double_precision_goes_on():
    X, y = blobs()
    classifier = TorchClassifier.from_trained(nn.Linear(4, 3).double(), [0, 1, 2], lr=0.1)
    before = classifier.predict_proba(X)
    assert classifier.partial_fit(X, y).module_.weight.dtype == torch.float64
    assert not np.allclose(classifier.predict_proba(X), before, atol=1e-4)
