"""What scikit-activeml can do, found out by running it. See `check_peers.py`."""

import inspect

import dask.array
import matplotlib
import numpy as np
import pandas as pd
import skactiveml
from probing import BATCH, Counting, batches, digits, fails, known_and_pool, report, unless_named
from skactiveml import pool, stream
from skactiveml.base import QueryStrategy
from skactiveml.classifier import (
    MixtureModelClassifier,
    ParzenWindowClassifier,
    SklearnClassifier,
)
from skactiveml.pool import UncertaintySampling
from skactiveml.regressor import NICKernelRegressor, SklearnRegressor
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.ensemble import BaggingClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeRegressor
from sklearn.utils.estimator_checks import check_estimator

matplotlib.use("agg")
X, Y = digits()
PARTLY = np.where(np.arange(len(Y)) < 50, Y, np.nan)
ASKED = UncertaintySampling("margin_sampling", random_state=0)


def wrapped(estimator=None):
    estimator = estimator or LogisticRegression()
    return SklearnClassifier(estimator, classes=range(10), random_state=0)


def classifiers():
    fails(lambda: ASKED.query(X, PARTLY, LogisticRegression()))
    ASKED.query(X, PARTLY, wrapped(LogisticRegression()))
    return "in `SklearnClassifier`"


def svc():
    error = fails(lambda: ASKED.query(X, PARTLY, wrapped(SVC())))
    assert "predict_proba" in error, error
    return "no"


def grids():
    clone(ASKED)
    search = GridSearchCV(ASKED, {"method": ["margin_sampling", "entropy"]}, cv=2)
    fails(lambda: search.fit(X, Y))
    return "`clone`"


def estimator_checks():
    results = check_estimator(SklearnClassifier(LogisticRegression()), on_fail=None, on_skip=None)
    failed = sum(result["status"] == "failed" for result in results)
    return f"{failed} of {len(results)} fail"


def frames():
    frame = pd.DataFrame({"word": ["a", "b", "c", "d"] * 25, "number": np.arange(100.0)})
    y = np.where(np.arange(100) < 20, np.arange(100) % 2, np.nan)
    encoder = make_column_transformer((OneHotEncoder(), ["word"]), remainder="passthrough")
    model = SklearnClassifier(make_pipeline(encoder, LogisticRegression(max_iter=1000)))
    fails(lambda: ASKED.query(frame, y, model, batch_size=5))
    return "no"


def regression():
    reg = SklearnRegressor(LinearRegression())
    pool.GreedySamplingTarget(random_state=0).query(X, PARTLY, reg, batch_size=5)
    return "yes"


def several_labels():
    labels = np.stack([Y % 2, Y > 4], axis=1).astype(float)
    labels[50:] = np.nan  # two columns are two annotators
    fails(lambda: ASKED.query(X, labels, wrapped()))
    return unless_named(skactiveml, "multilabel", "multi_label")


def strategies():
    classes = {
        name: cls
        for name, cls in vars(pool).items()
        if inspect.isclass(cls) and issubclass(cls, QueryStrategy)
    }
    del classes["ExpectedErrorReduction"]  # the base of the two that follow it
    return batches({name: chooser(cls) for name, cls in classes.items()})


def chooser(cls):
    def choose(X, y, rows, seed):
        everything = np.vstack([X, rows])
        known = np.concatenate([y, np.full(len(rows), np.nan)])
        classes, wanted = np.unique(y), inspect.signature(cls).parameters
        given = {
            "enforce_mapping": False,
            "classes": classes,
            "sample_predictions_method_name": None,
            "query_strategy": ASKED if "Wrapper" in cls.__name__ else None,
            "max_candidates": 0.5,
        }
        params = {name: value for name, value in given.items() if name in wanted}
        strategy = cls(random_state=seed, **params)
        base = GaussianNB() if "EER" in cls.__name__ else LogisticRegression()
        model = SklearnClassifier(base, classes=classes, random_state=0)
        bagging = BaggingClassifier(LogisticRegression(), random_state=0)
        ensemble = SklearnClassifier(bagging, classes=classes)
        if cls is pool.EpistemicUncertaintySampling:
            return binary(strategy, everything, known, len(y))
        if cls in (pool.FourDs, pool.ProbabilisticAL):
            kinds = {pool.FourDs: MixtureModelClassifier}
            model = kinds.get(cls, ParzenWindowClassifier)(classes=classes, random_state=0)
        reg = SklearnRegressor(LinearRegression())
        if cls.__name__ in (
            "ExpectedModelVarianceReduction",
            "KLDivergenceMaximization",
            "ExpectedModelOutputChange",
        ):
            reg = NICKernelRegressor()
        if cls is pool.RegressionTreeBasedAL:
            reg = SklearnRegressor(DecisionTreeRegressor(min_samples_leaf=5, random_state=0))
        offered = {"clf": model, "estimator": model, "discriminator": model, "reg": reg}
        offered["ensemble"] = ensemble
        if "Wrapper" in cls.__name__:
            wanted = {"clf": None}
        else:
            wanted = inspect.signature(strategy.query).parameters
        models = {name: value for name, value in offered.items() if name in wanted}
        chosen = strategy.query(everything, known, batch_size=BATCH, **models)
        return np.ravel(chosen) - len(y)

    return choose


def binary(strategy, X, y, n_labeled):
    model = ParzenWindowClassifier(classes=[0, 1], random_state=0)
    y = np.where(np.isnan(y), np.nan, y % 2)
    return strategy.query(X, y, model, batch_size=BATCH) - n_labeled


def cold_start():
    nothing = np.full(len(X), np.nan)
    able = []
    for cls in (pool.TypiClust, pool.ProbCover, pool.CoreSet, pool.MaxHerding):
        assert len(cls(random_state=0).query(X, nothing, batch_size=5)) == 5
        able.append(cls.__name__)
    ASKED.query(X, nothing, wrapped(), batch_size=5)  # at random, as all scores are equal
    return f"{len(able)} strategies"


def stopping():
    return unless_named(skactiveml, "stop")


def simulation():
    return unless_named(skactiveml, "simul", "experiment", "learning_curve", "benchmark")


def labeling():
    return unless_named(skactiveml, "session", "widget", "oracle", "persist", "main")


def annotators():
    from skactiveml.classifier.multiannotator import AnnotatorLogisticRegression
    from skactiveml.pool.multiannotator import SingleAnnotatorWrapper

    labels = np.stack([Y % 2, 1 - Y % 2, Y % 2], axis=1).astype(float)
    labels[50:] = np.nan
    model = AnnotatorLogisticRegression(classes=[0, 1], random_state=0)
    model.fit(X, labels).predict(X)
    pairs = SingleAnnotatorWrapper(ASKED, random_state=0).query(
        X, labels, clf=SklearnClassifier(LogisticRegression(), classes=[0, 1])
    )
    assert pairs.shape == (1, 2)  # a sample, and who should label it
    return "models of annotators; which annotator to ask"


def partitions():
    Counted = type("Counted", (Counting, LogisticRegression), {})
    rows = dask.array.from_array(X, chunks=(50, -1))
    ASKED.query(rows, PARTLY, wrapped(Counted()), batch_size=5)
    return "yes" if Counting.largest < len(X) - 50 else "no"


def networks():
    import torch
    from skactiveml.classifier import SkorchClassifier

    model = SkorchClassifier(
        torch.nn.Sequential(torch.nn.Linear(64, 16), torch.nn.ReLU(), torch.nn.Linear(16, 10)),
        criterion=torch.nn.CrossEntropyLoss,
        classes=range(10),
        neural_net_param_dict={"max_epochs": 2, "verbose": 0, "train_split": None},
    )
    single = X.astype(np.float32)
    assert len(ASKED.query(single, PARTLY, model, batch_size=5)) == 5
    return "skorch"


def transformers():
    return unless_named(skactiveml, "transformer", "setfit")


def streams():
    classes = [cls for cls in vars(stream).values() if inspect.isclass(cls)]
    able = [cls.__name__ for cls in classes if issubclass(cls, QueryStrategy)]
    able.remove("UncertaintyZliobaite")  # the base of others
    for name in able:
        cls, model = getattr(stream, name), wrapped().fit(X, PARTLY)
        with_classes = "classes" in inspect.signature(cls).parameters
        strategy = cls(random_state=0, **({"classes": range(10)} if with_classes else {}))
        params = {"clf": model} if "clf" in inspect.signature(strategy.query).parameters else {}
        if name == "StreamProbabilisticAL":
            params["clf"] = ParzenWindowClassifier(classes=range(10)).fit(X, PARTLY)
        strategy.query(X[50:60], **params)
    return f"{len(able)} strategies"


def optimization():
    return unless_named(skactiveml, "optimiz", "improvement")


def pictures():
    from skactiveml.visualization import plot_decision_boundary, plot_utilities

    plane, model = X[:, [20, 36]], SklearnClassifier(LogisticRegression(), classes=range(10))
    bound = np.array([plane.min(axis=0), plane.max(axis=0)])
    plot_utilities(ASKED, plane, PARTLY, clf=model, feature_bound=bound, res=5)
    two = SklearnClassifier(LogisticRegression(), classes=[0, 1])
    plot_decision_boundary(two.fit(plane, PARTLY % 2), bound, res=5)
    return "utilities and decision boundaries in the plane"


def bandit():
    return unless_named(skactiveml, "bandit", "bylearning", "exp4")


def chosen():
    X, y, rows = known_and_pool()
    everything = np.vstack([X, rows])
    known = np.concatenate([y, np.full(len(rows), np.nan)])

    def asks(strategy, model=None):
        models = {} if model is None else {"clf": model}
        return lambda: strategy.query(everything, known, batch_size=10, **models) - len(y)

    model = SklearnClassifier(LogisticRegression(max_iter=1000), classes=range(10))
    reg = SklearnRegressor(LinearRegression())
    ensemble = [
        SklearnClassifier(LogisticRegression(C=c, max_iter=1000), classes=range(10))
        for c in (0.01, 1, 100)
    ]
    greedy = {
        name: pool.GreedySamplingTarget(method=method, random_state=0)
        for name, method in (("GSy", "GSy"), ("iGS", "GSi"))
    }
    by_kl = pool.QueryByCommittee("KL_divergence", random_state=0)
    return {
        "least confidence": asks(UncertaintySampling("least_confident", random_state=0), model),
        "margin": asks(ASKED, model),
        "entropy": asks(UncertaintySampling("entropy", random_state=0), model),
        "mean KL": lambda: by_kl.query(everything, known, ensemble, batch_size=10) - len(y),
        "k-center": asks(pool.CoreSet(random_state=0)),
        "CAL": asks(pool.ContrastiveAL(random_state=0), model),
        "GSx": asks(pool.GreedySamplingX(random_state=0)),
        "GSy": lambda: greedy["GSy"].query(everything, known, reg, batch_size=10) - len(y),
        "iGS": lambda: greedy["iGS"].query(everything, known, reg, batch_size=10) - len(y),
    }


if __name__ == "__main__":
    report(globals(), chosen())
