"""
Why these samples
=================

A learner that asks for labels should be able to say why. The pool is drawn as the model sees it,
with what is labeled and what is asked for, and the batch is listed with the numbers behind it.
"""

# %%
# A learner that has seen 30 of the digits 0 to 3 asks for the next ten, twice: by the margin
# alone, and by BADGE, which wants them to differ from each other as well.

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
# Two dimensions of 64 do not show everything: points that look near may be far apart.

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
# The score of each sample, what the model takes it for, and the labeled sample nearest to it.

from skal.inspection import explain_query

frame = explain_query(margin, X_pool, margin.select(X_pool, n=10))
print(frame.round(3).to_string(index=False))
