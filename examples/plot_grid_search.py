"""
Search over strategies and parameters at once
=============================================

Query strategies and parameters of the classifier are both parameters of one estimator.
:class:`~skal.LabelBudgetClassifier` simulates active learning inside ``fit``, where it uses no
more labels than its budget. The model selection tools of scikit-learn can therefore compare active
learners on equal terms.
"""

# %%
# The search
# ----------
#
# The grid consists of four strategies and three values of ``C``, the regularization parameter of a
# support vector machine that classifies handwritten digits. Each candidate has a budget of 100
# labels, on the same five folds and with the same 20 initial labels.
# :func:`~skal.simulation.area_under_label_curve` is the accuracy averaged over the numbers of
# labels, so that a high accuracy with few labels counts as well.

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
# Bars are one standard deviation over the folds. If they are longer than the differences between
# the strategies, the best candidate of the search is not established as the best one.

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
# ``search.best_estimator_`` is a classifier that has been fitted within its budget.
#
# The search itself saves no labels, because the scores require the label of every sample. It is
# meant for labeled data, to find out which strategy to use on similar data without labels.
