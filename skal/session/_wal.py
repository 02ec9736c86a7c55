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
SIZE_WORD = 1  # of a frame: the size of the file behind a transaction, else 0
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
    # The content was read first: where a session is being created, its file is the older one.
    if len(content) >= HEADER.itemsize + SMALLEST_FRAME and not _size(path):
        reason = "nothing is left of it, and SQLite would drop its write-ahead log as well"
        raise DamagedSessionError(path, "from its beginning", reason)
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

    A single wrong word of a frame is put right where its checksum tells which word it is. All
    other frames stay as they are, damaged or not, and all checksums are made to fit: the digests
    of the session tell what is right.

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
    return wal.restored()


def _size(path):
    return os.path.getsize(path) if os.path.exists(path) else 0


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
        if self._ends()[first:].any() or self._can_be_an_end(first):
            return place, True
        is_begun = self._ours() & (self._frames["size"] != 0)
        return (place, False) if is_begun[first:].any() else None

    def restore_header(self):
        """Write a header that fits the frames."""
        header = self._header
        if header["page_size"][0] not in PAGE_SIZES:
            header["page_size"] = 4096
        header["version"], header["salt"] = VERSION, self._frames["salt"][0]
        orders = [Sums(big_endian) for big_endian in (False, True)]
        self._sums = max(orders, key=self._n_whole)
        header["magic"] = MAGIC | orders.index(self._sums)
        header["sum"] = self._header_sum()

    def restored(self):
        """Put right what can be, and return the log up to the last transaction."""
        frames, bad = self._frames, np.flatnonzero(~self._good() & self._ours())
        # Asked first: an end of which the wrong word is not known has to stay an end.
        ends = [i for i in bad if self._can_be_an_end(i) and frames["size"][i]]
        for i in bad:
            self._put_right(i)
        n_kept = 1 + max([*np.flatnonzero(self._ends()), *ends], default=-1)
        frames["salt"] = self._header["salt"]
        before, words = self._header["sum"], self._words()
        for i in range(n_kept):
            before = self._sums.after(before, words[i : i + 1])
            frames["sum"][i] = before[0]
        return bytes(self._content[: HEADER.itemsize + n_kept * frames.itemsize])

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

    def _words(self, frames=slice(None)):
        """Return what the checksums of frames are taken of, as words."""
        raw = self._frames[frames].view(np.uint8).reshape(-1, self._frames.itemsize)
        return self._sums.words(np.hstack([raw[:, :8], raw[:, 24:]]))

    def _errors(self, frames=slice(None)):
        """Return by how much the checksums of frames are off, going by the one before each."""
        sums = np.vstack([self._header["sum"], self._frames["sum"]]).astype(np.uint32)
        return sums[1:][frames] - self._sums.after(sums[:-1][frames], self._words(frames))

    def _n_whole(self, sums):
        """Return how many frames are whole if checksums are taken in an order of bytes."""
        self._sums = sums
        return int(self._is_whole().sum())

    def _is_whole(self):
        return (self._errors() == 0).all(axis=1)

    def _good(self):
        has_salts = (self._frames["salt"] == self._header["salt"]).all(axis=1)
        return has_salts & self._is_whole()

    def _ours(self):
        """Whether a frame is of the present log: a wrong word may be in one of its salts."""
        return (self._frames["salt"] == self._header["salt"]).any(axis=1)

    def _ends(self):
        """Whether a frame is the whole last frame of a transaction."""
        return self._is_whole() & self._ours() & (self._frames["size"] != 0)

    def _can_be_an_end(self, i):
        """Whether a frame is the last one of a transaction, but for one word."""
        if not self._ours()[i]:
            return False
        size, error = int(self._words(slice(i, i + 1))[0, SIZE_WORD]), self._error(i)
        # The wrong word may be one of the checksum or of the salts: then the size is right.
        sizes = [size] if (error == 0).any() else []
        for place, change in self._sums.wrong_words(error, self._n_words):
            sizes.append((size + change) % 2**32 if place == SIZE_WORD else size)
        return any(sizes)

    def _put_right(self, i):
        """Correct a frame of which one word is wrong, if only one word can be the one."""
        frame, error = self._frames[i : i + 1], self._error(i)
        if (error == 0).all() or ((error == 0).any() and not self._sum_is_right(i)):
            frame["sum"], frame["salt"] = frame["sum"] - error, self._header["salt"]
            return
        found = self._sums.wrong_words(error, self._n_words)
        if len(found) > 1:
            found = [one for one in found if self._gives_size(i, *one)]
        if len(found) == 1:
            ((place, change),) = found
            # The first two words stand before the salts and the checksum, the others behind.
            start = 4 * place if place < 2 else 4 * place + 16
            raw = frame.view(np.uint8)
            word = self._sums.words(raw[None, start : start + 4])
            raw[start : start + 4] = self._sums.bytes(word + np.uint32(change))

    def _gives_size(self, i, place, change):
        """Whether a change of a word gives an end the size that it has to have, unlike now.

        Sessions never shrink, and SQLite writes each page that is new.
        """
        sizes = self._frames["size"][:i][self._is_whole()[:i]]
        expected = int(max([*sizes, *self._frames["page"][: i + 1]]))
        word = self._sums.words(np.frombuffer(expected.to_bytes(4, "big"), np.uint8)[None])[0, 0]
        size = int(self._words(slice(i, i + 1))[0, SIZE_WORD])
        return place == SIZE_WORD and size != word and (size + change) % 2**32 == word

    def _sum_is_right(self, i):
        """Whether the frame behind goes on from the checksum of a frame."""
        behind = self._ours()[i + 1 : i + 2]
        return bool(behind.any() and (self._error(i + 1) == 0).all())

    def _error(self, i):
        return self._errors(slice(i, i + 1))[0]

    @property
    def _n_words(self):
        return (self._frames.itemsize - 16) // 4
