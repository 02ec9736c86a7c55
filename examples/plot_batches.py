"""
What a batch looks like
=======================

A person labels many samples at a time, so a learner asks for a batch of samples. The best batch
does not consist of the best single samples: if two samples are similar, the label of one predicts
the label of the other. This example shows on two-dimensional data how to keep similar samples out
of a batch. For batches of all strategies see :doc:`/user_guide/gallery_of_strategies`.
"""

# %%
# A pool with copies and outliers
# -------------------------------
#
# Three classes meet in the middle, each of two clusters of unequal size. Thirty samples are near
# copies of each other and lie where two classes meet. Six samples are far from all others.

import numpy as np

rng = np.random.RandomState(0)
centers = np.array([[-2.6, 1.4], [-1.3, 2.3], [2.6, 1.4], [1.3, 0.6], [-0.6, -2.2], [0.9, -1.4]])
sizes = [90, 30, 90, 30, 90, 30]
clusters = np.repeat(centers, sizes, axis=0) + 0.55 * rng.normal(size=(sum(sizes), 2))
copies = [0.1, 1.6] + 0.03 * rng.normal(size=(30, 2))
outliers = np.array([[-5.2, 3.4], [-4.9, -3.2], [4.9, -3.3], [5.2, 3.5], [0.3, 4.2], [-5.4, 0.1]])
X_pool = np.vstack([clusters, copies, outliers])

y = np.repeat([0, 1, 2], 8)
X = centers[2 * y + rng.randint(2, size=len(y))] + 0.7 * rng.normal(size=(len(y), 2))

# %%
# All strategies use the same model, a committee of 20 logistic regressions, each fitted on its own
# bootstrap sample of the 24 labels. Strategies that do not need a committee use the mean of the
# members' probabilities.

from sklearn.linear_model import LogisticRegression

from skal import ActiveLearner, Committee

learner = ActiveLearner(Committee(LogisticRegression(), n_members=20), random_state=0).fit(X, y)

# %%
# Six strategies, eight samples each
# ----------------------------------

from skal.embeddings import KernelEmbedding
from skal.strategies import (
    CoreSet,
    Distinct,
    KMeansSampling,
    Shortlist,
    StochasticBatch,
    UncertaintyHerding,
    UncertaintySampling,
)

margin = UncertaintySampling("margin")
strategies = {
    "Margin": margin,
    "Stochastic margin": StochasticBatch(margin, beta=4),
    "Distinct margin": Distinct(margin, min_distance=0.5),
    "Margin, then CoreSet": Shortlist(margin, CoreSet()),
    "UncertaintyHerding": UncertaintyHerding(),
    "KMeansSampling, RBF kernel": KMeansSampling(KernelEmbedding("rbf", gamma=1.0)),
}

# %%
# All strategies choose from the same pool. The table lists the mean and the smallest distance
# between two samples of the batch, and the mean uncertainty of the batch, which is 1 on a
# boundary.

batches = {
    name: learner.set_params(strategy=strategy).query(X_pool, n=8)
    for name, strategy in strategies.items()
}

from scipy.spatial.distance import pdist

uncertainty = margin.score_samples(learner.pool(X_pool))
print(f"{'batch':>28}{'mean distance':>15}{'smallest':>10}{'uncertainty':>13}")
for name, batch in batches.items():
    d = pdist(X_pool[batch])
    print(f"{name:>28}{d.mean():>15.2f}{d.min():>10.2f}{uncertainty[batch].mean():>13.2f}")

# %%
# Crosses are labeled samples, blue dots are the batch in the order of choice, and lines are the
# boundaries of the model. The samples with the smallest margins are near copies of each other. A
# stochastic batch, a minimum distance, or CoreSet among the most uncertain samples spreads the
# batch out. The default, UncertaintyHerding, takes uncertainty and distance into account itself.
# KMeansSampling represents the pool without predictions of the model, here in a kernel's space.

import matplotlib.pyplot as plt

x1, x2 = np.meshgrid(np.linspace(-6, 6, 301), np.linspace(-4, 4.8, 221))
regions = learner.predict(np.c_[x1.ravel(), x2.ravel()]).reshape(x1.shape)

fig, axes = plt.subplots(2, 3, figsize=(9, 5.4), layout="constrained")
for ax, (name, batch) in zip(axes.flat, batches.items(), strict=True):
    for k in (0, 1):
        ax.contour(x1, x2, regions == k, [0.5], colors="#B0B0B0", linewidths=0.8)
    ax.scatter(*X_pool.T, s=5, color="#C8C8C8", linewidths=0)
    ax.scatter(*X.T, s=16, color="#333333", marker="x", linewidths=0.9)
    ax.scatter(*X_pool[batch].T, s=80, color="#0072B2", edgecolors="white", linewidths=0.8)
    for i, (a, b) in enumerate(X_pool[batch], 1):
        ax.text(a, b, i, color="white", fontsize=7, weight="bold", ha="center", va="center")
    ax.set_title(name, fontsize="medium")
    ax.set(xticks=[], yticks=[], aspect="equal", xlim=(-6, 6), ylim=(-4, 4.8))
    ax.spines[:].set_color("#DDDDDD")
