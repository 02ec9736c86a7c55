"""
A table with numbers and categories
===================================

A learner passes samples to its classifier unchanged. The pool may therefore be a data frame, a
pipeline may select columns by name, and the samples that the learner asks for are rows that a
person can read. The table of this example holds 270 patients of the Statlog heart data (UCI
Machine Learning Repository, CC BY 4.0).
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
# Categories that no labeled patient has are ignored. ``handle_unknown="ignore"`` is important in
# active learning, because the first few labeled samples rarely have all categories.

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
# The queried patients
# --------------------
#
# Twenty patients are labeled. The learner asks for these three next; the last line is the
# predicted probability of a disease.

from skal import ActiveLearner

learner = ActiveLearner(classifier, random_state=0).fit(patients[:20], disease[:20])
pool = patients[20:]
wanted = pool.iloc[learner.query(pool, n=3)]
probability = learner.predict_proba(wanted)[:, list(learner.classes_).index("presence")]
print(wanted.assign(probability_of_disease=probability.round(2)).T.to_string())

# %%
# Comparison with random sampling
# -------------------------------
#
# We compare margin sampling with random sampling on 10 splits into a pool and a test part. On such
# a small table the accuracy varies between splits. On each split, however, both begin with the
# same 10 patients and are tested on the same patients, so we compare the two split by split.

from sklearn.model_selection import StratifiedShuffleSplit

from skal.simulation import label_curve

curves = label_curve(
    {"margin": ActiveLearner(classifier, "margin")},
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
# The mean curves are on the left, and the differences on each split on the right. Consider the
# spread of the differences and not only their mean. The splits share patients, so the differences
# vary less than on independent samples.

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
