"""Classifiers of every kind, and some that are wrong, each as a function of labeled samples."""

import numpy as np
import scipy.sparse as sp
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.cluster import KMeans
from sklearn.compose import make_column_transformer
from sklearn.ensemble import (
    BaggingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    VotingClassifier,
)
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression, Perceptron, RidgeClassifier, SGDClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.svm import SVC, SVR
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from skal import Committee
from skal.loss_prediction import LossPredictingClassifier


class Twisted(ClassifierMixin, BaseEstimator):
    """A classifier of the user one of whose methods gives an output of a wrong form."""

    def __init__(self, method="predict_proba", twist="row"):
        self.method = method
        self.twist = twist

    def fit(self, X, y):
        """Fit the classifier behind."""
        self.model_ = GaussianNB().fit(X, y)
        self.classes_ = self.model_.classes_
        return self

    def predict(self, X):
        """Return classes."""
        return self._twisted("predict", self.model_.predict(X))

    def predict_proba(self, X):
        """Return probabilities."""
        return self._twisted("predict_proba", self.model_.predict_proba(X))

    def member_proba(self, X):
        """Return probabilities of two equal members."""
        return self._twisted("member_proba", np.stack([self.model_.predict_proba(X)] * 2))

    def embed(self, X):
        """Return a space of two dimensions."""
        return self._twisted("embed", np.asarray(X, dtype=float)[:, :2])

    def predict_loss(self, X):
        """Return losses."""
        return self._twisted("predict_loss", 1 - self.model_.predict_proba(X).max(axis=1))

    def _twisted(self, method, output):
        if method != self.method:
            return output
        ASKED.append(method)
        return TWISTS[self.twist](output)


def _one_twice(out):
    return [0, *range(out.shape[max(out.ndim - 2, 0)])]


# The methods that gave wrong outputs, so that tests see whether one was asked.
ASKED = []
TWISTS = {
    "row": lambda out: np.delete(out, -1, axis=out.ndim - 2 if out.ndim > 2 else 0),
    "extra row": lambda out: np.take(out, _one_twice(out), axis=max(out.ndim - 2, 0)),
    "column": lambda out: np.concatenate([out, np.zeros_like(out[..., :1])], axis=-1),
    "nan": lambda out: out * np.nan,
    "flat": lambda out: out.ravel(),
    "deep": lambda out: out[None],
    "not normalized": lambda out: out * 2,
    "negative": lambda out: -out,
    "text": lambda out: np.full(out.shape, "a"),
    "nothing": lambda out: None,
    "sparse": lambda out: sp.csr_matrix(out.reshape(len(out), -1)),
    "complex": lambda out: out * 1j,
}  # fmt: skip
# Twists of an output that no reader can take for right.
_TWISTED = {
    "predict_proba": ["row", "extra row", "column", "nan", "flat", "deep", "not normalized"]
    + ["negative", "text", "nothing", "complex"],
    "member_proba": ["row", "extra row", "column", "nan", "not normalized", "nothing"],
    "embed": ["row", "extra row", "nothing", "text"],
    "predict_loss": ["row", "extra row", "nan", "nothing", "deep"],
    "predict": ["row", "extra row", "deep", "nothing"],
}


def _flat(X):
    return np.asarray(X).reshape(len(X), -1)


def _of_pairs(X):
    """Take samples of datasets, or rows of arrays, as a table."""
    return np.stack([np.asarray(X[i], dtype=float) for i in range(len(X))])


def _logistic(**params):
    return LogisticRegression(max_iter=30, **params)


def _svc(**params):
    # Values that are too large for it keep it busy for ever.
    return SVC(max_iter=300, **params)


def _scaled(model):
    return make_pipeline(StandardScaler(), model)


def _voting(kind):
    return VotingClassifier([("a", _logistic()), ("b", GaussianNB())], voting=kind)


def _predicting_losses():
    regressor = DecisionTreeRegressor(max_depth=2)
    return LossPredictingClassifier(_logistic(), cv=2, regressor=regressor)


TABLE_MODELS = {
    "logistic": lambda X, y: _logistic(),
    "default": lambda X, y: None,
    "bayes": lambda X, y: GaussianNB(),
    "tree": lambda X, y: DecisionTreeClassifier(max_depth=3),
    "neighbors": lambda X, y: KNeighborsClassifier(2),
    "svc": lambda X, y: _svc(),
    "svc linear": lambda X, y: _svc(kernel="linear"),
    "svc sigmoid": lambda X, y: _svc(kernel="sigmoid", gamma=0.1),
    "only predict": lambda X, y: OnlyPredict(),
    "ridge": lambda X, y: RidgeClassifier(),
    "perceptron": lambda X, y: Perceptron(max_iter=5),
    "sgd": lambda X, y: SGDClassifier(max_iter=5, tol=None),
    "pipeline": lambda X, y: _scaled(_logistic()),
    "pipeline svc": lambda X, y: _scaled(_svc()),
    "forest": lambda X, y: RandomForestClassifier(n_estimators=3, max_depth=3),
    "bagging": lambda X, y: BaggingClassifier(GaussianNB(), n_estimators=3),
    "boosting": lambda X, y: HistGradientBoostingClassifier(max_iter=2, min_samples_leaf=2),
    "committee": lambda X, y: Committee(_logistic(), n_members=3),
    "committee of trees": lambda X, y: Committee(DecisionTreeClassifier(), n_members=3),
    "list": lambda X, y: [_logistic(), DecisionTreeClassifier(max_depth=2), GaussianNB()],
    "list of decisions": lambda X, y: [_svc(), RidgeClassifier()],
    "voting": lambda X, y: _voting("soft"),
    "hard voting": lambda X, y: _voting("hard"),
    "search": lambda X, y: GridSearchCV(_logistic(), {"C": [0.1, 1]}, cv=2),
    "calibrated": lambda X, y: CalibratedClassifierCV(GaussianNB(), cv=2),
    "loss": lambda X, y: _predicting_losses(),
    "frozen": lambda X, y: FrozenEstimator(_logistic().fit(X, y)),
    "frozen pipeline": lambda X, y: FrozenEstimator(_scaled(_svc()).fit(X, y)),
    "frozen in committee": lambda X, y: [FrozenEstimator(_logistic().fit(X, y)), GaussianNB()],
}  # fmt: skip
INCREMENTAL = {"bayes", "perceptron", "sgd", "forest", "boosting"}
TEXT_MODELS = {
    "texts": lambda X, y: make_pipeline(TfidfVectorizer(), _logistic()),
    "texts ridge": lambda X, y: make_pipeline(TfidfVectorizer(), RidgeClassifier()),
    "texts bayes": lambda X, y: make_pipeline(TfidfVectorizer(), MultinomialNB()),
    "texts committee": lambda X, y: Committee(
        make_pipeline(TfidfVectorizer(), MultinomialNB()), n_members=3
    ),
}
CATEGORY_MODELS = {
    "columns": lambda X, y: make_pipeline(
        make_column_transformer(
            (OneHotEncoder(handle_unknown="ignore"), ["color"]), remainder="passthrough"
        ),
        _logistic(),
    ),
    "columns dense": lambda X, y: make_pipeline(
        make_column_transformer((OneHotEncoder(sparse_output=False), ["color"])),
        Committee(GaussianNB(), n_members=3),
    ),
    "boosting categories": lambda X, y: HistGradientBoostingClassifier(
        max_iter=2, min_samples_leaf=2, categorical_features="from_dtype"
    ),
}
BLOCK_MODELS = {"flattened": lambda X, y: make_pipeline(FunctionTransformer(_flat), _logistic())}
DATASET_MODELS = {"read": lambda X, y: make_pipeline(FunctionTransformer(_of_pairs), GaussianNB())}
KERNEL_MODELS = {
    "precomputed": lambda X, y: _svc(kernel="precomputed"),
    "neighbors precomputed": lambda X, y: KNeighborsClassifier(2, metric="precomputed"),
}
TWISTED_MODELS = {
    f"twisted {method}: {twist}": lambda X, y, method=method, twist=twist: Twisted(method, twist)
    for method, twists in _TWISTED.items()
    for twist in twists
}
WRONG_MODELS = {
    "regressor": lambda X, y: SVR(),
    "clusterer": lambda X, y: KMeans(2),
    "class": lambda X, y: LogisticRegression,
    "object": lambda X, y: object(),
    "text": lambda X, y: "logistic",
    "empty list": lambda X, y: [],
    "list of wrong": lambda X, y: [LogisticRegression(), 3],
    "transformer": lambda X, y: StandardScaler(),
    "without get_params": lambda X, y: Bare(),
    "fails in fit": lambda X, y: Failing("fit"),
    "fails in predict_proba": lambda X, y: Failing("predict_proba"),
}
MODELS = {
    **TABLE_MODELS,
    **TEXT_MODELS,
    **CATEGORY_MODELS,
    **BLOCK_MODELS,
    **DATASET_MODELS,
    **KERNEL_MODELS,
    **TWISTED_MODELS,
    **WRONG_MODELS,
}


class OnlyPredict(ClassifierMixin, BaseEstimator):
    """A classifier of the user with neither probabilities nor a decision function."""

    def fit(self, X, y, sample_weight=None):
        """Fit the classifier behind."""
        self.model_ = GaussianNB().fit(X, y, sample_weight)
        self.classes_ = self.model_.classes_
        return self

    def predict(self, X):
        """Return classes."""
        return self.model_.predict(X)


class Bare:
    """A classifier that is not an estimator of scikit-learn."""

    def fit(self, X, y):
        """Remember the classes."""
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        """Return the first class."""
        return np.repeat(self.classes_[:1], len(X))


class Failing(ClassifierMixin, BaseEstimator):
    """A classifier of the user that raises an error of its own."""

    def __init__(self, method="fit"):
        self.method = method

    def fit(self, X, y):
        """Remember the classes."""
        self._fail("fit")
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        """Return the first class."""
        return np.repeat(self.classes_[:1], len(X))

    def predict_proba(self, X):
        """Return equal probabilities."""
        self._fail("predict_proba")
        return np.full((len(X), len(self.classes_)), 1 / len(self.classes_))

    def _fail(self, method):
        if method == self.method:
            raise ZeroDivisionError("an error of the user's own")
