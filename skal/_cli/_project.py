"""Open the session of a table, or start one."""

import numpy as np
from sklearn.linear_model import Ridge

from ..learner import ActiveLearner
from ..session import SEPARATOR, DamagedSessionError, LabelingSession
from ._copies import numbers_of_contents
from ._dialect import Dialect
from ._failures import what_differs, what_is_damaged
from ._features import fit_features
from ._files import read_table
from ._fingerprint import check_rows, checksums_of_rows, n_rows_before
from ._goals import (
    check_goals,
    check_number_goals,
    check_several_goals,
    check_strategy_class,
    make_criterion,
)
from ._key_columns import read_ids, read_roles
from ._label_column import NAME_ALL, check_classes, read_labels
from ._messages import CommandError, listed, note, require_pandas, say, starting
from ._models import make_learner, make_model
from ._names import BUILT_IN, DENSE
from ._number_column import CLASSES, REGRESSION, looks_measured, read_numbers
from ._order import Order, check_missing
from ._settings import (
    add_classes,
    begin_anew,
    remember,
    saved_settings,
    session_path,
    settings_of,
    use_defaults,
)
from ._several_column import SEVERAL, maybe_several, quoted, read_several, tell_several
from ._spelling import Spellings
from ._table_session import Project


def open_project(
    path,
    options=None,
    *,
    to_ask=True,
    to_take=False,
    to_predict=False,
    to_keep=True,
    ask_classes=None,
    model=None,
    add_class=None,
):
    """Open the session of a table, or start one.

    Parameters
    ----------
    path : str
        The table.
    options : Namespace, default=None
        The options of the command. None: there must be a session already.
    to_ask : bool, default=True
        Whether rows will be chosen or predicted, which needs a learner.
    to_take : bool, default=False
        Whether labels will be taken.
    to_predict : bool, default=False
        Whether there is a learner if it can be had: if no rows are missing, and the model runs
        without being named.
    to_keep : bool, default=True
        Whether the session remembers the options, and takes the labels of the table.
    ask_classes : callable, default=None
        Asks which classes there are, if the table has no column of labels. None: nobody is there.
    model : str, default=None
        A model in place of that of the session, which remembers its own.
    add_class : list of str, default=None
        Classes that are allowed from now on; those of the options count as well.

    Returns
    -------
    project : Project
    """
    require_pandas()
    saved = saved_settings(path)
    settings = settings_of(path, options, runs_model=to_ask, model=model)
    more = [*(add_class or ()), *(getattr(options, "add_class", None) or ())]
    before = add_classes(settings, more)
    table = _read(path, settings, ask_classes)
    if saved is None:
        _tell_task(table, settings, options)
    _check_signs(settings)
    labels = _labels(table, settings, begins=saved is None)
    order = Order(read_ids(table, settings.id), settings.order)
    readings = read_roles(table, settings, getattr(options, "columns", None) or [])
    check_rows(table, settings)
    check_missing(order, table.path, allowed=not (to_ask or to_take))
    if saved is not None and settings.classes != saved.classes:
        _check_left_out(table, settings, order, saved.classes)
    _check_classes_named(settings, labels, options)
    runs_alone = model is not None or settings.model in BUILT_IN
    learner, features = None, None
    if to_ask or (to_predict and runs_alone and not order.missing):
        learner, features = _learner(table, readings, settings, model or settings.model)
    session = _session(table, settings, readings, order, learner, labels if to_keep else None)
    settings.roles = {name: reading.role for name, reading in readings.items()}
    settings.rows = checksums_of_rows(table, settings)
    settings.order = None if settings.id is None else list(order.ids)
    project = Project(table, settings, session, readings, order, labels, features)
    if to_keep:
        # Only now: a command that fails must not leave settings that the next one would follow.
        remember(table.path, settings)
        project.remember_spellings()
        _note_conflicts(project, labels)
        _say_added(project, more, before)
    return project


def _read(path, settings, ask_classes):
    starting(f"Reading {path}")
    table = read_table(path, Dialect.of(settings))
    if ask_classes is not None:
        _ask_classes(table, settings, ask_classes)
    return table


def _check_signs(settings):
    """Refuse classes with a sign in them that stands between the labels of a row."""
    if not settings.are_several:
        return
    signs = {SEPARATOR, settings.label_separator or SEPARATOR}
    for name in [*(settings.classes or ()), *settings.named]:
        found = next((sign for sign in sorted(signs) if sign in name), None)
        if found is not None:
            raise CommandError(
                f"--classes and --add-class must not name classes with {found!r} in them where "
                f"rows have several labels, got {name!r}: the sign stands between the labels of "
                "a row. Write the class otherwise."
            )


def _tell_task(table, settings, options):
    """Tell from the column what labels are, where nobody has said it."""
    if settings.are_several and settings.label_separator is None:
        tell_several(table, settings, is_said=True)
    if settings.task is not None:
        return
    if tell_several(table, settings, is_said=False):
        settings.task = SEVERAL
        use_defaults(settings, options)
    elif not (settings.classes or settings.named) and looks_measured(table, settings.label):
        _tell_numbers(table, settings, options)


def _tell_numbers(table, settings, options):
    settings.task = REGRESSION
    use_defaults(settings, options)
    n_different = len(set(table.present(settings.label)))
    note(
        f"{table.path}, column {settings.label!r}: {n_different} different numbers, some with "
        f"fractions, and so a number is predicted (--task {REGRESSION}). If they are classes, "
        f"begin with --task {CLASSES}."
    )


def _check_classes_named(settings, labels, options):
    """Refuse classes that do not exist where the options of this command name them."""
    if settings.are_numbers:
        check_number_goals(settings.stop, settings.audit)
        return
    labels = [label for label in labels if label is not None]
    several = settings.are_several
    written = {name for label in labels for name in label} if several else set(labels)
    known = settings.classes or {*settings.named, *settings.spellings, *written}
    if getattr(options, "stop", None) or getattr(options, "audit", None) is not None:
        check = check_several_goals if several else check_goals
        check(settings.stop, known, settings.audit)
    if getattr(options, "strategy", None):
        check_strategy_class(settings.strategy, known)


def _say_added(project, names, before):
    """Say which classes were added to those before."""
    known = {*before, *(project.counts()["classes"] or ())}
    for name in names:
        if name in known:
            say(f"The class {name!r} is there already.")
        else:
            say(f"The class {name!r} was added. Classes: {listed(project.classes(), 20)}.")


def _ask_classes(table, settings, ask):
    """Ask for the classes where nothing tells them."""
    if settings.label in table.columns or settings.classes or settings.new_column:
        return
    if settings.are_numbers:
        settings.new_column = True
        return
    names = ask()
    if names:
        settings.named, settings.new_column = names, True


def _labels(table, settings, begins):
    name = settings.label
    if settings.are_numbers:
        labels = read_numbers(table, name, is_new=settings.new_column)
        settings.new_column = settings.new_column or name not in table.columns
        return labels
    known = {
        "classes": settings.classes,
        "known": [*settings.named, *settings.spellings],
        "is_new": settings.new_column,
    }
    if settings.are_several:
        labels = read_several(table, name, settings.sign, **known)
        present = [one for label in labels for one in label or ()]
    else:
        labels = present = read_labels(table, name, **known)
    settings.new_column = settings.new_column or name not in table.columns
    if begins and settings.classes is None:
        others = "" if settings.are_several else _other_tasks(table, name)
        check_classes(table, name, present, f"{NAME_ALL}{others}")
    return labels


def _other_tasks(table, name):
    is_number = name in table.columns and not np.isnan(table.numbers(name).values).all()
    numbers = f" If a number is to be predicted: --task {REGRESSION}." if is_number else ""
    return numbers or maybe_several(table, name)


def _learner(table, readings, settings, model):
    task = settings.task or CLASSES
    make_model(model, task)  # a wrong name is found before the features take time
    starting("Reading the columns for the model")
    features = fit_features(table, readings, dense=model in DENSE)
    return make_learner(features.rows, model, settings.strategy, task), features


def _session(table, settings, readings, order, learner, labels):
    """Open the session; labels of None are those of a command that only reads."""
    # What only reads does not tell the session of new rows, which may be taken out again.
    n_rows = n_rows_before(settings) if labels is None else None
    if learner is None and settings.are_numbers:
        learner = ActiveLearner(Ridge())  # is not fitted, but tells what labels are
    return _open_session(
        table,
        learner,
        order,
        labels,
        settings.classes,
        n_rows=n_rows,
        audit=settings.audit or 0.0,
        stopping=make_criterion(settings.stop),
        groups=_groups(table, readings, order.rows()[:n_rows]) if settings.group_copies else None,
        several_labels=settings.are_several,
    )


def _open_session(table, learner, order, labels, classes, n_rows=None, **options):
    path = session_path(table.path)
    # The session sees places of rows; the learner looks up their features.
    rows = order.rows()[:n_rows]
    X = np.array(rows).reshape(-1, 1)
    y = None if labels is None else [labels[row] if row >= 0 else None for row in rows]
    ids = order.ids[:n_rows]
    try:
        options = {"several_labels": False, **options}
        return LabelingSession(path, learner, X, ids=ids, y=y, classes=classes, **options)
    except DamagedSessionError as error:
        raise CommandError(what_is_damaged(error, table.path)) from error
    except ValueError as error:
        raise CommandError(
            f"{table.path} does not match its session {path}: {what_differs(error)} "
            f"{begin_anew(table.path)}"
        ) from error


def _groups(table, readings, rows):
    """Return a number for each row of the session, the same for rows with the same content."""
    numbers = numbers_of_contents(table, readings)
    # Rows that are missing have no copies.
    return [numbers[row] if row >= 0 else f"missing {i}" for i, row in enumerate(rows)]


def _check_left_out(table, settings, order, before):
    """Refuse classes that leave out a label in use, and name other classes that they leave out."""
    several = settings.are_several
    with _open_session(table, None, order, None, None, several_labels=several) as session:
        in_use = session.progress(estimate=False)["classes"]
    left_out = [name for name in in_use if name not in settings.classes]
    way_out = "To add a class to those there are, use --add-class NAME."
    if left_out:
        raise CommandError(
            f"--classes {','.join(settings.classes)} leaves out labels in use: "
            f"{listed(f'{name!r} ({in_use[name]} rows)' for name in left_out)}. {way_out}"
        )
    gone = [name for name in before or () if name not in settings.classes]
    if gone:
        note(f"--classes no longer allows {listed(map(repr, gone))}. {way_out}")


def _note_conflicts(project, labels):
    """Note where the labels in the file are not those of the session."""
    given = project.labels()
    other = [
        row
        for row, label in enumerate(labels)
        if label not in (None, given.get(row)) and not _is_same(label, given.get(row))
    ]
    if other:
        place = project.table.where(other[0], project.settings.label)
        note(
            f"{place}: the file says {quoted(labels[other[0]])}, the session "
            f"{quoted(given[other[0]])}; the label of the session is kept (rows with different "
            f"labels: {len(other)}). To change it, use skal add with --relabel."
        )


def _is_same(label, other):
    is_text = isinstance(other, str)
    return is_text and Spellings([other]).meant(label) == other
