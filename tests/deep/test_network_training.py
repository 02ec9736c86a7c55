"""Training: seeds, weights, early stopping, schedules, callbacks and going on."""

import functools

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from networks import blobs, network, perceptron
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone

from skal.torch import DeepEnsemble, LossPredictionHead, TorchClassifier


def test_the_same_seed_gives_the_same_network(digits):
    X, y = digits
    fits = [
        TorchClassifier(network, max_epochs=2, random_state=seed).fit(X[:100], y[:100])
        for seed in (1, 1, 2)
    ]
    first, second, other = (fit.predict_proba(X[100:200]) for fit in fits)
    assert_array_equal(first, second)
    assert not np.allclose(first, other)


def test_nothing_moves_the_global_generators(digits):
    X, y = digits
    torch_state, numpy_state = torch.random.get_rng_state(), np.random.get_state()[1].copy()
    classifier = TorchClassifier(
        network, max_epochs=1, loss_prediction=LossPredictionHead(["3"]), random_state=0
    )
    DeepEnsemble(classifier, n_members=2).fit(X[:50], y[:50]).predict(X[:5])
    classifier.fit(X[:50], y[:50]).partial_fit(X[:50], y[:50])
    classifier.member_proba(X[:5])
    classifier.member_proba(X[:5], random_state=3)
    classifier.predict_outputs(X[:5], ["proba", "embedding", "predicted_loss"])
    assert torch.equal(torch.random.get_rng_state(), torch_state)
    assert_array_equal(np.random.get_state()[1], numpy_state)


def test_weights_are_copies():
    X, y = blobs()
    weights = np.random.RandomState(0).randint(0, 4, size=len(y))
    copies = np.repeat(np.arange(len(y)), weights)
    classifier = TorchClassifier(perceptron, random_state=0)
    weighted = clone(classifier).fit(X, y, sample_weight=weights)
    copied = clone(classifier).fit(X[copies], y[copies])
    assert_allclose(weighted.predict_proba(X), copied.predict_proba(X), atol=1e-5)
    plain = clone(classifier).fit(X, y)
    assert not np.allclose(weighted.predict_proba(X), plain.predict_proba(X), atol=1e-3)


def test_class_weights_are_sample_weights():
    X, y = blobs()
    classifier = TorchClassifier(perceptron, random_state=0)
    by_class = clone(classifier).set_params(class_weight={0: 2.0, 1: 1.0, 2: 0.5}).fit(X, y)
    by_sample = clone(classifier).fit(X, y, sample_weight=np.array([2.0, 1.0, 0.5])[y])
    assert_array_equal(by_class.predict_proba(X), by_sample.predict_proba(X))
    rare = np.flatnonzero((y > 0) | (np.arange(len(y)) < 30))
    balanced = clone(classifier).set_params(class_weight="balanced").fit(X[rare], y[rare])
    assert balanced.score(X, y) > 0.5


def test_early_stopping_goes_back_to_the_best_epoch():
    X, y = blobs()
    noisy = np.random.RandomState(0).permutation(y)
    seen = []

    def remember(record, module):
        seen.append({name: value.clone() for name, value in module.state_dict().items()})

    classifier = TorchClassifier(
        perceptron,
        validation_fraction=0.3,
        patience=4,
        max_epochs=200,
        lr=0.03,
        callbacks=remember,
        random_state=0,
    ).fit(X, noisy)
    losses = [record["validation_loss"] for record in classifier.history_]
    best = int(np.argmin(losses))
    assert len(losses) == best + 1 + 4 < 200
    for name, value in classifier.module_.state_dict().items():
        assert torch.equal(value, seen[best][name])


def test_schedules_and_optimizers():
    X, y = blobs()
    cosine = TorchClassifier(perceptron, lr_schedule="cosine", max_epochs=4, lr=1.0).fit(X, y)
    rates = [record["lr"] for record in cosine.history_]
    assert_allclose(rates, [(1 + np.cos(np.pi * t / 4)) / 2 for t in range(4)])
    halves = functools.partial(torch.optim.lr_scheduler.StepLR, step_size=1, gamma=0.5)
    custom = TorchClassifier(
        perceptron,
        lr_schedule=halves,
        optimizer=functools.partial(torch.optim.SGD, momentum=0.9),
        loss=functools.partial(F.cross_entropy, label_smoothing=0.1, reduction="none"),
        lr=0.1,
    ).fit(X, y)
    assert_allclose([record["lr"] for record in custom.history_[:3]], [0.1, 0.05, 0.025])
    assert custom.score(X, y) > 0.8


def test_a_callback_ends_the_training_and_its_errors_pass():
    X, y = blobs()
    stops = TorchClassifier(perceptron, callbacks=[lambda record, module: record["epoch"] == 3])
    assert len(stops.fit(X, y).history_) == 3

    def fails(record, module):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        TorchClassifier(perceptron, callbacks=fails).fit(X, y)


def test_progress_is_drawn_only_when_wanted(capsys):
    X, y = blobs()
    TorchClassifier(perceptron, max_epochs=2).fit(X, y)
    assert capsys.readouterr().err == ""
    TorchClassifier(perceptron, max_epochs=2, verbose=1).fit(X, y)
    assert "epoch 2/2" in capsys.readouterr().err


def test_warm_start_and_partial_fit_go_on():
    X, y = blobs()
    warm = TorchClassifier(perceptron, warm_start=True, max_epochs=5, random_state=0).fit(X, y)
    first = warm.history_[-1]["loss"]
    assert warm.fit(X, y).history_[0]["loss"] < first * 1.05
    going = TorchClassifier(perceptron, random_state=0, lr=0.01)
    going.partial_fit(X[:5], y[:5], classes=[0, 1, 2])
    for _ in range(30):
        going.partial_fit(X, y)
    assert going.score(X, y) > 0.9
    with pytest.raises(ValueError, match="not the same as in the first call"):
        going.partial_fit(X, y, classes=[0, 1, 2, 3])
    with pytest.raises(ValueError, match="labels that are not among the classes"):
        going.partial_fit(X[:1], [3])


def test_a_failing_training_leaves_the_network_as_it_was():
    X, y = blobs()
    classifier = TorchClassifier(perceptron, random_state=0).fit(X, y)
    before = classifier.predict_proba(X)
    classifier.set_params(loss=lambda logits, codes: logits[:, 0] * float("nan"))
    with pytest.raises(ValueError, match="loss is nan in epoch 1.*smaller lr"):
        classifier.partial_fit(X, y)
    assert_array_equal(classifier.predict_proba(X), before)


def test_a_last_batch_of_one_sample_does_not_break_batch_norm(digits):
    X, y = digits
    classifier = TorchClassifier(network, max_epochs=1, batch_size=8)
    assert classifier.fit(X[:17], y[:17]).history_[0]["loss"] > 0
