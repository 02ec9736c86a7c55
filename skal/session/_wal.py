"""The write-ahead log of SQLite beside a session: damage to it is found before it is lost.

After a crash, SQLite takes the write-ahead log (WAL) up to the first frame whose checksum is wrong
and drops the rest, as that is what an interrupted write looks like. A frame that was damaged after
it was written looks the same, and every label behind it would be gone without a word. Two things
tell them apart: behind an interrupted write there is no whole end of a transaction, and what was
interrupted differs in more than one word.

The format is described at https://www.sqlite.org/fileformat2.html#walformat.
"""

import functools
import os
import time

import numpy as np

from .._base import warn_user
from ._damage import DamagedSessionError
from ._wal_sums import Sums

HEADER = np.dtype(
    [("magic", ">u4"), ("version", ">u4"), ("page_size", ">u4"), ("count", ">u4")]
    + [("salt", ">u4", 2), ("sum", ">u4", 2)]
)
MAGIC = 0x377F0682  # the last bit says whether checksums are of big-endian words
VERSION = 3007000
PAGE_SIZES = [2**k for k in range(9, 17)]
SMALLEST_FRAME = 24 + 512
PAUSE = 0.02  # seconds in which a file that is being written changes


def check_wal(path):
    """Refuse a session whose write-ahead log was damaged, and warn about a torn end.

    Parameters
    ----------
    path : str
        The file of the session.

    Raises
    ------
    DamagedSessionError
        If a frame was damaged after its transaction was committed.
    """
    name = f"{os.path.realpath(path)}-wal"
    content = _content(name)
    found = _first_damage(content)
    # Another process may be writing: only what stays the same counts.
    while found is not None:
        time.sleep(PAUSE)
        before, content = content, _content(name)
        if content == before:
            break
        found = _first_damage(content)
    if found is None:
        return
    place, is_certain = found
    if is_certain:
        reason = "a checksum is wrong, and SQLite would drop the newest labels from there on"
        raise DamagedSessionError(
            path, f"in its write-ahead log, {os.path.basename(name)}, {place}", reason
        )
    warn_user(
        f"{path}: the last write to {name}, {place}, is not complete. A process or the machine "
        "stopped in the middle of a call, which never returned. The labels of that call are left "
        "out."
    )


def healed(content):
    """Return a write-ahead log of which SQLite reads all that was ever complete.

    A single wrong word of a frame is put right. All other frames stay as they are, damaged or
    not, and all checksums are made to fit: the digests of the session tell what is right.

    Parameters
    ----------
    content : bytes

    Returns
    -------
    content : bytes
    """
    if len(content) < HEADER.itemsize + SMALLEST_FRAME:
        return b""
    wal = Wal(bytearray(content))
    if not wal.has_header:
        wal.restore_header()
    wal.restore_frames()
    return wal.content()


def _content(name):
    try:
        with open(name, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return b""


def _first_damage(content):
    """Return the first damaged place and whether it is certainly damaged, None if all is well."""
    if len(content) < HEADER.itemsize + SMALLEST_FRAME:
        return None
    wal = Wal(content)
    return wal.first_damage() if wal.has_header else ("in its header", True)


class Wal:
    """The frames of a write-ahead log.

    Parameters
    ----------
    content : bytes or bytearray
        With a header and at least one frame.
    """

    def __init__(self, content):
        self._content = content
        self._header = np.frombuffer(content, HEADER, 1)

    @property
    def has_header(self):
        """Whether the header is as it was written."""
        is_known = int(self._header["magic"][0]) & ~1 == MAGIC
        return is_known and bool((self._header_sum() == self._header["sum"]).all())

    def first_damage(self):
        """Return as :func:`_first_damage`."""
        good = self._good()
        if good.all():
            return None
        first = int(np.argmin(good))
        place = f"frame {first + 1} of {len(good)}"
        restored = Wal(bytearray(self._content))
        restored._put_right(first)
        if any(wal._ends()[first:].any() for wal in (self, restored)):
            return place, True
        is_begun = self._ours() & (self._frames["size"] != 0)
        return (place, False) if is_begun[first:].any() else None

    def restore_header(self):
        """Write a header that fits the first frame."""
        header = self._header
        if header["page_size"][0] not in PAGE_SIZES:
            header["page_size"] = 4096
        header["magic"], header["version"], self._sums = MAGIC, VERSION, Sums(big_endian=False)
        header["salt"] = self._frames["salt"][0]
        header["sum"] = self._header_sum()

    def restore_frames(self):
        """Put right what can be, and make all checksums fit."""
        frames = self._frames
        for i in np.flatnonzero(~self._good() & self._ours()):
            self._put_right(i)
        ends = np.flatnonzero(self._ends())
        self._n_kept = ends[-1] + 1 if len(ends) else 0
        frames["salt"] = self._header["salt"]
        before, words = self._header["sum"], self._words()
        for i in range(self._n_kept):
            before = self._sums.after(before, words[i : i + 1])
            frames["sum"][i] = before[0]

    def content(self):
        """Return the log up to the last transaction."""
        return bytes(self._content[: HEADER.itemsize + self._n_kept * self._frames.itemsize])

    @functools.cached_property
    def _sums(self):
        return Sums(big_endian=bool(self._header["magic"][0] & 1))

    @functools.cached_property
    def _frames(self):
        data = ("data", "u1", int(self._header["page_size"][0]))
        kind = np.dtype(
            [("page", ">u4"), ("size", ">u4"), ("salt", ">u4", 2), ("sum", ">u4", 2), data]
        )
        n_frames = (len(self._content) - HEADER.itemsize) // kind.itemsize
        return np.frombuffer(self._content, kind, n_frames, HEADER.itemsize)

    def _header_sum(self):
        head = np.frombuffer(self._content, np.uint8, 24)[None]
        return self._sums.of(self._sums.words(head))[0]

    def _words(self):
        """Return what the checksum of each frame is taken of, as words."""
        raw = self._frames.view(np.uint8).reshape(len(self._frames), -1)
        return self._sums.words(np.hstack([raw[:, :8], raw[:, 24:]]))

    def _errors(self):
        """Return by how much the checksum of each frame is off, going by the one before it."""
        stored = self._frames["sum"].astype(np.uint32)
        before = np.vstack([self._header["sum"].astype(np.uint32), stored[:-1]])
        return stored - self._sums.after(before, self._words())

    def _good(self):
        has_salts = (self._frames["salt"] == self._header["salt"]).all(axis=1)
        return has_salts & (self._errors() == 0).all(axis=1)

    def _ours(self):
        """Whether a frame is of the present log: a wrong word may be in one of its salts."""
        return (self._frames["salt"] == self._header["salt"]).any(axis=1)

    def _ends(self):
        """Whether a frame is the whole last frame of a transaction."""
        is_whole = (self._errors() == 0).all(axis=1)
        return is_whole & self._ours() & (self._frames["size"] != 0)

    def _put_right(self, i):
        """Correct a frame of which one word is wrong."""
        frame, error = self._frames[i : i + 1], self._errors()[i]
        if (error == 0).any():  # a word of the checksum, or a salt
            frame["sum"], frame["salt"] = frame["sum"] - error, self._header["salt"]
            return
        found = self._sums.wrong_word(error, self._words().shape[1])
        if found is not None:
            place, change = found
            # The first two words stand before the salts and the checksum, the others behind.
            start = 4 * place if place < 2 else 4 * place + 16
            raw = frame.view(np.uint8)
            word = self._sums.words(raw[None, start : start + 4])
            raw[start : start + 4] = self._sums.bytes(word + np.uint32(change))
