"""Numbers as labels, which regressors learn."""

import numpy as np
import scipy.sparse as sp
from sklearn.exceptions import DataConversionWarning
from sklearn.utils.validation import assert_all_finite

from ._arrays import as_array
from ._frames import is_missing
from ._masks import refuse_mask
from ._warnings import warn_user


def check_targets(y, caller):
    """Return the numbers `y` as a 1-d array of floats, or raise an error if they are not numbers.

    Refused are text, missing and infinite numbers, and several numbers for each sample. `caller`
    is the name of the estimator, for the message.
    """
    if y is None:
        raise ValueError(f"{caller} requires y to be passed, but the target y is None.")
    if sp.issparse(y):
        raise TypeError(
            f"y must be dense where {caller} is a regressor, got a sparse matrix of shape "
            f"{y.shape}. Sparse data was passed for y, but dense data is required: use "
            "y.toarray().ravel() of a matrix with one column."
        )
    y = _one_number_each(as_array(refuse_mask(y, "y"), "y"), caller)
    if y.dtype.kind == "O":
        _refuse_missing(y)
    if y.dtype.kind == "c":
        raise ValueError(
            "y must hold real numbers, but got complex numbers. Complex data not supported."
        )
    numbers = _as_numbers(y, caller)
    if np.isnan(numbers).any():
        raise ValueError(
            f"y must hold a number for every sample, but y[{int(np.isnan(numbers).argmax())}] is "
            "missing: Input y contains NaN. Leave samples without a label in the pool."
        )
    assert_all_finite(numbers, input_name="y", estimator_name=caller)
    return numbers


def _one_number_each(y, caller):
    if y.ndim == 1:
        return y
    if y.ndim == 0:
        raise ValueError(
            f"y must hold one number for each sample, shape (n_samples,), got {y.item()!r}. For a "
            f"single sample, pass [{y.item()!r}], and X with two dimensions."
        )
    if y.ndim == 2 and y.shape[1] == 1:
        warn_user(
            "A column-vector y was passed when a 1d array was expected. Please change the "
            "shape of y to (n_samples,), for example using ravel().",
            DataConversionWarning,
        )
        return y[:, 0]
    raise ValueError(
        f"y should be a 1d array, got an array of shape {y.shape} instead. {caller} learns one "
        "number for each sample: choose one column of y, or use one learner for each."
    )


def _refuse_missing(y):
    missing = [i for i, label in enumerate(y) if is_missing(label)]
    if missing:
        raise ValueError(
            f"y must hold a number for every sample, but y[{missing[0]}] is missing. Leave "
            "samples without a label in the pool."
        )


def _as_numbers(y, caller):
    wrong = y.dtype.kind in "USTMmV" or any(
        isinstance(label, (str, bytes)) for label in (y if y.dtype.kind == "O" else ())
    )
    try:
        if wrong:
            raise TypeError
        return y.astype(np.float64)
    except (TypeError, ValueError):
        example = next(iter(y.tolist()))
        raise ValueError(
            f"y must hold numbers, because this {caller} is a regressor, got {example!r} of type "
            f"{type(example).__name__}. To learn classes, use a classifier, such as "
            "sklearn.ensemble.RandomForestClassifier()."
        ) from None
