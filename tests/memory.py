"""Memory that a call takes."""

import tracemalloc

__all__ = ["peak_memory"]


def peak_memory(function, *args, repeats=3):
    """Return the largest memory that a call holds at any one time, in bytes.

    It is the least of a few calls: threads that other tests have left allocate memory, too.
    """
    return min(_peak(function, *args) for _ in range(repeats))


def _peak(function, *args):
    tracemalloc.start()
    try:
        function(*args)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
