"""
Deep active learning on images
==============================

A small convolutional network with dropout classifies handwritten digits. All strategies that read
outputs of networks play the same game: 20 random initial labels, then batches of 20. Needs
``pip install ".[torch,plot]"``.
"""

# %%
# The network
# -----------
#
# A function takes the shape of a sample and the number of classes and returns the network, which
# is built anew and trained from scratch whenever there are new labels. Classes that appear late
# therefore cause no problem.

from sklearn.datasets import load_digits
from torch import nn

from skal.torch import LossPredictionHead, TorchClassifier

X, y = load_digits(return_X_y=True)
X = (X / 16).reshape(-1, 1, 8, 8).astype("float32")


def network(input_shape, n_classes):
    return nn.Sequential(
        nn.Conv2d(input_shape[0], 16, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(16, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Dropout(0.25),
        nn.Flatten(),
        nn.Linear(256, 64),
        nn.ReLU(),
        nn.Dropout(0.25),
        nn.Linear(64, n_classes),
    )


classifier = TorchClassifier(network, max_epochs=100, batch_size=16, lr=2e-3, n_members=20)

# %%
# The strategies
# --------------
#
# All but the last use the same classifier. Entropy reads the probabilities of one forward pass.
# Monte Carlo dropout gives 20 members that leave out different units. The next three strategies
# read their mean, their disagreement and their joint predictions. CoreSet and BADGE compare
# samples by the input of the last layer. Learning loss adds a head to the network that is trained
# to predict losses.

from skal import ActiveLearner
from skal.strategies import (
    BADGE,
    BALD,
    BatchBALD,
    CoreSet,
    LearningLoss,
    QueryByCommittee,
    UncertaintySampling,
)

with_head = TorchClassifier(**classifier.get_params()).set_params(
    loss_prediction=LossPredictionHead(layers=["1", "3", "8"], width=32)
)
learners = {
    "entropy": ActiveLearner(classifier, UncertaintySampling("entropy")),
    "entropy, MC dropout": ActiveLearner(classifier, QueryByCommittee("consensus_entropy")),
    "BALD": ActiveLearner(classifier, BALD()),
    "BatchBALD": ActiveLearner(classifier, BatchBALD(n_joint_samples=2000, n_candidates=200)),
    "CoreSet": ActiveLearner(classifier, CoreSet()),
    "BADGE": ActiveLearner(classifier, BADGE()),
    "learning loss": ActiveLearner(with_head, LearningLoss()),
}

# %%
# The game
# --------
#
# Five splits into samples to label and to test on, each with its own initial labels and seeds.

from sklearn.model_selection import StratifiedShuffleSplit

from skal.simulation import label_curve

curves = label_curve(
    learners,
    X,
    y,
    cv=StratifiedShuffleSplit(n_splits=5, test_size=0.4, random_state=0),
    n_initial=20,
    batch_size=20,
    budget=120,
    random_state=0,
    n_jobs=2,
)

# %%
# Label curves
# ------------

from skal.plotting import LabelCurveDisplay

display = LabelCurveDisplay.from_label_curves(curves, spread=False)

# %%
# Which of them differ?
# ---------------------
#
# The area under each curve minus that of random sampling on the same split, with the standard
# error over the splits. Five splits do not tell a strategy apart from random sampling if this is
# less than two standard errors away from 0, nor two strategies whose difference is that small.
# Splits share samples, which makes the standard errors somewhat too small.

import numpy as np

area = {name: scores.mean(axis=1) for name, scores in curves.scores.items()}
for name in learners:
    gain = area[name] - area["random"]
    error = gain.std(ddof=1) / np.sqrt(len(gain))
    verdict = "not told apart from random" if abs(gain.mean()) < 2 * error else ""
    print(f"{name:>20}  {gain.mean():+.3f} +- {error:.3f}  {verdict}")

# %%
# The strategy with the largest area, and those within two standard errors of it:

best = max(learners, key=lambda name: area[name].mean())
close = []
for name in learners:
    difference = area[best] - area[name]
    if difference.mean() <= 2 * difference.std(ddof=1) / np.sqrt(len(difference)):
        close.append(name)
print(f"best by area: {best}; not told apart from it: {', '.join(n for n in close if n != best)}")
