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
        # Spaces at the end cover what is left of a longer line before.
        end = "\n" if done == total else ""
        print(f"\r{line:<{_WIDTH + 50}}", end=end, file=sys.stderr, flush=True)
    elif 10 * done // total > 10 * (done - 1) // total:
        print(line, file=sys.stderr, flush=True)


def with_progress(results, total, unit):
    """Yield `total` results; print the progress, the elapsed time and the time left after each."""
    started, done = time.monotonic(), 0
    try:
        for done, result in enumerate(results, start=1):
            yield result
            elapsed = time.monotonic() - started
            left = elapsed / done * (total - done)
            left = f", about {_clock(left)} left" if done < total else ""
            show_progress(done, total, f"{done}/{total} {unit}, {_clock(elapsed)}{left}")
    finally:
        if 0 < done < total and sys.stderr.isatty():
            print(file=sys.stderr)  # what is said of an interruption gets a line of its own


def _clock(seconds):
    """Return a time as minutes and seconds, with hours where there are some."""
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
