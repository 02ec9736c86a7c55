"""Atomic replacement of files, so that an interrupted write leaves the old file intact."""

import os
import tempfile


def replace_file(path, write):
    """Replace a file atomically: write a temporary file beside it, then rename that.

    Parameters
    ----------
    path : str or path-like
        The file to replace or create.
    write : callable
        Gets the path of the temporary file, with the same extension, and writes it.
    """
    path = os.fspath(path)
    handle, name = tempfile.mkstemp(
        dir=os.path.dirname(path) or ".", suffix=os.path.splitext(path)[1]
    )
    os.close(handle)
    try:
        write(name)
        # mkstemp makes files that only their owner can read, unlike `open`.
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, path)
    except BaseException:  # KeyboardInterrupt must not leave the temporary file behind either
        os.unlink(name)
        raise


def _umask():
    mask = os.umask(0)  # the only way to read the mask is to set it
    os.umask(mask)
    return mask
