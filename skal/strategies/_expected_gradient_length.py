"""Expected gradient length: how far the unknown label would move a linear model."""

from ..acquisition import expected_gradient_length
from .base import ScoreStrategy

__all__ = ["ExpectedGradientLength"]


class ExpectedGradientLength(ScoreStrategy):
    r"""Choose the samples whose labels are expected to change a linear model most.

    The model is taken for a linear one on the features h of
    :class:`~skal.embeddings.ModelEmbedding`, with intercepts: logistic regression, or the last
    layer of a network. The score is the expected length of the gradient of the cross-entropy,

    .. math:: \sum_y p_y \|p - e_y\| \sqrt{\|h\|^2 + 1}.

    The longer h, the larger the score: scale features first, and expect outliers among the
    samples that are chosen. :class:`BADGE` uses the direction of gradients as well. The
    classifier needs `predict_proba`.

    See Also
    --------
    BADGE : Draws samples with long gradients of different directions.
    skal.acquisition.expected_gradient_length : The score as a function of arrays.

    References
    ----------
    B. Settles, M. Craven and S. Ray (2008). Multiple-instance active learning. NIPS.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import ExpectedGradientLength
    >>> X, proba = [[0.0], [2.0], [2.0]], [[0.5, 0.5], [0.5, 0.5], [1.0, 0.0]]
    >>> ExpectedGradientLength().query(Pool.from_arrays(X, proba=proba), n=3)
    array([1, 0, 2])
    """

    _parameter_constraints = {}

    _scores_alone = True

    def score_samples(self, pool):
        """Return the expected length of the gradient of each sample, of shape (n_samples,)."""
        return pool.map(*self._per_sample(pool))

    def _per_sample(self, pool):
        return expected_gradient_length, "proba", "embedding"
