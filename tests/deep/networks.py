"""Networks that tests share."""

from torch import nn


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
