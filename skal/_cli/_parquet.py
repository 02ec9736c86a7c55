"""Tables in Parquet files."""

from ._messages import CommandError, require, require_pandas
from ._table import Table, check_names, text_of_cells
from ._unpack import check_cells


def read_parquet(path, dialect):
    """Return a table of the text of all values, with the values themselves as `frame`."""
    pandas = _pandas_with_pyarrow()
    try:
        _check_size(path)
        # Nullable types keep whole numbers whole where some are missing.
        frame = pandas.read_parquet(path, dtype_backend="numpy_nullable")
    except (ValueError, OSError) as error:
        raise CommandError(f"{path} cannot be read as Parquet: {error}") from error
    frame = frame.reset_index(drop=True)
    check_names(path, frame.columns)
    columns = {str(name): text_of_cells(frame[name]) for name in frame.columns}
    return Table(path, columns, frame=frame, dialect=dialect)


def _check_size(path):
    from pyarrow.parquet import read_metadata

    metadata = read_metadata(path)
    check_cells(path, metadata.num_rows, metadata.num_columns)


def write_parquet(path, columns):
    """Write a dict of columns, or a data frame with types."""
    _pandas_with_pyarrow().DataFrame(columns).to_parquet(path, index=False)


def _pandas_with_pyarrow():
    require("pyarrow", "Parquet needs")
    return require_pandas()
