"""Random sampling, the baseline of all strategies."""

from .._base import draw_positions
from .base import QueryStrategy

__all__ = ["RandomSampling"]


class RandomSampling(QueryStrategy):
    """Choose samples at random, without replacement.

    This is the baseline for all other strategies. It needs no model.

    Examples
    --------
    >>> from skal import Pool
    >>> from skal.strategies import RandomSampling
    >>> pool = Pool.from_arrays([[0.0], [1.0], [2.0]], random_state=0)
    >>> sorted(RandomSampling().query(pool, n=3).tolist())
    [0, 1, 2]
    """

    def _query(self, pool, n):
        return draw_positions(pool.random_state, len(pool), n)
