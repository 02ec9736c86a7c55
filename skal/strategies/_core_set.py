"""Core-set selection: cover the whole pool, or all of it but some outliers."""

from .._base import HasMethods, Interval, Real
from ..embeddings import rows_of
from ..geometry import k_center_greedy
from ._robust_cover import robust_k_center
from .base import QueryStrategy

__all__ = ["CoreSet"]


class CoreSet(QueryStrategy):
    """Choose samples such that none is far from a labeled one: k-center.

    The covering radius is the largest distance of a sample to its nearest labeled or chosen
    one. By default each pick is the sample farthest from everything labeled or picked so far,
    which keeps the radius within twice the optimum. With nothing labeled the first pick is the
    sample nearest to the mean. Needs no model where X is numeric.

    With an `outlier_fraction` that many samples may lie outside the radius, so that a batch is
    not spent on outliers. A batch is chosen to make that radius small, and ordered farthest
    first.

    Parameters
    ----------
    embedding : embedding object, default=None
        The space of distances, see :mod:`skal.embeddings`; None stands for
        :class:`~skal.embeddings.ModelEmbedding`, the model's own feature space.
    outlier_fraction : float, default=0.0
        From 0 to below 1: how many samples may stay uncovered, as a fraction of labeled and
        pool samples together, rounded down. The paper uses 0.0001. 0 is greedy k-center; above
        0 the robust variant is used even where the number of outliers rounds down to 0.

    See Also
    --------
    KMeansSampling : Chooses representative samples rather than covering all.
    skal.geometry.k_center_greedy : The kernel.

    Notes
    -----
    The robust variant compares several batches and takes the one of the smallest radius, the
    radius that leaves out as many of the farthest samples as there may be outliers:

    - The batch of greedy k-center, and that of farthest first with outliers passed over, in
      which each pick has as many samples farther than itself as there may be outliers. The
      radius is thus never larger than that of greedy k-center; how far it is from the robust
      optimum is not bounded.
    - For pools of up to 2000 samples, batches that cover by disks of a radius found by
      bisection: each pick covers the most samples not covered yet. One kind of disk also
      removes all samples within three radii, which keeps the radius within three times the
      robust optimum (Charikar et al.); the other removes only what it covers, which mostly gives
      a smaller radius.
    - From there, bisection over all smaller distances with the covering program of Sener and
      Savarese in each step, until no smaller distance is left: then the radius is the optimum.
      That takes seconds to half a minute for some hundred samples. It ends early, with the best
      batch so far, if one program takes more than ten seconds, so that the answer may depend on
      the machine. It is skipped if more than 25 000 pairs of samples are within the radius.

    References
    ----------
    O. Sener and S. Savarese (2018). Active learning for convolutional neural networks: a
    core-set approach. ICLR. arXiv:1708.00489.

    T. F. Gonzalez (1985). Clustering to minimize the maximum intercluster distance.
    Theoretical Computer Science 38.

    M. Charikar, S. Khuller, D. M. Mount and G. Narasimhan (2001). Algorithms for facility
    location problems with outliers. SODA.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import CoreSet
    >>> pool = Pool.from_arrays([[0.0], [1.0], [2.0], [9.0], [10.0], [11.0], [99.0]])
    >>> CoreSet().query(pool, n=2)
    array([5, 6])
    >>> CoreSet(outlier_fraction=0.2).query(pool, n=2)
    array([1, 4])
    """

    _parameter_constraints = {
        "embedding": [HasMethods("transform"), None],
        "outlier_fraction": [Interval(Real, 0, 1, closed="left")],
    }

    def __init__(self, embedding=None, outlier_fraction=0.0):
        self.embedding = embedding
        self.outlier_fraction = outlier_fraction

    def _query(self, pool, n):
        rows = rows_of(pool, self.embedding)
        labeled = rows_of(pool.labeled, self.embedding) if len(pool.labeled) else None
        if self.outlier_fraction == 0:
            return k_center_greedy(rows, n, labeled=labeled)
        n_samples = len(pool) + len(pool.labeled)
        # 0.29 * 100 is a little less than 29, and must not be rounded down to 28.
        n_outliers = int(round(self.outlier_fraction * n_samples, 6))
        return robust_k_center(rows, n, n_outliers, labeled)
