"""The log as it is stored: read action by action, and checked."""

import functools
import json
import sqlite3

from ._chain import START, next_digest
from ._damage import damaged_action
from ._record import KINDS, Action, Entry

LABEL_KINDS = (str, int, bool)
ENTRY_COLUMNS = "action, place, row, id, label, annotator, time, round, strategy, score, price"


def verified_actions(connection, path, head, after=START, until=None):
    """Yield the actions after one and up to another, each compared with its digest.

    Parameters
    ----------
    connection : sqlite3.Connection
    path : str
        For messages.
    head : Link or None
        The last action of the file, None where that is not known.
    after : Link
    until : int or None
        None: up to the last one.

    Raises
    ------
    DamagedSessionError
        At the first action that is not as it was written.
    """
    seq, last = after
    last_seq = 2**62 if head is None else head.seq
    bound = last_seq if until is None else until
    for action, entries in _stored(connection, path, "actions", "digest", seq, bound):
        *stored, digest = action
        if next_digest(last, stored, entries) != digest:
            raise damaged_action(path, seq + 1, "the action is not as it was written")
        seq, last = stored[0], digest
        yield _parsed_action(path, action, entries)
    # The head was read first: the log ends there, or goes on.
    if until is None and head is not None and (seq, last) != head:
        raise damaged_action(path, min(seq, head.seq) + 1, "the end of the log is missing")


def format_1_actions(connection, path, table="actions"):
    """Yield the actions of a file of format 1, as its log has them and as it will have them.

    Yields
    ------
    action : Action
    stored : tuple
        Number, kind, annotator, time, details and digest, which that format did not have.
    """
    digest = START.digest
    for action, entries in _stored(connection, path, table, "NULL", 0, 2**62):
        *stored, _ = action
        digest = next_digest(digest, stored, entries)
        parsed = _parsed_action(path, (*stored, digest), entries)
        _check_labels(path, parsed)
        yield parsed, (*stored, digest)


def _check_labels(path, action):
    """Refuse labels that nobody can have given, where no digest tells."""
    kinds = LABEL_KINDS if action.kind in ("known", "label", "relabel") else (type(None),)
    for entry in action.entries:
        if type(entry.label) not in kinds:
            reason = f"{entry.label!r} is no label of an action {action.kind!r}"
            raise damaged_action(path, action.seq, reason)


def _stored(connection, path, table, digest, after, until):
    """Yield each action as it is stored, with the list of its entries; none may be missing."""
    try:
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
        entry = next(entries, _NO_ENTRY)
        for action in actions:
            seq = action[0]
            if seq != after + 1:
                break
            own = []
            while entry[0] == seq:
                own.append(entry)
                entry = next(entries, _NO_ENTRY)
            yield action, own
            after = seq
        else:
            if entry is _NO_ENTRY:
                return
    except (sqlite3.Error, UnicodeDecodeError) as error:
        if is_damage(error):
            raise damaged_action(path, after + 1, str(error)) from error
        raise
    raise damaged_action(path, after + 1, "the action is missing")


_NO_ENTRY = (None,)


def _parsed_action(path, stored, entries):
    seq, kind, annotator, when, details, digest = stored
    if kind not in KINDS:
        raise damaged_action(path, seq, f"there is no kind of action {kind!r}")
    try:
        entries = [
            Entry(row, id_, None if label is None else _label(label), *rest)
            for _, _, row, id_, label, *rest in entries
        ]
        return Action(kind, annotator, when, _parsed(details), entries, seq, digest)
    except (ValueError, TypeError, RecursionError) as error:
        raise damaged_action(path, seq, f"it cannot be read ({error})") from error


def _label(text):
    """Return a label; several of them are a tuple, which can be counted."""
    label = _parsed(text)
    return tuple(label) if isinstance(label, list) else label


@functools.lru_cache(maxsize=1024)
def _parsed(text):
    """Return JSON that is only read, and mostly the same few labels, as Python objects."""
    return json.loads(text)


def is_damage(error):
    """Whether an error of SQLite, or about its text, tells of content that nobody wrote."""
    # Python raises this class, and none below it, for a file that is damaged or no database. The
    # text of the error may be empty: it can quote bytes of the file that are not UTF-8.
    if type(error) is sqlite3.DatabaseError:
        return True
    text = str(error)
    return any(sign in text for sign in ("malformed", "no such", "decode", "unsupported file"))
