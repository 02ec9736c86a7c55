"""The strategies that other libraries have as well: CPU seconds beside theirs, in one run.

    python -m venv peers && peers/bin/pip install -e . scikit-activeml modAL-python
    peers/bin/python examples/benchmarks/time_peers.py

Every library gets the same pool, labeled samples and predictions of models, in an interpreter that
has all of them: 100 of 10,000 rows of 64 features and 10 classes are asked for, with 100 labeled
rows, unless a case says otherwise. What a library needs beyond these arrays, such as its own
objects for data and models, is made before the clock starts. Each case has a process of its own
with one BLAS thread. The libraries are called in turn, once to import what they need and three
times more, each as often as takes 0.3 seconds, and the least mean counts. A library that has taken
more than 5 seconds is not asked again.

The raw results go to `data/performance_peers.json`. `time_queries.py page` makes a table of them.
`--quick` takes 1,000 rows and one round, and writes nothing.
"""

import argparse
import json
import os
import subprocess
import sys
from functools import partial
from importlib.metadata import version
from pathlib import Path

# It limits BLAS to one thread, so it comes before NumPy.
from time_queries import about, mean_seconds, write_results

import numpy as np  # isort: skip
from bench_bald import ReadyPeer, make_members
from bench_density import RADIUS, activeml_prob_cover, modal_density, modal_ranked_batch
from scipy.special import softmax
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB

ROOT = Path(__file__).resolve().parents[2]
RESULTS = Path(__file__).parent / "data" / "performance_peers.json"
N_DIMS, N_CLASSES, N_LABELED = 64, 10, 100
N_ROWS, N_ASKED, N_ROUNDS = 10_000, 100, 3
SLOW = 5  # seconds after which a library is not asked again
LIBRARIES = {"scikit-activeml": "scikit-activeml", "modAL": "modAL-python"}


class Data:
    """What all libraries are given."""

    def __init__(self, n_rows, n_asked):
        rng = np.random.RandomState(0)
        centers = 3 * rng.standard_normal((20, N_DIMS))
        X = (
            rng.standard_normal((N_LABELED + n_rows, N_DIMS))
            + centers[rng.randint(20, size=N_LABELED + n_rows)]
        )
        self.labeled, self.X, self.n = X[:N_LABELED], X[N_LABELED:], n_asked
        weights = rng.standard_normal((N_DIMS, N_CLASSES)) / 8
        self.proba, self.labeled_proba = (
            softmax(self.X @ weights, axis=1),
            softmax(self.labeled @ weights, axis=1),
        )
        self.y = np.arange(N_LABELED) % N_CLASSES
        self.numbers = self.labeled @ weights[:, 0] + rng.standard_normal(N_LABELED)
        self.scores = rng.random_sample(n_rows)
        self.members = make_members(5, n_rows, N_CLASSES)

    def joined(self, y):
        """Return all rows and their labels, which are missing in the pool."""
        return np.vstack([self.labeled, self.X]), np.r_[
            y.astype(float), np.full(len(self.X), np.nan)
        ]

    def prediction(self, X):
        """Return what a fitted ridge regression predicts."""
        return Ridge().fit(self.labeled, self.numbers).predict(X)


def skal(text, *reads):
    """Return a query of skal, given the outputs that a strategy reads."""

    def prepare(data):
        from skal import Pool, strategies

        strategy = eval(text, {**vars(strategies), "RADIUS": RADIUS})  # the text of a case below
        given = {
            "proba": data.proba,
            "member_proba": data.members,
            "prediction": data.prediction(data.X),
        }
        seen = {"proba": data.labeled_proba} if "proba" in reads else {}
        y = data.numbers if "prediction" in reads else data.y
        given = {name: given[name] for name in reads}
        if "member_proba" in given:
            given["members_consistent"] = True

        def query():
            known = Pool.from_arrays(data.labeled, y=y, **seen)
            pool = Pool.from_arrays(data.X, labeled=known, random_state=0, **given)
            return strategy.query(pool, data.n)

        return query

    return prepare


def skal_ranked(data):
    """Return a query of ranked batches by scores that are given."""
    from skal import Pool
    from skal.strategies import RankedBatch, ScoreStrategy

    class Given(ScoreStrategy):
        def score_samples(self, pool):
            return data.scores

    known = Pool.from_arrays(data.labeled, y=data.y)
    return lambda: RankedBatch(Given()).query(Pool.from_arrays(data.X, labeled=known), data.n)


def skal_density(data):
    from skal.geometry import density

    return lambda: density(data.X, similarity="cosine")


def skal_drop_query(data):
    from skal import Pool
    from skal.strategies import DropQuery

    model, strategy = LogisticRegression().fit(data.labeled, data.y), DropQuery(n_passes=5)
    known = Pool.from_arrays(data.labeled, y=data.y)
    return lambda: strategy.query(Pool(model, data.X, labeled=known, random_state=0), data.n)


def skal_error(data):
    from bench_refits import by_skal

    return by_skal(GaussianNB(), data.labeled, data.y, data.X)


def modal_error(data):
    from bench_refits import by_modal

    return by_modal(GaussianNB(), data.labeled, data.y, data.X)


class Ready(ReadyPeer):
    """A classifier of scikit-activeml that has predicted the pool and the labeled rows before."""

    def predict_proba(self, X):
        return self.members[len(X)].copy()


def activeml(name, model=None, **params):
    """Return a query of scikit-activeml, with a model that has predicted before."""

    def prepare(data):
        from skactiveml import pool

        strategy = getattr(pool, name)(random_state=0, **params)
        if model == "ensemble":
            strategy.set_params(sample_predictions_method_name="sample_proba")
            ensemble = ReadyPeer(data.members.copy(), classes=np.arange(N_CLASSES))
            given = {"ensemble": ensemble, "fit_ensemble": False}
            return partial(
                strategy.query, data.X, np.full(len(data.X), np.nan), batch_size=data.n, **given
            )
        given = {}
        if model == "clf":
            answers = {len(data.X): data.proba, N_LABELED: data.labeled_proba}
            given = {"clf": Ready(answers, classes=np.arange(N_CLASSES)), "fit_clf": False}
        elif model == "logistic":
            given = {"clf": activeml_classifier(LogisticRegression(), data), "fit_clf": False}
        elif model == "bayes":
            given = {"clf": activeml_classifier(GaussianNB(), data)}  # it asks to fit it again
        elif model == "reg":
            from skactiveml.regressor import SklearnRegressor

            given = {
                "reg": SklearnRegressor(Ridge()).fit(data.labeled, data.numbers),
                "fit_reg": False,
            }
        X, y = data.joined(data.numbers if model == "reg" else data.y)
        query = partial(strategy.query, X, y, batch_size=data.n, **given)
        return lambda: np.asarray(query()) - N_LABELED

    return prepare


def activeml_classifier(estimator, data):
    from skactiveml.classifier import SklearnClassifier

    return SklearnClassifier(estimator, classes=np.arange(N_CLASSES)).fit(data.labeled, data.y)


def of_density(prepare):
    """Return a query of `bench_density.py` for the data of this script."""
    return lambda data: prepare(data.labeled, data.X, data.scores)


class ReadyModel:
    """A classifier and a committee of modAL that have predicted before."""

    def __init__(self, data):
        self.data, self.classes_ = data, np.arange(N_CLASSES)
        self.votes = data.members.argmax(axis=2).T

    def __len__(self):
        return len(self.data.members)

    def __iter__(self):
        return iter(self.data.members)

    def predict_proba(self, X, **kwargs):
        return self.data.proba

    def vote(self, X, **kwargs):
        return self.votes

    def vote_proba(self, X, **kwargs):
        return self.data.members.transpose(1, 0, 2)


def modal(module, name):
    """Return a query function of modAL, with a model that has predicted before."""

    def prepare(data):
        function = getattr(__import__(f"modAL.{module}", fromlist=[name]), name)
        model = ReadyModel(data)
        return lambda: first_of(function(model, data.X, n_instances=data.n))

    return prepare


def first_of(answer):
    """Return positions, which some versions of modAL return beside rows or scores."""
    return answer[0] if isinstance(answer, tuple) else answer


# Each case: the strategy of skal, what others call it, and a size if it differs.
CASES = {
    "UncertaintySampling('margin')": {
        "skal": skal("UncertaintySampling('margin')", "proba"),
        "scikit-activeml": activeml("UncertaintySampling", "clf", method="margin_sampling"),
        "modAL": modal("uncertainty", "margin_sampling"),
    },
    "UncertaintySampling('entropy')": {
        "skal": skal("UncertaintySampling('entropy')", "proba"),
        "scikit-activeml": activeml("UncertaintySampling", "clf", method="entropy"),
        "modAL": modal("uncertainty", "entropy_sampling"),
    },
    "QueryByCommittee('vote_entropy')": {
        "skal": skal("QueryByCommittee('vote_entropy')", "member_proba"),
        "scikit-activeml": activeml("QueryByCommittee", "ensemble", method="vote_entropy"),
        "modAL": modal("disagreement", "vote_entropy_sampling"),
    },
    "QueryByCommittee('kl')": {
        "skal": skal("QueryByCommittee('kl')", "member_proba"),
        "scikit-activeml": activeml("QueryByCommittee", "ensemble", method="KL_divergence"),
    },
    "QueryByCommittee('max_kl')": {
        "skal": skal("QueryByCommittee('max_kl')", "member_proba"),
        "modAL": modal("disagreement", "max_disagreement_sampling"),
    },
    "BALD()": {
        "skal": skal("BALD()", "member_proba"),
        "scikit-activeml": activeml("GreedyBALD", "ensemble"),
    },
    "BatchBALD()": {
        "size": (1000, 10),
        "skal": skal("BatchBALD()", "member_proba"),
        "scikit-activeml": activeml("BatchBALD", "ensemble", n_MC_samples=10_000),
    },
    "CoreSet()": {"skal": skal("CoreSet()"), "scikit-activeml": activeml("CoreSet")},
    "BADGE()": {
        "skal": skal("BADGE()", "proba"),
        "scikit-activeml": activeml("Badge", "clf"),
    },
    "TypiClust(n_neighbors=5)": {
        "skal": skal("TypiClust(n_neighbors=5)"),
        "scikit-activeml": activeml("TypiClust", k=5),
    },
    "ProbCover()": {
        "skal": skal("ProbCover()"),
        "scikit-activeml": of_density(activeml_prob_cover(None)),
    },
    "ProbCover(radius=12)": {
        "skal": skal("ProbCover(radius=RADIUS)"),
        "scikit-activeml": of_density(activeml_prob_cover(RADIUS)),
    },
    "Falcun()": {"skal": skal("Falcun()", "proba"), "scikit-activeml": activeml("Falcun", "clf")},
    "ContrastiveSampling()": {
        "skal": skal("ContrastiveSampling()", "proba"),
        "scikit-activeml": activeml("ContrastiveAL", "clf"),
    },
    "DropQuery(n_passes=5)": {
        "skal": skal_drop_query,
        "scikit-activeml": activeml("DropQuery", "logistic", n_dropout_samples=5),
    },
    "RankedBatch()": {
        "skal": skal_ranked,
        "modAL": of_density(modal_ranked_batch(N_LABELED)),
    },
    "geometry.density": {"skal": skal_density, "modAL": of_density(modal_density("cosine"))},
    "GreedyX()": {"skal": skal("GreedyX()"), "scikit-activeml": activeml("GreedySamplingX")},
    "GreedyY()": {
        "skal": skal("GreedyY()", "prediction"),
        "scikit-activeml": activeml("GreedySamplingTarget", "reg", method="GSy"),
    },
    "ImprovedGreedy()": {
        "skal": skal("ImprovedGreedy()", "prediction"),
        "scikit-activeml": activeml("GreedySamplingTarget", "reg", method="GSi"),
    },
    "ExpectedErrorReduction()": {
        "size": (200, 1),
        "skal": skal_error,
        "scikit-activeml": activeml("MonteCarloEER", "bayes", method="log_loss"),
        "modAL": modal_error,
    },
}


def libraries_of(case):
    """Return the libraries of a case, skal first."""
    return [name for name in CASES[case] if name != "size"]


def measure(case, quick):
    """Print what each library needs for a case, in turn, as JSON."""
    data = Data(*size_of(case, quick))
    queries = {library: CASES[case][library](data) for library in libraries_of(case)}
    chosen = {library: np.ravel(query()).tolist() for library, query in queries.items()}
    seconds = {library: [] for library in queries}
    for _ in range(1 if quick else N_ROUNDS):
        for library, query in queries.items():
            if sum(seconds[library]) < SLOW:
                seconds[library].append(mean_seconds(query))
    same = {library: len({*chosen["skal"]} & {*chosen[library]}) for library in queries}
    found = {name: {"cpu": min(seconds[name]), "same": same[name]} for name in queries}
    print(json.dumps(found))


def size_of(case, quick):
    """Return the number of rows and of samples that are asked for."""
    n_rows, n_asked = CASES[case].get("size", (N_ROWS, N_ASKED))
    return (min(n_rows, 1000), min(n_asked, 10)) if quick else (n_rows, n_asked)


def in_own_process(case, quick):
    """Return what each library needs for a case."""
    command = [sys.executable, "-W", "ignore", __file__, "--measure", case]
    command += ["--quick"] * quick
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def run(options):
    """Compare all cases, print them, and write the raw results."""
    versions = {library: version(package) for library, package in LIBRARIES.items()}
    found = []
    for case in options.case or CASES:
        n_rows, n_asked = size_of(case, options.quick)
        results = in_own_process(case, options.quick)
        found.append(
            {
                "case": case,
                "rows": n_rows,
                "asked": n_asked,
                "cpu": results,
                "versions": versions,
                **about(),
            }
        )
        print(case, results, flush=True)
        if not options.quick:
            write_results(options.results, found)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--case", action="append", choices=CASES, metavar="CASE")
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    options = parser.parse_args()
    measure(options.measure, options.quick) if options.measure else run(options)


if __name__ == "__main__":
    main()
