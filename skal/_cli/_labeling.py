"""`skal label`: ask for labels in the terminal, one row at a time."""

import difflib
import string

from ._columns import described
from ._messages import NOTHING_LEFT
from ._project import describe_progress, open_project
from ._settings import rows_in_batches, split_classes
from ._terminal import is_long, open_terminal, rule, shown

NEW, SKIP, UNDO, LEAVE, MORE = "+", "s", "u", "q", "m"
COMMANDS = (NEW, SKIP, UNDO, LEAVE, MORE)


def label(options):
    """Ask until nothing is left or the person leaves. Returns the exit code."""
    with open_project(options.data, options) as project:
        Sitting(project, open_terminal(), options.annotator).run()
    return 0


class Leave(Exception):
    """The person has had enough."""


class Sitting:
    """One person who labels rows.

    Parameters
    ----------
    project : Project
    terminal : Lines
        What asks.
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
        self._n_actions = 0  # labels and skips of this sitting

    def run(self):
        """Ask until nothing is left or the person leaves."""
        print(f"Columns: {described(self._project.readings)}.")
        print(describe_progress(self._project))
        try:
            self._begin()
            while self._queue:
                self._ask(self._queue[0])
                self._fetch()
            print(NOTHING_LEFT)
        except (Leave, EOFError, KeyboardInterrupt):
            print()
        self._end()

    def _begin(self):
        in_batches = rows_in_batches(self._project.table.path)
        open_rows = self._project.pending(self._annotator)
        done = self._project.labels()
        # What is open but in no batch was shown in a sitting that broke off.
        self._queue = [row for row in open_rows if row not in in_batches and row not in done]
        self._fetch()
        while self._queue and not self._classes:
            answer = self._terminal.line("Which classes are there (a, b, ...)? ")
            self._classes = split_classes(answer) or []

    def _fetch(self):
        if not self._queue:
            ids = self._session.next(1, annotator=self._annotator)
            self._queue = self._project.rows(ids)

    def _end(self):
        """Give back what was shown and not answered."""
        mine = set(self._project.pending(self._annotator)).intersection(self._queue)
        if mine:
            self._session.release(self._project.ids(sorted(mine)))
        table = self._project.table.path
        print(f"{describe_progress(self._project)} All of it is saved.")
        if self._session.progress()["n_labeled"]:
            print(f"To get the labels: skal export {table} -o labeled.csv")

    # One row --------------------------------------------------------------------------

    def _ask(self, row):
        """Show a row until it is answered, or another takes its place."""
        self._show(row)
        while self._queue and self._queue[0] == row:
            key = self._terminal.key(f"{self._menu(row)}\n> ")
            self._act(row, key)

    def _show(self, row, whole=False):
        project, progress = self._project, self._session.progress()
        left = progress["n_pool"] + progress["n_pending"]
        print("\n" + rule(project.name(row), f"{progress['n_labeled']} labeled, {left} left"))
        values = {
            name: values[row]
            for name, values in project.table.columns.items()
            if name != project.settings.label
        }
        print(shown(values, self._texts(), whole=whole))
        print(f"\n  The model: {self._estimate(row)}")

    def _texts(self):
        readings = self._project.readings
        return [name for name, reading in readings.items() if reading.role == "text"]

    def _estimate(self, row):
        """Return what the model expects, as text."""
        if len(self._session.progress()["classes"]) < 2:
            return "none yet, it needs labels of two classes"
        model = self._session.model()
        expected = model.predict([[row]])[0]
        if not hasattr(model, "predict_proba"):
            return str(expected)
        return f"{expected} ({model.predict_proba([[row]]).max():.0%})"

    def _menu(self, row):
        entries = [f"[{key}] {name}" for key, name in class_keys(self._classes).items()]
        if not self._project.settings.classes:
            entries.append(f"[{NEW}] another class")
        if any(is_long(self._project.table.columns[name][row]) for name in self._texts()):
            entries.append(f"[{MORE}] more")
        return "  ".join([*entries, f"[{SKIP}] skip  [{UNDO}] undo  [{LEAVE}] leave"])

    def _act(self, row, key):
        commands = {SKIP: self._skip, UNDO: self._undo, NEW: self._label_other, MORE: self._more}
        keys = class_keys(self._classes)
        if key == LEAVE:
            raise Leave
        if key in keys:
            self._label(row, keys[key])
        elif key in commands:
            commands[key](row)
        elif len(key) > 1:  # a name, where answers are lines
            self._label_as(row, key)

    # Answers --------------------------------------------------------------------------

    def _label(self, row, name):
        try:
            self._session.label(self._project.ids([row]), [name], annotator=self._annotator)
        except ValueError as error:  # somebody else was quicker
            print(f"Not taken: {error}")
        else:
            self._n_actions += 1
        self._queue.remove(row)

    def _label_other(self, row):
        self._label_as(row, self._terminal.line("The class: "))

    def _label_as(self, row, name):
        """Label a row by a name that was typed, which may be new."""
        if name and (name in self._classes or self._confirm(name)):
            self._label(row, name)

    def _confirm(self, name):
        if self._project.settings.classes:
            print(f"{name!r} is not one of the classes that --classes allows.")
            return False
        near = difflib.get_close_matches(name, self._classes, n=1)
        doubt = f" (there is {near[0]!r})" if near else ""
        if self._terminal.key(f"{name!r} is a new class{doubt}. Add it (y/n)? ").lower() != "y":
            return False
        self._classes.append(name)
        return True

    def _skip(self, row):
        self._session.skip(self._project.ids([row]), annotator=self._annotator)
        self._n_actions += 1
        self._queue.remove(row)

    def _undo(self, row):
        if not self._n_actions:
            print("There is nothing to undo in this sitting.")
            return
        rows = self._project.rows(self._session.undo(annotator=self._annotator))
        self._n_actions -= 1
        print(f"Undone: {', '.join(map(self._project.name, rows))}.")
        self._queue = rows + self._queue

    def _more(self, row):
        self._show(row, whole=True)


def class_keys(classes):
    """Return the class behind each key.

    A class of one character is its own key; the others have digits, and then letters.
    """
    own = {name: name for name in classes if len(name) == 1 and name not in COMMANDS}
    free = (
        key
        for key in string.digits[1:] + string.ascii_lowercase + string.ascii_uppercase
        if key not in own and key not in COMMANDS
    )
    keys = {name: own.get(name) or next(free, None) for name in classes}
    return {key: name for name, key in keys.items() if key is not None}
