"""What goes into a file and what comes out of it: labels, tasks and answers."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp

from ..._base import json_value


@dataclass
class Content:
    """What a session has to write; a format calls for what it needs.

    Parameters
    ----------
    columns : callable
        Returns all labels as lists by the name of the column.
    tasks : callable
        Returns a list of :class:`Task`.
    question, field : str
        Names in the annotation tool.
    """

    columns: Callable
    tasks: Callable
    question: str
    field: str


@dataclass
class Task:
    """A row as an annotation tool needs to know it.

    Parameters
    ----------
    id : object
    fields : dict
        The data of the row as JSON values, by name.
    prediction : tuple
        The model's label and its probability, None for each that is not known.
    score : float or None
        The score of the strategy.
    model : str
        A name for the model.
    labels : list of tuple
        Annotator and label, in the order given.
    verdict : label or None
        The one of these labels that counts.
    """

    id: object
    fields: dict
    prediction: tuple
    score: float
    model: str
    labels: list
    verdict: object


class Choices(list):
    """What was chosen for a row, several or nothing: a label only where rows have several."""


@dataclass
class Answer:
    """A label from a file, or None where somebody has skipped the row.

    `extra` holds other fields of an entry of the log, by name; `place` is where the answer stands
    in the file, such as "line 3".
    """

    id: object
    label: object
    annotator: str = None
    extra: dict = field(default_factory=dict)
    place: str = None


def fields_of(X, field):
    """Return each row of X as a dict of JSON values; a single value is named `field`."""
    if hasattr(X, "columns"):
        columns = {str(name): X[name].to_list() for name in X.columns}
        rows = zip(*columns.values(), strict=True)
        return [dict(zip(columns, map(json_value, row), strict=True)) for row in rows]
    if sp.issparse(X):
        X = X.toarray()
    return [_fields_of_row(row, field) for row in X]


def _fields_of_row(row, field):
    # Values of an array without names are named x0, x1 ... as in formulas.
    row = row.tolist() if isinstance(row, (np.ndarray, np.generic)) else row
    if isinstance(row, (list, tuple)):
        return {f"x{i}": json_value(value) for i, value in enumerate(row)}
    return {field: json_value(row)}
