"""A table, the session beside it, and what the session remembers of the command line."""

import base64
import zlib
from collections import Counter

import numpy as np

from ..session import LabelingSession
from ._columns import Reading, given_readings, tell_apart
from ._features import make_features
from ._messages import CommandError, listed, note, require_pandas
from ._models import DENSE, make_learner, make_model
from ._settings import remember, session_path, settings_of
from ._tables import read_table

ROW = "skal_id"  # the column of a batch that says which row it is


class Project:
    """A table with its labeling session, rows being named by their places in the table.

    Parameters
    ----------
    table : Table
    settings : Settings
    session : LabelingSession
    readings : dict of str to Reading
    """

    def __init__(self, table, settings, session, readings):
        self.table = table
        self.settings = settings
        self.session = session
        self.readings = readings

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.session.close()

    # Rows and their names ---------------------------------------------------------------

    def ids(self, rows):
        """Return what the session calls some rows."""
        names = _ids(self.table, self.settings.id)
        return [names[row] for row in rows]

    def rows(self, ids):
        """Return the rows that the session calls so."""
        if self.settings.id is None:
            return [id_ - 1 for id_ in ids]
        places = {id_: row for row, id_ in enumerate(_ids(self.table, self.settings.id))}
        return [places[id_] for id_ in ids]

    def name(self, row):
        """Return what people call a row."""
        number = f"row {row + 1}"
        return number if self.settings.id is None else f"{self.ids([row])[0]} ({number})"

    # What is known ----------------------------------------------------------------------

    def pending(self, annotator=None):
        """Return the rows that wait for an answer of the annotator, None: of nobody's."""
        self.session.pending()  # takes in what others did; of None, it tells everybody's rows
        offers = self.session._record.pending
        return [row for row, offer in offers.items() if offer.annotator == annotator]

    def labels(self):
        """Return the label of each row that has one: the most frequent, of those the first."""
        given = self.session.labels()
        opinions = {}
        for row, label in zip(self.rows(given["id"].tolist()), given["label"], strict=True):
            opinions.setdefault(row, []).append(label)
        return {row: Counter(some).most_common(1)[0][0] for row, some in opinions.items()}

    def classes(self):
        """Return the classes that are known, sorted unless the user gave their order."""
        return self.settings.classes or sorted(set(self.session.progress()["classes"]))


# Opening ----------------------------------------------------------------------------------


def open_project(path, options=None, *, to_ask=True):
    """Open the session of a table, and begin it if there is none.

    Parameters
    ----------
    path : str
        The table.
    options : Namespace, default=None
        What the command line says. None: the session must be there already.
    to_ask : bool, default=True
        Whether rows will be chosen, for which a learner is needed.

    Returns
    -------
    project : Project
    """
    require_pandas()
    table = read_table(path)
    settings = settings_of(table.path, options)
    labels = _labels(table, settings)
    ids = _ids(table, settings.id)
    readings = _readings(table, settings, getattr(options, "columns", None) or [])
    learner = _learner(table, readings, settings) if to_ask else None
    settings.roles = {name: reading.role for name, reading in readings.items()}
    settings.rows = _check_rows(table, settings)
    session = _open_session(table, learner, ids, labels, settings.classes)
    project = Project(table, settings, session, readings)
    remember(table.path, settings)
    _tell_of_conflicts(project, labels)
    return project


def _open_session(table, learner, ids, labels, classes):
    path = session_path(table.path)
    X = np.arange(len(table)).reshape(-1, 1)
    try:
        return LabelingSession(path, learner, X, ids=ids, y=labels, classes=classes)
    except ValueError as error:
        raise CommandError(f"{table.path} does not go with its session {path}: {error}") from error


# The columns with a special meaning -------------------------------------------------------


def _labels(table, settings):
    """Return the label of each row as it is written, None where there is none."""
    if settings.label not in table.columns and settings.classes and table.columns:
        return [None] * len(table)  # the classes are known, and nothing is labeled yet
    way_out = " If nothing is labeled yet, name the classes instead: --classes a,b,c."
    labels = [label or None for label in table.column(settings.label, way_out)]
    for row, label in enumerate(labels):
        if label is not None and settings.classes and label not in settings.classes:
            raise CommandError(
                f"{table.where(row, settings.label)}: {label!r} is not one of the classes "
                f"{listed(map(repr, settings.classes), 20)}."
            )
    return labels


def _ids(table, name):
    """Return the ids of the rows: their numbers, or what a column holds."""
    if name is None:
        return range(1, len(table) + 1)
    ids = table.column(name)
    first = {}
    for row, id_ in enumerate(ids):
        if not id_:
            raise CommandError(f"{table.where(row, name)}: the id is missing.")
        if first.setdefault(id_, row) != row:
            raise CommandError(
                f"{table.where(row, name)}: the id {id_!r} is that of "
                f"{table.where(first[id_]).rpartition(', ')[2]}, too. Ids must be unique."
            )
    return ids


def _readings(table, settings, texts):
    """Return how the columns are read: as the user says, as before, or as they look."""
    if ROW in table.columns:
        raise CommandError(
            f"{table.path} has a column {ROW!r}, a name kept for batches. Rename it."
        )
    names = [name for name in table.columns if name not in (settings.label, settings.id)]
    gone = [name for name in settings.roles if name not in names]
    if gone:
        raise CommandError(
            f"{table.path} has no column {gone[0]!r} any more, which it had when the session was "
            "begun."
        )
    known = {name: Reading(role) for name, role in settings.roles.items()}
    readings = known or tell_apart(table, names)
    return {**readings, **given_readings(texts, names)}


def _learner(table, readings, settings):
    make_model(settings.model)
    features = make_features(table, readings, dense=settings.model in DENSE)
    return make_learner(features, settings.model, settings.strategy)


# The rows are still the same --------------------------------------------------------------


def _check_rows(table, settings):
    """Refuse a file whose rows have moved; return the checksums of the rows it has now.

    Ids tell rows apart wherever there are any; without, rows are their numbers.
    """
    if settings.id is not None:
        return None
    names = list(settings.roles)
    now = np.array(
        [
            zlib.crc32("\x1f".join(fields).encode())
            for fields in zip(*(table.columns[name] for name in names), strict=True)
        ],
        dtype="<u4",
    )
    if settings.rows is not None:
        before = np.frombuffer(base64.b64decode(settings.rows), dtype="<u4")
        _compare_rows(table, before, now)
    return base64.b64encode(now.tobytes()).decode()


def _compare_rows(table, before, now):
    if len(now) < len(before):
        raise CommandError(
            f"{table.path} has {len(now)} rows, and had {len(before)} when the session was last "
            "open. Rows may be appended, not removed."
        )
    changed = np.flatnonzero(before != now[: len(before)])
    if not len(changed):
        return
    place = table.where(changed[0])
    if len(changed) > len(before) / 2 or np.isin(now[changed], before[changed]).any():
        raise CommandError(
            f"{place}: this is not the row that was there when the session was last open. Rows "
            "may be appended at the end, not moved. Begin with --id COLUMN if other changes "
            "are to come."
        )
    note(f"{place}: the row was changed (rows changed: {len(changed)}). Labels stay as they are.")


def _tell_of_conflicts(project, labels):
    given = project.labels()
    other = [row for row, label in enumerate(labels) if label not in (None, given.get(row))]
    if other:
        place = project.table.where(other[0], project.settings.label)
        note(
            f"{place}: the file says {labels[other[0]]!r}, the session {given[other[0]]!r}; the "
            f"session counts (such rows: {len(other)}). To change its label, use skal add with "
            "--relabel."
        )


def describe_progress(project):
    """Return a line on how many rows are labeled, and how."""
    progress = project.session.progress()
    classes = progress["classes"]
    shares = listed(f"{name} {classes[name]}" for name in sorted(classes))
    line = f"{progress['n_labeled']} of {progress['n_rows']} rows are labeled"
    line += f" ({shares})" if classes else ""
    for count, what in (
        (progress["n_pending"], "wait for labels"),
        (progress["n_skipped"], "skipped"),
    ):
        line += f", {count} {what}" if count else ""
    return line + "."
