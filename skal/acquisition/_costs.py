"""Scores of class probabilities where mistakes differ in cost."""

import numpy as np

from .._base import as_floats
from . import _kernels
from ._checks import check_proba


def expected_cost(proba, cost):
    """Score samples by the expected cost of the best prediction.

    To predict class j costs ``sum_y p_y cost[y, j]`` on average. The score is the smallest of
    these over j: what the model expects to pay for its mistakes. With a cost of 1 for every
    mistake it is :func:`least_confidence`.

    Parameters
    ----------
    proba : array-like of shape (n_samples, n_classes)
        Probabilities.
    cost : array-like of shape (n_classes, n_classes)
        ``cost[true, predicted]``, the cost of a prediction for a sample of a class, in any unit.
        Finite; correct predictions usually cost 0.

    Returns
    -------
    scores : ndarray of shape (n_samples,)
        In the unit of `cost`. Larger where a label is wanted more.

    Raises
    ------
    ValueError
        If `proba` has a wrong shape or a row that is not a probability distribution, or if `cost`
        has a wrong shape or a value that is not finite.

    See Also
    --------
    expected_cost_margin : How close the two cheapest predictions are.

    References
    ----------
    D. D. Margineantu (2005). Active cost-sensitive learning. IJCAI.

    Examples
    --------
    To miss an illness (class 1) costs 10, a false alarm 1.

    >>> from skal.acquisition import expected_cost
    >>> cost = [[0.0, 1.0], [10.0, 0.0]]
    >>> expected_cost([[1.0, 0.0], [0.5, 0.5], [0.875, 0.125]], cost)
    array([0.   , 0.5  , 0.875])
    """
    proba = check_proba(proba, ndim=(2,))
    return _kernels.expected_cost(proba, checked_cost(cost, proba.shape[1]))


def expected_cost_margin(proba, cost):
    """Score samples by how close the expected costs of the two cheapest predictions are.

    The score is minus the difference of the two smallest values over j of
    ``sum_y p_y cost[y, j]``. It is 0 where two predictions cost the same, and below 0 elsewhere.
    With a cost of 1 for every mistake and at least two classes it is :func:`margin` less 1. With
    a single class it is 0.

    Parameters
    ----------
    proba : array-like of shape (n_samples, n_classes)
        Probabilities.
    cost : array-like of shape (n_classes, n_classes)
        ``cost[true, predicted]``, the cost of a prediction for a sample of a class, in any unit.
        Finite; correct predictions usually cost 0.

    Returns
    -------
    scores : ndarray of shape (n_samples,)
        At most 0, in the unit of `cost`. Larger where a label is wanted more.

    Raises
    ------
    ValueError
        If `proba` has a wrong shape or a row that is not a probability distribution, or if `cost`
        has a wrong shape or a value that is not finite.

    See Also
    --------
    expected_cost : The expected cost of the cheapest prediction.

    References
    ----------
    P.-L. Chen and H.-T. Lin (2013). Active learning for multiclass cost-sensitive classification
    using probabilistic models. TAAI.

    Examples
    --------
    To miss an illness (class 1) costs 7, a false alarm 1. The second sample is on the boundary.

    >>> from skal.acquisition import expected_cost_margin
    >>> cost = [[0.0, 1.0], [7.0, 0.0]]
    >>> expected_cost_margin([[1.0, 0.0], [0.875, 0.125], [0.5, 0.5]], cost)
    array([-1.,  0., -3.])
    """
    proba = check_proba(proba, ndim=(2,))
    return _kernels.expected_cost_margin(proba, checked_cost(cost, proba.shape[1]))


def checked_cost(cost, n_classes):
    """Return costs as an array of shape (n_classes, n_classes), or say what is wrong with them."""
    cost = as_floats(cost, "cost")
    if cost.shape != (n_classes, n_classes):
        raise ValueError(
            f"cost must have a row and a column for each of the {n_classes} classes, "
            f"cost[true, predicted], of shape ({n_classes}, {n_classes}), got shape {cost.shape}."
        )
    if not np.isfinite(cost).all():
        true, predicted = np.argwhere(~np.isfinite(cost))[0]
        raise ValueError(
            f"cost must be finite, but cost[{true}, {predicted}] is {cost[true, predicted]}. A "
            "large number stands for a mistake that must not happen."
        )
    return cost
