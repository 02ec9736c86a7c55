"""Standard deviation: choose the samples whose predicted numbers are least certain."""

from .base import ScoreStrategy

__all__ = ["StandardDeviation"]


class StandardDeviation(ScoreStrategy):
    """Choose the samples at which the prediction of a regressor has the largest deviation.

    The standard deviation is the one that the model itself states by
    ``predict(X, return_std=True)``, as Gaussian processes and Bayesian linear models do, else that
    of the members of a committee of regressors, such as a forest or :class:`~skal.Committee`.

    Samples that are near to each other have similar scores, so that a large batch repeats itself:
    :class:`UncertaintyHerding` with the measure "std" spreads it.

    See Also
    --------
    UncertaintyHerding : Also regards what stands for many samples, with ``measure="std"``.
    QueryByCommittee : The variance over members, with ``disagreement="variance"``.

    References
    ----------
    D. A. Cohn, Z. Ghahramani and M. I. Jordan (1996). Active learning with statistical models.
    Journal of Artificial Intelligence Research 4. arXiv:cs/9603104.

    R. Burbidge, J. J. Rowland and R. D. King (2007). Active learning for regression based on query
    by committee. IDEAL.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import StandardDeviation
    >>> pool = Pool.from_arrays(prediction=[2.0, 3.0, 4.0], prediction_std=[0.5, 2.0, 1.0])
    >>> StandardDeviation().query(pool, n=2)
    array([1, 2])
    """

    _parameter_constraints = {}

    _scores_alone = True

    def score_samples(self, pool):
        """Return the standard deviation of each prediction, of shape (n_samples,)."""
        return pool.map(*self._per_sample(pool))

    def _per_sample(self, pool):
        return _as_it_is, "prediction_std"


def _as_it_is(deviations):
    return deviations
