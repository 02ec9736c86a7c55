"""`skal relabel`: change the label of a row that is labeled already."""

import difflib

from ._keys import HELP, KEYS, LEAVE, MORE, NEW
from ._messages import CommandError, command, listed, say
from ._number_column import decimal_of, typed_number
from ._project import open_project
from ._questions import Leave, Questions
from ._several_column import quoted, typed_lists
from ._spelling import Spellings
from ._terminal import open_terminal

WHICH = "Which row (its number or id; empty to stop)? "


def relabel(options):
    """Change the label of one row, or of rows that are asked for. Returns the exit code."""
    if options.to is not None and options.row is None:
        raise CommandError("--to needs --row: the number or the id of the row.")
    with open_project(
        options.data, to_ask=False, to_take=True, add_class=options.add_class
    ) as project:
        correction = Correction(project, open_terminal(), options.annotator)
        if options.to is not None:
            correction.change(correction.find(options.row), _class(project, options.to))
        else:
            correction.run(options.row)
        project.remember_spellings()
    return 0


def _class(project, name):
    """Return what is meant by a name: a class that is known, a number, or a list of classes."""
    if project.settings.are_numbers:
        number = typed_number(name, decimal_of(project))
        if number is None:
            raise CommandError(f"--to must be a number, as labels are numbers here, got {name!r}.")
        return number
    if project.settings.are_several:
        names = typed_lists(name, project.settings.sign)
        return project.in_order([_known_class(project, one) for one in names])
    return _known_class(project, name)


def _known_class(project, name):
    classes = project.classes()
    meant = Spellings(classes).meant(name)
    if meant is None:
        near = difflib.get_close_matches(name, classes, n=1)
        doubt = f" Is {near[0]!r} meant?" if near else ""
        raise CommandError(
            f"--to {name!r} is not one of the classes {listed(map(repr, classes), 20)}.{doubt} To "
            "add a class, use --add-class."
        )
    return meant


class Correction(Questions):
    """One person who corrects labels, row by row.

    Parameters
    ----------
    project : Project
    terminal : Lines
    annotator : str or None
        Whose label is changed. None changes the only label of a row, and settles those that have
        several.
    """

    keys = {name: KEYS[name] for name in (NEW, LEAVE, MORE, HELP)}
    meanings = {LEAVE: "Leave the label as it is."}

    def __init__(self, project, terminal, annotator):
        super().__init__(project, terminal)
        self._annotator = annotator
        self._row = None  # the row that is asked for

    def run(self, key=None):
        """Ask for rows and their labels; with a key, for the label of this row alone."""
        try:
            if key is not None:
                self._correct(self.find(key))
                return
            self.say_help()
            while key := self._terminal.line(WHICH):
                self._correct_if_known(key)
        except (EOFError, KeyboardInterrupt):
            say()

    def _correct_if_known(self, key):
        try:
            self._correct(self.find(key))
        except CommandError as error:  # another row may be named
            say(str(error))

    def _correct(self, row):
        self._row = row
        try:
            self.ask(row)
        except Leave:
            say("Not changed.")

    def find(self, key):
        """Return the labeled row with an id or a number."""
        row = self._project.find(key)
        if row not in self._project.labels():
            path = self._project.table.path
            raise CommandError(
                f"{self._project.title(row)} has no label yet. To label rows, use "
                f"{command('label', path)}, or {command('add', path, 'BATCH', '--unasked')}."
            )
        return row

    def remark(self, row):
        say(f"\n  The label: {self._project.opinions(row)}")

    def is_open(self, row):
        return self._row == row

    def answer(self, row, name):
        self.change(row, name)
        self._row = None

    def change(self, row, name):
        """Give a row, and its copies where one answer is for all, another label."""
        project, before = self._project, self._project.labels()[row]
        rows = project.labeled_alike(row)
        names = [name] * len(rows)
        project.session.relabel(project.ids(rows), names, annotator=self._annotator)
        others = f" (and {len(rows) - 1} rows with the same content)" if len(rows) > 1 else ""
        now = project.labels()[row]
        changed = f"stays {quoted(now)}"
        if now != before:
            changed = f"{quoted(before)} is {quoted(now)} now"
            if isinstance(now, list):
                changed = f"changed from {quoted(before)} to {quoted(now)}"
        say(f"{project.title(row)}{others}: {changed}.")
