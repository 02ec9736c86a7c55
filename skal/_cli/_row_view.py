"""A row as text for the terminal: its values, and what the model expects."""

import numpy as np

from ..inspection import predictions
from ._columns import columns_read_as
from ._images import shown_image
from ._layout import is_long, rule, shown
from ._number_column import shown_number


def row_text(project, row, *, whole=False):
    """Return a row as text, under a line with its name and the progress.

    Parameters
    ----------
    project : Project
    row : int
    whole : bool, default=False
        Whether long texts are shown to the end.
    """
    progress = project.counts()
    left = progress["n_pool"] + progress["n_pending"]
    columns = project.table.without(project.settings.label)
    values = {name: column[row] for name, column in columns.items()}
    texts = columns_read_as("text", project.readings)
    for name in columns_read_as("image", project.readings):
        values[name] = shown_image(values[name], project.table.path.parent)
    head = rule(project.name(row), f"{progress['n_labeled']} labeled, {left} left")
    return f"\n{head}\n{shown(values, texts, whole=whole)}"


def has_more(project, row):
    """Whether a row has a text that is not shown to the end."""
    columns = project.table.columns
    return any(is_long(columns[name][row]) for name in columns_read_as("text", project.readings))


def prediction(project, row):
    """Return the label that the model predicts, and its probability or None; None without model.

    Parameters
    ----------
    project : Project
    row : int
    """
    if not project.has_model():
        return None
    (label,), probabilities = predictions(project.model(), np.array([[row]]))
    label = shown_number(label) if project.settings.are_numbers else str(label)
    return label, None if probabilities is None else float(probabilities[0])


def expectation(found, are_numbers=False):
    """Return what :func:`prediction` has found, as text."""
    if found is None:
        return f"none yet, it needs {'two labels' if are_numbers else 'labels of two classes'}"
    label, probability = found
    return label if probability is None else f"{label} ({probability:.0%})"
