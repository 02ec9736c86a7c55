"""Division of rows into chunks, and the memory that temporary data may take."""

from sklearn import get_config


def working_memory():
    """Return scikit-learn's `working_memory`, the bytes that temporary data may take."""
    return int(get_config()["working_memory"] * 2**20)


def chunks_of(n_rows, size):
    """Divide rows into slices of a fixed size, for sums whose last digits no setting may move.

    Parameters
    ----------
    n_rows : int
        Number of rows, may be 0.
    size : int
        Number of rows of each slice but the last; at least one is taken.

    Returns
    -------
    chunks : list of slice
    """
    size = max(1, size)
    return [slice(start, min(start + size, n_rows)) for start in range(0, n_rows, size)]


def chunks_within(n_rows, row_bytes, *, limit, n_chunks=1):
    """Divide `n_rows` rows of `row_bytes` bytes each into slices of a fixed size in bytes.

    Sums over chunks, and products of matrices in chunks, are rounded differently where chunks are
    of another size. The size therefore follows from the data alone, never from scikit-learn's
    `working_memory`, which must not change an answer. A limit is a few megabytes, for speed.

    Parameters
    ----------
    n_rows : int
        Number of rows.
    row_bytes : int
        Size in bytes of the temporary data of one row.
    limit : int
        Largest size of a chunk in bytes.
    n_chunks : int, default=1
        Least number of chunks, such as one for each thread, as far as there are enough rows.

    Returns
    -------
    chunks : list of slice
        Consecutive slices that cover all rows. Each holds at least one row.
    """
    if not n_rows:
        return []
    return chunks_of(n_rows, min(limit // max(row_bytes, 1), -(-n_rows // n_chunks)))
