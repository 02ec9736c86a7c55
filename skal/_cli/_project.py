"""A table with its labeling session, rows being known by their places in the table."""

import numpy as np

from ..session import DamagedSessionError, LabelingSession
from ._dialect import Dialect
from ._features import make_features
from ._files import read_table
from ._fingerprint import check_rows, checksums_of_rows
from ._key_columns import read_ids, read_roles
from ._label_column import check_classes, read_labels
from ._messages import CommandError, listed, note, require_pandas
from ._models import make_learner, make_model
from ._names import DENSE
from ._order import Order, check_missing
from ._settings import begin_anew, remember, saved_settings, session_path, settings_of
from ._spelling import Spellings


class Project:
    """A table with its labeling session.

    Parameters
    ----------
    table : Table
    settings : Settings
    session : LabelingSession
    readings : dict of str to Reading
    order : Order
        Which row of the table is which of the session.
    written : list or None
        The label of each row in the table itself.
    """

    def __init__(self, table, settings, session, readings, order, written):
        self.table = table
        self.settings = settings
        self.session = session
        self.readings = readings
        self._order = order
        self._written = written

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.session.close()

    def ids(self, rows):
        """Return the ids of rows."""
        return [self._order.id(row) for row in rows]

    def rows(self, ids):
        """Return the rows of ids; those that are no longer in the table are left out."""
        rows = map(self._order.row_of, ids)
        return [row for row in rows if row is not None]

    def row_of(self, id_):
        """Return the row of an id, None where there is no such id."""
        return self._order.row_of(id_)

    def number(self, row):
        """Return the number by which batches name a row; it stays if the rows are sorted anew."""
        return self._order.number(row)

    def row_of_number(self, number):
        """Return the row of such a number, None where there is none."""
        return self._order.row_of_number(number)

    def name(self, row):
        """Return the name of a row for people."""
        number = f"row {row + 1}"
        return number if self.settings.id is None else f"{self._order.id(row)} ({number})"

    def pending(self, annotator=None):
        """Return the rows that were offered to an annotator, or to nobody in particular."""
        offers = self.session.offers()
        return self.rows(id_ for id_, who in offers.items() if who == annotator)

    def labels(self):
        """Return the label of each labeled row as a dict, one label even if people disagree."""
        verdicts = {self.row_of(id_): label for id_, label in self.session.verdicts().items()}
        return {row: label for row, label in verdicts.items() if row is not None}

    def all_labels(self):
        """Return the label of each row in a list: that of the session, else that of the table."""
        given, written = self.labels(), self._written or [None] * len(self.table)
        return [given.get(row, label) for row, label in enumerate(written)]

    def classes(self):
        """Return the known classes, sorted unless the user gave their order."""
        in_use = self.session.progress()["classes"]
        return self.settings.classes or sorted({*self.settings.named, *in_use})

    def name_classes(self, names):
        """Keep classes that were named, also before any row has them."""
        self.settings.named = list(dict.fromkeys([*self.settings.named, *names]))
        remember(self.table.path, self.settings)

    def remember_spellings(self):
        """Keep how the classes in use are spelled, for labels that the table may get."""
        known = self.settings.spellings
        new = [name for name in self.session.progress()["classes"] if name not in known]
        if new:
            self.settings.spellings = [*known, *new]
            remember(self.table.path, self.settings)

    def progress(self):
        """Return one sentence that counts the labeled, pending and skipped rows."""
        progress = self.session.progress()
        classes = progress["classes"]
        shares = listed(f"{name} {classes[name]}" for name in sorted(classes))
        line = f"{progress['n_labeled']} of {progress['n_rows']} rows are labeled"
        line += f" ({shares})" if classes else ""
        for state in ("pending", "skipped"):
            count = progress[f"n_{state}"]
            line += f", {count} {state}" if count else ""
        return f"{line}."


def open_project(
    path, options=None, *, to_ask=True, to_take=False, to_keep=True, ask_classes=None
):
    """Open the session of a table, or start one.

    Parameters
    ----------
    path : str
        The table.
    options : Namespace, default=None
        The options of the command. None: there must be a session already.
    to_ask : bool, default=True
        Whether rows will be chosen, which needs a learner.
    to_take : bool, default=False
        Whether labels will be taken.
    to_keep : bool, default=True
        Whether the session remembers the options, and takes the labels of the table.
    ask_classes : callable, default=None
        Asks which classes there are, if the table has no column of labels. None: nobody is there.

    Returns
    -------
    project : Project
    """
    require_pandas()
    saved = saved_settings(path)
    settings = settings_of(path, options, runs_model=to_ask)
    table = read_table(path, Dialect.of(settings))
    if ask_classes is not None:
        _ask_classes(table, settings, ask_classes)
    labels = _labels(table, settings, begins=saved is None)
    order = Order(read_ids(table, settings.id), settings.order)
    readings = read_roles(table, settings, getattr(options, "columns", None) or [])
    check_rows(table, settings)
    check_missing(order, table.path, allowed=not (to_ask or to_take))
    if saved is not None and settings.classes != saved.classes:
        _check_left_out(table, settings, order, saved.classes)
    learner = _learner(table, readings, settings) if to_ask else None
    taken = labels if to_keep else None
    session = _open_session(table, learner, order, taken, settings.classes)
    settings.roles = {name: reading.role for name, reading in readings.items()}
    settings.rows = checksums_of_rows(table, settings)
    settings.order = None if settings.id is None else list(order.ids)
    project = Project(table, settings, session, readings, order, labels)
    if not to_keep:
        return project
    # Only now: a command that fails must not leave settings that the next one would follow.
    remember(table.path, settings)
    project.remember_spellings()
    _note_conflicts(project, labels)
    return project


def _ask_classes(table, settings, ask):
    """Ask for the classes where nothing tells them."""
    if settings.label in table.columns or settings.classes or settings.new_column:
        return
    names = ask()
    if names:
        settings.named, settings.new_column = names, True


def _labels(table, settings, begins):
    name = settings.label
    labels = read_labels(
        table,
        name,
        classes=settings.classes,
        known=[*settings.named, *settings.spellings],
        is_new=settings.new_column,
    )
    settings.new_column = settings.new_column or name not in table.columns
    if begins and settings.classes is None:
        check_classes(table, name, labels)
    return labels


def _learner(table, readings, settings):
    make_model(settings.model)  # a wrong name is found before the features take time
    features = make_features(table, readings, dense=settings.model in DENSE)
    return make_learner(features, settings.model, settings.strategy)


def _open_session(table, learner, order, labels, classes):
    path = session_path(table.path)
    # The session sees places of rows; the learner looks up their features.
    rows = order.rows()
    X = np.array(rows).reshape(-1, 1)
    y = None if labels is None else [labels[row] if row >= 0 else None for row in rows]
    try:
        return LabelingSession(path, learner, X, ids=order.ids, y=y, classes=classes)
    except DamagedSessionError as error:
        raise CommandError(str(error)) from error
    except ValueError as error:
        raise CommandError(
            f"{table.path} does not match its session {path}: {error} {begin_anew(table.path)}"
        ) from error


def _check_left_out(table, settings, order, before):
    """Refuse classes that leave out a label in use, and name other classes that they leave out."""
    with _open_session(table, None, order, None, None) as session:
        in_use = session.progress()["classes"]
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
            f"{place}: the file says {labels[other[0]]!r}, the session {given[other[0]]!r}; the "
            f"label of the session is kept (rows with different labels: {len(other)}). To change "
            "it, use skal add with --relabel."
        )


def _is_same(label, other):
    return other is not None and Spellings([other]).meant(label) == other
