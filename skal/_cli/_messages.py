"""Errors and notes of the command line."""

import sys

from .._base import import_optional

NOTHING_LEFT = "Nothing is left to label."


class CommandError(Exception):
    """The input or the usage is wrong; the command ends with exit code 2."""


def note(text):
    """Print a remark that does not stop the command."""
    print(f"Note: {text}", file=sys.stderr)


def listed(things, at_most=8):
    """Return things as text with commas; those beyond `at_most` are counted."""
    things = [str(thing) for thing in things]
    hidden = len(things) - at_most
    return ", ".join(things[:at_most]) + (f" and {hidden} more" if hidden > 0 else "")


def require(name, needed_by):
    """Import a library of the extra `cli`, or raise a CommandError that says how to install it."""
    try:
        return import_optional(name, needed_by, '"scikit-skal[cli]"')
    except ImportError as error:
        raise CommandError(str(error)) from error


def require_pandas():
    """Import pandas, which every command needs to read columns."""
    return require("pandas", "The command line needs")
