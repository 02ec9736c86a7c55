"""Contrastive sampling (CAL): predictions that contradict those on labeled neighbors."""

import numpy as np

from .._base import HasMethods, Integral, Interval, warn_user
from ..acquisition import contrastive
from ..embeddings import ModelEmbedding, rows_of
from .base import ScoreStrategy

__all__ = ["ContrastiveSampling"]


class ContrastiveSampling(ScoreStrategy):
    r"""Choose the samples whose predictions differ from those on their labeled neighbors.

    The strategy is known as CAL, contrastive active learning. The score is the mean of
    :math:`\mathrm{KL}(p_l \| p)` in bits over the nearest labeled samples l: it is large where
    the model predicts differently for samples that lie close to each other. It is infinite where
    the model is sure that a sample is not of a class that it gives a neighbor some probability
    of; trees without limits and k-nearest neighbors often predict such zeros.

    It needs a space in which near samples should have equal labels, such as the features of a
    trained network. On tables, expect no more than from ``UncertaintySampling("margin")``, and
    less in large batches, as samples are scored one by one and near copies score alike.

    Parameters
    ----------
    n_neighbors : int, default=10
        Number of labeled neighbors, at least 1. All labeled samples where there are fewer.
    embedding : embedding object, default=None
        The space in which neighbors are found, see :mod:`skal.embeddings`. None stands for
        :class:`~skal.embeddings.ModelEmbedding`, the model's own feature space.

    Warns
    -----
    UserWarning
        If nothing is labeled. All samples then have the score 0, and come in random order.

    See Also
    --------
    skal.acquisition.contrastive : The score as a function of arrays.

    References
    ----------
    K. Margatina, G. Vernikos, L. Barrault and N. Aletras (2021). Active learning by acquiring
    contrastive examples. EMNLP. arXiv:2109.03764.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import ContrastiveSampling
    >>> labeled = Pool.from_arrays([[0.0], [9.0]], proba=[[0.9, 0.1], [0.1, 0.9]], y=[0, 1])
    >>> proba = [[0.9, 0.1], [0.9, 0.1], [0.1, 0.9]]
    >>> pool = Pool.from_arrays([[1.0], [8.0], [8.0]], proba=proba, labeled=labeled)
    >>> ContrastiveSampling(n_neighbors=1).query(pool, n=1)
    array([1])
    """

    _parameter_constraints = {
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
        "embedding": [HasMethods("transform"), None],
    }

    _scores_alone = False

    def __init__(self, n_neighbors=10, embedding=None):
        self.n_neighbors = n_neighbors
        self.embedding = embedding

    def score_samples(self, pool):
        """Return the mean divergence from the labeled neighbors, of shape (n_samples,)."""
        proba, rows = self._outputs(pool)
        labeled = pool.labeled
        if not len(labeled):
            warn_user(
                "ContrastiveSampling compares samples with labeled ones, and none is labeled: "
                "all samples have the score 0 and come in random order."
            )
            return np.zeros(len(pool))
        return contrastive(
            proba, rows, *self._outputs(labeled.asked_by(self)), n_neighbors=self.n_neighbors
        )

    def _outputs(self, pool):
        """Return the probabilities and the rows, from one pass where the model can give both."""
        if isinstance(self.embedding, (ModelEmbedding, type(None))):
            return pool.get("proba", "embedding")
        return pool.proba, rows_of(pool, self.embedding)
