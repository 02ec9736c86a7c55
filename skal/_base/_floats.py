"""Numbers that a caller gave, as floats."""

import numpy as np


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
