"""The actions of a session that can be undone."""

import itertools
from typing import NamedTuple


class Undoable(NamedTuple):
    """An action, and the opinions on its rows before it, for the rows that had any."""

    action: object
    before: dict


class History:
    """Actions by their number in the log, until they are undone."""

    def __init__(self):
        self._actions = {}

    def add(self, action, opinions):
        """Remember an action that is about to change the opinions."""
        # A copy: the record changes the opinions of a row in place.
        before = {
            entry.row: dict(opinions[entry.row])
            for entry in action.entries
            if entry.row in opinions
        }
        self._actions[action.seq] = Undoable(action, before)

    def pop(self, seq):
        """Remove an action that was undone, and return it."""
        return self._actions.pop(seq)

    def entries_of(self, numbers):
        """Return the entries of some actions."""
        return [entry for seq in numbers for entry in self._actions[seq].action.entries]

    def last(self, k, annotator=None):
        """Return the numbers of the last k actions, latest first.

        Raises
        ------
        ValueError
            If there are fewer, or undoing them would change what others have done since.
        """
        numbers = self._last(k, annotator)
        if len(numbers) < k:
            raise ValueError(
                f"k must be at most the number of actions that can be undone, {len(numbers)}, got "
                f"k={k}."
            )
        return self._checked(numbers)

    def given(self, numbers):
        """Return numbers of actions, latest first.

        Raises
        ------
        ValueError
            If one of them cannot be undone, or not without changing what others have done since.
        """
        for seq in numbers:
            if isinstance(seq, bool) or seq not in self._actions:
                raise ValueError(
                    f"actions must be numbers of actions that can be undone, got {seq!r}: it is "
                    "undone already, or it is not a call of label, skip, relabel or import_labels."
                )
        return self._checked(sorted(set(numbers), reverse=True))

    def _checked(self, numbers):
        for seq in numbers:
            if not self._is_last_on_its_rows(seq, numbers):
                raise ValueError(
                    "Somebody else has changed the same rows since. Use relabel, or undo() "
                    "without annotator, which takes the actions of everybody in turn."
                )
        return numbers

    def _last(self, k, annotator):
        numbers = (
            seq
            for seq in reversed(self._actions)
            if annotator is None or self._actions[seq].action.annotator == annotator
        )
        return list(itertools.islice(numbers, k))

    def _is_last_on_its_rows(self, seq, undone):
        """Whether only actions of `undone` have changed the rows of an action since."""
        # Actions are in the order of the log: from the end, those since then come first.
        rows = {entry.row for entry in self.entries_of([seq])}
        since = itertools.takewhile(lambda other: other > seq, reversed(self._actions))
        return all(
            other in undone or rows.isdisjoint(entry.row for entry in self.entries_of([other]))
            for other in since
        )

    def confirmed(self):
        """Return the rows that were relabeled, unless another label was given to them since.

        Whoever relabels a row has looked at its label, and means it, also where it stays the same.
        """
        labels = {}
        for undoable in self._actions.values():
            is_relabel = undoable.action.kind == "relabel"
            for entry in undoable.action.entries:
                if is_relabel:
                    labels[entry.row] = entry.label
                elif entry.label is not None and labels.get(entry.row) != entry.label:
                    labels.pop(entry.row, None)
        return set(labels)
