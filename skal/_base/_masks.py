"""Masked arrays: masked values become NaN where they may, and are refused elsewhere."""

import numpy as np

_MASKED = np.ma.MaskedArray


def unmasked(X, name="X"):
    """Return X without a mask, with NaN for values that are masked.

    scikit-learn reads what lies behind the mask. As NaN, a masked value is missing for estimators
    that take missing values, and the others refuse it.

    Parameters
    ----------
    X : rows of any kind
        What is not a masked array is returned as it is.
    name : str, default="X"
        What messages call X.

    Raises
    ------
    ValueError
        If values are masked of a type that has no NaN, or if X is a list of masked arrays.
    """
    if isinstance(X, _MASKED):
        return _filled(X, name)
    if isinstance(X, (list, tuple)) and any(
        issubclass(kind, _MASKED) for kind in set(map(type, X))
    ):
        raise ValueError(
            f"{name} must hold plain rows, but some are masked arrays. Stack them into one masked "
            "array, numpy.ma.stack(rows), or mark missing values by NaN."
        )
    return X


def refuse_mask(values, name):
    """Return values without their mask, or raise a ValueError if one of them is masked."""
    if not isinstance(values, _MASKED):
        return values
    if np.ma.is_masked(values):
        row = int(np.argwhere(np.ma.getmaskarray(values))[0][0])
        raise ValueError(
            f"{name} must be known for every sample, but a value of row {row} is masked. Fill "
            "masked values, or leave these samples out."
        )
    return values.data


def _filled(X, name):
    if not np.ma.is_masked(X):
        return X.data
    if X.dtype.kind in "biu":
        X = X.astype(np.float64)
    elif X.dtype.kind not in "fcO":
        raise ValueError(
            f"{name} must not hold masked values of type {X.dtype}, for which there is no NaN. "
            "Fill them, or mark missing values in an array of objects by None."
        )
    return X.filled(np.nan)
