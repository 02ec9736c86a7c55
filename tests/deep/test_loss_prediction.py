import numpy as np
import pytest
import torch
from networks import network
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import spearmanr
from sklearn.base import clone
from torch import nn

from skal import ActiveLearner, Pool
from skal.strategies import LearningLoss
from skal.torch import LossPredictionHead, TorchClassifier
from skal.torch._loss_prediction import pairwise_ranking_loss


def slow_ranking_loss(predicted, losses, margin):
    n = len(losses) // 2 * 2
    total = 0.0
    for i in range(0, n, 2):
        sign = 1 if losses[i] > losses[i + 1] else -1
        total += max(0, -sign * (predicted[i] - predicted[i + 1]) + margin)
    return 2 / n * total if n else 0.0


@pytest.mark.parametrize("n", [0, 1, 2, 7, 10])
def test_ranking_loss(n):
    rng = np.random.RandomState(n)
    predicted, losses = rng.normal(size=n), rng.randint(3, size=n).astype(float)
    for margin in (0.5, 1.0):
        ours = pairwise_ranking_loss(torch.tensor(predicted), torch.tensor(losses), margin)
        assert_allclose(ours.item(), slow_ranking_loss(predicted, losses, margin), atol=1e-12)


def test_no_gradient_flows_into_the_true_losses():
    predicted = torch.zeros(4, requires_grad=True)
    losses = torch.arange(4.0, requires_grad=True)
    pairwise_ranking_loss(predicted, losses * 2).backward()
    assert losses.grad is None
    assert_allclose(predicted.grad, [0.5, -0.5, 0.5, -0.5])


def test_the_head_averages_over_space():
    with torch.random.fork_rng():
        maps, rows = torch.rand(2, 3, 6, 7), torch.rand(2, 5)
        net = LossPredictionHead(["maps", "rows"], width=4).build([maps, rows])
    read = [
        torch.relu(net.branches[0](maps.mean(dim=(2, 3)))),
        torch.relu(net.branches[1](rows)),
    ]
    assert_allclose(net([maps, rows]).detach(), net.last(torch.cat(read, 1))[:, 0].detach())


@pytest.fixture(scope="module")
def with_head(digits):
    X, y = digits
    head = LossPredictionHead(layers=["8", "2"], width=16)
    return TorchClassifier(
        network, loss_prediction=head, max_epochs=15, lr=5e-3, device="cpu", random_state=0
    ).fit(X[:600], y[:600])


def test_predicted_losses_rank_as_true_losses(with_head, digits):
    X, y = digits[0][600:1500], digits[1][600:1500]
    proba = with_head.predict_proba(X)[np.arange(len(y)), y]
    predicted = with_head.predict_loss(X)
    assert predicted.shape == (900,)
    assert spearmanr(predicted, -np.log(proba)).statistic > 0.3
    assert "loss_prediction" in with_head.history_[0]


def test_predicted_losses_are_those_of_the_head(with_head, digits):
    X = torch.from_numpy(digits[0][:50])
    with torch.no_grad():
        maps = with_head.module_[:3](X)
        rows = with_head.module_[:9](X)
        expected = with_head.loss_net_([rows, maps])
    assert_allclose(with_head.predict_loss(X.numpy()), expected, atol=1e-5)


def test_the_strategy_asks_for_the_largest(with_head, digits):
    X, y = digits
    learner = ActiveLearner(with_head, LearningLoss(), random_state=0).fit(X[:300], y[:300])
    pool = learner.pool(X[600:700])
    assert_array_equal(learner.query(X[600:700], n=5), np.argsort(-pool.predicted_loss)[:5])


def test_without_a_head_there_is_no_predicted_loss(classifier, digits):
    assert not hasattr(classifier, "predict_loss")
    learner = ActiveLearner(classifier, LearningLoss()).fit(digits[0][:50], digits[1][:50])
    with pytest.raises(AttributeError, match="LearningLoss reads `pool.predicted_loss`"):
        learner.query(digits[0][50:60])


def trunk_gradient(detach_after, digits):
    """Return whether the network moves when its own loss is constant."""
    X, y = digits[0][:60], digits[1][:60]
    module = nn.Sequential(nn.Flatten(), nn.Linear(64, 8), nn.ReLU(), nn.Linear(8, 10))
    head = LossPredictionHead(["2"], detach_after=detach_after)
    classifier = TorchClassifier(
        module,
        loss_prediction=head,
        # The losses do not depend on the network.
        loss=lambda logits, codes: logits.sum(dim=1) * 0 + codes,
        optimizer="sgd",
        lr=0.1,
        max_epochs=4,
        random_state=0,
    ).fit(X, y)
    return not torch.equal(classifier.module_[1].weight, module[1].weight)


def test_the_gradient_into_the_network_is_stopped(digits):
    assert trunk_gradient(1.0, digits)
    assert trunk_gradient(0.5, digits)
    assert not trunk_gradient(0.0, digits)


def test_going_on_trains_the_head_too(with_head, digits):
    X, y = digits
    going = clone(with_head).set_params(max_epochs=1).fit(X[:60], y[:60])
    before = [value.clone() for value in going.loss_net_.state_dict().values()]
    going.partial_fit(X[:60], y[:60])
    after = going.loss_net_.state_dict().values()
    assert any(not torch.equal(one, two) for one, two in zip(before, after, strict=True))


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"layers": []}, "at least one layer"),
        ({"layers": ["9", "ninth"]}, "LossPredictionHead names the layer 'ninth'"),
        ({"layers": ["9"], "margin": 0}, "'margin' parameter"),
        ({"layers": ["9"], "detach_after": 2}, "'detach_after' parameter"),
    ],
)
def test_bad_heads(params, message, digits):
    head = LossPredictionHead(**params)
    with pytest.raises(ValueError, match=message):
        TorchClassifier(network, loss_prediction=head).fit(digits[0][:20], digits[1][:20])


def test_a_trained_module_takes_no_head():
    with pytest.raises(ValueError, match="takes no loss_prediction"):
        TorchClassifier.from_trained(
            nn.Flatten(), [0, 1], loss_prediction=LossPredictionHead(["0"])
        )


def test_predicted_losses_of_arrays():
    pool = Pool.from_arrays(predicted_loss=[0.1, 3.0, 2.0])
    assert_array_equal(LearningLoss().query(pool, n=2), [1, 2])
