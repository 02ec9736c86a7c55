"""Suspects: labeled rows whose labels are probably wrong."""

from .._base import check_count
from ._doubts import class_doubts
from ._number_doubts import number_doubts
from ._several_doubts import several_doubts
from ._summary import shown


class Suspects:
    """Compare the labels that count with out-of-fold predictions.

    Parameters
    ----------
    log : Log
    ids : Ids
    verdict : Verdict
    judges : OutOfFold
    rules : LabelRules
    """

    def __init__(self, log, ids, verdict, judges, rules):
        self._log = log
        self._ids = ids
        self._verdict = verdict
        self._judges = judges
        self._rules = rules

    def find(self, n):
        """Return a dict about each suspect, the most suspicious first, and `n` of them at most."""
        n = None if n is None else check_count(n, "n")
        record = self._log.sync()
        rows, labels = self._verdict.labels(record)
        doubts = self._doubts_of()(self._judges, rows, labels)
        confirmed = record.history.confirmed()
        found = [doubt for doubt in doubts if rows[doubt.place] not in confirmed]
        return [
            {
                "id": self._ids.at(rows[doubt.place]),
                "label": shown(labels[doubt.place]),
                "predicted": doubt.predicted,
                "probability": doubt.probability,
                "quality": doubt.quality,
                **(doubt.more or {}),
            }
            for doubt in found[:n]
        ]

    def _doubts_of(self):
        if self._rules.are_numbers:
            return number_doubts
        return several_doubts if self._rules.are_several else class_doubts
