"""Tables in Parquet files."""

from .._base import is_missing
from ._messages import CommandError, require, require_pandas
from ._table import Table, check_names


def read_parquet(path):
    """Return a table of the text of all values, with the values themselves as `frame`."""
    pandas = _pandas_with_pyarrow()
    try:
        # Nullable types keep whole numbers whole where some are missing.
        frame = pandas.read_parquet(path, dtype_backend="numpy_nullable")
    except (ValueError, OSError) as error:
        raise CommandError(f"{path} cannot be read as Parquet: {error}") from error
    frame = frame.reset_index(drop=True)
    check_names(path, frame.columns)
    columns = {str(name): _as_text(frame[name]) for name in frame.columns}
    return Table(path, columns, frame=frame)


def write_parquet(path, columns):
    """Write a dict of columns, or a data frame with types."""
    _pandas_with_pyarrow().DataFrame(columns).to_parquet(path, index=False)


def _pandas_with_pyarrow():
    require("pyarrow", "Parquet needs")
    return require_pandas()


def _as_text(column):
    values = [None if is_missing(value) else value for value in column]
    if all(value is None or isinstance(value, float) for value in values):
        values = _whole(values)
    return ["" if value is None else str(value) for value in values]


def _whole(values):
    """Return floats as integers if all are whole: so were classes before one was missing."""
    if all(value is None or value.is_integer() for value in values):
        return [None if value is None else int(value) for value in values]
    return values
