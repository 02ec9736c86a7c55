"""Doubts about several labels a row: single labels that are missing, or too many."""

import numpy as np

from ..label_quality import issues_of_labels, quality_of_labels, quality_of_rows
from ._doubts import Doubt
from ._failures import explained_failures
from ._out_of_fold import N_FOLDS, judged_names


def several_doubts(judges, rows, labels):
    """Return doubts about rows with an improbable label, by confident learning for each label.

    The parameters are those of :func:`class_doubts`; `labels` are tuples of names.
    """
    names = judges.rules.names(labels)
    judged = judged_names(names, labels)
    if not judged:
        raise ValueError(
            "There are too few labels to say which of them are suspicious: of two or more labels, "
            f"one must have at least {N_FOLDS} rows with it and {N_FOLDS} rows without it, got "
            f"{len(labels)} labeled rows. Label rows that next() offers."
        )
    with explained_failures():
        proba = judges.label_proba(rows, labels)
    proba = proba[:, [names.index(name) for name in judged]]
    y = np.array([[name in one for name in judged] for one in labels], dtype=np.intp)
    wrong, quality = issues_of_labels(proba, y), quality_of_rows(proba, y)
    doubtful = np.where(wrong, 1 - quality_of_labels(proba, y), 0.0).max(axis=1)
    found = np.flatnonzero(wrong.any(axis=1))
    # Rounded, so that what is equal stays in the order of the labels.
    order = np.argsort(np.round(quality[found], 9), kind="stable")
    doubts = []
    for place in found[order].tolist():
        flagged = [judged[i] for i in np.flatnonzero(wrong[place])]
        right = set(labels[place]).symmetric_difference(flagged)
        more = {
            "missing": [name for name in flagged if name in right],
            "extra": [name for name in flagged if name not in right],
        }
        predicted = list(judges.rules.as_used(right))
        numbers = float(doubtful[place]), float(quality[place])
        doubts.append(Doubt(place, predicted, *numbers, more))
    return doubts
