"""Labels that are wrong: suspects, second opinions and verdicts, on labels with known mistakes.

    python examples/benchmarks/noisy_labels.py            # all three parts, about half an hour
    python examples/benchmarks/noisy_labels.py suspects   # one of them
    python examples/benchmarks/noisy_labels.py --quick    # fewer repetitions

1. `suspects`: a share of all labels is flipped. How many of the rows that `session.suspects()`
   names were flipped (precision), and how many of the flipped rows does it name (recall)?
2. `again`: three annotators take turns, and each flips a fifth of its labels.
   ``next(again="auto")`` decides which labeled rows are shown once more. Against it, sessions that
   ask for as many second opinions in each round, of rows drawn at random (``again=True``), and
   sessions that ask for none while there are new rows. At equal numbers of labels, how good is the
   model on rows that are not in the pool?
3. `verdict`: annotators of unequal quality label the same rows. How often is the label that
   counts the true one, with ``verdict="dawid_skene"`` and with "majority"?

Annotators are simulated: flips are drawn at random for each label, so two annotators err
independently, and a flipped label is any other class with the same probability.
"""

import argparse
import os
import pathlib
import tempfile
import warnings

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skal import ActiveLearner
from skal.session import LabelingSession
from skal.strategies import RandomSampling, UncertaintySampling

FOLDER = pathlib.Path(__file__).parent / "data"
SUSPECTS_SETS = ["digits", "vehicle", "splice"]
NOISY_SETS = ["digits", "vehicle", "splice", "ionosphere", "heart", "yeast3"]
ANNOTATORS = ["anna", "bert", "carl"]


def load(name):
    if name == "digits":
        return load_digits(return_X_y=True)
    with np.load(FOLDER / f"{name}.npz", allow_pickle=False) as data:
        return data["X"], data["y"]


def make_learner(strategy=None):
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    return ActiveLearner(model, strategy, cold_start=RandomSampling(), random_state=0)


def flipped(y, share, random_state):
    """Return labels of which a share, drawn one by one, is another class."""
    classes = np.unique(y)
    codes = np.searchsorted(classes, y)
    wrong = (codes + random_state.randint(1, len(classes), size=len(y))) % len(classes)
    return classes[np.where(random_state.random_sample(len(y)) < share, wrong, codes)]


def opened(folder, name, learner, X, **arguments):
    return LabelingSession(pathlib.Path(folder) / f"{name}.skal", learner, X, **arguments)


def suspects(repeats):
    print(f"{'set':12}{'labels':>8}{'flips':>7}{'found':>8}{'precision':>11}{'recall':>8}")
    for name in SUSPECTS_SETS:
        X, y = load(name)
        for share in (0.1, 0.2):
            results = []
            for repeat in range(repeats):
                stream = np.random.RandomState(repeat)
                kept = stream.permutation(len(y))[:800]
                given = flipped(y[kept], share, stream)
                wrong = given != y[kept]
                with tempfile.TemporaryDirectory() as folder:
                    with opened(folder, "s", make_learner(), X[kept], y=given) as session:
                        found = session.suspects()
                hits = wrong[found].sum()
                results.append((len(found), hits / max(len(found), 1), hits / wrong.sum()))
            found, precision, recall = np.mean(results, axis=0)
            print(
                f"{name:12}{len(kept):8}{share:7.0%}{found:8.0f}{precision:11.2f}{recall:8.2f}",
                flush=True,
            )


def ask(session, n, who, **arguments):
    return session.next(n, annotator=who, **arguments) if n else []


def play(folder, name, X, labels, test, n_rounds, n, seconds):
    """Play one session; return its accuracy after each round, and its second opinions.

    `seconds` is "auto", or how many second opinions to ask for in each round.
    """
    accuracies, asked = [], []
    learner = make_learner(UncertaintySampling("margin"))
    with opened(folder, name, learner, X) as session:
        for turn in range(n_rounds):
            who = ANNOTATORS[turn % len(ANNOTATORS)]
            known = set(session.verdicts())
            if seconds == "auto":
                ids = session.next(n, annotator=who, again="auto")
            else:
                ids = ask(session, seconds[turn], who, again=True)
                ids = ids + ask(session, n - len(ids), who)
                # Where no row is new any more, the rest are second opinions in any case.
                ids = ids + ask(session, n - len(ids), who, again=True)
            session.label(ids, labels[who][ids], annotator=who)
            asked.append(len(known.intersection(ids)))
            accuracies.append(session.model().score(*test))
    return accuracies, asked


def again(repeats, n_pool=250, n_rounds=40, n=10):
    print(
        f"{'set':12}{'second':>8}{'area: auto':>12}{'random':>9}{'none':>9}"
        f"{'auto - random':>16}{'end: auto':>12}{'random':>9}{'none':>9}"
    )
    n_better = 0
    for name in NOISY_SETS:
        X, y = load(name)
        rows = []
        for repeat in range(repeats):
            stream = np.random.RandomState(repeat)
            test_size = max(len(y) - n_pool, int(0.3 * len(y)))
            parts = train_test_split(X, y, test_size=test_size, random_state=stream, stratify=y)
            X_pool, X_test, y_pool, y_test = parts
            labels = {who: flipped(y_pool, 0.2, stream) for who in ANNOTATORS}
            rounds = min(n_rounds, 2 * len(X_pool) // n)
            about = X_pool, labels, (X_test, y_test), rounds, n
            with tempfile.TemporaryDirectory() as folder:
                auto, asked = play(folder, "auto", *about, "auto")
                at_random, _ = play(folder, "random", *about, asked)
                none, _ = play(folder, "none", *about, [0] * rounds)
            rows.append((sum(asked) / (rounds * n), auto, at_random, none))
        share = np.mean([row[0] for row in rows])
        areas = np.array([[np.mean(curve) for curve in row[1:]] for row in rows])
        ends = np.array([[np.mean(curve[-3:]) for curve in row[1:]] for row in rows])
        gain = areas[:, 0] - areas[:, 1]
        error = gain.std(ddof=1) / np.sqrt(repeats)
        n_better += gain.mean() > 0
        print(
            f"{name:12}{share:8.0%}{areas[:, 0].mean():12.3f}{areas[:, 1].mean():9.3f}"
            f"{areas[:, 2].mean():9.3f}{gain.mean():+9.4f} +-{error:.4f}"
            f"{ends[:, 0].mean():11.3f}{ends[:, 1].mean():9.3f}{ends[:, 2].mean():9.3f}",
            flush=True,
        )
    print(f'again="auto" is better than random second opinions on {n_better} of {len(NOISY_SETS)}')


def verdict(repeats, n_rows=200):
    shares = {"one good, two poor": (0.05, 0.4, 0.4), "one guesses": (0.1, 0.1, 0.5)}
    shares["all alike"] = (0.2, 0.2, 0.2)
    print(f"{'set':12}{'annotators':22}{'majority':>10}{'dawid_skene':>13}")
    for name in SUSPECTS_SETS:
        X, y = load(name)
        X, y = X[:n_rows], y[:n_rows]
        for kind, flips in shares.items():
            results = []
            for repeat in range(repeats):
                stream = np.random.RandomState(repeat)
                with tempfile.TemporaryDirectory() as folder:
                    results.append(resolved(folder, X, y, stream.permutation(flips), stream))
            majority, estimate = np.mean(results, axis=0)
            print(f"{name:12}{kind:22}{majority:10.3f}{estimate:13.3f}", flush=True)


def resolved(folder, X, y, flips, stream):
    """Return how often the label that counts is true, by either rule; all label every row."""
    with opened(folder, "v", make_learner(), X) as session:
        for i, (who, share) in enumerate(zip(ANNOTATORS, flips, strict=True)):
            rows = session.next(len(X), annotator=who, again=i > 0)
            session.label(rows, flipped(y, share, stream)[rows], annotator=who)
    right = []
    for rule in ("majority", "dawid_skene"):
        with opened(folder, "v", make_learner(), X, verdict=rule) as session:
            right.append(np.mean([y[row] == label for row, label in session.verdicts().items()]))
    return right


PARTS = {"suspects": (suspects, 10), "again": (again, 15), "verdict": (verdict, 10)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="all of them if not given")
    parser.add_argument("--quick", action="store_true", help="two repetitions")
    parser.add_argument("--repeats", type=int, help="how many repetitions")
    options = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    for part in options.parts or PARTS:
        function, n_repeats = PARTS[part]
        print(f"\n{part}")
        function(options.repeats or (2 if options.quick else n_repeats))
