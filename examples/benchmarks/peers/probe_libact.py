"""What libact can do, found out by running it, on Python 3.6. See `check_peers.py`."""

import importlib
import inspect
import logging

import libact
import numpy as np
from libact.base.dataset import Dataset
from libact.base.interfaces import QueryStrategy
from libact.labelers import InteractiveLabeler
from libact.models import SVM, SklearnAdapter, SklearnProbaAdapter
from libact.query_strategies import ActiveLearningByLearning, UncertaintySampling
from probing import digits, fails, known_and_pool, report, unless_named
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

logging.disable(logging.WARNING)
X, Y = digits()


def data(X=X, y=Y):
    return Dataset(X, list(y[:50]) + [None] * (len(X) - 50))


def strategy(model):
    return UncertaintySampling(data(), method="sm", model=model)


def classifiers():
    fails(lambda: strategy(LogisticRegression()).make_query())
    strategy(SklearnProbaAdapter(LogisticRegression())).make_query()
    return "in `SklearnProbaAdapter`"


def svc():
    fails(lambda: strategy(SklearnAdapter(SVC())).make_query())
    strategy(SVM(decision_function_shape="ovr")).make_query()
    return "its own `SVM`"


def grids():
    fails(lambda: clone(strategy(SklearnProbaAdapter(LogisticRegression()))))
    return "no"


def estimator_checks():
    from sklearn.utils.estimator_checks import check_estimator

    fails(lambda: check_estimator(strategy(SklearnProbaAdapter(LogisticRegression()))))
    return "no"


def frames():
    pandas = importlib.util.find_spec("pandas")
    assert pandas is not None, "install pandas"
    import pandas as pd

    frame = pd.DataFrame({"word": ["a", "b", "c", "d"] * 25, "number": np.arange(100.0)})
    assert isinstance(Dataset(frame, [0] * 100).get_entries()[0], np.ndarray)  # no columns left
    return "no"


def regression():
    return unless_named(libact, "regressor", "variance_of", "continuous_label")


def several_labels():
    from libact.models.multilabel import BinaryRelevance
    from libact.query_strategies.multilabel import BinaryMinimization

    labels = np.stack([Y % 2, Y > 4, Y % 3 == 0], axis=1).astype(int)
    some = Dataset(X, labels[:50].tolist() + [None] * (len(X) - 50))
    model = SklearnProbaAdapter(LogisticRegression())
    one = BinaryMinimization(some, model, random_state=0)
    assert 50 <= one.make_query() < len(X)
    BinaryRelevance(model).train(some)
    return "yes"


def strategies():
    found = set()
    for name in ("", ".multilabel", ".multiclass"):
        place = importlib.import_module("libact.query_strategies" + name)
        kinds = [cls for cls in vars(place).values() if inspect.isclass(cls)]
        found.update(cls for cls in kinds if issubclass(cls, QueryStrategy))
    found.discard(QueryStrategy)
    # One row at a time: no strategy takes a number of rows.
    for cls in found:
        assert not {"n", "n_instances", "batch_size"} & set(
            inspect.signature(cls.make_query).parameters
        )
    return f"{len(found)}, one sample at a time"


def cold_start():
    nothing = Dataset(X, [None] * len(X))
    model = SklearnProbaAdapter(LogisticRegression())
    fails(lambda: UncertaintySampling(nothing, method="sm", model=model))
    from libact.query_strategies import RandomSampling

    RandomSampling(nothing, random_state=0).make_query()
    return "at random"


def stopping():
    return unless_named(libact, "stop")


def simulation():
    return unless_named(libact, "simul", "experiment", "learning_curve", "benchmark")


def labeling():
    assert callable(InteractiveLabeler(label_name=["a", "b"]).label)
    return "asks in the terminal, saves nothing"


def annotators():
    return unless_named(libact, "annotat", "crowd", "suspect", "noise")


def partitions():
    try:
        import dask.array
    except ImportError:
        rows = np.ones((4, 2))
        assert isinstance(Dataset(rows, [0] * 4).get_entries()[0], np.ndarray)  # always copied
        assert Dataset(rows, [0] * 4).get_entries()[0] is not rows
        return "no"
    rows = dask.array.from_array(X, chunks=(50, -1))
    assert isinstance(Dataset(rows, list(Y)).get_entries()[0], np.ndarray)
    return "no"


def networks():
    return unless_named(libact, "torch", "network", "keras")


def transformers():
    return unless_named(libact, "transformer", "setfit")


def streams():
    return unless_named(libact, "stream")


def optimization():
    return unless_named(libact, "bayesian", "improvement")


def pictures():
    return unless_named(libact, "plot", "display", "visual")


def bandit():
    some = data()
    model = SklearnProbaAdapter(LogisticRegression())
    arms = [
        UncertaintySampling(some, method=method, model=SklearnProbaAdapter(LogisticRegression()))
        for method in ("lc", "sm")
    ]
    one = ActiveLearningByLearning(some, T=5, query_strategies=arms, model=model, random_state=0)
    assert 50 <= one.make_query() < len(X)
    return "ALBL"


def chosen():
    X, y, pool = known_and_pool()
    some = Dataset(np.vstack([X, pool]), list(y) + [None] * len(pool))

    def asks(method):
        softmax = {"multi_class": "multinomial", "solver": "lbfgs"}
        model = SklearnProbaAdapter(LogisticRegression(max_iter=1000, **softmax))
        one = UncertaintySampling(some, method=method, model=model)
        return lambda: [one.make_query() - len(y)]

    return {
        "least confidence, one sample": asks("lc"),
        "margin, one sample": asks("sm"),
        "entropy, one sample": asks("entropy"),
    }


if __name__ == "__main__":
    report(globals(), chosen())
