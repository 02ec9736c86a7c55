"""A loop of active learning with scikit-activeml."""

import numpy as np
from skactiveml.classifier import SklearnClassifier
from skactiveml.pool import UncertaintySampling
from skactiveml.utils import MISSING_LABEL
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

X, y_true = load_digits(return_X_y=True)
X = X / 16
X_test, y_test = X[1000:], y_true[1000:]
X, y_true = X[:1000], y_true[:1000]

y = np.full(len(X), MISSING_LABEL)
y[:50] = y_true[:50]
clf = SklearnClassifier(LogisticRegression(max_iter=1000), classes=range(10))
qs = UncertaintySampling(method="margin_sampling", random_state=0)
for _ in range(5):
    query_idx = qs.query(X, y, clf, batch_size=10)
    y[query_idx] = y_true[query_idx]
    clf.fit(X, y)
    print(query_idx.tolist(), round(clf.score(X_test, y_test), 2))
