"""Verdicts: the one label that counts for a row, where annotators disagree or not."""

from collections import Counter

from .._base import InvalidParameterError


def majority(given):
    """Return the most frequent label, and of equally frequent ones the first given."""
    # most_common keeps the order in which labels were first seen.
    return Counter(given.values()).most_common(1)[0][0]


VERDICTS = {"majority": majority}


class Verdict:
    """Resolve the labels of rows.

    Parameters
    ----------
    rule : str or callable
        A name in `VERDICTS`, or a function such as :func:`majority`: from a dict of each
        annotator's label, in the order in which they answered first, to one of these labels. It
        is asked only about rows on which annotators disagree.
    """

    def __init__(self, rule):
        if not callable(rule) and not (isinstance(rule, str) and rule in VERDICTS):
            raise InvalidParameterError(
                f"verdict must be one of {', '.join(map(repr, VERDICTS))}, or a function from a "
                f"dict of each annotator's label to one of the labels, got {rule!r}."
            )
        self._rule = rule if callable(rule) else VERDICTS[rule]

    def labels(self, record):
        """Return the labeled rows and the label that counts for each, as two lists."""
        return list(record.opinions), [self.of(given) for given in record.opinions.values()]

    def of(self, given):
        """Return the label that counts, given the entry of each annotator for one row."""
        first = next(iter(given.values())).label
        if len(given) == 1:
            return first
        # Rows with several labels are few, and those on which people disagree fewer still.
        labels = {annotator: entry.label for annotator, entry in given.items()}
        if all(label == first for label in labels.values()):
            return first
        return self._one_of(labels)

    def _one_of(self, labels):
        chosen = self._rule(dict(labels))  # a rule may take labels out of what it is given
        # The label as it was given: the rule may return an equal value of another type.
        for label in labels.values():
            if label == chosen:
                return label
        raise ValueError(
            f"verdict must return one of the labels that a row was given, {labels}, got "
            f"{chosen!r}."
        )
