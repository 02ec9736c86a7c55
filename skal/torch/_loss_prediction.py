"""A head that predicts the loss of a network on a sample, and its ranking loss."""

import torch
from sklearn.base import BaseEstimator
from torch import nn

from .._base import Documented, Integral, Interval, Real, validate_params
from ._passes import layer_named

__all__ = ["LossPredictionHead", "pairwise_ranking_loss"]


class LossPredictionHead(Documented, BaseEstimator):
    r"""Learn to predict the loss of a network from its intermediate layers.

    The output of each chosen layer is averaged over space and goes through a linear layer and a
    ReLU; the results are joined, and a linear layer reduces them to one number. The head is
    trained with the network, to rank samples rather than to predict the loss itself, whose scale
    falls as the network learns. Its loss is, over the pairs i, j of neighbors in a batch of B
    samples,

    .. math:: \frac{2}{B} \sum_{(i, j)} \max(0, -s_{ij} (\hat l_i - \hat l_j) + \xi),

    with s = 1 where the true loss :math:`l_i > l_j`, else -1.

    Parameters
    ----------
    layers : list of str
        Names of the layers whose outputs are read, at least one, as in
        ``module.named_modules()``. An output has the shape (n_samples, n_channels, ...) and is
        averaged over all further axes.
    width : int, default=128
        Width of the linear layer behind each of them, at least 1.
    margin : float, default=1.0
        The margin :math:`\xi` by which the larger loss should be predicted larger, above 0.
    weight : float, default=1.0
        Weight of the ranking loss beside the network's own mean loss, at least 0.
    detach_after : float, default=0.6
        Share of the epochs after which the loss of the head no longer changes the weights of the
        network, in [0, 1]. The paper stops the gradient after 120 of 200 epochs.

    See Also
    --------
    skal.strategies.LearningLoss : Query the samples with the largest predicted loss.
    skal.loss_prediction.LossPredictingClassifier : Predict losses of models without layers.

    References
    ----------
    D. Yoo and I. S. Kweon (2019). Learning loss for active learning. CVPR. arXiv:1905.03677.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from torch import nn
    >>> from skal.torch import LossPredictionHead, TorchClassifier
    >>> X, y = load_digits(return_X_y=True)
    >>> module = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
    >>> head = LossPredictionHead(layers=["1"], width=16)
    >>> classifier = TorchClassifier(module, loss_prediction=head, random_state=0).fit(X / 16, y)
    >>> classifier.predict_loss(X[:3] / 16).shape
    (3,)
    """

    _parameter_constraints = {
        "layers": [list, tuple],
        "width": [Interval(Integral, 1, None, closed="left")],
        "margin": [Interval(Real, 0, None, closed="neither")],
        "weight": [Interval(Real, 0, None, closed="left")],
        "detach_after": [Interval(Real, 0, 1, closed="both")],
    }

    def __init__(self, layers, *, width=128, margin=1.0, weight=1.0, detach_after=0.6):
        self.layers = layers
        self.width = width
        self.margin = margin
        self.weight = weight
        self.detach_after = detach_after

    def layers_of(self, module):
        """Return the layers that are read, in a dict by name.

        Raises
        ------
        ValueError
            If a parameter is out of range, or the module has no layer with one of the names.
        """
        validate_params(self)
        if not len(self.layers):
            raise ValueError("LossPredictionHead needs at least one layer, got layers=[].")
        return {name: layer_named(module, name, "LossPredictionHead") for name in self.layers}

    def build(self, features):
        """Return the network of the head for the features of a batch, a list of tensors."""
        return LossNet([feature.shape[1] for feature in features], self.width)


class LossNet(nn.Module):
    """The network of a :class:`LossPredictionHead`: features of a batch to predicted losses."""

    def __init__(self, n_channels, width):
        super().__init__()
        self.branches = nn.ModuleList(nn.Linear(n, width) for n in n_channels)
        self.last = nn.Linear(width * len(n_channels), 1)

    def forward(self, features):
        """Return the predicted losses, of shape (n_samples,)."""
        # They may come in another precision than that of the head: under autocast, or from a
        # copy of the network in double precision.
        features = [feature.to(self.last.weight.dtype) for feature in features]
        pooled = [f.flatten(2).mean(dim=2) if f.dim() > 2 else f for f in features]
        read = [
            torch.relu(branch(feature))
            for branch, feature in zip(self.branches, pooled, strict=True)
        ]
        return self.last(torch.cat(read, dim=1)).squeeze(1)


def pairwise_ranking_loss(predicted, losses, margin=1.0):
    """Return the ranking loss of neighboring pairs. The last of an odd number is left out.

    Parameters
    ----------
    predicted : tensor of shape (n_samples,)
        Predicted losses.
    losses : tensor of shape (n_samples,)
        True losses; no gradient flows into them.
    margin : float, default=1.0
        The margin by which the larger loss should be predicted larger.

    Returns
    -------
    loss : tensor, a scalar
        0 for fewer than two samples.

    Examples
    --------
    >>> import torch
    >>> from skal.torch._loss_prediction import pairwise_ranking_loss
    >>> pairwise_ranking_loss(torch.tensor([0.0, 3.0, 1.0]), torch.tensor([2.0, 1.0, 5.0])).item()
    4.0
    """
    n = len(losses) // 2 * 2
    if n == 0:
        return predicted.sum() * 0
    # The target is a constant: the network must not change its losses to please the head.
    losses = losses.detach()
    signs = torch.where(losses[:n:2] > losses[1:n:2], 1.0, -1.0)
    gaps = predicted[:n:2] - predicted[1:n:2]
    return torch.relu(margin - signs * gaps).mean()
