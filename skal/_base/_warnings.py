"""Warnings that point at the line of the user, however deep they are raised."""

import sys
import warnings
from pathlib import Path

_PACKAGE = str(Path(__file__).parents[1])


def warn_user(message, category=UserWarning):
    """Warn as if the first caller outside of the package had warned.

    A fixed `stacklevel` is right for one way in only: a strategy may be asked by a learner, by
    another strategy or directly.
    """
    frame, level = sys._getframe(1), 2
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, category, stacklevel=level)
