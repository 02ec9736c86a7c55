"""Compare the strategies on all data sets and models, and write the results page.

    export OMP_NUM_THREADS=1
    python examples/benchmarks/compare_strategies.py run results.jsonl --jobs 2
    python examples/benchmarks/compare_strategies.py page results.jsonl docs/results.inc

`run` plays one setting after another: a data set, a model, a number of first labels and a batch
size. Every setting that is finished is a line of the file. Started again, it goes on with the
settings and strategies that are missing, so it may be stopped at any time, and run in parts on
several machines whose files are put together. `page` writes tables from the file, with the
commands, seeds, versions and times beside them. `--quick` plays a small part of the settings.
"""

import argparse
import json
import pathlib
import platform
import shlex
import sys
import time
import warnings

import numpy as np
import scipy
import scipy.sparse as sp
import sklearn
from sklearn.datasets import load_digits
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC

import skal
from skal import ActiveLearner
from skal.pool import MissingOutputError
from skal.simulation import label_curve
from skal.strategies import NOT_FOR_CLASSES, STRATEGIES, RandomSampling

FOLDER = pathlib.Path(__file__).parent / "data"
SETS = [*sorted(path.stem for path in FOLDER.glob("*.npz")), "digits"]
MODELS = {
    "svc": lambda: SVC(gamma="auto"),
    "logistic": lambda: LogisticRegression(max_iter=1000),
    "forest": lambda: RandomForestClassifier(100),
    "boosting": lambda: HistGradientBoostingClassifier(max_iter=50, min_samples_leaf=5),
}
FIRST = [0, 20]
BATCHES = [1, 10, 50]
# Labels bought, by the size of the batch: as many as show a difference in reasonable time.
BOUGHT = {1: 60, 10: 200, 50: 500}
QUICK = {"sets": ["heart", "sonar"], "models": ["logistic"], "batches": [10], "repeats": 1}
COLD = {"kmeans", "max_herding", "typi_clust", "prob_cover", "facility_location"}
NAMES = {"svc": "SVC", "logistic": "logistic regression", "forest": "forest"}
NAMES["boosting"] = "gradient boosting"


def load(name):
    """Return the features and classes of a data set."""
    if name == "digits":
        return load_digits(return_X_y=True)
    with np.load(FOLDER / f"{name}.npz", allow_pickle=False) as data:
        if "X" in data:
            return data["X"], data["y"]
        parts = (data["X_data"], data["X_indices"], data["X_indptr"])
        return sp.csr_matrix(parts, shape=tuple(data["X_shape"])), data["y"]


def make_model(name, X):
    """Return a pipeline of a model with what brings the features to its scale."""
    steps = [TfidfTransformer(sublinear_tf=True)] if sp.issparse(X) else [StandardScaler()]
    if sp.issparse(X) and name == "boosting":  # which takes no sparse matrix
        steps.append(FunctionTransformer(to_dense, accept_sparse=True))
    return make_pipeline(*steps, MODELS[name]())


def to_dense(X):
    return X.toarray()


def make_learners(strategies, model):
    """Return the learners by the names of their strategies; "default" is what nobody chose."""
    learners = {"random": ActiveLearner(model, RandomSampling())}
    for name in strategies:
        strategy = None if name == "default" else name
        # What needs no model may begin; all others begin as the default does.
        cold_start = name if name in COLD else None
        learners[name] = ActiveLearner(model, strategy, cold_start=cold_start)
    return learners


def play(setting, strategies, options):
    """Return the results of a setting, a dict that JSON can hold."""
    X, y = load(setting["set"])
    model = make_model(setting["model"], X)
    started = time.perf_counter()
    learners, refused = make_learners(strategies, model), {}
    while True:
        try:
            curves = label_curve(
                learners,
                X,
                y,
                n_initial=setting["first"],
                batch_size=setting["batch"],
                budget=setting["first"] + BOUGHT[setting["batch"]],
                cv=5,
                n_repeats=options.repeats,
                oracle=options.oracle,
                n_jobs=options.jobs,
                random_state=options.seed,
            )
            break
        except MissingOutputError as error:
            # A strategy that the model cannot serve is a result as well.
            name = next(name for name in learners if f"The learner {name!r} " in str(error))
            refused[name] = str(error)
            del learners[name]
    comparison = curves.compare(correction=None)
    areas = {name: float(area.mean()) for name, area in curves.area().items()}
    return {
        **setting,
        "asked": strategies,
        **{"n_labels": curves.n_labels[[0, -1]].tolist(), "areas": areas, "refused": refused},
        **{"n_runs": len(curves.scores["random"]), "notes": comparison.notes},
        "rows": [plain(row) for row in comparison.values()],
        "seconds": time.perf_counter() - started,
        "about": about(options),
    }


def plain(row):
    return {key: None if value != value else value for key, value in row.items()}


def about(options):
    return {
        "seed": options.seed,
        "repeats": options.repeats,
        "commands": [command(options)],
        "skal": skal.__version__,
        "scikit-learn": sklearn.__version__,
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "python": platform.python_version(),
    }


def command(options):
    """Return the command as others would type it, wherever the files are."""
    here = {str(options.results): options.results.name}
    return shlex.join(["python", *(here.get(word, word) for word in sys.argv)])


def key_of(setting):
    return tuple(setting[key] for key in ("set", "model", "first", "batch"))


def run(options):
    """Play the settings that are not in the file yet, the cheapest first."""
    settings = [
        {"set": name, "model": model, "first": first, "batch": batch}
        for batch in sorted(options.batches, reverse=True)
        for name in sorted(options.sets, key=lambda name: load(name)[0].shape[0])
        for model in options.models
        for first in options.first
    ]
    options.results.touch()
    done = {key_of(result): known_in(result) for result in read(options.results)}
    for number, setting in enumerate(settings, start=1):
        known = done.get(key_of(setting), set())
        missing = [name for name in options.strategies if name not in known]
        if not missing:
            continue
        result = play(setting, missing, options)
        with options.results.open("a", encoding="utf-8") as file:
            file.write(json.dumps(result) + "\n")
        found = {row["learner"]: round(row["difference"], 3) for row in result["rows"]}
        words = " ".join(map(str, setting.values()))
        print(f"{number}/{len(settings)} {words}: {result['seconds']:.0f} s {found}", flush=True)


def known_in(result):
    """Return the strategies that a result is about."""
    return set(result["asked"])


def read(path):
    """Return the results in a file, one for each setting; a line that was cut off is left out."""
    merged = {}
    for result in read_lines(path):
        before = merged.setdefault(key_of(result), result)
        if before is not result:
            before["rows"] += result["rows"]
            before["asked"] += result["asked"]
            before["areas"].update(result["areas"])
            before["refused"].update(result["refused"])
            before["seconds"] += result["seconds"]
            before["about"]["commands"] += result["about"]["commands"]
    return list(merged.values())


def read_lines(path):
    results = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            results.append(json.loads(line))
        except json.JSONDecodeError:
            print(f"{path}: a line that is not complete is left out.", file=sys.stderr)
    return results


def settings_of(results, strategy):
    """Return the row of a strategy in each setting that has one."""
    return [row for result in results for row in result["rows"] if row["learner"] == strategy]


def add_outcomes(results):
    """Correct the p-values of each strategy by Holm, with all its settings as one family."""
    for strategy in strategies_in(results):
        rows = sorted(settings_of(results, strategy), key=lambda row: row["p_value"])
        largest = 0.0
        for rank, row in enumerate(rows):
            largest = min(1.0, max(largest, (len(rows) - rank) * row["p_value"]))
            better = "win" if row["difference"] > 0 else "loss"
            row["outcome"] = better if largest < 0.05 else "tie"


def strategies_in(results):
    return list(dict.fromkeys(row["learner"] for result in results for row in result["rows"]))


def ranks(results, strategy):
    """Return the ranks of a strategy among those of each setting, random sampling included."""
    found = []
    for result in results:
        areas = {name: area for name, area in result["areas"].items() if "oracle" not in name}
        if strategy in areas:
            values = np.array(list(areas.values()))
            mine = areas[strategy]
            found.append(1 + (values > mine).sum() + ((values == mine).sum() - 1) / 2)
    return found


def summarize(results):
    """Return the rows of the summary table, the strategy of the best mean rank first."""
    table = []
    for strategy in strategies_in(results):
        rows = settings_of(results, strategy)
        differences = [100 * row["difference"] for row in rows]
        outcomes = [row["outcome"] for row in rows]
        table.append(
            [
                strategy,
                len(rows),
                f"{np.mean(differences):+.2f}",
                f"{min(differences):+.2f}",
                outcomes.count("win"),
                outcomes.count("loss"),
                f"{np.mean(ranks(results, strategy)):.1f}",
                *(ratio_cell(rows, target) for target in ("gain", "final")),
            ]
        )
    mean_rank = f"{np.mean(ranks(results, 'random')):.1f}"
    table.append(["random", len(results), "", "", "", "", mean_rank, "", ""])
    return sorted(table, key=lambda row: float(row[6]))


def ratio_cell(rows, target):
    """Return the mean ratio of labels over the settings that have one, and how often never."""
    kept = [row for row in rows if row[f"label_ratio_{target}"] is not None]
    if not kept:
        return "none"
    never = sum(not row[f"reaches_{target}"] for row in kept)
    mean = np.mean([row[f"label_ratio_{target}"] for row in kept])
    return f"{mean:.2f}" + (f" ({never} never)" if never else "")


SUMMARY = [
    "strategy",
    "settings",
    "mean difference",
    "worst",
    "wins",
    "losses",
    "mean rank",
    "labels, 95% of gain",
    "labels, all of it",
]


def csv_table(title, header, rows, widths="auto"):
    """Return a table in reStructuredText."""
    lines = [f".. csv-table:: {title}", "   :header-rows: 1", f"   :widths: {widths}", ""]
    cells = [",".join(f'"{cell}"' for cell in row) for row in [header, *rows]]
    return "\n".join(lines + [f"   {line}" for line in cells]) + "\n"


def detail(results):
    """Return one table for each model, first labels and batch size: sets by strategies."""
    parts = []
    groups = {}
    for result in results:
        group = result["model"], result["first"], result["batch"]
        groups.setdefault(group, []).append(result)
    for (model, first, batch), group in sorted(groups.items()):
        names = dict.fromkeys(name for result in group for name in result["asked"])
        rows = [[r["set"], *(cell(r, name) for name in names)] for r in group]
        start = "no label" if not first else f"{first} labels"
        size = "one at a time" if batch == 1 else f"batches of {batch}"
        title = f"{NAMES[model][:1].upper()}{NAMES[model][1:]}, from {start}, {size}"
        parts.append(csv_table(title, ["data", *names], sorted(rows)))
    return "\n".join(parts)


def cell(result, name):
    row = next((row for row in result["rows"] if row["learner"] == name), None)
    if row is None:
        return "not possible" if name in result["refused"] else ""
    mark = {"win": " **win**", "loss": " **loss**", "tie": ""}[row["outcome"]]
    return f"{100 * row['difference']:+.1f}{mark}"


def page(options):
    """Write the tables of the results page."""
    results = read(options.results)
    if not results:
        raise SystemExit(f"{options.results} holds no results yet. Run `run` first.")
    add_outcomes(results)
    small = sum(bool(result["notes"]) for result in results)
    text = [
        f"{len(results)} settings: {', '.join(sorted({r['set'] for r in results}))}; "
        f"{', '.join(NAMES[m] for m in sorted({r['model'] for r in results}))}. Ratios of labels "
        f"leave out {small} of them, in which random sampling gains less than 5 points.\n",
        csv_table("All settings", SUMMARY, summarize(results)),
        made_by(results, options),
        "By setting\n----------\n",
        "The difference to random sampling, in points. **win** and **loss** are after Holm's "
        "correction over all settings of a strategy.\n",
        detail(results),
    ]
    options.page.write_text("\n".join(text), encoding="utf-8")


def made_by(results, options):
    """Return the commands, seeds, versions and time of some results."""
    commands = dict.fromkeys(one for result in results for one in result["about"]["commands"])
    versions = ("python", "skal", "scikit-learn", "numpy", "scipy")
    made = {name: sorted({result["about"][name] for result in results}) for name in versions}
    seeds = sorted({result["about"]["seed"] for result in results})
    runs = sorted({result["n_runs"] for result in results})
    hours = sum(result["seconds"] for result in results) / 3600
    shown = [f"   {command}" for command in [*commands, command(options)]]
    return "\n".join(
        [
            "Made by\n\n.. code-block:: bash\n",
            *shown,
            "",
            f"with seed {', '.join(map(str, seeds))}, {', '.join(map(str, runs))} runs in each "
            f"setting, in {hours:.2f} hours; "
            + ", ".join(f"{name} {' and '.join(found)}" for name, found in made.items())
            + ".\n",
        ]
    )


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True, metavar="{run,page}")
    playing = commands.add_parser("run", help="play the settings that are missing")
    playing.add_argument("results", type=pathlib.Path, help="the file of results, JSON lines")
    playing.add_argument("--sets", nargs="+", choices=SETS, default=SETS, metavar="SET")
    playing.add_argument("--models", nargs="+", choices=list(MODELS), default=list(MODELS))
    playing.add_argument("--strategies", nargs="+", default=default_strategies(), metavar="NAME")
    playing.add_argument("--first", nargs="+", type=int, choices=FIRST, default=FIRST)
    playing.add_argument("--batches", nargs="+", type=int, choices=BATCHES, default=BATCHES)
    playing.add_argument("--repeats", type=int, default=5, help="of 5 folds each")
    playing.add_argument("--seed", type=int, default=0)
    playing.add_argument("--jobs", type=int, default=1)
    playing.add_argument("--oracle", action="store_true", help="add the curve that sees labels")
    playing.add_argument("--quick", action="store_true", help=str(QUICK))
    playing.set_defaults(function=run)
    writing = commands.add_parser("page", help="write the tables from the results")
    writing.add_argument("results", type=pathlib.Path)
    writing.add_argument("page", type=pathlib.Path, help="the file that docs/results.rst includes")
    writing.set_defaults(function=page)
    options = parser.parse_args()
    if getattr(options, "quick", False):
        vars(options).update(QUICK)
    return options


def default_strategies():
    # Relevance does not aim at an accurate model: `find_positives.py` measures it.
    left_out = {"random", "relevance", *NOT_FOR_CLASSES}
    return ["default", *(name for name in STRATEGIES if name not in left_out)]


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    options = parse()
    options.function(options)
