"""Data frames, missing values, and imports of optional libraries."""

import importlib
from numbers import Real

import numpy as np

# The missing values of pandas and of masked arrays; by name, so that pandas is not imported.
_MISSING_TYPES = ("NAType", "NaTType", "MaskedConstant")


def is_missing(value):
    """Return whether a single value is missing: None, NaN, NaT or pandas' NA."""
    if value is None or type(value).__name__ in _MISSING_TYPES:
        return True
    # Only numbers are compared: `!=` on an array or a data frame has no single answer.
    return isinstance(value, (Real, np.generic)) and bool(value != value)


def import_optional(name, needed_by, install=None):
    """Import an optional library, or raise an error that says how to install it.

    Parameters
    ----------
    name : str
        The name of the module.
    needed_by : str
        Beginning of the error message, such as "explain_query needs".
    install : str, default=None
        What to pass to ``pip install``; None stands for the name of the library. Further
        advice may follow in the same string.

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


def frame_like(X, values):
    """Return an array as a data frame with the columns of the data frame X.

    Parameters
    ----------
    X : pandas or polars data frame of shape (n_samples, n_columns)
    values : ndarray of the same shape
    """
    if frame_library(X) == "polars":
        return type(X)(values, schema=list(X.columns))
    return type(X)(values, columns=X.columns, index=X.index)


def frame_library(X):
    """Return "polars" if X is an object of polars, else "pandas"."""
    return "polars" if type(X).__module__.partition(".")[0] == "polars" else "pandas"
