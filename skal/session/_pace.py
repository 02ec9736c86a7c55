"""The pace at which people label."""

from datetime import datetime

# Of the latest labels, those within a second were given at one moment.
N_LATEST, MOMENT = 100, 1.0
# A longer time for a label is a break, in seconds.
BREAK = 300.0
# Fewer labels say nothing.
MIN_LABELS = 5


def labels_per_hour(times):
    """Return how many labels were given in an hour, of late and without breaks.

    Parameters
    ----------
    times : list of str
        When each label was given, in any order, as the log has it.

    Returns
    -------
    pace : float or None
        None where fewer than five labels tell.
    """
    # All are in UTC and written alike, so that their order as text is that in time.
    latest = sorted(times)[-N_LATEST:]
    n_labels, seconds = 0, 0.0
    moments = _moments([datetime.fromisoformat(one).timestamp() for one in latest])
    for (_, before), (n, now) in zip(moments, moments[1:], strict=False):
        # Labels that are given at one moment were worked on since the moment before.
        if now - before <= BREAK * n:
            n_labels += n
            seconds += now - before
    return 3600 * n_labels / seconds if n_labels >= MIN_LABELS else None


def _moments(times):
    """Return the moments at which labels were given: how many, and when the last of them was."""
    moments = []
    for time in times:
        if moments and time - moments[-1][1] < MOMENT:
            moments[-1] = moments[-1][0] + 1, time
        else:
            moments.append((1, time))
    return moments
