"""
Tags for texts: several labels a sample
=======================================

A text may have several tags, and each of them is a label that is present or absent. This example
tags the documentation of the estimators of scikit-learn: the text is the docstring of a class, the
tags say what the class can do. With an indicator matrix as `y`, a learner works as it does for
classes; by default it asks for the texts whose tags are least certain on average.
"""

# %%
# The texts and their tags
# ------------------------
# There is a row for each estimator, and a column for each tag that a tenth of them or more have.
# The tags come from the code and not from the text, in which they are rarely named.

import inspect
import warnings

import matplotlib.pyplot as plt
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.utils import all_estimators

from skal import ActiveLearner
from skal.plotting import LabelCurveDisplay
from skal.simulation import label_curve
from skal.strategies import ClassBalanced, MultilabelUncertainty

TAGS = {
    "predicts probabilities": lambda one: hasattr(one, "predict_proba"),
    "transforms": lambda one: hasattr(one, "transform"),
    "learns in parts": lambda one: hasattr(one, "partial_fit"),
    "draws at random": lambda one: "random_state" in inspect.signature(one).parameters,
    "runs in parallel": lambda one: "n_jobs" in inspect.signature(one).parameters,
    "iterates": lambda one: "max_iter" in inspect.signature(one).parameters,
}

estimators = [one for _, one in all_estimators()]
texts = np.array([inspect.getdoc(one).split("Parameters\n---")[0] for one in estimators])
y = np.array([[has(one) for has in TAGS.values()] for one in estimators]).astype(int)
for tag, count in zip(TAGS, y.sum(axis=0), strict=True):
    print(f"{tag}: {count} of {len(texts)}")

# %%
# One round of labeling
# ---------------------
# The vectorizer needs no tags, so it is fitted on all texts beforehand. The classifier behind it
# has one logistic regression for each tag.

words = FrozenEstimator(TfidfVectorizer(sublinear_tf=True, stop_words="english").fit(texts))
model = make_pipeline(words, OneVsRestClassifier(LogisticRegression(C=10, max_iter=1000)))
learner = ActiveLearner(model, MultilabelUncertainty("margin", "mean"), random_state=0)

first = learner.query(texts, n=20)
learner.fit(texts[first], y[first])
asked = learner.query(texts, n=3)
for position in asked:
    tags = [tag for tag, present in zip(TAGS, y[position], strict=True) if present]
    print(f"{estimators[position].__name__}: {', '.join(tags) or 'none'}")

# %%
# What it saves
# -------------
# The micro-averaged F1 score of the predicted tags against the number of texts that were tagged:
# the mean of four splits, from the same first texts. The margins of decision functions tell which
# texts are in doubt; :class:`~skal.strategies.ClassBalanced` asks more often for texts that
# probably have a rare tag.

learners = {
    "mean margin": learner,
    "smallest margin": ActiveLearner(model, MultilabelUncertainty("margin", "min_margin")),
    "balanced": ActiveLearner(model, ClassBalanced()),
}
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # tags that no text has yet
    curves = label_curve(
        learners,
        texts,
        y,
        cv=4,
        n_initial=20,
        batch_size=10,
        budget=120,
        scoring="f1_micro",
        random_state=0,
    )

LabelCurveDisplay.from_label_curves(curves)
plt.show()

# %%
# With fewer than a hundred texts for six tags, all models are still poor, and differences between
# strategies are small. The comparison says whether they are more than chance:

print(curves.compare())
