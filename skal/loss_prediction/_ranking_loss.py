"""The pairwise ranking loss of predicted losses, with its gradient, in NumPy."""

import numpy as np

from .._base import Real, as_floats, check_same_length


def pairwise_ranking_loss(predicted, losses, *, margin=1.0):
    r"""Compare predicted losses with true ones by their order within pairs.

    The loss of a model shrinks while the model learns, so a predictor of it is better trained
    to rank samples than to predict values on a scale that changes. Of the B samples of a batch,
    the pairs (0, 1), (2, 3), ... are compared:

    .. math:: L = \frac{2}{B} \sum_{(i, j)} \max(0, -s_{ij} (\hat l_i - \hat l_j) + \xi),

    where :math:`s_{ij}` is 1 if :math:`l_i > l_j`, else -1.

    Parameters
    ----------
    predicted : array-like of shape (n_samples,)
        Predicted losses :math:`\hat l`, at least two. The last one of an odd number is left out.
    losses : array-like of shape (n_samples,)
        True losses l. Of a pair that ties, the second counts as the larger one.
    margin : float, default=1.0
        The margin :math:`\xi` by which the larger loss should be predicted larger, above 0.

    Returns
    -------
    value : float
        The ranking loss L.
    gradient : ndarray of shape (n_samples,)
        Its derivative by `predicted`: 0 for a sample left out, and for a pair that is exactly
        the margin apart.

    Raises
    ------
    ValueError
        If there are fewer than two samples, the lengths differ, a value is not finite, or
        `margin` is not a finite number above 0.

    See Also
    --------
    skal.strategies.LearningLoss : Ask for the labels of the largest predicted losses.

    References
    ----------
    D. Yoo and I. S. Kweon (2019). Learning loss for active learning. CVPR. arXiv:1905.03677.

    Examples
    --------
    The first pair is in the wrong order, the second in the right one and far enough apart.

    >>> from skal.loss_prediction import pairwise_ranking_loss
    >>> value, gradient = pairwise_ranking_loss([0.5, 1.0, 3.0, 0.0], [2.0, 1.0, 2.0, 1.0])
    >>> value
    0.75
    >>> gradient
    array([-0.5,  0.5,  0. ,  0. ])
    """
    predicted = _checked_losses(predicted, "predicted")
    losses = _checked_losses(losses, "losses")
    check_same_length(predicted=predicted, losses=losses)
    if not isinstance(margin, Real) or not 0 < margin < np.inf:
        raise ValueError(f"margin must be a finite number above 0, got {margin!r}.")
    return _pairwise_ranking_loss(predicted, losses, float(margin))


def _pairwise_ranking_loss(predicted, losses, margin):
    n_pairs = len(predicted) // 2
    first, second = predicted[: 2 * n_pairs].reshape(-1, 2).T
    of_first, of_second = losses[: 2 * n_pairs].reshape(-1, 2).T
    # Samples in pairs, in the order of the batch: 2 / B is 1 / n_pairs.
    sign = np.where(of_first > of_second, 1.0, -1.0)
    terms = np.maximum(margin - sign * (first - second), 0)
    pull = np.where(terms > 0, sign, 0) / n_pairs
    gradient = np.zeros(len(predicted))
    gradient[0 : 2 * n_pairs : 2] -= pull
    gradient[1 : 2 * n_pairs : 2] += pull
    return float(terms.sum() / n_pairs), gradient


def _checked_losses(values, name):
    values = as_floats(values, name)
    if values.ndim != 1 or len(values) < 2:
        raise ValueError(
            f"{name} must have the shape (n_samples,) with at least two samples, got shape "
            f"{values.shape}."
        )
    if not np.isfinite(values).all():
        row = int(np.flatnonzero(~np.isfinite(values))[0])
        raise ValueError(f"{name} must be finite, but {name}[{row}] is {values[row]}.")
    return values
