"""Outputs of a fitted network."""

import pytest
import torch
from networks import blobs, perceptron
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from torch import nn

from skal import ActiveLearner
from skal.strategies import BADGE
from skal.torch import LossPredictionHead, TorchClassifier


def test_features_are_what_the_last_linear_layer_sees(classifier, digits):
    X = digits[0][300:340]
    features = classifier.embed(X)
    with torch.no_grad():
        logits = classifier.module_[-1](torch.from_numpy(features))
    proba = torch.softmax(logits.double(), dim=1)
    assert_allclose(classifier.predict_proba(X), proba, atol=1e-6)
    named = clone(classifier).set_params(embedding_layer="3", max_epochs=1).fit(X, digits[1][:40])
    with torch.no_grad():
        maps = named.module_[:4](torch.from_numpy(X)).flatten(1)
    assert_allclose(named.embed(X), maps, atol=1e-6)


def test_the_last_linear_layer_is_the_last_that_is_called():
    class Backwards(nn.Module):
        def __init__(self, n_classes):
            super().__init__()
            self.head = nn.Linear(6, n_classes)
            self.body = nn.Linear(4, 6)

        def forward(self, x):
            return self.head(self.body(x))

    X, y = blobs()
    assert TorchClassifier(Backwards, max_epochs=1).fit(X, y).embed(X).shape == (90, 6)


def test_a_missing_layer_is_an_error_that_lists_the_layers():
    X, y = blobs()
    with pytest.raises(ValueError, match="no such layer. It has '0', '1', '2'"):
        TorchClassifier(perceptron, embedding_layer="third").fit(X, y)
    with pytest.raises(ValueError, match="LossPredictionHead names the layer 'x'"):
        TorchClassifier(perceptron, loss_prediction=LossPredictionHead(["x"])).fit(X, y)
    conv = TorchClassifier(lambda s, c: nn.Sequential(nn.Conv1d(4, c, 1), nn.Flatten()))
    conv.fit(X[:, :, None], y)
    with pytest.raises(ValueError, match="has none. Name a layer"):
        conv.embed(X[:, :, None])


def test_one_forward_pass_serves_badge(classifier, digits):
    rows = []
    handle = classifier.module_[0].register_forward_hook(lambda m, i, o: rows.append(len(o)))
    learner = ActiveLearner(FrozenEstimator(classifier), BADGE(), random_state=0)
    learner.fit(digits[0][:20], digits[1][:20])
    rows.clear()
    learner.query(digits[0][300:1000], n=5)
    handle.remove()
    assert sum(rows) == 700


def test_outputs_together_are_the_outputs_apart(classifier, digits):
    X = digits[0][:600]
    both = classifier.predict_outputs(X, ["proba", "embedding"])
    assert_array_equal(both["proba"], classifier.predict_proba(X))
    assert_array_equal(both["embedding"], classifier.embed(X))
