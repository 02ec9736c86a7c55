"""Networks and samples that tests share."""

import numpy as np
import torch
from numpy.testing import assert_allclose
from torch import nn
from torch.utils.data import Dataset


def network(input_shape, n_classes, width=4, p=0.25):
    """A small convolutional net with dropout of two kinds, batch norm and in-place layers."""
    return nn.Sequential(
        nn.Conv2d(input_shape[0], width, 3, padding=1),
        nn.BatchNorm2d(width),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(2),
        nn.Dropout2d(p),
        nn.Flatten(),
        nn.Dropout(p),
        nn.Linear(16 * width, 16),
        nn.ReLU(),
        nn.Linear(16, n_classes),
    )


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


def blobs(n=90, n_features=4, seed=0):
    rng = np.random.RandomState(seed)
    y = np.arange(n) % 3
    return (3 * np.eye(3, n_features)[y] + rng.normal(size=(n, n_features))).astype(np.float32), y


class Pairs(Dataset):
    """Digits as pairs of image and label that count how often they are read."""

    def __init__(self, X, y):
        self.X, self.y, self.n_read = torch.from_numpy(X), y, 0

    def __len__(self):
        return len(self.X)

    def __getitem__(self, i):
        self.n_read += 1
        return self.X[i], int(self.y[i])


def record_inputs(layer):
    """Return a list that grows by the input of every call of a layer, or of a copy of it."""
    inputs = []
    layer.register_forward_pre_hook(lambda _, given: inputs.append(given[0]))
    return inputs


def by_hand(x, dropped, p):
    """Leave out those units that are 0 for all rows of `dropped`, which must then be the same."""
    kept = (dropped != 0).any(dim=0)
    x = x * kept / (1 - p)
    assert_allclose(dropped, x, atol=1e-6)
    return x, kept
