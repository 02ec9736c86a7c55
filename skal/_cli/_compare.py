"""`skal compare`: how many labels strategies would have saved on the rows that are labeled."""

import os
import sys
from argparse import Namespace
from collections import Counter
from dataclasses import fields
from pathlib import Path

import numpy as np

from .._base import InvalidParameterError, replace_file
from ..pool import MissingOutputError
from ..simulation import LabelBudgetClassifier, LabelBudgetRegressor, label_curve
from ._columns import described, given_readings
from ._dialect import Dialect
from ._failures import plain_scoring
from ._features import make_features
from ._files import check_writable, read_table, write_table
from ._label_column import check_classes, read_labels
from ._messages import CommandError, note, require_pandas
from ._models import make_learner, strategy_name
from ._names import DENSE, USUAL
from ._number_column import CLASSES, REGRESSION, looks_measured, read_numbers
from ._project import open_project
from ._settings import Settings, saved_settings, session_path
from ._several_column import SEVERAL, maybe_several, ordered, read_several, tell_several
from ._summary import summary
from ._tell_apart import tell_apart

N_ROUNDS = 20
# The model, the strategies and the score of each task, where nothing else is said.
USUAL_HERE = {
    CLASSES: (USUAL[CLASSES][0], "uncertainty_herding,margin,badge", "accuracy"),
    REGRESSION: (USUAL[REGRESSION][0], "max_herding,improved_greedy,lcmd", "r2"),
    SEVERAL: (USUAL[SEVERAL][0], "multilabel,max_herding", "f1_micro"),
}
# The files of a report.
SUMMARY, SCORES = "summary.txt", "scores.csv"
CURVES, DIFFERENCES, BALANCE = "label_curves.png", "differences.png", "class_balance.png"
# What says how the table is read, and to which session it belongs.
READING = ("label", "id", "label_separator", *(one.name for one in fields(Dialect)))


def compare(options):
    """Play the game with several strategies, write the report, and return the exit code."""
    try:
        return _compare(options)
    except KeyboardInterrupt as stop:
        print(f"skal: Interrupted. {_finished(stop)}", file=sys.stderr)
        return 1


def _compare(options):
    require_pandas()
    table, readings, labels = _labeled_table(options)
    _use_defaults(options)
    rows = [row for row, label in enumerate(labels) if label is not None]
    y, what = _targets([labels[row] for row in rows], options.task)
    _check_enough(table, y, options.folds)
    game = _game(options, len(y))
    folder = _check_folder(options)
    names = dict.fromkeys(map(strategy_name, options.strategies.split(",")))
    features = make_features(table, readings, dense=options.model in DENSE)
    learners = {name: make_learner(features, options.model, name, options.task) for name in names}
    print(f"Columns: {described(readings)}.")
    folds = f"{options.folds} folds x {options.repeats}"
    print(f"{len(y)} labeled rows, {what}; {folds}.")
    try:
        # Features of a row are looked up by its number.
        curves = _play(options, game, learners, np.array(rows).reshape(-1, 1), y)
    except BaseException as error:
        _report_finished(folder, options, error)
        raise
    try:
        _report(folder, curves, options)
    except KeyboardInterrupt as stop:
        stop.runs = curves.runs
        raise
    return 0


def _targets(labels, task):
    """Return labels as models learn them, and what they are in words."""
    if task == SEVERAL:
        names = ordered(name for label in labels for name in label)
        y = np.array([[name in label for name in names] for label in labels], dtype=int)
        return y.reshape(len(labels), len(names)), f"{len(names)} labels"
    y = np.array(labels, dtype=float if task == REGRESSION else str)
    kinds = "different numbers" if task == REGRESSION else "classes"
    return y, f"{len(set(y.tolist()))} {kinds}"


def _use_defaults(options):
    """Set what is usual for the task where nothing else was said."""
    model, strategies, scoring = USUAL_HERE[options.task]
    options.model = options.model or model
    options.strategies = options.strategies or strategies
    options.scoring = options.scoring or scoring


def _play(options, game, learners, X, y):
    """Return the curves of all games; what cannot work is refused before the first one."""
    try:
        return label_curve(
            learners,
            X,
            y,
            game=game,
            cv=options.folds,
            n_repeats=options.repeats,
            scoring=options.scoring,
            n_jobs=options.jobs,
            verbose=1,
        )
    except (InvalidParameterError, MissingOutputError) as error:
        if _keeper(error) is not None:  # not wrong from the beginning, but in a game
            raise
        raise CommandError(
            f"Nothing was played with --model {options.model} and --scoring {options.scoring}: "
            f"{plain_scoring(error)}"
        ) from error


def _report(folder, curves, options, *, heading=None):
    report = summary(curves, random_state=options.seed)
    report = report if heading is None else f"{heading}\n\n{report}"
    print(report)
    _write_report(folder, report, curves, options.task == CLASSES)
    print(f"The report is in {folder}.")


def _keeper(error):
    """Return the error of `label_curve` that keeps the runs, None if no game has begun.

    It is found as well if another error, such as a second Ctrl-C, came while it was handled.
    """
    while error is not None and not hasattr(error, "runs"):
        error = error.__context__
    return error


def _report_finished(folder, options, error):
    """Report the games that were finished before an error, if they can be compared."""
    error = _keeper(error)
    if error is None or not any(run for runs in error.runs.values() for run in runs):
        return
    if error.curves is not None:
        names = ", ".join(error.curves.names)
        n_runs = len(error.curves.runs[error.curves.baseline])
        heading = f"Not complete: {_finished(error)} Compared are {names}; runs: {n_runs}."
        _report(folder, error.curves, options, heading=heading)
    # The games that cannot be compared are not lost either.
    folder.mkdir(parents=True, exist_ok=True)
    write_table(folder / SCORES, _scores(error.runs), encoding="utf-8")
    print(f"The scores of all finished games are in {folder / SCORES}.")


def _finished(error):
    """Return a sentence that says how many games were finished before an error."""
    keeper = _keeper(error)
    if keeper is None:
        return "No game was finished."
    runs = [run for of_strategy in keeper.runs.values() for run in of_strategy]
    return f"{sum(run is not None for run in runs)} of {len(runs)} games were finished."


def _scores(runs):
    """Return the scores of the runs that are finished, as the columns of a table."""
    columns = {"learner": [], "run": [], "n_labels": [], "score": []}
    for name, of_strategy in runs.items():
        for i, run in enumerate(of_strategy):
            for n_labels, score in zip(*_curve_of(run), strict=True):
                for column, value in zip(
                    columns.values(), (name, i, n_labels, score), strict=True
                ):
                    column.append(value)
    return columns


def _curve_of(run):
    return ([], []) if run is None else (run.n_labels.tolist(), run.scores.tolist())


def _labeled_table(options):
    """Return the table, how it is read, and the label of each row, those of a session included."""
    saved = saved_settings(options.data)
    if saved is not None and options.label in (None, saved.label):
        reading = Namespace(**{name: getattr(options, name) for name in READING})
        # What is tried here must not change what the next command does.
        with open_project(options.data, reading, to_ask=False, to_keep=False) as project:
            labels = project.all_labels()
            options.task = project.settings.task or CLASSES
            given = given_readings(options.columns or [], project.readings)
            return project.table, {**project.readings, **given}, labels
    if options.label is None:
        raise CommandError(
            "--label COLUMN is needed, since no session at "
            f"{session_path(options.data)} tells which column holds the labels."
        )
    table = read_table(options.data, Dialect.of(options))
    labels = _read_labels(table, options)
    names = [name for name in table.columns if name not in (options.label, options.id)]
    readings = {**tell_apart(table, names), **given_readings(options.columns or [], names)}
    return table, readings, labels


def _read_labels(table, options):
    if options.task is None and options.label_separator is not None:
        options.task = SEVERAL
    if options.task in (None, SEVERAL):
        settings = Settings(label=options.label, label_separator=options.label_separator)
        if options.label_separator is None:
            told = tell_several(table, settings, is_said=options.task == SEVERAL)
            options.task = SEVERAL if told else options.task
        if options.task == SEVERAL:
            return read_several(table, options.label, settings.sign)
    if options.task is None and looks_measured(table, options.label):
        options.task = REGRESSION
        note(
            f"{table.path}, column {options.label!r}: different numbers, some with fractions, and "
            f"so a number is predicted (--task {REGRESSION}). If they are classes, use --task "
            f"{CLASSES}."
        )
    if options.task == REGRESSION:
        return read_numbers(table, options.label)
    options.task = CLASSES
    labels = read_labels(table, options.label)
    check_classes(table, options.label, labels, maybe_several(table, options.label))
    return labels


def _check_enough(table, y, folds):
    """Refuse labels of fewer than two classes, or fewer than there are folds."""
    if y.dtype.kind == "f":
        if len(y) < max(folds, 2):
            raise CommandError(
                f"{table.path}: a comparison needs at least {max(folds, 2)} labeled rows, one for "
                f"each of the --folds, got {len(y)}."
            )
        return
    if y.ndim == 2:
        if y.shape[1] < 2 or len(y) < max(folds, 2):
            raise CommandError(
                f"{table.path}: a comparison needs at least two labels and {max(folds, 2)} "
                f"labeled rows, one for each of the --folds, got {y.shape[1]} labels and "
                f"{len(y)} rows."
            )
        return
    counts = Counter(y.tolist())
    if len(counts) < 2:
        raise CommandError(
            f"{table.path}: a comparison needs labeled rows of at least two classes, got "
            f"{len(y)} labeled rows of {len(counts)} classes."
        )
    most = max(counts.values())
    if most < folds:
        raise CommandError(f"{table.path}: --folds must be at most {most}, got {folds}.")
    rare = {name: count for name, count in sorted(counts.items()) if count < folds}
    if rare:
        note(f"Classes with fewer rows than there are {folds} folds: {rare}.")


def _check_folder(options):
    """Return the folder of the report, or refuse it before the games and not after them.

    It is made when there is something to write.
    """
    path = Path(options.output)
    nearest = next(place for place in (path, *path.absolute().parents) if place.exists())
    if not nearest.is_dir():
        raise CommandError(f"-o {path} must be a folder, but {nearest} is a file.")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise CommandError(f"-o {path} must be a folder, but {nearest} cannot be written to.")
    if path.is_dir():
        for name in (SUMMARY, SCORES, CURVES, DIFFERENCES, BALANCE):
            check_writable(path / name, options.data, session_path(options.data))
    return path


def _game(options, n_rows):
    """Return the game that every strategy plays; refuse one in which none chooses anything."""
    if options.jobs == 0:
        raise CommandError("--jobs must be a number of processes, or -1 for all cores, got 0.")
    if not 0 <= options.seed < 2**32:
        raise CommandError(f"--seed must be from 0 to {2**32 - 1}, got {options.seed}.")
    if options.initial >= options.budget:
        raise CommandError(
            "--initial must be less than --budget, which includes the initial labels, got "
            f"--initial {options.initial} and --budget {options.budget}."
        )
    most = n_rows - -(-n_rows // options.folds)  # rows of the smallest training part
    if options.budget > most:
        note(f"--budget {options.budget} is more than the {most} rows of a training part.")
    budget = min(options.budget, most)
    if options.initial >= budget:
        raise CommandError(
            f"--initial must be less than the {most} rows of a training part, or nothing is left "
            f"to choose, got --initial {options.initial}. Label more rows, or give fewer at first."
        )
    game = LabelBudgetRegressor if options.task == REGRESSION else LabelBudgetClassifier
    return game(
        n_initial=options.initial,
        batch_size=options.batch_size or max(1, budget // N_ROUNDS),
        budget=budget,
        random_state=options.seed,
    )


def _write_report(folder, report, curves, are_classes):
    folder.mkdir(parents=True, exist_ok=True)
    replace_file(
        folder / SUMMARY, lambda name: Path(name).write_text(report + "\n", encoding="utf-8")
    )
    write_table(folder / SCORES, curves.to_frame().to_dict("list"), encoding="utf-8")
    _draw(folder, curves, are_classes)


def _draw(folder, curves, are_classes):
    """Draw the curves and the classes asked for, if matplotlib is installed."""
    try:
        import matplotlib
    except ImportError:
        note('Pictures need matplotlib: pip install "scikit-skal[plot]". No pictures are drawn.')
        return
    from ..plotting import ClassBalanceDisplay, DifferenceDisplay, LabelCurveDisplay

    matplotlib.use("Agg")
    try:
        # The bands of all strategies would cover each other; what is certain has its own picture.
        display = LabelCurveDisplay.from_label_curves(curves, spread=False)
        others = len(curves.names) > 1
        differences = DifferenceDisplay.from_label_curves(curves) if others else None
    except ValueError as error:  # no run has all scores; the classes asked for are known anyway
        note(f"No label curves are drawn. {error}")
    else:
        _save(display, folder / CURVES)
        if others:
            _save(differences, folder / DIFFERENCES)
    if are_classes:
        _save(ClassBalanceDisplay.from_label_curves(curves), folder / BALANCE)


def _save(display, path):
    import matplotlib.pyplot as plt

    replace_file(path, lambda name: display.figure_.savefig(name, dpi=150))
    plt.close(display.figure_)
