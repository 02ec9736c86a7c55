"""DropQuery: samples whose predictions change when features are left out at random."""

import numpy as np
import scipy.sparse as sp

from .._base import (
    HasMethods,
    Integral,
    Interval,
    Real,
    chunks_of,
    frame_like,
    is_dataset,
    num_rows,
    numeric_rows,
)
from ..embeddings import rows_of
from ..geometry import weighted_kmeans_select
from ..pool import MissingOutputError
from ._shortlist import copies, distinct_shortlist
from .base import QueryStrategy

__all__ = ["DropQuery"]

# Features are left out of blocks of at most so many rows and about so many numbers. The sizes are
# fixed, as the memory at hand must not change an answer.
BLOCK_ROWS = 2048
BLOCK_SIZE = 2**22


class DropQuery(QueryStrategy):
    """Choose diverse samples whose predictions change when features are left out at random.

    Each of `n_passes` passes sets every feature of every sample to zero with probability `rate`,
    divides the others by ``1 - rate`` and predicts again. Candidates are the samples of which more
    than half of these predictions differ from the prediction with all features. They are clustered
    by k-means into as many clusters as the batch holds samples, and the sample nearest to each
    center is chosen. Where there are fewer candidates, the batch is filled up with samples by the
    share of predictions that differ, in random order where it is equal.

    No probabilities are needed. The method was proposed for linear classifiers on the features of
    large image models, from the first labels on. Zero must mean "nothing to see here": on
    tables, features are to be centered, and trees make little sense of it.

    Parameters
    ----------
    n_passes : int, default=3
        Number of passes, at least 1.
    rate : float, default=0.75
        Probability with which a feature is left out, at least 0 and below 1.
    embedding : embedding object, default=None
        The space in which candidates are clustered, see :mod:`skal.embeddings`. None stands for
        :class:`~skal.embeddings.ModelEmbedding`, the model's own feature space.

    Raises
    ------
    MissingOutputError
        If there is no model to predict, or its features are not numeric.

    Notes
    -----
    Features are what the classifier itself takes: in a pipeline the output of the transformers,
    else X, which then must be numeric. They are left out from the pool's random stream, so that a
    query repeats itself.

    A model with a method ``dropout_votes(X)``, or a pool with an output of that name, says itself
    what it predicts, as positions in the classes of shape (n_passes, n_samples); `n_passes` and
    `rate` are then not used.

    Of copies, that is of samples with the same row in the embedding, one is a candidate. Copies
    fill the batch where fewer than `n` samples are distinct.

    References
    ----------
    S. R. Gupte, J. Aklilu, J. J. Nirschl and S. Yeung-Levy (2024). Revisiting active learning in
    the era of vision foundation models. TMLR. arXiv:2401.14555.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from skal import ActiveLearner
    >>> from skal.strategies import DropQuery
    >>> X, y = load_iris(return_X_y=True)
    >>> model = make_pipeline(StandardScaler(), LogisticRegression())
    >>> learner = ActiveLearner(model, DropQuery(), random_state=0).fit(X[::10], y[::10])
    >>> learner.query(X, n=5).shape
    (5,)
    """

    _parameter_constraints = {
        "n_passes": [Interval(Integral, 1, None, closed="left")],
        "rate": [Interval(Real, 0, 1, closed="left")],
        "embedding": [HasMethods("transform"), None],
    }

    def __init__(self, n_passes=3, rate=0.75, embedding=None):
        self.n_passes = n_passes
        self.rate = rate
        self.embedding = embedding

    def _query(self, pool, n):
        if pool.in_parts:
            # Refused here, or block after block of the whole pool would be brought to one place.
            pool.get("X")
        shares = self._shares(pool)
        candidates = np.flatnonzero(shares > 0.5)
        if len(candidates) >= n:
            rows = rows_of(pool.take(candidates), self.embedding)
            candidates = candidates[~copies(rows, pool.resolution)]
        if len(candidates) < n:
            return distinct_shortlist(pool, shares, 1, n, self.embedding)
        chosen = weighted_kmeans_select(
            rows_of(pool.take(candidates), self.embedding),
            np.ones(len(candidates)),
            n,
            random_state=pool.random_state,
        )
        return candidates[chosen]

    def _shares(self, pool):
        """Return the share of predictions that differ, of shape (n_samples,)."""
        if pool.has("dropout_votes"):
            return np.mean(pool.dropout_votes != pool.predicted, axis=0)
        final_step = pool.final_step
        shares = np.empty(len(pool))
        for rows in _blocks(pool, final_step):
            features = _features(pool.take(np.arange(len(pool))[rows]), final_step)
            shares[rows] = self._shares_in_block(features, final_step.predict, pool.random_state)
        return shares

    def _shares_in_block(self, features, predict, random_state):
        expected = predict(features)
        differ = np.zeros(num_rows(features))
        for _ in range(self.n_passes):
            differ += predict(dropped(features, self.rate, random_state)) != expected
        return differ / self.n_passes


def _blocks(pool, final_step):
    first = _features(pool.take([0]), final_step)
    size = first.nnz if sp.issparse(first) else np.size(first)
    return chunks_of(len(pool), min(BLOCK_ROWS, BLOCK_SIZE // max(size, 1)))


def _features(pool, final_step):
    """Return the numeric features of the samples of a pool, of the kind that the model takes."""
    features = final_step.transform(pool.X)
    if is_dataset(features) or numeric_rows(features) is None:
        raise MissingOutputError(
            "DropQuery leaves features out of `pool.final_step`, but these are not numeric, got "
            f"{type(features).__name__}. Put a transformer that makes numbers of X in front of "
            "the classifier (a Pipeline), or give the model a method dropout_votes(X)."
        )
    return features


def dropped(features, rate, random_state):
    """Return features, dense or sparse, with each value left out with a probability of `rate`."""
    if sp.issparse(features):
        features = features.tocsr(copy=True)
        features.data = _thinned(features.data, rate, random_state)
        return features
    values = _thinned(np.asarray(features), rate, random_state)
    return frame_like(features, values) if hasattr(features, "columns") else values


def _thinned(values, rate, random_state):
    values = values if values.dtype.kind == "f" else values.astype(np.float64)
    kept = random_state.random_sample(values.shape) >= rate
    # Not a product with the mask, which would keep missing values.
    return np.where(kept, values / values.dtype.type(1 - rate), values.dtype.type(0))
