"""A loop of active learning with modAL."""

import numpy as np
from modAL.models import ActiveLearner
from modAL.uncertainty import margin_sampling
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

X, y = load_digits(return_X_y=True)
X = X / 16
X_test, y_test = X[1000:], y[1000:]
X_pool, y_pool = X[50:1000], y[50:1000]

learner = ActiveLearner(
    estimator=LogisticRegression(max_iter=1000),
    query_strategy=margin_sampling,
    X_training=X[:50],
    y_training=y[:50],
)
for _ in range(5):
    query_idx, query_inst = learner.query(X_pool, n_instances=10)
    learner.teach(query_inst, y_pool[query_idx])
    X_pool = np.delete(X_pool, query_idx, axis=0)
    y_pool = np.delete(y_pool, query_idx)
    print(sorted(query_idx.tolist()), round(learner.score(X_test, y_test), 2))
