"""Chunks of rows whose temporary data fit into memory."""

from sklearn import get_config


def working_memory():
    """Return how many bytes a chunk of temporary data may take."""
    return int(get_config()["working_memory"] * 2**20)


def chunks_within(n_rows, row_bytes, *, limit=None, n_chunks=1):
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
    n_chunks : int, default=1
        At least so many chunks, where there are so many rows.

    Returns
    -------
    chunks : list of slice
        In order; together they are all rows. Each holds at least one row.
    """
    memory = working_memory() if limit is None else min(limit, working_memory())
    if not n_rows:
        return []
    size = min(memory // max(row_bytes, 1), -(-n_rows // n_chunks))
    starts = range(0, n_rows, max(1, size))
    return [slice(start, min(start + starts.step, n_rows)) for start in starts]
