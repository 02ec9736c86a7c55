"""Classifiers and regressors on a GPU; skipped as a whole where there is none."""

import pickle

import numpy as np
import pytest
import torch
from networks import blobs, network, perceptron
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone

from skal import ActiveLearner
from skal.strategies import BADGE, BatchBALD, LearningLoss
from skal.torch import DeepEnsemble, LossPredictionHead, TorchClassifier, TorchRegressor

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")


def classifier_on(device, **params):
    head = LossPredictionHead(["8", "2"], width=16)
    params = {"max_epochs": 20, "lr": 5e-3, "n_members": 5, "random_state": 0, **params}
    return TorchClassifier(network, loss_prediction=head, device=device, **params)


@pytest.fixture(scope="module")
def on_gpu(digits):
    X, y = digits
    return classifier_on("cuda").fit(X[:600], y[:600])


def outputs_of(classifier, X):
    return {
        "proba": classifier.predict_proba(X),
        "embedding": classifier.embed(X),
        "predicted_loss": classifier.predict_loss(X),
        "member_proba": classifier.member_proba(X),
    }


def devices_of(classifier):
    nets = (classifier.module_, classifier.loss_net_)
    return {parameter.device.type for net in nets for parameter in net.parameters()}


def test_a_gpu_is_found():
    classifier = TorchClassifier(max_epochs=1).fit(*blobs())
    assert classifier.device_.type == "cuda"


def test_it_is_as_accurate_as_on_the_cpu(on_gpu, digits):
    X, y = digits
    on_cpu = classifier_on("cpu").fit(X[:600], y[:600])
    assert devices_of(on_gpu) == {"cuda"}
    assert devices_of(on_cpu) == {"cpu"}
    assert on_gpu.score(X[600:], y[600:]) > 0.85
    assert abs(on_gpu.score(X[600:], y[600:]) - on_cpu.score(X[600:], y[600:])) < 0.05


def test_outputs_come_to_the_host_and_repeat_themselves(on_gpu, digits):
    X = digits[0][600:1300]
    outputs, again = outputs_of(on_gpu, X), outputs_of(on_gpu, X)
    shapes = {"proba": (10,), "embedding": (16,), "predicted_loss": ()}
    for name, output in outputs.items():
        assert type(output) is np.ndarray
        assert output.shape == ((5, 700, 10) if name == "member_proba" else (700, *shapes[name]))
        assert_array_equal(again[name], output)
    assert_allclose(outputs["proba"].sum(axis=1), 1)
    assert_allclose(outputs["member_proba"].sum(axis=2), 1, atol=1e-5)


def test_the_same_weights_give_the_same_outputs_on_the_cpu(on_gpu, digits, monkeypatch):
    X = digits[0][600:700]
    expected = outputs_of(on_gpu, X)
    data = pickle.dumps(on_gpu)
    assert devices_of(pickle.loads(data)) == {"cuda"}
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    on_cpu = pickle.loads(data)
    assert on_cpu.device_.type == "cpu"
    assert devices_of(on_cpu) == {"cpu"}
    for name, output in outputs_of(on_cpu, X).items():
        # Convolutions on a GPU may round their input to 10 bits (TF32).
        assert_allclose(output, expected[name], atol=0.02, rtol=0.02, err_msg=name)


def test_training_moves_to_the_cpu_and_back(digits):
    X, y = digits
    classifier = classifier_on("cuda", max_epochs=2).fit(X[:100], y[:100])
    for device in ("cpu", "cuda"):
        classifier.set_params(device=device).partial_fit(X[:100], y[:100])
        assert classifier.device_.type == device
        assert devices_of(classifier) == {device}
        assert classifier.predict_proba(X[:5]).shape == (5, 10)
    classifier.set_params(device="cpu", warm_start=True).fit(X[:100], y[:100])
    assert devices_of(classifier) == {"cpu"}


def test_mixed_precision(digits):
    X, y = digits
    seen = []

    def loss(logits, codes):
        seen.append(logits.dtype)
        return torch.nn.functional.cross_entropy(logits.float(), codes, reduction="none")

    classifier = classifier_on("cuda", mixed_precision=True, loss=loss).fit(X[:600], y[:600])
    assert set(seen) == {torch.bfloat16}
    assert {p.dtype for p in classifier.module_.parameters()} == {torch.float32}
    assert classifier.score(X[600:], y[600:]) > 0.8
    assert classifier.predict_loss(X[:5]).dtype == np.float32


@pytest.mark.parametrize("mixed_precision", [False, True])
def test_a_regressor(digits, mixed_precision):
    X, y = digits
    regressor = TorchRegressor(
        network,
        loss_prediction=LossPredictionHead(["8", "2"], width=16),
        mixed_precision=mixed_precision,
        device="cuda",
        max_epochs=40,
        lr=5e-3,
        n_members=5,
        random_state=0,
    ).fit(X[:600], 1e6 + y[:600])
    assert devices_of(regressor) == {"cuda"}
    assert regressor.score(X[600:], 1e6 + y[600:]) > 0.6
    members = regressor.member_prediction(X[600:])
    assert (members.shape, members.dtype) == ((5, len(X) - 600), np.float64)
    assert 0 < members.std(axis=0).mean() < 3
    again = pickle.loads(pickle.dumps(regressor))
    assert_array_equal(again.predict(X[:50]), regressor.predict(X[:50]))
    assert regressor.predict_loss(X[:5]).dtype == np.float32


def test_early_stopping_on_a_gpu(digits):
    X, y = digits
    classifier = classifier_on("cuda", validation_fraction=0.3, patience=2, lr=0.02)
    classifier.fit(X[:300], y[:300])
    assert {"validation_loss", "loss_prediction"} <= classifier.history_[0].keys()
    assert devices_of(classifier) == {"cuda"}


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_nothing_moves_the_generators_of_the_gpu(digits, device):
    X, y = digits
    torch.cuda.manual_seed_all(1)
    before = torch.cuda.get_rng_state_all()
    classifier = classifier_on(device, max_epochs=1).fit(X[:50], y[:50])
    classifier.partial_fit(X[:50], y[:50])
    classifier.member_proba(X[:5])
    for state, expected in zip(torch.cuda.get_rng_state_all(), before, strict=True):
        assert torch.equal(state, expected)


def test_tensors_on_the_gpu_are_samples(on_gpu, digits):
    X = digits[0][600:650]
    there = torch.from_numpy(X).cuda()
    assert_allclose(on_gpu.predict_proba(there), on_gpu.predict_proba(X), atol=1e-6)
    y = torch.from_numpy(digits[1][:100]).cuda()
    tensors = torch.from_numpy(digits[0][:100]).cuda()
    classifier = classifier_on("cuda", max_epochs=1).fit(tensors, y)
    assert classifier.predict(there).shape == (50,)


@pytest.mark.parametrize(
    "strategy", [BADGE(), BatchBALD(n_joint_samples=500), LearningLoss()], ids=repr
)
def test_strategies_run_on_a_gpu(strategy, digits):
    X, y = digits
    learner = ActiveLearner(classifier_on("cuda", max_epochs=3), strategy, random_state=0)
    learner.fit(X[:40], y[:40])
    i = learner.query(X[40:240], n=6)
    assert len(set(i)) == 6
    learner.teach(X[40:240][i], y[40:240][i])
    assert devices_of(learner.estimator_) == {"cuda"}
    assert_array_equal(learner.query(X[40:240], n=6), learner.query(X[40:240], n=6))


def test_an_ensemble_on_a_gpu(digits):
    X, y = digits
    base = classifier_on("cuda", max_epochs=2, n_members=2)
    ensemble = DeepEnsemble(base, n_members=2, mc_dropout=True, random_state=0)
    ensemble.fit(X[:60], y[:60])
    assert ensemble.member_proba(X[60:80]).shape == (4, 20, 10)
    assert clone(ensemble).get_params()["estimator__device"] == "cuda"


def test_tabular_data_on_a_gpu():
    X, y = blobs()
    classifier = TorchClassifier(perceptron, device="cuda", lr=0.01, random_state=0).fit(X, y)
    assert classifier.score(X, y) > 0.8
    assert_array_equal(classifier.predict_proba(X), classifier.predict_proba(X))
