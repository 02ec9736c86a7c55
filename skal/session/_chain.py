"""The chain of digests by which damage to a session is found.

Every action of the log is stored with a digest of itself, of its entries and of the digest before
it. A changed action does not have its digest any more, and a missing one leaves a gap. The last
digest is stored once more, so that the end of the log cannot be missing either.
"""

from hashlib import blake2b
from typing import NamedTuple

SIZE = 16  # bytes


class Link(NamedTuple):
    """The number of an action, and its digest."""

    seq: int
    digest: bytes


START = Link(0, bytes(SIZE))


def next_digest(before, action, entries):
    """Return the digest of an action.

    Parameters
    ----------
    before : bytes
        The digest of the action before it.
    action : list
        Number, kind, annotator, time and details, as they are stored.
    entries : list of tuple
        As they are stored.
    """
    return _digest(before, (action, entries))


def note_digest(key, value):
    """Return the digest of a note, given as text."""
    return _digest(b"", (key, value))


def notes_digest(digests):
    """Return the digest of all notes, from a dict of the digest of each of them."""
    return _digest(b"", sorted(digests.items(), key=ascii))


def _digest(before, values):
    # ascii() writes text and numbers alike in all versions of Python, unlike repr, and takes
    # less time than JSON.
    return blake2b(before + ascii(values).encode("ascii"), digest_size=SIZE).digest()
