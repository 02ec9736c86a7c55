"""Image files and addresses of images, as the source of an HTML image."""

import base64
import os
import re

# The beginnings of the files that browsers show as images, without those that hold scripts.
BEGINNINGS = {
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/gif": re.compile(rb"GIF8[79]a"),
    "image/webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
    "image/bmp": re.compile(rb"BM"),
}
LARGEST = 32 * 2**20  # bytes of a file


def picture_source(value, folder):
    """Return what to show for a value: an address, or the data of a file.

    Parameters
    ----------
    value : str
        An address that begins with http:// or https://, or the path of a file.
    folder : str
        Where relative paths begin.

    Returns
    -------
    source : str

    Raises
    ------
    ValueError
        If there is no such file, or it is not an image.
    """
    text = os.fspath(value).strip() if isinstance(value, (str, os.PathLike)) else ""
    if re.match("https?://", text, re.IGNORECASE):
        return text
    path = os.path.join(folder, text)
    if not text or "\0" in text or not os.path.isfile(path):
        raise ValueError(f"There is no image {value!r}. Relative paths begin in {folder}.")
    if os.path.getsize(path) > LARGEST:
        raise ValueError(f"{path} is larger than {LARGEST // 2**20} MB, and is not shown.")
    with open(path, "rb") as file:
        data = file.read()
    kind = next((kind for kind, start in BEGINNINGS.items() if start.match(data)), None)
    if kind is None:
        raise ValueError(f"{path} is not an image in PNG, JPEG, GIF, WebP or BMP.")
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
