"""Whether the files of a session are still those that were opened."""

import errno
import os


class Watch:
    """Notice that the file of a session was deleted, replaced or truncated while it was open.

    SQLite goes on writing to a file that has no name any more, and what it writes is gone when
    the session is closed.

    Parameters
    ----------
    path : str
        The file of a session that is open.
    """

    def __init__(self, path):
        self._path = path
        # SQLite, too, follows links, and keeps the write-ahead log beside the file itself.
        real = os.path.realpath(path)
        self._files = {
            name: os.stat(name) for name in (real, f"{real}-wal") if os.path.exists(name)
        }

    def check(self):
        """Raise an error if something else is where the files were, or less than before."""
        for name, before in self._files.items():
            try:
                now = os.stat(name)
            except OSError as error:
                raise self._error("deleted", error.errno) from error
            if (now.st_dev, now.st_ino) != (before.st_dev, before.st_ino):
                raise self._error("replaced", errno.EIO)
            # Neither of them shrinks while somebody has it open.
            if now.st_size < before.st_size:
                raise self._error("truncated", errno.EIO)
            self._files[name] = now

    def _error(self, what, number):
        return OSError(
            number,
            f"The file of the session was {what} while it was open: nothing more is recorded. "
            "What this session knows can still be written to another file by export",
            self._path,
        )
