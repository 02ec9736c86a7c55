"""Example pools and an example model that provide every output."""

import functools

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin

from ..pool import OUTPUTS, Pool

N_SAMPLES, N_CLASSES, N_DIMS = 40, 4, 3


def example_arrays(n_samples=N_SAMPLES, seed=42):
    """Return an example of X and of every output that a caller can pass, by name."""
    rng = np.random.RandomState(seed)
    arrays = {"X": rng.normal(size=(n_samples, N_DIMS))}
    # Outputs are read from the table, so that the checks cover new outputs as well.
    outputs = [output for output in OUTPUTS.values() if output.example is not None]
    return {**arrays, **{output.name: output.example(rng, n_samples) for output in outputs}}


def take_arrays(arrays, rows):
    """Return the given rows of all arrays."""
    return {name: OUTPUTS[name].take(values, rows) for name, values in arrays.items()}


def labeled_pool():
    """Return a pool of labeled samples, two of each class."""
    y = np.arange(2 * N_CLASSES) % N_CLASSES
    return Pool.from_arrays(**example_arrays(len(y), seed=7), y=y, random_state=0)


def pool_of(arrays, seed=0):
    """Return a pool of arrays, with labeled samples."""
    return Pool.from_arrays(**arrays, labeled=labeled_pool(), random_state=seed)


def example_pool(seed=0):
    """Return a pool that has every output, with labeled samples."""
    return pool_of(example_arrays(), seed)


class CountingModel(ClassifierMixin, BaseEstimator):
    """A fitted model that provides every output and counts how often it computes each row.

    The samples X are the row numbers, of shape (n_samples, 1).

    Attributes
    ----------
    arrays : dict of str to ndarray
        The outputs of all rows.
    counts : dict of str to ndarray of shape (N_SAMPLES,)
        For each output that was computed, the number of times for each row.
    """

    def __init__(self):
        self.classes_ = np.arange(N_CLASSES)
        self.arrays = example_arrays()
        self.counts = {}

    def fit(self, X, y):
        """Do nothing and return self."""
        return self

    def predict(self, X):
        """Return the most probable class of each row."""
        return self.predict_proba(X).argmax(axis=1)

    def __getattr__(self, method):
        # One method for each output of the table. Python calls this only for missing attributes.
        for output in OUTPUTS.values():
            if output.method == method and output.example is not None:
                return functools.partial(self._compute, output.name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {method!r}")

    def _compute(self, name, X):
        rows = np.asarray(X)[:, 0].astype(int)
        # Not `+= 1`, which counts a row that comes twice in one call only once.
        np.add.at(self.counts.setdefault(name, np.zeros(N_SAMPLES, dtype=int)), rows, 1)
        return take_arrays(self.arrays, rows)[name]
