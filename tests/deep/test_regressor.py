"""The regressor around a module: units of y, modules, training, members, company and errors."""

import copy
import pickle

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from networks import blobs, by_hand, perceptron, record_inputs
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import r2_score
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks
from torch import nn
from torch.utils.data import Subset, TensorDataset

from skal import ActiveLearner, Committee
from skal.strategies import (
    BADGE,
    BAIT,
    LCMD,
    CoreSet,
    GreedyX,
    GreedyY,
    ImprovedGreedy,
    LearningLoss,
    MaxHerding,
    QueryByCommittee,
    StandardDeviation,
    UncertaintyHerding,
)
from skal.torch import DeepEnsemble, LossPredictionHead, TorchClassifier, TorchRegressor


def dropping(input_shape, n_outputs, p=0.2):
    """A small network with two dropout layers, which returns one number for each sample."""
    return nn.Sequential(
        nn.Linear(input_shape[0], 16), nn.ReLU(), nn.Dropout(p), nn.Linear(16, 8), nn.Tanh(),
        nn.Dropout(p), nn.Linear(8, n_outputs),
    )  # fmt: skip


def plane(n=90, seed=0):
    """Samples whose number is almost a linear function of their features."""
    rng = np.random.RandomState(seed)
    X = rng.normal(size=(n, 4)).astype(np.float32)
    return X, 50 + 10 * (X @ np.array([1.0, -2.0, 0.5, 0.0]) + 0.1 * rng.normal(size=n))


X, Y = plane()


@pytest.fixture(scope="module")
def regressor():
    regressor = TorchRegressor(dropping, max_epochs=60, lr=0.01, device="cpu", random_state=0)
    return regressor.fit(X, Y)


@parametrize_with_checks(
    [
        TorchRegressor(),
        TorchRegressor(perceptron, max_epochs=40, lr=0.01, loss="huber"),
        DeepEnsemble(TorchRegressor(perceptron, max_epochs=40, lr=0.01), n_members=2),
    ]
)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


# The unit of y


def test_predictions_are_in_the_unit_of_y(regressor):
    assert regressor.score(X, Y) > 0.9
    assert regressor.score(X, Y) == r2_score(Y, regressor.predict(X))
    assert regressor.y_mean_ == pytest.approx(Y.mean())
    assert regressor.y_scale_ == pytest.approx(Y.std())
    with torch.no_grad():
        outputs = regressor.module_(torch.from_numpy(X)).numpy().ravel()
    assert_allclose(regressor.predict(X), Y.mean() + Y.std() * outputs, rtol=1e-5)
    assert is_regressor(regressor) and not is_classifier(regressor)


@pytest.mark.parametrize("unit, offset", [(1e-6, 0.0), (1e6, 3e7), (1e305, 0.0), (1e-305, 0.0)])
def test_another_unit_changes_nothing_but_the_unit(regressor, unit, offset):
    other = clone(regressor).fit(X, unit * Y + offset)
    # Labels are rounded elsewhere, which training magnifies.
    assert_allclose((other.predict(X) - offset) / unit, regressor.predict(X), rtol=1e-3)
    members = (other.member_prediction(X) - offset) / unit
    assert_allclose(members, regressor.member_prediction(X), rtol=1e-3)


def test_numbers_may_fall_where_the_others_rise(regressor):
    assert clone(regressor).fit(X, -Y).score(X, -Y) > 0.9


@pytest.mark.parametrize(
    "y", [np.full(90, 0.1), np.zeros(90), np.full(90, -1e9)], ids=lambda y: y[0]
)
def test_equal_numbers_are_predicted(y):
    regressor = TorchRegressor(lr=0.01, random_state=0).fit(X, y)
    assert (regressor.y_mean_, regressor.y_scale_) == (pytest.approx(y[0]), 1.0)
    assert_allclose(regressor.predict(X), y, atol=0.05)


def test_numbers_that_differ_little_from_their_mean_are_told_apart():
    y = 1e6 + X[:, 0].astype(float) / 1e3
    regressor = TorchRegressor(dropping, lr=0.01, random_state=0).fit(X, y)
    assert regressor.score(X, y) > 0.8
    assert 0 < regressor.member_prediction(X).std(axis=0).max() < 1e-2


def test_without_normalizing_outputs_are_predictions():
    regressor = TorchRegressor(perceptron, normalize_y=False, lr=0.05, random_state=0).fit(X, Y)
    assert (regressor.y_mean_, regressor.y_scale_) == (0.0, 1.0)
    with torch.no_grad():
        outputs = regressor.module_(torch.from_numpy(X)).numpy().ravel()
    assert_allclose(regressor.predict(X), outputs, rtol=1e-5)
    assert regressor.score(X, Y) > 0.8


def test_the_mean_and_the_deviation_are_weighted():
    weights = np.random.RandomState(0).randint(0, 4, size=len(Y))
    copies = np.repeat(np.arange(len(Y)), weights)
    regressor = TorchRegressor(perceptron, max_epochs=20, random_state=0)
    weighted = clone(regressor).fit(X, Y, sample_weight=weights)
    assert weighted.y_mean_ == pytest.approx(Y[copies].mean())
    assert weighted.y_scale_ == pytest.approx(Y[copies].std())
    copied = clone(regressor).fit(X[copies], Y[copies])
    assert_allclose(weighted.predict(X), copied.predict(X), rtol=1e-6)
    order = np.random.RandomState(1).permutation(len(Y))
    shuffled = clone(regressor).fit(X[order], Y[order], sample_weight=weights[order])
    assert_array_equal(shuffled.predict(X), weighted.predict(X))
    assert not np.allclose(clone(regressor).fit(X, Y).predict(X), weighted.predict(X), rtol=0.01)


def test_copies_with_other_labels_are_both_learned():
    twice = np.concatenate([X, X])
    regressor = TorchRegressor(perceptron, random_state=0).fit(twice, np.r_[Y, Y + 20])
    assert regressor.y_mean_ == pytest.approx(Y.mean() + 10)
    assert abs(np.mean(regressor.predict(X) - Y) - 10) < 1


# Training, by hand


@pytest.mark.parametrize(
    "loss, slow",
    [
        ("squared_error", lambda error: error**2),
        ("absolute_error", abs),
        ("huber", lambda error: error**2 / 2 if abs(error) < 1 else abs(error) - 0.5),
    ],
)
def test_a_step_of_training_by_hand(loss, slow):
    """One step of gradient descent on the mean loss of normalized labels, weighted."""
    module, weights = nn.Linear(4, 1), np.random.RandomState(0).uniform(0, 2, size=len(Y))
    ours = TorchRegressor(
        module, loss=loss, optimizer="sgd", lr=0.3, max_epochs=1, batch_size=len(Y)
    ).fit(X, Y, sample_weight=weights)
    mean = np.average(Y, weights=weights)
    targets = (Y - mean) / np.sqrt(np.average((Y - mean) ** 2, weights=weights))
    outputs = module(torch.from_numpy(X))[:, 0]
    total = sum(w * slow(o - t) for w, o, t in zip(weights, outputs, targets, strict=True))
    mean_loss = total / weights.sum()
    mean_loss.backward()
    assert ours.history_[0]["loss"] == pytest.approx(mean_loss.item(), rel=1e-5)
    expected = module.weight - 0.3 * module.weight.grad
    assert_allclose(ours.module_.weight.detach(), expected.detach(), rtol=1e-4, atol=1e-6)


def test_a_loss_of_ones_own():
    """A quantile is learned with the pinball loss."""
    seen = []

    def pinball(outputs, targets):
        seen.append((outputs.shape, targets.shape, targets.dtype))
        error = targets - outputs
        return torch.maximum(0.9 * error, -0.1 * error)

    noisy = Y + 20 * np.random.RandomState(0).normal(size=len(Y))
    regressor = TorchRegressor(nn.Linear(4, 1), loss=pinball, lr=0.05, random_state=0)
    assert 0.85 <= np.mean(noisy <= regressor.fit(X, noisy).predict(X)) <= 0.95
    assert {len(set(shapes)) for *shapes, _ in seen} == {1}
    assert {dtype for *_, dtype in seen} == {torch.float32}
    scalar = TorchRegressor(nn.Linear(4, 1), loss=F.mse_loss, lr=0.05).fit(X, Y)
    assert scalar.score(X, Y) > 0.9
    with pytest.raises(ValueError, match="must return one loss per sample"):
        scalar.fit(X, Y, sample_weight=1 + np.arange(len(Y)))


def test_a_loss_of_another_shape_is_refused():
    for loss in (lambda o, t: (o - t)[:, None] ** 2, lambda o, t: (o[:, None] - t) ** 2):
        with pytest.raises(ValueError, match=r"shape \(64,\), or a scalar, but it returned sh"):
            TorchRegressor(nn.Linear(4, 1), loss=loss).fit(X, Y)
    with pytest.raises(ValueError, match=r"it returned shape \(64, 1\)"):
        TorchClassifier(nn.Linear(4, 3), loss=lambda logits, y: logits[:, :1]).fit(*blobs())


class MeanAndSpread(nn.Module):
    """Returns a mean and a logarithm of the variance in training, and the mean else."""

    def __init__(self, n_outputs):
        super().__init__()
        self.mean, self.log_variance = nn.Linear(4, n_outputs), nn.Linear(4, n_outputs)

    def forward(self, x):
        mean, log_variance = self.mean(x), self.log_variance(x)
        return (mean, log_variance) if self.training else mean


def test_a_loss_may_take_what_a_module_returns_in_training():
    def gaussian(outputs, targets):
        mean, log_variance = outputs
        return F.gaussian_nll_loss(mean[:, 0], targets, log_variance[:, 0].exp(), reduction="none")

    regressor = TorchRegressor(MeanAndSpread, loss=gaussian, lr=0.05, random_state=0)
    assert regressor.fit(X, Y).score(X, Y) > 0.9
    with pytest.raises(ValueError, match="one number for each sample.*but returned tuple"):
        TorchRegressor(MeanAndSpread).fit(X, Y)


def test_early_stopping_and_schedules():
    regressor = TorchRegressor(
        perceptron, validation_fraction=0.3, patience=3, lr=0.05, lr_schedule="cosine",
        max_epochs=300, random_state=0,
    ).fit(X, np.random.RandomState(0).permutation(Y))  # fmt: skip
    losses = [record["validation_loss"] for record in regressor.history_]
    assert len(losses) == int(np.argmin(losses)) + 1 + 3 < 300
    with pytest.raises(ValueError, match="patience=3 watches.*validation_fraction"):
        TorchRegressor(patience=3).fit(X, Y)


def test_training_goes_on_in_the_same_unit():
    going = TorchRegressor(perceptron, random_state=0, lr=0.01).partial_fit(X[:10], Y[:10])
    unit = (going.y_mean_, going.y_scale_)
    assert unit == (pytest.approx(Y[:10].mean()), pytest.approx(Y[:10].std()))
    for _ in range(80):
        going.partial_fit(X, Y)
    assert (going.y_mean_, going.y_scale_) == unit
    assert going.score(X, Y) > 0.9
    warm = TorchRegressor(perceptron, warm_start=True, max_epochs=30, lr=0.01, random_state=0)
    warm.fit(X, Y)
    assert warm.fit(X, Y + 1).history_[0]["loss"] < 0.1 < clone(warm).fit(X, Y).history_[0]["loss"]
    assert warm.y_mean_ == pytest.approx(Y.mean())
    assert warm.set_params(warm_start=False).fit(X, Y + 1).y_mean_ == pytest.approx(1 + Y.mean())


def test_an_incremental_learner_goes_on():
    learner = ActiveLearner(TorchRegressor(perceptron, lr=0.01), CoreSet(), incremental=True)
    learner.fit(X[:40], Y[:40])
    before = learner.predict(X[60:])
    learner.teach(X[40:60], Y[40:60])
    assert len(learner.estimator_.history_) == 1
    assert 0 < np.abs(learner.predict(X[60:]) - before).max() < 10


def test_a_failing_training_leaves_the_network_as_it_was():
    regressor = TorchRegressor(perceptron, max_epochs=2, random_state=0).fit(X, Y)
    before = regressor.predict(X)
    regressor.set_params(loss=lambda outputs, targets: outputs * float("nan"))
    with pytest.raises(ValueError, match="loss is nan in epoch 1"):
        regressor.partial_fit(X, Y)
    regressor.set_params(warm_start=False)
    with pytest.raises(ValueError, match="loss is nan in epoch 1"):
        regressor.fit(X, Y + 100)
    assert_array_equal(regressor.predict(X), before)


# What a module can be


class Ending(nn.Module):
    """A linear map whose output ends in a function."""

    def __init__(self, end, width=1):
        super().__init__()
        self.linear, self.end = nn.Linear(4, width), end

    def forward(self, x):
        return self.end(self.linear(x))


@pytest.mark.parametrize(
    "end", [lambda x: x, lambda x: x.squeeze(1), lambda x: x.squeeze(), lambda x: x[:, 0]]
)
def test_one_number_comes_in_one_axis_or_two(end):
    module = Ending(end)
    expected = TorchRegressor(Ending(lambda x: x), max_epochs=5, random_state=0)
    expected.module.load_state_dict(module.state_dict())
    expected.fit(X, Y)
    regressor = TorchRegressor(module, max_epochs=5, random_state=0).fit(X, Y)
    assert_array_equal(regressor.predict(X), expected.predict(X))
    assert_array_equal(regressor.predict(X[:1]), expected.predict(X[:1]))
    assert TorchRegressor(module, max_epochs=1).fit(X[:1], Y[:1]).predict(X).shape == (90,)


@pytest.mark.parametrize(
    "module, shape",
    [
        (nn.Linear(4, 2), r"\(2, 2\)"),
        (nn.Sequential(nn.Linear(4, 1), nn.Unflatten(1, (1, 1))), r"\(2, 1, 1\)"),
        (Ending(torch.sum), r"\(\)"),
        (Ending(lambda x: (x, x)), "tuple"),
    ],
)
def test_several_outputs_are_refused(module, shape):
    way_out = f"one number for each sample.* returned {shape} for .*a TorchRegressor for each"
    with pytest.raises(ValueError, match=way_out):
        TorchRegressor(module).fit(X, Y)
    with pytest.raises(ValueError, match="one number for each sample"):
        TorchRegressor.from_trained(module).predict(X)


class Hidden(nn.Module):
    def __init__(self, n_outputs, hidden=8):
        super().__init__()
        self.body, self.last = nn.Linear(4, hidden), nn.Linear(hidden, n_outputs)

    def forward(self, x):
        return self.last(torch.relu(self.body(x)))


def test_a_class_gets_what_its_constructor_names():
    regressor = TorchRegressor(Hidden, module__hidden=5, max_epochs=2).fit(X, Y)
    assert regressor.module_.body.out_features == 5
    assert regressor.module_.last.out_features == 1
    # The same class serves a classifier.
    assert TorchClassifier(Hidden, max_epochs=1).fit(*blobs()).module_.last.out_features == 3


def test_a_module_is_copied_and_trained_from_its_weights():
    module = nn.Linear(4, 1)
    before = module.weight.clone()
    barely = TorchRegressor(module, lr=1e-9, max_epochs=1).fit(X, Y)
    assert_allclose(barely.module_.weight.detach(), before.detach(), atol=1e-6)
    TorchRegressor(module, lr=0.1).fit(X, Y)
    assert torch.equal(module.weight, before)


def test_a_trained_module_predicts_at_once_and_goes_on():
    module = nn.Linear(4, 1)
    with torch.no_grad():
        expected = module(torch.from_numpy(X)).numpy().ravel()
    regressor = TorchRegressor.from_trained(module, lr=0.01, random_state=0)
    assert_allclose(regressor.predict(X), expected, rtol=1e-4, atol=1e-6)
    frozen = ActiveLearner(FrozenEstimator(regressor), MaxHerding())
    assert_allclose(frozen.predict(X), expected, rtol=1e-4, atol=1e-6)
    assert len(frozen.query(X, n=4)) == 4
    # A clone starts from its weights, whose outputs are in the unit of y.
    barely = clone(regressor).set_params(lr=1e-9, max_epochs=1).fit(X, Y)
    assert_allclose(barely.predict(X), expected, rtol=1e-4, atol=1e-5)
    regressor.partial_fit(X, Y)
    assert not np.allclose(regressor.predict(X), expected, atol=1e-4)


@pytest.mark.parametrize(
    "make, error, words",
    [
        (lambda: TorchRegressor.from_trained(Hidden), TypeError, "must be a torch.nn.Module"),
        (
            lambda: TorchRegressor.from_trained(nn.Linear(4, 1), normalize_y=True),
            ValueError,
            "takes no normalize_y=True",
        ),
        (
            lambda: TorchRegressor.from_trained(
                nn.Linear(4, 1), loss_prediction=LossPredictionHead(["0"])
            ),
            ValueError,
            "takes no loss_prediction",
        ),
        (lambda: TorchRegressor(loss="mse").fit(X, Y), ValueError, "'loss' parameter of Torch"),
        (lambda: TorchRegressor(hidden=5).fit(X, Y), TypeError, "no parameter 'hidden'"),
        (
            lambda: TorchRegressor(lambda shape, n: nn.Flatten()).fit(X[:, :1], Y),
            ValueError,
            "no parameters to train.*TorchRegressor.from_trained",
        ),
        (
            lambda: TorchRegressor(Ending(lambda x: x * float("inf"))).fit(X, Y).predict(X),
            ValueError,
            "loss is",
        ),
        (
            lambda: TorchRegressor.from_trained(Ending(lambda x: x / 0)).predict(X),
            ValueError,
            "returned NaN or infinity",
        ),
    ],
)
def test_bad_parameters(make, error, words):
    with pytest.raises(error, match=words):
        make()


# Labels and samples


@pytest.mark.parametrize(
    "y, words",
    [
        (["low", "high"], "because this TorchRegressor is a regressor, got 'low' of type str"),
        (np.array(["1.5", "2.5"]), "To learn classes, use a classifier"),
        ([1.0, np.nan], r"y\[1\] is missing"),
        ([1.0, np.inf], "infinity"),
        ([1.0, 1 + 2j], "complex"),
        ([[1.0, 2.0], [3.0, 4.0]], "TorchRegressor learns one number for each sample"),
        (torch.zeros(2, 3), "TorchRegressor learns one number for each sample"),
        ([1.0, 2.0, 3.0], "must have the same length|inconsistent"),
        (None, "requires y to be passed"),
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_labels_that_are_no_numbers(y, words, method):
    for estimator in (TorchRegressor(), DeepEnsemble(TorchRegressor(), n_members=1)):
        with pytest.raises(ValueError, match=words):
            getattr(estimator, method)(X[:2], y)


def test_every_kind_of_rows_and_labels_gives_the_same():
    regressor = TorchRegressor(perceptron, max_epochs=3, random_state=0)
    tensors = torch.from_numpy(X), torch.from_numpy(Y)
    expected = clone(regressor).fit(*tensors)
    pairs = TensorDataset(*tensors)
    columns = TensorDataset(tensors[0], tensors[1][:, None])
    for dataset in (pairs, columns):
        fitted = clone(regressor).fit(dataset)
        assert_array_equal(fitted.predict(tensors[0]), expected.predict(tensors[0]))
    of_array = clone(regressor).fit(X, Y.tolist())
    assert_allclose(of_array.predict(pairs), of_array.predict(X), rtol=1e-6)
    several = TensorDataset(tensors[0], torch.zeros(90, 3))
    with pytest.raises(ValueError, match="learns one number for each sample"):
        clone(regressor).fit(several)


def test_a_dataset_is_a_pool():
    dataset = TensorDataset(torch.from_numpy(X))
    learner = ActiveLearner(TorchRegressor(max_epochs=3), CoreSet(), random_state=0)
    learner.fit(Subset(dataset, range(30)), Y[:30])
    rest = Subset(dataset, range(30, 90))
    i = learner.query(rest, n=4)
    learner.teach(Subset(rest, i), Y[30:][i])
    assert len(set(learner.query(rest, n=4))) == 4


# Members


def test_members_by_hand(regressor):
    """The members of a network, with the masks multiplied in by hand."""
    pool, fitted = plane(40, seed=1)[0], copy.deepcopy(regressor)
    before_second, before_last = (record_inputs(fitted.module_[i]) for i in (3, 6))
    members = fitted.member_prediction(pool, n_members=6)
    first, _, _, second, _, _, last = copy.deepcopy(regressor.module_).double()
    kept_units = set()
    with torch.no_grad():
        for member in range(6):
            hidden = torch.relu(first(torch.from_numpy(pool).double()))
            hidden, kept = by_hand(hidden, before_second[member], 0.2)
            hidden, kept_later = by_hand(torch.tanh(second(hidden)), before_last[member], 0.2)
            expected = Y.mean() + Y.std() * last(hidden)[:, 0].numpy()
            assert_allclose(members[member], expected, rtol=1e-9)
            kept_units.add((*kept.tolist(), *kept_later.tolist()))
    assert len(kept_units) > 3


def test_members_are_the_members_of_a_classifier(regressor):
    """The masks of both estimators are the same for the same seed and network."""
    classifier = TorchClassifier.from_trained(regressor.module_, ["only"], n_members=5)
    outputs = []
    classifier.module_[-1].register_forward_hook(lambda *given: outputs.append(given[2]))
    classifier.member_proba(X, random_state=7)
    expected = torch.stack(outputs)[:, :, 0].numpy() * regressor.y_scale_ + regressor.y_mean_
    members = regressor.member_prediction(X, n_members=5, random_state=7)
    assert_allclose(members, expected, rtol=1e-9)


def test_members_are_the_same_functions_for_every_row(regressor):
    pool = plane(700, seed=1)[0]
    members = regressor.member_prediction(pool)
    assert members.shape == (20, 700)
    assert members.dtype == np.float64
    rows = np.random.RandomState(0).permutation(700)
    assert_allclose(regressor.member_prediction(pool[rows]), members[:, rows], rtol=1e-10)
    assert_allclose(regressor.member_prediction(pool[:7]), members[:, :7], rtol=1e-10)
    assert_array_equal(regressor.member_prediction(pool), members)
    assert_array_equal(regressor.member_prediction(pool, n_members=3), members[:3])
    others = regressor.member_prediction(pool, random_state=1)
    assert_array_equal(regressor.member_prediction(pool, random_state=1), others)
    assert not np.allclose(others, members, rtol=1e-3)
    assert np.corrcoef(members.mean(axis=0), regressor.predict(pool))[0, 1] > 0.95


def test_a_network_without_dropout_is_offered_an_ensemble():
    regressor = TorchRegressor(perceptron, max_epochs=1).fit(X, Y)
    with pytest.raises(ValueError, match="no dropout layer.*DeepEnsemble"):
        regressor.member_prediction(X)
    pool = ActiveLearner(regressor, MaxHerding()).fit(X, Y).pool(X)
    with pytest.raises(ValueError, match="no dropout layer.*DeepEnsemble"):
        pool.prediction_std  # noqa: B018


# Company


def test_the_pool_reads_members_predictions_and_features(regressor):
    pool = ActiveLearner(FrozenEstimator(regressor), MaxHerding()).pool(X)
    assert_array_equal(pool.member_prediction, regressor.member_prediction(X))
    assert_allclose(pool.prediction_std, regressor.member_prediction(X).std(axis=0))
    assert_array_equal(pool.prediction, regressor.predict(X))
    assert_array_equal(pool.embedding, regressor.embed(X))
    assert pool.embedding.shape == (90, 8)
    assert pool.members_consistent


@pytest.mark.parametrize("strategy", [None, ImprovedGreedy()])
def test_one_pass_gives_predictions_and_features(regressor, strategy):
    asked = []

    class Counting(TorchRegressor):
        def predict_outputs(self, X, names):
            asked.append((len(X), tuple(names)))
            return super().predict_outputs(X, names)

    counting = copy.deepcopy(regressor)
    counting.__class__ = Counting
    learner = ActiveLearner(FrozenEstimator(counting), strategy).fit(X[:20], Y[:20])
    if strategy is None:
        prediction, embedding = learner.pool(X[20:]).get("prediction", "embedding")
        assert_array_equal(prediction, regressor.predict(X[20:]))
        assert_array_equal(embedding, regressor.embed(X[20:]))
    else:
        learner.query(X[20:], n=3)
    of_the_pool = [names for n_samples, names in asked if n_samples == 70]
    assert of_the_pool == [("prediction", "embedding")]


def test_outputs_of_another_task_are_refused(regressor):
    with pytest.raises(ValueError, match="among .'prediction', 'embedding'.*got 'proba'"):
        regressor.predict_outputs(X, ["proba"])
    with pytest.raises(AttributeError, match="is a regressor, which predicts numbers"):
        ActiveLearner(TorchRegressor(max_epochs=1), BADGE()).fit(X, Y).query(X, n=3)
    for name in ("predict_proba", "member_proba", "classes_", "predict_loss"):
        assert not hasattr(regressor, name)


@pytest.mark.parametrize("strategy", [StandardDeviation(), QueryByCommittee("variance")])
def test_the_members_decide_where_they_differ(regressor, strategy):
    learner = ActiveLearner(FrozenEstimator(regressor), strategy)
    pool = plane(200, seed=2)[0]
    spread = regressor.member_prediction(pool).std(axis=0)
    assert_array_equal(learner.query(pool, n=10), np.argsort(-spread)[:10])


@pytest.mark.parametrize(
    "strategy",
    [
        None,
        MaxHerding(),
        CoreSet(),
        BAIT(),
        GreedyX(),
        GreedyY(),
        ImprovedGreedy(),
        LCMD(),
        StandardDeviation(),
        QueryByCommittee("variance"),
        UncertaintyHerding("std"),
    ],
    ids=repr,
)
@pytest.mark.parametrize(
    "estimator",
    [
        TorchRegressor(dropping, max_epochs=10, n_members=5),
        DeepEnsemble(TorchRegressor(max_epochs=5), n_members=2),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
def test_strategies_choose(estimator, strategy):
    learner = ActiveLearner(estimator, strategy, random_state=0).fit(X[:20], Y[:20])
    i = learner.query(X[20:], n=6)
    assert len(set(i)) == 6
    learner.teach(X[20:][i], Y[20:][i])
    assert_array_equal(learner.query(X[20:], n=6), learner.query(X[20:], n=6))


def test_losses_are_predicted():
    """The errors are large where the third feature is positive; the head finds that out."""
    rng = np.random.RandomState(0)
    samples = rng.normal(size=(600, 4)).astype(np.float32)
    y = samples[:, 0] + 3 * (samples[:, 2] > 0) * rng.normal(size=600)
    learner = ActiveLearner(
        TorchRegressor(
            perceptron, loss_prediction=LossPredictionHead(["1"], width=16), lr=3e-3,
            max_epochs=60, random_state=0,
        ),
        LearningLoss(),
    ).fit(samples[:400], y[:400])  # fmt: skip
    chosen = learner.query(samples[400:], n=40)
    assert np.mean(samples[400:][chosen, 2] > 0) > 0.8
    assert {"loss", "loss_prediction"} <= learner.estimator_.history_[0].keys()


def test_a_pickle_answers_the_same(regressor):
    again = pickle.loads(pickle.dumps(regressor))
    assert_array_equal(again.predict(X), regressor.predict(X))
    assert_array_equal(again.member_prediction(X), regressor.member_prediction(X))


def test_in_a_search_a_pipeline_and_a_committee():
    regressor = TorchRegressor(Hidden, lr=0.02, max_epochs=30, random_state=0)
    grid = {"module__hidden": [1, 16], "normalize_y": [True, False]}
    search = GridSearchCV(regressor, grid, cv=2).fit(X, Y)
    assert search.best_params_["normalize_y"]
    assert search.best_score_ > 0.5
    model = make_pipeline(StandardScaler(), TorchRegressor(dropping, max_epochs=5, n_members=4))
    committee = Committee(model, n_members=3, random_state=0).fit(X, Y)
    assert committee.member_prediction(X).shape == (3, 90)
    learner = ActiveLearner(model, CoreSet(), random_state=0).fit(X[:30], Y[:30])
    scaler, last = learner.estimator_
    pool = learner.pool(X[30:])
    assert_array_equal(pool.embedding, last.embed(scaler.transform(X[30:])))
    assert_array_equal(pool.member_prediction, last.member_prediction(scaler.transform(X[30:])))


# Ensembles


def test_an_ensemble_predicts_the_mean_of_its_networks():
    base = TorchRegressor(dropping, max_epochs=10, lr=0.01, n_members=4)
    ensemble = DeepEnsemble(base, n_members=3, random_state=0).fit(X[:60], Y[:60])
    assert is_regressor(ensemble) and not is_classifier(ensemble)
    members = ensemble.member_prediction(X[60:])
    for member, numbers in zip(ensemble.members_, members, strict=True):
        assert_array_equal(member.predict(X[60:]), numbers)
    assert members.std(axis=0).min() > 0
    assert_allclose(ensemble.predict(X[60:]), members.mean(axis=0))
    assert ensemble.score(X[60:], Y[60:]) == r2_score(Y[60:], ensemble.predict(X[60:]))
    assert ensemble.embed(X[60:]).shape == (30, 3 * 8)
    assert_array_equal(clone(ensemble).fit(X[:60], Y[:60]).member_prediction(X[60:]), members)
    for name in ("predict_proba", "predict_log_proba", "member_proba", "classes_"):
        assert not hasattr(ensemble, name)
    pool = ActiveLearner(ensemble, CoreSet(), random_state=0).fit(X[:60], Y[:60]).pool(X[60:])
    assert pool.prediction_std.shape == (30,)


def test_dropout_in_an_ensemble_flattens():
    base = TorchRegressor(dropping, max_epochs=5, n_members=4)
    ensemble = DeepEnsemble(base, n_members=3, mc_dropout=True, random_state=0).fit(X, Y)
    members = ensemble.member_prediction(X)
    assert members.shape == (12, 90)
    assert ensemble.n_members_ == 12
    assert_array_equal(members[4:8], ensemble.members_[1].member_prediction(X))
    assert_allclose(ensemble.predict(X), members.mean(axis=0))


def test_an_ensemble_goes_on():
    ensemble = DeepEnsemble(TorchRegressor(perceptron), n_members=2, random_state=0)
    before = ensemble.partial_fit(X, Y).predict(X)
    assert not np.allclose(ensemble.partial_fit(X, Y).predict(X), before, rtol=1e-6)


def test_an_ensemble_of_what_has_no_members_is_refused():
    with pytest.raises(ValueError, match="'estimator' parameter of DeepEnsemble.*member_pred"):
        DeepEnsemble(StandardScaler()).fit(X, Y)
    classes = DeepEnsemble(TorchClassifier(max_epochs=1), n_members=1).fit(*blobs())
    assert not hasattr(classes, "member_prediction")
