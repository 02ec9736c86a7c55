"""Questions for the class of a row, by keys or by names."""

import difflib

from ._color import painted
from ._keys import (
    HELP,
    KEYS,
    LEAVE,
    MORE,
    NEW,
    class_keys,
    command_keys,
    explanation,
    key_of,
    menu,
)
from ._messages import command, joined, say
from ._number_column import decimal_of, typed_number
from ._row_view import expectation, has_more, prediction, row_text
from ._spelling import Spellings


class Leave(Exception):
    """The person wants to stop."""


class Questions:
    """Show rows, and ask for their classes until each is answered.

    A subclass says what an answer does (`answer`), and what its own commands do (`commands`).

    Parameters
    ----------
    project : Project
    terminal : Lines
        Asks the questions.
    """

    keys = KEYS
    meanings = None  # of keys, where they are others than usual

    def __init__(self, project, terminal):
        self._project = project
        self._session = project.session
        self._terminal = terminal
        self._classes = list(project.classes())
        self._are_numbers = project.settings.are_numbers
        self._likely = None  # the class that the model predicts for the row that is shown

    def answer(self, row, name):
        """Take a class for a row."""
        raise NotImplementedError

    def is_open(self, row):
        """Whether an answer for a row is still to come."""
        raise NotImplementedError

    def commands(self):
        """Return what each command does: functions of the row."""
        return {HELP: self._help, NEW: self._name_another, MORE: self._more, LEAVE: self._leave}

    def ask(self, row):
        """Show a row until it is answered, or another takes its place."""
        self.show(row)
        while self.is_open(row):
            question = joined([self._menu(row), "\n", painted(">", "bold"), " "])
            if self._are_numbers:
                self._act_on_number(row, self._terminal.line(question))
            else:
                self._act(row, self._terminal.key(question))

    def show(self, row, whole=False):
        """Print a row, and what the model expects."""
        say(row_text(self._project, row, whole=whole))
        self.remark(row)

    def remark(self, row):
        """Print what there is to say of a row besides its values."""
        # The row is there to be read while the model is fitted.
        found = prediction(self._project, row)
        self._likely = None if found is None else found[0]
        say(f"\n  The model: {expectation(found, self._are_numbers)}")

    def say_help(self):
        """Say which key shows the keys."""
        key = key_of(HELP, self._classes, self.keys)
        if self._are_numbers:
            say(f"Type a number, or a key, and then Enter. {key} shows what the keys do.")
        else:
            say(f"Press {key} to see what the keys do.")

    def _menu(self, row):
        return menu(
            self._classes,
            new=self._welcomes_new(),
            more=has_more(self._project, row),
            likely=self._likely,
            keys=self.keys,
        )

    def _welcomes_new(self):
        return not self._project.settings.classes and not self._are_numbers

    def _act_on_number(self, row, text):
        commands = command_keys(self._classes, self.keys)
        decimal = decimal_of(self._project)
        number = typed_number(text, decimal)
        if number is not None:
            self.answer(row, number)
        elif text in commands and (commands[text] != NEW):
            self.commands()[commands[text]](row)
        elif text:
            say(f"{text!r} is not a number, such as 3{decimal}5. Nothing may separate thousands.")

    def _act(self, row, key):
        commands, keys = (find(self._classes, self.keys) for find in (command_keys, class_keys))
        if key in self._classes:  # a line may hold a name that is the key of another class
            self.answer(row, key)
        elif key in keys:
            self.answer(row, keys[key])
        elif key in commands:
            self.commands()[commands[key]](row)
        elif len(key) > 1:  # a name, where answers are lines
            self._answer_as(row, key)
        elif key.isprintable() and not key.isspace():
            say(f"{key!r} is no key here, and nothing was done.")

    def _help(self, row):
        new = self._welcomes_new()
        say(explanation(self._classes, new=new, keys=self.keys, meanings=self.meanings))

    def _leave(self, row):
        raise Leave

    def _more(self, row):
        self.show(row, whole=True)

    def _name_another(self, row):
        self._answer_as(row, self._terminal.line("The class: "))

    def _answer_as(self, row, name):
        """Answer by a name that was typed, which may be new."""
        known = Spellings(self._classes).meant(name)
        if known not in (None, name):
            say(f"{name!r} counts as {known!r}.")
        if known is not None:
            self.answer(row, known)
        elif name and self._confirm(name):
            self.answer(row, name)

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
