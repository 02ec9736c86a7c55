"""Columns that name images, which are shown and not learned from."""

import re
from pathlib import Path

AN_IMAGE = re.compile(r"[^\n\r\0]{1,2000}\.(png|jpe?g|gif|webp|bmp)(\?[^\s]*)?", re.IGNORECASE)
A_URL = re.compile(r"https?://", re.IGNORECASE)


def is_image(text):
    """Whether a text is the path or the address of an image, by its ending."""
    text = text.strip()
    match = AN_IMAGE.fullmatch(text)
    # A sentence may end with the name of an image; what is asked for behind one is for the web.
    return match is not None and (bool(A_URL.match(text)) or match[2] is None)


def shown_image(text, folder):
    """Return the line that names an image, and says where there is no such file.

    Parameters
    ----------
    text : str
        The value of the column.
    folder : Path
        Of the table: where relative paths begin.
    """
    text = text.strip()
    if not text:
        return "(empty)"
    if A_URL.match(text) or _is_file(Path(folder) / text):
        return f"image: {text}"
    return f"image: {text} (there is no such file)"


def _is_file(path):
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that cannot be one
        return False
