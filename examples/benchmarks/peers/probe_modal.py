"""What modAL can do, found out by running it. See `check_peers.py`."""

import importlib
import inspect
import pkgutil
import sys

import dask.array
import modAL
import numpy as np
import pandas as pd
import torch
from modAL.models import ActiveLearner, BayesianOptimizer, Committee, DeepActiveLearner
from probing import (
    BATCH,
    Counting,
    batches,
    digits,
    fails,
    known_and_pool,
    names_in,
    report,
    unless_named,
)
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.svm import SVC
from skorch import NeuralNetClassifier

X, Y = digits()


def learner(estimator):
    return ActiveLearner(estimator, X_training=X[:50], y_training=Y[:50])


def classifiers():
    assert len(learner(LogisticRegression()).query(X[50:], n_instances=5)[0]) == 5
    return "as they are"


def svc():
    return "no" if "predict_proba" in fails(lambda: learner(SVC()).query(X[50:])) else "?"


def grids():
    fails(lambda: clone(learner(LogisticRegression())))
    search = GridSearchCV(ActiveLearner(LogisticRegression()), {"query_strategy": [max]}, cv=2)
    fails(lambda: search.fit(X, Y))
    return "no"


def estimator_checks():
    from sklearn.utils.estimator_checks import check_estimator

    fails(lambda: check_estimator(ActiveLearner(LogisticRegression())))
    return "no"


def frames():
    frame = pd.DataFrame({"word": ["a", "b", "c", "d"] * 25, "number": np.arange(100.0)})
    y = np.arange(100) % 2
    encoder = make_column_transformer((OneHotEncoder(), ["word"]), remainder="passthrough")
    model = make_pipeline(encoder, LogisticRegression(max_iter=1000))
    one = ActiveLearner(model, X_training=frame[:20], y_training=y[:20])
    positions, rows = one.query(frame[20:], n_instances=5)
    error = fails(lambda: one.teach(rows, y[20:][positions]))
    assert "append" in error, error  # a method of data frames until pandas 2.0
    return "no, `teach` fails since pandas 2.0"


def regression():
    from modAL.disagreement import max_std_sampling

    one = ActiveLearner(
        GaussianProcessRegressor(), max_std_sampling, X_training=X[:50], y_training=Y[:50]
    )
    one.query(X[50:], n_instances=5)
    return "yes"


def several_labels():
    from modAL.multilabel import avg_confidence

    labels = np.stack([Y % 2, Y > 4], axis=1).astype(int)
    model = OneVsRestClassifier(LogisticRegression())
    one = ActiveLearner(model, avg_confidence, X_training=X[:50], y_training=labels[:50])
    assert len(np.atleast_1d(one.query(X[50:], n_instances=5)[0])) == 5
    return "yes"


def strategies():
    names = ["modAL." + module.name for module in pkgutil.iter_modules(modAL.__path__)]
    places = []
    for name in names:
        try:
            places.append(importlib.import_module(name))
        except (ImportError, AttributeError) as error:  # they use what is no longer there
            sys.stderr.write(f"  {name}: {error}\n")
    functions = {
        name: function
        for place in places
        for name, function in inspect.getmembers(place, inspect.isfunction)
        if "n_instances" in inspect.signature(function).parameters
        and name not in ("ranked_batch", "multi_argmax", "multi_argmin")
        and not name.startswith(("shuffled", "weighted"))
    }
    return batches({name: chooser(function) for name, function in functions.items()})


def chooser(function):
    def choose(X, y, pool, seed):
        np.random.seed(seed)
        if function.__module__ == "modAL.disagreement":
            members = [
                ActiveLearner(LogisticRegression(C=c), X_training=X, y_training=y)
                for c in (0.1, 1, 10)
            ]
            if function.__name__ == "max_std_sampling":
                one = ActiveLearner(
                    GaussianProcessRegressor(), function, X_training=X, y_training=y
                )
            else:
                one = Committee(members, function)
        elif function.__module__ == "modAL.multilabel":
            labels = np.stack([y == 1, y == 2], axis=1).astype(int)
            model = OneVsRestClassifier(SVC(probability=True, random_state=0)).fit(X, labels)
            chosen = function(model, pool, n_instances=BATCH)  # some return the scores as well
            return np.atleast_1d(chosen[0] if isinstance(chosen, tuple) else chosen)
        elif function.__module__ == "modAL.dropout":
            one = DeepActiveLearner(network(torch_layers(3)), function)
            one.fit(X.astype(np.float32), y)
            pool = torch.from_numpy(pool.astype(np.float32))
            return function(one, pool, n_instances=BATCH, dropout_layer_indexes=[3])[0]
        elif function.__module__ == "modAL.acquisition":
            one = BayesianOptimizer(
                GaussianProcessRegressor(), function, X_training=X, y_training=y
            )
        else:
            one = ActiveLearner(LogisticRegression(), function, X_training=X, y_training=y)
        return one.query(pool, n_instances=BATCH)[0]

    return choose


def cold_start():
    from modAL.batch import uncertainty_batch_sampling

    one = ActiveLearner(LogisticRegression(), uncertainty_batch_sampling)
    assert len(one.query(X, n_instances=5)[0]) == 5
    return "one strategy"


def stopping():
    return unless_named(modAL, "stop")


def simulation():
    return unless_named(modAL, "simul", "experiment", "curve", "benchmark")


def labeling():
    return unless_named(modAL, "session", "label_", "annotat", "oracle", "widget", "main")


def annotators():
    return unless_named(modAL, "annotat", "crowd", "suspect", "noise")


def partitions():
    Counted = type("Counted", (Counting, LogisticRegression), {})
    one = ActiveLearner(Counted(), X_training=X[:50], y_training=Y[:50])
    one.query(dask.array.from_array(X[50:], chunks=(50, -1)), n_instances=5)
    return "yes" if Counting.largest < len(X) - 50 else "no"


def torch_layers(n_classes):
    return torch.nn.Sequential(
        torch.nn.Linear(64, 16),
        torch.nn.ReLU(),
        torch.nn.Dropout(0.5),
        torch.nn.Linear(16, n_classes),
        torch.nn.Softmax(-1),
    )


def network(layers):
    return NeuralNetClassifier(layers, max_epochs=2, verbose=0, train_split=None)


def networks():
    one = DeepActiveLearner(network(torch_layers(10)))
    single = X.astype(np.float32)
    one.fit(single[:50], Y[:50])
    assert len(one.query(single[50:], n_instances=5)[0]) == 5
    return "skorch"


def transformers():
    return unless_named(modAL, "transformer", "setfit")


def streams():
    return unless_named(modAL, "stream")


def optimization():
    one = BayesianOptimizer(GaussianProcessRegressor(), X_training=X[:50], y_training=Y[:50])
    one.query(X[50:])
    return "yes"


def pictures():
    return unless_named(modAL, "plot", "display")


def bandit():
    return unless_named(modAL, "bandit", "bylearning", "exp4")


def chosen():
    from modAL import batch, disagreement, uncertainty

    X, y, pool = known_and_pool()

    def asks(strategy):
        one = ActiveLearner(
            LogisticRegression(max_iter=1000), strategy, X_training=X, y_training=y
        )
        return lambda: one.query(pool, n_instances=10)[0]

    def committee(strategy):
        members = [
            ActiveLearner(LogisticRegression(C=c, max_iter=1000), X_training=X, y_training=y)
            for c in (0.01, 1, 100)
        ]
        return lambda: Committee(members, strategy).query(pool, n_instances=10)[0]

    return {
        "least confidence": asks(uncertainty.uncertainty_sampling),
        "margin": asks(uncertainty.margin_sampling),
        "entropy": asks(uncertainty.entropy_sampling),
        "ranked batch": asks(batch.uncertainty_batch_sampling),
        "consensus entropy": committee(disagreement.consensus_entropy_sampling),
        "largest KL": committee(disagreement.max_disagreement_sampling),
    }


if __name__ == "__main__":
    assert names_in(modAL, "committee")
    report(globals(), chosen())
