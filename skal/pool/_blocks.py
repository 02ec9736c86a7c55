"""Outputs that are needed once: computed block by block, and not kept."""

import contextlib
import warnings

from .._base import add_note, chunks_of, working_memory
from ._arrays import each, row_bytes_of, rows_per_block
from ._outputs import OUTPUTS

# Outputs up to this size are kept, as another strategy may read them soon.
KEPT_BYTES = 2**26


def blocks_to_pass(pool, memory, names, keeps):
    """Return slices of the samples of a pool whose outputs are needed, and none if they are kept.

    A block is a block of the prediction, so that rows come out to the last bit as they do when
    the outputs of the whole pool are computed and kept: what is kept cannot change an answer.

    Parameters
    ----------
    pool : Pool
    memory : Memory
        What is known of the outputs of the pool.
    names : iterable of str
        Names of outputs. Those that are known already take no further memory.
    keeps : bool
        Whether the outputs will be read again, so that they are kept as long as scikit-learn's
        `working_memory` allows.
    """
    if not len(pool):
        return []
    row_bytes = sum(_row_bytes(pool, memory, name) for name in dict.fromkeys(names))
    most = working_memory()
    if row_bytes * len(pool) <= (most if keeps else min(most, KEPT_BYTES)):
        return []
    X = memory.source.X
    of_X = 0 if X is None else row_bytes_of(X, memory.n_samples)
    size = rows_per_block(len(pool), row_bytes + of_X)
    return chunks_of(len(pool), min(size, most // row_bytes))


def passed(function, part_of, names, blocks, n_jobs):
    """Yield what a function says of blocks and their outputs, one block after the other.

    Parameters
    ----------
    function : callable
        From a slice and the list of outputs of these samples to a result.
    part_of : callable
        From a slice and names of outputs to a pool of these samples, which keeps them to itself.
    names : tuple of str
    blocks : list of slice
    n_jobs : int or None
        Number of threads that compute outputs. The function is called by one thread.
    """

    def outputs_of(rows):
        with _counted_from(rows.start):
            part = part_of(rows, names)
            return [part.get(name) for name in names] if len(names) == 1 else part.get(*names)

    found = each(outputs_of, blocks, n_jobs)
    try:
        for rows, outputs in zip(blocks, found, strict=True):
            with _counted_from(rows.start):
                result = function(rows, outputs)
            yield result
    except BaseException:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # joblib tells that blocks were computed for nothing
            found.close()
        raise


@contextlib.contextmanager
def _counted_from(start):
    """Let an error say that the rows it may name are those of a block."""
    try:
        yield
    except Exception as error:
        if start:
            add_note(error, f"Row 0 of this block is the sample {start} of the pool.")
        raise


def _row_bytes(pool, memory, name):
    """Return how many bytes it takes to compute an output for one sample.

    Where that does not follow from the number of classes, the output of the first sample tells.
    """
    output, source = OUTPUTS[name], memory.source
    is_view = name == "X" or (name == "embedding" and source.embeds_as_given)
    if is_view or output.axis is None or pool.knows(name):
        return 0
    base = next((base for base in output.from_any if pool.has(base)), None)
    if output.of_pool is not None and base is not None:
        return _row_bytes(pool, memory, base)
    row_bytes = source.row_bytes(output)
    if row_bytes is None:
        row_bytes = getattr(pool.take([0]).get(name), "nbytes", 0)
    return row_bytes or 0
