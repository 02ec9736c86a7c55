import numpy as np
import pytest
from networks import network
from sklearn.datasets import load_digits

from skal.torch import TorchClassifier


@pytest.fixture(scope="session")
def digits():
    X, y = load_digits(return_X_y=True)
    return (X / 16).reshape(-1, 1, 8, 8).astype(np.float32), y


@pytest.fixture(scope="session")
def classifier(digits):
    X, y = digits
    return TorchClassifier(network, max_epochs=15, lr=5e-3, random_state=0).fit(X[:300], y[:300])
