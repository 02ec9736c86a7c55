"""Scores by the gradient that the unknown label would cause."""

import numpy as np
import scipy.sparse as sp
from sklearn.utils.extmath import row_norms

from .._base import all_finite, num_rows, numeric_rows
from . import _kernels
from ._checks import check_proba, checked_numbers


def expected_gradient_length(proba, X, *, fit_intercept=True):
    r"""Score samples by the expected length of the gradient that their label would cause.

    The gradient of the cross-entropy of a linear model of the features x, for the label y, is
    ``(p - e_y) outer (x, 1)``, with the 1 for the intercept. The score is the mean of its length
    over the labels,

    .. math:: \sum_y p_y \|p - e_y\| \sqrt{\|x\|^2 + 1}.

    It is 0 where the model is certain, and larger the longer x is: scale features first.

    Parameters
    ----------
    proba : array-like of shape (n_samples, n_classes)
        Probabilities.
    X : {array-like, sparse matrix} of shape (n_samples, n_features)
        The features on which the model is linear.
    fit_intercept : bool, default=True
        Whether the model has intercepts. Without them the 1 is left out.

    Returns
    -------
    scores : ndarray of shape (n_samples,)
        Larger where a label is wanted more.

    Raises
    ------
    ValueError
        If `proba` has a wrong shape or a row that is not a probability distribution, or if `X` is
        not numeric, not finite or of another number of samples.

    References
    ----------
    B. Settles, M. Craven and S. Ray (2008). Multiple-instance active learning. NIPS.

    Examples
    --------
    >>> from skal.acquisition import expected_gradient_length
    >>> proba = [[1.0, 0.0], [0.5, 0.5], [0.5, 0.5]]
    >>> X = [[3.0, 4.0], [3.0, 4.0], [6.0, 8.0]]
    >>> expected_gradient_length(proba, X, fit_intercept=False).round(3)
    array([0.   , 3.536, 7.071])
    """
    proba = check_proba(proba, ndim=(2,))
    lengths = _lengths(_checked_features(X, len(proba)))
    if fit_intercept:
        lengths = np.hypot(lengths, 1)
    return _kernels.expected_error_length(proba) * lengths


def expected_model_change(prediction, member_prediction, X, *, fit_intercept=True):
    r"""Score samples by how far their unknown number is expected to move a linear regressor.

    The gradient of half the squared error of a linear model of the features x, for the number y,
    is ``(f(x) - y) (x, 1)``, with the 1 for the intercept. The members' predictions f_t(x) stand
    for the unknown number, and the score is the mean length of the gradient over them,

    .. math:: \frac{1}{T} \sum_t |f(x) - f_t(x)| \sqrt{\|x\|^2 + 1}.

    Parameters
    ----------
    prediction : array-like of shape (n_samples,)
        What the model predicts.
    member_prediction : array-like of shape (n_members, n_samples)
        What the members of a committee predict.
    X : {array-like, sparse matrix} of shape (n_samples, n_features)
        The features on which the model is linear.
    fit_intercept : bool, default=True
        Whether the model has an intercept. Without it the 1 is left out, as in the paper.

    Returns
    -------
    scores : ndarray of shape (n_samples,)
        Larger where a label is wanted more.

    Raises
    ------
    ValueError
        If the arrays are of different numbers of samples, or hold what is not a finite number.

    References
    ----------
    W. Cai, Y. Zhang and J. Zhou (2013). Maximizing expected model change for active learning in
    regression. ICDM.

    Examples
    --------
    >>> from skal.acquisition import expected_model_change
    >>> prediction, member_prediction = [1.0, 1.0], [[0.0, 1.0], [2.0, 1.0]]
    >>> expected_model_change(prediction, member_prediction, [[3.0, 4.0]] * 2, fit_intercept=False)
    array([5., 0.])
    """
    prediction = checked_numbers(prediction, "prediction", ndim=1)
    member_prediction = checked_numbers(member_prediction, "member_prediction", ndim=2)
    if member_prediction.shape[1] != len(prediction):
        raise ValueError(
            f"member_prediction must have a column for each of the {len(prediction)} numbers of "
            f"prediction, got shape {member_prediction.shape}. Members come first."
        )
    lengths = _lengths(_checked_features(X, len(prediction), "prediction"))
    if fit_intercept:
        lengths = np.hypot(lengths, 1)
    return _kernels.mean_deviation(prediction, member_prediction) * lengths


def _checked_features(X, n_samples, name="proba"):
    rows = numeric_rows(X)
    if rows is None:
        raise ValueError(
            "X must be numeric, of shape (n_samples, n_features), got an array of "
            f"{np.asarray(X).dtype} of shape {np.shape(X)}."
        )
    if num_rows(rows) != n_samples:
        raise ValueError(
            f"X must have a row for each of the {n_samples} rows of {name}, got {num_rows(rows)}."
        )
    if not all_finite(rows):
        raise ValueError("X must be finite, got NaN or infinity. Impute missing values first.")
    return rows


def _lengths(rows):
    """Return the lengths of rows, dense or csr, in float64."""
    lengths = np.empty(rows.shape[0])
    for part in _kernels.row_chunks(*rows.shape):
        block = rows[part].astype(np.float64)
        if sp.issparse(block):
            block.sum_duplicates()
        values = block.data if sp.issparse(block) else block
        # Squares of very large or small numbers overflow or vanish. A power of two changes no
        # digit.
        exponent = np.frexp(abs(values).max(initial=0))[1]
        np.ldexp(values, -exponent, out=values)
        with np.errstate(over="ignore"):
            lengths[part] = np.ldexp(row_norms(block), exponent)
    # Their products with the lengths of errors, below 2, are then finite.
    return np.minimum(lengths, np.finfo(np.float64).max / 2)
