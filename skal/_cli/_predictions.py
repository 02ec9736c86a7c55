"""What a model says of the rows without a label: columns of a table, and a file."""

import joblib
import numpy as np

from .._base import replace_file
from ..inspection import predictions
from ._messages import CommandError, command, listed, say

PREDICTED, PROBABILITY, DEVIATION = "predicted", "probability", "standard_deviation"


def fitted_model(project):
    """Return the learner fitted on all labels, or refuse to make one of a single class."""
    if not project.has_model():
        classes, path = project.counts()["classes"], project.table.path
        if classes is None:
            raise CommandError(
                "A model needs at least two labels. Label more rows first: "
                f"{command('label', path)}"
            )
        if project.settings.are_several:
            raise CommandError(
                "A model needs two labels, and rows with different ones. Label more rows first: "
                f"{command('label', path)}"
            )
        got = f"only {next(iter(classes))!r}" if classes else "none"
        raise CommandError(
            f"A model needs labels of at least two classes, and there are labels of {got}. Label "
            f"more rows first: {command('label', path)}"
        )
    return project.model()


def predicted_columns(project, learner, labels):
    """Return the columns of predictions, with None in rows that have a label.

    Parameters
    ----------
    project : Project
    learner : fitted ActiveLearner
    labels : dict
        The label of each labeled row.

    Returns
    -------
    columns : dict of str to list
        The predicted labels, and their probabilities, or the standard deviations of numbers,
        where the model has any, under names that no column of the table has.
    """
    n_rows = len(project.table)
    rows = [row for row in range(n_rows) if row not in labels]
    found, certain = [], []
    if project.settings.are_several:
        return _several_columns(project, rows, n_rows)
    if rows:
        X = np.array(rows).reshape(-1, 1)
        found, certain = predictions(learner, X)
        if project.settings.are_numbers:
            certain = _deviations(learner, X)
    taken = {*project.table.columns, project.settings.label}
    columns = {_free_name(PREDICTED, taken): _spread(found, rows, n_rows)}
    if certain is not None:
        name = DEVIATION if project.settings.are_numbers else PROBABILITY
        columns[_free_name(name, taken)] = _spread(map(float, certain), rows, n_rows)
    return columns


def _several_columns(project, rows, n_rows):
    """Return a column of predicted lists, and one with the probabilities of each label."""
    lists, shares = project.predicted_names(rows) if rows else ([], None)
    names = project.label_names() if shares is not None else []
    taken = {*project.table.columns, project.settings.label}
    columns = {_free_name(PREDICTED, taken): _spread(lists, rows, n_rows)}
    for i, name in enumerate(names):
        column = _free_name(f"{PROBABILITY}_{name}", {*taken, *columns})
        columns[column] = _spread(shares[:, i].tolist(), rows, n_rows)
    return columns


def _deviations(learner, X):
    """Return the standard deviations of predicted numbers, None if the model has none."""
    pool = learner.pool(X)
    return pool.prediction_std if pool.has("prediction_std") else None


def _free_name(name, taken):
    names = [name, *(f"{name}_{i}" for i in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)


def _spread(values, rows, n_rows):
    column = [None] * n_rows
    for row, value in zip(rows, values, strict=True):
        column[row] = value
    return column


def write_model(path, project, learner):
    """Write a pipeline that predicts for data frames with the columns of the table."""
    pipeline = project.features.model(learner.estimator_[-1])
    if project.settings.are_several:
        pipeline.label_names_ = project.label_names()

    def write(name):
        with open(name, "wb") as file:
            joblib.dump(pipeline, file, compress=3)

    replace_file(path, write)
    say(f"{path}: a model that predicts {project.settings.label!r} for tables with these columns.")
    if project.settings.are_several:
        say(f"Its answer has a column for each label: {listed(pipeline.label_names_, 99)}.")
