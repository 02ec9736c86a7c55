"""The command line: ``python -m skal``, or ``skal``."""

import os
import sys
import traceback
import warnings

from ._cli._messages import CommandError, each_note_once, note_once, readable
from ._cli._parser import COMMANDS, make_parser

__all__ = ["main"]


def main(argv=None):
    """Run a command.

    Parameters
    ----------
    argv : list of str, default=None
        The arguments. None stands for the arguments of the process.

    Returns
    -------
    code : int
        0 for success, also when nothing is left to label; 2 if the input or the usage is wrong;
        1 for any other error, and where the user interrupts.

    Examples
    --------
    >>> from skal.__main__ import main
    >>> main(["label", "--help"])
    usage: skal label ...
    0
    """
    try:
        options = make_parser().parse_args(argv)
    except SystemExit as stop:  # argparse has printed the help, or what is wrong
        return stop.code
    with warnings.catch_warnings(), each_note_once():
        warnings.showwarning = _show_warning
        return _run(options)


def _run(options):
    try:
        return COMMANDS[options.command].run(options)
    except CommandError as error:
        return _fail(error, 2)
    except OSError as error:
        return _fail(error, 1)
    except KeyboardInterrupt:
        return _fail("Interrupted. All labels that were given are saved.", 1)
    except Exception:
        # A fault of ours or of a model: without the traceback, nobody could report it.
        traceback.print_exc()
        return 1


def _fail(message, code):
    print(f"skal: {readable(str(message))}", file=sys.stderr)
    return code


def _show_warning(message, category, filename, lineno, file=None, line=None):
    # Other warnings, such as those of deprecations, are for developers.
    if category.__name__ == "ConvergenceWarning":
        note_once("The model was not fitted to the end, and may be worse than it could be.")
    elif issubclass(category, UserWarning):
        from ._cli._failures import plain_warning  # the help does not wait for it

        text = plain_warning(str(message))
        if text:
            note_once(text)


def _leave_folder():
    """Import nothing from the current folder, where Python looks first for ``python -m``."""
    home = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    if sys.path[:1] in ([""], [os.getcwd()]) and os.getcwd() != home:
        del sys.path[0]


if __name__ == "__main__":
    _leave_folder()
    sys.exit(main())
