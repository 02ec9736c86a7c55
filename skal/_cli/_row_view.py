"""A row as text for the terminal: its values, and what the model expects."""

import numpy as np

from ..inspection import predictions
from ._columns import columns_read_as
from ._layout import is_long, rule, shown


def row_text(project, row, *, whole=False):
    """Return a row as text, under a line with its name and the progress.

    Parameters
    ----------
    project : Project
    row : int
    whole : bool, default=False
        Whether long texts are shown to the end.
    """
    progress = project.session.progress()
    left = progress["n_pool"] + progress["n_pending"]
    columns = project.table.without(project.settings.label)
    values = {name: column[row] for name, column in columns.items()}
    texts = columns_read_as("text", project.readings)
    head = rule(project.name(row), f"{progress['n_labeled']} labeled, {left} left")
    return f"\n{head}\n{shown(values, texts, whole=whole)}"


def has_more(project, row):
    """Whether a row has a text that is not shown to the end."""
    columns = project.table.columns
    return any(is_long(columns[name][row]) for name in columns_read_as("text", project.readings))


def expectation(session, row):
    """Return the label that the model predicts, and its probability if there is one, as text."""
    if len(session.progress()["classes"]) < 2:
        return "none yet, it needs labels of two classes"
    (label,), probabilities = predictions(session.model(), np.array([[row]]))
    return str(label) if probabilities is None else f"{label} ({probabilities[0]:.0%})"
