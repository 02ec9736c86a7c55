"""Doubts about labels that are classes, by confident learning."""

from typing import NamedTuple

import numpy as np

from .._base import codes_of
from ..label_quality import find_label_issues, label_quality
from ._failures import explained_failures
from ._out_of_fold import N_FOLDS, has_enough


class Doubt(NamedTuple):
    """A label that is probably wrong.

    `place` is that of its row among the labeled rows; the other fields are those that
    :meth:`LabelingSession.suspects` returns. `more` are those for several labels a row alone.
    """

    place: int
    predicted: object
    probability: float
    quality: float
    more: dict = None


def class_doubts(judges, rows, labels):
    """Return doubts about classes that are improbable, the most suspicious first.

    Parameters
    ----------
    judges : OutOfFold
    rows : list of int
        Positions of the labeled rows.
    labels : list
        Their labels.
    """
    _check_enough(labels)
    with explained_failures():
        proba, classes = judges.proba(rows, labels)
    codes = codes_of(labels, classes)
    quality = label_quality(proba, codes)
    return [
        Doubt(i, classes[proba[i].argmax()].item(), float(proba[i].max()), float(quality[i]))
        for i in find_label_issues(proba, codes).tolist()
    ]


def _check_enough(labels):
    if not has_enough(labels):
        classes, counts = np.unique(labels, return_counts=True)
        given = dict(zip(classes.tolist(), counts.tolist(), strict=True))
        raise ValueError(
            f"There are too few labels to say which of them are suspicious: at least {N_FOLDS} "
            f"labels of each of two classes are needed, got {given}. Label rows that next() "
            "offers."
        )
