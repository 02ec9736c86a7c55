"""Atomic replacement of files, so that an interrupted write leaves the old file intact."""

import contextlib
import errno
import os
import stat
import tempfile


def replace_file(path, write):
    """Replace a file atomically: write a temporary file beside it, then rename that.

    A link stays, and the file it leads to is replaced. A file that exists keeps its permissions.

    Parameters
    ----------
    path : str or path-like
        The file to replace or create.
    write : callable
        Gets the path of the temporary file, with the same extension, and writes it.

    Raises
    ------
    OSError
        If the path is a folder, a pipe or a device, or a file that may not be written.
    """
    mode = _mode_of(path)
    target = os.path.realpath(path)
    handle, name = tempfile.mkstemp(
        dir=os.path.dirname(target), suffix=os.path.splitext(os.fspath(path))[1]
    )
    os.close(handle)
    try:
        write(name)
        # mkstemp makes files that only their owner can read, unlike `open`.
        os.chmod(name, 0o666 & ~_umask() if mode is None else mode)
        os.replace(name, target)
    except BaseException:  # KeyboardInterrupt must not leave the temporary file behind either
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
        raise


def _mode_of(path):
    """Return the permissions of the file at a path, None if there is none."""
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:  # also for a link to a file that does not exist yet
        return None
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "A folder cannot be replaced by a file", str(path))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "A pipe or device cannot be replaced by a file", str(path))
    if not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, "The file may not be written", str(path))
    return stat.S_IMODE(mode)


def _umask():
    mask = os.umask(0)  # the only way to read the mask is to set it
    os.umask(mask)
    return mask
