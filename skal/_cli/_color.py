"""Colors, where the terminal has them."""

import os
import sys

from ._messages import Readable, readable

CODES = {"bold": "1", "dim": "2", "likely": "1;32"}


def painted(text, style):
    """Return text as it is printed in a style of `CODES`; as it is where there is no color."""
    text = readable(text)
    return Readable(f"\x1b[{CODES[style]}m{text}\x1b[0m") if has_color() and text else text


def has_color():
    """Whether the standard output is a terminal whose user has nothing against colors."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("TERM", "") in ("", "dumb"):
        # A console of Windows says nothing; it has colors where another program says so.
        return os.name == "nt" and bool(os.environ.get("WT_SESSION"))
    return True
