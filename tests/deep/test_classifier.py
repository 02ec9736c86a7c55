import functools
import pickle

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
import torch
import torch.nn.functional as F
from networks import network
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks
from torch import nn
from torch.utils.data import Dataset, IterableDataset, TensorDataset

from skal import ActiveLearner, Committee
from skal.strategies import BADGE, BALD, BatchBALD, CoreSet, DiverseMiniBatch, UncertaintySampling
from skal.torch import DeepEnsemble, LossPredictionHead, TorchClassifier


def perceptron(input_shape, n_classes, hidden=30):
    return nn.Sequential(
        nn.Linear(input_shape[0], hidden), nn.ReLU(), nn.Linear(hidden, n_classes)
    )


class Perceptron(nn.Module):
    def __init__(self, n_classes, hidden=8, n_features=4):
        super().__init__()
        self.body = nn.Linear(n_features, hidden)
        self.last = nn.Linear(hidden, n_classes)

    def forward(self, x):
        return self.last(torch.relu(self.body(x)))


@parametrize_with_checks(
    [
        TorchClassifier(),
        TorchClassifier(perceptron, max_epochs=30, lr=3e-3),
        DeepEnsemble(TorchClassifier(perceptron, max_epochs=30, lr=3e-3), n_members=2),
    ]
)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


def blobs(n=90, n_features=4, seed=0):
    rng = np.random.RandomState(seed)
    y = np.arange(n) % 3
    return (3 * np.eye(3, n_features)[y] + rng.normal(size=(n, n_features))).astype(np.float32), y


# What a module can be


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


# Training


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


# What comes in


def test_every_kind_of_rows_gives_the_same():
    X, y = blobs()
    X[np.abs(X) < 0.5] = 0
    frame = pd.DataFrame(X, columns=list("abcd"))
    kinds = [X, X.astype(np.float64), frame, sp.csr_matrix(X), torch.from_numpy(X)]
    kinds.append(TensorDataset(torch.from_numpy(X)))
    classifier = TorchClassifier(perceptron, random_state=0, max_epochs=3)
    expected = clone(classifier).fit(X, y).predict_proba(X)
    for kind in kinds[:4]:
        assert_allclose(clone(classifier).fit(kind, y).predict_proba(kind), expected, atol=1e-5)
    fitted = clone(classifier).fit(X, y)
    for kind in kinds[3:]:
        assert_allclose(fitted.predict_proba(kind), expected, atol=1e-6)


class Pairs(Dataset):
    """Digits as pairs of image and label that count how often they are read."""

    def __init__(self, X, y):
        self.X, self.y, self.n_read = torch.from_numpy(X), y, 0

    def __len__(self):
        return len(self.X)

    def __getitem__(self, i):
        self.n_read += 1
        return self.X[i], int(self.y[i])


def test_a_dataset_is_a_pool(digits):
    X, y = digits
    pairs = Pairs(X[:400], y[:400])
    learner = ActiveLearner(TorchClassifier(network, max_epochs=2), random_state=0)
    learner.fit(X[400:450], y[400:450])
    expected = learner.query(X[:400], n=7)
    assert_array_equal(learner.query(pairs, n=7), expected)
    assert pairs.n_read <= 405  # each once, and a look at the first for its shape


def test_a_loop_on_datasets(digits):
    X, y = digits
    pairs = Pairs(X[:300], y[:300])
    first = torch.utils.data.Subset(pairs, range(30))
    rest = torch.utils.data.Subset(pairs, range(30, 300))
    arrays, sets = (
        ActiveLearner(TorchClassifier(network, max_epochs=2), CoreSet(), random_state=0)
        for _ in range(2)
    )
    sets.fit(first, y[:30])
    arrays.fit(X[:30], y[:30])
    assert_allclose(sets.predict_proba(rest).sum(axis=1), 1)
    i = sets.query(rest, n=4)
    assert len(set(i)) == 4
    sets.teach(torch.utils.data.Subset(rest, i), y[30:300][i])
    assert len(sets.query(rest, n=4)) == 4


def test_arrays_and_datasets_do_not_mix(digits):
    X, y = digits
    learner = ActiveLearner(TorchClassifier(network, max_epochs=1)).fit(X[:20], y[:20])
    with pytest.raises(ValueError, match="same kind as the samples labeled so far, ndarray"):
        learner.teach(Pairs(X[20:30], y[20:30]), y[20:30])


def test_labels_of_a_dataset(digits):
    X, y = digits
    classifier = TorchClassifier(network, max_epochs=1, random_state=0).fit(Pairs(X[:50], y[:50]))
    assert_array_equal(classifier.classes_, np.arange(10))
    with pytest.raises(ValueError, match="Pass y"):
        classifier.fit(TensorDataset(torch.from_numpy(X[:5])))


def test_a_dataset_without_length_is_refused(digits):
    class Stream(IterableDataset):
        def __iter__(self):
            return iter([])

        def __getitem__(self, i):
            return digits[0][i]

    with pytest.raises(TypeError, match="Stream has no length"):
        TorchClassifier(network).fit(Stream(), [0, 1])


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (np.full((3, 4), np.nan), "contains NaN"),
        (torch.full((3, 4), float("inf")), "NaN or infinity"),
        (torch.zeros(3), "two axes or more"),
        (np.zeros((3, 5)), "5 features"),
        (torch.zeros(3, 5), r"shape \(4,\) seen in fit, got \(5,\)"),
        (torch.zeros(0, 4), "at least one sample"),
    ],
)
def test_bad_samples(X, message):
    classifier = TorchClassifier(perceptron, max_epochs=1).fit(*blobs())
    with pytest.raises(ValueError, match=message):
        classifier.predict(X)


def test_images_of_another_shape(classifier):
    with pytest.raises(ValueError, match=r"\(1, 8, 8\) seen in fit, got \(1, 9, 8\)"):
        classifier.predict(np.zeros((2, 1, 9, 8), dtype=np.float32))


@pytest.mark.parametrize("weights", [[1.0], [-1.0] * 90, [0.0] * 90, [np.nan] * 90])
def test_bad_weights(weights):
    with pytest.raises(ValueError, match="sample_weight"):
        TorchClassifier(perceptron).fit(*blobs(), sample_weight=weights)


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


# What the network says


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
