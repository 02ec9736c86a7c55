"""BADGE: batches of samples with large and diverse gradients."""

from .._base import HasMethods
from ..embeddings import GradientEmbedding
from ..geometry import kmeans_plusplus, seeds_in_parts
from .base import QueryStrategy

__all__ = ["BADGE"]


class BADGE(QueryStrategy):
    """Draw samples whose gradients are long and point in different directions.

    The gradient embedding of a sample, see :class:`~skal.embeddings.GradientEmbedding`, is long
    where the model is uncertain. The seeding of k-means++ draws gradients that are far from each
    other, so that the batch is both uncertain and diverse without a weight to tune. The sample
    with the longest gradient comes first, as in the authors' code. The gradients of samples with
    probabilities of 0 and 1 are zero: one of these samples may be drawn like any other, the rest
    come last, in random order. The classifier needs `predict_proba`.

    Parameters
    ----------
    embedding : embedding object, default=None
        The embedding that gives the features h in the gradients ``(p - e) outer h``. None stands
        for :class:`~skal.embeddings.ModelEmbedding`, the model's own feature space. A
        :class:`~skal.embeddings.GradientEmbedding` is used unchanged, with its own `bias`.
    bias : bool, default=False
        Whether the gradients include the derivatives by the intercepts of the last layer.

    See Also
    --------
    skal.geometry.kmeans_plusplus : The function that draws the batch.

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
        if pool.has("prediction") and not pool.has("proba"):
            pool.get("proba")  # says that the strategy, and not only the embedding, is for classes
        if pool.in_parts:
            rows = pool.rows(self._gradients().transform)
            return seeds_in_parts(rows, n, "norm", pool.random_state)
        return kmeans_plusplus(
            self._gradients().transform(pool), n, init="norm", random_state=pool.random_state
        )

    def _gradients(self):
        if isinstance(self.embedding, GradientEmbedding):
            return self.embedding
        return GradientEmbedding(self.embedding, bias=self.bias)
