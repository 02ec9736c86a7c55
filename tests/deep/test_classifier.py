"""The classifier around a module: what a module can be, parameters, pickles and company."""

import pickle

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from networks import Perceptron, blobs, network, perceptron
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks
from torch import nn

from skal import ActiveLearner, Committee
from skal.strategies import BADGE, BALD, BatchBALD, CoreSet, DiverseMiniBatch, UncertaintySampling
from skal.torch import DeepEnsemble, TorchClassifier


@parametrize_with_checks(
    [
        TorchClassifier(),
        TorchClassifier(perceptron, max_epochs=30, lr=3e-3),
        DeepEnsemble(TorchClassifier(perceptron, max_epochs=30, lr=3e-3), n_members=2),
    ]
)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


def test_a_module_is_copied_and_trained_from_its_weights():
    X, y = blobs()
    module = nn.Linear(4, 3)
    before = [parameter.clone() for parameter in module.parameters()]
    barely = TorchClassifier(module, lr=1e-9, max_epochs=1).fit(X, y)
    assert_allclose(barely.module_.weight.detach(), before[0].detach(), atol=1e-6)
    TorchClassifier(module, lr=0.1).fit(X, y)
    for parameter, value in zip(module.parameters(), before, strict=True):
        assert torch.equal(parameter, value)
    assert module.training


def test_a_class_gets_what_its_constructor_names():
    X, y = blobs()
    classifier = TorchClassifier(Perceptron, module__hidden=5, random_state=0).fit(X, y)
    assert classifier.module_.body.out_features == 5
    assert classifier.module_.last.out_features == 3


def test_parameters_of_the_module_are_parameters_of_the_classifier():
    classifier = TorchClassifier(Perceptron, module__hidden=5)
    assert classifier.get_params()["module__hidden"] == 5
    assert clone(classifier).set_params(module__hidden=6, lr=0.5).get_params()["lr"] == 0.5
    assert clone(classifier).module__hidden == 5
    assert "module__hidden=5" in repr(classifier)
    X, y = blobs()
    search = GridSearchCV(classifier, {"module__hidden": [1, 20]}, cv=2).fit(X, y)
    assert search.best_estimator_.module_.body.out_features in (1, 20)


def test_unknown_parameters_are_refused():
    X, y = blobs()
    with pytest.raises(TypeError, match="no parameter 'hidden'.*module__hidden="):
        TorchClassifier(Perceptron, hidden=5).fit(X, y)
    with pytest.raises(ValueError, match="Invalid parameter 'hidden'"):
        TorchClassifier(Perceptron).set_params(hidden=5)
    with pytest.raises(ValueError, match="'lr' parameter"):
        TorchClassifier(lr=-1.0).fit(X, y)
    with pytest.raises(ValueError, match="module__hidden is for a class or a function"):
        TorchClassifier(nn.Linear(4, 3), module__hidden=5).fit(X, y)
    with pytest.raises(TypeError, match="must build a torch.nn.Module"):
        TorchClassifier(lambda input_shape, n_classes: 3).fit(X, y)


def test_a_trained_module_predicts_at_once_and_goes_on():
    X, y = blobs()
    module = nn.Linear(4, 3)
    with torch.no_grad():
        expected = torch.softmax(module(torch.from_numpy(X)), dim=1)
    classifier = TorchClassifier.from_trained(module, ["a", "b", "c"], random_state=0)
    assert_allclose(classifier.predict_proba(X), expected, atol=1e-6)
    learner = ActiveLearner(FrozenEstimator(classifier)).fit(X, np.array(["a", "b", "c"])[y])
    assert_allclose(learner.predict_proba(X), expected, atol=1e-6)
    classifier.partial_fit(X, np.array(["a", "b", "c"])[y])
    assert not np.allclose(classifier.predict_proba(X), expected, atol=1e-4)


def test_classes_of_a_module_with_more_outputs_than_classes_so_far():
    X, y = blobs()
    names = np.array(["c", "a", "b"])
    classifier = TorchClassifier(
        Perceptron, classes=["c", "a", "b", "never"], random_state=0, max_epochs=40, lr=0.01
    )
    classifier.fit(X[y < 2], names[y[y < 2]])
    assert_array_equal(classifier.classes_, ["c", "a", "b", "never"])
    assert classifier.score(X[y < 2], names[y[y < 2]]) > 0.9
    with pytest.raises(ValueError, match="labels that are not among the classes.*'z'"):
        classifier.fit(X[:2], ["c", "z"])


def test_an_output_of_another_width():
    X, y = blobs()
    with pytest.raises(ValueError, match=r"\(n_samples, 3\), but returned \(2, 5\).*classes="):
        TorchClassifier(nn.Linear(4, 5)).fit(X, y)
    wrong = TorchClassifier.from_trained(nn.Linear(4, 5), [0, 1])
    with pytest.raises(ValueError, match="for each of the 2 classes"):
        wrong.predict(X)


def test_other_bad_parameters():
    X, y = blobs()
    with pytest.raises(ValueError, match="patience=3 watches.*validation_fraction"):
        TorchClassifier(patience=3).fit(X, y)
    with pytest.raises(ValueError, match="device must be 'auto' or"):
        TorchClassifier(device="gpu please").fit(X, y)
    with pytest.raises(ValueError, match="no parameters to train"):
        TorchClassifier(lambda input_shape, n_classes: nn.Flatten()).fit(X[:, :3], y)
    with pytest.raises(ValueError, match="must return one loss per sample"):
        TorchClassifier(loss=F.cross_entropy).fit(X, y, sample_weight=1 + y)


def test_no_gpu_is_said_where_there_is_none(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ValueError, match="asks for a GPU"):
        TorchClassifier(device="cuda").fit(*blobs())
    assert TorchClassifier(max_epochs=1).fit(*blobs()).device_.type == "cpu"


def test_a_pickle_answers_the_same(classifier, digits):
    X = digits[0][:50]
    again = pickle.loads(pickle.dumps(classifier))
    assert_array_equal(again.predict_proba(X), classifier.predict_proba(X))
    assert_array_equal(again.member_proba(X), classifier.member_proba(X))
    assert all(value.device.type == "cpu" for value in again.module_.state_dict().values())


@pytest.mark.parametrize(
    "strategy",
    [
        UncertaintySampling("entropy"),
        BALD(),
        BatchBALD(n_joint_samples=500),
        CoreSet(),
        DiverseMiniBatch(),
        BADGE(),
    ],
)
def test_strategies_on_images(strategy, digits):
    X, y = digits
    learner = ActiveLearner(
        TorchClassifier(network, max_epochs=2, n_members=5), strategy, random_state=0
    ).fit(X[:40], y[:40])
    i = learner.query(X[40:240], n=6)
    assert len(set(i)) == 6
    learner.teach(X[40:240][i], y[40:240][i])
    assert_array_equal(learner.query(X[40:240], n=6), learner.query(X[40:240], n=6))


def test_incremental_learner_goes_on(digits):
    X, y = digits
    learner = ActiveLearner(TorchClassifier(network, max_epochs=5), incremental=True)
    learner.fit(X[:100], y[:100])
    before = learner.predict_proba(X[500:510])
    learner.teach(X[100:110], y[100:110])
    after = learner.predict_proba(X[500:510])
    assert 0 < np.abs(after - before).max() < 0.5


def test_in_a_pipeline_and_a_committee():
    X, y = blobs()
    model = make_pipeline(StandardScaler(), TorchClassifier(perceptron, max_epochs=5))
    committee = Committee(model, n_members=3, random_state=0).fit(X, y)
    assert committee.member_proba(X).shape == (3, 90, 3)
    learner = ActiveLearner(model, BADGE(), random_state=0).fit(X[:30], y[:30])
    assert len(learner.query(X[30:], n=3)) == 3
    features = learner.pool(X[30:]).embedding
    scaler, classifier = learner.estimator_
    assert_array_equal(features, classifier.embed(scaler.transform(X[30:])))
