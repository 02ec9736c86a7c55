"""Rows of a dask collection by their positions: taken into memory, or left out."""

import numpy as np

from .._base import as_array, num_rows, take_rows
from ._partitions import DaskPartitions, blocks_of, remember_lengths


def take(X, positions):
    """Return the rows of a dask collection at some positions, in memory.

    Parameters
    ----------
    X : dask array or data frame with n_samples rows
        The collection.
    positions : array-like of int of shape (n,)
        Distinct or not, from 0 to n_samples - 1.

    Returns
    -------
    rows : {ndarray, csr matrix, pandas data frame} with n rows
        In the order of `positions`. A data frame keeps its index.

    Raises
    ------
    TypeError
        If X is not a dask array or data frame.
    ValueError
        If positions are not those of rows.

    See Also
    --------
    drop : The collection without these rows.

    Examples
    --------
    >>> import dask.array as da
    >>> import numpy as np
    >>> import skal.dask
    >>> X = da.from_array(np.arange(10).reshape(5, 2), chunks=(2, 2))
    >>> skal.dask.take(X, [4, 0])
    array([[8, 9],
           [0, 1]])
    """
    partitions = DaskPartitions(X, "X")
    return partitions.take(_checked(positions, partitions))


def drop(X, positions):
    """Return a dask collection without the rows at some positions.

    Nothing is computed, but the numbers of rows of partitions if these are not known. Partitions
    without such rows stay as they are.

    Parameters
    ----------
    X : dask array or data frame with n_samples rows
        The collection.
    positions : array-like of int of shape (n,)
        From 0 to n_samples - 1.

    Returns
    -------
    rest : dask array or data frame with the other rows
        In the same order and in as many partitions.

    Raises
    ------
    TypeError
        If X is not a dask array or data frame.
    ValueError
        If positions are not those of rows.

    See Also
    --------
    take : These rows, in memory.

    Examples
    --------
    >>> import dask.array as da
    >>> import numpy as np
    >>> import skal.dask
    >>> X = da.from_array(np.arange(10).reshape(5, 2), chunks=(2, 2))
    >>> skal.dask.drop(X, [4, 0]).compute()
    array([[2, 3],
           [4, 5],
           [6, 7]])
    """
    partitions = DaskPartitions(X, "X")
    _, local = partitions.within(np.unique(_checked(positions, partitions)))
    lengths = partitions.lengths.copy()
    for number, rows in local.items():
        lengths[number] -= len(rows)
    rest = _without(partitions, local, lengths)
    remember_lengths(rest, lengths)
    return rest


def _checked(positions, partitions):
    positions = as_array(positions, "positions")
    n_samples = int(partitions.lengths.sum())
    positions = positions.astype(np.intp) if not positions.size else positions
    if positions.ndim != 1 or positions.dtype.kind not in "iu":
        raise ValueError(f"positions must be a list of integers, got {positions!r:.80}.")
    outside = positions[(positions < 0) | (positions >= n_samples)]
    if len(outside):
        raise ValueError(
            f"positions must be from 0 to {n_samples - 1}, the last row, got {outside[0]}."
        )
    return positions.astype(np.intp)


def _without(partitions, local, lengths):
    """Return a collection without the rows at positions within some of its partitions.

    Of these lengths are its partitions then.
    """
    import dask

    X, blocks = partitions.X, blocks_of(partitions.X)
    left_out = dask.delayed(_left_out, pure=True)
    for i, positions in local.items():
        blocks[i] = left_out(blocks[i], positions)
    if not hasattr(X, "chunks"):
        import dask.dataframe as dd

        return dd.from_delayed(blocks, meta=X._meta, verify_meta=False)
    import dask.array as da

    # Dask leaves out parts that it knows to be empty, and all others would be counted wrongly.
    unknown = (np.nan, *X.shape[1:])
    rest = da.concatenate(
        [
            da.from_delayed(block, unknown, dtype=X.dtype, meta=X._meta)
            if i in local or not lengths[i]
            else X.blocks[i]
            for i, block in enumerate(blocks)
        ]
    )
    chunks = (tuple(lengths.tolist()), *rest.chunks[1:])
    return da.Array(rest.dask, rest.name, chunks, dtype=X.dtype, meta=X._meta)


def _left_out(X, positions):
    return take_rows(X, np.delete(np.arange(num_rows(X)), positions))
