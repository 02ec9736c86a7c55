"""BADGE: batches of diverse gradients."""

from .._base import HasMethods
from ..embeddings import GradientEmbedding
from ..geometry import kmeans_plusplus
from .base import QueryStrategy

__all__ = ["BADGE"]


class BADGE(QueryStrategy):
    """Draw samples whose gradients are long and point in different directions.

    The gradient embedding of a sample, see :class:`~skal.embeddings.GradientEmbedding`, is long
    where the model is uncertain; k-means++ seeding draws gradients that are far from each
    other, so the batch is uncertain and diverse with no weight to tune. The longest gradient
    comes first, as in the authors' code. Samples without gradient (probabilities of 0 and 1)
    all lie at the origin: one of them may be drawn like any other, the rest come last, in random
    order. Works with every classifier that has `predict_proba`.

    Parameters
    ----------
    embedding : embedding object, default=None
        The features h in the gradients ``(p - e) outer h``; None stands for
        :class:`~skal.embeddings.ModelEmbedding`, the model's own feature space. A
        `GradientEmbedding` is taken as it is, and `bias` is then its own.
    bias : bool, default=False
        Whether the gradients have a part for the intercepts of the last layer.

    See Also
    --------
    skal.geometry.kmeans_plusplus : The kernel.

    References
    ----------
    J. T. Ash, C. Zhang, A. Krishnamurthy, J. Langford and A. Agarwal (2020). Deep batch active
    learning by diverse, uncertain gradient lower bounds. ICLR. arXiv:1906.03671.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import BADGE
    >>> X = [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]
    >>> proba = [[0.5, 0.5], [1.0, 0.0], [0.6, 0.4], [0.0, 1.0]]
    >>> BADGE().query(Pool.from_arrays(X, proba=proba, random_state=0), n=2)
    array([0, 2])
    """

    _parameter_constraints = {"embedding": [HasMethods("transform"), None], "bias": ["boolean"]}

    def __init__(self, embedding=None, bias=False):
        self.embedding = embedding
        self.bias = bias

    def _query(self, pool, n):
        return kmeans_plusplus(
            self._gradients().transform(pool), n, init="norm", random_state=pool.random_state
        )

    def _gradients(self):
        if isinstance(self.embedding, GradientEmbedding):
            return self.embedding
        return GradientEmbedding(self.embedding, bias=self.bias)
