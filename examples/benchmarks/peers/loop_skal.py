"""The loop of the others, with skal."""

import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from skal import ActiveLearner

X, y = load_digits(return_X_y=True)
X = X / 16
X_test, y_test = X[1000:], y[1000:]
X_pool, y_pool = X[50:1000], y[50:1000]

learner = ActiveLearner(LogisticRegression(max_iter=1000), "margin").fit(X[:50], y[:50])
for _ in range(5):
    i = learner.query(X_pool, n=10)
    learner.teach(X_pool[i], y_pool[i])
    X_pool, y_pool = np.delete(X_pool, i, axis=0), np.delete(y_pool, i)
    print(sorted(i.tolist()), round(learner.score(X_test, y_test), 2))
