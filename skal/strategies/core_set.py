"""Core-set selection: cover the pool."""

from .._sklearn import HasMethods
from ..embeddings import rows_of
from ..geometry import k_center_greedy
from .base import QueryStrategy

__all__ = ["CoreSet"]


class CoreSet(QueryStrategy):
    """Choose samples such that none is far from a labelled one: greedy k-center.

    Each pick is the sample farthest from everything labelled or picked so far, which keeps
    the covering radius within twice the optimum. With nothing labelled the first pick is the
    sample nearest to the mean. Needs no model where X is numeric.

    Parameters
    ----------
    embedding : embedding object, default=None
        The space of distances, see :mod:`skal.embeddings`; None stands for
        :class:`~skal.embeddings.ModelEmbedding`, the model's own feature space.

    See Also
    --------
    skal.geometry.k_center_greedy : The kernel.

    References
    ----------
    O. Sener and S. Savarese (2018). Active learning for convolutional neural networks: a
    core-set approach. ICLR. arXiv:1708.00489.

    T. F. Gonzalez (1985). Clustering to minimize the maximum intercluster distance.
    Theoretical Computer Science 38.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import CoreSet
    >>> CoreSet().query(Pool.from_arrays([[0.0], [1.0], [9.0], [10.0]]), n=3)
    array([1, 3, 0])
    """

    _parameter_constraints = {"embedding": [HasMethods("transform"), None]}

    def __init__(self, embedding=None):
        self.embedding = embedding

    def _query(self, pool, n):
        labeled = rows_of(pool.labeled, self.embedding) if len(pool.labeled) else None
        return k_center_greedy(rows_of(pool, self.embedding), n, labeled=labeled)
