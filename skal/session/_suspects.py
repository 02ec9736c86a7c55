"""Suspects: labeled rows whose labels are probably wrong."""

from typing import NamedTuple

import numpy as np

from .._base import check_count, codes_of
from ..label_quality import find_label_issues, label_quality
from ._failures import explained_failures
from ._out_of_fold import N_FOLDS, has_enough


class Doubt(NamedTuple):
    """A label that is probably wrong.

    `place` is that of its row among the labeled rows; the other fields are those that
    :meth:`LabelingSession.suspects` returns.
    """

    place: int
    predicted: object
    probability: float
    quality: float


class Suspects:
    """Compare the labels that count with out-of-fold predictions.

    Subclasses define `_doubts(rows, labels)`: a list of doubts, the most suspicious first.

    Parameters
    ----------
    log : Log
    ids : Ids
    verdict : Verdict
    judges : OutOfFold
    """

    def __init__(self, log, ids, verdict, judges):
        self._log = log
        self._ids = ids
        self._verdict = verdict
        self._judges = judges

    def find(self, n):
        """Return a dict about each suspect, the most suspicious first, and `n` of them at most."""
        n = None if n is None else check_count(n, "n")
        record = self._log.sync()
        rows, labels = self._verdict.labels(record)
        doubts = self._doubts(rows, labels)
        confirmed = record.history.confirmed()
        found = [doubt for doubt in doubts if rows[doubt.place] not in confirmed]
        return [
            {
                "id": self._ids.at(rows[doubt.place]),
                "label": labels[doubt.place],
                "predicted": doubt.predicted,
                "probability": doubt.probability,
                "quality": doubt.quality,
            }
            for doubt in found[:n]
        ]

    def _doubts(self, rows, labels):
        raise NotImplementedError


class ClassSuspects(Suspects):
    """Doubt classes that are improbable, as confident learning does."""

    def _doubts(self, rows, labels):
        _check_enough(labels)
        with explained_failures():
            proba, classes = self._judges.proba(rows, labels)
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
