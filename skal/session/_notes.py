"""Notes: JSON values that another program keeps in the file of a session."""

import contextlib
import os

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
        None if there is no such note, or no such file.

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
    if not os.path.exists(path):
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
        None, numbers, text, lists and dicts.
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
    """
    # A session may hold the file open at the same time, here or in another process.
    with contextlib.closing(Store(path)) as store, store.transaction():
        store.remember(key, change(store.recall(key)))
