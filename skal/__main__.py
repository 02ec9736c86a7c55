"""The command line: ``python -m skal``, or ``skal``."""

import sys
import traceback
import warnings

from ._cli._messages import CommandError, note
from ._cli._parser import make_parser

__all__ = ["main"]


def main(argv=None):
    """Run a command.

    Parameters
    ----------
    argv : list of str, default=None
        The arguments. None: those of the process.

    Returns
    -------
    code : int
        0 if it is done, also when nothing is left to label; 2 if the input or the way it was
        called is wrong; 1 for anything else.

    Examples
    --------
    >>> from skal.__main__ import main
    >>> main(["label", "--help"])
    usage: skal label ...
    0
    """
    try:
        options = make_parser().parse_args(argv)
    except SystemExit as stop:  # of argparse, after it has said what is wrong
        return stop.code
    with warnings.catch_warnings():
        warnings.showwarning = _show_warning
        return _run(options)


def _run(options):
    try:
        return _command(options.command)(options)
    except CommandError as error:
        return _fail(error, 2)
    except OSError as error:
        return _fail(error, 1)
    except KeyboardInterrupt:
        return _fail("Interrupted. All labels that were given are saved.", 1)
    except Exception:
        traceback.print_exc()
        return 1


def _command(name):
    """Import a command when it is called: the help should come at once."""
    if name == "label":
        from ._cli._labeling import label as command
    elif name == "compare":
        from ._cli._compare import compare as command
    else:
        from ._cli import _batches as batches

        command = {"next": batches.next_batch, "add": batches.add, "export": batches.export}[name]
    return command


def _fail(message, code):
    print(f"skal: {message}", file=sys.stderr)
    return code


def _show_warning(message, category, filename, lineno, file=None, line=None):
    if issubclass(category, UserWarning):
        note(message)


if __name__ == "__main__":
    sys.exit(main())
