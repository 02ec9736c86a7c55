"""`skal label`: ask for labels in the terminal, one row at a time."""

import difflib

from ._columns import described
from ._keys import LEAVE, MORE, NEW, SKIP, UNDO, class_keys, command_keys, menu
from ._messages import NOTHING_LEFT, command, say
from ._parser import split_names
from ._project import open_project
from ._row_view import expectation, has_more, row_text
from ._settings import rows_in_batches
from ._spelling import Spellings
from ._terminal import open_terminal

WHICH = "Which classes are there (a, b, ...)? "


def label(options):
    """Ask until nothing is left or the person leaves. Returns the exit code."""
    terminal = open_terminal()

    def ask():
        say(f"{options.data} has no column {options.label!r}. The labels are kept in a new one.")
        try:
            return split_names(terminal.line(WHICH))
        except (EOFError, KeyboardInterrupt):
            return None

    ask = ask if terminal.has_person else None
    with open_project(options.data, options, ask_classes=ask) as project:
        Sitting(project, terminal, options.annotator).run()
    return 0


class Leave(Exception):
    """The person wants to stop."""


class Sitting:
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
        self._project = project
        self._session = project.session
        self._terminal = terminal
        self._annotator = annotator
        self._classes = list(project.classes())
        self._queue = []  # rows to be shown next
        self._actions = []  # labels and skips of this sitting, which can be undone

    def run(self):
        """Ask until nothing is left or the person leaves."""
        say(f"Columns: {described(self._project.readings)}.")
        say(self._project.progress())
        try:
            self._start()
            while self._queue:
                self._ask(self._queue[0])
                self._fetch()
            say(NOTHING_LEFT)
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
        self._fetch()
        while self._queue and not self._classes:
            answer = self._terminal.line(WHICH)
            self._classes = split_names(answer) or []
            self._project.name_classes(self._classes)

    def _fetch(self):
        if not self._queue:
            ids = self._session.next(1, annotator=self._annotator)
            self._queue = self._project.rows(ids)

    def _end(self):
        """Release what was shown and not answered, and say where the labels are."""
        mine = set(self._project.pending(self._annotator)).intersection(self._queue)
        if mine:
            self._session.release(self._project.ids(sorted(mine)))
        self._project.remember_spellings()
        say(f"{self._project.progress()} Everything is saved.")
        if self._session.progress()["n_labeled"]:
            path = self._project.table.path
            say(f"To get the labels: {command('export', path, '-o', 'labeled.csv')}")

    def _ask(self, row):
        """Show a row until it is answered, or another takes its place."""
        self._show(row)
        while self._queue and self._queue[0] == row:
            key = self._terminal.key(f"{self._menu(row)}\n> ")
            self._act(row, key)

    def _show(self, row, whole=False):
        say(row_text(self._project, row, whole=whole))
        # The row is there to be read while the model is fitted.
        say(f"\n  The model: {expectation(self._session, row)}")

    def _menu(self, row):
        welcomes_new = not self._project.settings.classes
        return menu(self._classes, new=welcomes_new, more=has_more(self._project, row))

    def _act(self, row, key):
        actions = {
            SKIP: self._skip,
            UNDO: self._undo,
            NEW: self._label_other,
            MORE: self._more,
            LEAVE: self._leave,
        }
        commands, keys = command_keys(self._classes), class_keys(self._classes)
        if key in self._classes:  # a line may hold a name that is the key of another class
            self._label(row, key)
        elif key in keys:
            self._label(row, keys[key])
        elif key in commands:
            actions[commands[key]](row)
        elif len(key) > 1:  # a name, where answers are lines
            self._label_as(row, key)

    def _leave(self, row):
        raise Leave

    def _label(self, row, name):
        self._answer(row, lambda ids, who: self._session.label(ids, [name], annotator=who))

    def _answer(self, row, give):
        try:
            give(self._project.ids([row]), self._annotator)
        except ValueError as error:  # somebody else was quicker
            say(f"Not taken: {error}")
        else:
            self._actions.append(self._session.last_action)
        self._queue.remove(row)

    def _label_other(self, row):
        self._label_as(row, self._terminal.line("The class: "))

    def _label_as(self, row, name):
        """Label a row by a name that was typed, which may be new."""
        known = Spellings(self._classes).meant(name)
        if known not in (None, name):
            say(f"{name!r} counts as {known!r}.")
        if known is not None:
            self._label(row, known)
        elif name and self._confirm(name):
            self._label(row, name)

    def _confirm(self, name):
        if self._project.settings.classes:
            say(
                f"{name!r} is not one of the classes that --classes allows. To allow it, quit and "
                f"use {command('label', self._project.table.path, '--add-class', name)}."
            )
            return False
        near = difflib.get_close_matches(name, self._classes, n=1)
        doubt = f" (there is {near[0]!r})" if near else ""
        if not self._project.table.is_value(name):
            doubt = " (in a table, this word stands for a missing label)"
        if self._terminal.key(f"{name!r} is a new class{doubt}. Add it (y/n)? ").lower() != "y":
            return False
        self._classes.append(name)
        return True

    def _skip(self, row):
        self._answer(row, lambda ids, who: self._session.skip(ids, annotator=who))

    def _undo(self, row):
        if not self._actions:
            say("There is nothing to undo in this sitting.")
            return
        try:
            # Not the last action of the session, which may be that of somebody else.
            ids = self._session.undo(actions=[self._actions.pop()])
        except ValueError as error:
            say(f"Not undone: {error}")
            return
        rows = self._project.rows(ids)
        say(f"Undone: {', '.join(map(self._project.name, rows))}.")
        self._queue = rows + self._queue

    def _more(self, row):
        self._show(row, whole=True)
