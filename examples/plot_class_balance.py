"""
Which classes are asked about
=============================

A learner that asks where it is least sure may spend its labels on few classes: those that its
model finds hard, or has not understood. The effect grows with the batch, because all samples of a
batch are chosen by one model. Here a logistic regression that has seen 20 handwritten digits asks
for 150 at once, and we look at the digits that it gets.
"""

# %%
# Imbalanced digits
# -----------------
#
# Of the digits 5 to 9 three quarters are left out.

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
# Each learner plays on five folds, from the same 20 random labels.
# :class:`~skal.strategies.ClassBalanced` gives every *predicted* class a quota, and lets the
# entropy choose within it. The curves keep which samples were asked for, so that the classes can
# be drawn without playing again.

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
# Gray bars are the classes' shares of the pool, points their shares of the labels, bars on the
# points one standard deviation over the runs. Random sampling follows the pool. What is chosen by
# entropy piles up on few classes and passes over others that the pool has plenty of. The quota
# evens that out as far as the predictions are right, and no further: here the model that
# predicts the classes is itself the weak part.

# %%
# Does it matter?
# ---------------
#
# Balance is not an end in itself. The balanced accuracy after the batch, on test samples, mean and
# standard deviation over the folds:

for name, scores in curves.scores.items():
    print(f"{name:>16}  {scores[:, -1].mean():.3f} +- {scores[:, -1].std():.3f}")
