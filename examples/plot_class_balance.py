"""
Which classes are asked about
=============================

A learner that asks for the labels of uncertain samples may spend them on few classes, such as the
classes that its model cannot tell apart yet. The effect grows with the size of the batch, because
all samples of a batch are chosen by the same model. In this example a logistic regression with 20
labeled digits asks for 150 more at once, and we count how often each digit is chosen.
"""

# %%
# Imbalanced digits
# -----------------
#
# Three quarters of the digits 5 to 9 are left out.

import numpy as np
from sklearn.datasets import load_digits

X, y = load_digits(return_X_y=True)
rng = np.random.RandomState(0)
kept = rng.random_sample(len(y)) < np.where(y < 5, 1.0, 0.25)
X, y = X[kept], y[kept]
print("samples per class:", np.bincount(y))

# %%
# One large batch
# ---------------
#
# Each learner runs on five folds, with the same 20 random initial labels.
# :class:`~skal.strategies.ClassBalanced` gives every *predicted* class a quota, within which
# samples are chosen by entropy. The label curves store which samples were chosen, so the classes
# can be plotted without another run.

from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skal import ActiveLearner, LabelBudgetClassifier
from skal.plotting import ClassBalanceDisplay
from skal.simulation import label_curve
from skal.strategies import ClassBalanced, UncertaintySampling

model = make_pipeline(StandardScaler(), LogisticRegression())
entropy = UncertaintySampling("entropy")
learners = {
    "entropy": ActiveLearner(model, entropy),
    "balanced entropy": ActiveLearner(model, ClassBalanced(entropy)),
}
game = LabelBudgetClassifier(n_initial=20, batch_size=150, budget=170, random_state=0)
curves = label_curve(learners, X, y, game=game, cv=5, scoring="balanced_accuracy")
display = ClassBalanceDisplay.from_label_curves(curves)

# %%
# Gray bars are the shares of the classes in the pool, and points are their shares of the labels,
# with one standard deviation over the runs. Random sampling follows the pool. Samples chosen by
# entropy concentrate on few classes, while other classes that are frequent in the pool get few
# labels. The quotas balance the classes only as far as the predictions are right, and here the
# model has only 20 labels to learn from.

# %%
# Effect on the accuracy
# ----------------------
#
# Balanced labels are useful only if they improve the model. This is the balanced accuracy on test
# samples after the batch, with the mean and standard deviation over the folds:

for name, scores in curves.scores.items():
    print(f"{name:>16}  {scores[:, -1].mean():.3f} +- {scores[:, -1].std():.3f}")
