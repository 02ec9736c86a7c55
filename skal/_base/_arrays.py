"""Arrays that a caller gave: of one shape, of numbers, and of the same length."""

import numpy as np

from ._rows import num_rows


def as_array(values, name, dtype=None):
    """Return values as an array, or refuse lists whose entries differ in shape.

    Parameters
    ----------
    values : array-like
    name : str
        What the message calls them.
    dtype : dtype, default=None
        The type of the array; None leaves it to NumPy.
    """
    try:
        return np.asarray(values, dtype)
    except ValueError as error:
        raise ValueError(
            f"{name} must have entries of one shape, got a {type(values).__name__} in which they "
            f"differ: {error}"
        ) from error


def as_floats(values, name, kept=(np.float64,)):
    """Return values as an array of floats, or refuse what is not real numbers.

    Parameters
    ----------
    values : array-like
    name : str
        What the message calls them.
    kept : tuple of dtypes, default=(float64,)
        Arrays of these come back as they are, all others as float64.
    """
    try:
        values = np.asarray(values)
        if values.dtype in kept:
            return values
        if values.dtype.kind == "c":  # NumPy would drop the imaginary parts
            raise TypeError("got complex numbers.")
        return values.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be an array of numbers: {error}") from error


def check_same_length(**given):
    """Raise a ValueError unless all that is given has the same number of samples.

    Parameters
    ----------
    **given : rows of any kind, or None for none
        By the names of the parameters, which the message names.
    """
    lengths = {name: num_rows(values) for name, values in given.items() if values is not None}
    if len(set(lengths.values())) > 1:
        came = " and ".join(f"{name} has {length}" for name, length in lengths.items())
        raise ValueError(
            f"{' and '.join(given)} must have one entry for each sample, but have inconsistent "
            f"numbers of samples: {came}."
        )
