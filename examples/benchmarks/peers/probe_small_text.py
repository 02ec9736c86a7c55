"""What small-text can do, found out by running it. See `check_peers.py`."""

import inspect
import os
import tempfile

import dask.array
import numpy as np
import pandas as pd
import small_text
import torch
from probing import BATCH, Counting, batches, digits, fails, known_and_pool, report, unless_named
from scipy.sparse import csr_matrix
from sklearn.base import clone
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.svm import SVC
from small_text import (
    BreakingTies,
    PoolBasedActiveLearner,
    QueryStrategy,
    SklearnClassifierFactory,
    SklearnDataset,
)
from small_text.integrations.pytorch.classifiers.factories import KimCNNFactory
from small_text.integrations.pytorch.datasets import PytorchTextClassificationDataset
from small_text.integrations.transformers import TransformerModelArguments, TransformersDataset
from small_text.integrations.transformers.classifiers.factories import (
    TransformerBasedClassificationFactory,
)

X, Y = digits()
CLASSES = np.arange(10)


def learner(estimator=None, strategy=None, x=X, y=Y, kwargs=None):
    classes = np.arange(y.shape[1]) if y.ndim == 2 else CLASSES
    data = SklearnDataset(x, y, target_labels=classes)
    model = estimator or LogisticRegression()
    factory = SklearnClassifierFactory(model, len(classes), kwargs=kwargs or {})
    one = PoolBasedActiveLearner(factory, strategy or BreakingTies(), data)
    one.initialize_data(np.arange(50), y[:50])
    return one


def classifiers():
    assert len(learner().query(num_samples=5)) == 5
    data = SklearnDataset(X, Y, target_labels=CLASSES)
    fails(
        lambda: PoolBasedActiveLearner(LogisticRegression(), BreakingTies(), data).initialize_data(
            np.arange(50), Y[:50]
        )
    )
    return "in `SklearnClassifierFactory`"


def svc():
    error = fails(lambda: learner(SVC()).query(num_samples=5))
    assert "predict_proba" in error, error
    return "no"


def grids():
    fails(lambda: clone(BreakingTies()))
    fails(lambda: GridSearchCV(learner(), {}, cv=2).fit(X, Y))
    return "no"


def estimator_checks():
    from sklearn.utils.estimator_checks import check_estimator

    fails(lambda: check_estimator(learner()))
    return "no"


def frames():
    frame = pd.DataFrame(X, columns=[f"pixel{i}" for i in range(64)])
    fails(lambda: learner(x=frame).query(num_samples=5))
    return "no"


def regression():
    fails(lambda: learner(LinearRegression()).query(num_samples=5))
    return unless_named(small_text, "regress")


def several_labels():
    labels = csr_matrix(np.stack([Y % 2, Y > 4, Y % 3 == 0], axis=1).astype(int))
    strategy = small_text.CategoryVectorInconsistencyAndRanking(pbar=None)
    one = learner(strategy=strategy, y=labels, kwargs={"multi_label": True})
    assert len(one.query(num_samples=5)) == 5
    return "yes"


def strategies():
    from small_text.integrations.pytorch.query_strategies import strategies as for_networks

    places = [vars(small_text.query_strategies), vars(for_networks)]
    classes = {
        name: cls
        for place in places
        for name, cls in place.items()
        if inspect.isclass(cls) and issubclass(cls, QueryStrategy) and not inspect.isabstract(cls)
    }
    return batches({name: chooser(cls) for name, cls in classes.items()})


class Embedding(small_text.SklearnClassifier, small_text.EmbeddingMixin):
    """A classifier whose embedding is X, as strategies of embeddings need one."""

    def embed(self, dataset, return_proba=False, **kwargs):
        return (dataset.x, self.predict_proba(dataset)) if return_proba else dataset.x

    def predict_proba(self, dataset, dropout_sampling=1):
        proba = super().predict_proba(dataset)
        if dropout_sampling == 1:
            return proba
        return np.stack([proba**power for power in (0.5, 1, 2)], axis=1)


def chooser(cls):
    def choose(X, y, pool, seed):
        np.random.seed(seed)
        everything = np.vstack([X, pool])
        labels = np.concatenate([y, np.zeros(len(pool), dtype=int)])
        data = SklearnDataset(everything, labels, target_labels=np.arange(3))
        model = Embedding(LogisticRegression(), 3)
        known, unlabeled = np.arange(len(y)), np.arange(len(y), len(everything))
        model.fit(SklearnDataset(X, y, target_labels=np.arange(3)))
        wanted = inspect.signature(cls).parameters
        offered = {
            "base_query_strategy": BreakingTies(),
            "classifier_factory": SklearnClassifierFactory(LogisticRegression(), 2),
            "num_iterations": 2,
            "num_classes": 3,
            "layer_name": "none",
        }
        if cls.__module__.startswith("small_text.query_strategies"):
            offered["pbar"] = None
        given = {name: value for name, value in offered.items() if name in wanted}
        labels_known = y
        if cls is small_text.CategoryVectorInconsistencyAndRanking:
            model = Embedding(LogisticRegression(), 3, multi_label=True)
            labels_known = csr_matrix(np.stack([y == k for k in range(3)], axis=1).astype(int))
            model.fit(SklearnDataset(X, labels_known, target_labels=np.arange(3)))
        chosen = cls(**given).query(model, data, unlabeled, known, labels_known, n=BATCH)
        return np.asarray(chosen) - len(y)

    return choose


def cold_start():
    data = SklearnDataset(X, Y, target_labels=CLASSES)
    factory = SklearnClassifierFactory(LogisticRegression(), 10)
    one = PoolBasedActiveLearner(factory, BreakingTies(), data)
    assert "LearnerNotInitialized" in fails(lambda: one.query())
    assert len(small_text.random_initialization(X, 5)) == 5
    return "at random"


def stopping():
    kinds = [
        small_text.ClassificationChange(10),
        small_text.KappaAverage(10),
        small_text.DeltaFScore(2),
        small_text.OverallUncertainty(10),
        small_text.MaxIterations(3),
    ]
    proba = LogisticRegression().fit(X[:50], Y[:50]).predict_proba(X)
    for kind in kinds:
        for _ in range(5):
            predictions = proba.argmax(axis=1) % 2
            stop = kind.stop(
                predictions=predictions, proba=proba, indices_stopping=np.arange(len(X))
            )
        assert stop in (True, False)
    return f"{len(kinds)} criteria"


def simulation():
    return unless_named(small_text, "simul", "experiment_", "learning_curve", "benchmark")


def labeling():
    one = learner()
    with tempfile.NamedTemporaryFile() as file:
        one.save(file.name)
        assert len(PoolBasedActiveLearner.load(file.name).query(num_samples=5)) == 5
    unless_named(small_text, "session", "widget", "oracle", "console")
    return "saves the learner to a file"


def annotators():
    return unless_named(small_text, "annotator", "crowd", "suspect", "noise")


def partitions():
    Counted = type("Counted", (Counting, LogisticRegression), {})
    rows = dask.array.from_array(X, chunks=(50, -1))
    try:
        learner(Counted(), x=rows).query(num_samples=5)
    except Exception:
        return "no"
    return "yes" if Counting.largest < len(X) - 50 else "no"


def networks():
    random = torch.Generator().manual_seed(0)
    texts = [(torch.randint(1, 20, (12,), generator=random), k % 2) for k in range(40)]
    data = PytorchTextClassificationDataset(texts, range(20), target_labels=np.arange(2))
    words = torch.rand(20, 8, generator=random)
    params = {"embedding_matrix": words, "num_epochs": 1, "device": "cpu", "max_seq_len": 12}
    one = PoolBasedActiveLearner(KimCNNFactory("kimcnn", 2, params), BreakingTies(), data)
    one.initialize_data(np.arange(20), np.arange(20) % 2)
    assert len(one.query(num_samples=5)) == 5
    return "`KimCNNClassifier`, for texts"


def transformers():
    import transformers as library

    words = "[PAD] [UNK] [CLS] [SEP] [MASK] good bad film".split()
    config = library.BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
    )
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "vocab.txt"), "w") as file:
            file.write("\n".join(words))
        tokenizer = library.BertTokenizer(file.name)
        tokenizer.save_pretrained(folder)
        library.BertForSequenceClassification(config).save_pretrained(folder)
        texts = ["good film", "bad film"] * 20
        data = TransformersDataset.from_arrays(
            texts, np.arange(40) % 2, tokenizer, target_labels=np.arange(2), max_length=8
        )
        params = {"device": "cpu", "num_epochs": 1, "mini_batch_size": 8}
        model = TransformerModelArguments(folder)
        factory = TransformerBasedClassificationFactory(model, 2, kwargs=params)
        one = PoolBasedActiveLearner(factory, BreakingTies(), data)
        one.initialize_data(np.arange(20), np.arange(20) % 2)
        assert len(one.query(num_samples=5)) == 5
    return f"yes (transformers {library.__version__})"


def streams():
    return unless_named(small_text, "stream")


def optimization():
    return unless_named(small_text, "bayesianopt", "expectedimprovement")


def pictures():
    return unless_named(small_text, "plot", "display", "visual")


def bandit():
    return unless_named(small_text, "bandit", "bylearning", "exp4")


def chosen():
    X, y, pool = known_and_pool()
    everything = np.vstack([X, pool])
    labels = np.concatenate([y, np.zeros(len(pool), dtype=int)])
    data = SklearnDataset(everything, labels, target_labels=CLASSES)
    model = Embedding(LogisticRegression(max_iter=1000), 10)
    model.fit(SklearnDataset(X, y, target_labels=CLASSES))
    rows = np.arange(len(y)), np.arange(len(y), len(everything))

    def asks(strategy):
        return lambda: strategy.query(model, data, rows[1], rows[0], y, n=10) - len(y)

    return {
        "least confidence": asks(small_text.LeastConfidence()),
        "margin": asks(BreakingTies()),
        "entropy": asks(small_text.PredictionEntropy()),
        "k-center": asks(small_text.GreedyCoreset(normalize=False)),
        "CAL": asks(small_text.ContrastiveActiveLearning(normalize=False, pbar=None)),
    }


if __name__ == "__main__":
    report(globals(), chosen())
