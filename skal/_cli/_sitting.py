"""One person who labels rows, from the first question to the last."""

from ._columns import described
from ._keys import SKIP, UNDO
from ._messages import NOTHING_LEFT, command, say, starting
from ._number_column import shown_number
from ._parser import split_names
from ._questions import Leave, Questions
from ._settings import rows_in_batches
from ._several_column import quoted
from ._standing import reached, standing
from ._taken import why_not_taken, why_not_undone

EVERY = 20  # labels, before it is said again how good the model is
WHICH = {
    "class": "Which classes are there (a, b, ...)? ",
    "label": "Which labels are there (a, b, ...)? ",
}


class Sitting(Questions):
    """One person who labels rows, from the first question to the last.

    Parameters
    ----------
    project : Project
    terminal : Lines
        Asks the questions.
    annotator : str or None
        The person's name.
    """

    def __init__(self, project, terminal, annotator=None):
        super().__init__(project, terminal)
        self._annotator = annotator
        self._queue = []  # rows to be shown next
        self._actions = []  # labels and skips of this sitting, which can be undone
        # What was said already: that there are enough labels, and how good the model is.
        self._has_enough = bool(project.counts()["stop"])
        self._said_at = 0

    def run(self):
        """Ask until nothing is left or the person leaves."""
        say(f"Columns: {described(self._project.readings)}.")
        say(self._project.progress())
        self._say_standing()
        try:
            self._start()
            while self._queue:
                self.ask(self._queue[0])
                if self._project.counts()["n_labeled"] >= self._said_at + EVERY:
                    say()
                    self._say_standing()
                self._fetch()
            say(NOTHING_LEFT)
            if self._project.counts()["n_pending"]:
                say("Rows that are pending wait in batches, or for other people.")
        except (Leave, EOFError, KeyboardInterrupt):
            say()
        self._end()

    def _start(self):
        in_batches = rows_in_batches(self._project.table.path)
        pending = self._project.pending(self._annotator)
        done = self._project.labels()
        # What is pending but in no batch was shown in a sitting that broke off.
        self._queue = [
            row
            for row in pending
            if self._project.number(row) - 1 not in in_batches and row not in done
        ]
        starting("Choosing the first row")
        self._fetch()
        while self._queue and not self._classes and not self._are_numbers:
            answer = self._terminal.line(WHICH[self._noun])
            self._classes = split_names(answer) or []
            self._project.name_classes(self._classes)
        if self._queue:
            self.say_help()

    def _fetch(self):
        if not self._queue:
            self._queue = self._project.next(1, self._annotator)
            self._say_reached()

    def _say_reached(self):
        """Say once that there are enough labels; who wants to may go on."""
        if not self._has_enough and self._project.counts()["stop"]:
            self._has_enough = True
            say(f"\n{reached(self._project)} Go on as long as you like, or quit.")

    def _say_standing(self):
        self._said_at = self._project.counts()["n_labeled"]
        for line in standing(self._project):
            say(line)

    def _end(self):
        """Release what was shown and not answered, and say where the labels are."""
        mine = set(self._project.pending(self._annotator)).intersection(self._queue)
        if mine:
            self._session.release(self._project.ids(sorted(mine)))
        self._project.remember_spellings()
        say(f"{self._project.progress()} Everything is saved.")
        if self._project.counts()["n_labeled"] > self._said_at:
            self._say_standing()
        if self._project.counts()["n_labeled"]:
            path = self._project.table.path
            say(f"To get the labels: {command('export', path, '-o', 'labeled.csv')}")

    def is_open(self, row):
        return bool(self._queue) and self._queue[0] == row

    def commands(self):
        return {**super().commands(), SKIP: self._skip, UNDO: self._undo}

    def answer(self, row, name):
        rows = self._alike(row)
        who = self._annotator
        give = self._session.label
        if self._give(row, rows, lambda ids: give(ids, [name] * len(ids), annotator=who)):
            self._say_copies(rows, shown_number(name) if self._are_numbers else quoted(name))

    def _skip(self, row):
        rows = self._alike(row)
        who = self._annotator
        if self._give(row, rows, lambda ids: self._session.skip(ids, annotator=who)):
            self._say_copies(rows, "skipped")

    def _alike(self, row):
        """Return a row, and its copies where one answer is for all of them."""
        copies = self._project.copies
        return [row] if copies is None else [row, *copies.open(row, self._annotator)]

    def _say_copies(self, rows, what):
        if len(rows) > 1:
            say(f"{len(rows)} rows with the same content: {what}.")

    def _give(self, row, rows, give):
        """Answer rows in one action; return whether the answer was taken."""
        try:
            give(self._project.ids(rows))
        except ValueError as error:  # somebody else was quicker
            say(f"Not taken: {why_not_taken(self._project, rows, self._annotator, error)}")
            taken = False
        else:
            self._actions.append((self._session.last_action, row))
            taken = True
        done = set(rows) if taken else {row} - self._mine()
        self._queue = [one for one in self._queue if one not in done]
        return taken

    def _mine(self):
        """Return the rows that wait for an answer of this person."""
        pending = self._project.pending(self._annotator)
        return set(pending).difference(self._project.labels())

    def _undo(self, row):
        if not self._actions:
            say("There is nothing to undo in this sitting.")
            return
        action, shown = self._actions.pop()
        try:
            # Not the last action of the session, which may be that of somebody else.
            ids = self._session.undo(actions=[action])
        except ValueError as error:
            say(f"Not undone: {why_not_undone(error)}")
            return
        rows = self._project.rows(ids)
        say(f"Undone: {', '.join(map(self._project.name, rows))}.")
        copies = [one for one in rows if one != shown]
        if copies:  # they were not asked for, and are answered together with the row again
            self._session.release(self._project.ids(copies))
        self._queue = [shown, *self._queue]
