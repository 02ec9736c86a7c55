"""Samples and networks that tests share; all but the tests of GPUs run on the CPU."""

import numpy as np
import pytest
import torch
from networks import network
from sklearn.datasets import load_digits

from skal.torch import TorchClassifier


@pytest.fixture(autouse=True)
def on_the_cpu(request, monkeypatch):
    """Let `device="auto"` be the CPU: tests compare with passes there, to the last digits."""
    if not request.path.name.startswith("test_cuda"):
        monkeypatch.setattr(torch.cuda, "is_available", lambda: False)


@pytest.fixture(scope="session")
def digits():
    X, y = load_digits(return_X_y=True)
    return (X / 16).reshape(-1, 1, 8, 8).astype(np.float32), y


@pytest.fixture(scope="session")
def classifier(digits):
    X, y = digits
    # Made before `on_the_cpu` takes effect.
    classifier = TorchClassifier(network, max_epochs=15, lr=5e-3, device="cpu", random_state=0)
    return classifier.fit(X[:300], y[:300])
