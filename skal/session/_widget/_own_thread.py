"""Calls in the thread that opened a session."""

import asyncio
import threading


class OwnThread:
    """Call functions in the thread in which this was made, as a session belongs to one thread.

    Notebooks may answer a click in another thread while cells are running.
    """

    def __init__(self):
        self._thread = threading.get_ident()
        try:
            self._loop = asyncio.get_running_loop()
        except RuntimeError:  # not in a notebook: whoever presses a button calls from here
            self._loop = None

    def __call__(self, function, *args):
        if self._loop is None or threading.get_ident() == self._thread:
            function(*args)
        else:
            self._loop.call_soon_threadsafe(function, *args)
