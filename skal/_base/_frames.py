"""Data frames and what they call missing; optional libraries, imported where they are needed."""

import importlib
from numbers import Real

import numpy as np

# The missing values of pandas, told by name so that pandas need not be imported.
_MISSING_TYPES = ("NAType", "NaTType")


def is_missing(value):
    """Whether a single value stands for "not known": None, NaN, NaT or pandas' NA."""
    if value is None or type(value).__name__ in _MISSING_TYPES:
        return True
    return isinstance(value, (Real, np.generic)) and bool(value != value)


def import_optional(name, needed_by, install=None):
    """Import a library that skal works without, or say how to install it.

    Parameters
    ----------
    name : str
        The name of the module.
    needed_by : str
        What needs it, the beginning of a sentence such as "explain_query needs".
    install : str, default=None
        What to install; None is the name. May end in a further sentence.

    Returns
    -------
    module : module

    Raises
    ------
    ImportError
        If the library is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        package = name.partition(".")[0]
        raise ImportError(
            f"{needed_by} {package}: pip install {package if install is None else install}."
        ) from error


def frame_library(X):
    """Return the name of the library of a data frame: "polars", or "pandas" for all else."""
    return "polars" if type(X).__module__.partition(".")[0] == "polars" else "pandas"
