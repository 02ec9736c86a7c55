"""
Simple margin: samples close to the separating hyperplane
=========================================================

A support vector machine depends on the samples next to its separating hyperplane and ignores
samples far away. :class:`~skal.strategies.SimpleMargin` therefore asks for the label of the sample
that is nearest to the hyperplane [1]_. This example shows its choices in the plane.

.. [1] S. Tong and D. Koller (2001). Support vector machine active learning with applications to
   text classification. Journal of Machine Learning Research 2.
"""

# %%
# The game
# --------
#
# The pool consists of 400 points in two interleaved half moons; 2000 more points are kept for the
# test. Initially eight points are labeled. Then the learner asks for one label after the other.

import numpy as np
from sklearn.datasets import make_moons
from sklearn.svm import SVC

from skal import ActiveLearner
from skal.strategies import RandomSampling, SimpleMargin

X, y = make_moons(400, noise=0.15, random_state=0)
X_test, y_test = make_moons(2000, noise=0.15, random_state=1)


def play(strategy, seed):
    """Yield the learner after the eight initial labels, and after each of 20 further labels."""
    first = np.random.RandomState(seed).permutation(len(X))[:8]
    learner = ActiveLearner(SVC(C=10), strategy, random_state=seed).fit(X[first], y[first])
    free = np.setdiff1d(np.arange(len(X)), first)
    yield learner
    for _ in range(20):
        i = free[learner.query(X[free])]
        yield learner.teach(X[i], y[i])
        free = np.setdiff1d(free, i)


# %%
# The queried points
# ------------------
#
# The solid line is the hyperplane as it appears in the plane, where the decision function is 0;
# on the dashed lines, the margins, it is -1 and 1. Colored points are labeled, and points with a
# dark ring were queried. Both rows begin with the same eight labels.

import matplotlib.pyplot as plt

COLORS, MARKERS, DARK = ("#0072B2", "#E69F00"), ("o", "s"), "#222222"
x1, x2 = np.meshgrid(np.linspace(-1.6, 2.6, 220), np.linspace(-1.15, 1.65, 150))


def draw_hyperplane(ax, learner):
    """Draw the two sides of the hyperplane, and its margins."""
    height = learner.decision_function(np.c_[x1.ravel(), x2.ravel()]).reshape(x1.shape)
    ax.contourf(x1, x2, height, [-np.inf, 0, np.inf], colors=COLORS, alpha=0.12)
    ax.contour(x1, x2, height, [0], colors=DARK, linewidths=1.6)
    ax.contour(x1, x2, height, [-1, 1], colors=DARK, linewidths=0.7, linestyles="--")


def draw_points(ax, learner):
    """Draw the pool, the labeled points, and a dark ring around the queried points."""
    ax.scatter(*X.T, s=4, color="#A6A6A6", linewidths=0)
    points, labels = learner.X_labeled_, learner.y_labeled_
    asked = np.arange(len(labels)) >= 8
    for label in (0, 1):
        for of_this_kind, ring in ((~asked, "white"), (asked, DARK)):
            ax.scatter(
                *points[of_this_kind & (labels == label)].T,
                s=36,
                color=COLORS[label],
                marker=MARKERS[label],
                edgecolors=ring,
                linewidths=1,
            )


strategies = {"SimpleMargin": SimpleMargin(), "RandomSampling": RandomSampling()}
fig, axes = plt.subplots(2, 3, figsize=(9, 4.6), sharex=True, sharey=True, layout="constrained")
for row, (name, strategy) in zip(axes, strategies.items(), strict=True):
    row[0].set_ylabel(name)
    axes_by_n_asked = dict(zip((0, 10, 20), row, strict=True))
    for n_asked, learner in enumerate(play(strategy, seed=0)):
        if n_asked not in axes_by_n_asked:
            continue
        ax = axes_by_n_asked[n_asked]
        draw_hyperplane(ax, learner)
        draw_points(ax, learner)
        accuracy = learner.score(X_test, y_test)
        ax.set_title(f"{8 + n_asked} labels, accuracy {accuracy:.3f}", fontsize="medium")
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set_color("#CCCCCC")

# %%
# The points queried by simple margin, in the upper row, lie along the hyperplane, which moves with
# each label. The points of random sampling, in the lower row, are scattered over the moons.
#
# Effect on the accuracy
# ----------------------
#
# The picture shows one draw of the eight initial labels. The table shows the results of 20 draws:

from itertools import islice

print("Test accuracy, mean +- standard deviation over 20 draws of the first labels")
print(f"{'labels':>14}" + "".join(f"{8 + n_asked:>18}" for n_asked in (0, 10, 20)))
for name, strategy in strategies.items():
    accuracies = np.array(
        [
            [
                learner.score(X_test, y_test)
                for learner in islice(play(strategy, seed), 0, None, 10)
            ]
            for seed in range(20)
        ]
    )
    stages = zip(accuracies.mean(axis=0), accuracies.std(axis=0), strict=True)
    print(f"{name:>14}" + "".join(f"{mean:>10.3f} +- {std:.3f}" for mean, std in stages))
