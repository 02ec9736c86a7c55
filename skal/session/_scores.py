"""The scores that a session estimates: which there are for its labels, and their intervals."""

import numpy as np

from ._estimate import MIN_OF_CLASS
from ._intervals import f1_of, mean_f1_of, mean_of, share_of
from ._number_intervals import r2_of, rmse_of

OF_A_CLASS = ("f1", "recall", "found", "n_left")
# These need no model, only the rows of a class.
COUNTS = ("found", "n_left")


class ClassScores:
    """Scores of one class a row.

    Attributes
    ----------
    usual : str
        The score that None stands for.
    of_model : tuple of str
        Scores of the whole model.
    of_a_class : tuple of str
    scores_of, labels_are, about : str
        What the scores are of, what the labels are, and what a score of the whole model is about:
        for messages.
    """

    usual = "accuracy"
    of_model = ("accuracy", "balanced_accuracy")
    of_a_class = OF_A_CLASS
    scores_of = labels_are = "classes"
    about = "all classes"

    @property
    def names(self):
        """All scores."""
        return (*self.of_model, *self.of_a_class)

    def classes(self, labels):
        """Yield the classes of labels."""
        yield from labels

    def have(self, labels, name):
        """Return which labels are a class, as an array of bool."""
        return np.array([one == name for one in labels], dtype=bool)

    def are_enough(self, scoring, sample, labels, positive):
        """Whether the audit rows have enough of each class that matters."""
        if positive is not None:
            needed = [positive]
        else:
            needed = dict.fromkeys(self.classes(labels)) if scoring in _BY_CLASS else ()
        return all(
            np.count_nonzero(self.have(labels, one) & sample.is_audit) >= MIN_OF_CLASS
            for one in needed
        )

    def bounds(self, scoring, sample, labels, predicted, positive, confidence):
        """Return a score of predictions with its interval, None if it cannot be told.

        A label that was not predicted is None. It hardly matters.
        """
        if scoring in OF_A_CLASS:
            true = self.have(labels, positive)
            said = self.have(predicted, positive)
            if scoring == "f1":
                return f1_of(sample, true, said, confidence)
            return share_of(sample, true & said, true, confidence)
        right = np.array([a == b for a, b in zip(labels, predicted, strict=True)], dtype=bool)
        if scoring == "accuracy":
            return share_of(sample, right, np.ones(len(right), bool), confidence)
        return self._of_all(scoring, sample, labels, predicted, right, confidence)

    def _of_all(self, scoring, sample, labels, predicted, right, confidence):
        """Return what is not about single rows: here the balanced accuracy."""
        recalls = [
            share_of(sample, right & true, true, confidence)
            for true in (self.have(labels, one) for one in dict.fromkeys(labels))
        ]
        return None if None in recalls else mean_of(recalls)


class SeveralScores(ClassScores):
    """Scores of several labels a row, each of which is present or absent.

    Parameters
    ----------
    known : list or None
        The labels that rows may have. None: those in use.
    """

    of_model = ("accuracy", "f1_micro", "f1_macro", "hamming_loss")
    scores_of, labels_are = "several labels a row", "several for each row"
    about = "all labels"

    def __init__(self, known):
        self._known = known

    def classes(self, labels):
        """Yield the single labels of rows."""
        for one in labels:
            yield from one

    def have(self, labels, name):
        """Return which rows have a label, as an array of bool."""
        return np.array([one is not None and name in one for one in labels], dtype=bool)

    def _of_all(self, scoring, sample, labels, predicted, right, confidence):
        in_use = set(self.classes(labels)).difference(self._known or ())
        names = [*(self._known or ()), *sorted(in_use)]
        true, said = (
            np.column_stack([self.have(rows, one) for one in names])
            for rows in (labels, predicted)
        )
        if scoring == "hamming_loss":
            wrong = np.where([one is None for one in predicted], 0, (true != said).sum(axis=1))
            return share_of(sample, wrong, np.full(len(true), len(names)), confidence)
        return (f1_of if scoring == "f1_micro" else mean_f1_of)(sample, true, said, confidence)


class NumberScores(ClassScores):
    """Scores of numbers."""

    usual = "r2"
    of_model = ("r2", "rmse")
    of_a_class = ()
    scores_of = labels_are = about = "numbers"

    def classes(self, labels):
        """Return no classes: numbers have none."""
        return ()

    def bounds(self, scoring, sample, labels, predicted, positive, confidence):
        """Return a score of predicted numbers; one that is None counts as right."""
        y = np.array(labels, dtype=np.float64)
        errors = np.array(
            [0.0 if p is None else p - one for p, one in zip(predicted, y.tolist(), strict=True)]
        )
        if scoring == "rmse":
            return rmse_of(sample, errors, confidence)
        return r2_of(sample, y, errors, confidence)


# Scores that are means over classes, of which each needs audit rows.
_BY_CLASS = ("balanced_accuracy", "f1_macro")
# One of each kind, to say what a score is for; the last one counts that has it.
EVERY_KIND = (NumberScores(), SeveralScores(None), ClassScores())


def scores_for(rules):
    """Return the scores for the labels of a session."""
    if rules.are_numbers:
        return NumberScores()
    return SeveralScores(rules.classes) if rules.are_several else ClassScores()
