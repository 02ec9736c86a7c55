"""Blocks of samples whose outputs fit into scikit-learn's working memory."""

from .._base import working_memory
from ._arrays import rows_per_block
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
    row_bytes = sum(_row_bytes(pool, source, name) for name in new)
    size = working_memory() // max(row_bytes, 1)
    # Whole blocks of the prediction, where there is memory for one, so that rows come out to the
    # last bit as they do when the whole pool is predicted.
    of_prediction = rows_per_block(len(pool), row_bytes)
    size = max(1, size - size % of_prediction if size > of_prediction else size)
    return [slice(start, min(start + size, len(pool))) for start in range(0, len(pool), size)]


def _row_bytes(pool, source, name):
    """Return how many bytes an output takes for one sample.

    Where that does not follow from the number of classes, the output of the first sample tells.
    """
    output = OUTPUTS[name]
    row_bytes = None if output.of_pool is not None else source.row_bytes(output)
    if row_bytes is None and output.axis is not None:
        row_bytes = getattr(pool.take([0]).get(name), "nbytes", 0)
    return row_bytes or 0
