"""The log as it is stored: read action by action, and checked."""

import functools
import itertools
import json
import sqlite3
from operator import itemgetter

from ._chain import START, Link, next_digest
from ._damage import damaged_action
from ._record import KINDS, Action, Entry

ENTRY_COLUMNS = "action, place, row, id, label, annotator, time, round, strategy, score, price"


def verified_actions(connection, path, after=START, until=2**62):
    """Yield the actions after one and up to another, each compared with its digest.

    Parameters
    ----------
    connection : sqlite3.Connection
    path : str
        For messages.
    after : Link
    until : int

    Raises
    ------
    DamagedSessionError
        At the first action that is not as it was written.
    """
    stored = _stored(connection, path, "actions", "digest", after.seq, until)
    for (seq, *action, digest), entries in stored:
        if next_digest(after.digest, (seq, *action), entries) != digest:
            raise damaged_action(path, seq, "the action is not as it was written")
        after = Link(seq, digest)
        yield _parsed_action(path, after, *action, entries)


def format_1_actions(connection, path, table="actions"):
    """Yield the actions of a file of format 1, which has no digests, and the digests to be.

    Yields
    ------
    action : Action
    stored : tuple
        Number, kind, annotator, time, details and digest.
    """
    link = START
    for (seq, *action, _), entries in _stored(connection, path, table, "NULL", 0, 2**62):
        link = Link(seq, next_digest(link.digest, (seq, *action), entries))
        yield _parsed_action(path, link, *action, entries), (seq, *action, link.digest)


def _stored(connection, path, table, digest, after, until):
    """Yield each action as it is stored, with the list of its entries; none may be missing."""
    last = after
    try:
        for action, entries in _joined(connection, table, digest, after, until):
            if action[0] != last + 1:
                break
            yield action, entries
            last += 1
        else:
            return
    except sqlite3.Error as error:
        if is_damage(error):
            raise damaged_action(path, last + 1, str(error)) from error
        raise
    raise damaged_action(path, last + 1, "the action is missing, or its entries are")


def _joined(connection, table, digest, after, until):
    # Two queries side by side: a join would repeat each action for all of its entries.
    actions = connection.execute(
        f"SELECT seq, kind, annotator, time, details, {digest} FROM {table} "
        "WHERE seq > ? AND seq <= ? ORDER BY seq",
        (after, until),
    )
    entries = connection.execute(
        f"SELECT {ENTRY_COLUMNS} FROM entries WHERE action > ? AND action <= ? "
        "ORDER BY action, place",
        (after, until),
    )
    groups = itertools.groupby(entries, itemgetter(0))
    seq, group = next(groups, (None, ()))
    for action in actions:
        own = []
        if seq == action[0]:
            own = [entry[1:] for entry in group]
            seq, group = next(groups, (None, ()))
        yield action, own
    if seq is not None:  # entries of an action that is not there
        yield (None,), []


def _parsed_action(path, link, kind, annotator, when, details, entries):
    if kind not in KINDS:
        raise damaged_action(path, link.seq, f"there is no kind of action {kind!r}")
    try:
        return Action(
            kind,
            annotator,
            when,
            _parsed(details),
            [_entry(*fields) for fields in entries],
            *link,
        )
    except (ValueError, TypeError, RecursionError) as error:
        raise damaged_action(path, link.seq, f"it cannot be read ({error})") from error


def _entry(place, row, id_, label, *rest):
    return Entry(row, id_, None if label is None else _parsed(label), *rest)


@functools.lru_cache(maxsize=1024)
def _parsed(text):
    """Return JSON that is only read, and mostly the same few labels, as Python objects."""
    return json.loads(text)


def is_damage(error):
    """Whether an error of SQLite says that the content of a file is not what was written."""
    text = str(error)
    signs = ("malformed", "not a database", "no such", "Could not decode", "unsupported file")
    return any(sign in text for sign in signs)
