"""A table with its labeling session, rows being known by their places in the table."""

import numpy as np

from ..session import DamagedSessionError, LabelingSession
from ._features import make_features
from ._files import read_table
from ._fingerprint import check_rows
from ._key_columns import read_ids, read_labels, read_roles
from ._messages import CommandError, listed, note, require_pandas
from ._models import make_learner, make_model
from ._names import DENSE
from ._settings import remember, session_path, settings_of


class Project:
    """A table with its labeling session.

    Parameters
    ----------
    table : Table
    settings : Settings
    session : LabelingSession
    readings : dict of str to Reading
    ids : sequence
        The id of each row in the session.
    """

    def __init__(self, table, settings, session, readings, ids):
        self.table = table
        self.settings = settings
        self.session = session
        self.readings = readings
        self._ids = ids
        self._places = {id_: row for row, id_ in enumerate(ids)}

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.session.close()

    def ids(self, rows):
        """Return the ids of rows."""
        return [self._ids[row] for row in rows]

    def rows(self, ids):
        """Return the rows of ids."""
        return [self._places[id_] for id_ in ids]

    def row_of(self, id_):
        """Return the row of an id, None where there is no such id."""
        return self._places.get(id_)

    def name(self, row):
        """Return the name of a row for people."""
        number = f"row {row + 1}"
        return number if self.settings.id is None else f"{self._ids[row]} ({number})"

    def pending(self, annotator=None):
        """Return the rows that were offered to an annotator, or to nobody in particular."""
        offers = self.session.offers()
        return self.rows(id_ for id_, who in offers.items() if who == annotator)

    def labels(self):
        """Return the label of each labeled row as a dict, one label even if people disagree."""
        return {self._places[id_]: label for id_, label in self.session.verdicts().items()}

    def classes(self):
        """Return the known classes, sorted unless the user gave their order."""
        return self.settings.classes or sorted(self.session.progress()["classes"])

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


def open_project(path, options=None, *, to_ask=True):
    """Open the session of a table, or start one.

    Parameters
    ----------
    path : str
        The table.
    options : Namespace, default=None
        The options of the command. None: there must be a session already.
    to_ask : bool, default=True
        Whether rows will be chosen, which needs a learner.

    Returns
    -------
    project : Project
    """
    require_pandas()
    table = read_table(path)
    settings = settings_of(table.path, options)
    labels = read_labels(table, settings)
    ids = read_ids(table, settings.id)
    readings = read_roles(table, settings, getattr(options, "columns", None) or [])
    learner = _learner(table, readings, settings) if to_ask else None
    settings.roles = {name: reading.role for name, reading in readings.items()}
    settings.rows = check_rows(table, settings)
    session = _open_session(table, learner, ids, labels, settings.classes)
    project = Project(table, settings, session, readings, ids)
    # Only now: a command that fails must not leave settings that the next one would follow.
    remember(table.path, settings)
    _note_conflicts(project, labels)
    return project


def _learner(table, readings, settings):
    make_model(settings.model)  # a wrong name is found before the features take time
    features = make_features(table, readings, dense=settings.model in DENSE)
    return make_learner(features, settings.model, settings.strategy)


def _open_session(table, learner, ids, labels, classes):
    path = session_path(table.path)
    # The session sees places of rows; the learner looks up their features.
    X = np.arange(len(table)).reshape(-1, 1)
    try:
        return LabelingSession(path, learner, X, ids=ids, y=labels, classes=classes)
    except DamagedSessionError as error:
        raise CommandError(str(error)) from error
    except ValueError as error:
        raise CommandError(f"{table.path} does not match its session {path}: {error}") from error


def _note_conflicts(project, labels):
    """Note where the labels in the file are not those of the session."""
    given = project.labels()
    other = [row for row, label in enumerate(labels) if label not in (None, given.get(row))]
    if other:
        place = project.table.where(other[0], project.settings.label)
        note(
            f"{place}: the file says {labels[other[0]]!r}, the session {given[other[0]]!r}; the "
            f"label of the session is kept (rows with different labels: {len(other)}). To change "
            "it, use skal add with --relabel."
        )
