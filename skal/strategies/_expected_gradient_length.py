"""Expected gradient length: how far the unknown label would move a linear model."""

from .._base import HasMethods
from ..acquisition import expected_gradient_length
from ._lengths import features_or_lengths
from .base import ScoreStrategy

__all__ = ["ExpectedGradientLength"]


class ExpectedGradientLength(ScoreStrategy):
    r"""Choose the samples whose labels are expected to change a linear model most.

    The model is taken for a linear one on the features h of an embedding, with intercepts:
    logistic regression, or the last layer of a network. The score is the expected length of the
    gradient of the cross-entropy,

    .. math:: \sum_y p_y \|p - e_y\| \sqrt{\|h\|^2 + 1}.

    The longer h, the larger the score: scale features first, and expect outliers among the
    samples that are chosen. :class:`BADGE` uses the direction of gradients as well. The
    classifier needs `predict_proba`.

    Parameters
    ----------
    embedding : embedding object, default=None
        The embedding that gives the features h. None stands for
        :class:`~skal.embeddings.ModelEmbedding`, the model's own feature space. For a support
        vector machine, which is linear in the space of its kernel, take a
        :class:`~skal.embeddings.KernelEmbedding`.

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

    _parameter_constraints = {"embedding": [HasMethods("transform"), None]}

    _scores_alone = True

    def __init__(self, embedding=None):
        self.embedding = embedding

    def score_samples(self, pool):
        """Return the expected length of the gradient of each sample, of shape (n_samples,)."""
        if self.embedding is None:
            return pool.map(*self._per_sample(pool))
        lengths = features_or_lengths(pool, self.embedding)
        return expected_gradient_length(pool.proba, lengths)

    def _per_sample(self, pool):
        if self.embedding is not None:
            return None
        return expected_gradient_length, "proba", "embedding"
