"""How often `LabelCurves.compare` is wrong: wins and losses between learners that are equal.

    OMP_NUM_THREADS=1 python examples/benchmarks/check_comparison.py --jobs 2

Two kinds of learners are equal to random sampling. The first is random sampling with other seeds:
whatever the samples, it is neither better nor worse. The second are two mirrored strategies: one
prefers samples near zero on the first feature, the other on the second. On one data set one of
them is better. On average over data sets that are drawn anew, in which the two features have the
same distribution, they are equal.

For each, the share of wins and losses at the 5 % level is printed, without Holm's correction, of
three tests: the paired t-test that takes runs as independent, that of Nadeau and Bengio as
published, and `compare`, which counts the samples that runs learn from alike.
"""

import argparse
import time

import numpy as np
from joblib import Parallel, delayed
from scipy import stats
from sklearn.model_selection import ShuffleSplit
from sklearn.naive_bayes import GaussianNB

from skal import ActiveLearner
from skal.simulation import LabelCurves, label_curve
from skal.strategies import QueryStrategy, ScoreStrategy

SPLITS = {
    "5 folds": {"cv": 5},
    "5 folds x 2": {"cv": 5, "n_repeats": 2},
    "24 splits, 40 % for testing": {"cv": ShuffleSplit(24, test_size=0.4, random_state=0)},
}


class OtherSeed(QueryStrategy):
    """Ask at random, but for other samples than random sampling with the same seed."""

    def _query(self, pool, n):
        random_state = np.random.RandomState(pool.random_state.randint(2**31))
        return random_state.permutation(len(pool))[:n]


class NearZero(ScoreStrategy):
    """Prefer samples near zero on a feature."""

    def __init__(self, feature=0):
        self.feature = feature

    def score_samples(self, pool):
        return -np.abs(pool.X[:, self.feature])


def draw_data(random_state, n_samples=150):
    """Draw two classes; the first two features have the same distribution."""
    y = random_state.randint(2, size=n_samples)
    shift = np.array([0.7, 0.7, 0.3, 0.0])
    return random_state.normal(size=(n_samples, 4)) + np.outer(2 * y - 1, shift), y


def compare_equals(seed, splits, mirrored):
    """Return the p-values of three tests between two equal learners."""
    X, y = draw_data(np.random.RandomState(seed))
    first, second = (
        (NearZero(0), NearZero(1)) if mirrored else (OtherSeed(), None)  # None: the baseline
    )
    learners = {"one": ActiveLearner(GaussianNB(), first)}
    if second is not None:
        learners["other"] = ActiveLearner(GaussianNB(), second)
    rules = {"n_initial": 10, "batch_size": 10, "budget": 40, "random_state": seed}
    curves = label_curve(learners, X, y, **rules, **SPLITS[splits])
    other = "other" if mirrored else "random"
    scores = {name: curves.scores[name] for name in ("one", other)}
    runs = {name: curves.runs[name] for name in scores}
    pair = LabelCurves(curves.n_labels, scores, baseline=other, runs=runs)
    run, areas = runs["one"][0], pair.area()
    differences = areas["one"] - areas[other]
    return (
        p_value(differences, 0),
        p_value(differences, len(run.test) / len(run.train)),
        pair.compare(correction=None)["one"].p_value,
    )


def p_value(differences, correction):
    if not differences.any():
        return 1.0
    n = len(differences)
    error = np.sqrt(differences.var(ddof=1) * (1 / n + correction))
    return 2 * stats.t.sf(abs(differences.mean()) / error, n - 1)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--comparisons", type=int, default=2000)
    parser.add_argument("--equal", choices=["random", "mirrored"], help="one kind only")
    parser.add_argument("--runs", choices=list(SPLITS), help="one kind of runs only")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="100 comparisons each")
    options = parser.parse_args()
    n = 100 if options.quick else options.comparisons
    print(f"{n} comparisons each; wins and losses at the 5 % level")
    print(f"{'equal learners':22}{'runs':30}{'independent':>12}{'published':>12}{'compare':>12}")
    for mirrored in (False, True):
        if options.equal not in (None, "mirrored" if mirrored else "random"):
            continue
        for splits in [options.runs] if options.runs else SPLITS:
            started = time.perf_counter()
            tasks = (delayed(compare_equals)(seed, splits, mirrored) for seed in range(n))
            p_values = np.array(Parallel(n_jobs=options.jobs)(tasks))
            shares = "".join(f"{share:12.1%}" for share in (p_values < 0.05).mean(axis=0))
            name = "mirrored strategies" if mirrored else "other random draws"
            print(
                f"{name:22}{splits:30}{shares}   {time.perf_counter() - started:.0f} s", flush=True
            )


if __name__ == "__main__":
    main()
