"""
All strategies on one data set
==============================

Which strategy is best? The answer depends on the data. This example compares all strategies with
random sampling on handwritten digits. All of them use the same splits, the same initial labels and
the same model, a committee of logistic regressions. Run it on your own data before you choose a
strategy.
"""

# %%
# The learners
# ------------
#
# A committee provides all outputs that strategies use: probabilities, members and a feature space.

from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from skal import ActiveLearner, Committee
from skal.strategies import (
    BADGE,
    BALD,
    BatchBALD,
    ClassBalanced,
    ClusterMargin,
    CoreSet,
    DiverseMiniBatch,
    KMeansSampling,
    QueryByCommittee,
    StochasticBatch,
    UncertaintySampling,
)

X, y = load_digits(return_X_y=True)
X, y = X[:900], y[:900]
strategies = {
    "margin": UncertaintySampling("margin"),
    "least confidence": UncertaintySampling("least_confidence"),
    "entropy": UncertaintySampling("entropy"),
    "vote entropy": QueryByCommittee("vote_entropy"),
    "BALD": BALD(),
    "BatchBALD": BatchBALD(n_joint_samples=2000, n_candidates=200),
    "stochastic margin": StochasticBatch(UncertaintySampling("margin"), beta=4),
    "balanced margin": ClassBalanced(UncertaintySampling("margin")),
    "CoreSet": CoreSet(),
    "KMeansSampling": KMeansSampling(),
    "DiverseMiniBatch": DiverseMiniBatch(),
    "ClusterMargin": ClusterMargin(),
    "BADGE": BADGE(),
}
model = make_pipeline(
    MinMaxScaler(), Committee(LogisticRegression(C=10, max_iter=200), n_members=5)
)
learners = {name: ActiveLearner(model, strategy) for name, strategy in strategies.items()}

# %%
# The comparison
# --------------
#
# Each run begins with 20 initial labels and adds batches of 20 up to 140 labels, on six splits.
# The score of a run is the area under its label curve. On each split all learners have the same
# initial labels and the same test samples, so the difference to random sampling is computed split
# by split. Splits share samples, so the standard errors are somewhat too small.

from sklearn.model_selection import StratifiedShuffleSplit

from skal.simulation import label_curve

curves = label_curve(
    learners,
    X,
    y,
    cv=StratifiedShuffleSplit(n_splits=6, test_size=0.4, random_state=0),
    n_initial=20,
    batch_size=20,
    budget=140,
    random_state=0,
)
areas = curves.area()
gains = {name: area - areas["random"] for name, area in areas.items() if name != "random"}
ranked = sorted(gains, key=lambda name: gains[name].mean())
print(f"{'area under the curve, random':>28}: {areas['random'].mean():.3f}")
print(f"{'gain over random':>28}   mean +- standard error")
for name in reversed(ranked):
    error = gains[name].std(ddof=1) / len(gains[name]) ** 0.5
    print(f"{name:>28}: {gains[name].mean():+.4f} +- {error:.4f}")

# %%
# Points are means over the splits, and bars are two standard errors. If two bars overlap, the
# order of the two strategies is not established. If a bar crosses the gray line, not even a gain
# over random sampling is established.

import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(6.4, 4.6), layout="constrained")
for i, name in enumerate(ranked):
    error = gains[name].std(ddof=1) / len(gains[name]) ** 0.5
    ax.errorbar(gains[name].mean(), i, xerr=2 * error, fmt="o", color="#0072B2", elinewidth=1.4)
ax.axvline(0, color="#767676", linestyle="--", linewidth=1.2)
ax.set_yticks(range(len(ranked)), ranked)
ax.set_xlabel("Area under the label curve, gain over random sampling")
ax.grid(axis="x", color="#E6E6E6", linewidth=0.8)
ax.spines[["top", "right", "left"]].set_visible(False)
ax.tick_params(length=0)
