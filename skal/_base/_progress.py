"""Progress on stderr: a bar on a terminal, a few lines in a log file."""

import sys
import time

_WIDTH = 20


def show_progress(done, total, text):
    """Print how many of `total` steps are done.

    On a terminal the same line is printed again for every step. Elsewhere, where a line cannot
    be overwritten, a new line is printed after every tenth of the steps.

    Parameters
    ----------
    done : int
        Number of steps done, at least 1.
    total : int
        Total number of steps.
    text : str
        Text to the right of the bar.
    """
    filled = _WIDTH * done // total
    line = f"[{'#' * filled}{'-' * (_WIDTH - filled)}] {text}"
    if sys.stderr.isatty():
        print(f"\r{line}", end="\n" if done == total else "", file=sys.stderr, flush=True)
    elif 10 * done // total > 10 * (done - 1) // total:
        print(line, file=sys.stderr, flush=True)


def with_progress(results, total, unit):
    """Yield `total` results, and print the progress and the elapsed time after each."""
    started, done = time.monotonic(), 0
    try:
        for done, result in enumerate(results, start=1):
            yield result
            minutes, seconds = divmod(round(time.monotonic() - started), 60)
            show_progress(done, total, f"{done}/{total} {unit}, {minutes}:{seconds:02d}")
    finally:
        if 0 < done < total and sys.stderr.isatty():
            print(file=sys.stderr)  # what is said of an interruption gets a line of its own
