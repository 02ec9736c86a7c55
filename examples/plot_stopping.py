"""
When to stop
============

A stopping criterion decides without test labels when to stop labeling. How many labels does it
spend, and how much accuracy is lost by stopping? In this example each criterion stops simulations
on four data sets, and is compared with the same simulation continued until half of the samples are
labeled.
"""

# %%
# The simulations
# ---------------
#
# Each simulation is margin sampling with a logistic regression, 20 initial labels and batches of
# 10, on five splits of each data set.

import os

import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_digits, load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

here = os.path.dirname(os.path.abspath(__file__)) if "__file__" in globals() else os.getcwd()
heart = pd.read_csv(os.path.join(here, "data", "heart.csv"))
X_heart = pd.get_dummies(heart.drop(columns="heart_disease"), dtype=float).to_numpy()
X_digits, y_digits = load_digits(return_X_y=True)
data_sets = {
    "digits": (X_digits[:1000], y_digits[:1000]),
    "breast cancer": load_breast_cancer(return_X_y=True),
    "wine": load_wine(return_X_y=True),
    "heart": (X_heart, heart["heart_disease"].to_numpy()),
}

# %%
# The criteria
# ------------
#
# Two criteria compare predictions on a fixed sample of the pool, and two rely on the predicted
# probabilities.

from skal.stopping import (
    ClassificationChange,
    ExpectedError,
    OverallUncertainty,
    StabilizingPredictions,
)

criteria = {
    "stabilizing predictions": StabilizingPredictions(window=3, threshold=0.99),
    "classification change": ClassificationChange(threshold=0.005),
    "overall uncertainty": OverallUncertainty(threshold=0.25),
    "expected error": ExpectedError(threshold=0.03),
}

# %%
# Labels spent against accuracy lost
# ----------------------------------
#
# Accuracies are measured on test samples. The accuracy lost is the accuracy with the full budget
# minus the accuracy at the stop, in percentage points. Below 0 the accuracy at the stop was
# higher.

from joblib import Parallel, delayed
from sklearn.model_selection import StratifiedShuffleSplit

from skal import ActiveLearner, LabelBudgetClassifier
from skal.strategies import UncertaintySampling


def play(X, y, train, test, seed):
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))
    learner = ActiveLearner(model, UncertaintySampling("margin"))
    game = LabelBudgetClassifier(
        learner, n_initial=20, batch_size=10, budget=len(y) // 2, random_state=seed
    )
    full = game.fit(X[train], y[train])
    n_full, best = full.n_labels_[-1], full.score(X[test], y[test])
    ends = {}
    for name, criterion in criteria.items():
        game = LabelBudgetClassifier(**full.get_params(deep=False)).set_params(stopping=criterion)
        game.fit(X[train], y[train])
        lost = 100 * (best - game.score(X[test], y[test]))
        ends[name] = 100 * game.n_labels_[-1] / n_full, lost
    return ends


results = {}
for data, (X, y) in data_sets.items():
    splits = StratifiedShuffleSplit(n_splits=5, test_size=0.4, random_state=0).split(X, y)
    results[data] = Parallel(n_jobs=2)(
        delayed(play)(X, y, train, test, seed) for seed, (train, test) in enumerate(splits)
    )
print(f"{'':>14} {'':>24} {'labels spent':>18} {'points lost':>20}")
for data, runs in results.items():
    for name in criteria:
        spent, lost = np.array([run[name] for run in runs]).T
        print(
            f"{data:>14} {name:>24} {spent.mean():9.0f} % +- {spent.std():3.0f}"
            f" {lost.mean():11.1f} +- {lost.std():.1f}"
        )

# %%
# A marker near the lower left corner is a good stop. At the right edge, the criterion was not met
# within the budget: on noisy data a model stays uncertain, and the predicted probability of an
# error never becomes small. A marker far up is a stop by a model that was too certain.

import matplotlib.pyplot as plt

colors = dict(zip(criteria, ["#0072B2", "#D55E00", "#009E73", "#CC79A7"], strict=True))
markers = dict(zip(data_sets, "osD^", strict=True))
fig, ax = plt.subplots(figsize=(6.4, 4.4), layout="constrained")
for data, runs in results.items():
    for name in criteria:
        spent, lost = np.array([run[name] for run in runs]).mean(axis=0)
        ax.scatter(spent, lost, color=colors[name], marker=markers[data], s=55)
for name, color in colors.items():
    ax.scatter([], [], color=color, marker="o", label=name)
for data, marker in markers.items():
    ax.scatter([], [], color="#767676", marker=marker, label=data)
ax.axhline(0, color="#767676", linestyle="--", linewidth=1)
ax.set_xlabel("Labels spent (% of the budget)")
ax.set_ylabel("Accuracy lost (percentage points)")
ax.legend(frameon=False, ncols=2, fontsize=8)
ax.spines[["top", "right"]].set_visible(False)
