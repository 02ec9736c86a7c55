"""
Search over strategies and parameters at once
=============================================

Which query strategy, and which parameters of the classifier? Both are parameters of one
estimator: :class:`~skal.LabelBudgetClassifier` plays the game of active learning inside ``fit``,
where it may look at no more labels than its budget. So scikit-learn's own tools compare active
learners, on equal terms and with nothing new to learn.
"""

# %%
# The search
# ----------
#
# Four strategies and three values of ``C``, the penalty of a support vector machine that reads
# handwritten digits; each with a budget of 100 labels, on the same five folds and from the same
# 20 first labels.
# :func:`~skal.simulation.area_under_label_curve` scores a game by its accuracy averaged over the
# labels spent, so that to be good early counts as well.

from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.svm import SVC

from skal import ActiveLearner, LabelBudgetClassifier
from skal.simulation import area_under_label_curve
from skal.strategies import CoreSet, RandomSampling, SimpleMargin, UncertaintySampling

X, y = load_digits(return_X_y=True)
pipeline = make_pipeline(MinMaxScaler(), SVC())
game = LabelBudgetClassifier(
    ActiveLearner(pipeline), n_initial=20, batch_size=20, budget=100, random_state=0
)

strategies = [UncertaintySampling("margin"), SimpleMargin(), CoreSet(), RandomSampling()]
costs = [1, 3, 10]
search = GridSearchCV(
    game,
    {"learner__strategy": strategies, "learner__estimator__svc__C": costs},
    scoring=area_under_label_curve,
    cv=StratifiedKFold(5, shuffle=True, random_state=0),
    n_jobs=2,
).fit(X, y)

# %%
# The result
# ----------
#
# The grid runs through its parameters in the order of their names, so ``C`` comes before the
# strategy.

shape = len(costs), len(strategies)
mean = search.cv_results_["mean_test_score"].reshape(shape).T
std = search.cv_results_["std_test_score"].reshape(shape).T
names = [type(strategy).__name__ for strategy in strategies]

print("Area under the label curve, mean +- standard deviation over five folds")
print(f"{'':>20}" + "".join(f"{f'C={cost}':>17}" for cost in costs))
for name, means, stds in zip(names, mean, std, strict=True):
    cells = [f"{m:.3f} +- {s:.3f}" for m, s in zip(means, stds, strict=True)]
    print(f"{name:>20}" + "".join(f"{cell:>17}" for cell in cells))
print("best:", search.best_params_)

# %%
# Bars are one standard deviation over the folds. Where they are longer than the gaps between the
# strategies, the search has a favorite but no proof.

import matplotlib.pyplot as plt
import numpy as np

fig, ax = plt.subplots(figsize=(6.4, 3.8), layout="constrained")
colors = ["#0072B2", "#D55E00", "#009E73", "#767676"]
for i, name in enumerate(names):
    ax.errorbar(
        np.arange(len(costs)) + 0.07 * (i - 1.5),
        mean[i],
        std[i],
        label=name,
        color=colors[i],
        marker="osD^"[i],
        markersize=5,
        linestyle="--" if name == "RandomSampling" else "-",
        linewidth=1.2,
        elinewidth=1,
    )
ax.set_xticks(range(len(costs)), costs)
ax.set(xlabel="C", ylabel="Area under the label curve", title="Digits, a budget of 100 labels")
ax.spines[["top", "right"]].set_visible(False)
ax.legend(frameon=False, loc="lower right")
ax.grid(axis="y", color="#E6E6E6")
ax.set_axisbelow(True)

# %%
# ``search.best_estimator_`` is an ordinary classifier that has spent its budget.
#
# The search itself saves no labels: to score the games it needs a label for every sample. It
# tells, on data that are labeled already, what to use on similar data that are not.
