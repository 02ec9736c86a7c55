"""ProbCover: samples whose balls hold the most samples that are not covered yet."""

import numpy as np

from .._base import HasMethods, Interval, Real
from ..embeddings import rows_of
from ..geometry import as_rows, balls_of_most, cluster_labels, magnified, radius_of_purity
from ._selection import Selection
from .base import QueryStrategy

__all__ = ["ProbCover"]

_PURITY = 0.95  # as in the paper


class ProbCover(QueryStrategy):
    r"""Choose samples around which the most samples lie that are not covered yet.

    A sample is covered if it lies within a radius of a sample that is labeled or chosen. Each
    pick covers the most samples that are not covered yet. No model is needed if X is numeric. It
    is made for the start, with no labels or few.

    Parameters
    ----------
    radius : float, default=None
        Radius of the balls, at least 0. Samples at this distance are covered. None stands for the
        largest radius at which 95 % of the balls are pure. A ball is pure if all its samples
        belong to one cluster of k-means, with as many clusters as there are classes, at least 2.
    embedding : embedding object, default=None
        The space in which distances are measured, see :mod:`skal.embeddings`. None stands for
        :class:`~skal.embeddings.ModelEmbedding`, the model's own feature space. The clustering of
        gradients and of rows known by a kernel takes time quadratic in the size of the pool.

    See Also
    --------
    MaxHerding : Covers by degrees, without a radius to choose.

    Notes
    -----
    Samples that cover equally many come in the order of their positions, and so do the others
    once nothing is left to cover, copies of chosen samples among them; :class:`Distinct` leaves
    copies out. The scores of :meth:`select` are the numbers of samples that each pick newly
    covers.

    Classes that have no label yet are not known, so before the first label there are two clusters
    and the radius is large. Give a radius that was tuned on similar data if there is one.

    Time is quadratic in the size of the pool, memory is not.

    References
    ----------
    O. Yehuda, A. Dekel, G. Hacohen and D. Weinshall (2022). Active learning through a covering
    lens. NeurIPS. arXiv:2205.11320.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import ProbCover
    >>> pool = Pool.from_arrays([[0.0], [1.0], [2.0], [9.0], [10.0], [99.0]])
    >>> ProbCover(radius=1.0).query(pool, n=3)
    array([1, 3, 5])
    """

    _parameter_constraints = {
        "radius": [Interval(Real, 0, None, closed="left"), None],
        "embedding": [HasMethods("transform"), None],
    }

    def __init__(self, radius=None, embedding=None):
        self.radius = radius
        self.embedding = embedding

    def _query(self, pool, n):
        rows, labeled = as_rows(rows_of(pool, self.embedding)), None
        if len(pool.labeled):
            labeled = as_rows(rows_of(pool.labeled, self.embedding), "labeled", like=rows)
        radius = self.radius
        if radius is None:
            rows, labeled = magnified(rows, labeled)
            radius = _pure_radius(pool, rows, labeled)
        is_free = np.ones(len(pool), dtype=bool)
        steps = balls_of_most(rows, n, radius, labeled)
        degrees, picks, gains = next(steps), [], []
        while True:
            best = int(np.where(is_free, degrees, -1).argmax())
            is_free[best] = False
            picks.append(best)
            gains.append(degrees[best])
            if len(picks) == n:
                return Selection(np.array(picks), np.array(gains, dtype=np.float64))
            degrees = steps.send(best)


def _pure_radius(pool, rows, labeled):
    everything = rows if labeled is None else rows.append(labeled)
    n_clusters = min(max(2, _n_classes(pool)), len(everything))
    labels = cluster_labels(everything, n_clusters, pool.random_state)
    return radius_of_purity(everything, labels, _PURITY)


def _n_classes(pool):
    classes = pool.classes
    return len(np.unique(pool.labeled.y)) if classes is None else len(classes)
