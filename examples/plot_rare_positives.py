"""
Finding rare positives
======================

Sometimes the aim is not an accurate model but all samples of a class: the relevant documents of a
review, the defects among parts, the spam among messages. Then a strategy had better ask for the
samples that are most probably of this class. How many labels does it take to find 95 % of the spam
among 4,000 text messages, of which 13 % are spam?
"""

# %%
# The messages
# ------------
#
# The SMS Spam Collection (Almeida and Hidalgo, UCI Machine Learning Repository, CC BY 4.0), as
# counts of the words that occur in three messages or more. Of its 5,574 messages, 4,000 are the
# pool, and the others are for testing models.

from pathlib import Path

import numpy as np
import scipy.sparse as sp
from sklearn.model_selection import train_test_split

here = Path(globals().get("__file__", "")).parent  # the gallery runs here, but without __file__
with np.load(here / "benchmarks" / "data" / "sms_spam.npz") as file:
    parts = (file["X_data"], file["X_indices"], file["X_indptr"])
    X = sp.csr_matrix(parts, shape=tuple(file["X_shape"]))
    y = np.where(file["y"] == 1, "spam", "ham")
X, X_test, y, y_test = train_test_split(X, y, train_size=4000, stratify=y, random_state=0)
n_spam = np.count_nonzero(y == "spam")
print(f"{n_spam} of {len(y)} messages are spam")

# %%
# Three ways to ask
# -----------------
#
# All three begin with the same ten messages, two of them spam, and ask for 100 messages in each
# round. :class:`~skal.strategies.Relevance` asks for the messages that are most probably spam,
# and for uncertain ones with every tenth label. The default of a learner looks for samples that
# make the model accurate. To sample at random is to read the messages as they come.

from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from skal import ActiveLearner, LabelBudgetClassifier
from skal.strategies import RandomSampling, Relevance

model = make_pipeline(TfidfTransformer(sublinear_tf=True), LogisticRegression())
strategies = {
    "Relevance": Relevance("spam"),
    "default": None,
    "random": RandomSampling(),
}
rng = np.random.RandomState(0)
first = np.concatenate(
    [
        rng.choice(np.flatnonzero(y == label), n, replace=False)
        for label, n in (("spam", 2), ("ham", 8))
    ]
)

found, games = {}, {}
for name, strategy in strategies.items():
    games[name] = LabelBudgetClassifier(
        ActiveLearner(model, strategy), initial=first, batch_size=100, budget=1210, random_state=0
    ).fit(X, y)
    found[name] = np.cumsum(y[games[name].query_indices_] == "spam")

# %%
# What is found
# -------------
#
# To find 95 % of the spam by sampling at random takes 95 % of the messages. What an order of
# questions takes less is the work saved over sampling.

n_needed = int(np.ceil(0.95 * n_spam))
print(f"{'':10}{'labels for 95 % of the spam':>30}{'work saved':>12}{'spam in 600 labels':>21}")
for name, counts in found.items():
    n_labels = 1 + np.searchsorted(counts, n_needed)
    reached = n_labels <= len(counts)
    saved = f"{1 - n_labels / len(y) - 0.05:.0%}" if reached else "-"
    print(f"{name:10}{n_labels if reached else 'over 1210':>30}{saved:>12}{counts[599]:>21}")

# %%
# The dashed line is a perfect order, in which every label is spam until there is none left.
# Relevance falls behind it by its share of uncertain messages, and by the last spam, which the
# model does not recognize. The default asks about spam as well, as long as the model is in doubt
# about it, but as much about messages that are not: it makes a model accurate, another aim.

import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(6.4, 4.2), layout="constrained")
colors = {"Relevance": "#0072B2", "default": "#D55E00", "random": "#767676"}
ax.plot([0, n_spam, 1210], [0, n_spam, n_spam], color="#AAAAAA", linestyle="--", linewidth=1.2)
for name, counts in found.items():
    ax.plot(np.arange(1, len(counts) + 1), counts, color=colors[name], linewidth=1.8)
    ax.annotate(
        name,
        (len(counts), counts[-1]),
        (4, 0),
        textcoords="offset points",
        va="center",
        color=colors[name],
    )
ax.axhline(n_needed, color="#DDDDDD", linewidth=0.8)
ax.annotate(
    "95 % of the spam",
    (1210, n_needed),
    (0, -3),
    textcoords="offset points",
    ha="right",
    va="top",
    color="#767676",
    fontsize="small",
)
ax.set(xlabel="labels", ylabel="spam found", xlim=(0, 1210), ylim=(0, None))
ax.spines[["top", "right"]].set_visible(False)

# %%
# The price
# ---------
#
# Who finds a class in this way gets no good model along with it. Nearly all labels are spam, so
# the model expects spam nearly everywhere, and after 510 labels most of its predictions for the
# test messages are wrong. It still puts the messages in nearly the right order, as the area under
# the ROC curve shows, and the order is all that Relevance needs.

from sklearn.metrics import roc_auc_score

print(f"{'after 510 labels':20}{'accuracy':>10}{'ROC AUC':>10}")
for name, game in games.items():
    fitted = game.staged_estimators_[list(game.n_labels_).index(510)]
    auc = roc_auc_score(y_test, fitted.predict_proba(X_test)[:, 1])
    print(f"{name:20}{fitted.score(X_test, y_test):>10.3f}{auc:>10.3f}")
