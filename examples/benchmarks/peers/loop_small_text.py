"""A loop of active learning with small-text."""

import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from small_text import (
    LABEL_UNLABELED,
    BreakingTies,
    PoolBasedActiveLearner,
    SklearnClassifierFactory,
    SklearnDataset,
)

X, y = load_digits(return_X_y=True)
X = X / 16
classes = np.arange(10)
test = SklearnDataset(X[1000:], y[1000:], target_labels=classes)
unlabeled = np.full(1000, LABEL_UNLABELED)
train = SklearnDataset(X[:1000], unlabeled, target_labels=classes)

factory = SklearnClassifierFactory(LogisticRegression(max_iter=1000), num_classes=10)
learner = PoolBasedActiveLearner(factory, BreakingTies(), train)
learner.initialize_data(np.arange(50), y[:50])
for _ in range(5):
    indices = learner.query(num_samples=10)
    learner.update(y[indices])
    accuracy = np.mean(learner.classifier.predict(test) == y[1000:])
    print(sorted(indices.tolist()), round(accuracy, 2))
