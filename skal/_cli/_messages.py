"""What the commands say besides their results."""

import sys

__all__ = ["CommandError", "NOTHING_LEFT", "listed", "note", "require_pandas"]

NOTHING_LEFT = "Nothing is left to label."


class CommandError(Exception):
    """The input or the way the command was called is wrong; ends it with exit code 2."""


def note(text):
    """Say something worth knowing that keeps nothing from going on."""
    print(f"Note: {text}", file=sys.stderr)


def listed(things, at_most=8):
    """Return things as text with commas, not more of them than can be read."""
    things = [str(thing) for thing in things]
    hidden = len(things) - at_most
    return ", ".join(things[:at_most]) + (f" and {hidden} more" if hidden > 0 else "")


def require_pandas():
    """Import pandas, or say how to get it."""
    try:
        import pandas
    except ImportError as error:
        raise CommandError('The command line needs pandas: pip install "skal[cli]".') from error
    return pandas
