"""Files of text."""

import os


def read_text(path):
    """Return the text of a file in UTF-8, without the mark that spreadsheets put before it."""
    with open(path, "rb") as file:
        data = file.read()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ValueError(
            f"{os.fspath(path)}, line {line}: the file is not text in UTF-8 ({error.reason}). "
            "Save it anew in this encoding."
        ) from None
