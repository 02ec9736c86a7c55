"""Warnings that point at the user's line of code."""

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
