"""BAIT: batches that gain the most Fisher information on the samples to be predicted."""

import numpy as np
import scipy.sparse as sp

from .._base import HasMethods, Interval, Real
from ..embeddings import GradientEmbedding, rows_of
from ..geometry import KernelRows, OuterRows, as_rows, coordinates
from ._fisher import Gaussian, Softmax, fisher_batch
from .base import QueryStrategy, Selection

__all__ = ["BAIT"]

# Three square matrices with so many rows take 2.4 GB.
_MOST_DIMS = 10_000

# Numbers that may stand for rows in the space of a kernel, 0.8 GB.
_MOST_NUMBERS = 10**8


class BAIT(QueryStrategy):
    r"""Choose samples that make the predictions for all samples most certain together.

    The classifier is seen as a softmax of a linear function of features h. For probabilities p, a
    label of the sample carries the Fisher information

    .. math:: F_i = (\mathrm{diag}(p) - p p^\top) \otimes h h^\top

    on its weights. A regressor is seen as a linear function of features with the same noise
    everywhere, so that :math:`F_i = h h^\top`, whatever it predicts. With F the mean information
    of the labeled and unlabeled samples, the batch S makes the expected variance of the
    predictions small,

    .. math:: \mathrm{tr}\Bigl(\bigl(\lambda I + \sum_{labeled} F_i +
        \sum_{i \in S} F_i\bigr)^{-1} F\Bigr).

    Samples are added one by one, twice as many as asked for, each the one by which the trace
    falls most; then those are taken away one by one by which it rises least. Equal samples go to
    the lowest position. A copy of a chosen sample still carries information, though less, and may
    be chosen too.

    It costs more than :class:`BADGE`: for each added sample one pass over the pool that takes
    O(n_samples * n_classes^2 * n_dims), and memory for two numbers per sample and pair of
    classes and for three square matrices with n_classes * n_dims rows. A regressor counts as one
    class. It pays off for the
    features of a network or for tabular data with few columns. On small tabular data no
    measurement of ours shows it to label better than margin sampling.

    Parameters
    ----------
    regularization : float, default=1.0
        The lambda in the formula, above 0, in units of squared features; for a regressor it is the
        variance of the noise divided by that of the weights. Small values ask for
        samples that span the features first. Below about 1e-10 of the squared length of rows it is
        refused, as too few digits would be left, unless the labeled samples span the features.
    backward : bool, default=True
        Whether to choose twice as many samples as asked for (at most the whole pool) and to take
        away the others again. False takes half the time or less.
    embedding : embedding object, default=None
        The embedding that gives the features h. None stands for
        :class:`~skal.embeddings.ModelEmbedding`, the model's own feature space. Rows must be
        dense or csr, which become dense, or those of a
        :class:`~skal.embeddings.KernelEmbedding`.

    See Also
    --------
    BADGE : Draws samples with long and different gradients; faster and random.

    Notes
    -----
    In the space of a kernel the samples are described by coordinates with the same inner products,
    a Cholesky factor of the kernel's values on the pool and the labeled samples. The batch is that
    of the features that the kernel stands for, as if they had been written down. There are as many
    coordinates as those features have independent directions on the samples: the number of
    monomials for a polynomial, up to one for each sample for a Gaussian kernel, then at the cost
    of a square array of the pool. Pools for which this is too large, above 10,000 samples for a
    Gaussian kernel and a regressor, are refused. An approximation is yours to choose: fewer
    candidates, by a :class:`Shortlist` of random ones, or the features of a
    :class:`sklearn.kernel_approximation.Nystroem` in the pipeline.

    References
    ----------
    J. T. Ash, S. Goel, A. Krishnamurthy and S. Kakade (2021). Gone fishing: neural active
    learning with Fisher embeddings. NeurIPS. arXiv:2106.09675.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import BAIT
    >>> X = [[1.0, 0.0], [1.0, 0.1], [0.0, 1.0], [0.0, 0.1]]
    >>> proba = [[0.5, 0.5], [0.5, 0.5], [0.6, 0.4], [0.5, 0.5]]
    >>> BAIT(regularization=0.01).query(Pool.from_arrays(X, proba=proba), n=2)
    array([1, 2])
    >>> BAIT(regularization=0.01).query(Pool.from_arrays(X, prediction=[0, 2, 5, 3]), n=2)
    array([1, 2])
    """

    _parameter_constraints = {
        "regularization": [Interval(Real, 0, None, closed="neither")],
        "backward": ["boolean"],
        "embedding": [HasMethods("transform"), None],
    }

    def __init__(self, regularization=1.0, backward=True, embedding=None):
        self.regularization = regularization
        self.backward = backward
        self.embedding = embedding

    def _query(self, pool, n):
        likelihood, rows = self._view(pool)
        before, seen_rows = likelihood[:0], None
        if len(pool.labeled):
            before, seen_rows = self._view(pool.labeled, like=pool)
        features, seen_features = _features(rows, seen_rows, likelihood.n_outputs)
        _refuse_other_widths(
            (likelihood.n_outputs, features.shape[1]), (before.n_outputs, seen_features.shape[1])
        )
        positions, gains = fisher_batch(
            likelihood,
            features,
            (before, seen_features),
            n,
            regularization=self.regularization,
            backward=self.backward,
        )
        return Selection(positions, gains)

    def _view(self, pool, like=None):
        """Return the likelihood of a pool and its rows."""
        if isinstance(self.embedding, GradientEmbedding):
            raise ValueError(
                "BAIT needs the features themselves, from which it computes gradients, but "
                "embedding is a GradientEmbedding. Pass the embedding of the features, as in "
                "BAIT(embedding=ModelEmbedding()) or BAIT(embedding=KernelEmbedding('rbf'))."
            )
        if _is_of_regressor(pool if like is None else like):
            return Gaussian(len(pool)), rows_of(pool, self.embedding)
        if self.embedding is None:
            proba, rows = pool.get("proba", "embedding")
            return Softmax(np.asarray(proba, np.float64)), rows
        return Softmax(np.asarray(pool.proba, np.float64)), rows_of(pool, self.embedding)


def _is_of_regressor(pool):
    """Whether a pool holds numbers; what they are has no part in their information."""
    return pool.has("prediction") and not pool.has("proba")


def _refuse_other_widths(now, before):
    if now != before:
        raise ValueError(
            f"The labeled samples must have the {now[0]} classes and {now[1]} features of the "
            f"pool, got {before[0]} and {before[1]}. Make both pools with the same model."
        )


def _features(rows, seen, n_outputs):
    """Return the rows of the pool and of the labeled samples as dense arrays in float64."""
    if isinstance(rows, KernelRows):
        return _kernel_features(rows, rows.take(slice(0)) if seen is None else seen, n_outputs)
    rows = _dense_features(rows, n_outputs)
    return rows, rows[:0] if seen is None else _dense_features(seen, n_outputs)


def _kernel_features(rows, seen, n_outputs):
    """Return coordinates in the space of a kernel.

    The trace and its changes depend on inner products alone, so that any axes will do.
    """
    both = rows.append(seen)
    most_dims = min(_MOST_DIMS // n_outputs, _MOST_NUMBERS // len(both))
    features = coordinates(both, most_dims)
    if features is None:
        raise ValueError(
            f"In the space of this kernel BAIT needs more than {most_dims} dimensions to tell the "
            f"{len(both)} samples of the pool and the labeled ones apart, which takes too much "
            f"memory: at most {_MOST_DIMS} dimensions times classes, and {_MOST_NUMBERS:.0e} "
            "numbers for all samples. Choose among fewer samples, as by "
            "Shortlist(RandomSampling(), BAIT(...), factor=20), or put a "
            "sklearn.kernel_approximation.Nystroem into the pipeline and leave out embedding."
        )
    return features[: len(rows)], features[len(rows) :]


def _dense_features(rows, n_outputs):
    """Return rows as a dense array in float64, or say why they are no features for BAIT."""
    if isinstance(rows, OuterRows):
        raise ValueError(
            "BAIT needs the features themselves, an embedding of dense, csr or kernel rows, got "
            "OuterRows. Use ModelEmbedding() or another one of such rows."
        )
    rows = as_rows(rows, "embedding").X
    n_dims = rows.shape[1] * n_outputs
    if n_dims > _MOST_DIMS:
        raise ValueError(
            f"BAIT keeps square matrices with a row for each class and feature, at most "
            f"{_MOST_DIMS}, got {n_outputs} classes times {rows.shape[1]} features = "
            f"{n_dims}. Reduce the features, as by TruncatedSVD in a pipeline, or use BADGE()."
        )
    rows = rows.toarray() if sp.issparse(rows) else rows
    return np.asarray(rows, np.float64)
