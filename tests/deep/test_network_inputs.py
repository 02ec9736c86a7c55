"""Samples of every kind, and those that are refused."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
import torch
from networks import Pairs, blobs, network, perceptron
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from torch.utils.data import IterableDataset, TensorDataset

from skal import ActiveLearner
from skal.strategies import CoreSet
from skal.torch import TorchClassifier


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
