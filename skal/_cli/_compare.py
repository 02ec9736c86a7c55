"""`skal compare`: how many labels strategies would have saved on the rows that are labeled."""

from collections import Counter
from pathlib import Path

import numpy as np

from ..simulation import LabelBudgetClassifier, label_curve
from ._columns import described, given_readings
from ._dialect import Dialect
from ._features import make_features
from ._files import read_table, write_table
from ._label_column import check_classes, read_labels
from ._messages import CommandError, note, require_pandas
from ._models import make_learner, strategy_name
from ._names import DENSE
from ._project import open_project
from ._settings import saved_settings, session_path
from ._summary import summary
from ._tell_apart import tell_apart

N_ROUNDS = 20


def compare(options):
    """Play the game with several strategies, write the report, and return the exit code."""
    require_pandas()
    table, readings, labels = _labeled_table(options)
    rows = [row for row, label in enumerate(labels) if label is not None]
    y = np.array([labels[row] for row in rows], dtype=str)
    _check_enough(table, y, options.folds)
    folder = _make_folder(options.output)
    names = dict.fromkeys(map(strategy_name, options.strategies.split(",")))
    features = make_features(table, readings, dense=options.model in DENSE)
    learners = {name: make_learner(features, options.model, name) for name in names}
    game = _game(options, len(y))
    print(f"Columns: {described(readings)}.")
    folds = f"{options.folds} folds x {options.repeats}"
    print(f"{len(y)} labeled rows, {len(set(y))} classes; {folds}.")
    curves = label_curve(
        learners,
        np.array(rows).reshape(-1, 1),  # features of a row are looked up by its number
        y,
        game=game,
        cv=options.folds,
        n_repeats=options.repeats,
        scoring=options.scoring,
        n_jobs=options.jobs,
        verbose=1,
    )
    report = summary(curves, options.folds, random_state=options.seed)
    print(report)
    _write_report(folder, report, curves)
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
            "--label COLUMN is needed, since no session at "
            f"{session_path(options.data)} tells which column holds the labels."
        )
    table = read_table(options.data, Dialect.of(options))
    labels = read_labels(table, options.label)
    check_classes(table, options.label, labels, way_out="")
    names = [name for name in table.columns if name not in (options.label, options.id)]
    readings = {**tell_apart(table, names), **given_readings(options.columns or [], names)}
    return table, readings, labels


def _check_enough(table, y, folds):
    """Refuse labels of fewer than two classes, or fewer than there are folds."""
    counts = Counter(y.tolist())
    if len(counts) < 2:
        raise CommandError(
            f"{table.path}: a comparison needs labeled rows of at least two classes, got "
            f"{len(y)} labeled rows of {len(counts)} classes."
        )
    most = max(counts.values())
    if most < folds:
        raise CommandError(f"{table.path}: --folds must be at most {most}, got {folds}.")
    rare = {name: count for name, count in counts.items() if count < folds}
    if rare:
        note(f"Classes with fewer rows than there are {folds} folds: {rare}.")


def _make_folder(path):
    path = Path(path)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise CommandError(f"-o {path} must be a folder, but it is a file.") from error
    return path


def _game(options, n_rows):
    """Return the game that every strategy plays."""
    most = n_rows - -(-n_rows // options.folds)  # rows of the smallest training part
    if options.budget > most:
        note(f"--budget {options.budget} is more than the {most} rows of a training part.")
    budget = min(options.budget, most)
    return LabelBudgetClassifier(
        n_initial=min(options.initial, budget),
        batch_size=options.batch_size or max(1, budget // N_ROUNDS),
        budget=budget,
        random_state=options.seed,
    )


def _write_report(folder, report, curves):
    (folder / "summary.txt").write_text(report + "\n", encoding="utf-8")
    write_table(folder / "scores.csv", curves.to_frame().to_dict("list"), encoding="utf-8")
    _draw(folder, curves)


def _draw(folder, curves):
    """Draw the curves and the classes asked for, if matplotlib is installed."""
    try:
        import matplotlib
    except ImportError:
        note('Pictures need matplotlib: pip install "scikit-skal[plot]". No pictures are drawn.')
        return
    from ..plotting import ClassBalanceDisplay, LabelCurveDisplay

    matplotlib.use("Agg")
    _save(LabelCurveDisplay.from_label_curves(curves), folder / "label_curves.png")
    _save(ClassBalanceDisplay.from_label_curves(curves), folder / "class_balance.png")


def _save(display, path):
    import matplotlib.pyplot as plt

    display.figure_.savefig(path, dpi=150)
    plt.close(display.figure_)
