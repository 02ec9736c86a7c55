"""`skal compare`: what strategies would have saved on the rows that are labeled."""

from collections import Counter
from pathlib import Path

import numpy as np
from scipy import stats

from ..simulation import LabelCurves, label_curve
from ._columns import described, given_readings, tell_apart
from ._features import make_features
from ._messages import CommandError, note, require_pandas
from ._models import DENSE, make_learner, strategy_name
from ._project import open_project
from ._settings import saved_settings, session_path
from ._tables import read_table, write_table

N_RESAMPLED = 1000
INTERVAL = (5, 95)  # per cent
N_ROUNDS = 20
N_BALANCE_GAMES = 3


def compare(options):
    """Play the game with several strategies, and report. Returns the exit code."""
    require_pandas()
    table, readings, labels = _labeled_table(options)
    rows = [row for row, label in enumerate(labels) if label is not None]
    y = np.array([labels[row] for row in rows], dtype=str)
    folds = _check_enough(table, y, options.folds)
    folder = _make_folder(options.output)
    names = dict.fromkeys(map(strategy_name, options.strategies.split(",")))
    features = make_features(table, readings, dense=options.model in DENSE)
    learners = {name: make_learner(features, options.model, name) for name in names}
    X = np.array(rows).reshape(-1, 1)
    game = _game(options, len(y), folds)
    print(f"Columns: {described(readings)}.")
    print(f"{len(y)} labeled rows, {len(set(y))} classes; {folds} folds x {options.repeats}.")
    curves = label_curve(
        learners,
        X,
        y,
        cv=folds,
        n_repeats=options.repeats,
        scoring=options.scoring,
        n_jobs=options.jobs,
        verbose=1,
        **game,
    )
    report = summary(curves, folds, random_state=options.seed)
    print(report)
    (folder / "summary.txt").write_text(report + "\n", encoding="utf-8")
    write_table(folder / "scores.csv", curves.to_frame().to_dict("list"), encoding="utf-8")
    _draw(folder, curves, learners, X, y, game)
    print(f"The report is in {folder}.")
    return 0


def _labeled_table(options):
    """Return the table, how it is read, and the label of each row, those of a session included."""
    saved = saved_settings(options.data)
    if saved is not None and options.label in (None, saved.label):
        with open_project(options.data, to_ask=False) as project:
            labels = project.labels()
            labels = [labels.get(row) for row in range(len(project.table))]
            given = given_readings(options.columns or [], project.readings)
            return project.table, {**project.readings, **given}, labels
    if options.label is None:
        raise CommandError(
            f"--label COLUMN is needed: there is no session {session_path(options.data)} that "
            "would tell which column holds the labels."
        )
    table = read_table(options.data)
    labels = [label or None for label in table.column(options.label)]
    names = [name for name in table.columns if name not in (options.label, options.id)]
    readings = {**tell_apart(table, names), **given_readings(options.columns or [], names)}
    return table, readings, labels


def _check_enough(table, y, folds):
    """Return the number of folds, which every class should be in."""
    counts = Counter(y.tolist())
    if len(counts) < 2:
        raise CommandError(
            f"{table.path}: a comparison needs rows of two classes with labels, and there are "
            f"{len(y)} labeled rows of {len(counts)} classes."
        )
    most = max(counts.values())
    if most < folds:
        raise CommandError(f"{table.path}: --folds must be at most {most}, got {folds}.")
    rare = {name: count for name, count in counts.items() if count < folds}
    if rare:
        note(f"Classes with fewer rows than there are {folds} folds: {rare}.")
    return folds


def _make_folder(path):
    path = Path(path)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise CommandError(f"-o {path} must be a folder, and a file is in its place.") from error
    return path


def _game(options, n_rows, folds):
    """Return the rules of the game."""
    most = n_rows - -(-n_rows // folds)
    if options.budget > most:
        note(f"--budget {options.budget} is more than the {most} rows of a training part.")
    budget = min(options.budget, most)
    return {
        "budget": budget,
        "n_initial": min(options.initial, budget),
        "batch_size": options.batch_size or max(1, budget // N_ROUNDS),
        "random_state": options.seed,
    }


# The report -------------------------------------------------------------------------------


def summary(curves, folds, random_state=0):
    """Return a table on the strategies, and what it means, as text.

    Parameters
    ----------
    curves : LabelCurves
    folds : int
        In how many parts the rows were divided, each being the test samples once.
    random_state : int, default=0
        Seed of the resampling that gives the intervals.

    References
    ----------
    C. Nadeau and Y. Bengio (2003). Inference for the generalization error. Machine Learning 52.
    """
    target = curves.mean()[curves.baseline][-1]
    intervals = _intervals(curves, target, random_state)
    ahead = {name: _ahead(curves, name, folds) for name in curves.names}
    areas = {name: areas.mean() for name, areas in curves.area().items()}
    table = [["strategy", "mean", "ahead of random", "last", f"labels to {target:.3f}", "saved"]]
    for name in sorted(areas, key=lambda name: -areas[name]):
        table.append(_row(curves, name, target, ahead[name], intervals[name]))
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    ]
    return "\n".join([*lines, "", *_explanation(curves, target), *_verdicts(curves, ahead)])


def _ahead(curves, name, folds):
    """Return by how much a strategy is ahead of the baseline, and the standard error of that."""
    areas = curves.area()
    ahead = areas[name] - areas[curves.baseline]
    # Runs share training samples. With this term, due to Nadeau and Bengio, their spread does not
    # promise too much.
    shared = 1 / len(ahead) + 1 / (folds - 1)
    return ahead.mean(), ahead.std(ddof=1) * np.sqrt(shared)


def _row(curves, name, target, ahead, interval):
    """Return the cells of a strategy."""
    reach = _number(curves.labels_to_reach(target)[name], "never", ".0f")
    mean, last = curves.area()[name].mean(), curves.mean()[name][-1]
    if name == curves.baseline:
        return [name, f"{mean:.3f}", "", f"{last:.3f}", reach, ""]
    saved = _number(curves.labels_saved(target)[name], "none", "+.0f")
    saved += f" ({interval[0]:+.0f} to {interval[1]:+.0f})"
    return [name, f"{mean:.3f}", f"{ahead[0]:+.3f} +- {ahead[1]:.3f}", f"{last:.3f}", reach, saved]


def _number(number, otherwise, format):
    return otherwise if np.isnan(number) else f"{number:{format}}"


def _intervals(curves, target, random_state):
    """Return the interval of the labels saved over runs drawn with replacement.

    All strategies have the same runs, so that what is drawn are differences within runs. Where
    a mean curve never reaches the target, as many labels were needed as there were, or more.
    """
    stream = np.random.RandomState(random_state)
    n_runs = len(curves.scores[curves.baseline])
    last = float(curves.n_labels[-1])
    drawn = {name: [] for name in curves.names}
    for _ in range(N_RESAMPLED):
        runs = stream.randint(n_runs, size=n_runs)
        some = LabelCurves(
            curves.n_labels, {name: scores[runs] for name, scores in curves.scores.items()}
        )
        reach = {
            name: np.nan_to_num(n, nan=last) for name, n in some.labels_to_reach(target).items()
        }
        for name in curves.names:
            drawn[name].append(reach[curves.baseline] - reach[name])
    return {name: np.percentile(values, INTERVAL) for name, values in drawn.items()}


def _explanation(curves, target):
    score, n_runs = curves.score_name, len(curves.scores[curves.baseline])
    return [
        f"mean, last: {score} over all rounds, and with {curves.n_labels[-1]} labels.",
        "ahead of random: the difference of the means, and its standard error, given that runs "
        "share rows.",
        f"saved: labels fewer than random sampling needs to reach its last {score}, {target:.3f}; "
        f"90% interval",
        f"from {n_runs} runs drawn with replacement, which is rather too narrow, as they share "
        "rows.",
    ]


def _verdicts(curves, ahead):
    """Return what can be said of the strategies with 95% confidence each way."""
    n_runs = len(curves.scores[curves.baseline])
    bound = stats.t.ppf(0.95, n_runs - 1)
    verdicts = {}
    for name in curves.names:
        mean, error = ahead[name]
        if name == curves.baseline:
            continue
        clear = abs(mean) > bound * error
        verdict = ("worse", "better")[int(mean > 0)] if clear else "not clearly other"
        verdicts.setdefault(f"{verdict} than random sampling here", []).append(name)
    return [f"{', '.join(names)}: {verdict}." for verdict, names in verdicts.items()]


def _draw(folder, curves, learners, X, y, game):
    """Draw the curves and the classes asked for, if matplotlib is there."""
    try:
        import matplotlib
    except ImportError:
        note('Pictures need matplotlib: pip install "skal[plot]". There is the table alone.')
        return
    from ..plotting import ClassBalanceDisplay, LabelCurveDisplay

    matplotlib.use("Agg")
    display = LabelCurveDisplay.from_label_curves(curves)
    _save(display, folder / "label_curves.png")
    display = ClassBalanceDisplay.from_learners(learners, X, y, n_repeats=N_BALANCE_GAMES, **game)
    _save(display, folder / "class_balance.png")


def _save(display, path):
    import matplotlib.pyplot as plt

    display.figure_.savefig(path, dpi=150)
    plt.close(display.figure_)
