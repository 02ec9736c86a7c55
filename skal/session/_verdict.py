"""Verdicts: the one label that counts for a row, where annotators disagree or not."""

import math
from collections import Counter
from numbers import Real

import numpy as np

from .._base import InvalidParameterError
from ..label_quality import Opinions, estimate_classes
from ._labels import LabelRules


def majority(given):
    """Return the most frequent label, and of equally frequent ones the first given."""
    # most_common keeps the order in which labels were first seen.
    return Counter(given.values()).most_common(1)[0][0]


def median(given):
    """Return the median of numbers, which may be the mean of the two in the middle."""
    ordered = sorted(given.values())
    below, above = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    # The sum of two large numbers may be infinite.
    return below if below == above else below / 2 + above / 2


class RowByRow:
    """A rule that looks at one row at a time, such as :func:`majority`.

    Parameters
    ----------
    function : callable
        From a dict of each annotator's label, in the order in which they answered first, to one
        of these labels. It is asked only about rows on which annotators disagree.
    """

    def __init__(self, function):
        self._function = function

    def __call__(self, several):
        return {row: self._one_of(given) for row, given in several.items() if is_disputed(given)}

    def _one_of(self, given):
        chosen = self._function(dict(given))  # a function may take labels out of what it is given
        # The label as it was given: the function may return an equal value of another type.
        for label in given.values():
            if label == chosen:
                return label
        raise ValueError(
            f"verdict must return one of the labels that a row was given, {given}, got {chosen!r}."
        )


class NumberByRow(RowByRow):
    """The same for numbers, where a rule may return any number."""

    def _one_of(self, given):
        chosen = self._function(dict(given))
        is_number = isinstance(chosen, Real) and not isinstance(chosen, (bool, np.bool_))
        if not is_number or not math.isfinite(chosen):
            raise ValueError(
                f"verdict must return a finite number, got {chosen!r} for the labels {given}."
            )
        return float(chosen) + 0.0


def majority_of_each(given):
    """Return the labels that more than half gave a row; at half, the first annotator decides."""
    first = next(iter(given.values()))
    counts = Counter(name for names in given.values() for name in names)
    return [
        name
        for name, count in counts.items()
        if 2 * count > len(given) or (2 * count == len(given) and name in first)
    ]


class SeveralByRow(RowByRow):
    """The same for several labels a row, of which a rule returns a list."""

    def _one_of(self, given):
        chosen = self._function({who: list(names) for who, names in given.items()})
        # In the order that those who gave them have in common, and of their types.
        known = {name: name for names in given.values() for name in names}
        if not isinstance(chosen, (list, tuple, set, frozenset)) or not set(chosen) <= set(known):
            raise ValueError(
                f"verdict must return a list of labels that a row was given, {given}, got "
                f"{chosen!r}."
            )
        return tuple(known[name] for name in set(chosen))


class DawidSkene:
    """Ask how reliable the annotators are: the estimate of Dawid and Skene.

    It is made from the rows that have several labels, as one label alone tells nothing about its
    annotator. Of the labels that a row was given the most probable one is chosen; where several
    are equally probable, the one that `majority` prefers. The last estimate is kept.
    """

    def __init__(self):
        self._kept = None

    def __call__(self, several):
        if not any(map(is_disputed, several.values())):
            return {}
        # As a list, for the order counts where labels tie, and dicts are equal in any order.
        key = [(row, *given.items()) for row, given in several.items()]
        if self._kept is None or self._kept[0] != key:
            self._kept = key, self._resolved(several)
        return self._kept[1]

    def _resolved(self, several):
        opinions, classes = opinions_of(several.values())
        # Rounded, so that what is equal ties, whatever the last digits are.
        proba = np.round(estimate_classes(opinions)[0], 9)
        columns = {label: i for i, label in enumerate(classes)}
        resolved = {}
        for of_row, (row, given) in zip(proba.tolist(), several.items(), strict=True):
            if is_disputed(given):
                most = max(of_row[columns[label]] for label in given.values())
                left = {w: label for w, label in given.items() if of_row[columns[label]] == most}
                resolved[row] = majority(left)
        return resolved


# What makes each rule: one for each session, as rules may remember something. A rule takes the
# labels of all rows that have several, a dict of dicts by row and annotator, and returns the label
# that counts for those on which annotators disagree, by row.
VERDICTS = {"majority": lambda: RowByRow(majority), "dawid_skene": DawidSkene}
# Hardly ever do two people measure the same number: "majority", the default, is the median.
SEVERAL_VERDICTS = {"majority": lambda: SeveralByRow(majority_of_each)}
NUMBER_VERDICTS = dict.fromkeys(("median", "majority"), lambda: NumberByRow(median))


def takes_several(rule):
    """Whether a verdict may be for several labels a row."""
    return callable(rule) or (isinstance(rule, str) and rule in SEVERAL_VERDICTS)


class Verdict:
    """Resolve the labels of rows.

    Parameters
    ----------
    rule : str or callable
        A name in `VERDICTS` or `NUMBER_VERDICTS`, or a function for :class:`RowByRow`.
    rules : LabelRules, default=None
        Whether labels are classes, numbers or lists of classes. None: classes.
    """

    def __init__(self, rule, rules=None):
        self._rules = LabelRules(None) if rules is None else rules
        self._given = rule
        self._made = {}
        self._rule()  # so that a wrong one is refused at once

    def _rule(self):
        """Return the rule for the labels of the session, of one a row or of several."""
        several = self._rules.are_several
        if several not in self._made:
            self._made[several] = self._rule_for(self._given)
        return self._made[several]

    def _rule_for(self, rule):
        are_numbers, are_several = self._rules.are_numbers, self._rules.are_several
        known, row_by_row = (NUMBER_VERDICTS, NumberByRow) if are_numbers else (VERDICTS, RowByRow)
        if are_several:
            known, row_by_row = SEVERAL_VERDICTS, SeveralByRow
        if not callable(rule) and not (isinstance(rule, str) and rule in known):
            what = "a number" if are_numbers else "one of the labels"
            what = "a list of some of these" if are_several else what
            raise InvalidParameterError(
                f"verdict must be one of {', '.join(map(repr, known))}, or a function from a "
                f"dict of each annotator's label to {what}, got {rule!r}.{_way_out(rule)}"
            )
        return row_by_row(rule) if callable(rule) else known[rule]()

    def labels(self, record):
        """Return the labeled rows and the label that counts for each, as two lists."""
        # Rows with several labels are few, and those on which people disagree fewer still.
        several = {
            row: {annotator: entry.label for annotator, entry in given.items()}
            for row, given in record.opinions.items()
            if len(given) > 1
        }
        labels = {row: next(iter(given.values())).label for row, given in record.opinions.items()}
        labels.update(self._rule()(several))
        return list(labels), list(map(self._rules.as_used, labels.values()))


def _way_out(rule):
    """Return for which labels a rule is, if it is one."""
    if isinstance(rule, str) and rule in (*VERDICTS, *NUMBER_VERDICTS):
        which = "classes" if rule in VERDICTS else "numbers, which a regressor learns"
        return f" {rule!r} is for {which}."
    return ""


def is_disputed(given):
    """Whether the labels of a row, by annotator, are not all the same."""
    return len(set(given.values())) > 1


def opinions_of(rows):
    """Return the labels of rows as `Opinions`, and the classes in order.

    Parameters
    ----------
    rows : iterable of dict
        Each annotator's label, for each row.
    """
    rows = list(rows)
    places, classes = {}, sorted({label for given in rows for label in given.values()})
    columns = {label: i for i, label in enumerate(classes)}
    entries = [
        (i, places.setdefault(annotator, len(places)), columns[label])
        for i, given in enumerate(rows)
        for annotator, label in given.items()
    ]
    samples, annotators, codes = np.array(entries, dtype=np.intp).reshape(-1, 3).T
    return Opinions(samples, annotators, codes, len(rows), len(places), len(classes)), classes
