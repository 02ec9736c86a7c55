"""Expected model change: how far the unknown number would move a linear regressor."""

from functools import partial

from .._base import HasMethods
from ..acquisition import expected_model_change
from ._lengths import features_or_lengths
from .base import ScoreStrategy

__all__ = ["ExpectedModelChange"]


class ExpectedModelChange(ScoreStrategy):
    r"""Choose the samples whose numbers are expected to change a linear regressor most.

    The model is taken for a linear one on the features h of an embedding. A label y moves it by
    the gradient of the squared error, ``(f(x) - y) (h, 1)``, whose length is known exactly but for
    y. The predictions of the T members of a committee stand for y:

    .. math:: \frac{1}{T} \sum_t |f(x) - f_t(x)| \sqrt{\|h\|^2 + 1}.

    For linear and ridge regression this is the exact length of the gradient, and for a network
    with `embed` that of its last layer. Other models do not move in this way, and the score is
    then no more than a product of disagreement and length. The longer h, the larger the score:
    scale features first, and expect outliers among the samples that are chosen.

    Parameters
    ----------
    fit_intercept : bool, default=True
        Whether the model has an intercept. Without it the 1 is left out, as in the paper.
    embedding : embedding object, default=None
        The embedding that gives the features h. None stands for
        :class:`~skal.embeddings.ModelEmbedding`, the model's own feature space. For a support
        vector machine, which is linear in the space of its kernel, take a
        :class:`~skal.embeddings.KernelEmbedding` of that kernel.

    See Also
    --------
    StandardDeviation : The disagreement alone.
    skal.acquisition.expected_model_change : The score as a function of arrays.

    References
    ----------
    W. Cai, Y. Zhang and J. Zhou (2013). Maximizing expected model change for active learning in
    regression. ICDM.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import ExpectedModelChange
    >>> pool = Pool.from_arrays(
    ...     [[0.0], [2.0], [2.0]],
    ...     prediction=[1.0, 1.0, 1.0],
    ...     member_prediction=[[0.0, 0.0, 1.0], [2.0, 2.0, 1.0]],
    ... )
    >>> ExpectedModelChange().query(pool, n=3)
    array([1, 0, 2])
    """

    _parameter_constraints = {
        "fit_intercept": ["boolean"],
        "embedding": [HasMethods("transform"), None],
    }

    _scores_alone = True

    def __init__(self, fit_intercept=True, embedding=None):
        self.fit_intercept = fit_intercept
        self.embedding = embedding

    def score_samples(self, pool):
        """Return the expected length of the gradient of each sample, of shape (n_samples,)."""
        if self.embedding is None:
            return pool.map(*self._per_sample(pool))
        lengths = features_or_lengths(pool, self.embedding)
        return expected_model_change(
            pool.prediction, pool.member_prediction, lengths, fit_intercept=self.fit_intercept
        )

    def _per_sample(self, pool):
        if self.embedding is not None:
            return None
        score = partial(expected_model_change, fit_intercept=self.fit_intercept)
        return score, "prediction", "member_prediction", "embedding"
