"""`skal label`: ask for labels in the terminal, one row at a time."""

from ._messages import say
from ._parser import split_names
from ._project import open_project
from ._several_column import SEVERAL
from ._sitting import WHICH, Sitting
from ._terminal import open_terminal


def label(options):
    """Ask until nothing is left or the person leaves. Returns the exit code."""
    terminal = open_terminal()
    noun = "label" if options.task == SEVERAL else "class"

    def ask():
        say(f"{options.data} has no column {options.label!r}. The labels are kept in a new one.")
        try:
            return split_names(terminal.line(WHICH[noun]))
        except (EOFError, KeyboardInterrupt):
            return None

    ask = ask if terminal.has_person else None
    with open_project(options.data, options, ask_classes=ask) as project:
        Sitting(project, terminal, options.annotator).run()
    return 0
