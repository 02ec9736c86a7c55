"""Notes: JSON values that another program keeps in the file of a session."""

import contextlib
import json
import os

from ._database import check_path
from ._store import Store


def read_note(path, key):
    """Return a note kept in the file of a session.

    Parameters
    ----------
    path : str or path-like
        The file of the session, which may be open elsewhere.
    key : str
        The name of the note.

    Returns
    -------
    value : JSON value or None
        None if there is no such note, or no such file, or if the file is empty.

    Raises
    ------
    TypeError, ValueError
        If `key` is not a text of at least one character.
    DamagedSessionError
        If the notes are not those that were written.

    Examples
    --------
    >>> import os, tempfile
    >>> from skal.session import read_note, write_note
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = os.path.join(folder.name, "a.skal")
    >>> write_note(path, "my program", {"color": "red"})
    >>> read_note(path, "my program")
    {'color': 'red'}
    >>> folder.cleanup()
    """
    path, key = check_path(path), _checked_key(key)
    # Opened, an empty file would become a session: reading does not write.
    if not os.path.exists(path) or not (os.path.getsize(path) or os.path.exists(f"{path}-wal")):
        return None
    with contextlib.closing(Store(path)) as store:
        return store.recall(key)


def write_note(path, key, value):
    """Keep a note in the file of a session, in place of the one before.

    Parameters
    ----------
    path : str or path-like
        The file of the session; an empty session is created if there is no file.
    key : str
        The name of the note. The session itself uses "stopping".
    value : JSON value
        None, numbers, text, lists and dicts with keys of text.

    Raises
    ------
    TypeError, ValueError
        If `key` is not a text of at least one character, or `value` is not a JSON value.
    """
    update_note(path, key, lambda _: value)


def update_note(path, key, change):
    """Replace a note by a function of the note before, while no other process can write.

    Parameters
    ----------
    path : str or path-like
        The file of the session; an empty session is created if there is no file.
    key : str
        The name of the note.
    change : callable
        From the value before, None if there was none, to the new value.

    Raises
    ------
    TypeError, ValueError
        If `key` is not a text of at least one character, or the value is not a JSON value.
    """
    key = _checked_key(key)
    # A session may hold the file open at the same time, here or in another process.
    with contextlib.closing(Store(path)) as store, store.transaction():
        value = change(store.recall(key))
        _check_value(key, value)
        store.remember(key, value)


def _checked_key(key):
    """Return the key of a note as text; SQLite would give back another one than any other."""
    if not isinstance(key, str):
        raise TypeError(f"key must be a text, the name of a note, got {key!r}.")
    try:
        key.encode()
    except UnicodeEncodeError:
        raise ValueError(f"key must be text that can be written as UTF-8, got {key!r}.") from None
    if not key or "\0" in key:
        raise ValueError(
            f"key must be a text of at least one character, without zeros, got {key!r}."
        )
    return str(key)


def _check_value(key, value):
    """Refuse what JSON cannot hold, or would give back as something else."""
    try:
        json.dumps(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise TypeError(
            f"The note {key!r} must be a JSON value: None, numbers, text, lists and dicts, got "
            f"{value!r} ({error})."
        ) from error
    if not _has_text_keys(value):
        raise TypeError(
            f"The keys of a dict in the note {key!r} must be text, as in JSON, got {value!r}."
        )


def _has_text_keys(value):
    if isinstance(value, dict):
        return all(isinstance(key, str) and _has_text_keys(one) for key, one in value.items())
    return not isinstance(value, (list, tuple)) or all(map(_has_text_keys, value))
