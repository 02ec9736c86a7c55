"""Spaces in which samples are near or far."""

from sklearn.base import BaseEstimator

__all__ = ["ModelEmbedding", "rows_of"]


class ModelEmbedding(BaseEstimator):
    """Place samples where the model sees them.

    That is what the model's own method `embed(X)` returns, else the space behind the
    transformers of a fitted pipeline, else numeric X itself. An embedding is any object with
    parameters and a method `transform(pool)` that returns rows which
    :mod:`skal.geometry` understands; distances between rows are distances between samples.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.embeddings import ModelEmbedding
    >>> ModelEmbedding().transform(Pool.from_arrays([[1, 2], [3, 4]]))
    array([[1., 2.],
           [3., 4.]])
    """

    def transform(self, pool):
        """Return the rows of a pool, dense or csr, of shape (n_samples, n_dims)."""
        return pool.embedding


def rows_of(pool, embedding=None):
    """Return the rows of `pool` in an embedding, by default the model's own."""
    return (ModelEmbedding() if embedding is None else embedding).transform(pool)
