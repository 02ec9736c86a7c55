"""Second opinions: which labeled rows may be shown once more, and whether that is worth it."""

import numpy as np

from .._base import InvalidParameterError, codes_of
from ..label_quality import worth_of_labels
from ._out_of_fold import has_enough, judged_names
from ._verdict import opinions_of


def check_again(again):
    """Return `again` if it is False, True or "auto", else raise an error."""
    if isinstance(again, (bool, np.bool_)):
        return bool(again)
    if isinstance(again, str) and again == "auto":
        return again
    raise InvalidParameterError(
        "again must be False for new rows, True for second opinions, or 'auto' for whichever is "
        f"worth more, got {again!r}."
    )


def open_to(annotator, record):
    """Return the labeled rows about which an annotator may be asked."""
    return [
        row
        for row, given in record.opinions.items()
        if annotator not in given
        and row not in record.pending
        and (row, annotator) not in record.declined
    ]


class Worth:
    """Compare new rows with second opinions, on the scale of ActiveLab.

    Parameters
    ----------
    verdict : Verdict
    judges : OutOfFold
    rules : LabelRules
    """

    def __init__(self, verdict, judges, rules):
        self._verdict = verdict
        self._judges = judges
        self._rules = rules

    def check_again(self, again):
        """Return `again` if it is one of its values, and means something for these labels."""
        again = check_again(again)
        if again == "auto" and self._rules.are_numbers:
            raise InvalidParameterError(
                "again='auto' compares probabilities of classes, and the labels of this session "
                "are numbers. Use again=True for second opinions, and suspects() for the labels "
                "to look at again."
            )
        return again

    def compare(self, record, candidates, chooser, new, n):
        """Return how many of the n best labels to ask for are of new rows, and the others.

        Parameters
        ----------
        record : Record
        candidates : list of int
            Labeled rows that may be shown once more.
        chooser : Chooser
            Who chose the new rows.
        new : list of int
            The new rows that would be offered.
        n : int

        Returns
        -------
        n_new : int
        again : list of (int, float)
            Rows to be shown once more, with their scores, best first. These are all
            `candidates`, as fewer new rows may be offered than planned.
        """
        rows, labels = self._verdict.labels(record)
        several = self._rules.are_several
        enough = bool(self._judged(labels)) if several else has_enough(labels)
        if not chooser.is_fitted or not candidates or not enough:
            return n, []
        scores_of = self._scores_of_several if several else self._scores
        scores, scores_new = scores_of(record, rows, labels, chooser, new)
        scores = dict(zip(rows, scores.tolist(), strict=True))
        again = [(row, scores[row]) for row in candidates]
        again.sort(key=lambda one: (-one[1], one[0]))
        # The new rows come first among equals.
        merged = np.r_[scores_new, [score for _, score in again]]
        best = np.argsort(-merged, kind="stable")[:n]
        return int((best < len(new)).sum()), again

    def _scores(self, record, rows, labels, chooser, new):
        """Return the scores of labeled rows and of new ones, rounded so that equals tie."""
        opinions, classes = opinions_of(
            {annotator: entry.label for annotator, entry in given.items()}
            for given in record.opinions.values()
        )
        judged, known = self._judges.proba(rows, labels)
        # Labels that are no verdict are classes as well, of probability 0.
        proba = np.zeros((len(rows), len(classes)))
        proba[:, codes_of(known, classes)] = judged
        proba_new = self._judges.of_new_rows(chooser.learner, new, classes)
        return (np.round(one, 9) for one in worth_of_labels(opinions, proba, proba_new))

    def _judged(self, labels):
        return judged_names(self._rules.names(labels), labels)

    def _scores_of_several(self, record, rows, labels, chooser, new):
        """Return the same where rows have several labels: the mean of the scores of each label.

        Each label is a question of two classes, and the mean estimates which share of these
        answers is wrong.
        """
        names = self._rules.names(labels)
        judged = self._judges.label_proba(rows, labels)
        judged_new = self._judges.labels_of_new_rows(chooser.learner, new, chooser.known, names)
        scores, scores_new = np.zeros(len(rows)), np.zeros(len(new))
        for name in self._judged(labels):
            column = names.index(name)
            opinions, _ = opinions_of(
                {annotator: name in entry.label for annotator, entry in given.items()}
                for given in record.opinions.values()
            )
            both = (_two_classes(one[:, column]) for one in (judged, judged_new))
            of_label, of_label_new = worth_of_labels(opinions, *both)
            scores, scores_new = scores + of_label, scores_new + of_label_new
        n_judged = len(self._judged(labels))
        return (np.round(one / n_judged, 9) for one in (scores, scores_new))


def _two_classes(proba):
    return np.column_stack([1 - proba, proba])
