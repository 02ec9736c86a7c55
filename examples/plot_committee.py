"""
What a committee disagrees about
================================

A committee consists of several models that are fitted on different variants of the same labels. A
prediction can be uncertain for two reasons: the classes overlap, which no further label changes,
or there are no labels nearby, which a further label changes. Measures of disagreement treat the
two cases differently.
"""

# %%
# Overlap on the left, a gap on the right
# ---------------------------------------
#
# On the left half of the plane many points are labeled and the two classes overlap. On the right
# half the boundary is sharp, but only a few points are labeled, all of them far from the boundary.

import numpy as np

rng = np.random.RandomState(0)


def draw_points(n, left, right):
    """Return points spread evenly between two abscissae."""
    return np.c_[rng.uniform(left, right, n), rng.uniform(-1.5, 1.5, n)]


overlap, gap = draw_points(240, -3, 0.3), draw_points(40, 0.3, 3)
X = np.r_[overlap, gap[np.abs(gap[:, 1]) > 0.9]]
slope = np.where(X[:, 0] < 0.3, 2, 20)
y = (rng.random_sample(len(X)) < 1 / (1 + np.exp(-slope * X[:, 1]))).astype(int)
X_pool = draw_points(600, -3, 3)

# %%
# The committee
# -------------
#
# The committee consists of 30 logistic regressions, each with its own bootstrap sample and its own
# random features.

from sklearn.kernel_approximation import RBFSampler
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from skal import ActiveLearner, Committee
from skal.strategies import QueryByCommittee

member = make_pipeline(
    RBFSampler(gamma=0.3, n_components=200), LogisticRegression(C=30, max_iter=1000)
)
learner = ActiveLearner(Committee(member, n_members=30), random_state=0).fit(X, y)

# %%
# Three measures
# --------------
#
# - ``vote_entropy`` is the entropy of the members' votes.
# - ``consensus_entropy`` is the entropy of the mean of the members' probabilities.
# - ``kl`` is the mean Kullback-Leibler divergence between a member and this mean.
#
# With each measure, the learner asks for the 20 points of the pool on which it is largest.

measures = ["vote_entropy", "consensus_entropy", "kl"]
asked = {}
print(f"{'picks of 20 in':>20}{'overlap':>10}{'gap':>6}")
for measure in measures:
    learner.set_params(strategy=QueryByCommittee(measure))
    asked[measure] = X_pool[learner.query(X_pool, n=20)]
    in_gap = int((asked[measure][:, 0] > 0.3).sum())
    print(f"{measure:>20}{20 - in_gap:>10}{in_gap:>6}")

# %%
# White circles are the points that the learner asks for, and small markers are the labeled points
# of the two classes. Darker blue means a larger value of the measure; each plot has its own scale.

import matplotlib.pyplot as plt

x1, x2 = np.meshgrid(np.linspace(-3, 3, 181), np.linspace(-1.5, 1.5, 91))
whole_plane = learner.pool(np.c_[x1.ravel(), x2.ravel()])  # stores the members' outputs

fig, axes = plt.subplots(1, 3, figsize=(11, 2.8), sharey=True, layout="constrained")
for ax, measure in zip(axes, measures, strict=True):
    scores = QueryByCommittee(measure).score_samples(whole_plane).reshape(x1.shape)
    levels = np.linspace(0, scores.max(), 11)
    filled = ax.contourf(x1, x2, scores, levels, cmap="Blues", vmax=1.15 * scores.max())
    for label, color, marker in ((0, "#D55E00", "o"), (1, "#222222", "s")):
        ax.scatter(*X[y == label].T, s=9, color=color, marker=marker, linewidths=0)
    ax.scatter(*asked[measure].T, s=34, color="white", edgecolors="black", linewidths=1.1)
    ax.axvline(0.3, color="#767676", linewidth=0.8, linestyle=":")
    ax.set_title(measure)
    ax.set(xticks=[], yticks=[], aspect="equal")
    ax.spines[:].set_visible(False)
    bar = fig.colorbar(filled, ax=ax, orientation="horizontal", aspect=40, format="%.2g")
    bar.set_ticks([0, scores.max() / 2, scores.max()])
    bar.set_label("bits")
    bar.outline.set_visible(False)

# %%
# The first two measures do not distinguish between overlapping classes and missing labels, and
# spend labels on both sides of the dotted line. The third measure subtracts the uncertainty that
# the members share, and chooses points in the gap.
