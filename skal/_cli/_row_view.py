"""A row as text for the terminal: its values, and what the model expects."""

import numpy as np

from ..inspection import predictions
from ._columns import columns_read_as
from ._images import shown_image
from ._layout import is_long, rule, shown
from ._number_column import shown_number
from ._several_column import NONE_OF_THEM, shown_names


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
    """Return the labels that the model predicts, to be marked, and what it says as text.

    Parameters
    ----------
    project : Project
    row : int
    """
    if not project.has_model():
        return [], f"none yet, it needs {NEEDED[project.settings.task]}"
    if project.settings.are_several:
        return _several_predicted(project, row)
    (label,), probabilities = predictions(project.model(), np.array([[row]]))
    label = shown_number(label) if project.settings.are_numbers else str(label)
    return [label], label if probabilities is None else f"{label} ({probabilities[0]:.0%})"


NEEDED = dict.fromkeys((None, "classes"), "labels of two classes")
NEEDED |= {"regression": "two labels", "multilabel": "rows with different labels"}


def _several_predicted(project, row):
    found, shares = project.predicted_names([row])
    if shares is None:
        return found[0], shown_names(found[0])
    shares = dict(zip(project.label_names(), shares[0].tolist(), strict=True))
    if not found[0]:
        best = max(shares, key=shares.get)
        return [], f"{NONE_OF_THEM} (most probable: {best}, {shares[best]:.0%})"
    return found[0], shown_names([f"{name} ({shares[name]:.0%})" for name in found[0]])
