"""Work saved where the aim is to find all samples of a rare class.

    OMP_NUM_THREADS=1 python examples/benchmarks/find_positives.py --jobs 2

Whole data sets are the pool, and a game goes on until 95 % of the positives are found. The work
saved over sampling is then 1 - labels / pool - 0.05, in percent: sampling at random saves nothing,
and a perfect order saves 95 % less 95 % of the share of the positives. Every game begins with ten
labels, a positive among them, and asks for 1 % of the pool in each round. The figures are means
over seeds, with their standard errors in brackets.

A set such as "sms_spam 2%" is the set with so many of its positives left out that their share is
2 %, others for each seed. `--folder` reads further files of the same form as those in `data/`; of
`credit`, 4,000 rows are drawn and then the positives left out.
"""

import argparse
import pathlib
import time

import numpy as np
import scipy.sparse as sp
from joblib import Parallel, delayed
from sklearn.datasets import load_digits
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import ComplementNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skal import ActiveLearner, LabelBudgetClassifier
from skal.stopping import StoppingCriterion
from skal.strategies import RandomSampling, Relevance, UncertaintySampling

FOLDER = pathlib.Path(__file__).parent / "data"
RECALL = 0.95
# For each set the positive class, and the share of it that is left; None is all of it.
SETS = {
    "sms_spam": (1, None),
    "sms_spam 2%": (1, 0.02),
    "yeast3": (1, None),
    "yeast3 3%": (1, 0.03),
    "vehicle": (3, None),
    "digits": (8, None),
}
MORE_SETS = {"credit 5%": (1, 0.05)}
MODELS = {
    "logistic": lambda: LogisticRegression(max_iter=1000),
    "balanced": lambda: LogisticRegression(max_iter=1000, class_weight="balanced"),
    "forest": lambda: RandomForestClassifier(50),
    "complement": lambda: ComplementNB(),
}
SHARES = [0.0, 0.05, 0.1, 0.2, 0.5]


class Found(StoppingCriterion):
    """Stop as soon as enough positives are labeled."""

    def __init__(self, positive, n):
        self.positive = positive
        self.n = n

    def start(self, n_pool, random_state=None):
        return None

    def update(self, state, round):
        return state, np.count_nonzero(round.learner.y_labeled_ == self.positive) >= self.n


def load(name, seed, folder):
    """Return the features and classes of a set, less the positives that are left out."""
    file, *_ = name.split()
    positive, share = {**SETS, **MORE_SETS}[name]
    X, y = load_digits(return_X_y=True) if file == "digits" else read(file, folder)
    rng = np.random.RandomState(seed)
    rows = rng.permutation(len(y))[: 4000 if file == "credit" else None]
    is_positive = y[rows] == positive
    if share is not None:
        n = round(share / (1 - share) * np.count_nonzero(~is_positive))
        rows = np.concatenate([rows[is_positive][:n], rows[~is_positive]])
    rows = np.sort(rows)
    return X[rows], y[rows], positive


def read(file, folder):
    path = FOLDER / f"{file}.npz"
    path = path if path.exists() or folder is None else folder / path.name
    with np.load(path, allow_pickle=False) as data:
        if "X" in data:
            return data["X"], data["y"]
        parts = (data["X_data"], data["X_indices"], data["X_indptr"])
        return sp.csr_matrix(parts, shape=tuple(data["X_shape"])), data["y"]


def strategies(positive):
    """Return the strategies by name; None is the default."""
    found = {f"relevance {share:g}": Relevance(positive, share) for share in SHARES}
    return {**found, "margin": UncertaintySampling(), "default": None, "random": RandomSampling()}


def play(name, model, strategy, seed, folder):
    """Return the work saved in a game, in percent."""
    X, y, positive = load(name, seed, folder)
    scaler = TfidfTransformer(sublinear_tf=True) if sp.issparse(X) else StandardScaler()
    # Random samples do not depend on a model.
    classifier = DummyClassifier() if strategy == "random" else MODELS[model]()
    learner = ActiveLearner(make_pipeline(scaler, classifier), strategies(positive)[strategy])
    is_positive = y == positive
    n_needed = int(np.ceil(RECALL * is_positive.sum()))
    game = LabelBudgetClassifier(
        learner,
        initial=first_rows(is_positive, seed),
        batch_size=max(1, round(len(y) / 100)),
        budget=len(y),
        stopping=Found(positive, n_needed),
        random_state=seed,
    )
    order = game.fit(X, y).query_indices_
    n_labels = 1 + np.flatnonzero(np.cumsum(is_positive[order]) == n_needed)[0]
    return 100 * (1 - n_labels / len(y) - (1 - RECALL))


def first_rows(is_positive, seed):
    """Return the rows that are labeled first: a positive and nine others."""
    rng = np.random.RandomState(seed)
    positive = rng.choice(np.flatnonzero(is_positive))
    others = rng.permutation(np.flatnonzero(~is_positive))[:9]
    return [positive, *others]


def measured(settings, options):
    """Return the work saved by (set, model, strategy, seed)."""
    tasks = (delayed(play)(*setting, options.folder) for setting in settings)
    return dict(zip(settings, Parallel(n_jobs=options.jobs)(tasks), strict=True))


def cell(values):
    if len(values) < 2:
        return f"{np.mean(values):.1f}"
    return f"{np.mean(values):.1f} ({np.std(values, ddof=1) / len(values) ** 0.5:.1f})"


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sets", nargs="+", choices=[*SETS, *MORE_SETS], default=list(SETS))
    parser.add_argument("--models", nargs="+", choices=list(MODELS), default=list(MODELS))
    parser.add_argument("--strategies", nargs="+", choices=list(strategies(1)))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--folder", type=pathlib.Path, help="where further data sets are")
    parser.add_argument("--quick", action="store_true", help="two sets, one model, one seed")
    options = parser.parse_args()
    if options.quick:
        options.sets, options.models, options.seeds = ["yeast3", "vehicle"], ["logistic"], 1
    names = options.strategies or list(strategies(1))
    print(f"work saved at {RECALL:.0%} of the positives, in percent; {options.seeds} seeds")
    print(f"{'set':14}{'model':12}" + "".join(f"{name:>16}" for name in names), "  seconds")
    for name in options.sets:
        for model in options.models:
            if model == "complement" and not name.startswith("sms_spam"):
                continue  # it is made for counts of words
            started = time.perf_counter()
            settings = [(name, model, one, seed) for one in names for seed in range(options.seeds)]
            saved = measured(settings, options)
            cells = [cell([saved[key] for key in settings if key[2] == one]) for one in names]
            seconds = time.perf_counter() - started
            print(f"{name:14}{model:12}" + "".join(f"{text:>16}" for text in cells), end="")
            print(f"{seconds:10.0f}", flush=True)


if __name__ == "__main__":
    main()
