"""Compressed files: unpacked within bounds, so that a small file cannot fill the memory."""

import bz2
import gzip
import lzma
import os
import zipfile

from ._messages import CommandError

OPENERS = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
# Tables of text become 3 to 20 times as long, and files that are made to fill the memory 1000
# times and more. Short files may hold anything.
MOST_TIMES = 200
ALWAYS_ALLOWED = 2**26  # bytes
CHUNK = 2**24  # bytes that are unpacked before the bound is looked at


def unpacked(path):
    """Return the bytes of a compressed file; its ending tells how it is compressed.

    Raises
    ------
    CommandError
        If it cannot be unpacked, or becomes so long that it is not a table.
    """
    chunks, size = [], 0
    try:
        with open(path, "rb") as packed, OPENERS[path.suffix.lower()](packed) as file:
            while chunk := file.read(CHUNK):
                chunks.append(chunk)
                size += len(chunk)
                # Not the length of the whole file: what comes later must not excuse this.
                _check_size(path, size, packed.tell())
    except (OSError, EOFError, ValueError, lzma.LZMAError) as error:
        raise CommandError(f"{path} cannot be unpacked: {error}.") from error
    return b"".join(chunks)


def check_archive(path):
    """Refuse a spreadsheet, which is an archive, if its parts become too long."""
    if not zipfile.is_zipfile(path):
        return
    # What is longer than this list says is not unpacked either.
    with zipfile.ZipFile(path) as archive:
        size = sum(one.file_size for one in archive.infolist())
    _check_size(path, size, os.path.getsize(path))


def check_cells(path, n_rows, n_columns):
    """Refuse a file, compressed in its parts, that says it has far more cells than bytes."""
    _check_size(path, n_rows * max(n_columns, 1), os.path.getsize(path), "cells")


def _check_size(path, size, size_packed, what="bytes"):
    if size > max(ALWAYS_ALLOWED, MOST_TIMES * size_packed):
        raise CommandError(
            f"{path} has {size:,} {what} or more when it is unpacked, from {size_packed:,} bytes, "
            f"which is more than {MOST_TIMES} times as many: it looks like a file that was made "
            "to fill the memory. If it is a table, unpack it yourself, and save it as CSV."
        )
