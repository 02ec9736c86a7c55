"""Arrays as PNG images, without an imaging library."""

import struct
import zlib

import numpy as np
import scipy.sparse as sp


def is_image(row):
    """Whether a row is an array of shape (h, w) or (h, w, 3)."""
    shape = () if sp.issparse(row) else getattr(row, "shape", ())
    return len(shape) == 2 or (len(shape) == 3 and shape[2] == 3)


def png(array):
    """Return an image of shape (h, w) or (h, w, 3) as PNG."""
    pixels = np.ascontiguousarray(_to_bytes(np.asarray(array)))
    if not is_image(pixels):
        raise ValueError(
            f"image must give arrays of shape (h, w) or (h, w, 3), got shape {pixels.shape}."
        )
    height, width = pixels.shape[:2]
    color = 0 if pixels.ndim == 2 else 2
    lines = pixels.reshape(height, -1)
    # Each line starts with the number of its filter, 0 for none.
    data = np.hstack([np.zeros((height, 1), np.uint8), lines]).tobytes()
    header = struct.pack(">2I5B", width, height, 8, color, 0, 0, 0)
    parts = _chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(data)), _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _to_bytes(array):
    """Return brightness from 0 to 255; bytes stay, and numbers beyond [0, 1] are stretched."""
    if array.dtype == np.uint8:
        return array
    array = np.nan_to_num(array.astype(float))
    # Nothing is stretched within [0, 1], so that a dark image stays dark.
    low, high = min(array.min(), 0.0), max(array.max(), 1.0)
    return np.rint(255 * (array - low) / (high - low)).astype(np.uint8)


def _chunk(kind, data):
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)
