"""Warnings that point at the user's line of code, and notes on exceptions."""

import os
import sys
import warnings
from pathlib import Path

_PACKAGE = str(Path(__file__).parents[1]) + os.sep


def warn_user(message, category=UserWarning):
    """Issue a warning that points at the first caller outside of the package.

    A fixed `stacklevel` does not do: a strategy is called by a learner, by another strategy or
    by the user directly.
    """
    frame, level = sys._getframe(1), 2
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, category, stacklevel=level)


def add_note(error, note):
    """Add a note to an exception, which stays as it is otherwise.

    Tracebacks show notes from Python 3.11 on.
    """
    notes = getattr(error, "__notes__", [])
    if note not in notes:  # the same error may pass here several times
        error.__notes__ = [*notes, note]
