"""What skal can do, found out by running it. See `check_peers.py`."""

import importlib.util
import os
import subprocess
import sys
import tempfile

import numpy as np
import pandas as pd
from probing import BATCH, Counting, batches, digits, known_and_pool, report, unless_named
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import BayesianRidge, LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.svm import SVC
from sklearn.utils.estimator_checks import check_estimator

import skal
from skal import ActiveLearner, Committee, LabelBudgetClassifier
from skal import strategies as ours
from skal.simulation import label_curve
from skal.testing import all_strategies

X, Y = digits()


def learner(estimator=None, strategy=None):
    return ActiveLearner(estimator, strategy, random_state=0).fit(X[:50], Y[:50])


def classifiers():
    for estimator in (LogisticRegression(), RandomForestClassifier(), SVC()):
        assert len(learner(estimator).query(X[50:], n=5)) == 5
    return "as they are"


def svc():
    assert len(learner(SVC(), "margin").query(X[50:], n=5)) == 5
    return "yes"


def grids():
    clone(learner())
    search = GridSearchCV(
        LabelBudgetClassifier(ActiveLearner(), budget=60, random_state=0),
        {"learner__strategy": [ours.UncertaintySampling(), ours.RandomSampling()]},
        cv=2,
    )
    assert len(search.fit(X, Y).cv_results_["params"]) == 2
    return "`clone` and `GridSearchCV`"


def estimator_checks():
    results = check_estimator(ActiveLearner(LogisticRegression()), on_fail=None, on_skip=None)
    failed = sum(result["status"] == "failed" for result in results)
    return f"{failed} of {len(results)} fail" if failed else "all pass"


def frames():
    frame = pd.DataFrame({"word": ["a", "b", "c", "d"] * 25, "number": np.arange(100.0)})
    y = np.arange(100) % 2
    encoder = make_column_transformer((OneHotEncoder(), ["word"]), remainder="passthrough")
    model = make_pipeline(encoder, LogisticRegression(max_iter=1000))
    one = ActiveLearner(model, random_state=0).fit(frame[:20], y[:20])
    positions = one.query(frame[20:], n=5)
    one.teach(frame[20:].iloc[positions], y[20:][positions])
    return "yes"


def regression():
    one = learner(BayesianRidge(), ours.StandardDeviation())
    assert len(one.query(X[50:], n=5)) == 5
    return "yes"


def several_labels():
    labels = np.stack([Y % 2, Y > 4, Y % 3 == 0], axis=1).astype(int)
    one = ActiveLearner(RandomForestClassifier(), random_state=0).fit(X[:50], labels[:50])
    assert len(one.query(X[50:], n=5)) == 5
    return "yes"


def strategies():
    return batches({cls.__name__: chooser(cls) for cls in all_strategies()})


def chooser(cls):
    def choose(X, y, pool, seed):
        estimator, params, given = LogisticRegression(), {}, {}
        if cls.__name__ in NEED_MEMBERS:
            estimator = Committee(LogisticRegression(), n_members=5)
        if cls.__name__ in NEED_NUMBERS:
            estimator = Committee(BayesianRidge(), n_members=5)
        if cls is ours.LearningLoss:
            from skal.loss_prediction import LossPredictingClassifier

            estimator = LossPredictingClassifier(LogisticRegression())
        if cls is ours.MultilabelUncertainty:
            estimator, y = RandomForestClassifier(), np.stack([y == k for k in range(3)], 1) * 1
        if cls is ours.SimpleMargin:
            estimator = SVC()
        if cls is ours.ExpectedCost:
            params = {"cost": 1 - np.eye(3)}
        if cls is ours.Relevance:
            params = {"positive": 1}
        if cls is ours.CostAware:
            given = {"prices": np.ones(len(pool))}
        one = ActiveLearner(estimator, cls(**params), random_state=seed).fit(X, y)
        return one.query(pool, n=BATCH, **given)

    return choose


NEED_MEMBERS = {"QueryByCommittee", "BALD", "BatchBALD", "EPIG"}
NEED_NUMBERS = {"StandardDeviation", "GreedyY", "ImprovedGreedy", "ExpectedModelChange"}


def cold_start():
    able = []
    for name in ("max_herding", "coreset", "kmeans", "typi_clust", "prob_cover"):
        one = ActiveLearner(cold_start=name, random_state=0)
        assert len(one.query(X, n=5)) == 5
        able.append(name)
    selection = ActiveLearner(random_state=0).select(X, n=5)
    assert isinstance(selection.strategy, ours.MaxHerding)
    return f"{len(able)} strategies, one by default"


def stopping():
    from skal import stopping as room

    kinds = [
        room.StabilizingPredictions(),
        room.OverallUncertainty(0.1),
        room.ClassificationChange(0.01),
        room.ExpectedError(0.05),
        room.LabelBudget(60),
    ]
    for kind in kinds:
        game = LabelBudgetClassifier(ActiveLearner(), budget=80, stopping=kind, random_state=0)
        assert len(game.fit(X, Y).n_labels_) > 1
    return f"{len(kinds)} criteria, combined with and, or"


def simulation():
    curves = label_curve({"margin": learner(None, "margin")}, X, Y, cv=2, budget=60)
    assert "random" in curves.scores
    return "with random sampling beside"


def labeling():
    with tempfile.TemporaryDirectory() as folder:
        data = os.path.join(folder, "data.csv")
        frame = pd.DataFrame(X[:60, 20:30]).add_prefix("pixel")
        frame.assign(target=[str(label) for label in Y[:20]] + [None] * 40).to_csv(data)
        batch, out = os.path.join(folder, "batch.csv"), os.path.join(folder, "out.csv")
        call("next", data, "--label", "target", "-n", "5", "-o", batch)
        filled = pd.read_csv(batch)
        filled["target"] = 3
        filled.to_csv(batch, index=False)
        call("add", data, batch)
        call("export", data, "-o", out)
        assert pd.read_csv(out)["target"].notna().sum() == 25
    from skal.label_studio import LabelStudio  # noqa: F401
    from skal.session import LabelingSession

    assert callable(LabelingSession.widget)
    return "command line, notebook, Label Studio; every label is saved"


def call(*words):
    run = [sys.executable, "-m", "skal", *words]
    done = subprocess.run(run, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def annotators():
    from skal.label_quality import dawid_skene, find_label_issues

    labels = np.stack([Y % 2, Y % 2, 1 - Y % 2], axis=1)
    dawid_skene(labels)
    proba = LogisticRegression().fit(X, Y).predict_proba(X)
    find_label_issues(proba, Y)
    return "finds wrong labels, asks again, resolves disagreement"


def partitions():
    import dask.array

    Counted = type("Counted", (Counting, LogisticRegression), {})
    one = learner(Counted(), "margin")
    Counting.largest = 0
    one.query(dask.array.from_array(X[50:], chunks=(50, -1)), n=5)
    assert 0 < Counting.largest <= 50, Counting.largest
    return "yes"


def networks():
    import torch

    from skal.torch import TorchClassifier

    net = torch.nn.Sequential(torch.nn.Linear(64, 16), torch.nn.ReLU(), torch.nn.Linear(16, 10))
    one = learner(TorchClassifier(net, max_epochs=2, random_state=0))
    assert len(one.query(X[50:].astype(np.float32), n=5)) == 5
    return "`TorchClassifier`"


def transformers():
    return unless_named(skal, "huggingface", "setfit")


def streams():
    return unless_named(skal, "stream")


def optimization():
    return unless_named(skal, "bayesianopt", "improvement")


def pictures():
    import matplotlib

    from skal import plotting

    matplotlib.use("agg")
    plotting.QueryDisplay.from_learner(learner(), X[50:], n=5).plot()
    return "label curves, queries, class balance"


def bandit():
    return unless_named(skal, "bandit", "bylearning", "exp4")


def chosen():
    X, y, pool = known_and_pool()
    members = [LogisticRegression(C=c, max_iter=1000) for c in (0.01, 1, 100)]

    def asks(strategy, estimator=None, n=10):
        estimator = estimator or LogisticRegression(max_iter=1000)
        one = ActiveLearner(estimator, strategy, random_state=0).fit(X, y)
        return lambda: one.query(pool, n=n)

    least = ours.UncertaintySampling("least_confidence")
    strategies = {
        "least confidence": asks("least_confidence"),
        "margin": asks("margin"),
        "entropy": asks("entropy"),
        "ranked batch": asks(ours.RankedBatch(least)),
        "consensus entropy": asks(ours.QueryByCommittee("consensus_entropy"), members),
        "largest KL": asks(ours.QueryByCommittee("max_kl"), members),
        "mean KL": asks(ours.QueryByCommittee("kl"), members),
        "k-center": asks(ours.CoreSet()),
        "CAL": asks(ours.ContrastiveSampling(n_neighbors=5)),
        "GSx": asks(ours.GreedyX(), LinearRegression()),
        "GSy": asks(ours.GreedyY(), LinearRegression()),
        "iGS": asks(ours.ImprovedGreedy(), LinearRegression()),
    }
    for name in ("least_confidence", "margin", "entropy"):
        strategies[name.replace("_", " ") + ", one sample"] = asks(name, n=1)
    return strategies


if __name__ == "__main__":
    assert importlib.util.find_spec("skal")
    report(globals(), chosen())
