"""Chunks of rows whose temporary data fit into memory."""

from sklearn import get_config


def working_memory():
    """Return how many bytes a chunk of temporary data may take."""
    return int(get_config()["working_memory"] * 2**20)


def chunks_within(n_rows, row_bytes, *, limit=None):
    """Return slices of `n_rows` rows, each of `row_bytes` bytes, that fit into memory.

    Parameters
    ----------
    n_rows : int
        How many rows there are.
    row_bytes : int
        What the temporary data of one row take.
    limit : int, default=None
        How many bytes a chunk may take where that is less than scikit-learn's
        `working_memory`.

    Returns
    -------
    chunks : list of slice
        In order; together they are all rows. Each holds at least one row.
    """
    memory = working_memory() if limit is None else min(limit, working_memory())
    size = max(1, memory // max(row_bytes, 1))
    # Not `gen_batches`: its checks of parameters take longer than a small chunk of a kernel.
    return [slice(start, min(start + size, n_rows)) for start in range(0, n_rows, size)]
