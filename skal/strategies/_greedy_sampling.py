"""Greedy sampling for regression: far from labeled samples in X, in y, or in both."""

import numpy as np

from .._base import HasMethods, as_floats
from ..embeddings import rows_of
from ..geometry import as_rows, farthest_by_products, k_center_greedy, k_center_in_parts
from ._core_set import greedy_cover
from ._top import rounded, step_of
from .base import QueryStrategy

__all__ = ["GreedyX", "GreedyY", "ImprovedGreedy"]


class GreedyX(QueryStrategy):
    r"""Choose samples that are far from all labeled samples (GSx).

    Each pick has the largest distance to the labeled or chosen sample that is nearest to it,

    .. math:: \min_m \|x - x_m\|.

    If no sample is labeled, the first pick is the sample nearest to the mean of the pool. No model
    is needed if X is numeric. It is the same choice as that of ``CoreSet()``, under the name that
    it has for regression.

    Parameters
    ----------
    embedding : embedding object, default=None
        The space in which distances are measured, see :mod:`skal.embeddings`. None stands for
        :class:`~skal.embeddings.ModelEmbedding`, the model's own feature space. Columns are taken
        as they are: scale them first, as by a `StandardScaler` in the pipeline.

    See Also
    --------
    ImprovedGreedy : Also regards the predictions.
    CoreSet : The same, with an allowance for outliers.

    References
    ----------
    H. Yu and S. Kim (2010). Passive sampling for regression. ICDM.

    D. Wu, C.-T. Lin and J. Huang (2019). Active learning for regression using greedy sampling.
    Information Sciences 474. arXiv:1808.04245.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import GreedyX
    >>> labeled = Pool.from_arrays([[0.0], [10.0]], y=[1.0, 2.0])
    >>> GreedyX().query(Pool.from_arrays([[1.0], [4.0], [6.0], [19.0]], labeled=labeled), n=2)
    array([3, 1])
    """

    _parameter_constraints = {"embedding": [HasMethods("transform"), None]}

    def __init__(self, embedding=None):
        self.embedding = embedding

    def _query(self, pool, n):
        return greedy_cover(pool, n, self.embedding)


class GreedyY(QueryStrategy):
    r"""Choose samples whose predicted numbers are far from all labels (GSy).

    Each pick has the largest distance between its prediction and the label that is nearest to it,

    .. math:: \min_m |f(x) - y_m|.

    Until it is labeled, a pick counts with its prediction, so that a batch is spread over the
    range of predictions. If no sample is labeled, the first pick is the sample whose prediction is
    nearest to the mean of all predictions. Samples do not have to be numeric.

    See Also
    --------
    ImprovedGreedy : Also regards the distances in X.

    Notes
    -----
    Once all predictions are those of labeled or chosen samples, as those of a tree soon are, the
    batch is filled by lowest position.

    References
    ----------
    D. Wu, C.-T. Lin and J. Huang (2019). Active learning for regression using greedy sampling.
    Information Sciences 474. arXiv:1808.04245.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import GreedyY
    >>> labeled = Pool.from_arrays([[0.0], [10.0]], y=[1.0, 2.0])
    >>> pool = Pool.from_arrays(prediction=[1.4, 5.0, 5.5, 2.0], labeled=labeled)
    >>> GreedyY().query(pool, n=2)
    array([2, 1])
    """

    _parameter_constraints = {}

    def _query(self, pool, n):
        labels = _labels(pool)
        labels = None if labels is None else labels[:, np.newaxis]
        if pool.in_parts:
            labeled = None if labels is None else as_rows(labels, "y")
            return k_center_in_parts(pool.rows(_prediction_rows), n, labeled)
        return k_center_greedy(_prediction_rows(pool), n, labeled=labels)


class ImprovedGreedy(QueryStrategy):
    r"""Choose samples that are far from labeled samples in X and in y (iGS).

    Each pick has the largest product of its distance in X and the distance of its prediction, to
    the labeled sample for which this product is smallest,

    .. math:: \min_m \|x - x_m\| \, |f(x) - y_m|.

    Until it is labeled, a pick counts with its prediction. If no sample is labeled, the first pick
    is the sample nearest to the mean of the pool.

    Parameters
    ----------
    embedding : embedding object, default=None
        The space in which distances are measured, see :mod:`skal.embeddings`. None stands for
        :class:`~skal.embeddings.ModelEmbedding`, the model's own feature space. Columns are taken
        as they are: scale them first, as by a `StandardScaler` in the pipeline.

    See Also
    --------
    GreedyX : The distances in X alone.
    GreedyY : The distances between predictions and labels alone.

    Notes
    -----
    Equal samples go to the lowest position. Where every sample of the pool has a product of 0, as
    the predictions of a tree are mostly labels that it has seen, the samples farthest in X from
    all labeled and chosen ones are chosen, as by :class:`GreedyX`.

    References
    ----------
    D. Wu, C.-T. Lin and J. Huang (2019). Active learning for regression using greedy sampling.
    Information Sciences 474. arXiv:1808.04245.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import ImprovedGreedy
    >>> labeled = Pool.from_arrays([[0.0], [10.0]], y=[1.0, 2.0])
    >>> X, prediction = [[1.0], [4.0], [6.0], [19.0]], [1.1, 5.0, 3.0, 2.1]
    >>> ImprovedGreedy().query(Pool.from_arrays(X, prediction=prediction, labeled=labeled), n=2)
    array([1, 2])
    """

    _parameter_constraints = {"embedding": [HasMethods("transform"), None]}

    def __init__(self, embedding=None):
        self.embedding = embedding

    def _query(self, pool, n):
        if self.embedding is None:
            pool.compute_in_one_pass("prediction", "embedding")  # as a network can
        labels, prediction = _labels(pool), _predictions(pool)
        rows = rows_of(pool, self.embedding)
        labeled = None if labels is None else rows_of(pool.labeled, self.embedding)
        return farthest_by_products(rows, prediction, n, labeled, labels)


def _labels(pool):
    """Return the numbers of the labeled samples without their last digits, None without labels.

    The unit is that of `_predictions`.
    """
    if not pool.has("prediction"):
        pool.get("prediction")  # says that there is no regressor
    if not len(pool.labeled):
        return None
    labels = as_floats(pool.labeled.y, "y of the labeled samples")
    if not np.isfinite(labels).all():
        row = int(np.flatnonzero(~np.isfinite(labels))[0])
        raise ValueError(
            f"y of the labeled samples must be finite, but y[{row}] is {labels[row]}. Leave "
            "samples without a label in the pool."
        )
    return _without_last_digits(labels, step_of(labels, pool.resolution))


def _predictions(pool):
    """Return the predictions in float64 without their last digits.

    Copies of a sample may differ in those, as a product of matrices adds up its rows in different
    orders. Which digits are the last ones is read off the labels, which all partitions of a pool
    know.
    """
    prediction = pool.prediction.astype(np.float64)
    if not len(pool.labeled):
        return prediction
    labels = as_floats(pool.labeled.y, "y of the labeled samples")
    return _without_last_digits(prediction, step_of(labels, pool.resolution))


def _prediction_rows(pool):
    """Return the predictions as rows of one column."""
    return _predictions(pool)[:, np.newaxis]


def _without_last_digits(numbers, step):
    """Return numbers in units of `step`, so that their squares are finite."""
    return rounded(numbers, step) if step > 0 else numbers
