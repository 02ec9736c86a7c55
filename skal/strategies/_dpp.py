"""Batches by a determinantal point process: samples of high quality, and unlike each other."""

import numpy as np

from .._base import HasMethods, draw_seed, hash_positions
from ..embeddings import rows_of
from ..geometry import (
    as_rows,
    largest_determinant,
    magnified,
    mean_sq_distance,
    sq_distances,
    warn_dependent,
)
from ._selection import Selection
from ._shortlist import Unasked, filled
from ._utilities import as_weights
from .base import QueryStrategy, ScoreStrategy

__all__ = ["DPP"]


class DPP(QueryStrategy):
    r"""Choose samples of large scores that are unlike each other, by a determinant.

    A determinantal point process prefers sets whose matrix has a large determinant,

    .. math:: \det L_S, \qquad L_{ij} = q_i\, e^{-\gamma \|x_i - x_j\|^2} q_j,

    with q the score of a sample, its quality. The determinant is the product of the squared
    qualities times a volume, which is 1 for samples far from each other and 0 for copies. Each
    pick makes the determinant as large as possible, given the picks before it. The kernel is as
    wide as the pool: :math:`\gamma` is the inverse of the mean squared distance between two
    samples.

    Labeled samples have no part in it. Without a scorer no model is needed, and the batch is
    diverse only.

    Parameters
    ----------
    scorer : ScoreStrategy, default=None
        Strategy that gives the quality of the samples. None stands for the quality 1 of all. If
        scores are negative, the smallest score of the pool is first subtracted from all of them;
        infinite scores count as the largest finite one. Samples of the quality 0 come last.
    embedding : embedding object, default=None
        The space in which distances are measured, see :mod:`skal.embeddings`. None stands for
        :class:`~skal.embeddings.ModelEmbedding`, the model's own feature space.

    See Also
    --------
    skal.geometry.dpp_map : The greedy choice as a function of a matrix.

    Notes
    -----
    The scores of :meth:`select` are the logarithms of the factors by which each pick multiplies
    the determinant. Equal factors are chosen in random order. Once the remaining samples are,
    within round-off, combinations of the chosen ones in the space of the kernel, they fill the
    batch by quality with a warning, copies of chosen samples last; their scores are minus
    infinity.

    Time is O(n_samples * (n_dims + n) * n), memory O(n_samples * n).

    References
    ----------
    E. Biyik, K. Wang, N. Anari and D. Sadigh (2019). Batch active learning using determinantal
    point processes. arXiv:1906.07975.

    L. Chen, G. Zhang and H. Zhou (2018). Fast greedy MAP inference for determinantal point
    process to improve recommendation diversity. NeurIPS. arXiv:1709.05135.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import DPP, UncertaintySampling
    >>> proba = [[0.5, 0.5], [0.51, 0.49], [0.6, 0.4], [1.0, 0.0]]
    >>> pool = Pool.from_arrays([[0.0], [0.1], [3.0], [9.0]], proba=proba)
    >>> DPP(UncertaintySampling("margin")).query(pool, n=2)
    array([0, 2])
    """

    _parameter_constraints = {
        "scorer": [ScoreStrategy, None],
        "embedding": [HasMethods("transform"), None],
    }

    def __init__(self, scorer=None, embedding=None):
        self.scorer = scorer
        self.embedding = embedding

    def _query(self, pool, n):
        quality = self._quality(pool)
        key = draw_seed(pool.random_state)
        order = hash_positions(key, np.arange(len(pool)))
        found = rows_of(pool, self.embedding)
        rows = magnified(as_rows(found))[0].to_double()
        picks, gains = largest_determinant(
            quality**2, _columns(rows, quality), n, resolution=pool.resolution, order=order
        )
        if len(picks) < n:
            warn_dependent(len(picks), n, "their quality")
            by_quality = np.lexsort((order, -quality))
            picks = filled(picks, by_quality, Unasked(found, pool.resolution), n)
            gains = np.concatenate([gains, np.full(n - len(gains), -np.inf)])
        return Selection(picks, gains)

    def _quality(self, pool):
        quality = np.ones(len(pool)) if self.scorer is None else self.scorer.scores(pool)
        quality = as_weights(quality)
        # In units of the largest, whose square neither overflows nor vanishes.
        return quality / quality.max() if quality.any() else np.ones(len(pool))


def _columns(rows, quality):
    """Return a function that computes a column of the matrix L."""
    gamma = 1 / (mean_sq_distance(rows) or 1.0)

    def column(i):
        values = np.empty(len(rows))
        for part, sq in sq_distances(rows, rows.take([i])):
            values[part] = np.exp(-gamma * sq[:, 0])
        return values * quality * quality[i]

    return column
