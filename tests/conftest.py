import sys

import numpy as np
import pytest
from fake_label_studio import TOKEN, running
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

from skal.__main__ import main
from skal.label_studio import LabelStudio


class CountingClassifier(ClassifierMixin, BaseEstimator):
    """A logistic regression that counts how many rows each method was asked for."""

    def __init__(self, C=1.0):
        self.C = C

    def fit(self, X, y):
        self.model_ = LogisticRegression(C=self.C, max_iter=500).fit(X, y)
        self.classes_ = self.model_.classes_
        self.counts_ = {}
        return self

    def predict(self, X):
        return self._say("predict", X)

    def predict_proba(self, X):
        return self._say("predict_proba", X)

    def decision_function(self, X):
        return self._say("decision_function", X)

    def _say(self, method, X):
        self.counts_[method] = self.counts_.get(method, 0) + len(X)
        return getattr(self.model_, method)(X)


@pytest.fixture
def counting():
    return clone(CountingClassifier())


@pytest.fixture
def iris():
    """Shuffled iris: 20 labeled samples, the rest a pool. Without its one repeated row."""
    X, y = load_iris(return_X_y=True)
    X, kept = np.unique(X, axis=0, return_index=True)
    y = y[kept]
    order = np.random.RandomState(0).permutation(len(y))
    X, y = X[order], y[order]
    return X[:20], y[:20], X[20:], y[20:]


@pytest.fixture
def run(capsys):
    """Return a function that runs a command and returns its exit code and what it said."""

    def run(*argv):
        capsys.readouterr()
        code = main([str(word) for word in argv])
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


@pytest.fixture
def answer(run, monkeypatch, tmp_path):
    """Return a function that runs a command with answers given as lines."""

    def answer(command, data, *options, answers):
        path = tmp_path / "answers"
        path.write_text("".join(f"{one}\n" for one in answers), encoding="utf-8")
        with open(path, encoding="utf-8") as file:
            monkeypatch.setattr(sys, "stdin", file)
            return run(command, data, *options)

    return answer


@pytest.fixture
def studio():
    """A small Label Studio, which a test can look into."""
    with running() as server:
        yield server


@pytest.fixture
def server(studio):
    return LabelStudio(studio.url, TOKEN)
