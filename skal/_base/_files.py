"""Files: replaced as a whole, so that they are never half written."""

import os
import tempfile


def replace_file(path, write):
    """Write a file beside its place and then move it there, so that it is never half written."""
    path = os.fspath(path)
    handle, name = tempfile.mkstemp(
        dir=os.path.dirname(path) or ".", suffix=os.path.splitext(path)[1]
    )
    os.close(handle)
    try:
        write(name)
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask
