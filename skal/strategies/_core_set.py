"""Core-set selection: cover the pool, with or without its outliers."""

from functools import partial

from .._base import HasMethods, Interval, Real
from ..embeddings import rows_of
from ..geometry import as_rows, k_center_greedy, k_center_in_parts
from ._robust_cover import robust_k_center
from .base import QueryStrategy

__all__ = ["CoreSet"]


class CoreSet(QueryStrategy):
    """Choose samples such that no sample of the pool is far from a labeled one (k-center).

    The covering radius is the largest distance between a sample and the labeled or chosen sample
    that is nearest to it. By default each pick is the sample farthest from all samples that are
    labeled or picked so far, which keeps the radius within twice the optimum. If no sample is
    labeled, the first pick is the sample nearest to the mean. No model is needed if X is numeric.

    With an `outlier_fraction` above 0, that fraction of the samples may lie outside the radius, so
    that a batch is not spent on outliers. The batch is chosen to make this radius small, and is
    ordered farthest first.

    Parameters
    ----------
    embedding : embedding object, default=None
        The space in which distances are measured, see :mod:`skal.embeddings`. None stands for
        :class:`~skal.embeddings.ModelEmbedding`, the model's own feature space.
    outlier_fraction : float, default=0.0
        Fraction of the samples, labeled and pool together, that may stay uncovered, from 0 to
        below 1. The number of outliers is rounded down. The paper uses 0.0001. The value 0 stands
        for greedy k-center; above 0 the robust variant is used, even if the number of outliers
        rounds down to 0.

    See Also
    --------
    KMeansSampling : Chooses representative samples, and passes over outliers.
    skal.geometry.k_center_greedy : The greedy choice as a function of arrays.

    Notes
    -----
    The robust radius of a batch leaves out as many of the farthest samples as there may be
    outliers. The robust variant compares several batches and returns the batch of the smallest
    robust radius:

    - The batch of greedy k-center, and the batch of a farthest-first choice that passes over
      outliers: each pick has as many samples farther than itself as there may be outliers. The
      radius is therefore never larger than that of greedy k-center, but its ratio to the robust
      optimum is not bounded.
    - For pools of up to 2000 samples, batches that cover the pool by disks, whose radius is found
      by bisection. Each pick covers the most samples that are not covered yet. One kind of disk
      also removes all samples within three radii, which keeps the radius within three times the
      robust optimum (Charikar et al.). The other kind removes only the samples it covers, which
      mostly gives a smaller radius.
    - After that, a bisection over all smaller distances, with the covering program of Sener and
      Savarese in each step, until no smaller distance is left. The radius is then optimal. For
      some hundred samples the bisection takes from seconds to half a minute. It ends early, with
      the best batch so far, if one program takes more than ten seconds, so the answer may depend
      on the machine. It is skipped if more than 25 000 pairs of samples are within the radius.

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
        if self.outlier_fraction == 0:
            return greedy_cover(pool, n, self.embedding)
        rows = rows_of(pool, self.embedding)
        labeled = rows_of(pool.labeled, self.embedding) if len(pool.labeled) else None
        n_samples = len(pool) + len(pool.labeled)
        # 0.29 * 100 is a little less than 29, and must not be rounded down to 28.
        n_outliers = int(round(self.outlier_fraction * n_samples, 6))
        return robust_k_center(rows, n, n_outliers, labeled)


def greedy_cover(pool, n, embedding):
    """Return the positions of greedy k-center in an embedding, from the labeled samples on."""
    if not pool.in_parts:
        rows = rows_of(pool, embedding)
        labeled = rows_of(pool.labeled, embedding) if len(pool.labeled) else None
        return k_center_greedy(rows, n, labeled=labeled)
    rows = pool.rows(partial(rows_of, embedding=embedding))
    labeled = None
    if len(pool.labeled):
        labeled = as_rows(rows_of(pool.labeled, embedding), "labeled")
    return k_center_in_parts(rows, n, labeled)
