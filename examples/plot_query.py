"""
Why these samples
=================

Why did a learner choose certain samples? This example plots the pool as the model sees it, with
the labeled samples and the batch, and prints a table of scores and predictions of the batch.
"""

# %%
# A learner with 30 labels of the digits 0 to 3 asks for ten more in two ways: by the margin alone,
# and by BADGE, which chooses samples that also differ from each other.

from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from skal import ActiveLearner
from skal.strategies import BADGE, UncertaintySampling

X, y = load_digits(n_class=4, return_X_y=True)
model = make_pipeline(MinMaxScaler(), LogisticRegression(max_iter=500))
margin = ActiveLearner(model, UncertaintySampling("margin"), random_state=0).fit(X[:30], y[:30])
badge = ActiveLearner(model, BADGE(), random_state=0).fit(X[:30], y[:30])
X_pool = X[30:]

# %%
# The pool
# --------
#
# The plot shows two of 64 dimensions, so points that look near may be far apart.

import matplotlib.pyplot as plt

from skal.plotting import QueryDisplay

fig, axes = plt.subplots(1, 2, figsize=(11, 4.6), layout="constrained", sharex=True, sharey=True)
for ax, learner in zip(axes, (margin, badge), strict=True):
    QueryDisplay.from_learner(learner, X_pool, n=10, ax=ax)
    ax.set_title(type(learner.strategy).__name__)
axes[1].get_legend().remove()

# %%
# The reasons
# -----------
#
# The table lists the score of each sample, the predicted class and the nearest labeled sample.

from skal.inspection import explain_query

frame = explain_query(margin, X_pool, margin.select(X_pool, n=10))
print(frame.round(3).to_string(index=False))
