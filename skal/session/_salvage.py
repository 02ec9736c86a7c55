"""What can still be read of a session whose file was damaged."""

import contextlib
import json
import os
import shutil
import sqlite3
import tempfile
import warnings
from dataclasses import dataclass

from ._chain import note_digest
from ._damage import DamagedSessionError, damaged_action
from ._database import connect
from ._migration import check_structure
from ._reading import format_1_actions, verified_actions
from ._record import Record
from ._restored import restore
from ._schema import has_schema, read_schema
from ._summary import dated, entry_columns


@dataclass
class Salvaged:
    """What :func:`salvage` has read.

    Attributes
    ----------
    records : list of dict
        A dict for each label, as :meth:`LabelingSession.records` returns them, with one more
        key: `row`, the position of the row in the data. Ids are values of JSON: dates, for
        instance, are text.
    n_actions : int
        The number of the last action that could be read.
    problem : str or None
        What is damaged, and where; None if all is well.
    notes : dict
        The notes of other programs, see :func:`read_note`, that could be read.
    """

    records: list
    n_actions: int
    problem: str
    notes: dict


def salvage(path):
    """Read a session up to the first action that is damaged.

    The file is not changed, and the data are not needed. Close the session first.

    Parameters
    ----------
    path : str or path-like
        The file of the session. Its newest labels may be in ``path-wal`` beside it.

    Returns
    -------
    salvaged : Salvaged

    Raises
    ------
    OSError
        If there is no such file, and no write-ahead log of it either.

    Examples
    --------
    >>> import os, tempfile
    >>> from skal.session import LabelingSession, salvage
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = os.path.join(folder.name, "animals.skal")
    >>> with LabelingSession(path, None, [[0.0], [1.0]], ids=["rex", "tom"]) as session:
    ...     session.label("rex", "dog")
    >>> salvaged = salvage(path)
    >>> [(record["id"], record["label"]) for record in salvaged.records]
    [('rex', 'dog')]
    >>> salvaged.problem is None
    True
    >>> folder.cleanup()
    """
    path = os.path.realpath(os.fsdecode(os.fspath(path)))
    with tempfile.TemporaryDirectory() as folder:
        problem = _problem_on_opening(_copy(path, folder))
        copy = _copy(path, folder)
        restore(copy)
        with contextlib.closing(sqlite3.connect(copy, isolation_level=None)) as connection:
            record = Record()
            broken_off = _replay(connection, copy, record)
            # Where the log breaks off says more than why the file cannot be opened.
            problem = broken_off if broken_off and record.seq else problem or broken_off
            return Salvaged(_records(record), record.seq, problem, dict(_notes(connection)))


def _copy(path, folder):
    """Copy a session and its write-ahead log, and return the path of the copy."""
    copy = os.path.join(folder, os.path.basename(path))
    if not os.path.exists(path) and os.path.exists(f"{path}-wal"):
        open(copy, "wb").close()
    else:
        shutil.copyfile(path, copy)
    for end in ("-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(copy + end)
    with contextlib.suppress(FileNotFoundError):
        shutil.copyfile(f"{path}-wal", f"{copy}-wal")
    return copy


def _problem_on_opening(path):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            connect(path).close()
    except DamagedSessionError as error:
        return _in_words(error)
    except (ValueError, OSError) as error:
        return str(error)
    return None


def _in_words(error):
    return f"damaged {error.place}: {error.reason}"


def _replay(connection, path, record):
    """Replay the log as far as possible, and return what is damaged, if anything is."""
    try:
        for action in _actions(connection, path):
            record.apply(action)
        _check_end(connection, path, record)
        check_structure(connection, path)
    except DamagedSessionError as error:
        return _in_words(error)
    except (sqlite3.Error, LookupError, TypeError, ValueError) as error:
        return f"damaged at action {record.seq + 1}: {error}"
    return None


def _records(record):
    entries = record.entries()
    columns = {
        "id": [json.loads(entry.id) for entry in entries],
        **dated(entry_columns(record)),
        "row": [entry.row for entry in entries],
    }
    lines = zip(*columns.values(), strict=True)
    return [dict(zip(columns, line, strict=True)) for line in lines]


def _actions(connection, path):
    if has_schema(read_schema(connection), 1):
        return (action for action, _ in format_1_actions(connection, path))
    return verified_actions(connection, path, None)


def _check_end(connection, path, record):
    if has_schema(read_schema(connection), 1):
        return
    head = connection.execute("SELECT seq, digest FROM head").fetchone()
    if head != record.link:
        raise damaged_action(path, record.seq + 1, "the end of the log is missing")


def _notes(connection):
    """Yield the notes that are as they were written, as far as that can be told."""
    with contextlib.suppress(sqlite3.Error, ValueError):
        has_digests = not has_schema(read_schema(connection), 1)
        for key, value, *digest in connection.execute("SELECT * FROM memory"):
            if not has_digests or digest == [note_digest(key, value)]:
                yield key, json.loads(value)
