"""
Fewer measurements for a regression
===================================

Where a label is a number, it usually is a measurement, and measurements cost. This example
measures electric circuits: Friedman's second set holds the impedance of alternating current
circuits that differ in resistance, frequency, inductance and capacity. Which circuits should be
measured, so that the impedance of all others can be predicted?
"""

# %%
# The circuits and a model
# ------------------------

import matplotlib.pyplot as plt
from sklearn.datasets import make_friedman2
from sklearn.ensemble import RandomForestRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skal import ActiveLearner
from skal.plotting import LabelCurveDisplay
from skal.simulation import label_curve
from skal.strategies import ImprovedGreedy, StandardDeviation

circuits, impedance = make_friedman2(500, noise=50, random_state=0)
model = make_pipeline(StandardScaler(), RandomForestRegressor(30, min_samples_leaf=2))

# %%
# The first and the next measurements
# -----------------------------------
# Without any measurement, the learner asks for circuits that are typical of many others. Then it
# asks for circuits that are far from those measured, in the largest groups
# (:class:`~skal.strategies.LCMD`, the default for regressors). Distances are measured behind the
# scaler, where the four columns count alike.

learner = ActiveLearner(model, random_state=0)
first = learner.query(circuits, n=10)
learner.fit(circuits[first], impedance[first])
for position in learner.query(circuits, n=3):
    predicted = learner.predict(circuits[[position]])[0]
    print(f"circuit {position}: predicted {predicted:.0f}, measured {impedance[position]:.0f} ohm")

# %%
# What it saves
# -------------
# The error of the predictions for circuits that were left out, against the number of measurements:
# the mean of ten splits, from no measurement at all.
# :class:`~skal.strategies.ImprovedGreedy` looks at predictions as well as at distances, and
# :class:`~skal.strategies.StandardDeviation` only at how far the trees of the forest disagree.

curves = label_curve(
    {
        "default": learner,
        "improved greedy": ActiveLearner(model, ImprovedGreedy()),
        "standard deviation": ActiveLearner(model, StandardDeviation()),
    },
    circuits,
    impedance,
    n_initial=0,
    batch_size=5,
    budget=60,
    cv=5,
    n_repeats=2,
    scoring="neg_root_mean_squared_error",
    random_state=0,
)
LabelCurveDisplay.from_label_curves(curves)
plt.show()

# %%
# The error that random sampling reaches with 60 measurements, and how many the default needs:

error = curves.mean()["random"][-1]
print(f"{-error:.0f} ohm with {curves.labels_to_reach(error)['default']:.0f} measurements")
print(curves.compare())
