"""Errors and notes of the command line."""

import contextlib
import shlex
import sys

from .._base import import_optional

NOTHING_LEFT = "Nothing is left to label."


class CommandError(Exception):
    """The input or the usage is wrong; the command ends with exit code 2."""


def say(text=""):
    """Print a line of the answer of a command."""
    print(readable(text))


def note(text):
    """Print a remark that does not stop the command."""
    print(f"Note: {readable(str(text))}", file=sys.stderr)


_noted = None  # the notes of this command that are not repeated


@contextlib.contextmanager
def each_note_once():
    """Within a command, let :func:`note_once` repeat nothing."""
    global _noted
    _noted = set()
    try:
        yield
    finally:
        _noted = None


def note_once(text):
    """Print a remark unless this command has printed the same before."""
    if _noted is None or text not in _noted:
        note(text)
    if _noted is not None:
        _noted.add(text)


def starting(text):
    """Tell a person who waits what is going on; programs that read the errors are not told."""
    if sys.stderr.isatty():
        print(f"{readable(text)} ...", file=sys.stderr, flush=True)


class Readable(str):
    """Text that may be printed as it is: what it holds of files is readable already."""


def readable(text):
    """Return text without control characters, with which a file could change the terminal."""
    if isinstance(text, Readable):
        return text
    return Readable(
        "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)
    )


def joined(parts, between=""):
    """Return texts as one that may be printed as it is."""
    return Readable(between.join(map(readable, parts)))


def command(*words):
    """Return a command to be copied into a shell, whatever is in the names of the files."""
    words = [str(word) for word in words]
    # A path that begins with a hyphen would be taken for an option.
    files = [f"./{word}" if word.startswith("-") and "." in word else word for word in words]
    return shlex.join(["skal", *files])


def listed(things, at_most=8, *, between=", "):
    """Return things as text with commas; those beyond `at_most` are counted."""
    things = [str(thing) for thing in things]
    hidden = len(things) - at_most
    return between.join(things[:at_most]) + (f" and {hidden} more" if hidden > 0 else "")


def require(name, needed_by):
    """Import a library of the extra `cli`, or raise a CommandError that says how to install it."""
    try:
        return import_optional(name, needed_by, '"scikit-skal[cli]"')
    except ImportError as error:
        raise CommandError(str(error)) from error


def require_pandas():
    """Import pandas, which every command needs to read columns."""
    return require("pandas", "The command line needs")
