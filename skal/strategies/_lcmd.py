"""LCMD: the farthest sample of the largest cluster."""

from .._base import HasMethods
from ..embeddings import rows_of
from ..geometry import farthest_of_largest_cluster
from .base import QueryStrategy

__all__ = ["LCMD"]


class LCMD(QueryStrategy):
    r"""Choose the farthest samples of the largest clusters (largest cluster maximum distance).

    Every sample of the pool belongs to the labeled or chosen sample nearest to it, its center. The
    size of a cluster is the sum of the squared distances to its center,

    .. math:: s(c) = \sum_{x \text{ nearest to } c} \|x - c\|^2,

    and the next pick is the sample farthest from the center in the largest cluster, which becomes
    a center. So the batch is spread as that of :class:`CoreSet` is, but follows where many samples
    are, and a single outlier waits until its cluster is the largest. No model is needed if X is
    numeric.

    Parameters
    ----------
    embedding : embedding object, default=None
        The space in which distances are measured, see :mod:`skal.embeddings`. None stands for
        :class:`~skal.embeddings.ModelEmbedding`, the model's own feature space.

    See Also
    --------
    CoreSet : The farthest sample of all.
    MaxHerding : Typical samples of large groups.

    Notes
    -----
    On nine sets of data and five kinds of regressors its batches left less error than random
    samples in the mean for every kind, and significantly more on no set; see the user guide.

    If no sample is labeled, the first pick is the sample nearest to the mean; the paper takes the
    one of the largest norm. Samples that are equally near to several centers belong to the first,
    labeled ones before chosen ones. Equal samples go to the lowest position, and copies of labeled
    or chosen samples come last.

    The paper measures distances between gradients of a network. Of its last layer these are
    distances between its features, which a model with `embed` gives.

    References
    ----------
    D. Holzmüller, V. Zaverkin, J. Kästner and I. Steinwart (2023). A framework and benchmark for
    deep batch active learning for regression. Journal of Machine Learning Research 24.
    arXiv:2203.09410.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import LCMD
    >>> labeled = Pool.from_arrays([[0.0], [50.0]], y=[1.0, 2.0])
    >>> X = [[4.0], [5.0], [6.0], [7.0], [59.0]]
    >>> LCMD().query(Pool.from_arrays(X, labeled=labeled), n=2)
    array([3, 4])
    """

    _parameter_constraints = {"embedding": [HasMethods("transform"), None]}

    def __init__(self, embedding=None):
        self.embedding = embedding

    def _query(self, pool, n):
        rows = rows_of(pool, self.embedding)
        labeled = rows_of(pool.labeled, self.embedding) if len(pool.labeled) else None
        return farthest_of_largest_cluster(rows, n, labeled)
