"""Progress on stderr: a bar that moves on a terminal, a few lines in a log."""

import sys
import time

_WIDTH = 20


def show_progress(done, total, text):
    """Show how many of `total` steps are done.

    On a terminal the same line is drawn again for every step. Anywhere else, where a line
    cannot be drawn again, a new line appears with every tenth of the way.

    Parameters
    ----------
    done : int
        Number of steps done, at least 1.
    total : int
        Number of steps altogether.
    text : str
        What stands behind the bar.
    """
    filled = _WIDTH * done // total
    line = f"[{'#' * filled}{'-' * (_WIDTH - filled)}] {text}"
    if sys.stderr.isatty():
        print(f"\r{line}", end="\n" if done == total else "", file=sys.stderr, flush=True)
    elif 10 * done // total > 10 * (done - 1) // total:
        print(line, file=sys.stderr, flush=True)


def with_progress(results, total, unit):
    """Yield `total` results, and show after each how many there are and the time it took."""
    started = time.monotonic()
    for done, result in enumerate(results, start=1):
        yield result
        minutes, seconds = divmod(round(time.monotonic() - started), 60)
        show_progress(done, total, f"{done}/{total} {unit}, {minutes}:{seconds:02d}")
