"""
A table with numbers and categories
===================================

A learner hands the samples to its classifier as they are. So the pool may be a data frame, a
pipeline may pick its columns by name, and the samples that the learner asks about come back as
rows that a person can read. The table here holds 270 patients of the Statlog heart data
(UCI Machine Learning Repository, CC BY 4.0).
"""

# %%
# The table and the pipeline
# --------------------------

from pathlib import Path

import pandas as pd

here = Path(globals().get("__file__", "")).parent  # the gallery runs here, but without __file__
patients = pd.read_csv(here / "data" / "heart.csv")
disease = patients.pop("heart_disease")
numbers = list(patients.select_dtypes("number"))
categories = [name for name in patients if name not in numbers]
print("numbers:   ", ", ".join(numbers))
print("categories:", ", ".join(categories))

# %%
# Categories that no labeled patient has are ignored for now: ``handle_unknown="ignore"`` matters
# in active learning, where the first few labels seldom show them all.

from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

columns = make_column_transformer(
    (StandardScaler(), numbers),
    (OneHotEncoder(handle_unknown="ignore"), categories),
)
classifier = make_pipeline(columns, LogisticRegression())

# %%
# Whom it asks about
# ------------------
#
# Twenty patients are labeled. These are the three whom a physician should look at next; the last
# line is how probable a disease is to the learner so far.

from skal import ActiveLearner

learner = ActiveLearner(classifier, random_state=0).fit(patients[:20], disease[:20])
pool = patients[20:]
wanted = pool.iloc[learner.query(pool, n=3)]
probability = learner.predict_proba(wanted)[:, list(learner.classes_).index("presence")]
print(wanted.assign(probability_of_disease=probability.round(2)).T.to_string())

# %%
# Does it help?
# -------------
#
# We compare margin sampling with random sampling on 10 splits into a pool and a test part. On a
# table as small as this the accuracy differs a good deal from split to split. But on each split
# both begin with the same 10 patients and are tested on the same others, so what counts is the
# difference between the two on one split.

from sklearn.model_selection import StratifiedShuffleSplit

from skal.simulation import label_curve

curves = label_curve(
    {"margin": ActiveLearner(classifier)},
    patients,
    disease,
    cv=StratifiedShuffleSplit(n_splits=10, test_size=0.4, random_state=0),
    batch_size=10,
    budget=100,
    random_state=0,
)
difference = curves.area()["margin"] - curves.area()["random"]
print("area under the label curve, margin minus random")
print(f"  mean over {len(difference)} splits:  {difference.mean():+.4f}")
print(f"  standard deviation:   {difference.std(ddof=1):.4f}")
print(f"  margin ahead on:      {(difference > 0).sum()} of {len(difference)}")

# %%
# On the left are the mean curves, on the right the differences, split by split. Look at their
# spread before you believe in their mean, and remember that the splits share patients, so that
# they agree more than independent samples would.

import matplotlib.pyplot as plt
import numpy as np

from skal.plotting import LabelCurveDisplay

fig, (left, right) = plt.subplots(
    1, 2, figsize=(8.4, 3.8), layout="constrained", gridspec_kw={"width_ratios": (2, 1)}
)
LabelCurveDisplay.from_label_curves(curves, ax=left)
left.set_title("Heart disease, logistic regression", fontsize="medium")

colors = np.where(np.sort(difference) > 0, "#0072B2", "#767676")
right.barh(np.arange(len(difference)), np.sort(difference), color=colors, height=0.7)
right.axvline(0, color="#333333", linewidth=0.8)
right.axvline(difference.mean(), color="#333333", linestyle=":", label="mean")
right.set(yticks=[], xlabel="Area, margin minus random")
right.set_title("Each split", fontsize="medium")
right.legend(frameon=False, loc="lower right")
right.spines[["top", "right", "left"]].set_visible(False)
