"""From the answers on the server to the labels of a session."""

from ._memory import Answer, key_of, plain


class Answers:
    """Take answers into a session, each of them once.

    Every answer is an action of its own, so that it can be taken back alone.

    Parameters
    ----------
    session : LabelingSession
    memory : Memory
    asked : OneClass, SeveralClasses or Numbers
        What labels are.
    report : callable
        Is given a sentence about what cannot be taken.

    Attributes
    ----------
    n_taken : int
        How many answers were taken so far, or changed, or taken back.
    """

    SAVE_EVERY = 50  # answers; if the process is killed, so many are compared anew

    def __init__(self, session, memory, asked, report):
        self.n_taken = 0
        self._session = session
        self._memory = memory
        self._asked = asked
        self._report = report
        self._refused = set()  # answers that were reported

    def take(self, rows):
        """Take what is new.

        Parameters
        ----------
        rows : dict of list of Task
            The tasks of each row.
        """
        changes = {row: given for row, given in _latest(rows).items() if self._differs(row, given)}
        if not changes:
            return
        labels = _labels(self._session)
        for i, (row, given) in enumerate(changes.items(), 1):
            self._take_row(row, given, labels)
            if i % self.SAVE_EVERY == 0:
                self._memory.save()
        self._memory.save()

    def _differs(self, row, given):
        known = self._memory.answers.get(key_of(row), {})
        return {name: one.choice for name, one in known.items()} != {
            name: one.choice for name, one in given.items() if not one.problem
        } or any(one.problem for one in given.values())

    def _take_row(self, row, given, labels):
        known = self._memory.answers.setdefault(key_of(row), {})
        for name in [name for name in known if name not in given]:
            if name in known:  # it may have been taken back together with another one
                self._withdraw(row, name, known, labels)
        for name, one in given.items():
            if one.problem:
                self._complain(row, name, f"is left out: {one.problem}")
            elif name not in known or known[name].choice != one.choice:
                self._take(row, name, one, known, labels)
        # One that was taken back has taken others with it.
        for name, one in given.items():
            if name not in known and not one.problem:
                self._take(row, name, one, known, labels)
        if not known:
            del self._memory.answers[key_of(row)]

    def _take(self, row, name, one, known, labels):
        before = known.get(name)
        if before is not None and (before.choice is None) != (one.choice is None):
            # A label became a skip, or a skip a label: first as if there had been no answer.
            self._withdraw(row, name, known, labels)
            before = None
        last = self._session.last_action
        try:
            self._write(row, name, one, labels.get((row, name)))
        except ValueError as error:
            self._complain(row, name, f"is left out: {error}")
            return
        actions = [] if before is None else before.actions
        if self._session.last_action != last:
            self.n_taken += 1
            actions = [*actions, self._session.last_action]
        known[name] = Answer(one.choice, actions)

    def _write(self, row, name, one, known):
        """Write an answer to the session, unless it is known; `known` is the label there is."""
        if known is not None and one.choice is not None:
            id_, label = known
            if not self._asked.is_same(one.choice, label):
                new = self._asked.as_label(one.choice, self._session)
                self._session.relabel([id_], [new], annotator=name or None)
            return
        # Second opinions, and rows that are pending for somebody else, are welcome in this way.
        self._session.import_labels(
            [{"id": row, "label": one.choice, "annotator": name or None, "time": one.time}]
        )

    def _withdraw(self, row, name, known, labels):
        """Take back an answer that was taken back on the server."""
        gone = known.pop(name)
        # Answers of others that came later lie on top of it. They are taken anew.
        later = {
            other: one
            for other, one in known.items()
            if gone.actions and one.actions and max(one.actions) > min(gone.actions)
        }
        try:
            self._undo([gone, *later.values()])
        except ValueError as error:
            if gone.choice is not None:
                self._complain(row, name, f"was deleted there, but stays here: {error}")
            return
        self.n_taken += 1
        for other in (name, *later):
            known.pop(other, None)
            labels.pop((row, other), None)
        self._close_second_opinion(row)

    def _undo(self, answers):
        actions = [action for one in answers for action in one.actions]
        if not answers[0].actions:
            raise ValueError("it was in the session before, or skal was stopped at that moment.")
        self._session.undo(actions=actions)

    def _close_second_opinion(self, row):
        """Release a row that others have labeled: nobody is asked for it any more."""
        pending = [id_ for id_ in self._session.pending() if plain(id_) == row]
        if pending and any(id_ == row for id_, _ in _labels(self._session)):
            self._session.release(pending)

    def _complain(self, row, name, problem):
        if (row, name, problem) not in self._refused:
            self._refused.add((row, name, problem))
            self._report(f"The answer of {name or 'somebody'} to {row!r} {problem}")


def _latest(rows):
    """Return the answers of each row by person; a row should have one task, but may have two."""
    return {
        row: {name: one for task in tasks for name, one in task.given.items()}
        for row, tasks in rows.items()
    }


def _labels(session):
    """Return the id and the label of each label of a session, by row and person."""
    return {
        (plain(one["id"]), one["annotator"] or ""): (one["id"], one["label"])
        for one in session.records()
    }
