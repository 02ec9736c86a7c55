"""
What a committee disagrees about
================================

A committee is several models that saw the same labels a little differently. There are two
reasons not to be sure of a sample: the classes overlap there, which no further label will
change, or there are no labels nearby, which one would. Measures of disagreement treat the two
differently.
"""

# %%
# Overlap on the left, a gap on the right
# ---------------------------------------
#
# On the left half of the plane many points are labeled and the two classes overlap. On the right
# half the boundary is sharp, but the labeled points, few as they are, all lie far from it.

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
# Thirty logistic regressions, each on its own bootstrap sample and its own random features.

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
# - ``vote_entropy``: the members vote; how evenly do the votes split?
# - ``consensus_entropy``: how unsure is the mean of their probabilities?
# - ``kl``: how far, on average, is a member from that mean?
#
# Each asks for the 20 points of the pool on which it is largest.

measures = ["vote_entropy", "consensus_entropy", "kl"]
asked = {}
print(f"{'picks of 20 in':>20}{'overlap':>10}{'gap':>6}")
for measure in measures:
    learner.set_params(strategy=QueryByCommittee(measure))
    asked[measure] = X_pool[learner.query(X_pool, n=20)]
    in_gap = int((asked[measure][:, 0] > 0.3).sum())
    print(f"{measure:>20}{20 - in_gap:>10}{in_gap:>6}")

# %%
# White circles are what a measure asks for; dots are the labeled points of the two classes. The
# darker, the larger the measure; note that the third has a scale of its own.

import matplotlib.pyplot as plt

x1, x2 = np.meshgrid(np.linspace(-3, 3, 181), np.linspace(-1.5, 1.5, 91))
whole_plane = learner.pool(np.c_[x1.ravel(), x2.ravel()])  # remembers what the members say

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
# The first two cannot tell a boundary that is unclear because the classes mix from one that is
# unclear because nobody looked: both spend labels on either side of the dotted line. The third
# subtracts the uncertainty that the members share, and asks in the gap.
