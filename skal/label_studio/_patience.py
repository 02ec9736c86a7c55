"""How long to wait for a server that does not answer, and what to say about it."""

from ._errors import RefusedError

FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0  # seconds between two tries
MOST_REFUSALS = 3  # in a row, which cannot all be due to what others do on the server


class Patience:
    """Wait longer after each failure, and speak only of the first.

    Parameters
    ----------
    report : callable
        Is given sentences for people.

    Attributes
    ----------
    seconds : float
        How long to wait before the next try, 0 if there was no failure.
    """

    def __init__(self, report):
        self.seconds = 0.0
        self._report = report
        self._n_refusals = 0

    def failed(self, error):
        """Take note of an error; raise it if it will not go away."""
        is_refusal = isinstance(error, RefusedError)
        self._n_refusals = self._n_refusals + 1 if is_refusal else 0
        if self._n_refusals >= MOST_REFUSALS:
            raise error
        if not self.seconds and not is_refusal:
            self._report(f"{error} Nothing is lost; trying again until it does.")
        self.seconds = min(max(FIRST_WAIT, 2 * self.seconds), LONGEST_WAIT)

    def answered(self):
        """Take note that the server did what it was asked."""
        if self.seconds and not self._n_refusals:
            self._report("The server answers again.")
        self.seconds, self._n_refusals = 0.0, 0
