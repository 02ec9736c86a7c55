"""Blocks of samples whose outputs fit into scikit-learn's working memory."""

from .._base import chunks_within
from ._outputs import OUTPUTS


def blocks_within_memory(pool, source, names):
    """Return slices of the samples of a pool such that the outputs of each block fit.

    Parameters
    ----------
    pool : Pool
    source : ModelOutputs or GivenOutputs
        Where the outputs of the pool come from.
    names : iterable of str
        Names of outputs. Those that are known already take no further memory.
    """
    if not len(pool):
        return []
    new = [name for name in names if not pool.knows(name)]
    return chunks_within(len(pool), sum(_row_bytes(pool, source, name) for name in new))


def _row_bytes(pool, source, name):
    """Return how many bytes an output takes for one sample.

    Where that does not follow from the number of classes, the output of the first sample tells.
    """
    output = OUTPUTS[name]
    row_bytes = None if output.of_pool is not None else source.row_bytes(output)
    if row_bytes is None and output.axis is not None:
        row_bytes = getattr(pool.take([0]).get(name), "nbytes", 0)
    return row_bytes or 0
