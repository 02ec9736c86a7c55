"""The place in a file that an error is about."""

import contextlib


@contextlib.contextmanager
def located(place):
    """Put the name of a place, such as "labels.csv, line 3", before an error; None: nothing."""
    try:
        yield
    except ValueError as error:
        if place is None:
            raise
        raise ValueError(f"{place}: {error}") from error
