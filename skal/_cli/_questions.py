"""Questions for the class of a row, by keys or by names."""

import difflib

from ._color import painted
from ._keys import (
    GIVE,
    HELP,
    KEYS,
    KEYS_OF_CHOICES,
    KEYS_OF_LISTS,
    LEAVE,
    MEANINGS_OF_LISTS,
    MORE,
    NEW,
    NONE,
    class_keys,
    command_keys,
    explanation,
    key_of,
    menu,
)
from ._messages import command, joined, say
from ._number_column import decimal_of, typed_number
from ._parser import split_names
from ._row_view import has_more, prediction, row_text
from ._several_column import shown_names, why_not_allowed
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
        self._are_several = project.settings.are_several
        self._noun = "label" if self._are_several else "class"
        self._likely = []  # the classes that the model predicts for the row that is shown
        self._chosen = []  # the labels chosen for it, where it may have several
        if self._are_several:
            more = KEYS_OF_CHOICES if terminal.has_keys else KEYS_OF_LISTS
            self.keys = {**self.keys, **more}
            self.meanings = {**MEANINGS_OF_LISTS, **(self.meanings or {})}

    def answer(self, row, name):
        """Take a class for a row, or a number, or a list of labels."""
        raise NotImplementedError

    def is_open(self, row):
        """Whether an answer for a row is still to come."""
        raise NotImplementedError

    def commands(self):
        """Return what each command does: functions of the row."""
        commands = {HELP: self._help, NEW: self._name_another, MORE: self._more}
        commands |= {NONE: self._give_none, GIVE: self._give_chosen, LEAVE: self._leave}
        return commands

    def ask(self, row):
        """Show a row until it is answered, or another takes its place."""
        self._chosen = []
        self.show(row)
        while self.is_open(row):
            question = joined([self._menu(row), "\n", painted(">", "bold"), " "])
            if self._are_numbers:
                self._act_on_number(row, self._terminal.line(question))
            elif self._are_several and not self._terminal.has_keys:
                self._act_on_list(row, self._terminal.line(question))
            else:
                self._act(row, self._terminal.key(question))

    def show(self, row, whole=False):
        """Print a row, and what the model expects."""
        say(row_text(self._project, row, whole=whole))
        self.remark(row)

    def remark(self, row):
        """Print what there is to say of a row besides its values."""
        # The row is there to be read while the model is fitted.
        self._likely, expected = prediction(self._project, row)
        say(f"\n  The model: {expected}")

    def say_help(self):
        """Say which key shows the keys."""
        key = key_of(HELP, self._classes, self.keys)
        if self._are_numbers:
            say(f"Type a number, or a key, and then Enter. {key} shows what the keys do.")
        elif self._are_several and self._terminal.has_keys:
            say(f"Choose labels by their keys, and then press Enter. {key} shows all keys.")
        elif self._are_several:
            say(f"Type labels or keys with commas, and then Enter. {key} shows all keys.")
        else:
            say(f"Press {key} to see what the keys do.")

    def _menu(self, row):
        if self._chosen:
            return joined(["  Chosen: ", painted(shown_names(self._chosen), "likely")])
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
            self._answer_by_key(row, key)
        elif key in keys:
            self._answer_by_key(row, keys[key])
        elif key in commands:
            self.commands()[commands[key]](row)
        elif len(key) > 1:  # a name, where answers are lines
            self._answer_as(row, key)
        elif key.isprintable() and not key.isspace():
            say(f"{key!r} is no key here, and nothing was done.")

    def _answer_by_key(self, row, name):
        if not self._are_several:
            self.answer(row, name)
            return
        # The second time, the key takes the choice back.
        others = [one for one in self._chosen if one != name]
        self._chosen = others if name in self._chosen else [*others, name]
        if not self._chosen:
            say("  Chosen: nothing.")

    def _act_on_list(self, row, text):
        """Answer by labels and keys with commas between them."""
        commands, keys = (find(self._classes, self.keys) for find in (command_keys, class_keys))
        if text in commands and text not in self._classes:
            self.commands()[commands[text]](row)
            return
        names = self._known_names(split_names(text) or (), keys)
        if names:
            self.answer(row, self._project.in_order(names))

    def _known_names(self, names, keys=()):
        """Return labels that were typed, with those that are added; empty if one is not."""
        found = []
        for name in names:
            known = self._known_name(keys[name] if name in keys else name)
            if known is None:
                return []
            found.append(known)
        return found

    def _give_chosen(self, row):
        if self._chosen:
            self.answer(row, self._project.in_order(self._chosen))
        else:
            none = key_of(NONE, self._classes, self.keys)
            say(f"Nothing is chosen. If the row has none of the labels, press {none}.")

    def _give_none(self, row):
        self.answer(row, [])

    def _help(self, row):
        say(
            explanation(
                self._classes,
                new=self._welcomes_new(),
                keys=self.keys,
                meanings=self.meanings,
                noun=self._noun,
            )
        )

    def _leave(self, row):
        raise Leave

    def _more(self, row):
        self.show(row, whole=True)

    def _name_another(self, row):
        if not self._are_several:
            self._answer_as(row, self._terminal.line("The class: "))
            return
        names = self._known_names(split_names(self._terminal.line("The labels: ")) or ())
        self._chosen += [name for name in dict.fromkeys(names) if name not in self._chosen]

    def _answer_as(self, row, name):
        """Answer by a name that was typed, which may be new."""
        known = self._known_name(name)
        if known is not None:
            self.answer(row, known)

    def _known_name(self, name):
        """Return the class that is meant by a name; None for a new one that is not added."""
        known = Spellings(self._classes).meant(name)
        if known not in (None, name):
            say(f"{name!r} counts as {known!r}.")
        if known is not None:
            return known
        return name if name and self._confirm(name) else None

    def _confirm(self, name):
        if self._project.settings.classes:
            say(
                f"{name!r} is not one of the classes that --classes allows. To allow it, quit and "
                f"use {command('label', self._project.table.path, '--add-class', name)}."
            )
            return False
        problem = self._are_several and why_not_allowed([name], None, self._project.settings.sign)
        if problem:
            say(problem)
            return False
        near = difflib.get_close_matches(name, self._classes, n=1)
        doubt = f" (there is {near[0]!r})" if near else ""
        if not self._project.table.is_value(name):
            doubt = " (in a table, this word stands for a missing label)"
        question = f"{name!r} is a new {self._noun}{doubt}. Add it (y/n)? "
        if self._terminal.key(question).lower() != "y":
            return False
        self._classes.append(name)
        return True
