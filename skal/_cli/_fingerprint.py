"""Checksums of rows, by which a file whose rows have moved is recognized."""

import base64
import zlib

import numpy as np

from ._messages import CommandError, note

SEPARATOR = "\x1f"  # "unit separator", which no table holds


def check_rows(table, settings):
    """Refuse a file whose rows have moved.

    Ids tell rows apart where there are any. Otherwise, rows are known by their numbers.

    Parameters
    ----------
    table : Table
    settings : Settings
        With the checksums of the last time, and the names of the columns that counted.
    """
    if settings.id is None and settings.rows is not None:
        _compare(table, _before(settings), _checksums(table, settings))


def n_rows_before(settings):
    """Return how many rows there were the last time, None where it is not known."""
    if settings.order is not None:
        return len(settings.order)
    return None if settings.rows is None else len(_before(settings))


def _before(settings):
    return np.frombuffer(base64.b64decode(settings.rows), dtype="<u4")


def checksums_of_rows(table, settings):
    """Return the checksums of the present rows, None where there are ids."""
    if settings.id is not None:
        return None
    return base64.b64encode(_checksums(table, settings).tobytes()).decode()


def _checksums(table, settings):
    rows = zip(*(table.columns[name] for name in settings.roles), strict=True)
    return np.array([zlib.crc32(SEPARATOR.join(fields).encode()) for fields in rows], dtype="<u4")


def _compare(table, before, now):
    if len(now) < len(before):
        raise CommandError(
            f"{table.path} has {len(now)} rows, and had {len(before)} when the session was last "
            "opened. Rows may be appended, not removed."
        )
    changed = np.flatnonzero(before != now[: len(before)])
    if not len(changed):
        return
    place = table.where(changed[0])
    # A row that has a new place, or a file that is mostly new, would move labels to other rows;
    # corrected values do neither.
    if len(changed) > len(before) / 2 or np.isin(now[changed], before[changed]).any():
        raise CommandError(
            f"{place}: this is not the row that was there when the session was last opened. Rows "
            "may be appended at the end, not moved. Start with --id COLUMN if other changes are "
            "to be expected."
        )
    note(f"{place}: the row was changed (rows changed: {len(changed)}). Its label stays.")
