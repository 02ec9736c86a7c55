"""
Do newer strategies save labels?
================================

Some strategies of the last years cover the pool and need no model, for the first labels. Others
ask the model and spread the batch. This example compares them on handwritten digits, from the
first label on. What their batches look like is shown in :doc:`/user_guide/gallery_of_strategies`.
"""

# %%
# Strategies
# ----------
#
# The first four know nothing but the pool.

from sklearn.linear_model import LogisticRegression

from skal import ActiveLearner
from skal.strategies import (
    BAIT,
    DPP,
    ContrastiveSampling,
    DensityWeighted,
    DropQuery,
    FacilityLocation,
    Falcun,
    MaxHerding,
    ProbCover,
    RankedBatch,
    TypiClust,
    UncertaintyHerding,
)

first = {
    "MaxHerding": MaxHerding(),
    "TypiClust": TypiClust(),
    "ProbCover": ProbCover(),  # its radius follows from clusters of the pool
    "FacilityLocation": FacilityLocation(),
}
later = {
    "UncertaintyHerding": UncertaintyHerding(),
    "BAIT": BAIT(),
    "Falcun": Falcun(),
    "DropQuery": DropQuery(),
    "ContrastiveSampling": ContrastiveSampling(),
    "DPP": DPP(),
    "RankedBatch": RankedBatch(),
    "DensityWeighted": DensityWeighted(),
}

# %%
# The comparison
# --------------
#
# Each run begins without a label and asks for batches of 20 up to 100 labels, on six splits of 900
# digits. What needs no model chooses from the first label on; all others begin with the default
# cold start, :class:`~skal.strategies.MaxHerding`, so that the first batch is the same for them.
# The difference to random sampling is computed split by split. Splits share samples, so the
# standard errors are somewhat too small.

from sklearn.datasets import load_digits
from sklearn.model_selection import StratifiedShuffleSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from skal import LabelBudgetClassifier
from skal.simulation import label_curve

X, y = load_digits(return_X_y=True)
model = make_pipeline(MinMaxScaler(), LogisticRegression(C=10, max_iter=200))
learners = {name: ActiveLearner(model, one, cold_start=one) for name, one in first.items()}
learners |= {name: ActiveLearner(model, one) for name, one in later.items()}
curves = label_curve(
    learners,
    X[:900],
    y[:900],
    game=LabelBudgetClassifier(n_initial=0, batch_size=20, budget=100, random_state=0),
    cv=StratifiedShuffleSplit(n_splits=6, test_size=0.4, random_state=0),
)

areas = curves.area()
gains = {
    name: (
        curves.scores[name][:, 0] - curves.scores["random"][:, 0],
        areas[name] - areas["random"],
    )
    for name in learners
}
ranked = sorted(gains, key=lambda name: gains[name][1].mean())
print(f"{'gain over random':>22}{'after 20 labels':>20}{'area up to 100':>20}")
for name in reversed(ranked):
    cells = [
        f"{100 * gain.mean():+.1f} +- {100 * gain.std(ddof=1) / len(gain) ** 0.5:.1f}"
        for gain in gains[name]
    ]
    print(f"{name:>22}{cells[0]:>20}{cells[1]:>20}")

# %%
# Points are means over the splits, and bars are two standard errors. Most of the gain is made with
# the first labels, and so by the cold start: random samples of ten digits leave some digits out.
# Of the strategies that ask the model, those that spread the batch are ahead of those that score
# each sample by itself, such as `DensityWeighted` and `ContrastiveSampling`. Where two bars
# overlap, the order of the two is not established, and none is established for other data: the
# results page of the documentation compares all strategies on a dozen data sets.

import matplotlib.pyplot as plt

fig, axes = plt.subplots(1, 2, figsize=(8.4, 4.4), sharey=True, layout="constrained")
titles = ["accuracy after 20 labels", "area under the curve to 100 labels"]
for ax, title, of in zip(axes, titles, (0, 1), strict=True):
    for i, name in enumerate(ranked):
        if of == 0 and name in later:
            continue  # its first batch is that of MaxHerding
        gain = 100 * gains[name][of]
        color = "#0072B2" if name in first else "#D55E00"
        error = 2 * gain.std(ddof=1) / len(gain) ** 0.5
        ax.errorbar(gain.mean(), i, xerr=error, fmt="o", color=color, elinewidth=1.4)
    ax.axvline(0, color="#767676", linestyle="--", linewidth=1.2)
    ax.set(title=title, xlabel="points ahead of random sampling")
    ax.grid(axis="x", color="#E6E6E6", linewidth=0.8)
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.tick_params(length=0)
axes[0].set_yticks(range(len(ranked)), ranked)
