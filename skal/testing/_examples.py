"""Example pools and example models that provide every output of their task."""

import copy
import functools
from dataclasses import dataclass

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin

from ..pool import OUTPUTS, MissingOutputError, Pool

N_SAMPLES, N_CLASSES, N_LABELS, N_DIMS = 40, 4, 3, 3


@dataclass(frozen=True)
class Example:
    """The pools and the model of one task.

    Parameters
    ----------
    task : {"classification", "regression", "labels"}
        "labels" stands for several labels a sample.
    """

    task: str

    def arrays(self, n_samples=N_SAMPLES, seed=42):
        """Return an example of X and of every output that a caller can pass, by name."""
        rng = np.random.RandomState(seed)
        arrays = {"X": rng.normal(size=(n_samples, N_DIMS))}
        # Outputs are read from the table, so that the checks cover new outputs as well.
        outputs = [output for output in OUTPUTS.values() if output.example is not None]
        of_task = [output for output in outputs if output.task in (None, self.task)]
        return {**arrays, **{output.name: output.example(rng, n_samples) for output in of_task}}

    def labeled(self):
        """Return a pool of eight labeled samples, of classes two of each."""
        rng, n_samples = np.random.RandomState(5), 2 * N_CLASSES
        y = {
            "classification": np.arange(n_samples) % N_CLASSES,
            "regression": rng.normal(size=n_samples),
            "labels": rng.randint(2, size=(n_samples, N_LABELS)),
        }[self.task]
        return Pool.from_arrays(**self.arrays(len(y), seed=7), y=y, random_state=0)

    def pool_of(self, arrays, seed=0):
        """Return a pool of arrays, with labeled samples."""
        return Pool.from_arrays(**arrays, labeled=self.labeled(), random_state=seed)

    def pool(self, seed=0):
        """Return a pool that has every output of the task, with labeled samples."""
        return self.pool_of(self.arrays(), seed)

    def model(self):
        """Return a fitted model that counts how often it computes each row."""
        return _MODELS[self.task]()


def example_for(strategy):
    """Return the example of the first task whose outputs suffice for a strategy."""
    examples = [Example(task) for task in ("classification", "regression", "labels")]
    return next((one for one in examples if _suffices(one, strategy)), examples[0])


def _suffices(example, strategy):
    try:
        copy.deepcopy(strategy).query(example.pool(), 5)
    except MissingOutputError:
        return False
    except Exception:
        return True  # whatever is wrong, the checks say so
    return True


def take_arrays(arrays, rows):
    """Return the given rows of all arrays."""
    return {name: OUTPUTS[name].take(values, rows) for name, values in arrays.items()}


class _CountingModel(BaseEstimator):
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
        self.arrays = Example(self._task).arrays()
        self.counts = {}

    def fit(self, X, y):
        """Do nothing and return self."""
        return self

    def __getattr__(self, method):
        # One method for each output of the table. Python calls this only for missing attributes.
        for output in OUTPUTS.values():
            if output.method == method and output.name in self.__dict__.get("arrays", ()):
                return functools.partial(self._compute, output.name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {method!r}")

    def _compute(self, name, X):
        rows = np.asarray(X)[:, 0].astype(int)
        # Not `+= 1`, which counts a row that comes twice in one call only once.
        np.add.at(self.counts.setdefault(name, np.zeros(N_SAMPLES, dtype=int)), rows, 1)
        return take_arrays(self.arrays, rows)[name]


class CountingClassifier(ClassifierMixin, _CountingModel):
    """A classifier that counts how often it computes each row."""

    _task = "classification"

    def __init__(self):
        super().__init__()
        self.classes_ = np.arange(N_CLASSES)

    def predict(self, X):
        """Return the most probable class of each row."""
        return self.predict_proba(X).argmax(axis=1)


class CountingRegressor(RegressorMixin, _CountingModel):
    """A regressor with members that counts how often it computes each row."""

    _task = "regression"

    def predict(self, X):
        """Return the number that is predicted for each row."""
        return self._compute("prediction", X)

    def member_prediction(self, X):
        """Return the numbers that members predict, of shape (n_members, n_samples)."""
        return self._compute("member_prediction", X)


class CountingLabels(ClassifierMixin, _CountingModel):
    """A committee for several labels a sample that counts how often it computes each row."""

    _task = "labels"

    def __init__(self):
        super().__init__()
        self.n_labels_ = N_LABELS
        self.classes_ = np.arange(N_LABELS)

    def predict(self, X):
        """Return the labels that each row probably has."""
        return (self.predict_proba(X) > 0.5).astype(int)

    def predict_proba(self, X):
        """Return the probability of each label."""
        return self._compute("label_proba", X)

    def decision_function(self, X):
        """Return the decision function of each label."""
        return self._compute("label_decision", X)

    def member_label_proba(self, X):
        """Return the probabilities by members, of shape (n_members, n_samples, n_labels)."""
        return self._compute("member_label_proba", X)


_MODELS = {
    "classification": CountingClassifier,
    "regression": CountingRegressor,
    "labels": CountingLabels,
}
