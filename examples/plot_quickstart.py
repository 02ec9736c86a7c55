"""
Quickstart: the same accuracy with fewer labels
===============================================

Labels cost a person's time. An active learner chooses which samples that person should label, so
that a classifier becomes accurate with few labels. In this example a support vector machine
classifies handwritten digits. We compare the number of labels that it needs if it chooses
which samples are labeled with the number that it needs if samples are drawn at random.
"""

# %%
# The loop
# --------
#
# A learner wraps any scikit-learn classifier. ``fit`` it on the few labeled samples, ``query`` the
# pool of unlabeled samples, ``teach`` it the new labels, and repeat. The default ``strategy`` is
# uncertainty herding, which asks for samples that stand for many others about which the classifier
# is in doubt.

from sklearn.datasets import load_digits
from sklearn.svm import SVC

from skal import ActiveLearner

X, y = load_digits(return_X_y=True)
X_pool, y_pool, X_test, y_test = X[50:1000], y[50:1000], X[1000:], y[1000:]

learner = ActiveLearner(SVC(), random_state=0).fit(X[:50], y[:50])
print(f"accuracy with 50 labels: {learner.score(X_test, y_test):.3f}")

positions = learner.query(X_pool, n=50)
answers = y_pool[positions]  # in real life a person gives them
learner.teach(X_pool[positions], answers)
print(f"accuracy with 100 labels: {learner.score(X_test, y_test):.3f}")

# %%
# Comparison with random sampling
# -------------------------------
#
# A single run is not enough to tell, so we simulate active learning on eight splits of the data
# into a pool and a test half, each with different initial labels. On every split both learners
# begin with the same 20 random labels and ask for 10 more at a time.
# :func:`~skal.simulation.label_curve` hides the labels of the pool, reveals the labels that a
# learner asks for, and always includes random sampling.

from sklearn.model_selection import StratifiedShuffleSplit, cross_val_score

from skal.simulation import label_curve

splits = StratifiedShuffleSplit(n_splits=8, test_size=0.5, random_state=0)
curves = label_curve(
    {"herding": ActiveLearner(SVC())},
    X,
    y,
    cv=splits,
    n_initial=20,
    batch_size=10,
    budget=300,
    random_state=0,
    n_jobs=2,
)
n_all = next(splits.split(X, y))[0].size
accuracy_of_all = cross_val_score(SVC(), X, y, cv=splits).mean()

mean, std = curves.mean(), curves.std()
print("Test accuracy, mean +- standard deviation over 8 splits")
print(f"{'labels':>6}{'herding':>18}{'random':>18}")
for i, n in enumerate(curves.n_labels):
    if n in (20, 40, 60, 80, 100, 120, 150, 200, 250, 300):
        row = [f"{mean[name][i]:.3f} +- {std[name][i]:.3f}" for name in ("herding", "random")]
        print(f"{n:>6}{row[0]:>18}{row[1]:>18}")
print(f"{n_all:>6}   the whole pool: {accuracy_of_all:.3f}")

# %%
# How many labels were saved?
# ---------------------------
#
# We set a target and count the labels until the mean accuracy first reaches it, in steps of 10.
# The first target is 95 % of the accuracy that random sampling gains from the first to the last
# label, and the second target is its final accuracy. Other seeds give somewhat different numbers.

import math


def in_words(n_labels):
    """Return a number of labels for print; NaN stands for a target that was never reached."""
    return "never" if math.isnan(n_labels) else f"{n_labels:.0f} labels"


def report(name, target):
    """Print what each learner needs to reach a target."""
    needed = curves.labels_to_reach(target)
    herding, random = needed["herding"], needed["random"]
    print(f"{name}, {target:.3f}:")
    print(f"  herding  {in_words(herding)}")
    print(f"  random   {in_words(random)}")
    if math.isnan(random - herding):
        print("  No saving can be stated, as one of them never gets there.")
    else:
        print(f"  {herding:.0f} labels do the work of {random:.0f}.")


first, last = mean["random"][0], mean["random"][-1]
report("Accuracy at 95 % of random's gain", first + 0.95 * (last - first))
report("Accuracy with which random ends", last)

# %%
# The picture
# -----------
#
# Lines are means over the splits, and bands are one standard deviation. The dotted line is the
# accuracy of the same classifier if the whole pool is labeled.

import sys

import matplotlib.pyplot as plt

from skal.plotting import LabelCurveDisplay

fig, ax = plt.subplots(figsize=(6.4, 4.2), layout="constrained")
LabelCurveDisplay.from_label_curves(curves, ax=ax)
ax.axhline(accuracy_of_all, color="#333333", linestyle=":", linewidth=1.2, zorder=1)
ax.annotate(
    f"all {n_all} labels: {accuracy_of_all:.3f}",
    (curves.n_labels[-1], accuracy_of_all),
    xytext=(0, 4),
    textcoords="offset points",
    ha="right",
    fontsize="small",
    color="#333333",
)
ax.set_title("Handwritten digits, support vector machine")

if "sphinx_gallery" not in sys.modules:  # sphinx-gallery saves the figure
    path = sys.argv[1] if len(sys.argv) > 1 else "label_curve.png"
    fig.savefig(path, dpi=150)
    print(f"The picture is in {path}.")

# %%
# What to expect elsewhere
# ------------------------
#
# The gain depends on the data. On digits and on sparse text it is large. On several small and
# noisy tables margin sampling cannot be distinguished from random sampling. The comparison above
# works for any data: use your own ``X``, ``y`` and classifier.
# :ref:`sphx_glr_auto_examples_plot_tabular.py` shows it for a small medical table.
